"""What Azure asks of every request before the rules of its type: form, parents, place, references, quiet."""

import re

from simulator import checks, schema
from simulator.errors import AzureError, fail
from simulator.ids import ResourceId, parse
from simulator.resources.base import AnyCloud, Kind, Request, of_arm_type
from simulator.store import Json, Operation, Record
from simulator.subscriptions import check_exists, link_error

_NAME = re.compile(r"\w([\w.-]*\w)?")
_ANY_NAME = (_NAME, 80)
_GROUP = "Microsoft.Resources/resourceGroups"
_NAMES = {
    _GROUP: (re.compile(r"[\w().-]*[\w()-]"), 90),
    "Microsoft.Network/virtualNetworks": (_NAME, 64),
    "Microsoft.OperationalInsights/workspaces": (re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,}[A-Za-z0-9]"), 63),
}
"""Form and greatest length of a name (Azure's naming rules): a resource group's may have parentheses anywhere."""
_MOST_TAGS, _LONGEST_TAG, _LONGEST_TAG_VALUE, _NOT_IN_TAGS = 50, 512, 256, frozenset("<>%&\\?/")
"""TAG-01: Azure Resource Manager's limits of tags (its page on tags, "Limitations")."""


def normal_location(location: str) -> str:
    """West US and westus are the same place to Azure."""
    return location.replace(" ", "").lower()


def read_request(cloud: AnyCloud, kind: Kind, inputs: Json, subscription: str) -> Request:
    """A PUT as the SDK's types allow it; anything else is refused."""
    check_exists(cloud, f"/subscriptions/{subscription}")
    shape = schema.load().resources[kind.token]
    wrong = checks.problems(shape.inputs, shape.required, inputs, enums=True)
    path = kind.path
    wrong += [f"missing required property '{name}'" for name in path if not inputs.get(name)]
    if wrong:
        raise fail("InvalidRequestFormat", detail="; ".join(dict.fromkeys(wrong)))
    body = checks.canonical(shape.inputs, {k: v for k, v in inputs.items() if k not in path})
    body.pop("azureApiVersion", None)
    if isinstance(body.get("location"), str):
        body["location"] = normal_location(body["location"])
    rid = parse(kind.make_id(subscription, inputs))
    if rid is None:
        raise fail("InvalidRequestFormat", detail=f"these names make no resource id: {path}")
    _check_name(_GROUP, rid.group)
    _check_name(kind.arm_type, inputs[kind.name_parameter])
    _check_children(kind, body)
    check_tags(rid.text, body.get("tags") or {})
    return Request(cloud, kind, rid, body, cloud.store.get(rid.text))


def _check_name(arm_type: str, name: str) -> None:
    form, most = _NAMES.get(arm_type, _ANY_NAME)
    if not form.fullmatch(name) or len(name) > most:
        raise fail("InvalidResourceName", name=name, most=most)


def check_tags(id: str, tags: Json) -> None:
    """Refuse tags beyond Azure's limits (TAG-01): so many, so long, none of some characters in a name."""
    what = f"there are {len(tags)}, at most {_MOST_TAGS} are allowed" if len(tags) > _MOST_TAGS else ""
    for name, value in tags.items():
        if not name.strip():
            what = "a name is empty"
        elif len(name) > _LONGEST_TAG or set(name) & _NOT_IN_TAGS:
            what = f"the name {name} has more than {_LONGEST_TAG} characters, or one of {''.join(sorted(_NOT_IN_TAGS))}"
        elif len(str(value)) > _LONGEST_TAG_VALUE:
            what = f"the value of {name} is longer than {_LONGEST_TAG_VALUE} characters"
    if what:
        raise fail("CodeUnknown_TAG-01", id=id, what=what)


def _check_children(kind: Kind, body: Json) -> None:
    """Inline children have names, each its own."""
    for lists in (*(name for name, _ in kind.children), *(name for name, _ in kind.inline)):
        names = [child.get("name") for child in body.get(lists) or []]
        if None in names:
            raise fail("InvalidRequestFormat", detail=f"Value for name is missing. Path {lists}")
        if len({str(name).lower() for name in names}) < len(names):
            raise fail("InvalidRequestFormat", detail=f"a name is given twice. Path {lists}")


def check_parents(cloud: AnyCloud, rid: ResourceId) -> None:
    """Refuse a resource whose group or parent is not there."""
    if not rid.segments:
        return
    group = cloud.store.get(f"/subscriptions/{rid.subscription}/resourceGroups/{rid.group}")
    if group is None:
        raise fail("ResourceGroupNotFound", group=rid.group)
    if len(rid.segments) > 1:
        parent = cloud.store.get(rid.parent)
        if parent is None:
            raise fail("ParentResourceNotFound", type=rid.type, parent=rid.parent)
        if parent.state == "Deleting":
            raise not_ready(cloud, parent, rid.text)


