"""The report as tables in a terminal."""

from collections.abc import Collection
from io import StringIO

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from components.rules import Problem

from .content import assumed, requirement, tables
from .escape import plain
from .report import Report

FILE_WIDTH = 120
"""Columns of a table that is not written to a terminal."""


def render(
    report: Report | None, problems: Collection[Problem], notes: Collection[str] = (), console: Console | None = None
) -> str:
    """The tables, the problems and the notes as text; written to `console` at once where one is given."""
    text = StringIO()
    out = console or Console(file=text, width=FILE_WIDTH)
    if report is not None:
        for table in tables(report):
            grid = RichTable(title=table.title, title_justify="left", title_style="bold", caption=table.note or None)
            for name in table.head:
                grid.add_column(name, overflow="fold")
            for row in table.rows:
                # Of data nothing is read as markup, or as a name of a picture.
                grid.add_row(*(Text(plain(cell)) for cell in row))
            out.print(grid)
        out.print(
            requirement(report),
            style="green" if report.survives else "bold red",
            highlight=False,
            markup=False,
            emoji=False,
        )
        for line in assumed(report):
            out.print(Text(plain(line)), soft_wrap=True)
    for problem in problems:
        style = "bold red" if problem.severity == "error" else "yellow"
        out.print(
            plain(f"{problem.severity}: {problem}"),
            style=style,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
        )
    for note in notes:
        out.print(Text(plain(note)), soft_wrap=True)
    return text.getvalue()
