"""Does an answer fit what azure-mgmt-network expects? Its models say names, types, bounds and what must be there.

The models' own reader is lenient: it drops what it does not know, and takes a number for a text.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from azure.mgmt.network import models

from simulator.arm.make_bodies import model_name
from simulator.resources import kinds

_SIMPLE = {"str": str, "bool": bool, "int": int, "float": (int, float), "object": object, "iso-8601": str}
_DOT = re.compile(r"(?<!\\)\.")
_RESOURCE = re.compile(
    r"^/subscriptions/[^/]+(?:/resourceGroups/[^/]+)?/providers/(Microsoft\.Network)/(.+)$", re.IGNORECASE
)


ACTIONS = {
    "getlearnedroutes": "GatewayRouteListResult",
    "getadvertisedroutes": "GatewayRouteListResult",
    "getbgppeerstatus": "BgpPeerStatusListResult",
    "startsitefailovertest": "str",
    "stopsitefailovertest": "str",
    "getfailoveralltestsdetails": "[ExpressRouteFailoverTestDetails]",
    "getfailoversingletestdetails": "[ExpressRouteFailoverSingleTestDetails]",
    "sharedkey": "ConnectionSharedKey",
    "sharedkey/reset": "ConnectionResetSharedKey",
    "resetconnection": "str",
    "getikesas": "str",
    "stats": "ExpressRouteCircuitStats",
    "arptables/[link]": "ExpressRouteCircuitsArpTableListResult",
    "routetables/[link]": "ExpressRouteCircuitsRoutesTableListResult",
    "routetablessummary/[link]": "ExpressRouteCircuitsRoutesTableSummaryListResult",
}
"""What azure-mgmt-network expects of each action, by the end of its path."""


class Misfit(AssertionError):
    """An answer that Azure's own client was not made for."""


@cache
def _fields(model: type) -> dict[tuple[str, ...], tuple[str, str]]:
    """Place in the body -> attribute and type."""
    found: Any = model
    return {tuple(_DOT.split(field["key"])): (name, field["type"]) for name, field in found._attribute_map.items()}


@cache
def _enumerations(model: type) -> dict[str, list[str]]:
    """The known values of a model's attributes, which only its documentation tells."""
    text = re.sub(r"\s+", " ", model.__doc__ or "")
    named = re.findall(r":vartype (\w+): (?:list\[)?str or ~azure\.mgmt\.network\.models\.(\w+)", text)
    return {name: [str(member.value) for member in getattr(models, enumeration)] for name, enumeration in named}


def misfits(type_name: str, value: Any, path: str = "$") -> Iterator[str]:
    """What is wrong with a value, one text each. `type_name` is written as in the models: X, [X], {X}."""
    if value is None:
        return
    if type_name[0] in "[{":
        wanted = list if type_name[0] == "[" else dict
        if not isinstance(value, wanted):
            yield f"{path}: {wanted.__name__} was expected, not {value!r}"
            return
        items = enumerate(value) if isinstance(value, list) else value.items()
        for place, item in items:
            yield from misfits(type_name[1:-1], item, f"{path}[{place}]")
    elif type_name in _SIMPLE:
        if not isinstance(value, _SIMPLE[type_name]) or (isinstance(value, bool) and type_name in ("int", "float")):
            yield f"{path}: {type_name} was expected, not {value!r}"
    else:
        yield from _model_misfits(getattr(models, type_name), value, path)


def _model_misfits(model: type, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {model.__name__} was expected, not {value!r}"
        return
    fields, seen = _fields(model), set()
    for place, item in _places(value, {key[0] for key in fields if len(key) > 1}):
        text = f"{path}.{'.'.join(place)}"
        if place not in fields:
            yield f"{text}: {model.__name__} has no such field"
            continue
        name, type_name = fields[place]
        if item is not None:
            seen.add(name)
        yield from misfits(type_name, item, text)
        yield from _bounds(model, name, item, text)
    validation: Any = getattr(model, "_validation", {})
    reference = set(value) <= {"id", "name"}
    for name, rules in validation.items():
        if rules.get("required") and not rules.get("readonly") and name not in seen and not reference:
            yield f"{path}: {model.__name__}.{name} is missing"


def _places(value: dict[str, Any], containers: set[str]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, item in value.items():
        if name in containers and isinstance(item, dict):
            for inner, one in item.items():
                yield (name, inner), one
        else:
            yield (name,), item


def _bounds(model: Any, name: str, value: Any, path: str) -> Iterator[str]:
    known = _enumerations(model).get(name)
    for item in value if isinstance(value, list) else [value]:
        if known and isinstance(item, str) and item not in known:
            yield f"{path}: {item} is none of {', '.join(known)}"
    rules = getattr(model, "_validation", {}).get(name, {})
    if isinstance(value, int | float) and not rules.get("minimum", value) <= value <= rules.get("maximum", value):
        yield f"{path}: {value} is not between {rules.get('minimum')} and {rules.get('maximum')}"


def action_of(path: str) -> str | None:
    """The action that a path is of; None where it is a resource's or a list's."""
    *_, before, last = path.lower().split("/")
    ends = (f"{before}/{last}", f"{before}/[link]" if last in ("primary", "secondary") else last)
    return next((end for end in ends if end in ACTIONS), None)


def check(method: str, path: str, status: int, body: Any, action: str | None = None) -> None:
    """Raise `Misfit` for an answer to a request, unless it fits. action: the one that this is the end of."""
    action = action or action_of(path)
    if action and status < 300:
        found = list(misfits(ACTIONS[action], body))
    else:
        found = [] if method == "HEAD" else list(_answer_misfits(path, status, body))
    if found:
        raise Misfit(f"{method} {path}: " + "; ".join(found))


def _answer_misfits(path: str, status: int, body: Any) -> Iterator[str]:
    if status >= 400:
        error = body.get("error") if isinstance(body, dict) else None
        if not isinstance(error, dict) or not all(isinstance(error.get(name), str) for name in ("code", "message")):
            yield f"an error was expected, not {body!r}"
        return
    if body is None:
        return
    place = _RESOURCE.match(path)
    if place is None:
        if not isinstance(body, dict | list):
            yield f"an object was expected, not {body!r}"
        return
    parts = place[2].split("/")
    if parts[0].lower() == "locations":
        known = {"Succeeded", "InProgress", "Failed", "Canceled"}
        if parts[2].lower() == "operations" and body.get("status") not in known:
            yield f"a status was expected, not {body!r}"
        return
    model = _model_at("/".join(parts[::2]))
    if model is None:
        yield "nobody knows what this answers"
    elif len(parts) % 2:
        if not isinstance(body.get("value"), list) or not set(body) <= {"value", "nextLink"}:
            yield f"a list was expected, not {body!r}"
        yield from misfits(f"[{model}]", body.get("value"))
    else:
        yield from misfits(model, body)


@cache
def _model_at(types: str) -> str | None:
    """The model of a type, such as virtualNetworks/subnets, or of a list in one, such as loadBalancers/probes."""
    by_type = {kind.arm_type.partition("/")[2].lower(): model_name(kind.token) for kind in kinds().values()}
    if types.lower() in by_type:
        return by_type[types.lower()]
    outer, _, part = types.rpartition("/")
    home: Any = getattr(models, by_type.get(outer.lower(), ""), None)
    for field in home._attribute_map.values() if home else ():
        if field["key"].lower() == f"properties.{part}".lower():
            return field["type"].strip("[]")
    return None
