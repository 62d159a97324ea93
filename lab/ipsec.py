"""The gateway's side of an IPsec/IKE policy, and what a daemon reports of a tunnel.

Written apart from the appliance's words for the same policy, from the algorithms' IANA names: a wrong word on one side
meets a right one on the other, and the tunnel does not come up.
"""

import subprocess
from typing import Any

from topology.settings.model_vpn import IpsecPolicy

CIPHERS = {
    "AES256": ("AES_CBC", "256"),
    "AES192": ("AES_CBC", "192"),
    "AES128": ("AES_CBC", "128"),
    "DES3": ("3DES_CBC", ""),
    "GCMAES256": ("AES_GCM_16", "256"),
    "GCMAES192": ("AES_GCM_16", "192"),
    "GCMAES128": ("AES_GCM_16", "128"),
    "None": ("NULL", ""),
}
HASHES = {"SHA384": "SHA2_384", "SHA256": "SHA2_256", "SHA1": "SHA1", "MD5": "MD5"}
TRUNCATION = {"SHA384": "192", "SHA256": "128", "SHA1": "96", "MD5": "96"}
GROUPS = {
    1: ("MODP_768", ("DHGroup1", "PFS1")),
    2: ("MODP_1024", ("DHGroup2", "PFS2")),
    14: ("MODP_2048", ("DHGroup14", "DHGroup2048", "PFS14", "PFS2048")),
    19: ("ECP_256", ("ECP256",)),
    20: ("ECP_384", ("ECP384",)),
    24: ("MODP_2048_256", ("DHGroup24", "PFS24")),
}
"""Number of a Diffie-Hellman group, its IANA name as daemons print it, and Azure's names for it."""
_KEYWORDS = {"3DES_CBC": "3des", "NULL": "null", "MODP_2048_256": "modp2048s256"}


def group(name: str) -> str:
    """The IANA name of one of Azure's group names; empty for None."""
    return next((iana for iana, names in GROUPS.values() if name in names), "")


def expected_ike(policy: IpsecPolicy) -> dict[str, str]:
    """What a daemon reports of an IKE association under this policy."""
    cipher, size = CIPHERS[policy.ike_encryption]
    hash_name = HASHES[policy.ike_integrity]
    report = {"encr-alg": cipher, "prf-alg": f"PRF_HMAC_{hash_name}", "dh-group": group(policy.dh_group)}
    if size:
        report["encr-keysize"] = size
    if not policy.ike_encryption.startswith("GCM"):
        report["integ-alg"] = f"HMAC_{hash_name}_{TRUNCATION[policy.ike_integrity]}"
    return report


def expected_esp(policy: IpsecPolicy, rekeyed: bool = False) -> dict[str, str]:
    """What a daemon reports of an ESP association; its group shows once it was rekeyed, not before."""
    cipher, size = CIPHERS[policy.ipsec_encryption]
    report = {"encr-alg": cipher}
    if size:
        report["encr-keysize"] = size
    if not policy.ipsec_encryption.startswith("GCM"):
        report["integ-alg"] = f"HMAC_{HASHES[policy.ipsec_integrity]}_{TRUNCATION[policy.ipsec_integrity]}"
    if rekeyed and policy.pfs_group != "None":
        report["dh-group"] = group(policy.pfs_group)
    return report


def gateway_proposals(policy: IpsecPolicy) -> tuple[str, str]:
    """The gateway's IKE and ESP proposals."""
    ike = expected_ike(policy)
    esp = expected_esp(policy, rekeyed=True)
    hash_word = ike["prf-alg"].removeprefix("PRF_HMAC_").lower().replace("sha2_", "sha")
    ike_words = [_cipher(ike), hash_word if "integ-alg" in ike else f"prf{hash_word}", _group(ike["dh-group"])]
    esp_words = [_cipher(esp)]
    if "integ-alg" in esp:
        esp_words.append(HASHES[policy.ipsec_integrity].lower().replace("sha2_", "sha"))
    if "dh-group" in esp:
        esp_words.append(_group(esp["dh-group"]))
    return "-".join(ike_words), "-".join(esp_words)


def _cipher(report: dict[str, str]) -> str:
    name = report["encr-alg"]
    if name in _KEYWORDS:
        return _KEYWORDS[name]
    return f"aes{report['encr-keysize']}{'gcm16' if 'GCM' in name else ''}"


def _group(name: str) -> str:
    return _KEYWORDS.get(name, name.lower().replace("_", ""))


def associations(socket: str) -> list[dict[str, Any]]:
    """The IKE associations of a daemon, as it reports them, each with its `child-sas`."""
    command = ["swanctl", "--list-sas", "--raw", "--uri", f"unix://{socket}"]
    printed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout
    found = []
    for line in printed.splitlines():
        if line.startswith("list-sa event "):
            found += parse(line.removeprefix("list-sa event ")).values()
    return found


def children(socket: str) -> list[dict[str, Any]]:
    """The ESP associations that carry traffic."""
    return [
        child
        for association in associations(socket)
        if association.get("state") == "ESTABLISHED"
        for child in association.get("child-sas", {}).values()
        if child["state"] in ("INSTALLED", "REKEYED")
    ]


def parse(text: str) -> dict[str, Any]:
    """The sections, values and lists of swanctl's raw output."""
    words = text.replace("{", " { ").replace("}", " } ").split()
    root: dict[str, Any] = {}
    stack, name = [root], ""
    for word in words:
        if word == "{":
            section: dict[str, Any] = {}
            if name or len(stack) > 1:
                stack[-1][name] = section
                stack.append(section)
            else:
                stack.append(root)
            name = ""
        elif word == "}":
            stack.pop()
        elif "=" in word:
            key, _, value = word.partition("=")
            stack[-1][key] = value
        else:
            name = word
    return root
