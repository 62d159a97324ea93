"""A spoke's virtual network."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any, NotRequired, TypedDict, cast

import pulumi
from pulumi_azure_native import network

from . import network_parts, virtual_network
from .application_tier import ApplicationTier, ApplicationTierArgs, TierInHubArgs
from .arguments import judged, waits
from .base import Component
from .lookup import find
from .rules import Problem, spokes
from .rules.names import GATEWAY_SUBNET


class SpokeArgs(TypedDict):
    """Arguments of Spoke."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of a new virtual network and of what is made in it; an existing one stays in its own."""
    address_prefixes: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Required. The virtual network's address space, disjoint from the hub's and from other spokes'; of an existing
    one, as it is [SPOKE-06]."""
    name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of a new virtual network; `vnet-` and the component's name by default."""
    existing_network_id: NotRequired[pulumi.Input[str]]
    """Optional. Use this virtual network instead of making one. It has no gateway of its own [SPOKE-04]."""
    own_peerings: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Optional. Physical names of the peerings that this stack makes in it: that another peering of an existing network
    uses remote gateways is an error [SPOKE-03]."""
    dns_servers: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Optional. Custom DNS servers of a new network; they must forward to 168.63.129.16 [GW-16]."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of what is made."""


class Spoke(Component):
    """A virtual network, made here or existing, that uses a hub's gateways once a `HubPeering` joins the two. It may be
    in another subscription and another region than the hub: its provider is its own.

    Its subnets are made one after the other [ORDER-06]: each tier names what was before it in its `depends_on`, the
    first one this network. In Python `add_tier` sees to that, `HubNetwork.peer` joins the two, and what is made without
    these methods starts at `last`.

    Raises pulumi.RunError for arguments that Azure would refuse, and for an existing network that does not fit; an
    Output that turns out wrong fails what it is given to (docs/components.md).
    """

    virtual_network_id: pulumi.Output[str]
    """Resource id of the network."""
    virtual_network_name: pulumi.Output[str]
    """Physical name of the network."""
    virtual_network_resource_group_name: pulumi.Output[str]
    """Resource group of the network."""
    virtual_network_prefixes: pulumi.Output[Sequence[str]]
    """Address space of the network, as it was given."""

    def __init__(self, name: str, args: SpokeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, SpokeArgs, args, network_parts.spoke)
        super().__init__(name, args, opts)
        if "existing_network_id" in args:
            found = virtual_network.existing(self._fitting(args))
        else:
            found = virtual_network.make(self, name, args)
        self.made = found.made
        """The network's resource, where it is made here."""
        self.last: pulumi.Resource = found.made[0] if found.made else self
        """The resource that the next subnet of this network waits for."""
        self.virtual_network_id = found.id
        self.virtual_network_name = found.name
        self.virtual_network_resource_group_name = found.resource_group_name
        self.virtual_network_prefixes = pulumi.Output.from_input(cast(Any, args["address_prefixes"]))
        self._inside = virtual_network.inside(args, found)
        self.register_outputs(
            {
                "virtualNetworkId": self.virtual_network_id,
                "virtualNetworkName": self.virtual_network_name,
                "virtualNetworkResourceGroupName": self.virtual_network_resource_group_name,
                "virtualNetworkPrefixes": self.virtual_network_prefixes,
            }
        )

    def add_tier(self, name: str, args: TierInHubArgs, opts: pulumi.ResourceOptions | None = None) -> ApplicationTier:
        """One more tier in this network: where the network's own things are, protected as they are."""
        whole = cast(ApplicationTierArgs, {**self._inside, **args})
        tier = ApplicationTier(name, whole, self.beside(opts, depends_on=[self.last]))
        self.last = tier.subnet
        return tier

    def _fitting(self, args: SpokeArgs) -> pulumi.Input[str]:
        """The existing network's id, once Azure was asked whether it can be this spoke."""

        def checked(known: Sequence[Any]) -> str:
            id, wanted, own_peerings, location = known
            self.refuse(
                _existing_problems(
                    id,
                    [*map(IPv4Network, wanted)],
                    own_peerings or [],
                    location,
                    opts=pulumi.InvokeOptions(parent=self),
                )
            )
            return id

        needed: Any = [args.get("existing_network_id"), args["address_prefixes"], args.get("own_peerings", [])]
        needed.append(args.get("location"))
        return pulumi.Output.from_input(needed).apply(checked) if waits(needed) else checked(needed)


def _existing_problems(
    id: str,
    wanted: Sequence[IPv4Network],
    own_peerings: Sequence[str],
    location: str | None,
    *,
    opts: pulumi.InvokeOptions,
) -> Iterator[Problem]:
    """What Azure has in the existing network, against what is asked for: a lookup, at preview too."""
    _, _, _, _, group, _, _, _, name = id.split("/")
    found = find(
        "the existing virtual network of a spoke",
        network.get_virtual_network,
        resource_group_name=group,
        virtual_network_name=name,
        opts=opts,
    )
    space = found and found.address_space and found.address_space.address_prefixes
    users = [
        (user.id or "").split("/ipConfigurations/")[0]
        for subnet in (found and found.subnets) or []
        if subnet.name == GATEWAY_SUBNET
        for user in subnet.ip_configurations or []
    ]
    yield from spokes.existing(
        "existing_network_id",
        id,
        there=[IPv4Network(prefix) for prefix in space or [] if ":" not in prefix] if found else None,
        wanted=wanted,
        wanted_path="address_prefixes",
        gateways=sorted({user for user in users if "/virtualnetworkgateways/" in user.lower()}),
        peerings={
            peering.name or "": bool(peering.use_remote_gateways)
            for peering in (found and found.virtual_network_peerings) or []
        },
        own_peerings=own_peerings,
        region_there=(found and found.location) or "",
        location=location,
    )
