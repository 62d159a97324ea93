"""What all settings are made of: their base, and the types of their values."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from . import values


def like(what: str) -> BeforeValidator:
    """Marks text of a form: what is no text is told the form at once, not that it lacks quotes."""
    return BeforeValidator(lambda value: values.like(value, what))


def one_of(words: Iterable[str]) -> BeforeValidator:
    """Marks one of some words, which a rule judges."""
    return like(f"one of {', '.join(words)}")


Prefix = Annotated[IPv4Network, BeforeValidator(values.prefix)]
Address = Annotated[IPv4Address, BeforeValidator(values.address)]
Interface = Annotated[IPv4Interface, BeforeValidator(values.interface)]
"""An address with the length of its network's prefix, such as 192.168.0.1/24."""
Port = Annotated[int, BeforeValidator(values.port)]
PortRange = Annotated[str, BeforeValidator(values.port_range)]
NOT_EMPTY = "not empty"
"""Marks a list that needs an item; `topology.reading` checks it, so that one unreadable item is one problem."""
AUTO = "auto"
"""Marks a list in place of which this word may stand: then it is nothing, as if it were not said."""
Zones = list[Literal["1", "2", "3"]]
"""Availability zones; YAML's 1 is the zone "1", and [] is none."""
ShortName = Annotated[str, BeforeValidator(values.name)]
"""Part of physical names: lower-case letters, digits and hyphens, 1 to 24 characters, a letter first."""
ResourceId = Annotated[str, like("a resource id such as /subscriptions/ID/resourceGroups/GROUP/providers/...")]
"""An Azure resource id: /subscriptions/.../resourceGroups/.../providers/... [ID-01]"""
Asn = int
"""1 to 4294967295, with the exceptions that the rules BGP-03 to BGP-06 name."""
OwnName = str
"""A physical name, as Azure takes it [NAME-03, NAME-04]."""


class Model(BaseModel):
    """Base of all settings: camelCase in YAML, frozen, unknown keys left to `topology.reading`.

    Pydantic builds its own validators when they are first used. A preview, which reads without them, never needs any.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore", defer_build=True
    )


class ExistingGateway(Model):
    """A virtual network gateway that is there already; it is connected, and neither changed nor destroyed."""

    id: ResourceId
    """In the subscription and the region of this stack."""
