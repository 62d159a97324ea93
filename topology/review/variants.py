"""Which change of a setting it is, where the table of consequences tells several apart."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from components.rules.bastion import SHARED_SKU
from components.rules.bastion import SKUS as BASTION_SKUS
from components.rules.gateways import EXPRESS_ROUTE_UPGRADES, default_generation

from ..settings.model_base import Model

SCALED = "ErGwScale"
MORE, FEWER = "more", "fewer or others"
_FAMILY = "inside ErGw1AZ to ErGw3AZ"


def word_of(setting: str, was: Any, now: Any, a: Model, b: Model, own: Collection[str]) -> Sequence[str]:
    """The changes that a value's change is: mostly one, [""] where a setting has only one; none where another setting
    says it.

    was, now: the values. a, b: what they are in. own: the physical names of the gateways that the stack made.
    """
    if setting.endswith(".gateway.existing"):
        return _gateway_existing(now, own)
    judge = _WORDS.get(setting)
    return [""] if judge is None else judge(was, now, a, b)


def _more_prefixes(was: Any, now: Any, *_: Any) -> list[str]:
    return ["a prefix more" if {*was} < {*now} else "other prefixes"]


def _up_or_down(was: Any, now: Any, *_: Any) -> list[str]:
    return [] if was is None or now is None else ["up" if now > was else "down"]


def _to_true_or_false(was: Any, now: Any, *_: Any) -> list[str]:
    return ["to true" if now else "to false"]


def _added(was: Any, now: Any, *_: Any) -> list[str]:
    return ["added" if was is None else "removed"]


def _let_in(was: Any, now: Any, *_: Any) -> list[str]:
    """Of a rule that lets in: what is in the older one is still let in, or not all of it."""
    before, after = ({*one} if isinstance(one, list) else {one} for one in (was, now))
    return [MORE if before <= after or "*" in after else FEWER]


def _peering(was: Any, now: Any, a: Any, b: Any) -> list[str]:
    never = now is not None and a.connect == b.connect == "never"
    return ["added, to one that never connects"] if never else _added(was, now)


def _spoke_group(was: Any, now: Any, *_: Any) -> list[str]:
    """From one that is made to one that is there, or the other way; the hub's is not made for the spoke."""
    if isinstance(was, bool) and isinstance(now, bool):
        return ["of its own" if now else "to one that is made"]
    return ["to the hub's"]


def _bastion_sku(was: str, now: str, *_: Any) -> list[str]:
    if was == SHARED_SKU:
        return [f"from {SHARED_SKU}"]
    return _up_or_down(BASTION_SKUS.index(was), BASTION_SKUS.index(now))


def _bastion_subnet(was: Any, now: Any, *_: Any) -> list[str]:
    # Developer has none, and the SKU is the change.
    return [] if was is None or now is None else [""]


def _express_route_sku(was: str | None, now: str | None, *_: Any) -> list[str]:
    if was is None or now is None:
        return []  # One of them is existing.
    family = EXPRESS_ROUTE_UPGRADES[0]
    if now == SCALED:
        return [f"to {SCALED}"]
    if was == SCALED:
        return [f"from {SCALED}"]
    if was in family and now in family:
        return [f"{_FAMILY}, {'up' if family.index(now) > family.index(was) else 'down'}"]
    return ["to another family"]


def _vpn_sku(was: str | None, now: str | None, a: Any, b: Any) -> list[str]:
    if was is None or now is None:
        return []
    same = (a.generation or default_generation(was)) == (b.generation or default_generation(now))
    return ["inside the generation" if same else "to another generation"]


def _generation(was: str, now: str, a: Any, b: Any) -> list[str]:
    return [] if a.sku != b.sku else [""]


def _own_vpn(was: Any, now: Any, a: Any, b: Any) -> list[str]:
    """What only a gateway that is made has."""
    return [] if a.existing or b.existing else [""]


def _active(was: bool, now: bool, a: Any, b: Any) -> list[str]:
    return _to_true_or_false(was, now) if _own_vpn(was, now, a, b) else []


def _gateway_existing(now: Any, own: Collection[str]) -> list[str]:
    if now is None:
        return ["to a new one"]
    return ["to this stack's own" if now.id.rpartition("/")[2].lower() in own else "to one that is there"]


def _network_existing(was: Any, now: Any, *_: Any) -> list[str]:
    return ["to a network that is there" if was is None else "to a new network"]


def _existing_id(was: str, now: str, *_: Any) -> list[str]:
    return ["with its network"] if was.lower() != now.lower() else []


def _other_network(was: str, now: str, *_: Any) -> list[str]:
    return ["to another, with its gateways"] if was.lower() != now.lower() else []


