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
        parts += [table(one) for one in tables(report)]
        parts.append(requirement(report))
        parts += map(markdown, assumed(report))
    if problems:
        parts.append("\n".join(f"- **{problem.severity}** {markdown(str(problem))}" for problem in problems))
    parts += map(markdown, notes)
    return "\n\n".join(parts) + "\n"


def table(table: Table) -> str:
    """One table with its title and its note."""
    head, *rows = (f"| {' | '.join(map(markdown, line))} |" for line in (table.head, *table.rows))
    lines = [head, f"| {' | '.join('---' for _ in table.head)} |", *rows]
    return f"**{table.title}**\n\n{chr(10).join(lines)}" + (f"\n\n{markdown(table.note)}" if table.note else "")
