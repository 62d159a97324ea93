"""The settings of the VPN path: its gateway and its sites."""

from ipaddress import IPv4Address
from typing import Annotated

from pydantic import BeforeValidator

from components.rules import bgp, gateways, ipsec, vpn
from components.rules.ipsec import STRONG_POLICY

from .model_base import NOT_EMPTY, Address, Asn, ExistingGateway, Model, Prefix, ShortName, Zones, like, one_of


def _algorithm(field: str) -> BeforeValidator:
    return one_of(ipsec.CHOICES[field].documented)


class VpnGateway(Model):
    """The VPN virtual network gateway: made, with its SKU, or existing."""

    sku: Annotated[str, one_of(gateways.VPN_SKUS)] | None = None
    """VpnGw1AZ to VpnGw5AZ [VPN-10]. Required of one that is made; an existing one has its own."""
    generation: Annotated[str, one_of(gateways.GENERATIONS)] | None = None
    """Generation1 or Generation2; by default the newest that has the SKU. A change replaces the gateway."""
    active_active: bool = True
    """Two instances that both carry traffic, each with a public address."""
    zones: Zones | None = None
    """Zones of the public addresses; empty only in a region without zones. By default those of the setting `zones`, and
    addresses that are there keep what they have: only what is said here changes them, which replaces the gateway. Of an
    existing gateway what its addresses have, for the proof; by default they are taken to be in one zone."""
    asn: Asn = bgp.AZURE_ASN
    """Beside ExpressRoute it stays 65515 [BGP-01]."""
    existing: ExistingGateway | None = None
    """One that is there already; it is connected, and neither changed nor destroyed."""

    @property
    def known(self) -> bool:
        """Whether what it is is known: an existing one before Azure was asked is only assumed to have one instance."""
        return self.existing is None or self.sku is not None


class IpsecPolicy(Model):
    """A custom IPsec/IKE policy; it names every algorithm [IPSEC-01]."""

    ike_encryption: Annotated[str, _algorithm("ike_encryption")] = STRONG_POLICY["ike_encryption"]
    """GCMAES256, GCMAES128, AES256, AES192, AES128 [IPSEC-02]."""
    ike_integrity: Annotated[str, _algorithm("ike_integrity")] = STRONG_POLICY["ike_integrity"]
    """SHA384, SHA256, SHA1, MD5 [IPSEC-03]."""
    dh_group: Annotated[str, _algorithm("dh_group")] = STRONG_POLICY["dh_group"]
    """DHGroup24, ECP384, ECP256, DHGroup14, DHGroup2048, DHGroup2, DHGroup1, None [IPSEC-04]."""
    ipsec_encryption: Annotated[str, _algorithm("ipsec_encryption")] = STRONG_POLICY["ipsec_encryption"]
    """GCMAES256, GCMAES192, GCMAES128, AES256, AES192, AES128, DES3, DES, None [IPSEC-05]."""
    ipsec_integrity: Annotated[str, _algorithm("ipsec_integrity")] = STRONG_POLICY["ipsec_integrity"]
    """GCMAES256, GCMAES192, GCMAES128, SHA256, SHA1, MD5; GCMAES like the encryption [IPSEC-06, IPSEC-08]."""
    pfs_group: Annotated[str, _algorithm("pfs_group")] = STRONG_POLICY["pfs_group"]
    """PFS24, ECP384, ECP256, PFS2048, PFS2, PFS1, None [IPSEC-07]."""
    sa_life_time_seconds: int = STRONG_POLICY["sa_life_time_seconds"]
    """Seconds, 300 or more [IPSEC-09]."""
    sa_data_size_kilobytes: int = STRONG_POLICY["sa_data_size_kilobytes"]
    """Kilobytes, 1024 or more [IPSEC-09]."""


class BgpPeer(Model):
    """The appliance's BGP speaker, reached through the tunnel."""

    asn: Asn
    """The appliance's AS number."""
    peer_address: Address
    """Address of its BGP speaker inside, such as its loopback's, or an APIPA address [BGP-08]."""
    gateway_addresses: list[Address] = []
    """APIPA addresses of the gateway's instances, one each, when `peerAddress` is an APIPA address. Of a site with an
    `instance` that one's address in the tunnel, alone or with one of the other instance [VPN-41]."""


class Site(Model):
    """One VPN appliance on-premises."""

    name: ShortName
    """Names its resources in the stack, and its key in `vpnSharedKeys`."""
    public_ip: Address | None = None
    """The appliance's public address; this or `fqdn` [VPN-44]."""
    fqdn: Annotated[str, like("a name such as vpn.example.com")] | None = None
    """The appliance's name in DNS, where its address changes."""
    instance: int | None = None
    """0 or 1: the one instance of an active-active gateway that the tunnel ends on, as of AWS; by default there is a
    tunnel to each [VPN-40]."""
    prefixes: list[Prefix] | None = None
    """What is reached through this appliance: static routes, or with `bgp` what it advertises. All of
    `onPremises.prefixes` by default."""
    bgp: BgpPeer | None = None
    """Routes by BGP; static ones without it."""
    ipsec_policy: IpsecPolicy | None = None
    """This site's own policy, instead of `vpn.ipsecPolicy`."""
    azure_policy: bool = False
    """Azure's own default policies in place of any that the settings say, as a connection has that was made without
    one. They are weaker than the default here [IPSEC-01]."""
    connection_mode: Annotated[str, one_of(vpn.CONNECTION_MODES)] = vpn.DEFAULT_CONNECTION_MODE
    """Default (both sides open the tunnel), InitiatorOnly or ResponderOnly [VPN-19]."""
    dpd_timeout_seconds: int = ipsec.DEFAULT_DPD_SECONDS
    """Seconds until a silent peer counts as dead: 9 to 3600, 30 to 45 advised [IPSEC-11]."""
    prepend: int = 0
    """How many times more the appliance repeats its AS number in what it announces: 0 to 16, with `bgp` only. Azure
    prefers the shorter path among sites [ROUTE-07]."""
    local_preference: int | None = None
    """BGP local preference that on-premises gives to Azure's prefixes through this site; 100 by default, below
    ExpressRoute's [ROUTE-10]. With `bgp` only."""

    def apipa(self) -> dict[int, IPv4Address]:
        """The gateway's APIPA addresses that the settings name for this site, by instance."""
        given = self.bgp.gateway_addresses if self.bgp else []
        alone = self.instance is not None and len(given) == 1
        return {self.instance or 0: given[0]} if alone else dict(enumerate(given))


class Vpn(Model):
    """The VPN path."""

    gateway: VpnGateway
    """The VPN virtual network gateway: made, with its SKU, or existing."""
    sites: Annotated[list[Site], NOT_EMPTY]
    """Appliances on-premises, each with its tunnels."""
    ipsec_policy: IpsecPolicy = IpsecPolicy.model_construct()
    """IPsec/IKE policy of every site that has none of its own."""
