"""Rules that no setting and no argument can break, or that nobody can judge beforehand, each with the reason.

Together with `CATALOGUE` they are every rule of Azure's that this project knows; `facts` has those about time, order,
routes, monitoring and the engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .sources import (
    BASTION,
    BGP_OVERVIEW,
    COEXISTENCE,
    ER_ADD_GATEWAY,
    ER_FAQ,
    ER_FAST_PATH,
    ER_GATEWAYS,
    ER_GLOBAL_REACH,
    ER_LIMITS,
    ER_LINK_VNET,
    ER_ROUTING,
    ER_SCALABLE,
    ER_WORKFLOW,
    PROBES,
    ROUTE_SERVER_FAQ,
    SDK,
    UDR_WARNING,
    VNET_NSG,
    VPN_FAQ,
    VPN_OVER_EXPRESS_ROUTE,
    VPN_SKU_CONSOLIDATION,
    VPN_SKUS,
)


@dataclass(frozen=True)
class NotJudged:
    """A rule that preview does not judge. why: the reason, or which rule says it instead. where: the room of the
    project that keeps to it or is built on it, empty where none is."""

    id: str
    meaning: str
    source: str
    why: str
    where: str = ""


NOT_JUDGED: dict[str, NotJudged] = {}
"""Every such rule by id."""


def not_judged(why: str, rules: Mapping[str, tuple[str, str]], where: str = "") -> None:
    """Lists rules (id -> meaning, source) that share a reason. Raises ValueError where an id is taken."""
    for id, (meaning, source) in rules.items():
        if id in NOT_JUDGED:
            raise ValueError(f"rule {id} is listed twice")
        NOT_JUDGED[id] = NotJudged(id, meaning, source, why, where)


REPORTS = "Azure's answers, as users report them"

not_judged(
    "by construction: no argument can change it",
    {
        "GW-01": ("the gateways' subnet is named exactly GatewaySubnet", VPN_FAQ),
        "GW-11": ("a GatewaySubnet has no network security group", UDR_WARNING),
        "GW-13": ("the GatewaySubnet learns BGP routes: without them no gateway works", UDR_WARNING),
        "BAS-01": ("Bastion's subnet is named exactly AzureBastionSubnet", BASTION),
        "NSG-01": ("a load balancer's probe comes from Azure and is allowed above the last denial", PROBES),
        "NSG-24": ("a security group is in the region of its subnet's network", VNET_NSG),
        "NSG-25": ("security rules are all in their group, none a resource of its own", SDK),
        "PIP-01": ("a VPN gateway's public address is of SKU Standard", VPN_FAQ),
        "PIP-02": ("an ExpressRoute gateway has no public address of SKU Basic", ER_ADD_GATEWAY),
        "PIP-03": ("a Standard public address is static", VPN_FAQ),
        "PIP-05": ("a gateway without an AZ SKU has no zones; VPN-04 says that none can be created", REPORTS),
        "PIP-06": ("a VPN gateway has a public address for each instance", REPORTS),
        "PIP-09": ("a new ExpressRoute gateway brings its own public address, which Microsoft manages", ER_ADD_GATEWAY),
        "VPN-01": ("beside ExpressRoute a VPN gateway is route-based", COEXISTENCE),
        "VPN-03": ("policy-based gateways are of SKU Basic, and the type is fixed at creation", VPN_FAQ),
        "IPSEC-01": ("a custom policy names all algorithms and lifetimes, one policy for a connection", VPN_FAQ),
        "CIRCUIT-09": ("a layer 3 provider makes the private peering, so ours is optional", ER_WORKFLOW),
        "CIRCUIT-12": ("the peering is private and enabled; public peering is gone", ER_ROUTING),
        "CONN-01": ("an ExpressRoute connection names a circuit, an IPsec one a local network gateway and a key", SDK),
        "BGP-13": ("a gateway has one BGP address for each instance", REPORTS),
    },
    where="components",
)
not_judged(
    "needs what Azure has at the moment, or the value before a change, which settings do not say",
    {
        "GW-02": ("a GatewaySubnet holds nothing but gateways", VPN_FAQ),
        "GW-17": ("a linked privatelink.blob zone falls back to the Internet", VPN_FAQ),
        "GW-18": ("no DNS resolver with a wildcard rule is in the gateways' network", ER_GATEWAYS),
        "PIP-07": ("a public address keeps the zones it was made with", REPORTS),
        "PIP-08": ("a live gateway keeps its public address", REPORTS),
        "CIRCUIT-06": ("a provider's circuit goes from NotProvisioned by Provisioning to Provisioned", ER_WORKFLOW),
        "CIRCUIT-13": ("an authorization serves one connection, and revoking it deletes that", ER_LINK_VNET),
        "CIRCUIT-16": ("changing a circuit's bandwidth with peerings on it has failed, years ago", REPORTS),
        "CONN-02": ("an ExpressRoute connection keeps its gateway and its circuit", REPORTS),
        "CONN-03": ("a new authorization key alone may be ignored by an existing connection", REPORTS),
        "CONN-04": (
            "a new shared key may be ignored by an existing connection: it has an operation of its own",
            REPORTS,
        ),
        "BGP-12": ("a gateway keeps its BGP addresses", REPORTS),
        "IPSEC-12": ("changing a policy interrupts the tunnel for some seconds", VPN_FAQ),
        "LIMIT-09": (
            "a network with an ExpressRoute gateway has 500 peerings and announces 11,000 routes",
            ER_GATEWAYS,
        ),
        "LIMIT-13": ("FastPath serves 25,000 to 200,000 addresses, and beyond them the gateway does", ER_FAST_PATH),
    },
)
not_judged(
    "about something that this architecture does not deploy and no setting asks for",
    {
        "GW-10": ("with IPv6 a GatewaySubnet has a /64 or larger", ER_GATEWAYS),
        "ER-06": ("ErGwScale carries no IPsec over ExpressRoute", ER_SCALABLE),
        "ER-09": ("IPv6 peering wants an AZ SKU, or a Standard public address", ER_ADD_GATEWAY),
        "VPN-07": ("SKU Basic lives on for networks without ExpressRoute", VPN_FAQ),
        "VPN-12": ("active-active with point-to-site takes three address configurations", REPORTS),
        "VPN-20": ("traffic selectors need the policy-based mode of a connection", VPN_FAQ),
        "VPN-21": ("NAT rules need VpnGw2AZ or larger, and exclude APIPA peers", VPN_FAQ),
        "VPN-22": (
            "a VPN over the private peering needs private addresses and more specific routes",
            VPN_OVER_EXPRESS_ROUTE,
        ),
        "VPN-23": ("customer-controlled maintenance gives the two gateways different windows", VPN_FAQ),
        "CIRCUIT-14": (
            "Global Reach joins two provisioned circuits of different places, with a /29 of its own",
            ER_GLOBAL_REACH,
        ),
        "BGP-07": ("Route Server's peers have 16-bit ASNs", ROUTE_SERVER_FAQ),
        "LIMIT-06": ("a Microsoft peering takes 200 prefixes", ER_LIMITS),
        "FAIL-08": ("spokes need gateway transit at the hub and remote gateways at the spoke", VPN_FAQ),
        "FAIL-12": ("a VPN over the private peering dies with ExpressRoute: no failover", VPN_OVER_EXPRESS_ROUTE),
    },
)
not_judged(
    "nobody outside Azure knows",
    {
        "PIP-10": ("giving and not giving an ExpressRoute gateway a public address have both failed in 2025", REPORTS),
        "PIP-11": ("whether API version 2024-05-01 takes an ExpressRoute gateway without a public address", SDK),
        "ER-10": ("whether both gateways can be in a network with IPv6", COEXISTENCE),
    },
)
not_judged(
    "a fact, which other rules here are built on",
    {
        "VPN-05": ("Azure's own validation finds neither a retired SKU nor missing zones", REPORTS),
        "VPN-08": ("AZ SKUs are deployed in every region, without zones where it has none", VPN_SKU_CONSOLIDATION),
        "IPSEC-10": ("IKE's main mode lives 28,800 seconds", VPN_FAQ),
        "CIRCUIT-07": (
            "billing of a circuit starts with its service key, at creation, and ends when it is deleted",
            ER_WORKFLOW,
        ),
        "BGP-11": ("BGP on the VPN has 60 seconds keepalive and 180 hold, and no BFD", BGP_OVERVIEW),
        "LIMIT-12": (
            "packets over ExpressRoute and the VPN have at most 1400 bytes; the appliance clamps them",
            ER_FAQ,
        ),
    },
)
not_judged(
    "judged under another rule: GW-04, GW-05 and GW-08 by the subnet's size",
    {"GW-06": ("a GatewaySubnet that is too small is refused with a code of its own", REPORTS)},
)
not_judged(
    "judged under other rules: ER-02 and ER-03",
    {"LIMIT-02": ("a network connects a limited number of circuits", ER_LIMITS)},
)
not_judged(
    "judged under other rules: LIMIT-03, LIMIT-04 and LIMIT-07",
    {"FAIL-06": ("above a limit of prefixes a session or connection drops", ER_LIMITS)},
)
not_judged(
    "judged under another rule: LIMIT-11",
    {"FAIL-10": ("a VPN far slower than the circuit is no failover for all of its traffic", VPN_SKUS)},
)
not_judged(
    "judged under another rule as far as settings say it: VPN-17; an idle tunnel is for monitoring to watch",
    {"FAIL-11": ("static prefixes overlapping the network, or an unwatched idle tunnel, fail unnoticed", VPN_FAQ)},
)
not_judged(
    "judged under another rule as far as settings say it: GW-14; whether an appliance blocks BGP they do not say",
    {"FAIL-14": ("an appliance between the gateways that blocks BGP withdraws the VPN's routes", REPORTS)},
)
