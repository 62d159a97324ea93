"""A stack's file, `Pulumi.STACK.yaml`, read as Pulumi's engine reads it, and what is wrong with the file itself.

The engine's YAML is a newer one than that of Python's reader: `no`, `on` and `1:30` are text. No message shows what is
written in the file, which may have a key in clear text.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from components.rules import Problem

from .values import ENCRYPTED, SET_02, TOLD, SettingsError, key_word

_OURS = "hybrid-network:"
_TAG = "tag:yaml.org,2002:"
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASES = {"0x": 16, "0o": 8, "0b": 2}


@dataclass(frozen=True)
class StackFile:
    """What a stack file says."""

    config: dict[str, Any]
    """Full key -> value; an encrypted one is ENCRYPTED."""
    problems: list[Problem]
    """The problems of the file's text."""
    sealed: dict[str, str]
    """Path of each encrypted value -> what stands in the file for it, which tells only whether it is another."""
    others: dict[str, Any] = field(default_factory=dict)
    """What stands beside `config:`, such as `environment` and `encryptionsalt`."""


def load(path: Path) -> StackFile:
    """Reads a stack file. Raises SettingsError where it has no configuration that can be read."""
    try:
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        raise _unusable(str(path), f"cannot be read: {error.strerror}{_others_at(path)}") from None


def parse(content: bytes, path: str) -> StackFile:
    """What a stack file's content says. path: how messages call it. Raises as `load` does."""
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
        reader = _Reader()
        document = reader.value(root, "") if root else None
    except UnicodeDecodeError:
        raise _unusable(path, "is not UTF-8 text; save it as UTF-8") from None
    except RecursionError:
        raise _unusable(path, "has lists or maps inside each other beyond all that is used here") from None
    except yaml.YAMLError as error:
        raise _unusable(path, not_yaml(error)) from None
    if isinstance(document, dict) and {"name", "runtime"} <= document.keys():
        raise _unusable(path, f"is the project's own file; name that of a stack{_others_at(Path(path))}")
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict):
        raise _unusable(path, "has no `config:` section with settings; is it a Pulumi.STACK.yaml file?")
    others = {str(key): value for key, value in document.items() if key != "config"} if document else {}
    return StackFile(dict(_full(config, reader.problems)), reader.problems, reader.sealed, others)


def _others_at(path: Path) -> str:
    """The stack files of the folder that was named, or of the file's own, for the end of a message."""
    folder = path if path.is_dir() else path.parent
    named = sorted(str(file) for file in folder.glob("Pulumi.*.yaml"))
    return f"; there {'are' if len(named) > 1 else 'is'} {', '.join(named[:4])}" if named else ""


