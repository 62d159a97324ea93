"""A hub that somebody else made, by hand and with other names: over HTTP, with Azure's own client."""

from typing import Any

from simulator import drift
from simulator.cloud import Cloud
from simulator.ids import SUBSCRIPTION
from tests.clients.azure_side import Azure

Json = dict[str, Any]
GROUP, LOCATION = "Network-Prod", "westus2"
OTHERS = "22222222-2222-4222-8222-222222222222"
HOME = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Network"
NETWORK = f"{HOME}/virtualNetworks/HubNet"
THEIRS = f"/subscriptions/{OTHERS}/resourceGroups/partner/providers/Microsoft.Network/expressRouteCircuits/theirs"
KEY = ".".join(("Kept", "By_Somebody", "Else+42"))
"""Never as a whole in a file: a test looks for it in all of them."""
TAGS = {"owner": "network team", "cost": "4711"}


def ref(path: str) -> Json:
    """A reference to something in the group."""
    return {"id": path if path.startswith("/") else f"{HOME}/{path}"}


def make(cloud: Cloud, azure: Azure, *, avm: bool = False) -> None:
    """The hub: foreign names, another layout, extra security rules, a route table by hand, a second circuit of another
    subscription, gateways with settings that this project would not choose.

    avm: gateways as the modules of Azure Verified Modules make them, with their default names: the VPN gateway
    active-active, its addresses in two zones and with names in DNS, the ExpressRoute gateway without an address of its
    own, and their metrics and logs sent to a workspace."""
    azure.group(GROUP, LOCATION)

    def put(name: str, **inputs: Any) -> None:
        given = {"resourceGroupName": GROUP, "location": LOCATION, **inputs}
        if name in ("Subnet", "ExpressRouteCircuitPeering", "ExpressRouteCircuitAuthorization"):
            del given["location"]
        azure.put(f"azure-native:network:{name}", given)

    rules = [
        rule("Allow_Web", 200, destinationPortRange="443", sourceAddressPrefix="10.0.0.0/8"),
        rule("Deny_all_but_web", 4000, access="Deny", description="line one\nline two: {a: [b]}"),
    ]
    put("NetworkSecurityGroup", networkSecurityGroupName="NSG_Apps", securityRules=rules, tags=TAGS)
    routes = [{"name": "To_Firewall", "addressPrefix": "198.51.100.0/24", "nextHopType": "VirtualAppliance",
               "nextHopIpAddress": "10.8.9.4"}]  # fmt: skip
    put("RouteTable", routeTableName="By_Hand", routes=routes)
    put("VirtualNetwork", virtualNetworkName="HubNet", addressSpace={"addressPrefixes": ["10.8.0.0/16"]}, tags=TAGS)
    put("Subnet", virtualNetworkName="HubNet", subnetName="GatewaySubnet", addressPrefix="10.8.0.0/27")
    endpoints = [{"service": "Microsoft.Storage"}]
    put("Subnet", virtualNetworkName="HubNet", subnetName="Apps", addressPrefix="10.8.9.0/24",
        networkSecurityGroup=ref("networkSecurityGroups/NSG_Apps"), routeTable=ref("routeTables/By_Hand"),
        serviceEndpoints=endpoints)  # fmt: skip
    delegations = [{"name": "web", "serviceName": "Microsoft.Web/serverFarms"}]
    put(
        "Subnet",
        virtualNetworkName="HubNet",
        subnetName="Legacy",
        addressPrefix="10.8.10.0/24",
        delegations=delegations,
    )
    subnet = ref("virtualNetworks/HubNet/subnets/GatewaySubnet")
    addresses = ["VPN-GW-pip1", "VPN-GW-pip2"] if avm else ["VpnAddress"]
    for address in addresses:
        labels = {"zones": ["1", "2"], "dnsSettings": {"domainNameLabel": address.lower()}}
        put("PublicIPAddress", publicIpAddressName=address, sku={"name": "Standard"},
            publicIPAllocationMethod="Static", **(labels if avm else {"zones": ["1", "2", "3"]}))  # fmt: skip
    configurations = [
        {"name": f"vNetGatewayConfig{number}", "subnet": subnet, "publicIPAddress": ref(f"publicIPAddresses/{address}")}
        for number, address in enumerate(addresses, 1)
    ]
    express_route = {"vpnType": "PolicyBased"} if avm else {}
    put("VirtualNetworkGateway", virtualNetworkGatewayName="ER-GW", gatewayType="ExpressRoute",
        sku={"name": "ErGw1AZ", "tier": "ErGw1AZ"}, tags=TAGS, **express_route,
        ipConfigurations=[{"name": "vNetGatewayConfig1" if avm else "gwip", "subnet": subnet}])  # fmt: skip
    put("VirtualNetworkGateway", virtualNetworkGatewayName="VPN-GW", gatewayType="Vpn", vpnType="RouteBased",
        sku={"name": "VpnGw2AZ", "tier": "VpnGw2AZ"}, enableBgp=True, activeActive=avm,
        ipConfigurations=configurations)  # fmt: skip
    put("LocalNetworkGateway", localNetworkGatewayName="HQ", gatewayIpAddress="203.0.113.10",
        localNetworkAddressSpace={"addressPrefixes": []},
        bgpSettings={"asn": 65010, "bgpPeeringAddress": "192.168.255.1"})  # fmt: skip
    put("VirtualNetworkGatewayConnection", virtualNetworkGatewayConnectionName="HQ-Tunnel", connectionType="IPsec",
        enableBgp=True, sharedKey=KEY, virtualNetworkGateway1=ref("virtualNetworkGateways/VPN-GW"),
        localNetworkGateway2=ref("localNetworkGateways/HQ"), tags=TAGS)  # fmt: skip
    order = {"serviceProviderName": "Equinix", "peeringLocation": "Seattle", "bandwidthInMbps": 200}
    put("ExpressRouteCircuit", circuitName="Circuit-A", serviceProviderProperties=order,
        sku={"name": "Standard_MeteredData", "tier": "Standard", "family": "MeteredData"})  # fmt: skip
    cloud.wait(drift.provision(cloud, "Circuit-A"))
    put("ExpressRouteCircuitPeering", circuitName="Circuit-A", peeringName="AzurePrivatePeering",
        peeringType="AzurePrivatePeering", peerASN=65010, vlanId=100, primaryPeerAddressPrefix="172.16.0.0/30",
        secondaryPeerAddressPrefix="172.16.0.4/30")  # fmt: skip
    drift.add(cloud, THEIRS, {"location": LOCATION, "serviceProviderProvisioningState": "Provisioned",
                              "serviceProviderProperties": {**order, "peeringLocation": "Dallas"},
                              "sku": {"tier": "Premium", "family": "MeteredData"}})  # fmt: skip
    drift.add(cloud, f"{THEIRS}/peerings/AzurePrivatePeering", {
        "peeringType": "AzurePrivatePeering", "state": "Enabled", "peerASN": 65010, "azureASN": 12076,
        "primaryPeerAddressPrefix": "172.17.0.0/30", "secondaryPeerAddressPrefix": "172.17.0.4/30"})  # fmt: skip
    drift.add(cloud, f"{THEIRS}/authorizations/for-us", {})
    key = cloud.get(f"{THEIRS}/authorizations/for-us")["authorizationKey"]
    gateway = ref("virtualNetworkGateways/ER-GW")
    put("VirtualNetworkGatewayConnection", virtualNetworkGatewayConnectionName="A-Conn", connectionType="ExpressRoute",
        virtualNetworkGateway1=gateway, peer=ref("expressRouteCircuits/Circuit-A"))  # fmt: skip
    put("VirtualNetworkGatewayConnection", virtualNetworkGatewayConnectionName="B-Conn", connectionType="ExpressRoute",
        virtualNetworkGateway1=gateway, peer=ref(THEIRS), authorizationKey=key, routingWeight=10)  # fmt: skip
    if avm:
        watch(cloud)


