"""The application: which path is whose, who may ask, and how an answer is written."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from simulator.arm import bodies, login, versions
from simulator.arm.calls import PAGE, Calls
from simulator.arm.messages import MOST_BYTES, Answer, Incoming, error_body
from simulator.arm.operations import Operations, wait
from simulator.arm.refusals import refuse
from simulator.clock import QuietClock
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.front import Front, LostReply
from simulator.resources.actions import actions
from simulator.resources.base import Kind

Handler = Callable[[Incoming], Answer]

_SUBSCRIPTION = "/subscriptions/{subscription}"
_SERVED = ("Microsoft.Network/", "Microsoft.Resources/")
"""The types that there is a form of bodies for."""
_READ = bodies.OF_PROPERTIES
"""Types that are read here, and made through the provider alone."""
_GROUP = f"{_SUBSCRIPTION}/resourceGroups/{{resourceGroupName}}"
TRANSPORT = "simulator.transport"
"""Where the server leaves the connection of a request, for the answer that is to break off."""
_HOSTS = ("127.0.0.1", "localhost")
_PROVIDER = re.compile(r"^/subscriptions/[^/]+(?:/resourceGroups/[^/]+)?/providers/([^/]+)(?:/(.+))?$", re.IGNORECASE)
_HIDDEN = re.compile(rb"%(2f|5c|0[0-9a-f]|1[0-9a-f]|7f)", re.IGNORECASE)
"""Encoded slashes and control characters: a path that is another one when it is decoded."""
_DRAINED = 64 * 1024 * 1024
"""So much of too large a body is read all the same: some clients read no answer before they have sent it all."""


_THREADS = ThreadPoolExecutor(40, thread_name_prefix="arm")
"""For so many requests at one time."""


def make_app(cloud: Cloud, front: Front, page: int = PAGE) -> Starlette:
    """The application for one cloud; `page` is the number of resources in one answer of a list."""
    routes = [_route(path, handlers, cloud, free=free) for path, handlers, free in _table(cloud, front, page)]
    everything = Route("/{path:path}", _Endpoint(cloud, {}, free=False))
    return Starlette(routes=[*routes, everything])


def _table(cloud: Cloud, front: Front, page: int) -> Iterator[tuple[str, dict[str, Handler], bool]]:
    """Every path with its handlers by method, and whether it goes without an api-version."""
    operations, directory = Operations(cloud, front), login.Directory(cloud)
    calls = Calls(cloud, front, operations, page)
    yield "/metadata/endpoints", {"GET": login.metadata}, True
    yield "/common/discovery/instance", {"GET": login.instance}, True
    for version in ("", "/v2.0"):
        yield f"/{{tenant}}{version}/.well-known/openid-configuration", {"GET": login.openid}, True
        yield f"/{{tenant}}/oauth2{version}/token", {"POST": login.token}, True
    yield "/tenants", {"GET": directory.tenants}, False
    yield "/subscriptions", {"GET": directory.subscriptions}, False
    yield _SUBSCRIPTION, {"GET": directory.subscription}, False
    yield f"{_SUBSCRIPTION}/locations", {"GET": directory.locations}, False
    yield f"{_SUBSCRIPTION}/providers", {"GET": directory.providers}, False
    yield f"{_SUBSCRIPTION}/providers/{{namespace}}", {"GET": directory.provider}, False
    yield f"{_SUBSCRIPTION}/resources", {"GET": calls.everything}, False
    yield f"{_GROUP}/resources", {"GET": calls.everything}, False
    yield f"{_GROUP}/providers/Microsoft.Authorization/permissions", {"GET": directory.permissions}, False
    yield f"{_SUBSCRIPTION}/operationresults/{{operation}}", {"GET": operations.result}, False
    home = f"{_SUBSCRIPTION}/providers/{{namespace}}/locations/{{location}}"
    yield f"{home}/operations/{{operation}}", {"GET": operations.status}, False
    yield f"{home}/operationResults/{{operation}}", {"GET": operations.result}, False
    # The deepest first: `{part}` stands for whatever no type claims.
    served = [kind for kind in cloud.kinds.values() if kind.arm_type.startswith(_SERVED)]
    for kind in cloud.kinds.values():
        if kind.arm_type.startswith(_READ):
            several, one = partial(calls.members, kind), partial(calls.get, kind)
            extended = [one for one in served if one.located and one.arm_type.count("/") == 1]
            parents: list[Kind | None] = [*extended] if "resourceUri" in kind.path else [None]
            for parent in parents:
                item = _item(kind, parent)
                yield item.rpartition("/")[0], {"GET": _of(parent, several)}, False
                yield item, {"GET": _of(parent, one)}, False
    for kind in sorted(served, key=lambda kind: -kind.arm_type.count("/")):
        yield from _paths(kind, calls)


def _paths(kind: Kind, calls: Calls) -> Iterator[tuple[str, dict[str, Handler], bool]]:
    """The paths of one type: what there is of it, one of it, and what is listed in that one."""
    item = _item(kind)
    one: dict[str, Handler] = {"GET": partial(calls.get, kind), "PUT": partial(calls.put, kind)}
    one |= {"DELETE": partial(calls.delete, kind)}
    if kind.located:
        one["PATCH"] = partial(calls.patch, kind)
    several: dict[str, Handler] = {"GET": partial(calls.members, kind)}
    group = "/providers/" not in item
    if group:
        one["HEAD"] = partial(calls.head, kind)
    yield item.rpartition("/")[0], several, False
    yield item, one, False
    if group:
        return
    if kind.located:
        yield f"{_SUBSCRIPTION}/providers/{kind.arm_type}", several, False
    deeds: dict[str, dict[str, Handler]] = {}
    for action in actions(kind):
        deeds.setdefault(action.path, {})[action.method] = partial(calls.act, kind, action)
    for path, handlers in deeds.items():
        yield f"{item}/{path}", handlers, False
    part: dict[str, Handler] = {"GET": partial(calls.part, kind)}
    yield f"{item}/{{part}}", part, False
    yield f"{item}/{{part}}/{{part_name}}", part, False


def _item(kind: Kind, parent: Kind | None = None) -> str:
    """The path of one of a type. parent: what it extends, where it extends any."""
    names = {name: f"{{{name}}}" for name in kind.path}
    return kind.make_id("{subscription}", {**names, **({"resourceUri": _item(parent)} if parent else {})})


def _of(parent: Kind | None, handler: Handler) -> Handler:
    """A handler that is told the resource which is extended."""

    def told(request: Incoming) -> Answer:
        assert parent is not None
        uri = parent.make_id(request.parameters["subscription"], request.parameters)
        return handler(replace(request, parameters={**request.parameters, "resourceUri": uri}))

    return told if parent else handler


def _route(path: str, handlers: Mapping[str, Handler], cloud: Cloud, *, free: bool) -> Route:
    route = Route(path, _Endpoint(cloud, handlers, free=free))
    # Azure's paths are the same in any case; the names in them come as they are written.
    route.path_regex = re.compile(route.path_regex.pattern, re.IGNORECASE)
    return route


class _Endpoint:
    """One path's ASGI application."""

    def __init__(self, cloud: Cloud, handlers: Mapping[str, Handler], *, free: bool) -> None:
        self._cloud = cloud
        self._handlers = handlers
        self._free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        clock = self._cloud.clock
        if isinstance(clock, QuietClock):
            clock.touch()
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except LostReply:
            answer = Answer(200, cut=True)
        except ClientDisconnect:
            return
        except AzureError as error:
            answer = Answer(error.status, error_body(error), self._wait(error))
        except Exception as error:
            # Whatever goes wrong here must look like Azure to its clients; the kind of error is all that is told.
            answer = Answer(500, error_body(refuse("InternalServerError", detail=type(error).__name__)))
        if isinstance(clock, QuietClock):
            clock.touch()
        await (_Cut() if answer.cut else _response(request.method, answer))(scope, receive, send)

    async def _answer(self, request: Request) -> Answer:
        _check_caller(request)
        incoming = Incoming(
            request.method,
            request.url.path,
            f"{request.url.scheme}://{request.headers['host']}",
            dict(request.path_params),
            dict(parse_qsl(request.url.query, keep_blank_values=True)),
            {name.lower(): value for name, value in request.headers.items()},
            await _body(request),
        )
        if not self._free:
            _check_path(request, incoming)
        if not self._handlers:
            raise _unknown(self._cloud, incoming)
        handler = self._handlers.get(request.method)
        if handler is None:
            raise refuse("MethodNotAllowed", method=request.method)
        return await in_thread(handler, incoming)

    def _wait(self, error: AzureError) -> dict[str, str]:
        return wait(self._cloud.clock, error.retry_after_s) if error.retry_after_s else {}


