"""A mistake in the settings ends in one clean message that names it, and nothing is created."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lifecycle.observe import changes
from toolchain.workspace import Workspace

KEY = "0123456789abcdef0123456789abcdef"
Mistake = Callable[[Workspace], None]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Stack `dev`, never deployed."""
    with Workspace.open(tmp_path_factory.mktemp("mistakes"), stack="dev") as workspace:
        workspace.make_shared_keys()
        yield workspace


@pytest.fixture
def fresh(stack: Workspace) -> Iterator[Workspace]:
    """The same stack with its settings as they were, whatever a test does to them."""
    text = stack.settings_file.read_text()
    yield stack
    stack.settings_file.write_text(text)


def network(workspace: Workspace) -> dict[str, Any]:
    return workspace.settings()["hybrid-network:network"]


def overlapping_subnet(workspace: Workspace) -> None:
    settings = network(workspace)
    settings["tiers"][1]["subnet"] = "10.20.1.128/25"
    workspace.change(network=settings)


def small_gateway_subnet(workspace: Workspace) -> None:
    workspace.change(network={**network(workspace), "gatewaySubnet": "10.20.255.240/28"})


def no_shared_key(workspace: Workspace) -> None:
    workspace.pulumi("config", "rm", "vpnSharedKeys").check()


def plaintext_key(workspace: Workspace) -> None:
    workspace.change(vpnSharedKeys={"hq": KEY})


def misspelt_key(workspace: Workspace) -> None:
    workspace.change(serialiseGateways=True)


def misspelt_nested_key(workspace: Workspace) -> None:
    settings = network(workspace)
    settings["tiers"][0]["loadBalanser"] = settings["tiers"][0].pop("loadBalancer")
    workspace.change(network=settings)


def connected_too_early(workspace: Workspace) -> None:
    settings = workspace.settings()["hybrid-network:expressRoute"]
    settings["circuits"][0]["connect"] = "always"
    workspace.change(expressRoute=settings)


MISTAKES: list[tuple[Mistake, list[str]]] = [
    (overlapping_subnet, ["network.tiers[1].subnet", "10.20.1.128/25", "10.20.1.0/24"]),
    (small_gateway_subnet, ["network.gatewaySubnet: 10.20.255.240/28 has 16 addresses", "/27 (32)", "[GW-04]"]),
    (no_shared_key, ["'hq'", "pulumi config set --secret --path 'vpnSharedKeys.hq'"]),
    (plaintext_key, ["vpnSharedKeys"]),
    (misspelt_key, ["serialiseGateways: unknown setting; did you mean 'serializeGateways'?"]),
    (misspelt_nested_key, ["network.tiers[0].loadBalanser: unknown setting; did you mean 'loadBalancer'?"]),
    (connected_too_early, ["expressRoute.circuits[0].connect"]),
]


def refusal(workspace: Workspace, *command: str) -> str:
    """What a run prints that must be refused before it changes anything in Azure."""
    before = changes(workspace)
    run = workspace.pulumi(*command)
    assert run.code != 0
    assert changes(workspace) == before
    for noise in ("Traceback", "unhandled", 'File "'):
        assert noise not in run.text
    return run.text


@pytest.mark.parametrize(("mistake", "told"), MISTAKES, ids=[mistake.__name__ for mistake, _ in MISTAKES])
def test_a_mistake_is_told_in_one_message_and_nothing_is_created(fresh: Workspace, mistake: Mistake, told: list[str]):
    mistake(fresh)
    text = refusal(fresh, "preview")
    assert [part for part in told if part not in text] == []
    assert KEY not in text


def test_two_mistakes_at_once_are_both_told(fresh: Workspace):
    overlapping_subnet(fresh)
    settings = network(fresh)
    settings["gatewaySubnet"] = "10.20.255.240/28"
    fresh.change(network=settings, serialiseGateways=True)
    text = refusal(fresh, "preview")
    for part in ("network.tiers[1].subnet", "[GW-04]", "serialiseGateways"):
        assert part in text


def test_an_update_without_a_preview_creates_nothing_either(fresh: Workspace):
    small_gateway_subnet(fresh)
    assert "[GW-04]" in refusal(fresh, "up", "--yes", "--skip-preview")
    assert fresh.cloud()["resources"] == []
