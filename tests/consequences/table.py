"""What a change of each setting does, from the trials: the rows of the consequences, and the README's table of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.consequences.trial import Trial
from tests.consequences.update import outage
from tests.recording import Resource
from topology.review.consequences import (
    BASTION,
    EVERYTHING,
    EXPRESS_ROUTE,
    SPOKE,
    TIER,
    TUNNEL,
    VPN,
    Consequence,
)

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- consequences -->", "<!-- /consequences -->"
MANY = 8
"""So many kinds of things and more are everything."""

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
}
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
    return [row(trial) for trial in trials]


def in_readme(text: str, made: str) -> str:
    """A README's text with the table in its place."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


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
    if called in ("authorization", "route table", "security group of AzureBastionSubnet"):
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
    # Connections last: which of them and the peerings the program registers first is not always the same.
    named = sorted(counted.items(), key=lambda one: "connection" in one[0])
    return tuple(_plural(name) if count > 1 else name for name, count in named)


def _plural(name: str) -> str:
    head, of, rest = name.partition(" of ")
    return f"{head}{'es' if head.endswith('s') else 's'}{of}{rest}"


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
