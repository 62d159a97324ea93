"""Rules for network security groups."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import Final

from . import Problem, rule
from .names import resource
from .sources import VNET_LIMITS, VNET_NSG

NSG_05 = rule("NSG-05", "a security rule's priority is 100 to 4096, once for a direction", VNET_NSG)
NSG_06 = rule("NSG-06", "the rules of a security group name at most 4,000 source prefixes", VNET_LIMITS)

NSG_17 = rule("NSG-17", "a source is an IPv4 prefix or one of Azure's service tags", VNET_NSG)
NSG_18 = rule("NSG-18", "a port is 0 to 65535, a range such as 8000-8010, or *", VNET_NSG)
NSG_19 = rule(
    "NSG-19", "a security rule's name is its own: not a default rule's, nor one of the tier's last ones", VNET_NSG
)
NSG_23 = rule("NSG-23", "a security rule's protocol is Tcp, Udp, Icmp or *", VNET_NSG)
LB_06 = rule(
    "LB-06", "a load balancer's port is 1 to 65535", "https://learn.microsoft.com/azure/load-balancer/components"
)

DEFAULT_PROTOCOL: Final = "Tcp"
PROTOCOLS = ("Tcp", "Udp", "Icmp", "*")
"""[NSG-23]"""
DEFAULT_RULES = (
    *("AllowVnetInBound", "AllowAzureLoadBalancerInBound", "DenyAllInBound"),
    *("AllowVnetOutBound", "AllowInternetOutBound", "DenyAllOutBound"),
)
"""Rules that every security group has [NSG-19]."""
LAST_RULES = (
    *("allow-load-balancer-probe", "deny-other-inbound"),
    *("allow-network-outbound", "allow-internet-outbound", "deny-other-outbound"),
)
"""A tier's own last rules."""
FIRST_PRIORITY, PRIORITY_STEP, LAST_PRIORITY = 100, 10, 4096
"""Priorities of a tier's rules: the first, the distance to the next, and the lowest there is [NSG-05]."""
KEPT_PRIORITIES = 2
"""The lowest priorities of a direction, which a tier's own last rules have."""
MAX_ALLOWED = (LAST_PRIORITY - KEPT_PRIORITIES - FIRST_PRIORITY) // PRIORITY_STEP + 1
"""Items of allowed traffic that fit between the first priority and the tier's own last rules."""
MAX_SOURCES = 4000
"""[NSG-06]"""
MAX_PORT = 65535


def allowed(path: str, items: int, sources: int) -> Iterator[Problem]:
    """A tier's allowed traffic fits into one group [NSG-05, NSG-06].

    items: security rules. sources: source prefixes of all of them together.
    """
    if items > MAX_ALLOWED:
        yield NSG_05(path, f"{items} items, one security group has priorities for {MAX_ALLOWED}; join some")
    if sources > MAX_SOURCES:
        yield NSG_06(
            path, f"{sources} source prefixes in all, a security group takes {MAX_SOURCES}; name fewer, wider ones"
        )


def rule_name(path: str, name: str) -> Iterator[Problem]:
    """A tier's rule can have this name [NAME-03, NSG-19]."""
    if name.lower() in {taken.lower() for taken in (*DEFAULT_RULES, *LAST_RULES)}:
        yield NSG_19(path, f"{name} is a rule that every tier's group has already; give it another name")
    yield from resource(path, name)


def protocol(path: str, protocol: str) -> Iterator[Problem]:
    """A rule's protocol [NSG-23]."""
    if protocol not in PROTOCOLS:
        yield NSG_23(path, f"{protocol!r} is none of {', '.join(PROTOCOLS)}")


def ports(path: str, ports: Sequence[str]) -> Iterator[Problem]:
    """A rule's ports, at least one [NSG-18]."""
    if not ports:
        yield NSG_18(path, "needs at least one item")
    for index, text in enumerate(ports):
        low, _, high = text.partition("-")
        ends = (low, high or low)
        if text != "*" and not (all(map(str.isdecimal, ends)) and 0 <= int(ends[0]) <= int(ends[1]) <= MAX_PORT):
            yield NSG_18(
                f"{path}[{index}]", f"{text!r} is neither a port (0 to 65535) nor a range such as 8000-8010 nor *"
            )


def sources(path: str, sources: Sequence[str]) -> Iterator[Problem]:
    """A rule's sources, at least one [NSG-17]."""
    if not sources:
        yield NSG_17(path, "needs at least one item")
    for index, text in enumerate(sources):
        if text == "*" or re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*", text):
            continue
        try:
            IPv4Network(text)
        except ValueError as error:
            near = f"; write {IPv4Network(text, strict=False)}" if "host bits" in str(error) else ""
            yield NSG_17(f"{path}[{index}]", f"{text!r} is neither an IPv4 prefix nor a service tag{near}")


def port(path: str, port: int) -> Iterator[Problem]:
    """A port of a load balancer [LB-06]."""
    if not 1 <= port <= MAX_PORT:
        yield LB_06(path, f"{port} is outside 1 to {MAX_PORT}")
