"""Rules for network security groups."""

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, collapse_addresses
from itertools import pairwise
from typing import Final

from . import Problem, rule, service_tags
from .names import SUB_01, resource, resource_id, subscription_in
from .prefixes import Prefixes
from .sources import ASG, SERVICE_TAGS, VNET_LIMITS, VNET_NSG

NSG_05 = rule("NSG-05", "a security rule's priority is 100 to 4096, once for a direction", VNET_NSG)
NSG_06 = rule("NSG-06", "the rules of a security group name at most 4,000 source prefixes", VNET_LIMITS)

NSG_14 = rule(
    "NSG-14",
    "no prefix of a security rule lies in another of the same list: OverlappingSubnetsNotPermittedInSecurityRule",
    "kubernetes-sigs/cloud-provider-azure#6775, alan-turing-institute/data-safe-haven#2077",
)
NSG_15 = rule(
    "NSG-15",
    "`*` is the only port of its security rule: SecurityRuleParameterContainsInvalidPortRanges",
    "reports of what Azure answers to `*` in destinationPortRanges",
)
NSG_16 = rule(
    "NSG-16",
    "a security rule has prefixes, or one service tag or `*`, or application security groups: "
    "SecurityRuleParameterContainsUnsupportedValue",
    "hashicorp/terraform-provider-azurerm#5617, ansible-collections/azure#639",
)
NSG_17 = rule(
    "NSG-17",
    "a source is an IPv4 prefix or one of Azure's service tags: SecurityRuleInvalidAddressPrefix",
    SERVICE_TAGS,
)
NSG_18 = rule("NSG-18", "a port is 0 to 65535, a range such as 8000-8010, or *: SecurityRuleInvalidPortRange", VNET_NSG)
NSG_19 = rule(
    "NSG-19",
    "a security rule's name is its own: not a default rule's, nor one of the tier's last ones: SecurityRuleConflict",
    VNET_NSG,
)
NSG_20 = rule(
    "NSG-20",
    "the tags of Azure's own platform services are only denied, never allowed: SecurityRuleInvalidAccessType",
    SERVICE_TAGS,
)
NSG_21 = rule(
    "NSG-21",
    "a security rule names at most 10 application security groups, all rules of a group together 100",
    VNET_LIMITS,
)
NSG_22 = rule(
    "NSG-22", "an application security group is named by its id, once; its machines are in the tier's network", ASG
)
NSG_23 = rule("NSG-23", "a security rule's protocol is Tcp, Udp, Icmp, Esp, Ah or *", VNET_NSG)
LB_06 = rule(
    "LB-06", "a load balancer's port is 1 to 65535", "https://learn.microsoft.com/azure/load-balancer/components"
)

DEFAULT_PROTOCOL: Final = "Tcp"
PROTOCOLS = ("Tcp", "Udp", "Icmp", "Esp", "Ah", "*")
"""[NSG-23]"""
WITHOUT_PORTS = frozenset(("Icmp", "Esp", "Ah"))
"""Protocols that know no ports: a rule of theirs has `*`."""
ANY = "*"
DEFAULT_RULES = (
    *("AllowVnetInBound", "AllowAzureLoadBalancerInBound", "DenyAllInBound"),
    *("AllowVnetOutBound", "AllowInternetOutBound", "DenyAllOutBound"),
)
"""Rules that every security group has [NSG-19]. To the letter: Microsoft's page for Bastion has a rule of its own that
is called AllowAzureLoadBalancerInbound [BAS-08]."""
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
MAX_GROUPS_OF_A_RULE, MAX_GROUPS = 10, 100
"""Application security groups that one rule, and all rules of a security group, name [NSG-21]."""
MAX_PORT = 65535


def allowed(path: str, items: int, sources: int, groups: int = 0) -> Iterator[Problem]:
    """A tier's allowed traffic fits into one group [NSG-05, NSG-06, NSG-21].

    items: security rules. sources: source prefixes of all of them together. groups: different application security
    groups, likewise.
    """
    if items > MAX_ALLOWED:
        yield NSG_05(path, f"{items} items, one security group has priorities for {MAX_ALLOWED}; join some")
    if sources > MAX_SOURCES:
        yield NSG_06(
            path, f"{sources} source prefixes in all, a security group takes {MAX_SOURCES}; name fewer, wider ones"
        )
    if groups > MAX_GROUPS:
        yield NSG_21(
            path, f"{groups} application security groups in all, a security group takes {MAX_GROUPS}; name fewer"
        )


def apart(prefixes: Sequence[IPv4Network]) -> list[IPv4Network]:
    """The same addresses without overlaps [NSG-14]: as they are where none lies in another, else collapsed."""
    if any(_inside_another(prefixes)):
        return list(collapse_addresses(prefixes))
    return list(prefixes)


def single_source(sources: Sequence[str]) -> str | None:
    """What belongs in the singular field: the one service tag, or `*`; None where these are prefixes [NSG-16]."""
    if len(sources) == 1 and not _is_prefix(sources[0]):
        return service_tags.plain(sources[0])
    return None


def single_port(ports: Sequence[str]) -> str | None:
    """What belongs in the singular field: `*`, where it is the only port; None where these are ports [NSG-15]."""
    return ANY if list(ports) == [ANY] else None


def rule_name(path: str, name: str) -> Iterator[Problem]:
    """A tier's rule can have this name [NAME-03, NSG-19]."""
    if name in DEFAULT_RULES or name.lower() in LAST_RULES:
        yield NSG_19(path, f"{name} is a rule that every tier's group has already; give it another name")
    yield from resource(path, name)


def protocol(path: str, protocol: str) -> Iterator[Problem]:
    """A rule's protocol [NSG-23]."""
    if protocol not in PROTOCOLS:
        yield NSG_23(path, f"{protocol!r} is none of {', '.join(PROTOCOLS)}")


