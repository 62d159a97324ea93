"""Data inside of a terminal's line, Markdown, Mermaid and XML: it stays text, whatever it looks like."""

import re
from xml.sax.saxutils import escape

from ..settings.values import UNSEEN

CODE, END = "\ue000", "\ue001"
"""What stands around words that are set as code, such as a command; see `code`."""
_MARKUP = re.compile(r"[\\`*_~<|]|&(?=[#\w])|!(?=\[)|\](?=[\[(])|\$")
"""What Markdown reads as markup inside a line, with GitHub's formulas."""
_START = re.compile(r"^\s*(?:[#>+=\[-](?!$)|\d+(?=[.)](?:\s|$)))")
"""What it reads as markup where a text begins."""
_LINKS = re.compile(r"@(?=[\w-])|#(?=\d)|:(?=//)|(?i:\bGH)(?=-\d)|(?i:\bwww)(?=\.)|:(?=[\w+-]+:)")
"""What GitHub makes links and pictures of by itself: mentions, numbers of issues, addresses, emoji."""
_APART = "<!-- -->"
"""Shows nothing, and keeps what is beside it apart."""
_PLAIN = re.compile(r"[^A-Za-z0-9 .,:/()_+-]")
_HIDDEN = re.compile(f"{UNSEEN.pattern}|[\ud800-\udfff\ufffe\uffff]")
"""What is not seen, and what is no character, which no file and no terminal takes."""
LONGEST = 2000
"""Characters of a text that are shown."""


def code(text: object) -> str:
    """Words to be set as code."""
    return f"{CODE}{text}{END}"


def visible(text: str) -> str:
    """A text in one line, with what is not seen written out: a line break is \\n, what turns the writing \\u202e."""
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def xml(text: str) -> str:
    """A text for an element of XML, such as one of a picture."""
    return escape(visible(text))


def plain(text: str) -> str:
    """A text for a terminal: what is code stands in backticks."""
    return visible(text).replace(CODE, "`").replace(END, "`")


def markdown(text: str) -> str:
    """A text for a line or a table's cell of Markdown, in which it is nothing but text."""
    parts: list[str] = []
    for place, part in enumerate(re.split(f"{CODE}|{END}", visible(text))):
        # Between the marks stands code; of marks that do not belong together nothing is left but this.
        parts.append(_code(part) if place % 2 else _text(part))
    return "".join(parts)


def label(text: str) -> str:
    """A text for a label of Mermaid, in quotes."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", visible(text))


def _text(text: str) -> str:
    text = _MARKUP.sub(lambda found: f"\\{found[0]}", text)
    if begun := _START.match(text):
        # Of `1.` it is the dot.
        place = begun.end() if text[begun.end() - 1].isdigit() else begun.end() - 1
        text = f"{text[:place]}\\{text[place:]}"
    return _LINKS.sub(lambda found: f"{found[0]}{_APART}", text)


def _code(text: str) -> str:
    if not text:
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    # A table's cell ends at a bar, in code too.
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")