async def in_thread(handler: Handler, request: Incoming) -> Answer:
    """A handler's answer, which may have to wait for the cloud's clock. Starlette's own way looks through all tasks of
    the process at each request."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, handler, request)


class _Cut:
    """An answer that never comes: the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _response(method: str, answer: Answer) -> Response:
    if answer.body is None or method == "HEAD":
        return Response(None, answer.status, answer.headers)
    text = json.dumps(answer.body, ensure_ascii=False).encode()
    return Response(text, answer.status, answer.headers, media_type="application/json")


def _check_caller(request: Request) -> None:
    """Only programs of this machine that ask for it by name: no web page, and no name that somebody let point here."""
    host = request.headers.get("host", "")
    port = (request.scope.get("server") or ("", None))[1]
    own = [f"{name}:{port}" for name in _HOSTS]
    if host.lower() not in own:
        raise refuse("ForeignHost", host=host, own=" and ".join(own))
    if origin := request.headers.get("origin"):
        raise refuse("WebPage", origin=origin)


def _check_path(request: Request, incoming: Incoming) -> None:
    """An api-version that Azure knows, and a path that means what it says."""
    if _HIDDEN.search(request.scope.get("raw_path", b"")):
        raise refuse("InvalidRequestUri", path=incoming.path)
    version = incoming.query.get("api-version")
    if not version:
        raise refuse("MissingApiVersionParameter")
    found = _PROVIDER.match(incoming.path)
    namespace = found[1] if found else "Microsoft.Resources"
    if found and "/providers/" in (below := (found[2] or "").lower()):
        # Where one provider extends a resource of another, that one answers.
        namespace = below.rpartition("/providers/")[2].partition("/")[0]
    known = versions.known(namespace)
    if version.lower() in known:
        return
    if not found or not found[2]:
        raise refuse("InvalidApiVersionParameter", version=version, known=", ".join(known))
    type = "/".join(found[2].split("/")[::2])
    fields = {"type": type, "namespace": namespace, "version": version, "known": ", ".join(known)}
    if request.method == "PUT":
        raise refuse("NoRegisteredProviderFound", location=incoming.location(), **fields)
    raise refuse("InvalidResourceType_version", **fields)


def _unknown(cloud: Cloud, incoming: Incoming) -> AzureError:
    """Why there is nothing at a path."""
    found = _PROVIDER.match(incoming.path)
    if found is None:
        return refuse("InvalidRequestUri", path=incoming.path)
    namespaces = {kind.arm_type.partition("/")[0].lower() for kind in cloud.kinds.values()}
    if found[1].lower() not in namespaces:
        return refuse("InvalidResourceNamespace", namespace=found[1])
    return refuse("InvalidResourceType", type="/".join((found[2] or "").split("/")[::2]), namespace=found[1])


async def _body(request: Request) -> bytes:
    size, parts = 0, []
    async for part in request.stream():
        size += len(part)
        if size > _DRAINED:
            break
        parts.append(part if size <= MOST_BYTES else b"")
    if size > MOST_BYTES:
        raise refuse("RequestContentTooLarge", most=MOST_BYTES)
    return b"".join(parts)
