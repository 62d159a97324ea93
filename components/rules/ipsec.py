"""Rules for a custom IPsec/IKE policy: what Azure knows, what goes together, and what is too weak."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from . import Problem, Rule, at, did_you_mean, rule
from .sources import LEARN, RFC_IPSEC, VPN_FAQ

_POLICY = f"{LEARN}/vpn-gateway/vpn-gateway-about-compliance-crypto"

IPSEC_02 = rule("IPSEC-02", "IKE encryption is one that Azure knows", _POLICY)
IPSEC_03 = rule("IPSEC-03", "IKE integrity is one that Azure knows", _POLICY)
IPSEC_04 = rule("IPSEC-04", "the Diffie-Hellman group is one that Azure knows", _POLICY)
IPSEC_05 = rule("IPSEC-05", "IPsec encryption is one that Azure knows", _POLICY)
IPSEC_06 = rule("IPSEC-06", "IPsec integrity is one that Azure knows", _POLICY)
IPSEC_07 = rule("IPSEC-07", "the PFS group is one that Azure knows", _POLICY)
IPSEC_08 = rule("IPSEC-08", "GCMAES as IPsec encryption goes with the same GCMAES as IPsec integrity", _POLICY)
IPSEC_09 = rule("IPSEC-09", "a security association lives at least 300 seconds and 1024 kilobytes", f"{VPN_FAQ}#ipsec")
IPSEC_11 = rule("IPSEC-11", "dead peer detection takes 9 to 3600 seconds; 30 to 45 are advised", f"{VPN_FAQ}#ipsec")
IPSEC_13 = rule("IPSEC-13", "an algorithm is not known to be weak", RFC_IPSEC, "warning")

_GCM = ("GCMAES256", "GCMAES192", "GCMAES128")
_AES = ("AES256", "AES192", "AES128")


class _Choice(NamedTuple):
    """Values of one field. undocumented: only the SDK lists them, so Azure may refuse them. weak: value -> why."""

    rule: Rule
    documented: tuple[str, ...]
    undocumented: tuple[str, ...]
    weak: Mapping[str, str]


_BROKEN = {"DES": "56-bit keys", "DES3": "64-bit blocks", "MD5": "broken", "SHA1": "deprecated"}
_NO_PFS = {"None": "no forward secrecy: one key lost opens all recorded traffic"}
_SMALL_GROUPS = {
    "DHGroup1": "768 bits",
    "DHGroup2": "1024 bits",
    "PFS1": "768 bits",
    "PFS2": "1024 bits",
    "DHGroup24": "a 160-bit subgroup of unknown origin",
    "PFS24": "a 160-bit subgroup of unknown origin",
}

CHOICES: dict[str, _Choice] = {
    "ike_encryption": _Choice(IPSEC_02, ("GCMAES256", "GCMAES128", *_AES), ("DES3", "DES"), _BROKEN),
    "ike_integrity": _Choice(IPSEC_03, ("SHA384", "SHA256", "SHA1", "MD5"), ("GCMAES256", "GCMAES128"), _BROKEN),
    "dh_group": _Choice(
        IPSEC_04,
        ("DHGroup24", "ECP384", "ECP256", "DHGroup14", "DHGroup2048", "DHGroup2", "DHGroup1", "None"),
        (),
        _SMALL_GROUPS | _NO_PFS,
    ),
    "ipsec_encryption": _Choice(
        IPSEC_05, (*_GCM, *_AES, "DES3", "DES", "None"), (), _BROKEN | {"None": "no encryption at all"}
    ),
    "ipsec_integrity": _Choice(IPSEC_06, (*_GCM, "SHA256", "SHA1", "MD5"), (), _BROKEN),
    "pfs_group": _Choice(
        IPSEC_07,
        ("PFS24", "ECP384", "ECP256", "PFS2048", "PFS2", "PFS1", "None"),
        ("PFS14", "PFSMM"),
        _SMALL_GROUPS | _NO_PFS,
    ),
}
"""Values of each algorithm of a policy [IPSEC-02 to IPSEC-07]."""
MIN_SA_SECONDS, MIN_SA_KILOBYTES = 300, 1024
"""[IPSEC-09]"""
STRONG_POLICY: dict[str, Any] = {
    "ike_encryption": "GCMAES256",
    "ike_integrity": "SHA384",
    "dh_group": "ECP384",
    "ipsec_encryption": "GCMAES256",
    "ipsec_integrity": "GCMAES256",
    "pfs_group": "ECP384",
    "sa_life_time_seconds": 27000,
    "sa_data_size_kilobytes": 102400000,
}
"""The default: AES-GCM with 256 bits and 384-bit elliptic curves; the lifetimes are Azure's own defaults."""
DEFAULT_DPD_SECONDS = 45
"""Azure's own default [IPSEC-11]."""
DPD_SECONDS, ADVISED_DPD_SECONDS = (9, 3600), (30, 45)
"""[IPSEC-11]"""


