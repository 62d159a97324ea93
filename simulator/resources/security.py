"""Network security groups and route tables, with their rules and routes."""

import ipaddress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from simulator import prefixes
from simulator.errors import fail
from simulator.resources import service_tags
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.resources.bastion_groups import guards_bastion, refuse_incomplete
from simulator.resources.networks import refuse_default_route
from simulator.store import Json, Record

_ANY = "*"
DEFAULT_RULES: tuple[tuple[str, int, str, str, str, str], ...] = (
    ("AllowVnetInBound", 65000, "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowAzureLoadBalancerInBound", 65001, "Inbound", "Allow", "AzureLoadBalancer", _ANY),
    ("DenyAllInBound", 65500, "Inbound", "Deny", _ANY, _ANY),
    ("AllowVnetOutBound", 65000, "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowInternetOutBound", 65001, "Outbound", "Allow", _ANY, "Internet"),
    ("DenyAllOutBound", 65500, "Outbound", "Deny", _ANY, _ANY),
)
"""The rules every network security group has: name, priority, direction, access, source, destination."""
_TEXTS = {
    "AllowVnetInBound": "Allow inbound traffic from all VMs in VNET",
    "AllowAzureLoadBalancerInBound": "Allow inbound traffic from azure load balancer",
    "DenyAllInBound": "Deny all inbound traffic",
    "AllowVnetOutBound": "Allow outbound traffic from all VMs to all VMs in VNET",
    "AllowInternetOutBound": "Allow outbound traffic from all VMs to Internet",
    "DenyAllOutBound": "Deny all outbound traffic",
}
"""What Azure says of them: `az network nsg show` in its documentation."""


def attached(cloud: AnyCloud, id: str, name: str) -> list[Record]:
    """The subnets that refer to this group or table."""
    return [
        subnet for subnet in cloud.find("Subnet") if (subnet.body.get(name) or {}).get("id", "").lower() == id.lower()
    ]


@dataclass(frozen=True)
class SecurityGroup(Kind):
    """A network security group."""

    def check(self, request: Request) -> None:
        rules = request.inputs.get("securityRules") or []
        seen: dict[tuple[Any, Any], str] = {}
        for rule in rules:
            place = (rule.get("priority"), rule.get("direction"))
            if place in seen:
                raise fail("SecurityRuleConflict", first=seen[place], second=rule.get("name"))
            seen[place] = str(rule.get("name"))
        if request.old is not None and guards_bastion(request.cloud, request.old):
            refuse_incomplete(request.cloud, request.old, rules)

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        body["resourceGuid"] = cloud.store.derive_uuid("guid", record.key, record.born)
        body["defaultSecurityRules"] = [
            {
                "id": f"{record.id}/defaultSecurityRules/{name}",
                "name": name,
                "description": _TEXTS[name],
                "type": f"{self.arm_type}/defaultSecurityRules",
                "etag": body["etag"],
                "provisioningState": "Succeeded",
                "priority": priority,
                "direction": direction,
                "access": access,
                "protocol": _ANY,
                "sourceAddressPrefix": source,
                "sourcePortRange": _ANY,
                "destinationAddressPrefix": destination,
                "destinationPortRange": _ANY,
            }
            for name, priority, direction, access, source, destination in DEFAULT_RULES
        ]
        if found := attached(cloud, record.key, "networkSecurityGroup"):
            body["subnets"] = [{"id": subnet.id} for subnet in found]
        return body

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        if found := attached(cloud, record.key, "networkSecurityGroup"):
            raise fail("InUseNetworkSecurityGroupCannotBeDeleted", id=record.id, user=found[0].id)


@dataclass(frozen=True)
class SecurityRule(Kind):
    """One rule of a network security group."""

    def holds(self, request: Request) -> frozenset[str]:
        return frozenset({request.id.lower(), request.rid.parent.lower()})

    def check(self, request: Request) -> None:
        rule, id = request.inputs, request.id
        priority = rule["priority"]
        if not 100 <= priority <= 4096:
            raise fail("SecurityRuleInvalidPriority", value=priority)
        # To the letter: Microsoft's own page for Bastion has a rule AllowAzureLoadBalancerInbound (BAS-08).
        if request.rid.name in {name for name, *_ in DEFAULT_RULES}:
            raise fail("SecurityRuleConflict_default", name=request.rid.name)
        for other in request.cloud.store.find(token=self.token, parent=request.rid.parent):
            same = (other.body["priority"], other.body["direction"]) == (priority, rule["direction"])
            if same and other.key != id.lower():
                raise fail("SecurityRuleConflict", first=other.name, second=request.rid.name)
        for side in ("source", "destination"):
            self._check_prefixes(request, side)
            self._check_ports(request, side)
        self._check_bastion(request.cloud, request.rid.parent, id, [rule])

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        self._check_bastion(cloud, record.parent, record.id, [])

    def _check_bastion(self, cloud: AnyCloud, group_id: str, changed: str, instead: list[Json]) -> None:
        """BAS-07 for one rule of a group in use. Rules that come with their group were looked at together."""
        group = cloud.store.get(group_id)
        if group is not None and group.state == "Succeeded" and guards_bastion(cloud, group):
            others = [
                child.body
                for child in cloud.store.find(token=self.token, parent=group.key)
                if child.key != changed.lower()
            ]
            refuse_incomplete(cloud, group, [*others, *instead])

    def _check_prefixes(self, request: Request, side: str) -> None:
        one, many = f"{side}AddressPrefix", f"{side}AddressPrefixes"
        groups = request.inputs.get(f"{side}ApplicationSecurityGroups")
        single, several = _one_of(request, one, many, given=bool(groups))
        for value in several:
            if value == _ANY or service_tags.is_tag(value):
                raise fail("SecurityRuleParameterContainsUnsupportedValue", name=many, id=request.id, value=value)
        for value in (*single, *several):
            if not (value == _ANY or service_tags.is_tag(value) or _is_prefix(value)):
                raise fail("SecurityRuleInvalidAddressPrefix", value=value)
            if value in service_tags.DENIED and request.inputs["access"] != "Deny":
                raise fail("SecurityRuleInvalidAccessType", id=request.id, access=request.inputs["access"], value=value)
        networks = sorted(ipaddress.IPv4Network(value) for value in several)
        for first, second in pairwise(networks):
            if first.overlaps(second):
                raise fail(
                    "OverlappingSubnetsNotPermittedInSecurityRule",
                    id=request.id,
                    first=first,
                    second=second,
                    name=many,
                )

    def _check_ports(self, request: Request, side: str) -> None:
        one, many = f"{side}PortRange", f"{side}PortRanges"
        single, several = _one_of(request, one, many)
        if _ANY in several:
            raise fail("SecurityRuleParameterContainsInvalidPortRanges", name=many, id=request.id, value=_ANY)
        for value in (*single, *several):
            if value != _ANY and not _is_ports(value):
                raise fail("SecurityRuleInvalidPortRange", value=value)


