"""From what Azure answered to settings: `describe` is a pure function."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from components.rules import bastion as bastion_rules
from components.rules import regions
from operations.survey.answers import Answers, Json, group_of, name_of
from operations.survey.bastion import management
from operations.survey.found import Hub, Survey, Values, workload
from operations.survey.gateways import EXPRESS_ROUTE, VPN, express_route_gateway, gateway_of, maintenance, vpn_gateway
from operations.survey.monitoring import monitoring
from operations.survey.network import network_settings, tiers
from operations.survey.paths import circuits, connections, sites, widest
from operations.survey.spokes import spokes
from topology.reading import read
from topology.settings.model import OwnNames, Settings
from topology.settings.model_express_route import ExpressRoute, ExpressRouteGateway
from topology.settings.model_network import ResourceGroup
from topology.settings.model_vpn import Vpn, VpnGateway
from topology.settings.names import Names


def describe(answers: Answers, *, name: str = "", as_is: bool = False) -> Survey:
    """The settings of a hub. name: the setting of that name; by default what Azure's names have in common.
    as_is: use as it is whatever an update would otherwise change, where settings can say so."""
    network = answers.get(answers.network)
    assert network is not None
    hub = Hub(answers, network, as_is=as_is)
    ways = {kind: gateway_of(hub, kind) for kind in (EXPRESS_ROUTE, VPN)}
    hub.group = _group(hub, ways.values())
    hub.workload = name or workload(hub)
    found: Values = {"location": network.get("location"), "name": hub.workload}
    if name_of(hub.group) != f"rg-{hub.workload}".lower():
        found["resourceGroup"] = {"name": _group_name(hub), "existing": True}
        hub.note("resourceGroup", "used as it is, with all else that is in it")
    express_route, vpn = _express_route(hub, ways[EXPRESS_ROUTE]), _vpn(hub, ways[VPN])
    gateways = {"expressRoute.gateway": express_route["gateway"], "vpn.gateway": vpn["gateway"]}
    found["network"] = network_settings(hub, network, gateways)
    on_premises = _on_premises(hub, express_route["circuits"], vpn["sites"])
    words = {"virtualNetwork": found["network"]["addressSpace"], "onPremises": list(map(str, on_premises))}
    if bastion := management(hub, network):
        found["network"]["management"] = bastion
        shared = bastion.get("bastionSku") == bastion_rules.SHARED_SKU
        words["management"] = [str(bastion_rules.SHARED_SOURCE) if shared else bastion["bastionSubnet"]]
    found["network"]["tiers"] = tiers(hub, network, words)
    if peered := spokes(hub, words):
        found["network"]["spokes"] = peered
    found["onPremises"] = {"prefixes": list(map(str, on_premises))}
    found |= {"expressRoute": express_route, "vpn": vpn}
    if windows := maintenance(hub):
        found["maintenance"] = windows
    _zones(hub, found)
    _tags(hub, found)
    _names(hub, found)
    if watched := monitoring(hub, read(found)[0]):
        found["monitoring"] = watched
        _names(hub, found)
    return Survey(found, hub.inferred, hub.left, hub.secrets, answers.unread)


def _group(hub: Hub, gateways: Iterable[Json | None]) -> str:
    """The group of what the stack makes: where most of the connections are."""
    known = [gateway for gateway in gateways if gateway]
    of_connections = Counter(group_of(str(one["id"])) for gateway in known for one in connections(hub, gateway))
    of_gateways = Counter(group_of(str(gateway["id"])) for gateway in known)
    for counted in (of_connections, of_gateways):
        if counted:
            return max(sorted(counted), key=lambda group: counted[group])
    return group_of(str(hub.network["id"]))


def _group_name(hub: Hub) -> str:
    """The group's name in the letters that Azure has it."""
    inside = (str(one["id"]) for one in hub.answers.documents.values() if hub.is_own(str(one["id"])))
    document = hub.read(hub.group)
    return str(document["name"]) if document else next(inside, hub.group).split("/")[4]


def _express_route(hub: Hub, gateway: Json | None) -> Values:
    if gateway is None:
        hub.leave("an ExpressRoute gateway", "the network has none: the file is not complete without one")
        return {"gateway": {}, "circuits": []}
    return {"gateway": express_route_gateway(hub, gateway), "circuits": circuits(hub, gateway)}


def _vpn(hub: Hub, gateway: Json | None) -> Values:
    if gateway is None:
        hub.leave("a VPN gateway", "the network has none: the file is not complete without one")
        return {"gateway": {}, "sites": []}
    found = {"gateway": vpn_gateway(hub, gateway), "sites": sites(hub, gateway)}
    policies = [site.get("ipsecPolicy") for site in found["sites"]]
    if len(policies) > 1 and policies[0] and all(policy == policies[0] for policy in policies):
        found["ipsecPolicy"] = policies[0]
        for site in found["sites"]:
            del site["ipsecPolicy"]
    return found


