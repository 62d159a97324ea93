"""Runs a Pulumi program, or one component, against mocks, and records every request to the engine.

Each run has a thread, an event loop, a root stack and a configuration of its own, so that runs never see each other.
"""

import asyncio
import contextvars
import json
import os
import uuid
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import grpc
import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks, resource, rpc, set_mocks
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto import resource_pb2, source_pb2
from pulumi.runtime.settings import SETTINGS, get_root_resource
from pulumi.runtime.stack import run_pulumi_func

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "__main__.py"
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
NOT_FOUND = 'request failed: Status=404 Code="ResourceNotFound" Message="not found"'
OWN_STATE = "pulumi:pulumi:readStackResourceOutputs"
"""The engine's function that answers what a stack's own state has."""
SECRET_OUTPUT = "5ecret-0f-the-state"
"""An output of every resource of that state, as the engine gives it: in clear."""
SECRET_SIGNATURE = rpc._special_sig_key


class _Loop(asyncio.SelectorEventLoop):
    """Requests to the mocks, which never wait for anything, take no turn in a thread: it costs a tenth of a run."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


def _at_once(call: Any) -> Any:
    """The result of a coroutine that never waits. In place of the SDK's own, which runs the loop meanwhile."""
    try:
        call.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the mocks answer with something that is still to come")


# Nobody reads here where a registration stands in the program; to find it out takes a tenth of a run.
if hasattr(resource, "_get_stack_trace"):
    resource._get_stack_trace = source_pb2.StackTrace

Lookup = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""Answers a lookup (token, arguments); raises LookupFailed with Azure's answer."""

_PATHS = {
    "resources:ResourceGroup": ("resourceGroups", "resourceGroupName"),
    "network:VirtualNetwork": ("virtualNetworks", "virtualNetworkName"),
    "network:Subnet": ("subnets", "subnetName"),
    "network:VirtualNetworkPeering": ("virtualNetworkPeerings", "virtualNetworkPeeringName"),
    "network:NetworkSecurityGroup": ("networkSecurityGroups", "networkSecurityGroupName"),
    "network:RouteTable": ("routeTables", "routeTableName"),
    "network:LoadBalancer": ("loadBalancers", "loadBalancerName"),
    "network:PublicIPAddress": ("publicIPAddresses", "publicIpAddressName"),
    "network:BastionHost": ("bastionHosts", "bastionHostName"),
    "network:VirtualNetworkGateway": ("virtualNetworkGateways", "virtualNetworkGatewayName"),
    "network:LocalNetworkGateway": ("localNetworkGateways", "localNetworkGatewayName"),
    "network:VirtualNetworkGatewayConnection": ("connections", "virtualNetworkGatewayConnectionName"),
    "network:ExpressRouteCircuit": ("expressRouteCircuits", "circuitName"),
    "network:ExpressRouteCircuitPeering": ("peerings", "peeringName"),
    "network:ExpressRouteCircuitAuthorization": ("authorizations", "authorizationName"),
    "maintenance:MaintenanceConfiguration": ("maintenanceConfigurations", "resourceName"),
    "maintenance:ConfigurationAssignment": ("configurationAssignments", "configurationAssignmentName"),
    "operationalinsights:Workspace": ("workspaces", "workspaceName"),
    "monitor:ActionGroup": ("actionGroups", "actionGroupName"),
    "monitor:DiagnosticSetting": ("diagnosticSettings", "name"),
    "monitor:MetricAlert": ("metricAlerts", "ruleName"),
    "monitor:ScheduledQueryRule": ("scheduledQueryRules", "ruleName"),
}
"""Azure's collection and the name's property of every type that a mock can make."""

_PROVIDERS = {
    "network": "Network",
    "maintenance": "Maintenance",
    "monitor": "Insights",
    "operationalinsights": "OperationalInsights",
}
"""Azure's provider behind each module of the SDK."""


@dataclass
class Resource:
    """A recorded registration."""

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    """Plain values; a secret is `Secret(value)`, an unknown `UNKNOWN`."""
    dependencies: frozenset[str]
    protect: bool
    timeouts: tuple[str, str, str]
    additional_secret_outputs: frozenset[str]
    replace_on_changes: frozenset[str]
    replace_with: frozenset[str]
    ignore_changes: frozenset[str]
    delete_before_replace: bool
    replacement_trigger: str
    provider: str
    """Reference of the provider that was given explicitly; empty for the program's own."""
    aliases: int
    error_hooks: tuple[str, ...]


@dataclass(frozen=True)
class Secret:
    """An input that is marked as a secret."""

    value: Any


UNKNOWN = "<unknown>"


