"""A spoke in a stack of its own: its network, a tier, and the peering with the hub of another stack."""

import pulumi
from hybrid_network import HubPeering, ResourceGroup, Spoke

hub = pulumi.StackReference(pulumi.Config().require("hub"))
group = ResourceGroup("payroll", {"name": "rg-payroll"})
spoke = Spoke("payroll", {"resource_group_name": group.resource_group_name, "address_prefixes": ["10.90.0.0/16"]})
web = spoke.add_tier(
    "payroll-web",
    {
        "subnet_prefix": "10.90.1.0/24",
        "allow": [{"name": "on-premises", "source_prefixes": ["192.168.0.0/16"], "ports": ["443"]}],
    },
)
# Where the hub is in another subscription, hub_provider says so: Provider("hub", subscription_id=..).
peering = HubPeering(
    "payroll",
    {
        "hub_network_id": hub.require_output("virtualNetworkId"),
        "hub_prefixes": hub.require_output("virtualNetworkPrefixes"),
        "spoke_network_id": spoke.virtual_network_id,
        "spoke_prefixes": spoke.virtual_network_prefixes,
    },
    pulumi.ResourceOptions(depends_on=[spoke.last], replace_with=spoke.made),
)
pulumi.export("subnetId", web.subnet_id)
pulumi.export("peeringId", peering.spoke_peering_id)
