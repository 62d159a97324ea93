"""One on-premises VPN appliance: its local network gateway and the IPsec connection to it."""

from collections.abc import Iterator, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from .base import Component, address, prefixes
from .rules import Problem, bgp, ipsec, keys, names, vpn
from .sdk import network

_CONNECTION_MINUTES = 60


class IpsecPolicyArgs(TypedDict):
    """A custom IPsec/IKE policy; it replaces Azure's defaults and names every algorithm [IPSEC-01]."""

    ike_encryption: str
    """Required. GCMAES256, GCMAES128, AES256, AES192 or AES128."""
    ike_integrity: str
    """Required. SHA384, SHA256, SHA1 or MD5."""
    dh_group: str
    """Required. DHGroup24, ECP384, ECP256, DHGroup14, DHGroup2048, DHGroup2, DHGroup1 or None."""
    ipsec_encryption: str
    """Required. GCMAES256, GCMAES192, GCMAES128, AES256, AES192, AES128, DES3, DES or None."""
    ipsec_integrity: str
    """Required. GCMAES256, GCMAES192, GCMAES128, SHA256, SHA1 or MD5; the same GCMAES as the encryption [IPSEC-08]."""
    pfs_group: str
    """Required. PFS24, ECP384, ECP256, PFS2048, PFS2, PFS1 or None."""
    sa_life_time_seconds: int
    """Required. Seconds, 300 or more [IPSEC-09]."""
    sa_data_size_kilobytes: int
    """Required. Kilobytes, 1024 or more [IPSEC-09]."""


STRONG_POLICY: IpsecPolicyArgs = {
    "ike_encryption": "GCMAES256",
    "ike_integrity": "SHA384",
    "dh_group": "ECP384",
    "ipsec_encryption": "GCMAES256",
    "ipsec_integrity": "GCMAES256",
    "pfs_group": "ECP384",
    "sa_life_time_seconds": 27000,
    "sa_data_size_kilobytes": 102400000,
}
"""The default: AES-GCM with 256 bits and 384-bit elliptic curves; lifetimes are Azure's own defaults."""


class BgpPeerArgs(TypedDict):
    """The appliance's BGP speaker, reached through the tunnel."""

    asn: int
    """Required. Its ASN, another than the gateway's [BGP-05]."""
    peer_address: str
    """Required. Its address: not the public one, not inside the virtual network [BGP-10]."""
    gateway_addresses: NotRequired[Sequence[str]]
    """Conditional. With an APIPA peer address: the APIPA address of each gateway instance for this connection."""


class VpnSiteArgs(TypedDict):
    """Arguments of VpnSite."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of the local network gateway and the connection."""
    gateway_id: pulumi.Input[str]
    """Required. Resource id of the VPN gateway."""
    public_ip: str
    """Required. The appliance's public address."""
    shared_key: pulumi.Input[str]
    """Required. Pre-shared key: printable ASCII but space, hyphen and tilde [VPN-15]; kept as a secret."""
    prefixes: NotRequired[Sequence[str]]
    """Conditional. Static routes: the prefixes behind the appliance. Without `bgp`. Azure keeps them whether the tunnel
    is up or not."""
    bgp: NotRequired[BgpPeerArgs]
    """Conditional. Routes by BGP instead. Two appliances at one site need it [VPN-14]."""
    ipsec_policy: NotRequired[IpsecPolicyArgs]
    """Optional. Default AES-GCM-256 with ECP384 throughout."""
    connection_mode: NotRequired[str]
    """Optional. Default, InitiatorOnly or ResponderOnly: who opens the tunnel. Default Default (both)."""
    dpd_timeout_seconds: NotRequired[int]
    """Optional. Dead peer detection in seconds, 9 to 3600 [IPSEC-11]. Default 45."""
    ip_configuration_ids: NotRequired[pulumi.Input[Sequence[str]]]
    """Conditional. The gateway's address configurations, when `bgp.gateway_addresses` is given."""
    local_network_gateway_name: NotRequired[str]
    """Optional. Physical name; `lgw-` and the component's name by default."""
    connection_name: NotRequired[str]
    """Optional. Physical name; `con-` and the component's name by default."""
    location: NotRequired[str]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[dict[str, str]]
    """Optional. Tags of what is made."""


