"""What Azure refuses while something else is under way (ORDER-*), and how fast one may ask."""

from typing import Any

import pytest

from simulator import drift
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.front import Front
from simulator.options import Options
from simulator.resources import kinds
from simulator.store import Json, Operation
from tests.simulator.cases_connections import provisioned
from tests.simulator.world import (
    BASE,
    GATEWAY_SUBNET,
    REQUESTS,
    WITH_CIRCUIT,
    WITH_SITE,
    WITH_VPN,
    id_of,
    inputs,
    make,
    put,
    ref,
    token,
)

SUBNET = {"name": "web", "addressPrefix": "10.0.1.0/24"}
SECURED = {**SUBNET, "networkSecurityGroup": ref("networkSecurityGroups/nsg")}
ROUTED = {**SUBNET, "routeTable": ref("routeTables/table")}


def begin(cloud: Cloud, name: str, **changes: Any) -> Operation:
    """Send a request and do not wait."""
    return cloud.begin_put(token(REQUESTS[name][0]), inputs(name, **changes))


def refused(action: Any) -> AzureError:
    with pytest.raises(AzureError) as caught:
        action()
    return caught.value


@pytest.mark.parametrize(("first", "second"), [("vpn gateway", "er gateway"), ("er gateway", "vpn gateway")])
def test_both_gateways_may_be_made_at_once_in_either_order(first: str, second: str) -> None:
    """ORDER-01, ORDER-02."""
    cloud = make(*BASE, "address")
    for operation in [begin(cloud, first), begin(cloud, second)]:
        cloud.wait(operation)
    assert cloud.clock.now() < 60 * 60


def test_subnets_of_one_network_change_one_at_a_time() -> None:
    """ORDER-06."""
    cloud = make(*BASE)
    work = begin(cloud, "subnet")
    error = refused(lambda: begin(cloud, "bastion subnet"))
    assert (error.status, error.code) == (409, "AnotherOperationInProgress")
    cloud.wait(work)
    put(cloud, "bastion subnet")


def test_the_network_itself_is_updating_while_a_subnet_is() -> None:
    cloud = make(*BASE)
    begin(cloud, "subnet")
    assert cloud.get(id_of("virtualNetworks/hub"))["provisioningState"] == "Updating"


def test_a_peering_is_refused_while_a_subnet_of_the_other_network_changes() -> None:
    """ORDER-07: with 400, so that no client tries again."""
    cloud = make(*BASE, "spoke")
    begin(cloud, "subnet")
    error = refused(lambda: begin(cloud, "spoke peering"))
    assert (error.status, error.code) == (400, "ReferencedResourceNotProvisioned")
    assert error.message.endswith(
        "is not in Succeeded state. Resource is in Updating state and the last operation that updated/is updating the "
        "resource is PutSubnetOperation."
    )


UPDATING = [
    # What is being changed, and what refers to it: the network's PUT as azure-native sends it, with its subnets.
    ("nsg", {"tags": {"a": "b"}}, "subnet", {"networkSecurityGroup": ref("networkSecurityGroups/nsg")}),
    ("table", {"tags": {"a": "b"}}, "subnet", {"routeTable": ref("routeTables/table")}),
    ("rule", {}, "subnet", {"networkSecurityGroup": ref("networkSecurityGroups/nsg")}),
    ("route", {}, "subnet", {"routeTable": ref("routeTables/table")}),
    ("nsg", {"tags": {"a": "b"}}, "network", {"subnets": [SECURED]}),
    ("table", {"tags": {"a": "b"}}, "network", {"subnets": [ROUTED]}),
    ("subnet", {"defaultOutboundAccess": False}, "balancer", {}),
    ("network", {"tags": {"a": "b"}}, "balancer", {}),
    ("network", {"tags": {"a": "b"}}, "er gateway", {}),
    ("address", {"tags": {"a": "b"}}, "vpn gateway", {}),
]


@pytest.mark.parametrize(("first", "changes", "second", "reference"), UPDATING)
def test_what_refers_to_something_that_is_being_changed_is_refused(
    first: str, changes: Json, second: str, reference: Json
) -> None:
    """ORDER-07."""
    cloud = make(*BASE, "nsg", "table", "subnet", "address")
    work = begin(cloud, first, **changes)
    error = refused(lambda: begin(cloud, second, **reference))
    assert (error.status, error.code) == (400, "ReferencedResourceNotProvisioned")
    assert error.message.endswith(
        f"is in Updating state and the last operation that updated/is updating the resource is {work.name}."
    )
    cloud.wait(work)
    begin(cloud, second, **reference)


