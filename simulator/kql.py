"""The part of KQL (Kusto's query language) that queries of alerts here are made of; anything else is refused.

    script      = { "let" name "=" tabular ";" } tabular
    tabular     = source { "|" operator }
    source      = table | "(" tabular ")" | "datatable" "(" name ":" type, .. ")" "[" "]"
                | "union" "isfuzzy" "=" "true" source "," source ..
    operator    = "where" condition | "summarize" [name "="] aggregate, .. "by" group, ..
                | "join" "kind" "=" ("inner" | "leftouter") source "on" name | "top" number "by" name
    aggregate   = sum(c) | min(c) | max(c) | avg(c) | count() | arg_max(c, c, ..)
    group       = name | "bin" "(" name "," timespan ")"
    condition   = comparisons with == != =~ < <= > >= in in~, "isnull" "(" c ")", joined by "and" and "or", with
                  parentheses; what is compared with: a text, a number, "ago" "(" timespan ")"

Times are numbers of seconds. A table that is not there is an error, but inside a fuzzy union, as in Kusto. What is null
is neither greater nor less nor equal, and no aggregate counts it but count.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

Row = dict[str, Any]


class Unresolved(Exception):
    """A table or column that is not there: Kusto's SEM0100."""


class NotSimulated(Exception):
    """A query that is not well formed, or of a part of KQL that is not here."""


@dataclass(frozen=True)
class Table:
    """Columns and rows."""

    columns: tuple[str, ...]
    rows: Sequence[Row] = ()


