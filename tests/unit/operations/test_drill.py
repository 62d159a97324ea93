"""`python -m operations drill` on simulated networks: predicted ways, refusals, and the way back whatever happens."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from operations import drill_report
from operations.drill import Drill, NotRestoredError, RefusedError
from operations.drill_outcome import Outcome, Wanted
from operations.journal import BusyError, Journal
from operations.methods import METHODS, Method
from operations.sharing import others
from operations.sight import CircuitSeen, LinkSeen
from operations.ways import text
from simulator import drift
from simulator.faults import parse
from simulator.front import Front
from simulator.ids import SUBSCRIPTION
from tests.live_network import LiveNetwork, live_network
from tests.nearby import NearAzure
from tests.stacks import KEY, PEERING_KEY, ROOT, stack_config
from tests.unit.operations.drilling import Trial, peering, unwatched
from tests.unit.operations.moments import Dead, Moments, dead

Json = dict[str, Any]
TOPOLOGIES = sorted((ROOT / "lab" / "topologies").glob("*.yaml")) + sorted((ROOT / "examples").glob("*.yaml"))
LAYER_3 = ("firewall", "part-of-a-site")
"""Topologies whose peering is the provider's."""
Blind = Callable[[Method], Callable[[], Outcome]]
"""A drill by a method."""
OTHER_KEY = "Another.Key_That+Nobody42"
PEERINGS = "ExpressRouteCircuitPeering"


@pytest.fixture(scope="module")
def dev() -> Iterator[LiveNetwork]:
    """The stack `dev`, its peering with an MD5 key. Each test leaves it as it was."""
    with live_network(stack_config("dev"), secrets={"peeringSharedKeys": {"primary": PEERING_KEY}}) as network:
        yield network


@pytest.fixture
def trial(dev: LiveNetwork, tmp_path: Path) -> Iterator[Trial]:
    dev.connect()
    one = Trial(dev, tmp_path / "record.json")
    yield one
    dev.connect()
    assert dev.status().sound, "the test left the network as it was"


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.stem)
def test_every_prefix_goes_the_predicted_way_in_every_step(file: Path, tmp_path: Path) -> None:
    """By each method that the network allows; predicted from the settings alone, read from Azure alone."""
    with live_network(yaml.safe_load(file.read_text())["config"]) as network:
        trial = Trial(network, tmp_path / "record.json")
        gone = 0
        for method in METHODS:
            drill = trial.drill()
            try:
                plan = drill.prepare(Wanted(method, location="Amsterdam"))
            except RefusedError:
                # The provider's peering, or one location only: tests of their own below.
                continue
            gone += 1
            outcome = drill.run(plan)
            assert outcome.passed, drill_report.as_markdown(outcome)
            for phase in outcome.phases:
                assert phase.real == phase.predicted
            before, without, again = outcome.phases
            assert before.real == again.real != without.real
            assert trial.restored()
        assert gone >= (1 if file.stem in LAYER_3 else 2)


def test_a_drill_of_one_location_of_two_moves_traffic_to_the_other_circuit(tmp_path: Path) -> None:
    config = yaml.safe_load((ROOT / "lab/topologies/two-circuits.yaml").read_text())["config"]
    with live_network(config) as network:
        drill = Trial(network, tmp_path / "record.json").drill()
        plan = drill.prepare(Wanted("site", location="amsterdam"))
        assert set(plan.predicted.values()) == {"ExpressRoute frankfurt"}
        plan = drill.prepare(Wanted("peering", ("frankfurt",)))
        assert set(plan.predicted.values()) == {"ExpressRoute amsterdam"}
        assert drill.run(plan).passed
        with pytest.raises(RefusedError, match="no circuit is there; there are amsterdam, frankfurt"):
            drill.prepare(Wanted("site", location="Nowhere"))
        with pytest.raises(RefusedError, match="--circuit x: is no connected circuit; there are"):
            drill.prepare(Wanted("peering", ("x",)))


