"""What a change of each setting does, from the trials: the rows of the consequences."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tests.consequences.trial import Trial
from tests.consequences.update import outage
from tests.recording import Resource
from topology.review.consequences import (
    BASTION,
    CLIENTS,
    DEVICE,
    EVERYTHING,
    EXPRESS_ROUTE,
    LET_IN,
    MACHINES,
    SPOKE,
    TIER,
    TUNNEL,
    VPN,
    Consequence,
    plural,
)

MANY = 8
"""So many kinds of things and more are everything."""

_FAQ, _ACTIVE = "vpn-gateway/vpn-gateway-vpn-faq", "vpn-gateway/about-active-active-gateways"
_TUNNEL, _BALANCER, _RULE = "vpn.sites[].", "network.tiers[].loadBalancer.", "network.tiers[].allow[]"
_POLICY = ("ikeEncryption", "ikeIntegrity", "dhGroup", "pfsGroup", "ipsecEncryption", "ipsecIntegrity")
_PEERING = ("peerAsn", "vlanId", "primaryPrefix", "secondaryPrefix")
FOLLOWED: Mapping[tuple[str, str], tuple[str, str, str]] = {
    (f"{_TUNNEL}publicIp", ""): (TUNNEL, DEVICE, f"Azure talks to the new address only: {_FAQ}"),
    (f"{_TUNNEL}fqdn", "another name"): (TUNNEL, DEVICE, f"Azure talks to the name's address only: {_FAQ}"),
    (f"{_TUNNEL}bgp.asn", ""): (TUNNEL, DEVICE, "a BGP session comes up only with the AS number expected: RFC 4271"),
    (f"{_TUNNEL}bgp.peerAddress", ""): (TUNNEL, DEVICE, f"Azure's BGP session goes to this address only: {_FAQ}"),
    **{
        (f"{_TUNNEL}bgp.gatewayAddresses", which): (TUNNEL, DEVICE, f"the device's session goes to the old one: {_FAQ}")
        for which in ("", "of one instance")
    },
    (f"{_TUNNEL}instance", "to the other one, with its APIPA addresses"): (
        TUNNEL,
        DEVICE,
        f"its tunnel, and its BGP session, go to the other instance's addresses [VPN-40]: {_ACTIVE}",
    ),
    **{
        (f"{_TUNNEL}bgp", which): (TUNNEL, DEVICE, f"a connection has BGP at both ends, or at none: {_FAQ}")
        for which in ("from BGP to static routes", "from static routes to BGP")
    },
    **{
        (f"{_TUNNEL}ipsecPolicy", which): (TUNNEL, DEVICE, f"Azure takes no other algorithms [IPSEC-01]: {_FAQ}")
        for which in ("to one of its own", "to the common one")
    },
    **{
        (f"{where}ipsecPolicy.{name}", ""): (TUNNEL, DEVICE, f"Azure takes no other algorithms [IPSEC-01]: {_FAQ}")
        for where in (_TUNNEL, "vpn.")
        for name in _POLICY
    },
    ("vpn.gateway.activeActive", "to false"): (
        VPN,
        DEVICE,
        f"an address that the devices use goes [VPN-11]: {_ACTIVE}",
    ),
    **{
        (f"expressRoute.circuits[].privatePeering.{name}", ""): (
            EXPRESS_ROUTE,
            DEVICE,
            "both ends of the link and its BGP session have the same: expressroute/expressroute-routing",
        )
        for name in _PEERING
    },
    ("peeringSharedKeys.CIRCUIT", ""): (EXPRESS_ROUTE, DEVICE, "a BGP session has one MD5 key at both ends: RFC 2385"),
    **{
        (f"{_BALANCER}{name}", ""): (TIER, CLIENTS, "nothing answers there any more: load-balancer/components")
        for name in ("frontendAddress", "port")
    },
    **{
        (f"{_BALANCER}{name}", ""): (
            TIER,
            MACHINES,
            "what does not answer the probe gets nothing: load-balancer/components",
        )
        for name in ("backendPort", "probePath")
    },
}
"""Changes in place that Azure makes at once, and that cut traffic until the other end is as Azure is then: of a setting
and its change what is out of order, who has to follow, and why: what no simulated Azure shows."""
ENDS: Mapping[tuple[str, str], str] = {
    (_RULE, "one less"): LET_IN,
    **{(f"{_RULE}.{name}", "fewer or others"): LET_IN for name in ("sources", "ports", "protocol")},
}
"""Changes in place that end what went through."""
AS = {("vpn.sites[].name", ""): ("names.siteConnections", "")}
"""Changes that make first and delete then what cannot carry twice: away as long as in another change."""

_NOUNS = {
    "ResourceGroup": "resource group",
    "VirtualNetwork": "virtual network",
    "VirtualNetworkPeering": "peering",
    "NetworkSecurityGroup": "security group",
    "RouteTable": "route table",
    "LoadBalancer": "load balancer",
    "BastionHost": "Bastion host",
    "LocalNetworkGateway": "local network gateway",
    "ExpressRouteCircuit": "circuit",
    "ExpressRouteCircuitPeering": "private peering",
    "ExpressRouteCircuitAuthorization": "authorization",
    "MaintenanceConfiguration": "maintenance window",
    "ConfigurationAssignment": "assignment of the maintenance window",
    "Workspace": "workspace",
    "ActionGroup": "action group",
    "DiagnosticSetting": "diagnostic setting",
    "MetricAlert": "alert",
    "ScheduledQueryRule": "query alert",
}
_OF_MONITORING = ("workspace", "action group", "diagnostic setting", "alert", "query alert")
_UNMISSED = ("authorization", "route table", "security group of AzureBastionSubnet", *_OF_MONITORING)
"""What carries no traffic."""
_QUIET = ("public address of the VPN gateway", "local network gateway")
"""What nobody misses by itself."""
_SPOKES = ("data", "shop", "store")
"""How what belongs to the spokes of the trials is called in the program."""
_SUBNETS = {"hub-gateway-subnet": "GatewaySubnet", "management": "AzureBastionSubnet"}


def row(trial: Trial) -> Consequence:
    """A trial as a row."""
    setting, change = trial.case.setting, trial.case.words
    if trial.rules:
        return Consequence(setting, change, trial.rules, trial.asked)
    plan, done = trial.plan, trial.update
    assert plan is not None
    assert done is not None
    halfway = bool(done.refusal and done.deletion_minutes)
    through = not (plan.nothing or done.refusal)
    return Consequence(
        setting,
        change,
        makes=_named(plan.created),
        replaces=_named(plan.replaced),
        changes=_named(plan.updated if _kinds(plan.replaced) < MANY else []),
        deletes=_named(plan.deleted),
        refusal=_code(done.refusal) if done.refusal else "",
        halfway=halfway,
        keeps_key=bool(done.unheeded),
        minutes=_minutes(trial) if through else {},
        until_back=tuple(_gone_for_good(plan.created, plan.deleted)) if through else (),
        renegotiates=through
        and any("ipsecPolicies" in one.inputs and one.urn in _policies(trial) for one in plan.updated),
    )


def rows(trials: Iterable[Trial]) -> list[Consequence]:
    """Every trial as a row."""
    made = {(one.setting, one.change): one for one in map(row, trials)}
    return [_with_other_ends(one, made) for one in made.values()]


def _with_other_ends(one: Consequence, made: Mapping[tuple[str, str], Consequence]) -> Consequence:
    """A row with what the other ends make of the change."""
    if one.rules or one.refusal:
        return one
    key = one.setting.replace("network.spokes[].tiers[]", "network.tiers[]"), one.change
    if key in FOLLOWED:
        service, who, _ = FOLLOWED[key]
        one = replace(one, until_followed={service: who})
    if key in ENDS:
        one = replace(one, until_back=(*one.until_back, ENDS[key]))
    if key in AS and AS[key] in made:
        one = replace(one, minutes=made[AS[key]].minutes)
    return one


def noun(resource: Resource) -> str:
    """What a resource is called in the table."""
    kind = resource.type.rsplit(":", 1)[-1]
    match kind:
        case "VirtualNetworkGateway":
            return f"{_side(resource)} gateway"
        case "VirtualNetworkGatewayConnection":
            return f"{_side(resource)} connection"
        case "PublicIPAddress":
            return f"public address of the {'Bastion host' if resource.name == 'management' else 'VPN gateway'}"
        case "NetworkSecurityGroup" if resource.name == "management":
            return "security group of AzureBastionSubnet"
        case "Subnet":
            return _SUBNETS.get(resource.name, "tier's subnet")
    return _NOUNS[kind]


def _side(resource: Resource) -> str:
    express_route = "ExpressRoute" in (resource.inputs.get("gatewayType"), resource.inputs.get("connectionType"))
    return "ExpressRoute" if express_route else "VPN"


def service(resource: Resource) -> str:
    """What is out of order while a resource is away; empty where nothing is."""
    called = noun(resource)
    if resource.name.startswith(_SPOKES) and called in ("resource group", "virtual network", "peering"):
        return SPOKE
    if called in ("resource group", "virtual network", "GatewaySubnet"):
        return EVERYTHING
    if called in ("circuit", "private peering") or "ExpressRoute" in called:
        return EXPRESS_ROUTE
    if "VPN" in called or called == "local network gateway":
        return VPN
    if called in _UNMISSED or "maintenance" in called:
        return ""
    return BASTION if "Bastion" in called else TIER


def _kinds(resources: list[Resource]) -> int:
    return len({noun(resource) for resource in resources})


def _named(resources: list[Resource]) -> tuple[str, ...]:
    counted: dict[str, int] = {}
    for resource in resources:
        counted[noun(resource)] = counted.get(noun(resource), 0) + 1
    if _kinds(resources) >= MANY:
        return (EVERYTHING,)
    # Connections last: which of them, the peerings and the windows the program registers first is not always the same,
    # nor is which of monitoring's.
    named = sorted(
        counted.items(),
        key=lambda one: (
            2 * ("connection" in one[0]) + ("maintenance" in one[0]),
            one[0] if one[0] in _OF_MONITORING else "",
        ),
    )
    return tuple(plural(name) if count > 1 else name for name, count in named)


def _code(refusal: str) -> str:
    rule = refusal.removeprefix("CodeUnknown_")
    if rule == "IMMUTABLE":
        return "(it cannot be changed)"
    return f"[{rule}]" if rule != refusal else refusal


def _minutes(trial: Trial) -> dict[str, int]:
    plan, done = trial.plan, trial.update
    assert plan is not None
    assert done is not None
    found: dict[str, int] = {}
    for name in dict.fromkeys(service(resource) for resource in plan.replaced):
        urns = {resource.urn for resource in plan.replaced if service(resource) == name}
        if name:
            found[name] = round(outage(plan, done, urns))
    return found


def _gone_for_good(created: list[Resource], deleted: list[Resource]) -> Iterator[str]:
    """What a deletion without a successor takes away."""
    successors = {noun(resource) for resource in created}
    lost = [resource for resource in deleted if noun(resource) not in successors]
    names = (TUNNEL if noun(one) == "VPN connection" else service(one) for one in lost if noun(one) not in _QUIET)
    yield from (name for name in dict.fromkeys(names) if name)


def _policies(trial: Trial) -> set[str]:
    """URNs of the connections whose IPsec policy changes."""
    assert trial.plan is not None
    old = {resource.urn: resource for resource in trial.plan.before.resources}
    return {
        resource.urn
        for resource in trial.plan.updated
        if old[resource.urn].inputs.get("ipsecPolicies") != resource.inputs.get("ipsecPolicies")
    }
