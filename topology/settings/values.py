"""Single values of the settings: what YAML or JSON gave, read as what a setting takes, or refused in a sentence.

YAML's own words are used (a list, a map, a number, true/false, nothing), never Python's.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from components.rules import Problem, Severity, did_you_mean, rule
from components.rules.security import MAX_PORT

SET_01 = rule("SET-01", "a settings key is a known one", "this project: topology.settings.model")
SET_02 = rule(
    "SET-02",
    "a setting has the shape and the values that its description says",
    "this project: topology.settings.model",
)
SET_03 = rule(
    "SET-03", "a key is a secret of the stack, never clear text in its file", "this project: docs/settings.md"
)

LONGEST_SHOWN = 60
"""Characters of a value that a message shows."""
MAX_NUMBER = 2**53
"""Above it JSON, which carries the settings, does not tell whole numbers apart."""
NAME_LENGTH = 24
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,22}[a-z0-9])?")
_WORDS_OF_YAML = {
    **dict.fromkeys(("true", "yes", "on"), "true"),
    **dict.fromkeys(("false", "no", "off"), "false"),
    "null": "nothing",
}
"""Words that YAML's older readers take for something else than text."""
_YES_AND_NO = {**dict.fromkeys(("1", "t", "y"), True), **dict.fromkeys(("0", "f", "n"), False)} | {
    word: meaning == "true" for word, meaning in _WORDS_OF_YAML.items() if word != "null"
}
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters, line breaks and marks that turn the direction of writing: none is shown, and none is a name's."""
_ENGINES_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC")
"""What the engine makes of a date without quotes."""


class SettingsError(Exception):
    """The settings cannot be used; `problems` has every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Refusal(ValueError):
    """Why a value is not taken. kept: what can be judged nevertheless; None where nothing can."""

    def __init__(self, message: str, kept: Any = None, severity: Severity = "error") -> None:
        super().__init__(message)
        self.kept = kept
        self.severity: Severity = severity


class Encrypted:
    """Stands for a value that a stack file has encrypted."""


ENCRYPTED = Encrypted()


class Told:
    """Stands for a value of which it was told already why it cannot be read."""


TOLD = Told()


def kind(value: Any) -> str:
    """What a value is, in YAML's words, without its content."""
    kinds: list[tuple[Any, str]] = [
        (bool, "true/false"),
        ((int, float), "a number"),
        (str, "text"),
        (Mapping, "a map"),
        ((list, tuple), "a list"),
        (date, "a date"),
        ((set, frozenset), "a set"),
        ((bytes, bytearray), "binary data"),
        (Encrypted, "an encrypted value"),
    ]
    return "nothing" if value is None else next((word for types, word in kinds if isinstance(value, types)), "unknown")


def shown(value: str) -> str:
    """Text in quotes, cut where it is long."""
    return repr(value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}...")


def told(value: Any) -> str:
    """A value as a message names it: its kind, and its content where that is short."""
    if isinstance(value, bool):
        word = "true" if value else "false"
        others = [other for other, meaning in _WORDS_OF_YAML.items() if meaning == word != other]
        return f"{word} (so YAML may read {' and '.join(others)} without quotes)"
    if isinstance(value, int | float):
        return f"the number {value}" if abs(value) <= MAX_NUMBER else "a number beyond all that is used here"
    if isinstance(value, str):
        return f"the text {shown(value)}" if value.strip() else "empty"
    return kind(value)


def key_word(key: Any) -> str:
    """A key of a map as YAML writes it; YAML has keys that are no text."""
    if key is None:
        return "null"
    if isinstance(key, int) and abs(key) > MAX_NUMBER:
        return "number"
    word = str(key).lower() if isinstance(key, bool) else str(key)
    visible = UNSEEN.sub(lambda sign: sign[0].encode("unicode_escape").decode(), word)
    return visible.encode(errors="backslashreplace").decode()


def text(value: Any) -> str:
    """Text in one line that is not empty."""
    given = lines(value)
    if UNSEEN.search(given):
        raise Refusal(f"{shown(given)} has a line break or a control character; remove it")
    return given


def lines(value: Any) -> str:
    """Any text that is not empty, in one line or more."""
    if isinstance(value, date) or (isinstance(value, str) and _ENGINES_DATE.fullmatch(value)):
        raise Refusal("is a date, not text; put it in quotes")
    if not isinstance(value, str):
        quotes = "; if it is meant so, put it in quotes" if isinstance(value, bool | int | float) else ""
        raise Refusal(f"is {told(value)}, not text{quotes}")
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Refusal(f"{shown(value)} has a half of a character, which is no text; write it anew")
    if not value.strip():
        raise Refusal("is empty; give it a value, or remove it where it is not needed")
    return value


def like(value: Any, what: str) -> str:
    """Text of a form that a rule judges. what: the form, in words; a value that is no text would not have it in quotes
    either."""
    if not isinstance(value, str) or _ENGINES_DATE.fullmatch(value):
        raise Refusal(f"is {'a date' if isinstance(value, str) else told(value)}; {what} is needed")
    return text(value)


def sentence(value: Any) -> str:
    """Text that is not empty, put into one line, without what is blank around it."""
    return text(" ".join(lines(value).split()))


def tag(value: Any) -> str:
    """The value of a tag: text, also an empty one, or a whole number."""
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) <= MAX_NUMBER
        and value == int(value)
    ):
        return str(int(value))
    return "" if value == "" else lines(value)


def is_name(text: str) -> bool:
    """Whether this may be the name of a site, a circuit or a tier."""
    return _NAME.fullmatch(text) is not None


