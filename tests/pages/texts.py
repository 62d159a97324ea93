"""The texts below the fields of a class, and tables of Markdown."""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from textwrap import dedent


@cache
def texts(kind: type) -> dict[str, str]:
    """The text below each field and each attribute of a class, inherited ones first, each in one line."""
    found: dict[str, str] = {}
    (definition,) = ast.parse(dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    # A TypedDict does not know what it inherits; its definition does.
    for base in definition.bases:
        parent = getattr(sys.modules[kind.__module__], ast.unparse(base), None)
        if isinstance(parent, type) and parent.__module__.startswith(kind.__module__.split(".")[0]):
            found |= texts(parent)
    for field, text in _neighbours(definition):
        if (
            isinstance(field, ast.AnnAssign | ast.Assign)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            target = field.target if isinstance(field, ast.AnnAssign) else field.targets[0]
            found[ast.unparse(target).removeprefix("self.")] = one_line(str(text.value.value))
    return found


def _neighbours(definition: ast.ClassDef) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Each statement of the class and of its functions with the one after it."""
    for node in ast.walk(definition):
        for body in (getattr(node, "body", []), getattr(node, "orelse", [])):
            if isinstance(body, list):
                yield from pairwise(body)


def summary(kind: type) -> str:
    """The first paragraph of a class's own text, in one line."""
    return one_line((kind.__doc__ or "").split("\n\n")[0])


def one_line(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A table of Markdown."""
    return [
        f"| {' | '.join(one_line(cell).replace('|', chr(92) + '|') for cell in cells)} |"
        for cells in (head, ("---",) * len(head), *rows)
    ]
