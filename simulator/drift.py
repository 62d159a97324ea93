"""What others do to the cloud: the connectivity provider, and whoever changes things behind Pulumi's back."""

import json
from typing import Any

from simulator import durations
from simulator.cloud import Cloud
from simulator.errors import AzureError, fail
from simulator.ids import parse
from simulator.resources.base import of_arm_type
from simulator.store import Json, Operation, Record

_STATE = "serviceProviderProvisioningState"


def circuit(cloud: Cloud, name: str) -> Record:
    """A circuit by name or id."""
    with cloud.store.transaction():
        cloud.settle()
        every = cloud.find("ExpressRouteCircuit")
        found = [item for item in every if name.lower() in (item.key, item.name.lower())]
    if not found:
        there = ", ".join(item.name for item in every[:10])
        raise ValueError(f"{name}: no such circuit; {f'the cloud has {there}' if there else 'the cloud has none yet'}")
    if len(found) > 1:
        raise ValueError(f"{name}: there are {len(found)} circuits of this name; give the id")
    return found[0]


def provision(cloud: Cloud, name: str, *, with_peering: bool = False) -> Operation:
    """The provider starts to provision a circuit (TIME-04); one that is provisioned stays so.

    `with_peering`: a layer-3 provider, who makes the private peering too (CIRCUIT-09).
    """
    work = _work(cloud, name, "provision", "Provisioning", "Provisioned")
    if with_peering:
        with cloud.store.transaction():
            _add_peering(cloud, work.id)
    return work


def deprovision(cloud: Cloud, name: str) -> Operation:
    """The provider starts to deprovision a circuit; its state ends as NotProvisioned (CIRCUIT-06)."""
    return _work(cloud, name, "deprovision", "Deprovisioning", "NotProvisioned")


def _work(cloud: Cloud, name: str, what: str, during: str, after: str) -> Operation:
    found = circuit(cloud, name)
    with cloud.store.transaction():
        if _STATE not in found.body:
            raise AzureError(400, "NoProvider", f"circuit {found.name} is on a port: it has no provider")
        minutes = 0.0
        if found.body[_STATE] != after:
            minutes = durations.minutes(f"circuit.{what}", "")
            found.body[_STATE] = during
            found.revision += 1
            cloud.store.save(found)
            cloud.changed()
        return cloud.start_provider_work(found, what, {_STATE: after}, minutes)


def _add_peering(cloud: Cloud, circuit_id: str) -> None:
    body = {
        "peeringType": "AzurePrivatePeering",
        "peerASN": 64600,
        "azureASN": 12076,
        "vlanId": 200,
        "primaryPeerAddressPrefix": "192.168.255.0/30",
        "secondaryPeerAddressPrefix": "192.168.255.4/30",
        "state": "Enabled",
        "connections": [],
        "peeredConnections": [],
        "lastModifiedBy": "Provider",
    }
    add(cloud, f"{circuit_id}/peerings/AzurePrivatePeering", body)


def add(cloud: Cloud, id: str, body: Json) -> Record:
    """Make a resource exist as `body` says, without asking any rule; parents are made too where they are missing."""
    rid = parse(id)
    if rid is None:
        raise ValueError(f"{id} is no resource id")
    kind = of_arm_type(cloud.kinds.values(), rid.type)
    if kind is None:
        raise ValueError(f"{rid.type}: the simulated Azure has no such type")
    with cloud.store.transaction():
        if rid.parent and cloud.store.get(rid.parent) is None:
            add(cloud, rid.parent, {"location": body.get("location", "westus")})
        old = cloud.store.get(id)
        born = old.born if old else cloud.store.next_number("born")
        record = Record(id, kind.token, rid.parent, {**kind.defaults, **body}, "Succeeded", born)
        cloud.store.save(record)
        cloud.changed()
    return record


def read_changes(assignments: list[str]) -> dict[str, Any]:
    """`a.b=VALUE` texts as a mapping of path to value; a value that is no JSON is a string."""
    found: dict[str, Any] = {}
    for assignment in assignments:
        path, mark, text = assignment.partition("=")
        if not mark or not path:
            raise ValueError(f"{assignment}: PROPERTY.PATH=VALUE was expected")
        try:
            found[path] = json.loads(text)
        except ValueError:
            found[path] = text
    return found


def change(cloud: Cloud, id: str, changes: dict[str, Any]) -> None:
    """Change properties of a resource, without asking any rule. A value of None removes; numbers index lists."""
    with cloud.store.transaction():
        cloud.settle()
        record = cloud.store.get(id)
        if record is None:
            raise fail("NotFound", id=id)
        for path, value in changes.items():
            if path == "provisioningState":
                record.state = str(value)
            else:
                _set(record.body, path.split("."), value)
        record.revision += 1
        cloud.store.save(record)
        cloud.changed()


def _set(place: Any, path: list[str], value: Any) -> None:
    head, *rest = path
    key: Any = int(head) if isinstance(place, list) else head
    if rest:
        if isinstance(place, dict) and key not in place:
            place[key] = {}
        _set(place[key], rest, value)
    elif value is None and isinstance(place, dict):
        place.pop(key, None)
    else:
        place[key] = value


def remove(cloud: Cloud, id: str) -> None:
    """Take a resource and what is nested in it away, without asking any rule."""
    with cloud.store.transaction():
        cloud.settle()
        record = cloud.store.get(id)
        if record is None:
            raise fail("NotFound", id=id)
        cloud.drop(record)
        cloud.changed()