class VpnSite(Component):
    """A site-to-site VPN to one appliance. Two appliances at one site are two VpnSites with BGP.

    The connection waits for the component's `depends_on`: name the previous site's `connection`, since Azure takes one
    at a time on a gateway [ORDER-04]. It is replaced whenever its gateway is.
    Raises pulumi.RunError for arguments that Azure would refuse.
    """

    connection_id: pulumi.Output[str]
    """Resource id of the connection."""
    local_network_gateway_id: pulumi.Output[str]
    """Resource id of the local network gateway."""

    def __init__(self, name: str, args: VpnSiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        problems = list(_problems(args))
        args = {**args, "shared_key": pulumi.Output.secret(args["shared_key"])}
        super().__init__(name, args, opts)
        self.refuse(problems)
        group = args["resource_group_name"]
        common = {"location": args.get("location"), "tags": args.get("tags")}
        peer = args.get("bgp")
        local = network.LocalNetworkGateway(
            name,
            local_network_gateway_name=args.get("local_network_gateway_name", f"lgw-{name}"),
            resource_group_name=group,
            gateway_ip_address=args["public_ip"],
            # With BGP every prefix here would become a static route beside the learned ones [VPN-18].
            local_network_address_space=network.AddressSpaceArgs(
                address_prefixes=[] if peer else list(args.get("prefixes", []))
            ),
            bgp_settings=network.BgpSettingsArgs(asn=peer["asn"], bgp_peering_address=peer["peer_address"])
            if peer
            else None,
            opts=self.child(minutes=30),
            **common,
        )
        self.connection = network.VirtualNetworkGatewayConnection(
            name,
            virtual_network_gateway_connection_name=args.get("connection_name", f"con-{name}"),
            resource_group_name=group,
            connection_type="IPsec",
            connection_protocol="IKEv2",
            connection_mode=args.get("connection_mode", "Default"),
            virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=args["gateway_id"]),
            local_network_gateway2=network.LocalNetworkGatewayArgs(id=local.id),
            shared_key=args["shared_key"],
            enable_bgp=peer is not None,
            gateway_custom_bgp_ip_addresses=_apipa(args, peer) if peer else None,
            ipsec_policies=[network.IpsecPolicyArgs(**(args.get("ipsec_policy") or STRONG_POLICY))],
            dpd_timeout_seconds=args.get("dpd_timeout_seconds", 45),
            use_policy_based_traffic_selectors=False,
            opts=self.child(
                depends_on=self.after(),
                minutes=_CONNECTION_MINUTES,
                additional_secret_outputs=["shared_key", "authorization_key"],
                # Azure fixes the protocol when the connection is made [VPN-19], and deletes no gateway that still has
                # connections [DELETE-01].
                replace_on_changes=["connection_protocol", "virtual_network_gateway1"],
                delete_before_replace=True,
            ),
            **common,
        )
        self.connection_id = self.connection.id
        self.local_network_gateway_id = local.id
        self.register_outputs(
            {"connectionId": self.connection_id, "localNetworkGatewayId": self.local_network_gateway_id}
        )


def _apipa(args: VpnSiteArgs, peer: BgpPeerArgs) -> Any:
    """Each gateway instance's APIPA address for this connection."""
    addresses = peer.get("gateway_addresses")
    if not addresses:
        return None
    return pulumi.Output.from_input(args.get("ip_configuration_ids", [])).apply(
        lambda ids: [
            network.GatewayCustomBgpIpAddressIpConfigurationArgs(ip_configuration_id=id, custom_bgp_ip_address=address)
            for id, address in zip(ids, addresses, strict=True)
        ]
    )


def _problems(args: VpnSiteArgs) -> Iterator[Problem]:
    for argument in ("local_network_gateway_name", "connection_name"):
        if name := args.get(argument):
            yield from names.resource(argument, name)
    public_ip = address(args["public_ip"])
    if public_ip:
        yield from vpn.public_address("public_ip", public_ip)
    if isinstance(key := args["shared_key"], str):
        yield from keys.shared_key("shared_key", key)
    yield from vpn.connection_mode("connection_mode", args.get("connection_mode", "Default"))
    yield from ipsec.dead_peer_detection("dpd_timeout_seconds", args.get("dpd_timeout_seconds", 45))
    yield from ipsec.policy("ipsec_policy", **(args.get("ipsec_policy") or STRONG_POLICY))
    if peer := args.get("bgp"):
        yield from bgp.appliance_asn("bgp.asn", peer["asn"])
        if at := address(peer["peer_address"]):
            gateway = [known for known in map(address, peer.get("gateway_addresses", [])) if known]
            yield from bgp.peer("bgp", at, gateway, public_ip=public_ip)
    else:
        yield from vpn.static_prefixes("prefixes", prefixes(args.get("prefixes")))
