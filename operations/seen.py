"""What Azure says of a live network: gateways, connections, tunnels, circuits, learned routes, route tables.

Everything here is read, nothing changed. Shared keys are compared and forgotten at once.
"""

import hmac
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from typing import Any

from components.rules.bgp import AZURE_ASN
from operations.azure import Azure, AzureError, Place
from operations.gateway_seen import GatewaySeen, is_prefix, word
from operations.live import LINKS, PEERING, Live
from operations.sight import CircuitSeen, Key, LinkSeen, RouteSeen, Seen, SiteSeen, TableSeen

_AT_ONCE = 8
"""Questions at a time: each is a long-running operation of Azure's."""


def look(azure: Azure, live: Live, keys: Mapping[str, str]) -> Seen:
    """Read a live network. keys: the stack's shared key of each site, as far as it is known.

    Raises `azure.AzureError` where a gateway cannot be read."""
    return _Reader(azure, live, keys).read()


class _Reader:
    def __init__(self, azure: Azure, live: Live, keys: Mapping[str, str]) -> None:
        self._azure, self._live, self._keys = azure, live, keys
        self._untold: list[str] = []

    def read(self) -> Seen:
        live = self._live
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            gateways = {
                name: pool.submit(self._gateway, id)
                for name, id in (("ExpressRoute", live.express_route_gateway), ("VPN", live.vpn_gateway))
            }
            circuits = {name: pool.submit(self._circuit, name, id) for name, id in live.circuits.items()}
            strangers = self._strangers()
            declared = (*live.connections.values(), *live.sites.values())
            connections = {id: pool.submit(self._connection, id) for id in (*declared, *strangers)}
            same = {name: pool.submit(self._key, name, id) for name, id in live.sites.items()}
            local = {name: pool.submit(self._local_gateway, id) for name, id in live.local_gateways.items()}
            tables = {name: pool.submit(self._table, id) for name, id in live.subnets.items()}
            gateway_subnet = pool.submit(self._table, live.gateway_subnet)
            peerings = {name: pool.submit(self._peering, id) for name, id in live.peerings.items()}
        express_route, vpn = (gateways[name].result() for name in ("ExpressRoute", "VPN"))
        found = {id: connection.result() for id, connection in connections.items()}
        read = {name: circuit.result() for name, circuit in circuits.items()}
        sites = {
            name: self._site(found[id], same[name].result(), local[name].result(), vpn)
            for name, id in live.sites.items()
        }
        for id in strangers:
            connection = found[id]
            if connection is not None and connection.local_network_gateway2 is not None:
                sites[Place.of(id).name] = self._site(
                    connection, "unknown", self._local_gateway(connection.local_network_gateway2.id), vpn
                )
        return Seen(
            self._with_routes(read, found, express_route),
            sites,
            {name: table.result() for name, table in tables.items()},
            gateway_subnet.result(),
            {name: str(gateways[name].result().gateway.provisioning_state or "") for name in gateways},
            bool(vpn.gateway.active),
            {name: peering.result() for name, peering in peerings.items()},
            tuple(Place.of(id).name for id in strangers),
            tuple(self._untold),
        )

    def _strangers(self) -> list[str]:
        """The ids of connections of the two gateways that the stack has not made."""
        live, found = self._live, list[str]()
        declared = {id.lower() for id in (*live.connections.values(), *live.sites.values())}
        gateways = {live.express_route_gateway.lower(), live.vpn_gateway.lower()}
        for place in {Place.of(id)[:2] for id in (live.express_route_gateway, live.vpn_gateway)}:
            connections = self._azure.client(place[0]).virtual_network_gateway_connections
            listed = self._tried(f"the connections of {place[1]}", lambda at=place, of=connections: [*of.list(at[1])])
            for one in listed or ():
                own = one.virtual_network_gateway1
                if own is not None and str(own.id).lower() in gateways and str(one.id).lower() not in declared:
                    found.append(str(one.id))
        return found

    def _tried(self, what: str, call: Any) -> Any:
        """The answer; None where there is no such thing, and where Azure does not tell, which is kept."""
        try:
            return self._azure.ask(what, call)
        except AzureError as error:
            if not error.absent:
                self._untold.append(str(error))
            return None

    def _gateway(self, id: str) -> GatewaySeen:
        place = Place.of(id)
        gateways = self._azure.client(place.subscription).virtual_network_gateways
        where = (place.group, place.name)
        gateway = self._azure.ask(f"gateway {place.name}", lambda: gateways.get(*where))
        what = f"of gateway {place.name}"
        learned = self._azure.ask(
            f"the learned routes {what}", lambda: gateways.begin_get_learned_routes(*where).result().value
        )
        peers = self._azure.ask(
            f"the BGP peers {what}", lambda: gateways.begin_get_bgp_peer_status(*where).result().value
        )
        return GatewaySeen(gateway, learned or [], peers or [])

    def _connection(self, id: str) -> Any:
        place = Place.of(id)
        connections = self._azure.client(place.subscription).virtual_network_gateway_connections
        return self._tried(f"connection {place.name}", lambda: connections.get(place.group, place.name))

    def _key(self, site: str, id: str) -> Key:
        """Whether Azure has the stack's key."""
        if not self._keys.get(site):
            return "unknown"
        place = Place.of(id)
        connections = self._azure.client(place.subscription).virtual_network_gateway_connections
        found = self._tried(
            f"the shared key of connection {place.name}", lambda: connections.get_shared_key(place.group, place.name)
        )
        if found is None or found.value is None:
            return "unknown"
        return "same" if hmac.compare_digest(found.value.encode(), self._keys[site].encode()) else "other"

    def _local_gateway(self, id: str) -> Any:
        place = Place.of(id)
        gateways = self._azure.client(place.subscription).local_network_gateways
        return self._tried(f"local network gateway {place.name}", lambda: gateways.get(place.group, place.name))

    def _peering(self, id: str) -> str:
        """The state of a spoke's peering, as the hub has it."""
        network, name = id.split("/virtualNetworkPeerings/")
        place = Place.of(network)
        peerings = self._azure.client(place.subscription).virtual_network_peerings
        found = self._tried(f"peering {name}", lambda: peerings.get(place.group, place.name, name))
        return str(found.peering_state or "") if found else ""

    def _table(self, id: str) -> TableSeen:
        """The routes of a subnet."""
        network, subnet = id.split("/subnets/")
        place = Place.of(network)
        client = self._azure.client(place.subscription)
        found = self._tried(f"subnet {subnet}", lambda: client.subnets.get(place.group, place.name, subnet))
        if found is None or found.route_table is None:
            return TableSeen()
        where = Place.of(found.route_table.id)
        table = self._tried(
            f"route table {where.name}",
            lambda: self._azure.client(where.subscription).route_tables.get(where.group, where.name),
        )
        if table is None:
            return TableSeen()
        routes = frozenset(
            RouteSeen(IPv4Network(one.address_prefix), str(one.next_hop_type), one.next_hop_ip_address or "")
            for one in table.routes or ()
            if is_prefix(one.address_prefix)
        )
        return TableSeen(routes, not table.disable_bgp_route_propagation)

    def _circuit(self, name: str, id: str) -> CircuitSeen:
        """A circuit without what only the gateway knows."""
        place = Place.of(id)
        client = self._azure.client(place.subscription)
        circuits, where = client.express_route_circuits, (place.group, place.name)
        try:
            circuit = self._azure.ask(f"circuit {place.name}", lambda: circuits.get(*where))
        except AzureError as error:
            if error.denied:
                return CircuitSeen(unreadable=str(error))
            if not error.absent:
                self._untold.append(str(error))
            return CircuitSeen(unreadable="" if error.absent else str(error))
        peering = self._tried(
            f"the peering of circuit {place.name}", lambda: client.express_route_circuit_peerings.get(*where, PEERING)
        )
        links = {link: self._link(circuits, place, link) for link in LINKS} if peering else {}
        return CircuitSeen(
            provider=str(circuit.service_provider_provisioning_state or ""),
            circuit_state=str(circuit.provisioning_state or ""),
            peering=str(peering.state or "") if peering else "",
            modified_by=str(peering.last_modified_by or "") if peering else "",
            links=links,
        )

    def _link(self, circuits: Any, place: Place, link: str) -> LinkSeen:
        where, what = (place.group, place.name, PEERING, link), f"of the {link} link of circuit {place.name}"
        routes = self._tried(f"the routes {what}", lambda: circuits.begin_list_routes_table(*where).result().value)
        summary = self._tried(
            f"the BGP sessions {what}", lambda: circuits.begin_list_routes_table_summary(*where).result().value
        )
        rows = [
            (IPv4Network(row.network), str(row.path or "").split()) for row in routes or () if is_prefix(row.network)
        ]
        inside = frozenset(prefix for prefix, path in rows if str(AZURE_ASN) in path)
        prefixes = frozenset(prefix for prefix, _ in rows) - inside
        devices = [row for row in summary or () if row.as_property != AZURE_ASN]
        session = any(str(row.state_pfx_rcd or "").isdecimal() for row in devices) if summary is not None else None
        return LinkSeen(session, prefixes, inside)

    def _with_routes(
        self, read: Mapping[str, CircuitSeen], found: Mapping[str, Any], gateway: GatewaySeen
    ) -> dict[str, CircuitSeen]:
        """The circuits with what the gateway has over each: what a circuit's own tables have, and of those that cannot
        be read what no other has."""
        learned = gateway.over_express_route
        known = {prefix for one in read.values() for link in one.links.values() for prefix in link.prefixes}
        result = {}
        for name, one in read.items():
            connection = found.get(self._live.connections.get(name, ""))
            state = word(connection.connection_status) if connection is not None else ""
            own = {prefix for link in one.links.values() if link.session is not False for prefix in link.prefixes}
            if one.unreadable or any(link.session is None for link in one.links.values()):
                own |= learned.keys() - known if known else learned.keys()
            carried = frozenset(prefix for prefix in own if prefix in learned) if state == "Connected" else frozenset()
            paths = [learned[prefix] for prefix in carried]
            result[name] = CircuitSeen(
                state,
                one.provider,
                one.circuit_state,
                one.peering,
                one.modified_by,
                one.links,
                one.unreadable,
                carried,
                min(paths, key=len, default=()),
                int(getattr(connection, "routing_weight", 0) or 0),
            )
        return result

    def _site(self, connection: Any, key: Key, local: Any, vpn: GatewaySeen) -> SiteSeen:
        if connection is None:
            return SiteSeen()
        space = local.local_network_address_space if local is not None else None
        static = frozenset(
            IPv4Network(text) for text in (space.address_prefixes if space else None) or () if is_prefix(text)
        )
        bgp = bool(connection.enable_bgp)
        peer = str(local.bgp_settings.bgp_peering_address) if bgp and local is not None and local.bgp_settings else ""
        paths = vpn.learned_from(peer) if peer else {}
        return SiteSeen(
            word(connection.connection_status),
            key,
            vpn.tunnels(connection),
            vpn.sessions(peer) if peer else {},
            frozenset(paths),
            static & vpn.own,
            bgp,
            min(map(len, paths.values()), default=1),
        )
