"""One tier of the cloud application: its subnet, network security group and internal load balancer."""

from collections.abc import Iterator, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import network

from . import parts
from .arguments import judged
from .base import Component, subscription_of
from .route_table import RouteArgs, route_table
from .rules.security import FIRST_PRIORITY, LAST_PRIORITY, PRIORITY_STEP
from .within import NetworkArgs, network_of

_NETWORK_MINUTES = 30


class AllowArgs(TypedDict):
    """Inbound traffic that the tier accepts."""

    name: pulumi.Input[str]
    """Required. Name of the security rule, once in its tier."""
    source_prefixes: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Required. Where the traffic comes from. Give prefixes: Azure's tag VirtualNetwork means on-premises too."""
    ports: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Required. Destination ports: 443, 8000-8010 or *."""
    protocol: NotRequired[pulumi.Input[str]]
    """Optional. Tcp, Udp, Icmp or *. Default Tcp."""


class LoadBalancerArgs(TypedDict):
    """The tier's internal Standard load balancer."""

    frontend_address: pulumi.Input[str]
    """Required. Static address in the tier's subnet, none of the five that Azure keeps [NSG-02]."""
    port: pulumi.Input[int]
    """Required. TCP port that clients use."""
    name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name; `lbi-` and the component's name by default."""
    backend_port: NotRequired[pulumi.Input[int]]
    """Optional. TCP port of the machines; the same by default."""
    probe_path: NotRequired[pulumi.Input[str]]
    """Optional. Path of an HTTP probe; without it the probe is a TCP connection to the machines' port."""


class TierInHubArgs(TypedDict):
    """A tier, as a hub takes it (`HubNetwork.add_tier`)."""

    subnet_prefix: pulumi.Input[str]
    """Required. Prefix of the tier's subnet."""
    allow: NotRequired[Sequence[AllowArgs]]
    """Optional. Inbound traffic that is accepted, first match first. Everything else is denied."""
    load_balancer: NotRequired[LoadBalancerArgs]
    """Optional. An internal load balancer in the tier's subnet."""
    internet_outbound: NotRequired[bool]
    """Optional. Let machines reach the Internet, by Azure's default outbound access. Default false: denied."""
    routes: NotRequired[Sequence[RouteArgs]]
    """Optional. User-defined routes of the subnet."""
    gateway_routes: NotRequired[bool]
    """Optional. Learn the gateways' routes. Default true; false cuts the tier off from on-premises [FAIL-09]."""
    subnet_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the subnet; `snet-` and the component's name by default."""
    network_security_group_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the security group; `nsg-` and the component's name by default."""
    route_table_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the route table; `rt-` and the component's name by default."""


class ApplicationTierArgs(TierInHubArgs, NetworkArgs):
    """Arguments of ApplicationTier."""


