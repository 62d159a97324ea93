"""How a drill stops ExpressRoute, and how it brings it back; each may be done twice.

`peering`: the circuit's private peering is disabled, which drops both its BGP sessions for every network on it
[DRILL-01]. `connection`: the gateway's connection is deleted and made again, which concerns this network alone
[DRILL-07]. `site`: Azure's own test cuts the gateway off from a peering location [DRILL-04].
"""

import time
from collections.abc import Mapping
from typing import Any, Literal

from operations.azure import Azure, AzureError, Place
from operations.journal import Step
from operations.live import PEERING, Live

Json = dict[str, Any]
Method = Literal["peering", "connection", "site"]
METHODS: tuple[Method, ...] = ("peering", "connection", "site")
_SETTLED = ("Succeeded", "Failed", "Canceled")


class Switch:
    """Stops and restores ExpressRoute over one network. keys: the stack's secret maps. pause_s: between two looks at
    what Azure is working on; patience_s: how long it is waited for."""

    def __init__(
        self,
        azure: Azure,
        live: Live,
        keys: Mapping[str, Mapping[str, str]],
        *,
        pause_s: float = 5.0,
        patience_s: float = 900.0,
    ) -> None:
        self._azure, self._live, self._keys = azure, live, keys
        self._pause_s, self._patience_s = pause_s, patience_s

    def facts(self, method: Method, target: str) -> Json:
        """What restoring needs to know. target: a circuit's name, or a peering location."""
        if method != "connection":
            return {"method": method, "target": target}
        id = self._live.connections[target]
        place, connections = Place.of(id), self._connections(id)
        found = self._azure.change(f"connection {place.name}", lambda: connections.get(place.group, place.name))
        body = found.serialize()
        for key in ("sharedKey", "authorizationKey"):
            body["properties"].pop(key, None)
        return {"method": method, "target": target, "id": id, "connection": body}

    def stop(self, facts: Json) -> None:
        """Stop ExpressRoute. Raises `azure.AzureError`."""
        target = facts["target"]
        match facts["method"]:
            case "peering":
                self._peering(target, "Disabled")
            case "connection":
                place, connections = Place.of(facts["id"]), self._connections(facts["id"])
                what = f"deleting connection {place.name}"
                self._azure.change(what, lambda: connections.begin_delete(place.group, place.name).result())
            case _:
                self._test(target, start=True)

    def restore(self, step: Step) -> None:
        """Bring ExpressRoute back, as far as it is not there. Raises `azure.AzureError`."""
        facts = step.facts
        match facts["method"]:
            case "peering":
                self._peering(facts["target"], "Enabled")
            case "connection":
                self._make_connection(facts)
            case _:
                self._test(facts["target"], start=False)

    def _peering(self, circuit: str, state: str) -> None:
        """Let the private peering be in this state: the whole of it is sent again, with its key, which Azure never
        tells."""
        place = Place.of(self._live.circuits[circuit])
        peerings = self._azure.client(place.subscription).express_route_circuit_peerings
        where = (place.group, place.name, PEERING)
        what = f"the private peering of circuit {circuit}"

        def read() -> Any:
            return self._azure.change(what, lambda: peerings.get(*where))

        found = self._settled(what, read)
        if str(found.state) == state and found.provisioning_state == "Succeeded":
            return
        found.state = state
        if key := self._keys.get("peeringSharedKeys", {}).get(circuit):
            found.shared_key = key
        # What Azure fills in by itself is not sent.
        found.stats = None
        self._azure.change(
            f"setting {what} to {state}", lambda: peerings.begin_create_or_update(*where, found).result()
        )

    def _settled(self, what: str, read: Any) -> Any:
        end = time.monotonic() + self._patience_s
        while (found := read()).provisioning_state not in _SETTLED:
            if time.monotonic() >= end:
                raise AzureError(what, "", f"is still {found.provisioning_state}")
            time.sleep(self._pause_s)
        return found

    def _connections(self, id: str) -> Any:
        return self._azure.client(Place.of(id).subscription).virtual_network_gateway_connections

    def _make_connection(self, facts: Json) -> None:
        from azure.mgmt.network.models import VirtualNetworkGatewayConnection

        circuit, place = facts["target"], Place.of(facts["id"])
        connections = self._connections(facts["id"])
        what = f"connection {place.name}"
        end = time.monotonic() + self._patience_s
        while True:
            try:
                found = self._azure.change(what, lambda: connections.get(place.group, place.name))
            except AzureError as error:
                if not error.absent:
                    raise
                break
            if found.provisioning_state == "Succeeded":
                return
            if found.provisioning_state == "Failed":
                break
            if time.monotonic() >= end:
                raise AzureError(what, "", f"is still {found.provisioning_state}")
            time.sleep(self._pause_s)
        made: Any = VirtualNetworkGatewayConnection.deserialize(facts["connection"])
        if key := self._keys.get("circuitAuthorizationKeys", {}).get(circuit):
            made.authorization_key = key
        self._azure.change(
            f"making {what}", lambda: connections.begin_create_or_update(place.group, place.name, made).result()
        )

    def _test(self, location: str, *, start: bool) -> None:
        """Start or stop Azure's own test, where it is not so already."""
        from azure.mgmt.network.models import ExpressRouteFailoverStopApiParameters

        place = Place.of(self._live.express_route_gateway)
        gateways = self._azure.client(place.subscription).virtual_network_gateways
        where = (place.group, place.name)

        def running() -> bool:
            asked = {"type": "SingleSiteFailover", "fetch_latest": True}
            tests = gateways.begin_get_failover_all_test_details(*where, **asked).result() or []
            return any(
                str(one.status) == "Running" and str(one.peering_location).lower() == location.lower() for one in tests
            )

        def switch() -> None:
            # Azure refuses what it has done already, and an answer may have been lost: it is asked before each try.
            if running() is start:
                return
            if start:
                begin = gateways.begin_start_express_route_site_failover_simulation
                begin(*where, peering_location=location).result()
            else:
                stop = gateways.begin_stop_express_route_site_failover_simulation
                said = ExpressRouteFailoverStopApiParameters(peering_location=location, was_simulation_successful=True)
                stop(*where, said).result()

        self._azure.change(f"{'starting' if start else 'stopping'} the failover test of {location}", switch)
