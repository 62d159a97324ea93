"""Lookups in Azure that tell "it is not there" from "nobody can say"."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")

_NOT_FOUND = re.compile(
    r"Status(?:Code)?[ =:]+404\b|RESPONSE 404\b|"
    r"[\"'= ](?:ResourceNotFound|ResourceGroupNotFound|ParentResourceNotFound|NotFound)\b"
)
"""How azure-native says that Azure answered 404: status and code are part of the message's text."""


def find(what: str, getter: Callable[..., T], **arguments: Any) -> T | None:
    """The result of an azure-native `get_...` function; None only where Azure says that the thing is not there.

    Raises pulumi.RunError on every other failure (denied, throttled, no network), since a lookup that failed must
    never be taken for an answer.
    """
    try:
        return getter(**arguments)
    except Exception as error:
        text = str(error)
        if _NOT_FOUND.search(text):
            return None
        raise pulumi.RunError(
            f"looking up {what} ({', '.join(map(str, arguments.values()))}) failed, so nothing is changed; "
            f"try again, or see that this account may read it. Azure said: {text}"
        ) from None
