"""Virtual networks, their subnets and peerings."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from simulator import prefixes
from simulator.errors import fail
from simulator.prefixes import Network
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.resources.bastion_groups import BASTION_SUBNET, refuse_incomplete
from simulator.resources.peerings import KINDS as PEERINGS
from simulator.resources.peerings import refuse_overlap, spaces
from simulator.store import Json, Record

GATEWAY_SUBNET = "GatewaySubnet"
WITHOUT_GROUP = (GATEWAY_SUBNET, "AzureFirewallSubnet", "AzureFirewallManagementSubnet")
"""Subnets that the landing zones' policy Deny-Subnet-Without-Nsg leaves out (BAS-11); Bastion's is none of them."""
SMALLEST_SUBNET = 29
"""Azure's smallest IPv4 subnet: five of its eight addresses are Azure's own (NSG-02)."""


def ranges(subnet: Json, id: str) -> list[Network]:
    """A subnet's address prefixes."""
    texts = subnet.get("addressPrefixes") or [subnet[name] for name in ("addressPrefix",) if subnet.get(name)]
    return [prefixes.read(text, id) for text in texts]


def users(cloud: AnyCloud, subnet_id: str) -> list[str]:
    """Ids of the ip configurations that sit in a subnet."""
    found = []
    for name, lists in (
        ("VirtualNetworkGateway", "ipConfigurations"),
        ("BastionHost", "ipConfigurations"),
        ("LoadBalancer", "frontendIPConfigurations"),
    ):
        for record in cloud.find(name):
            for config in record.body.get(lists) or []:
                if (config.get("subnet") or {}).get("id", "").lower() == subnet_id.lower():
                    found.append(config["id"])
    return found


def refuse_held(request: Request, network: str) -> None:
    """ORDER-09: a gateway being changed keeps others off its network, where the option says so."""
    cloud = request.cloud
    if not cloud.options.gateway_holds_vnet:
        return
    for operation in cloud.store.open_operations():
        gateway = cloud.store.get(operation.key)
        if gateway is not None and gateway.token.endswith(":VirtualNetworkGateway"):
            configs = gateway.body.get("ipConfigurations") or []
            if any(network.lower() in (config.get("subnet") or {}).get("id", "").lower() for config in configs):
                raise fail("RetryableError", operation=operation.name, target=gateway.id, retry_s=14, retry_after_s=14)


@dataclass(frozen=True)
class VirtualNetwork(Kind):
    """A virtual network. A PUT without `subnets` keeps the subnets; a PUT with them makes it so."""

    def holds(self, request: Request) -> frozenset[str]:
        return frozenset({request.id.lower()})

    def check(self, request: Request) -> None:
        refuse_held(request, request.id)
        nets = spaces(request.inputs, request.id)
        # In order of their addresses, a prefix that overlaps any other overlaps its neighbour.
        ordered = sorted(nets, key=lambda net: (net.version, int(net.network_address), net.prefixlen))
        for first, second in itertools.pairwise(ordered):
            if prefixes.overlap(first, second):
                raise fail("CodeUnknown_VNET", first=first, second=second, vnet=request.rid.name)
        refuse_overlap(request, nets)
        if "subnets" not in request.inputs:
            for child in request.cloud.store.find(parent=request.id):
                for net in ranges(child.body, child.id) if child.token.endswith(":Subnet") else []:
                    if not prefixes.inside(net, nets):
                        raise fail("NetcfgSubnetRangeOutsideVnet", subnet=child.name, vnet=request.rid.name)

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        changing = any(record.key in operation.holds for operation in cloud.store.open_operations())
        if changing and record.state == "Succeeded":
            body["provisioningState"] = "Updating"
        return body | {"resourceGuid": cloud.store.derive_uuid("guid", record.key, record.born)}

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        for child in cloud.store.find(parent=record.key):
            if child.token.endswith(":Subnet"):
                refuse_used(cloud, child)


def refuse_used(cloud: AnyCloud, subnet: Record) -> None:
    """DELETE-03: a subnet with something in it stays."""
    if found := users(cloud, subnet.key):
        raise fail("InUseSubnetCannotBeDeleted", subnet=subnet.name, user=found[0])