def _ordered(was: Any, now: Any, *_: Any) -> list[str]:
    # From one kind of circuit to another is a change of `existing` or `port`.
    return [] if was is None or now is None else [""]


def _circuit_kind(was: Any, now: Any, a: Any, b: Any) -> list[str]:
    """From one kind of circuit to another: told once, by what the new one has, or the old one where that is ordered."""
    if not a.ordered and not b.ordered:
        return ["in place of another kind"] if now is not None else []
    return ["in place of an ordered one" if was is None else "back to an ordered one"]


def _bandwidth(was: Any, now: Any, *_: Any) -> list[str]:
    return _up_or_down(was, now)


def _tier(was: str, now: str, *_: Any) -> list[str]:
    return ["to Local" if now == "Local" else f"{was} to {now}"]


def _family(was: str, now: str, *_: Any) -> list[str]:
    return [f"to {now}"]


def _connect(was: str, now: str, *_: Any) -> list[str]:
    if "never" in (was, now):
        return ["to never" if now == "never" else "from never"]
    return ["auto to always"]


def _authorizations(was: Any, now: Any, *_: Any) -> list[str]:
    more, less = {*now} - {*was}, {*was} - {*now}
    return [*(["one more"] if more else []), *(["one less"] if less else [])]


def _fqdn(was: Any, now: Any, *_: Any) -> list[str]:
    return ["in place of an address" if was is None else "back to an address" if now is None else "another name"]


def _bgp(was: Any, now: Any, *_: Any) -> list[str]:
    return ["from static routes to BGP" if was is None else "from BGP to static routes"]


def _instance(was: Any, now: Any, *_: Any) -> list[str]:
    if was is None or now is None:
        return ["from both to one" if was is None else "from one to both"]
    return ["to the other one, with its APIPA addresses"]


def _gateway_addresses(was: Any, now: Any, *_: Any) -> list[str]:
    return ["of one instance" if len(was) == len(now) == 1 else ""]


def _emails(was: Any, now: Any, *_: Any) -> list[str]:
    return ["none" if not now else "" if was else "first"]


def _policy(was: Any, now: Any, a: Any, b: Any) -> list[str]:
    return ["to one of its own" if a.ipsec_policy is None else "to the common one"]


_TIER, _CIRCUIT, _SITE = "network.tiers[]", "expressRoute.circuits[]", "vpn.sites[]"
_WORDS: Mapping[str, Callable[[Any, Any, Any, Any], Sequence[str]]] = {
    "network.addressSpace": _more_prefixes,
    "network.spokes[].addressSpace": _more_prefixes,
    "network.spokes[].resourceGroup.existing": _spoke_group,
    f"{_TIER}.allow[].sources": _let_in,
    f"{_TIER}.allow[].ports": _let_in,
    f"{_TIER}.allow[].protocol": _let_in,
    f"{_TIER}.loadBalancer": _added,
    "network.management": _added,
    "maintenance.expressRoute": _added,
    "maintenance.vpn": _added,
    "monitoring.emails": _emails,
    "network.management.bastionSubnet": _bastion_subnet,
    "network.management.bastionSku": _bastion_sku,
    "network.management.securityGroup": _to_true_or_false,
    "network.existing": _network_existing,
    "network.existing.id": _other_network,
    "expressRoute.gateway.sku": _express_route_sku,
    "expressRoute.gateway.existing.id": _existing_id,
    f"{_CIRCUIT}.provider": _ordered,
    f"{_CIRCUIT}.peeringLocation": _ordered,
    f"{_CIRCUIT}.bandwidthInMbps": _bandwidth,
    f"{_CIRCUIT}.existing": _circuit_kind,
    f"{_CIRCUIT}.port": _circuit_kind,
    f"{_CIRCUIT}.port.bandwidthInGbps": _bandwidth,
    f"{_CIRCUIT}.tier": _tier,
    f"{_CIRCUIT}.family": _family,
    f"{_CIRCUIT}.privatePeering": _peering,
    f"{_CIRCUIT}.connect": _connect,
    f"{_CIRCUIT}.authorizations": _authorizations,
    "vpn.gateway.sku": _vpn_sku,
    "vpn.gateway.generation": _generation,
    "vpn.gateway.activeActive": _active,
    "vpn.gateway.zones": _own_vpn,
    "vpn.gateway.existing.id": _existing_id,
    f"{_SITE}.publicIp": _ordered,
    f"{_SITE}.fqdn": _fqdn,
    f"{_SITE}.bgp": _bgp,
    f"{_SITE}.bgp.gatewayAddresses": _gateway_addresses,
    f"{_SITE}.instance": _instance,
    f"{_SITE}.ipsecPolicy": _policy,
}
