"""What the failover lacks: every prefix that the requirement loses, as problems of the settings.

Prefixes with the same cause and the same remedy are one problem.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.rules import Problem, Rule, rule

from ..settings.model import Settings
from .destinations import Ladder, Node
from .failover import Model
from .network import Alive, network
from .proof import Scenario, required
from .remedies import Cause, taken_by_vpn, why_lost

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
FAIL_18 = rule("FAIL-18", "an accepted prefix is one of this network's", "this project: README")
FAIL_19 = rule("FAIL-19", "an accepted prefix has something to accept", "this project: README", "warning")

FAIL_20 = rule(
    "FAIL-20",
    "every prefix that ExpressRoute carries is reached when all of ExpressRoute is lost",
    "this project: README",
    "warning",
)

ALL_EXPRESS_ROUTE: Scenario = ("gateway:expressRoute",)
"""The failure that takes every circuit at once."""
FEW = 3
"""Prefixes named in a message about many."""


@dataclass(frozen=True)
class Finding:
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
    asymmetric: dict[Scenario, list[IPv4Network]] = {}
    groups: dict[Ladder, list[Node]] = {}
    for node in model.tree.destinations:
        groups.setdefault(node.ladder, []).append(node)
    scenarios = _distinct(model, required(model, settings.failover.require))
    for nodes in groups.values():
        findings, lopsided = _judge(settings, model, nodes[0], scenarios)
        for node in nodes:
            names = set(_names(node)) & accepted if accepted else set()
            needed |= names if findings else set()
            if names:
                continue
            for finding in findings:
                found.setdefault(finding, []).append(node.prefix)
            if lopsided is not None and not findings:
                asymmetric.setdefault(lopsided, []).append(node.prefix)
    yield from (_problem(finding, prefixes) for finding, prefixes in found.items())
    for scenario, prefixes in asymmetric.items():
        yield FAIL_05(
            "vpn.sites",
            f"{_shown(prefixes)}: {_when(scenario)} traffic goes out on one path and comes back on another, which "
            "stateful firewalls drop; let the same sites carry equal prefixes",
        )
    yield from _leaks(model, groups)
    known = {*settings.on_premises.prefixes, *(node.prefix for node in model.tree.destinations)} if accepted else set()
    for index, item in enumerate(settings.failover.accept):
        path = f"failover.accept[{index}].prefix"
        if item.prefix not in known:
            yield FAIL_18(
                path, f"{item.prefix} is none of onPremises.prefixes nor a part of one that routes tell apart"
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
) -> tuple[list[Finding], Scenario | None]:
    """What is wrong for destinations with this one's routes, and the first scenario that makes them asymmetric."""
    normal = model.paths_by_tier(node, model.normal)
    taken = [cause for paths in normal if (cause := taken_by_vpn(settings, model, node, paths)) is not None]
    if taken:
        return [Finding(taken[0].rule, taken[0], ())], None
    lopsided: Scenario | None = None
    for state, scenario in scenarios.items():
        if lopsided is None and any(paths.asymmetric for paths in model.paths_by_tier(node, state)):
            lopsided = scenario
        found = list(_losses(settings, model, node, state, scenario, None))
        if found:
            return found, None
    return list(_losses(settings, model, node, model.alive(ALL_EXPRESS_ROUTE), ALL_EXPRESS_ROUTE, FAIL_20)), lopsided


def _losses(
    settings: Settings, model: Model, node: Node, state: Alive, scenario: Scenario, rule: Rule | None
) -> Iterator[Finding]:
    """Why the destinations are lost in one scenario, each cause once, under its own rule or the one given."""
    causes: set[Cause] = set()
    for tier, paths in enumerate(model.paths_by_tier(node, state)):
        cause = None if paths.reachable else why_lost(settings, model, node, tier, paths)
        if cause is not None and cause not in causes:
            causes.add(cause)
            yield Finding(rule or cause.rule, cause, scenario, paths.leaks)


def _problem(finding: Finding, prefixes: list[IPv4Network]) -> Problem:
    cause = finding.cause
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


def _leaks(model: Model, groups: dict[Ladder, list[Node]]) -> Iterator[Problem]:
    state = model.alive(ALL_EXPRESS_ROUTE)
    for tier, subnet in enumerate(model.network.tiers):
        prefixes = [
            node.prefix for ladder, nodes in groups.items() if model.paths(ladder, tier, state).leaks for node in nodes
        ]
        if prefixes:
            when = _when(ALL_EXPRESS_ROUTE)
            yield FAIL_03(
                f"network.tiers[{tier}].internetOutbound",
                f"{_shown(prefixes)}: {when} tier {subnet.name!r} sends this traffic to the Internet; "
                "set internetOutbound: false, or let the VPN carry the prefix",
            )


def _when(scenario: Scenario) -> str:
    if not scenario:
        return "in normal operation"
    return f"when {' and '.join(scenario)} fail{'s' if len(scenario) == 1 else ''}"


def _shown(prefixes: list[IPv4Network]) -> str:
    if len(prefixes) <= FEW + 1:
        return ", ".join(map(str, prefixes))
    return f"{', '.join(map(str, prefixes[:FEW]))} and {len(prefixes) - FEW} more prefixes"
