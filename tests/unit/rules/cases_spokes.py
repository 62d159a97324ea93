"""A wrong setting for each rule about spokes, and its message."""

from typing import Any

from simulator.ids import SUBSCRIPTION
from tests.unit.rules.changes import ASG, OTHER, OTHER_ASG, case, numbered

SPOKE_NETWORK = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-spoke/providers/Microsoft.Network/virtualNetworks/{{}}"
)
_CIRCUIT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/c"
AT = "network.spokes"


def spoke(number: int = 0, **more: Any) -> dict[str, Any]:
    """A spoke, s0 with 10.100.0.0/16 and so on."""
    return {"name": f"s{number}", "addressSpace": [f"10.{100 + number}.0.0/16"], **more}


def _tier(number: int = 0, **more: Any) -> dict[str, Any]:
    return spoke(number, tiers=[{"name": "data", "subnet": f"10.{100 + number}.1.0/24", **more}])


def _from(group: str) -> dict[str, Any]:
    return _tier(allow=[{"sources": [group], "ports": [443]}])


JUST_WITHIN = (
    case("SUB-01", {AT: [{**_from(OTHER_ASG), "subscription": OTHER}], "network.tiers[0].allow[0].sources": [ASG]}),
    case("SUB-01", {AT: [{**_from(ASG), "location": "West US 2"}], "network.tiers[0].allow[0].sources": [ASG]}),
    case("SUB-01", {"network.tiers[0].allow[0].sources": [OTHER_ASG]}),
)


def _many(number: int, prefixes: int = 1) -> list[dict[str, Any]]:
    spaces = numbered(number * prefixes, "172.24.0.0", 28)
    return [spoke(n, addressSpace=spaces[n * prefixes : (n + 1) * prefixes]) for n in range(number)]


_APART = "networks that are peered with one hub need addresses of their own [SPOKE-06]"

