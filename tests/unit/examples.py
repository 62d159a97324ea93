"""Arguments that each component takes, and wrong ones."""

from collections.abc import Mapping
from typing import Any

from tests.recording import SUBSCRIPTION

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network"
NETWORK = f"{GROUP}/virtualNetworks/vnet"
ROUTE = {
    "name": "to-appliance",
    "prefix": "10.9.0.0/16",
    "next_hop_type": "VirtualAppliance",
    "next_hop_address": "10.0.3.4",
}
PROVIDER = ("azure-native's provider", SUBSCRIPTION)
"""Stands for a provider, which only a running program can make."""
SHARED = {"resource_group_name": "rg", "location": "westus2", "tags": {"team": "network"}}
IN_NETWORK = {
    **SHARED,
    "virtual_network_name": "vnet",
    "virtual_network_resource_group_name": "rg",
    "virtual_network_prefixes": ["10.0.0.0/16"],
}
WORKSPACE = f"{GROUP.rpartition('/')[0]}/Microsoft.OperationalInsights/workspaces/log"
ACTION_GROUP = f"{GROUP.rpartition('/')[0]}/Microsoft.Insights/actionGroups/ag"
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "ResourceGroup": [
        {"name": "rg", "location": "westus2", "tags": {"team": "network"}},
        {"name": "rg", "existing": True},
    ],
    "HubNetwork": [
        {
            **SHARED,
            "address_prefixes": ["10.0.0.0/16"],
            "gateway_subnet_prefix": "10.0.255.0/26",
            "name": "vnet-hub",
            "gateway_subnet_routes": [ROUTE],
            "gateway_subnet_route_table_name": "rt-hub",
            "dns_servers": ["168.63.129.16"],
        },
        {
            "resource_group_name": "rg",
            "address_prefixes": ["10.0.0.0/16"],
            "gateway_subnet_prefix": "10.0.255.0/26",
            "existing_network_id": NETWORK,
            "adopt_gateway_subnet": True,
            "own_gateways": ["vgw"],
        },
    ],
    "ApplicationTier": [
        {
            **IN_NETWORK,
            "subnet_prefix": "10.0.1.0/24",
            "allow": [{"name": "web", "source_prefixes": ["10.0.0.0/16"], "ports": ["443"], "protocol": "Tcp"}],
            "load_balancer": {
                "frontend_address": "10.0.1.250",
                "port": 443,
                "name": "lbi",
                "backend_port": 8443,
                "probe_path": "/health",
                "zones": ["1", "2", "3"],
                "keeps_zones": True,
            },
            "internet_outbound": False,
            "routes": [ROUTE],
            "gateway_routes": True,
            "subnet_name": "snet",
            "network_security_group_name": "nsg",
            "route_table_name": "rt",
        },
        {
            **SHARED,
            "virtual_network_id": NETWORK,
            "subnet_prefix": "10.0.1.0/24",
            "allow": [
                {
                    "name": "group",
                    "source_application_security_group_ids": [f"{GROUP}/applicationSecurityGroups/asg"],
                    "ports": ["*"],
                }
            ],
        },
    ],
    "Spoke": [
        {
            **SHARED,
            "address_prefixes": ["10.1.0.0/16"],
            "name": "vnet-spoke",
            "dns_servers": ["168.63.129.16"],
        },
        {
            "resource_group_name": "rg",
            "address_prefixes": ["10.0.0.0/16"],
            "existing_network_id": NETWORK,
            "own_peerings": ["peer-to-hub"],
        },
    ],
    "HubPeering": [
        {
            "hub_network_id": NETWORK,
            "hub_prefixes": ["10.0.0.0/16"],
            "spoke_network_id": f"{NETWORK}-spoke",
            "spoke_prefixes": ["10.1.0.0/16"],
            "hub_peering_name": "peer-to-spoke",
            "spoke_peering_name": "peer-to-hub",
            "forwarded_traffic": False,
            "hub_provider": PROVIDER,
            "spoke_provider": PROVIDER,
        },
    ],
    "Management": [
        {
            **IN_NETWORK,
            "bastion_subnet_prefix": "10.0.254.0/26",
            "sku": "Premium",
            "scale_units": 3,
            "tunneling": True,
            "session_recording": True,
            "security_group": True,
            "allowed_sources": ["203.0.113.0/24"],
            "name": "bas",
            "public_ip_name": "pip",
            "zones": ["1", "2", "3"],
            "keeps_zones": False,
            "network_security_group_name": "nsg",
        },
        {**SHARED, "virtual_network_id": NETWORK, "bastion_subnet_prefix": "10.0.254.0/26", "tunneling": False},
        {**SHARED, "virtual_network_id": NETWORK, "sku": "Developer"},
    ],
    "ExpressRouteCircuit": [
        {
            **SHARED,
            "provider": "Equinix",
            "peering_location": "Silicon Valley",
            "bandwidth_in_mbps": 50,
            "tier": "Premium",
            "family": "UnlimitedData",
            "private_peering": {
                "peer_asn": 65010,
                "vlan_id": 100,
                "primary_prefix": "172.16.0.0/30",
                "secondary_prefix": "172.16.0.4/30",
                "shared_key": "Planted9Key",
            },
            "virtual_network_prefixes": ["10.0.0.0/16"],
            "authorizations": ["partner"],
            "name": "erc",
        },
        {"resource_group_name": "rg", "port_id": f"{GROUP}/expressRoutePorts/port", "bandwidth_in_gbps": 10.0},
        {"resource_group_name": "rg", "existing_id": f"{GROUP}/expressRouteCircuits/theirs"},
    ],
    "ExpressRouteGateway": [
        {
            **SHARED,
            # Where ErGwScale is offered [ZONE-06].
            "location": "westus3",
            "gateway_subnet_id": f"{NETWORK}/subnets/GatewaySubnet",
            "gateway_subnet_prefix": "10.0.255.0/26",
            "sku": "ErGwScale",
            "min_scale_units": 10,
            "max_scale_units": 10,
            "alone": False,
            "connections": [
                {
                    "name": "primary",
                    "circuit_id": f"{GROUP}/expressRouteCircuits/c",
                    "peering_location": "Silicon Valley",
                    "physical_name": "con",
                    "authorization_key": "PlantedKey",
                    "routing_weight": 10,
                    "fast_path": True,
                }
            ],
            "public_ip_id": f"{GROUP}/publicIPAddresses/pip",
            "name": "vgw",
        },
        {
            **SHARED,
            "gateway_subnet_id": f"{NETWORK}/subnets/GatewaySubnet",
            "existing_id": f"{GROUP}/virtualNetworkGateways/vgw-er",
            "connections": [{"name": "primary", "circuit_id": f"{GROUP}/expressRouteCircuits/c"}],
        },
    ],
    "VpnGateway": [
        {
            **SHARED,
            "gateway_subnet_id": f"{NETWORK}/subnets/GatewaySubnet",
            "sku": "VpnGw2AZ",
            "generation": "Generation2",
            "active_active": True,
            "zones": ["1", "2", "3"],
            "keeps_zones": False,
            "asn": 65515,
            "alone": False,
            "virtual_network_prefixes": ["10.0.0.0/16"],
            "apipa_addresses": [["169.254.21.1"], ["169.254.21.5"]],
            "name": "vgw",
            "public_ip_names": ["pip-1", "pip-2"],
        },
        {
            **SHARED,
            "gateway_subnet_id": f"{NETWORK}/subnets/GatewaySubnet",
            "existing_id": f"{GROUP}/virtualNetworkGateways/vgw-vpn",
        },
    ],
    "MaintenanceWindows": [
        {
            **SHARED,
            "time_zone": "W. Europe Standard Time",
            "windows": [
                {
                    "name": "vpn",
                    "gateway_id": f"{GROUP}/virtualNetworkGateways/vgw-vpn",
                    "start": "01:30",
                    "hours": 6,
                    "physical_name": "mc-vpn",
                },
                {"name": "er", "gateway_id": f"{GROUP}/virtualNetworkGateways/vgw-er", "start": "20:30"},
            ],
        },
    ],
    "Monitoring": [
        {
            **SHARED,
            "workspace_name": "log-hub",
            "retention_in_days": 60,
            "emails": ["network@example.com"],
            "action_group_name": "ag-hub",
            "short_name": "hub",
            "action_group_id": ACTION_GROUP,
            "express_route_gateway_id": f"{GROUP}/virtualNetworkGateways/vgw-er",
            "express_route_scalable": True,
            "express_route_routes": 4000,
            "vpn_gateway_id": f"{GROUP}/virtualNetworkGateways/vgw-vpn",
            "vpn_capacity_in_mbps": 650,
            "vpn_active_active": False,
            "bastion_id": f"{GROUP}/bastionHosts/bas",
            "circuits": [
                {"name": "main", "circuit_id": f"{GROUP}/expressRouteCircuits/erc", "capacity_in_mbps": 50},
            ],
            "sites": [
                {"name": "hq", "connection_name": "con-hq", "bgp_peer_address": "192.168.255.1", "instance": 0},
                {"name": "old", "connection_name": "con-old", "public_ip": "203.0.113.9", "carries": True},
            ],
            "notes": {"maintenance": "Wait."},
            "alert_names": {"maintenance": "alert-maintained"},
            "diagnostic_setting_name": "diag-hub",
        },
        {**SHARED, "workspace_id": WORKSPACE, "emails": ["network@example.com"]},
    ],
    "VpnSite": [
        {
            **SHARED,
            "gateway_id": f"{GROUP}/virtualNetworkGateways/vgw",
            "public_ip": "203.0.113.10",
            "shared_key": "Planted.Key_Of_Twenty_And_More",
            "bgp": {
                "asn": 65010,
                "peer_address": "169.254.21.2",
                "gateway_addresses": ["169.254.21.1", "169.254.21.5"],
            },
            "ip_configuration_ids": [f"{GROUP}/virtualNetworkGateways/vgw/ipConfigurations/i{n}" for n in (0, 1)],
            "ipsec_policy": {
                "ike_encryption": "GCMAES256",
                "ike_integrity": "SHA384",
                "dh_group": "ECP384",
                "ipsec_encryption": "GCMAES256",
                "ipsec_integrity": "GCMAES256",
                "pfs_group": "ECP384",
                "sa_life_time_seconds": 27000,
                "sa_data_size_kilobytes": 102400000,
            },
            "connection_mode": "Default",
            "dpd_timeout_seconds": 45,
            "virtual_network_prefixes": ["10.0.0.0/16"],
            "gateway_asn": 65515,
            "gateway_active_active": True,
            "gateway_bgp": True,
            "gateway_apipa_addresses": [["169.254.21.1"], ["169.254.21.5"]],
            "local_network_gateway_name": "lgw",
            "connection_name": "con",
        },
        {
            "resource_group_name": "rg",
            "gateway_id": f"{GROUP}/virtualNetworkGateways/vgw",
            "public_ip": "203.0.113.10",
            "shared_key": "Planted.Key_Of_Twenty_And_More",
            "prefixes": ["192.168.0.0/16"],
        },
        {
            "resource_group_name": "rg",
            "gateway_id": f"{GROUP}/virtualNetworkGateways/vgw",
            "fqdn": "vpn.example.com",
            "instance": 0,
            "azure_policy": True,
            "shared_key": "Planted.Key_Of_Twenty_And_More",
            "bgp": {"asn": 64512, "peer_address": "169.254.21.1", "gateway_addresses": ["169.254.21.2"]},
            "gateway_active_active": True,
            "virtual_network_prefixes": ["10.0.0.0/16"],
            "gateway_apipa_addresses": [["169.254.21.2", "169.254.22.2"], ["169.254.21.6", "169.254.22.6"]],
            "ip_configuration_ids": [f"{GROUP}/virtualNetworkGateways/vgw/ipConfigurations/i{n}" for n in (0, 1)],
        },
    ],
}
"""Arguments that each component takes, all of them at least once."""