def test_another_subnet_and_its_load_balancer_change_at_once() -> None:
    cloud = make(*BASE, "subnet")
    begin(cloud, "bastion subnet")
    begin(cloud, "balancer")


@pytest.mark.parametrize("parallel", [False, True])
def test_connections_of_one_gateway_change_one_at_a_time(parallel: bool) -> None:
    """ORDER-04 tells of ExpressRoute; for VPN it is a switch."""
    cloud = make(*WITH_SITE, options=Options(vpn_connections_in_parallel=parallel))
    put(cloud, "site", localNetworkGatewayName="other", localNetworkAddressSpace={"addressPrefixes": ["172.20.0.0/16"]})
    begin(cloud, "vpn connection")
    second = {
        "virtualNetworkGatewayConnectionName": "second",
        "localNetworkGateway2": ref("localNetworkGateways/other"),
    }
    if parallel:
        begin(cloud, "vpn connection", **second)
    else:
        assert refused(lambda: begin(cloud, "vpn connection", **second)).code == "AnotherOperationInProgress"


def test_expressroute_connections_never_change_at_once() -> None:
    """ORDER-04."""
    cloud = make(*WITH_CIRCUIT, options=Options(vpn_connections_in_parallel=True))
    put(cloud, "circuit", circuitName="other")
    provisioned(cloud)
    cloud.wait(drift.provision(cloud, "other"))
    begin(cloud, "er connection")
    second = {"virtualNetworkGatewayConnectionName": "second", "peer": ref("expressRouteCircuits/other")}
    assert refused(lambda: begin(cloud, "er connection", **second)).code == "AnotherOperationInProgress"


def test_parts_of_one_circuit_change_one_at_a_time() -> None:
    """ORDER-05."""
    cloud = make(*BASE, "circuit")
    provisioned(cloud)
    begin(cloud, "peering")
    assert refused(lambda: begin(cloud, "authorization")).code == "AnotherOperationInProgress"


def test_a_resource_under_way_takes_no_other_change() -> None:
    cloud = make(*BASE)
    begin(cloud, "er gateway")
    assert refused(lambda: begin(cloud, "er gateway", tags={"a": "b"})).code == "AnotherOperationInProgress"
    assert refused(lambda: cloud.begin_delete(id_of("virtualNetworkGateways/er"))).code == "AnotherOperationInProgress"


def test_a_connection_needs_a_finished_gateway() -> None:
    cloud = make(*BASE, "address", "site")
    begin(cloud, "vpn gateway")
    error = refused(lambda: begin(cloud, "vpn connection"))
    assert error.code == "ReferencedResourceNotProvisioned"
    assert "PutVirtualNetworkGatewayOperation" in error.message


def test_a_gateway_under_way_may_keep_others_off_its_network() -> None:
    """ORDER-08, ORDER-09: 429 with the seconds to wait, where the option says so."""
    cloud = make(*WITH_VPN, options=Options(gateway_holds_vnet=True))
    begin(cloud, "vpn gateway", tags={"a": "b"})
    error = refused(lambda: begin(cloud, "subnet"))
    assert (error.status, error.code, error.retry_after_s) == (429, "RetryableError", 14)
    assert refused(lambda: begin(cloud, "network", tags={"a": "b"})).code == "RetryableError"
    begin(make(*WITH_VPN), "subnet")


def test_azure_takes_only_so_many_requests_in_five_minutes() -> None:
    """ORDER-12: 429 with the time to wait; reads and writes are counted apart."""
    cloud = make("group", options=Options(write_limit=2, read_limit=3))
    front, kind = Front(cloud), kinds()[token("ResourceGroup")]
    group = cloud.store.find()[0].id
    for _ in range(3):
        front.get(kind, group, "read", 1)
    error = refused(lambda: front.get(kind, group, "read", 1))
    assert (error.status, error.code, error.retry_after_s) == (429, "TooManyRequests", 60)
    front.put(kind, group, "update", inputs("group"), 1)
    cloud.clock.sleep_until(cloud.clock.now() + 301)
    front.get(kind, group, "read", 1)


def test_a_gateway_that_is_being_deleted_still_holds_its_subnet() -> None:
    cloud = make(*BASE, "er gateway")
    work = cloud.begin_delete(id_of("virtualNetworkGateways/er"))
    assert refused(lambda: cloud.begin_delete(id_of(GATEWAY_SUBNET))).code == "InUseSubnetCannotBeDeleted"
    assert work is not None
    cloud.wait(work)
    cloud.delete(id_of(GATEWAY_SUBNET))
