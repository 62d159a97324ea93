"""Wrong settings of Bastion, and those that are just right."""

from typing import Any

from tests.unit.rules.changes import REMOVE, case

_HERE = "network.management"
_OPEN: dict[str, Any] = {f"{_HERE}.securityGroup": REMOVE}
"""Without a security group, as stacks of earlier versions are."""
_SHARED: dict[str, Any] = {**_OPEN, f"{_HERE}.bastionSubnet": REMOVE, f"{_HERE}.bastionSku": "Developer"}
_WARNED = (
    f"warning {_HERE}.bastionSku: Developer is shared with others: one session at a time, in the portal, in some "
    "regions only, and not for production; Basic is the least of one's own [BAS-05]"
)
_GROUP: dict[str, Any] = {f"{_HERE}.securityGroup": True}


def _sources(*sources: str) -> dict[str, Any]:
    return {**_GROUP, f"{_HERE}.allowedSources": list(sources)}


def administrators(count: int) -> list[str]:
    """So many public addresses, each by itself."""
    return [f"203.0.{number // 128}.{number % 128 * 2}/32" for number in range(count)]


def _ports(*ports: object, protocol: str = "Tcp") -> dict[str, Any]:
    """The tiers let Bastion in on these ports alone."""
    allow = [{"sources": ["management"], "ports": list(ports), "protocol": protocol}]
    return {"network.tiers[0].allow": allow, "network.tiers[1].allow": []}


