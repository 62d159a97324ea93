"""Reading settings: from plain data to `Settings`, or to every problem at once.

Every value is read by itself, where it stands: one that cannot be read is a problem with its path, and all others are
judged nevertheless.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from components.rules import CATALOGUE, Problem, errors
from components.rules.names import NAME_01
from components.rules.there import Existing

from .proof.network import network
from .proof.requirement import failover_problems
from .settings.cloud import cloud_problems
from .settings.judge import parts
from .settings.judge_existing import existing_ids, with_existing
from .settings.model import Settings
from .settings.possible import Part, certain, worlds
from .settings.reader import LOCATION, Reader
from .settings.values import ENCRYPTED, SET_01, SET_02, SET_03, Refusal, flag, key_word, kind
from .settings.values import SettingsError as SettingsError

if TYPE_CHECKING:
    from .settings.stack_file import StackFile

NAMESPACE = "hybrid-network"
SUBSCRIPTION = "azure-native:subscriptionId"
SECRET_KEYS = {
    "vpnSharedKeys": "Pre-shared key of every VPN site, by the site's name: printable ASCII without space, hyphen and "
    "tilde [VPN-15].",
    "circuitAuthorizationKeys": "Authorization key of an existing circuit, from its owner, by the circuit's name.",
    "peeringSharedKeys": "MD5 key of a circuit's private peering, by the circuit's name: letters and digits [KEY-03].",
}
"""Secret maps of the stack's configuration, and what is in them."""

OTHER_KEYS = {
    "keepOldTypeAliases": "Keep the older type names of azure-native as aliases; only for a state that azure-native 2 "
    "or older has written.",
}
"""Keys of our namespace that are no settings of the network, and what they mean."""

KEYS = (LOCATION, *(f"{NAMESPACE}:{key}" for key in (*map(to_camel, Settings.model_fields), *SECRET_KEYS, *OTHER_KEYS)))
"""Every full key of a stack's configuration that this project knows."""

Secrets = Mapping[str, Mapping[str, str | None] | None]
"""Secret map -> name -> value. None in place of a value, or of a map: it is there, and is not known."""


Ask = Callable[[Settings], Existing | None]
"""Asks Azure about what is there already; None where it is not what the settings say, so that nothing can be proved."""


@dataclass(frozen=True)
class Reading:
    """What a stack's settings say. settings: None where a part of them could not be read."""

    settings: Settings | None
    problems: list[Problem]
    encrypted: list[str]
    """Paths of the settings that are encrypted, so that they are not known."""
    not_asked: list[str]
    """What a preview judges besides: the encrypted parts of a file, and what only Azure knows."""


def read(
    values: Mapping[str, Any], secrets: Secrets | None = None, ask: Ask | None = None, subscription: str = ""
) -> tuple[Settings | None, list[Problem]]:
    """Settings and every problem of plain `values` (camelCase keys of our namespace, and `location`).

    secrets: each secret map's names and values, which no message ever shows; None leaves the secrets unjudged.
    ask: asks Azure about what is there already; None leaves it unknown.
    subscription: id of the one that is deployed to, where the provider's configuration says it.
    The settings are None where a part of them could not be read.
    """
    settings, problems, _ = _read(values, secrets, ask, subscription)
    return settings, problems


def read_config(
    config: Mapping[str, str], secret_keys: Collection[str], ask: Ask | None = None
) -> tuple[Settings | None, list[Problem]]:
    """Settings and problems of a stack's configuration as Pulumi hands it to a program.

    config: full key -> text (JSON for what is not a string). secret_keys: the full keys that are encrypted.
    ask: as for `read`.
    """
    given = {full: _given(value) for full, value in config.items()}
    secrets, problems = _secrets(given, secret_keys)
    problems += _keys(given)
    settings, found = read(_settings(given), secrets, ask, "" if SUBSCRIPTION in secret_keys else _subscription(given))
    problems += cloud_problems(given, settings)
    hidden = {LOCATION if full == LOCATION else full.partition(":")[2] for full in secret_keys}
    return settings, problems + [_without_value(problem, hidden) for problem in found]


def read_stack_file(path: Path) -> tuple[Settings | None, list[Problem]]:
    """Reads a `Pulumi.STACK.yaml` without Pulumi; see `read_file`."""
    reading = read_file(path)
    needed = [SET_02(place, "is encrypted in the file, and is needed here") for place in reading.encrypted]
    return reading.settings, reading.problems + needed


