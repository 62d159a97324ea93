"""The table of all rules: `.venv/bin/python -m tests.rules_table > docs/rules.md`.

Made from the catalogue, the cases of the tests, the components' own code and the simulated Azure's table of errors, so
that each row says only what is there. Rules that nothing executes are data: `docs/rules_not_judged.yaml`; so is how
each rule is known: `docs/rules_evidence.yaml`.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeGuard

import yaml

import components
import components.rules
from components import gateway_parts, network_parts
from components.rules import CATALOGUE, Rule
from simulator.errors import KINDS
from tests.stacks import ROOT
from tests.unit.rules.cases import CASES, EXISTING, FAILOVER, FAMILIES, named_in_tests
from tests.unit.rules.cases_components import NOT_ALONE
from topology.review import across
from topology.review import places as where

EVIDENCE = ROOT / "docs" / "rules_evidence.yaml"
COMMAND = ".venv/bin/python -m tests.rules_table > docs/rules.md"
LEARN = "https://learn.microsoft.com/azure/"
_COMPONENTS = Path(components.__path__[0])
_PARTS = [Path(str(module.__file__)) for module in (network_parts, gateway_parts)]
"""The compositions of rules."""
_INTRODUCTION = f"""# Rules

Every rule of Azure's, and of this network's own, that the project knows. Made by `{COMMAND}`; a test compares.

An error stops the preview, a warning is shown. Where a rule is enforced: *settings* means that a stack's configuration
is judged at every preview; *review of several stacks*, that the command `topology review` judges the configurations of
several together; a component's name, that the component judges its own arguments; *simulator*, that the simulated
Azure refuses or plays it, with Azure's error code where one is known; a folder's name, that this folder keeps to it or
is built on it. The next column names the test of a judged rule, or says why a rule is not judged beforehand. An id is
never reused.

Each rule says how it is known, and the date on which that was last seen: a *document* of Microsoft's or a standard (the
date of the version that was read), *published source*, a *recording* of Azure's answer, a *report* of what people met,
an *inference* from other rules, or a *decision* of this project's own, of which Azure knows nothing. Both stand in
`{EVIDENCE.relative_to(ROOT)}`: by source, and by rule where the rule is known otherwise than its source says.
"""


KINDS_OF_EVIDENCE = ("document", "published source", "recording", "report", "inference", "decision")


@dataclass(frozen=True)
class Evidence:
    """How a rule is known: one of `KINDS_OF_EVIDENCE`, and when that was last seen."""

    kind: str
    seen: date

    def __str__(self) -> str:
        return f"{self.kind}, {self.seen.isoformat()}"


@dataclass(frozen=True)
class NotJudged:
    """A rule that no setting and no argument can break, or that nobody can judge beforehand.

    why: the reason, or which rule says it instead. where: the folder that keeps to it or is built on it, empty where
    none is.
    """

    meaning: str
    source: str
    why: str
    where: str


def _not_judged_rules() -> dict[str, NotJudged]:
    rules: dict[str, NotJudged] = {}
    for group in yaml.safe_load(DATA.read_text()):
        for id, (meaning, source) in group["rules"].items():
            rules[id] = NotJudged(meaning, source, group["why"], group.get("where", ""))
    return rules


DATA = ROOT / "docs" / "rules_not_judged.yaml"
NOT_JUDGED = _not_judged_rules()
"""Every such rule by id."""


def _evidence_of(part: str) -> dict[str, Evidence]:
    kinds: dict[str, dict[str, date]] = yaml.safe_load(EVIDENCE.read_text())[part]
    return {name: Evidence(kind, seen) for kind, dates in kinds.items() for name, seen in dates.items()}


OF_SOURCES, OF_RULES = _evidence_of("sources"), _evidence_of("rules")
"""Evidence by source, and of the rules that are known otherwise, by id."""


def sources() -> dict[str, str]:
    """The source of every rule, by its id."""
    _load()
    return {id: rule.source for rules in (CATALOGUE, NOT_JUDGED) for id, rule in rules.items()}


def line_of(source: str) -> str | None:
    """The line of `EVIDENCE` that speaks for a source: of all that could, the one that says most of it."""
    short = source.removeprefix(LEARN)
    whose = short.split(":")[0]
    lines = (short, short.split("#")[0], *([whose] if whose == "this project" else []))
    return next((line for line in lines if line in OF_SOURCES), None)


def evidence(id: str, source: str) -> Evidence | None:
    """How a rule is known; None where nobody says it, which a test does not let pass."""
    line = line_of(source)
    return OF_RULES.get(id) or (OF_SOURCES[line] if line else None)


def table() -> str:
    """The whole page."""
    _load()
    lines = [_INTRODUCTION]
    lines.append("| id | rule | at preview | where enforced | test, or why not judged | source | evidence, last seen |")
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for id in sorted({*CATALOGUE, *NOT_JUDGED}, key=_order):
        cells = (id, *_judged(id)) if id in CATALOGUE else (id, *_not_judged(id))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    judged = sum(id in CATALOGUE for id in {*CATALOGUE, *NOT_JUDGED})
    lines.append(f"\n{judged} rules are judged at preview, {len(NOT_JUDGED)} are not.\n")
    return "\n".join(lines)


def _judged(id: str) -> Iterator[str]:
    rule = CATALOGUE[id]
    of_settings = {case.rule for case in (*CASES, *FAILOVER, *EXISTING)}
    of_stacks = [one for module in (across, where) for one in vars(module).values() if isinstance(one, Rule)]
    places = ["settings"] if id in of_settings or id.startswith(("SET-", "CLOUD-")) else []
    places += ["review of several stacks"] if rule in of_stacks else []
    yield rule.meaning
    yield rule.severity
    yield ", ".join([*places, *components_that_judge(id), *_simulated(id)])
    files = [path for path, cases in FAMILIES.items() if any(case.rule == id for case in cases)]
    yield ", ".join(f"`{path}`" for path in files or named_in_tests(id))
    yield _link(rule.source)
    yield str(evidence(id, rule.source) or "")


def _not_judged(id: str) -> Iterator[str]:
    rule = NOT_JUDGED[id]
    yield rule.meaning
    yield "-"
    kept = [rule.where] if rule.where else []
    simulated = [place for place in _simulated(id) if place not in kept]
    yield ", ".join([*kept, *simulated]) or "-"
    yield rule.why
    yield _link(rule.source)
    yield str(evidence(id, rule.source) or "")


def _simulated(id: str) -> Iterator[str]:
    codes = [kind.code or key for key, kind in KINDS.items() if id in kind.rules]
    known = sorted({code for code in codes if not code.startswith("CodeUnknown")})
    if codes:
        yield "simulator" + (f" (`{'`, `'.join(known)}`)" if known else "")


def _link(source: str) -> str:
    if not source.startswith("https://"):
        return source
    return f"[{source.removeprefix(LEARN).removeprefix('https://')}]({source})"


def _order(id: str) -> tuple[str, int]:
    family, number = id.split("-")
    return family, int(number)


def _load() -> None:
    """Declares every rule: those of the package, of the settings' judge and of the components."""
    for package, folder in ((components.rules.__name__, components.rules.__path__), ("components", [_COMPONENTS])):
        for module in pkgutil.iter_modules([str(one) for one in folder]):
            importlib.import_module(f"{package}.{module.name}")
    importlib.import_module("topology.reading")


