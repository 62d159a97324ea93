import pulumi
from hybrid_network import ApplicationTier

network = pulumi.StackReference("organization/hybrid-network/reference")
tier = ApplicationTier(
    "reports",
    {
        "resource_group_name": network.require_output("resourceGroup"),
        "virtual_network_name": network.require_output("virtualNetworkId").apply(lambda id: id.rsplit("/", 1)[-1]),
        "subnet_prefix": "10.0.9.0/24",
        "allow": [{"name": "branch", "source_prefixes": ["192.168.7.0/24"], "ports": ["8443"]}],
        "load_balancer": {"frontend_address": "10.0.9.250", "port": 8443},
    },
)
pulumi.export("subnetId", tier.subnet_id)
pulumi.export("serviceKeys", network.require_output("serviceKeys"))
