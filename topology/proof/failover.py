"""What happens when elements fail: the paths of every destination's traffic, in both directions."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from ..settings.model import Settings
from .destinations import Ladder, Node, Tree, tree
from .network import Alive, Edge, Network, alive, network
from .routing import Path, path_from_azure, path_to_azure

Direction = Literal["azureToOnPremises", "onPremisesToAzure"]


@dataclass(frozen=True)
class Flow:
    """The traffic between a tier and the addresses of a prefix in one direction, and the path that it takes.

    The prefix stands for its addresses without those of any more specific prefix that has flows of its own.
    """

    prefix: IPv4Network
    tier: str
    direction: Direction
    path: Path


@dataclass(frozen=True, slots=True)
class Paths:
    """The two paths between a destination and a tier."""

    out: Path
    """From Azure to on-premises."""
    back: Path
    """From on-premises to Azure."""

    @property
    def reachable(self) -> bool:
        """Whether traffic arrives in both directions."""
        return self.out.arrives and self.back.arrives

    @property
    def leaks(self) -> bool:
        """Whether traffic for on-premises leaves to the Internet."""
        return self.out.kind == "internet"

    @property
    def asymmetric(self) -> bool:
        """Whether the two directions differ: ExpressRoute and VPN, or through different sites."""
        if not self.reachable:
            return False
        return self.out.kind != self.back.kind or (self.out.kind == "vpn" and self.out.via != self.back.via)


Matter = tuple[int, int, int, bool]
"""A ladder's identity and the circuits, sites and VPN gateway that are alive, as far as they matter for it."""


class Model:
    """One network's routes, computed once, and the paths, computed when asked for.

    Destinations with equal routes are judged once, and a scenario only by what it changes for them.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.tree: Tree = tree(network)
        self.normal: Alive = alive(network, ())
        self._paths: dict[tuple[Matter, int], Paths] = {}
        self.kinds: list[int] = _kinds(network)
        """Numbers of tiers, one for all with the same routes."""

    def alive(self, failed: Collection[str]) -> Alive:
        """What still works when these elements have failed; ValueError for an unknown one."""
        return alive(self.network, failed)

    def paths(self, ladder: Ladder, tier: int, alive: Alive) -> Paths:
        """The paths between a destination with this ladder and a tier."""
        key = (self.matter(ladder, alive), tier)
        found = self._paths.get(key)
        if found is None:
            found = self._paths[key] = Paths(
                path_from_azure(self.network, ladder, tier, alive), path_to_azure(self.network, ladder, tier, alive)
            )
        return found

    def matter(self, ladder: Ladder, alive: Alive) -> Matter:
        """What of all that is alive matters for destinations with this ladder; where it is equal, so are the paths."""
        circuits = alive.circuits if ladder.express_route else 0
        sites = alive.sites & ladder.sites if ladder.sites else alive.sites
        return id(ladder), circuits, sites, alive.vpn_gateway

    def paths_by_tier(self, node: Node, alive: Alive) -> list[Paths]:
        """The paths between a destination and each tier."""
        return [self.paths(node.ladder, tier, alive) for tier in range(len(self.network.tiers))]


def _kinds(network: Network) -> list[int]:
    """One tier for all that differ in nothing but their addresses; every tier with user-defined routes is its own."""
    kinds: dict[tuple[object, ...], int] = {}
    for index, tier in enumerate(network.tiers):
        own = index if tier.routes or network.gateway_subnet_routes else -1
        kinds.setdefault((tier.gateway_routes, tier.internet_outbound, own), index)
    return list(kinds.values())


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