def ports(path: str, ports: Sequence[str]) -> Iterator[Problem]:
    """A rule's ports, at least one [NSG-15, NSG-18]."""
    if not ports:
        yield NSG_18(path, "needs at least one item")
    if ANY in ports and len(ports) > 1:
        yield NSG_15(
            f"{path}[{list(ports).index(ANY)}]",
            f"* means every port and stands alone, here it is one of {len(ports)}; Azure answers "
            "SecurityRuleParameterContainsInvalidPortRanges; keep * or the others",
        )
    for index, text in enumerate(ports):
        found = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", text)
        if text != ANY and not (found and int(found[1]) <= int(found[2] or found[1]) <= MAX_PORT):
            several = "; write each as an item of its own" if "," in text else ""
            yield NSG_18(
                f"{path}[{index}]",
                f"{text!r} is neither a port (0 to 65535) nor a range such as 8000-8010 nor *{several}",
            )


def source(
    path: str,
    source_prefixes: Sequence[str] | None = None,
    source_application_security_group_ids: Sequence[str] | None = None,
) -> Iterator[Problem]:
    """Where a rule's traffic comes from: of prefixes (or one tag) and application security groups, one [NSG-16]."""
    if source_prefixes is None and source_application_security_group_ids is None:
        yield NSG_17(path, "has no source; give source_prefixes or source_application_security_group_ids")
    if source_prefixes is not None and source_application_security_group_ids is not None:
        yield NSG_16(
            path,
            "has application security groups beside other sources, and a security rule takes one kind; make two of it",
        )


def sources(path: str, sources: Sequence[str]) -> Iterator[Problem]:
    """A rule's sources, at least one: prefixes apart from each other, or one service tag or `*` [NSG-14, NSG-16,
    NSG-17, NSG-20]."""
    if not sources:
        yield NSG_17(path, "needs at least one item")
    named: list[tuple[str, IPv4Network]] = []
    for index, text in enumerate(sources):
        here = f"{path}[{index}]"
        if text == ANY or service_tags.is_known(text):
            continue
        if service_tags.is_explicit(text):
            yield NSG_17.warning(here, f"this version does not know the tag {text}; Azure refuses one that it has not")
            continue
        try:
            named.append((here, IPv4Network(text)))
        except ValueError as error:
            near = f"; write {IPv4Network(text, strict=False)}" if "host bits" in str(error) else ""
            near = near or service_tags.meant(text)
            yield NSG_17(here, f"{text!r} is neither an IPv4 prefix nor a service tag{near}")
    if len(sources) > 1 and (alone := next((text for text in sources if _stands_alone(text)), None)):
        yield NSG_16(
            path,
            f"{alone} stands alone in a security rule, here are {len(sources)} sources; Azure answers "
            "SecurityRuleParameterContainsUnsupportedValue; give each tag, and the prefixes, an item of their own",
        )
    for text in sources:
        if service_tags.plain(text) in service_tags.DENY_ONLY:
            yield NSG_20(path, f"{text} can only be denied, and what stands here is allowed; remove it")
    known = Prefixes(named)
    for here, prefix in named:
        if (wider := known.covering(prefix)) and wider[0] != here:
            yield NSG_14(
                here,
                f"{prefix} lies in {wider[1]} ({wider[0]}); Azure answers OverlappingSubnetsNotPermittedInSecurityRule;"
                " remove it",
            )


def groups(path: str, ids: Sequence[str]) -> Iterator[Problem]:
    """The application security groups that a rule names as its source, at least one [NSG-21, NSG-22, ID-01]."""
    if not ids:
        yield NSG_22(path, "needs at least one item")
    if len(ids) > MAX_GROUPS_OF_A_RULE:
        yield NSG_21(path, f"{len(ids)} application security groups, a rule takes {MAX_GROUPS_OF_A_RULE}; make two")
    seen: dict[str, int] = {}
    for index, id in enumerate(ids):
        yield from resource_id(f"{path}[{index}]", id, ("applicationSecurityGroups",))
        if (first := seen.setdefault(id.lower(), index)) != index:
            yield NSG_22(f"{path}[{index}]", f"the same group is {path}[{first}]; remove one")


def groups_here(named: Iterable[tuple[str, str]], subscription: str = "") -> Iterator[Problem]:
    """The application security groups that the rules of one subscription name are in it [SUB-01].

    named: the path and the id of each. subscription: the rules' own; where it is not known, that of the first group.
    """
    first = first_path = ""
    for path, id in named:
        theirs = subscription_in(id)
        if not theirs or any(resource_id(path, id, ("applicationSecurityGroups",))):
            continue
        own = subscription.lower() or first
        if not own:
            first, first_path = theirs, path
        elif theirs != own:
            whose = f"the tier is in {own}" if subscription else f"that of {first_path} in {own}"
            yield SUB_01(
                path,
                f"the application security group is in subscription {theirs}, and {whose}; a security rule names "
                f"groups of its own subscription only; name one of {own}, or prefixes",
            )


def port(path: str, port: int) -> Iterator[Problem]:
    """A port of a load balancer [LB-06]."""
    if not 1 <= port <= MAX_PORT:
        yield LB_06(path, f"{port} is outside 1 to {MAX_PORT}")


def _stands_alone(source: str) -> bool:
    return source == ANY or service_tags.is_tag(source)


def _is_prefix(text: str) -> bool:
    return text[:1].isdigit()


def _inside_another(prefixes: Iterable[IPv4Network]) -> Iterator[bool]:
    """Of each prefix, whether it overlaps the one before it in the order of addresses."""
    ordered = sorted(prefixes)
    return (first.overlaps(second) for first, second in pairwise(ordered))