def watch(cloud: Cloud) -> None:
    """Let both gateways send their metrics and logs to a workspace, which another team looks after."""
    logs = {"resourceGroupName": GROUP, "location": LOCATION, "workspaceName": "Central-Logs"}
    workspace = cloud.put("azure-native:operationalinsights:Workspace", {**logs, "sku": {"name": "PerGB2018"}})
    for gateway in ("ER-GW", "VPN-GW"):
        inputs = {"name": f"{gateway}-diagnosticSettings", "resourceUri": f"{HOME}/virtualNetworkGateways/{gateway}",
                  "workspaceId": workspace["id"], "logs": [{"categoryGroup": "allLogs", "enabled": True}],
                  "metrics": [{"category": "AllMetrics", "enabled": True}]}  # fmt: skip
        cloud.put("azure-native:monitor:DiagnosticSetting", inputs)


def rule(name: str, priority: int, **more: Any) -> Json:
    """A security rule as somebody writes one."""
    return {"name": name, "priority": priority, "direction": "Inbound", "access": "Allow", "protocol": "*",
            "sourcePortRange": "*", "destinationPortRange": "*", "sourceAddressPrefix": "*",
            "destinationAddressPrefix": "*", **more}  # fmt: skip


def outside() -> Json:
    """What the devices on-premises announce."""
    links = [
        {"circuit": circuit, "path": path, "announces": ["192.168.0.0/16"]}
        for circuit in ("Circuit-A", THEIRS)
        for path in ("primary", "secondary")
    ]
    tunnel = {"connection": "HQ-Tunnel", "key": KEY, "address": "203.0.113.10", "asn": 65010,
              "announces": ["192.168.0.0/16"]}  # fmt: skip
    return {"links": links, "tunnels": [tunnel]}
