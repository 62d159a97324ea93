"""Generated networks that also use what few networks use: each corner changes a network into one that has it."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st

from components.rules import regions
from components.rules.ipsec import CHOICES
from simulator.ids import SUBSCRIPTION
from tests.properties.networks import networks

Corner = Callable[[Random, dict[str, Any]], None]
_APPLIANCE = {"nextHopType": "VirtualAppliance", "nextHopAddress": "10.250.0.4"}
_LONGEST = "n" * 24
_THEIRS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs/providers/Microsoft.Network"
_GCM = {name: sorted(v for v in CHOICES[name].documented if "GCM" in v) for name in CHOICES}


def _base(values: dict[str, Any]) -> str:
    return values["network"]["addressSpace"][0].removesuffix(".0.0/16")


def _tier(values: dict[str, Any], number: int, **more: Any) -> dict[str, Any]:
    """One more tier, in a /24 that no other has."""
    tier = {"name": f"corner-{number}", "subnet": f"{_base(values)}.{200 + number}.0/24", **more}
    values["network"]["tiers"].append(tier)
    return tier


def _apipa(chance: Random, values: dict[str, Any]) -> None:
    active_active = values["vpn"]["gateway"].get("activeActive", True)
    for number, site in enumerate(values["vpn"]["sites"]):
        third = 21 + number % 2
        # A gateway that is not active-active has one custom address, for all of its connections [VPN-41].
        addresses = ["169.254.22.254"]
        if active_active:
            addresses = [f"169.254.{third}.{8 * number + 2 + 4 * instance}" for instance in range(2)]
        peer = f"169.254.{third}.{8 * number + 1}"
        site["bgp"] = {"asn": 65010 + number, "peerAddress": peer, "gatewayAddresses": addresses}


def _tunnels_to_one_instance(chance: Random, values: dict[str, Any]) -> None:
    """Tunnels as those of AWS, and static or private ones that end on one instance too."""
    values["vpn"]["gateway"]["activeActive"] = True
    for number, site in enumerate(values["vpn"]["sites"]):
        site["instance"] = chance.choice([0, 1])
        kind = chance.choice(["as it is", "own address", "Azure's pair"])
        if kind == "as it is":
            continue
        pair = [f"169.254.21.{8 * number + 2}", f"169.254.22.{8 * number + 2}"]
        own = pair[site["instance"]]
        site["bgp"] = {"asn": 64512, "peerAddress": f"{own[:-1]}{int(own[-1]) - 1}", "gatewayAddresses": [own]}
        # Where no other site is sure to give the other instance an address, this one does.
        if kind == "Azure's pair" or number == 0 or "gatewayAddresses" not in values["vpn"]["sites"][0].get("bgp", {}):
            site["bgp"]["gatewayAddresses"] = pair


def _by_name(chance: Random, values: dict[str, Any]) -> None:
    for number, site in enumerate(values["vpn"]["sites"]):
        if chance.choice([True, False]) or number == 0:
            del site["publicIp"]
            site["fqdn"] = chance.choice([f"vpn{number}.example.com", f"VPN-{number}.Example.COM."])


def _asns(chance: Random, values: dict[str, Any]) -> None:
    for number, site in enumerate(values["vpn"]["sites"]):
        asn = chance.choice([1, 64512, 65514, 65521, 65534, 131072, 4200000000, 4294967294])
        site["bgp"] = {"asn": asn, "peerAddress": f"192.168.254.{1 + number}"}


def _scaled(chance: Random, values: dict[str, Any]) -> None:
    least, most = chance.choice([(1, 1), (2, 2), (2, 10), (10, 40), (40, 40)])
    values["expressRoute"]["gateway"] = {"sku": "ErGwScale", "minScaleUnits": least, "maxScaleUnits": most}


def _unscaled(chance: Random, values: dict[str, Any]) -> None:
    sku = chance.choice(["Standard", "HighPerformance", "UltraPerformance"])
    values["expressRoute"]["gateway"] = {"sku": sku}


def _fast_path(chance: Random, values: dict[str, Any]) -> None:
    scaled = {"sku": "ErGwScale", "minScaleUnits": 10, "maxScaleUnits": 10}
    values["expressRoute"]["gateway"] = chance.choice([{"sku": "ErGw3AZ"}, {"sku": "UltraPerformance"}, scaled])
    for circuit in values["expressRoute"]["circuits"]:
        circuit["fastPath"] = chance.choice([True, False])
        circuit["routingWeight"] = chance.choice([0, 1, 32000])


def _circuit_sizes(chance: Random, values: dict[str, Any]) -> None:
    for circuit in values["expressRoute"]["circuits"]:
        if "provider" in circuit:
            circuit["bandwidthInMbps"] = chance.choice([50, 100, 200, 500, 1000, 2000, 5000, 10000])
            circuit |= {"tier": "Local", "family": "UnlimitedData"} if chance.choice([True, False]) else {}
        if "port" in circuit:
            circuit["port"]["bandwidthInGbps"] = chance.choice([1, 2, 5, 10, 40, 100])
        if "privatePeering" in circuit:
            asn = chance.choice([1, 65000, 65514, 65521, 4200000000])
            circuit["privatePeering"] |= {"peerAsn": asn, "vlanId": chance.choice([1, 4094])}


def _vpn_sizes(chance: Random, values: dict[str, Any]) -> None:
    sizes = {"Generation1": (1, 2, 3), "Generation2": (2, 3, 4, 5)}
    generation = chance.choice([None, *sizes])
    size = chance.choice(sizes.get(str(generation), (1, 2, 3, 4, 5)))
    values["vpn"]["gateway"]["sku"] = f"VpnGw{size}AZ"
    if generation:
        values["vpn"]["gateway"]["generation"] = generation


def _zones(chance: Random, values: dict[str, Any]) -> None:
    values["vpn"]["gateway"]["zones"] = chance.choice([["1"], ["1", "2"], ["3", "2", "1"]])


def _zones_of_all(chance: Random, values: dict[str, Any]) -> None:
    values["zones"] = chance.choice([["2"], [3, 1, 2], "auto"])
    tier = _tier(values, 13, loadBalancer={"frontendAddress": f"{_base(values)}.213.9", "port": 443})
    tier["loadBalancer"] |= chance.choice([{}, {"zones": ["1"]}, {"zones": [1, 2, 3]}, {"zones": []}])


def _no_zones(chance: Random, values: dict[str, Any]) -> None:
    values["location"] = chance.choice(["westus", "West US", "usgovtexas", "chinaeast2"])
    values |= chance.choice([{}, {"zones": []}, {"zones": "auto"}])
    values["vpn"]["gateway"] |= chance.choice([{}, {"zones": []}])
    _tier(values, 14, loadBalancer={"frontendAddress": f"{_base(values)}.214.9", "port": 443})


def _unknown_region(chance: Random, values: dict[str, Any]) -> None:
    values["location"] = "Atlantis Central"
    values["zones"] = chance.choice([[], [1, 2, 3], ["2"]])
    _tier(values, 15, loadBalancer={"frontendAddress": f"{_base(values)}.215.9", "port": 443})


def _policies(chance: Random, values: dict[str, Any]) -> None:
    """Everything documented: GCMAES for encryption and integrity alike, or for neither [IPSEC-08]."""

    def policy() -> dict[str, Any]:
        phase_one = {
            "ikeEncryption": chance.choice(CHOICES["ike_encryption"].documented),
            "ikeIntegrity": chance.choice(CHOICES["ike_integrity"].documented),
            "dhGroup": chance.choice(CHOICES["dh_group"].documented),
            "pfsGroup": chance.choice(CHOICES["pfs_group"].documented),
        }
        gcm = chance.choice([None, *_GCM["ipsec_encryption"]])
        plain = {
            "ipsecEncryption": gcm or chance.choice(["AES256", "AES192", "AES128", "DES3", "DES", "None"]),
            "ipsecIntegrity": gcm or chance.choice(["SHA256", "SHA1", "MD5"]),
        }
        lives = [{"saLifeTimeSeconds": 300}, {"saDataSizeKilobytes": 1024}, {}]
        return {**phase_one, **plain, **chance.choice(lives)}

    values["vpn"]["ipsecPolicy"] = policy()
    values["vpn"]["sites"][0]["ipsecPolicy"] = policy()


def _tunnels(chance: Random, values: dict[str, Any]) -> None:
    for site in values["vpn"]["sites"]:
        site["connectionMode"] = chance.choice(["Default", "InitiatorOnly", "ResponderOnly"])
        site["dpdTimeoutSeconds"] = chance.choice([9, 30, 45, 3600])


def _tier_routes(chance: Random, values: dict[str, Any]) -> None:
    hops = [{"nextHopType": kind} for kind in ("VnetLocal", "Internet", "None")]
    prefixes = ["0.0.0.0/0", "192.168.128.0/17", "198.51.100.0/24"]
    for number in range(2):
        chosen = chance.sample(prefixes, chance.randint(1, len(prefixes)))
        routes = [
            {"name": f"r{index}", "prefix": prefix, **chance.choice([_APPLIANCE, *hops])}
            for index, prefix in enumerate(chosen)
        ]
        _tier(values, number, routes=routes, internetOutbound=True)


def _gateway_subnet_routes(chance: Random, values: dict[str, Any]) -> None:
    wanted = [f"{_base(values)}.{number}.0/24" for number in (0, 1)] + ["198.51.100.0/24"]
    chosen = chance.sample(wanted, chance.randint(1, len(wanted)))
    routes = [{"name": f"r{index}", "prefix": prefix, **_APPLIANCE} for index, prefix in enumerate(chosen)]
    values["network"]["gatewaySubnetRoutes"] = routes


def _no_gateway_routes(chance: Random, values: dict[str, Any]) -> None:
    _tier(values, 2, gatewayRoutes=False)


def _traffic(chance: Random, values: dict[str, Any]) -> None:
    ports = [["*"], [0, "8000-8010"], [65535, 22, 443]]
    for number, protocol in enumerate(("Tcp", "Udp", "Icmp", "*")):
        overlapping = ["onPremises", "virtualNetwork", "198.51.100.7/32", "198.51.100.0/24"]
        sources = chance.choice([["198.51.100.7/32"], ["0.0.0.0/0"], ["Storage.WestUS"], overlapping])
        allow = [{"sources": sources, "ports": chance.choice(ports), "protocol": protocol}]
        balancer = {"frontendAddress": f"{_base(values)}.{203 + number}.254", "port": 65535, "probePath": "/healthy"}
        _tier(values, 3 + number, allow=allow, loadBalancer=balancer)


def _small_subnet(chance: Random, values: dict[str, Any]) -> None:
    host = chance.choice([4, 5, 6])
    small, port = f"{_base(values)}.210", chance.randint(1, 65535)
    _tier(values, 10, subnet=f"{small}.0/29", loadBalancer={"frontendAddress": f"{small}.{host}", "port": port})


def _more_space(chance: Random, values: dict[str, Any]) -> None:
    values["network"]["addressSpace"] += ["10.240.0.0/16", "100.64.0.0/10", "203.0.112.0/24"]
    _tier(values, 11, subnet=chance.choice(["10.240.0.0/16", "100.64.0.0/29", "203.0.112.0/25"]))


def _smallest_gateway_subnet(chance: Random, values: dict[str, Any]) -> None:
    values["network"]["gatewaySubnet"] = f"{_base(values)}.255.224/27"


def _existing_network(chance: Random, values: dict[str, Any]) -> None:
    id = f"{_THEIRS}/virtualNetworks/theirs"
    values["network"]["existing"] = {"id": id, "gatewaySubnet": chance.choice(["create", "adopt"])}


def _existing_gateways(chance: Random, values: dict[str, Any]) -> None:
    _existing_network(chance, values)
    values["network"]["existing"]["gatewaySubnet"] = "adopt"
    values["serializeGateways"] = False
    for path in chance.choice([("vpn",), ("expressRoute",), ("vpn", "expressRoute")]):
        values[path]["gateway"] = {"existing": {"id": f"{_THEIRS}/virtualNetworkGateways/{path}"}}


def _spokes(chance: Random, values: dict[str, Any]) -> None:
    """One in each place: beside the hub, in another subscription and maybe region, and there already."""
    elsewhere = "22222222-2222-4222-8222-222222222222"
    theirs = f"/subscriptions/{elsewhere}/resourceGroups/theirs/providers/Microsoft.Network/virtualNetworks/spoke"
    allow = [{"sources": ["onPremises", "virtualNetwork"], "ports": [443]}]
    balancer = {"frontendAddress": "198.18.1.250", "port": 443}
    values["network"]["spokes"] = [
        {
            "name": chance.choice(["near", _LONGEST]),
            "addressSpace": ["198.18.0.0/16"],
            "tiers": [{"name": "app", "subnet": "198.18.1.0/24", "allow": allow, "loadBalancer": balancer}],
        },
        {
            "name": "far",
            "addressSpace": ["198.19.0.0/17", "100.128.0.0/24"],
            "subscription": elsewhere,
            "location": chance.choice(["westus2", "northeurope"]),
            "forwardedTraffic": chance.choice([True, False]),
            "tiers": [{"name": "app", "subnet": "100.128.0.0/29", "gatewayRoutes": True}],
        },
        {"name": "theirs", "addressSpace": ["198.19.128.0/17"], "existing": {"id": theirs}},
    ]


def _existing_group(chance: Random, values: dict[str, Any]) -> None:
    values["resourceGroup"] = {"name": chance.choice(["g", "G(1)_x-y.z", "g" * 90]), "existing": True}


def _group_name(chance: Random, values: dict[str, Any]) -> None:
    values["resourceGroup"] = {"name": chance.choice(["9", "_a", "(net)", "x" * 90])}


def _maintenance(chance: Random, values: dict[str, Any]) -> None:
    windows = [{"start": "23:59", "hours": 5}, {"start": "04:59", "hours": chance.choice([5, 19])}]
    chance.shuffle(windows)
    both = dict(zip(("expressRoute", "vpn"), windows, strict=True))
    values["maintenance"] = {"timeZone": chance.choice(["UTC", "UTC+13", "Russia Time Zone 3"]), **both}


def _monitoring(chance: Random, values: dict[str, Any]) -> None:
    own = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-logs/providers"
    values["monitoring"] = {
        "emails": chance.choice([[], ["a@example.com"], ["a@example.com", "b@example.com"]]),
        "actionGroup": f"{own}/Microsoft.Insights/actionGroups/ag",
        **chance.choice(
            [{"retentionInDays": 730}, {"workspace": f"{own}/Microsoft.OperationalInsights/workspaces/log"}]
        ),
    }


def _dns(chance: Random, values: dict[str, Any]) -> None:
    values["network"]["dnsServers"] = chance.choice([["192.168.0.4"], ["168.63.129.16", "192.168.0.4"]])


def _long_names(chance: Random, values: dict[str, Any]) -> None:
    values["name"] = _LONGEST
    for items in (values["expressRoute"]["circuits"], values["vpn"]["sites"]):
        items[0]["name"] = _LONGEST
    _tier(values, 12)["name"] = _LONGEST
    values["tags"] = {"k" * 512: "v" * 256}


CORNERS: dict[str, Corner] = {
    "APIPA peers": _apipa,
    "tunnels to one instance": _tunnels_to_one_instance,
    "sites by name": _by_name,
    "ASNs at the edge": _asns,
    "ErGwScale": _scaled,
    "SKUs without zones": _unscaled,
    "FastPath and weights": _fast_path,
    "circuits of every size": _circuit_sizes,
    "VPN gateways of every size": _vpn_sizes,
    "some zones": _zones,
    "zones of everything": _zones_of_all,
    "a region without zones": _no_zones,
    "a region that nobody knows": _unknown_region,
    "IPsec policies": _policies,
    "connection modes": _tunnels,
    "routes of a tier": _tier_routes,
    "routes of the GatewaySubnet": _gateway_subnet_routes,
    "a tier without gateway routes": _no_gateway_routes,
    "traffic of every protocol": _traffic,
    "the smallest subnet": _small_subnet,
    "several address prefixes": _more_space,
    "the smallest GatewaySubnet": _smallest_gateway_subnet,
    "an existing network": _existing_network,
    "existing gateways": _existing_gateways,
    "spokes": _spokes,
    "an existing resource group": _existing_group,
    "a resource group's name": _group_name,
    "DNS servers": _dns,
    "maintenance windows": _maintenance,
    "monitoring": _monitoring,
    "the longest names": _long_names,
}
"""What few networks have, and how a network gets it."""

_OF_MADE_GATEWAYS = (
    *("ErGwScale", "SKUs without zones", "FastPath and weights", "VPN gateways of every size", "some zones"),
    *("a region without zones", "routes of the GatewaySubnet", "DNS servers"),
)
_RIVALS = (
    {"APIPA peers", "ASNs at the edge", "tunnels to one instance"},
    {"ErGwScale", "SKUs without zones", "FastPath and weights"},
    {"ErGwScale", "FastPath and weights", "the smallest GatewaySubnet"},
    {"some zones", "a region without zones", "a region that nobody knows"},
    {"zones of everything", "a region without zones", "a region that nobody knows"},
    {"an existing network", "existing gateways"},
    {"an existing network", "DNS servers"},
    {"an existing network", "routes of the GatewaySubnet"},
    *({"existing gateways", other} for other in _OF_MADE_GATEWAYS),
    {"an existing resource group", "a resource group's name"},
)
"""Corners of the same settings: a network has one of each set at most."""


def _apart(names: list[str]) -> list[str]:
    """Those that no earlier one rivals."""
    kept: list[str] = []
    for name in names:
        if not any(name in rivals and rivals & set(kept) for rivals in _RIVALS):
            kept.append(name)
    return kept


def _one_cloud(values: dict[str, Any]) -> None:
    """A spoke's region is of the network's own cloud."""
    near = {"usgovernment": "usgovarizona", "china": "chinanorth2"}.get(regions.cloud_of(values["location"]) or "")
    for spoke in values["network"].get("spokes", ()):
        if near and "location" in spoke:
            spoke["location"] = near


@st.composite
def cornered_networks(draw: st.DrawFn) -> tuple[dict[str, Any], list[str]]:
    """A network, and the corners that it has: up to six, each as likely as any other."""
    values = draw(networks())
    # Hypothesis likes to repeat a choice that it has made; a network's own text chooses evenly, and always the same.
    chance = Random(repr(values))
    names = _apart(chance.sample(sorted(CORNERS), 6))
    for name in names:
        CORNERS[name](chance, values)
    _one_cloud(values)
    return values, names
