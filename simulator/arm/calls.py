"""What a client does to a resource: PUT, GET, list, PATCH of its tags, DELETE."""

from collections.abc import Callable
from urllib.parse import urlencode

from simulator.arm import bodies
from simulator.arm.messages import Answer, Incoming, etag_of
from simulator.arm.operations import Operations
from simulator.arm.refusals import refuse
from simulator.cloud import Cloud
from simulator.errors import fail
from simulator.faults import Call
from simulator.front import Front, secrets_in
from simulator.ids import parse
from simulator.resources.actions import Action
from simulator.resources.base import Kind
from simulator.store import Json, Operation, Record
from simulator.subscriptions import check_exists

PAGE = 100
"""Resources in one answer of a list; the rest is behind `nextLink`."""
_SKIP = "$skipToken"
_TAGS_ONLY = frozenset({"tags"})
_VERBS = {"GET": "read", "PUT": "write", "POST": "action"}


class Calls:
    """The calls of one kind of client: whoever speaks HTTP."""

    def __init__(self, cloud: Cloud, front: Front, operations: Operations, page: int = PAGE) -> None:
        self._cloud = cloud
        self._front = front
        self._operations = operations
        self._page = page

    def put(self, kind: Kind, request: Incoming) -> Answer:
        """Create or replace."""
        self._cloud.kind(kind.token)
        id = _id(kind, request)
        inputs = bodies.read(kind, request.json()) | _path(kind, request)
        subscription = request.parameters["subscription"]
        verb = "update" if self._cloud.store.get(id) else "create"

        def effect() -> Operation:
            self._check_conditions(id, request)
            return self._cloud.begin_put(kind.token, inputs, subscription)

        operation = self._front.answer(Call("PUT", verb, kind.token, id, 1), effect, secrets_in(inputs))
        links = {}
        if kind.parameters == ("resourceGroupName",):
            self._cloud.wait(operation)  # ResourceGroups_CreateOrUpdate is no long-running operation
        else:
            links = self._operations.links(request, operation)
        body = bodies.write(kind, self._cloud.get(id))
        return Answer(201 if operation.verb == "create" else 200, body, etag_of(body) | links)

    def get(self, kind: Kind, request: Incoming) -> Answer:
        """Read one."""
        id = _id(kind, request)
        found = self._front.answer(Call("GET", "read", kind.token, id, 1), lambda: self._cloud.get(id))
        body = bodies.write(kind, found)
        return Answer(200, body, etag_of(body))

    def head(self, kind: Kind, request: Incoming) -> Answer:
        """Is there such a resource group?"""
        id = _id(kind, request)
        self._front.answer(Call("GET", "read", kind.token, id, 1), lambda: self._cloud.get(id))
        return Answer(204)

    def patch(self, kind: Kind, request: Incoming) -> Answer:
        """Replace the tags: Azure lets nothing else be patched here."""
        id, body = _id(kind, request), request.json()
        for name in body.keys() - _TAGS_ONLY:
            detail = f"Could not find member '{name}' on object of type 'TagsObject'. Path '{name}'."
            raise fail("InvalidRequestFormat", detail=detail)
        tags = body.get("tags") or {}
        if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
            raise fail("InvalidRequestFormat", detail="tags are texts by name. Path 'tags'.")

        def effect() -> Json:
            self._check_conditions(id, request)
            return self._cloud.tag(id, tags)

        found = bodies.write(kind, self._front.answer(Call("PATCH", "update", kind.token, id, 1), effect))
        return Answer(200, found, etag_of(found))

    def delete(self, kind: Kind, request: Incoming) -> Answer:
        """Delete; what is not there is no error, but its resource group must be."""
        id = _id(kind, request)

        def effect() -> Operation | None:
            self._check_conditions(id, request)
            operation = self._cloud.begin_delete(id)
            if operation is None:
                self._check_group(request, kind)
            return operation

        operation = self._front.answer(Call("DELETE", "delete", kind.token, id, 1), effect)
        if operation is None:
            return Answer(204)
        return Answer(202, None, self._operations.links(request, operation, location=True))

    def act(self, kind: Kind, action: Action, request: Incoming) -> Answer:
        """Ask a resource something, or tell it to do something: the answer is at the end of an operation."""
        id, body = _id(kind, request), request.json() if request.body else {}
        given = {**request.query, **request.parameters, **body}
        if action.method == "GET":
            call = Call("GET", "read", kind.token, id, 1, _verb(action))
            return Answer(200, self._front.answer(call, lambda: self._cloud.ask(id, action, given)))

        def effect() -> Operation:
            return self._cloud.begin_action(id, action, given)

        call = Call(action.method, "action", kind.token, id, 1, _verb(action))
        # A key to be set has another name in its own request.
        secrets = [*secrets_in(body), *(text for text in [body.get("value")] if isinstance(text, str))]
        operation = self._front.answer(call, effect, secrets)
        if action.method == "PUT":
            return Answer(200, body, self._operations.links(request, operation))
        return Answer(202, None, self._operations.links(request, operation, location=True))

    def members(self, kind: Kind, request: Incoming) -> Answer:
        """All of a type: of a subscription, a resource group, or a parent."""
        scope = _scope(kind, request)
        return self._pages(kind.token, scope, request, lambda: self._rows(kind, scope))

    def everything(self, request: Incoming) -> Answer:
        """Whatever is in a subscription or a resource group, each as a line."""
        scope = _scope(None, request)
        return self._pages("", scope, request, lambda: self._all_rows(scope))

    def part(self, kind: Kind, request: Incoming) -> Answer:
        """What stands in a list of a resource and has an id of its own: one, or all of them."""
        id = _id(kind, request)
        found = self._front.answer(Call("GET", "read", kind.token, id, 1), lambda: self._cloud.get(id))
        properties = bodies.write(kind, found).get("properties", {})
        wanted = request.parameters["part"].lower()
        listed = next((value for name, value in properties.items() if name.lower() == wanted), None)
        if not isinstance(listed, list) or not all(isinstance(item, dict) and "name" in item for item in listed):
            namespace, _, type = f"{kind.arm_type}/{request.parameters['part']}".partition("/")
            raise refuse("InvalidResourceType", type=type, namespace=namespace)
        name = request.parameters.get("part_name")
        if name is None:
            return Answer(200, {"value": listed})
        one = next((item for item in listed if item["name"].lower() == name.lower()), None)
        if one is None:
            raise fail("NotFound", id=request.path)
        return Answer(200, one, etag_of(one))

    def _rows(self, kind: Kind, scope: str) -> list[tuple[int, Json]]:
        self._check_scope(scope)
        store, whole = self._cloud.store, len(kind.parameters) > 1
        found = store.find(token=kind.token, parent=scope) if whole else _under(store.find(token=kind.token), scope)
        return [(record.born, bodies.write(kind, self._cloud.view(record))) for record in found]

    def _all_rows(self, scope: str) -> list[tuple[int, Json]]:
        self._check_scope(scope)
        kept = ("id", "name", "type", "location", "tags", "sku")
        records = _under(self._cloud.store.find(), scope)
        views = [
            (record.born, self._cloud.view(record))
            for record in records
            if self._cloud.kinds[record.token].located and "/providers/" in record.key
        ]
        return [(born, {name: view[name] for name in kept if name in view}) for born, view in views]

    def _check_scope(self, scope: str) -> None:
        """Refuse a list of what is in nothing: no such subscription, group or parent."""
        self._cloud.settle()
        check_exists(self._cloud, scope)
        if scope.count("/") > 2:
            self._cloud.get(scope)

    def _pages(self, token: str, scope: str, request: Incoming, rows: Callable[[], list[tuple[int, Json]]]) -> Answer:
        after = request.query.get(_SKIP, "0")
        if not after.isascii() or not after.isdigit() or len(after) > 18:
            raise refuse("InvalidRequestContent", detail=f"{_SKIP} is none that was given out")

        def effect() -> Json:
            left = sorted((row for row in rows() if row[0] > int(after)), key=lambda row: row[0])
            page: Json = {"value": [body for _, body in left[: self._page]]}
            if len(left) > self._page:
                query = request.query | {_SKIP: str(left[self._page - 1][0])}
                page["nextLink"] = f"{request.base}{request.path}?{urlencode(query)}"
            return page

        return Answer(200, self._front.answer(Call("GET", "list", token, scope, 1), effect))

    def _check_group(self, request: Incoming, kind: Kind) -> None:
        group = request.parameters["resourceGroupName"]
        id = f"/subscriptions/{request.parameters['subscription']}/resourceGroups/{group}"
        if self._cloud.store.get(id) is None:
            raise fail("ResourceGroupNotFound", group=group)

    def _check_conditions(self, id: str, request: Incoming) -> None:
        """If-Match and If-None-Match, in the transaction that changes the resource."""
        wanted, unwanted = request.headers.get("if-match"), request.headers.get("if-none-match")
        if wanted is None and unwanted is None:
            return
        self._cloud.settle()
        record = self._cloud.store.get(id)
        etag = str(self._cloud.view(record).get("etag", "")) if record else ""
        met = wanted is None or (record is not None and wanted in ("*", etag, etag.removeprefix("W/"), etag[3:-1]))
        free = unwanted is None or not (record is not None and unwanted in ("*", etag))
        if not met or not free:
            condition = f"If-Match: {wanted}" if not met else f"If-None-Match: {unwanted}"
            raise refuse("PreconditionFailed", condition=condition, id=id, etag=etag)


def _verb(action: Action) -> str:
    """The end of the name that a right has: getLearnedRoutes/action, sharedKey/write."""
    return action.right or f"{action.path.partition('/')[0]}/{_VERBS[action.method]}"


def _under(records: list[Record], scope: str) -> list[Record]:
    return [record for record in records if record.key.startswith(scope.lower() + "/")]


def _path(kind: Kind, request: Incoming) -> Json:
    return {name: request.parameters[name] for name in kind.path}


def _id(kind: Kind, request: Incoming) -> str:
    return kind.make_id(request.parameters["subscription"], _path(kind, request))


def _scope(kind: Kind | None, request: Incoming) -> str:
    """The id that a list is of: the parent's, the group's or the subscription's."""
    given = request.parameters
    scope = f"/subscriptions/{given['subscription']}"
    if "resourceGroupName" in given:
        scope += f"/resourceGroups/{given['resourceGroupName']}"
    if kind is not None and len(kind.parameters) > 1:
        one = parse(kind.make_id(given["subscription"], {**given, kind.name_parameter: "one"}))
        assert one is not None
        return one.parent
    return scope
