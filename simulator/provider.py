"""The provider azure-native as the engine sees it, in front of a simulated Azure.

Behaves as the published provider does: it takes no secret envelopes (the engine marks the outputs itself), fills names
and locations that the program leaves out, replaces on path parameters and PULUMI-03's list, and reports what failed
halfway with what there is of it.
"""

import hashlib
import importlib.metadata
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from simulator import checks, differ, schema, values
from simulator.checks import UNKNOWN
from simulator.clock import Clock, QuietClock
from simulator.cloud import Cloud
from simulator.configured import Configuration, Configurations
from simulator.errors import AzureError
from simulator.front import Front
from simulator.ids import parse
from simulator.native import Client, Failure, PartlyDone
from simulator.resources.base import Kind
from simulator.schema import Spec, TypeSchema
from simulator.store import Json

Context = grpc.ServicerContext

_NAMED = "__createBeforeDelete"
"""azure-native's own mark in the inputs: the name was chosen at random, so a successor may be made first."""


class Watch(grpc.ServerInterceptor):
    """Tells a quiet clock of every call, at its begin and at its end."""

    def __init__(self, clock: Clock) -> None:
        self._touch = clock.touch if isinstance(clock, QuietClock) else lambda: None

    def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        self._touch()
        handler = continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler

        def call(request: Any, context: Context) -> Any:
            context.add_callback(self._touch)
            return handler.unary_unary(request, context)

        return grpc.unary_unary_rpc_method_handler(call, handler.request_deserializer, handler.response_serializer)


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """All the simulated azure-native providers of a program (`configured`), and of several engines."""

    def __init__(self, cloud: Cloud, front: Front) -> None:
        self._cloud = cloud
        self._front = front
        self._configurations = Configurations()
        self._calls: dict[threading.Event, str] = {}
        self._lock = threading.Lock()

    def stop(self, peer: str | None = None) -> None:
        """Make every call under way (of one connection, when it is given) give up."""
        with self._lock:
            for event, caller in self._calls.items():
                if peer in (None, caller):
                    event.set()

    def _configuration(self, context: Context) -> Configuration:
        try:
            return self._configurations.of(context.peer())
        except LookupError as error:
            _abort(context, str(error))

    @contextmanager
    def _client(self, context: Context) -> Iterator[Client]:
        """A client for one call; it gives up when the engine is gone, and its failures become the call's."""
        client = Client(self._cloud, self._front.of(self._configuration(context).account))
        context.add_callback(client.stopped.set)
        with self._lock:
            self._calls[client.stopped] = context.peer()
        try:
            yield client
        except AzureError as error:
            _abort(context, str(error))
        except Failure as failure:
            _abort(context, str(failure))
        finally:
            with self._lock:
                self._calls.pop(client.stopped, None)

    def Attach(self, request: Any, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi-azure-native"))

    def CheckConfig(self, request: Any, context: Context) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Context) -> provider_pb2.DiffResponse:
        # As the published provider: the engine compares by itself. Were it told "none", it would go on with the old
        # configuration, whatever subscription the settings name now.
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    def Configure(self, request: Any, context: Context) -> provider_pb2.ConfigureResponse:
        self._configurations.remember(context.peer(), request.variables)
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    def Cancel(self, request: Any, context: Context) -> empty_pb2.Empty:
        self.stop(context.peer())
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Context) -> provider_pb2.InvokeResponse:
        args = values.read(request.args)
        with self._client(context) as client:
            found = client.invoke(request.tok, args)
            kind = request.tok.replace(":get", ":")
            shape = schema.load().resources.get(kind)
            if shape is not None:
                found = checks.project({**shape.outputs, "id": {"type": "string"}}, found)
            return _answer(found)
        raise AssertionError

    def Check(self, request: Any, context: Context) -> provider_pb2.CheckResponse:
        kind, shape = self._type(request.urn, context)
        inputs = values.read(request.news)
        self._fill(kind, shape, request, inputs, self._configuration(context))
        path = frozenset(kind.path)
        known = {**shape.inputs, "azureApiVersion": {"type": "string"}}
        body = {name: value for name, value in inputs.items() if not name.startswith("__")}
        wrong = checks.problems(known, shape.required | path, body, enums=False)
        if kind.located and not inputs.get("location"):
            wrong.append(
                "missing required property 'location'. Either set it explicitly or configure it with "
                "'pulumi config set azure-native:location <value>'."
            )
        failures = [provider_pb2.CheckFailure(reason=text) for text in wrong]
        return provider_pb2.CheckResponse(inputs=values.write(inputs), failures=failures)

    def _fill(self, kind: Kind, shape: TypeSchema, request: Any, inputs: Json, provider: Configuration) -> None:
        """Names, location and API version that the program leaves out."""
        olds = values.read(request.olds)
        key = kind.name_parameter
        if not inputs.get(key):
            name, random = _auto_name(kind, request, olds, key)
            if name:
                inputs[key] = name
                if random:
                    inputs[_NAMED] = True
        if kind.located and not inputs.get("location"):
            group = inputs.get("resourceGroupName")
            location: Any = olds.get("location") or provider.location
            if not location and isinstance(group, checks.Unknown):
                location = UNKNOWN
            if not location and isinstance(group, str):
                location = Client(self._cloud, self._front.of(provider.account)).group_location(group)
            if location:
                inputs["location"] = location
        inputs.setdefault("azureApiVersion", shape.api_version)

    def Diff(self, request: Any, context: Context) -> provider_pb2.DiffResponse:
        kind, _ = self._type(request.urn, context)
        state, new = values.read(request.olds), values.read(request.news)
        old = values.read(request.old_inputs)
        if "azureApiVersion" not in old and "azureApiVersion" in state:
            old["azureApiVersion"] = state["azureApiVersion"]
        found = differ.changes(old, new)
        keys = (*kind.path, *kind.replaces)
        replaces = differ.replacing(found, keys, old, new, state)
        detailed = {
            place: provider_pb2.PropertyDiff(kind=_diff_kind(what, place in replaces), inputDiff=True)
            for place, what in found.items()
        }
        some = provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and not old.get(_NAMED, False),
            diffs=sorted({place.split(".")[0].split("[")[0] for place in found}),
            detailedDiff=detailed,
            hasDetailedDiff=bool(found),
        )

    def Create(self, request: Any, context: Context) -> provider_pb2.CreateResponse:
        kind, shape = self._type(request.urn, context)
        inputs = values.read(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=values.write(_preview(shape, inputs)))
        with self._client(context) as client:
            try:
                id, found = client.create(kind, _sent(inputs), request.timeout)
            except PartlyDone as part:
                _abort_partly(context, part, shape, request.properties)
            return provider_pb2.CreateResponse(id=id, properties=_outputs(shape, found))
        raise AssertionError

    def Update(self, request: Any, context: Context) -> provider_pb2.UpdateResponse:
        kind, shape = self._type(request.urn, context)
        inputs, olds = values.read(request.news), values.read(request.olds)
        if request.preview:
            stable = {name: olds[name] for name in ("name", "location") if name in olds}
            return provider_pb2.UpdateResponse(properties=values.write(_preview(shape, inputs) | stable))
        with self._client(context) as client:
            try:
                found = client.update(kind, _sent(inputs), request.timeout)
            except PartlyDone as part:
                _abort_partly(context, part, shape, request.news)
            return provider_pb2.UpdateResponse(properties=_outputs(shape, found))
        raise AssertionError

    def Delete(self, request: Any, context: Context) -> empty_pb2.Empty:
        kind, _ = self._type(request.urn, context)
        with self._client(context) as client:
            client.delete(kind, request.id, request.timeout)
        return empty_pb2.Empty()

    def Read(self, request: Any, context: Context) -> provider_pb2.ReadResponse:
        kind, shape = self._type(request.urn, context)
        rid = parse(request.id)
        if rid is None or rid.type.lower() != kind.arm_type.lower():
            _abort(context, f"{request.id} is not the id of a {kind.arm_type}")
        with self._client(context) as client:
            found = client.read(kind, request.id, request.timeout)
            if found is None:
                return provider_pb2.ReadResponse(id="")
            outputs = checks.project(shape.outputs, found)
            if request.HasField("inputs"):
                inputs = _drifted(shape, values.read(request.inputs), values.read(request.properties), outputs)
            else:
                inputs = kind.path_values(rid) | checks.project(_body(kind, shape), outputs)
            return provider_pb2.ReadResponse(
                id=request.id, properties=_outputs(shape, found), inputs=values.write(inputs)
            )
        raise AssertionError

    def _type(self, urn: str, context: Context) -> tuple[Kind, TypeSchema]:
        token = urn.split("::")[2].split("$")[-1]
        shape = schema.load().resources.get(token)
        if shape is None:
            _abort(context, f"Resource type {token} not found: the simulated Azure does not have it")
        return self._cloud.kinds[token], shape


