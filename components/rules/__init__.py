"""What Azure accepts, in pure Python: one small function per rule, no Pulumi, no settings file.

A rule is declared once, with its id, its meaning and its source, and called to report a problem. The functions
of this package take plain values (addresses, SKU names, numbers) and the path under which the caller knows them,
and yield a `Problem` for everything that Azure would refuse. Components apply them to their own arguments; the
topology applies the same functions to the settings of a whole network.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Problem(NamedTuple):
    """One thing that is wrong: where, what, and the way out.

    path: where the reader finds the value, such as `vpn.sites[0].prefixes[1]`.
    message: what is wrong, both numbers where there are two, and the way out.
    rule: id in the project's catalogue of rules; empty where the value is not even readable.
    severity: an error stops the preview, a warning is shown.
    """

    path: str
    message: str
    rule: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.message}" + (f" [{self.rule}]" if self.rule else "")


class Rule(NamedTuple):
    """A rule of Azure's, or of this network, that can be judged before anything is created.

    id: stable, never reused. meaning: the rule in a sentence. source: the document that states it; how the rule is
    known, and when that was last seen, stands in `docs/rules_evidence.yaml`, and a test asks for it.
    severity: what breaking it means at preview.
    """

    id: str
    meaning: str
    source: str
    severity: Severity = "error"

    def __call__(self, path: str, message: str) -> Problem:
        """The problem of a value at `path` that breaks this rule."""
        return Problem(path, message, self.id, self.severity)

    def warning(self, path: str, message: str) -> Problem:
        """The same, where Azure accepts the value though it should not be there, or nobody says that it refuses it."""
        return self(path, message)._replace(severity="warning")


CATALOGUE: dict[str, Rule] = {}
"""Every declared rule by id."""


def rule(id: str, meaning: str, source: str, severity: Severity = "error") -> Rule:
    """Declares a rule in the catalogue. Raises ValueError where the id already has another meaning."""
    declared = Rule(id, meaning, source, severity)
    if CATALOGUE.setdefault(id, declared) != declared:
        raise ValueError(f"rule {id} is declared twice, with different meanings")
    return declared


class ArgumentPath(str):
    """A path among a component's own arguments, which are snake_case; settings are camelCase."""

    __slots__ = ()


def at(path: str, *names: str) -> str:
    """The path of a value below `path`, from its snake_case names.

    `at("vpn.sites[0]", "public_ip")` is `vpn.sites[0].publicIp`; below an `ArgumentPath`, and below an empty path, the
    names stay as they are: `at("", "bgp", "peer_address")` is `bgp.peer_address`.
    """
    if not path or isinstance(path, ArgumentPath):
        return ArgumentPath(".".join([path, *names] if path else names))
    heads_and_tails = [name.split("_") for name in names]
    return ".".join([path, *(head + "".join(map(str.capitalize, tail)) for head, *tail in heads_and_tails)])


def word(path: str, name: str) -> str:
    """A field's snake_case name as it is written where `path` is: in the settings camelCase."""
    above = ArgumentPath("it") if isinstance(path, ArgumentPath) else path
    return at(above, name).rpartition(".")[2]


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that stop a preview, each once, in the order in which they were found."""
    return [p for p in dict.fromkeys(problems) if p.severity == "error"]


def report(problems: Iterable[Problem], heading: str) -> str:
    """All problems in one message: a heading with their number, then one line each."""
    lines = [str(p) for p in problems]
    count = f"{len(lines)} problem" + ("s" if len(lines) != 1 else "")
    return "\n".join([f"{heading}: {count}", *(f"  - {line}" for line in lines)])


def few(problems: Iterable[Problem], most: int = 5) -> Iterator[Problem]:
    """The first problems of a long list of values; the last one shown says how many there are like it."""
    found = list(problems)
    if len(found) <= most:
        yield from found
        return
    yield from found[: most - 1]
    last = found[most - 1]
    yield last._replace(message=f"{last.message} (and {len(found) - most} more like this)")


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A question for the end of a message, where one known word is the given one in other letters or much like it."""
    words = {"".join(filter(str.isalnum, word)).casefold(): word for word in known}
    meant = "".join(filter(str.isalnum, given[:100])).casefold()
    same_numbers = [word for word in words if re.findall(r"\d", word) == re.findall(r"\d", meant)]
    alike = [meant] if meant in words else difflib.get_close_matches(meant, same_numbers, 2, 0.85)
    return f"; did you mean {words[alike[0]]}?" if len(alike) == 1 else ""


def unique(path: str, what: str, names: Iterable[str], taken: Rule, field: str = ".name") -> Iterator[Problem]:
    """A problem for every name that an earlier item of the list at `path` bears; case does not count.

    field: where an item has its name; empty for a list of names.
    """
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        first = seen.setdefault(name.lower(), index)
        if first != index:
            yield taken(f"{path}[{index}]{field}", f"{what} {name!r} is also {path}[{first}]; give it another name")
