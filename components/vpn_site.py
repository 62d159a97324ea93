"""One on-premises VPN appliance: its local network gateway and the IPsec connection to it."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, cast

import pulumi
from pulumi_azure_native import network

from . import gateway_parts, kept_key
from .arguments import judged
from .base import CONNECTION_MINUTES, NETWORK_MINUTES, Component
from .rules import ipsec, vpn


class IpsecPolicyArgs(TypedDict):
    """A custom IPsec/IKE policy; it replaces Azure's defaults and names every algorithm [IPSEC-01]."""

    ike_encryption: pulumi.Input[str]
    """Required. GCMAES256, GCMAES128, AES256, AES192 or AES128."""
    ike_integrity: pulumi.Input[str]
    """Required. SHA384, SHA256, SHA1 or MD5."""
    dh_group: pulumi.Input[str]
    """Required. DHGroup24, ECP384, ECP256, DHGroup14, DHGroup2048, DHGroup2, DHGroup1 or None."""
    ipsec_encryption: pulumi.Input[str]
    """Required. GCMAES256, GCMAES192, GCMAES128, AES256, AES192, AES128, DES3, DES or None."""
    ipsec_integrity: pulumi.Input[str]
    """Required. GCMAES256, GCMAES192, GCMAES128, SHA256, SHA1 or MD5; the same GCMAES as the encryption [IPSEC-08]."""
    pfs_group: pulumi.Input[str]
    """Required. PFS24, ECP384, ECP256, PFS2048, PFS2, PFS1 or None."""
    sa_life_time_seconds: pulumi.Input[int]
    """Required. Seconds, 300 or more [IPSEC-09]."""
    sa_data_size_kilobytes: pulumi.Input[int]
    """Required. Kilobytes, 1024 or more [IPSEC-09]."""


class BgpPeerArgs(TypedDict):
    """The appliance's BGP speaker, reached through the tunnel."""

    asn: pulumi.Input[int]
    """Required. Its ASN, another than the gateway's [BGP-05]."""
    peer_address: pulumi.Input[str]
    """Required. Its address: not the public one, not inside the virtual network [BGP-10]."""
    gateway_addresses: NotRequired[Sequence[pulumi.Input[str]]]
    """Conditional. With an APIPA peer address: the APIPA address of each gateway instance for this connection; of a
    tunnel with an `instance` the gateway's address in it, alone or with one of the other instance."""


class SiteAtGatewayArgs(TypedDict):
    """One VPN appliance, as a gateway takes it (`VpnGateway.connect`)."""

    public_ip: NotRequired[pulumi.Input[str]]
    """Conditional. The appliance's public address; this or `fqdn`."""
    fqdn: NotRequired[pulumi.Input[str]]
    """Conditional. The appliance's name in the Internet's DNS instead, for an address that changes: Azure takes the
    first IPv4 address, and asks again when the tunnel is down, after up to 5 minutes [VPN-44]. A change from address to
    name, or back, replaces local network gateway and connection."""
    instance: NotRequired[int]
    """Optional. 0 or 1, where the appliance's tunnel ends on one instance of an active-active gateway alone, as AWS's
    do: each such tunnel is a VpnSite [VPN-40]. Default both."""
    shared_key: pulumi.Input[str]
    """Required. Pre-shared key: printable ASCII but space, hyphen and tilde [VPN-15]; kept as a secret."""
    prefixes: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Conditional. Static routes: the prefixes behind the appliance. Without `bgp`. Azure keeps them whether the tunnel
    is up or not."""
    bgp: NotRequired[BgpPeerArgs]
    """Conditional. Routes by BGP instead. Two appliances at one site need it [VPN-14]."""
    ipsec_policy: NotRequired[IpsecPolicyArgs]
    """Optional. Default AES-GCM-256 with ECP384 throughout."""
    azure_policy: NotRequired[bool]
    """Optional. Azure's own default policies and no custom one, as of a connection that was made without [IPSEC-01],
    whatever `ipsec_policy` says. Default false."""
    connection_mode: NotRequired[pulumi.Input[str]]
    """Optional. Default, InitiatorOnly or ResponderOnly: who opens the tunnel. Default Default (both)."""
    dpd_timeout_seconds: NotRequired[pulumi.Input[int]]
    """Optional. Dead peer detection in seconds, 9 to 3600 [IPSEC-11]. Default 45."""
    local_network_gateway_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name; `lgw-` and the component's name by default."""
    connection_name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name; `con-` and the component's name by default."""


class VpnSiteArgs(SiteAtGatewayArgs):
    """Arguments of VpnSite."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of the local network gateway and the connection."""
    gateway_id: pulumi.Input[str]
    """Required. Resource id of the VPN gateway."""
    ip_configuration_ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Conditional. The gateway's address configurations, when `bgp.gateway_addresses` is given."""
    virtual_network_prefixes: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Optional. The virtual network's address space: what the site brings is judged against it [VPN-17, BGP-10]."""
    gateway_asn: NotRequired[pulumi.Input[int]]
    """Optional. The VPN gateway's ASN, which the appliance's must not be [BGP-05]. Default 65515."""
    gateway_active_active: NotRequired[bool]
    """Optional. Whether the gateway has two instances: as many `bgp.gateway_addresses` are needed [BGP-09]."""
    gateway_bgp: NotRequired[pulumi.Input[bool]]
    """Optional. Whether the gateway speaks BGP, which a site with `bgp` needs [BGP-05]. Default true."""
    gateway_apipa_addresses: NotRequired[pulumi.Input[Sequence[pulumi.Input[Sequence[pulumi.Input[str]]]]]]
    """Conditional. The VPN gateway's APIPA addresses, instance by instance: `bgp.gateway_addresses` are judged against
    them, and where only one is given the other instance's first is taken from here [VPN-41]."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of what is made."""


