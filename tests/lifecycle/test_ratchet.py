"""A stack that has connected a circuit keeps connection and peering, whatever a lookup is answered.

Stack `dev`, connected, `protect: false`; its provider has taken the circuit back, so that no answer speaks for a
connection. Every run ends with what there was, or with an error before anything is changed. SWEEP=full (`make sweep`)
tries every answer to every lookup alone, with every command; else each answer comes to all lookups at once, and each
lookup alone gets the two answers that could take something away.
"""

import itertools
import json
import os
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lifecycle.observe import calls, changes, owned, steps
from toolchain.workspace import Run, Workspace

CIRCUIT = "erc-dev-primary"
LIVE = {"VirtualNetworkGatewayConnection expressroute-primary", "ExpressRouteCircuitPeering primary"}
PEERING_KEY = secrets.token_hex(10)
ANOTHER_SUBSCRIPTION = "00000000-0000-4000-8000-0000000000ff"

KEPT: dict[str, dict[str, Any]] = {
    "ResourceNotFound": {"error": {"status": 404, "code": "ResourceNotFound"}},
    "ResourceGroupNotFound": {"error": {"status": 404, "code": "ResourceGroupNotFound"}},
    "ParentResourceNotFound": {"error": {"status": 404, "code": "ParentResourceNotFound"}},
    "nothing": {"answer": {}},
}
REFUSED: dict[str, dict[str, Any]] = {
    "SubscriptionNotFound": {"error": {"status": 404, "code": "SubscriptionNotFound"}},
    "401": {"error": {"status": 401, "code": "InvalidAuthenticationTokenTenant"}},
    "403": {"error": {"status": 403, "code": "AuthorizationFailed"}},
    "429": {"error": {"status": 429, "code": "TooManyRequests"}},
    "500": {"error": {"status": 500, "code": "InternalServerError"}},
}
ANSWERS = KEPT | REFUSED
LOOKUPS = ("ExpressRouteCircuit", "VirtualNetworkGatewayConnection", "VirtualNetworkGateway")
"""What the program asks Azure for before it registers anything."""
UP = ("up", "--yes", "--skip-preview")
UP_REFRESH = (*UP, "--refresh")

FULL = os.environ.get("SWEEP") == "full"
CASES: list[tuple[str, str | None, tuple[str, ...]]] = (
    list(itertools.product(ANSWERS, (None, *LOOKUPS), (UP, UP_REFRESH)))
    if FULL
    else [
        *((answer, None, (UP, UP_REFRESH)[number % 2]) for number, answer in enumerate(ANSWERS)),
        *(("ResourceNotFound", lookup, UP) for lookup in LOOKUPS),
        *(("nothing", lookup, UP_REFRESH) for lookup in LOOKUPS),
        ("ResourceGroupNotFound", None, UP_REFRESH),
    ]
)
"""Answer, the lookup that gets it (None: all of them), and the command."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Connected, and its circuit deprovisioned. No scenario changes what there is, so all share it."""
    with Workspace.open(tmp_path_factory.mktemp("live"), stack="dev") as workspace:
        workspace.make_shared_keys()
        workspace.secret("peeringSharedKeys.primary", PEERING_KEY)
        workspace.pulumi(*UP).check()
        workspace.provision(CIRCUIT)
        workspace.pulumi(*UP).check()
        workspace.deprovision(CIRCUIT)
        assert owned(workspace) >= LIVE
        yield workspace


