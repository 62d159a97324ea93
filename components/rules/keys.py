"""Rules for secret keys. A key's characters are judged, and no message ever has one of them."""

import re
from collections.abc import Iterator

from . import Problem, rule
from .sources import ER_PEERING, VPN_FAQ

VPN_15 = rule("VPN-15", "a pre-shared key is of printable ASCII, without space, hyphen and tilde", VPN_FAQ)
VPN_16 = rule(
    "VPN-16",
    "a pre-shared key has 1 to 128 characters: so many take Azure's reset of it, its maximum is not documented",
    VPN_FAQ,
    "warning",
)
KEY_03 = rule("KEY-03", "the MD5 key of a private peering has 1 to 25 letters and digits", ER_PEERING)
KEY_04 = rule(
    "KEY-04",
    "a pre-shared key has at least 20 characters: shorter ones are found by trying",
    "NIST SP 800-77 Rev. 1, pre-shared keys",
    "warning",
)

RULES_THAT_SHOW_NOTHING = frozenset(("VPN-15", "VPN-16", "KEY-03", "KEY-04"))
"""No message of theirs has a character of the key."""
MAX_SHARED_KEY, MAX_PEERING_KEY, STRONG_KEY = 128, 25, 20


def shared_key(path: str, key: str) -> Iterator[Problem]:
    """The pre-shared key of a VPN site [VPN-15, VPN-16, KEY-04]. path: the key's name; the message never has it."""
    if not key:
        yield VPN_15(path, "the key is empty")
        return
    wrong = [position for position, sign in enumerate(key, 1) if not "!" <= sign <= "}" or sign == "-"]
    if wrong:
        places = ", ".join(map(str, wrong[:5])) + (" and more" if len(wrong) > 5 else "")
        yield VPN_15(
            path,
            f"character {places} of {len(key)} is not allowed: printable ASCII, without space, hyphen and tilde",
        )
    if len(key) > MAX_SHARED_KEY:
        yield VPN_16(path, f"{len(key)} characters, more than the {MAX_SHARED_KEY} that Azure's reset of a key takes")
    elif len(key) < STRONG_KEY:
        yield KEY_04(path, f"{len(key)} characters; take {STRONG_KEY} or more at random")


def peering_key(path: str, key: str) -> Iterator[Problem]:
    """The MD5 key of a private peering [KEY-03]. path: the key's name; the message never has it."""
    if not 1 <= len(key) <= MAX_PEERING_KEY:
        yield KEY_03(path, f"{len(key)} characters, Azure takes 1 to {MAX_PEERING_KEY}")
    elif not re.fullmatch(r"[A-Za-z0-9]+", key):
        yield KEY_03(path, "it has signs other than letters and digits; use only those")
