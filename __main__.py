"""ExpressRoute with VPN failover: the reference architecture, from a stack's settings to a deployed network.

One program, two phases. The first `pulumi up` makes all but what needs the provider: the site is online over the VPN
at once. When the provider has provisioned the circuit, `pulumi up` again makes the private peering and connects the
circuit, and traffic moves to ExpressRoute.
"""

import gc
from typing import Any

import pulumi
from pulumi.runtime import config as stack_config

from components import (
    ApplicationTier,
    ApplicationTierArgs,
    CircuitConnectionArgs,
    CircuitPhase,
    ExpressRouteCircuit,
    ExpressRouteCircuitArgs,
    ExpressRouteGateway,
    ExpressRouteGatewayArgs,
    HubNetwork,
    HubNetworkArgs,
    Management,
    ManagementArgs,
    PrivatePeeringArgs,
    ResourceGroup,
    ResourceGroupArgs,
    VpnGateway,
    VpnGatewayArgs,
    VpnSite,
    VpnSiteArgs,
    circuit_phase,
    gateway_change,
    missing_key,
    own_resources,
    warn,
)
from components.rules import errors, report
from topology import arguments
from topology.names import Names
from topology.reading import NAMESPACE, SECRET_KEYS, read_config, secret_map
from topology.summary import failover_of_the_refused, summary

# What is loaded now stays: no need to look through it for garbage while resources are registered. Once for a process:
# what a test's earlier run has left behind is garbage, and would stay too.
if not gc.get_freeze_count():
    gc.freeze()

# Settings: read and judged as a whole, before anything is registered.

configuration = {**stack_config.get_config_env(), **stack_config.CONFIG.get()}
settings, problems = read_config(configuration, [key for key in configuration if stack_config.is_config_secret(key)])
warn(problems)
if settings is None or errors(problems):
    text = report(errors(problems), f"The settings of stack {pulumi.get_stack()} cannot be deployed")
    raise pulumi.RunError(text + failover_of_the_refused(settings, problems))

EXPRESS_ROUTE = "expressroute"
"""Logical name of the ExpressRoute gateway's component, and so the begin of its connections' names."""

names = Names(settings)
protect = settings.protect
common: dict[str, Any] = {"location": settings.location, "tags": settings.tags}
secret_maps = {key: secret_map(configuration.get(f"{NAMESPACE}:{key}")) for key in SECRET_KEYS}


def secret(key: str, name: str, argument: str) -> dict[str, Any]:
    """The argument that takes one name's value in a secret map of the stack; nothing where the map has no such name."""
    values = secret_maps[key]
    return {argument: pulumi.Output.secret(values[name])} if name in values else {}


def protected(*waits_for: pulumi.Resource) -> pulumi.ResourceOptions:
    """Options of a component: protected as the settings say, and made after what it waits for."""
    return pulumi.ResourceOptions(protect=protect, depends_on=list(waits_for))


# How far each circuit is, and whether what Azure has can become what is wanted: asked before anything is registered, so
# that a lookup that fails changes nothing.

own = own_resources()
phases: dict[str, CircuitPhase] = {
    circuit.name: circuit_phase(
        circuit.connect,
        path=f"expressRoute.circuits[{index}]",
        order=arguments.order(circuit),
        resource_group_name=names.resource_group,
        circuit_name=names.circuit(circuit.name),
        connection_name=names.circuit_connection(circuit.name),
        circuit_component=circuit.name,
        connection=f"{EXPRESS_ROUTE}-{circuit.name}",
        private_peering=circuit.private_peering is not None,
        own=own,
    )
    for index, circuit in enumerate(settings.express_route.circuits)
}
refused = [problem for phase in phases.values() for problem in phase.problems]
refused += gateway_change(
    "expressRoute.gateway.sku",
    resource_group_name=names.resource_group,
    name=names.express_route_gateway,
    sku=settings.express_route.gateway.sku,
)
for index, circuit in enumerate(settings.express_route.circuits):
    keyless = not secret_maps["circuitAuthorizationKeys"].get(circuit.name)
    if circuit.existing and keyless and phases[circuit.name].connect:
        way_out = f"pulumi config set --secret --path 'circuitAuthorizationKeys.{circuit.name}'"
        refused += missing_key(f"expressRoute.circuits[{index}].existing.id", circuit.existing.id, way_out)
if refused:
    raise pulumi.RunError(report(refused, f"The settings of stack {pulumi.get_stack()} do not fit what Azure has"))

for circuit, phase in phases.items():
    if phase.moves_traffic:
        pulumi.log.warn(
            f"circuit {circuit} is provisioned and gets connected: live traffic moves to it, from the VPN if no other "
            "circuit is connected. On-premises must prefer ExpressRoute too, or it comes back another way than it "
            "went [ROUTE-10]"
        )

# Azure virtual network, with the subnet that both gateways share.

