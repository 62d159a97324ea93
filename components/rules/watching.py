"""Rules for monitoring: where logs go, and who is told."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from . import Problem, at, rule
from .names import ID_01
from .sources import SDK

MON_12 = rule("MON-12", "an action group has a short name of 1 to 12 characters, and email addresses, each once", SDK)
MON_13 = rule(
    "MON-13", "a workspace has a name of 4 to 63 letters, digits and hyphens, and keeps logs 30 to 730 days", SDK
)
MON_15 = rule("MON-15", "monitoring tells somebody", "this project: an alert that nobody hears of is none", "warning")

MON_16 = rule(
    "MON-16", "a limit that an alert is near to is above 0", "this project: an alert that always rings is none"
)

LEAST_DAYS, MOST_DAYS, MOST_IN_SHORT_NAME = 30, 730, 12
"""[MON-13, MON-12]"""
WORKSPACES, ACTION_GROUPS = "Microsoft.OperationalInsights/workspaces", "Microsoft.Insights/actionGroups"


def retention(path: str, days: int) -> Iterator[Problem]:
    """How long a workspace keeps its logs [MON-13]."""
    if not LEAST_DAYS <= days <= MOST_DAYS:
        yield MON_13(path, f"{days} is outside {LEAST_DAYS} to {MOST_DAYS} days")


def workspace_name(path: str, name: str) -> Iterator[Problem]:
    """A workspace's name [MON-13]."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]", name):
        yield MON_13(
            path,
            f"{name!r} ({len(name)} characters): a workspace's name has 4 to 63 letters, digits and hyphens, and no "
            "hyphen first or last",
        )


def short_name(path: str, name: str) -> Iterator[Problem]:
    """An action group's name in messages [MON-12]."""
    if not 1 <= len(name) <= MOST_IN_SHORT_NAME:
        yield MON_12(path, f"{name!r} has {len(name)} characters, Azure takes 1 to {MOST_IN_SHORT_NAME}")


def emails(path: str, given: Sequence[str]) -> Iterator[Problem]:
    """Whom an action group writes to [MON-12]."""
    seen: set[str] = set()
    for index, one in enumerate(given):
        here = f"{path}[{index}]"
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", one):
            yield MON_12(here, f"{one!r} is no email address such as network@example.com")
        elif one.lower() in seen:
            yield MON_12(here, f"{one} stands there already; remove one")
        seen.add(one.lower())


def told(path: str, emails: Sequence[str] = (), action_group_id: str | None = None) -> Iterator[Problem]:
    """Somebody is told [MON-15]."""
    if not emails and action_group_id is None:
        yield MON_15(path, f"nobody is told of an alert; say {at(path, 'emails')} or {at(path, 'action_group')}")


def limit(path: str, most: int) -> Iterator[Problem]:
    """What an alert is near to [MON-16]."""
    if most <= 0:
        yield MON_16(path, f"{most} is no limit; leave it out where nobody knows it")


def peer(path: str, address: IPv4Address) -> Iterator[Problem]:
    """Where a site speaks BGP: an address, which is all that an alert needs to know."""
    yield from ()


def id_of(path: str, id: str, *, type: str) -> Iterator[Problem]:
    """An id of a workspace or an action group [ID-01]."""
    pattern = rf"/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers/{re.escape(type)}/[^/\s]+"
    if not re.fullmatch(pattern, id, re.IGNORECASE):
        shape = f"/subscriptions/ID/resourceGroups/GROUP/providers/{type}/NAME"
        yield ID_01(path, f"{id!r} is no id of {type.rpartition('/')[2]}; such a one is {shape}")
