"""How a device is wired: the wiring file, which says what the settings do not."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Interface
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args

import yaml
from pydantic import ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from components.rules import did_you_mean
from topology.settings.model import LanCore, Settings
from topology.settings.model_base import Address, Asn, Model, Prefix
from topology.settings.stack_file import not_yaml
from topology.settings.values import told

from .errors import ApplianceError, Finding
from .holding import HeldLink

VlanId = Annotated[int, Field(ge=1, le=4094)]


M = TypeVar("M", bound=Model)


class DeviceModel(Model):
    """Part of the wiring file; an unknown key there is an error."""

    model_config = ConfigDict(**{**Model.model_config, "extra": "forbid"})


class LinkWiring(DeviceModel):
    """One link of a circuit as the device sees it. Addresses only where the provider makes the peering (layer 3)."""

    interface: str | None = None
    """One that is there, such as eth2.100. By default it is made: the peering's VLAN on `port`."""
    port: str | None = None
    """By default eth2 for the first link that the device holds, eth3 for the next, and so on."""
    outer_vlan: VlanId | None = None
    """The outer tag (802.1ad) where the provider, or an ExpressRoute Direct port, hands the peering over in one."""
    address: IPv4Interface | None = None
    """Ours, with its prefix length, such as 172.16.0.1/30."""
    peer_address: Address | None = None
    peer_asn: Asn | None = None


class CircuitWiring(DeviceModel):
    """The two links of a circuit."""

    primary: LinkWiring = LinkWiring()
    secondary: LinkWiring = LinkWiring()


class Lan(DeviceModel):
    """The inner side of the device; of one of `onPremises.devices` the settings' `lan` says the rest."""

    interface: str = "eth1"
    address: IPv4Interface | None = None
    """Set on the interface when given."""
    next_hop: Address | None = None
    """The inner router; static routes to the on-premises prefixes go there."""
    core: LanCore | None = None
    """The inner router as a BGP neighbour."""
    learned: bool = False
    """The device has the on-premises prefixes otherwise, such as from a routing protocol that is set up by hand."""


class SiteWiring(DeviceModel):
    """The Internet line of one site, of a device with several."""

    internet_interface: str | None = None
    internet_next_hop: Address | None = None
    address: Address | None = None
    """The device's own address on the line, where that is not the site's public one (behind NAT)."""


class Wiring(DeviceModel):
    """How one device is wired: the wiring file, YAML with camelCase keys; every key may be left out."""

    asn: Asn | None = None
    """AS number of the on-premises edge, where no peering, site or device of the settings says one."""
    internet_interface: str = "eth0"
    internet_next_hop: Address | None = None
    """Next hop towards the Internet; by default that of the default route which the machine has on its interface."""
    managed_from: list[Prefix] = Field(default_factory=list)
    """From where the packet filter lets SSH in on the Internet's interface; from nowhere by default."""
    lan: Lan = Field(default_factory=Lan)
    links: dict[str, CircuitWiring] = Field(default_factory=dict)
    """By circuit name."""
    sites: dict[str, SiteWiring] = Field(default_factory=dict)
    """By site name."""

    def link(self, held: HeldLink) -> LinkWiring:
        """The wiring of one link."""
        wired = self.links.get(held.circuit.name, CircuitWiring())
        return wired.primary if held.which == "primary" else wired.secondary


def read_wiring(path: Path) -> Wiring:
    """Reads a wiring file. Raises ApplianceError with a path for each value that cannot be used."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise ApplianceError([Finding(str(path), f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise ApplianceError([Finding(str(path), "cannot be read: it is not UTF-8 text; save it as UTF-8")]) from None
    except yaml.YAMLError as error:
        raise ApplianceError([Finding(str(path), f"cannot be read: {not_yaml(error)}")]) from None
    return validated(Wiring, data, "wiring")


def unknown_names(settings: Settings, wiring: Wiring) -> Iterator[Finding]:
    """What the wiring file says of a circuit or site that the settings do not have, so that nobody would read it."""
    circuits = [circuit.name for circuit in settings.express_route.circuits]
    sites = [site.name for site in settings.vpn.sites]
    for field, given, known in (("links", wiring.links, circuits), ("sites", wiring.sites, sites)):
        what = "circuit" if field == "links" else "site"
        for name in given:
            if name not in known:
                yield Finding(
                    f"wiring.{field}.{name}",
                    f"there is no {what} {name!r}; the settings have {', '.join(known)}{did_you_mean(name, known)}",
                )


def validated(model: type[M], data: Any, path: str) -> M:
    """The model of the data, or an error with the path of every value that cannot be used."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        findings = [
            Finding(".".join([path, *map(str, detail["loc"])]), _sentence(detail, model))
            for detail in error.errors(include_url=False)
        ]
        raise ApplianceError(findings) from None


_TAKEN = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list: write it as [ ... ]",
    "dict_type": "a map of names",
    "ip_v4_interface": "an address with its prefix length, such as 172.16.0.1/30",
}
"""What a value of each kind of error should be."""


def _sentence(detail: ErrorDetails, model: type[Model]) -> str:
    """What is wrong with one value, in YAML's words."""
    kind, given = detail["type"], told(detail["input"])
    if kind == "extra_forbidden":
        known = _keys(_at(model, detail["loc"][:-1]))
        return "is unknown" + (did_you_mean(str(detail["loc"][-1]), known) or f"; known are {', '.join(known)}")
    if kind == "model_type":
        return f"is {given}, not a map with {', '.join(_keys(_at(model, detail['loc'])))}"
    if kind in _TAKEN:
        return f"is {given}, not {_TAKEN[kind]}"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = detail.get("ctx", {})
        return f"is {given}; {'at least' if 'ge' in bound else 'at most'} {bound.get('ge', bound.get('le'))} is taken"
    return detail["msg"].removeprefix("Value error, ")


def _keys(model: type[Model]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _at(model: type[Model], path: Sequence[int | str]) -> type[Model]:
    """The model of the part of a file at a path, through maps by name."""
    wanted: Any = model
    for step in path:
        if isinstance(wanted, type) and issubclass(wanted, Model):
            fields = {field.alias or name: field.annotation for name, field in wanted.model_fields.items()}
            wanted = fields[str(step)]
            if NoneType in get_args(wanted):
                wanted = get_args(wanted)[0]
        else:
            wanted = get_args(wanted)[-1]
    return wanted
