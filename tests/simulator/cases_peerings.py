"""What Azure refuses of peerings, and of gateways that peered networks use: one row a refusal."""

from collections.abc import Callable

from simulator import drift
from simulator.cloud import Cloud
from tests.simulator.world import BASE, WITH_VPN, Case, id_of, put, ref, unknown

SPOKE = (*BASE, "spoke")
HUB_SIDE = {
    "virtualNetworkName": "hub",
    "virtualNetworkPeeringName": "to-spoke",
    "remoteVirtualNetwork": ref("virtualNetworks/spoke"),
    "allowGatewayTransit": True,
}
USES = {"useRemoteGateways": True}
HUB_WITH_VPN = (*WITH_VPN, "spoke")
CANNOT_USE = unknown("SPOKE-02")


def third(cloud: Cloud, *prefixes: str) -> None:
    """One more network."""
    space = {"addressPrefixes": list(prefixes)}
    put(cloud, "spoke", virtualNetworkName="third", addressSpace=space)


def peer(here: str, there: str, **more: object) -> Callable[[Cloud], object]:
    """One side of a peering."""
    names = {"virtualNetworkName": here, "virtualNetworkPeeringName": f"to-{there}"}
    return lambda cloud: put(
        cloud, "spoke peering", **names, remoteVirtualNetwork=ref(f"virtualNetworks/{there}"), **more
    )


def both(cloud: Cloud) -> None:
    """Hub and spoke are peered, and the spoke uses the hub's gateway."""
    peer("hub", "spoke", allowGatewayTransit=True)(cloud)
    peer("spoke", "hub", **USES)(cloud)


def _hub_side_gone(cloud: Cloud) -> None:
    both(cloud)
    cloud.delete(id_of("virtualNetworks/hub/virtualNetworkPeerings/to-spoke"))


def _overlapping_third(cloud: Cloud) -> None:
    third(cloud, "10.1.8.0/24")
    peer("hub", "third")(cloud)


def gateway_in(cloud: Cloud, network: str, prefix: str) -> dict[str, object]:
    """What a VPN gateway in another network than the hub needs; its own properties."""
    put(cloud, "gateway subnet", virtualNetworkName=network, addressPrefix=prefix)
    put(cloud, "address", publicIpAddressName=f"pip-{network}")
    subnet, address = ref(f"virtualNetworks/{network}/subnets/GatewaySubnet"), ref(f"publicIPAddresses/pip-{network}")
    configuration = {"name": "a", "subnet": subnet, "publicIPAddress": address}
    return {"virtualNetworkGatewayName": network, "ipConfigurations": [configuration]}


def _third_with_gateway(cloud: Cloud) -> None:
    third(cloud, "10.3.0.0/16")
    put(cloud, "vpn gateway", **gateway_in(cloud, "third", "10.3.255.0/26"))


def _hub_with_two_gateways_to_use(cloud: Cloud) -> None:
    _third_with_gateway(cloud)
    peer("third", "hub", allowGatewayTransit=True)(cloud)


def _uses_another(cloud: Cloud) -> None:
    """The spoke uses another network's gateway already."""
    _third_with_gateway(cloud)
    peer("third", "spoke", allowGatewayTransit=True)(cloud)
    peer("spoke", "third", **USES)(cloud)
    peer("hub", "spoke", allowGatewayTransit=True)(cloud)


def _before_a_gateway_of_its_own(cloud: Cloud) -> None:
    both(cloud)
    gateway_in(cloud, "spoke", "10.1.255.0/26")


def _full(cloud: Cloud) -> None:
    """Of 500 peerings the last one is asked for; the others are there."""
    for number in range(500):
        name, space = f"n{number}", {"addressPrefixes": [f"172.{16 + number // 256}.{number % 256}.0/24"]}
        drift.add(cloud, id_of(f"virtualNetworks/{name}"), {"location": "westus3", "addressSpace": space})
        if number < 499:
            body = {"remoteVirtualNetwork": ref(f"virtualNetworks/{name}"), "peeringState": "Initiated"}
            drift.add(cloud, id_of(f"virtualNetworks/hub/virtualNetworkPeerings/to-{name}"), body)
    peer("hub", "n499")(cloud)


CASES = (
    Case("ORDER-11 SPOKE-02", "RemoteVnetHasNoGateways", "spoke peering", USES, given=SPOKE),
    Case("SPOKE-02", CANNOT_USE, "spoke peering", USES, given=HUB_WITH_VPN, before=peer("hub", "spoke")),
    Case(
        "SPOKE-02", CANNOT_USE, "spoke peering", HUB_SIDE | {"allowGatewayTransit": False}, given=HUB_WITH_VPN,
        before=both,
    ),
    Case("SPOKE-03", unknown("SPOKE-03"), "spoke peering", USES, given=HUB_WITH_VPN, before=_uses_another),
    Case(
        "SPOKE-04 EXIST-05",
        unknown("SPOKE-04"),
        "spoke peering",
        {**HUB_SIDE, "virtualNetworkName": "hub", "remoteVirtualNetwork": ref("virtualNetworks/third"), **USES},
        given=HUB_WITH_VPN,
        before=_hub_with_two_gateways_to_use,
    ),
    Case(
        "SPOKE-04 EXIST-05", unknown("EXIST-05"), "vpn gateway",
        {
            "virtualNetworkGatewayName": "spoke",
            "ipConfigurations": [
                {
                    "name": "a",
                    "subnet": ref("virtualNetworks/spoke/subnets/GatewaySubnet"),
                    "publicIPAddress": ref("publicIPAddresses/pip-spoke"),
                }
            ],
        },
        given=HUB_WITH_VPN, before=_before_a_gateway_of_its_own,
    ),
    Case("SPOKE-06", "VnetAddressSpacesOverlap", "spoke peering", given=SPOKE,
         before=lambda cloud: put(cloud, "spoke", addressSpace={"addressPrefixes": ["10.0.0.0/20"]})),
    Case("SPOKE-06", "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", "spoke peering", HUB_SIDE, given=SPOKE,
         before=_overlapping_third),
    Case("SPOKE-06", "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", "spoke",
         {"addressSpace": {"addressPrefixes": ["10.1.0.0/16", "10.0.0.0/16"]}}, given=SPOKE,
         before=lambda cloud: put(cloud, "spoke peering")),
    Case("SPOKE-07", "AnotherPeeringAlreadyReferencesRemoteVnet", "spoke peering",
         {"virtualNetworkPeeringName": "again"}, given=SPOKE, before=lambda cloud: put(cloud, "spoke peering")),
    Case("SPOKE-07", unknown("SPOKE-07"), "spoke peering", {"remoteVirtualNetwork": ref("virtualNetworks/spoke")},
         given=SPOKE),
    Case("SPOKE-08", "RemotePeeringIsDisconnected", "spoke peering", HUB_SIDE, given=HUB_WITH_VPN,
         before=_hub_side_gone),
    Case("SPOKE-10", unknown("SPOKE-10"), "", given=HUB_WITH_VPN, before=both,
         delete="virtualNetworkGateways/vpn"),
    Case("SPOKE-15", unknown("SPOKE-15"), "spoke peering", HUB_SIDE, given=SPOKE, before=_full),
)  # fmt: skip
