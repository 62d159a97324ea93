"""Azure's resource ids: how they are built and what they say."""

import re
from dataclasses import dataclass

_ID = re.compile(
    r"^/subscriptions/(?P<sub>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"(?:/providers/(?P<provider>[^/]+)(?P<rest>(?:/[^/]+/[^/]+)+))?$",
    re.IGNORECASE,
)
_PROVIDERS = "providers"
_SUBSCRIPTION = re.compile(r"^/subscriptions/([^/]*)", re.IGNORECASE)

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
"""The subscription of those who name none: the same in every cloud, so that ids can be foretold."""
TENANT = "00000000-0000-4000-8000-0000000000aa"
CLIENT = "00000000-0000-4000-8000-0000000000bb"


@dataclass(frozen=True)
class ResourceId:
    """A parsed id: `/subscriptions/S/resourceGroups/G/providers/P/type/name/childtype/childname`."""

    text: str
    subscription: str
    group: str
    provider: str
    segments: tuple[tuple[str, str], ...]
    """Pairs of type and name, outermost first; empty for a resource group. Where one provider extends a resource of
    another, such as Microsoft.Maintenance a gateway, the pair `providers` and its name stands between the two."""

    @property
    def type(self) -> str:
        """Such as Microsoft.Network/virtualNetworks/subnets."""
        if not self.segments:
            return "Microsoft.Resources/resourceGroups"
        extending = [at for at, (kind, _) in enumerate(self.segments) if kind.lower() == _PROVIDERS]
        provider = self.segments[extending[-1]][1] if extending else self.provider
        own = self.segments[extending[-1] + 1 :] if extending else self.segments
        return "/".join((provider, *(kind for kind, _ in own)))

    @property
    def name(self) -> str:
        return self.segments[-1][1] if self.segments else self.group

    @property
    def parent(self) -> str:
        """The id this one is nested in: its parent resource or what it extends, else its resource group; empty for a
        group."""
        if not self.segments:
            return ""
        if len(self.segments) == 1:
            return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
        return self.text.rsplit("/", 4 if self.segments[-2][0].lower() == _PROVIDERS else 2)[0]


def parse(text: str) -> ResourceId | None:
    """Read an id; None when it is not one."""
    found = _ID.match(text)
    if found is None:
        return None
    parts = (found["rest"] or "").split("/")[1:]
    segments = tuple(zip(parts[::2], parts[1::2], strict=True))
    return ResourceId(text, found["sub"], found["group"], found["provider"] or "", segments)


def subscription_of(text: str) -> str | None:
    """The subscription an id is in; None when it is in none."""
    found = _SUBSCRIPTION.match(text)
    return found[1] if found else None
