"""Azure's own client in front of a simulated cloud; every answer that it gets is held against its models."""

import inspect
import json
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from azure.core.credentials import AccessToken
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest
from azure.mgmt.network import NetworkManagementClient, models

from simulator.arm import bodies
from simulator.arm.calls import PAGE
from simulator.arm.make_bodies import model_name
from simulator.arm.serving import Endpoint, serving
from simulator.clock import Anchor, RunningClock
from simulator.cloud import Cloud
from simulator.faults import Faults, parse
from simulator.front import Front
from simulator.ids import SUBSCRIPTION
from simulator.resources import kinds
from simulator.resources.base import Kind
from simulator.store import Json
from tests.clients import fits

TOKEN = "a-token-that-nobody-may-keep"
GROUP_VERSION = "2022-09-01"


MINUTE_MS = 0.05
"""Real milliseconds of a simulated minute where nobody looks at the time: a gateway is made at the first poll."""


def quick_clock() -> RunningClock:
    """A clock on which everything is done at once."""
    return RunningClock(Anchor(0.0, time.time(), MINUTE_MS))


class Credential:
    """Gives out the token."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken(TOKEN, int(time.time()) + 3600)


class Checking(SansIOHTTPPolicy[Any, Any]):
    """Holds every answer against the models, before anybody reads it; keeps what it saw."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, int]] = []
        self._ends: dict[str, str] = {}

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:
        sent, answer = request.http_request, response.http_response
        path = _path(sent.url)
        self.seen.append((sent.method, path, answer.status_code))
        text = answer.body() if callable(getattr(answer, "body", None)) else answer.read()
        # What an action leads to is found behind the link that it was given.
        if "Location" in answer.headers and (action := fits.action_of(path)):
            self._ends[_path(answer.headers["Location"])] = action
        fits.check(sent.method, path, answer.status_code, json.loads(text) if text else None, self._ends.get(path))


def _path(url: str) -> str:
    return re.sub(r"^https://[^/]+|\?.*$", "", url)


class Azure:
    """One client of Azure's, and the names that it has for the simulator's types."""

    def __init__(
        self,
        endpoint: Endpoint,
        subscription: str = SUBSCRIPTION,
        credential: Any = None,
        policy: SansIOHTTPPolicy[Any, Any] | None = None,
        **options: Any,
    ) -> None:
        """policy: what looks at every answer, in place of what holds it against the models."""
        self.checking = Checking()
        self.endpoint = endpoint
        self.client: Any = NetworkManagementClient(
            credential or Credential(),
            subscription,
            base_url=endpoint.url,
            credential_scopes=[f"{endpoint.url}/.default"],
            per_retry_policies=[policy or self.checking],
            **{"connection_verify": str(endpoint.ca), **options},
        )

    def send(self, method: str, path: str, body: Any = None, version: str = GROUP_VERSION, **headers: str) -> Any:
        """One request as it is, for what azure-mgmt-network has no operation."""
        mark = "&" if "?" in path else "?"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{path}{mark}api-version={version}" if version else path
        return self.client._send_request(HttpRequest(method, url, json=body, headers=named))

    def group(self, name: str = "rg", location: str = "westus") -> None:
        """Make a resource group: they are Microsoft.Resources', and have no operation here."""
        self.send("PUT", self.group_id(name), {"location": location}).raise_for_status()

    def group_id(self, name: str = "rg") -> str:
        return f"/subscriptions/{self.client._config.subscription_id}/resourceGroups/{name}"

    def put(self, token: str, inputs: Json, **options: Any) -> Any:
        """Create or update from inputs in the simulator's (flat) names, and wait for the end."""
        kind = kinds()[token]
        if model_name(token) == "ResourceGroup":
            body = {name: value for name, value in inputs.items() if name in ("location", "tags")}
            return self.send("PUT", self.group_id(inputs["resourceGroupName"]), body).raise_for_status()
        sent = model_of(kind, inputs)
        return self.operations(kind).begin_create_or_update(*names(kind, inputs), sent, **options).result()

    def get(self, token: str, inputs: Json) -> Any:
        kind = kinds()[token]
        return self.operations(kind).get(*names(kind, inputs))

    def delete(self, token: str, inputs: Json) -> None:
        kind = kinds()[token]
        if model_name(token) == "ResourceGroup":
            self.delete_group(inputs["resourceGroupName"])
        else:
            self.operations(kind).begin_delete(*names(kind, inputs)).result()

    def delete_group(self, name: str = "rg") -> None:
        """Delete a resource group and wait until it is gone."""
        answer = self.send("DELETE", self.group_id(name))
        answer.raise_for_status()
        while answer.status_code == 202:
            time.sleep(float(answer.headers["x-ms-retry-after-ms"]) / 1000)
            answer = self.client._send_request(HttpRequest("GET", answer.headers["Location"]))
        answer.raise_for_status()

    def members(self, kind: Kind, path: list[str]) -> Any:
        """All of a type in a resource group or a parent: Azure has two names for that."""
        operations = self.operations(kind)
        return getattr(operations, "list_by_resource_group", operations.list)(*path)

    def operations(self, kind: Kind) -> Any:
        """The operations of a type."""
        return getattr(self.client, operations_of()[model_name(kind.token)])


def names(kind: Kind, inputs: Json) -> list[str]:
    """The path's parameters, in Azure's order."""
    return [inputs[name] for name in ("resourceGroupName", *kind.parameters)]


def model_of(kind: Kind, inputs: Json) -> Any:
    """Inputs in the simulator's names as the model that Azure's client sends."""
    flat = {name: value for name, value in inputs.items() if name not in ("resourceGroupName", *kind.parameters)}
    model: Any = getattr(models, model_name(kind.token))
    return model.deserialize(bodies.write(kind, flat))


@cache
def operations_of() -> dict[str, str]:
    """Model -> the client's attribute with its operations: the one whose `get` answers that model."""
    found: dict[str, str] = {}
    client = NetworkManagementClient(Credential(), SUBSCRIPTION)
    for name, group in vars(client).items():
        get = getattr(type(group), "get", None)
        if get is None or name.startswith("_") or not hasattr(group, "begin_create_or_update"):
            continue
        answer = inspect.signature(get).return_annotation
        found.setdefault(getattr(answer, "__name__", ""), name)
    return found


@contextmanager
def served(cloud: Cloud, rules: str = "[]", page: int = PAGE) -> Iterator[Endpoint]:
    """A cloud over HTTP, with faults on the way."""
    with tempfile.TemporaryDirectory() as folder:
        front = Front(cloud, Faults(cloud, rules=parse(rules)))
        with serving(cloud, front, Path(folder) / "arm", page=page) as endpoint:
            yield endpoint
