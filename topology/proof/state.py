"""What still works when elements have failed."""

from collections.abc import Collection, Iterator
from functools import reduce
from itertools import combinations
from operator import or_
from typing import NamedTuple

from .elements import Harm
from .network import Network
from .parts import VPN_INSTANCES, Circuit, Link, Site

_EVERY_INSTANCE = (1 << VPN_INSTANCES) - 1


class Alive(NamedTuple):
    """What still works. Bit n of a mask stands for circuit, site or firewall n of the network."""

    circuits: int
    """Circuits whose routes reach both Azure and the on-premises edge."""
    sites: int
    """Sites with a tunnel that is up."""
    vpn_gateway: bool
    """An instance of the VPN gateway lives, and the ExpressRoute gateway hears it, so that the static routes of local
    network gateways are in force."""
    firewalls: int


def alive(network: Network, failed: Collection[str]) -> Alive:
    """What still works when these elements have failed. Raises ValueError for a name that is none of the network's.

    The time depends on the number of failures and of circuits only.
    """
    return remaining(network, failed).alive


def pairs(network: Network) -> Iterator[tuple[tuple[str, str], Alive]]:
    """Each pair of elements, in the network's order, and what still works when both have failed.

    That is what works with the one failed and with the other, unless they meet where each leaves a spare: in links, or
    in the tunnels of a site, which the loss of an instance of the VPN gateway takes too.
    """
    singles = [
        (
            name,
            alive(network, (name,)),
            harm.links,
            -1 if harm.instances else sum(1 << index for index, _ in harm.tunnels),
        )
        for name, harm in network.harms.items()
    ]
    for (one, left, links, tunnels), (other, left_too, links_too, tunnels_too) in combinations(singles, 2):
        if (links and links_too) or tunnels & tunnels_too:
            both = alive(network, (one, other))
        else:
            both = Alive(
                left.circuits & left_too.circuits,
                left.sites & left_too.sites,
                left.vpn_gateway and left_too.vpn_gateway,
                left.firewalls & left_too.firewalls,
            )
        yield (one, other), both


class Remaining(NamedTuple):
    """What still works, down to links, instances and tunnels."""

    network: Network
    lost: Harm

    @property
    def alive(self) -> Alive:
        """The same as far as it decides about paths."""
        circuits = (1 << len(self.network.circuits)) - 1 & ~self.lost.circuits
        if self.lost.links:
            first = 0
            for index, circuit in enumerate(self.network.circuits):
                own = (1 << len(circuit.links)) - 1 << first
                if self.lost.links & own == own:
                    circuits &= ~(1 << index)
                first += len(circuit.links)
        sites = (1 << len(self.network.sites)) - 1 & ~self.lost.sites
        for index, _ in self.lost.tunnels:
            if not any(self._up(index, number) for number in self.network.sites[index].tunnel_numbers):
                sites &= ~(1 << index)
        apart = self.lost.firewalls & self.network.between_gateways
        gateway = self.lost.instances != _EVERY_INSTANCE and not apart
        firewalls = (1 << len(self.network.firewalls)) - 1 & ~self.lost.firewalls
        return Alive(circuits, sites if gateway else 0, gateway, firewalls)

    @property
    def instances(self) -> list[int]:
        """The instances of the VPN gateway that live."""
        return [index for index in range(VPN_INSTANCES) if not self.lost.instances >> index & 1]

    @property
    def links(self) -> list[tuple[Circuit, Link]]:
        """The links that are up, of circuits that are up."""
        circuits, number, found = self.alive.circuits, 0, list[tuple[Circuit, Link]]()
        for index, circuit in enumerate(self.network.circuits):
            for link in circuit.links:
                if circuits >> index & 1 and not self.lost.links >> number & 1:
                    found.append((circuit, link))
                number += 1
        return found

    def tunnels_up(self, index: int) -> dict[int, bool]:
        """For each tunnel of a site, by its number, whether it is up.

        The only tunnel to an active-standby gateway moves to the instance that lives.
        """
        return {number: self._up(index, number) for number in self.network.sites[index].tunnel_numbers}

    def _up(self, index: int, number: int) -> bool:
        if self.lost.sites >> index & 1 or (index, number) in self.lost.tunnels:
            return False
        if self.network.sites[index].moves:
            return self.lost.instances != _EVERY_INSTANCE
        return not self.lost.instances >> number & 1

    def has_tunnel(self, site: Site, instance: int) -> bool:
        """Whether an instance has a tunnel to a site; without active-active only the first living one has."""
        up = self.tunnels_up(self.network.sites.index(site))
        if instance not in self.instances:
            return False
        return up[0] and instance == self.instances[0] if site.moves else up.get(instance, False)


def remaining(network: Network, failed: Collection[str]) -> Remaining:
    """What still works when these elements have failed. Raises ValueError for a name that is none of the network's."""
    return Remaining(network, reduce(or_, map(network.harm, dict.fromkeys(failed)), Harm()))
