"""What Azure refuses of connections and circuits: one row a refusal."""

from typing import Any

from simulator import drift
from simulator.cloud import Cloud
from tests.simulator.world import (
    BASE,
    POLICY,
    WITH_CIRCUIT,
    WITH_SITE,
    Case,
    id_of,
    put,
    ref,
    unknown,
)

CONNECTED = (*WITH_SITE, "vpn connection")
ORDERED = (*BASE, "circuit")


def provisioned(cloud: Cloud) -> None:
    """The provider has done its work."""
    cloud.wait(drift.provision(cloud, "circuit"))


def connected(cloud: Cloud) -> None:
    """Phase 2: peering and connection."""
    provisioned(cloud)
    put(cloud, "peering")
    put(cloud, "er connection")


def _policy(**changes: Any) -> dict[str, Any]:
    return {"ipsecPolicies": [{**POLICY, **changes}]}


def _circuit_sku(tier: str, family: str = "UnlimitedData", name: str = "") -> dict[str, Any]:
    return {"sku": {"name": name or f"{tier}_{family}", "tier": tier, "family": family}}


def _provider(**changes: Any) -> dict[str, Any]:
    provider = {"serviceProviderName": "Equinix", "peeringLocation": "Silicon Valley", "bandwidthInMbps": 100}
    return {"serviceProviderProperties": {**provider, **changes}}


def _many_circuits(count: int, location: str = ""):
    """Circuits, each provisioned and connected to the gateway."""

    def act(cloud: Cloud) -> None:
        for number in range(count):
            place = {"peeringLocation": location or f"Place {number}"}
            put(cloud, "circuit", circuitName=f"c{number}", **_provider(**place))
            cloud.wait(drift.provision(cloud, f"c{number}"))
            put(
                cloud,
                "er connection",
                virtualNetworkGatewayConnectionName=f"con{number}",
                peer=ref(f"expressRouteCircuits/c{number}"),
            )
        put(cloud, "circuit", **_provider(**({"peeringLocation": location} if location else {})))
        provisioned(cloud)

    return act


def _bigger_gateway(cloud: Cloud) -> None:
    sku = {"name": "ErGw2AZ", "tier": "ErGw2AZ"}
    put(cloud, "er gateway", sku=sku)
    _many_circuits(4, "Silicon Valley")(cloud)


def _used_authorization(cloud: Cloud) -> None:
    provisioned(cloud)
    key = put(cloud, "authorization")["authorizationKey"]
    assert key == cloud.get(id_of("expressRouteCircuits/circuit/authorizations/other"))["authorizationKey"]


def _bgp_site(asn: int, peer: str = "192.168.0.1"):
    def act(cloud: Cloud) -> None:
        put(cloud, "vpn gateway", enableBgp=True, bgpSettings={"asn": 65010})
        put(cloud, "site", bgpSettings={"asn": asn, "bgpPeeringAddress": peer})

    return act


SELECTOR = {"localAddressRanges": ["10.0.0.0/16"], "remoteAddressRanges": ["192.168.0.0/16"]}
IMMUTABLE = unknown("IMMUTABLE")
ALGORITHM = unknown("IPSEC-02")
KIND = unknown("CONN-01")
PEERING = unknown("CIRCUIT-10")

