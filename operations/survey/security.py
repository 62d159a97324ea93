"""Whether a subnet's security group is one that a tier would make, and what it then allows."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from components.rules import bastion, security, service_tags
from operations.survey.answers import Json, properties
from operations.survey.found import Values

_MATCHED = (
    *("access", "direction", "protocol", "sourcePortRange", "destinationAddressPrefix"),
    *("sourceAddressPrefix", "destinationPortRange"),
)
_LISTS = (
    *("sourcePortRanges", "destinationAddressPrefixes", "sourceAddressPrefixes", "destinationPortRanges"),
    *("sourceApplicationSecurityGroups", "destinationApplicationSecurityGroups"),
)
_ANYTHING = dict.fromkeys(_MATCHED, "*") | {"access": "Deny", "direction": "Inbound"}


def _last_rules(outbound: bool) -> dict[str, tuple[int, Mapping[str, str]]]:
    """A tier's own last rules: name -> priority and fields."""
    last, allow = security.LAST_PRIORITY, {"access": "Allow"}
    tag = {"sourceAddressPrefix": "VirtualNetwork", "destinationAddressPrefix": "VirtualNetwork"}
    found: dict[str, tuple[int, Mapping[str, str]]] = {
        "allow-load-balancer-probe": (last - 1, {**_ANYTHING, **allow, "sourceAddressPrefix": "AzureLoadBalancer"}),
        "deny-other-inbound": (last, _ANYTHING),
        "allow-network-outbound": (last - 2, {**_ANYTHING, **allow, "direction": "Outbound", **tag}),
        "deny-other-outbound": (last, {**_ANYTHING, "direction": "Outbound"}),
    }
    if outbound:
        to = {**_ANYTHING, **allow, "direction": "Outbound", "destinationAddressPrefix": "Internet"}
        found["allow-internet-outbound"] = (last - 1, to)
    return found


def allowed(group: Json, words: Mapping[str, Sequence[str]], outbound: bool) -> list[Values] | None:
    """A tier's `allow`, where its group is exactly what this makes; None where the group has other rules.

    words: for each word and tier the prefixes that it stands for. outbound: the tier's `internetOutbound`.
    """
    rules = {str(one.get("name")): properties(one) for one in properties(group).get("securityRules") or ()}
    for name, (priority, fields) in _last_rules(outbound).items():
        rule = rules.pop(name, None)
        if rule is None or rule.get("priority") != priority or any(rule.get(one) for one in (*_LISTS, "description")):
            return None
        if any(str(rule.get(field)) != value for field, value in fields.items()):
            return None
    found = []
    for index, (name, rule) in enumerate(sorted(rules.items(), key=lambda one: one[1].get("priority", 0))):
        priority = security.FIRST_PRIORITY + security.PRIORITY_STEP * index
        if name != f"allow-{index + 1}" or rule.get("priority") != priority:
            return None
        one = _item(rule, words)
        if one is None:
            return None
        found.append(one)
    return found


def _item(rule: Mapping[str, Any], words: Mapping[str, Sequence[str]]) -> Values | None:
    plain = {"access": "Allow", "direction": "Inbound", "sourcePortRange": "*", "destinationAddressPrefix": "*"}
    if any(rule.get(field) != value for field, value in plain.items()):
        return None
    left = ("sourcePortRanges", "destinationAddressPrefixes", "destinationApplicationSecurityGroups", "description")
    if any(rule.get(field) for field in left) or rule.get("protocol") not in security.PROTOCOLS:
        return None
    groups = [str(one.get("id")) for one in rule.get("sourceApplicationSecurityGroups") or ()]
    sources = _both(rule, "sourceAddressPrefix", "sourceAddressPrefixes")
    ports = _both(rule, "destinationPortRange", "destinationPortRanges")
    if bool(groups) == bool(sources) or not ports:
        return None
    said = groups or list(_said(sources, words))
    if any(one == "*" for one in said):
        return None
    ports = [int(port) if port.isdecimal() else port for port in ports]
    item: Values = {"sources": said, "ports": ports}
    if rule["protocol"] != security.DEFAULT_PROTOCOL:
        item["protocol"] = rule["protocol"]
    return item


def _both(rule: Mapping[str, Any], one: str, several: str) -> list[str]:
    return [*([str(rule[one])] if rule.get(one) else []), *map(str, rule.get(several) or ())]


def _said(sources: Sequence[str], words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Sources in the settings' words: a word where all that it stands for is there."""
    left = list(sources)
    for word, prefixes in words.items():
        if prefixes and set(prefixes) <= set(left):
            yield word
            left = [one for one in left if one not in prefixes]
    for one in left:
        known = service_tags.is_known(one) or not _is_tag(one)
        yield one if known else f"tag:{one}"


def _is_tag(text: str) -> bool:
    try:
        IPv4Network(text)
    except ValueError:
        return True
    return False


def of_bastion(group: Json) -> list[str] | None:
    """The `allowedSources` of a group that has exactly Microsoft's rules, empty for the Internet; None for another."""
    rules = {str(one.get("name")): properties(one) for one in properties(group).get("securityRules") or ()}
    sources: list[str] = []
    if {one.name for one in bastion.GROUP_RULES} != rules.keys():
        return None
    for wanted in bastion.GROUP_RULES:
        rule = rules[wanted.name]
        given = _both(rule, "sourceAddressPrefix", "sourceAddressPrefixes")
        same = (
            rule.get("priority") == wanted.priority
            and rule.get("direction") == wanted.direction
            and rule.get("access") == "Allow"
            and rule.get("protocol") == wanted.protocol
            and rule.get("destinationAddressPrefix") == wanted.destination
            and sorted(_both(rule, "destinationPortRange", "destinationPortRanges")) == sorted(wanted.ports)
        )
        if not same or (given != [wanted.source] and wanted.name != bastion.HTTPS_RULE):
            return None
        if given != [wanted.source]:
            sources = given
    return sources
