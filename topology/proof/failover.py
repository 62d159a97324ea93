"""What happens when elements fail: the paths of every destination's traffic, in both directions.

A destination and a tier reach each other where both paths arrive and every stateful firewall on one of them is on the
other too; which circuit or site carries each direction does not matter for that, since the routes to firewalls are the
same. Where the two directions take different circuits or sites, or one a circuit and one a site, they are asymmetric,
and reached.
"""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Network
from typing import Literal, NamedTuple

from ..settings.model import Settings
from .destinations import Ladder, Node, Tree, tree
from .inbound import inbound
from .network import Edge, Network, network
from .parts import HUB
from .routing import Path, path_from_azure, subnet_of
from .state import Alive, alive
from .way_back import paths_to_azure, steering_sites

Direction = Literal["azureToOnPremises", "onPremisesToAzure"]


class Flow(NamedTuple):
    """The traffic between a tier and the addresses of a prefix in one direction, and the path that it takes.

    The prefix stands for its addresses without those of any more specific prefix that has flows of its own.
    """

    prefix: IPv4Network
    tier: str
    direction: Direction
    path: Path


class Paths(NamedTuple):
    """The two paths between a destination and a tier."""

    out: Path
    """From Azure to on-premises."""
    back: Path
    """From on-premises to Azure."""
    one_way: tuple[int, ...] = ()
    """Numbers of the stateful firewalls that see one of the two directions only, and so drop the traffic [NVA-01]."""

    @property
    def reachable(self) -> bool:
        """Whether connections work: traffic arrives in both directions, and no firewall drops it for want of one."""
        return self.out.arrives and self.back.arrives and not self.one_way

    @property
    def leaks(self) -> bool:
        """Whether traffic for on-premises leaves to the Internet."""
        return self.out.kind == "internet"

    @property
    def asymmetric(self) -> bool:
        """Whether the two directions differ: ExpressRoute and VPN, or over different circuits, or through different
        sites, or past a stateful firewall in one of them only; or nobody knows which way back is taken."""
        if not (self.out.arrives and self.back.arrives):
            return False
        return bool(self.one_way or self.back.tied) or (self.out.kind, self.out.via) != (self.back.kind, self.back.via)


Matter = tuple[int, int, int, bool, int]
"""A ladder's identity and the circuits, sites, VPN gateway and firewalls that are alive, as far as they matter for
it."""


class Model:
    """One network's routes, computed once, and the paths, computed when asked for.

    Destinations with equal routes are judged once, and a scenario only by what it changes for them.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.tree: Tree = tree(network)
        self.normal: Alive = alive(network, ())
        self.steering: int = steering_sites(network)
        """The sites that matter for what they do not carry too, as a mask."""
        self._paths: dict[tuple[Matter, int], Paths] = {}
        self.inbound: list[list[Path]] = [inbound(network, tier) for tier in range(len(network.tiers))]
        """For each tier the ways from the gateways to it."""
        self.alike: dict[int, list[int]] = _alike(network, self.inbound)
        """Numbers of tiers: of all that fare alike the first, with every one of them."""
        self.chains: dict[int, dict[tuple[int, ...], int]] = {}
        """For tiers that were asked about what their traffic crosses, with a rank: see `firewalls`."""

    @property
    def kinds(self) -> list[int]:
        """Numbers of tiers, one for all that fare alike."""
        return list(self.alike)

    def alive(self, failed: Collection[str]) -> Alive:
        """What still works when these elements have failed; ValueError for an unknown one."""
        return alive(self.network, failed)

    def paths(self, ladder: Ladder, tier: int, alive: Alive) -> Paths:
        """The paths between a destination with this ladder and a tier."""
        key = (self.matter(ladder, alive), tier)
        found = self._paths.get(key)
        if found is None:
            out = path_from_azure(self.network, ladder, tier, alive)
            backs = paths_to_azure(self.network, ladder, tier, self.inbound[tier], alive)
            ways = [self._both(out, back) for back in backs]
            found = self._paths[key] = next((paths for paths in ways if not paths.reachable), ways[0])
        return found

    def _both(self, out: Path, back: Path) -> Paths:
        if not (out.arrives and back.arrives) or not (out.firewalls or back.firewalls):
            return Paths(out, back)
        once = {*out.firewalls} ^ {*back.firewalls}
        return Paths(out, back, tuple(number for number in sorted(once) if self.network.firewalls[number].stateful))

    def matter(self, ladder: Ladder, alive: Alive) -> Matter:
        """What of all that is alive matters for destinations with this ladder; where it is equal, so are the paths."""
        sites = alive.sites & (ladder.sites | self.steering) if ladder.sites else alive.sites
        return id(ladder), alive.circuits, sites, alive.vpn_gateway, alive.firewalls

    def paths_by_tier(self, node: Node, alive: Alive) -> list[Paths]:
        """The paths between a destination and each tier."""
        return [self.paths(node.ladder, tier, alive) for tier in range(len(self.network.tiers))]


def _alike(network: Network, inbound: list[list[Path]]) -> dict[int, list[int]]:
    """The tiers that differ in nothing but their addresses, under the first of them."""
    with_firewalls = {subnet_of(network, index, where) for index, where in _places(network)}
    places = {where for _, where in _places(network)}
    kinds: dict[tuple[object, ...], list[int]] = {}
    past_gateway = bool(network.gateway_subnet_routes) and any(
        one.past_gateway is not False for one in network.circuits
    )
    for index, tier in enumerate(network.tiers):
        table = network.tables[tier.routes] if tier.routes else None
        where = tier.network if not tier.network or tier.network in places else -1
        ways = tuple(
            (way.kind, way.cause, way.route and way.route.next_hop_type, way.firewalls) for way in inbound[index]
        )
        own = index if index in with_firewalls else None
        reach = where if tier.routes else None
        in_hub = past_gateway and tier.network == HUB
        kinds.setdefault((in_hub, tier.gateway_routes, tier.internet_outbound, table, reach, ways, own), []).append(
            index
        )
    return {alike[0]: alike for alike in kinds.values()}


def _places(network: Network) -> Iterator[tuple[int, int]]:
    """The numbers of the firewalls and of the virtual networks that they are in."""
    for index, firewall in enumerate(network.firewalls):
        where = network.network_of(firewall.address)
        if where is not None:
            yield index, where


def flows(
    settings: Settings,
    failed: Collection[str] = (),
    connected: Collection[str] | None = None,
    edge: Edge | None = None,
) -> list[Flow]:
    """Every flow, by prefix, tier and direction, when the elements `failed` are out of order.

    failed: names of elements, see `topology.proof.network`; ValueError names the known ones. connected: the circuits
    that carry traffic, by default those of the finished topology. edge: how on-premises prefers its paths to Azure, by
    default as the appliance's files do.
    """
    model = Model(network(settings, connected, edge))
    return list(flows_of(model, failed))


def flows_of(model: Model, failed: Collection[str]) -> Iterator[Flow]:
    """`flows` for a network whose routes are already known."""
    state = model.alive(failed)
    for node in model.tree.destinations:
        prefix = node.prefix
        for index, tier in enumerate(model.network.tiers):
            paths = model.paths(node.ladder, index, state)
            yield Flow(prefix, tier.name, "azureToOnPremises", paths.out)
            yield Flow(prefix, tier.name, "onPremisesToAzure", paths.back)
