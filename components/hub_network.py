"""The hub virtual network with its GatewaySubnet."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any, NotRequired, TypedDict, cast

import pulumi
from pulumi_azure_native import network

from . import network_parts, virtual_network
from .application_tier import ApplicationTier, ApplicationTierArgs, TierInHubArgs
from .arguments import gated, judged, waits
from .base import NETWORK_MINUTES, Component
from .hub_peering import HubPeering, HubPeeringArgs, PeeringInHubArgs
from .management import Management, ManagementArgs, ManagementInHubArgs
from .network_state import find_network
from .route_table import RouteArgs, route_table
from .rules import existing_network
from .rules.names import GATEWAY_SUBNET
from .rules.there import ARGUMENTS
from .spoke import Spoke

_PEERING = "azure-native:network:VirtualNetworkPeering"


class HubNetworkArgs(TypedDict):
    """Arguments of HubNetwork."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of a new virtual network; an existing one stays in its own."""
    address_prefixes: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Required. The virtual network's address space, one prefix or several; of an existing one, as it is [EXIST-02]."""
    gateway_subnet_prefix: pulumi.Input[str]
    """Required. Prefix of GatewaySubnet, /27 or larger, shared by both gateways [GW-04]; it cannot grow later."""
    name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of a new virtual network; `vnet-` and the component's name by default."""
    existing_network_id: NotRequired[pulumi.Input[str]]
    """Optional. Use this virtual network instead of making one."""
    adopt_gateway_subnet: NotRequired[bool]
    """Optional. With an existing network: use its GatewaySubnet without owning it. Default false: one is made."""
    own_gateways: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Optional. Physical names of the gateways that this stack makes, and ids of those that it uses as they are: in an
    existing GatewaySubnet any other gateway is an error, unless all are there already [GW-03]."""
    gateway_subnet_routes: NotRequired[Sequence[RouteArgs]]
    """Optional. User-defined routes of a GatewaySubnet that is made; gateway route propagation stays on [GW-13]."""
    gateway_subnet_route_table_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of their table; `rt-` and the component's name by default."""
    dns_servers: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Optional. Custom DNS servers of a new network; they must forward to 168.63.129.16 [GW-16]."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. Azure region; the provider's by default, and that of an existing network [EXIST-01]."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of what is made."""


class HubNetwork(Component):
    """A virtual network, made here or existing, and its GatewaySubnet.

    Azure refuses two subnets of one network at once, so each tier or Bastion names what was before it in its
    `depends_on`, the first one this network [ORDER-06]. In Python `add_tier` and `add_management` see to that, `peer`
    joins spokes, and what is made without these methods (in another stack) starts at `last`.

    Raises pulumi.RunError for arguments that Azure would refuse, and for an existing network that does not fit;
    an Output that turns out wrong fails what it is given to (docs/components.md).
    """

    virtual_network_id: pulumi.Output[str]
    """Resource id of the network."""
    virtual_network_name: pulumi.Output[str]
    """Physical name of the network."""
    virtual_network_resource_group_name: pulumi.Output[str]
    """Resource group of the network."""
    virtual_network_prefixes: pulumi.Output[Sequence[str]]
    """Address space of the network, as it was given."""
    gateway_subnet_id: pulumi.Output[str]
    """Resource id of the GatewaySubnet."""

    def __init__(self, name: str, args: HubNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, HubNetworkArgs, args, network_parts.hub_network)
        super().__init__(name, args, opts)
        common = {"location": args.get("location"), "tags": args.get("tags")}
        adopted = bool(args.get("adopt_gateway_subnet"))
        existing = self._fitting(args) if "existing_network_id" in args else None
        found = virtual_network.existing(existing) if existing is not None else virtual_network.make(self, name, args)
        before = self._made = found.made
        self.virtual_network_id = found.id
        self.virtual_network_name = found.name
        self.virtual_network_resource_group_name = found.resource_group_name
        self.virtual_network_prefixes = pulumi.Output.from_input(cast(Any, args["address_prefixes"]))
        self.last: pulumi.Resource = self
        """The resource that the next subnet of this network waits for."""
        if existing is not None and adopted:
            self.gateway_subnet_id = pulumi.Output.concat(existing, f"/subnets/{GATEWAY_SUBNET}")
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
                    opts=self.child(depends_on=self.after(*before)),
                    **common,
                )
            self.last = network.Subnet(
                f"{name}-gateway-subnet",
                subnet_name=GATEWAY_SUBNET,
                virtual_network_name=self.virtual_network_name,
                resource_group_name=self.virtual_network_resource_group_name,
                address_prefix=args["gateway_subnet_prefix"],
                route_table=network.RouteTableArgs(id=table.id) if table else None,
                opts=self.child(depends_on=self.after(*before), minutes=NETWORK_MINUTES),
            )
            self.gateway_subnet_id = self.last.id
        self.register_outputs(
            {
                "virtualNetworkId": self.virtual_network_id,
                "virtualNetworkName": self.virtual_network_name,
                "virtualNetworkResourceGroupName": self.virtual_network_resource_group_name,
                "virtualNetworkPrefixes": self.virtual_network_prefixes,
                "gatewaySubnetId": self.gateway_subnet_id,
            }
        )
        self._inside = virtual_network.inside(args, found)
        self._last_peering: list[pulumi.Resource] = []

    def add_tier(self, name: str, args: TierInHubArgs, opts: pulumi.ResourceOptions | None = None) -> ApplicationTier:
        """One more tier in this network: where the hub's own things are, protected as they are."""
        tier = ApplicationTier(name, cast(ApplicationTierArgs, {**self._inside, **args}), self._next(opts))
        self.last = tier.subnet
        return tier

    def add_management(
        self, name: str, args: ManagementInHubArgs, opts: pulumi.ResourceOptions | None = None
    ) -> Management:
        """Azure Bastion in this network, as `add_tier` adds a tier."""
        inside = dict(self._inside)
        if args.get("bastion_subnet_prefix") is None:
            # What has no subnet is given the network itself [BAS-05].
            inside = {key: inside[key] for key in inside if not key.startswith("virtual_network")}
            inside["virtual_network_id"] = self.virtual_network_id
        management = Management(name, cast(ManagementArgs, {**inside, **args}), self._next(opts))
        self.last = getattr(management, "subnet", self.last)
        return management

    def peer(
        self,
        name: str,
        args: PeeringInHubArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        spoke: Spoke,
        gateways: Sequence[pulumi.Resource],
    ) -> HubPeering:
        """The peering with one more spoke, which then uses this network's gateways: where the hub is, protected as it
        is, the spoke's side with the spoke's own provider.

        gateways: both gateways of this network; the peering comes after them, and is replaced with them.
        """
        theirs = spoke.get_provider(_PEERING)
        if theirs is None and self.get_provider(_PEERING):
            raise pulumi.RunError(
                f"HubPeering {name!r}: the hub has a provider of its own and the Spoke has none, so the spoke's side "
                "would go to the hub's subscription; give the Spoke its provider, the hub's if they share one"
            )
        whole = {
            "hub_network_id": self.virtual_network_id,
            "hub_prefixes": self.virtual_network_prefixes,
            "spoke_network_id": spoke.virtual_network_id,
            "spoke_prefixes": spoke.virtual_network_prefixes,
            **({"spoke_provider": theirs} if theirs else {}),
            **args,
        }
        after = pulumi.ResourceOptions(
            depends_on=[self.last, spoke.last, *gateways, *self._last_peering],
            replace_with=[*self._made, *spoke.made, *gateways],
        )
        options = pulumi.ResourceOptions.merge(self.beside(opts), after)
        peering = HubPeering(name, cast(HubPeeringArgs, whole), options)
        self._last_peering = [peering.peering]
        return peering

    def _next(self, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
        return self.beside(opts, depends_on=[self.last])

    def _fitting(self, args: HubNetworkArgs) -> pulumi.Input[str]:
        """The existing network's id, once Azure was asked whether what is wanted fits it."""

        def check(known: Mapping[str, Any]) -> None:
            there, problems = find_network(known["id"], ARGUMENTS.id, pulumi.InvokeOptions(parent=self))
            if there:
                problems += existing_network.hub(
                    there,
                    prefixes=[IPv4Network(prefix) for prefix in known["prefixes"]],
                    gateway_subnet=IPv4Network(known["gateway_subnet"]),
                    own_gateways=known["own_gateways"] or [],
                    adopt=args.get("adopt_gateway_subnet", False),
                    location=known["location"],
                )
            self.refuse(problems)

        id = args.get("existing_network_id", "")
        needed: Any = {
            "id": id,
            "prefixes": args["address_prefixes"],
            "gateway_subnet": args["gateway_subnet_prefix"],
            "own_gateways": args.get("own_gateways", []),
            "location": args.get("location"),
        }
        if waits(needed):
            return gated(pulumi.Output.from_input(id), [pulumi.Output.from_input(needed).apply(check)])
        check(needed)
        return id
