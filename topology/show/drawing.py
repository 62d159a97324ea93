"""Boxes, lines and text of an SVG picture, with the widths of text estimated so that nothing overlaps."""

from dataclasses import dataclass, field
from xml.sax.saxutils import escape

FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
CHARACTER = 0.57
"""Width of a character in ems: generous for the fonts above."""
INK, FAINT, LINE, PAPER = "#1f2933", "#52606d", "#9aa5b1", "#ffffff"


def width_of(text: str, size: float) -> float:
    """Estimated width of a text, in the picture's units."""
    return len(text) * size * CHARACTER


def fit(text: str, size: float, width: float) -> str:
    """The text, shortened with an ellipsis where it is wider than `width`."""
    most = int(width / (size * CHARACTER))
    return text if len(text) <= most else text[: max(most - 1, 1)].rstrip() + "…"


@dataclass(frozen=True)
class Text:
    """A piece of text as placed; x and y are where its baseline starts, whatever the anchor."""

    x: float
    y: float
    size: float
    text: str

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x, self.y - 0.8 * self.size, self.x + width_of(self.text, self.size), self.y + 0.25 * self.size


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
    ) -> None:
        """Text whose baseline starts at x, or is centred on x."""
        start = x - width_of(text, size) / 2 if middle else x
        self.texts.append(Text(start, y, size, text))
        weight = ' font-weight="600"' if bold else ""
        anchor = ' text-anchor="middle"' if middle else ""
        self.written.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{color}"{weight}{anchor}>{escape(text)}</text>'
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
        size = next((size for size in (13, 12, 11) if width_of(title, size) <= width - 12), 10)
        self.text(x + width / 2, top, fit(title, size, width - 12), size, bold=True, middle=True)
        for number, note in enumerate(notes):
            self.text(x + width / 2, top + 16 + 15 * number, fit(note, 11, width - 12), 11, FAINT, middle=True)

    def line(self, points: list[tuple[float, float]], color: str, thickness: float = 3, dash: str = "") -> None:
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
                f"<title>{escape(self.title)}</title>",
                f"<desc>{escape(self.summary)}</desc>",
                f'<rect width="{self.width:g}" height="{self.height:g}" fill="{PAPER}"/>',
                *self.areas,
                *self.lines,
                *self.boxes,
                *self.written,
                "</svg>",
                "",
            ]
        )
