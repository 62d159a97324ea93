"""The VPN virtual network gateway with its public addresses."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, cast

import pulumi
from pulumi_azure_native import network

from . import gateway_parts
from .arguments import judged
from .base import GATEWAY_MINUTES, NETWORK_MINUTES, Component, subscription_of
from .existing_gateway import ExistingGateway
from .rules import bgp, gateways, regions
from .vpn_site import SiteAtGatewayArgs, VpnSite, VpnSiteArgs

_OF_SITES_TOO = ("virtual_network_prefixes", "location", "tags")
"""Arguments that the gateway's sites get as they are."""


class VpnGatewayArgs(TypedDict):
    """Arguments of VpnGateway."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of what is made: the gateway, its public addresses and its sites."""
    gateway_subnet_id: pulumi.Input[str]
    """Required. Resource id of the GatewaySubnet, in whose network an existing gateway has to be [EXIST-12]."""
    existing_id: NotRequired[pulumi.Input[str]]
    """Conditional. A gateway that is there already, instead of one with a `sku`: it is connected, and neither changed
    nor destroyed."""
    sku: NotRequired[str]
    """Conditional. VpnGw1AZ (650 Mbps) to VpnGw5AZ (10 Gbps), of a gateway that is made. Azure changes it in place
    inside a generation [VPN-09]."""
    generation: NotRequired[pulumi.Input[str]]
    """Optional. Generation1 or Generation2; by default the newest that has the SKU. A change replaces the gateway."""
    active_active: NotRequired[bool]
    """Optional. Two active instances with a public address each. Default true."""
    zones: NotRequired[Sequence[str]]
    """Optional. Zones of the public addresses; the AZ SKUs want them [PIP-04]. Default 1, 2 and 3; empty only in a
    region without zones. A change replaces addresses and gateway."""
    keeps_zones: NotRequired[bool]
    """Optional. `zones` are those of new addresses; those that are there keep what they have. Default false."""
    asn: NotRequired[pulumi.Input[int]]
    """Optional. The gateway's ASN. Default 65515, and it must stay so beside ExpressRoute [BGP-01]."""
    alone: NotRequired[bool]
    """Optional. The network has no ExpressRoute gateway, and gets none. Default false, and the ASN must be 65515
    [BGP-01]."""
    virtual_network_prefixes: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Optional. The virtual network's address space: what the sites bring is judged against it."""
    apipa_addresses: NotRequired[Sequence[Sequence[pulumi.Input[str]]]]
    """Optional. For each instance its APIPA BGP addresses, in 169.254.21.0 to 169.254.22.255 [BGP-08]."""
    name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name; `vgw-` and the component's name by default."""
    public_ip_names: NotRequired[Sequence[pulumi.Input[str]]]
    """Optional. Physical names of the public addresses; `pip-`, the component's name and a number by default."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of what is made."""


