"""Whether a live network is what the proof expects: see `python -m operations status`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from operations.azure import Azure
from operations.causes import Finding, findings
from operations.live import Live
from operations.seen import look
from operations.sight import Seen
from operations.ways import Way, Ways, text
from topology.show.escape import markdown, visible

Format = Literal["text", "json", "markdown"]
FORMATS: tuple[Format, ...] = ("text", "json", "markdown")


@dataclass(frozen=True)
class Status:
    """One look at a live network. stack: its name, for the heading."""

    stack: str
    ways: list[Way]
    findings: list[Finding]
    untold: tuple[str, ...]
    seen: Seen
    model: Ways

    @property
    def sound(self) -> bool:
        """Whether all is as the settings say, and all was told."""
        return not self.findings and not self.untold and all(way.as_expected for way in self.ways)

    def why(self, way: Way) -> list[str]:
        """Why a prefix does not go the way that the proof expects; empty where it does."""
        if way.as_expected:
            return []
        paths = (way.now, way.expected, way.backup, way.expected_backup)
        elements = {f"tier:{tier}" for tier in way.tiers} | {"gatewaySubnet", "gateway:VPN", "gateway:ExpressRoute"}
        for path in paths:
            elements |= {f"{kind}:{name}" for name in (*path.via, *path.tied) for kind in ("circuit", "site")}
        found = [one.sentence for one in self.findings if one.touches(way.prefix, elements)]
        if not found:
            found = [one.sentence for one in self.findings if one.prefixes is None or way.prefix in one.prefixes]
        return found or ["Azure does not tell why." if not self.untold else f"Azure does not tell: {self.untold[0]}"]


def status(azure: Azure, live: Live, keys: Mapping[str, str], stack: str) -> Status:
    """Look at a live network. keys: as for `seen.look`. Raises `azure.AzureError` where a gateway cannot be read."""
    return judge(live, look(azure, live, keys), stack)


def judge(live: Live, seen: Seen, stack: str) -> Status:
    """What was read, against the proof."""
    model = Ways(live.settings, seen, live.connections)
    return Status(stack, model.ways(), findings(live, seen, model), seen.untold, seen, model)


def shown(found: Status, form: Format) -> str:
    """A status for people or for programs."""
    return {"text": _text, "json": _json, "markdown": _markdown}[form](found)


def _json(found: Status) -> str:
    document: dict[str, Any] = {
        "stack": found.stack,
        "sound": found.sound,
        "prefixes": [
            {
                "prefix": str(way.prefix),
                "tiers": list(way.tiers),
                "now": text(way.now),
                "expected": text(way.expected),
                "withoutExpressRoute": {"now": text(way.backup), "expected": text(way.expected_backup)},
                "why": found.why(way),
            }
            for way in found.ways
        ],
        "findings": [
            {"kind": one.kind, "about": one.about, "sentence": one.sentence, "setting": one.setting}
            for one in found.findings
        ],
        "untold": list(found.untold),
    }
    return json.dumps(document, indent=2) + "\n"


def _rows(found: Status) -> list[tuple[str, ...]]:
    """Prefix, tiers, the way now, and without ExpressRoute: each with what is expected where that is another."""
    rows = []
    for way in found.ways:
        now, expected = text(way.now), text(way.expected)
        backup, wanted = text(way.backup), text(way.expected_backup)
        rows.append(
            (
                str(way.prefix),
                ", ".join(way.tiers),
                now if now == expected else f"{now} (expected: {expected})",
                backup if backup == wanted else f"{backup} (expected: {wanted})",
            )
        )
    return rows


_HEAD = ("prefix", "from", "Azure sends it over", "without ExpressRoute")


def _text(found: Status) -> str:
    rows = [_HEAD, *_rows(found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [f"Stack {found.stack}"]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    for way in found.ways:
        lines += [f"  {way.prefix} from {', '.join(way.tiers)}: {why}" for why in found.why(way)]
    lines += [f"- {one.sentence}{f' ({one.setting})' if one.setting else ''}" for one in found.findings]
    lines += [f"- Not told by Azure: {one}" for one in found.untold]
    lines.append("All is as the settings say." if found.sound else "Azure is not what the settings say.")
    return "\n".join(map(visible, lines)) + "\n"


def _markdown(found: Status) -> str:
    lines = [f"### {markdown(found.stack)}", ""]
    lines += [f"| {' | '.join(_HEAD)} |", "| --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(map(markdown, row))} |" for row in _rows(found)]
    lines.append("")
    for one in found.findings:
        lines.append(f"- {markdown(one.sentence)}{f' ({markdown(one.setting)})' if one.setting else ''}")
    said = {one.sentence for one in found.findings}
    for way in found.ways:
        lines += [f"- {way.prefix}: {markdown(why)}" for why in found.why(way) if why not in said]
    lines += [f"- Not told by Azure: {markdown(one)}" for one in found.untold]
    if found.sound:
        lines.append("All is as the settings say.")
    return "\n".join(lines) + "\n"
