"""A request as the handlers see it, and what they answer: no HTTP library here."""

import json
import math
from dataclasses import dataclass, field
from typing import Any

from simulator.arm.refusals import refuse
from simulator.errors import AzureError
from simulator.store import Json

MOST_BYTES = 4 * 1024 * 1024
"""Azure's limit of a request's body (Azure Resource Manager's limits: 4 MB)."""


@dataclass(frozen=True)
class Incoming:
    """One request. Names in `parameters` are those of the route; headers' names are in lower case."""

    method: str
    path: str
    base: str
    """Scheme, host and port, as the client wrote them: what links in answers begin with."""
    parameters: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    def location(self) -> str:
        """The body's location; empty where it has none."""
        try:
            return str(self.json().get("location", ""))
        except AzureError:
            return ""

    def json(self) -> Json:
        """The body, an object; what is none is refused as Azure's own reader does."""
        kind = self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise refuse("UnsupportedMediaType", type=kind)
        try:
            found = json.loads(self.body, parse_constant=_no_number, parse_float=_finite)
            json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            detail = str(error).partition(":")[0] if isinstance(error, ValueError) else "it is nested too deeply"
            raise refuse("InvalidRequestContent", detail=detail) from None
        if not isinstance(found, dict):
            raise refuse("InvalidRequestContent", detail="an object was expected")
        return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


@dataclass(frozen=True)
class Answer:
    """What goes back. `cut`: the connection breaks before the answer is whole."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


def error_body(error: AzureError) -> Json:
    """An error as Azure writes it."""
    return {"error": {"code": error.code, "message": error.message}}


def etag_of(body: Json) -> dict[str, str]:
    """The header of a body's etag; none for what has none."""
    etag: Any = body.get("etag")
    return {"ETag": etag} if etag else {}
