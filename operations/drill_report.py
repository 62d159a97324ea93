"""The report of a drill: Markdown for people, JSON for programs, and a timeline as a picture."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from operations.drill_outcome import Outcome, Phase, as_json
from topology.show.escape import markdown, xml

_COLOURS = {"ExpressRoute": "#1b6ec2", "VPN": "#2e8b57", "nowhere": "#c0392b", "the Internet": "#d98e04"}
_LEFT, _WIDTH, _ROW, _TOP = 300, 640, 26, 56


def write(outcome: Outcome, folder: Path) -> list[Path]:
    """Write all three into a folder; the answer is the files."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "drill.md": as_markdown(outcome),
        "drill.json": json.dumps(as_json(outcome), indent=1) + "\n",
        "timeline.svg": timeline(outcome),
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return [folder / name for name in texts]


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def as_markdown(outcome: Outcome) -> str:
    """The report for people."""
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: Outcome) -> Iterator[str]:
    yield f"# Failover drill of {markdown(outcome.stack)}\n"
    verdict = "Every prefix went the predicted way, in every step." if outcome.passed else "Not as predicted."
    yield f"{verdict} ExpressRoute was stopped by `{outcome.method}`: {markdown(', '.join(outcome.targets))}.\n"
    if outcome.ended:
        yield f"It ended before its end: {markdown(outcome.ended)}\n"
    yield "| step | begun | as predicted after | ended |\n| --- | --- | --- | --- |"
    for phase in outcome.phases:
        after = "never" if phase.reached is None else f"{phase.reached - phase.begun:.1f} s"
        yield f"| {markdown(phase.name)} | {_clock(phase.begun)} | {after} | {_clock(phase.ended or phase.begun)} |"
    for phase in outcome.phases:
        yield f"\n## {markdown(phase.name)}\n"
        yield "| prefix | from | predicted | real |\n| --- | --- | --- | --- |"
        for (prefix, tier), way in phase.predicted.items():
            real = phase.real.get((prefix, tier), "not read")
            said = markdown(real) if real == way else f"**{markdown(real)}**"
            yield f"| {markdown(prefix)} | {markdown(tier)} | {markdown(way)} | {said} |"
        if phase.losses and phase.name != "before":
            yield "\n| probe | sent | lost | longest silence |\n| --- | --- | --- | --- |"
            for name, loss in phase.losses.items():
                yield f"| {markdown(name)} | {loss.sent} | {loss.lost} | {loss.longest_s} s |"
        for one in phase.said:
            yield f"\n- {markdown(one)}"
    yield "\n![timeline](timeline.svg)"


def timeline(outcome: Outcome) -> str:
    """Which way each prefix went when, as SVG."""
    rows = list(dict.fromkeys(key for phase in outcome.phases for key in phase.predicted))
    start = min((phase.begun for phase in outcome.phases), default=0.0)
    end = max((phase.ended or phase.begun for phase in outcome.phases), default=start + 1)
    scale = _WIDTH / max(end - start, 0.001)
    height = _TOP + _ROW * len(rows) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 20}" height="{height}" '
        f'viewBox="0 0 {_LEFT + _WIDTH + 20} {height}" font-family="sans-serif" font-size="12">',
        f"<title>Failover drill of {xml(outcome.stack)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for phase in outcome.phases:
        at = _LEFT + (phase.begun - start) * scale
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="30" y2="{height - 24}" stroke="#999999"/>')
        parts.append(f'<text x="{at + 3:.1f}" y="{24 if phase.name != "before" else 42}">{xml(phase.name)}</text>')
    for number, key in enumerate(rows):
        top = _TOP + number * _ROW
        parts.append(f'<text x="8" y="{top + 15}">{xml(f"{key[0]} from {key[1]}")}</text>')
        parts += _bars(outcome.phases, key, start, end, scale, top)
    parts.append(f'<text x="{_LEFT}" y="{height - 8}">0 s</text>')
    parts.append(f'<text x="{_LEFT + _WIDTH}" y="{height - 8}" text-anchor="end">{end - start:.1f} s</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bars(
    phases: list[Phase], key: tuple[str, str], start: float, end: float, scale: float, top: float
) -> Iterator[str]:
    """One prefix's ways, each as long as it was seen."""
    looks = [(look.at, look.ways.get(key, "")) for phase in phases for look in phase.looks]
    for (at, way), (until, _) in zip(looks, [*looks[1:], (end, "")], strict=True):
        colour = next((value for name, value in _COLOURS.items() if way.startswith(name)), "#bbbbbb")
        x, width = _LEFT + (at - start) * scale, max((until - at) * scale, 1.0)
        yield (
            f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{_ROW - 8}" fill="{colour}">'
            f"<title>{xml(way)}</title></rect>"
        )
