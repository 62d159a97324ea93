"""The topology as a picture: on-premises left, Azure right, between them the normal path and the failover."""

from dataclasses import dataclass

from ..proof.parts import TierNetwork
from .content import requirement
from .drawing import (
    AZURE_FILL,
    EXPRESS_ROUTE,
    FAINT,
    GATEWAYS_FILL,
    INK,
    INTERNET_FILL,
    LINE,
    LOST,
    ON_PREMISES_FILL,
    VPN,
    Drawing,
    fit,
)
from .report import Report
from .roles import ROLES, Role, best, roles
from .words import mode, size

WIDTH = 1216
TOP = 136
"""Where the first band begins, below title and legend."""
CIRCUIT_ROW, SITE_ROW, BAND_GAP = 88, 84, 52
MOST_CIRCUITS, MOST_SITES, MOST_TIERS, MOST_PATHS = 4, 5, 8, 6
"""Drawn at most; the rest is counted."""
DASHES: dict[Role, str] = {"normal": "", "failover": "9 5", "unused": "2 5"}
MEANINGS: dict[Role, str] = {"normal": "normal path", "failover": "failover path", "unused": "unused"}
ON_PREMISES, HOSTS, DEVICE, MIDDLE, AZURE, GATEWAY, TIER = 20, 36, 208, 440, 724, 756, 1012
"""Left edges of the columns."""
HOSTS_WIDTH, DEVICE_WIDTH, MIDDLE_WIDTH, GATEWAY_WIDTH, TIER_WIDTH = 140, 144, 208, 184, 168


@dataclass(frozen=True)
class Row:
    """One circuit or site: its row's centre, title, notes and role."""

    y: float
    title: str
    notes: list[str]
    role: Role
    tunnels: int = 0


def render(report: Report) -> str:
    """The picture as SVG text."""
    return draw(report).svg()


def draw(report: Report) -> Drawing:
    """The picture with the places of its texts."""
    network = report.model.network
    tiers = _few([(tier.name, _tier_notes(report, tier)) for tier in network.tiers], MOST_TIERS, "tiers")
    circuits = _circuits(report)
    split = TOP + len(circuits) * CIRCUIT_ROW + BAND_GAP
    sites = _sites(report, split)
    bottom = max(split + len(sites) * SITE_ROW, TOP + len(tiers) * 68)
    paths = _paths(report)
    height = bottom + 72 + 22 * len(paths) + 40
    name = report.settings.name
    title = f"{name}: ExpressRoute with VPN failover"
    picture = Drawing(WIDTH, height, title, f"{requirement(report)} " + " ".join(f"{p}: {path}." for p, path in paths))
    _header(picture, title, f"Azure region {report.settings.location}", {row.role for row in (*circuits, *sites)})
    _areas(picture, report, bottom)
    _expressroute(picture, report, circuits)
    _vpn(picture, report, sites, split)
    _hosts(picture, report, bottom, circuits, sites)
    _tiers(picture, tiers, bottom, circuits, sites)
    y = bottom + 48
    picture.text(ON_PREMISES, y, "What happens to each prefix when its path fails", 13, bold=True)
    for prefixes, path in paths:
        y += 22
        picture.text(ON_PREMISES, y, prefixes, 12)
        picture.text(MIDDLE, y, path, 12, FAINT if not path.endswith("lost") else LOST)
    picture.text(ON_PREMISES, y + 30, requirement(report), 12, INK if report.survives else LOST, bold=True)
    return picture


def _few(items: list[tuple[str, list[str]]], most: int, what: str) -> list[tuple[str, list[str]]]:
    if len(items) <= most:
        return items
    return [*items[: most - 1], (f"and {len(items) - most + 1} more {what}", [])]


def _tier_notes(report: Report, tier: TierNetwork) -> list[str]:
    """A tier's subnet, and the firewalls that its routes lead to."""
    hops = {route.next_hop_address for route in tier.routes}
    through = [firewall.name for firewall in report.model.network.firewalls if firewall.address in hops]
    return [str(tier.subnet), *([f"through firewall {', '.join(through)}"] if through else [])]