class VpnSite(Component):
    """A site-to-site VPN to one appliance. Two appliances at one site are two VpnSites with BGP.

    The connection waits for the component's `depends_on`: name the previous site, since Azure takes one at a time on a
    gateway [ORDER-04]. It is replaced whenever its gateway is. In Python `VpnGateway.connect` sees to the order.
    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    connection_id: pulumi.Output[str]
    """Resource id of the connection."""
    local_network_gateway_id: pulumi.Output[str]
    """Resource id of the local network gateway."""

    def __init__(self, name: str, args: VpnSiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, VpnSiteArgs, args, gateway_parts.vpn_site)
        super().__init__(name, args, opts)
        group = args["resource_group_name"]
        common = {"location": args.get("location"), "tags": args.get("tags")}
        peer = args.get("bgp")
        policy: Any = args.get("ipsec_policy") or ipsec.STRONG_POLICY
        local = network.LocalNetworkGateway(
            name,
            local_network_gateway_name=args.get("local_network_gateway_name", f"lgw-{name}"),
            resource_group_name=group,
            gateway_ip_address=args.get("public_ip"),
            fqdn=args.get("fqdn"),
            # With BGP every prefix here would become a static route beside the learned ones [VPN-18].
            local_network_address_space=network.AddressSpaceArgs(
                address_prefixes=[] if peer else args.get("prefixes", [])
            ),
            bgp_settings=network.BgpSettingsArgs(asn=peer["asn"], bgp_peering_address=peer["peer_address"])
            if peer
            else None,
            # Azure makes no name of an address, and no address of a name [VPN-44]: when the other one goes, this does.
            opts=self.child(
                replace_on_changes=["gateway_ip_address" if "fqdn" in args else "fqdn"],
                delete_before_replace=True,
                minutes=NETWORK_MINUTES,
            ),
            **common,
        )
        self.connection = network.VirtualNetworkGatewayConnection(
            name,
            virtual_network_gateway_connection_name=args.get("connection_name", f"con-{name}"),
            resource_group_name=group,
            connection_type="IPsec",
            connection_protocol="IKEv2",
            connection_mode=args.get("connection_mode", vpn.DEFAULT_CONNECTION_MODE),
            virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=args["gateway_id"]),
            local_network_gateway2=network.LocalNetworkGatewayArgs(id=local.id),
            shared_key=args["shared_key"],
            enable_bgp=peer is not None,
            gateway_custom_bgp_ip_addresses=_apipa(args, peer) if peer else None,
            ipsec_policies=None if args.get("azure_policy") else [network.IpsecPolicyArgs(**policy)],
            dpd_timeout_seconds=args.get("dpd_timeout_seconds", ipsec.DEFAULT_DPD_SECONDS),
            use_policy_based_traffic_selectors=False,
            opts=self.child(
                depends_on=self.after(),
                minutes=CONNECTION_MINUTES,
                hooks=kept_key.hooks(self, opts.parent if opts else None, self._hooks),
                additional_secret_outputs=["shared_key", "authorization_key"],
                # Azure fixes the protocol when the connection is made [VPN-19], and deletes no gateway, of either end,
                # that still has connections [DELETE-01, DELETE-05].
                replace_on_changes=["connection_protocol", "virtual_network_gateway1", "local_network_gateway2"],
                delete_before_replace=True,
            ),
            **common,
        )
        """The connection, for what must wait for it."""
        self.connection_id = self.connection.id
        self.local_network_gateway_id = local.id
        self.register_outputs(
            {"connectionId": self.connection_id, "localNetworkGatewayId": self.local_network_gateway_id}
        )


def _apipa(args: VpnSiteArgs, peer: BgpPeerArgs) -> Any:
    """Each gateway instance's APIPA address for this connection.

    Azure wants one for each [VPN-41]: what the tunnel's own instance has is used, the other one's is not.
    """
    given = peer.get("gateway_addresses")
    if not given:
        return None
    instance = args.get("instance")
    alone = instance is not None and len(given) == 1

    def configured(known: tuple[Sequence[str], Sequence[Sequence[str]]]) -> Any:
        ids, of_gateway = known
        own: dict[int, pulumi.Input[str]] = dict(enumerate(given))
        if alone:
            own = {number: addresses[0] for number, addresses in enumerate(of_gateway) if addresses}
            own[cast(int, instance)] = given[0]
        return [
            network.GatewayCustomBgpIpAddressIpConfigurationArgs(
                ip_configuration_id=id, custom_bgp_ip_address=own[number]
            )
            for number, id in enumerate(ids)
            if number in own
        ]

    ids: Any = args.get("ip_configuration_ids", [])
    of_gateway: Any = args.get("gateway_apipa_addresses", []) if alone else []
    return pulumi.Output.all(ids, of_gateway).apply(lambda known: configured((known[0], known[1])))