class ApplicationTier(Component):
    """A subnet that admits only what its arguments allow, with an internal load balancer if asked.

    The machines come later: they join `backend_pool_id`. The subnet, its security group and its route table wait for
    the component's `depends_on`, which must name the network's previous subnet (`HubNetwork.last`, another tier's
    `subnet`): Azure refuses two subnets at once [ORDER-06], and a network or a subnet while a security group or route
    table in use there is being changed [ORDER-07].

    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (README, "One component in another stack").
    """

    subnet_id: pulumi.Output[str]
    """Resource id of the subnet."""
    backend_pool_id: pulumi.Output[str | None]
    """Resource id of the load balancer's backend pool; none without a load balancer."""

    def __init__(self, name: str, args: ApplicationTierArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, ApplicationTierArgs, args, parts.application_tier)
        super().__init__(name, args, opts)
        group = args["resource_group_name"]
        common = {"location": args.get("location"), "tags": args.get("tags")}
        firewall = network.NetworkSecurityGroup(
            name,
            network_security_group_name=args.get("network_security_group_name", f"nsg-{name}"),
            resource_group_name=group,
            security_rules=list(_security_rules(args)),
            opts=self.child(depends_on=self.after()),
            **common,
        )
        table = None
        if args.get("routes") or not args.get("gateway_routes", True):
            table = route_table(
                name,
                args.get("route_table_name", f"rt-{name}"),
                args.get("routes", []),
                gateway_routes=args.get("gateway_routes", True),
                resource_group_name=group,
                opts=self.child(depends_on=self.after()),
                **common,
            )
        self.subnet = network.Subnet(
            name,
            subnet_name=args.get("subnet_name", f"snet-{name}"),
            **network_of(args),
            address_prefix=args["subnet_prefix"],
            network_security_group=network.NetworkSecurityGroupArgs(id=firewall.id),
            route_table=network.RouteTableArgs(id=table.id) if table else None,
            default_outbound_access=args.get("internet_outbound", False),
            opts=self.child(depends_on=self.after(), minutes=_NETWORK_MINUTES),
        )
        self.subnet_id = self.subnet.id
        self.backend_pool_id = pulumi.Output.from_input(None)
        if wanted := args.get("load_balancer"):
            self.backend_pool_id = self._load_balancer(name, wanted, group, common)
        self.register_outputs({"subnetId": self.subnet_id, "backendPoolId": self.backend_pool_id})

    def _load_balancer(
        self, name: str, wanted: LoadBalancerArgs, group: pulumi.Input[str], common: dict
    ) -> pulumi.Output[str | None]:
        """Makes the load balancer; the id of its backend pool."""
        physical = wanted.get("name", f"lbi-{name}")
        own_id = pulumi.Output.format(
            "{0}/resourceGroups/{1}/providers/Microsoft.Network/loadBalancers/{2}",
            self.subnet.id.apply(subscription_of),
            group,
            physical,
        )

        def part(kind: str, part_name: str) -> network.SubResourceArgs:
            return network.SubResourceArgs(id=pulumi.Output.concat(own_id, f"/{kind}/{part_name}"))

        backend_port = wanted.get("backend_port", wanted["port"])
        path = wanted.get("probe_path")
        balancer = network.LoadBalancer(
            name,
            load_balancer_name=physical,
            resource_group_name=group,
            sku=network.LoadBalancerSkuArgs(name="Standard", tier="Regional"),
            frontend_ip_configurations=[
                network.FrontendIPConfigurationArgs(
                    name="frontend",
                    private_ip_address=wanted["frontend_address"],
                    private_ip_allocation_method="Static",
                    subnet=network.SubnetArgs(id=self.subnet.id),
                )
            ],
            backend_address_pools=[network.BackendAddressPoolArgs(name="machines")],
            probes=[
                network.ProbeArgs(
                    name="probe",
                    protocol="Http" if path else "Tcp",
                    port=backend_port,
                    request_path=path,
                    interval_in_seconds=5,
                    number_of_probes=2,
                )
            ],
            load_balancing_rules=[
                network.LoadBalancingRuleArgs(
                    name="rule",
                    protocol="Tcp",
                    frontend_port=wanted["port"],
                    backend_port=backend_port,
                    frontend_ip_configuration=part("frontendIPConfigurations", "frontend"),
                    backend_address_pool=part("backendAddressPools", "machines"),
                    probe=part("probes", "probe"),
                    # The pool gives no way out to the Internet by itself.
                    disable_outbound_snat=True,
                )
            ],
            opts=self.child(),
            **common,
        )
        return balancer.id.apply(lambda id: f"{id}/backendAddressPools/machines")


def _security_rules(args: ApplicationTierArgs) -> Iterator[network.SecurityRuleArgs]:
    """What is allowed, in order; then everything else denied in both directions, but for the way to the network's own
    and on-premises prefixes (the tag VirtualNetwork)."""

    def security_rule(
        name: pulumi.Input[str], priority: int, access: str, direction: str, **match: object
    ) -> network.SecurityRuleArgs:
        everything = {
            "protocol": "*",
            "source_address_prefix": "*",
            "source_port_range": "*",
            "destination_address_prefix": "*",
            "destination_port_range": "*",
        }
        for one in ("source_address_prefix", "destination_port_range"):
            if f"{one}{'es' if one.endswith('x') else 's'}" in match:
                del everything[one]
        return network.SecurityRuleArgs(
            name=name, priority=priority, access=access, direction=direction, **{**everything, **match}
        )

    for index, allowed in enumerate(args.get("allow", [])):
        yield security_rule(
            allowed["name"],
            FIRST_PRIORITY + PRIORITY_STEP * index,
            "Allow",
            "Inbound",
            protocol=allowed.get("protocol", "Tcp"),
            source_address_prefixes=allowed["source_prefixes"],
            destination_port_ranges=allowed["ports"],
        )
    # Without it every backend is down: the probe comes from Azure's own address, above the denial [NSG-01].
    yield security_rule(
        "allow-load-balancer-probe",
        LAST_PRIORITY - 1,
        "Allow",
        "Inbound",
        source_address_prefix="AzureLoadBalancer",
    )
    yield security_rule("deny-other-inbound", LAST_PRIORITY, "Deny", "Inbound")
    yield security_rule(
        "allow-network-outbound",
        LAST_PRIORITY - 2,
        "Allow",
        "Outbound",
        source_address_prefix="VirtualNetwork",
        destination_address_prefix="VirtualNetwork",
    )
    if args.get("internet_outbound"):
        yield security_rule(
            "allow-internet-outbound", LAST_PRIORITY - 1, "Allow", "Outbound", destination_address_prefix="Internet"
        )
    yield security_rule("deny-other-outbound", LAST_PRIORITY, "Deny", "Outbound")
