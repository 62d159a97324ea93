"""What Azure refuses of gateways: one row a refusal."""

from typing import Any

from simulator import drift
from simulator.cloud import Cloud
from simulator.options import Options
from tests.simulator.world import (
    BASE,
    GATEWAY_SUBNET,
    WITH_SITE,
    WITH_VPN,
    Case,
    id_of,
    put,
    ref,
    unknown,
)

WITH_ADDRESS = (*BASE, "address")
TWO = (*WITH_ADDRESS, "er gateway")


def _sku(name: str) -> dict[str, Any]:
    return {"sku": {"name": name, "tier": name}}


def _config(name: str = "a", address: str | None = "pip", subnet: str = GATEWAY_SUBNET) -> dict[str, Any]:
    config: dict[str, Any] = {"name": name, "subnet": ref(subnet)}
    return config | ({"publicIPAddress": ref(f"publicIPAddresses/{address}")} if address else {})


def _subnet(prefix: str):
    return lambda cloud: put(cloud, "gateway subnet", addressPrefix=prefix)


def _address(**changes: Any):
    return lambda cloud: put(cloud, "address", **changes)


def _network_in(location: str):
    def act(cloud: Cloud) -> None:
        put(cloud, "network", location=location)
        put(cloud, "gateway subnet")

    return act


def _second_address(cloud: Cloud) -> None:
    put(cloud, "address", publicIpAddressName="second")


def _bgp(addresses: list[str], count: int = 1) -> dict[str, Any]:
    entries = [
        {
            "ipconfigurationId": id_of("virtualNetworkGateways/vpn/ipConfigurations/a"),
            "customBgpIpAddresses": addresses,
        }
    ] * count
    return {"bgpSettings": {"asn": 65515, "bgpPeeringAddresses": entries}}


def _uses_other_gateways(cloud: Cloud) -> None:
    """The hub uses the gateway of the spoke."""
    put(cloud, "spoke")
    _gateway_of_its_own(cloud)
    back = {"virtualNetworkName": "hub", "remoteVirtualNetwork": ref("virtualNetworks/spoke")}
    put(cloud, "spoke peering", **back, useRemoteGateways=True)


def _gateway_of_its_own(cloud: Cloud) -> None:
    put(cloud, "gateway subnet", virtualNetworkName="spoke", addressPrefix="10.1.255.0/26")
    subnet = "virtualNetworks/spoke/subnets/GatewaySubnet"
    put(cloud, "er gateway", virtualNetworkGatewayName="own", ipConfigurations=[_config(address=None, subnet=subnet)])


def _dual_stack(cloud: Cloud) -> None:
    put(cloud, "network", addressSpace={"addressPrefixes": ["10.0.0.0/16", "fd00::/48"]})


def _with_nat_in_use(cloud: Cloud) -> None:
    rule = {"name": "nat", "type": "Static", "mode": "EgressSnat"}
    put(cloud, "vpn gateway", **_sku("VpnGw2AZ"), natRules=[rule])
    put(cloud, "site")
    put(cloud, "vpn connection", egressNatRules=[ref("virtualNetworkGateways/vpn/natRules/nat")])


IMMUTABLE = unknown("IMMUTABLE")
APIPA = unknown("BGP-08")