class VpnGateway(Component):
    """A route-based VPN gateway that speaks BGP, active-active by default; or one that is there already.

    An existing one is looked up, at preview too, and what Azure says of it is judged; its connections are this
    component's, all else is its owner's. Creating one takes about 45 minutes. It waits for the component's
    `depends_on`, which should name the network's last subnet. It accepts the appliances of its `VpnSite`s and nothing
    else: there is no point-to-site configuration.
    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    gateway_id: pulumi.Output[str]
    """Resource id of the gateway."""
    public_ips: pulumi.Output[Sequence[str]]
    """Public address of each instance."""
    bgp_peer_addresses: pulumi.Output[Sequence[str]]
    """Default BGP address of each instance, in the GatewaySubnet."""
    asn: pulumi.Output[int]
    """The gateway's ASN."""
    ip_configuration_ids: pulumi.Output[Sequence[str]]
    """Resource id of each instance's address configuration, which a connection with APIPA addresses names."""

    def __init__(self, name: str, args: VpnGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, VpnGatewayArgs, args, gateway_parts.vpn_gateway)
        # Unlike other components' zones, the gateway's have always been among its own inputs.
        super().__init__(name, {key: value for key, value in args.items() if key != "keeps_zones"}, opts)
        existing = "existing_id" in args
        of_gateway = self._use(args) if existing else self._make(name, args)
        self._for_sites = {
            "resource_group_name": args["resource_group_name"],
            **of_gateway,
            **{name: value for name in _OF_SITES_TOO if (value := args.get(name)) is not None},
        }
        # What is made waits for the network by its gateway.
        self._last: list[pulumi.Resource] = self.after() if existing else []
        self.register_outputs(
            {
                "gatewayId": self.gateway_id,
                "publicIps": self.public_ips,
                "bgpPeerAddresses": self.bgp_peer_addresses,
                "asn": self.asn,
                "ipConfigurationIds": self.ip_configuration_ids,
            }
        )

    def _use(self, args: VpnGatewayArgs) -> dict[str, Any]:
        """Takes the gateway that is there; the answer is what its sites are judged by."""
        there = ExistingGateway(self, args, "Vpn")
        self.gateway_id = there.id
        self.public_ips = pulumi.Output.from_input(there.tell(lambda found: list(found.public_ips)))
        self.bgp_peer_addresses = pulumi.Output.from_input(there.tell(lambda found: list(found.bgp_peer_addresses)))
        self.asn = pulumi.Output.from_input(there.tell(lambda found: found.asn))
        configurations = there.tell(lambda found: list(found.ip_configuration_ids))
        self.ip_configuration_ids = pulumi.Output.from_input(configurations)
        return {
            "gateway_asn": there.tell(lambda found: found.asn),
            "gateway_bgp": there.tell(lambda found: found.bgp),
            "gateway_apipa_addresses": there.tell(lambda found: [list(own) for own in found.apipa_addresses]),
        }

    def _make(self, name: str, args: VpnGatewayArgs) -> dict[str, Any]:
        """Makes the gateway with its public addresses; the answer is what its sites are judged by."""
        group = args["resource_group_name"]
        common = {"location": args.get("location"), "tags": args.get("tags")}
        count = gateways.instances(args.get("active_active"))
        address_names = args.get("public_ip_names") or [f"pip-{name}-{number}" for number in range(1, count + 1)]
        sku = args.get("sku", "")
        zones = list(args.get("zones", regions.ALL_ZONES))
        addresses = [
            network.PublicIPAddress(
                f"{name}-{number + 1}",
                public_ip_address_name=address_names[number],
                resource_group_name=group,
                sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
                public_ip_allocation_method="Static",
                zones=zones or None,
                # Zones cannot be changed in place [PIP-07]; the gateway is replaced with its address [PIP-08].
                opts=self.child(
                    replace_on_changes=["zones"],
                    ignore_changes=["zones"] if args.get("keeps_zones") else None,
                    delete_before_replace=True,
                    minutes=NETWORK_MINUTES,
                ),
                **common,
            )
            for number in range(count)
        ]
        physical = args.get("name", f"vgw-{name}")
        own_id = pulumi.Output.format(
            "{0}/resourceGroups/{1}/providers/Microsoft.Network/virtualNetworkGateways/{2}",
            pulumi.Output.from_input(args["gateway_subnet_id"]).apply(subscription_of),
            group,
            physical,
        )
        configurations = [pulumi.Output.concat(own_id, f"/ipConfigurations/instance{n}") for n in range(count)]
        asn = args.get("asn", bgp.AZURE_ASN)
        apipa = args.get("apipa_addresses", [])
        gateway = network.VirtualNetworkGateway(
            name,
            virtual_network_gateway_name=physical,
            resource_group_name=group,
            gateway_type="Vpn",
            vpn_type="RouteBased",
            vpn_gateway_generation=args.get("generation", gateways.default_generation(sku)),
            sku=network.VirtualNetworkGatewaySkuArgs(name=sku, tier=sku),
            active_active=count == 2,
            enable_bgp=True,
            bgp_settings=network.BgpSettingsArgs(
                asn=asn,
                bgp_peering_addresses=[
                    network.IPConfigurationBgpPeeringAddressArgs(
                        ipconfiguration_id=configuration, custom_bgp_ip_addresses=list(custom)
                    )
                    for configuration, custom in zip(configurations, apipa, strict=False)
                ]
                or None,
            ),
            ip_configurations=[
                network.VirtualNetworkGatewayIPConfigurationArgs(
                    name=f"instance{number}",
                    private_ip_allocation_method="Dynamic",
                    subnet=network.SubResourceArgs(id=args["gateway_subnet_id"]),
                    public_ip_address=network.SubResourceArgs(id=address.id),
                )
                for number, address in enumerate(addresses)
            ],
            opts=self.child(
                depends_on=self.after(),
                minutes=GATEWAY_MINUTES,
                # Azure cannot change these in place.
                replace_on_changes=["gateway_type", "vpn_type", "vpn_gateway_generation"],
                replace_with=addresses,
                delete_before_replace=True,
            ),
            **common,
        )
        self.gateway = gateway
        """The gateway that is made, for what must wait for it; an existing one is no resource of the program."""
        self.gateway_id = gateway.id
        self.public_ips = pulumi.Output.all(*(address.ip_address for address in addresses))
        self.bgp_peer_addresses = gateway.bgp_settings.apply(_bgp_addresses)
        self.asn = pulumi.Output.from_input(asn)
        self.ip_configuration_ids = pulumi.Output.all(*configurations)
        return {"gateway_asn": asn, "gateway_active_active": count == 2, "gateway_apipa_addresses": apipa}

    def connect(self, name: str, args: SiteAtGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> VpnSite:
        """The connection to one more appliance: where the gateway is, protected as the gateway is.

        Azure takes one connection of a gateway at a time [ORDER-04]: each waits for the one before it.
        """
        whole = {
            **self._for_sites,
            "gateway_id": self.gateway_id,
            "ip_configuration_ids": self.ip_configuration_ids,
            **args,
        }
        site = VpnSite(name, cast(VpnSiteArgs, whole), self.beside(opts, depends_on=self._last))
        self._last = [site.connection]
        return site


def _bgp_addresses(settings: network.outputs.BgpSettingsResponse | None) -> list[str]:
    peers = (settings.bgp_peering_addresses if settings else None) or []
    return [address for peer in peers for address in peer.default_bgp_ip_addresses or []]