# Refusals: nothing is changed, and every reason is said.


@contextmanager
def changed(network: LiveNetwork, change: Callable[[], object], back: Callable[[], object]) -> Iterator[None]:
    change()
    try:
        yield
    finally:
        back()


def refusal(trial: Trial, wanted: Wanted = Wanted(), **options: Any) -> str:  # noqa: B008
    before = trial.network.cloud.get(peering(trial.network))["etag"]
    with pytest.raises(RefusedError) as refused:
        trial.drill(**options).prepare(wanted)
    assert trial.network.cloud.get(peering(trial.network))["etag"] == before
    assert not trial.record.exists()
    return str(refused.value)


def test_it_does_not_begin_where_the_backup_is_not_sound(trial: Trial) -> None:
    trial.network.connect(lambda outside: outside["tunnels"][0].update(key=OTHER_KEY))
    assert "No tunnel to site hq is up" in refusal(trial)


def test_it_does_not_begin_while_an_update_is_under_way(trial: Trial) -> None:
    trial.busy = "An update of the stack is under way: process 7."
    assert trial.busy in refusal(trial)
    trial.busy = ""
    drill = trial.drill()
    plan = drill.prepare(Wanted())
    trial.busy = "An update has just begun."
    with pytest.raises(RefusedError, match="just begun"):
        drill.run(plan)
    assert trial.restored()


def test_it_leaves_the_providers_peering_alone(trial: Trial) -> None:
    cloud, id = trial.network.cloud, peering(trial.network)
    with changed(
        trial.network,
        lambda: drift.change(cloud, id, {"lastModifiedBy": "Provider"}),
        lambda: drift.change(cloud, id, {"lastModifiedBy": "Customer"}),
    ):
        assert "is the provider's (last changed by: Provider): use --method connection" in refusal(trial)
        trial.drill().prepare(Wanted("connection"))


def theirs(trial: Trial, place: str) -> Iterator[Any]:
    """A connection of somebody else to the circuit; `place` stands for ours in its id."""
    cloud, live = trial.network.cloud, trial.network.live
    own, other = place.split(" ")
    id = live.connections["primary"].replace(own, other).replace("con-dev", "con-theirs")
    body = {"connectionType": "ExpressRoute", "peer": {"id": live.circuits["primary"]}, "location": "westus2"}
    yield drift.add(cloud, id, {**body, "virtualNetworkGateway1": {"id": f"{id}-gateway"}})
    drift.remove(cloud, id)


def test_it_does_not_cut_off_others_unless_told_to(trial: Trial) -> None:
    with contextmanager(theirs)(trial, "rg-dev rg-other"):
        said = refusal(trial)
        assert "Circuit primary is used by connection con-theirs-er-primary in resource group rg-other too." in said
        trial.drill().prepare(Wanted(shared=True))
        trial.drill().prepare(Wanted("connection"))


def test_an_authorization_in_use_is_a_sign_of_others(trial: Trial) -> None:
    cloud, circuit = trial.network.cloud, trial.network.live.circuits["primary"]
    drift.add(cloud, f"{circuit}/authorizations/partner", {})
    key = cloud.get(f"{circuit}/authorizations/partner")["authorizationKey"]
    with contextmanager(theirs)(trial, f"{SUBSCRIPTION} 00000000-0000-4000-8000-000000000002") as connection:
        connection.digests["authorizationKey"] = cloud.store.digest(key)
        cloud.store.save(connection)
        assert f"Authorization partner of circuit primary is in use by {connection.id}." in refusal(trial)
    drift.remove(cloud, f"{circuit}/authorizations/partner")


def test_a_strangers_prefix_in_the_circuits_table_is_a_sign_of_others(trial: Trial) -> None:
    own, stranger = (frozenset({IPv4Network(text)}) for text in ("10.20.0.0/16", "10.99.0.0/16"))
    seen = CircuitSeen(links={"primary": LinkSeen(True, azure=own), "secondary": LinkSeen(True, azure=own | stranger)})
    network = trial.network
    assert others(network.azure, network.live, "primary", seen) == [
        "Circuit primary carries 10.99.0.0/16 of a network in Azure that is none of this stack's."
    ]


