"""`python -m operations status` on simulated networks: silent in peace, one sentence for each thing that is wrong."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.status import FORMATS, shown
from operations.ways import same, text
from simulator import drift
from tests.live_network import LiveNetwork, live_network
from tests.stacks import KEY, ROOT, stack_config

Json = dict[str, Any]
Change = Callable[[Json], None]
TOPOLOGIES = sorted((ROOT / "lab" / "topologies").glob("*.yaml")) + sorted((ROOT / "examples").glob("*.yaml"))
OTHER_KEY = "Another.Key_That+Nobody42"


@pytest.fixture(scope="module")
def dev() -> Iterator[LiveNetwork]:
    """The stack `dev` with a route table on one of its tiers. Each test leaves it at peace."""
    with live_network(with_route(stack_config("dev"))) as network:
        yield network


def with_route(config: Json) -> Json:
    """A tier with a route table of its own, which leads nowhere near on-premises."""
    tier = config["hybrid-network:network"]["tiers"][1]
    tier["routes"] = [{"name": "test", "prefix": "203.0.113.0/24", "nextHopType": "None"}]
    return config


@pytest.fixture(autouse=True)
def peace(dev: LiveNetwork) -> Iterator[None]:
    dev.connect()
    yield
    dev.connect()


def tunnels(**values: Any) -> Change:
    """Every device's end of a tunnel does this."""

    def change(outside: Json) -> None:
        for one in outside["tunnels"]:
            one.update(values)

    return change


def links(*which: int, **values: Any) -> Change:
    """The ends of these links, by default of both, do this."""

    def change(outside: Json) -> None:
        for at in which or (0, 1):
            outside["links"][at].update(values)

    return change


def one_tunnel_down(outside: Json) -> None:
    own = outside["tunnels"][0]
    outside["tunnels"] = [{**own, "instance": 0}, {**own, "instance": 1, "up": False}]


CAUSES: dict[str, tuple[Change, str]] = {
    "a key changed on the device": (
        tunnels(key=OTHER_KEY),
        "No tunnel to site hq is up; Azure has the stack's shared key: the device at 203.0.113.10 is silent, or has",
    ),
    "the site's line is cut": (tunnels(up=False), "No tunnel to site hq is up; Azure has the stack's shared key"),
    "the site's session is down": (
        tunnels(asn=65011),
        "The BGP session of gateway instance 0 with site hq (192.168.255.1, AS 65010) is Connecting though the tunnel",
    ),
    "a prefix is no longer announced to the VPN": (
        tunnels(announces=["192.168.0.0/16"]),
        "Site hq no longer announces 172.20.0.0/16.",
    ),
    "a prefix is no longer announced over ExpressRoute": (
        links(announces=["192.168.0.0/16"]),
        "On the primary link of circuit primary on-premises no longer announces 172.20.0.0/16.",
    ),
    "a longer prefix is announced to the VPN": (
        tunnels(announces=["192.168.0.0/16", "172.20.0.0/16", "192.168.7.0/24"]),
        "Site hq announces 192.168.7.0/24, longer than ExpressRoute's 192.168.0.0/16, whose traffic it takes, which no",
    ),
    "one tunnel of two is down": (
        one_tunnel_down,
        "The tunnel from gateway instance 1 to site hq is down; that of instance 0 is up.",
    ),
    "one link of two is cut": (links(1, up=False), "The BGP session on the secondary link of circuit primary is down."),
    "both links are cut": (links(up=False), "The BGP session on the primary link of circuit primary is down."),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_what_devices_do_wrong_is_named(dev: LiveNetwork, cause: str) -> None:
    change, sentence = CAUSES[cause]
    dev.connect(change)
    found = dev.status()
    assert sentence in " ".join(one.sentence for one in found.findings)
    assert not found.sound
    assert all(found.why(way) != ["Azure does not tell why."] for way in found.ways)


def test_nothing_is_said_in_peace(dev: LiveNetwork) -> None:
    found = dev.status()
    assert (found.findings, found.untold, found.sound) == ([], (), True)
    assert {(str(way.prefix), text(way.now), text(way.backup)) for way in found.ways} == {
        ("172.20.0.0/16", "ExpressRoute primary", "VPN hq"),
        ("192.168.0.0/16", "ExpressRoute primary", "VPN hq"),
    }


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.stem)
def test_nothing_is_said_of_other_networks_in_peace_either(file: Path) -> None:
    """Two circuits, two devices, firewalls, spokes, tunnels that end on one instance."""
    with live_network(yaml.safe_load(file.read_text())["config"]) as network:
        found = network.status()
        assert found.sound, shown(found, "text")


def changed(dev: LiveNetwork, id: str, changes: Json, back: Json) -> tuple[list[str], bool]:
    """What is found while somebody has changed a resource by hand."""
    drift.change(dev.cloud, id, changes)
    try:
        found = dev.status()
        return [one.sentence for one in found.findings], all(way.as_expected for way in found.ways)
    finally:
        drift.change(dev.cloud, id, back)


def test_a_peering_that_is_disabled_is_named(dev: LiveNetwork) -> None:
    id = f"{dev.live.circuits['primary']}/peerings/AzurePrivatePeering"
    [said], as_expected = changed(dev, id, {"state": "Disabled"}, {"state": "Enabled"})
    assert said.startswith("The private peering of circuit primary is Disabled: both its BGP sessions are down")
    assert not as_expected