def name(value: Any) -> str:
    """Part of physical names: lower-case letters, digits and hyphens, 1 to 24 characters, a letter first."""
    if isinstance(value, bool | int | float):
        raise Refusal(f"is {told(value)}, not a name; a name begins with a letter")
    given = lines(value)
    if not _NAME.fullmatch(given):
        better = re.sub(r"[^a-z0-9]+", "-", given.lower()).lstrip("-0123456789")[:NAME_LENGTH].strip("-")
        meant = f"; did you mean {better!r}?" if _NAME.fullmatch(better) else ""
        length = f" (it has {len(given)} characters)" if len(given) > NAME_LENGTH else ""
        raise Refusal(
            f"{shown(given)} is no name{length}: 1 to {NAME_LENGTH} lower-case letters, digits and hyphens, a letter "
            f"first and no hyphen last{meant}",
            # Such a sign is in no message, so no other rule may speak of this name.
            kept=None if UNSEEN.search(given) else given,
        )
    if given in _WORDS_OF_YAML:
        raise Refusal(
            f"{given!r} is a name, but many readers of YAML take it for {_WORDS_OF_YAML[given]} where it is not in "
            "quotes; better take another",
            kept=given,
            severity="warning",
        )
    return given


def subscription(value: Any) -> str:
    """The id of an Azure subscription, in small letters."""
    given = text(value)
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", given, re.IGNORECASE):
        raise Refusal(f"{shown(given)} is no subscription's id; such a one is 00000000-0000-0000-0000-000000000000")
    return given.lower()


def flag(value: Any) -> bool:
    """true or false, or a word for it."""
    if isinstance(value, str) and value.lower() in _YES_AND_NO:
        return _YES_AND_NO[value.lower()]
    if value in (0, 1) and isinstance(value, bool | int | float):
        return bool(value)
    raise Refusal(f"is {told(value)}, neither true nor false")


def whole(value: Any) -> int:
    """A whole number."""
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,20}(\.0+)?\s*", value):
        value = int(float(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(f"is {told(value)}, not a whole number")
    if not abs(value) <= MAX_NUMBER:
        raise Refusal(f"is {told(value)}")
    if value != int(value):
        raise Refusal(f"is {told(value)}, not a whole one")
    return int(value)


def port(value: Any) -> int:
    """The number of a port."""
    found = whole(value)
    if not 1 <= found <= MAX_PORT:
        raise Refusal(f"{found} is outside 1 to {MAX_PORT}, the numbers of ports")
    return found


def bandwidth(value: Any) -> float:
    """A bandwidth above 0."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(f"is {told(value)}, not a number")
    if not abs(value) <= MAX_NUMBER:
        raise Refusal(f"is {told(value)}")
    if value <= 0:
        raise Refusal(f"is {told(value)}, a bandwidth is above 0")
    return float(value)


def choice(value: Any, words: Sequence[str]) -> str:
    """One of some words; YAML's 1 is the word "1"."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER:
        value = str(int(value)) if value == int(value) else value
    if isinstance(value, str) and value in words:
        return value
    if isinstance(value, str) and value.strip():
        raise Refusal(f"{shown(value)} is none of {', '.join(words)}{did_you_mean(value, words)}")
    raise Refusal(f"is {told(value)}; choose one of {', '.join(words)}")


def prefix(value: Any) -> IPv4Network:
    """An IPv4 prefix with its length."""
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str) or not value.strip():
        raise Refusal(f"is {told(value)}, not an IPv4 prefix such as 10.0.0.0/16")
    try:
        if "/" not in value:
            IPv4Address(value)
            raise Refusal(
                f"{value} has no mask such as /16; write {value}/N with the N that is meant (/32 is this one address)"
            )
        return IPv4Network(value)
    except Refusal:
        raise
    except ValueError as error:
        if "host bits" in str(error):
            network = IPv4Network(value, strict=False)
            raise Refusal(f"{value} is an address inside {network}, not a prefix; write {network}") from None
        raise Refusal(f"{shown(value)} is not an IPv4 prefix such as 10.0.0.0/16") from None


def address(value: Any) -> IPv4Address:
    """An IPv4 address."""
    if isinstance(value, IPv4Address):
        return value
    if not isinstance(value, str) or not value.strip():
        raise Refusal(f"is {told(value)}, not an IPv4 address such as 10.0.1.250")
    try:
        return IPv4Address(value)
    except ValueError:
        raise Refusal(f"{shown(value)} is not an IPv4 address such as 10.0.1.250") from None


def interface(value: Any) -> IPv4Interface:
    """An IPv4 address of a machine with the length of its network's prefix."""
    if isinstance(value, IPv4Interface):
        return value
    example = "192.168.0.1/24"
    if not isinstance(value, str) or not value.strip():
        raise Refusal(f"is {told(value)}, not an address with its prefix length such as {example}")
    if "/" not in value:
        raise Refusal(f"{address(value)} has no prefix length; write it as in {example}")
    try:
        return IPv4Interface(value)
    except ValueError:
        raise Refusal(f"{shown(value)} is not an address with its prefix length such as {example}") from None


def port_range(value: Any) -> str:
    """A port, a range of ports or `*`."""
    if isinstance(value, float) and abs(value) <= MAX_NUMBER and value == int(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str) or (isinstance(value, int) and value > MAX_NUMBER):
        raise Refusal(f"is {told(value)}, neither a port (0 to 65535) nor a range such as 8000-8010 nor *")
    given = "a negative number" if isinstance(value, int) and value < 0 else str(value)
    low, _, high = given.partition("-")
    numbers = [part for part in (low, high or low) if re.fullmatch(r"[0-9]{1,5}", part)]
    if given != "*" and not (len(numbers) == 2 and 0 <= int(numbers[0]) <= int(numbers[1]) <= MAX_PORT):
        raise Refusal(f"{shown(given)} is neither a port (0 to 65535) nor a range such as 8000-8010 nor *")
    return given
