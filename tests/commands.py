"""The commands that the documents tell to run: every line of a block of `sh`, with the page and the heading above.

A command is run by a test (`tests/examples/test_documents.py`, or one that `tests/unit/test_commands.py` names), or its
comment says that it needs Azure. Nothing in the documents is set as code by its indentation: nobody would find that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.stacks import ROOT

LANGUAGES = ("sh", "python", "yaml", "text", "mermaid")
"""What a block may be; only those of `sh` are commands."""
NEEDS_AZURE = "needs Azure"


@dataclass(frozen=True)
class Command:
    """One command of a page."""

    page: str
    heading: str
    text: str
    """Without its comment."""
    comment: str

    @property
    def needs_azure(self) -> bool:
        """Whether the page says that it does."""
        return NEEDS_AZURE in self.comment

    def __str__(self) -> str:
        return f"{self.page}: {self.text}"


@dataclass(frozen=True)
class Block:
    """A block of code of a page."""

    page: str
    heading: str
    language: str
    text: str


def pages() -> list[Path]:
    """Every document."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page; what is quoted in it is none of its own."""
    heading = language = ""
    inside: list[str] | None = None
    for line in page.read_text().splitlines():
        if inside is None and (found := re.fullmatch(r"#+ (.*)", line)):
            heading = found[1]
        elif inside is None and (found := re.fullmatch(r"```(\S*)", line)):
            language, inside = found[1], []
        elif inside is not None and line == "```":
            yield Block(str(page.relative_to(ROOT)), heading, language, "\n".join(inside))
            inside = None
        elif inside is not None:
            inside.append(line)
    assert inside is None, f"{page}: a block has no end"


def commands() -> list[Command]:
    """Every command of every document."""
    return [
        Command(block.page, block.heading, *parted(line))
        for page in pages()
        for block in blocks(page)
        if block.language == "sh"
        for line in block.text.replace("\\\n", " ").splitlines()
        if line.strip()
    ]


def parted(line: str) -> tuple[str, str]:
    """A line's command and its comment."""
    text, _, comment = re.sub(r"\s+# ", "\0", line, count=1).partition("\0")
    return text.strip(), comment


def inline() -> list[str]:
    """What stands between backticks in every document's text, and may be a command."""
    found: list[str] = []
    for page in pages():
        text = re.sub(r"^(> )?```.*?^(> )?```", "", page.read_text(), flags=re.S | re.M)
        found += [" ".join(one.split()) for one in re.findall(r"`([^`]+)`", text)]
    return found
