"""What Azure accepts of Bastion, beside the refusals of `cases_bastion`."""

import pytest

from simulator.options import Options
from tests.simulator.cases_bastion import ATTACHED, BASTION, NETWORK, RULES, changed, guarded
from tests.simulator.world import BASE, id_of, make, put, ref, refusal

SEVERAL = {"sourceAddressPrefix": None, "sourceAddressPrefixes": ["203.0.113.0/24", "198.51.100.7/32"]}


@pytest.mark.parametrize(
    "rules",
    [
        {"securityRules": list(RULES)},
        changed("AllowHttpsInbound", sourceAddressPrefix="203.0.113.0/24"),
        changed("AllowHttpsInbound", **SEVERAL),
        changed("AllowSshRdpOutbound", destinationPortRange="*", destinationPortRanges=None),
        changed("AllowAzureCloudOutbound", protocol="*"),
    ],
)
def test_a_group_with_every_rule_may_guard_bastion_and_be_changed(rules: dict[str, object]) -> None:
    """BAS-07, BAS-08, BAS-09."""
    cloud = make(*BASTION)
    guarded(cloud)
    put(cloud, "bastion")
    put(cloud, "nsg", **rules)
    more = {"securityRuleName": "deny-rest", "priority": 4000, "access": "Deny"}
    put(cloud, "rule", **more)
    cloud.delete(id_of("networkSecurityGroups/nsg/securityRules/deny-rest"))


def test_the_rules_of_a_group_elsewhere_are_nobodys_business() -> None:
    """BAS-07."""
    cloud = make(*BASE, "nsg", "subnet", "bastion subnet")
    put(cloud, "subnet", **ATTACHED)
    put(cloud, "rule")


def test_a_host_is_made_where_the_group_lost_a_rule_in_between() -> None:
    """BAS-09: the check at creation, of a group that was never attached through the simulated Azure itself."""
    cloud = make(*BASTION)
    guarded(cloud)
    rule = cloud.store.get(id_of("networkSecurityGroups/nsg/securityRules/AllowHttpOutbound"))
    assert rule is not None
    cloud.drop(rule)
    assert refusal(cloud, "bastion") == "NetworkSecurityGroupNotCompliantForAzureBastionSubnet"


def test_a_host_goes_up_from_developer_to_premium_with_what_each_can() -> None:
    """BAS-04, BAS-05, BAS-06."""
    cloud = make(*BASTION)
    put(cloud, "bastion", sku={"name": "Developer"}, ipConfigurations=None, **NETWORK)
    put(cloud, "bastion", sku={"name": "Basic"}, enableKerberos=True)
    put(cloud, "bastion", sku={"name": "Standard"}, enableTunneling=True, scaleUnits=50)
    put(cloud, "bastion", sku={"name": "Premium"}, enableSessionRecording=True, scaleUnits=2)
    assert cloud.get(id_of("bastionHosts/bas"))["sku"] == {"name": "Premium"}


def test_the_policy_of_landing_zones_lets_a_group_and_the_gateways_pass() -> None:
    """BAS-11."""
    cloud = make(*BASE, "nsg", "address", options=Options(subnets_need_security_groups=True))
    put(cloud, "subnet", **ATTACHED)
    put(cloud, "nsg", networkSecurityGroupName="bastion", securityRules=list(RULES))
    put(cloud, "bastion subnet", networkSecurityGroup=ref("networkSecurityGroups/bastion"))
    put(cloud, "bastion")
