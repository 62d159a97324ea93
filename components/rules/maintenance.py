"""Rules for maintenance windows: when Azure maintains a gateway, every day."""

import re
from collections.abc import Iterator, Sequence

from . import Problem, at, did_you_mean, rule
from .sources import VPN_FAQ
from .time_zones import TIME_ZONES

MAINT_01 = rule(
    "MAINT-01",
    "a maintenance window of a gateway begins at a time of day in a time zone by its Windows name, and is 5 hours long "
    "or longer",
    VPN_FAQ,
)
MAINT_04 = rule(
    "MAINT-04",
    "the maintenance windows of gateways that stand in for each other do not overlap",
    VPN_FAQ,
)

DEFAULT_TIME_ZONE = "UTC"
LEAST_HOURS = 5
"""Shortest window of a gateway, and the default [MAINT-01]."""
MOST_HOURS = 23
"""Longest: Azure takes hours and minutes, `23:59` at most; a window of all day is none."""
DAY = 24 * 60
"""Minutes."""
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def window(path: str, start: str, hours: int = LEAST_HOURS) -> Iterator[Problem]:
    """When a window begins, as `HH:mm`, and how long it is [MAINT-01]."""
    if not _TIME.fullmatch(start):
        yield MAINT_01(at(path, "start"), f"{start!r} is no time of day such as '01:30' or '22:00'")
    if not LEAST_HOURS <= hours <= MOST_HOURS:
        yield MAINT_01(at(path, "hours"), f"{hours} is outside {LEAST_HOURS} to {MOST_HOURS} hours")


def time_zone(path: str, name: str) -> Iterator[Problem]:
    """A time zone by its name in Windows [MAINT-01]."""
    if name not in TIME_ZONES:
        near = did_you_mean(name, TIME_ZONES) or "; such names are UTC and W. Europe Standard Time"
        yield MAINT_01(path, f"{name!r} is no time zone's name in Windows, which Azure takes{near}")


def apart(path: str, starts: Sequence[str], hours: Sequence[int | None]) -> Iterator[Problem]:
    """No two windows overlap, midnight or not [MAINT-04]. hours: None where a window has the default."""
    if not all(_TIME.fullmatch(start) for start in starts):
        return
    begins = [int(start[:2]) * 60 + int(start[3:]) for start in starts]
    lengths = [60 * (LEAST_HOURS if one is None else one) for one in hours]
    for later in range(len(begins)):
        for earlier in range(later):
            gap = (begins[later] - begins[earlier]) % DAY
            if gap < lengths[earlier] or DAY - gap < lengths[later]:
                both = " and ".join(_told(begins[one], lengths[one]) for one in (later, earlier))
                way_out = "both gateways may be maintained at once; begin one when the other is over"
                yield MAINT_04(path, f"{both} overlap: {way_out}")


def _told(begin: int, length: int) -> str:
    end = (begin + length) % DAY
    return f"{begin // 60:02}:{begin % 60:02} to {end // 60:02}:{end % 60:02}"