def read_file(path: Path) -> Reading:
    """Reads a `Pulumi.STACK.yaml` without Pulumi: what a preview says, but for what is encrypted or only Azure knows.

    Raises SettingsError where the file is none.
    """
    from .settings.stack_file import load  # here, since the program has its settings from the engine and needs no YAML

    return reading_of(load(path))


def reading_of(file: "StackFile") -> Reading:
    """`read_file` of a file that is loaded."""
    config, problems = file.config, list(file.problems)
    given = {full: _given(value) if isinstance(value, str) else value for full, value in config.items()}
    encrypted = [full for full, value in given.items() if _has_encrypted(value)]
    secrets, found = _secrets(given, encrypted)
    problems += found
    problems += _keys(given)
    not_asked = [
        f"the values of {key}, which are encrypted" for key in SECRET_KEYS if f"{NAMESPACE}:{key}" in encrypted
    ]
    if f"{NAMESPACE}:vpnSharedKeys" not in given:
        secrets["vpnSharedKeys"] = None
        not_asked.append("whether each VPN site has its key, since the file has no vpnSharedKeys")
    # A file that the program completes with keys of its own has none of them yet.
    secrets.setdefault("circuitAuthorizationKeys", None)
    settings, found, unread = _read(_settings(given), secrets, subscription=_subscription(given))
    problems += cloud_problems(given, settings)
    not_asked += [f"{path}, which is encrypted" for path in unread]
    return Reading(settings, problems + found, unread, not_asked + (_asked_of_azure(settings) if settings else []))


def secret_names(path: Path, key: str) -> Collection[str] | None:
    """The names in a secret map of a stack's file; None where the whole map is encrypted.

    Raises SettingsError where the file is none.
    """
    from .settings.stack_file import load  # as in `read_file`

    config = load(path).config
    given = config.get(f"{NAMESPACE}:{key}")
    return None if given is ENCRYPTED else list(given) if isinstance(given, Mapping) else []


def keeps_old_type_aliases(config: Mapping[str, str]) -> bool:
    """Whether the program is to know the older names of azure-native's types, as a configuration that was read says."""
    value = _given(config.get(f"{NAMESPACE}:keepOldTypeAliases", ""))
    return value is not None and flag(value)


def secret_maps(config: Mapping[str, str]) -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    """The names and values of each secret map, in the order of `SECRET_KEYS`; empty where it is not set or no map."""
    vpn, circuits, peerings = (_given(config.get(f"{NAMESPACE}:{key}", "{}")) for key in SECRET_KEYS)
    return _map(vpn), _map(circuits), _map(peerings)


def _subscription(given: Mapping[str, Any]) -> str:
    """Id of the subscription that the provider's configuration names; empty where it names none."""
    value = given.get(SUBSCRIPTION)
    return value if isinstance(value, str) else ""


def _map(value: Any) -> Mapping[str, str]:
    return value if isinstance(value, dict) else {}


def _given(text: str) -> Any:
    """What Pulumi's text stands for: it has made one of each value, JSON where that was no text, and "" of nothing."""
    if text == "":
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return float(text.replace(".", "", 1)) if re.fullmatch(r"[+-]?\.(inf|nan)", text.lower()) else text


def _settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings' keys and values of a whole configuration."""
    values: dict[str, Any] = {}
    for full, value in given.items():
        namespace, _, key = full.partition(":")
        if full == LOCATION:
            values["location"] = value
        elif namespace == NAMESPACE and key not in (*SECRET_KEYS, *OTHER_KEYS):
            values[key] = value
    return values


