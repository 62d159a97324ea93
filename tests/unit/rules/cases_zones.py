"""A wrong setting for each rule about availability zones and regions, and its message."""

from tests.unit.rules.changes import case

_BALANCER = "network.tiers[0].loadBalancer"
_SCALE = {"sku": "ErGwScale", "minScaleUnits": 2, "maxScaleUnits": 4}
_WESTUS = (
    "has no availability zones (Azure's list of 2025-09-23); Azure answers LocationNotSupportAvailabilityZones; "
    "write [] [ZONE-04]"
)
_NO_ZONES = (
    "that VpnGw1AZ takes addresses without zones where there are none follows from Azure's answers, but no document "
    "says so [PIP-12]"
)
_UNKNOWN = "if it is a region, say what it has: [1, 2, 3], or [] for none [ZONE-01]"
_FAR = "network.spokes[0].tiers[0].loadBalancer.zones"


def _far(location: str) -> dict[str, object]:
    """A spoke in another region than the hub's, with a load balancer."""
    balancer = {"frontendAddress": "10.30.1.9", "port": 443}
    tier = {"name": "app", "subnet": "10.30.1.0/24", "loadBalancer": balancer}
    return {"name": "far", "addressSpace": ["10.30.0.0/16"], "location": location, "tiers": [tier]}


ZONES = (
    case(
        "LB-03",
        {f"{_BALANCER}.zones": []},
        "warning network.tiers[0].loadBalancer.zones: no zones, but westus2 has them: Azure does not promise that the "
        "frontend outlives the loss of one; write ['1', '2', '3'] [LB-03]",
    ),
    case(
        "LB-04",
        {f"{_BALANCER}.zones": [1, 2]},
        "error network.tiers[0].loadBalancer.zones: zones 1, 2: a load balancer's frontend takes one zone, or all of "
        "1, 2, 3; Azure answers ResourceCannotHaveMultipleZonesSpecified [LB-04]",
    ),
    case(
        "LB-04",
        {"zones": ["3", "1"]},
        "error zones: zones 3, 1: a load balancer's frontend takes one zone, or all of 1, 2, 3; Azure answers "
        "ResourceCannotHaveMultipleZonesSpecified [LB-04]",
    ),
    case(
        "ZONE-04",
        {"zones": [1, 2, 3], "network.spokes": [_far("westus")]},
        f"error {_FAR}: zones 1, 2, 3, but westus {_WESTUS}",
    ),
    case(
        "ZONE-01",
        {"network.spokes": [_far("mars")]},
        f"error {_FAR}: not said, and Azure's list of 2025-09-23 has no region 'mars'; {_UNKNOWN}",
    ),
    case(
        "PIP-04",
        {"vpn.gateway.zones": []},
        "error vpn.gateway.zones: a gateway of SKU VpnGw1AZ needs public addresses with zones; write "
        "['1', '2', '3'] [PIP-04]",
    ),
    case(
        "PIP-04",
        {"zones": [], f"{_BALANCER}.zones": ["1"]},
        "error zones: a gateway of SKU VpnGw1AZ needs public addresses with zones; write ['1', '2', '3'] [PIP-04]",
    ),
    case(
        "PIP-12",
        {"location": "westus", "vpn.gateway.zones": []},
        f"warning vpn.gateway.zones: none, and westus has no zones: {_NO_ZONES}",
    ),
    case("PIP-12", {"location": "West US"}, f"warning zones: none, and West US has no zones: {_NO_ZONES}"),
    case("PIP-12", {"location": "chinanorth2"}, f"warning zones: none, and chinanorth2 has no zones: {_NO_ZONES}"),
    case(
        "PIP-12",
        {"location": "atlantiscentral", "zones": []},
        f"warning zones: none, and atlantiscentral is not in Azure's list of 2025-09-23: {_NO_ZONES}",
    ),
    case(
        "ZONE-01",
        {"location": "atlantiscentral"},
        "error zones: not said, and Azure's list of 2025-09-23 has no region 'atlantiscentral'; " + _UNKNOWN,
    ),
    case(
        # One region in two spellings is told once.
        "ZONE-01",
        {"location": "atlantiscentral", "network.spokes": [_far("Atlantis Central")]},
        "error zones: not said, and Azure's list of 2025-09-23 has no region 'atlantiscentral'; " + _UNKNOWN,
    ),
    case(
        "ZONE-01",
        {"location": "West US 22", "zones": "auto", "vpn.gateway.zones": [1, 2, 3]},
        "error zones: not said, and Azure's list of 2025-09-23 has no region 'West US 22'; " + _UNKNOWN,
    ),
    case(
        "ZONE-01",
        {"location": "wetus2"},
        "error zones: not said, and Azure's list of 2025-09-23 has no region 'wetus2'; did you mean westus2? "
        + _UNKNOWN,
    ),
    case("ZONE-04", {"location": "westus", "zones": [1, 2, 3]}, f"error zones: zones 1, 2, 3, but westus {_WESTUS}"),
    case(
        "ZONE-04",
        {"location": "West US", "vpn.gateway.zones": ["2"], f"{_BALANCER}.zones": ["1"]},
        f"error network.tiers[0].loadBalancer.zones: zones 1, but West US {_WESTUS}",
        f"error vpn.gateway.zones: zones 2, but West US {_WESTUS}",
    ),
    case(
        "ZONE-04",
        {"zones": [1, 1], f"{_BALANCER}.zones": ["2", 2]},
        "error zones[1]: 1 is also zones[0]; remove one [ZONE-04]",
        "error network.tiers[0].loadBalancer.zones[1]: 2 is also network.tiers[0].loadBalancer.zones[0]; remove one "
        "[ZONE-04]",
    ),
    case(
        "ZONE-06",
        {"expressRoute.gateway": _SCALE},
        "error expressRoute.gateway.sku: ErGwScale is not offered in westus2 (Azure's list of 2025-11-06); use "
        "ErGw1AZ, ErGw2AZ or ErGw3AZ [ZONE-06]",
    ),
    case(
        "ZONE-06",
        {"location": "Japan East", "expressRoute.gateway": _SCALE, "expressRoute.circuits[0].tier": "Premium"},
        "error expressRoute.gateway.sku: ErGwScale is not offered in Japan East (Azure's list of 2025-11-06); use "
        "ErGw1AZ, ErGw2AZ or ErGw3AZ [ZONE-06]",
    ),
)
