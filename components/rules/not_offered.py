"""What Azure's VPN can and this network does not: settings that people write nevertheless, each with what stands in the
way."""

import re

from . import Problem, Rule, rule
from .sources import SDK, VPN_CERTIFICATES, VPN_FAQ, VPN_NAT

VPN_45 = rule(
    "VPN-45",
    "the VPN translates no addresses: ExpressRoute would carry other ones, and there were no failover between the two",
    VPN_NAT,
)
VPN_46 = rule(
    "VPN-46",
    "a connection's traffic selectors are any to any: routes decide what goes into a tunnel",
    f"{VPN_FAQ}#ipsec",
)
VPN_47 = rule(
    "VPN-47",
    "a connection authenticates with its pre-shared key: the API that this project speaks has no certificates",
    VPN_CERTIFICATES,
)
VPN_49 = rule("VPN-49", "routes of a BGP peer get no weight: no document says what it does on a VPN gateway", SDK)

_NOT_OFFERED: tuple[tuple[Rule, re.Pattern[str], str], ...] = (
    (
        VPN_45,
        re.compile(
            r"((use|enable|bgp|ingress|egress|static|dynamic|gateway|vpn)*s?nat(rules?|ruleids?|pools?|mappings?|enabled)?)"
            r"|\w*routetranslation\w*"
        ),
        "no NAT here: ExpressRoute carries the addresses as they are and the VPN would carry translated ones, so what "
        "is reached over the one is not reached over the other, and nothing fails over; take prefixes that do not "
        "overlap, or translate on-premises, in front of both paths",
    ),
    (
        VPN_46,
        re.compile(r"(use)?policybased\w*|\w*(traffic|ipsec)selectors?\w*|selectors?"),
        "no traffic selectors here: the tunnels are any to any, as BGP and a failover need them, and Azure would take "
        "whatever selectors the appliance proposes; let the appliance propose 0.0.0.0/0 on both sides, and say in "
        "prefixes what is behind it",
    ),
    (
        VPN_47,
        re.compile(
            r"\w*certificates?(authentication|chain|id|path|url|name|subjectname)?|(client|server|root|ca|x509)?certs?"
            r"|auth(entication)?(type|method|mode)?|(managed)?identit(y|ies)|keyvault(id|name|url)?"
        ),
        "no certificates here: a connection's authentication type and certificates are not in the API version of "
        "Azure's network resources that this project speaks (2024-05-01), and the gateway would need an identity and a "
        "Key Vault; use a long random pre-shared key, a secret of its own for each site",
    ),
    (
        VPN_49,
        re.compile(r"(peer|bgp|bgppeer)weight"),
        "no weight here: no document says what it does among the tunnels of a VPN gateway; to prefer one path, let the "
        "appliance of the other one prepend its ASN",
    ),
)


def not_offered(path: str, name: str) -> Problem | None:
    """Why the VPN has no setting and no argument of this name [VPN-45 to VPN-47, VPN-49]; None where it is another one.

    path: where it is written.
    """
    word = re.sub(r"[^a-z0-9]", "", name[:100].lower())
    return next((rule(path, f"{why}; remove this") for rule, form, why in _NOT_OFFERED if form.fullmatch(word)), None)
