"""What is outside of Azure: the on-premises devices at the far ends of circuits and tunnels.

A file in YAML or JSON says it; who gives none has an Azure that nothing is connected to.

    links:                                  a circuit's two links: primary and secondary
      - {circuit: erc-hq, path: primary, announces: [192.168.0.0/16], asn: 65010}
      - {circuit: erc-hq, path: secondary, announces: [192.168.0.0/16], asn: 65010, up: false}
    tunnels:                                a device's end of a connection's tunnels
      - {connection: con-vpn-hq, key: .., address: 198.51.100.7, asn: 65010, announces: [192.168.0.0/16]}

    circuit, connection   a name, or an id where two have the name
    announces             the prefixes that the device announces by BGP; of a tunnel without BGP they mean nothing
    asn                   the device's AS number; without it the one that Azure was told
    prepend               how many times more the AS number stands in the path (0)
    up                    false: the line is cut, or the device does not answer (true)
    mbps                  what goes over it each way while it carries traffic (1)
    mismatched            of a tunnel: packets a minute each way that fit no traffic selector, and are dropped (0)
    key                   a tunnel's pre-shared key, of which the cloud keeps a digest; without it no tunnel comes up
    address               where a device answers from; without it where Azure expects it
    instance              0 or 1: only the tunnel to this instance of the gateway; without it those to all
"""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import yaml

from simulator.store import Json, Store

PATHS = ("primary", "secondary")
"""A circuit's links, as Azure names them."""
_META = "outside"
_MOST_PREPENDED = 64


class BadOutside(ValueError):
    """The file makes no sense; the text has every problem, one a line."""


@dataclass(frozen=True)
class Link:
    """One link of a circuit, seen from the device at its end."""

    circuit: str
    path: str
    up: bool = True
    announces: tuple[str, ...] = ()
    asn: int | None = None
    prepend: int = 0
    mbps: int = 1


@dataclass(frozen=True)
class Tunnel:
    """The device's end of a connection's tunnels. key: of the stored one, its digest."""

    connection: str
    key: str = ""
    up: bool = True
    announces: tuple[str, ...] = ()
    asn: int | None = None
    prepend: int = 0
    address: str | None = None
    instance: int | None = None
    mbps: int = 1
    mismatched: int = 0


@dataclass(frozen=True)
class Outside:
    """All that is connected to a cloud."""

    links: tuple[Link, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()

    def link(self, circuit: str, path: str) -> Link | None:
        """What is at a link's end. circuit: its id."""
        return next((link for link in self.links if _means(link.circuit, circuit) and link.path == path), None)

    def tunnel(self, connection: str, instance: int) -> Tunnel | None:
        """What is at a tunnel's end: what is said of the instance alone comes first. connection: its id."""
        own = [tunnel for tunnel in self.tunnels if _means(tunnel.connection, connection)]
        exact = [tunnel for tunnel in own if tunnel.instance == instance]
        return next(iter(exact or [tunnel for tunnel in own if tunnel.instance is None]), None)


def _means(text: str, id: str) -> bool:
    return text.lower() in (id.lower(), id.rsplit("/", 1)[1].lower())


def parse(text: str) -> Outside:
    """What a file says; `BadOutside` with all problems when it makes no sense."""
    try:
        raw = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        # The parser quotes the line that it stumbled over, in which there may be a key.
        mark = getattr(error, "problem_mark", None)
        raise BadOutside(f"not readable{f', line {mark.line + 1}' if mark else ''}") from None
    if not isinstance(raw, dict):
        raise BadOutside("links and tunnels were expected")
    problems = [f"{name}: links and tunnels are known, nothing else" for name in raw if name not in _ENDS]
    links = list(_entries(raw, "links", Link, ("circuit", "path"), problems))
    tunnels = list(_entries(raw, "tunnels", Tunnel, ("connection",), problems))
    for name, entries in (("links", links), ("tunnels", tunnels)):
        ends = [tuple(str(entry.get(key)).lower() for key in _ENDS[name]) for entry in entries]
        problems += [f"{name}[{at}]: this end is given twice" for at, end in enumerate(ends) if end in ends[:at]]
    if problems:
        raise BadOutside("\n".join(problems))
    return Outside(tuple(Link(**entry) for entry in links), tuple(Tunnel(**entry) for entry in tunnels))


_ENDS = {"links": ("circuit", "path"), "tunnels": ("connection", "instance")}


def _entries(raw: Json, name: str, shape: type, needed: tuple[str, ...], problems: list[str]) -> Iterator[Json]:
    listed = raw.get(name) or []
    if not isinstance(listed, list):
        problems.append(f"{name}: a list was expected")
        return
    known = tuple(shape.__annotations__)
    for index, entry in enumerate(listed):
        place = f"{name}[{index}]"
        if not isinstance(entry, dict):
            problems.append(f"{place}: names and values were expected")
            continue
        found = [f"{place}.{key}: none of {', '.join(known)}" for key in entry if key not in known]
        found += [f"{place}.{key}: is missing" for key in needed if not entry.get(key)]
        found += [f"{place}.{key}: {what}" for key, value in entry.items() if (what := _wrong(str(key), value))]
        problems += found
        if not found:
            yield {**entry, "announces": tuple(map(str, entry.get("announces") or ()))}


def _wrong(key: str, value: Any) -> str:
    """What is wrong with a value; empty for a good one. A key is never shown."""
    if key in ("circuit", "connection", "key"):
        return "" if isinstance(value, str) else "a text was expected"
    if key == "path":
        return "" if value in PATHS else f"{value} is none of {', '.join(PATHS)}"
    if key == "up":
        return "" if isinstance(value, bool) else "true or false was expected"
    if key in _NUMBERS:
        least, most = _NUMBERS[key]
        good = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return "" if good else f"a number from {least} to {most} was expected"
    try:
        if key == "address":
            ipaddress.IPv4Address(value)
        if key == "announces":
            for prefix in value:
                ipaddress.ip_network(prefix)
    except (ValueError, TypeError):
        return f"{value} is no {'IPv4 address' if key == 'address' else 'list of prefixes'}"
    return ""


_NUMBERS = {
    **{"asn": (1, 2**32 - 1), "prepend": (0, _MOST_PREPENDED), "instance": (0, 1)},
    **{"mbps": (1, 100_000), "mismatched": (0, 1_000_000)},
}


def save(store: Store, outside: Outside) -> None:
    """Let this be what is connected to a cloud."""
    kept = [replace(tunnel, key=store.digest(tunnel.key) if tunnel.key else "") for tunnel in outside.tunnels]
    store.set_meta(_META, {"links": [*map(asdict, outside.links)], "tunnels": [*map(asdict, kept)]})


def load(store: Store) -> Outside | None:
    """What is connected to a cloud; None where nobody has said."""
    raw: Mapping[str, list[Json]] | None = store.meta(_META)
    if raw is None:
        return None
    links = tuple(Link(**_tuples(entry)) for entry in raw["links"])
    return Outside(links, tuple(Tunnel(**_tuples(entry)) for entry in raw["tunnels"]))


def _tuples(entry: Json) -> Json:
    return {**entry, "announces": tuple(entry["announces"])}
