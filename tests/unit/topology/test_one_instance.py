"""Tunnels that end on one instance of the VPN gateway, and appliances that Azure finds by their names."""

from dataclasses import replace

import pytest

from components.rules import errors
from tests.stacks import example_config
from tests.unit.topology.variants import settings
from topology.proof.detection import detection
from topology.proof.failover import Model, flows
from topology.proof.network import network
from topology.proof.route_tables import edge_routes, learned_by_vpn_gateway, subnet_routes
from topology.proof.state import remaining
from topology.reading import read
from topology.settings.model import Settings

AWS_PREFIX = "10.2.0.0/16"
ON_0, ON_1 = ("aws-1-to-0", "aws-2-to-0"), ("aws-1-to-1", "aws-2-to-1")


def aws() -> Settings:
    """The example with four tunnels to AWS."""
    values = {key.partition(":")[2]: value for key, value in example_config("aws-four-tunnels").items()}
    found, problems = read(values)
    assert found is not None
    assert errors(problems) == []
    return found


def test_a_tunnel_to_one_instance_has_no_namesake_on_the_other() -> None:
    elements = network(aws()).elements
    assert [name for name in elements if name.startswith("tunnel:aws")] == [
        *(f"tunnel:{name}/0" for name in ON_0),
        *(f"tunnel:{name}/1" for name in ON_1),
    ]
    assert [name for name in elements if name.startswith("tunnel:hq")] == ["tunnel:hq/0", "tunnel:hq/1"]


@pytest.mark.parametrize(
    ("failed", "via"),
    [
        (set(), (*ON_0, *ON_1)),
        ({"gateway:vpn/0"}, ON_1),
        ({"gateway:vpn/1"}, ON_0),
        ({"gateway:vpn/1", "tunnel:aws-1-to-0/0"}, ON_0[1:]),
        ({"gateway:vpn/0", "tunnel:aws-1-to-0/0"}, ON_1),
        ({"gateway:vpn/0", "device:aws-1-to-1", "tunnel:aws-2-to-1/1"}, None),
        ({"gateway:vpn/0", "gateway:vpn/1"}, None),
    ],
)
def test_a_tunnel_dies_with_its_own_instance_only(failed: set[str], via: tuple[str, ...] | None) -> None:
    for flow in flows(aws(), failed):
        if str(flow.prefix) == AWS_PREFIX and via is not None:
            assert (flow.path.arrives, flow.path.via) == (True, via)
        elif str(flow.prefix) == AWS_PREFIX and flow.direction == "azureToOnPremises":
            # What answers from there is nobody's that works: nothing reaches it.
            assert not flow.path.arrives


def test_a_static_tunnel_to_one_instance_loses_its_traffic_with_the_instance_since_azure_keeps_the_route() -> None:
    pinned = settings("reference", lambda values: values["vpn"]["sites"][0].update(instance=1))
    lost = {"circuit:primary", "gateway:vpn/1"}
    out, _ = flows(pinned, lost)
    assert (out.path.kind, out.path.cause) == ("unreachable", "deadTunnel")
    assert all(flow.path.kind == "vpn" for flow in flows(pinned, {"circuit:primary", "gateway:vpn/0"}))


def test_an_instance_that_the_gateway_has_not_got_proves_nothing_else() -> None:
    site = network(settings("reference", lambda values: values["vpn"]["sites"][0].update(instance=7))).sites[0]
    assert (site.tunnels, site.instance) == (2, None)
    standby = settings(
        "reference",
        lambda values: values["vpn"].update(
            gateway={"sku": "VpnGw1AZ", "activeActive": False}, sites=[{**values["vpn"]["sites"][0], "instance": 0}]
        ),
    )
    assert remaining(network(standby), ["gateway:vpn/0"]).tunnels_up(0) == {0: True}


def test_route_tables_show_each_tunnel_at_its_own_instance() -> None:
    model = Model(network(aws()))
    for instance, peers in ((0, {"169.254.21.1", "169.254.22.1"}), (1, {"169.254.21.5", "169.254.22.5"})):
        rows = [row for row in learned_by_vpn_gateway(model.network, instance) if str(row.prefix) == AWS_PREFIX]
        assert {row.next_hop for row in rows if row.origin == "EBgp"} == peers
        assert {row.next_hop for row in rows if row.origin == "IBgp"} == {f"gateway:vpn/{1 - instance}"}
    [row] = [row for row in subnet_routes(model, 0, {"gateway:vpn/0"}) if str(row.prefix) == AWS_PREFIX]
    assert row.next_hops == ("gateway:vpn/1",)
    # Nobody says here that AWS is a network of its own.
    undescribed = replace(model.network, devices=())
    tunnels = {row.next_hop for row in edge_routes(undescribed) if "aws" in row.next_hop}
    assert tunnels == {*(f"tunnel:{name}/0" for name in ON_0), *(f"tunnel:{name}/1" for name in ON_1)}


def test_a_site_by_name_says_how_long_a_moved_appliance_is_looked_for() -> None:
    def by_name(values):
        site = values["vpn"]["sites"][0]
        del site["publicIp"]
        site["fqdn"] = "vpn.example.com"

    moved, fixed = (detection(network(settings("dev", *edits)), "appliance:hq") for edits in ((by_name,), ()))
    assert (moved.seconds, moved.worst_seconds) == (fixed.seconds, fixed.worst_seconds)
    assert moved.how == f"{fixed.how}; an appliance that Azure finds by name is found at another address within 345 s"
