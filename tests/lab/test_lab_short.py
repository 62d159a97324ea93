"""The lab itself: the reference topology's four steps on real routers, and what the lab must refuse.

Skipped, with the reason, where the lab cannot run.
"""

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.isolation import command
from lab.needs import what_is_missing
from tests.stacks import ROOT

LAB = [sys.executable, "-m", "lab", "run", "reference", "--short"]


@dataclass
class Runs:
    """Labs that ran at the same time, and what each found."""

    steps: dict[str, Any]
    steps_code: int
    refusals: dict[str, Any]
    output: str
    folder: Path
    left_over: list[str]


@pytest.fixture(scope="module", autouse=True)
def _can_run() -> None:
    reason = what_is_missing()
    if reason:
        pytest.skip(f"Failover lab skipped: {reason}")


def _marks() -> list[str]:
    """What a lab would leave in the machine's own namespaces."""
    found = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False).stdout.split()
    found += [str(path) for path in map(Path, ("/run/hybrid-lab", "/run/hybrid-appliance", "/etc/hybrid-appliance"))]
    return sorted(name for name in found if not name.startswith("/") or Path(name).exists())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("lab")
    before = _marks()
    files = [folder / f"{what}.json" for what in ("predictions", "policy")]
    with (folder / "refusals.log").open("w") as log:

        def start(result: Path) -> subprocess.Popen[bytes]:
            inside = command("tests.lab.refusals", [result.stem, str(result)])
            return subprocess.Popen(inside, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)

        with contextlib.ExitStack() as ending:

            def beside(result: Path) -> subprocess.Popen[bytes]:
                process = start(result)
                ending.callback(process.wait)
                ending.callback(process.kill)
                return process

            predictions = beside(files[0])
            steps = subprocess.run(
                [*LAB, "--out", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
            )
            policy = beside(files[1])
            predictions.wait(240)
            policy.wait(240)
    refusals = dict[str, Any]()
    for result in files:
        assert result.exists(), (folder / "refusals.log").read_text()[-3000:]
        refusals |= json.loads(result.read_text())
    left = [name for name in _marks() if name not in before]
    document = json.loads((folder / "lab.json").read_text())
    return Runs(
        document["parts"][0],
        steps.returncode,
        refusals,
        steps.stdout + steps.stderr,
        folder,
        left,
    )


def _checks(found: dict[str, Any], words: str) -> list[dict[str, Any]]:
    return [check for check in found["checks"] if words in check["name"]]


def _failed(found: dict[str, Any]) -> list[str]:
    return [f"{check['name']}: {check['detail']}" for check in found["checks"] if not check["passed"]]


def test_the_four_steps_pass_while_another_lab_runs(runs: Runs) -> None:
    assert _failed(runs.steps) == []
    assert runs.steps_code == 0, runs.output
    assert [step["step"] for step in runs.steps["steps"]] == [
        "reach Azure",
        "stop ExpressRoute",
        "still reach Azure",
        "bring ExpressRoute back",
    ]


def test_each_direction_is_seen_on_the_path_that_its_step_is_about(runs: Runs) -> None:
    first, _, third, last = runs.steps["steps"]
    for direction in ("azureToOnPremises", "onPremisesToAzure"):
        assert {name.partition(":")[0] for name in first[direction]["over"]} == {"link"}
        assert {name.partition(":")[0] for name in third[direction]["over"]} == {"tunnel"}
        assert list(runs.steps["timeline"][direction])[-1][2].startswith("link:")
        assert last[direction]["lost"] <= 3
    assert len(_checks(runs.steps, "the tunnels' own counters show the probes")) == 1


def test_stopping_express_route_loses_something_and_less_than_twice_the_detection_time(runs: Runs) -> None:
    stop = runs.steps["steps"][1]
    for direction in ("azureToOnPremises", "onPremisesToAzure"):
        assert 0 < stop[direction]["longestGapSeconds"] <= 2 * runs.steps["detectionSeconds"]


def test_the_daemons_negotiated_the_connections_policy(runs: Runs) -> None:
    assert len(_checks(runs.steps, "the IKE proposal is the policy's")) == 2
    assert len(_checks(runs.steps, "the ESP proposal is the policy's")) == 2
    assert runs.steps["negotiated"]["edge0.tunnel0"]["ike"]["dh-group"] == "ECP_384"


def test_a_picture_shows_the_four_steps(runs: Runs) -> None:
    picture = (runs.folder / "lab-reference.svg").read_text()
    for words in ("1 reach Azure", "on-premises to Azure", "lost", "tunnel:onprem/"):
        assert words in picture


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("circuit", "expected expressRoute primary past firewall 0, kernel vpn a+b past firewall 0"),
        ("spoke", "192.168.0.0/16 payroll/app: expected unreachable, kernel vpn a+b, probes vpn "),
        ("firewall", "192.168.0.0/16 web: expected expressRoute primary past firewall 0, kernel unreachable"),
        ("device", "192.168.0.0/16 web: expected expressRoute primary past firewall 0, kernel vpn b past firewall 0"),
    ],
)
def test_a_sound_proof_is_confirmed_and_a_broken_one_refused(runs: Runs, kind: str, words: str) -> None:
    assert _failed(runs.refusals[f"sound {kind}"]) == []
    [refused] = _failed(runs.refusals[f"broken {kind}"])
    assert words in refused


def test_a_stateful_firewall_drops_before_its_routes_are_judged_without_each_of_them(runs: Runs) -> None:
    found = runs.refusals["routeSets"]
    assert _failed(found) == []
    names = [check["name"].partition(": ") for check in found["checks"]]
    agree = "expected and real path agree, and connections"
    drops = "the firewall drops, and nothing else does"
    missing = ("without the GatewaySubnet's route web", "without the route onprem of tier web")
    assert [(name, what) for name, _, what in names] == [
        ("all routes", agree),
        *((name, what) for name in missing for what in (drops, agree)),
    ]
    told = {(row["routes"], row["direction"], row["connection"]) for row in found["routeSets"] if row["tier"] == "web"}
    # A bare connect succeeds where the firewall sees the request and not the answer.
    assert {word for name, _, word in told if name in missing} == {"connected", "nothing"}
    assert {word for name, _, word in told if name == "all routes"} == {"echoed"}


def test_a_tunnel_with_one_field_of_the_policy_changed_does_not_come_up(runs: Runs) -> None:
    unchanged, changed = runs.refusals["policy"]["checks"]
    assert unchanged["name"] == "nothing changed at the gateway: the tunnel comes up"
    assert unchanged["passed"], unchanged["detail"]
    assert changed["name"] == "dh_group changed at the gateway: refused"
    assert changed["passed"], changed["detail"]


def test_a_bfd_session_that_goes_down_without_a_fault_is_reported(runs: Runs) -> None:
    assert any("went down 1 times, 0 expected" in flap for flap in runs.refusals["flaps"])


def test_nothing_is_left_of_a_lab(runs: Runs) -> None:
    assert runs.left_over == []
