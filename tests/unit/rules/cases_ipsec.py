"""A wrong setting for each rule about IPsec/IKE policies, and its message."""

from tests.unit.rules.changes import case

SITE = "vpn.sites[0]"

IPSEC = (
    case(
        "IPSEC-02",
        {"vpn.ipsecPolicy": {"ikeEncryption": "AES512"}},
        "error vpn.ipsecPolicy.ikeEncryption: 'AES512' is none of GCMAES256, GCMAES128, AES256, AES192, "
        "AES128 [IPSEC-02]",
    ),
    case(
        "IPSEC-02",
        {"vpn.ipsecPolicy": {"ikeEncryption": "DES3"}},
        "warning vpn.ipsecPolicy.ikeEncryption: DES3 is in Azure's interface but in none of its "
        "documents; use one of GCMAES256, GCMAES128, AES256, AES192, AES128 [IPSEC-02]",
    ),
    case(
        "IPSEC-03",
        {"vpn.ipsecPolicy": {"ikeIntegrity": "SHA512"}},
        "error vpn.ipsecPolicy.ikeIntegrity: 'SHA512' is none of SHA384, SHA256, SHA1, MD5 [IPSEC-03]",
    ),
    case(
        "IPSEC-03",
        {"vpn.ipsecPolicy": {"ikeIntegrity": "GCMAES256"}},
        "warning vpn.ipsecPolicy.ikeIntegrity: GCMAES256 is in Azure's interface but in none of its "
        "documents; use one of SHA384, SHA256, SHA1, MD5 [IPSEC-03]",
    ),
    case(
        "IPSEC-04",
        {"vpn.ipsecPolicy": {"dhGroup": "DHGroup5"}},
        "error vpn.ipsecPolicy.dhGroup: 'DHGroup5' is none of DHGroup24, ECP384, ECP256, DHGroup14, "
        "DHGroup2048, DHGroup2, DHGroup1, None [IPSEC-04]",
    ),
    case(
        "IPSEC-05",
        {"vpn.ipsecPolicy": {"ipsecEncryption": "CHACHA20"}},
        "error vpn.ipsecPolicy.ipsecEncryption: 'CHACHA20' is none of GCMAES256, GCMAES192, GCMAES128, "
        "AES256, AES192, AES128, DES3, DES, None [IPSEC-05]",
    ),
    case(
        "IPSEC-06",
        {"vpn.ipsecPolicy": {"ipsecEncryption": "AES256", "ipsecIntegrity": "SHA384"}},
        "error vpn.ipsecPolicy.ipsecIntegrity: 'SHA384' is none of GCMAES256, GCMAES192, GCMAES128, "
        "SHA256, SHA1, MD5 [IPSEC-06]",
    ),
    case(
        "IPSEC-07",
        {"vpn.ipsecPolicy": {"pfsGroup": "ECP521"}},
        "error vpn.ipsecPolicy.pfsGroup: 'ECP521' is none of PFS24, ECP384, ECP256, PFS2048, PFS2, PFS1, "
        "None [IPSEC-07]",
    ),
    case(
        "IPSEC-07",
        {"vpn.ipsecPolicy": {"pfsGroup": "PFS14"}},
        "warning vpn.ipsecPolicy.pfsGroup: PFS14 is in Azure's interface but in none of its documents; "
        "use one of PFS24, ECP384, ECP256, PFS2048, PFS2, PFS1, None [IPSEC-07]",
    ),
    case(
        "IPSEC-08",
        {"vpn.ipsecPolicy": {"ipsecIntegrity": "SHA256"}},
        "error vpn.ipsecPolicy.ipsecIntegrity: SHA256 beside GCMAES256 as encryption; with GCMAES both "
        "are the same [IPSEC-08]",
    ),
    case(
        "IPSEC-08",
        {"vpn.ipsecPolicy": {"ipsecEncryption": "AES256"}},
        "warning vpn.ipsecPolicy.ipsecIntegrity: GCMAES256 beside AES256 as encryption is documented "
        "nowhere; use SHA256 [IPSEC-08]",
    ),
    case(
        "IPSEC-09",
        {"vpn.ipsecPolicy": {"saLifeTimeSeconds": 299}},
        "error vpn.ipsecPolicy.saLifeTimeSeconds: 299 seconds, at least 300 are needed [IPSEC-09]",
    ),
    case(
        "IPSEC-09",
        {f"{SITE}.ipsecPolicy": {"saDataSizeKilobytes": 1023}},
        "error vpn.sites[0].ipsecPolicy.saDataSizeKilobytes: 1023 kilobytes, at least 1024 are needed [IPSEC-09]",
    ),
    case(
        "IPSEC-11",
        {f"{SITE}.dpdTimeoutSeconds": 8},
        "error vpn.sites[0].dpdTimeoutSeconds: 8 is outside 9 to 3600 seconds [IPSEC-11]",
    ),
    case(
        "IPSEC-11",
        {f"{SITE}.dpdTimeoutSeconds": 120},
        "warning vpn.sites[0].dpdTimeoutSeconds: 120 seconds: a dead tunnel is noticed late; 30 to 45 "
        "are advised [IPSEC-11]",
    ),
    case(
        "IPSEC-13",
        {"vpn.ipsecPolicy": {"dhGroup": "DHGroup2"}},
        "warning vpn.ipsecPolicy.dhGroup: DHGroup2 is weak (1024 bits); use one of ECP384, ECP256, "
        "DHGroup14, DHGroup2048 [IPSEC-13]",
    ),
)
