"""Rules for names, tags and the ids of resources that are there already."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from . import Problem, rule
from .sources import ASG, NAMING, TAGS

NAME_01 = rule("NAME-01", "a name is used once in its list", "this project: names are logical names and parts of ids")
NAME_02 = rule(
    "NAME-02",
    "a resource group's name has 1 to 90 letters, digits, underscores, hyphens, periods or parentheses, no period last",
    f"{NAMING}#microsoftresources",
)
NAME_03 = rule(
    "NAME-03",
    "a network resource's name has 1 to 80 letters, digits, underscores, hyphens or periods (a virtual network's up to "
    "64); a letter or digit first, and none of hyphen and period last",
    f"{NAMING}#microsoftnetwork",
)
TAG_01 = rule(
    "TAG-01",
    "at most 50 tags; a name has 1 to 512 characters, none of <>%&\\?/, and a value up to 256",
    f"{TAGS}#limitations",
)
TAG_02 = rule(
    "TAG-02", "a tag's name is used once, whatever the case of its letters, and is either set or ignored", f"{TAGS}"
)
NAME_04 = rule(
    "NAME-04",
    "a tier's subnet has a name of its own, none that Azure keeps for a service",
    "https://learn.microsoft.com/azure/virtual-network/virtual-network-for-azure-services",
)
ID_01 = rule(
    "ID-01", "a resource id names a resource of the type that is asked for", "Azure Resource Manager: resource ids"
)

SUB_01 = rule(
    "SUB-01",
    "what a network's parts refer to is in their subscription, and an application security group in their region; a "
    "circuit, a Direct port, a peered network, a workspace and an action group may be in any",
    ASG,
)

MAX_GROUP_NAME, MAX_NAME, MAX_NETWORK_NAME = 90, 80, 64
"""Characters of a resource group's name, a network resource's, and a virtual network's [NAME-02, NAME-03]."""
GATEWAY_SUBNET, BASTION_SUBNET, ROUTE_SERVER_SUBNET = "GatewaySubnet", "AzureBastionSubnet", "RouteServerSubnet"
"""[GW-01, BAS-01, RS-02]"""
SUBNETS_OF_SERVICES = (
    *(GATEWAY_SUBNET, BASTION_SUBNET, "AzureFirewallSubnet", "AzureFirewallManagementSubnet"),
    ROUTE_SERVER_SUBNET,
)
"""Subnets that take one service of Azure's and nothing else [NAME-04]."""
MAX_TAGS, MAX_TAG_NAME, MAX_TAG_VALUE = 50, 512, 256


def resource_group(path: str, name: str) -> Iterator[Problem]:
    """A resource group can have this name [NAME-02]."""
    if len(name) > MAX_GROUP_NAME:
        yield NAME_02(path, f"{len(name)} characters, Azure allows {MAX_GROUP_NAME} in a resource group's name")
    elif not re.fullmatch(r"[\w.()-]*[\w()-]", name):
        yield NAME_02(
            path,
            f"{name!r}: letters, digits, underscores, hyphens, periods and parentheses make a resource group's name, "
            "and it ends with no period",
        )


def resource(path: str, name: str, most: int = MAX_NAME) -> Iterator[Problem]:
    """A gateway, circuit, connection or other network resource can have this name [NAME-03].

    most: its greatest length; MAX_NETWORK_NAME for a virtual network.
    """
    if len(name) > most:
        yield NAME_03(path, f"{name!r} has {len(name)} characters, Azure allows {most}; shorten it")
    elif not re.fullmatch(r"[A-Za-z0-9]([\w.-]*\w)?", name, re.ASCII):
        yield NAME_03(
            path,
            f"{name!r}: a name starts with a letter or digit, goes on with those, underscores, hyphens or periods, and "
            "ends with no hyphen or period",
        )


def subnet(path: str, name: str) -> Iterator[Problem]:
    """A subnet for machines can have this name [NAME-03, NAME-04]."""
    if name.lower() in map(str.lower, SUBNETS_OF_SERVICES):
        yield NAME_04(path, f"{name} is the subnet of one of Azure's own services, which takes no machines; rename it")
    yield from resource(path, name)


