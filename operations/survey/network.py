"""The hub as settings: its address space, tiers, route tables and load balancers.

A subnet is a tier that the stack owns where all that lies around it is exactly what a tier makes; any other is used as
it is (`existing`), so that an update takes nothing away from it.
"""

import ipaddress
from collections.abc import Mapping, Sequence

from components.rules.names import GATEWAY_SUBNET, SUBNETS_OF_SERVICES
from operations.survey import security
from operations.survey.answers import Json, group_of, name_of, properties, reference
from operations.survey.found import Hub, Namer, Values, more_than, not_owned
from topology.settings import values as reading
from topology.settings.names import logical, tier_in

OF_SUBNET = (
    *("addressPrefix", "addressPrefixes", "networkSecurityGroup", "routeTable", "defaultOutboundAccess"),
    *("ipConfigurations", "ipConfigurationProfiles", "privateEndpoints", "purpose"),
)
USUAL_SUBNET = {"privateEndpointNetworkPolicies": "Disabled", "privateLinkServiceNetworkPolicies": "Enabled"}
"""What settings say of a subnet, and what Azure has by itself."""
_OF_NETWORK = ("addressSpace", "dhcpOptions", "subnets", "virtualNetworkPeerings")
_USUAL_NETWORK = {"privateEndpointVNetPolicies": "Disabled"}
_OF_GROUP = ("securityRules", "defaultSecurityRules", "subnets", "networkInterfaces")
_OF_TABLE = ("routes", "subnets", "disableBgpRoutePropagation")


def prefixes(document: Json) -> list[str]:
    """The address space of a network, IPv4 alone."""
    space = properties(document).get("addressSpace") or {}
    return [text for text in space.get("addressPrefixes") or () if ":" not in text]


def subnet_prefixes(subnet: Json) -> list[str]:
    """The prefixes of a subnet, IPv4 alone."""
    inside = properties(subnet)
    given = inside.get("addressPrefixes") or [inside.get("addressPrefix")]
    return [text for text in given if text and ":" not in text]


def network_settings(hub: Hub, document: Json, gateways: Mapping[str, Values]) -> Values:
    """`network` without its tiers, Bastion and spokes; `existing` where it is not to be owned.

    gateways: both as settings, by their words. One that is there is in a network that is there [EXIST-12]."""
    id, found = str(document["id"]), Values(addressSpace=prefixes(document))
    if len(found["addressSpace"]) < len((properties(document).get("addressSpace") or {}).get("addressPrefixes") or ()):
        hub.leave(f"the IPv6 prefixes of {name_of(id)}", "nothing of IPv6 is proved")
    gateway_subnet = subnet_of(document, GATEWAY_SUBNET)
    if gateway_subnet is None:
        hub.leave("a GatewaySubnet", "the network has none, so it is no hub: neither gateway can be in it")
    else:
        found["gatewaySubnet"] = subnet_prefixes(gateway_subnet)[0]
    routes = own_table = None
    if gateway_subnet is not None:
        routes, own_table = _table(hub, gateway_subnet, "network.gatewaySubnetRoutes")
    why = not_owned(hub, document, _OF_NETWORK, _USUAL_NETWORK)
    if not why and gateway_subnet is not None:
        more = more_than(gateway_subnet, OF_SUBNET, USUAL_SUBNET)
        if more or reference(gateway_subnet, "networkSecurityGroup"):
            why = f"its GatewaySubnet has {', '.join(more) or 'a security group'}, which no setting says"
        elif reference(gateway_subnet, "routeTable") and own_table is None:
            why = "the route table of its GatewaySubnet is not one that this stack would make"
    if used := [word for word, gateway in gateways.items() if "existing" in gateway]:
        why = why or f"{' and '.join(used)} in it {'is' if len(used) == 1 else 'are'} used so"
    if why:
        found["existing"] = {"id": id, "gatewaySubnet": "adopt"}
        hub.note("network.existing", f"used as it is: {why}")
        if routes:
            hub.leave(
                f"{len(routes)} routes of the GatewaySubnet of {name_of(id)}",
                "they stay as they are; a preview judges them, the proof without Azure does not know them",
            )
        return found
    hub.own["virtualNetwork"] = name_of(id)
    if routes and own_table:
        found["gatewaySubnetRoutes"] = routes
        hub.own["gatewaySubnetRouteTable"] = own_table
    if servers := (properties(document).get("dhcpOptions") or {}).get("dnsServers"):
        found["dnsServers"] = servers
    return found