_NOBODY = (
    f"warning {_HERE}: Bastion reaches no machine: no tier allows port 22 or 3389 from `management`; allow it in a "
    "tier, or do without Bastion [BAS-10]"
)
BASTION = (
    case(
        "BAS-02",
        {f"{_HERE}.bastionSubnet": "10.20.254.0/27"},
        f"error {_HERE}.bastionSubnet: 10.20.254.0/27 has 32 addresses, but AzureBastionSubnet needs a /26 (64) or "
        "larger [BAS-02]",
    ),
    *(
        case(
            "BAS-04",
            {f"{_HERE}.{setting}": True, **sku},
            f"error {_HERE}.{setting}: needs SKU {needed}, and the SKU is {has} [BAS-04]",
        )
        for setting, sku, needed, has in (
            ("tunneling", {}, "Standard or Premium", "Basic"),
            ("sessionRecording", {f"{_HERE}.bastionSku": "Standard"}, "Premium", "Standard"),
        )
    ),
    case(
        "BAS-04",
        {f"{_HERE}.scaleUnits": 3},
        f"error {_HERE}.scaleUnits: 3 scale units need SKU Standard or Premium; Basic has 2 [BAS-04]",
    ),
    *(
        case(
            "BAS-04",
            {f"{_HERE}.scaleUnits": units, f"{_HERE}.bastionSku": "Standard"},
            f"error {_HERE}.scaleUnits: {units} is outside 2 to 50 scale units [BAS-04]",
        )
        for units in (1, 51)
    ),
    case("BAS-05", _SHARED, _WARNED),
    case(
        "BAS-05",
        {**_OPEN, f"{_HERE}.bastionSku": "Developer"},
        _WARNED,
        f"error {_HERE}.bastionSubnet: a host of SKU Developer has no subnet; remove it, or take Basic or a greater "
        "SKU [BAS-05]",
    ),
    case(
        "BAS-05",
        {f"{_HERE}.bastionSubnet": REMOVE},
        f"error {_HERE}.bastionSubnet: is missing; a host of SKU Basic has a subnet of its own, a /26 (64) or larger "
        "[BAS-05]",
    ),
    case(
        "BAS-05",
        {**_SHARED, **_GROUP},
        _WARNED,
        f"error {_HERE}.securityGroup: a host of SKU Developer has no subnet to guard; remove it [BAS-05]",
    ),
    case(
        "BAS-04",
        {**_SHARED, f"{_HERE}.tunneling": True, f"{_HERE}.scaleUnits": 2},
        _WARNED,
        f"error {_HERE}.scaleUnits: 2 scale units need SKU Standard or Premium; Developer has none [BAS-04]",
        f"error {_HERE}.tunneling: needs SKU Standard or Premium, and the SKU is Developer [BAS-04]",
    ),
    case(
        "BAS-07",
        {**_OPEN, f"{_HERE}.allowedSources": ["203.0.113.0/24"]},
        f"error {_HERE}.allowedSources: is a rule of a security group that AzureBastionSubnet has not; have one made, "
        "or remove this [BAS-07]",
    ),
    case(
        "BAS-07",
        _sources(),
        f"error {_HERE}.allowedSources: has no prefix, so nobody would reach Bastion; name one, or leave it out for "
        "the Internet [BAS-07]",
    ),
    case(
        "BAS-07",
        _sources("203.0.113.0/24", "192.168.0.0/24"),
        f"warning {_HERE}.allowedSources[1]: 192.168.0.0/24 is private, and Bastion is reached at a public address; "
        "name administrators' public ones [BAS-07]",
    ),
    case(
        "NSG-14",
        _sources("203.0.113.7/32", "203.0.113.0/24"),
        f"error {_HERE}.allowedSources[0]: 203.0.113.7/32 lies in 203.0.113.0/24 ({_HERE}.allowedSources[1]); remove "
        "it [NSG-14]",
    ),
    case(
        "NSG-14",
        _sources("203.0.113.0/24", "203.0.113.7/32", "203.0.113.0/24"),
        *(
            f"error {_HERE}.allowedSources[{index}]: {prefix} lies in 203.0.113.0/24 ({_HERE}.allowedSources[0]); "
            "remove it [NSG-14]"
            for index, prefix in ((1, "203.0.113.7/32"), (2, "203.0.113.0/24"))
        ),
    ),
    case(
        "NSG-06",
        _sources(*administrators(4001)),
        f"error {_HERE}.allowedSources: 4001 prefixes, a security group takes 4000; name fewer, wider ones [NSG-06]",
    ),
    case("BAS-10", _ports(8022), _NOBODY),
    case("BAS-10", _ports("1-21", "23-3388"), _NOBODY),
    case("BAS-10", _ports(22, protocol="Udp"), _NOBODY),
    case(
        "BAS-10",
        {"network.tiers[0].allow[1].sources": ["onPremises"], "network.tiers[1].allow[1].sources": ["web"]},
        _NOBODY,
    ),
    case(
        "BAS-12",
        {"expressRoute.prefixes": ["192.168.0.0/16", "172.20.0.0/16", "0.0.0.0/0"]},
        f"warning expressRoute.prefixes[2]: 0.0.0.0/0 reaches AzureBastionSubnet ({_HERE}.bastionSubnet) too, and "
        "Bastion loses the Internet that it is managed over; announce narrower prefixes, or do without "
        "Bastion [BAS-12]",
    ),
    case(
        "NAME-05",
        {**_GROUP, "network.tiers[0].name": "bastion", "network.tiers[1].allow[0].sources": ["bastion"]},
        "error network.tiers[0]: makes nsg-dev-bastion of networkSecurityGroups, and so does network.management; "
        "rename one, or give one a name of its own: names.networkSecurityGroups.bastion or "
        "names.bastionSecurityGroup [NAME-05]",
    ),
    case(
        "NAME-07",
        {**_OPEN, "names": {"bastionSecurityGroup": "nsg-own"}},
        "error names.bastionSecurityGroup: names nothing that this stack makes; remove it [NAME-07]",
    ),
)
WITHIN = (
    case("BAS-02", {f"{_HERE}.bastionSubnet": "10.20.254.0/26"}),
    case("BAS-04", {f"{_HERE}.scaleUnits": 2}),
    case("BAS-04", {f"{_HERE}.bastionSku": "Standard", f"{_HERE}.tunneling": True, f"{_HERE}.scaleUnits": 50}),
    case("BAS-04", {f"{_HERE}.bastionSku": "Premium", f"{_HERE}.tunneling": True, f"{_HERE}.sessionRecording": True}),
    case("BAS-04", _SHARED),
    case("BAS-05", {f"{_HERE}.bastionSku": "Basic"}),
    case("BAS-07", _sources("203.0.113.0/24", "198.51.100.7/32")),
    case("BAS-07", _sources("0.0.0.0/0")),
    case("NSG-14", _sources("203.0.113.0/25", "203.0.113.128/25")),
    case("NSG-06", _sources(*administrators(4000))),
    case("BAS-10", _ports("*", protocol="*")),
    case("BAS-10", _ports("20-22")),
    case("BAS-10", {**_ports(8022), f"{_HERE}.bastionSku": "Standard"}),
    case("BAS-10", {**_ports(22), "network.tiers[0].allow[0].sources": ["virtualNetwork"]}),
    case("BAS-10", {**_SHARED}),
    case("BAS-10", {**_SHARED, **_ports(22), "network.tiers[0].allow[0].sources": ["168.63.129.16/32"]}),
    case("BAS-10", {"network.tiers": []}),
    case(
        "BAS-12",
        {
            **_SHARED,
            "expressRoute.prefixes": ["192.168.0.0/16", "172.20.0.0/16", "0.0.0.0/0"],
            "failover.accept": [{"prefix": "0.0.0.0/0", "reason": "The Internet waits."}],
        },
    ),
    case("NAME-07", {**_GROUP, "names": {"bastionSecurityGroup": "nsg-own"}}),
    case("NAME-05", {**_OPEN, "network.tiers[0].name": "bastion", "network.tiers[1].allow[0].sources": ["bastion"]}),
)
"""Settings of Bastion that are just within a rule's limit."""