@cache
def _judges() -> dict[str, set[str]]:
    """Rule id -> components whose code calls a function that yields it, or yields it itself."""
    found: dict[str, set[str]] = {}
    for path in sorted(_COMPONENTS.glob("*.py")):
        tree = ast.parse(path.read_text())
        classes = [
            node.name
            for node in tree.body
            if isinstance(node, ast.ClassDef)
            and any(isinstance(b, ast.Name) and b.id == "Component" for b in node.bases)
        ]
        modules: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "rules":
                modules |= {alias.asname or alias.name: alias.name for alias in node.names}
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        ids = {name.replace("_", "-") for name in used if re.fullmatch(r"[A-Z]+_\d\d", name)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
                ids |= _yielded(modules[node.value.id], node.attr)
        for id in ids if path not in _PARTS else ():
            found.setdefault(id, set()).update(classes or [path.stem])
    for component, ids in _compositions().items():
        for id in ids:
            found.setdefault(id, set()).add(component)
    return found


def _compositions() -> dict[str, set[str]]:
    """Component -> the rules that its composition applies, through the functions that it calls."""
    bodies = [node for path in _PARTS for node in ast.parse(path.read_text()).body]
    functions = {node.name: node for node in bodies if isinstance(node, ast.FunctionDef)}

    def reached(name: str) -> set[str]:
        ids: set[str] = set()
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                ids |= _yielded(node.value.id, node.attr)
            elif isinstance(node, ast.Name) and node.id in functions and node.id != name:
                ids |= reached(node.id)
            elif _is_rule(node):
                ids.add(node.id.replace("_", "-"))
        return ids

    # ARG-01 and ARG-02 are every component's: `components.arguments` has them.
    names = {"".join(map(str.capitalize, name.split("_"))): name for name in functions}
    return {component: reached(name) for component, name in names.items() if component in components.__all__}


@cache
def _yielded(module: str, function: str) -> frozenset[str]:
    """Ids of the rules that a function of the rules reaches, through functions of its package too."""
    path = _COMPONENTS / "rules" / f"{module}.py"
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text())
    imported = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        for alias in node.names
    }
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if function not in functions:
        return frozenset()
    tables = {
        node.target.id: node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }
    ids: set[str] = set()
    own = {function, *(node.arg for node in ast.walk(functions[function]) if isinstance(node, ast.arg))}
    for node in ast.walk(functions[function]):
        if not isinstance(node, ast.Name) or node.id in own:
            continue
        if _is_rule(node):
            ids.add(node.id.replace("_", "-"))
        elif node.id in tables:
            ids |= {part.id.replace("_", "-") for part in ast.walk(tables[node.id]) if _is_rule(part)}
        elif node.id in functions:
            ids |= _yielded(module, node.id)
        elif node.id in imported:
            ids |= _yielded(*imported[node.id])
    return frozenset(ids)


def _is_rule(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and re.fullmatch(r"[A-Z]+_\d\d", node.id) is not None


def components_that_judge(id: str) -> list[str]:
    """The components, or modules of theirs, that enforce a rule by themselves."""
    return sorted(name for name in _judges().get(id, ()) if (name, id) not in NOT_ALONE)


if __name__ == "__main__":
    print(table(), end="")
