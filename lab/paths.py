"""The path that traffic really takes: read from the kernels, hop by hop, and compared with the expected one."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Network

from topology.proof.failover import Direction, Flow, Model
from topology.proof.network import Edge, network
from topology.proof.routing import Kind, Path
from topology.settings.model import Settings

from .blueprint import Blueprint
from .fabric import ECN
from .parts import Tier
from .world import EXPRESS_ROUTE_MARK, TUNNEL_MARK, World

ECN_BITS = {"ect1": 1, "ect0": 2, "ce": 3}
LONGEST = 16
"""Hops after which a path is a loop."""


UNREACHABLE = Path("unreachable")


@dataclass(frozen=True)
class LabFlow:
    """A flow between two addresses of the lab."""

    prefix: IPv4Network
    tier: str
    direction: Direction
    source: str
    target: str
    first: str
    """The machine that sends it."""
    last: str


def expected_paths(blueprint: Blueprint, flows: list[Flow]) -> dict[LabFlow, Path]:
    """Every flow in the lab, and the path that the proof expects of it."""
    tiers: dict[str, tuple[int, Tier]] = {tier.name: (n, tier) for n, tier in enumerate(blueprint.tiers)}
    found: dict[LabFlow, Path] = {}
    for flow in flows:
        number, tier = tiers[flow.tier]
        host, machine = str(blueprint.hosts[flow.prefix]), str(tier.address)
        names = (f"vm-{number}", "host")
        ends = (machine, host)
        if flow.direction == "onPremisesToAzure":
            names, ends = names[::-1], ends[::-1]
        path = flow.path
        # Without outbound access nothing leaves for the Internet; in the lab nothing ever does.
        kind: Kind = "unreachable" if path.kind == "internet" else path.kind
        in_lab = LabFlow(flow.prefix, flow.tier, flow.direction, *ends, *names)
        found[in_lab] = Path(
            kind,
            tuple(sorted(path.via)) if path.arrives else (),
            firewalls=path.firewalls if path.arrives else (),
            tied=tuple(sorted(path.tied)),
        )
    return found


Ends = tuple[IPv4Network, str]
"""A prefix and a tier."""


def expected_connections(settings: Settings, failed: Collection[str], edge: Edge | None = None) -> dict[Ends, bool]:
    """For each prefix and tier whether the proof expects connections to work: no firewall drops one direction."""
    model = Model(network(settings, edge=edge))
    state = model.alive(failed)
    return {
        (node.prefix, tier.name): model.paths(node.ladder, index, state).reachable
        for node in model.tree.destinations
        for index, tier in enumerate(model.network.tiers)
    }


def words(path: Path) -> str:
    """A path for people."""
    past = f" past firewall {', '.join(map(str, path.firewalls))}" if path.firewalls else ""
    return f"{path}{past}{' (a tie)' if path.tied else ''}"


def real_path(world: World, flow: LabFlow) -> Path:
    """The path of a flow now, by the kernels' own route lookups; equal next hops are all followed."""
    ends = {_end(world, trail) for trail in _trails(world, flow, flow.first, None, ())}
    if not ends or any(end.kind == "unreachable" for end in ends):
        # One dead branch among equal ones loses part of the traffic: that is not a working path.
        return UNREACHABLE
    kinds: set[Kind] = {end.kind for end in ends}
    firewalls = {end.firewalls for end in ends}
    if len(kinds) > 1 or len(firewalls) > 1:
        return Path("unreachable", ("mixed",))
    return Path(kinds.pop(), tuple(sorted({name for end in ends for name in end.via})), firewalls=firewalls.pop())


PAST = " past "
"""Between a link or tunnel and the firewall, in words about a probe."""


def passage(blueprint: Blueprint, mark: int) -> str:
    """In words what a probe's mark says about its path: the link or the tunnel it took, and the firewall."""
    code_point, bits = mark >> 2, mark & 3
    firewall = next((f"{PAST}{one.name}" for one in blueprint.firewalls if ECN_BITS[ECN[one.number]] == bits), "")
    for edge in blueprint.edges:
        if code_point == EXPRESS_ROUTE_MARK + edge.number:
            return edge.element + firewall
    for tunnel in blueprint.tunnels:
        if code_point == TUNNEL_MARK + tunnel.index:
            return tunnel.element + firewall
    return "unknown"


def path_of(blueprint: Blueprint, passed: Collection[str]) -> Path:
    """The path that the marks of probes tell. Of several firewalls the last one's mark is left."""
    links = {name.partition(PAST)[0] for name in passed}
    kinds: set[Kind] = {kind_of(name) for name in links}
    firewalls = {name.partition(PAST)[2] for name in passed}
    if len(kinds) != 1 or len(firewalls) != 1:
        return Path("unreachable", ("some arrived",) if passed else ())
    via = tuple(sorted({name.partition(":")[2].partition("/")[0] for name in links}))
    last = firewalls.pop()
    return Path(kinds.pop(), via, firewalls=tuple(one.number for one in blueprint.firewalls if one.name == last))


def kind_of(passed: str) -> Kind:
    """Which of the two paths a link or tunnel belongs to."""
    return "expressRoute" if passed.startswith("link:") else "vpn" if passed.startswith("tunnel:") else "unreachable"


def _trails(
    world: World, flow: LabFlow, name: str, arrived_on: str | None, before: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """Every sequence of machines that the traffic may pass; a last "" where it ends nowhere."""
    trail = (*before, name)
    if name == flow.last:
        return [trail]
    if len(trail) > LONGEST:
        return [(*trail, "")]
    machine = world[name]
    hops = machine.routes_to(flow.target, flow.source, arrived_on)
    found: list[tuple[str, ...]] = []
    for hop in hops:
        far = world.far_end(name, hop)
        if far is None:
            found.append((*trail, ""))
            continue
        found += _trails(world, flow, far.machine, far.interface, trail)
    return found or [(*trail, "")]


def _end(world: World, trail: tuple[str, ...]) -> Path:
    if trail[-1] == "":
        return UNREACHABLE
    circuits = {edge.name: edge.circuit for edge in world.blueprint.edges}
    numbers = {one.name: one.number for one in world.blueprint.firewalls}
    firewalls = tuple(numbers[name] for name in trail if name in numbers)
    passed = sorted({circuits[name] for name in trail if name in circuits})
    if passed:
        return Path("expressRoute", tuple(passed), firewalls=firewalls)
    sites = sorted({tunnel.site.name for tunnel in world.blueprint.tunnels if tunnel.name in trail})
    if sites:
        return Path("vpn", tuple(sites), firewalls=firewalls)
    return UNREACHABLE
