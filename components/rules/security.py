"""Rules for network security groups."""

from collections.abc import Iterator

from . import Problem, rule
from .sources import VNET_LIMITS, VNET_NSG

NSG_05 = rule("NSG-05", "a security rule's priority is 100 to 4096, once for a direction", VNET_NSG)
NSG_06 = rule("NSG-06", "the rules of a security group name at most 4,000 source prefixes", VNET_LIMITS)

FIRST_PRIORITY, PRIORITY_STEP, LAST_PRIORITY = 100, 10, 4096
"""Priorities of a tier's rules: the first, the distance to the next, and the lowest there is [NSG-05]."""
KEPT_PRIORITIES = 2
"""The lowest priorities of a direction, which a tier's own last rules have."""
MAX_ALLOWED = (LAST_PRIORITY - KEPT_PRIORITIES - FIRST_PRIORITY) // PRIORITY_STEP + 1
"""Items of allowed traffic that fit between the first priority and the tier's own last rules."""
MAX_SOURCES = 4000
"""[NSG-06]"""


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
