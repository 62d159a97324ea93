"""What the project's own file, `Pulumi.yaml`, says besides the stacks' files: values that they leave out."""

from collections.abc import Iterator
from typing import Any

import yaml

from ..reading import NAMESPACE
from .changes import Change
from .sources import PROJECT


def defaults(old: bytes | None, new: bytes | None) -> Iterator[tuple[str, Change]]:
    """The full key of each setting whose value for stacks without one is another, with the change. An empty key where
    a file cannot be read, and so concerns everything."""
    if old == new:
        return
    before, after = _values(old), _values(new)
    if before is None or after is None:
        yield "", Change(PROJECT, PROJECT, "", "", "cannot be read")
        return
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            path = f"{PROJECT}: config.{key}"
            yield key, Change(path, path, "", "another default", "(not shown)")


def _values(content: bytes | None) -> dict[str, Any] | None:
    """The default, or the value, of each full key; None of a file that cannot be read."""
    try:
        document = yaml.safe_load(content.decode("utf-8-sig")) if content else {}
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(config, dict | None):
        return None
    found: dict[str, Any] = {}
    for name, said in (config or {}).items():
        key = str(name) if ":" in str(name) else f"{NAMESPACE}:{name}"
        given = {one: said[one] for one in ("default", "value") if one in said} if isinstance(said, dict) else said
        if given != {}:
            found[key] = given
    return found