@dataclass
class Recording:
    """What a program registered."""

    resources: list[Resource] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    """The Azure id of every resource, by URN."""
    outputs: dict[str, Any] = field(default_factory=dict)
    lookups: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def of(self, type: str) -> list[Resource]:
        """Every resource of an Azure type (`network:Subnet`) or a component (`VpnSite`), in order of registration."""
        full = f"azure-native:{type}" if ":" in type else f"hybrid-network:index:{type}"
        return [resource for resource in self.resources if resource.type == full]

    def one(self, type: str, name: str | None = None) -> Resource:
        """The only resource of a type, or the one of that logical name."""
        found = [resource for resource in self.of(type) if name in (None, resource.name)]
        assert len(found) == 1, f"{len(found)} resources {type} {name or ''}"
        return found[0]

    def waits_for(self, resource: Resource) -> set[str]:
        """Logical names of everything that a resource waits for, directly or not."""
        by_urn = {other.urn: other for other in self.resources}
        seen: set[str] = set()
        todo = [resource.urn]
        while todo:
            current = by_urn.get(todo.pop())
            for urn in current.dependencies if current else ():
                if urn not in seen:
                    seen.add(urn)
                    todo.append(urn)
        return {f"{by_urn[urn].type.split(':', 1)[1]}/{by_urn[urn].name}" for urn in seen if urn in by_urn}


class LookupFailed(grpc.RpcError):
    """A lookup's failure, as the engine reports it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self.text


def nothing_there(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Azure before the first deployment."""
    raise LookupFailed(NOT_FOUND)


def record(
    program: Callable[[], object],
    *,
    config: Mapping[str, str] | None = None,
    secret_keys: frozenset[str] | set[str] = frozenset(),
    lookup: Lookup = nothing_there,
    preview: bool = False,
    recording: Recording | None = None,
    azure: mocks.Mocks | None = None,
    state: Collection[str] = (),
) -> Recording:
    """Runs `program` and returns what it registered, in `recording` if given. The program's exception is raised here.

    azure: answers in place of the mocks that accept everything; `lookup` is then not asked.
    state: URNs of what the stack has by its own state.
    """
    recording = recording or Recording()

    def run() -> None:
        loop = _Loop()
        asyncio.set_event_loop(loop)
        # One mistake fails all that waits for it: it is raised once, and need not be logged a hundred times.
        loop.set_exception_handler(lambda _, __: None)
        # A program that failed leaves its unfinished requests behind, which belong to another loop.
        left: Any = SETTINGS
        left.rpc_manager.clear()
        left.outputs.clear()
        sdk: Any = mocks
        waiting, sdk._sync_await = sdk._sync_await, _at_once
        try:
            set_all_config(dict(config or {}), list(secret_keys))
            # As the language host does: keys that the program does not know are found here.
            os.environ["PULUMI_CONFIG"] = json.dumps(dict(config or {}))
            answers = azure or _Azure(recording, lookup)
            monitor = _Monitor(answers, recording, preview, state)
            set_mocks(answers, project="hybrid-network", stack="test", preview=preview, monitor=monitor)
            loop.run_until_complete(run_pulumi_func(lambda: _nothing(program())))
            exported = getattr(get_root_resource(), "outputs", {})
            serialized = loop.run_until_complete(rpc.serialize_properties(exported, {}))
            recording.outputs = _plain(json_format.MessageToDict(serialized))
        finally:
            sdk._sync_await = waiting
            del os.environ["PULUMI_CONFIG"]
            loop.close()

    # In a thread of its own: the SDK reads the whole stack at each registration, and a test's is a hundred frames deep.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(contextvars.Context().run, run).result()
    return recording


def _nothing(_: object) -> None:
    """The engine would wait for what a program returns."""


@cache
def _program() -> CodeType:
    return compile(PROGRAM.read_text(), PROGRAM, "exec")


def record_program(settings: Mapping[str, Any], secrets: Mapping[str, Any] | None = None, **options: Any) -> Recording:
    """Runs `__main__.py` with a stack file's `config:` mapping and secret maps."""
    config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in settings.items()}
    given = {f"hybrid-network:{key}": json.dumps(value) for key, value in (secrets or {}).items()}
    return record(
        lambda: exec(_program(), {"__name__": "__main__", "__file__": str(PROGRAM), "__builtins__": __builtins__}),
        config={**config, **given},
        secret_keys=set(given),
        **options,
    )