WRONG = {
    "resource_group_name": "ends.",
    "virtual_network_resource_group_name": "a/b",
    "name": "!", "physical_name": "!", "subnet_name": "GatewaySubnet", "network_security_group_name": "!",
    "route_table_name": "!", "public_ip_name": "!", "local_network_gateway_name": "!", "connection_name": "!",
    "gateway_subnet_route_table_name": "!", "virtual_network_name": "!", "public_ip_names": "!",
    "prefix": "10.9.0.1/16", "subnet_prefix": "10.0.1.0/30", "bastion_subnet_prefix": "10.0.254.0/28",
    "gateway_subnet_prefix": "10.0.255.0/30", "address_prefixes": "10.0.0.1/16", "primary_prefix": "172.16.0.0/29",
    "secondary_prefix": "10.0.0.0/30", "prefixes": "10.0.0.1/8", "virtual_network_prefixes": "10.0.0.1/16",
    "allowed_sources": "203.0.113.1/24", "scale_units": 1, "tunneling": None, "session_recording": None,
    "source_application_security_group_ids": "/nowhere", "source_prefixes": "10.0.0.1/16",
    "next_hop_type": "Nowhere", "next_hop_address": "10.0.0.300",
    "frontend_address": "10.0.1.1", "port": 70000, "backend_port": 0, "protocol": "Gre", "ports": "80,443",
    "dns_servers": "dns", "sku": "Nothing", "provider": None, "tier": "Gold", "family": "Free",
    "bandwidth_in_mbps": 51, "peer_asn": 65515, "vlan_id": 5000, "existing_id": "/nowhere", "port_id": "/nowhere",
    "existing_network_id": "/nowhere", "virtual_network_id": "/nowhere", "gateway_subnet_id": "/nowhere",
    "gateway_id": "/nowhere", "circuit_id": "/nowhere", "public_ip_id": "/nowhere", "routing_weight": -1,
    "min_scale_units": 0, "max_scale_units": 41, "generation": "Generation3", "asn": 0, "gateway_asn": None,
    "gateway_bgp": None,
    "apipa_addresses": "10.0.0.1", "public_ip": "10.0.0.1", "fqdn": "router", "gateway_apipa_addresses": None,
    "ip_configuration_ids": f"{GROUP}/virtualNetworkGateways/other/ipConfigurations/i0", "instance": 2,
    "azure_policy": None,
    "peer_address": "10.0.0.4",
    "gateway_addresses": "10.0.0.1", "connection_mode": "Both", "dpd_timeout_seconds": 5, "ike_encryption": "X",
    "ike_integrity": "X", "dh_group": "X", "ipsec_encryption": "X", "ipsec_integrity": "X", "pfs_group": "X",
    "sa_life_time_seconds": 1, "sa_data_size_kilobytes": 1, "shared_key": "not allowed", "fast_path": None,
    "zones": "4", "keeps_zones": None, "time_zone": "Europe/Berlin", "start": "24:00", "hours": 4,
    "workspace_id": "/nowhere", "workspace_name": "log", "retention_in_days": 29, "emails": "nobody",
    "action_group_name": "!", "short_name": "thirteen-long", "action_group_id": "/nowhere",
    "express_route_gateway_id": "/nowhere", "express_route_routes": 0, "vpn_gateway_id": "/nowhere",
    "vpn_capacity_in_mbps": 0, "capacity_in_mbps": 0, "bgp_peer_address": "10.0.0.300", "bastion_id": "/nowhere",
    "diagnostic_setting_name": "!", "maintenance": "!",
    "hub_network_id": "/nowhere", "spoke_network_id": NETWORK, "hub_prefixes": "10.1.0.0/17",
    "spoke_prefixes": "10.0.0.0/17", "hub_peering_name": "!", "spoke_peering_name": "!",
}  # fmt: skip
"""A value of the right type that a rule refuses, by the argument's name; None where no rule can."""

