"""What Azure refuses of tunnels that end on one instance of a gateway, as those of AWS: one row a refusal.

The addresses are those of Microsoft's tutorial (azure-docs, vpn-gateway-howto-aws-bgp).
"""

from typing import Any

from simulator.cloud import Cloud
from tests.simulator.world import BASE, GATEWAY_SUBNET, WITH_SITE, WITH_VPN, Case, id_of, put, ref, unknown

ADDRESSES = {"a": ["169.254.21.2", "169.254.22.2"], "b": ["169.254.21.6", "169.254.22.6"]}
"""The gateway's addresses, by ip configuration."""


def _id(name: str) -> str:
    return id_of(f"virtualNetworkGateways/vpn/ipConfigurations/{name}")


def _two_instances(**custom: list[str]) -> dict[str, Any]:
    entries = [{"ipconfigurationId": _id(name), "customBgpIpAddresses": given} for name, given in custom.items()]
    configurations = [
        {"name": name, "subnet": ref(GATEWAY_SUBNET), "publicIPAddress": ref(f"publicIPAddresses/{address}")}
        for name, address in (("a", "pip"), ("b", "second"))
    ]
    return {
        "activeActive": True,
        "enableBgp": True,
        "ipConfigurations": configurations,
        "bgpSettings": {"asn": 65515, "bgpPeeringAddresses": entries},
    }


def _one_instance(*custom: str) -> dict[str, Any]:
    entries = [{"ipconfigurationId": _id("a"), "customBgpIpAddresses": list(custom)}]
    return {"enableBgp": True, "bgpSettings": {"asn": 65515, "bgpPeeringAddresses": entries}}


def _peer(address: str) -> dict[str, Any]:
    return {"localNetworkAddressSpace": None, "bgpSettings": {"asn": 64512, "bgpPeeringAddress": address}}


def _chosen(**addresses: str) -> dict[str, Any]:
    entries = [{"ipConfigurationId": _id(name), "customBgpIpAddress": one} for name, one in addresses.items()]
    return {"enableBgp": True, "gatewayCustomBgpIpAddresses": entries}


def _second_address(cloud: Cloud) -> None:
    put(cloud, "address", publicIpAddressName="second")


def aws(peer: str = "169.254.21.1"):
    """An active-active gateway with the tutorial's addresses, and the local network gateway of a tunnel."""

    def act(cloud: Cloud) -> None:
        _second_address(cloud)
        put(cloud, "vpn gateway", **_two_instances(**ADDRESSES))
        put(cloud, "site", **_peer(peer))

    return act


def _only_the_first(cloud: Cloud) -> None:
    _second_address(cloud)
    put(cloud, "vpn gateway", **_two_instances(a=["169.254.21.2"], b=[]))
    put(cloud, "site", **_peer("169.254.21.1"))


def _by_name(cloud: Cloud) -> None:
    put(cloud, "site", gatewayIpAddress=None, fqdn="vpn.example.com")


TUTORIAL = (
    ("169.254.21.1", _chosen(a="169.254.21.2", b="169.254.21.6")),
    ("169.254.22.1", _chosen(a="169.254.22.2", b="169.254.21.6")),
    ("169.254.21.5", _chosen(a="169.254.21.2", b="169.254.21.6")),
    ("169.254.22.5", _chosen(a="169.254.21.2", b="169.254.22.6")),
)
"""Each tunnel's peer, and what its connection names: the address of its own instance, and one that is not used."""

WITH_ADDRESS = (*BASE, "address")
ENTRIES, NAMED, CONNECTION = unknown("VPN-41"), unknown("VPN-44"), "vpn connection"

CASES = (
    Case("VPN-40", unknown("VPN-40"), CONNECTION, {"enableBgp": True}, given=WITH_ADDRESS, before=_only_the_first),
    Case("VPN-41", ENTRIES, CONNECTION, _chosen(a="169.254.21.2"), given=WITH_ADDRESS, before=aws()),
    Case("VPN-41", ENTRIES, CONNECTION, _chosen(a="169.254.21.2", b="169.254.22.2"), given=WITH_ADDRESS, before=aws()),
    Case("VPN-41", ENTRIES, CONNECTION, _chosen(a="169.254.21.10", b="169.254.21.6"), given=WITH_ADDRESS, before=aws()),
    Case("VPN-41", ENTRIES, CONNECTION, {**_chosen(a="169.254.21.2", b="169.254.21.6"), "enableBgp": False},
         given=WITH_ADDRESS, before=aws()),
    Case("VPN-41", ENTRIES, "vpn gateway", _one_instance("169.254.21.2", "169.254.22.2"), given=WITH_ADDRESS),
    Case("VPN-41", ENTRIES, "vpn gateway",
         {**_two_instances(a=[]), "bgpSettings": {"asn": 65515, "bgpPeeringAddresses": [
             {"ipconfigurationId": _id("a"), "customBgpIpAddresses": ["169.254.21.2"]},
             {"ipconfigurationId": _id("a"), "customBgpIpAddresses": ["169.254.21.6"]}]}},
         given=WITH_ADDRESS, before=_second_address),
    Case("BGP-08", unknown("BGP-08"), "vpn gateway", _two_instances(a=["169.254.21.2"], b=["169.254.21.2"]),
         given=WITH_ADDRESS, before=_second_address),
    Case("VPN-42", "InvalidResourceReference", CONNECTION, _chosen(a="169.254.21.2", c="169.254.21.6"),
         given=WITH_ADDRESS, before=aws()),
    Case("VPN-42", "InvalidResourceReference", "vpn gateway", _two_instances(a=["169.254.21.2"], c=["169.254.21.6"]),
         given=WITH_ADDRESS, before=_second_address),
    Case("VPN-43", unknown("VPN-43"), CONNECTION, _chosen(a="169.254.21.2", b="169.254.21.6"), given=WITH_ADDRESS,
         before=aws("169.254.22.6")),
    Case("BGP-01 VPN-43", unknown("BGP-01"), "vpn gateway",
         {**_two_instances(**ADDRESSES), "bgpSettings": {"asn": 65000}}, given=(*WITH_ADDRESS, "er gateway"),
         before=_second_address),
    Case("VPN-44", NAMED, "site", {"gatewayIpAddress": None}),
    Case("VPN-44", NAMED, "site", {"fqdn": "vpn.example.com"}),
    Case("VPN-44", NAMED, "site", {"gatewayIpAddress": None, "fqdn": "router"}),
    Case("VPN-44", NAMED, "site", {"gatewayIpAddress": None, "fqdn": "203.0.113.10"}),
    Case("VPN-44", NAMED, "site", {"gatewayIpAddress": None, "fqdn": "vpn..example.com"}),
    Case("VPN-44", unknown("LNG"), "site", {"gatewayIpAddress": "2001:db8::1"}),
    Case("VPN-44", NAMED, "site", {"gatewayIpAddress": None, "fqdn": "vpn.example.com"}, given=WITH_SITE),
    Case("VPN-44", NAMED, "site", given=WITH_VPN, before=_by_name),
)  # fmt: skip
