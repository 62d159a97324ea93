"""What Azure answered about a hub, as plain documents without secrets; `operations.survey.collect` fills it.

All that the survey knows is here, so what it makes of a hub can be tried without a server.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]

_SECRET = re.compile(r"(key|secret|password|uri|url)$", re.IGNORECASE)
"""Names of what is a secret, or may have one in it: the addresses that an action group calls have theirs."""
ALERTS = ("metricAlerts", "scheduledQueryRules")
"""Azure Monitor's types of alerts."""
HIDDEN = "(not read)"
"""Stands for a secret."""
SETTLED = ("", "Succeeded", "Failed")
"""Azure's states of what it is not working on."""


@dataclass(frozen=True)
class Unread:
    """A part that Azure did not tell. id: in small letters. why: Azure's words."""

    id: str
    what: str
    why: str


@dataclass(frozen=True)
class Learned:
    """A route that a gateway or a link has. path: AS numbers. peer: whom a gateway has it from."""

    prefix: str
    path: tuple[int, ...] = ()
    origin: str = ""
    peer: str = ""


@dataclass(frozen=True)
class Answers:
    """All documents. network: id of the hub's virtual network. documents, learned, links: by ids in small letters; a
    link is CIRCUIT/primary or CIRCUIT/secondary. absent from `learned` or `links`: not told."""

    network: str
    documents: Mapping[str, Json] = field(default_factory=dict)
    learned: Mapping[str, Sequence[Learned]] = field(default_factory=dict)
    links: Mapping[str, Sequence[Learned]] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()

    def get(self, id: str) -> Json | None:
        """A document; None where it was not told."""
        return self.documents.get(id.lower())

    def of_type(self, kind: str) -> Iterator[Json]:
        """All documents of one type, such as `connections`."""
        wanted = f"/{kind.lower()}/"
        for id, document in self.documents.items():
            if id.rpartition("/")[0].endswith(wanted[:-1]) and id.count("/") == 8:
                yield document

    def why(self, id: str) -> str:
        """Why a part was not told; empty where it was."""
        return next((one.why for one in self.unread if one.id == id.lower()), "")


def without_secrets(value: Any) -> Any:
    """A document of Azure's with a word in place of each secret. Nothing keeps the document itself."""
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if isinstance(one, str) and one and _SECRET.search(key) else without_secrets(one)
            for key, one in value.items()
        }
    return [without_secrets(one) for one in value] if isinstance(value, list) else value


def properties(document: Json) -> Json:
    """What stands under `properties`."""
    return document.get("properties") or {}


def settled(document: Json) -> bool:
    """Whether Azure is not working on it."""
    return str(properties(document).get("provisioningState") or "") in SETTLED


def reference(document: Json, name: str) -> str:
    """The id that a property refers to; empty without one."""
    found = properties(document).get(name)
    return str(found.get("id") or "") if isinstance(found, Mapping) else ""


def name_of(id: str) -> str:
    """The last name in an id."""
    return id.rpartition("/")[2]


def group_of(id: str) -> str:
    """The id of the resource group, in small letters."""
    return "/".join(id.lower().split("/")[:5])


def told(alert: Json) -> list[str]:
    """The ids of the action groups that an alert tells."""
    actions = properties(alert).get("actions") or []
    if isinstance(actions, Mapping):
        return [str(one) for one in actions.get("actionGroups") or ()]
    return [str(one.get("actionGroupId") or "") for one in actions]
