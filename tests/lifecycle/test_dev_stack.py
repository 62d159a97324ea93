"""Stack `dev`, run as the README says: preview, up, refresh, both phases with a peering, destroy."""

from collections.abc import Iterator

import pytest

from tests.lifecycle.observe import owned, steps
from toolchain.workspace import Workspace


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Stack `dev` with its one secret, deployed for the first time."""
    with Workspace.open(tmp_path_factory.mktemp("dev"), stack="dev") as workspace:
        workspace.make_shared_keys()
        yield workspace


def test_a_preview_creates_nothing_and_shows_what_an_update_makes(dev: Workspace):
    planned = steps(dev)
    assert set(planned) == {"create"}
    assert dev.cloud()["resources"] == []
    dev.pulumi("up", "--yes").check()
    assert owned(dev) <= planned["create"]


def test_a_refresh_finds_no_difference(dev: Workspace):
    dev.pulumi("refresh", "--yes", "--expect-no-changes").check()


def test_a_layer_2_circuit_gets_its_peering_before_its_connection(dev: Workspace):
    before = owned(dev)
    dev.provision("erc-dev-primary")
    dev.pulumi("up", "--yes").check()
    made = owned(dev) - before
    assert {name.split()[0] for name in made} == {"ExpressRouteCircuitPeering", "VirtualNetworkGatewayConnection"}
    # What the provider did to the circuit is news for the state, and nothing to correct.
    dev.pulumi("refresh", "--yes").check()
    dev.pulumi("preview", "--expect-no-changes").check()
    dev.pulumi("refresh", "--yes", "--expect-no-changes").check()


def test_the_unprotected_stack_is_destroyed(dev: Workspace):
    dev.deprovision("erc-dev-primary")
    dev.pulumi("destroy", "--yes").check()
    assert dev.cloud()["resources"] == []