def _full(config: dict[str, Any], problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    """Every key with its namespace: without one it is the project's to the engine, and gives way to the full one."""
    for key, value in config.items():
        full = key if ":" in key or key.isdigit() else f"{_OURS}{key}"
        if full == key or full not in config:
            yield full, value
        else:
            problems.append(SET_02(key_word(key), f"is set twice, as {key_word(key)} and as {full}; keep the second"))


def _unusable(path: str, message: str) -> SettingsError:
    return SettingsError([SET_02(path, message)])


def not_yaml(error: yaml.YAMLError) -> str:
    """That a file is no YAML, where, and what to look at, without what is written there."""
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", ""))
    reasons = {
        r"'\t'": "a tab; indent with spaces",
        "undefined alias": "text that begins with * needs quotes; as an alias it names an anchor (&) that is nowhere",
        "alias": "text that begins with * or & needs quotes",
        "anchor": "text that begins with * or & needs quotes, and an anchor (&) is set once",
        "document": "one document is expected; remove the second ---",
        "special characters": "a control character; remove it",
    }
    hint = next((text for part, text in reasons.items() if part in problem), "")
    return (
        "is not YAML: "
        + where
        + (hint or "look at the indentation, the colons, quotes and brackets here and in the line before")
    )


class _Reader:
    """Makes values of YAML's nodes."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.sealed: dict[str, str] = {}
        self._open: list[yaml.Node] = []
        self._made: dict[yaml.Node, Any] = {}

    def value(self, node: yaml.Node, path: str) -> Any:
        """The value of a node. An anchor's is made once, under the first of its paths."""
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if any(node is one for one in self._open):
            self._tell(path, "contains itself, by an alias (*); write out what is meant")
            return TOLD
        if node not in self._made:
            self._open.append(node)
            made = self._map(node, path) if isinstance(node, yaml.MappingNode) else self._list(node, path)
            self._open.pop()
            self._made[node] = made
        return self._made[node]

    def _list(self, node: yaml.Node, path: str) -> list[Any]:
        return [self.value(item, f"{path}[{index}]") for index, item in enumerate(node.value)]

    def _map(self, node: yaml.MappingNode, path: str) -> Any:
        merged: dict[str, Any] = {}
        read: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._tell(path, f"line {line}: a key is text, not a list or map")
                continue
            if key_node.tag == f"{_TAG}merge":
                merged = {**dict(self._merged(value_node, path, line)), **merged}
                continue
            known = _scalar(key_node)
            # The engine makes text of a key as it has read it: 16 of 0x10. What it makes of nothing is nobody's name.
            key = key_word(known) if known is None or isinstance(known, bool | int) else key_node.value
            here = _below(path, key)
            if known is None:
                self._tell(here, f"line {line}: a key is text, not nothing; put it in quotes")
            if key in lines:
                self._tell(here, f"is set twice, in line {lines[key]} and in line {line}; keep one of them")
            lines.setdefault(key, line)
            read[key] = self.value(value_node, here)
        if set(read) == {"secure"} and isinstance(read["secure"], str):
            self.sealed[_inside(path)] = read["secure"]
            return ENCRYPTED
        return {**merged, **read}

    def _merged(self, node: yaml.Node, path: str, line: int) -> Iterator[tuple[str, Any]]:
        """What `<<` takes over; of several maps the first has precedence."""
        nodes = reversed(node.value) if isinstance(node, yaml.SequenceNode) else [node]
        for one in nodes:
            value = self.value(one, path)
            if isinstance(value, dict):
                yield from value.items()
            else:
                self._tell(path, f"line {line}: << takes over a map, by its alias (*)")

    def _tell(self, path: str, message: str) -> None:
        """Adds a problem. Paths have no `config`, and our own keys no namespace."""
        self.problems.append(SET_02(_inside(path), message))


def _inside(path: str) -> str:
    """A path below `config`, as messages show it."""
    path = key_word(path)
    inside = path.removeprefix("config.")
    return inside.removeprefix(_OURS) if inside != path else path


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _scalar(node: yaml.ScalarNode) -> Any:
    text, tag = node.value, node.tag.removeprefix(_TAG)
    if tag == "null":
        return None
    if tag == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if tag == "binary":
        try:
            return base64.b64decode(text).decode()
        except ValueError:
            return text.encode()
    if tag == "timestamp":
        # Which one does not matter: no setting is a date.
        return date.min
    if tag in ("int", "float") or (tag == "str" and node.style is None):
        return _number(text)
    return text


def _number(text: str) -> Any:
    """The number that a text without quotes is to the engine, or the text."""
    if not text.isascii():
        # Python reads the digits of other scripts too; no reader of YAML does.
        return text
    plain = text.replace("_", "")
    sign, digits = (plain[0], plain[1:]) if plain[:1] in ("-", "+") else ("", plain)
    base, digits = _base(digits.lower())
    try:
        if base != 10 or digits.isdecimal():
            return int(sign + digits, base)
        if digits in (".inf", ".nan"):
            return float(sign + digits[1:])
        return float(plain) if _NUMBER.fullmatch(text) else text
    except ValueError:
        # Digits that the base has not, or more of them than Python reads.
        return float(plain) if base == 10 and digits.isdecimal() else text


def _base(digits: str) -> tuple[int, str]:
    """The base that a number is written in, and its digits."""
    if digits[:2] in _BASES:
        return _BASES[digits[:2]], digits[2:]
    return (8, digits) if re.fullmatch("0[0-7]+", digits) else (10, digits)