def _abort(context: Context, text: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, text)
    raise AssertionError("abort does not return")


def _abort_partly(context: Context, part: PartlyDone, shape: TypeSchema, inputs: Any) -> NoReturn:
    detail = any_pb2.Any()
    failed = provider_pb2.ErrorResourceInitFailed(id=part.id, reasons=[str(part)], inputs=inputs)
    if part.checkpoint:
        failed.properties.CopyFrom(_outputs(shape, part.checkpoint))
    detail.Pack(failed)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(part), details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    _abort(context, str(part))


def _auto_name(kind: Kind, request: Any, olds: Json, key: str) -> tuple[str, bool]:
    """A name where the program gives none, and whether it was made at random."""
    if olds.get(key):
        return olds[key], bool(olds.get(_NAMED))
    naming = request.autonaming if request.HasField("autonaming") else None
    options = provider_pb2.CheckRequest.AutonamingOptions
    if naming is not None and naming.mode == options.Mode.Value("DISABLE"):
        return "", False
    if naming is not None:
        return naming.proposed_name, True
    name = request.urn.split("::")[-1]
    if not kind.located:
        return name, False
    return name + hashlib.sha256(request.randomSeed + name.encode()).hexdigest()[:8], True


def _diff_kind(what: str, replace: bool) -> provider_pb2.PropertyDiff.Kind.ValueType:
    kinds_of_diff = provider_pb2.PropertyDiff
    names = {differ.ADD: "ADD", differ.DELETE: "DELETE", differ.UPDATE: "UPDATE"}
    return kinds_of_diff.Kind.Value(names[what] + ("_REPLACE" if replace else ""))


