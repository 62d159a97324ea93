"""Hypothesis strategies for settings that Azure accepts, as a stack file would say them."""

from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st

from components.rules import regions
from tests.stacks import KEY, PEERING_KEY

NAMES = ("alpha", "beta", "gamma", "delta")
LOCATIONS = ("Silicon Valley", "Seattle", "Chicago", "Dallas")


@st.composite
def tiers(draw: st.DrawFn, base: IPv4Network) -> list[dict[str, Any]]:
    """Up to four tiers, each in its own /24 of the base prefix."""
    blocks = list(base.subnets(new_prefix=24))[:4]
    names = NAMES[: draw(st.integers(0, 4))]
    made: list[dict[str, Any]] = []
    for block, name in zip(blocks, names, strict=False):
        tier: dict[str, Any] = {"name": name, "subnet": str(block)}
        if draw(st.booleans()):
            port = draw(st.integers(1, 65535))
            tier["loadBalancer"] = {"frontendAddress": str(block[draw(st.integers(4, 254))]), "port": port}
        sources = st.lists(
            st.sampled_from(["virtualNetwork", "onPremises", *names]), min_size=1, max_size=3, unique=True
        )
        allowed = st.fixed_dictionaries({"sources": sources, "ports": st.just([443])})
        tier["allow"] = draw(st.lists(allowed, max_size=3))
        tier["internetOutbound"] = draw(st.booleans())
        tier["gatewayRoutes"] = True
        made.append(tier)
    return made


@st.composite
def circuits(draw: st.DrawFn, index: int) -> dict[str, Any]:
    """One circuit of any kind, with or without a peering of ours."""
    circuit: dict[str, Any] = {"name": f"circuit-{NAMES[index]}"}
    kind = draw(st.sampled_from(["ordered", "ordered", "existing", "port"]))
    subscription = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network"
    if kind == "ordered":
        circuit |= {
            "provider": "Equinix",
            "peeringLocation": LOCATIONS[index],
            "bandwidthInMbps": draw(st.sampled_from([50, 200, 1000])),
            "connect": draw(st.sampled_from(["auto", "never"])),
        }
    elif kind == "existing":
        circuit |= {"existing": {"id": f"{subscription}/expressRouteCircuits/theirs-{index}"}, "connect": "always"}
        return circuit
    else:
        port = {"id": f"{subscription}/expressRoutePorts/port-{index}", "bandwidthInGbps": 1}
        circuit |= {"port": port, "connect": "always", "peeringLocation": LOCATIONS[index]}
    circuit["tier"], circuit["family"] = draw(
        st.sampled_from([("Standard", "MeteredData"), ("Premium", "UnlimitedData"), ("Premium", "MeteredData")])
    )
    if kind == "port" or draw(st.booleans()):
        circuit["privatePeering"] = {
            "peerAsn": 65010,
            "vlanId": 100 + index,
            "primaryPrefix": f"172.31.{index}.0/30",
            "secondaryPrefix": f"172.31.{index}.4/30",
        }
    circuit["authorizations"] = list(NAMES[: draw(st.integers(0, 2))])
    return circuit


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """The settings of a whole network (keys as `topology.reading.read` takes them)."""
    base = IPv4Network(f"10.{draw(st.integers(0, 200))}.0.0/16")
    network: dict[str, Any] = {
        "addressSpace": [str(base)],
        "gatewaySubnet": f"{base.network_address + 255 * 256}/26",
        "tiers": draw(tiers(base)),
    }
    if draw(st.booleans()):
        network["management"] = {"bastionSubnet": f"{base.network_address + 254 * 256}/26"}
    active_active = draw(st.booleans())
    sites = []
    for index in range(draw(st.integers(1, 3))):
        site: dict[str, Any] = {"name": f"site-{NAMES[index]}", "publicIp": f"203.0.113.{10 + index}"}
        if draw(st.booleans()):
            site["bgp"] = {"asn": 65010 + index, "peerAddress": f"192.168.255.{1 + index}"}
        else:
            site["prefixes"] = [f"192.168.{index}.0/24"]
        sites.append(site)
    return {
        # With zones, and with ErGwScale [ZONE-06].
        "location": "westus3",
        "name": draw(st.sampled_from(["dev", "prod", "a-b"])),
        "tags": draw(st.dictionaries(st.sampled_from(["team", "cost"]), st.text("abc", max_size=5), max_size=2)),
        "protect": draw(st.booleans()),
        "serializeGateways": draw(st.booleans()),
        "network": network,
        "onPremises": {"prefixes": ["192.168.0.0/16"]},
        "expressRoute": {
            "gateway": {"sku": draw(st.sampled_from(["ErGw1AZ", "ErGw2AZ", "ErGw3AZ"]))},
            "circuits": [draw(circuits(index)) for index in range(draw(st.integers(1, 3)))],
        },
        "vpn": {
            "gateway": {"sku": draw(st.sampled_from(["VpnGw1AZ", "VpnGw2AZ"])), "activeActive": active_active},
            "sites": sites,
        },
        # How well the network fails over is not the question here.
        "failover": {"accept": [{"prefix": "192.168.0.0/16", "reason": "generated"}]},
    }


def secrets_of(values: dict[str, Any]) -> dict[str, dict[str, str]]:
    """A key for everything in the settings that needs or may have one."""
    circuits = values["expressRoute"]["circuits"]
    return {
        "vpnSharedKeys": {site["name"]: KEY for site in values["vpn"]["sites"]},
        "circuitAuthorizationKeys": {c["name"]: KEY for c in circuits if "existing" in c},
        "peeringSharedKeys": {c["name"]: PEERING_KEY for c in circuits if "privatePeering" in c},
    }


def config_of(values: dict[str, Any]) -> dict[str, Any]:
    """The same settings as a stack's `config:` has them."""
    prefixed = {f"hybrid-network:{key}": value for key, value in values.items() if key != "location"}
    for key in ("protect", "serializeGateways"):
        prefixed[f"hybrid-network:{key}"] = str(values[key]).lower()
    cloud = regions.cloud_of(values["location"]) or "public"
    return {**prefixed, "azure-native:location": values["location"], "azure-native:environment": cloud}
