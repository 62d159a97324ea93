"""The README's table of consequences: what a change of each setting does, in words, from the trials."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.consequences.trial import Trial
from tests.consequences.update import outage
from tests.recording import Resource

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- consequences -->", "<!-- /consequences -->"
HEAD = "| setting | what a change does | outage |\n| --- | --- | --- |"
NONE_KNOWN = "none known"
MANY = 8
"""So many kinds of things and more are everything."""
EVERYTHING = "everything"

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
_TUNNEL = "the site's tunnel"
_QUIET = ("public address of the VPN gateway", "local network gateway")
"""What nobody misses by itself."""
_SPOKES = ("data", "shop", "store")
"""How what belongs to the spokes of the trials is called in the program."""
_SUBNETS = {"hub-gateway-subnet": "GatewaySubnet", "management": "AzureBastionSubnet"}


@dataclass(frozen=True)
class Row:
    """One change in words."""

    setting: str
    words: str
    effect: str
    outage: str


def row(trial: Trial) -> Row:
    """A trial in words."""
    return Row(trial.case.setting, trial.case.words, _effect(trial), _outage(trial))


def table(trials: Iterable[Trial]) -> str:
    """The Markdown table; neighbours with the same consequence share a row."""
    merged: list[list[Row]] = []
    for found in map(row, trials):
        if merged and _alike(merged[-1][0], found):
            merged[-1].append(found)
        else:
            merged.append([found])
    return "\n".join([HEAD, *(f"| {_settings(rows)} | {rows[0].effect} | {rows[0].outage} |" for rows in merged)])


def written(text: str, made: str) -> str:
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
        return "the spoke"
    if called in ("resource group", "virtual network", "GatewaySubnet"):
        return EVERYTHING
    if called in ("circuit", "private peering") or "ExpressRoute" in called:
        return "ExpressRoute"
    if "VPN" in called or called == "local network gateway":
        return "VPN"
    if called in ("authorization", "route table", "security group of AzureBastionSubnet"):
        return ""
    return "Bastion" if "Bastion" in called else "the tier"


def _effect(trial: Trial) -> str:
    if trial.rules:
        return f"refused at preview [{', '.join(trial.rules)}]"
    plan, update = trial.plan, trial.update
    assert plan is not None
    assert update is not None
    if plan.nothing:
        return "nothing in Azure"
    updated = plan.updated if _kinds(plan.replaced) < MANY else []
    steps = (
        ("makes {}", plan.created),
        ("replaces {}", plan.replaced),
        ("changes {} in place", updated),
        ("deletes {}", plan.deleted),
    )
    what = "; ".join(words.format(_named(resources)) for words, resources in steps if resources)
    if update.unheeded:
        what += ", but Azure keeps the old key [CONN-04]"
    if not update.refusal:
        return what
    halfway = ", halfway" if update.deletion_minutes else ""
    return f"{what}: refused by Azure{halfway} {_code(update.refusal)}"


def _kinds(resources: list[Resource]) -> int:
    return len({noun(resource) for resource in resources})


def _named(resources: list[Resource]) -> str:
    counted: dict[str, int] = {}
    for resource in resources:
        counted[noun(resource)] = counted.get(noun(resource), 0) + 1
    if _kinds(resources) >= MANY:
        return EVERYTHING
    *names, last = (f"{_article(name)}{_plural(name) if count > 1 else name}" for name, count in counted.items())
    return f"{', '.join(names)} and {last}" if names else last


def _article(name: str) -> str:
    return "" if name in _SUBNETS.values() else "the "


def _plural(name: str) -> str:
    head, of, rest = name.partition(" of ")
    return f"{head}{'es' if head.endswith('s') else 's'}{of}{rest}"


def _code(refusal: str) -> str:
    rule = refusal.removeprefix("CodeUnknown_")
    if rule == "IMMUTABLE":
        return "(it cannot be changed)"
    return f"[{rule}]" if rule != refusal else f"(`{refusal}`)"


def _outage(trial: Trial) -> str:
    plan, update = trial.plan, trial.update
    if plan is None or update is None or plan.nothing or (update.refusal and not update.deletion_minutes):
        return "none"
    if update.refusal:
        return "what is deleted by then"
    found: dict[str, float] = {}
    for name in dict.fromkeys(service(resource) for resource in plan.replaced):
        urns = {resource.urn for resource in plan.replaced if service(resource) == name}
        if name:
            found[name] = outage(plan, update, urns)
    parts = [f"{name} {minutes:.0f} min" for name, minutes in found.items()]
    parts += [f"{name}, until it is back" for name in _gone_for_good(plan.created, plan.deleted)]
    if any("ipsecPolicies" in resource.inputs and resource.urn in _policies(trial) for resource in plan.updated):
        parts.append(f"{_TUNNEL}, a few seconds [IPSEC-12]")
    return "; ".join(parts) or ("none" if not plan.updated and not plan.deleted else NONE_KNOWN)


def _gone_for_good(created: list[Resource], deleted: list[Resource]) -> Iterator[str]:
    """What a deletion without a successor takes away."""
    successors = {noun(resource) for resource in created}
    lost = [resource for resource in deleted if noun(resource) not in successors]
    names = (_TUNNEL if noun(one) == "VPN connection" else service(one) for one in lost if noun(one) not in _QUIET)
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


def _alike(one: Row, other: Row) -> bool:
    same = (one.effect, one.outage) == (other.effect, other.outage)
    return same and _parent(one.setting) == _parent(other.setting) and not one.words and not other.words


def _parent(setting: str) -> str:
    return setting.rpartition(".")[0]


def _settings(rows: list[Row]) -> str:
    first, *others = rows
    names = [f"`{first.setting}`", *(f"`{other.setting.rpartition('.')[2]}`" for other in others)]
    return ", ".join(names) + (f", {first.words}" if first.words else "")
