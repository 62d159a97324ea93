"""One tier of the cloud application: its subnet, network security group and internal load balancer."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import network

from . import network_parts
from .arguments import judged, waits
from .base import NETWORK_MINUTES, Component, subscription_of
from .route_table import RouteArgs, route_table
from .rules.security import (
    DEFAULT_PROTOCOL,
    FIRST_PRIORITY,
    LAST_PRIORITY,
    PRIORITY_STEP,
    single_port,
    single_source,
)
from .within import NetworkArgs, network_of

_FRONTEND_ZONES = "frontendIPConfigurations[0].zones"


class AllowArgs(TypedDict):
    """Inbound traffic that the tier accepts."""

    name: pulumi.Input[str]
    """Required. Name of the security rule, once in its tier."""
    ports: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Required. Destination ports: 443 or 8000-8010, or `*` alone [NSG-15]."""
    source_prefixes: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Conditional, exactly one of the two sources. IPv4 prefixes where the traffic comes from, none inside another
    [NSG-14]; or alone `*` or a service tag, such as `Storage.WestUS`, a new one as `tag:NAME` [NSG-16, NSG-17]. Prefer
    prefixes: Azure's tag VirtualNetwork means on-premises too."""
    source_application_security_group_ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Conditional, exactly one of the two sources. Ids of application security groups whose machines send the traffic;
    the machines are in the tier's own network, none behind a peering [NSG-22]. At most 10 [NSG-21]."""
    protocol: NotRequired[pulumi.Input[str]]
    """Optional. Tcp, Udp, Icmp, Esp, Ah or * [NSG-23]. Default Tcp; Icmp, Esp and Ah know no ports but `*`."""


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
    zones: NotRequired[Sequence[str]]
    """Optional. Zones of the frontend: all of them (1, 2 and 3), or one [LB-04], in a region that has them [ZONE-04].
    None by default, which every region takes, and of which Azure promises nothing when a zone is lost [LB-03]. A change
    replaces the load balancer: Azure changes no frontend's zones [LB-01]."""
    keeps_zones: NotRequired[bool]
    """Optional. `zones` are those of a new load balancer; one that is there keeps what it has. Default false."""


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
    the component's `depends_on`, which must name what has the network's previous subnet: Azure refuses two subnets at
    once [ORDER-06], and a network or a subnet while a security group or route table in use there is being changed
    [ORDER-07]. In Python that is `HubNetwork.last`, or another tier's `subnet`.

    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    subnet_id: pulumi.Output[str]
    """Resource id of the subnet."""
    backend_pool_id: pulumi.Output[str | None]
    """Resource id of the load balancer's backend pool; none without a load balancer."""

    def __init__(self, name: str, args: ApplicationTierArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, ApplicationTierArgs, args, network_parts.application_tier)
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
            opts=self.child(depends_on=self.after(), minutes=NETWORK_MINUTES),
        )
        """The subnet, for what must wait for it."""
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
                    zones=list(wanted.get("zones", [])) or None,
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
            opts=self.child(
                # azure-native would change them in place, which Azure refuses [LB-01, LB-05]; and the old frontend has
                # the address that the new one is to have.
                replace_on_changes=[_FRONTEND_ZONES],
                ignore_changes=[_FRONTEND_ZONES] if wanted.get("keeps_zones") else None,
                delete_before_replace=True,
            ),
            **common,
        )
        return balancer.id.apply(lambda id: f"{id}/backendAddressPools/machines")


def _security_rules(args: ApplicationTierArgs) -> Iterator[network.SecurityRuleArgs]:
    """What is allowed, in order; then everything else denied in both directions, but for the way to the network's own
    and on-premises prefixes (the tag VirtualNetwork)."""

    def security_rule(
        name: pulumi.Input[str], priority: int, access: str, direction: str, **match: Any
    ) -> network.SecurityRuleArgs:
        return network.SecurityRuleArgs(
            name=name,
            priority=priority,
            access=access,
            direction=direction,
            **{
                "protocol": "*",
                "source_port_range": "*",
                "destination_address_prefix": "*",
                "source_address_prefix": "*",
                "destination_port_range": "*",
                **match,
            },
        )

    for index, allowed in enumerate(args.get("allow", [])):
        yield network.SecurityRuleArgs(
            name=allowed["name"],
            priority=FIRST_PRIORITY + PRIORITY_STEP * index,
            access="Allow",
            direction="Inbound",
            protocol=allowed.get("protocol", DEFAULT_PROTOCOL),
            source_port_range="*",
            destination_address_prefix="*",
            **_sources(allowed),
            **one_or_many("destination_port_range", allowed["ports"], single_port),
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


def _sources(allowed: AllowArgs) -> dict[str, Any]:
    """Where a rule's traffic comes from, in Azure's fields."""
    groups = allowed.get("source_application_security_group_ids")
    if groups is not None:
        known = pulumi.Output.from_input(groups)
        return {"source_application_security_groups": known.apply(lambda ids: [{"id": id} for id in ids])}
    return one_or_many("source_address_prefix", allowed.get("source_prefixes", []), single_source)


def one_or_many(field: str, given: Any, single: Callable[[Sequence[str]], str | None]) -> dict[str, Any]:
    """A list in the field that Azure wants it in: what stands alone in the singular one, else in the plural one.

    field: the singular one. single: what of a list belongs there. The plural one refuses `*` and service tags [NSG-15,
    NSG-16].
    """
    plural = f"{field}es" if field.endswith("x") else f"{field}s"
    if not waits(given):
        alone = single(given)
        return {plural: given} if alone is None else {field: alone}
    known = pulumi.Output.from_input(given)
    return {field: known.apply(single), plural: known.apply(lambda all: all if single(all) is None else None)}
