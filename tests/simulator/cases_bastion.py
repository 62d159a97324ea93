"""What Azure refuses of Bastion: its SKUs, its subnet, and the rules that a security group there must have."""

from collections.abc import Callable
from typing import Any

from simulator.cloud import Cloud
from simulator.options import Options
from tests.simulator.world import BASE, Case, put, ref, unknown

BASTION = (*BASE, "bastion subnet", "address")
NETWORK = {"virtualNetwork": ref("virtualNetworks/hub")}
NOT_COMPLIANT = "NetworkSecurityGroupNotCompliantForAzureBastionSubnet"


def _rule(
    name: str, priority: int, direction: str, source: str, destination: str, ports: str, protocol: str = "Tcp"
) -> dict[str, Any]:
    several = ports.split()
    ports_given = {"destinationPortRanges": several} if len(several) > 1 else {"destinationPortRange": ports}
    return {
        "name": name,
        "priority": priority,
        "direction": direction,
        "access": "Allow",
        "protocol": protocol,
        "sourceAddressPrefix": source,
        "sourcePortRange": "*",
        "destinationAddressPrefix": destination,
        **ports_given,
    }


RULES = (
    _rule("AllowHttpsInbound", 120, "Inbound", "Internet", "*", "443"),
    _rule("AllowGatewayManagerInbound", 130, "Inbound", "GatewayManager", "*", "443"),
    _rule("AllowAzureLoadBalancerInbound", 140, "Inbound", "AzureLoadBalancer", "*", "443"),
    _rule("AllowBastionHostCommunication", 150, "Inbound", "VirtualNetwork", "VirtualNetwork", "8080 5701", "*"),
    _rule("AllowSshRdpOutbound", 100, "Outbound", "*", "VirtualNetwork", "22 3389", "*"),
    _rule("AllowAzureCloudOutbound", 110, "Outbound", "*", "AzureCloud", "443"),
    _rule("AllowBastionCommunication", 120, "Outbound", "VirtualNetwork", "VirtualNetwork", "8080 5701", "*"),
    _rule("AllowHttpOutbound", 130, "Outbound", "*", "Internet", "80", "*"),
)
"""Microsoft's page, rule by rule, with its names and priorities (BAS-08)."""
ATTACHED = {"networkSecurityGroup": ref("networkSecurityGroups/nsg")}


def without(name: str) -> dict[str, Any]:
    """The rules of a group that lacks one."""
    return {"securityRules": [rule for rule in RULES if rule["name"] != name]}


def changed(name: str, **changes: Any) -> dict[str, Any]:
    """The rules of a group in which one is different; None takes a property out."""
    other = [{**rule, **changes} if rule["name"] == name else rule for rule in RULES]
    return {"securityRules": [{key: value for key, value in rule.items() if value is not None} for rule in other]}


def guarded(cloud: Cloud) -> None:
    """Bastion's subnet with a group that has every rule."""
    put(cloud, "nsg", securityRules=list(RULES))
    put(cloud, "bastion subnet", **ATTACHED)


def _group(**rules: Any) -> Callable[[Cloud], object]:
    return lambda cloud: put(cloud, "nsg", **rules)


def _attach(rules: str, group: dict[str, Any]) -> Case:
    return Case(rules, NOT_COMPLIANT, "bastion subnet", ATTACHED, given=(*BASE,), before=_group(**group))


def _sku(rules: str, code: str, sku: str, /, **changes: Any) -> Case:
    return Case(rules, code, "bastion", {"sku": {"name": sku}, **changes}, given=BASTION)


def _moved(sku: str, before: str, **changes: Any) -> Case:
    def made(cloud: Cloud) -> None:
        put(cloud, "address", publicIpAddressName="second")
        put(cloud, "bastion", sku={"name": before})

    return Case(
        "BAS-06",
        "BastionUpdateNotSupported",
        "bastion",
        {"sku": {"name": sku}, **changes},
        given=BASTION,
        before=made,
    )