def test_it_refuses_without_the_keys_of_the_way_back(trial: Trial) -> None:
    empty = {**trial.network.secrets, "peeringSharedKeys": {"primary": ""}}
    assert "pulumi config set --secret --path peeringSharedKeys.primary" in refusal(trial, keys=empty)


def test_azures_own_test_needs_two_locations(trial: Trial) -> None:
    assert "two peering locations [DRILL-05]" in refusal(trial, Wanted("site", location="Seattle"))


def test_a_prefix_without_a_backup_is_not_cut_off() -> None:
    config = stack_config("dev")
    config["hybrid-network:vpn"]["sites"][0]["prefixes"] = ["192.168.0.0/16"]
    accepted = {"prefix": "172.20.0.0/16", "reason": "it can wait"}
    config["hybrid-network:failover"] = {"accept": [accepted]}
    with live_network(config) as network:
        drill = Trial(network, Path("unused")).drill()
        plan = drill.prepare(Wanted())
        assert plan.predicted["172.20.0.0/16", "web"] == "nowhere"
        failover = network.settings.failover.model_copy(update={"accept": []})
        object.__setattr__(network.live, "settings", network.settings.model_copy(update={"failover": failover}))
        with pytest.raises(RefusedError, match=r"172\.20\.0\.0/16 would be cut off from web: .* it goes nowhere"):
            drill.prepare(Wanted())


# The way back.


def moments(run: Callable[[], Outcome]) -> int:
    """How many there are in an undisturbed drill."""
    with pytest.MonkeyPatch.context() as patch:
        counted = Moments(0, Dead)
        counted.install(patch)
        assert run().passed
    return counted.count