class _Azure(mocks.Mocks):
    def __init__(self, recording: Recording, lookup: Lookup) -> None:
        self._recording = recording
        self._lookup = lookup

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        self._recording.lookups.append((args.token, dict(args.args)))
        return self._lookup(args.token, args.args)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if not args.custom:
            return "", args.inputs
        short = args.typ.removeprefix("azure-native:")
        if args.typ == "pulumi:providers:azure-native":
            return str(uuid.UUID(int=3)), args.inputs
        if short not in _PATHS:
            raise Exception(f"the mocks know no {args.typ}")
        collection, key = _PATHS[short]
        # Azure is given secrets in clear, and makes ids of them.
        given = {
            key: value.get("value") if isinstance(value, dict) and SECRET_SIGNATURE in value else value
            for key, value in args.inputs.items()
        }
        name, group = given[key], given.get("resourceGroupName")
        id = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group or name}"
        if short in ("network:Subnet", "network:VirtualNetworkPeering"):
            id += f"/providers/Microsoft.Network/virtualNetworks/{given['virtualNetworkName']}/{collection}/{name}"
        elif "circuitName" in args.inputs and key != "circuitName":
            id += f"/providers/Microsoft.Network/expressRouteCircuits/{given['circuitName']}/{collection}/{name}"
        elif short == "maintenance:ConfigurationAssignment":
            id += f"/providers/Microsoft.Network/virtualNetworkGateways/{given['resourceName']}"
            id += f"/providers/Microsoft.Maintenance/{collection}/{name}"
        elif short == "monitor:DiagnosticSetting":
            id = f"{given['resourceUri']}/providers/Microsoft.Insights/{collection}/{name}"
        elif (module := short.partition(":")[0]) in _PROVIDERS:
            id += f"/providers/Microsoft.{_PROVIDERS[module]}/{collection}/{name}"
        outputs = {**args.inputs, "name": name}
        match short:
            case "network:PublicIPAddress":
                outputs["ipAddress"] = "198.51.100.1"
            case "network:ExpressRouteCircuit":
                outputs["serviceKey"] = str(uuid.UUID(int=1))
            case "network:ExpressRouteCircuitAuthorization":
                outputs["authorizationKey"] = str(uuid.UUID(int=2))
            case "network:VirtualNetworkGateway" if args.inputs["gatewayType"] == "Vpn":
                addresses = [{"defaultBgpIpAddresses": [f"10.0.255.{n}"]} for n in (228, 229)]
                outputs["bgpSettings"] = {**args.inputs["bgpSettings"], "bgpPeeringAddresses": addresses}
        return id, outputs


class _Monitor(mocks.MockMonitor):
    def __init__(self, azure: mocks.Mocks, recording: Recording, preview: bool, state: Collection[str]) -> None:
        super().__init__(azure)
        self._recording = recording
        self._preview = preview
        self._state = state

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> Any:
        if request.tok == OWN_STATE:
            # The engine's own answer: nobody's Azure is asked.
            response = resource_pb2.ResourceInvokeResponse()
            outputs = {urn: {"type": urn.split("::")[2], "outputs": {"key": SECRET_OUTPUT}} for urn in self._state}
            getattr(response, "return").update({"name": request.args["stackName"], "outputs": outputs})
            return response
        return super().Invoke(request)

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:
        timeouts = request.customTimeouts
        if request.type != "pulumi:pulumi:Stack":
            self._recording.resources.append(
                Resource(
                    urn=self.make_urn(request.parent, request.type, request.name),
                    type=request.type,
                    name=request.name,
                    parent=request.parent,
                    custom=request.custom,
                    inputs=_plain(json_format.MessageToDict(request.object)),
                    dependencies=frozenset(request.dependencies),
                    protect=request.protect,
                    timeouts=(timeouts.create, timeouts.update, timeouts.delete),
                    additional_secret_outputs=frozenset(request.additionalSecretOutputs),
                    replace_on_changes=frozenset(request.replaceOnChanges),
                    replace_with=frozenset(request.replace_with),
                    ignore_changes=frozenset(request.ignoreChanges),
                    delete_before_replace=request.deleteBeforeReplace,
                    provider=request.provider,
                    replacement_trigger=str(_plain(json_format.MessageToDict(request.replacement_trigger) or "")),
                    aliases=len(request.aliases),
                    error_hooks=tuple(request.hooks.on_error),
                )
            )
        response = super().RegisterResource(request)
        self._recording.ids[response.urn] = response.id
        if self._preview and request.custom:
            # In a preview nothing has an id yet, and outputs are unknown but for the inputs.
            response = resource_pb2.RegisterResourceResponse(urn=response.urn, id="", object=request.object)
        return response


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(SECRET_SIGNATURE) == rpc._special_secret_sig:
            return Secret(_plain(value.get("value")))
        if SECRET_SIGNATURE in value:
            return _plain(value.get("value", value.get("urn")))
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return UNKNOWN if value == rpc.UNKNOWN else value
