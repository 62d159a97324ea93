"""What is there already: what the settings may say of it, and what Azure says of it against what they want."""

from collections.abc import Collection, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any, NamedTuple, Protocol, TypeVar

from components.rules import Problem, apipa, existing_gateways, existing_network, zones
from components.rules.existing_gateways import EXIST_11, EXIST_12, EXIST_13, GatewayType
from components.rules.names import BASTION_SUBNET, GATEWAY_SUBNET
from components.rules.there import Existing, GatewayThere, NetworkThere, Paths

from .model import Settings
from .model_base import Model
from .model_vpn import VpnGateway
from .names import Names
from .reader import LOCATION
from .values import SET_02

_M = TypeVar("_M", bound=Model)

PATHS = Paths(
    id="network.existing.id",
    address_space="network.addressSpace",
    gateway_subnet="network.gatewaySubnet",
    location=LOCATION,
    existing_gateway="existing: {id}",
)
_MANAGEMENT = "network.management"
EXPRESS_ROUTE, VPN = "expressRoute.gateway", "vpn.gateway"


class Owned(Protocol):
    """A resource that the stack has by its own state."""

    @property
    def type(self) -> str: ...

    @property
    def name(self) -> str: ...


class _Subnet(NamedTuple):
    """A subnet that this stack makes. own: what only this stack has in or on it. way_out: how another one is said that
    is there."""

    logical: str
    name: str
    prefix: IPv4Network
    own: Sequence[str]
    way_out: str


def existing_ids(settings: Settings) -> dict[str, tuple[str, str]]:
    """What the settings use that is there already: the field of `Existing` -> where its id is said, and the id."""
    named = {
        "network": (PATHS.id, settings.network.existing),
        "express_route_gateway": (f"{EXPRESS_ROUTE}.existing.id", settings.express_route.gateway.existing),
        "vpn_gateway": (f"{VPN}.existing.id", settings.vpn.gateway.existing),
    }
    return {field: (path, existing.id) for field, (path, existing) in named.items() if existing}


def with_existing(settings: Settings, there: Existing | None) -> Settings:
    """The settings with what is known of the gateways that are there already.

    there: what Azure says of them. Before it was asked, the SKUs are not known, the ASN is the one that it has to be,
    and the VPN gateway is taken to have one active instance, so that nothing is proved that may not hold.
    """
    if not settings.gateways_there:
        return settings
    express_route, vpn = settings.express_route.gateway, settings.vpn.gateway
    if express_route.existing and there and (found := there.express_route_gateway):
        express_route = _with(
            express_route,
            sku=found.sku or None,
            min_scale_units=found.min_scale_units,
            max_scale_units=found.max_scale_units,
        )
    if vpn.existing:
        found = there.vpn_gateway if there else None
        told = {"sku": found.sku or None, "generation": found.generation or None, "asn": found.asn} if found else {}
        vpn = _with(vpn, **told, active_active=found is not None and found.active_active)
    return _with(
        settings,
        express_route=_with(settings.express_route, gateway=express_route),
        vpn=_with(settings.vpn, gateway=vpn),
    )


def existing_problems(settings: Settings) -> Iterator[Problem]:
    """What the settings say of what is there already [EXIST-11, EXIST-12], and a SKU for what is not [SET-02]."""
    for path, gateway in ((EXPRESS_ROUTE, settings.express_route.gateway), (VPN, settings.vpn.gateway)):
        if gateway.existing is None:
            if gateway.sku is None and "sku" not in gateway.model_fields_set:
                yield SET_02(f"{path}.sku", "is required and not set; or say existing: {id}")
            continue
        here = f"{path}.existing.id"
        if isinstance(gateway, VpnGateway) and gateway.zones is not None:
            yield from zones.listed(f"{path}.zones", gateway.zones)
        if settings.network.existing is None:
            yield EXIST_12(here, "a gateway that is there is in a network that is there; name it in network.existing")
        elif settings.network.existing.gateway_subnet != "adopt":
            yield EXIST_12(here, "the gateway is in a GatewaySubnet that is there; say gatewaySubnet: adopt")
    if settings.serialize_gateways and settings.gateways_there:
        yield EXIST_11(
            "serializeGateways", "true, but a gateway is there already, so there is nothing to wait for; remove it"
        )