group = ResourceGroup(
    "network",
    ResourceGroupArgs(name=names.resource_group, existing=settings.resource_group.existing, **common),
    protected(),
)
common["resource_group_name"] = group.resource_group_name
hub = HubNetwork("hub", HubNetworkArgs(**common, **arguments.hub(settings, names)), protected())
inside_hub = {
    **common,
    "virtual_network_name": hub.virtual_network_name,
    "virtual_network_resource_group_name": hub.virtual_network_resource_group_name,
}
# Azure takes one subnet of a network at a time: each waits for the one before it.
last_subnet = hub.last

# Cloud application: its tiers, each with its subnet, network security group and internal load balancer.

tiers: dict[str, ApplicationTier] = {}
for tier in settings.network.tiers:
    tiers[tier.name] = ApplicationTier(
        tier.name,
        ApplicationTierArgs(**inside_hub, **arguments.tier(settings, names, tier)),
        protected(last_subnet),
    )
    last_subnet = tiers[tier.name].subnet

# Management: Azure Bastion, the administrators' only way in. Its subnet is the last, so that it is made, and deleted,
# at the same time as the gateways: all of them take long.

if settings.network.management:
    management = Management(
        "management",
        ManagementArgs(**inside_hub, **arguments.management(settings.network.management, names)),
        protected(last_subnet),
    )
    last_subnet = management.subnet

# ExpressRoute circuits: ordered when the network stands, since billing starts with the order; peered and connected when
# the provider has provisioned them.

circuits: dict[str, ExpressRouteCircuit] = {}
for circuit in settings.express_route.circuits:
    order = ExpressRouteCircuitArgs(**common, **arguments.circuit(names, circuit))
    if circuit.private_peering and phases[circuit.name].peer:
        order["private_peering"] = PrivatePeeringArgs(
            **arguments.private_peering(circuit.private_peering),
            **secret("peeringSharedKeys", circuit.name, "shared_key"),
        )
    circuits[circuit.name] = ExpressRouteCircuit(circuit.name, order, protected(last_subnet))

# ExpressRoute virtual network gateway, with a connection to every circuit that is ready.

express_route_gateway = ExpressRouteGateway(
    EXPRESS_ROUTE,
    ExpressRouteGatewayArgs(
        **common,
        **arguments.express_route_gateway(settings, names),
        gateway_subnet_id=hub.gateway_subnet_id,
        connections=[
            CircuitConnectionArgs(
                **arguments.circuit_connection(names, circuit),
                **secret("circuitAuthorizationKeys", circuit.name, "authorization_key"),
                circuit_id=circuits[circuit.name].circuit_id,
            )
            for circuit in settings.express_route.circuits
            if phases[circuit.name].connect
        ],
    ),
    protected(last_subnet),
)

# VPN virtual network gateway: beside the other one, or after it where the settings say so.

vpn_gateway = VpnGateway(
    "vpn",
    VpnGatewayArgs(**common, **arguments.vpn_gateway(settings, names), gateway_subnet_id=hub.gateway_subnet_id),
    protected(last_subnet, *([express_route_gateway.gateway] if settings.serialize_gateways else [])),
)

# VPN connections: each on-premises VPN appliance with its local network gateway and IPsec connection.

sites: dict[str, VpnSite] = {}
last_connection: list[pulumi.Resource] = []
for site in settings.vpn.sites:
    sites[site.name] = VpnSite(
        site.name,
        VpnSiteArgs(
            **common,
            **arguments.site(settings, names, site),
            **secret("vpnSharedKeys", site.name, "shared_key"),
            gateway_id=vpn_gateway.gateway_id,
            ip_configuration_ids=vpn_gateway.ip_configuration_ids,
        ),
        protected(*last_connection),
    )
    last_connection = [sites[site.name].connection]

# What the next person needs.

pulumi.export("resourceGroup", group.resource_group_name)
pulumi.export("virtualNetworkId", hub.virtual_network_id)
pulumi.export("gatewaySubnetId", hub.gateway_subnet_id)
pulumi.export(
    "tiers",
    {name: {"subnetId": tier.subnet_id, "backendPoolId": tier.backend_pool_id} for name, tier in tiers.items()},
)
pulumi.export(
    "expressRoute",
    {
        "gatewayId": express_route_gateway.gateway_id,
        "connectionIds": express_route_gateway.connection_ids,
        "circuits": {
            name: {
                "id": circuit.circuit_id,
                "providerState": phases[name].provider_state,
                "next": phases[name].next_step,
            }
            for name, circuit in circuits.items()
        },
    },
)
pulumi.export("serviceKeys", pulumi.Output.secret({name: circuit.service_key for name, circuit in circuits.items()}))
pulumi.export(
    "circuitAuthorizationKeys",
    pulumi.Output.secret({name: circuit.authorization_keys for name, circuit in circuits.items()}),
)
pulumi.export(
    "vpnGateway",
    {
        "id": vpn_gateway.gateway_id,
        "publicIps": vpn_gateway.public_ips,
        "bgpPeerAddresses": vpn_gateway.bgp_peer_addresses,
        "asn": vpn_gateway.asn,
    },
)
# The proof of the failover, from the settings alone: a change of it is a changed line of the preview.
pulumi.export("failover", summary(settings, [name for name, phase in phases.items() if phase.connect]))
pulumi.export("vpnConnectionIds", {name: site.connection_id for name, site in sites.items()})
