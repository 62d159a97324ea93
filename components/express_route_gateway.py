"""The ExpressRoute virtual network gateway and its connections to circuits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import network

from . import gateway_parts
from .arguments import judged
from .base import CONNECTION_MINUTES, GATEWAY_MINUTES, Component
from .existing_gateway import ExistingGateway
from .rules import ArgumentPath, Problem, at, gateways
from .rules.there import GatewayThere


class CircuitConnectionArgs(TypedDict):
    """The gateway's connection to one circuit."""

    name: str
    """Required. Part of the connection's logical name, once in its gateway."""
    circuit_id: pulumi.Input[str]
    """Required. Resource id of a circuit that its provider has provisioned and that has its private peering."""
    peering_location: NotRequired[pulumi.Input[str]]
    """Optional. The circuit's peering location: a network takes four circuits from one place [ER-03]."""
    physical_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name; `con-`, the component's and the connection's name by default."""
    authorization_key: NotRequired[pulumi.Input[str]]
    """Conditional. For a circuit of another subscription; kept as a secret."""
    routing_weight: NotRequired[pulumi.Input[int]]
    """Optional. 0 to 32000, the higher is preferred among circuits [CONN-05]. Default 0."""
    fast_path: NotRequired[pulumi.Input[bool]]
    """Optional. Let traffic pass the gateway by, where its SKU allows it [ER-04]. Default false."""


class ExpressRouteGatewayArgs(TypedDict):
    """Arguments of ExpressRouteGateway."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of what is made: the gateway and its connections."""
    gateway_subnet_id: pulumi.Input[str]
    """Required. Resource id of the GatewaySubnet, in whose network an existing gateway has to be [EXIST-12]."""
    existing_id: NotRequired[pulumi.Input[str]]
    """Conditional. A gateway that is there already, instead of one with a `sku`: it is connected, and neither changed
    nor destroyed."""
    sku: NotRequired[str]
    """Conditional. ErGw1AZ (1 Gbps), ErGw2AZ (2 Gbps), ErGw3AZ (10 Gbps) or ErGwScale (1 Gbps a scale unit), of a
    gateway that is made. Azure changes it in place only to a larger one [ER-07]."""
    min_scale_units: NotRequired[pulumi.Input[int]]
    """Conditional. Scale units, 1 to 40; with ErGwScale."""
    max_scale_units: NotRequired[pulumi.Input[int]]
    """Conditional. Scale units, 1 to 40, equal to the least for a fixed size; with ErGwScale [ER-05]."""
    gateway_subnet_prefix: NotRequired[pulumi.Input[str]]
    """Optional. Prefix of the GatewaySubnet, to judge whether it is large enough for the SKU and the circuits [GW-04,
    GW-07, GW-08]."""
    alone: NotRequired[bool]
    """Optional. The network has no VPN gateway, and gets none. Default false."""
    connections: NotRequired[Sequence[CircuitConnectionArgs]]
    """Optional. Circuits to connect."""
    public_ip_id: NotRequired[pulumi.Input[str]]
    """Optional. A Standard, static public address, for the places that still want one of the customer's. By default
    Microsoft manages the address [PIP-09]."""
    name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name; `vgw-` and the component's name by default."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of the gateway and its connections."""