@pytest.fixture(scope="module")
def failed(live: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The same after an update that Azure has ended halfway."""
    with live.clone(tmp_path_factory.mktemp("failed")) as workspace:
        network = workspace.settings()["hybrid-network:network"]
        workspace.change(network={**network, "dnsServers": ["10.20.1.53"]})
        refusal = {"status": 400, "code": "Sick", "message": "not today"}
        answers(workspace, {"operation": "update", "type": "VirtualNetwork", "error": refusal})
        assert workspace.pulumi(*UP).code != 0
        yield workspace


@pytest.fixture(autouse=True)
def healthy(request: pytest.FixtureRequest) -> Iterator[None]:
    """No answer outlives its test, nor do its settings."""
    used = [name for name in ("live", "failed") if name in request.fixturenames]
    workspaces: list[Workspace] = [request.getfixturevalue(name) for name in used]
    texts = [workspace.settings_file.read_text() for workspace in workspaces]
    yield
    for workspace, text in zip(workspaces, texts, strict=True):
        workspace.settings_file.write_text(text)
        answers(workspace)


def answers(workspace: Workspace, *rules: dict[str, Any]) -> None:
    """From now on Azure answers like this."""
    workspace.simulator.faults.write_text(json.dumps(rules))


def asked(answer: str, lookup: str | None = None) -> dict[str, Any]:
    """The rule that gives this answer to a lookup, or to all."""
    return {"operation": "lookup", **({"type": lookup} if lookup else {}), **ANSWERS[answer]}


def looked_up(workspace: Workspace) -> list[str]:
    """The types that lookups have asked for, in order."""
    log = json.loads(workspace.simulated("calls", "--json"))["calls"]
    return [call["type"].rsplit(":", 1)[-1] for call in log if call["operation"] == "lookup"]


def holds(workspace: Workspace, answer: str, command: tuple[str, ...]) -> Run:
    """Runs a command, after which everything is there that was; what ends badly has not changed anything."""
    before = changes(workspace) if answer in REFUSED else 0
    asked_before = len(looked_up(workspace))
    run = workspace.pulumi(*command)
    assert "Traceback" not in run.text
    assert owned(workspace) >= LIVE
    assert calls(workspace, "delete") == []
    if answer in KEPT:
        run.check()
        # Under these names the answers are given: one that nobody asks for would prove nothing.
        assert set(looked_up(workspace)[asked_before:]) >= set(LOOKUPS)
    else:
        assert run.code != 0
        assert ANSWERS[answer]["error"]["code"] in run.stdout
        assert changes(workspace) == before
    return run


@pytest.mark.parametrize(("answer", "lookup", "command"), CASES)
def test_no_answer_takes_the_live_path_away(
    live: Workspace, answer: str, lookup: str | None, command: tuple[str, ...]
) -> None:
    answers(live, asked(answer, lookup))
    holds(live, answer, command)


@pytest.mark.parametrize("command", [UP, UP_REFRESH], ids=["up", "refresh"])
@pytest.mark.parametrize("answer", ANSWERS if FULL else ["ResourceNotFound", "nothing", "403"])
def test_nor_does_one_after_an_update_that_failed(failed: Workspace, answer: str, command: tuple[str, ...]) -> None:
    answers(failed, asked(answer))
    holds(failed, answer, command)


@pytest.mark.parametrize("command", [UP, UP_REFRESH], ids=["up", "refresh"])
def test_another_subscription_keeps_everything_and_says_so(live: Workspace, command: tuple[str, ...]) -> None:
    live.pulumi("config", "set", "azure-native:subscriptionId", ANOTHER_SUBSCRIPTION).check()
    answers(live, asked("ResourceGroupNotFound"))
    assert "delete" not in steps(live)
    run = holds(live, "ResourceGroupNotFound", command)
    assert "Is the right account and subscription selected" in run.stdout
    assert "[CIRCUIT-21]" in run.stdout


def test_no_secret_of_the_state_is_told_or_written_when_the_state_is_asked(live: Workspace) -> None:
    outputs = live.outputs(show_secrets=True)
    planted = [*live.keys.values(), PEERING_KEY, *outputs["serviceKeys"].values()]
    assert len(planted) == 3
    answers(live, asked("ResourceNotFound"))
    runs = [live.pulumi(*command, "--debug") for command in (("preview", "--diff"), ("preview", "--json"), UP)]
    told = "".join(run.text for run in runs)
    assert "[CIRCUIT-21]" in told
    assert [secret for secret in planted if secret in told] == []
    searched = 0
    for path in live.folder.rglob("*"):
        if path.is_file() and not path.is_relative_to(live.project / ".venv"):
            searched += 1
            text = path.read_bytes()
            assert not [secret for secret in planted if secret.encode() in text], path
    assert searched > 100


def test_never_takes_the_connection_away_and_keeps_the_peering(live: Workspace) -> None:
    express_route = live.settings()["hybrid-network:expressRoute"]
    express_route["circuits"][0]["connect"] = "never"
    live.change(expressRoute=express_route)
    answers(live, asked("ResourceNotFound"))
    assert steps(live)["delete"] == {"VirtualNetworkGatewayConnection expressroute-primary"}
