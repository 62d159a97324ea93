"""What of the project's files is made from the project itself.

A page has its made parts between `<!-- made: NAME -->` and `<!-- /made -->`; some files are made as a whole.
"""

import contextlib
import io
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.pages import components, picture, plugin, schema, settings
from tests.stacks import ROOT
from tests.unit.topology.reviewed import of_reference
from topology.__main__ import main as topology
from topology.review.consequences import consequences, table

COMMAND = ".venv/bin/python -m tests.pages"
REFERENCE = str(ROOT / "Pulumi.reference.yaml")


def failover() -> str:
    """What the command about the failover prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert topology([REFERENCE, "--format", "markdown"]) == 0
    return out.getvalue().strip()


def failover_picture() -> str:
    """The picture of the failover."""
    with tempfile.NamedTemporaryFile(suffix=".svg") as file:
        assert topology([REFERENCE, "--format", "svg", "--out", file.name]) == 0
        return Path(file.name).read_text()


PARTS: Mapping[str, Callable[[], str]] = {
    "settings": settings.page,
    "secrets": settings.secrets,
    "other keys": settings.others,
    "outputs": settings.outputs,
    "components": components.page,
    "failover": failover,
    "review": of_reference,
    "consequences": lambda: table(consequences().values()),
}


def files() -> Iterator[tuple[Path, str]]:
    """Every file with something made in it, and its text with that made anew."""
    yield ROOT / "docs" / "settings.schema.json", schema.schema()
    yield ROOT / "docs" / "failover.svg", failover_picture()
    yield ROOT / "docs" / "architecture.svg", picture.draw().svg()
    yield ROOT / "plugin" / "schema.json", plugin.schema()
    yield ROOT / "Pulumi.yaml", schema.project_file((ROOT / "Pulumi.yaml").read_text())
    for page in sorted((ROOT / "docs").glob("*.md")):
        if "<!-- made: " in (text := page.read_text()):
            yield page, filled(text)


def filled(text: str) -> str:
    """A page with its made parts."""
    return re.sub(
        r"(<!-- made: (.*?) -->\n).*?(<!-- /made -->)",
        lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}",
        text,
        flags=re.S,
    )
