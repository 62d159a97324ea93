"""What the policies ask of a resource, as functions of its type and its properties: no Pulumi in here.

Each yields what is wrong, a sentence with the way out. Properties have Azure's names. One that a preview does not know
yet is UNKNOWN: what it decides is left to the update, which knows, and the rest is judged. Azure takes its names and
SKUs in any case of letters, and so do these.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

GATEWAY, CONNECTION = "VirtualNetworkGateway", "VirtualNetworkGatewayConnection"
CIRCUIT, AUTHORIZATION = "ExpressRouteCircuit", "ExpressRouteCircuitAuthorization"
PATH = {GATEWAY: "gateway", CIRCUIT: "circuit", CONNECTION: "connection"}
"""What carries traffic and takes an hour, or weeks, to make again."""

UNKNOWN = object()
"""A property that a preview does not know yet."""
GATEWAY_SUBNET = "gatewaysubnet"
PLATFORM_SUBNETS = (
    GATEWAY_SUBNET,
    "azurebastionsubnet",
    "azurefirewallsubnet",
    "azurefirewallmanagementsubnet",
    "routeserversubnet",
)
"""Subnets of Azure's own services: no machine is in them, so default outbound access has no effect."""

SECRET_INPUTS = ("sharedKey", "authorizationKey", "serviceKey", "radiusServerSecret")
SECRET_OUTPUTS = {CIRCUIT: "serviceKey", AUTHORIZATION: "authorizationKey"}
"""Keys that Azure answers though nobody gave them: only `additional_secret_outputs` keeps them out of the state."""


def kind_of(resource_type: str) -> str:
    """`VirtualNetworkGateway` of `azure-native:network:VirtualNetworkGateway` and of each other version, also a local
    SDK's (`azure-native_network_v20240101:network:..`); empty for what is not of Azure's network."""
    found = re.fullmatch(r"azure-native(?:_\w+)?:network(?:/v\w+)?:(\w+)", resource_type)
    return found[1] if found else ""


def unprotected(kind: str, protect: bool) -> Iterator[str]:
    """A gateway, a circuit or a connection that a destroy or a replacement would not be refused of."""
    if kind in PATH and not protect:
        yield f"this {PATH[kind]} is not protected: set `protect` of the resource or of its component"


def basic_sku(kind: str, props: Mapping[str, Any]) -> Iterator[str]:
    """A SKU Basic where Azure retires it, or where it cannot stand beside ExpressRoute. Of a public address and a load
    balancer it is what Azure takes when nothing is said."""
    sku = props.get("sku") or {}
    if not isinstance(sku, Mapping):
        return
    if kind in ("PublicIPAddress", "LoadBalancer"):
        if _is(sku.get("name") or "Basic", "basic"):
            yield "its SKU is Basic, which Azure has retired: say sku.name Standard"
    elif kind in (GATEWAY, CIRCUIT) and (_is(sku.get("name"), "basic") or _is(sku.get("tier"), "basic")):
        better = "VpnGw1AZ or larger" if kind == GATEWAY else "sku.tier Standard or Premium"
        yield f"its SKU is Basic, which has no place beside the other path: say {better}"


def default_outbound(kind: str, props: Mapping[str, Any]) -> Iterator[str]:
    """A subnet whose machines reach the Internet by an address that nobody chose."""
    for path, name, subnet in _subnets(kind, props):
        access = subnet.get("defaultOutboundAccess")
        if name.casefold() not in PLATFORM_SUBNETS and access is not False and access is not UNKNOWN:
            yield f"{path} has default outbound access: say defaultOutboundAccess false, and give it its own way out"


def gateway_subnet_group(kind: str, props: Mapping[str, Any]) -> Iterator[str]:
    """A network security group on GatewaySubnet, where Azure supports none: gateways may stop working."""
    for path, name, subnet in _subnets(kind, props):
        group = subnet.get("networkSecurityGroup")
        if _is(name, GATEWAY_SUBNET) and group and group is not UNKNOWN:
            yield f"{path} has a network security group, and Azure supports none there: take it away"


def _is(value: Any, name: str) -> bool:
    """Whether a value is this name, which is in small letters."""
    return isinstance(value, str) and value.casefold() == name


def _subnets(kind: str, props: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The subnets of a resource, each with how it is called and its name: itself, or those inside a network. One whose
    name is not known yet is none."""
    subnets = props.get("subnets") or [] if kind == "VirtualNetwork" else [props] if kind == "Subnet" else []
    for subnet in subnets if isinstance(subnets, Sequence) else []:
        if isinstance(subnet, Mapping):
            name = subnet.get("subnetName") or subnet.get("name") or ""
            if isinstance(name, str):
                yield f"subnet {name}", name, subnet


def clear_outputs(kind: str, secret_outputs: Sequence[str]) -> Iterator[str]:
    """A key that Azure answers and that would stand in the state in clear."""
    if (name := SECRET_OUTPUTS.get(kind)) and name not in secret_outputs:
        yield f"its output {name} is not marked secret: name it in additional_secret_outputs"


def clear_inputs(value: Any, is_secret: Any, path: str = "") -> Iterator[str]:
    """The paths of keys that are given in clear. is_secret: whether a value is marked, as the caller's values are."""
    if is_secret(value):
        return
    if isinstance(value, Mapping):
        for name, item in value.items():
            here = f"{path}.{name}" if path else str(name)
            if name in SECRET_INPUTS and item and not is_secret(item):
                yield f"{here} is not marked secret: give it as pulumi.Output.secret(..) or config.require_secret(..)"
            else:
                yield from clear_inputs(item, is_secret, here)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, item in enumerate(value):
            yield from clear_inputs(item, is_secret, f"{path}[{index}]")


def both_paths(gateways: Iterable[Mapping[str, Any]]) -> bool:
    """Whether there is a gateway of ExpressRoute and one of VPN among these, by their properties."""
    kinds = [gateway.get("gatewayType") for gateway in gateways]
    return all(any(_is(found, kind) for found in kinds) for kind in ("expressroute", "vpn"))


def unmet_failover(outputs: Mapping[str, Any], needed: bool = False) -> Iterator[str]:
    """A stack whose proof does not meet what it requires of its failover. needed: whether it has to prove one; of
    another, no such output is nothing wrong."""
    failover = outputs.get("failover")
    said = failover.get("requirement") or "" if isinstance(failover, Mapping) else ""
    if UNKNOWN in (failover, said):
        return
    if re.search(r"\bnot met\b", str(said)):
        yield f"{said}: what is lost, and the ways out, are in the preview's output `failover` and its warnings"
    elif needed and not said:
        yield (
            "it has an ExpressRoute and a VPN gateway and does not say whether the one takes over for the other: "
            "export `failover`, with a `requirement` that is met or not met, as `topology.show.summary` makes it"
        )
