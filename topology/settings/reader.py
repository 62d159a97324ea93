"""Reads plain data by the fields of the models: each value by itself, where it stands."""

import difflib
import re
from collections.abc import Collection, Mapping
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from components.rules import Problem
from components.rules.not_offered import not_offered

from .model_base import AUTO, NOT_EMPTY
from .possible import Part, Unknown
from .values import ENCRYPTED, SET_01, SET_02, SET_03, TOLD, Refusal, choice, flag, is_name, key_word, text, told, whole

LOCATION = "azure-native:location"
"""The full key, and so the path, of the one setting that is not in our namespace."""


class Reader:
    """Reads values where they stand, and remembers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.encrypted: list[str] = []
        self.unreadable = False

    def part(
        self, model: type[BaseModel], given: Any, path: str, annotation: Any = None, also: Collection[str] = ()
    ) -> Part | Unknown:
        """Reads a map by the fields of a model. also: keys that are known beside them, and read elsewhere."""
        fields = {field.alias or name: (name, field) for name, field in model.model_fields.items()}
        if not isinstance(given, Mapping):
            return self._unknown(path, annotation or model, f"is {told(given)}, not a map with {', '.join(fields)}")
        for key in given:
            if key not in fields:
                near = difflib.get_close_matches(str(key)[:100], [*fields, *also], 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(fields))}"
                here = _below(path, key_word(key))
                # A secret map's own name, misspelt, is told as any other.
                why_not = None if near and not path else _misplaced_secret(here, str(key), given.get("name"))
                why_not = why_not or (not_offered(here, str(key)) if path.partition(".")[0] == "vpn" else None)
                self.problems.append(why_not or SET_01(here, f"unknown setting; {hint}"))
        read = Part(path, model)
        for key, (name, field) in fields.items():
            here = _below(path, key)
            if key not in given:
                if field.is_required():
                    read.values[name] = self._unknown(here, field.annotation, "is required and not set")
            elif given[key] is None and not _optional(field.annotation):
                way_out = "give it one" if field.is_required() else "give it one, or remove the line"
                read.values[name] = self._unknown(here, field.annotation, f"has no value; {way_out}")
            elif given[key] is not None:
                read.values[name] = self.value(field.annotation, field.metadata, given[key], here)
        return read

    def value(self, annotation: Any, marks: Collection[Any], given: Any, path: str) -> Any:
        """Reads one value of this type."""
        if given is ENCRYPTED:
            self.encrypted.append(path)
        if given is ENCRYPTED or given is TOLD:
            return self._unknown(path, annotation)
        wanted = _wanted(annotation)
        origin = get_origin(wanted)
        if origin is list:
            return self._list(wanted, marks, given, path)
        if origin is dict:
            return self._map(wanted, given, path)
        if isinstance(wanted, type) and issubclass(wanted, BaseModel):
            return self.part(wanted, given, path, annotation)
        try:
            return _parse(wanted, marks, given)
        except Refusal as refusal:
            if refusal.kept is None:
                return self._unknown(path, annotation, str(refusal))
            problem = SET_02(path, str(refusal))
            self.problems.append(problem._replace(severity=refusal.severity))
            return refusal.kept

    def _list(self, wanted: Any, marks: Collection[Any], given: Any, path: str) -> Any:
        (item,) = get_args(wanted)
        if AUTO in marks and given == AUTO:
            return None
        if not isinstance(given, list | tuple):
            hint = "; begin each item with -" if isinstance(given, Mapping) else "; write it as [ ... ]"
            hint += f", or {AUTO}" if AUTO in marks else ""
            return self._unknown(path, wanted, f"is {told(given)}, not a list{hint}")
        if not given and NOT_EMPTY in marks:
            return self._unknown(path, wanted, "needs at least one item")
        return [self.value(item, (), one, f"{path}[{index}]") for index, one in enumerate(given)]

    def _map(self, wanted: Any, given: Any, path: str) -> Any:
        if not isinstance(given, Mapping):
            return self._unknown(path, wanted, f"is {told(given)}, not a map of names and values")
        _, item = get_args(wanted)
        read = {key_word(key): self.value(item, (), one, _below(path, key_word(key))) for key, one in given.items()}
        # A name is judged though its value could not be read.
        return {key: "" if isinstance(one, Unknown) else one for key, one in read.items()}

    def _unknown(self, path: str, annotation: Any, message: str = "") -> Unknown:
        self.unreadable = True
        if message:
            self.problems.append(SET_02(path, message))
        return Unknown(path, annotation)


def _below(path: str, key: str) -> str:
    if not path:
        return LOCATION if key == "location" else key
    return f"{path}.{key}"


_SECRET = re.compile(r"[a-z0-9]*((key|psk|secret|password|passphrase|md5)s?|keyvalue)")


def _misplaced_secret(here: str, key: str, name: Any) -> Problem | None:
    """A key that is written among the settings, at a place that has none [SET-03]. name: of the item that it is in."""
    word = re.sub(r"[^a-z0-9]", "", key[:100].lower())
    if not (_SECRET.fullmatch(word) or word in ("authorization", "authorizationcode")):
        return None
    if not here.startswith("expressRoute"):
        home = "vpnSharedKeys"
    else:
        home = "circuitAuthorizationKeys" if word.startswith("auth") else "peeringSharedKeys"
    owner = name if isinstance(name, str) and is_name(name) else "NAME"
    return SET_03(
        here,
        f"no key stands here, only as a secret in {home}; remove it, take a new key where this one was in clear text, "
        f"and set it with: pulumi config set --secret --path '{home}.{owner}'",
    )


def _optional(annotation: Any) -> bool:
    return NoneType in get_args(annotation)


def _wanted(annotation: Any) -> Any:
    """The type of what is not nothing."""
    if not _optional(annotation):
        return annotation
    (wanted,) = (one for one in get_args(annotation) if one is not NoneType)
    return wanted


_PARSERS = {str: text, int: whole, bool: flag}


def _parse(wanted: Any, marks: Collection[Any], given: Any) -> Any:
    """A single value, read by its type's own function. Raises Refusal."""
    if get_origin(wanted) is Annotated:
        wanted, *inner = get_args(wanted)
        marks = inner
    for mark in marks:
        if isinstance(mark, BeforeValidator):
            return mark.func(given)  # pyright: ignore[reportCallIssue]
    if get_origin(wanted) is Literal:
        return choice(given, get_args(wanted))
    return _PARSERS[wanted](given)
