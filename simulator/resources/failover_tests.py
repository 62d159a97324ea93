"""The site failover test of an ExpressRoute gateway: for a while, it has nothing to do with one peering location.

Microsoft's page on resiliency validation (2025-11-04) has its conditions: circuits in at least two distinct peering
locations on this gateway, no Metro location, no other test. "The test continues to run indefinitely" if nobody ends it.
"""

from datetime import UTC, datetime, timedelta

from simulator.errors import AzureError, fail
from simulator.resources.base import AnyCloud
from simulator.resources.gateways import circuit_of, connections_of
from simulator.store import Json, Record

_META = "failoverTests"
_EPOCH = datetime(2024, 5, 1, tzinfo=UTC)
"""Simulated time has no date: this is its beginning."""


def utc(moment: float) -> str:
    """A simulated moment as a time of day."""
    return (_EPOCH + timedelta(seconds=moment)).strftime("%Y-%m-%dT%H:%M:%SZ")


def location(circuit: Json, cloud: AnyCloud) -> str:
    """A circuit's peering location: its own, or that of its port."""
    port = cloud.store.get((circuit.get("expressRoutePort") or {}).get("id", ""))
    own = (circuit.get("serviceProviderProperties") or {}).get("peeringLocation", "")
    return own or (port.body.get("peeringLocation", "") if port else "")


def _tests(cloud: AnyCloud, gateway: Record) -> list[Json]:
    """A gateway's tests, the oldest first; a gateway that is made again has had none."""
    return cloud.store.meta(_META, {}).get(f"{gateway.key} {gateway.born}", [])


def _keep(cloud: AnyCloud, gateway: Record, tests: list[Json]) -> None:
    cloud.store.set_meta(_META, cloud.store.meta(_META, {}) | {f"{gateway.key} {gateway.born}": tests})


def cut_off(cloud: AnyCloud, gateway: Record) -> set[str]:
    """The peering locations (in lower case) that a gateway has nothing to do with for now."""
    return {test["location"].lower() for test in _tests(cloud, gateway) if test["status"] == "Running"}


def _circuits(cloud: AnyCloud, gateway: Record) -> list[tuple[Record, Record]]:
    """Each connection of a gateway with its circuit."""
    pairs = ((found, cloud.store.get(circuit_of(found.body))) for found in connections_of(cloud, gateway.key))
    return [(connection, circuit) for connection, circuit in pairs if circuit is not None]


def start(cloud: AnyCloud, gateway: Record, given: Json, now: float) -> str:
    """Start a test; the answer is its id. `given` has the peering location."""
    wanted = str(given.get("peeringLocation") or "")
    places = {location(circuit.body, cloud).lower() for _, circuit in _circuits(cloud, gateway)} - {""}
    tests = _tests(cloud, gateway)
    what = ""
    if gateway.body["gatewayType"] != "ExpressRoute":
        what = "it is for ExpressRoute gateways"
    elif not wanted or wanted.lower() not in places:
        what = f"the gateway has no circuit in peering location '{wanted}'"
    elif len(places) < 2:
        what = "the gateway's circuits are in one peering location, and have to be in at least two"
    elif any(place.endswith(" metro") for place in places):
        what = "ExpressRoute Metro is not supported"
    elif any(test["status"] == "Running" for test in tests):
        what = "another test is under way"
    if what:
        raise _refused(gateway, what)
    guid = cloud.store.derive_uuid("failover test", gateway.key, gateway.born, len(tests))
    new = {"id": guid, "location": wanted, "status": "Running", "start": now, "end": None, "well": None, "details": []}
    _keep(cloud, gateway, [*tests, new])
    return guid


def stop(cloud: AnyCloud, gateway: Record, given: Json, now: float) -> str:
    """End the test of a peering location; the answer is its id. `given` has what the caller found too."""
    wanted = str(given.get("peeringLocation") or "").lower()
    tests = _tests(cloud, gateway)
    for test in tests:
        if test["status"] == "Running" and test["location"].lower() == wanted:
            details = given.get("details") or []
            test.update(status="Completed", end=now, well=given.get("wasSimulationSuccessful"), details=details)
            _keep(cloud, gateway, tests)
            return test["id"]
    raise _refused(gateway, f"no test of peering location '{given.get('peeringLocation', '')}' is under way")


def history(cloud: AnyCloud, gateway: Record, given: Json) -> list[Json]:
    """All tests of a gateway, the oldest first. `given`: the type asked for; MultiSiteFailover has none here."""
    if given.get("type") == "MultiSiteFailover":
        return []
    found, cut = _circuits(cloud, gateway), cut_off(cloud, gateway)
    return [
        {
            "peeringLocation": test["location"],
            "circuits": [
                {"nrpResourceUri": circuit.id, "name": circuit.name, "connectionName": connection.name}
                for connection, circuit in found
                if location(circuit.body, cloud).lower() == test["location"].lower()
            ],
            "status": test["status"],
            "startTime": utc(test["start"]),
            "endTime": utc(test["end"]) if test["end"] is not None else "",
            "connections": [
                {
                    "nrpResourceUri": connection.id,
                    "name": connection.name,
                    "status": "Disconnected" if location(circuit.body, cloud).lower() in cut else "Connected",
                }
                for connection, circuit in found
            ],
            "testGuid": test["id"],
            "testType": "SingleSiteFailover",
            "issues": [],
        }
        for test in _tests(cloud, gateway)
    ]


def one(cloud: AnyCloud, gateway: Record, given: Json) -> list[Json]:
    """One test of a gateway. `given` has its peering location and its id."""
    return [
        {
            "peeringLocation": test["location"],
            "status": test["status"],
            "startTimeUtc": utc(test["start"]),
            "endTimeUtc": utc(test["end"]) if test["end"] is not None else "",
            "wasSimulationSuccessful": bool(test["well"]),
            "failoverConnectionDetails": test["details"],
        }
        for test in _tests(cloud, gateway)
        if test["id"] == given.get("failoverTestId")
        and test["location"].lower() == str(given.get("peeringLocation") or "").lower()
    ]


def _refused(gateway: Record, what: str) -> AzureError:
    return fail("CodeUnknown_DRILL-05", id=gateway.id, what=what)