@pytest.fixture
def blind(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> Blind:
    """Drills by a method that look at nothing: each is prepared by one look, and is about its changes."""
    monkeypatch.setattr(Drill, "_watch", unwatched)

    def prepared(method: Method) -> Callable[[], Outcome]:
        plan = trial.drill().prepare(Wanted(method))
        return lambda: trial.drill().run(plan)

    return prepared


@pytest.mark.parametrize("method", ["peering", "connection"])
def test_a_killed_drill_is_restored_at_whatever_moment_it_died(trial: Trial, blind: Blind, method: Method) -> None:
    run = blind(method)
    count = moments(run)
    assert count >= 15
    away = 0
    for at in range(1, count + 1):
        with pytest.MonkeyPatch.context() as patch:
            Moments(at, Dead).install(patch)
            with pytest.raises(Dead):
                run()
        away += not trial.there()
        if trial.record.exists():
            assert trial.record.stat().st_mode & 0o777 == 0o600
        else:
            # It died before the record, or after the last change.
            assert trial.there()
        dead(trial.record)
        trial.drill().restore()
        assert trial.there(), at
        assert not trial.record.exists()
    assert away >= 5


def test_an_interrupted_drill_ends_restored_and_says_so(trial: Trial, blind: Blind) -> None:
    run = blind("peering")
    for at in range(1, moments(run) + 1):
        trial.said.clear()
        with pytest.MonkeyPatch.context() as patch:
            Moments(at, KeyboardInterrupt).install(patch)
            try:
                outcome = run()
            except KeyboardInterrupt:
                # Before anything was changed, or after all was: the record is another run's to take away.
                outcome = None
        if trial.record.exists():
            dead(trial.record)
            trial.drill().restore()
        assert trial.there(), at
        if outcome is not None and not outcome.passed:
            assert "interrupted" in outcome.ended


@contextmanager
def faulty(network: LiveNetwork, *rules: Json) -> Iterator[None]:
    """Let these faults be in force."""
    front: Front = network.front
    before = front.faults._rules
    front.faults._rules = parse(json.dumps([*rules]))
    try:
        yield
    finally:
        front.faults._rules = before


def test_where_azure_does_not_bring_it_back_the_record_stays_and_says_how(trial: Trial) -> None:
    network = trial.network
    azure = NearAzure(network.line, patience_s=2.0)
    broken = {"id": "never again", "type": PEERINGS, "operation": "update", "nth": [*range(2, 200)]}
    with faulty(network, {**broken, "error": {"status": 500, "code": "InternalServerError"}}):
        drill = trial.drill(azure)
        with pytest.raises(NotRestoredError, match="python -m operations drill --restore"):
            drill.run(drill.prepare(Wanted()))
    assert network.cloud.get(peering(network))["state"] == "Disabled"
    with pytest.raises(BusyError, match="is under way"):
        trial.drill().restore()
    dead(trial.record)
    outcome = trial.drill().restore()
    assert outcome is not None
    assert outcome.phases[-1].as_predicted
    assert trial.restored()
    assert trial.drill().restore() is None


def test_what_does_not_go_the_predicted_way_is_said_and_expressroute_comes_back(trial: Trial) -> None:
    """The device stops answering with ExpressRoute: the time is over, and the way back is taken all the same."""
    drill = trial.drill()
    plan = drill.prepare(Wanted(minutes=0.5))
    stop = drill.switch.stop

    def stop_and_cut(facts: Json) -> None:
        stop(facts)
        trial.network.connect(lambda outside: outside["tunnels"][0].update(up=False))

    drill.switch.stop = stop_and_cut  # type: ignore[method-assign]
    outcome = drill.run(plan)
    assert not outcome.passed
    without, again = outcome.phases[1:]
    assert set(without.real.values()) == {"nowhere"}
    assert any("No tunnel to site hq is up" in one for one in without.said)
    assert set(again.real.values()) == {"ExpressRoute primary"}
    trial.network.connect()
    assert trial.restored()


def test_two_drills_do_not_run_at_once(trial: Trial) -> None:
    Journal.begin(trial.record, "drill", {}, "")
    with pytest.raises(BusyError, match="`drill` is under way on this stack"):
        trial.run()
    trial.record.unlink()


def test_a_dead_drill_that_changed_nothing_stops_no_other(trial: Trial) -> None:
    Journal.begin(trial.record, "drill", {}, "")
    dead(trial.record)
    assert trial.run().passed


# What is written.


def test_record_and_report_have_the_ways_and_no_key(trial: Trial, tmp_path: Path) -> None:
    records: list[str] = []
    for method in ("peering", "connection"):
        drill = trial.drill()
        stop = drill.switch.stop

        def look(facts: Json, stop: Callable[[Json], None] = stop) -> None:
            records.append(trial.record.read_text())
            stop(facts)

        drill.switch.stop = look  # type: ignore[method-assign]
        outcome = drill.run(drill.prepare(Wanted(method)))
        files = drill_report.write(outcome, tmp_path / method)
        said = [file.read_text() for file in files]
        assert all("192.168.0.0/16" in one for one in said)
        ElementTree.fromstring(said[2])
        document = json.loads(said[1])
        assert document["passed"] is True
        assert [step["name"] for step in document["steps"]] == ["before", "without ExpressRoute", "ExpressRoute again"]
        everything = "\n".join([*said, *records, *trial.said])
        assert not [key for key in (KEY, PEERING_KEY) if key in everything]
    assert json.loads(records[0])["steps"][0]["state"] == "begun"
    assert text(trial.network.status().ways[0].now) == "ExpressRoute primary"


def test_the_peering_keeps_its_md5_key(trial: Trial) -> None:
    """Azure never tells it, and the whole peering is sent: without it the session would not come back."""
    cloud, id = trial.network.cloud, peering(trial.network)
    before = cloud.store.get(id)
    assert before is not None
    assert trial.run().passed
    after = cloud.store.get(id)
    assert after is not None
    assert before.digests["sharedKey"] == after.digests["sharedKey"] == cloud.store.digest(PEERING_KEY)
