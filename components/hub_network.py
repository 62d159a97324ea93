"""The hub virtual network with its GatewaySubnet."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import NotRequired, TypedDict

import pulumi

from .base import Component, prefix, prefixes
from .lookup import find
from .route_table import RouteArgs, route_table
from .rules import Problem, existing_network, names, routes
from .rules import subnets as subnet_rules
from .sdk import authorization, network

_GATEWAY_SUBNET = "GatewaySubnet"
_NETWORK_MINUTES = 30


class HubNetworkArgs(TypedDict):
    """Arguments of HubNetwork."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of a new virtual network; an existing one stays in its own."""
    address_prefixes: Sequence[str]
    """Required. The virtual network's address space, one prefix or several; of an existing one, as it is."""
    gateway_subnet_prefix: str
    """Required. Prefix of GatewaySubnet, /27 or larger, shared by both gateways [GW-04]; it cannot grow later."""
    name: NotRequired[str]
    """Optional. Physical name of a new virtual network; `vnet-` and the component's name by default."""
    existing_network_id: NotRequired[str]
    """Optional. Use this virtual network instead of making one."""
    adopt_gateway_subnet: NotRequired[bool]
    """Optional. With an existing network: use its GatewaySubnet without owning it. Default false: one is made."""
    own_gateways: NotRequired[Sequence[str]]
    """Optional. Physical names of the gateways that this stack makes: in an existing GatewaySubnet any other gateway
    is an error [GW-03]."""
    gateway_subnet_routes: NotRequired[Sequence[RouteArgs]]
    """Optional. User-defined routes of the GatewaySubnet; gateway route propagation stays on [GW-13]."""
    gateway_subnet_route_table_name: NotRequired[str]
    """Optional. Physical name of their table; `rt-` and the component's name by default."""
    dns_servers: NotRequired[Sequence[str]]
    """Optional. Custom DNS servers of a new network; they must forward to 168.63.129.16 [GW-16]."""
    location: NotRequired[str]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[dict[str, str]]
    """Optional. Tags of what is made."""