_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<span>\d+[smhd]\b)|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*~?)"""
    r"""|(?P<sign>==|=~|!=|<=|>=|[<>=|;:,()\[\]]))"""
)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=~": lambda left, right: str(left).lower() == str(right).lower(),
}
_AGGREGATES: Mapping[str, Callable[[list[Any]], Any]] = {
    "sum": sum,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "avg": lambda values: sum(values) / len(values) if values else None,
}


@cache
def _tokens(query: str) -> Sequence[tuple[str, str]]:
    found, at = [], 0
    text = query.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotSimulated(f"the query is not understood at {text[at : at + 20]!r}")
        kind = match.lastgroup or ""
        found.append((kind, match[kind]))
        at = match.end()
    return found


def run(query: str, tables: Mapping[str, Table], now: float = 0.0) -> Table:
    """The answer of a query at a moment. Raises `Unresolved` and `NotSimulated`."""
    return _Reader(_tokens(query), tables, now).script()


class _Reader:
    def __init__(self, tokens: Sequence[tuple[str, str]], tables: Mapping[str, Table], now: float) -> None:
        self._tokens, self._at, self._tables, self._now = tokens, 0, dict(tables), now

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self, *expected: str) -> str:
        found = self._peek()
        if not found or (expected and found not in expected):
            raise NotSimulated(f"{' or '.join(expected) or 'more'} was expected, not {found or 'the end'}")
        self._at += 1
        return found

    def _name(self) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at][0] != "name":
            raise NotSimulated(f"a name was expected, not {self._peek() or 'the end'}")
        return self._take()

    def _is(self, *signs: str) -> bool:
        return self._peek() in signs

    def script(self) -> Table:
        while self._is("let"):
            self._take()
            name = self._name()
            self._take("=")
            self._tables[name] = self._tabular()
            self._take(";")
        found = self._tabular()
        if self._peek():
            raise NotSimulated(f"nothing was expected after the query, and there is {self._peek()}")
        return found

    def _tabular(self) -> Table:
        table = self._source()
        if table is None:
            raise Unresolved("the union has no table that is there")
        operators = {"where": self._where, "summarize": self._summarize, "join": self._join, "top": self._top}
        while self._is("|"):
            self._take()
            table = operators[self._take(*operators)](table)
        return table

    def _source(self, *, fuzzy: bool = False) -> Table | None:
        """A table; None for one that is not there, in a fuzzy union."""
        if self._is("("):
            self._take()
            found = self._tabular()
            self._take(")")
            return found
        if self._is("union"):
            return self._union()
        if self._is("datatable"):
            return self._datatable()
        name = self._name()
        if name in self._tables:
            return self._tables[name]
        if fuzzy:
            return None
        raise Unresolved(f"Failed to resolve table or column expression named '{name}'")

    def _union(self) -> Table | None:
        for expected in ("union", "isfuzzy", "=", "true"):
            self._take(expected)
        found = [self._source(fuzzy=True)]
        while self._is(","):
            self._take()
            found.append(self._source(fuzzy=True))
        there = [table for table in found if table is not None]
        if not there:
            return None
        columns = tuple(dict.fromkeys(column for table in there for column in table.columns))
        rows = [{column: row.get(column) for column in columns} for table in there for row in table.rows]
        return Table(columns, rows)

    def _datatable(self) -> Table:
        self._take("datatable")
        columns = []
        for _ in self._listed():
            columns.append(self._name())
            self._take(":")
            self._name()
        self._take("[")
        self._take("]")
        return Table(tuple(columns))

    def _listed(self) -> Iterator[None]:
        """One turn for each thing between parentheses."""
        self._take("(")
        while True:
            yield
            if self._take(",", ")") == ")":
                return

    def _column(self, table: Table) -> str:
        name = self._name()
        if name not in table.columns:
            raise Unresolved(f"Failed to resolve scalar expression named '{name}'")
        return name

    def _where(self, table: Table) -> Table:
        holds = self._either(table)
        return Table(table.columns, [row for row in table.rows if holds(row)])

    def _either(self, table: Table) -> Callable[[Row], bool]:
        found = [self._both(table)]
        while self._is("or"):
            self._take()
            found.append(self._both(table))
        return lambda row: any(one(row) for one in found)

    def _both(self, table: Table) -> Callable[[Row], bool]:
        found = [self._condition(table)]
        while self._is("and"):
            self._take()
            found.append(self._condition(table))
        return lambda row: all(one(row) for one in found)

    def _condition(self, table: Table) -> Callable[[Row], bool]:
        if self._is("("):
            self._take()
            inner = self._either(table)
            self._take(")")
            return inner
        if self._is("isnull"):
            self._take()
            self._take("(")
            asked = self._column(table)
            self._take(")")
            return lambda row: row[asked] is None
        column, sign = self._column(table), self._take(*_COMPARE, "in", "in~")
        if sign in ("in", "in~"):
            compare = _COMPARE["=~" if sign == "in~" else "=="]
            values = [self._literal() for _ in self._listed()]
            return lambda row: any(row[column] is not None and compare(row[column], value) for value in values)
        compare, value = _COMPARE[sign], self._literal()
        return lambda row: row[column] is not None and compare(row[column], value)

    def _literal(self) -> Any:
        if self._is("ago"):
            self._take()
            self._take("(")
            moment = self._now - self._span()
            self._take(")")
            return moment
        kind = self._tokens[self._at][0] if self._at < len(self._tokens) else ""
        text = self._take()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number":
            return float(text)
        raise NotSimulated(f"a text or a number was expected, not {text}")

    def _summarize(self, table: Table) -> Table:
        wanted = [self._aggregate(table)]
        while self._is(","):
            self._take()
            wanted.append(self._aggregate(table))
        groups: list[tuple[str, int]] = []
        while self._is("by" if not groups else ","):
            self._take()
            groups.append(self._group(table))
        keyed: dict[tuple[Any, ...], list[Row]] = {}
        for row in table.rows:
            key = tuple(row[name] // width * width if width else row[name] for name, width in groups)
            keyed.setdefault(key, []).append(row)
        columns = (*(name for name, _ in groups), *(column for names, _ in wanted for column in names))
        rows = [
            dict(zip(columns, (*key, *(value for _, of in wanted for value in of(own))), strict=True))
            for key, own in keyed.items()
        ]
        return Table(columns, rows)

    def _group(self, table: Table) -> tuple[str, int]:
        if not self._is("bin"):
            return self._column(table), 0
        self._take()
        self._take("(")
        name = self._column(table)
        self._take(",")
        width = self._span()
        self._take(")")
        return name, width

    def _span(self) -> int:
        """A length of time, in seconds."""
        text = self._take()
        if not re.fullmatch(r"\d+[smhd]", text):
            raise NotSimulated(f"a length of time was expected, not {text}")
        return int(text[:-1]) * _SECONDS[text[-1]]

    def _top(self, table: Table) -> Table:
        count = self._literal()
        if not isinstance(count, float):
            raise NotSimulated(f"a number was expected, not {count}")
        self._take("by")
        name = self._column(table)
        return Table(table.columns, sorted(table.rows, key=lambda row: row[name], reverse=True)[: int(count)])

    def _aggregate(self, table: Table) -> tuple[tuple[str, ...], Callable[[list[Row]], tuple[Any, ...]]]:
        """The columns that an aggregate makes, and their values of some rows."""
        own = ""
        if self._at + 1 < len(self._tokens) and self._tokens[self._at + 1][1] == "=":
            own = self._name()
            self._take("=")
        name = self._take(*_AGGREGATES, "count", "arg_max")
        if name == "count":
            self._take("(")
            self._take(")")
            return (own or "count_",), lambda rows: (len(rows),)
        columns = [self._column(table) for _ in self._listed()]
        if name == "arg_max":
            return tuple(columns), lambda rows: tuple(_last_of_most(rows, columns[0])[column] for column in columns)
        if len(columns) != 1:
            raise NotSimulated(f"{name} takes one column")
        aggregate = _AGGREGATES[name]
        return (own or f"{name}_{columns[0]}",), lambda rows: (
            aggregate([row[columns[0]] for row in rows if row[columns[0]] is not None]),
        )

    def _join(self, table: Table) -> Table:
        for expected in ("kind", "="):
            self._take(expected)
        kind = self._take("inner", "leftouter")
        other = self._source()
        self._take("on")
        name = self._column(table)
        if other is None or name not in other.columns:
            raise Unresolved(f"Failed to resolve scalar expression named '{name}'")
        renamed = {column: f"{column}1" if column in table.columns else column for column in other.columns}
        nothing: list[Row] = [dict.fromkeys(other.columns)] if kind == "leftouter" else []
        rows = [
            row | {renamed[column]: match[column] for column in other.columns}
            for row in table.rows
            for match in [match for match in other.rows if match[name] == row[name]] or nothing
        ]
        return Table((*table.columns, *renamed.values()), rows)


def _last_of_most(rows: list[Row], column: str) -> Row:
    """The row with the greatest value; of several, which Kusto leaves open, the last."""
    return max(enumerate(rows), key=lambda one: (one[1][column], one[0]))[1]