NOT_JUDGED = {
    "authorization_key": "any text can be a key",
    "bandwidth_in_gbps": "sizes of Direct ports are a warning",
    "fast_path": "true and false are both right",
    "gateway_apipa_addresses": "another component's, judged there",
    "forwarded_traffic": "true and false are both right",
    "gateway_asn": "another component's, judged there",
    "gateway_bgp": "another component's, judged there",
    "keeps_zones": "true and false are both right",
    "location": "regions are Azure's affair; what a region has, the rules on zones and SKUs say",
    "own_gateways": "names that are looked for, not made",
    "own_peerings": "names that are looked for, not made",
    "peering_location": "five circuits of one place are needed to break ER-03",
    "probe_path": "any path can be probed",
    "provider": "only Azure knows its providers",
    "session_recording": "true and false are both right",
    "tags": "see test_rules: a map, not a value",
    "tunneling": "true and false are both right",
}
"""Arguments whose wrong value no rule sees, each with the reason."""


ADDRESS = f"{GROUP}/virtualNetworkGateways/vgw-vpn/ipConfigurations/i{{}}"
GATEWAYS: dict[str, dict[str, Any]] = {
    "vgw-er": {"gatewayType": "ExpressRoute", "sku": {"name": "ErGw1AZ", "tier": "ErGw1AZ"}},
    "vgw-vpn": {
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "vpnGatewayGeneration": "Generation2",
        "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ"},
        "activeActive": True,
        "enableBgp": True,
        "bgpSettings": {
            "asn": 65515,
            "bgpPeeringAddresses": [
                {
                    "ipconfigurationId": ADDRESS.format(number),
                    "defaultBgpIpAddresses": [f"10.0.255.{4 + number}"],
                    "tunnelIpAddresses": [f"198.51.100.{4 + number}"],
                    "customBgpIpAddresses": [],
                }
                # Azure lists them in any order; the address configurations say which instance is which.
                for number in (1, 0)
            ],
        },
    },
}
"""What Azure says of the existing gateways, by name."""


def gateway(name: str, **more: Any) -> dict[str, Any]:
    """An existing gateway in the GatewaySubnet of the examples' network, as Azure says it. more: what is otherwise."""
    subnet = {"id": f"{NETWORK}/subnets/GatewaySubnet"}
    configurations = [{"id": ADDRESS.format(number), "name": f"i{number}", "subnet": subnet} for number in (0, 1)]
    there = {"location": "westus2", "provisioningState": "Succeeded", "ipConfigurations": configurations}
    return {"id": f"{GROUP}/virtualNetworkGateways/{name}", **there, **GATEWAYS[name], **more}


def lookup(token: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """An existing network with a GatewaySubnet that fits, and its gateways."""
    match token.rpartition(":")[2]:
        case "getClientConfig":
            return {"subscriptionId": SUBSCRIPTION}
        case "getVirtualNetwork":
            return {"id": NETWORK, "location": "westus2", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
        case "getMaintenanceConfiguration":
            return {"startDateTime": "2026-11-27 01:30"}
        case "getVirtualNetworkGateway":
            return gateway(given["virtualNetworkGatewayName"])
    assert token == "azure-native:network:getSubnet"
    return {"addressPrefix": "10.0.255.0/26"}
