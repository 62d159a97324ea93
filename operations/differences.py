"""What the first update of an adopted network will change of it: each difference with its reason and its outage.

The outages are those of `topology review`: of the setting that says the property, as every change of it was tried.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from operations.adoption import is_azure
from operations.azure_ids import secret_inputs
from topology.review.consequences import consequences, outage

Json = Mapping[str, Any]

_SETTINGS = {
    "tags": "tags",
    "dpdTimeoutSeconds": "vpn.sites[].dpdTimeoutSeconds",
    "connectionMode": "vpn.sites[].connectionMode",
    "ipsecPolicies": "vpn.sites[].ipsecPolicy",
    "gatewayIpAddress": "vpn.sites[].publicIp",
    "fqdn": "vpn.sites[].fqdn",
    "localNetworkAddressSpace": "vpn.sites[].prefixes",
    "gatewayCustomBgpIpAddresses": "vpn.sites[].bgp.gatewayAddresses",
    "activeActive": "vpn.gateway.activeActive",
    "routingWeight": "expressRoute.circuits[].routingWeight",
    "expressRouteGatewayBypass": "expressRoute.circuits[].fastPath",
    "serviceProviderProperties": "expressRoute.circuits[].bandwidthInMbps",
    "peerASN": "expressRoute.circuits[].privatePeering.peerAsn",
    "vlanId": "expressRoute.circuits[].privatePeering.vlanId",
    "primaryPeerAddressPrefix": "expressRoute.circuits[].privatePeering.primaryPrefix",
    "secondaryPeerAddressPrefix": "expressRoute.circuits[].privatePeering.secondaryPrefix",
    "addressSpace": "network.addressSpace",
    "dhcpOptions": "network.dnsServers",
    "securityRules": "network.tiers[].allow[].sources",
    "routes": "network.tiers[].routes[].prefix",
    "defaultOutboundAccess": "network.tiers[].internetOutbound",
    "allowForwardedTraffic": "network.spokes[].forwardedTraffic",
    "retentionInDays": "monitoring.retentionInDays",
    "emailReceivers": "monitoring.emails",
}
"""The setting behind a property of Azure's."""
_WITHOUT_TRAFFIC = ("azure-native:monitor:", "azure-native:operationalinsights:", "azure-native:maintenance:")
"""Types of which no traffic depends on any."""
_NOTHING: tuple[Any, ...] = (None, "", False, 0, [], {})
"""What Azure has where nobody said anything, and what is sent for nothing."""
_LONGEST = 60
"""Characters of a value that are shown."""


def differences(steps: Iterable[Json]) -> Iterator[str]:
    """A line for each difference of what is there. steps: of `pulumi preview --json`."""
    for step in steps:
        old, new = step.get("oldState") or {}, step.get("newState") or {}
        if step["op"] in ("same", "create") or not is_azure(dict(new or old)):
            continue
        kind, name = str(new.get("type", old.get("type", ""))), str(step["urn"]).rpartition("::")[2]
        what = f"{kind.rpartition(':')[2]} {name}"
        paths = sorted(step.get("detailedDiff") or step.get("diffReasons") or ())
        if step["op"] != "update":
            which = ", ".join(paths) or "as a whole"
            yield f"{step['op'].upper()} {what}: {which}; look at pulumi preview first"
            continue
        same = [path for path in paths if _is_there(path, old, new)]
        yield from (f"update {what}: {_difference(kind, path, old, new)}" for path in paths if path not in same)
        if same:
            names = ", ".join(dict.fromkeys(map(_first, same)))
            yield f"update {what}: sent as Azure has it: {names}; outage: none"


def _first(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _is_there(path: str, old: Json, new: Json) -> bool:
    """Whether Azure has already what the program says of a property; the state may have more of it, or less."""
    first = _first(path)
    wanted, there = (new.get("inputs") or {}).get(first), (old.get("outputs") or {}).get(first)
    # Of tags an update takes away what it does not say.
    return _within(wanted, there) and (first != "tags" or _within(there, wanted))


def _within(wanted: Any, there: Any) -> bool:
    if isinstance(wanted, Mapping) and isinstance(there, Mapping):
        return all(_within(value, there.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(there, list):
        pairs = zip(wanted, there, strict=False)
        return len(wanted) == len(there) and all(_within(one, other) for one, other in pairs)
    texts = isinstance(wanted, str) and isinstance(there, str) and wanted.lower() == there.lower()
    return texts or wanted == there or (wanted in _NOTHING and there in _NOTHING)


def _difference(kind: str, path: str, old: Json, new: Json) -> str:
    first = _first(path)
    if first in secret_inputs(kind):
        return (
            f"{path}: Azure tells another one or none, so the stack's is sent; outage: none where it is the one in "
            "use: compare it first"
        )
    was, wanted = (_value(side.get("inputs") or {}, path) for side in (old, new))
    setting = _SETTINGS.get(first)
    why = f"`{setting}` wants {_shown(wanted)}" if setting else f"the program wants {_shown(wanted)}"
    return f"{path} is {_shown(was)}, and {why}; outage: {_outage(kind, setting)}"


def _value(inputs: Any, path: str) -> Any:
    """What stands at a path such as tags.owner or ipsecPolicies[0].dhGroup; None where nothing does."""
    for quoted, part in re.findall(r'\["((?:[^"\\]|\\.)*)"\]|([^.\[\]]+)', path):
        name = quoted or part
        at = int(name) if isinstance(inputs, list) and name.isdecimal() else name
        try:
            inputs = inputs[at]
        except (KeyError, IndexError, TypeError):
            return None
    return inputs


def _shown(value: Any) -> str:
    text = "not there" if value is None else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} .."


def _outage(kind: str, setting: str | None) -> str:
    if kind.startswith(_WITHOUT_TRAFFIC):
        return "none: no traffic depends on it"
    rows = [row for (known, _), row in consequences().items() if known == setting and row.changes]
    told = " or ".join(dict.fromkeys(map(outage, rows)))
    return told or "not known; docs/changes.md has what each setting does"