def check_location(cloud: AnyCloud, request: Request) -> None:
    """A resource with a location keeps it."""
    if not request.kind.located:
        return
    location = request.inputs.get("location")
    if not location:
        raise fail("LocationRequired")
    old = request.before.get("location")
    if old and old != location:
        raise fail("InvalidResourceLocation", name=request.rid.name, old=old, new=location, group=request.rid.group)


def check_free(cloud: AnyCloud, holds: frozenset[str]) -> None:
    """Refuse what another operation under way forbids (ORDER-04 to ORDER-06)."""
    for operation in cloud.store.open_operations():
        if operation.holds & holds:
            uri = f"https://simulated.azure.invalid/operations/{operation.number}"
            raise fail("AnotherOperationInProgress", uri=uri)


def check_references(cloud: AnyCloud, request: Request) -> None:
    """Refuse a PUT that refers to what is not there, not ready, or in a subscription where it may not be."""
    allowed = request.kind.allowed_across(request)
    for target in request.kind.references(request):
        if rid := parse(target):
            wrong = link_error(cloud, rid, request.rid, allowed.get(target.lower()))
            if wrong is not None:
                raise wrong
        _check_reference(cloud, target, request.id)


def _check_reference(cloud: AnyCloud, target: str, user: str) -> Record:
    """Refuse a reference to what does not exist or is not ready."""
    record = find_target(cloud, target)
    if record is None:
        raise fail("InvalidResourceReference", target=target, id=user)
    if record.state != "Succeeded" or changing(cloud, record):
        raise not_ready(cloud, record, user)
    return record


def changing(cloud: AnyCloud, record: Record) -> list[Operation]:
    """Operations under way that make a resource Updating: on itself, on its parts, or on what it is a part of.

    A subnet's PUT makes its network Updating, a rule's its security group; a network's makes its subnets Updating. What
    another provider extends a resource with is none of its parts.
    """
    part, extension = record.key + "/", record.key + "/providers/"
    return [
        operation
        for operation in cloud.store.open_operations()
        if operation.verb not in ("provider", "action")
        and (
            operation.key in (record.key, record.parent)
            or (operation.key.startswith(part) and not operation.key.startswith(extension))
        )
    ]


def find_target(cloud: AnyCloud, target: str) -> Record | None:
    """The resource an id points to; for the id of an inline child, the resource that has it, and only if it has it."""
    rid = parse(target)
    if rid is None:
        return None
    if of_arm_type(cloud.kinds.values(), rid.type) is not None or len(rid.segments) < 2:
        return cloud.store.get(target)
    owner = cloud.store.get(rid.parent)
    if owner is None:
        return None
    own_lists = [name for name, segment in cloud.kinds[owner.token].children if segment == rid.segments[-1][0]]
    children = [child["id"].lower() for name in own_lists for child in owner.body.get(name) or []]
    # "Resource ../backendAddressPools/None referenced by resource .. was not found": Azure/azure-cli#3986,
    # Azure/acs-engine#3114, pulumi/pulumi-azure-native#3601.
    return owner if not own_lists or target.lower() in children else None


def not_ready(cloud: AnyCloud, record: Record, user: str) -> AzureError:
    """The refusal of a reference to a resource that is not Succeeded (ORDER-07)."""
    operations = changing(cloud, record)
    kind = cloud.kinds[record.token]
    name = operations[-1].name if operations else f"Put{kind.operation}Operation"
    state = "Updating" if record.state == "Succeeded" else record.state
    return fail("ReferencedResourceNotProvisioned", target=record.id, id=user, state=state, operation=name)


def save(cloud: AnyCloud, request: Request, state: str) -> Record:
    """Store what a PUT has made of a resource."""
    old, kind = request.old, request.kind
    record = Record(
        id=old.id if old else request.id,
        token=kind.token,
        parent=request.rid.parent,
        body=kind.body(request),
        state=state,
        born=old.born if old else cloud.store.next_number("born"),
        revision=(old.revision if old else 0) + 1,
        digests=kind.digests(request, dict(old.digests) if old else {}),
    )
    cloud.store.save(record)
    return record


def put_inline(cloud: AnyCloud, request: Request) -> None:
    """Make a PUT's inline children exist as sent, and the others go."""
    for name, token in request.kind.inline:
        sent = request.inputs.get(name)
        if sent is None and request.kind.keeps_inline:
            continue
        kind = cloud.kinds[token]
        outer = request.kind.path_values(request.rid)
        items = [{**item, **outer, kind.name_parameter: item.get("name")} for item in sent or []]
        names = {str(item[kind.name_parameter]).lower() for item in items}
        for child in cloud.store.find(token=token, parent=request.id):
            if child.name.lower() not in names:
                kind.check_delete(cloud, child)
                cloud.drop(child)
        for item in items:
            known = schema.load().resources[token].inputs
            body = {k: v for k, v in item.items() if k in known or k in kind.path}
            child = read_request(cloud, kind, body, request.rid.subscription)
            check_references(cloud, child)
            kind.check(child)
            save(cloud, child, "Succeeded")