class ExpressRouteGateway(Component):
    """An ExpressRoute gateway, made here or existing, with a connection for each circuit.

    An existing one is looked up, at preview too, and what Azure says of it is judged; only its connections are made.
    Creating one takes about 45 minutes. It waits for the component's `depends_on`, which should name the network's last
    subnet.

    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    gateway_id: pulumi.Output[str]
    """Resource id of the gateway."""
    connection_ids: pulumi.Output[dict[str, str]]
    """Connection name -> resource id."""

    def __init__(self, name: str, args: ExpressRouteGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, ExpressRouteGatewayArgs, args, gateway_parts.express_route_gateway)
        super().__init__(name, args, opts)
        connections = args.get("connections", [])
        if "existing_id" in args:
            fast_paths = [connection.get("fast_path", False) for connection in connections]
            self.gateway_id = ExistingGateway(self, args, "ExpressRoute", _carries, fast_paths).id
        else:
            self.gateway = self._make(name, args)
            """The gateway that is made, for what must wait for it; an existing one is no resource of the program."""
            self.gateway_id = self.gateway.id
        # What is made waits for the network by its gateway.
        previous: list[pulumi.Resource] = self.after() if "existing_id" in args else []
        ids: dict[str, pulumi.Output[str]] = {}
        for connection in connections:
            made = self._connection(name, args, connection, previous)
            # Azure takes one connection at a time on a gateway [ORDER-04].
            previous = [made]
            ids[connection["name"]] = made.id
        self.connection_ids = pulumi.Output.all(**ids) if ids else pulumi.Output.from_input({})
        self.register_outputs({"gatewayId": self.gateway_id, "connectionIds": self.connection_ids})

    def _make(self, name: str, args: ExpressRouteGatewayArgs) -> network.VirtualNetworkGateway:
        sku = args.get("sku", "")
        scale = None
        if sku == "ErGwScale":
            scale = network.VirtualNetworkGatewayAutoScaleConfigurationArgs(
                bounds=network.VirtualNetworkGatewayAutoScaleBoundsArgs(
                    min=args.get("min_scale_units"), max=args.get("max_scale_units")
                )
            )
        public_ip = args.get("public_ip_id")
        return network.VirtualNetworkGateway(
            name,
            virtual_network_gateway_name=args.get("name", f"vgw-{name}"),
            resource_group_name=args["resource_group_name"],
            location=args.get("location"),
            gateway_type="ExpressRoute",
            sku=network.VirtualNetworkGatewaySkuArgs(name=sku, tier=sku),
            auto_scale_configuration=scale,
            ip_configurations=[
                network.VirtualNetworkGatewayIPConfigurationArgs(
                    name="default",
                    private_ip_allocation_method="Dynamic",
                    subnet=network.SubResourceArgs(id=args["gateway_subnet_id"]),
                    public_ip_address=network.SubResourceArgs(id=public_ip) if public_ip else None,
                )
            ],
            tags=args.get("tags"),
            opts=self.child(
                depends_on=self.after(),
                minutes=GATEWAY_MINUTES,
                replace_on_changes=["gateway_type"],
                delete_before_replace=True,
            ),
        )

    def _connection(
        self,
        name: str,
        args: ExpressRouteGatewayArgs,
        connection: CircuitConnectionArgs,
        previous: Sequence[pulumi.Resource],
    ) -> network.VirtualNetworkGatewayConnection:
        logical = f"{name}-{connection['name']}"
        return network.VirtualNetworkGatewayConnection(
            logical,
            virtual_network_gateway_connection_name=connection.get("physical_name", f"con-{logical}"),
            resource_group_name=args["resource_group_name"],
            location=args.get("location"),
            connection_type="ExpressRoute",
            virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=self.gateway_id),
            peer=network.SubResourceArgs(id=connection["circuit_id"]),
            authorization_key=connection.get("authorization_key"),
            routing_weight=connection.get("routing_weight", 0),
            express_route_gateway_bypass=connection.get("fast_path", False),
            tags=args.get("tags"),
            opts=self.child(
                depends_on=previous,
                minutes=CONNECTION_MINUTES,
                additional_secret_outputs=["authorization_key", "shared_key"],
                # Azure fixes what a connection joins when it is made [CONN-02], and deletes no gateway that still has
                # connections [DELETE-01].
                replace_on_changes=["peer", "virtual_network_gateway1"],
                delete_before_replace=True,
            ),
        )


def _carries(gateway: GatewayThere, fast_paths: Sequence[bool]) -> Iterator[Problem]:
    """An existing gateway takes the connections: whether each has FastPath is said."""
    path = ArgumentPath("connections")
    yield from gateways.circuits(path, gateway.sku, gateway.min_scale_units, count=len(fast_paths))
    for index, wanted in enumerate(fast_paths):
        here = at(ArgumentPath(f"{path}[{index}]"), "fast_path")
        yield from gateways.fast_path(here, bool(wanted), gateway.sku, gateway.min_scale_units)
