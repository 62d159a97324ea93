"""Rules for ExpressRoute circuits and the connections to them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from unicodedata import normalize

from . import Problem, at, did_you_mean, rule, word
from .sources import ER_CIRCUIT, ER_DIRECT, ER_FAQ, ER_FAST_PATH, ER_GATEWAYS, ER_LINK_VNET, ER_RESILIENCY, ER_WORKFLOW

CIRCUIT_01 = rule(
    "CIRCUIT-01",
    "a circuit's tier is Local, Standard or Premium, its family MeteredData or UnlimitedData; Local is unlimited",
    ER_CIRCUIT,
)
CIRCUIT_02 = rule(
    "CIRCUIT-02",
    "a circuit of tier Local reaches only the one or two regions near its peering location",
    f"{ER_FAQ}#expressroute-local",
    "warning",
)
CIRCUIT_03 = rule("CIRCUIT-03", "a provider's circuit has 50, 100, 200, 500, 1000, 2000, 5000 or 10000 Mbps", ER_FAQ)
CIRCUIT_04 = rule(
    "CIRCUIT-04",
    "a circuit's bandwidth only grows; its provider, place and unlimited family stay; it does not become Local",
    ER_CIRCUIT,
)
CIRCUIT_05 = rule(
    "CIRCUIT-05",
    "a circuit on an ExpressRoute Direct port has a bandwidth in Gbps, and no provider",
    ER_DIRECT,
)
CIRCUIT_08 = rule(
    "CIRCUIT-08",
    "a circuit is provisioned by its provider before it gets a peering or a connection",
    ER_WORKFLOW,
)
"""Broken by `connect: always` on a circuit whose state Azure says; see `components.circuit_state`."""
CIRCUIT_15 = rule(
    "CIRCUIT-15",
    "FastPath follows the GatewaySubnet's user-defined routes only on ExpressRoute Direct",
    ER_FAST_PATH,
    "warning",
)
CIRCUIT_17 = rule(
    "CIRCUIT-17",
    "a circuit is ordered from a provider, on an ExpressRoute Direct port, or existing: exactly one of them",
    "this project: components.express_route_circuit",
)
CIRCUIT_18 = rule(
    "CIRCUIT-18",
    "connect: auto is for circuits that a provider provisions for this stack; only there can Azure be asked",
    "this project: components.circuit_state",
)
CIRCUIT_19 = rule(
    "CIRCUIT-19",
    "a circuit keeps the private peering that a connection uses",
    ER_WORKFLOW,
)
"""Broken by settings without the peering that the stack has; see `components.circuit_state`."""
CIRCUIT_20 = rule(
    "CIRCUIT-20",
    "a connection to a circuit of another subscription has an authorization key of that circuit",
    ER_LINK_VNET,
)
CIRCUIT_21 = rule(
    "CIRCUIT-21",
    "a circuit that is connected stays so, whatever Azure says of it; only connect: never takes the connection away",
    "this project: components.circuit_state",
    "warning",
)
CIRCUIT_22 = rule(
    "CIRCUIT-22",
    "the tier that is said of an existing circuit is the one that it has",
    "this project: components.circuit_state",
)
CONN_05 = rule("CONN-05", "the routing weight of an ExpressRoute connection is 0 to 32000", ER_LINK_VNET)
ER_03 = rule("ER-03", "a virtual network has at most 4 circuits of one peering location", ER_GATEWAYS)
ER_08 = rule(
    "ER-08", "several circuits are in different peering locations, or they fail together", ER_RESILIENCY, "warning"
)

TIERS = ("Local", "Standard", "Premium")
FAMILIES = ("MeteredData", "UnlimitedData")
DEFAULT_TIER, DEFAULT_FAMILY = "Standard", "MeteredData"
PROVIDER_MBPS = (50, 100, 200, 500, 1000, 2000, 5000, 10000)
"""[CIRCUIT-03]"""
PORT_GBPS = (1, 2, 5, 10, 40, 100)
"""Sizes that Azure's documents name for circuits on Direct ports [CIRCUIT-05]."""
MAX_ROUTING_WEIGHT = 32000
"""[CONN-05]"""
CIRCUITS_PER_LOCATION = 4
"""[ER-03]"""


