"""A program of one's own that takes one thing from the library: a tier with its firewall rules and load balancer."""

import pulumi
from hybrid_network import ApplicationTier
from pulumi_azure_native import network, resources

group = resources.ResourceGroup("shop", resource_group_name="rg-shop")
net = network.VirtualNetwork(
    "shop",
    virtual_network_name="vnet-shop",
    resource_group_name=group.name,
    address_space=network.AddressSpaceArgs(address_prefixes=["10.80.0.0/16"]),
)
tier = ApplicationTier(
    "web",
    {
        "resource_group_name": group.name,
        "virtual_network_id": net.id,
        "virtual_network_prefixes": ["10.80.0.0/16"],
        "subnet_prefix": "10.80.1.0/24",
        "allow": [{"name": "clients", "source_prefixes": ["10.0.0.0/8"], "ports": ["443"]}],
        "load_balancer": {"frontend_address": "10.80.1.250", "port": 443, "backend_port": 8443},
    },
)
pulumi.export("subnetId", tier.subnet_id)
pulumi.export("backendPoolId", tier.backend_pool_id)
