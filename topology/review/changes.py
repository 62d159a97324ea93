"""Which settings differ between two networks, each with the words by which the table of consequences knows the change.

Items of lists are known by their names, as the program knows them: another order is no change, and an item that has
another name and is otherwise what it was is renamed. What a setting is by default counts as if it were written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.rules import gateways

from ..settings.made import made
from ..settings.model import Settings
from ..settings.model_base import Model
from ..settings.model_express_route import Circuit
from ..settings.model_network import AllowedTraffic, LoadBalancer
from ..settings.model_vpn import Site
from ..settings.names import spoke_group
from .variants import word_of

ONE_MORE, ONE_LESS = "one more", "one less"
MANY = 6
"""Items of a list that are shown."""


@dataclass(frozen=True)
class Change:
    """One setting that is not what it was.

    setting: its path in the model, `[]` for any item of a list. path: its path in the newer settings, or where it is
    gone in the older ones. change: which change it is, as the table of consequences says it. old, new: in words.
    items: the names of the items of lists that it is in, such as the spoke and the tier.
    """

    setting: str
    path: str
    change: str = ""
    old: str = ""
    new: str = ""
    items: tuple[str, ...] = ()


def changes(old: Settings, new: Settings) -> list[Change]:
    """Every setting that differs, in the order of the model."""
    return [*_names(old, new), *_Walk(old, new).model(old, new, "", "", ())]


def _names(old: Settings, new: Settings) -> Iterator[Change]:
    """The physical names that differ of what is there before and after."""
    if old.name != new.name:
        return  # All names follow it, and the setting is a change of its own.
    before = {one.own: one.name for one in made(old) if one.own}
    for one in made(new):
        was = before.get(one.own)
        if was is not None and was != one.name:
            _, field, *item = one.own.partition("[")[0].split(".", 2)
            yield Change(f"names.{field}", one.own, "", was, one.name, tuple(item))
    if old.resource_group_name != new.resource_group_name:
        yield Change("resourceGroup.name", "resourceGroup.name", "", old.resource_group_name, new.resource_group_name)


@dataclass(frozen=True)
class _Walk:
    """The comparison of two networks."""

    old: Settings
    new: Settings

    @property
    def own(self) -> set[str]:
        """The physical names of the gateways that the older network makes, in small letters."""
        return {one.name.lower() for one in made(self.old) if one.kind == "virtualNetworkGateways"}

    def model(self, a: Model, b: Model, setting: str, path: str, items: tuple[str, ...]) -> Iterator[Change]:
        """What differs in two of a kind."""
        for name, field in type(a).model_fields.items():
            key = field.alias or name
            here, there = _below(setting, key), _below(path, key)
            if here in _OTHERWISE:
                continue
            was, now = getattr(a, name), getattr(b, name)
            if was == now:
                continue
            if isinstance(was, Model) and isinstance(now, Model):
                yield from self.model(was, now, here, there, items)
            elif isinstance(was, list) and isinstance(now, list) and _of_models([*was, *now]):
                yield from self.listed(was, now, f"{here}[]", there, items)
            else:
                effective = _BY_DEFAULT.get(_common(here))
                if effective:
                    was, now = effective(self.old, a), effective(self.new, b)
                if here == _SPOKE_GROUP and _group(self.old, a) == _group(self.new, b):
                    here, there = f"{here}.existing", f"{there}.existing"
                if was != now:
                    yield from self.leaf(was, now, a, b, Change(here, there, items=items))

    def leaf(self, was: Any, now: Any, a: Model, b: Model, change: Change) -> Iterator[Change]:
        """A value that differs: one change, or none where another one says it, or what is more and what is less."""
        words = word_of(_common(change.setting), was, now, a, b, self.own)
        for word in words:
            yield replace(change, change=word, old=_shown(was), new=_shown(now))

    def listed(
        self, was: Sequence[Any], now: Sequence[Any], setting: str, path: str, items: tuple[str, ...]
    ) -> Iterator[Change]:
        """What differs between two lists of a kind."""
        pairs, less, more = _paired(was, now, setting)
        for a, b, index in pairs:
            yield from self.model(a, b, setting, f"{path}[{index}]", (*items, _called(a)))
        for one, index in less:
            word = _some(ONE_LESS, one, setting, not now)
            yield Change(setting, f"{path}[{index}]", word, _described(one), "", (*items, _called(one)))
        for one, index in more:
            word = _some(ONE_MORE, one, setting, not was)
            yield Change(setting, f"{path}[{index}]", word, "", _described(one), (*items, _called(one)))


def _common(setting: str) -> str:
    """The setting that says the same of a tier of the hub."""
    return setting.replace("network.spokes[].tiers[]", "network.tiers[]")


_SPOKE_GROUP = "network.spokes[].resourceGroup"


def _group(settings: Settings, spoke: Any) -> str:
    """The name of the group in which a spoke's things are made."""
    own = spoke_group(settings, spoke)
    return (own.name if own else None) or settings.resource_group_name


_OTHERWISE = frozenset(("names", "resourceGroup.name"))
"""What `_names` compares."""