def own_problems(settings: Settings, own: Collection[Owned]) -> Iterator[Problem]:
    """Nothing that the stack has by its own state is said to be another's [EXIST-13]: it would be deleted.

    own: what the stack has by its own state.
    """
    names = Names(settings)
    had = {(one.type, one.name) for one in own}
    of_ids = {
        "network": ("VirtualNetwork", "hub", f"virtualNetworks/{names.virtual_network}"),
        "express_route_gateway": (
            *("VirtualNetworkGateway", "expressroute"),
            f"virtualNetworkGateways/{names.express_route_gateway}",
        ),
        "vpn_gateway": ("VirtualNetworkGateway", "vpn", f"virtualNetworkGateways/{names.vpn_gateway}"),
    }
    things = [(*said, *of_ids[field]) for field, said in existing_ids(settings).items()]
    for index, circuit in enumerate(settings.express_route.circuits):
        if circuit.existing:
            path = f"expressRoute.circuits[{index}].existing.id"
            physical = f"expressRouteCircuits/{names.circuit(circuit.name)}"
            things.append((path, circuit.existing.id, "ExpressRouteCircuit", circuit.name, physical))
    group = f"/resourceGroups/{settings.resource_group_name}/providers/Microsoft.Network"
    for path, id, type, logical, physical in things:
        if (type, logical) in had and id.lower().endswith(f"{group}/{physical}".lower()):
            yield EXIST_13(
                path,
                f"{id} is this stack's own, and would be deleted; leave existing out, or give it away first: `pulumi "
                f"state delete` with the URN of its {type} {logical}",
            )


def azure_problems(settings: Settings, there: Existing, own: Collection[Owned]) -> Iterator[Problem]:
    """What Azure has, against what is wanted of it: everything that can be seen before anything is made.

    own: what the stack has by its own state.
    """
    settings, network = with_existing(settings, there), there.network
    if network:
        yield from _of_network(settings, network, own)
    gateways: tuple[tuple[str, GatewayType, GatewayThere | None], ...] = (
        (EXPRESS_ROUTE, "ExpressRoute", there.express_route_gateway),
        (VPN, "Vpn", there.vpn_gateway),
    )
    for path, type, found in gateways:
        if found:
            yield from existing_gateways.fits(
                f"{path}.existing.id",
                found,
                type,
                network=network.id if network else None,
                # Of a network in another region it is told already.
                location=None if network and network.location else settings.location,
                location_path=LOCATION,
            )
    if found := there.vpn_gateway:
        for index, site in enumerate(settings.vpn.sites):
            if peer := site.bgp:
                path = f"vpn.sites[{index}].bgp"
                yield from existing_gateways.speaks_bgp(path, found.bgp)
                yield from apipa.other_instances(
                    f"{path}.gatewayAddresses",
                    peer.gateway_addresses,
                    peer.peer_address,
                    site.instance,
                    of_gateway=[[IPv4Address(text) for text in own] for own in found.apipa_addresses],
                )


def _of_network(settings: Settings, there: NetworkThere, own: Collection[Owned]) -> Iterator[Problem]:
    network, names = settings.network, Names(settings)
    adopt = bool(network.existing and network.existing.gateway_subnet == "adopt")
    yield from existing_network.hub(
        there,
        prefixes=network.address_space,
        gateway_subnet=network.gateway_subnet,
        own_gateways=names.gateways,
        adopt=adopt,
        location=settings.location,
        paths=PATHS,
    )
    subnets = {
        f"network.tiers[{index}].subnet": _Subnet(
            tier.name,
            names.subnet(tier.name),
            tier.subnet,
            [f"/networkSecurityGroups/{names.network_security_group(tier.name)} "],
            f"give the tier's another name: names.subnets.{tier.name}",
        )
        for index, tier in enumerate(network.tiers)
        if not tier.existing
    }
    used = {
        f"network.tiers[{index}].subnet": (tier.existing.id.rpartition("/")[2], tier.subnet)
        for index, tier in enumerate(network.tiers)
        if tier.existing
    }
    if network.management and network.management.bastion_subnet:
        subnets[f"{_MANAGEMENT}.bastionSubnet"] = _Subnet(
            "management",
            BASTION_SUBNET,
            network.management.bastion_subnet,
            [f"/bastionHosts/{names.bastion}/"],
            "leave out network.management and use the Bastion that is there",
        )
    if not adopt:
        subnets[PATHS.gateway_subnet] = _Subnet(
            "hub-gateway-subnet",
            GATEWAY_SUBNET,
            network.gateway_subnet,
            [f"/virtualNetworkGateways/{name}/" for name in names.gateways],
            "say gatewaySubnet: adopt",
        )
    yield from existing_network.apart(
        there, {**used, **{path: (one.name, one.prefix) for path, one in subnets.items()}}
    )
    made = {one.name for one in own if one.type == "Subnet"}
    for path, subnet in subnets.items():
        if subnet.logical not in made:
            yield from existing_network.not_made_again(
                path, there, subnet.name, subnet.way_out, fresh=not own, own=subnet.own
            )
    gateway = settings.vpn.gateway
    path = f"{VPN}.existing.id" if gateway.existing else f"{VPN}.activeActive"
    yield from existing_network.beside_route_server(path, there, active_active=gateway.active_active)


def _with(model: _M, **values: Any) -> _M:
    """A copy with other values; what was written in the settings stays known (`model_fields_set`)."""
    return type(model).model_construct(set(model.model_fields_set), **{**dict(model), **values})
