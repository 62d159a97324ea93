"""How administrators reach the machines: Azure Bastion."""

from collections.abc import Iterator, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import network

from . import network_parts
from .application_tier import one_or_many
from .arguments import judged, waits
from .base import NETWORK_MINUTES, Component
from .rules.bastion import DEFAULT_SKU, GROUP_RULES, HTTPS_RULE
from .rules.names import BASTION_SUBNET
from .rules.security import single_source
from .within import NetworkArgs, network_of

_BASTION_MINUTES = 60


class ManagementInHubArgs(TypedDict):
    """Azure Bastion, as a hub takes it (`HubNetwork.add_management`)."""

    bastion_subnet_prefix: NotRequired[pulumi.Input[str]]
    """Conditional. Prefix of AzureBastionSubnet, /26 or larger [BAS-02]. Required but with SKU Developer, which has
    none [BAS-05]."""
    sku: NotRequired[pulumi.Input[str]]
    """Optional. Developer (shared with others, not for production), Basic, Standard (more instances, native clients;
    dearer) or Premium (recorded sessions too) [BAS-04]. It goes up in place and never down [BAS-06]. Default Basic."""
    scale_units: NotRequired[pulumi.Input[int]]
    """Optional. Instances, 2 to 50, with Standard and Premium; 2 by default [BAS-04]."""
    tunneling: NotRequired[pulumi.Input[bool]]
    """Optional. Native clients (`az network bastion ssh`), with Standard and Premium [BAS-04]. Default false."""
    session_recording: NotRequired[pulumi.Input[bool]]
    """Optional. Sessions can be recorded, with Premium [BAS-04]. Default false."""
    security_group: NotRequired[bool]
    """Optional. A network security group of the subnet's own, with exactly Microsoft's rules [BAS-07]. Landing zones
    demand one [BAS-11]. Default false."""
    allowed_sources: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Optional, with `security_group`. Public IPv4 prefixes from which administrators come; the Internet by
    default."""
    name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the host; `bas-` and the component's name by default."""
    public_ip_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of its public address; `pip-` and the component's name by default."""
    zones: NotRequired[Sequence[str]]
    """Optional. Zones of the public address, in a region that has them [ZONE-04]; none by default, and Azure may spread
    it over all zones all the same [PIP-20]. A change replaces address and host."""
    keeps_zones: NotRequired[bool]
    """Optional. `zones` are those of a new address; one that is there keeps what it has. Default false."""
    network_security_group_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the security group; `nsg-` and the component's name by default."""


class ManagementArgs(ManagementInHubArgs, NetworkArgs):
    """Arguments of Management."""


class Management(Component):
    """A Bastion host in its subnet: SSH and RDP through the Azure portal, with no public address on any machine.

    The subnet and its security group wait for the component's `depends_on`, which must name the network's previous
    subnet. The group has all its rules from its first request, the subnet is given it in its own, and the host comes
    last: Azure looks for the rules each time [BAS-09]. A host of SKU Developer has no subnet of its own.
    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    bastion_id: pulumi.Output[str]
    """Resource id of the Bastion host."""

    def __init__(self, name: str, args: ManagementArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, ManagementArgs, args, network_parts.management)
        super().__init__(name, args, opts)
        common = {
            "resource_group_name": args["resource_group_name"],
            "location": args.get("location"),
            "tags": args.get("tags"),
        }
        configuration = None
        addresses: list[pulumi.Resource] = []
        if (prefix := args.get("bastion_subnet_prefix")) is not None:
            group = None
            if args.get("security_group"):
                group = network.NetworkSecurityGroup(
                    name,
                    network_security_group_name=args.get("network_security_group_name", f"nsg-{name}"),
                    security_rules=list(_security_rules(args.get("allowed_sources"))),
                    # A request for the network names this group too, as a part of the subnet [ORDER-07].
                    opts=self.child(depends_on=self.after()),
                    **common,
                )
            self.subnet = network.Subnet(
                name,
                subnet_name=BASTION_SUBNET,
                **network_of(args),
                address_prefix=prefix,
                network_security_group=network.NetworkSecurityGroupArgs(id=group.id) if group else None,
                opts=self.child(depends_on=self.after(), minutes=NETWORK_MINUTES),
            )
            """The subnet, for what must wait for it; not there without `bastion_subnet_prefix`."""
            address = network.PublicIPAddress(
                name,
                public_ip_address_name=args.get("public_ip_name", f"pip-{name}"),
                sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
                public_ip_allocation_method="Static",
                zones=list(args.get("zones", [])) or None,
                # Zones cannot be changed in place [PIP-07], nor can an address be deleted while the host has it.
                opts=self.child(
                    replace_on_changes=["zones"],
                    ignore_changes=["zones"] if args.get("keeps_zones") else None,
                    delete_before_replace=True,
                ),
                **common,
            )
            addresses = [address]
            configuration = network.BastionHostIPConfigurationArgs(
                name="bastion",
                subnet=network.SubResourceArgs(id=self.subnet.id),
                public_ip_address=network.SubResourceArgs(id=address.id),
            )
        host = network.BastionHost(
            name,
            bastion_host_name=args.get("name", f"bas-{name}"),
            sku=network.SkuArgs(name=args.get("sku", DEFAULT_SKU)),
            scale_units=args.get("scale_units"),
            enable_tunneling=args.get("tunneling", False),
            enable_session_recording=args.get("session_recording", False),
            ip_configurations=[configuration] if configuration else None,
            virtual_network=(None if configuration else network.SubResourceArgs(id=args.get("virtual_network_id"))),
            opts=self.child(minutes=_BASTION_MINUTES, replace_with=addresses or None, delete_before_replace=True),
            **common,
        )
        self.bastion_id = host.id
        self.register_outputs({"bastionId": self.bastion_id})


def _security_rules(allowed_sources: Any) -> Iterator[network.SecurityRuleArgs]:
    """Microsoft's rules for AzureBastionSubnet, with the sources of port 443 that are wanted [BAS-07]."""
    for rule in GROUP_RULES:
        sources: Any = [rule.source]
        if rule.name == HTTPS_RULE and allowed_sources is not None:
            # An Output may turn out to be nothing.
            known = pulumi.Output.from_input(allowed_sources)
            sources = (
                known.apply(lambda all, tag=rule.source: all or [tag]) if waits(allowed_sources) else allowed_sources
            )
        single = len(rule.ports) == 1
        yield network.SecurityRuleArgs(
            name=rule.name,
            priority=rule.priority,
            direction=rule.direction,
            access="Allow",
            protocol=rule.protocol,
            **one_or_many("source_address_prefix", sources, single_source),
            source_port_range="*",
            destination_address_prefix=rule.destination,
            destination_port_range=rule.ports[0] if single else None,
            destination_port_ranges=None if single else list(rule.ports),
        )