def circuit(
    path: str,
    *,
    tier: str = DEFAULT_TIER,
    family: str = DEFAULT_FAMILY,
    provider: str | None = None,
    peering_location: str | None = None,
    bandwidth_in_mbps: int | None = None,
    port_id: str | None = None,
    bandwidth_in_gbps: float | None = None,
    existing_id: str | None = None,
    location: str | None = None,
) -> Iterator[Problem]:
    """One circuit by itself [CIRCUIT-01, CIRCUIT-02, CIRCUIT-03, CIRCUIT-05, CIRCUIT-17].

    port_id: it is on this ExpressRoute Direct port. existing_id: it is this one, there already. location: the gateway's
    Azure region.
    """
    port, existing = port_id is not None, existing_id is not None
    order = {"provider": provider, "peering_location": peering_location, "bandwidth_in_mbps": bandwidth_in_mbps}
    missing = [at(path, name) for name, value in order.items() if value is None]
    if port and existing:
        yield CIRCUIT_17(path, "it is existing and on a port; keep the one that it is")
    elif not port and not existing and missing:
        yield CIRCUIT_17(
            path, f"a provider's circuit needs {', '.join(missing)} too; or make it existing, or on a port"
        )
    for name in ("provider", "bandwidth_in_mbps"):
        if order[name] is not None and existing:
            yield CIRCUIT_17(at(path, name), f"{order[name]}: that is the existing circuit's own affair; remove it")
        elif order[name] is not None and port:
            yield CIRCUIT_05(
                at(path, name),
                f"{order[name]}: a circuit on a port has {word(path, 'bandwidth_in_gbps')} and no provider; remove it",
            )
    if port and bandwidth_in_gbps is None:
        yield CIRCUIT_05(at(path, "bandwidth_in_gbps"), "is missing; a circuit on a port says how much it takes of it")
    elif bandwidth_in_gbps is not None and not port:
        yield CIRCUIT_05(at(path, "bandwidth_in_gbps"), f"{bandwidth_in_gbps:g}: only a circuit on a port has it")
    yield from _sku(path, tier, family, existing)
    if tier == "Local":
        near = peering_location or "its peering location"
        yield CIRCUIT_02(
            at(path, "tier"),
            f"Local reaches only the regions near {near}; where {location or 'this'} is none of them, take Standard",
        )
    if bandwidth_in_mbps is not None and not port and not existing and bandwidth_in_mbps not in PROVIDER_MBPS:
        sizes = ", ".join(map(str, PROVIDER_MBPS))
        yield CIRCUIT_03(at(path, "bandwidth_in_mbps"), f"{bandwidth_in_mbps} Mbps is none of {sizes}")
    if bandwidth_in_gbps is not None and bandwidth_in_gbps not in PORT_GBPS:
        sizes = ", ".join(map(str, PORT_GBPS))
        yield CIRCUIT_05.warning(
            at(path, "bandwidth_in_gbps") if not path else f"{path}.port.bandwidthInGbps",
            f"{bandwidth_in_gbps:g} Gbps is none of {sizes}, which Azure's documents name",
        )


class CircuitOrder(NamedTuple):
    """What a circuit is ordered as from a connectivity provider. None: not known."""

    provider: str | None = None
    peering_location: str | None = None
    bandwidth_in_mbps: int | None = None
    tier: str | None = None
    """Local, Standard or Premium."""
    family: str | None = None
    """MeteredData or UnlimitedData."""


def change_of_order(path: str, there: CircuitOrder, wanted: CircuitOrder) -> Iterator[Problem]:
    """What Azure has can become what is wanted [CIRCUIT-04]. What is not known of either is not judged."""
    another = (
        "order another circuit beside it, under a name of its own, and remove this one when traffic has moved and its "
        "provider has deprovisioned it"
    )
    for name in ("provider", "peering_location"):
        old, new = getattr(there, name), getattr(wanted, name)
        if old and new and old.casefold() != new.casefold():
            yield CIRCUIT_04(at(path, name), f"{new}, but the circuit in Azure has {old}, which is fixed; {another}")
    if (there.bandwidth_in_mbps or 0) > (wanted.bandwidth_in_mbps or float("inf")):
        yield CIRCUIT_04(
            at(path, "bandwidth_in_mbps"),
            f"{wanted.bandwidth_in_mbps} Mbps, but the circuit in Azure has {there.bandwidth_in_mbps}, and bandwidth "
            f"only grows; say {there.bandwidth_in_mbps}, or {another}",
        )
    if there.tier in ("Standard", "Premium") and wanted.tier == "Local":
        yield CIRCUIT_04(
            at(path, "tier"), f"Local, but the circuit in Azure is {there.tier} and cannot become Local; {another}"
        )
    if (there.family, wanted.family) == ("UnlimitedData", "MeteredData"):
        yield CIRCUIT_04(
            at(path, "family"),
            f"MeteredData, but the circuit in Azure has UnlimitedData, from which there is no way back; keep it, or "
            f"{another}",
        )


def kept(path: str, name: str, unknown: Sequence[str], provider_state: str, *, connected: bool) -> Iterator[Problem]:
    """What stays though Azure's answer speaks against it [CIRCUIT-21].

    path: that of `connect`. unknown: what the stack has of the circuit and Azure does not know (connection, peering).
    provider_state: the provider's, "unknown" where Azure does not know the circuit. connected: it is, or gets so.
    """
    if unknown:
        yield CIRCUIT_21(
            path,
            f"this stack has the {' and the '.join(unknown)} of circuit {name}, but Azure does not answer so; kept. Is "
            "the right account and subscription selected (azure-native:subscriptionId)? What is really gone in Azure "
            "leaves the state with `pulumi refresh`; to remove a connection, say connect: never",
        )
    if connected and provider_state not in ("Provisioned", "unknown"):
        yield CIRCUIT_21(
            path,
            f"circuit {name} is {provider_state}, but connected; kept. Ask its provider, and say connect: never to "
            "remove the connection",
        )


