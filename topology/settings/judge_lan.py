"""The inner side of the on-premises devices: what their files need of it, and where it cannot work."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from components.rules import Problem, bgp, rule

from .model import Device, DeviceLan, Settings

DEV_05 = rule(
    "DEV-05",
    "a device's LAN address is a machine's own, in a subnet that nothing else has, and its routers are in that subnet",
    "RFC 1122, 3.3.1: a host reaches at once only what is on its own network",
)
DEV_06 = rule(
    "DEV-06",
    "the devices of one network have their LAN addresses in one subnet",
    "this project: iBGP with BFD of a single hop between them",
)
_LONGEST = 30
"""Longest prefix whose first and last address are no machine's."""


def lan_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of the devices' LANs."""
    taken = dict(_taken(settings))
    owners: dict[IPv4Address, str] = {}
    shared: tuple[str, IPv4Network] | None = None
    for index, device in enumerate(settings.on_premises.devices):
        if device.lan is None:
            continue
        path = f"onPremises.devices[{index}].lan"
        address = device.lan.address
        first = owners.setdefault(address.ip, path)
        if first != path:
            yield DEV_05(f"{path}.address", f"{address.ip} is also {first}.address; give each device one of its own")
        yield from _address(f"{path}.address", address, taken)
        yield from _routers(path, device.lan, settings.vpn.gateway.asn)
        if device.links:
            shared = shared or (path, address.network)
            yield from _one_subnet(f"{path}.address", device, address.network, *shared)


def _taken(settings: Settings) -> Iterator[tuple[IPv4Network, str]]:
    network = settings.network
    for index, prefix in enumerate(network.address_space):
        yield prefix, f"network.addressSpace[{index}]"
    for place, spoke in enumerate(network.spokes):
        for index, prefix in enumerate(spoke.address_space):
            yield prefix, f"network.spokes[{place}].addressSpace[{index}]"
    for index, circuit in enumerate(settings.express_route.circuits):
        if peering := circuit.private_peering:
            path = f"expressRoute.circuits[{index}].privatePeering"
            yield peering.primary_prefix, f"{path}.primaryPrefix"
            yield peering.secondary_prefix, f"{path}.secondaryPrefix"


def _address(path: str, address: IPv4Interface, taken: dict[IPv4Network, str]) -> Iterator[Problem]:
    subnet = address.network
    if subnet.prefixlen <= _LONGEST and address.ip in (subnet.network_address, subnet.broadcast_address):
        end = "first" if address.ip == subnet.network_address else "last"
        yield DEV_05(path, f"{address} is the {end} address of {subnet}, no machine's")
    for prefix, where in taken.items():
        if subnet.overlaps(prefix):
            yield DEV_05(path, f"{subnet} overlaps {prefix} ({where}); give the LAN a subnet of its own")


def _routers(path: str, lan: DeviceLan, gateway_asn: int) -> Iterator[Problem]:
    subnet = lan.address.network
    own = "is the device's own address; give the inner router's"
    if lan.core:
        here = f"{path}.core.peerAddress"
        if lan.core.peer_address == lan.address.ip:
            yield DEV_05(here, f"{lan.core.peer_address} {own}")
        elif lan.core.peer_address not in subnet:
            yield DEV_05(here, f"{lan.core.peer_address} is outside the LAN's subnet {subnet}; give its address there")
        yield from bgp.appliance_asn(f"{path}.core.asn", lan.core.asn, gateway_asn)
    if lan.next_hop is None:
        return
    here = f"{path}.nextHop"
    if lan.next_hop == lan.address.ip:
        yield DEV_05(here, f"{lan.next_hop} {own}")
    elif lan.core and lan.next_hop in subnet:
        yield DEV_05(
            here,
            f"{lan.next_hop} is in the LAN's subnet {subnet}, so its loss would not be seen; give an address that the "
            "core announces, such as its loopback's, or leave nextHop out",
        )
    elif not lan.core and lan.next_hop not in subnet:
        yield DEV_05(
            here, f"{lan.next_hop} is outside the LAN's subnet {subnet}; give the inner router's address there, or core"
        )


def _one_subnet(path: str, device: Device, subnet: IPv4Network, first: str, shared: IPv4Network) -> Iterator[Problem]:
    if subnet != shared:
        yield DEV_06(
            path,
            f"{subnet}, but {first}.address is in {shared}: devices with links are one network and speak iBGP; give "
            f"{device.name} an address in {shared}",
        )
