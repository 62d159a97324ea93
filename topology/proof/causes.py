"""What the causes of a lost prefix have in common, and words for them."""

from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import NamedTuple

from components.rules import Rule, rule

FAIL_16 = rule("FAIL-16", "the failures of failover.require cut no prefix off", "this project: docs/failover.md")

EXCUSE = "or name it in failover.accept with a reason"


class Cause(NamedTuple):
    """Why destinations are lost: the rule, the setting to change, and a text that follows "PREFIX is lost when ..."."""

    rule: Rule
    path: str
    text: str
    whole: bool = False
    """The text stands alone: the prefixes do not matter for it."""
    steady: bool = False
    """The text says when: it is the prefixes' state in normal operation."""
    routes_to: IPv4Address | None = None
    """The text ends with a route to add for each prefix, which leads there."""


def onto(path: str, given: bool) -> str:
    """Where to add a prefix. A list that is not given is `onPremises.prefixes`, and replaces them once it is."""
    return f"add it to {path}{'' if given else ' (beside onPremises.prefixes, the default)'}"


def all_sites(names: Sequence[str]) -> str:
    """Sites in words: `site hq`, `sites hq and dr`."""
    return f"site{'s'[: len(names) > 1]} {in_words(names)}"


def in_words(names: Sequence[str]) -> str:
    """Names in a sentence."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
