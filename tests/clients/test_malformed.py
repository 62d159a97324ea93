"""A thousand requests that make no sense: each is refused as Azure refuses, and the cloud stays as it was."""

import http.client
import json
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.arm import bodies
from simulator.arm.messages import MOST_BYTES
from simulator.cloud import Cloud
from simulator.ids import SUBSCRIPTION
from simulator.resources import kinds
from simulator.resources.base import Kind
from simulator.store import Json
from tests.clients import fits
from tests.clients.azure_side import served
from tests.simulator.world import GROUP_ID, NETWORK_ID, REQUESTS, WITH_SITE, inputs, make, token

VERSION = "?api-version=2024-05-01"
GROUP_VERSION = "?api-version=2022-09-01"


class Wire:
    """A cloud behind HTTP, and requests as nobody's client makes them."""

    def __init__(self, cloud: Cloud, url: str, ca: str) -> None:
        self.cloud = cloud
        self.before = cloud.store.find()
        self.address = url.removeprefix("https://")
        self.context = ssl.create_default_context(cafile=ca)
        self.connection = self.connect()

    def connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self.address, context=self.context, timeout=30)

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any]:
        """Send; answers status and body."""
        try:
            self.connection.request(method, path, body, {"Content-Type": "application/json", **headers})
            answer = self.connection.getresponse()
            text = answer.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            raise
        if answer.will_close:
            self.connection.close()
        return answer.status, json.loads(text) if text else None

    def check(self, method: str, path: str, body: bytes | None = None, **headers: str) -> None:
        """The request is refused with a 4xx of Azure's form, and has changed nothing."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, answer = self.send(method, path, body, named)
        assert 400 <= status < 500, (method, path, body, status, answer)
        fits.check(method, path, status, answer)
        assert self.cloud.store.find() == self.before, (method, path, body, status, answer)
        assert self.cloud.store.open_operations() == []


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    cloud = make(*WITH_SITE, "vpn connection", "nsg", "rule", "table", "route", "circuit")
    with served(cloud) as endpoint:
        yield Wire(cloud, endpoint.url, str(endpoint.ca))


def resource_paths() -> list[str]:
    """A path of every type, with names that are free."""
    return [
        kind.make_id(
            SUBSCRIPTION, dict.fromkeys(("resourceGroupName", *kind.parameters), "other") | {"resourceGroupName": "rg"}
        )
        for kind in kinds().values()
        if kind.arm_type.startswith("Microsoft.Network")
    ]


leaves = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20)
jsons = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)
FIELDS = st.sampled_from(
    ["id", "name", "location", "sku", "tags", "zones", "subnets", "addressSpace", "ipConfigurations"]
)
objects = st.fixed_dictionaries(
    {"properties": st.dictionaries(FIELDS | st.text(max_size=9), jsons, min_size=1, max_size=3)}
)
words = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="?#% "), min_size=1, max_size=12
)
HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example]
wild = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=HEALTH, database=None)


@wild
@given(path=st.sampled_from(resource_paths()), body=jsons | objects)
def test_json_that_is_no_resource(wire: Wire, path: str, body: Any) -> None:
    if isinstance(body, dict) and set(body) <= {"location", "tags"}:
        body = {"colour": body}
    wire.check("PUT", path + VERSION, json.dumps(body).encode())


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where everything in a body stands."""
    if place:
        yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*place, key))


@wild
@given(data=st.data(), name=st.sampled_from([name for name in REQUESTS if name not in ("group", "authorization")]))
def test_a_good_request_with_one_value_of_the_wrong_kind(wire: Wire, data: st.DataObject, name: str) -> None:
    kind = kinds()[token(REQUESTS[name][0])]
    whole = inputs(name, tags={"a": "b"}) if kind.located else inputs(name)
    body = bodies.write(kind, {key: value for key, value in whole.items() if key not in names_of(kind)})
    *path, last = data.draw(st.sampled_from(list(places(body))))
    home: Any = body
    for key in path:
        home = home[key]
    home[last] = data.draw(st.sampled_from([{"x": {"y": 1}}, [[1]], 0.5, [None, {"x": 1}]]))
    wire.check("PUT", kind.make_id(SUBSCRIPTION, whole) + VERSION, json.dumps(body).encode())


def names_of(kind: Kind) -> tuple[str, ...]:
    return ("resourceGroupName", *kind.parameters)


@wild
@given(path=st.sampled_from([NETWORK_ID + "/virtualNetworks/other", GROUP_ID + "-other"]), body=st.binary(max_size=300))
def test_bytes_that_are_no_json(wire: Wire, path: str, body: bytes) -> None:
    try:
        json.loads(body)
        body += b"}"
    except ValueError:
        pass
    wire.check("PUT", path + (VERSION if "Network" in path else GROUP_VERSION), body)


@wild
@given(
    parts=st.lists(words, max_size=9), start=st.sampled_from(["/", f"{GROUP_ID}/", f"{NETWORK_ID}/", "/subscriptions/"])
)
def test_paths_that_lead_nowhere(wire: Wire, parts: list[str], start: str) -> None:
    path = start + "/".join(["nowhere", *parts])
    for method in ("GET", "PUT", "DELETE"):
        wire.check(method, path + VERSION, b"{}" if method == "PUT" else None)


@wild
@given(method=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12), path=st.sampled_from(resource_paths()))
def test_verbs_that_azure_has_not(wire: Wire, method: str, path: str) -> None:
    if method in ("GET", "PUT", "PATCH", "DELETE", "HEAD", "CONNECT"):
        method = f"{method}S"
    wire.check(method, path + VERSION, b"{}")


@wild
@given(
    name=st.sampled_from(["Content-Type", "If-Match", "Origin", "Host"]),
    value=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40),
)
def test_headers_that_mean_nothing(wire: Wire, name: str, value: str) -> None:
    path = f"{NETWORK_ID}/virtualNetworks/other{VERSION}"
    space: Json = {"location": "westus", "properties": {"addressSpace": {"addressPrefixes": ["10.7.0.0/16"]}}}
    wire.check("PUT", path, json.dumps(space).encode(), **{name.replace("-", "_"): value})


@pytest.mark.parametrize(
    "body",
    [
        b"x" * 10 * 1024 * 1024,
        b'{"tags": {"a": "' + b"x" * MOST_BYTES + b'"}}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"location": "westus", "properties": {"addressSpace": {"addressPrefixes": [' + b"9" * 5000 + b"]}}}",
        b'{"location": "\\ud800", "properties": {}}',
        b'{"location": NaN}',
        b'{"location": 1e999}',
        b"\xff\xfe",
        b"",
    ],
    ids=range(10),
)
def test_bodies_that_are_too_much(wire: Wire, body: bytes) -> None:
    for path in (f"{NETWORK_ID}/virtualNetworks/other{VERSION}", f"{GROUP_ID}-other{GROUP_VERSION}"):
        wire.check("PUT", path, body)
    wire.check("PATCH", f"{NETWORK_ID}/virtualNetworks/hub{VERSION}", body)