def _sent(inputs: Json) -> Json:
    return {name: value for name, value in inputs.items() if not name.startswith("__") and name != "azureApiVersion"}


def _answer(found: Json) -> provider_pb2.InvokeResponse:
    """A lookup's answer; its field is called return, which Python cannot write as a keyword."""
    response = provider_pb2.InvokeResponse()
    getattr(response, "return").CopyFrom(values.write(found))
    return response


def _outputs(shape: TypeSchema, found: Json) -> Any:
    return values.write(checks.project(shape.outputs, found) | {"azureApiVersion": shape.api_version})


def _body(kind: Kind, shape: TypeSchema) -> dict[str, Spec]:
    return {name: spec for name, spec in shape.inputs.items() if name not in kind.path}


def _drifted(shape: TypeSchema, inputs: Json, before: Json, now: Json) -> Json:
    """Inputs after a refresh: as they were, with what changed in Azure."""
    ignored = {name for name in shape.maintained if name not in inputs}
    seen = {name: value for name, value in now.items() if name not in ignored}
    old, new = (_settable(checks.project(shape.inputs, value)) for value in (before, seen))
    return differ.apply_drift(inputs, old, new)


def _settable(value: Any) -> Any:
    """Without what API 2024-05-01 only answers: the SDK's nested types have some of it, from other versions."""
    if isinstance(value, dict):
        return {name: _settable(item) for name, item in value.items() if name not in ("etag", "provisioningState")}
    return [_settable(item) for item in value] if isinstance(value, list) else value


def _preview(shape: TypeSchema, inputs: Json) -> Json:
    """Outputs as far as a preview knows them: the inputs, and everything else unknown."""
    return _foretold(shape.outputs, inputs) | {"azureApiVersion": shape.api_version}


def _foretold(properties: dict[str, Spec], inputs: Json) -> Json:
    return {
        name: _foretold_value(spec, inputs[name]) if name in inputs else UNKNOWN for name, spec in properties.items()
    }


def _foretold_value(spec: Spec, value: Any) -> Any:
    if spec["type"] == "array" and isinstance(value, list):
        return [_foretold_value(spec["items"], item) for item in value]
    if spec["type"] == "object" and isinstance(value, dict):
        return _foretold(schema.load().objects[spec["ref"]]["properties"], value)
    return value
