"""IPsec/IKE policies and shared keys of connections."""

from simulator.errors import fail
from simulator.options import Options
from simulator.resources.base import Request
from simulator.store import Json

DOCUMENTED = {
    "ikeEncryption": ("GCMAES256", "GCMAES128", "AES256", "AES192", "AES128"),
    "ikeIntegrity": ("SHA384", "SHA256", "SHA1", "MD5"),
    "dhGroup": ("DHGroup24", "ECP384", "ECP256", "DHGroup14", "DHGroup2048", "DHGroup2", "DHGroup1", "None"),
    "ipsecEncryption": ("GCMAES256", "GCMAES192", "GCMAES128", "AES256", "AES192", "AES128", "DES3", "DES", "None"),
    "ipsecIntegrity": ("GCMAES256", "GCMAES192", "GCMAES128", "SHA256", "SHA1", "MD5"),
    "pfsGroup": ("PFS24", "ECP384", "ECP256", "PFS2048", "PFS2", "PFS1", "None"),
}
"""IPSEC-02 to IPSEC-07: the values that the VPN documents list; the SDK lists a few more."""
LEAST_SA = {"saLifeTimeSeconds": 300, "saDataSizeKilobytes": 1024}
"""IPSEC-09: the least SA lifetimes."""
DPD_SECONDS = (9, 3600)
"""IPSEC-11."""


def check(request: Request, gateway: Json) -> None:
    """Everything about keys, policies and dead peer detection of an IPsec connection."""
    if key := request.inputs.get("sharedKey"):
        check_key(request.cloud.options, request.id, key)
    policies = request.inputs.get("ipsecPolicies") or []
    if policies:
        if gateway["sku"]["name"] == "Basic":
            raise fail("CodeUnknown_IPSEC-01", id=request.id, what="SKU Basic has none")
        if len(policies) > 1:
            raise fail("CodeUnknown_IPSEC-01", id=request.id, what=f"{len(policies)} policies; one is allowed")
        _check_policy(request, policies[0])
    timeout = request.inputs.get("dpdTimeoutSeconds") or 0
    if timeout and not DPD_SECONDS[0] <= timeout <= DPD_SECONDS[1]:
        raise fail("CodeUnknown_IPSEC-11", value=timeout, id=request.id)
    selectors = request.inputs.get("trafficSelectorPolicies")
    if selectors and not request.inputs.get("usePolicyBasedTrafficSelectors"):
        raise fail("CodeUnknown_VPN-20", id=request.id)


def check_key(options: Options, id: str, key: str) -> None:
    """Refuse a shared key that Azure does not take; no message shows it."""
    if any(not "!" <= char <= "}" or char == "-" for char in key):
        raise fail("CodeUnknown_VPN-15", id=id)
    if len(key) > options.max_shared_key:
        raise fail("CodeUnknown_VPN-16", id=id, length=len(key))


def _check_policy(request: Request, policy: Json) -> None:
    for name, least in LEAST_SA.items():
        if policy[name] < least:
            raise fail("CodeUnknown_IPSEC-09", id=request.id, name=name, value=policy[name], least=least)
    if not request.cloud.options.undocumented_ipsec_values:
        for name, values in DOCUMENTED.items():
            if policy[name] not in values:
                raise fail("CodeUnknown_IPSEC-02", id=request.id, name=name, value=policy[name])
    encryption, integrity = policy["ipsecEncryption"], policy["ipsecIntegrity"]
    gcm = encryption.startswith("GCM") or integrity.startswith("GCM")
    if gcm and encryption != integrity:
        raise fail("CodeUnknown_IPSEC-08", id=request.id, encryption=encryption, integrity=integrity)
