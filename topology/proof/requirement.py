"""What the failover lacks: every prefix that the requirement loses, as problems of the settings.

Prefixes with the same cause and the same remedy are one problem.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import NamedTuple

from components.rules import Problem, Rule, rule
from components.rules.limits import ROUTES_PER_TABLE
from components.rules.prefixes import DEFAULT_ROUTE

from ..settings.model import Settings
from .causes import EXCUSE, Cause
from .destinations import Ladder, Node
from .failover import Model, Paths
from .firewalls import route_line
from .lopsided import Lopsided, lopsided
from .network import network
from .proof import Scenario, required
from .remedies import carry, taken_by_vpn, why_lost
from .state import Alive

FAIL_03 = rule(
    "FAIL-03",
    "traffic for on-premises never falls back to the Internet",
    "https://learn.microsoft.com/azure/expressroute/expressroute-faqs",
    "warning",
)
FAIL_05 = rule(
    "FAIL-05",
    "both directions take the same path",
    "https://learn.microsoft.com/azure/expressroute/expressroute-asymmetric-routing",
    "warning",
)
FAIL_18 = rule("FAIL-18", "an accepted prefix is one of this network's", "this project: docs/failover.md")
FAIL_19 = rule("FAIL-19", "an accepted prefix has something to accept", "this project: docs/failover.md", "warning")

FAIL_20 = rule(
    "FAIL-20",
    "every prefix that ExpressRoute carries is reached when all of ExpressRoute is lost",
    "this project: docs/failover.md",
    "warning",
)

ALL_EXPRESS_ROUTE: Scenario = ("gateway:expressRoute",)
"""The failure that takes every circuit at once."""
PROVED = frozenset(("FAIL-01", "FAIL-02", "FAIL-09", "FAIL-15", "FAIL-16", "FAIL-17", "FAIL-18", "NVA-01", "NVA-03"))
"""The errors that the proof itself finds: beside them its verdict has a meaning."""
FEW = 3
"""Prefixes named in a message about many."""


class Finding(NamedTuple):
    """A cause, the rule that it breaks, and the scenario in which it was met first."""

    rule: Rule
    cause: Cause
    scenario: Scenario
    leaks: bool = False


def failover_problems(settings: Settings) -> list[Problem]:
    """Every problem of the finished topology's failover, judged by `failover.require` and `failover.accept`."""
    return list(problems(settings, Model(network(settings))))


def problems(settings: Settings, model: Model) -> Iterator[Problem]:
    """`failover_problems` for a network whose routes are already known."""
    accepted = {item.prefix for item in settings.failover.accept}
    found: dict[Finding, list[IPv4Network]] = {}
    needed: set[IPv4Network] = set()
    asymmetric: dict[tuple[Scenario, Lopsided], list[IPv4Network]] = {}
    leaking: dict[int, list[Node]] = {}
    groups: dict[Ladder, list[Node]] = {}
    for node in model.tree.destinations:
        groups.setdefault(node.ladder, []).append(node)
    scenarios = _distinct(model, required(model, settings.failover.require))
    for nodes in groups.values():
        findings, differing = _judge(settings, model, nodes[0], scenarios)
        leaks = list(_leaks(model, nodes[0]))
        for node in nodes:
            names = set(_names(node)) & accepted if accepted else set()
            needed |= names if findings or leaks else set()
            for tier in leaks if not (names and node.ladder.level.internet) else ():
                leaking.setdefault(tier, []).append(node)
            if names:
                continue
            for finding in findings:
                found.setdefault(finding, []).append(node.prefix)
            if differing is not None and not findings:
                asymmetric.setdefault(differing, []).append(node.prefix)
    yield from (_problem(finding, prefixes) for finding, prefixes in found.items())
    for (scenario, how), prefixes in asymmetric.items():
        yield FAIL_05(how.path, f"{_shown(prefixes)}: {_when(scenario)} {how.text}")
    for tier, nodes in sorted(leaking.items()):
        yield from _leak(settings, model, tier, nodes)
    yield from _accepted(settings, model, needed)


def _accepted(settings: Settings, model: Model, needed: set[IPv4Network]) -> Iterator[Problem]:
    """What is accepted is there, and needs to be [FAIL-18, FAIL-19]. needed: prefixes that are accepted rightly."""
    if not settings.failover.accept:
        return
    known = {*settings.on_premises.prefixes, *(node.prefix for node in model.tree.nodes if node.listed)}
    known |= {node.prefix for node in model.tree.destinations}
    for index, item in enumerate(settings.failover.accept):
        path = f"failover.accept[{index}].prefix"
        if item.prefix not in known:
            yield FAIL_18(
                path,
                f"{item.prefix} is none of onPremises.prefixes, nor one that ExpressRoute carries, nor a part of one "
                "that routes tell apart",
            )
        elif item.prefix not in needed:
            yield FAIL_19(path, f"{item.prefix} has its failover; remove this")


def _distinct(model: Model, scenarios: Iterable[Scenario]) -> dict[Alive, Scenario]:
    """For each thing that can be left alive the first scenario that leaves it."""
    first: dict[Alive, Scenario] = {}
    for scenario in scenarios:
        first.setdefault(model.alive(scenario), scenario)
    return first