def _one_of(request: Request, one: str, many: str, *, given: bool = False) -> tuple[list[str], list[str]]:
    """The values of the singular and the plural property of a rule, of which one is given (NSG-23).

    given: what stands for both is there already.
    """
    single, several = request.inputs.get(one), request.inputs.get(many) or []
    found = bool(single) + bool(several) + given
    if found != 1:
        raise fail(
            "CodeUnknown_NSG-23", id=request.id, what="none" if not found else "more than one", one=one, many=many
        )
    return [single] if single else [], several


def _is_prefix(text: str) -> bool:
    try:
        ipaddress.IPv4Network(text)
    except ValueError:
        return False
    return True


def _is_ports(text: str) -> bool:
    ends = text.split("-")
    numbers = [int(end) for end in ends if end.isascii() and end.isdigit()]
    return len(numbers) == len(ends) <= 2 and numbers == sorted(numbers) and numbers[-1] <= 65535


@dataclass(frozen=True)
class RouteTable(Kind):
    """A route table."""

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        body["resourceGuid"] = cloud.store.derive_uuid("guid", record.key, record.born)
        if found := attached(cloud, record.key, "routeTable"):
            body["subnets"] = [{"id": subnet.id} for subnet in found]
        return body

    def check(self, request: Request) -> None:
        for route in request.inputs.get("routes") or []:
            _check_default(request, request.id, route.get("addressPrefix"))

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        if found := attached(cloud, record.key, "routeTable"):
            raise fail("InUseRouteTableCannotBeDeleted", id=record.id, user=found[0].id)


@dataclass(frozen=True)
class Route(Kind):
    """One route of a route table."""

    def holds(self, request: Request) -> frozenset[str]:
        return frozenset({request.id.lower(), request.rid.parent.lower()})

    def check(self, request: Request) -> None:
        prefix = str(request.inputs.get("addressPrefix") or "")
        if prefix[:1].isdigit():
            prefixes.read(prefix, request.id)
        _check_default(request, request.rid.parent, prefix)


def _check_default(request: Request, table_id: str, prefix: str | None) -> None:
    """GW-12 for a route that is added to a table in use."""
    table = request.cloud.store.get(table_id)
    if table is None or prefix != "0.0.0.0/0":
        return
    for subnet in attached(request.cloud, table.key, "routeTable"):
        refuse_default_route(request.cloud, table, subnet.name, subnet.id, adding=True)


KINDS = (
    SecurityGroup(
        "azure-native:network:NetworkSecurityGroup",
        "Microsoft.Network/networkSecurityGroups",
        ("networkSecurityGroupName",),
        "NetworkSecurityGroup",
        inline=(("securityRules", "azure-native:network:SecurityRule"),),
    ),
    SecurityRule(
        "azure-native:network:SecurityRule",
        "Microsoft.Network/networkSecurityGroups/securityRules",
        ("networkSecurityGroupName", "securityRuleName"),
        "SecurityRule",
    ),
    Kind(
        "azure-native:network:ApplicationSecurityGroup",
        "Microsoft.Network/applicationSecurityGroups",
        ("applicationSecurityGroupName",),
        "ApplicationSecurityGroup",
    ),
    RouteTable(
        "azure-native:network:RouteTable",
        "Microsoft.Network/routeTables",
        ("routeTableName",),
        "RouteTable",
        inline=(("routes", "azure-native:network:Route"),),
        defaults={"disableBgpRoutePropagation": False},
    ),
    Route(
        "azure-native:network:Route",
        "Microsoft.Network/routeTables/routes",
        ("routeTableName", "routeName"),
        "Route",
        defaults={"hasBgpOverride": False},
    ),
)
