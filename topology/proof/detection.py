"""How long it takes until the loss of an element is noticed and traffic moves: documented values, each named once."""

from typing import NamedTuple

from .network import Network
from .parts import Site

BFD_MILLISECONDS = 300
"""Interval at which Microsoft's edge sends BFD on private peerings [TIME-07]
(https://learn.microsoft.com/azure/expressroute/expressroute-bfd)."""
BFD_MULTIPLIER = 3
"""Missed BFD packets after which a link counts as lost [TIME-07]."""
BGP_KEEPALIVE_SECONDS, BGP_HOLD_SECONDS = 60, 180
"""Timers of Azure's BGP sessions, on ExpressRoute [TIME-06] and on the VPN, which has no BFD [BGP-11]."""
EXPRESS_ROUTE_CONVERGENCE_SECONDS = 60
"""Longest time between Microsoft's edge and the ExpressRoute gateway to converge [TIME-07]."""
DNS_CACHE_SECONDS = 300
"""How long Azure takes an appliance's name for the address that it had; it asks again only while the tunnel is down
[VPN-44]."""
STANDBY_SECONDS = (60, 180)
"""Unplanned loss of the active instance of an active-standby VPN gateway: 1 to 3 minutes
(https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-highlyavailable)."""


class Detection(NamedTuple):
    """Expected seconds until the failure is noticed, the worst case, and by what."""

    seconds: float
    worst_seconds: float
    how: str


def detection(network: Network, element: str) -> Detection:
    """How the failure of one element is noticed. Raises ValueError for a name that is none of the network's."""
    harm = network.harm(element)
    kind, _, name = element.partition(":")
    if kind == "firewall":
        return Detection(0, 0, "at once: the traffic is lost, and nothing moves it; its route stays")
    own = [site for index, site in enumerate(network.sites) if harm.sites >> index & 1]
    if kind == "device" and own:
        tunnels = _tunnel(own)
        return max(_link(), tunnels, key=lambda one: one.worst_seconds) if harm.links else tunnels
    if kind == "zone":
        return _tunnel(list(network.sites))
    if kind == "gateway" and name == "expressRoute":
        return Detection(
            EXPRESS_ROUTE_CONVERGENCE_SECONDS,
            BGP_HOLD_SECONDS,
            f"convergence between gateway and Microsoft's edge up to {EXPRESS_ROUTE_CONVERGENCE_SECONDS} s, "
            f"at the latest the BGP hold time {BGP_HOLD_SECONDS} s",
        )
    if kind == "gateway":
        return _vpn_instance(network)
    if kind in ("appliance", "tunnel"):
        return _tunnel([site for site in network.sites if site.name == name.partition("/")[0]])
    return _link()


def _link() -> Detection:
    return Detection(
        BFD_MILLISECONDS * BFD_MULTIPLIER / 1000,
        BGP_HOLD_SECONDS,
        f"BFD {BFD_MULTIPLIER} x {BFD_MILLISECONDS} ms; without BFD at the edge the BGP hold time {BGP_HOLD_SECONDS} s",
    )


def _vpn_instance(network: Network) -> Detection:
    if not any(site.moves for site in network.sites):
        return _tunnel(list(network.sites))
    soon, late = STANDBY_SECONDS
    return Detection(soon, late, f"the standby instance takes over within {soon} to {late} s")


def _tunnel(sites: list[Site]) -> Detection:
    dpd = max(site.dpd_timeout_seconds for site in sites)
    how = [f"dead peer detection {dpd} s"]
    worst = dpd
    if any(site.bgp for site in sites):
        worst = max(worst, BGP_HOLD_SECONDS)
        how.append(f"at the latest the BGP hold time {BGP_HOLD_SECONDS} s")
    if not all(site.bgp for site in sites):
        how.append("Azure keeps static routes, only the appliance moves")
    if any(site.by_name for site in sites):
        again = dpd + DNS_CACHE_SECONDS
        how.append(f"an appliance that Azure finds by name is found at another address within {again} s")
    return Detection(dpd, worst, "; ".join(how))
