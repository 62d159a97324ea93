"""An update done on the simulated Azure: in the engine's order, with what it takes, until Azure refuses something."""

import re
from dataclasses import dataclass, field

from simulator.cloud import Cloud
from simulator.front import Front
from simulator.native import Client, Failure
from simulator.subscriptions import Account
from tests.consequences.plan import Plan, inputs_of
from tests.deploying import subscription_of
from tests.recording import Resource


@dataclass
class Update:
    """What came of a plan."""

    refusal: str = ""
    """Azure's code for what it did not take; empty where it took everything."""
    refused: Resource | None = None
    deletion_minutes: dict[str, float] = field(default_factory=dict)
    making_minutes: dict[str, float] = field(default_factory=dict)
    """How long each deletion, and each creation or update, took: simulated minutes by URN."""
    unheeded: set[str] = field(default_factory=set)
    """URNs of what Azure took without changing the secret that was sent [CONN-03, CONN-04]."""


def update(plan: Plan, cloud: Cloud) -> Update:
    """Carries a plan out on a cloud, which is changed."""
    done = Update()
    client = Client(cloud, Front(cloud))
    old = {resource.urn: resource for resource in plan.before.resources}
    gone: set[str] = set()
    again = {resource.urn for resource in plan.replaced}
    try:
        for new in plan.after.resources:
            if new.urn in again:
                # Before it goes, all that is replaced with it and depends on it, the last first.
                users = {urn for urn in plan.first_gone if urn == new.urn or new.urn in _reach(old, urn)} - gone
                for other in reversed(plan.before.resources):
                    if other.urn in users:
                        gone.add(other.urn)
                        _delete(done, other, client)
            if new.urn in again or any(new is one for one in (*plan.created, *plan.updated)):
                _put(done, new, client)
        for resource in reversed(plan.deleted):
            if resource.urn not in gone:
                _delete(done, resource, client)
        done.refused = None
    except Failure as failure:
        code = re.search(r'Code="([^"]+)"', str(failure))
        done.refusal = code.group(1) if code else str(failure)
    return done


def outage(plan: Plan, done: Update, urns: set[str]) -> float:
    """Minutes from the first deletion among these resources to the end of the last that is made again.

    Deletions wait for those of what depends on them, creations for what they depend on.
    """
    lost = {urn for urn in urns if urn in done.deletion_minutes}
    if not lost:
        return 0.0
    old = {resource.urn: resource for resource in plan.before.resources}
    begun: dict[str, float] = {}
    gone: dict[str, float] = {}
    for resource in reversed(plan.before.resources):
        if resource.urn in done.deletion_minutes:
            users = [end for urn, end in gone.items() if resource.urn in _reach(old, urn)]
            begun[resource.urn] = max(users, default=0.0)
            gone[resource.urn] = begun[resource.urn] + done.deletion_minutes[resource.urn]
    new = {resource.urn: resource for resource in plan.after.resources}
    back: dict[str, float] = {}
    for resource in plan.after.resources:
        if resource.urn in done.making_minutes:
            needs = [end for urn, end in back.items() if urn in _reach(new, resource.urn)]
            start = max([gone.get(resource.urn, 0.0), *needs])
            back[resource.urn] = start + done.making_minutes[resource.urn]
    ends = [end for times in (gone, back) for urn, end in times.items() if urn in urns]
    return max(ends) - min(begun[urn] for urn in lost)


def _reach(resources: dict[str, Resource], urn: str) -> set[str]:
    """All that a resource depends on, directly or not."""
    seen: set[str] = set()
    todo = [urn]
    while todo:
        for dependency in resources[todo.pop()].dependencies:
            if dependency in resources and dependency not in seen:
                seen.add(dependency)
                todo.append(dependency)
    return seen


def _put(done: Update, resource: Resource, client: Client) -> None:
    done.refused = resource
    cloud, kind, inputs = client.cloud, client.cloud.kind(resource.type), inputs_of(resource)
    client = Client(cloud, client.front.of(Account(subscription_of(resource.provider))))
    before, start = _digests(cloud, resource), cloud.clock.now()
    if cloud.store.get(_id(cloud, resource)) is None:
        client.create(kind, inputs, 0)
    else:
        client.update(kind, inputs, 0)
    done.making_minutes[resource.urn] = (cloud.clock.now() - start) / 60.0
    kept = _digests(cloud, resource)
    sent = {name: cloud.store.digest(str(inputs[name])) for name in kind.secrets if inputs.get(name)}
    if before and kept | sent != kept:
        done.unheeded.add(resource.urn)


def _delete(done: Update, resource: Resource, client: Client) -> None:
    done.refused = resource
    cloud, start = client.cloud, client.cloud.clock.now()
    client.delete(cloud.kind(resource.type), _id(cloud, resource), 0)
    done.deletion_minutes[resource.urn] = (cloud.clock.now() - start) / 60.0


def _digests(cloud: Cloud, resource: Resource) -> dict[str, str]:
    record = cloud.store.get(_id(cloud, resource))
    return dict(record.digests) if record else {}


def _id(cloud: Cloud, resource: Resource) -> str:
    return cloud.id_of(resource.type, inputs_of(resource), subscription_of(resource.provider))