def subnet_of(document: Json, name: str) -> Json | None:
    """A network's subnet of a name; None without one."""
    wanted = name.lower()
    subnets = properties(document).get("subnets") or ()
    return next((one for one in subnets if str(one.get("name")).lower() == wanted), None)


def tiers(
    hub: Hub, document: Json, words: Mapping[str, Sequence[str]], spoke: str = "", group: str = ""
) -> list[Values]:
    """The tiers of the hub or of a spoke. words: what each word for sources stands for. group: where a tier's own
    things have to be, the stack's by default."""
    found, namer = [], Namer()
    named: list[tuple[str, Json]] = []
    form = rf"{hub.workload}-" + (f"{logical(spoke)}-" if spoke else "")
    for subnet in properties(document).get("subnets") or ():
        name = str(subnet.get("name"))
        if name.lower() in {one.lower() for one in SUBNETS_OF_SERVICES}:
            continue
        if not subnet_prefixes(subnet):
            hub.leave(f"subnet {name}", "it has no IPv4 prefix, so it is no destination of the proof")
            continue
        guard = name_of(reference(subnet, "networkSecurityGroup"))
        forms = [(f"snet-{form}(.+)", name), (f"nsg-{form}(.+)", guard)]
        named.append((namer.name(forms, f"subnet-{len(named) + 1}"), subnet))
    own = {name: [subnet_prefixes(subnet)[0]] for name, subnet in named}
    for name, subnet in named:
        tier = _tier(hub, name, subnet, {**words, **own}, spoke, group or hub.group)
        if tier is not None:
            found.append(tier)
    return found


def _tier(
    hub: Hub, name: str, subnet: Json, words: Mapping[str, Sequence[str]], spoke: str, group: str
) -> Values | None:
    key = tier_in(spoke, name) if spoke else name
    path, physical = f"tier {key}", str(subnet.get("name"))
    found = Values(name=name, subnet=subnet_prefixes(subnet)[0])
    if len(subnet_prefixes(subnet)) > 1:
        hub.leave(f"more prefixes of subnet {physical}", "the proof has the first one alone")
    table_id = reference(subnet, "routeTable")
    if table_id and hub.read(table_id) is None:
        hub.leave(
            f"subnet {physical}", f"its route table could not be read ({hub.answers.why(table_id)}): not in the file"
        )
        return None
    routes, own_table = _table(hub, subnet, path, group)
    if routes:
        found["routes"] = routes
    if table_id and properties(hub.read(table_id) or {}).get("disableBgpRoutePropagation"):
        found["gatewayRoutes"] = False
    why = _not_a_tier(hub, subnet, own_table, group)
    allow = None
    outbound = properties(subnet).get("defaultOutboundAccess")
    if not why:
        guard = hub.read(reference(subnet, "networkSecurityGroup")) or {}
        allow = security.allowed(guard, words, bool(outbound))
        if allow is None:
            why = f"security group {name_of(str(guard.get('id')))} has other rules than a tier's"
    if why:
        found["existing"] = {"id": str(subnet["id"])}
        if outbound is not False:
            # Azure's own default, as long as nobody says otherwise.
            found["internetOutbound"] = True
        hub.note(path, f"used as it is: {why}")
        return found
    if outbound:
        found["internetOutbound"] = True
    if allow:
        found["allow"] = allow
    hub.own[f"subnets.{key}"] = physical
    hub.own[f"networkSecurityGroups.{key}"] = name_of(reference(subnet, "networkSecurityGroup"))
    if own_table:
        hub.own[f"routeTables.{key}"] = own_table
    balancers = _balancers(hub, subnet)
    if len(balancers) == 1 and (said := _balancer(hub, balancers[0], group)):
        found["loadBalancer"] = said
        hub.own[f"loadBalancers.{key}"] = str(balancers[0].get("name"))
    elif balancers:
        names = ", ".join(str(one.get("name")) for one in balancers)
        hub.leave(f"load balancer {names} in subnet {physical}", "it stays as it is; no setting says it")
    return found


