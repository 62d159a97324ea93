"""ExpressRoute with VPN failover: the reference architecture, from a stack's settings to a deployed network.

One program, two phases. The first `pulumi up` makes all but what needs the provider: the site is online over the VPN
at once. When the provider has provisioned the circuit, `pulumi up` again makes the private peering and connects the
circuit, and traffic moves to ExpressRoute.

`topology.settings.arguments` has what the settings say of each component, under the names of its arguments; here stands
what the components give each other.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

import pulumi

from components import (
    CircuitConnectionArgs,
    ExpressRouteCircuit,
    ExpressRouteCircuitArgs,
    ExpressRouteGateway,
    ExpressRouteGatewayArgs,
    HubNetwork,
    HubNetworkArgs,
    ManagementInHubArgs,
    PeeringInHubArgs,
    PrivatePeeringArgs,
    ResourceGroup,
    ResourceGroupArgs,
    SiteAtGatewayArgs,
    Spoke,
    SpokeArgs,
    TierInHubArgs,
    VpnGateway,
    VpnGatewayArgs,
    find_existing,
    in_subscription,
    keeps_generation,
    own_resources,
    stack_state,
    warn,
)
from components.rules import Problem, errors, report
from components.rules.there import Existing
from topology.reading import KEYS, keeps_old_type_aliases, read_config, secret_maps
from topology.settings import arguments
from topology.settings.asked import EXPRESS_ROUTE, MANAGEMENT, VPN, asked
from topology.settings.cloud import with_cloud
from topology.settings.judge_existing import azure_problems, existing_ids, own_problems
from topology.settings.model import Settings
from topology.settings.names import GROUP, Names
from topology.show.summary import failover_of_the_refused, summary
from topology.under_way import file_of, under_way


def current_types_alone(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    """Leaves out the older, versioned type names that azure-native gives each resource as aliases, about 60 of them.

    They are a third of a preview's time, and matter only to a state that azure-native 2 or older has written.
    """
    old = [alias for alias in args.opts.aliases or () if str(getattr(alias, "type_", "")).startswith("azure-native:")]
    args.opts.aliases = [alias for alias in args.opts.aliases or () if alias not in old] or None
    return pulumi.ResourceTransformationResult(args.props, args.opts)


def leaves_tags(names: Sequence[str]) -> Callable[..., pulumi.ResourceTransformationResult]:
    """Leaves tags of these names alone, on everything that has tags."""
    paths = [f"tags[{json.dumps(name)}]" for name in names]

    def left_alone(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        if args.type_.startswith("azure-native:") and args.props.get("tags") is not None:
            args.opts.ignore_changes = [*(args.opts.ignore_changes or []), *paths]
        return pulumi.ResourceTransformationResult(args.props, args.opts)

    return left_alone


# Settings: read and judged as a whole, before anything is registered. A key that nobody knows is a slip, so all of them
# are read, not only the known ones.

given = {key: pulumi.runtime.get_config(key) for key in (*KEYS, *pulumi.runtime.get_config_env())}
configuration = {key: value for key, value in given.items() if value is not None}
secret_keys = [key for key in configuration if pulumi.runtime.is_config_secret(key)]
refused: list[Problem] = []


def ask_azure(settings: Settings) -> Existing | None:
    """What Azure says of the network and the gateways that are there already; None where they are not what is wanted.

    The proof needs to know them, so they are asked about before it.
    """
    there, problems = find_existing(existing_ids(settings))
    refused.extend([*problems, *azure_problems(settings, there, own_resources())])
    return None if errors(refused) else there


settings, problems = read_config(with_cloud(configuration), secret_keys, ask_azure)
warn(problems)
if settings is None or errors(problems):
    text = report(errors(problems), f"The settings of stack {pulumi.get_stack()} cannot be deployed")
    raise pulumi.RunError(text + failover_of_the_refused(settings, problems))

if not keeps_old_type_aliases(configuration):
    pulumi.runtime.register_stack_transformation(current_types_alone)

# While a drill or a new key is under way on the live network, from this machine, no update begins. A dead one's record
# stops nobody: an update that refreshes is a way back.

if found := under_way(file_of(pulumi.get_stack(), settings.resource_group_name)):
    if found.lives and not pulumi.runtime.is_dry_run():
        raise pulumi.RunError(f"`{found.command}` is under way on this stack (process {found.pid}): wait for its end")
    ended = "ended before its end: run it with --restore, or update with --refresh"
    told = {True: "is under way", False: ended, None: f"is under way, or {ended}"}[found.lives]
    pulumi.log.warn(f"`python -m operations {found.command}` {told}")

names = Names(settings)
protect = settings.protect
vpn_shared_keys, circuit_authorization_keys, peering_shared_keys = secret_maps(configuration)


def secret(argument: str, value: str | None) -> dict[str, Any]:
    """The argument that takes a secret of the stack; nothing where there is none."""
    return {} if value is None else {argument: pulumi.Output.secret(value)}


def protected(*after: pulumi.Resource) -> pulumi.ResourceOptions:
    """Options of a component: protected as the settings say, and made after what it waits for."""
    return pulumi.ResourceOptions(protect=protect, depends_on=list(after))


# Tags that others set, such as a policy, stay as a refresh has found them.

if settings.ignore_tags:
    pulumi.runtime.register_stack_transformation(leaves_tags(settings.ignore_tags))

# How far each circuit is, whether what Azure has can become what is wanted, and which zones it keeps: asked before
# anything is registered, so that a lookup that fails changes nothing.

own = own_resources()
azure = stack_state(own, **asked(settings, names, circuit_authorization_keys))
phases = azure.phases
refused += [*own_problems(settings, own), *azure.problems]
warn(refused)
if stopping := errors(refused):
    raise pulumi.RunError(report(stopping, f"The settings of stack {pulumi.get_stack()} do not fit what Azure has"))

for circuit, phase in phases.items():
    if phase.moves_traffic:
        pulumi.log.warn(
            f"circuit {circuit} is provisioned and gets connected: live traffic moves to it, from the VPN if no other "
            "circuit is connected. On-premises must prefer ExpressRoute too, or it comes back another way than it "
            "went [ROUTE-10]"
        )

if azure.moved:
    pulumi.log.warn(
        f"gateway {names.vpn_gateway} is of Generation2 in Azure, to which Microsoft moves gateways by itself; it "
        "stays so, whatever the settings say [VPN-09]"
    )

# The resource group of everything that this stack makes, and those of spokes that bring their own: in the subscription
# that a spoke names.

places = {
    spoke.name: pulumi.ResourceOptions(
        protect=protect, provider=in_subscription(spoke.name, arguments.spoke_subscription(spoke))
    )
    for spoke in settings.network.spokes
}
groups = {
    name: ResourceGroup(name, ResourceGroupArgs(**group), places.get(name, protected()))
    for name, group in arguments.resource_groups(settings, GROUP).items()
}
group = groups[GROUP]

# Azure virtual network, with the subnet that both gateways share.

hub = HubNetwork(
    "hub",
    HubNetworkArgs(**arguments.hub(settings, names), resource_group_name=group.resource_group_name),
    protected(),
)

# Spokes: virtual networks of their own, which will use this network's gateways.

spokes = {
    spoke.name: Spoke(
        spoke.name,
        cast(
            SpokeArgs,
            {
                "resource_group_name": groups.get(spoke.name, group).resource_group_name,
                **arguments.spoke(settings, names, spoke),
            },
        ),
        places[spoke.name],
    )
    for spoke in settings.network.spokes
}

# Cloud application: its tiers, each with its subnet, network security group and internal load balancer.

tiers = {
    name: spokes.get(spoke, hub).add_tier(name, TierInHubArgs(**tier))
    for spoke, name, tier in arguments.tiers(settings, names)
}

# Management: Azure Bastion, the administrators' only way in. Its subnet is the last, so that it is made, and deleted,
# at the same time as the gateways: all of them take long.

bastion = None
if management := settings.network.management:
    bastion = hub.add_management(MANAGEMENT, ManagementInHubArgs(**arguments.management(settings, names, management)))

# ExpressRoute circuits: ordered when the network stands, since billing starts with the order; peered and connected when
# the provider has provisioned them.

circuits: dict[str, ExpressRouteCircuit] = {}
for circuit in settings.express_route.circuits:
    order = ExpressRouteCircuitArgs(
        **arguments.circuit(settings, names, circuit), resource_group_name=group.resource_group_name
    )
    if circuit.private_peering and phases[circuit.name].peer:
        order["private_peering"] = PrivatePeeringArgs(
            **arguments.private_peering(circuit.private_peering),
            **secret("shared_key", peering_shared_keys.get(circuit.name)),
        )
    circuits[circuit.name] = ExpressRouteCircuit(circuit.name, order, protected(hub.last))

# ExpressRoute virtual network gateway, with a connection to every circuit that is ready.

express_route_gateway = ExpressRouteGateway(
    EXPRESS_ROUTE,
    ExpressRouteGatewayArgs(
        **arguments.express_route_gateway(settings, names),
        resource_group_name=group.resource_group_name,
        gateway_subnet_id=hub.gateway_subnet_id,
        connections=[
            CircuitConnectionArgs(
                **arguments.circuit_connection(names, circuit),
                **secret("authorization_key", circuit_authorization_keys.get(circuit.name)),
                circuit_id=circuits[circuit.name].circuit_id,
            )
            for circuit in settings.express_route.circuits
            if phases[circuit.name].connect
        ],
    ),
    protected(hub.last),
)

# VPN virtual network gateway: beside the other one, or after it where the settings say so.

vpn_gateway = VpnGateway(
    VPN,
    VpnGatewayArgs(
        **arguments.vpn_gateway(settings, names),
        resource_group_name=group.resource_group_name,
        gateway_subnet_id=hub.gateway_subnet_id,
    ),
    pulumi.ResourceOptions.merge(
        protected(hub.last, *([express_route_gateway.gateway] if settings.serializes else [])),
        pulumi.ResourceOptions(transformations=[keeps_generation] if azure.moved else None),
    ),
)

# VPN connections: each on-premises VPN appliance with its local network gateway and IPsec connection.

sites = {
    site.name: vpn_gateway.connect(
        site.name,
        SiteAtGatewayArgs(
            **arguments.site(settings, names, site),
            shared_key=pulumi.Output.secret(vpn_shared_keys[site.name]),
        ),
    )
    for site in settings.vpn.sites
}

# Peerings: each spoke uses both gateways, and is reached through them.

made_here = (
    *([] if settings.express_route.gateway.existing else [express_route_gateway.gateway]),
    *([] if settings.vpn.gateway.existing else [vpn_gateway.gateway]),
)
for spoke in settings.network.spokes:
    hub.peer(
        spoke.name,
        PeeringInHubArgs(**arguments.peering(names, spoke)),
        spoke=spokes[spoke.name],
        gateways=made_here,
    )

# Maintenance: a daily window for each gateway, one when the other's is over. What few stacks want is loaded where it is
# wanted.

if settings.maintenance.windows:
    from components import MaintenanceWindows, MaintenanceWindowsArgs

    windows = arguments.maintenance(settings, names)
    gateway_ids = {EXPRESS_ROUTE: express_route_gateway.gateway_id, VPN: vpn_gateway.gateway_id}
    for window in windows["windows"]:
        window["gateway_id"] = gateway_ids[window["name"]]
    MaintenanceWindows(
        "maintenance",
        MaintenanceWindowsArgs(**windows, resource_group_name=group.resource_group_name),
        protected(),
    )

# Monitoring: what tells that the network has failed over, or could not. A circuit is watched when it is connected.

if settings.monitoring.wanted:
    from components import Monitoring, MonitoringArgs
    from topology.settings import watched
    from topology.show.outlook import outlooks

    connected = [name for name, phase in phases.items() if phase.connect]
    what: Any = watched.monitoring(settings, names, connected)
    for one in what["circuits"]:
        one["circuit_id"] = circuits[one["name"]].circuit_id
    if bastion and watched.audited(settings):
        what["bastion_id"] = bastion.bastion_id
    Monitoring(
        "monitoring",
        MonitoringArgs(
            **what,
            resource_group_name=group.resource_group_name,
            express_route_gateway_id=express_route_gateway.gateway_id,
            vpn_gateway_id=vpn_gateway.gateway_id,
            notes=outlooks(settings, connected, pulumi.get_stack()),
        ),
        protected(),
    )

# What the next person needs: each output with what it is, which docs/settings.md repeats.

# Resource group of the hub.
pulumi.export("resourceGroup", group.resource_group_name)
# Id of the hub's virtual network.
pulumi.export("virtualNetworkId", hub.virtual_network_id)
# Its name.
pulumi.export("virtualNetworkName", hub.virtual_network_name)
# The hub's address space, for whoever peers with it.
pulumi.export("virtualNetworkPrefixes", hub.virtual_network_prefixes)
# Id of GatewaySubnet.
pulumi.export("gatewaySubnetId", hub.gateway_subnet_id)
# Per tier (of a spoke: `SPOKE-TIER`) `subnetId` and `backendPoolId`, for the machines that join it.
pulumi.export(
    "tiers",
    {name: {"subnetId": tier.subnet_id, "backendPoolId": tier.backend_pool_id} for name, tier in tiers.items()}
    | {name: {"subnetId": id, "backendPoolId": None} for name, id in arguments.existing_tiers(settings).items()},
)
# `gatewayId`, `connectionIds`, and per circuit `id`, `providerState` and `next`: what to do now, in words.
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
# Circuit name to service key, for the provider; secret.
pulumi.export("serviceKeys", pulumi.Output.secret({name: circuit.service_key for name, circuit in circuits.items()}))
# Circuit name to authorization keys; secret.
pulumi.export(
    "circuitAuthorizationKeys",
    pulumi.Output.secret({name: circuit.authorization_keys for name, circuit in circuits.items()}),
)
# `id`, `publicIps`, `bgpPeerAddresses`, `asn`: what the appliance must know.
pulumi.export(
    "vpnGateway",
    {
        "id": vpn_gateway.gateway_id,
        "publicIps": vpn_gateway.public_ips,
        "bgpPeerAddresses": vpn_gateway.bgp_peer_addresses,
        "asn": vpn_gateway.asn,
    },
)
# The proof of the failover, from the settings alone, in a few lines: the requirement, failures survived, and each
# prefix's paths. A change of it is a changed line of the preview.
pulumi.export("failover", summary(settings, [name for name, phase in phases.items() if phase.connect]))
# Site name to connection.
pulumi.export("vpnConnectionIds", {name: site.connection_id for name, site in sites.items()})
