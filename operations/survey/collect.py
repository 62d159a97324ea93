"""Reads a hub from Azure: GET, and the two POSTs that ask for routes. What it may not read is noted, not fatal."""

from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from operations.azure import Azure, AzureError, Place
from operations.gateway_seen import as_path
from operations.live import LINKS, PEERING
from operations.permissions import right
from operations.survey.answers import (
    ALERTS,
    Answers,
    Json,
    Learned,
    Unread,
    group_of,
    name_of,
    properties,
    reference,
    settled,
    told,
    without_secrets,
)

NETWORK_VERSION, GROUP_VERSION = "2024-05-01", "2022-09-01"
VERSIONS = {
    "microsoft.network": NETWORK_VERSION,
    "microsoft.maintenance": "2023-04-01",
    "microsoft.operationalinsights": "2022-10-01",
    "diagnosticsettings": "2021-05-01-preview",
    "metricalerts": "2018-03-01",
    "scheduledqueryrules": "2022-06-15",
    "actiongroups": "2023-01-01",
}
"""By the provider, of Azure Monitor by the type."""
_ASSIGNMENTS = "providers/Microsoft.Maintenance/configurationAssignments"
_DIAGNOSTICS = "providers/Microsoft.Insights/diagnosticSettings"
_NAMED = {_ASSIGNMENTS: "the maintenance window", _DIAGNOSTICS: "the diagnostic settings"}
_NEAR = {"Microsoft.Network": ("expressRouteCircuits", "bastionHosts"), "Microsoft.Insights": ALERTS}
"""What is listed in every resource group that something of the hub is in."""
_AT_ONCE = 8
"""Questions at a time."""
_WATCHED = ("virtualnetworkgateways", "expressroutecircuits", "bastionhosts")
"""What may send its metrics and logs somewhere."""
_FOLLOWED = ("virtualnetworkgateways", "bastionhosts", "loadbalancers")
"""What is read of that which lies in subnets."""

Tell = Callable[[str], None]


def collect(azure: Azure, network: str, tell: Tell) -> Answers:
    """All that Azure says of a hub. network: id of its virtual network. tell: hears the progress.

    Raises `AzureError` where the network itself cannot be read."""
    return _Collector(azure, network, tell).run()


