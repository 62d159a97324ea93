"""Boxes, lines and text of all the project's pictures: one palette, and text that fits its place in any font."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot

from .escape import xml

FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
INK, FAINT, LINE, PAPER = "#1f2933", "#52606d", "#9aa5b1", "#ffffff"
EXPRESS_ROUTE, VPN, LOST = "#1f6feb", "#bf6000", "#c8102e"
"""ExpressRoute and the VPN have one colour each in every picture, whatever they are for; so has what is lost."""
ON_PREMISES_FILL, AZURE_FILL, GATEWAYS_FILL, INTERNET_FILL = "#f7f9fb", "#f3f8ff", "#e6f0ff", "#fbfaf7"
"""What areas are filled with."""

_MONOSPACED = 0.61
_WIDTHS = {
    0.4: " !'(),-./:;[\\]`fijlt|I",
    0.5: '"Jcrs',
    0.56: "?_kxyz^",
    0.65: "$*0123456789LabdeghnopquvTFSYPZ{}",
    0.73: "ABEVXRC",
    0.84: "#+<=>~DGHKNOQUw&",
    1.05: "%@MWm",
}
_EMS = {sign: ems for ems, signs in _WIDTHS.items() for sign in signs}
"""Widths of characters in ems, those of DejaVu Sans and Serif, than which Helvetica, Verdana and Times are not
wider; a text is at least as wide as in a monospaced font."""
_BOLD = 1.14
"""How much wider a text is in bold."""


def width_of(text: str, size: float, bold: bool = False) -> float:
    """How wide a text is at most, in the picture's units, in whatever font it is drawn."""
    proportional = sum(_EMS.get(sign, 1.05) for sign in text) * (_BOLD if bold else 1)
    return size * max(proportional, _MONOSPACED * len(text))


def fit(text: str, size: float, width: float, bold: bool = False) -> str:
    """The text, shortened with an ellipsis where it is wider than `width`."""
    if width_of(text, size, bold) <= width:
        return text
    kept = text
    while len(kept) > 1 and width_of(f"{kept}…", size, bold) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


@dataclass(frozen=True)
class Text:
    """A piece of text as placed; x and y are where its baseline starts, whatever the anchor."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        right = self.x + width_of(self.text, self.size, self.bold)
        return self.x, self.y - 0.8 * self.size, right, self.y + 0.25 * self.size


@dataclass
class Drawing:
    """An SVG picture while it is drawn: areas lie below lines, lines below boxes, boxes below text."""

    width: float
    height: float
    title: str
    summary: str
    areas: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 12,
        color: str = INK,
        bold: bool = False,
        middle: bool = False,
        end: bool = False,
    ) -> None:
        """Text whose baseline starts at x, is centred on x, or ends there."""
        start = x - width_of(text, size, bold) * (0.5 if middle else 1 if end else 0)
        self.texts.append(Text(start, y, size, text, bold))
        weight = ' font-weight="600"' if bold else ""
        anchor = ' text-anchor="middle"' if middle else ' text-anchor="end"' if end else ""
        self.written.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{color}"{weight}{anchor}>{xml(text)}</text>'
        )

    def box(
        self, x: float, y: float, width: float, height: float, stroke: str = LINE, fill: str = PAPER, area: bool = False
    ) -> None:
        """A rectangle with round corners; an area, which holds others, has a dashed edge."""
        dash = ' stroke-dasharray="4 4"' if area else ""
        (self.areas if area else self.boxes).append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8" '
            f'fill="{fill}" stroke="{stroke}" stroke-width="1.5"{dash}/>'
        )

    def labelled(
        self, x: float, y: float, width: float, height: float, title: str, notes: list[str], stroke: str
    ) -> None:
        """A box with a bold title, in smaller type where it is long, and smaller lines, centred."""
        self.box(x, y, width, height, stroke)
        top = y + (height - 18 - 15 * len(notes)) / 2 + 14
        size = next((size for size in (13, 12, 11) if width_of(title, size, True) <= width - 12), 10)
        self.text(x + width / 2, top, fit(title, size, width - 12, True), size, bold=True, middle=True)
        for number, note in enumerate(notes):
            self.text(x + width / 2, top + 16 + 15 * number, fit(note, 11, width - 12), 11, FAINT, middle=True)

    def area(self, x: float, y: float, width: float, height: float, fill: str, title: str, note: str = "") -> None:
        """A box that holds others, with its title, and a note, in its upper left corner."""
        self.box(x, y, width, height, fill=fill, area=True)
        self.text(x + 14, y + 24, fit(title, 13, width - 28, True), 13, bold=True)
        if note:
            self.text(x + 14, y + 41, fit(note, 11, width - 28), 11, FAINT)

    def bar(self, x: float, y: float, width: float, height: float, color: str, label: str, hint: str) -> None:
        """A filled part of a time line: with its label where there is space for it, and a hint for who points at it."""
        self.boxes.append(
            f'<rect x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{height:g}" fill="{color}">'
            f"<title>{xml(hint)}</title></rect>"
        )
        if width_of(label, 12) <= width - 6:
            self.text(round(x + width / 2, 1), y + height / 2 + 4, label, 12, PAPER, middle=True)

    def arrow(
        self,
        points: Sequence[tuple[float, float]],
        color: str,
        thickness: float = 3,
        dash: str = "",
        both: bool = False,
    ) -> None:
        """A line with a head at its end, or at both."""
        self.line(points, color, thickness, dash)
        self._head(points[-2], points[-1], color, thickness)
        if both:
            self._head(points[1], points[0], color, thickness)

    def _head(self, start: tuple[float, float], tip: tuple[float, float], color: str, thickness: float) -> None:
        length = 5 + 2 * thickness
        away = hypot(tip[0] - start[0], tip[1] - start[1])
        along = ((tip[0] - start[0]) / away * length, (tip[1] - start[1]) / away * length)
        base = (tip[0] - along[0], tip[1] - along[1])
        sides = [(base[0] + sign * along[1] / 2, base[1] - sign * along[0] / 2) for sign in (1, -1)]
        corners = " ".join(f"{round(x, 1):g},{round(y, 1):g}" for x, y in (tip, *sides))
        self.boxes.append(f'<polygon points="{corners}" fill="{color}"/>')

    def line(self, points: Sequence[tuple[float, float]], color: str, thickness: float = 3, dash: str = "") -> None:
        """A line through points, with rounded joints."""
        path = " ".join(f"{'L' if index else 'M'}{x:g} {y:g}" for index, (x, y) in enumerate(points))
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.lines.append(
            f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{thickness:g}" '
            f'stroke-linejoin="round" stroke-linecap="butt"{dashes}/>'
        )

    def svg(self) -> str:
        """The whole picture."""
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
                f'width="{self.width:g}" height="{self.height:g}" font-family="{FONT}" role="img">',
                f"<title>{xml(self.title)}</title>",
                f"<desc>{xml(self.summary)}</desc>",
                f'<rect width="{self.width:g}" height="{self.height:g}" fill="{PAPER}"/>',
                *self.areas,
                *self.lines,
                *self.boxes,
                *self.written,
                "</svg>",
                "",
            ]
        )