def policy(
    path: str,
    *,
    ike_encryption: str,
    ike_integrity: str,
    dh_group: str,
    ipsec_encryption: str,
    ipsec_integrity: str,
    pfs_group: str,
    sa_life_time_seconds: int,
    sa_data_size_kilobytes: int,
) -> Iterator[Problem]:
    """A policy that Azure accepts and that is strong enough [IPSEC-02 to IPSEC-09, IPSEC-13]."""
    given = {
        "ike_encryption": ike_encryption,
        "ike_integrity": ike_integrity,
        "dh_group": dh_group,
        "ipsec_encryption": ipsec_encryption,
        "ipsec_integrity": ipsec_integrity,
        "pfs_group": pfs_group,
    }
    for name, value in given.items():
        yield from _algorithm(at(path, name), value, CHOICES[name])
    gcm = ipsec_encryption in _GCM, ipsec_integrity in _GCM
    known = all(given[name] in CHOICES[name].documented for name in ("ipsec_encryption", "ipsec_integrity"))
    if known and any(gcm) and ipsec_encryption != ipsec_integrity:
        here = at(path, "ipsec_integrity")
        if gcm[0]:
            yield IPSEC_08(
                here, f"{ipsec_integrity} beside {ipsec_encryption} as encryption; with GCMAES both are the same"
            )
        else:
            yield IPSEC_08.warning(
                here, f"{ipsec_integrity} beside {ipsec_encryption} as encryption is documented nowhere; use SHA256"
            )
    for name, value, least, unit in (
        ("sa_life_time_seconds", sa_life_time_seconds, MIN_SA_SECONDS, "seconds"),
        ("sa_data_size_kilobytes", sa_data_size_kilobytes, MIN_SA_KILOBYTES, "kilobytes"),
    ):
        if value < least:
            yield IPSEC_09(at(path, name), f"{value} {unit}, at least {least} are needed")


def dead_peer_detection(path: str, seconds: int) -> Iterator[Problem]:
    """Seconds until a silent peer counts as dead [IPSEC-11]. path: that of the value."""
    least, most = DPD_SECONDS
    low, high = ADVISED_DPD_SECONDS
    if not least <= seconds <= most:
        yield IPSEC_11(path, f"{seconds} is outside {least} to {most} seconds")
    elif not low <= seconds <= high:
        why = "healthy tunnels may flap" if seconds < low else "a dead tunnel is noticed late"
        yield IPSEC_11.warning(path, f"{seconds} seconds: {why}; {low} to {high} are advised")


def _algorithm(path: str, value: str, choice: _Choice) -> Iterator[Problem]:
    if value not in (*choice.documented, *choice.undocumented):
        hint = did_you_mean(value, choice.documented)
        yield choice.rule(path, f"{value!r} is none of {', '.join(choice.documented)}{hint}")
        return
    if value in choice.undocumented:
        yield choice.rule.warning(
            path,
            f"{value} is in Azure's interface but in none of its documents; use one of {', '.join(choice.documented)}",
        )
    elif why := choice.weak.get(value):
        strong = [one for one in choice.documented if one not in choice.weak]
        yield IPSEC_13(path, f"{value} is weak ({why}); use one of {', '.join(strong)}")