SPOKES = (
    case(
        "SUB-01",
        {AT: [{**_from(ASG), "subscription": OTHER}]},
        "error network.spokes[0].tiers[0].allow[0].sources[0]: the application security group is in subscription "
        f"{SUBSCRIPTION}, and the tier is in {OTHER}; a security rule names groups of its own subscription only; name "
        f"one of {OTHER}, or prefixes [SUB-01]",
    ),
    case(
        "SUB-01",
        {"network.tiers[0].allow[0].sources": [ASG], AT: [{**_from(ASG.upper()), "location": "North Europe"}]},
        "error network.spokes[0].tiers[0].allow[0].sources[0]: the application security group is named in North Europe "
        "here, and in westus2 in network.tiers[0].allow[0].sources[0]; a security rule names groups of its own region "
        "only; take another one here, or prefixes [SUB-01]",
    ),
    case(
        "NAME-05",
        {AT: [spoke(name="network", resourceGroup={"name": "rg-own"})]},
        "error network.spokes[0].name: its resource group is network in Pulumi's state, as the stack's own is; rename "
        "it [NAME-05]",
    ),
    case(
        "NAME-05",
        {AT: [spoke(resourceGroup={"name": "RG-dev"}), spoke(1, resourceGroup={"name": "rg-x"})]},
        "error network.spokes[0].resourceGroup: makes RG-dev of resourceGroups, and so does resourceGroup; take "
        "another name, or say existing: true where that one is there first [NAME-05]",
    ),
    case(
        "NAME-05",
        {AT: [spoke(resourceGroup={"name": "rg-x"}), spoke(1, resourceGroup={"name": "rg-x"})]},
        "error network.spokes[1].resourceGroup: makes rg-x of resourceGroups, and so does network.spokes[0]; take "
        "another name, or say existing: true where that one is there first [NAME-05]",
    ),
    case(
        "SPOKE-06",
        {AT: [spoke(addressSpace=["10.20.128.0/17"])]},
        "error network.spokes[0].addressSpace[0]: 10.20.128.0/17 overlaps 10.20.0.0/16 of another network "
        f"(network.addressSpace[0]); {_APART}",
    ),
    case(
        "SPOKE-06",
        {AT: [spoke(), spoke(1, addressSpace=["10.101.0.0/16", "10.100.0.0/16"])]},
        "error network.spokes[1].addressSpace[1]: 10.100.0.0/16 overlaps 10.100.0.0/16 of another network "
        f"(network.spokes[0].addressSpace[0]); {_APART}",
    ),
    case(
        "SPOKE-06",
        {AT: [spoke(addressSpace=["10.0.0.0/12"]), spoke(1, addressSpace=["10.3.0.0/16"])]},
        "error network.spokes[1].addressSpace[0]: 10.3.0.0/16 overlaps 10.0.0.0/12 of another network "
        f"(network.spokes[0].addressSpace[0]); {_APART}",
    ),
    case(
        "SPOKE-07",
        {
            AT: [
                spoke(existing={"id": SPOKE_NETWORK.format("one")}),
                spoke(1, existing={"id": SPOKE_NETWORK.format("One")}),
            ]
        },
        f"error network.spokes[1].existing.id: {SPOKE_NETWORK.format('One')} is also network.spokes[0].existing.id; a "
        "network is peered with its hub once: remove one of them [SPOKE-07]",
    ),
    case(
        "SPOKE-07",
        {
            "network.existing": {"id": SPOKE_NETWORK.format("hub")},
            AT: [spoke(existing={"id": SPOKE_NETWORK.format("hub")})],
        },
        f"error network.spokes[0].existing.id: {SPOKE_NETWORK.format('hub')} is also network.existing.id; a network is "
        "peered with its hub once: remove one of them [SPOKE-07]",
    ),
    case(
        "SPOKE-15",
        {AT: _many(501)},
        "error network.spokes: 501 spokes, a virtual network has 500 peerings; use a second hub [SPOKE-15]",
        "warning network.spokes: 502 prefixes of the hub (1) and its spokes (501), 200 are allowed when the "
        "ExpressRoute connection is created; connect first, then add the rest [LIMIT-05]",
    ),
    case(
        "LIMIT-04",
        {AT: _many(2, 500)},
        "error network.spokes: 1001 prefixes of the hub (1) and its spokes (1000), ExpressRoute takes 1000, else it "
        "drops; use wider ones [LIMIT-04]",
    ),
    case(
        "LIMIT-05",
        {AT: _many(2, 100)},
        "warning network.spokes: 201 prefixes of the hub (1) and its spokes (200), 200 are allowed when the "
        "ExpressRoute connection is created; connect first, then add the rest [LIMIT-05]",
    ),
    case(
        "SPOKE-18",
        {AT: [spoke(existing={"id": SPOKE_NETWORK.format("one")}, subscription=SUBSCRIPTION)]},
        f"error network.spokes[0].subscription: {SUBSCRIPTION} is said, and existing.id says a subscription too; "
        "remove this line [SPOKE-18]",
    ),
    case(
        "SET-02",
        {AT: [spoke(subscription="production")]},
        "error network.spokes[0].subscription: 'production' is no subscription's id; such a one is "
        "00000000-0000-0000-0000-000000000000 [SET-02]",
    ),
    case(
        "ID-01",
        {AT: [spoke(existing={"id": _CIRCUIT})]},
        f"error network.spokes[0].existing.id: '{_CIRCUIT}' is no id of virtualNetworks; such a one is "
        "/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network/virtualNetworks/NAME [ID-01]",
    ),
    case(
        "FAIL-07",
        {AT: [spoke(addressSpace=["192.168.0.0/16"])]},
        "error onPremises.prefixes[0]: 192.168.0.0/16 is in a spoke's 192.168.0.0/16 "
        "(network.spokes[0].addressSpace[0]), so traffic for it stays in Azure or leaves it; use addresses that no "
        "spoke has (a wider prefix is fine) [FAIL-07]",
        "error vpn.sites[0].bgp.peerAddress: 192.168.255.1 is inside a spoke's 192.168.0.0/16 "
        "(network.spokes[0].addressSpace[0]); use one on-premises [BGP-10]",
    ),
    case(
        "CIRCUIT-10",
        {AT: [spoke(addressSpace=["172.16.0.0/16"])]},
        "error expressRoute.circuits[0].privatePeering.primaryPrefix: 172.16.0.0/30 overlaps a spoke's 172.16.0.0/16 "
        "(network.spokes[0].addressSpace[0]); choose one outside [CIRCUIT-10]",
        "error expressRoute.circuits[0].privatePeering.secondaryPrefix: 172.16.0.4/30 overlaps a spoke's 172.16.0.0/16 "
        "(network.spokes[0].addressSpace[0]); choose one outside [CIRCUIT-10]",
    ),
    case(
        "NAME-01",
        {AT: [spoke(), spoke(1, name="s0")]},
        "error network.spokes[1].name: the spoke 's0' is also network.spokes[0]; give it another name [NAME-01]",
    ),
    case(
        "NAME-01",
        {AT: [spoke(tiers=[{"name": "a", "subnet": f"10.100.{n}.0/24"} for n in (1, 2)])]},
        "error network.spokes[0].tiers[1].name: the tier 'a' is also network.spokes[0].tiers[0]; give it another name "
        "[NAME-01]",
    ),
    case(
        "NAME-05",
        {AT: [_tier(name="b-c"), _tier(1, name="c") | {"name": "s0-b"}]},
        "error network.spokes[1].tiers[0]: makes nsg-dev-s0-b-c of networkSecurityGroups, and so does "
        "network.spokes[0].tiers[0]; rename one, or give one a name of its own: names.networkSecurityGroups.s0-b/c or "
        "names.networkSecurityGroups.s0/b-c [NAME-05]",
        "error network.spokes[1].tiers[0]: is s0-b-c in Pulumi's state, and so is network.spokes[0].tiers[0]; rename "
        "one of the two [NAME-05]",
    ),
    case(
        "NAME-06",
        {AT: [_tier(name="management")]},
        "error network.spokes[0].tiers[0].name: management would be the word management among sources; rename the tier "
        "[NAME-06]",
    ),
    case(
        "NAME-07",
        {AT: [_tier()], "names": {"subnets": {"s0/dat": "snet-mine"}}},
        "error names.subnets.s0/dat: names nothing that this stack makes; did you mean "
        "names.subnets.s0/data? [NAME-07]",
    ),
    case(
        "NET-01",
        {AT: [_tier(subnet="10.20.9.0/24")]},
        "error network.spokes[0].tiers[0].subnet: 10.20.9.0/24 is outside network.spokes[0].addressSpace "
        "(10.100.0.0/16); choose a prefix inside it or add it there [NET-01]",
    ),
    case(
        "NET-02",
        {AT: [spoke(tiers=[{"name": name, "subnet": "10.100.1.0/24"} for name in ("a", "b")])]},
        "error network.spokes[0].tiers[1].subnet: 10.100.1.0/24 overlaps 10.100.1.0/24 "
        "(network.spokes[0].tiers[0].subnet); move one of them [NET-02]",
    ),
    case(
        "NSG-04",
        {AT: [_tier(allow=[{"sources": ["web"], "ports": ["443"]}])]},
        "error network.spokes[0].tiers[0].allow[0].sources[0]: 'web' is neither a prefix nor one of virtualNetwork, "
        "onPremises, management, data [NSG-04]",
    ),
)
