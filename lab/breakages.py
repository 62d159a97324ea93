"""The breakages that the rules warn of, made on purpose: the lab must show the harm that the proof expects."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network

from appliance.constants import EXPRESS_ROUTE_PREFERENCE, FLOATING_DISTANCE, VPN_PREFERENCE
from appliance.strongswan_frr import render
from components.rules.bgp import AZURE_ASN, MICROSOFT_ASN
from topology.proof.failover import Flow, flows
from topology.proof.network import Edge
from topology.settings.model import Settings

from .blueprint import Blueprint, blueprint
from .building import build
from .faults import Faults
from .findings import Findings
from .machine import LabError
from .on_premises import FILES
from .scenarios import compare
from .sessions import await_sessions
from .steps import Say
from .stream import Ends
from .world import World

Broken = Callable[[Settings], Settings]


@dataclass(frozen=True)
class Breakage:
    """One breakage: how it is made, when it hurts and how that shows.

    failed: the elements that must fail for the harm, as a function of the settings. harmed: whether an expected path is
    the harm. seen: whether a running lab shows it, where paths alone do not. edit: what changes in the appliance's
    frr.conf, old text and new. edge: how the edge then prefers.
    """

    name: str
    rule: str
    applies: Callable[[Settings], bool]
    change: Broken
    failed: Callable[[Settings], frozenset[str]]
    harm: str
    harmed: Callable[[list[Flow]], bool]
    seen: Callable[[World], bool] = lambda world: True
    edit: tuple[str, str] | None = None
    edge: Edge | None = None


def more_specific(settings: Settings) -> IPv4Network:
    """A part of the first on-premises prefix that the VPN alone will carry."""
    return list(settings.on_premises.prefixes[0].subnets(new_prefix=24))[5]


def _with_site_prefixes(settings: Settings, prefixes: list[IPv4Network]) -> Settings:
    site = settings.vpn.sites[0].model_copy(update={"prefixes": prefixes})
    vpn = settings.vpn.model_copy(update={"sites": [site, *settings.vpn.sites[1:]]})
    return settings.model_copy(update={"vpn": vpn})


def _add_more_specific(settings: Settings) -> Settings:
    return _with_site_prefixes(settings, [*settings.site_prefixes(settings.vpn.sites[0]), more_specific(settings)])


def _leave_one_out(settings: Settings) -> Settings:
    return _with_site_prefixes(settings, settings.site_prefixes(settings.vpn.sites[0])[:1])


def _static(settings: Settings) -> bool:
    return settings.vpn.sites[0].bgp is None


def _circuits(settings: Settings) -> frozenset[str]:
    return frozenset(f"circuit:{c.name}" for c in settings.express_route.circuits if c.connects)


def _asymmetric(found: list[Flow]) -> bool:
    return any(p.direction == "onPremisesToAzure" and p.path.kind == "vpn" for p in found) and any(
        p.direction == "azureToOnPremises" and p.path.kind == "expressRoute" for p in found
    )


def _seen_as_a_tie(world: World) -> bool:
    """Whether the edge has Azure's prefix over both paths, and neither preference nor length tells them apart."""
    prefix = world.blueprint.settings.network.address_space[0]
    learned = world["edge0"].ask("bgpd", f"show bgp ipv4 unicast {prefix}")["paths"]
    over = {path["aspath"]["string"] for path in learned}
    return over == {str(MICROSOFT_ASN), str(AZURE_ASN)} and len({path.get("locPrf") for path in learned}) == 1


BREAKAGES = (
    Breakage(
        name="a more specific prefix on the VPN",
        rule="FAIL-01",
        applies=lambda settings: True,
        change=_add_more_specific,
        failed=lambda settings: frozenset(),
        harm="Azure sends its traffic through the tunnel although ExpressRoute is up",
        harmed=lambda ps: any(p.direction == "azureToOnPremises" and p.path.kind == "vpn" for p in ps),
    ),
    Breakage(
        name="a more specific static prefix on the VPN, and the appliance fails",
        rule="FAIL-01",
        applies=_static,
        change=_add_more_specific,
        failed=lambda settings: frozenset({f"appliance:{settings.vpn.sites[0].name}"}),
        harm="its traffic is lost although ExpressRoute is up: Azure keeps the route into the dead tunnel",
        harmed=lambda ps: any(p.path.cause == "deadTunnel" for p in ps),
    ),
    Breakage(
        name="a prefix missing on the VPN, and the circuit fails",
        rule="FAIL-02",
        applies=lambda settings: len(settings.site_prefixes(settings.vpn.sites[0])) > 1,
        change=_leave_one_out,
        failed=_circuits,
        harm="its traffic is lost",
        harmed=lambda ps: any(p.direction == "azureToOnPremises" and not p.path.arrives for p in ps),
    ),
    Breakage(
        name="no preference for ExpressRoute on the appliance",
        rule="FAIL-05",
        applies=lambda settings: not _static(settings),
        change=lambda settings: settings,
        failed=lambda settings: frozenset(),
        harm="a tie decides whether on-premises answers through the tunnel what came over ExpressRoute",
        harmed=lambda ps: any(p.path.tied for p in ps),
        seen=_seen_as_a_tie,
        edit=(f"set local-preference {EXPRESS_ROUTE_PREFERENCE}", f"set local-preference {VPN_PREFERENCE}"),
        edge=Edge(express_route_preference=VPN_PREFERENCE),
    ),
    Breakage(
        name="a static route on the appliance that is not floating",
        rule="FAIL-05",
        applies=_static,
        change=lambda settings: settings,
        failed=lambda settings: frozenset(),
        harm="on-premises answers through the tunnel what came over ExpressRoute",
        harmed=_asymmetric,
        edit=(f" {FLOATING_DISTANCE}\n", " 1\n"),
        edge=Edge(static_distance=1),
    ),
)


def run_breakages(settings: Settings, key: str, found: Findings, say: Say) -> None:
    """Builds each breakage that these settings can have, and compares the lab with the harm that the proof expects."""
    for breakage in BREAKAGES:
        if not breakage.applies(settings):
            continue
        say(f"breakage: {breakage.name}")
        broken = breakage.change(settings)
        failed = breakage.failed(broken)
        plan = blueprint(broken, key)
        rows: list[dict[str, object]] = []
        with World(plan, _edited(plan, breakage)) as world:
            build(world)
            await_sessions(world, frozenset())
            faults = Faults(world)
            faults.become(failed)
            await_sessions(world, failed)
            differences = compare(world, Ends(world), rows, failed, breakage.edge)
            seen = breakage.seen(world)
        expected = breakage.harmed(flows(broken, failed, edge=breakage.edge))
        harm = breakage.harm if expected else "no harm is expected"
        found.check(
            f"breakage {breakage.name} [{breakage.rule}]: the lab shows the expected harm",
            expected and seen and not differences,
            "; ".join(differences) or harm,
        )
        found.data.setdefault("breakages", []).append(
            {"breakage": breakage.name, "rule": breakage.rule, "harm": harm, "flows": rows}
        )


def _edited(plan: Blueprint, breakage: Breakage) -> dict[str, dict[str, str]]:
    """The frr.conf of each device in which there is something to change."""
    if breakage.edit is None:
        return {}
    texts = {device.name: render(device.plan, "userspace", FILES)["frr.conf"][0] for device in plan.devices}
    edited = {name: text.replace(*breakage.edit) for name, text in texts.items() if breakage.edit[0] in text}
    if not edited:
        raise LabError(f"breakage {breakage.name}: no frr.conf has {breakage.edit[0]!r}")
    return {name: {"frr.conf": text} for name, text in edited.items()}
