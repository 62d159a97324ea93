"""What a change of each setting does in Azure, as data: one row a change, and each row in words.

The rows are in `consequences.json`, which `python -m tests.consequences --write` makes: every change tried on the
simulated Azure. The table of docs/changes.md is made of the same rows.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("consequences.json")
EVERYTHING = "everything"
SUBNETS = ("GatewaySubnet", "AzureBastionSubnet")
"""What has its name in Azure, and so no article."""
TUNNEL = "the site's tunnel"
BASTION, TIER, SPOKE, EXPRESS_ROUTE, VPN = "Bastion", "the tier", "the spoke", "ExpressRoute", "VPN"
"""What can be out of order, besides `TUNNEL` and `EVERYTHING`."""
LET_IN = "what the rule let in"
DEVICE, CLIENTS, MACHINES = "the device follows", "its clients follow", "its machines follow"
FOLLOWERS = (CLIENTS, MACHINES, DEVICE)
"""What ends an outage that Azure does not end: how long that takes nobody knows here."""
HEAD = "| setting | what a change does | outage |\n| --- | --- | --- |"
NONE_KNOWN = "none known"


@dataclass(frozen=True)
class Consequence:
    """What one change of one setting does while `protect` is false.

    setting: its path in the model, `[]` for any item of a list. change: which change, where a setting has several.
    """

    setting: str
    change: str = ""
    rules: tuple[str, ...] = ()
    """Ids of the rules that stop the preview; nothing else is known then."""
    asked: bool = False
    """Whether these rules compare with what Azure, or the stack's own state, has; others show in the settings alone."""
    makes: tuple[str, ...] = ()
    """What is made, in words such as `VPN connections`; `everything` where it is that much. So the next three."""
    replaces: tuple[str, ...] = ()
    """What is deleted and made again."""
    changes: tuple[str, ...] = ()
    """What is changed in place."""
    deletes: tuple[str, ...] = ()
    refusal: str = ""
    """Azure's code, or the rule's id in brackets, where Azure does not take it."""
    halfway: bool = False
    """Whether Azure refuses it only when something is deleted already."""
    keeps_key: bool = False
    """Whether Azure takes it and goes on with the old key [CONN-04]."""
    minutes: Mapping[str, int] = field(default_factory=dict)
    """What is out of order while it is made again, and for how many simulated minutes."""
    until_back: tuple[str, ...] = ()
    """What is out of order from then on."""
    until_followed: Mapping[str, str] = field(default_factory=dict)
    """What is out of order until the other end is changed likewise, and which that is: one of `FOLLOWERS`."""
    renegotiates: bool = False
    """Whether tunnels are negotiated anew: a few seconds [IPSEC-12]."""

    @property
    def nothing(self) -> bool:
        """Azure is not asked for anything."""
        return not (self.rules or self.makes or self.replaces or self.changes or self.deletes)


@cache
def consequences() -> Mapping[tuple[str, str], Consequence]:
    """Every row, by its setting and change, in the table's order."""
    rows = [_row(row) for row in json.loads(FILE.read_text(encoding="utf-8"))]
    return {(row.setting, row.change): row for row in rows}


def written(rows: Iterable[Consequence]) -> str:
    """The file's text: a row a line, without what is as by default."""
    blank = asdict(Consequence(""))
    lines = [{key: value for key, value in asdict(row).items() if value != blank[key]} for row in rows]
    return "[\n" + ",\n".join(f"  {json.dumps(line)}" for line in lines) + "\n]\n"


def _row(data: dict[str, Any]) -> Consequence:
    for key, value in data.items():
        data[key] = tuple(value) if isinstance(value, list) else value
    return Consequence(**data)


def effect(row: Consequence) -> str:
    """What is made, replaced, changed and deleted, and whether Azure takes it."""
    if row.rules:
        return f"refused at preview [{', '.join(row.rules)}]"
    if row.nothing:
        return "nothing in Azure"
    steps = (
        ("makes {}", row.makes),
        ("replaces {}", row.replaces),
        ("changes {} in place", row.changes),
        ("deletes {}", row.deletes),
    )
    what = "; ".join(words.format(_named(nouns)) for words, nouns in steps if nouns)
    if row.keeps_key:
        what += ", but Azure keeps the old key [CONN-04]"
    if not row.refusal:
        return what
    code = row.refusal if row.refusal.startswith(("[", "(")) else f"(`{row.refusal}`)"
    return f"{what}: refused by Azure{', halfway' if row.halfway else ''} {code}"


def outage(row: Consequence) -> str:
    """What is out of order, and for how long."""
    if row.rules or row.nothing or (row.refusal and not row.halfway):
        return "none"
    if row.refusal:
        return "what is deleted by then"
    parts = [f"{name} {minutes} min" for name, minutes in row.minutes.items()]
    parts += [f"{name}, until it is back" for name in row.until_back]
    parts += [f"{name}, until {who}" for name, who in row.until_followed.items()]
    if row.renegotiates:
        parts.append(f"{TUNNEL}, a few seconds [IPSEC-12]")
    return "; ".join(parts) or (NONE_KNOWN if row.changes or row.deletes else "none")


def table(rows: Iterable[Consequence]) -> str:
    """The Markdown table; neighbours with the same consequence share a row."""
    merged: list[list[Consequence]] = []
    for row in rows:
        if merged and _alike(merged[-1][0], row):
            merged[-1].append(row)
        else:
            merged.append([row])
    return "\n".join([HEAD, *(f"| {_settings(rows)} | {effect(rows[0])} | {outage(rows[0])} |" for rows in merged)])


def plural(noun: str) -> str:
    """What several are called."""
    head, of, rest = noun.partition(" of ")
    return f"{head}{'es' if head.endswith('s') else 's'}{of}{rest}"


def _named(nouns: tuple[str, ...]) -> str:
    *names, last = (noun if noun in (*SUBNETS, EVERYTHING) else f"the {noun}" for noun in nouns)
    return f"{', '.join(names)} and {last}" if names else last


def _alike(one: Consequence, other: Consequence) -> bool:
    same = (effect(one), outage(one)) == (effect(other), outage(other))
    parents = {row.setting.rpartition(".")[0] for row in (one, other)}
    return same and len(parents) == 1 and not one.change and not other.change


def _settings(rows: list[Consequence]) -> str:
    first, *others = rows
    names = [f"`{first.setting}`", *(f"`{other.setting.rpartition('.')[2]}`" for other in others)]
    return ", ".join(names) + (f", {first.change}" if first.change else "")