def _circuits(report: Report) -> list[Row]:
    role = roles(report)
    settings = {circuit.name: circuit for circuit in report.settings.express_route.circuits}
    rows: list[Row] = []
    named = report.model.network.circuits
    for index, circuit in enumerate(named):
        y = TOP + CIRCUIT_ROW * (index + 0.5)
        each = role[f"circuit:{circuit.name}"]
        if index == MOST_CIRCUITS - 1 and len(named) > MOST_CIRCUITS:
            rows.append(Row(y, f"and {len(named) - index} more circuits", [], each))
            break
        given = settings[circuit.name]
        speed = f"{given.bandwidth_in_mbps} Mbps" if given.bandwidth_in_mbps else ""
        if given.port:
            speed = f"{given.port.bandwidth_in_gbps:g} Gbps"
        whose = given.provider or ("existing circuit" if given.existing else "ExpressRoute Direct")
        notes = [", ".join(filter(None, (whose, given.peering_location))), ", ".join(filter(None, (speed, given.tier)))]
        rows.append(Row(y, f"Circuit {circuit.name}", notes, each))
    return rows or [Row(TOP + CIRCUIT_ROW / 2, "No circuit connected", [], "unused")]


def _sites(report: Report, top: float) -> list[Row]:
    role = roles(report)
    rows: list[Row] = []
    named = report.model.network.sites
    for index, site in enumerate(named):
        y = top + SITE_ROW * (index + 0.5)
        each = role[f"appliance:{site.name}"]
        if index == MOST_SITES - 1 and len(named) > MOST_SITES:
            rows.append(Row(y, f"{len(named) - index} more sites", [], each, site.tunnels))
            break
        kind = f"BGP, AS {site.asn}" if site.bgp else "static routes"
        kind += "" if site.instance is None else f", to instance {site.instance}"
        holder = next((device.name for device in report.model.network.devices if site.name in device.sites), "")
        notes = [f"VPN, device {holder}" if holder not in ("", site.name) else "VPN appliance", kind]
        rows.append(Row(y, site.name, notes, each, site.tunnels))
    return rows


def _paths(report: Report) -> list[tuple[str, str]]:
    """Prefixes and their paths in words, those with the same together."""
    found: dict[str, list[str]] = {}
    every = len(report.model.network.tiers)
    for row in report.rows:
        for fallback in row.fallbacks:
            path = fallback.line + (f" (from {', '.join(fallback.tiers)})" if len(fallback.tiers) < every else "")
            found.setdefault(path, []).append(str(row.prefix))
    paths: list[tuple[str, str]] = []
    for path, prefixes in found.items():
        shown = prefixes[:2]
        text = ", ".join(shown) + (f" and {len(prefixes) - len(shown)} more" if len(prefixes) > len(shown) else "")
        paths.append((fit(text, 12, MIDDLE - ON_PREMISES - 16), fit(path, 12, WIDTH - MIDDLE - 20)))
    if len(paths) > MOST_PATHS:
        paths = [*paths[: MOST_PATHS - 1], (f"and {len(paths) - MOST_PATHS + 1} more paths", "")]
    return paths


def _header(picture: Drawing, title: str, note: str, used: set[Role]) -> None:
    picture.text(ON_PREMISES, 34, fit(title, 18, AZURE - ON_PREMISES - 16, True), 18, bold=True)
    picture.text(ON_PREMISES, 56, note, 12, FAINT)
    x = AZURE
    for role in ROLES:
        if role in used:
            picture.line([(x, 30), (x + 44, 30)], INK, *_stroke(role))
            picture.text(x + 52, 34, MEANINGS[role], 12)
            x += 160


def _areas(picture: Drawing, report: Report, bottom: float) -> None:
    top = TOP - 60
    height = bottom - top + 12
    picture.area(ON_PREMISES, top, DEVICE + DEVICE_WIDTH + 16 - ON_PREMISES, height, ON_PREMISES_FILL, "On-premises")
    space = ", ".join(map(str, report.model.network.address_space[:2]))
    picture.area(AZURE, top, WIDTH - 20 - AZURE, height, AZURE_FILL, f"Azure virtual network {space}")
    picture.box(GATEWAY - 16, TOP - 24, GATEWAY_WIDTH + 32, bottom - TOP + 24, area=True, fill=GATEWAYS_FILL)
    subnet = report.settings.network.gateway_subnet
    picture.text(GATEWAY - 8, TOP - 7, fit(f"GatewaySubnet {subnet}", 10, GATEWAY_WIDTH + 26), 10, FAINT)