def _not_a_tier(hub: Hub, subnet: Json, own_table: str | None, group: str) -> str:
    """Why a subnet is not one that a tier would make; empty where it may be."""
    guard_id, table_id = reference(subnet, "networkSecurityGroup"), reference(subnet, "routeTable")
    more = more_than(subnet, OF_SUBNET, USUAL_SUBNET)
    if hub.as_is:
        return "asked for (--as-is)"
    if more:
        return f"it has {', '.join(more)}, which no setting says and an update would take away"
    if not guard_id:
        return "it has no security group"
    guard = hub.read(guard_id)
    if guard is None:
        return f"its security group could not be read ({hub.answers.why(guard_id)})"
    if group_of(guard_id) != group:
        return f"its security group is in {name_of(group_of(guard_id))}"
    if len(properties(guard).get("subnets") or ()) > 1 or properties(guard).get("networkInterfaces"):
        return "its security group is shared with others"
    if extra := more_than(guard, _OF_GROUP, {}):
        return f"its security group has {', '.join(extra)}"
    if properties(subnet).get("defaultOutboundAccess") is None:
        return "whether its machines reach the Internet by default is not said"
    return "its route table is not one that a tier would make" if table_id and own_table is None else ""


def _table(hub: Hub, subnet: Json, path: str, group: str = "") -> tuple[list[Values], str | None]:
    """The routes of a subnet, and its route table's name where a tier would make that one."""
    id = reference(subnet, "routeTable")
    table = hub.read(id)
    if table is None:
        return [], None
    found, exact, namer = [], group_of(id) == (group or hub.group), Namer()
    exact = exact and len(properties(table).get("subnets") or ()) <= 1 and not more_than(table, _OF_TABLE, {})
    for route in properties(table).get("routes") or ():
        inside, name = properties(route), str(route.get("name"))
        try:
            prefix = str(ipaddress.IPv4Network(str(inside.get("addressPrefix"))))
        except ValueError:
            hub.leave(
                f"route {name} of {name_of(id)}", f"it leads to {inside.get('addressPrefix')}, which is not proved"
            )
            exact = False
            continue
        said = Values(name=namer.name([("(.+)", name)], "route"), prefix=prefix, nextHopType=inside.get("nextHopType"))
        if inside.get("nextHopIpAddress"):
            said["nextHopAddress"] = inside["nextHopIpAddress"]
        exact = exact and reading.is_name(name) and set(inside) <= _ROUTE_FIELDS
        found.append(said)
    if found and not exact:
        hub.note(path, f"the routes of {name_of(id)}, which stays as it is")
    return found, name_of(id) if exact else None


_ROUTE_FIELDS = {"addressPrefix", "nextHopType", "nextHopIpAddress", "provisioningState", "hasBgpOverride"}


def _balancers(hub: Hub, subnet: Json) -> list[Json]:
    users = (str(one.get("id")).split("/") for one in properties(subnet).get("ipConfigurations") or ())
    ids = dict.fromkeys("/".join(one[:9]) for one in users if len(one) > 8 and one[7].lower() == "loadbalancers")
    return [found for id in ids if (found := hub.read(id))]


def _balancer(hub: Hub, balancer: Json, group: str) -> Values | None:
    """A tier's load balancer, where it is exactly one that a tier makes."""
    inside = properties(balancer)
    parts = [
        inside.get(name) or []
        for name in ("frontendIPConfigurations", "backendAddressPools", "probes", "loadBalancingRules")
    ]
    if [[one.get("name") for one in part] for part in parts] != [["frontend"], ["machines"], ["probe"], ["rule"]]:
        return None
    if inside.get("inboundNatRules") or inside.get("outboundRules") or group_of(str(balancer["id"])) != group:
        return None
    frontend, _, probe, rule = (properties(part[0]) for part in parts)
    same = (
        probe.get("numberOfProbes") == 2
        and probe.get("intervalInSeconds") == 5
        and probe.get("port") == rule.get("backendPort")
        and rule.get("protocol") == "Tcp"
        and rule.get("disableOutboundSnat") is True
        and not rule.get("enableFloatingIP")
        and not rule.get("enableTcpReset")
        and rule.get("loadDistribution", "Default") == "Default"
        and frontend.get("privateIPAllocationMethod") == "Static"
    )
    if not same:
        return None
    found = Values(frontendAddress=frontend["privateIPAddress"], port=rule["frontendPort"])
    if rule["backendPort"] != rule["frontendPort"]:
        found["backendPort"] = rule["backendPort"]
    if probe.get("requestPath"):
        found["probePath"] = probe["requestPath"]
    # Taken out again where they are those of the region.
    return {**found, "zones": list(parts[0][0].get("zones") or ())}
