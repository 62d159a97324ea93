"""Whatever stands in a stack file: it is accepted, or each mistake is told at its place, and nothing else is lost.

200 examples in all; 2,000 with READING=full (`make nightly`).
"""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.rules import Problem
from tests.properties.slips import GONE, Slip, places, slips, with_slips
from tests.stacks import stack_values
from topology.reading import LOCATION, read, read_config, read_stack_file
from topology.settings.values import key_word

STACKS = ("dev", "reference")
EXAMPLES = 2000 if os.environ.get("READING") == "full" else 200
TIMES = 300
"""A reading that takes so many times a sound one's time does not end."""
NOT_OURS = re.compile(
    r"Input should|validation error|NoneType|\bdict\b|\bstr\b|\bint\b|\bfloat\b|\bbool\b|datetime|Unknown|unreadable-"
    r"|object at 0x|\[a-z|\\d|\[\^|Traceback"
)
"""Python's and pydantic's words, regular expressions, and the reader's stand-ins: in no message."""

PLANTED: dict[str, tuple[tuple[str | int, ...], Any, str]] = {
    "vpn.sites[N].publicIp": (("vpn", "sites"), {"name": "dr", "publicIp": "10.9.9.9"}, "VPN-24"),
    "network.tiers[N].subnet": (("network", "tiers"), {"name": "small", "subnet": "10.20.3.0/30"}, "NET-03"),
    "expressRoute.circuits[N].routingWeight": (
        ("expressRoute", "circuits"),
        {"name": "heavy", "existing": {"id": "/subscriptions/S"}, "connect": "never", "routingWeight": 99999},
        "CONN-05",
    ),
    "onPremises.prefixes[N]": (("onPremises", "prefixes"), "224.1.0.0/16", "NET-06"),
}
"""Mistakes that depend on nothing else, each in a further item of a list."""


def half(share: int) -> settings:
    """Settings of a test that has one of two shares of all examples."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=EXAMPLES // share, deadline=None, suppress_health_check=slow, derandomize=True)


def _longest() -> float:
    """Seconds for a reading that must end: many times what the sound files take in this run."""
    start = time.perf_counter()
    for stack in STACKS:
        read(stack_values(stack))
    return max(TIMES * (time.perf_counter() - start), 1)


LONGEST = _longest()


@contextmanager
def ends() -> Iterator[None]:
    """Fails where what is inside does not end."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"not read after {LONGEST:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def problems_of(values: dict[str, Any]) -> list[Problem]:
    """What is told of the values; each at a place that is there, in words."""
    with ends():
        read_all, found = read(values)
    assert read_all is not None or any(problem.rule == "SET-02" for problem in found)
    for problem in found:
        assert stands(problem.path, values), problem
        assert not NOT_OURS.search(problem.message), problem
    return found


def stands(path: str, values: Any) -> bool:
    """Whether a path is one of the values', or names a key that a map there has not."""
    if path == LOCATION:
        return True
    if isinstance(values, list):
        found = re.match(r"\[(\d+)\]", path)
        return bool(found) and int(found[1]) < len(values) and _rest_stands(path[found.end() :], values[int(found[1])])
    if not isinstance(values, dict):
        return False
    for key, value in values.items():
        word = key_word(key)
        if path.startswith(word) and _rest_stands(path[len(word) :], value):
            return True
    return bool(re.fullmatch(r"\w+", path))


def _rest_stands(rest: str, value: Any) -> bool:
    return not rest or stands(rest.removeprefix("."), value)


def told(found: list[Problem]) -> set[tuple[str, str]]:
    """Where what is told, of what cannot be read or is no setting."""
    return {(problem.path, problem.rule) for problem in found if problem.rule in ("SET-01", "SET-02")}


@half(2)
@given(st.data())
def test_two_slips_are_both_told(data: st.DataObject) -> None:
    values = stack_values(data.draw(st.sampled_from(STACKS)))
    made = data.draw(slips(values, 2))
    both = told(problems_of(with_slips(values, made)))
    for slip in made:
        assert told(problems_of(with_slips(values, [slip]))) <= both, made


@half(4)
@given(st.data())
def test_a_slip_hides_no_mistake_of_a_neighbour(data: st.DataObject) -> None:
    values = stack_values("dev")
    expected: dict[tuple[str | int, ...], tuple[str, str]] = {}
    for path, (where, item, rule) in PLANTED.items():
        held: Any = values
        for part in where:
            held = held[part]
        expected[*where, len(held)] = (path.replace("N", str(len(held))), rule)
        held.append(item)
    (slip,) = data.draw(slips(values, 1).filter(lambda made: not _touches(made[0], list(expected))))
    found = {(problem.path, problem.rule) for problem in problems_of(with_slips(values, [slip]))}
    above = len(slip.place)
    assert {told for place, told in expected.items() if place[:above] != slip.place} <= found, slip


def _touches(slip: Slip, planted: list[tuple[str | int, ...]]) -> bool:
    """Whether a slip is in a planted item, or moves one."""
    moved = slip.value is GONE and any(slip.place[:-1] == place[:-1] for place in planted)
    return moved or any(slip.place[: len(place)] == place for place in planted)


@half(4)
@given(data=st.data())
def test_the_command_says_what_the_preview_says(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    values = stack_values(data.draw(st.sampled_from(STACKS)))
    changed = with_slips(values, data.draw(slips(values, 1).filter(lambda made: _as_json(made[0].value))))
    full = {LOCATION if key == "location" else f"hybrid-network:{key}": value for key, value in changed.items()}
    config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in full.items()}
    file = tmp_path_factory.mktemp("reading") / "Pulumi.x.yaml"
    file.write_text(
        yaml.safe_dump({"config": full}, default_style='"', allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    with ends():
        preview = read_config(config, ())
        command = read_stack_file(Path(file))
    assert preview[0] == command[0]
    assert [problem for problem in preview[1] if problem.rule != "KEY-01"] == command[1]


def _as_json(value: Any) -> bool:
    """Whether the engine can hand a value to a program, and JSON writes it as the engine does."""
    if isinstance(value, dict):
        return None not in value and all(map(_as_json, value.values()))
    return all(map(_as_json, value)) if isinstance(value, list) else not isinstance(value, date | bytes | set)


def test_every_place_takes_a_slip() -> None:
    for stack in STACKS:
        values = stack_values(stack)
        for place in list(places(values)):
            for value in (None, GONE, [], {}, 7, "x", True):
                problems_of(with_slips(values, [Slip(place, value)]))
