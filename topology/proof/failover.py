"""What happens when elements fail: the way of every destination's traffic, in both directions."""

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
class Prediction:
    """The predicted way of the traffic between a tier and the addresses of a prefix, in one direction.

    The prefix stands for its addresses without those of any more specific prefix that is predicted too.
    """

    prefix: IPv4Network
    tier: str
    direction: Direction
    path: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both directions between a destination and a tier."""

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
        """Whether the two directions differ: ExpressRoute one way and VPN the other, or through different sites."""
        if not self.reachable:
            return False
        return self.out.kind != self.back.kind or (self.out.kind == "vpn" and self.out.via != self.back.via)


Matter = tuple[int, int, int, bool]
"""A ladder's identity and the circuits, sites and VPN gateway that are alive, as far as they matter for it."""


class Model:
    """One network's routes, computed once, and its outcomes, computed when asked for.

    Destinations with equal routes are judged once, and a scenario only by what it changes for them.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.tree: Tree = tree(network)
        self.normal: Alive = alive(network, ())
        self._outcomes: dict[tuple[Matter, int], Outcome] = {}
        self.kinds: list[int] = _kinds(network)
        """Numbers of tiers, one for all with the same routes."""

    def alive(self, failed: Collection[str]) -> Alive:
        """What still works when these elements have failed; ValueError for an unknown one."""
        return alive(self.network, failed)

    def outcome(self, ladder: Ladder, tier: int, alive: Alive) -> Outcome:
        """Both directions between a destination with this ladder and a tier."""
        key = (self.matter(ladder, alive), tier)
        found = self._outcomes.get(key)
        if found is None:
            found = self._outcomes[key] = Outcome(
                path_from_azure(self.network, ladder, tier, alive), path_to_azure(self.network, ladder, tier, alive)
            )
        return found

    def matter(self, ladder: Ladder, alive: Alive) -> Matter:
        """What of all that is alive matters for destinations with this ladder; where it is equal, so are the ways."""
        circuits = alive.circuits if ladder.express_route else 0
        sites = alive.sites & ladder.sites if ladder.sites else alive.sites
        return id(ladder), circuits, sites, alive.vpn_gateway

    def outcomes(self, node: Node, alive: Alive) -> list[Outcome]:
        """The outcomes of a destination, one a tier."""
        return [self.outcome(node.ladder, tier, alive) for tier in range(len(self.network.tiers))]


def _kinds(network: Network) -> list[int]:
    """One tier for all that differ in nothing but their addresses; every tier with user-defined routes is its own."""
    kinds: dict[tuple[object, ...], int] = {}
    for index, tier in enumerate(network.tiers):
        own = index if tier.routes or network.gateway_subnet_routes else -1
        kinds.setdefault((tier.gateway_routes, tier.internet_outbound, own), index)
    return list(kinds.values())


def predict(
    settings: Settings,
    failed: Collection[str] = (),
    connected: Collection[str] | None = None,
    edge: Edge | None = None,
) -> list[Prediction]:
    """The way of the traffic of every prefix, tier and direction when the elements `failed` are out of order.

    failed: names of elements, see `topology.proof.network`; ValueError names the known ones. connected: the circuits
    that carry traffic, by default those of the finished topology. edge: how on-premises prefers its ways to Azure, by
    default as the appliance's files do.
    """
    model = Model(network(settings, connected, edge))
    return list(predictions(model, failed))


def predictions(model: Model, failed: Collection[str]) -> Iterator[Prediction]:
    """`predict` for a network whose routes are already known."""
    state = model.alive(failed)
    for node in model.tree.destinations:
        prefix = node.prefix
        for index, tier in enumerate(model.network.tiers):
            outcome = model.outcome(node.ladder, index, state)
            yield Prediction(prefix, tier.name, "azureToOnPremises", outcome.out)
            yield Prediction(prefix, tier.name, "onPremisesToAzure", outcome.back)
