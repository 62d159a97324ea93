"""Searching many prefixes for an overlap finds what comparing them one by one finds."""

from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from components.rules.prefixes import Prefixes, listed


def _prefix(address: int, length: int) -> IPv4Network:
    return IPv4Network((address, length), strict=False)


# Few distinct bits, so that most prefixes have something to do with each other.
PREFIXES = st.builds(_prefix, st.integers(0, 15).map(lambda bits: bits << 28), st.integers(0, 5)) | st.builds(
    _prefix, st.integers(0, 2**32 - 1), st.integers(0, 32)
)


@given(st.lists(PREFIXES, max_size=12), PREFIXES)
def test_an_overlap_is_found_where_there_is_one(prefixes: list[IPv4Network], wanted: IPv4Network) -> None:
    named = dict(listed("list", prefixes))
    index = Prefixes(named.items())
    found = index.overlapping(wanted)
    assert (found is not None) == any(prefix.overlaps(wanted) for prefix in prefixes)
    assert found is None or (found[1].overlaps(wanted) and named[found[0]] == found[1])


@given(st.lists(PREFIXES, max_size=12), PREFIXES)
def test_the_widest_prefix_that_covers_another_is_found(prefixes: list[IPv4Network], wanted: IPv4Network) -> None:
    named = dict(listed("list", prefixes))
    found = Prefixes(named.items()).covering(wanted)
    covering = [prefix for prefix in prefixes if wanted.subnet_of(prefix)]
    assert (found and found[1]) == min(covering, key=lambda prefix: prefix.prefixlen, default=None)
    assert found is None or named[found[0]] == found[1]
