"""Both sides of the peering of a spoke with its hub."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import Provider, network

from . import network_parts, virtual_network
from .arguments import judged
from .base import NETWORK_MINUTES, Component


class PeeringInHubArgs(TypedDict):
    """A peering, as a hub takes it (`HubNetwork.peer`)."""

    hub_peering_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the hub's side; `peer-hub-to-` and the component's name by default."""
    spoke_peering_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name of the spoke's side; `peer-`, the component's name and `-to-hub` by default."""
    forwarded_traffic: NotRequired[pulumi.Input[bool]]
    """Optional. Let in, on both sides, what an appliance on the other side forwards [SPOKE-01]. Default true."""


class HubPeeringArgs(PeeringInHubArgs):
    """Arguments of HubPeering."""

    hub_network_id: pulumi.Input[str]
    """Required. Resource id of the hub's virtual network, which has its gateways."""
    hub_prefixes: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Required. The hub's address space; a change is synced in place [SPOKE-12]."""
    spoke_network_id: pulumi.Input[str]
    """Required. Resource id of the spoke's virtual network, which has no gateway [SPOKE-04]."""
    spoke_prefixes: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Required. The spoke's address space, disjoint from the hub's [SPOKE-06]; a change is synced in place, too."""
    hub_provider: NotRequired[Provider]
    """Optional. Provider of the hub's subscription; the component's own by default."""
    spoke_provider: NotRequired[Provider]
    """Optional. Provider of the spoke's subscription; the component's own by default."""


class HubPeering(Component):
    """The peering of a spoke with its hub, whose gateways serve the spoke [SPOKE-01].

    The hub's side comes first. Both wait for the component's `depends_on`, which names both networks' last subnets
    [ORDER-07] and both gateways [SPOKE-02], and both are replaced with what `replace_with` names: no gateway is deleted
    while a spoke uses it [SPOKE-10], and a side that is made anew needs a new other side [SPOKE-08]. Azure takes one
    peering of a network at a time: each names the one before it in `depends_on`. In Python `HubNetwork.peer` says all
    of this.

    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    hub_peering_id: pulumi.Output[str]
    """Resource id of the hub's side."""
    spoke_peering_id: pulumi.Output[str]
    """Resource id of the spoke's side."""

    def __init__(self, name: str, args: HubPeeringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, HubPeeringArgs, args, network_parts.hub_peering)
        # The two sides are what is replaced.
        replaced_with = [*((opts and opts.replace_with) or [])]
        super().__init__(name, args, _without_replace_with(opts))
        hub, spoke = (virtual_network.existing(args[key]) for key in ("hub_network_id", "spoke_network_id"))
        hub_name = args.get("hub_peering_name", f"peer-hub-to-{name}")
        spoke_name = args.get("spoke_peering_name", f"peer-{name}-to-hub")
        forwarded = args.get("forwarded_traffic", True)

        def side(
            which: str,
            physical: pulumi.Input[str],
            own: virtual_network.Network,
            remote: virtual_network.Network,
            remote_prefixes: pulumi.Input[Sequence[pulumi.Input[str]]],
            before: Sequence[pulumi.Resource],
            **more: Any,
        ) -> network.VirtualNetworkPeering:
            provider = args.get(f"{which}_provider")
            return network.VirtualNetworkPeering(
                f"{name}-{which}",
                virtual_network_peering_name=physical,
                virtual_network_name=own.name,
                resource_group_name=own.resource_group_name,
                remote_virtual_network=network.SubResourceArgs(id=remote.id),
                # Azure learns another address space only when the side is sent again with this word [SPOKE-12]; the
                # prefixes are what changes then, in the request as in the state.
                remote_address_space=network.AddressSpaceArgs(address_prefixes=remote_prefixes),
                sync_remote_address_space="true",
                allow_virtual_network_access=True,
                allow_forwarded_traffic=forwarded,
                opts=self.child(
                    depends_on=self.after(*before),
                    minutes=NETWORK_MINUTES,
                    replace_on_changes=["remote_virtual_network"],
                    # Azure's word, and an input to azure-native: a refresh would have the next update take it back.
                    ignore_changes=["peering_state", "peering_sync_level"],
                    # The other side's name: where that side is made anew, so is this one [SPOKE-08].
                    replacement_trigger=spoke_name if which == "hub" else hub_name,
                    replace_with=[*replaced_with, *before],
                    delete_before_replace=True,
                    **({"provider": provider} if provider else {}),
                ),
                **more,
            )

        first = side("hub", hub_name, hub, spoke, args["spoke_prefixes"], [], allow_gateway_transit=True)
        self.peering = side("spoke", spoke_name, spoke, hub, args["hub_prefixes"], [first], use_remote_gateways=True)
        """The spoke's side, the last of the two, for what must wait for the peering."""
        self.hub_peering_id = first.id
        self.spoke_peering_id = self.peering.id
        self.register_outputs({"hubPeeringId": self.hub_peering_id, "spokePeeringId": self.spoke_peering_id})


def _without_replace_with(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Options of a component whose children are replaced in its place."""
    same = pulumi.ResourceOptions.merge(opts, None)
    same.replace_with = None
    return same
