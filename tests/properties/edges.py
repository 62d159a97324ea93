"""Networks with a few values from the edges of what Azure takes, on both sides of them."""

import re
from typing import Any

from hypothesis import strategies as st

from components.rules.ipsec import CHOICES
from tests.properties.networks import networks

_APPLIANCE = {"nextHopType": "VirtualAppliance", "nextHopAddress": "10.250.0.4"}


def _route(prefix: str, **hop: str) -> dict[str, str]:
    return {"name": "edge", "prefix": prefix, **(hop or _APPLIANCE)}


def _bgp(peer: str, *gateway: str, asn: int = 65010) -> dict[str, Any]:
    return {"asn": asn, "peerAddress": peer, "gatewayAddresses": list(gateway)}


def _peering(**one: Any) -> dict[str, Any]:
    links = {"primaryPrefix": "172.30.0.0/30", "secondaryPrefix": "172.30.0.4/30"}
    return {"peerAsn": 65010, "vlanId": 99, **links, **one}


def _policy() -> st.SearchStrategy[dict[str, Any]]:
    def camel(name: str) -> str:
        head, *tail = name.split("_")
        return head + "".join(map(str.capitalize, tail))

    choices = {camel(name): st.sampled_from(choice.documented) for name, choice in CHOICES.items()}
    lives = {"saLifeTimeSeconds": st.sampled_from([299, 300]), "saDataSizeKilobytes": st.sampled_from([1023, 1024])}
    return st.fixed_dictionaries({}, optional={**choices, **lives})