def peering_in_use(path: str) -> Iterator[Problem]:
    """A private peering is taken out of the settings while a connection uses it [CIRCUIT-19]. path: the peering's."""
    yield CIRCUIT_19(
        path,
        "is removed, but this stack has made it and a connection uses it; keep it. Or say connect: never and run "
        "`pulumi up`, which moves traffic to the VPN; then remove it, and say auto when the provider has made one",
    )


def authorization(path: str, circuit_id: str, subscription: str, way_out: str) -> Iterator[Problem]:
    """A circuit to which no authorization key is given is in this subscription [CIRCUIT-20].

    path: where the circuit is said. circuit_id: its resource id. subscription: id of the one that is deployed to.
    way_out: how a key is given.
    """
    theirs = circuit_id.split("/")[2]
    if theirs.lower() != subscription.lower():
        yield CIRCUIT_20(
            path,
            f"the circuit is in subscription {theirs}, this stack deploys to {subscription}, and there is no "
            f"authorization key; ask the circuit's owner for one, and set it with: {way_out}",
        )


def _sku(path: str, tier: str, family: str, existing: bool) -> Iterator[Problem]:
    if tier not in TIERS:
        yield CIRCUIT_01(at(path, "tier"), f"{tier!r} is none of {', '.join(TIERS)}{did_you_mean(tier, TIERS)}")
    if family not in FAMILIES:
        yield CIRCUIT_01(
            at(path, "family"), f"{family!r} is none of {', '.join(FAMILIES)}{did_you_mean(family, FAMILIES)}"
        )
    elif tier == "Local" and family != "UnlimitedData" and not existing:
        yield CIRCUIT_01(at(path, "family"), f"{family}, but a circuit of tier Local has UnlimitedData")


def owners_parts(path: str, *, private_peering: bool, authorizations: bool) -> Iterator[Problem]:
    """An existing circuit's peering and authorizations are its owner's [CIRCUIT-17]."""
    for name, given in (("private_peering", private_peering), ("authorizations", authorizations)):
        if given:
            yield CIRCUIT_17(at(path, name), "that is made by the existing circuit's owner; remove it here")


def as_said(path: str, there: str, said: str) -> Iterator[Problem]:
    """What is said of an existing circuit's tier is so [CIRCUIT-22]. there: Azure's answer; empty where it has none."""
    if there and there != said:
        yield CIRCUIT_22(path, f"{said} is said, but the circuit is of tier {there}; say {there}")


def automatic(path: str, connect: str, *, ordered: bool) -> Iterator[Problem]:
    """`connect: auto` can be answered [CIRCUIT-18]. path: that of `connect`. ordered: a provider's, by this stack."""
    if connect == "auto" and not ordered:
        yield CIRCUIT_18(
            path,
            "auto cannot be answered for an existing circuit or a Direct port; say always once it is ready, or never",
        )


def routing_weight(path: str, weight: int) -> Iterator[Problem]:
    """Among circuits the connection with the highest weight is preferred [CONN-05]."""
    if not 0 <= weight <= MAX_ROUTING_WEIGHT:
        yield CONN_05(path, f"{weight} is outside 0 to {MAX_ROUTING_WEIGHT}")


def same_name(name: str) -> str:
    """A place's or a provider's name such that its spellings are equal: `Silicon Valley` is `silicon-valley`, and
    `Zürich` is `Zurich`, as Azure writes it."""
    return "".join(filter(str.isalnum, normalize("NFKD", name))).casefold()


def locations(path: str, places: Sequence[str | None]) -> Iterator[Problem]:
    """Peering locations of the connected circuits, None where one is not known [ER-03, ER-08]."""
    known = Counter(same_name(place) for place in places if place)
    names = {same_name(place): place for place in reversed(places) if place}
    for place, count in known.items():
        if count > CIRCUITS_PER_LOCATION:
            yield ER_03(
                path,
                f"{count} circuits in {names[place]}, a virtual network takes {CIRCUITS_PER_LOCATION} from one place",
            )
    if len(places) > 1 and len(known) == 1 and None not in places:
        yield ER_08(
            path,
            f"all {len(places)} circuits are in {next(iter(names.values()))} and fail with that place; use another for "
            "one of them",
        )


def fast_path_routes(paths: Mapping[str, bool], routes_path: str, routes: int) -> Iterator[Problem]:
    """FastPath and user-defined routes of the GatewaySubnet (fastPath's path -> on a Direct port) [CIRCUIT-15]."""
    for path, port in paths.items():
        if routes and not port:
            yield CIRCUIT_15(
                path,
                f"with FastPath a circuit that is on no Direct port goes past the {routes} "
                f"route{'s'[: routes > 1]} in {routes_path}; "
                "remove them or FastPath",
            )