def _expressroute(picture: Drawing, report: Report, rows: list[Row]) -> None:
    gateway = report.settings.express_route.gateway
    top, height = TOP + 8, len(rows) * CIRCUIT_ROW - 16
    holders = [device.name for device in report.model.network.devices if device.links]
    picture.labelled(
        DEVICE,
        top,
        DEVICE_WIDTH,
        height,
        "Edge routers" if len(holders) > 1 else "Edge router",
        ["BGP", *([", ".join(holders)] if holders else [])],
        LINE,
    )
    picture.labelled(GATEWAY, top, GATEWAY_WIDTH, height, "ExpressRoute gateway", [size(gateway)], EXPRESS_ROUTE)
    for row in rows:
        _row(picture, row, CIRCUIT_ROW, EXPRESS_ROUTE, ("primary", "secondary"))
        picture.labelled(MIDDLE, row.y - 34, MIDDLE_WIDTH, 68, row.title, row.notes, _color(row, EXPRESS_ROUTE))


def _vpn(picture: Drawing, report: Report, rows: list[Row], top: float) -> None:
    gateway = report.settings.vpn.gateway
    height = len(rows) * SITE_ROW
    picture.box(MIDDLE, top - 28, MIDDLE_WIDTH, height + 28, area=True, fill=INTERNET_FILL)
    picture.text(MIDDLE + MIDDLE_WIDTH / 2, top - 10, "Internet", 13, bold=True, middle=True)
    picture.labelled(GATEWAY, top + 8, GATEWAY_WIDTH, height - 16, "VPN gateway", [size(gateway), mode(gateway)], VPN)
    for row in rows:
        _row(picture, row, SITE_ROW, VPN)
        picture.labelled(DEVICE, row.y - 34, DEVICE_WIDTH, 68, row.title, row.notes, _color(row, VPN))
        tunnels = f"{row.tunnels} IPsec tunnel{'s' if row.tunnels > 1 else ''}"
        picture.text(MIDDLE + MIDDLE_WIDTH / 2, row.y - 18, tunnels, 11, FAINT, middle=True)


def _color(row: Row, color: str) -> str:
    """ExpressRoute's or the VPN's colour; faint where nothing uses it."""
    return LINE if row.role == "unused" else color


def _stroke(role: Role) -> tuple[float, str]:
    """How thick, and how dashed."""
    return (4 if role == "normal" else 3), DASHES[role]


def _row(picture: Drawing, row: Row, height: float, color: str, labels: tuple[str, str] | None = None) -> None:
    """The two links of a circuit or the tunnels of a site, from the device to the gateway."""
    apart = (-height / 7, height / 7) if labels else (-6, 8) if row.tunnels > 1 else (0,)
    left, right = DEVICE + DEVICE_WIDTH, GATEWAY
    for number, offset in enumerate(apart):
        y = row.y + offset
        picture.line([(left, y), (right, y)], _color(row, color), *_stroke(row.role))
        if labels:
            middle = (left + 16 + MIDDLE) / 2
            picture.text(middle, y - 6, labels[number], 9.5, FAINT, middle=True)


def _hosts(picture: Drawing, report: Report, bottom: float, circuits: list[Row], sites: list[Row]) -> None:
    prefixes = [str(prefix) for prefix in report.model.network.on_premises]
    most = int((bottom - TOP - 70) // 15)
    shown = prefixes if len(prefixes) <= most else [*prefixes[: most - 1], f"and {len(prefixes) - most + 1} more"]
    picture.labelled(HOSTS, TOP + 8, HOSTS_WIDTH, bottom - TOP - 16, "Hosts", shown, LINE)
    edge = Row((circuits[0].y + circuits[-1].y) / 2, "", [], best([row.role for row in circuits]))
    for row, color in ((edge, EXPRESS_ROUTE), *((site, VPN) for site in sites)):
        line = [(HOSTS + HOSTS_WIDTH, row.y), (DEVICE, row.y)]
        picture.line(line, _color(row, color), *_stroke(row.role))


def _tiers(
    picture: Drawing, tiers: list[tuple[str, list[str]]], bottom: float, circuits: list[Row], sites: list[Row]
) -> None:
    step = (bottom - TOP) / len(tiers)
    bus = (GATEWAY + GATEWAY_WIDTH + TIER) / 2
    for number, (name, notes) in enumerate(tiers):
        y = TOP + step * (number + 0.5)
        height = min(64.0, step - 8)
        picture.labelled(TIER, y - height / 2, TIER_WIDTH, height, f"Tier {name}" if notes else name, notes, LINE)
        picture.line([(bus, y), (TIER, y)], LINE, 2)
    gateways = [(rows[0].y + rows[-1].y) / 2 for rows in (circuits, sites) if rows]
    for y in gateways:
        picture.line([(GATEWAY + GATEWAY_WIDTH, y), (bus, y)], LINE, 2)
    ends = [*gateways, TOP + step / 2, TOP + step * (len(tiers) - 0.5)]
    picture.line([(bus, min(ends)), (bus, max(ends))], LINE, 2)
