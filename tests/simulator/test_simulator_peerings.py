"""The life of a peering: its two sides, what each knows of the other's address space, and what is left of one."""

import pytest

from simulator.cloud import Cloud
from tests.simulator.cases_peerings import HUB_SIDE, HUB_WITH_VPN, both, peer
from tests.simulator.world import id_of, make, put, refusal

HUB = "virtualNetworks/hub/virtualNetworkPeerings/to-spoke"
SPOKE = "virtualNetworks/spoke/virtualNetworkPeerings/to-hub"


@pytest.fixture
def peered() -> Cloud:
    cloud = make(*HUB_WITH_VPN)
    both(cloud)
    return cloud


def levels(cloud: Cloud) -> tuple[str, str]:
    """The sync level of the hub's side and of the spoke's."""
    return tuple(cloud.get(id_of(side))["peeringSyncLevel"] for side in (HUB, SPOKE))  # pyright: ignore[reportReturnType]


def states(cloud: Cloud) -> tuple[str, str]:
    return tuple(cloud.get(id_of(side))["peeringState"] for side in (HUB, SPOKE))  # pyright: ignore[reportReturnType]


def grow(cloud: Cloud, network: str, *prefixes: str) -> None:
    put(cloud, network, addressSpace={"addressPrefixes": list(prefixes)})


def test_the_first_side_is_initiated_and_both_are_connected_with_the_second() -> None:
    """SPOKE-01"""
    cloud = make(*HUB_WITH_VPN)
    assert peer("hub", "spoke")(cloud)["peeringState"] == "Initiated"  # pyright: ignore[reportIndexIssue]
    assert put(cloud, "spoke peering")["peeringState"] == "Connected"
    assert states(cloud) == ("Connected", "Connected")
    assert levels(cloud) == ("FullyInSync", "FullyInSync")


def test_a_side_learns_another_address_space_only_when_it_is_asked_to_sync(peered: Cloud) -> None:
    """SPOKE-12: the same body again does not sync; the word does, on the other network's side."""
    grow(peered, "spoke", "10.1.0.0/16", "10.11.0.0/16")
    assert levels(peered) == ("RemoteNotInSync", "LocalNotInSync")
    known = peered.get(id_of(HUB))
    assert known["remoteAddressSpace"] == {"addressPrefixes": ["10.1.0.0/16"]}
    assert known["remoteVirtualNetworkAddressSpace"] == {"addressPrefixes": ["10.1.0.0/16", "10.11.0.0/16"]}
    put(peered, "spoke peering", **HUB_SIDE)
    assert levels(peered) == ("RemoteNotInSync", "LocalNotInSync")
    put(peered, "spoke peering", **HUB_SIDE, syncRemoteAddressSpace="true")
    assert levels(peered) == ("FullyInSync", "FullyInSync")
    assert "syncRemoteAddressSpace" not in peered.get(id_of(HUB))


def test_both_networks_may_be_out_of_sync_at_once(peered: Cloud) -> None:
    """SPOKE-12"""
    grow(peered, "spoke", "10.1.0.0/16", "10.11.0.0/16")
    grow(peered, "network", "10.0.0.0/16", "10.10.0.0/16")
    assert levels(peered) == ("LocalAndRemoteNotInSync", "LocalAndRemoteNotInSync")


@pytest.mark.parametrize("what", [SPOKE, "virtualNetworks/spoke"])
def test_what_is_left_of_a_peering_is_disconnected_until_it_is_sent_again(peered: Cloud, what: str) -> None:
    """SPOKE-08: so both sides go, and a new one needs the other made anew or sent again."""
    peered.delete(id_of(what))
    assert peered.get(id_of(HUB))["peeringState"] == "Disconnected"
    put(peered, "spoke")
    assert refusal(peered, "spoke peering") == "RemotePeeringIsDisconnected"
    assert put(peered, "spoke peering", **HUB_SIDE)["peeringState"] == "Initiated"
    assert put(peered, "spoke peering", useRemoteGateways=True)["peeringState"] == "Connected"
    assert states(peered) == ("Connected", "Connected")


def test_a_network_that_changes_keeps_its_peerings_as_they_are(peered: Cloud) -> None:
    """azure-native sends a network with what is in it, the peerings too."""
    sent = {side: peered.get(id_of(side)) for side in (HUB, SPOKE)}
    inline = [{"name": "to-spoke", **{key: HUB_SIDE[key] for key in ("remoteVirtualNetwork", "allowGatewayTransit")}}]
    put(peered, "network", virtualNetworkPeerings=inline, tags={"a": "b"})
    assert states(peered) == ("Connected", "Connected")
    assert levels(peered) == ("FullyInSync", "FullyInSync")
    assert peered.get(id_of(HUB))["allowGatewayTransit"] == sent[HUB]["allowGatewayTransit"]