EDGES: dict[str, st.SearchStrategy[Any]] = {
    "resourceGroup": st.sampled_from([{"name": "r" * 90}, {"name": "r" * 91}, {"name": "rg."}, {"name": "a-b_c"}]),
    "tags": st.sampled_from([{f"t{n}": "x" for n in range(50)}, {f"t{n}": "x" for n in range(51)}, {"a/b": ""}]),
    "network.addressSpace[1]": st.sampled_from(["10.255.0.0/16", "10.0.0.0/8", "169.254.0.0/24", "192.168.9.0/24"]),
    "network.gatewaySubnet": st.sampled_from(["{base}.255.192/26", "{base}.255.192/27", "{base}.255.192/28"]),
    "network.management": st.sampled_from([{"bastionSubnet": f"{{base}}.254.0/{n}"} for n in (25, 26, 27)]),
    "network.dnsServers": st.sampled_from([["192.168.0.4"], ["168.63.129.16"], [f"192.168.0.{n}" for n in range(21)]]),
    "network.gatewaySubnetRoutes": st.sampled_from(
        [
            [_route("0.0.0.0/0")],
            [_route("{base}.0.0/16")],
            [_route("{base}.255.192/26", nextHopType="VnetLocal")],
            [_route("{base}.255.200/29")],
        ]
    ),
    "network.tiers": st.sampled_from(
        [
            [
                {
                    "name": "edge",
                    "subnet": "{base}.9.0/29",
                    "loadBalancer": {"frontendAddress": f"{{base}}.9.{n}", "port": 1},
                }
            ]
            for n in (3, 4, 6, 7, 8)
        ]
        + [
            [{"name": "edge", "subnet": "{base}.9.0/30"}],
            [{"name": "edge", "subnet": "{base}.255.0/24"}],
            [{"name": "edge", "subnet": "11.0.0.0/24"}],
            [{"name": "edge", "subnet": "{base}.9.0/24", "routes": [_route("0.0.0.0/0"), _route("0.0.0.0/0")]}],
            [
                {
                    "name": "edge",
                    "subnet": "{base}.9.0/24",
                    "routes": [_route("198.51.100.0/24", nextHopType="Internet")],
                }
            ],
            [{"name": "edge", "subnet": "{base}.9.0/24", "allow": [{"sources": ["10.1.1.1/32"], "ports": ["*", 443]}]}],
        ]
    ),
    "onPremises.prefixes": st.sampled_from(
        [[prefix, "192.168.0.0/16"] for prefix in ("{base}.7.0/24", "10.0.0.0/8", "0.0.0.0/0", "224.0.0.0/4")]
    ),
    "expressRoute.gateway": st.one_of(
        st.fixed_dictionaries(
            {
                "sku": st.just("ErGwScale"),
                "minScaleUnits": st.integers(0, 3),
                "maxScaleUnits": st.sampled_from([1, 3, 40, 41]),
            }
        ),
        st.fixed_dictionaries(
            {"sku": st.sampled_from(["Standard", "HighPerformance", "UltraPerformance", "VpnGw1AZ"])}
        ),
    ),
    "expressRoute.circuits[0].tier": st.sampled_from(["Local", "Premium", "Basic"]),
    "expressRoute.circuits[0].family": st.sampled_from(["UnlimitedData", "MeteredData", "Metered"]),
    "expressRoute.circuits[0].bandwidthInMbps": st.sampled_from([50, 10000, 49, 300]),
    "expressRoute.circuits[0].routingWeight": st.sampled_from([-1, 32000, 32001]),
    "expressRoute.circuits[0].fastPath": st.just(True),
    "expressRoute.circuits[0].authorizations": st.sampled_from(
        [[f"a{n}" for n in range(9)], [f"a{n}" for n in range(30)]]
    ),
    "expressRoute.circuits[0].privatePeering": st.sampled_from(
        [
            *(_peering(peerAsn=asn) for asn in (1, 65000, 65515, 65520, 12076, 65521)),
            *(_peering(vlanId=vlan) for vlan in (0, 1, 4094, 4095)),
            *(_peering(primaryPrefix=prefix) for prefix in ("172.30.0.0/29", "{base}.3.0/30", "172.30.0.4/30")),
        ]
    ),
    "vpn.gateway.sku": st.sampled_from(["VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ", "VpnGw1", "Basic", "Standard", "ErGw1AZ"]),
    "vpn.gateway.generation": st.sampled_from(["Generation1", "Generation2", "Generation3"]),
    "vpn.gateway.zones": st.sampled_from([["1"], []]),
    "zones": st.sampled_from([["1"], [3, 2, 1], "auto", [], [1, 2], ["4"]]),
    "location": st.sampled_from(["West US 3", "westus", "Atlantis Central", "uksouth"]),
    "vpn.gateway.asn": st.sampled_from([65514, 65515]),
    "vpn.ipsecPolicy": _policy(),
    "vpn.sites[0].ipsecPolicy": _policy(),
    "vpn.sites[0].publicIp": st.sampled_from(["10.1.2.3", "198.51.100.1", "192.168.5.5"]),
    "vpn.sites[0].instance": st.sampled_from([-1, 0, 1, 2]),
    "vpn.sites[0].connectionMode": st.sampled_from(["InitiatorOnly", "ResponderOnly", "Both"]),
    "vpn.sites[0].dpdTimeoutSeconds": st.sampled_from([8, 9, 3600, 3601]),
    "vpn.sites[0].prefixes": st.sampled_from(
        [[], ["{base}.0.0/17"], ["192.168.255.1/32", "192.168.0.0/16"], ["10.0.0.0/8"]]
    ),
    "vpn.sites[0].bgp": st.sampled_from(
        [_bgp("192.168.77.1", asn=asn) for asn in (0, 1, 23456, 64512, 65514, 65515, 65516, 65521, 65535, 4200000000)]
        + [
            _bgp("{base}.1.9"),
            _bgp("203.0.113.10"),
            _bgp("169.254.21.1", "169.254.21.2", "169.254.22.2"),
            _bgp("169.254.21.1", "169.254.21.2"),
            _bgp("169.254.21.1", "169.254.21.2", "169.254.23.0"),
            _bgp("169.254.21.1"),
            _bgp("169.254.21.2", "169.254.21.2", "169.254.22.2"),
        ]
    ),
}
"""Path of a setting -> values on both sides of Azure's edge; `{base}` is the network's own first two octets."""


@st.composite
def at_edge(draw: st.DrawFn, path: str) -> dict[str, Any]:
    """A network with one value at an edge, some of the time on the wrong side of it."""
    values = draw(networks())
    base = values["network"]["addressSpace"][0].removesuffix(".0.0/16")
    value = _at_home(draw(EDGES[path]), base)
    *holders, last = [int(part) if part.isdecimal() else part for part in re.findall(r"[^.\[\]]+", path)]
    here: Any = values
    for part in holders:
        here = here[part]
    if isinstance(here, list):
        here[last:] = [value]
    else:
        here[last] = value
    return values


def _at_home(value: Any, base: str) -> Any:
    if isinstance(value, str):
        return value.replace("{base}", base)
    if isinstance(value, dict):
        return {key: _at_home(item, base) for key, item in value.items()}
    return [_at_home(item, base) for item in value] if isinstance(value, list) else value
