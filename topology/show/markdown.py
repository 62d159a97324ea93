"""The report as Markdown, for a README or a pull request."""

from collections.abc import Collection

from components.rules import Problem

from .content import Table, assumed, requirement, tables
from .escape import markdown
from .report import Report


def render(report: Report | None, problems: Collection[Problem], notes: Collection[str] = ()) -> str:
    """The tables, the requirement, the problems and the notes."""
    parts: list[str] = []
    if report is not None:
        parts += [_table(table) for table in tables(report)]
        parts.append(requirement(report))
        parts += map(markdown, assumed(report))
    if problems:
        parts.append("\n".join(f"- **{problem.severity}** {markdown(str(problem))}" for problem in problems))
    parts += map(markdown, notes)
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [table.head, tuple("---" for _ in table.head), *table.rows]
    rows = "\n".join(f"| {' | '.join(markdown(cell) for cell in line)} |" for line in lines)
    return f"**{table.title}**\n\n{rows}" + (f"\n\n{table.note}" if table.note else "")
