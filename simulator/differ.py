"""What azure-native calls a difference: of old inputs against new ones, and of what Azure says now against the state.

Written after the provider's published code (v2 and v3): keys in the path make a replacement, and so do the few that
PULUMI-03 lists; a refresh copies into the inputs only what changed in Azure since the last update.
"""

from typing import Any

from simulator.admission import normal_location
from simulator.store import Json

ADD, DELETE, UPDATE = "add", "delete", "update"


def changes(old: Json, new: Json, path: str = "") -> dict[str, str]:
    """Every changed property with its kind, by the engine's property path (`a.b[0].c`)."""
    found: dict[str, str] = {}
    for name in old.keys() | new.keys():
        if name.startswith("__"):
            continue
        place = f"{path}.{name}" if path else name
        if name not in old:
            found[place] = ADD
        elif name not in new:
            found[place] = DELETE
        else:
            found |= _value(old[name], new[name], place)
    return found


def _value(old: Any, new: Any, path: str) -> dict[str, str]:
    if path in ("location", "resourceGroupName") and isinstance(old, str) and isinstance(new, str):
        return {} if normal_location(old) == normal_location(new) else {path: UPDATE}
    if isinstance(old, dict) and isinstance(new, dict):
        return changes(old, new, path)
    if isinstance(old, list) and isinstance(new, list):
        found: dict[str, str] = {}
        for index in range(max(len(old), len(new))):
            place = f"{path}[{index}]"
            if index >= len(old):
                found[place] = ADD
            elif index >= len(new):
                found[place] = DELETE
            else:
                found |= _value(old[index], new[index], place)
        return found
    return {} if old == new else {path: UPDATE}


def replacing(found: dict[str, str], keys: tuple[str, ...], old: Json, new: Json, state: Json) -> list[str]:
    """Which of the changes make a replacement."""
    places = []
    for place, kind in found.items():
        top = place.split(".")[0].split("[")[0]
        if top not in keys:
            continue
        if kind == ADD and top == place and top not in old and top in state and state[top] == new.get(top):
            continue  # it was this value all along, only not an input
        places.append(place)
    return places


def apply_drift(inputs: Json, before: Json, now: Json) -> Json:
    """Inputs with what changed in Azure between two projections of its answers."""
    result = {name: value for name, value in inputs.items() if name in now or name not in before}
    for name, value in now.items():
        if name not in before:
            result[name] = value
        elif before[name] != value:
            result[name] = _drift(inputs[name], before[name], value) if name in inputs else value
    return result


def _drift(base: Any, old: Any, new: Any) -> Any:
    if isinstance(base, dict) and isinstance(old, dict) and isinstance(new, dict):
        return apply_drift(base, old, new)
    if isinstance(base, list) and isinstance(old, list) and isinstance(new, list):
        known = min(len(base), len(old))
        return [_drift(base[index], old[index], value) if index < known else value for index, value in enumerate(new)]
    return new