def _generation(settings: Settings, gateway: Any) -> Any:
    return gateway.generation or gateways.default_generation(gateway.sku or "")


def _prefixes_of_site(settings: Settings, site: Any) -> Any:
    # Where the settings leave it to the common list, a change of that is the change.
    return settings.site_prefixes(site) if isinstance(site, Site) else None


def _frontend_zones(settings: Settings, balancer: Any) -> Any:
    return settings.zones_of_new if balancer.zones is None else balancer.zones


_BY_DEFAULT: Mapping[str, Callable[[Settings, Any], Any]] = {
    "location": lambda _, settings: "".join(settings.location.split()).lower(),
    "zones": lambda _, settings: settings.zones_of_new,
    "network.tiers[].loadBalancer.backendPort": lambda _, balancer: balancer.backend_port or balancer.port,
    "network.tiers[].loadBalancer.zones": _frontend_zones,
    "vpn.gateway.generation": _generation,
    "vpn.gateway.zones": lambda settings, gateway: settings.zones_of_new if gateway.zones is None else gateway.zones,
    "vpn.sites[].prefixes": _prefixes_of_site,
    "vpn.sites[].ipsecPolicy": lambda settings, site: settings.ipsec_policy(site),
    "expressRoute.prefixes": lambda settings, _: settings.express_route_prefixes,
    "expressRoute.circuits[].prefixes": lambda settings, circuit: settings.circuit_prefixes(circuit),
}
"""What a setting stands for where it may be left out: from all settings, and from what it is in."""

_SAME: Mapping[str, Callable[[Any], Any]] = {
    "tiers[]": lambda one: one.subnet,
    "routes[]": lambda one: one.prefix,
    "gatewaySubnetRoutes[]": lambda one: one.prefix,
    "firewalls[]": lambda one: one.address,
    "devices[]": lambda one: (one.links, one.sites),
    "spokes[]": lambda one: one.address_space,
    "circuits[]": lambda one: (one.existing, one.port, one.provider, one.peering_location, one.bandwidth_in_mbps),
    "sites[]": lambda one: (one.public_ip, one.fqdn),
}
"""What an item keeps that has only another name; items of other lists keep their places."""


def _paired(
    was: Sequence[Any], now: Sequence[Any], setting: str
) -> tuple[list[tuple[Any, Any, int]], list[tuple[Any, int]], list[tuple[Any, int]]]:
    """The items that are the same in both, and those that are in one only, each with its place."""
    keys: list[Callable[[Any], Any]] = [_key]
    last = setting.rpartition(".")[2]
    keys.append(_SAME.get(last, lambda one: 0))
    less, more = list(zip(was, range(len(was)), strict=True)), list(zip(now, range(len(now)), strict=True))
    pairs: list[tuple[Any, Any, int]] = []
    for key in keys:
        left: list[tuple[Any, int]] = []
        for one, index in less:
            found = next((place for place, (other, _) in enumerate(more) if key(other) == key(one)), None)
            if found is None:
                left.append((one, index))
            else:
                pairs.append((one, *more.pop(found)))
        less = left
    return sorted(pairs, key=lambda pair: pair[2]), less, more


def _key(one: Any) -> Any:
    name = getattr(one, "name", None)
    return name.lower() if isinstance(name, str) else getattr(one, "prefix", one)


def _called(one: Any) -> str:
    return str(getattr(one, "name", getattr(one, "prefix", "")))


def _some(word: str, one: Any, setting: str, empty: bool) -> str:
    """One more, or one less, of a kind that the table tells apart."""
    last = setting.rpartition(".")[2]
    if isinstance(one, Circuit):
        return f"{word}, {'existing' if one.existing else 'on a port' if one.port else 'ordered'}"
    if last == "spokes[]":
        return f"{word}, {'existing' if one.existing else 'made here'}"
    if isinstance(one, AllowedTraffic) and word == ONE_LESS and one.sources == ["management"]:
        return f"{word}, of Bastion"
    if last in ("routes[]", "gatewaySubnetRoutes[]") and empty:
        return "the first" if word == ONE_MORE else "the last removed"
    return word


def _of_models(some: Sequence[Any]) -> bool:
    return any(isinstance(one, Model) for one in some)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _described(one: Any) -> str:
    name = _called(one)
    rest = next(
        (str(value) for field in ("subnet", "public_ip", "address") if (value := getattr(one, field, None))), ""
    )
    return f"{name} ({rest})" if name and rest else name or _shown(one)


def _shown(value: Any) -> str:
    """A value as the settings file has it, a long list shortened; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_shown(one)}" for key, one in list(value.items())[:MANY])
    if isinstance(value, list | tuple):
        left = len(value) - MANY
        return ", ".join(map(_shown, value[:MANY])) + (f" and {left} more" if left > 0 else "") if value else "none"
    if isinstance(value, Model):
        if isinstance(value, LoadBalancer):
            return f"{value.frontend_address}:{value.port}"
        given = {name: getattr(value, name) for name in value.model_fields_set}
        return ", ".join(_shown(one) for one in given.values() if one is not None) or "as by default"
    return f"{value:g}" if isinstance(value, float) else str(value)