class _Collector:
    def __init__(self, azure: Azure, network: str, tell: Tell) -> None:
        self._azure, self._network, self._tell = azure, network, tell
        self._documents: dict[str, Json] = {}
        self._asked: set[str] = {network.lower()}
        self._unread: list[Unread] = []

    def run(self) -> Answers:
        self._tell(f"Reading {name_of(self._network)}; nothing is changed.")
        hub = without_secrets(self._azure.read("the virtual network", self._network, NETWORK_VERSION))
        self._keep(hub)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            self._crawl(pool, [hub])
            gateways = list(self._of("virtualnetworkgateways"))
            groups = {group_of(str(one["id"])) for one in (*gateways, hub)}
            self._crawl(pool, self._lists(pool, groups, {str(one["id"]).lower() for one in gateways}))
            learned = dict(self._routes(pool, gateways))
            circuits = [one for one in self._of("expressroutecircuits") if settled(one)]
            links = dict(self._links(pool, [one for one in circuits if _peering(one)]))
        self._tell(f"Read {len(self._documents)} resources, {len(self._unread)} parts could not be read.")
        return Answers(self._network, self._documents, learned, links, tuple(self._unread))

    def _of(self, kind: str) -> Iterator[Json]:
        return (one for id, one in self._documents.items() if id.split("/")[-2] == kind)

    def _keep(self, document: Json) -> None:
        self._documents[str(document["id"]).lower()] = document

    def _crawl(self, pool: ThreadPoolExecutor, found: Iterable[Json]) -> None:
        """Read what these refer to, and what that refers to."""
        wave = list(found)
        while wave:
            wanted = {
                id.lower(): id for one in wave for id in self._followed(one) if id and id.lower() not in self._asked
            }
            self._asked |= wanted.keys()
            wave = [one for found in pool.map(self._read, wanted.values()) for one in found]
            for one in wave:
                self._keep(one)

    def _followed(self, document: Json) -> Iterator[str]:
        """The ids that are worth reading in a document."""
        id, inside = str(document["id"]), properties(document)
        kind = id.split("/")[-2].lower()
        if kind in _WATCHED:
            yield f"{id}/{_DIAGNOSTICS}"
        if id.count("/") > 4:
            yield "/".join(id.split("/")[:5])
        if kind == "virtualnetworks":
            for subnet in inside.get("subnets") or ():
                yield reference(subnet, "networkSecurityGroup")
                yield reference(subnet, "routeTable")
                for user in properties(subnet).get("ipConfigurations") or ():
                    owner = "/".join(str(user.get("id") or "").split("/")[:9])
                    if owner.lower().split("/")[-2:-1] in [[one] for one in _FOLLOWED]:
                        yield owner
            if id.lower() == self._network.lower():
                for peering in inside.get("virtualNetworkPeerings") or ():
                    yield reference(peering, "remoteVirtualNetwork")
        elif kind in ("virtualnetworkgateways", "bastionhosts"):
            for configuration in inside.get("ipConfigurations") or ():
                yield reference(configuration, "publicIPAddress")
            if kind == "virtualnetworkgateways":
                yield f"{id}/{_ASSIGNMENTS}"
        elif kind == "configurationassignments":
            yield str(inside.get("maintenanceConfigurationId") or "")
        elif kind == "connections":
            yield reference(document, "localNetworkGateway2")
            yield reference(document, "peer")
        elif kind == "diagnosticsettings":
            yield str(inside.get("workspaceId") or "")
        elif kind in map(str.lower, ALERTS):
            yield from told(document)

    def _read(self, id: str) -> list[Json]:
        """A document, or what is listed at an id; nothing, and a note, where it is not told."""
        kind, name = id.rpartition("/")[0].rpartition("/")[2], name_of(id)
        what = next((f"{text} of {id.split('/')[8]}" for end, text in _NAMED.items() if id.endswith(end)), "")
        what = what or f"{kind} {name}"
        try:
            found = without_secrets(self._azure.read(what, id, _version(id)))
        except AzureError as error:
            self._untold(id, what, error, right(id))
            return []
        return list(found["value"]) if "value" in found else [found]

    def _untold(self, id: str, what: str, error: AzureError, needed: str) -> None:
        """Note what was not told. needed: the right that the question needs."""
        if not error.absent:
            why = str(error).removeprefix(f"{what}: ") + (f" (it needs {needed})" if error.denied else "")
            self._unread.append(Unread(id.lower(), what, why))
            self._tell(f"  not read  {what}: {why}")

    def _lists(self, pool: ThreadPoolExecutor, groups: Collection[str], gateways: Collection[str]) -> list[Json]:
        """The gateways' connections, wherever they are, and the circuits and Bastion hosts beside them."""
        subscription = "/".join(self._network.split("/")[:3])
        query = "$filter=resourceType eq 'Microsoft.Network/connections'"
        url, what = f"{subscription}/resources", "the connections of the subscription"
        try:
            rows = self._listed(url, what, "2021-04-01", query)
            ids = [str(row["id"]) for row in rows if str(row.get("type")).lower() == "microsoft.network/connections"]
        except AzureError as error:
            self._untold(url, what, error, right(url))
            ids = []
        homes = {group_of(id) for id in ids} | set(groups)
        found: list[Json] = []
        for listed in pool.map(lambda home: self._all(home, "Microsoft.Network", "connections"), sorted(homes)):
            found += [one for one in listed if reference(one, "virtualNetworkGateway1").lower() in gateways]
        near = {group_of(str(one["id"])) for one in found} | set(groups)
        wanted = [
            (home, provider, kind) for provider, kinds in _NEAR.items() for kind in kinds for home in sorted(near)
        ]
        for listed in pool.map(lambda one: self._all(*one), wanted):
            found += listed
        for one in found:
            self._asked.add(str(one["id"]).lower())
            self._keep(one)
        return found

    def _all(self, group: str, provider: str, kind: str) -> list[Json]:
        what, url = f"the {kind} in {name_of(group)}", f"{group}/providers/{provider}/{kind}"
        try:
            return self._listed(url, what, _version(f"{url}/"))
        except AzureError as error:
            self._untold(f"{group}/{kind}", what, error, right(url))
            return []

    def _listed(self, url: str, what: str, version: str, query: str = "") -> list[Json]:
        found: list[Json] = []
        while url:
            page = self._azure.read(what, url, version, query)
            found += without_secrets(page.get("value") or [])
            url, query = str(page.get("nextLink") or ""), ""
        return found

    def _routes(self, pool: ThreadPoolExecutor, gateways: Iterable[Json]) -> Iterator[tuple[str, list[Learned]]]:
        """What each gateway has learned."""

        def ask(gateway: Json) -> tuple[str, list[Learned] | None]:
            id = str(gateway["id"])
            place = Place.of(id)
            if not settled(gateway):
                state = properties(gateway).get("provisioningState")
                why = AzureError("", "", f"it is {state}: survey again when that is over")
                self._untold(f"{id}/routes", f"the learned routes of {place.name}", why, "")
                return id.lower(), None
            client = self._azure.client(place.subscription).virtual_network_gateways
            rows = self._asked_for(
                f"{id}/routes",
                f"the learned routes of {place.name}",
                lambda: client.begin_get_learned_routes(place.group, place.name).result().value,
                right(id, "getLearnedRoutes/action"),
            )
            if rows is None:
                return id.lower(), None
            return id.lower(), [
                Learned(str(row.network), as_path(row.as_path), str(row.origin), str(row.source_peer)) for row in rows
            ]

        for id, rows in pool.map(ask, gateways):
            if rows is not None:
                yield id, rows

    def _links(self, pool: ThreadPoolExecutor, circuits: Iterable[Json]) -> Iterator[tuple[str, list[Learned]]]:
        """What each link of each circuit has."""

        def ask(of: tuple[Json, str]) -> tuple[str, list[Learned] | None]:
            id, link = str(of[0]["id"]), of[1]
            place = Place.of(id)
            client = self._azure.client(place.subscription).express_route_circuits
            rows = self._asked_for(
                f"{id}/{link}",
                f"the routes of the {link} link of circuit {place.name}",
                lambda: client.begin_list_routes_table(place.group, place.name, PEERING, link).result().value,
                right(f"{id}/peerings/{PEERING}", "routeTables/read"),
            )
            key = f"{id}/{link}".lower()
            return key, None if rows is None else [Learned(str(row.network), as_path(row.path)) for row in rows]

        for key, rows in pool.map(ask, [(circuit, link) for circuit in circuits for link in LINKS]):
            if rows is not None:
                yield key, rows

    def _asked_for(self, id: str, what: str, call: Callable[[], Any], needed: str) -> Any:
        try:
            return self._azure.ask(what, call) or []
        except AzureError as error:
            self._untold(id, what, error, needed)
            return None


def _version(id: str) -> str:
    """The API version that a document is asked for with."""
    provider, _, below = id.lower().rpartition("/providers/")[2].partition("/")
    known = VERSIONS.get(provider) or VERSIONS.get(below.partition("/")[0])
    return known if known and "/providers/" in id.lower() else GROUP_VERSION


def _peering(circuit: Json) -> bool:
    return any(str(one.get("name")) == PEERING for one in properties(circuit).get("peerings") or ())
