"""What is known of Azure and of the engine beside rules: how routes are chosen, what takes how long, in which order.

No setting can break a fact; the project is built on them. Each says which part is.
"""

from .not_judged import REPORTS, not_judged
from .sources import (
    BGP_OVERVIEW,
    COEXISTENCE,
    ER_ADD_GATEWAY,
    ER_ASYMMETRIC,
    ER_BFD,
    ER_FAQ,
    ER_MONITORING,
    ER_OPTIMIZE_ROUTING,
    ER_PEERING,
    ER_RESILIENCY,
    ER_VPN_BACKUP,
    ER_WORKFLOW,
    METRICS,
    PROVIDER,
    ROUTE_SERVER_PREFERENCE,
    SDK,
    THROTTLING,
    VNET_UDR,
    VPN_FAQ,
    VPN_MONITORING,
)

not_judged(
    "a fact: the route model is built on it",
    {
        "ROUTE-01": ("the longest prefix wins; of equal ones ExpressRoute before the VPN", COEXISTENCE),
        "ROUTE-02": ("in a subnet, of equal prefixes: user-defined, then BGP, then system route", VNET_UDR),
        "ROUTE-03": ("only a user-defined route overrides the network's own system routes", VNET_UDR),
        "ROUTE-04": ("ExpressRoute's routes weigh 32769, the VPN's 32768, before the AS path counts", ER_VPN_BACKUP),
        "ROUTE-05": ("the gateways of a network are an iBGP mesh, and one of them programs all routes", REPORTS),
        "ROUTE-06": (
            "among circuits the routing weight decides, then the AS path, else both share",
            ER_OPTIMIZE_ROUTING,
        ),
        "ROUTE-07": ("among VPN connections the AS path decides, else all tunnels share", VPN_FAQ),
        "ROUTE-08": ("without Route Server nothing puts the VPN before ExpressRoute", ROUTE_SERVER_PREFERENCE),
        "BGP-02": ("the gateways pass no route of one path on to the other without Route Server", COEXISTENCE),
        "BGP-14": ("the VPN gateway announces the network's prefixes and its other sites'", BGP_OVERVIEW),
        "BGP-15": ("the ExpressRoute gateway announces whole address spaces, not subnets", ER_FAQ),
        "FAIL-04": ("a default route learned by VPN is not announced to other peers", VPN_FAQ),
        "FAIL-13": ("a dead path is noticed after up to 180 seconds, with BFD in less than one", ER_BFD),
        "TIME-06": ("BGP on ExpressRoute has 60 and 180 seconds, and takes the edge's shorter ones", ER_FAQ),
        "TIME-07": ("BFD on ExpressRoute takes 300 ms, three times; the edge has to enable it", ER_BFD),
        "TIME-08": (
            "a failover from ExpressRoute to the VPN took 10 to 90 seconds where it was measured",
            ER_VPN_BACKUP,
        ),
    },
    where="topology",
)
not_judged(
    "on the appliance, whose configuration this project makes",
    {
        "ROUTE-09": ("the tunnel itself goes over the Internet, whatever ExpressRoute announces", COEXISTENCE),
        "ROUTE-10": ("on-premises prefers ExpressRoute too, or traffic is asymmetric", ER_ASYMMETRIC),
    },
    where="appliance",
)
not_judged(
    "advice: the README says it",
    {
        "ROUTE-11": (
            "a VPN is no backup for critical, heavy or latency-sensitive loads: take a second circuit",
            ER_RESILIENCY,
        ),
        "DELETE-09": ("a provider's own resources and the circuit may need each other when all is destroyed", REPORTS),
    },
)
not_judged(
    "an order of work",
    {
        "ORDER-01": ("either gateway may be created first", COEXISTENCE),
        "ORDER-02": ("Microsoft's own modules create both gateways in parallel", "Azure Verified Modules"),
        "ORDER-04": ("connections of one gateway are made one after the other", REPORTS),
        "ORDER-05": ("peerings and authorizations of a circuit are made one after the other", ER_PEERING),
        "ORDER-06": ("subnets of a network are made one after the other", REPORTS),
        "ORDER-07": ("a network is peered only after all its subnets are made", REPORTS),
        "ORDER-11": ("a peering that uses remote gateways comes after the gateways", REPORTS),
        "DELETE-01": ("a gateway goes after its connections", REPORTS),
        "DELETE-02": ("a public address goes after its gateway", REPORTS),
        "DELETE-03": ("a subnet goes after what is in it", REPORTS),
        "DELETE-04": ("a security group or route table goes after its subnets", REPORTS),
        "DELETE-05": ("a local network gateway goes after its connections", REPORTS),
        "DELETE-06": ("a NAT rule goes after the connections that use it", REPORTS),
        "DELETE-07": ("connections go first, then authorizations, then peerings, then the circuit", REPORTS),
        "DELETE-08": ("a circuit goes after its provider has deprovisioned it", ER_WORKFLOW),
    },
    where="components",
)
not_judged(
    "Azure's behaviour in time; timeouts allow for it",
    {
        "ORDER-03": ("in 2018 the ExpressRoute gateway had to be created first", REPORTS),
        "ORDER-08": ("a busy network answers 429 and says when to try again", THROTTLING),
        "ORDER-09": ("a VPN gateway's operation may delay others in the subscription", REPORTS),
        "ORDER-10": ("Virtual WAN has busy answers of its own", "Azure Verified Modules"),
        "ORDER-12": ("Microsoft.Network takes 1,000 writes and 10,000 reads in 5 minutes", THROTTLING),
        "TIME-01": ("a gateway takes 45 minutes or more to create", ER_ADD_GATEWAY),
        "TIME-02": ("an ExpressRoute gateway took 25 minutes to create and 9 to delete", REPORTS),
        "TIME-03": ("a VPN gateway took 15 to 20 minutes to delete, billed all the while", REPORTS),
        "TIME-04": ("a circuit was provisioned 15 minutes after the provider had its key", REPORTS),
        "TIME-05": ("a timeout of 30 minutes has been too short for gateways; the engine's own is 2 hours", REPORTS),
    },
    where="simulator",
)
not_judged(
    "the engine's behaviour",
    {
        "ARM-01": ("what exists is not created: the provider asks first", PROVIDER),
        "ARM-02": ("a long operation is asked after every 10 seconds", PROVIDER),
        "ARM-03": ("a relative Location is completed, with the API version", PROVIDER),
        "ARM-04": ("a deletion is asked after every 30 seconds; not found means done", PROVIDER),
        "ARM-05": ("an answer that is no JSON is an error", PROVIDER),
        "ARM-06": ("what fails halfway stays in the state, partly created", PROVIDER),
        "ARM-07": ("429, 5xx and some 409 are tried again, after 20 to 120 seconds", PROVIDER),
        "ARM-08": ("502 and 503 while waiting are passing", PROVIDER),
    },
    where="simulator",
)
not_judged(
    "a fact of the engine, which the components are written for",
    {
        "PULUMI-01": ("network resources have API version 2024-05-01 by default", SDK),
        "PULUMI-02": ("keys are not marked as secrets by themselves", SDK),
        "PULUMI-03": ("of the network's resources only a few properties replace on change", PROVIDER),
        "PULUMI-04": ("subnets are inline or resources of their own, never both", SDK),
        "PULUMI-05": ("a connection's gateways are typed as whole objects, and only their id counts", SDK),
        "PULUMI-06": ("enumerations take any text and ASNs are floats: nothing is checked", SDK),
        "PULUMI-07": ("no issue of the engine is known for gateways, connections and circuits", PROVIDER),
    },
    where="components",
)
not_judged(
    "for monitoring, which this project does not deploy",
    {
        "ALERT-01": ("a circuit's BGP or ARP availability below 100 percent is an alert", ER_MONITORING),
        "ALERT-02": ("no routes learned by the ExpressRoute gateway is an alert", ER_MONITORING),
        "ALERT-03": ("a VPN peer that is down is an alert, though the path is idle", METRICS),
        "ALERT-04": ("tunnel traffic while ExpressRoute is down means that the failover works", METRICS),
        "ALERT-05": ("tunnel traffic while ExpressRoute is up means that something takes it away", METRICS),
        "ALERT-06": ("ErGwScale has metrics of its own names", METRICS),
        "ALERT-07": ("Microsoft's maintenance looks like lost BGP availability", ER_MONITORING),
        "ALERT-08": ("a VPN gateway has five categories of logs", VPN_MONITORING),
    },
)
