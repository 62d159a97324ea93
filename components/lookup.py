"""Lookups in Azure that tell "it is not there" from "nobody can say"."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import pulumi
from pulumi_azure_native import authorization

T = TypeVar("T")

_STATUS = re.compile(r"Status(?:Code)?[ =:]+(\d{3})\b|RESPONSE (\d{3})\b")
_CODE = re.compile(r'\bCode="(\w*)"|ERROR CODE: (\w+)|"code":\s*"(\w+)"')
"""How azure-native tells Azure's answer: status and code are part of the message's text, the outermost code first."""
_MESSAGE = re.compile(r'(?:\bMessage=|"message":)(.*)', re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'|(/subscriptions/[^\s\"',]+)")
"""What an answer speaks of: a name, a type with a name, or an id."""


def find(
    what: str, getter: Callable[..., T], *, opts: pulumi.InvokeOptions | None = None, **arguments: Any
) -> T | None:
    """The result of an azure-native `get_...` function; None only where Azure says that the thing is not there.

    opts: of the lookup, such as a provider or a parent whose provider it is.

    None is also an answer without any content. It proves nothing: who would take something away asks the stack's own
    state first (`own_state`).

    Raises pulumi.RunError on every other failure (denied, throttled, no network, no such subscription, something else
    that was not found), since a lookup that failed must never be taken for an answer.
    """
    try:
        result = getter(**arguments, opts=opts)
    except Exception as error:
        text = str(error)
        if says_absent(text, arguments):
            return None
        raise pulumi.RunError(
            f"looking up {what} ({', '.join(map(str, arguments.values()))}) failed, so nothing is changed; "
            f"try again, or see that this account may read it. Azure said: {text}"
        ) from None
    return result if _says_something(result) else None


def find_here(
    what: str, getter: Callable[..., T], id: str, name: str, opts: pulumi.InvokeOptions | None = None
) -> tuple[T | None, str]:
    """What Azure has of an id, and the subscription that is deployed to; of one elsewhere nothing is asked.

    name: what the lookup calls the name. Raises as `find` does.
    """
    _, _, subscription, _, group, *_, named = id.split("/")
    account = own_subscription(opts)
    if subscription.lower() != account.lower():
        return None, account
    return find(what, getter, resource_group_name=group, **{name: named}, opts=opts), account


def says_absent(text: str, arguments: dict[str, Any]) -> bool:
    """Whether Azure says that the very thing that was asked for, its parent or its group is not there.

    text: how azure-native tells the failure. arguments: those of the lookup. A subscription or a tenant that Azure does
    not know, or an answer about something else, is none.
    """
    status, code = _first(_STATUS, text), _first(_CODE, text)
    if status not in ("404", ""):
        return False
    names = {str(value).lower() for key, value in arguments.items() if key != "resource_group_name"}
    group = {str(arguments.get("resource_group_name", "")).lower()}
    told = _QUOTED.findall(_first(_MESSAGE, text))
    # A sentence may end after an id; a quoted name is whole, and a group's may end with a period.
    subjects = [(name or id.rstrip(".")).rsplit("/", 1)[-1].lower() for name, id in told]
    match code:
        case "ResourceNotFound":
            return not subjects or subjects[0] in names
        case "ResourceGroupNotFound":
            return not subjects or subjects[0] in group
        case "ParentResourceNotFound":
            return not subjects or subjects[-1] in names
        case "NotFound":
            # What a resource provider itself says of a part, such as a subnet; others use the code for anything.
            return not names.isdisjoint(subjects)
        case _:
            return False


def own_subscription(opts: pulumi.InvokeOptions | None = None) -> str:
    """Id of the subscription that this program deploys to: the provider's setting, or what the account has selected.

    opts: of the lookup; with them, that provider's own.

    Raises pulumi.RunError where the account does not tell.
    """
    if opts is None and (configured := pulumi.Config("azure-native").get("subscriptionId")):
        return configured
    account = find("this account's subscription", authorization.get_client_config, opts=opts)
    if account is None:
        raise pulumi.RunError("this account has no subscription selected; set azure-native:subscriptionId")
    return account.subscription_id


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return next((group for group in found.groups() if group is not None), "") if found else ""


def _says_something(result: Any) -> bool:
    fields = {key: value for key, value in vars(result).items() if "azure_api_version" not in key}
    return any(value not in (None, "", [], {}) for value in fields.values())