CASES = (
    Case("GW-01", unknown("GW-01"), "vpn gateway",
         {"ipConfigurations": [_config(subnet="virtualNetworks/hub/subnets/web")]}, given=(*WITH_ADDRESS, "subnet")),
    Case("GW-03", unknown("GW-03"), "vpn gateway", {"virtualNetworkGatewayName": "more"}, given=WITH_VPN),
    Case("GW-03", unknown("GW-03"), "er gateway", {"virtualNetworkGatewayName": "more"}, given=(*BASE, "er gateway")),
    Case("EXIST-01", "InvalidResourceReference", "er gateway", {"location": "eastus"}),
    Case("EXIST-01", "InvalidResourceReference", "vpn gateway",
         before=lambda cloud: put(cloud, "address", location="eastus")),
    Case("EXIST-05", unknown("EXIST-05"), "er gateway", before=_uses_other_gateways),
    Case("GW-04", unknown("GW-04"), "er gateway", given=("group", "network"),
         before=lambda cloud: (_subnet("10.0.255.0/28")(cloud), put(cloud, "address"), put(cloud, "vpn gateway"))),
    Case("GW-05", unknown("GW-05"), "er gateway", before=_subnet("10.0.255.0/28")),
    Case("GW-06", "GatewaySubnetTooSmallForExpressrouteUltraPerformanceGatewaySku", "er gateway",
         _sku("UltraPerformance"), before=_subnet("10.0.255.0/28")),
    Case("GW-08", unknown("GW-08"), "er gateway", _sku("ErGwScale"), before=_subnet("10.0.255.0/27")),
    Case("PIP-01", "PublicIpWithBasicSkuNotAllowedOnVPNGateways", "vpn gateway",
         before=_address(sku={"name": "Basic"}, zones=None)),
    Case("PIP-02", "PublicIpWithBasicSkuNotAllowedOnExpressRouteGateways", "er gateway",
         {"ipConfigurations": [_config()]}, before=_address(sku={"name": "Basic"}, zones=None)),
    Case("PIP-04", "VmssVpnGatewayPublicIpsMustHaveZonesConfigured", "vpn gateway", before=_address(zones=None)),
    Case("PIP-05", "RegionalVmssVpnGatewayPublicIpsMustNotHaveZonesConfigured", "vpn gateway", _sku("VpnGw1"),
         given=WITH_VPN, before=lambda cloud: drift.change(cloud, id_of("virtualNetworkGateways/vpn"), _sku("VpnGw1"))),
    Case("PIP-06", "PublicIpForGatewayIsRequired", "vpn gateway", {"ipConfigurations": [_config(address=None)]}),
    Case("PIP-08", unknown("PIP-08"), "vpn gateway", {"ipConfigurations": [_config(address="second")]},
         given=WITH_VPN, before=_second_address),
    Case("PIP-11", unknown("PIP-11"), "er gateway", options=Options(er_gateway_public_ip="required")),
    Case("PIP-10", unknown("PIP-11"), "er gateway", {"ipConfigurations": [_config()]}, given=WITH_ADDRESS,
         options=Options(er_gateway_public_ip="refused")),
    Case("VPN-01", unknown("VPN-01"), "er gateway", given=WITH_ADDRESS,
         before=lambda cloud: (_address(publicIpAddressName="b")(cloud),
                               put(cloud, "vpn gateway", **_sku("Basic"), vpnType="PolicyBased",
                                   ipConfigurations=[_config(address="b")]))),
    Case("VPN-02", unknown("VPN-02"), "vpn gateway", _sku("Basic"), given=TWO),
    Case("VPN-03", unknown("VPN-03"), "vpn gateway", {"vpnType": "PolicyBased"}, given=WITH_ADDRESS),
    Case("VPN-03 PULUMI-03", IMMUTABLE, "vpn gateway", {"vpnType": "PolicyBased"}, given=WITH_VPN),
    Case("PULUMI-03", IMMUTABLE, "vpn gateway", {"gatewayType": "ExpressRoute"}, given=WITH_VPN),
    Case("VPN-09 PULUMI-03", IMMUTABLE, "vpn gateway", {"vpnGatewayGeneration": "Generation2"}, given=WITH_VPN),
    Case("VPN-04", "NonAzSkusNotAllowedForVPNGateway", "vpn gateway", _sku("VpnGw1"), given=WITH_ADDRESS),
    Case("VPN-04", unknown("VPN-04"), "vpn gateway", {**_sku("VpnGw1"), "tags": {"a": "b"}}, given=WITH_VPN,
         before=lambda cloud: (drift.change(cloud, id_of("virtualNetworkGateways/vpn"), _sku("VpnGw1")),
                               drift.change(cloud, id_of("publicIPAddresses/pip"), {"zones": None}))),
    Case("PIP-01 VPN-07", "PublicIpWithBasicSkuNotAllowedOnVPNGateways", "vpn gateway", _sku("Basic"),
         before=_address(sku={"name": "Basic"}, zones=None)),
    Case("VPN-06", unknown("VPN-06"), "vpn gateway", _sku("HighPerformance"), given=WITH_ADDRESS),
    Case("VPN-09", "VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration", "vpn gateway",
         {**_sku("VpnGw5AZ"), "vpnGatewayGeneration": "Generation1"}, given=WITH_ADDRESS),
    Case("VPN-09", "VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration", "vpn gateway",
         _sku("VpnGw4AZ"), given=WITH_VPN),
    Case("VPN-10", "InvalidGatewaySize", "vpn gateway", _sku("ErGw1AZ"), given=WITH_ADDRESS),
    Case("VPN-10 ER-01", "InvalidGatewaySize", "er gateway", _sku("VpnGw1AZ")),
    Case("VPN-10", "InvalidGatewaySkuSpecifiedForGatewayDeploymentType", "er gateway",
         options=Options(skus_not_offered=["westus3:ErGw1AZ"])),
    *(Case("ZONE-06", "InvalidGatewaySkuSpecifiedForGatewayDeploymentType", "er gateway",
           {**_sku("ErGwScale"), "location": location}, given=("group",), before=_network_in(location))
      for location in ("West US 2", "qatarcentral")),
    Case("VPN-11", "ActiveActiveGatewayMustHaveExactlyTwoIpConfigurations", "vpn gateway", {"activeActive": True},
         given=WITH_ADDRESS),
    Case("VPN-11", unknown("VPN-11"), "er gateway", {"activeActive": True}),
    Case("VPN-11", unknown("IPCONFIG"), "vpn gateway",
         {"ipConfigurations": [_config(), _config("b", "second")]}, given=WITH_ADDRESS, before=_second_address),
    Case("VPN-12", unknown("VPN-12"), "vpn gateway",
         {"activeActive": True, "ipConfigurations": [_config(), _config("b", "second")],
          "vpnClientConfiguration": {"vpnClientAddressPool": {"addressPrefixes": ["10.99.0.0/24"]}}},
         given=WITH_ADDRESS, before=_second_address),
    Case("VPN-21", unknown("VPN-21"), "vpn gateway", {"natRules": [{"name": "nat"}]}, given=WITH_ADDRESS),
    Case("VPN-21", unknown("VPN-21"), "vpn gateway", {**_sku("VpnGw2AZ"), "natRules": [{"name": "a/b"}]},
         given=WITH_ADDRESS),
    Case("DELETE-06", unknown("DELETE-06"), "vpn gateway", {**_sku("VpnGw2AZ"), "natRules": []}, given=WITH_ADDRESS,
         before=_with_nat_in_use),
    Case("BGP-01", unknown("BGP-01"), "vpn gateway", {"bgpSettings": {"asn": 65010}}, given=TWO),
    Case("BGP-05", unknown("BGP-05"), "vpn gateway", {**_sku("Basic"), "enableBgp": True}, given=WITH_ADDRESS),
    Case("BGP-08", APIPA, "vpn gateway", _bgp(["169.254.20.1"]), given=WITH_ADDRESS),
    Case("BGP-08", APIPA, "vpn gateway", _bgp(["169.254.23.0"]), given=WITH_ADDRESS),
    Case("BGP-08", APIPA, "vpn gateway", _bgp([f"169.254.21.{n}" for n in range(1, 34)]), given=WITH_ADDRESS),
    Case("BGP-12", "VirtualNetworkGatewayBgpPeeringAddressCannotBeModified", "vpn gateway",
         {"bgpSettings": {"asn": 65515, "bgpPeeringAddress": "10.0.255.9"}}, given=WITH_VPN),
    Case("BGP-13", "BgpPeeringAddressesCountNotCorrect", "vpn gateway", _bgp([], count=2), given=WITH_ADDRESS),
    Case("ER-05", unknown("ER-05"), "er gateway", {"autoScaleConfiguration": {"bounds": {"min": 2, "max": 4}}}),
    Case("ER-05", "ExpressRouteVirtualNetworkGatewayAutoscaleBoundsNotValid", "er gateway",
         {**_sku("ErGwScale"), "autoScaleConfiguration": {"bounds": {"min": 1, "max": 4}}}),
    Case("ER-05", "ExpressRouteVirtualNetworkGatewayAutoscaleBoundsNotValid", "er gateway",
         {**_sku("ErGwScale"), "autoScaleConfiguration": {"bounds": {"min": 2, "max": 41}}}),
    Case("ER-07", IMMUTABLE, "er gateway", _sku("UltraPerformance"), given=(*BASE, "er gateway")),
    Case("ER-07", IMMUTABLE, "er gateway", _sku("ErGw2AZ"),
         before=lambda cloud: put(cloud, "er gateway", **_sku("ErGw3AZ"))),
    Case("ER-07", IMMUTABLE, "er gateway", _sku("ErGw1AZ"),
         before=lambda cloud: put(cloud, "er gateway", **_sku("ErGw2AZ"))),
    Case("ER-10", unknown("ER-10"), "vpn gateway", given=TWO, before=_dual_stack),
    Case("ORDER-03", unknown("ORDER-03"), "er gateway", given=WITH_VPN, options=Options(expressroute_first=True)),
    Case("VPN-22", unknown("VPN-22"), "vpn gateway", {**_sku("Basic"), "enablePrivateIpAddress": True},
         given=WITH_ADDRESS),
    Case("BGP-03", unknown("BGP-03"), "site", {"bgpSettings": {"asn": 64496, "bgpPeeringAddress": "192.168.0.1"}}),
    Case("BGP-03", unknown("BGP-03"), "site", {"bgpSettings": {"asn": 65515, "bgpPeeringAddress": "192.168.0.1"}}),
    Case("BGP-08", APIPA, "site", {"bgpSettings": {"asn": 65010, "bgpPeeringAddress": "169.254.21.2"},
                                   "localNetworkAddressSpace": {"addressPrefixes": ["169.254.21.0/24"]}}),
    Case("VPN-18", unknown("LNG"), "site", {"localNetworkAddressSpace": None}),
    Case("DELETE-01", "VirtualNetworkGatewayCannotBeDeleted", "", given=(*WITH_SITE, "vpn connection"),
         delete="virtualNetworkGateways/vpn"),
    Case("DELETE-02", "PublicIPAddressCannotBeDeleted", "", given=WITH_VPN, delete="publicIPAddresses/pip"),
    Case("DELETE-03", "InUseSubnetCannotBeDeleted", "", given=WITH_VPN, delete=GATEWAY_SUBNET),
    Case("DELETE-05", unknown("DELETE-05"), "", given=(*WITH_SITE, "vpn connection"),
         delete="localNetworkGateways/site"),
)  # fmt: skip
