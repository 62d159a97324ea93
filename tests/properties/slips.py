"""Slips in a stack file: any value that YAML knows, in any place, and places left out or written twice."""

import copy
import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Place = tuple[str | int, ...]
GONE, TWICE = object(), object()
"""Instead of a value: the place is left out, or what is there is written twice (an item of a list)."""
OTHER_ID = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm"


@dataclass(frozen=True)
class Slip:
    """A value in a place."""

    place: Place
    value: Any

    def made_in(self, values: dict[str, Any]) -> None:
        """Makes the slip."""
        *above, last = self.place
        holder: Any = values
        for part in above:
            holder = holder[part]
        if self.value is GONE:
            del holder[last]
        elif self.value is TWICE:
            holder.append(copy.deepcopy(holder[last]))
        else:
            holder[last] = self.value


def places(values: Any, above: Place = ()) -> Iterator[Place]:
    """Every place of the settings."""
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from places(value, (*above, key))


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 70000),
    st.sampled_from([10**18, -(10**18), 10**400, 2**32, 0.5, -0.0, 1e300, math.inf, -math.inf, math.nan]),
    st.sampled_from(
        ["", " ", "no", "off", "yes", "on", "null", "~", "true", "1", "010", "1.10", "1e5", ".inf", "0x1F"]
    ),
    st.sampled_from(["10.0.0.0", "10.0.0.0/8", "10.0.0.1/8", "0.0.0.0/0", "10.0.0.300", "2001:db8::/32", "/", "*"]),
    st.sampled_from(
        [OTHER_ID, "ergw1az", "VPNGW1AZ", "ErGw1AZ", "Always", "HQ Main", "web", "hq", "a" * 5000, "a\n\tb"]
    ),
    st.text(max_size=8),
)
VALUES = st.one_of(
    SCALARS,
    st.sampled_from([datetime.date(2024, 1, 31), datetime.datetime(2024, 1, 31, 12), b"\xff\x00", {"a", "b"}]),
    st.lists(SCALARS, max_size=3),
    st.dictionaries(
        st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.sampled_from(["name", "id", "sku", "a.b"])),
        SCALARS,
        max_size=3,
    ),
    st.recursive(SCALARS, lambda inner: st.lists(inner, min_size=1, max_size=2), max_leaves=4),
)


@st.composite
def slips(draw: st.DrawFn, values: dict[str, Any], count: int) -> list[Slip]:
    """Slips in places of which none is in another; the last in a list first, so that indexes stay."""
    found: list[Slip] = []
    every = list(places(values))
    for _ in range(count):
        taken = [one.place for one in found]
        free = [place for place in every if not any(_meet(place, other) for other in taken)]
        place = draw(st.sampled_from(free))
        made = [st.just(GONE), VALUES, VALUES, VALUES] + ([st.just(TWICE)] if isinstance(place[-1], int) else [])
        found.append(Slip(place, draw(st.one_of(made))))
    return found


def _meet(one: Place, other: Place) -> bool:
    """Whether a slip in one place hides or moves the other: what is taken out of a list moves what follows in it."""
    reach = [place[:-1] if isinstance(place[-1], int) else place for place in (one, other)]
    return one[: len(reach[1])] == reach[1] or other[: len(reach[0])] == reach[0]


def with_slips(values: dict[str, Any], made: list[Slip]) -> dict[str, Any]:
    """A copy of the settings with these slips."""
    changed = copy.deepcopy(values)
    for slip in made:
        slip.made_in(changed)
    return changed
