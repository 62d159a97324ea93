"""What is added to a circuit that is connected, everything protected, leaves the connection as it is."""

import pytest

from tests.lifecycle.observe import calls, owned, steps
from toolchain.workspace import Workspace

CONNECTION = "VirtualNetworkGatewayConnection expressroute-primary"


@pytest.mark.parametrize(
    ("more", "made"),
    [("authorizations", "ExpressRouteCircuitAuthorization"), ("privatePeering", "ExpressRouteCircuitPeering")],
)
def test_a_connected_circuit_gets_more_while_its_connection_is_protected(
    connected: Workspace, more: str, made: str
) -> None:
    express_route = connected.settings()["hybrid-network:expressRoute"]
    (circuit,) = express_route["circuits"]
    before = owned(connected)
    assert CONNECTION in before
    assert more not in circuit
    links = {"primaryPrefix": "172.16.0.0/30", "secondaryPrefix": "172.16.0.4/30"}
    circuit[more] = ["partner"] if more == "authorizations" else {"peerAsn": 65010, "vlanId": 100, **links}
    connected.change(expressRoute=express_route, protect=True)
    planned = steps(connected)
    assert CONNECTION not in set.union(*planned.values())
    assert {name.split()[0] for name in planned["create"]} == {made}
    connected.pulumi("up", "--yes").check()
    assert owned(connected) > before
    assert calls(connected, "delete") == []
    connected.pulumi("preview", "--expect-no-changes").check()