def _keys(given: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with full keys, and with our own that are neither settings of the network nor secrets."""
    for full, value in given.items():
        namespace, colon, key = full.partition(":")
        ours = f"{NAMESPACE}:{key}"
        if not colon:
            yield SET_01(key_word(full), f"is no key that Pulumi takes; such a one is {NAMESPACE}:network")
        elif full not in KEYS and ours in KEYS and get_close_matches(namespace[:100], [NAMESPACE], cutoff=0.85):
            yield SET_01(key_word(full), f"unknown namespace; did you mean {ours}?")
        elif full == ours and key in OTHER_KEYS and value is not ENCRYPTED:
            try:
                flag(value)
            except Refusal as refusal:
                yield SET_02(key, str(refusal))


def _secrets(
    given: Mapping[str, Any], encrypted: Collection[str]
) -> tuple[dict[str, Mapping[str, str | None] | None], list[Problem]]:
    """The secret maps of a configuration. Nothing that is in them is shown, whatever it is: only names and types."""
    secrets: dict[str, Mapping[str, str | None] | None] = {}
    problems: list[Problem] = []
    for key in SECRET_KEYS:
        full = f"{NAMESPACE}:{key}"
        if full not in given:
            continue
        value, way_out = given[full], f"pulumi config set --secret --path '{key}.NAME'"
        if isinstance(value, Mapping):
            secrets[key] = {key_word(name): one if isinstance(one, str) else None for name, one in value.items()}
            for name, one in value.items():
                if one is not ENCRYPTED and not isinstance(one, str):
                    problems.append(SET_02(f"{key}.{key_word(name)}", f"is {kind(one)}, not text; set it as text"))
        elif value is not ENCRYPTED:
            secrets[key] = {} if value is None else None
            problem = SET_02(key, f"is {kind(value)}, not a map of names and keys; set each with: {way_out}")
            problems.append(problem._replace(severity="warning") if value is None else problem)
        else:
            secrets[key] = None
        if value and full not in encrypted:
            problems.append(SET_03(key, f"is in clear text; remove it, take a new key and set it with: {way_out}"))
    return secrets, problems


def _has_encrypted(value: Any) -> bool:
    """Whether anything in a value is encrypted. Looks once at what aliases put in many places."""
    seen: set[int] = set()
    left = [value]
    while left:
        one = left.pop()
        if one is ENCRYPTED:
            return True
        if isinstance(one, Mapping | list) and id(one) not in seen:
            seen.add(id(one))
            left += one.values() if isinstance(one, Mapping) else one
    return False


def _without_value(problem: Problem, hidden: Collection[str]) -> Problem:
    """The problem of a setting that is kept as a secret, with the rule's words instead of the value."""
    if not any(problem.path == key or problem.path.startswith((f"{key}.", f"{key}[")) for key in hidden):
        return problem
    rule = CATALOGUE[problem.rule]
    return (
        problem if rule in (SET_01, SET_03) else problem._replace(message=f"a secret, not shown here: {rule.meaning}")
    )


def _asked_of_azure(settings: Settings) -> list[str]:
    """What the program looks up besides."""
    circuits = [circuit for circuit in settings.express_route.circuits if circuit.ordered]
    asked = [f"how far Azure and the provider are with circuit {circuit.name}" for circuit in circuits]
    if settings.network.existing:
        asked.append("what the existing network has, and the gateways in it")
    if settings.gateways_there:
        asked.append("the SKUs of existing gateways")
    if not settings.vpn.gateway.known:
        asked.append("how many instances the existing VPN gateway has, one of which is taken to be active")
    asked += [f"what the network of spoke {one.name} has" for one in settings.network.spokes if one.existing]
    return asked


def _read(
    values: Mapping[str, Any], secrets: Secrets | None, ask: Ask | None = None, subscription: str = ""
) -> tuple[Settings | None, list[Problem], list[str]]:
    """Settings, problems, and the paths of what is encrypted."""
    reader = Reader()
    root = reader.part(Settings, values, "", also=(*SECRET_KEYS, *OTHER_KEYS))
    assert isinstance(root, Part)
    possible = [world._replace(settings=with_existing(world.settings, None)) for world in worlds(root)]
    problems = reader.problems + certain(possible, lambda settings: parts(settings, secrets, subscription))
    settings = None if reader.unreadable else possible[0].settings
    if settings and ask and existing_ids(settings) and not errors(problems):
        there = ask(settings)
        if there is None:
            return settings, list(dict.fromkeys(problems)), reader.encrypted
        settings = with_existing(settings, there)
        possible, problems = (
            [possible[0]._replace(settings=settings)],
            reader.problems + parts(settings, secrets, subscription),
        )
    problems += _failover([world.settings for world in possible])
    # A name that is a neighbour's in other letters is none for its letters too; in the right ones it would be taken.
    taken = {problem.path for problem in problems if problem.rule == NAME_01.id}
    told = [p for p in dict.fromkeys(problems) if not (p.rule == SET_02.id and p.path in taken)]
    return settings, told, reader.encrypted


def _failover(possible: Sequence[Settings]) -> list[Problem]:
    """Every problem of the failover; none where settings that may be meant have different routes."""
    first, *others = possible
    if others and any((network(one), one.failover) != (network(first), first.failover) for one in others):
        return []
    return failover_problems(first)
