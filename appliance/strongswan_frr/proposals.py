"""A connection's IPsec/IKE policy in strongSwan's words.

Names on the left are Azure's, on the right strongSwan 5.9's proposal keywords. What has no keyword, or no IKEv2
meaning, is an error with the setting's path.
"""

from appliance.errors import Finding
from topology.settings.model_vpn import IpsecPolicy

ENCRYPTION = {
    "GCMAES256": "aes256gcm16",
    "GCMAES192": "aes192gcm16",
    "GCMAES128": "aes128gcm16",
    "AES256": "aes256",
    "AES192": "aes192",
    "AES128": "aes128",
    "DES3": "3des",
    "None": "null",
}
INTEGRITY = {"SHA384": "sha384", "SHA256": "sha256", "SHA1": "sha1", "MD5": "md5"}
GROUP = {
    "DHGroup24": "modp2048s256",
    "PFS24": "modp2048s256",
    "ECP384": "ecp384",
    "ECP256": "ecp256",
    "DHGroup14": "modp2048",
    "DHGroup2048": "modp2048",
    "PFS14": "modp2048",
    "PFS2048": "modp2048",
    "DHGroup2": "modp1024",
    "PFS2": "modp1024",
    "DHGroup1": "modp768",
    "PFS1": "modp768",
}


def ike_proposal(policy: IpsecPolicy, path: str, findings: list[Finding]) -> str:
    """The one IKE proposal of a policy, such as aes256gcm16-prfsha384-ecp384; what cannot be said goes to findings."""
    encryption = _word(ENCRYPTION, policy.ike_encryption, f"{path}.ikeEncryption", findings)
    integrity = _word(INTEGRITY, policy.ike_integrity, f"{path}.ikeIntegrity", findings)
    group = _word(GROUP, policy.dh_group, f"{path}.dhGroup", findings)
    # An AEAD cipher has its integrity built in; Azure's integrity field then names the pseudo-random function.
    return f"{encryption}-{'prf' if policy.ike_encryption.startswith('GCM') else ''}{integrity}-{group}"


def esp_proposal(policy: IpsecPolicy, path: str, findings: list[Finding]) -> str:
    """The one ESP proposal of a policy, such as aes256gcm16-ecp384; what cannot be said goes to findings."""
    parts = [_word(ENCRYPTION, policy.ipsec_encryption, f"{path}.ipsecEncryption", findings)]
    if policy.ipsec_encryption.startswith("GCM"):
        if policy.ipsec_integrity != policy.ipsec_encryption:
            findings.append(
                Finding(
                    f"{path}.ipsecIntegrity",
                    f"{policy.ipsec_integrity} with {policy.ipsec_encryption}: GCM needs the same name in both",
                )
            )
    else:
        parts.append(_word(INTEGRITY, policy.ipsec_integrity, f"{path}.ipsecIntegrity", findings))
    if policy.pfs_group != "None":
        parts.append(_word(GROUP, policy.pfs_group, f"{path}.pfsGroup", findings))
    return "-".join(parts)


def _word(words: dict[str, str], name: str, path: str, findings: list[Finding]) -> str:
    if name not in words:
        findings.append(Finding(path, f"strongSwan cannot do {name} here; it can do {', '.join(words)}"))
    return words.get(name, "")