CASES = (
    Case("CONN-01", KIND, "vpn connection", {"localNetworkGateway2": None}, given=WITH_SITE),
    Case("CONN-01", KIND, "vpn connection", {"sharedKey": None}, given=WITH_SITE),
    Case("CONN-01", KIND, "vpn connection", {"connectionType": "Vnet2Vnet"}, given=WITH_SITE),
    Case("CONN-01", KIND, "er connection", {"sharedKey": "abc"}, given=WITH_CIRCUIT),
    Case("CONN-01", KIND, "er connection", {"peer": None}, given=WITH_CIRCUIT),
    Case("CONN-01", KIND, "er connection", {"peer": ref("virtualNetworks/hub")}, given=WITH_CIRCUIT),
    Case("IPSEC-01", KIND, "er connection", _policy(), given=WITH_CIRCUIT),
    Case("CONN-02", "ExpressRouteConnectionPeerCannotBeChanged", "er connection",
         {"peer": ref("expressRouteCircuits/c2")}, given=WITH_CIRCUIT,
         before=lambda cloud: (connected(cloud), put(cloud, "circuit", circuitName="c2"))),
    Case("CONN-05", unknown("CONN-05"), "er connection", {"routingWeight": 32001}, given=WITH_CIRCUIT),
    Case("VPN-15", unknown("VPN-15"), "vpn connection", {"sharedKey": "with-hyphen"}, given=WITH_SITE),
    Case("VPN-15", unknown("VPN-15"), "vpn connection", {"sharedKey": "with space"}, given=WITH_SITE),
    Case("VPN-15", unknown("VPN-15"), "vpn connection", {"sharedKey": "tilde~"}, given=WITH_SITE),
    Case("VPN-16", unknown("VPN-16"), "vpn connection", {"sharedKey": "a" * 129}, given=WITH_SITE),
    Case("VPN-19", IMMUTABLE, "vpn connection", {"connectionProtocol": "IKEv1"}, given=CONNECTED),
    Case("VPN-19", unknown("CONN-01"), "vpn connection", {"connectionProtocol": "IKEv1"}, given=WITH_SITE,
         before=lambda cloud: drift.change(cloud, id_of("virtualNetworkGateways/vpn"), {"sku.name": "Standard"})),
    Case("VPN-20", unknown("VPN-20"), "vpn connection",
         {"trafficSelectorPolicies": [SELECTOR]},
         given=WITH_SITE),
    Case("VPN-22", unknown("VPN-22"), "vpn connection", {"useLocalAzureIpAddress": True}, given=WITH_SITE),
    Case("IPSEC-01", unknown("IPSEC-01"), "vpn connection", {"ipsecPolicies": [POLICY, POLICY]}, given=WITH_SITE),
    Case("IPSEC-01", "InvalidRequestFormat", "vpn connection",
         {"ipsecPolicies": [{k: v for k, v in POLICY.items() if k != "pfsGroup"}]}, given=WITH_SITE),
    Case("IPSEC-02", ALGORITHM, "vpn connection", _policy(ikeEncryption="DES3"), given=WITH_SITE),
    Case("IPSEC-03", ALGORITHM, "vpn connection", _policy(ikeIntegrity="GCMAES256"), given=WITH_SITE),
    Case("IPSEC-04", "InvalidRequestFormat", "vpn connection", _policy(dhGroup="DHGroup99"), given=WITH_SITE),
    Case("IPSEC-05", "InvalidRequestFormat", "vpn connection", _policy(ipsecEncryption="AES512"), given=WITH_SITE),
    Case("IPSEC-06", "InvalidRequestFormat", "vpn connection", _policy(ipsecIntegrity="SHA512"), given=WITH_SITE),
    Case("IPSEC-07", ALGORITHM, "vpn connection", _policy(pfsGroup="PFSMM"), given=WITH_SITE),
    Case("IPSEC-08", unknown("IPSEC-08"), "vpn connection", _policy(ipsecIntegrity="SHA256"), given=WITH_SITE),
    Case("IPSEC-08", unknown("IPSEC-08"), "vpn connection", _policy(ipsecIntegrity="GCMAES128"), given=WITH_SITE),
    Case("IPSEC-09", unknown("IPSEC-09"), "vpn connection", _policy(saLifeTimeSeconds=299), given=WITH_SITE),
    Case("IPSEC-09", unknown("IPSEC-09"), "vpn connection", _policy(saDataSizeKilobytes=1023), given=WITH_SITE),
    Case("IPSEC-11", unknown("IPSEC-11"), "vpn connection", {"dpdTimeoutSeconds": 8}, given=WITH_SITE),
    Case("IPSEC-11", unknown("IPSEC-11"), "vpn connection", {"dpdTimeoutSeconds": 3601}, given=WITH_SITE),
    Case("BGP-05", unknown("BGP-05"), "vpn connection", {"enableBgp": True}, given=WITH_SITE),
    Case("BGP-05", unknown("BGP-05"), "vpn connection", {"enableBgp": True}, given=WITH_SITE, before=_bgp_site(65010)),
    Case("BGP-05 BGP-08", unknown("BGP-05"), "vpn connection", {"enableBgp": True}, given=WITH_SITE,
         before=_bgp_site(65020, "169.254.21.2")),
    Case("ER-02", unknown("ER-02"), "er connection", given=WITH_CIRCUIT[:-1], before=_many_circuits(4)),
    Case("ER-03", unknown("ER-03"), "er connection", given=WITH_CIRCUIT[:-1], before=_bigger_gateway),
    Case("ER-04", unknown("ER-04"), "er connection", {"expressRouteGatewayBypass": True}, given=WITH_CIRCUIT),
    Case("CIRCUIT-15", unknown("CIRCUIT-15"), "er connection", {"enablePrivateLinkFastPath": True}, given=WITH_CIRCUIT),
    Case("CIRCUIT-13", unknown("CIRCUIT-13"), "er connection", {"authorizationKey": "invented"}, given=WITH_CIRCUIT,
         before=_used_authorization),
    Case("CIRCUIT-08", "ServiceProviderNotProvisioned", "er connection", given=WITH_CIRCUIT),
    Case("CIRCUIT-08", "ServiceProviderNotProvisioned", "peering", given=ORDERED),
    Case("CIRCUIT-02", "InvalidParameter", "er connection", given=WITH_CIRCUIT[:-1],
         before=lambda cloud: (put(cloud, "circuit", location="eastus", **_circuit_sku("Local")), provisioned(cloud))),
    Case("CIRCUIT-01", unknown("CIRCUIT-01"), "circuit", _circuit_sku("Premium", name="Premium_MeteredData")),
    Case("CIRCUIT-01", unknown("CIRCUIT-01"), "circuit", _circuit_sku("Local", "MeteredData")),
    Case("CIRCUIT-01", unknown("CIRCUIT-01"), "circuit", _circuit_sku("Basic")),
    Case("CIRCUIT-03", unknown("CIRCUIT-03"), "circuit", _provider(bandwidthInMbps=75)),
    Case("CIRCUIT-04", unknown("CIRCUIT-04"), "circuit", given=BASE,
         before=lambda cloud: put(cloud, "circuit", **_provider(bandwidthInMbps=100))),
    Case("CIRCUIT-04", unknown("CIRCUIT-04"), "circuit", _circuit_sku("Premium", "MeteredData"), given=ORDERED),
    Case("CIRCUIT-04", unknown("CIRCUIT-04"), "circuit", _circuit_sku("Local"), given=ORDERED),
    Case("CIRCUIT-04", unknown("CIRCUIT-04"), "circuit", _provider(peeringLocation="Paris"), given=ORDERED),
    Case("CIRCUIT-05", unknown("CIRCUIT-05"), "circuit", {"serviceProviderProperties": None}),
    Case("CIRCUIT-10", PEERING, "peering", {"primaryPeerAddressPrefix": "172.16.0.0/29"}, given=ORDERED,
         before=provisioned),
    Case("CIRCUIT-10", PEERING, "peering", {"secondaryPeerAddressPrefix": None}, given=ORDERED, before=provisioned),
    Case("CIRCUIT-10", PEERING, "peering", {"secondaryPeerAddressPrefix": "172.16.0.0/30"}, given=ORDERED,
         before=provisioned),
    Case("CIRCUIT-10", PEERING, "peering", {"primaryPeerAddressPrefix": "10.0.9.0/30"}, given=ORDERED,
         before=provisioned),
    Case("CIRCUIT-10", PEERING, "peering", {"vlanId": 0}, given=ORDERED, before=provisioned),
    Case("CIRCUIT-12", unknown("CIRCUIT-12"), "peering",
         {"peeringName": "AzurePublicPeering", "peeringType": "AzurePublicPeering"}, given=ORDERED, before=provisioned),
    Case("BGP-06", unknown("BGP-06"), "peering", {"peerASN": 65516}, given=ORDERED, before=provisioned),
    Case("DELETE-07", unknown("DELETE-07"), "", given=WITH_CIRCUIT, before=connected,
         delete="expressRouteCircuits/circuit/peerings/AzurePrivatePeering"),
    Case("DELETE-07", unknown("DELETE-07"), "", given=WITH_CIRCUIT,
         before=lambda cloud: (connected(cloud), cloud.wait(drift.deprovision(cloud, "circuit"))),
         delete="expressRouteCircuits/circuit"),
    Case("DELETE-07", unknown("DELETE-07"), "", given=(*ORDERED, "authorization"),
         delete="expressRouteCircuits/circuit"),
    Case("DELETE-08", "ConflictError", "", given=ORDERED, before=provisioned, delete="expressRouteCircuits/circuit"),
    Case("DELETE-08", "ConflictError", "", given=ORDERED, before=lambda cloud: drift.provision(cloud, "circuit"),
         delete="expressRouteCircuits/circuit"),
)  # fmt: skip