@dataclass(frozen=True)
class Subnet(Kind):
    """A subnet; one of a virtual network changes at a time (ORDER-06)."""

    def holds(self, request: Request) -> frozenset[str]:
        return frozenset({request.id.lower(), request.rid.parent.lower()})

    def holds_delete(self, cloud: AnyCloud, record: Record) -> frozenset[str]:
        return frozenset({record.key, record.parent})

    def check(self, request: Request) -> None:
        cloud, name = request.cloud, request.rid.name
        guarded = request.inputs.get("networkSecurityGroup") or name in WITHOUT_GROUP
        if cloud.options.subnets_need_security_groups and not guarded:
            raise fail("RequestDisallowedByPolicy", name=name, policy="Deny-Subnet-Without-Nsg")
        refuse_held(request, request.rid.parent)
        network = cloud.store.get(request.rid.parent)
        assert network is not None
        nets = ranges(request.inputs, request.id)
        wrong = fail("NetcfgInvalidSubnet", subnet=name, vnet=network.name)
        if not nets:
            raise wrong
        for net in nets:
            if not prefixes.inside(net, spaces(network.body, network.id)):
                raise fail("NetcfgSubnetRangeOutsideVnet", subnet=name, vnet=network.name)
            if net.version == 4 and net.prefixlen > SMALLEST_SUBNET:
                raise wrong
        for other in _siblings(request):
            for taken in ranges(other.body, other.id):
                if any(prefixes.overlap(net, taken) for net in nets):
                    raise fail("NetcfgSubnetRangesOverlap", subnet=name, vnet=network.name)
        old = ranges(request.before, request.id) if request.old else []
        if old and old != nets and users(cloud, request.id):
            raise fail("InUsePrefixCannotBeDeleted", prefix=old[0], subnet=name)
        self._check_attached(request)

    def _check_attached(self, request: Request) -> None:
        group = (request.inputs.get("networkSecurityGroup") or {}).get("id")
        network = request.cloud.store.get(request.rid.parent)
        for name in ("networkSecurityGroup", "routeTable"):
            near = request.record(request.inputs.get(name))
            if near and network and near.body.get("location") != network.body.get("location"):
                raise fail("InvalidResourceReference", target=near.id, id=request.id)
        if request.rid.name == GATEWAY_SUBNET and group:
            raise fail("NetworkSecurityGroupCannotBeAttachedToGatewaySubnet", nsg=group, subnet=request.id)
        guard = request.record(request.inputs.get("networkSecurityGroup"))
        if guard is not None and request.rid.name == BASTION_SUBNET:
            refuse_incomplete(request.cloud, guard)
        table = request.record(request.inputs.get("routeTable"))
        if table is not None and request.rid.name == BASTION_SUBNET:
            raise fail("RouteTableCannotBeAttachedForAzureBastionSubnet", table=table.name, subnet=BASTION_SUBNET)
        if table is not None:
            refuse_default_route(request.cloud, table, request.rid.name, request.id)

    def body(self, request: Request) -> Json:
        body = super().body(request)
        for name in ("networkSecurityGroup", "routeTable", "natGateway"):
            if body.get(name):
                body[name] = {"id": body[name]["id"]}
        return body

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        if found := users(cloud, record.key):
            body["ipConfigurations"] = [{"id": id} for id in found]
        return body

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        refuse_used(cloud, record)


def refuse_default_route(
    cloud: AnyCloud, table: Record, subnet_name: str, subnet_id: str, *, adding: bool = False
) -> None:
    """GW-12: no route 0.0.0.0/0 where a gateway lives. `adding`: one is about to be added."""
    routes = [child.body.get("addressPrefix") for child in cloud.store.find(parent=table.key)]
    if subnet_name == GATEWAY_SUBNET and (adding or "0.0.0.0/0" in routes):
        raise fail("VirtualNetworkGatewaySubnetRouteTableCannotHaveDefaultRoute", table=table.id, subnet=subnet_id)


def _siblings(request: Request) -> Iterator[Record]:
    for record in request.cloud.store.find(token=request.kind.token, parent=request.rid.parent):
        if record.key != request.id.lower():
            yield record


KINDS = (
    VirtualNetwork(
        "azure-native:network:VirtualNetwork",
        "Microsoft.Network/virtualNetworks",
        ("virtualNetworkName",),
        "VirtualNetwork",
        inline=(
            ("subnets", "azure-native:network:Subnet"),
            ("virtualNetworkPeerings", "azure-native:network:VirtualNetworkPeering"),
        ),
        keeps_inline=True,
        defaults={"enableDdosProtection": False, "privateEndpointVNetPolicies": "Disabled"},
        replaces=("location",),
    ),
    Subnet(
        "azure-native:network:Subnet",
        "Microsoft.Network/virtualNetworks/subnets",
        ("virtualNetworkName", "subnetName"),
        "Subnet",
        defaults={
            "delegations": [],
            # Published answers of gateways' networks have both lists, empty.
            "serviceEndpoints": [],
            "privateEndpointNetworkPolicies": "Disabled",
            "privateLinkServiceNetworkPolicies": "Enabled",
        },
    ),
    *PEERINGS,
)