def _names(node: Node) -> Iterator[IPv4Network]:
    """The prefixes under which a destination can be accepted: its own, and the on-premises prefix it belongs to."""
    yield node.prefix
    if node.owner is not None and node.owner is not node:
        yield node.owner.prefix


def _judge(
    settings: Settings, model: Model, node: Node, scenarios: dict[Alive, Scenario]
) -> tuple[list[Finding], tuple[Scenario, Lopsided] | None]:
    """What is wrong for destinations with this one's routes, and the first scenario that makes them asymmetric."""
    ladder = node.ladder
    for tier in model.kinds:
        taken = taken_by_vpn(settings, model, node, model.paths(ladder, tier, model.normal))
        if taken is not None:
            return [Finding(taken.rule, taken, ())], None
    differing: tuple[Scenario, Lopsided] | None = None
    for state, scenario in scenarios.items():
        found = list(_losses(settings, model, node, state, scenario, None))
        if found:
            return found, None
        for tier in model.kinds if differing is None else ():
            paths = model.paths(ladder, tier, state)
            if differing is None and paths.asymmetric:
                differing = scenario, lopsided(settings, model, paths)
    return list(_losses(settings, model, node, model.alive(ALL_EXPRESS_ROUTE), ALL_EXPRESS_ROUTE, FAIL_20)), differing


def _losses(
    settings: Settings, model: Model, node: Node, state: Alive, scenario: Scenario, rule: Rule | None
) -> Iterator[Finding]:
    """Why the destinations are lost in one scenario, each cause once, under its own rule or the one given."""
    causes: set[Cause] = set()
    for kind, alike in model.alike.items():
        if _survives(node.ladder, model.paths(node.ladder, kind, state)):
            continue
        for tier in alike:
            paths = model.paths(node.ladder, tier, state)
            cause = why_lost(settings, model, node, tier, paths, scenario)
            if cause is not None and cause not in causes:
                causes.add(cause)
                yield Finding(rule or cause.rule, cause, scenario, paths.leaks)


def _survives(ladder: Ladder, paths: Paths) -> bool:
    """Whether a destination is reached. The Internet itself is, when traffic goes there directly: a leak [FAIL-03]."""
    return paths.reachable or (ladder.level.internet and paths.leaks)


def _problem(finding: Finding, prefixes: list[IPv4Network]) -> Problem:
    cause = finding.cause
    if cause.routes_to is not None:
        lines = [route_line(prefix, cause.routes_to) for prefix in prefixes[:FEW]]
        left = f", and the same for {len(prefixes) - FEW} more" if len(prefixes) > FEW else ""
        if len(prefixes) > ROUTES_PER_TABLE:
            lines = [route_line(DEFAULT_ROUTE, cause.routes_to)]
            left = f" with gatewayRoutes: false, since a route table holds {ROUTES_PER_TABLE} routes"
        cause = cause._replace(text=f"{cause.text} {', '.join(lines)}{left}, {EXCUSE}")
    if cause.whole:
        return finding.rule(cause.path, cause.text)
    if cause.steady:
        verb = "are" if len(prefixes) > 1 else "is"
        return finding.rule(cause.path, f"{_shown(prefixes)} {verb} {cause.text}")
    if not finding.scenario:
        return cause.rule(
            cause.path, f"{_shown(prefixes)} cannot be reached even when nothing has failed: {cause.text}"
        )
    many = len(prefixes) > 1
    lost = "are lost" if many else "is lost"
    leaks = "leak to the Internet" if many else "leaks to the Internet"
    what = leaks if finding.leaks else lost
    return finding.rule(cause.path, f"{_shown(prefixes)} {what} {_when(finding.scenario)}: {cause.text}")


def _leaks(model: Model, node: Node) -> Iterator[int]:
    """The tiers whose traffic for such a destination leaves to the Internet when all of ExpressRoute is lost."""
    state = model.alive(ALL_EXPRESS_ROUTE)
    for kind, alike in model.alike.items():
        if model.paths(node.ladder, kind, state).leaks:
            yield from alike


def _leak(settings: Settings, model: Model, tier: int, nodes: list[Node]) -> Iterator[Problem]:
    subnet = model.network.tiers[tier]
    path, when = f"{subnet.path}.internetOutbound", _when(ALL_EXPRESS_ROUTE)
    carried = [node.prefix for node in nodes if not node.ladder.level.internet]
    if carried:
        yield FAIL_03(
            path,
            f"{_shown(carried)}: {when} tier {subnet.name!r} sends this traffic to the Internet; "
            "set internetOutbound: false, or let the VPN carry the prefix",
        )
    for node in nodes:
        if node.ladder.level.internet:
            yield FAIL_03(
                path,
                f"{node.prefix} is carried by ExpressRoute alone: {when} tier {subnet.name!r} sends everything else "
                f"straight to the Internet; {carry(settings, node)}, or set internetOutbound: false, which loses it, "
                f"and name {node.prefix} in failover.accept with a reason",
            )


def _when(scenario: Scenario) -> str:
    if not scenario:
        return "in normal operation"
    return f"when {' and '.join(scenario)} fail{'s' if len(scenario) == 1 else ''}"


def _shown(prefixes: list[IPv4Network]) -> str:
    if len(prefixes) <= FEW + 1:
        return ", ".join(map(str, prefixes))
    return f"{', '.join(map(str, prefixes[:FEW]))} and {len(prefixes) - FEW} more prefixes"