def tags(path: str, given: Mapping[str, str]) -> Iterator[Problem]:
    """Azure takes these tags [TAG-01]."""
    if len(given) > MAX_TAGS:
        yield TAG_01(path, f"{len(given)} tags, Azure allows {MAX_TAGS} on a resource")
    seen: dict[str, str] = {}
    for name, value in given.items():
        here = f"{path}.{name}"
        if (first := seen.setdefault(name.lower(), name)) != name:
            yield TAG_02(here, f"{name} and {first} are one tag to Azure, which reads names in any case; remove one")
        if not name.strip():
            yield TAG_01(here, "a tag's name is empty; name it, or remove it")
        if forbidden := sorted(set(name) & set("<>%&\\?/")):
            yield TAG_01(here, f"a tag's name has no {' '.join(forbidden)}; rename it")
        for what, text, most in (("name", name, MAX_TAG_NAME), ("value", value, MAX_TAG_VALUE)):
            if len(text) > most:
                yield TAG_01(here, f"the tag's {what} has {len(text)} characters, Azure allows {most}")


def ignored_tags(path: str, ignored: Sequence[str], given: Mapping[str, str]) -> Iterator[Problem]:
    """Tags that others set, and that an update leaves as they are, are none of ours [TAG-01, TAG-02]."""
    own = {name.lower(): name for name in given}
    for index, name in enumerate(ignored):
        here = f"{path}[{index}]"
        if name.lower() in own:
            yield TAG_02(here, f"{name} is one of tags too, which sets {own[name.lower()]}; remove one of the two")
        yield from (TAG_01(here, problem.message) for problem in tags(path, {name: ""}))


def resource_id(path: str, id: str, kinds: Iterable[str], *, bare: bool = False) -> Iterator[Problem]:
    """An id names a resource of the type Microsoft.Network/KIND, for one of `kinds` [ID-01].

    bare: a name alone is let through, which mocks give for an id.
    """
    if bare and re.fullmatch(r"[\w.-]+", id):
        return
    wanted = list(kinds)
    part = r"[\w.()-]+"
    pattern = rf"/subscriptions/{part}/resourceGroups/{part}/providers/Microsoft\.Network/({part})/{part}"
    found = re.fullmatch(pattern, id, re.IGNORECASE)
    if not found or found[1].lower() not in {kind.lower() for kind in wanted}:
        shape = "/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network/" + "|".join(wanted) + "/NAME"
        yield ID_01(path, f"{id!r} is no id of {' or '.join(wanted)}; such a one is {shape}")


def type_of_id(path: str, id: str, *, kind: str, whole: bool = False) -> Iterator[Problem]:
    """What is given as an id is no id of another type than Microsoft.Network/.../KIND, nor, with `whole`, a bare name
    [ID-01]."""
    parts = id.split("/")
    short = len(parts) < 9 and (whole or len(parts) > 1)
    if re.search(r"^$|\s|/(/|$)", id) or short or (len(parts) >= 9 and parts[-2].lower() != kind.lower()):
        yield ID_01(path, f"{id!r} is no id of {kind}; such a one is /subscriptions/ID/.../{kind}/NAME")


def subscription_in(id: str) -> str:
    """The subscription in a resource id, in small letters; empty in what is no id."""
    found = re.match(r"/subscriptions/([^/]+)/", id, re.IGNORECASE)
    return found[1].lower() if found else ""


def same_subscription(path: str, id: str, other: str, *, other_path: str) -> Iterator[Problem]:
    """A resource is in the subscription of another one, which it is joined to [SUB-01].

    other: that one's id, and other_path where it is said. What is no id is let through.
    """
    theirs, own = subscription_in(id), subscription_in(other)
    if theirs and own and theirs != own:
        yield SUB_01(
            path,
            f"{id} is in subscription {theirs}, and {other_path} in {own}; Azure joins the two in one subscription "
            f"only, so name one of {own}",
        )


def one_subscription(path: str, ids: Sequence[str | None], *, field: str) -> Iterator[Problem]:
    """The resources that a list's items name are in one subscription [SUB-01]. field: where an item names its own."""
    given = [(f"{path}[{index}].{field}", id) for index, id in enumerate(ids) if id]
    for here, id in given[1:]:
        yield from same_subscription(here, id, given[0][1], other_path=given[0][0])
