"""What a survey finds: settings, and beside them all that a reader must know who uses them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from operations.survey.answers import Answers, Json, Unread, group_of, name_of, properties, settled
from topology.settings import values

Values = dict[str, Any]

_NOTHING: tuple[Any, ...] = (None, "", False, 0, [], {})
_LENGTH = values.NAME_LENGTH


@dataclass(frozen=True)
class Left:
    """Something that Azure has and the settings do not say. means: what follows for the proof and for an adoption."""

    what: str
    means: str


@dataclass(frozen=True)
class Survey:
    """The settings as a stack's file has them (camelCase, with `location`), and what stands beside them.

    inferred: by the path of a setting, why it is as it is. secrets: the secret maps that `pulumi up` needs, and the
    names in each. unread: what Azure did not tell.
    """

    values: Values
    inferred: Mapping[str, Sequence[str]] = field(default_factory=dict)
    left: Sequence[Left] = ()
    secrets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unread: Sequence[Unread] = ()


@dataclass
class Hub:
    """What the survey works on and what it gathers. group: of all that one stack makes, id in small letters.
    workload: the setting `name`. as_is: whether what an update would change is used as it is. own: physical names by
    the paths of the setting `names`."""

    answers: Answers
    network: Json
    group: str = ""
    workload: str = ""
    as_is: bool = False
    own: dict[str, str] = field(default_factory=dict)
    inferred: dict[str, list[str]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    secrets: dict[str, list[str]] = field(default_factory=dict)

    def note(self, path: str, text: str) -> None:
        """Say why a setting is as it is."""
        self.inferred.setdefault(path, []).append(text)

    def leave(self, what: str, means: str) -> None:
        """Say what the settings do not say."""
        self.left.append(Left(what, means))

    def need(self, secrets: str, name: str) -> None:
        """Say that `pulumi up` needs a secret."""
        self.secrets.setdefault(secrets, []).append(name)

    def is_own(self, id: str) -> bool:
        """Whether it is in the group of what the stack makes."""
        return id.lower().startswith(f"{self.group}/")

    def read(self, id: str) -> Json | None:
        """A document that is referred to; None where it was not told."""
        return self.answers.get(id) if id else None


def more_than(document: Json, explained: Sequence[str], usual: Mapping[str, Any]) -> list[str]:
    """What a resource has that its settings would not say, and an update would take away.

    explained: properties that settings say, or that Azure makes. usual: values that are Azure's own defaults.
    """
    known = {*explained, "provisioningState", "resourceGuid"}
    return sorted(
        key
        for key, value in properties(document).items()
        if key not in known and value not in _NOTHING and not (key in usual and usual[key] == value)
    )


def not_owned(hub: Hub, document: Json, explained: Sequence[str], usual: Mapping[str, Any]) -> str:
    """Why something is not to be owned by the stack, so that it is used as it is; empty where it can be. explained and
    usual: as in `more_than`."""
    id, more = str(document["id"]), more_than(document, explained, usual)
    if not hub.is_own(id):
        return f"it is in {name_of(group_of(id))}, and the connections are in {name_of(hub.group)}"
    if not settled(document):
        return f"Azure is working on it ({properties(document).get('provisioningState')}); what it is may change yet"
    if more:
        return f"it has {', '.join(more)}, which no setting says and an update would take away"
    return "asked for (--as-is)" if hub.as_is else ""


def slug(text: str) -> str:
    """A name as settings take it, from any other; empty where nothing of it is left."""
    better = re.sub(r"[^a-z0-9]+", "-", text.lower()).lstrip("-0123456789")[:_LENGTH].strip("-")
    return better if values.is_name(better) else ""


class Namer:
    """Names for the parts of one list: what the name in Azure has of the project's own form, else made of it."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, patterns: Sequence[tuple[str, str]], fallback: str) -> str:
        """patterns: a form such as `erc-dev-(.+)` with a name in Azure. fallback: what is taken where nothing fits."""
        candidates = [found[1] for form, text in patterns if (found := re.fullmatch(form, text, re.IGNORECASE))]
        texts = [*(one for one in candidates if values.is_name(one)), *(slug(text) for _, text in patterns), fallback]
        base = next(text for text in texts if text)
        name, number = base, 2
        while name in self._taken:
            tail = f"-{number}"
            name, number = f"{base[: _LENGTH - len(tail)].rstrip('-')}{tail}", number + 1
        self._taken.add(name)
        return name


def workload(hub: Hub) -> str:
    """The setting `name`: what the names of the group's resources have in common, or made of the network's name."""
    forms = {
        "virtualnetworks": (r"vnet-(.+)",),
        "virtualnetworkgateways": (r"vgw-(.+)-er", r"vgw-(.+)-vpn"),
        "bastionhosts": (r"bas-(.+)",),
        "connections": (r"con-(.+?)-(?:er|vpn)-.+",),
        "routetables": (r"rt-(.+)-gateway-subnet",),
        "resourcegroups": (r"rg-(.+)",),
    }
    votes: dict[str, int] = {}
    for id in hub.answers.documents:
        if id != hub.group and not hub.is_own(id):
            continue
        parts = id.split("/")
        for form in forms.get(parts[-2], ()):
            if (found := re.fullmatch(form, parts[-1])) and values.is_name(found[1]):
                votes[found[1]] = votes.get(found[1], 0) + 1
    if not votes:
        return slug(name_of(str(hub.network["id"]))) or "hub"
    return max(sorted(votes), key=lambda name: votes[name])


def once(items: Sequence[str]) -> Iterator[str]:
    """Each item once, in their order."""
    yield from dict.fromkeys(items)
