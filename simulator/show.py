"""The simulated cloud on the screen: resources and calls, secrets masked."""

import dataclasses
import inspect
import json
import re
from typing import Any

from simulator.alerts import events, ringing
from simulator.cloud import Cloud
from simulator.front import SECRET_NAMES, VEIL
from simulator.ids import parse, subscription_of
from simulator.options import Options
from simulator.store import Json

OPTIONS_TEXT = (
    "Show the switches for what Azure's documents leave open, with their defaults (serve --option NAME=VALUE)."
)


def masked(value: Any) -> Any:
    """The same value with secrets replaced by a mark."""
    if isinstance(value, dict):
        return {name: VEIL if name in SECRET_NAMES and item else masked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def facts(view: Json) -> dict[str, Any]:
    """What one wants to see of a resource at a glance."""
    found: dict[str, Any] = {}
    for name in (
        "location",
        "gatewayType",
        "vpnType",
        "connectionType",
        "addressPrefix",
        "ipAddress",
        "gatewayIpAddress",
        "fqdn",
        "peeringType",
        "serviceProviderProvisioningState",
        "routingWeight",
        "authorizationUseStatus",
    ):
        if view.get(name) not in (None, ""):
            found[name] = view[name]
    if isinstance(view.get("sku"), dict):
        found["sku"] = view["sku"].get("name")
    if isinstance(view.get("addressSpace"), dict):
        found["addressSpace"] = view["addressSpace"].get("addressPrefixes")
    return found


def resources(cloud: Cloud, *, as_json: bool) -> str:
    """Every resource, by subscription: type, name, state and main facts; with `as_json` all that a GET answers."""
    with cloud.store.transaction():
        cloud.settle()
        views = [cloud.view(record) for record in cloud.store.find()]
        under_way = [
            {"id": op.id, "name": op.name, "verb": op.verb, "start": op.start / 60, "end": op.end / 60}
            for op in cloud.store.open_operations()
        ]
        now = cloud.clock.now()
    if as_json:
        shown = [masked(view) for view in views]
        minute = round(now / 60, 3)
        whole = {"simulated": True, "minute": minute, "resources": shown, "operations": under_way}
        return json.dumps(whole, indent=2)
    lines = [f"simulated Azure, minute {now / 60:.1f}: {_count(views)}"]
    subscriptions: dict[str, list[Json]] = {}
    for view in views:
        subscriptions.setdefault(str(subscription_of(view["id"])).lower(), []).append(view)
    for subscription, found in subscriptions.items():
        if len(subscriptions) > 1:
            lines.append(f"subscription {subscription}: {_count(found)}")
        lines += [_line(view) for view in found]
    for work in under_way:
        lines.append(f"  under way until minute {work['end']:.1f}: {work['name']} of {work['id'].rsplit('/', 1)[-1]}")
    return "\n".join(lines)


def _count(views: list[Json]) -> str:
    return f"{len(views)} resource{'' if len(views) == 1 else 's'}"


def _line(view: Json) -> str:
    state = view.get("provisioningState") or view.get("properties", {}).get("provisioningState", "")
    rid = parse(view["id"])
    name = "/".join(part for _, part in rid.segments) if rid and rid.segments else view["name"]
    detail = "  ".join(f"{key}={value}" for key, value in facts(view).items())
    return f"  {view['type'].split('/', 1)[1]:45} {name:45} {state:10} {detail}".rstrip()


def calls(cloud: Cloud, *, as_json: bool) -> str:
    """The log of calls, oldest first; times are simulated minutes."""
    found = cloud.store.calls()
    for call in found:
        call["start"], call["end"] = round(call["start"] / 60, 3), round(call["end"] / 60, 3)
    if as_json:
        return json.dumps({"simulated": True, "calls": found}, indent=2)
    lines = [f"simulated Azure: {len(found)} calls (simulated minutes)"]
    for call in found:
        name = call["type"].rsplit(":", 1)[-1]
        answer = " ".join(str(part) for part in (call["status"] or "", call["code"]) if part)
        lines.append(
            f"  {call['start']:9.2f} {call['end']:9.2f}  {call['method']:6} {call['operation']:7} {name:34} "
            f"{call['id'].rsplit('/', 1)[-1]:40} try {call['attempt']}  {call['outcome']:8} {answer}".rstrip()
        )
    return "\n".join(lines)


def alerts(cloud: Cloud, *, as_json: bool) -> str:
    """The alerts that ring, the worst first, and what has fired and was resolved; times are simulated minutes."""
    ring = sorted(ringing(cloud), key=lambda one: (one.severity, one.name))
    past = events(cloud)
    if as_json:
        happened = [{"minute": round(one.at / 60, 3), "name": one.name, "fired": one.fired} for one in past]
        return json.dumps({"simulated": True, "ringing": [vars(one) for one in ring], "events": happened}, indent=2)
    count = "1 alert rings" if len(ring) == 1 else f"{len(ring)} alerts ring"
    lines = [f"simulated Azure, minute {cloud.clock.now() / 60:.1f}: {count}"]
    lines += [f"  severity {one.severity}  {one.name:45} {'; '.join(one.where)}" for one in ring]
    lines += [f"  {one.at / 60:9.1f}  {'fired' if one.fired else 'resolved':9} {one.name}" for one in past]
    return "\n".join(lines)


def options(defaults: Options) -> str:
    """The switches with their documentation."""
    source = inspect.getsource(Options)
    lines = []
    for item in dataclasses.fields(Options):
        found = re.search(rf'^    {item.name}: .*?\n    """(.*?)"""', source, re.MULTILINE | re.DOTALL)
        text = " ".join(found.group(1).split()) if found else ""
        lines += [f"{item.name}={getattr(defaults, item.name)}", f"    {text}"]
    return "\n".join(lines)