def test_a_route_table_that_was_changed_by_hand_is_named(dev: LiveNetwork) -> None:
    id = dev.cloud.get(dev.live.subnets["data"])["routeTable"]["id"]
    drift.add(dev.cloud, f"{id}/routes/hand", {"addressPrefix": "192.168.0.0/16", "nextHopType": "None"})
    found = dev.status()
    drift.remove(dev.cloud, f"{id}/routes/hand")
    [finding] = found.findings
    assert (
        finding.sentence
        == "The route table of tier data has a route 192.168.0.0/16 to None, which no setting declares."
    )
    [wrong] = [way for way in found.ways if not way.as_expected]
    assert (str(wrong.prefix), wrong.tiers, text(wrong.now)) == ("192.168.0.0/16", ("data",), "nowhere")
    assert found.why(wrong) == [finding.sentence]


def test_a_subnet_that_no_longer_learns_is_named(dev: LiveNetwork) -> None:
    id = dev.cloud.get(dev.live.subnets["data"])["routeTable"]["id"]
    said, as_expected = changed(dev, id, {"disableBgpRoutePropagation": True}, {"disableBgpRoutePropagation": False})
    assert said == ["The subnet of tier data no longer learns the gateways' routes, and the settings say otherwise."]
    assert not as_expected


def test_a_key_that_was_changed_in_azure_is_named(dev: LiveNetwork) -> None:
    connections = dev.azure.client(dev.live.group.split("/")[2]).virtual_network_gateway_connections
    from azure.mgmt.network.models import ConnectionSharedKey

    connections.begin_set_shared_key("rg-dev", "con-dev-vpn-hq", ConnectionSharedKey(value=OTHER_KEY)).result()
    found = dev.status()
    connections.begin_set_shared_key("rg-dev", "con-dev-vpn-hq", ConnectionSharedKey(value=KEY)).result()
    [said] = [one.sentence for one in found.findings]
    assert said.startswith(
        "Azure has another shared key on connection con-dev-vpn-hq than the stack's secret vpnShared"
    )
    assert not [way for way in found.ways if same(way.backup, way.expected_backup)]
    assert not [form for form in FORMATS if OTHER_KEY in shown(found, form) or KEY in shown(found, form)]


def test_a_connection_that_no_setting_declares_is_named(dev: LiveNetwork) -> None:
    site = dev.live.local_gateways["hq"]
    stranger = f"{dev.live.group}/providers/Microsoft.Network/connections/con-stranger"
    body = dev.cloud.get(dev.live.sites["hq"])
    kept = ("virtualNetworkGateway1", "connectionType", "connectionProtocol", "location")
    drift.add(dev.cloud, stranger, {key: body[key] for key in kept} | {"localNetworkGateway2": {"id": site}})
    found = dev.status()
    drift.remove(dev.cloud, stranger)
    assert "Connection con-stranger is one that no setting declares." in [one.sentence for one in found.findings]


def test_what_azure_does_not_tell_is_said(dev: LiveNetwork) -> None:
    options = dev.cloud.options
    dev.cloud.options = options.with_text("actions_left_out=Microsoft.Network/connections/read")
    try:
        found = dev.status()
    finally:
        dev.cloud.options = options
    assert not found.sound
    assert any("con-dev-vpn-hq" in one and "AuthorizationFailed" in one for one in found.untold)


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_has_prefix_way_and_cause(dev: LiveNetwork, form: Any) -> None:
    dev.connect(links(up=False))
    said = shown(dev.status(), form).replace("\\", "")
    for part in ("192.168.0.0/16", "VPN hq", "ExpressRoute primary", "The BGP session on the primary link of circuit"):
        assert part in said
    if form == "json":
        assert json.loads(said)["sound"] is False


prefixes = st.lists(
    st.sampled_from(
        ["192.168.0.0/16", "172.20.0.0/16", "192.168.7.0/24", "172.20.0.0/17", "100.64.0.0/10", "0.0.0.0/0"]
    ),
    unique=True,
)
end = st.fixed_dictionaries({"up": st.booleans(), "announces": prefixes, "asn": st.sampled_from([65010, 65010, 65011])})


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(primary=end, secondary=end, tunnel=end, key=st.sampled_from([KEY, KEY, OTHER_KEY]))
def test_whatever_is_outside_the_ways_are_as_expected_or_status_says_why(
    dev: LiveNetwork, primary: Json, secondary: Json, tunnel: Json, key: str
) -> None:
    """And what it says agrees with an oracle of its own: longest prefix first, ExpressRoute before the VPN."""

    def change(outside: Json) -> None:
        outside["links"][0] |= primary
        outside["links"][1] |= secondary
        outside["tunnels"][0] |= {**tunnel, "key": key}

    dev.connect(change)
    found = dev.status()
    good = [one for one in (primary, secondary) if one["up"] and one["asn"] == 65010]
    over_circuit = {prefix for one in good for prefix in one["announces"]}
    tunnel_up = tunnel["up"] and key == KEY
    over_vpn = {*tunnel["announces"]} if tunnel_up and tunnel["asn"] == 65010 else set[str]()
    for way in found.ways:
        covering = [text for text in over_circuit | over_vpn if _covers(text, str(way.prefix))]
        best = max(covering, key=lambda text: int(text.partition("/")[2]), default="")
        oracle = "expressRoute" if best in over_circuit else "vpn" if best else "unreachable"
        assert way.now.kind == oracle, (way, found.findings)
        assert way.as_expected or found.why(way) != ["Azure does not tell why."]
    if over_circuit != {"192.168.0.0/16", "172.20.0.0/16"} or over_vpn != over_circuit:
        assert found.findings


def _covers(wide: str, narrow: str) -> bool:
    from ipaddress import ip_network

    return ip_network(narrow).subnet_of(ip_network(wide))  # type: ignore[arg-type]
