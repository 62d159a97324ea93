"""The numbers of a device's configuration: Azure's from where the project has them, and the device's own."""

from components.rules.bgp import AZURE_ASN as AZURE_ASN
from components.rules.bgp import MICROSOFT_ASN as MICROSOFT_ASN
from topology.proof.detection import BFD_MILLISECONDS as BFD_MILLISECONDS
from topology.proof.detection import BFD_MULTIPLIER as BFD_MULTIPLIER
from topology.proof.detection import BGP_HOLD_SECONDS as BGP_HOLD_SECONDS
from topology.proof.detection import BGP_KEEPALIVE_SECONDS as BGP_KEEPALIVE_SECONDS
from topology.proof.network import DEFAULT_EDGE

EXPRESS_ROUTE_PREFERENCE, VPN_PREFERENCE = DEFAULT_EDGE.express_route_preference, DEFAULT_EDGE.vpn_preference
"""Local preference of what ExpressRoute brings, and of what a tunnel brings [ROUTE-10]."""
FLOATING_DISTANCE = DEFAULT_EDGE.static_distance
"""Of a static site's routes, so that they count only when ExpressRoute brings none."""
TUNNEL_PREPEND = 2
"""How many times more the AS number is repeated in what the tunnels announce, so that the VPN is second also where
paths are compared by length."""
ANCHOR_DISTANCE = 254
"""Of the discard routes that keep traffic for Azure from the Internet; any real route is better."""
STATIC_TAG = 210
"""Marks a static site's floating routes, which the other devices of the network are told of while they are in use."""
TUNNEL_MTU, TUNNEL_MSS = 1400, 1350
"""MTU inside the tunnel and largest TCP segment, as Azure's VPN device guidance has them."""
WATCH_SECONDS = 30
"""How often the device looks for a tunnel that has to be opened again."""
IKE_LIFE_SECONDS = 28800
"""IKE main mode lifetime, fixed at Azure [IPSEC-10]."""