def _on_premises(hub: Hub, over: Sequence[Values], behind: Sequence[Values]) -> list[IPv4Network]:
    """`onPremises.prefixes`: the widest of what is learned. Paths that have exactly these need not say theirs."""
    told = [one.get("prefixes") for one in (*over, *behind)]
    found = widest(prefix for prefixes in told for prefix in prefixes or ())
    hub.note("onPremises", "the widest of what Azure has from circuits and sites; name here what must stay reachable")
    for one in (*over, *behind):
        prefixes = one.get("prefixes")
        connected = one not in over or one.get("connect") != "never"
        if prefixes == found or not connected or ("prefixes" not in one):
            one.pop("prefixes", None)
        else:
            one["prefixes"] = list(map(str, prefixes or ()))
    return found


def _zones(hub: Hub, found: Values) -> None:
    """`zones`, and of gateway and load balancers those that are others."""
    usual = regions.zones_of(str(found["location"]))
    address = hub.own.get("bastionPublicIp")
    host = next((one for one in hub.answers.of_type("publicIPAddresses") if one.get("name") == address), None)
    gateway = found["vpn"]["gateway"]
    if host is not None and address:
        common = sorted(host.get("zones") or ())
    elif usual is None and "zones" in gateway:
        common = sorted(gateway["zones"])
    else:
        common = sorted(usual or ())
    if usual is None or common != sorted(usual):
        found["zones"] = common
    if sorted(gateway.get("zones", common)) == common:
        gateway.pop("zones", None)
    places = [(found["location"], found["network"]["tiers"])]
    places += [
        (one.get("location") or found["location"], one.get("tiers", [])) for one in found["network"].get("spokes", [])
    ]
    for location, several in places:
        new = common if "zones" in found else sorted(regions.zones_of(str(location)) or ())
        for tier in several:
            balancer = tier.get("loadBalancer")
            if balancer and sorted(balancer["zones"]) == new:
                del balancer["zones"]


def _tags(hub: Hub, found: Values) -> None:
    """`tags` are those that all have which would be owned; what single ones have besides is left alone."""
    kinds = ("virtualnetworkgateways", "connections", "localnetworkgateways", "expressroutecircuits", "virtualnetworks")
    every = [
        dict(one.get("tags") or {})
        for id, one in hub.answers.documents.items()
        if hub.is_own(id) and id.split("/")[-2] in (*kinds, "networksecuritygroups", "publicipaddresses")
    ]
    common = {
        key: value
        for key, value in (every[0] if every else {}).items()
        if all(tags.get(key) == value for tags in every)
    }
    if common:
        found["tags"] = common
    others = sorted({key for tags in every for key in tags} - common.keys())
    if others:
        found["ignoreTags"] = others
        hub.note("ignoreTags", "only some have them, or with other values: they stay")


_DEFAULT: Mapping[str, Callable[[Names, str], Any]] = {
    "virtualNetwork": lambda names, _: names.virtual_network,
    "gatewaySubnetRouteTable": lambda names, _: names.gateway_subnet_route_table,
    "bastion": lambda names, _: names.bastion,
    "bastionPublicIp": lambda names, _: names.bastion_public_ip,
    "bastionSecurityGroup": lambda names, _: names.bastion_security_group,
    "expressRouteGateway": lambda names, _: names.express_route_gateway,
    "vpnGateway": lambda names, _: names.vpn_gateway,
    "vpnPublicIps": lambda names, key: names.vpn_public_ips[int(key)],
    "subnets": lambda names, key: names.subnet(key),
    "networkSecurityGroups": lambda names, key: names.network_security_group(key),
    "routeTables": lambda names, key: names.route_table(key),
    "loadBalancers": lambda names, key: names.load_balancer(key),
    "circuits": lambda names, key: names.circuit(key),
    "circuitConnections": lambda names, key: names.circuit_connection(key),
    "localNetworkGateways": lambda names, key: names.local_network_gateway(key),
    "siteConnections": lambda names, key: names.site_connection(key),
    "maintenance": lambda names, key: names.maintenance(key),
    "workspace": lambda names, _: names.workspace,
    "actionGroup": lambda names, _: names.action_group,
    "diagnosticSetting": lambda names, _: names.diagnostic_setting,
    "alerts": lambda names, key: names.alert(key),
    "spokeNetworks": lambda names, key: names.spoke_network(key),
    "hubPeerings": lambda names, key: names.hub_peering(key),
    "spokePeerings": lambda names, key: names.spoke_peering(key),
}
"""What each thing of the setting `names` is called without it."""


def _names(hub: Hub, found: Values) -> None:
    """`names`: of what is not called as the stack would call it."""
    names = Names(
        Settings.model_construct(
            name=hub.workload,
            names=OwnNames.model_construct(),
            resource_group=ResourceGroup.model_construct(),
            express_route=ExpressRoute.model_construct(gateway=ExpressRouteGateway.model_construct(), circuits=[]),
            vpn=Vpn.model_construct(gateway=VpnGateway.model_construct(active_active=True), sites=[]),
        )
    )
    said: Values = {}
    for path, physical in hub.own.items():
        kind, _, key = path.partition(".")
        if _DEFAULT[kind](names, key) == physical:
            continue
        if kind == "vpnPublicIps":
            count = sum(one.startswith("vpnPublicIps.") for one in hub.own)
            said[kind] = [hub.own[f"vpnPublicIps.{number}"] for number in range(count)]
        elif key:
            said.setdefault(kind, {})[key] = physical
        else:
            said[kind] = physical
    if said:
        found["names"] = said
