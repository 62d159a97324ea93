"""The same steps on the simulator as on Azure; recordings, where there are any, are held against it.

Nobody who wrote this has Azure: recording and comparing are tried with the simulator in its place.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.arm.serving import Endpoint
from simulator.cloud import Cloud
from simulator.ids import SUBSCRIPTION, TENANT
from simulator.store import Json
from tests.clients import on_azure, recording
from tests.clients.azure_side import TOKEN, Azure, quick_clock, served
from tests.clients.parity import Player, Scenario, expected, scenarios

ALL = {scenario.name: scenario for scenario in scenarios()}
PRIVATE = {"rg-of-mine": "rg", SUBSCRIPTION: "[subscription]"}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(clock=quick_clock())


@pytest.fixture
def endpoint(cloud: Cloud) -> Iterator[Endpoint]:
    with served(cloud) as found:
        yield found


def test_most_refusals_of_the_simulators_tests_are_there() -> None:
    cases = [case for scenario in ALL.values() for case in scenario.cases]
    assert len(cases) >= 150
    assert sum(len(scenario.cases) for scenario in ALL.values() if not scenario.costly) >= 80


@pytest.mark.parametrize("name", ALL)
def test_azures_client_is_refused_what_the_simulator_refuses(name: str, cloud: Cloud, endpoint: Endpoint) -> None:
    scenario = ALL[name]
    assert Player(Azure(endpoint), "rg", SUBSCRIPTION).play(scenario) == dict(expected(scenario))
    assert [record.id for record in cloud.store.find() if "/providers/" in record.key] == []


def command(endpoint: Endpoint, out: Path, *more: str) -> int:
    where = ["--endpoint", endpoint.url, "--ca", str(endpoint.ca), "--out", str(out), "--tenant", TENANT]
    return on_azure.main(["--subscription", SUBSCRIPTION, *where, *more])


def exchanges(file: Path) -> list[Json]:
    return json.loads(file.read_text())["exchanges"]


def replayed(scenario: Scenario) -> list[Json]:
    """What the simulator answers to a scenario now."""
    recorder = recording.Recorder(PRIVATE)
    with served(Cloud(clock=quick_clock())) as endpoint:
        azure = Azure(endpoint, policy=recorder)
        azure.send("GET", azure.group_id("rg-of-mine"))
        Player(azure, "rg-of-mine", SUBSCRIPTION).play(scenario)
    return recorder.exchanges()


def of_group(found: list[Json]) -> list[Json]:
    """Without the deletion of the group itself, at the end."""
    last = max(at for at, one in enumerate(found) if "/providers/" in one["path"])
    return found[: last + 1]


def test_a_recording_has_nothing_that_is_secret_or_somebodys(
    cloud: Cloud, endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Planted: the token, the subscription, the tenant, keys that were sent, set, and made up by Azure."""
    planted = {TOKEN, SUBSCRIPTION, TENANT, "ThisIsNotARealKey0"}
    views: list[Json] = []
    view = cloud.view

    def seen(record: Any) -> Json:
        views.append(found := view(record))
        return found

    cloud.view = seen  # type: ignore[method-assign]
    assert command(endpoint, tmp_path, "--gateways", "--only", "life-with-gateways") == 0
    made = {one[name] for one in views for name in ("sharedKey", "serviceKey", "authorizationKey") if one.get(name)}
    assert len(made) >= 4
    file = tmp_path / "life-with-gateways.json"
    text = file.read_text() + "".join(capsys.readouterr())
    assert not [secret for secret in planted | made if secret.lower() in file.read_text().lower()]
    assert not [secret for secret in made if secret in text]
    assert "[secret]" in file.read_text()
    assert cloud.store.find() == []
    # Made again from nothing, the simulator answers the same.
    assert recording.differences(of_group(exchanges(file)), replayed(ALL["life-with-gateways"])) == []


def test_secrets_are_found_in_the_midst_of_texts() -> None:
    cleaner = recording.Cleaner({"me@example.com": "[user]"})
    cleaner.learn({"properties": {"sharedKey": "Planted1"}, "value": "Planted2", "value ": ["x"]})
    told = {
        "message": "key 'Planted1' of me@example.com, Bearer abc.def and eyJhbGciOi.eyJz.sig, ?sv=1&sig=Planted3&x=1",
        "Planted2": ["Planted2", {"sharedKey": "Planted4", "etag": 'W/"Planted5"', "at": "2026-01-02T03:04:05.6Z"}],
        "id": "/subscriptions/11111111-2222-4333-8444-555555555555/x",
    }
    text = json.dumps(cleaner.clean(told))
    assert not [word for word in ("Planted", "example.com", "abc.def", "eyJ", "2026", "1111") if word in text]


@pytest.mark.parametrize("how", ["failure", "interrupt"])
def test_the_group_is_deleted_whatever_happens(
    how: str, cloud: Cloud, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Player, name: str) -> None:
        assert cloud.find("VirtualNetwork")
        raise KeyboardInterrupt if how == "interrupt" else AssertionError("something is wrong")

    monkeypatch.setattr(Player, "_look_at", broken)
    assert command(endpoint, tmp_path, "--only", "life") == 1
    assert cloud.store.find() == []
    assert list(tmp_path.iterdir()) == []


def test_gateways_are_made_only_when_they_are_asked_for(
    cloud: Cloud, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[Scenario] = []
    monkeypatch.setattr(Player, "play", lambda self, scenario: played.append(scenario) or {})
    assert command(endpoint, tmp_path) == 0
    assert played
    assert not [scenario.name for scenario in played if scenario.costly]
    cheap = len(played)
    assert command(endpoint, tmp_path, "--gateways") == 0
    assert len(played) == cheap + len(ALL)


def test_every_kind_of_difference_is_told() -> None:
    [first, *_] = recorded = [{"method": "GET", "path": "/x", "status": 200, "body": {"a": 1, "error": {"code": "A"}}}]
    assert recording.differences(recorded, copy.deepcopy(recorded)) == []
    for change, told in (
        ({"status": 201}, "status 200, here 201"),
        ({"path": "/y"}, "the simulator was asked GET /y here"),
        ({"body": {"a": 2, "error": {"code": "A"}}}, "a is 1, here 2"),
        ({"body": {"error": {"code": "A"}}}, "a is missing here"),
        ({"body": {"a": 1, "b": 1, "error": {"code": "A"}}}, "b is here alone"),
        ({"body": {"a": 1, "error": {"code": "B"}}}, "error.code is 'A', here 'B'"),
        ({"body": None}, "the body is"),
    ):
        [found] = recording.differences(recorded, [{**first, **change}])
        assert told in found
    assert recording.differences(recorded, []) == ["1 answers, here 0"]
    worded = {**first, "body": {"a": 1, "error": {"code": "A", "message": "other words"}}}
    assert recording.differences(recorded, [worded]) == []


@pytest.mark.parametrize("file", recording.recordings(), ids=lambda file: file.stem)
def test_the_simulator_answers_as_azure_did(file: Path) -> None:
    """One for each recording of Azure; there is none yet."""
    found = recording.differences(of_group(exchanges(file)), replayed(ALL[file.stem]))
    assert found == [], f"{file.name}, recorded {json.loads(file.read_text())['recorded']}"
