"""Who else uses a circuit: networks of others that a drill would cut off with ours."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from operations.azure import Azure, Place
from operations.live import Live
from operations.sight import CircuitSeen

_VERSION = "2021-04-01"
_CONNECTION = "Microsoft.Network/connections"


def others(azure: Azure, live: Live, circuit: str, seen: CircuitSeen) -> list[str]:
    """A sentence for each sign that somebody else uses a circuit. Raises `azure.AzureError`."""
    return [
        *_connections(azure, live, circuit),
        *_authorizations(azure, live, circuit),
        *_prefixes(live, circuit, seen),
    ]


def _connections(azure: Azure, live: Live, circuit: str) -> Iterator[str]:
    """Connections to the circuit in all of its subscription."""
    own, id = {one.lower() for one in live.connections.values()}, live.circuits[circuit]
    subscription = Place.of(id).subscription
    connections = azure.client(subscription).virtual_network_gateway_connections
    for one in _listed(azure, subscription):
        if one.lower() in own:
            continue
        place = Place.of(one)
        found = azure.ask(f"connection {place.name}", lambda at=place: connections.get(at.group, at.name))
        if found.peer is not None and str(found.peer.id).lower() == id.lower():
            yield f"Circuit {circuit} is used by connection {place.name} in resource group {place.group} too."


def _listed(azure: Azure, subscription: str) -> Iterator[str]:
    what = f"the connections in subscription {subscription}"
    path: str | None = f"/subscriptions/{subscription}/resources"
    query = f"$filter=resourceType eq '{_CONNECTION}'"
    while path:
        page: Mapping[str, Any] = azure.read(what, path, _VERSION, query)
        yield from (str(one["id"]) for one in page.get("value") or () if _is_connection(one))
        path, query = page.get("nextLink"), ""


def _is_connection(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("type", "")).lower() == _CONNECTION.lower()


def _authorizations(azure: Azure, live: Live, circuit: str) -> Iterator[str]:
    """Authorizations that a gateway of another subscription uses [CIRCUIT-13]."""
    place, own = Place.of(live.circuits[circuit]), {one.lower() for one in live.connections.values()}
    authorizations = azure.client(place.subscription).express_route_circuit_authorizations
    for one in azure.ask(
        f"the authorizations of circuit {circuit}", lambda: [*authorizations.list(place.group, place.name)]
    ):
        user = str(one.connection_resource_uri or "")
        if str(one.authorization_use_status) == "InUse" and user.lower() not in own:
            by = f" by {user}" if user else ""
            yield f"Authorization {one.name} of circuit {circuit} is in use{by}."


def _prefixes(live: Live, circuit: str, seen: CircuitSeen) -> Iterator[str]:
    """What networks in Azure announce to the circuit that are neither the hub nor its spokes."""
    network = live.settings.network
    own = [*network.address_space, *(prefix for spoke in network.spokes for prefix in spoke.address_space)]
    told = {prefix for link in seen.links.values() for prefix in link.azure}
    for prefix in sorted(told):
        if not _inside(prefix, own):
            yield f"Circuit {circuit} carries {prefix} of a network in Azure that is none of this stack's."


def _inside(prefix: IPv4Network, own: list[IPv4Network]) -> bool:
    return any(prefix.subnet_of(one) for one in own)
