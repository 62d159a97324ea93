"""A survey as a stack's file, as text for people and as data for programs.

Whatever Azure has in names, tags and descriptions is data here: YAML quotes it, and a comment or a line of the terminal
shows a control character as what it is.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from components.rules import Problem
from operations.survey.found import Survey, once
from operations.survey.unknown import UNKNOWN
from topology.reading import LOCATION, NAMESPACE
from topology.show.escape import visible

_WIDTH = 118
_PLAIN = re.compile(r"(?![ynYN]\Z)[A-Za-z/][A-Za-z0-9 _./-]*|\d+(\.\d+){3}(/\d+)?")
"""Words, ids and prefixes; of words that YAML has a meaning for PyYAML knows itself."""
_HOMES = {"circuit": "expressRoute", "site": "vpn", "tier": "network", "spoke": "network"}
_SECRETS = {
    "vpnSharedKeys": "the pre-shared key, as the site's appliance has it",
    "circuitAuthorizationKeys": "the authorization key that the circuit's owner gave",
    "peeringSharedKeys": "the MD5 key of the peering's BGP sessions",
}
"""Each secret map, and what is in it."""


class _Quoting(yaml.SafeDumper):
    """Every text that some reader of YAML could take for anything else stands in quotes: Pulumi's has numbers such as
    1e5 and 0o17 that PyYAML has not."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if _PLAIN.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Quoting.add_representer(str, _quoted)


def stack_file(survey: Survey) -> str:
    """The file `Pulumi.STACK.yaml`, with comments."""
    lines = ["# yaml-language-server: $schema=docs/settings.schema.json"]
    lines += _comment(
        "What Azure has, as settings. Everything was only read. What Azure cannot know is in docs/survey.md."
    )
    for one in survey.unread:
        lines += _comment(f"NOT READ: {one.what}: {one.why}")
    for one in survey.left:
        lines += _comment(f"NOT IN THIS FILE: {one.what}: {one.means}")
    if commands := list(secret_commands(survey)):
        lines += ["# Before `pulumi up`, in this stack:", *(f"#   {one}" for one in commands)]
    lines.append("config:")
    notes: dict[str, list[str]] = {}
    for path, texts in survey.inferred.items():
        home = _HOMES.get(path.partition(" ")[0], path.partition(".")[0])
        notes.setdefault(home, []).extend(f"{path}: {text}" for text in once(list(texts)))
    for key, value in survey.values.items():
        for note in notes.get(key, ()):
            lines += _comment(note, "  ")
        full = LOCATION if key == "location" else f"{NAMESPACE}:{key}"
        text = yaml.dump(value, Dumper=_Quoting, sort_keys=False, width=_WIDTH - 8, default_flow_style=None)
        written = text.removesuffix("...\n").splitlines()
        if len(written) == 1 and (not isinstance(value, dict | list) or text[0] in "{["):
            lines.append(f"  {full}: {written[0]}")
        else:
            lines += [f"  {full}:", *(f"    {one}" for one in written)]
    return "\n".join(lines) + "\n"


def _comment(text: str, indent: str = "") -> Iterator[str]:
    for line in textwrap.wrap(visible(text), _WIDTH - len(indent), break_long_words=False, break_on_hyphens=False):
        yield f"{indent}# {line}"


def secret_commands(survey: Survey) -> Iterator[str]:
    """How each secret that `pulumi up` needs is given."""
    for key, names in survey.secrets.items():
        for name in once(list(names)):
            yield f"pulumi config set --secret --path '{key}.{name}'   # {_SECRETS[key]}"


def _counted(items: Sequence[Any], what: str) -> str:
    return f"{len(items)} {what}{'' if len(items) == 1 else 's'}"


def as_text(survey: Survey, problems: Sequence[Problem]) -> str:
    """What was found, for people."""
    values = survey.values
    network, circuits, sites = values["network"], values["expressRoute"]["circuits"], values["vpn"]["sites"]
    on_premises = ", ".join(values["onPremises"]["prefixes"]) or "nothing"
    lines = [
        f"{_counted(circuits, 'circuit')}, {_counted(sites, 'site')}, {_counted(network.get('tiers', []), 'tier')}, "
        f"{_counted(network.get('spokes', []), 'spoke')}; on-premises: {on_premises}"
    ]
    lines += [f"- {path}: {text}" for path, texts in survey.inferred.items() for text in once(list(texts))]
    lines += [f"- NOT READ: {one.what}: {one.why}" for one in survey.unread]
    lines += [f"- Not in the settings: {one.what}: {one.means}" for one in survey.left]
    lines += [f"- {problem.severity}: {problem}" for problem in problems if problem.severity == "error"]
    lines += [f"- Before `pulumi up`: {command}" for command in secret_commands(survey)]
    lines.append(f"- {len(UNKNOWN)} settings are such as Azure cannot know: docs/survey.md lists them.")
    return "\n".join(map(visible, lines)) + "\n"


def as_data(survey: Survey, problems: Sequence[Problem]) -> dict[str, Any]:
    """The same for programs; `json.dumps` takes it."""
    found = {
        "settings": survey.values,
        "inferred": {path: list(texts) for path, texts in survey.inferred.items()},
        "left": [{"what": one.what, "means": one.means} for one in survey.left],
        "unread": [{"id": one.id, "what": one.what, "why": one.why} for one in survey.unread],
        "secrets": {key: list(once(list(names))) for key, names in survey.secrets.items()},
        "unknown": [one._asdict() for one in UNKNOWN],
        "problems": [
            {"path": one.path, "rule": one.rule, "severity": one.severity, "message": one.message} for one in problems
        ],
    }
    return json.loads(json.dumps(found, default=str))