class HubNetwork(Component):
    """A virtual network, made here or existing, and its GatewaySubnet.

    Other subnets are resources of their own (`ApplicationTier`, `Management`). Azure refuses two subnets of one network
    at once, so each is told to wait for the one before it with `depends_on`, starting at `last`.

    Raises pulumi.RunError for arguments that Azure would refuse, and for an existing GatewaySubnet that does not fit.
    """

    virtual_network_id: pulumi.Output[str]
    """Resource id of the network."""
    virtual_network_name: pulumi.Output[str]
    """Physical name of the network."""
    virtual_network_resource_group_name: pulumi.Output[str]
    """Resource group of the network."""
    gateway_subnet_id: pulumi.Output[str]
    """Resource id of the GatewaySubnet."""

    def __init__(self, name: str, args: HubNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.refuse(_problems(args))
        common = {"location": args.get("location"), "tags": args.get("tags")}
        existing = args.get("existing_network_id")
        if existing:
            parts = existing.split("/")
            self.virtual_network_id = pulumi.Output.from_input(existing)
            self.virtual_network_name = pulumi.Output.from_input(parts[8])
            self.virtual_network_resource_group_name = pulumi.Output.from_input(parts[4])
            waits: list[pulumi.Resource] = []
        else:
            dns = args.get("dns_servers")
            vnet = network.VirtualNetwork(
                name,
                virtual_network_name=args.get("name", f"vnet-{name}"),
                resource_group_name=args["resource_group_name"],
                address_space=network.AddressSpaceArgs(address_prefixes=list(args["address_prefixes"])),
                dhcp_options=network.DhcpOptionsArgs(dns_servers=list(dns)) if dns else None,
                opts=self.child(minutes=_NETWORK_MINUTES),
                **common,
            )
            self.virtual_network_id = vnet.id
            self.virtual_network_name = vnet.name
            self.virtual_network_resource_group_name = pulumi.Output.from_input(args["resource_group_name"])
            waits = [vnet]
        self.last: pulumi.Resource = self
        """The resource that the next subnet of this network waits for."""
        if existing and args.get("adopt_gateway_subnet"):
            self.gateway_subnet_id = pulumi.Output.from_input(f"{existing}/subnets/{_GATEWAY_SUBNET}")
        else:
            table = None
            if routes := args.get("gateway_subnet_routes"):
                table = route_table(
                    f"{name}-gateway-subnet",
                    args.get("gateway_subnet_route_table_name", f"rt-{name}-gateway-subnet"),
                    routes,
                    gateway_routes=True,
                    resource_group_name=args["resource_group_name"],
                    # A request for the network names this table too, as a part of the subnet [ORDER-07].
                    opts=self.child(depends_on=self.after(*waits)),
                    **common,
                )
            self.last = network.Subnet(
                f"{name}-gateway-subnet",
                subnet_name=_GATEWAY_SUBNET,
                virtual_network_name=self.virtual_network_name,
                resource_group_name=self.virtual_network_resource_group_name,
                address_prefix=args["gateway_subnet_prefix"],
                route_table=network.RouteTableArgs(id=table.id) if table else None,
                opts=self.child(depends_on=self.after(*waits), minutes=_NETWORK_MINUTES),
            )
            self.gateway_subnet_id = self.last.id
        self.register_outputs(
            {
                "virtualNetworkId": self.virtual_network_id,
                "virtualNetworkName": self.virtual_network_name,
                "virtualNetworkResourceGroupName": self.virtual_network_resource_group_name,
                "gatewaySubnetId": self.gateway_subnet_id,
            }
        )


def _problems(args: HubNetworkArgs) -> Iterator[Problem]:
    if name := args.get("name"):
        yield from names.resource("name", name, names.MAX_NETWORK_NAME)
    yield from routes.dns("dns_servers", list(args.get("dns_servers", [])))
    space = prefixes(args["address_prefixes"])
    wanted = prefix(args["gateway_subnet_prefix"])
    yield from subnet_rules.address_space("address_prefixes", space)
    if wanted and len(space) == len(args["address_prefixes"]):
        yield from subnet_rules.subnets(space, {"gateway_subnet_prefix": wanted}, "address_prefixes")
        # Which gateways will come is not known here: a VPN gateway is content with the smallest.
        yield from subnet_rules.gateway_subnet("gateway_subnet_prefix", wanted, express_route_sku=None, vpn=True)
        yield from _route_problems(args.get("gateway_subnet_routes", []), wanted)
    if existing := args.get("existing_network_id"):
        yield from _existing_problems(args, existing)


def _route_problems(given: Sequence[RouteArgs], subnet: IPv4Network) -> Iterator[Problem]:
    destinations = prefixes(route["prefix"] for route in given)
    yield from routes.table("gateway_subnet_routes", [route["name"] for route in given], destinations)
    for index, (route, destination) in enumerate(zip(given, destinations, strict=True)):
        path = f"gateway_subnet_routes[{index}].prefix"
        yield from routes.gateway_subnet_route(
            path, destination, route["next_hop_type"], subnet, "gateway_subnet_prefix"
        )


def _existing_problems(args: HubNetworkArgs, existing: str) -> Iterator[Problem]:
    """What Azure has in the existing network, against what is asked for: lookups, at preview too."""
    parts = existing.split("/")
    account = find("this account's subscription", authorization.get_client_config)
    virtual_network = find(
        "the existing virtual network",
        network.get_virtual_network,
        resource_group_name=parts[4],
        virtual_network_name=parts[8],
    )
    unusable = list(
        existing_network.network(
            "existing_network_id",
            existing,
            subscription=account.subscription_id if account else "",
            there=virtual_network is not None,
        )
    )
    yield from unusable
    if unusable:
        return
    subnet = find(
        "the GatewaySubnet",
        network.get_subnet,
        resource_group_name=parts[4],
        virtual_network_name=parts[8],
        subnet_name=_GATEWAY_SUBNET,
    )
    there = subnet and prefix(subnet.address_prefix or (subnet.address_prefixes or [None])[0])
    users = [(user.id or "").split("/ipConfigurations/")[0] for user in (subnet and subnet.ip_configurations) or []]
    yield from existing_network.gateway_subnet(
        parts[8],
        there,
        prefix(args["gateway_subnet_prefix"]),
        sorted({user for user in users if "/virtualnetworkgateways/" in user.lower()}),
        own_gateways=args.get("own_gateways", []),
        adopt=args.get("adopt_gateway_subnet", False),
    )
