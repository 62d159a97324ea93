"""The JSON Schema of a stack's file: it takes what the program takes, and tells an editor of every slip.

That it is made from the model is another test's matter (`test_pages.py`). The validator here knows the words that this
schema uses and no others.
"""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.consequences.cases import BROWN_FIELD, BY_NAME, EVERYTHING, ON_A_LAN, PINNED, SCALED, SPOKES, network
from tests.stacks import ROOT
from topology.reading import NAMESPACE, SECRET_KEYS

SCHEMA = json.loads((ROOT / "docs" / "settings.schema.json").read_text())
FIRST_LINE = "# yaml-language-server: $schema=docs/settings.schema.json"
STACKS = sorted(ROOT.glob("Pulumi.*.yaml"))
FILES = [*STACKS, *sorted(ROOT.glob("examples/*.yaml")), *sorted(ROOT.glob("lab/topologies/*.yaml"))]
TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "null": lambda value: value is None,
}
TEXTS = {"$schema", "title", "description", "default", "definitions"}


def wrong(schema: Any, value: Any, path: str = "") -> Iterator[str]:
    """The paths at which a value is not as a schema says."""
    if isinstance(schema, bool):
        yield from () if schema else (path,)
        return
    for word, said in schema.items():
        match word:
            case "$ref":
                yield from wrong(SCHEMA["definitions"][said.rpartition("/")[2]], value, path)
            case "type":
                kinds = said if isinstance(said, list) else [said]
                yield from () if any(TYPES[kind](value) for kind in kinds) else (path,)
            case "enum":
                yield from () if value in said else (path,)
            case "const":
                yield from () if value == said else (path,)
            case "allOf":
                for one in said:
                    yield from wrong(one, value, path)
            case "anyOf":
                if all(found := [list(wrong(one, value, path)) for one in said]):
                    yield from max(found, key=lambda paths: max(map(len, paths)))
            case "pattern":
                yield from (path,) if isinstance(value, str) and not re.search(said, value) else ()
            case "minLength" | "minItems":
                yield from (path,) if isinstance(value, str | list) and len(value) < said else ()
            case "minimum" | "maximum" | "exclusiveMinimum" if TYPES["number"](value):
                low, high = value < said, value > said
                bad = low if word == "minimum" else high if word == "maximum" else not high
                yield from (path,) if bad else ()
            case "minimum" | "maximum" | "exclusiveMinimum":
                pass
            case "items":
                for number, one in enumerate(value if isinstance(value, list) else ()):
                    yield from wrong(said, one, f"{path}[{number}]")
            case "required":
                yield from (f"{path}.{key}" for key in said if isinstance(value, dict) and key not in value)
            case "properties":
                for key, one in value.items() if isinstance(value, dict) else ():
                    if key in said:
                        yield from wrong(said[key], one, f"{path}.{key}")
            case "additionalProperties":
                known = schema.get("properties", {})
                for key, one in value.items() if isinstance(value, dict) else ():
                    if key not in known:
                        yield from wrong(said, one, f"{path}.{key}")
            case "patternProperties":
                for key, one in value.items() if isinstance(value, dict) else ():
                    for pattern, inner in said.items():
                        if re.search(pattern, key):
                            yield from wrong(inner, one, f"{path}.{key}")
            case _:
                assert word in TEXTS, f"the validator does not know {word}"


def file_of(values: dict[str, Any]) -> dict[str, Any]:
    """A stack's file with these settings."""
    places = {"location": "azure-native:location"}
    return {"config": {places.get(key, f"{NAMESPACE}:{key}"): value for key, value in values.items()}}


LAYERS = {
    "everything": network(EVERYTHING),
    "spokes": network(EVERYTHING, SPOKES),
    "what is there already": network(EVERYTHING, BROWN_FIELD),
    "devices": network(EVERYTHING, ON_A_LAN),
    "scale units": network(EVERYTHING, SCALED),
    "a name in DNS": network(EVERYTHING, BY_NAME),
    "one instance": network(EVERYTHING, PINNED),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_settings_file_of_the_project_fits(path: Any) -> None:
    assert list(wrong(SCHEMA, yaml.safe_load(path.read_text()))) == []


@pytest.mark.parametrize("layer", LAYERS)
def test_settings_that_the_program_takes_fit(layer: str) -> None:
    assert list(wrong(SCHEMA, file_of(LAYERS[layer]))) == []


Keys = tuple[str | int, ...]


def places(value: Any, above: Keys = ()) -> Iterator[Keys]:
    """The keys that lead to all that is in a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*above, key)
        yield from places(one, (*above, key))


def written(keys: Keys) -> str:
    """Keys as the validator writes a path."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)


def with_value(given: Any, keys: Keys, value: Any) -> Any:
    """A copy in which something else is at a place."""
    made = copy.deepcopy(given)
    inner = made
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return made


def misspelt(given: Any, keys: Keys) -> Any:
    """A copy in which a key has one letter too many."""
    made = copy.deepcopy(given)
    inner = made
    for key in keys[:-1]:
        inner = inner[key]
    inner[f"{keys[-1]}x"] = inner.pop(keys[-1])
    return made


FREE = re.compile(r":names\.\w+\.[^.\[]+$|:tags\.|^\.config$|\.azure-native:")
"""Names of maps that may be any."""


@pytest.mark.parametrize("layer", LAYERS)
def test_every_misspelt_key_and_every_wrong_type_is_told_at_its_place(layer: str) -> None:
    given = file_of(LAYERS[layer])
    for keys in places(given):
        path = written(keys)
        if not path.endswith("]") and not FREE.search(path):
            assert f"{path}x" in list(wrong(SCHEMA, misspelt(given, keys))), path
        for other in ({"no": "such"}, [["a list"]]):
            if not (path.endswith(":tags") and isinstance(other, dict)):
                told = list(wrong(SCHEMA, with_value(given, keys, other)))
                assert any(one.startswith(path) for one in told), (path, other)


def test_what_is_required_is_asked_for() -> None:
    given = file_of(network())
    for key in [key for key in given["config"] if key.partition(":")[2] in ("name", "network", "vpn", "onPremises")]:
        less = {"config": {other: value for other, value in given["config"].items() if other != key}}
        assert f".config.{key}" in list(wrong(SCHEMA, less))


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_a_secret_is_encrypted_or_an_error(key: str) -> None:
    def told(value: Any) -> bool:
        return bool(list(wrong(SCHEMA, file_of({**network(), key: value}))))

    assert not told({"hq": {"secure": "v1:text"}})
    assert not told({"secure": "v1:text"})
    assert told({"hq": "in clear text"})
    assert told("in clear text")


def test_zones_are_a_word_or_a_list_of_numbers_or_texts() -> None:
    for value, fits in (("auto", True), ([1, 2, 3], True), (["1"], True), ([], True), ("none", False), ([4], False)):
        assert (list(wrong(SCHEMA, file_of({**network(), "zones": value}))) == []) is fits, value


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_a_stack_of_the_project_tells_editors_where_the_schema_is(path: Any) -> None:
    assert path.read_text().splitlines()[0] == FIRST_LINE
    assert FIRST_LINE in (ROOT / "docs" / "settings.md").read_text()
