"""Whatever happens to a stack, in any order: never a lost circuit or gateway, never a replacement nobody asked for.

Changed settings, updates, updates killed halfway, lookups denied, the provider's work, resources lost in Azure, refresh
and recovery follow each other as hypothesis pleases. The program is the real one; the engine's part is planned and
carried out on the simulated Azure's core.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

import pulumi
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from simulator import drift
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.front import Front
from simulator.native import Client, Failure
from tests.consequences.plan import Plan, inputs_of, plan
from tests.deploying import PlannedAzure
from tests.properties.networks import config_of
from tests.recording import LookupFailed, Recording, Resource, record_program
from tests.stacks import KEY, stack_values

CHANGES: list[tuple[tuple[str | int, ...], Any]] = [
    (("tags",), {"team": "a"}),
    (("tags",), {"team": "b"}),
    (("network", "tiers", 0, "loadBalancer", "port"), 8443),
    (("network", "tiers", 1, "allow"), []),
    (("network", "dnsServers"), ["10.20.2.10"]),
    (("expressRoute", "circuits", 0, "bandwidthInMbps"), 500),
    (("expressRoute", "circuits", 0, "routingWeight"), 10),
    (("expressRoute", "circuits", 0, "connect"), "auto"),
    (("expressRoute", "gateway", "sku"), "ErGw2AZ"),
    (("vpn", "sites", 0, "publicIp"), "203.0.113.99"),
    (("vpn", "sites", 0, "dpdTimeoutSeconds"), 30),
]
"""Settings that people change on a live stack, none of which means a replacement."""
PRECIOUS = ("ExpressRouteCircuit", "VirtualNetworkGateway", "VirtualNetwork", "PublicIPAddress")
LOSABLE = ("LoadBalancer", "NetworkSecurityGroup", "BastionHost")

seen: Counter[str] = Counter()


class Life(RuleBasedStateMachine):
    """One stack, `dev`, on one simulated Azure."""

    @initialize()
    def begin(self) -> None:
        self.values = stack_values("dev") | {"protect": True, "serializeGateways": False}
        self.cloud = Cloud()
        self.state: dict[str, Resource] = {}
        self.born: dict[str, int] = {}
        self.connected = False

    @rule(change=st.sampled_from(CHANGES))
    def change_a_setting(self, change: tuple[tuple[str | int, ...], Any]) -> None:
        *parents, last = change[0]
        place: Any = self.values
        for part in parents:
            place = place[part]
        place[last] = change[1]

    @rule()
    def up(self) -> None:
        self._update(None, answered=True)

    @rule(kill=st.integers(1, 22), answered=st.booleans())
    def up_is_killed(self, kill: int, answered: bool) -> None:
        self._update(kill, answered=answered)

    def _update(self, kill: int | None, *, answered: bool) -> None:
        """An update. kill: it dies after that many steps. answered: the last one's answer was heard."""
        after = self._program()
        made = plan(Recording(list(self.state.values())), after, self.cloud)
        assert [r.name for r in made.replaced] == [], "a replacement that nobody asked for"
        assert [r.type for r in made.deleted if r.type.endswith(PRECIOUS)] == []
        if kill is not None:
            steps = {id(step) for step in [r for r in after.resources if r in made.created or r in made.updated][:kill]}
            made.created = [r for r in made.created if id(r) in steps]
            made.updated = [r for r in made.updated if id(r) in steps]
            made.deleted = []
        finished, refusal = self._carry_out(made, after)
        if kill is not None and not answered and finished:
            seen["an answer was lost"] += 1
            finished = finished[:-1]
        self.state |= {resource.urn: resource for resource in finished}
        if kill is None and not refusal:
            self.state = {r.urn: r for r in after.resources if r.custom}
        seen["refused" if refusal else "killed" if kill is not None else "up"] += 1
        assert not refusal or "already existing" in refusal or "was not found" in refusal, refusal

    def _carry_out(self, made: Plan, after: Recording) -> tuple[list[Resource], str]:
        """The plan as azure-native carries it out, until Azure refuses something: what was done, and the refusal."""
        client, finished = Client(self.cloud, Front(self.cloud)), []
        created, updated = {id(r) for r in made.created}, {id(r) for r in made.updated}
        try:
            for resource in after.resources:
                if id(resource) in created | updated:
                    act = client.create if id(resource) in created else client.update
                    act(self.cloud.kind(resource.type), inputs_of(resource), 0)
                    finished.append(resource)
            for resource in reversed(made.deleted):
                kind, id_ = self.cloud.kind(resource.type), self.cloud.id_of(resource.type, inputs_of(resource))
                client.delete(kind, id_, 0)
        except Failure as failure:
            return finished, str(failure)
        return finished, ""

    @rule()
    def up_when_nobody_can_look(self) -> None:
        """Azure denies the lookups: the program stops before it registers anything."""
        recording = Recording()
        with pytest.raises(pulumi.RunError, match="nothing is changed"):
            self._program(recording, _Denied(self.cloud))
        assert recording.resources == []

    @rule()
    def up_with_another_account(self) -> None:
        """Azure knows nothing of the stack: what it has of the circuit stays, by its own state."""
        after = {resource.urn for resource in self._program(azure=_Elsewhere(self.cloud)).resources}
        kept = [urn for urn in self.state if CONNECTION in urn or "Peering" in urn]
        assert [urn for urn in kept if urn not in after] == []
        seen["kept"] += len(kept)

    @rule()
    def recover(self) -> None:
        """What exists in Azure and is missing in the state is adopted; what is only in the state is dropped."""
        seen["recovered"] += 1
        for resource in self._program().resources:
            if resource.custom and resource.urn not in self.state and self._id(resource):
                seen["adopted"] += 1
                self.state[resource.urn] = replace(resource, inputs={**resource.inputs, "tags": {"adopted": "yes"}})
        self.refresh()

    @rule()
    def refresh(self) -> None:
        self.state = {urn: resource for urn, resource in self.state.items() if self._id(resource)}

    @precondition(lambda self: self.cloud.find("ExpressRouteCircuit"))
    @rule()
    def the_provider_works(self) -> None:
        for circuit in self.cloud.find("ExpressRouteCircuit"):
            self.cloud.wait(drift.provision(self.cloud, circuit.id))
            seen["provisioned"] += 1

    @rule(kind=st.sampled_from(LOSABLE))
    def something_is_lost_in_azure(self, kind: str) -> None:
        for record in self.cloud.find(kind)[:1]:
            try:
                self.cloud.delete(record.id)
                seen[f"lost {kind}"] += 1
            except AzureError:
                seen["still in use"] += 1

    @invariant()
    def nothing_precious_was_lost_or_made_anew(self) -> None:
        there = {record.id: record.born for kind in PRECIOUS for record in self.cloud.find(kind)}
        assert {id: there.get(id) for id in self.born} == self.born
        self.born = there
        connected = any(c.body.get("connectionType") == "ExpressRoute" for c in self.cloud.find(CONNECTION))
        assert connected or not self.connected, "a live path was taken away"
        self.connected = connected

    def teardown(self) -> None:
        """However the stack was left: recovery and an update bring it to its end, and another changes nothing."""
        if not hasattr(self, "values"):
            return
        self.recover()
        self.up()
        self.up()
        after = self._program()
        assert plan(Recording(list(self.state.values())), after, self.cloud).nothing
        seen["settled"] += 1

    def _program(self, recording: Recording | None = None, azure: PlannedAzure | None = None) -> Recording:
        secrets, azure = {"vpnSharedKeys": {"hq": KEY}}, azure or PlannedAzure(self.cloud)
        config, state = config_of(self.values), list(self.state)
        return record_program(config, secrets, azure=azure, recording=recording, state=state)

    def _id(self, resource: Resource) -> str:
        """The resource's id where Azure has it."""
        id = self.cloud.id_of(resource.type, inputs_of(resource))
        try:
            self.cloud.get(id)
        except AzureError:
            return ""
        return id


CONNECTION = "VirtualNetworkGatewayConnection"


class _Denied(PlannedAzure):
    """Azure, for an account that may not read."""

    def call(self, args: Any) -> Any:
        raise LookupFailed('request failed: Status=403 Code="AuthorizationFailed"')


class _Elsewhere(PlannedAzure):
    """Azure, for an account of another subscription."""

    def call(self, args: Any) -> Any:
        raise LookupFailed('request failed: Status=404 Code="ResourceGroupNotFound"')


def test_no_sequence_of_events_loses_a_circuit_or_replaces_a_gateway(capsys: pytest.CaptureFixture[str]) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
    with capsys.disabled():
        print(f"\nwhat happened: {dict(seen)}")
    for event in ("up", "killed", "an answer was lost", "refused", "kept", "adopted", "provisioned", "settled"):
        assert seen[event], f"{event} never happened"