_OTHER_ADDRESS = [
    {
        "name": "a",
        "subnet": ref("virtualNetworks/hub/subnets/AzureBastionSubnet"),
        "publicIPAddress": ref("publicIPAddresses/second"),
    }
]
_IN_A_TIER = [
    {
        "name": "a",
        "subnet": ref("virtualNetworks/hub/subnets/web"),
        "publicIPAddress": ref("publicIPAddresses/pip"),
    }
]
CASES = (
    Case(
        "BAS-01",
        "SubnetNameMustBeAzureBastionSubnet",
        "bastion",
        {"ipConfigurations": _IN_A_TIER},
        given=(*BASTION, "subnet"),
    ),
    Case(
        "BAS-02",
        unknown("BAS-02"),
        "bastion",
        given=BASTION,
        before=lambda cloud: put(cloud, "bastion subnet", addressPrefix="10.0.254.0/27"),
    ),
    Case(
        "BAS-03",
        unknown("BAS-03-PIP"),
        "bastion",
        given=(*BASE, "bastion subnet"),
        before=lambda cloud: put(cloud, "address", sku={"name": "Basic"}, zones=None),
    ),
    Case(
        "BAS-03",
        "RouteTableCannotBeAttachedForAzureBastionSubnet",
        "bastion subnet",
        {"routeTable": ref("routeTables/table")},
        given=(*BASE, "table"),
    ),
    *(
        _sku("BAS-04", unknown("BAS-04"), "Basic", **{feature: True})
        for feature in ("enableTunneling", "enableIpConnect", "enableFileCopy", "enableShareableLink")
    ),
    _sku("BAS-04", unknown("BAS-04"), "Basic", scaleUnits=3),
    _sku("BAS-04", "InvalidRequestFormat", "Standard", scaleUnits=51),
    _sku("BAS-04", "InvalidRequestFormat", "Standard", scaleUnits=1),
    _sku("BAS-04", "InvalidRequestFormat", "Gold"),
    _sku("BAS-04", unknown("BAS-04"), "Standard", enableSessionRecording=True),
    _sku("BAS-04", unknown("BAS-04"), "Standard", enablePrivateOnlyBastion=True),
    _sku("BAS-05", "BastionHostVnetIdNotProvided", "Developer", ipConfigurations=None),
    _sku("BAS-05", "FeatureNotSupportedForDeveloperBastionSku", "Developer", **NETWORK),
    _sku(
        "BAS-04 BAS-05",
        "FeatureNotSupportedForDeveloperBastionSku",
        "Developer",
        ipConfigurations=None,
        enableTunneling=True,
        **NETWORK,
    ),
    _moved("Basic", "Standard"),
    _moved("Standard", "Premium"),
    _moved("Developer", "Basic", ipConfigurations=None, **NETWORK),
    _moved("Standard", "Standard", ipConfigurations=_OTHER_ADDRESS),
    *(_attach("BAS-07", without(rule["name"])) for rule in RULES),
    _attach("BAS-07", {}),
    _attach("BAS-07", changed("AllowBastionHostCommunication", protocol="Tcp")),
    _attach("BAS-07", changed("AllowSshRdpOutbound", destinationPortRanges=["22", "3388"])),
    _attach("BAS-07 BAS-08", changed("AllowAzureCloudOutbound", destinationAddressPrefix="AzureCloud.WestUS")),
    _attach("BAS-07", changed("AllowHttpsInbound", access="Deny")),
    Case("BAS-09", NOT_COMPLIANT, "nsg", without("AllowHttpOutbound"), before=guarded),
    Case("BAS-09", NOT_COMPLIANT, "nsg", before=guarded),
    Case(
        "BAS-09",
        NOT_COMPLIANT,
        "rule",
        {
            "securityRuleName": "AllowHttpOutbound",
            "priority": 130,
            "direction": "Outbound",
            "destinationPortRange": "81",
        },
        before=guarded,
    ),
    Case(
        "BAS-09",
        NOT_COMPLIANT,
        "",
        before=guarded,
        delete="networkSecurityGroups/nsg/securityRules/AllowGatewayManagerInbound",
    ),
    Case(
        "BAS-11",
        "RequestDisallowedByPolicy",
        "bastion subnet",
        options=Options(subnets_need_security_groups=True),
    ),
    Case(
        "BAS-11",
        "RequestDisallowedByPolicy",
        "network",
        {"subnets": [{"name": "web", "addressPrefix": "10.0.1.0/24"}]},
        options=Options(subnets_need_security_groups=True),
    ),
    Case(
        "",
        "PublicIPAddressInUse",
        "bastion",
        {"bastionHostName": "second"},
        given=BASTION,
        before=lambda cloud: put(cloud, "bastion"),
    ),
    Case(
        "DELETE-02",
        "PublicIPAddressCannotBeDeleted",
        "",
        given=(*BASTION, "bastion"),
        delete="publicIPAddresses/pip",
    ),
)
