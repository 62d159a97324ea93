"""All cases of wrong settings and arguments together."""

import re
from functools import cache
from pathlib import Path

from tests.unit.rules.cases_arguments import ARGUMENTS as ARGUMENTS
from tests.unit.rules.cases_bastion import BASTION
from tests.unit.rules.cases_bgp import BGP
from tests.unit.rules.cases_edge import EDGE
from tests.unit.rules.cases_existing import EXISTING as EXISTING
from tests.unit.rules.cases_existing import OF_EXISTING
from tests.unit.rules.cases_express_route import EXPRESS_ROUTE
from tests.unit.rules.cases_ipsec import IPSEC
from tests.unit.rules.cases_maintenance import MAINTENANCE
from tests.unit.rules.cases_monitoring import MONITORING
from tests.unit.rules.cases_network import NETWORK
from tests.unit.rules.cases_spokes import SPOKES
from tests.unit.rules.cases_tunnels import TUNNELS
from tests.unit.rules.cases_vpn import VPN
from tests.unit.rules.cases_zones import ZONES
from tests.unit.rules.changes import case, circuit, keys

CASES = (
    *(
        *NETWORK,
        *SPOKES,
        *BASTION,
        *EXPRESS_ROUTE,
        *VPN,
        *BGP,
        *TUNNELS,
        *IPSEC,
        *ZONES,
        *EDGE,
        *MAINTENANCE,
        *MONITORING,
    ),
    *OF_EXISTING,
)

_SITE = "vpn.sites[0]"
_FIREWALL = {"nextHopType": "VirtualAppliance", "nextHopAddress": "10.20.9.4"}
FAILOVER = (
    case("FAIL-01", {f"{_SITE}.prefixes": ["192.168.0.0/16", "172.20.0.0/16", "192.168.5.0/24"]}),
    case("FAIL-02", {f"{_SITE}.prefixes": ["192.168.0.0/16"]}),
    case(
        "FAIL-03",
        {
            "network.tiers[0].internetOutbound": True,
            "onPremises.prefixes[2]": "198.51.100.0/24",
            f"{_SITE}.prefixes": ["192.168.0.0/16", "172.20.0.0/16"],
        },
    ),
    case(
        "FAIL-05",
        {"vpn.sites[1]": {"name": "s1", "publicIp": "203.0.113.21", "prefixes": ["192.168.0.0/16"]}},
        secrets=keys("hq", "s1"),
    ),
    case("FAIL-09", {"network.tiers[1].gatewayRoutes": False}),
    case(
        "FAIL-15",
        {"network.tiers[1].routes": [{"name": "away", "prefix": "192.168.0.0/16", "nextHopType": "None"}]},
    ),
    case("FAIL-16", {"failover": {"require": "anyTwoFailures"}}),
    case(
        "FAIL-17",
        {"expressRoute.prefixes": ["192.168.0.0/16"], f"{_SITE}.prefixes": ["192.168.0.0/16"]},
    ),
    case("FAIL-20", {"expressRoute.circuits[1]": circuit(1), f"{_SITE}.prefixes": ["192.168.0.0/16"]}),
    case(
        "NVA-01",
        {
            "network.tiers[1].routes": [
                {"name": "fw", "prefix": "172.0.0.0/8", **_FIREWALL},
                {"name": "fw2", "prefix": "192.168.0.0/16", **_FIREWALL},
            ]
        },
    ),
    case(
        "NVA-03",
        {
            "network.tiers[1].routes": [{"name": "fw", "prefix": "172.0.0.0/8", **_FIREWALL}],
            "network.gatewaySubnetRoutes": [{"name": "data", "prefix": "10.20.2.0/24", **_FIREWALL}],
        },
    ),
    case("FAIL-18", {"failover": {"accept": [{"prefix": "10.99.0.0/16", "reason": "old"}]}}),
    case("FAIL-19", {"failover": {"accept": [{"prefix": "192.168.0.0/16", "reason": "old"}]}}),
)
"""Networks whose failover is not what is required; their messages are the failover's own tests' affair."""

_HERE = "tests/unit/rules"
FAMILIES = {
    f"{_HERE}/cases_network.py": NETWORK,
    f"{_HERE}/cases_bastion.py": BASTION,
    f"{_HERE}/cases_spokes.py": SPOKES,
    f"{_HERE}/cases_express_route.py": EXPRESS_ROUTE,
    f"{_HERE}/cases_vpn.py": VPN,
    f"{_HERE}/cases_bgp.py": BGP,
    f"{_HERE}/cases_tunnels.py": TUNNELS,
    f"{_HERE}/cases_ipsec.py": IPSEC,
    f"{_HERE}/cases_zones.py": ZONES,
    f"{_HERE}/cases_edge.py": EDGE,
    f"{_HERE}/cases_maintenance.py": MAINTENANCE,
    f"{_HERE}/cases_monitoring.py": MONITORING,
    f"{_HERE}/cases_arguments.py": ARGUMENTS,
    f"{_HERE}/cases_existing.py": (*OF_EXISTING, *EXISTING),
    f"{_HERE}/cases.py": FAILOVER,
}
"""The file of each family of cases."""

_TESTS = Path(__file__).parents[2]


@cache
def _texts() -> dict[str, str]:
    return {
        str(path.relative_to(_TESTS.parent)): path.read_text()
        for path in sorted(_TESTS.rglob("test_*.py"))
        if "simulator" not in path.relative_to(_TESTS).parts
    }


def named_in_tests(rule: str) -> list[str]:
    """Test files that name a rule by its id."""
    return [path for path, text in _texts().items() if re.search(rf"\b{rule}\b", text)]
