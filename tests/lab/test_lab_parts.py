"""The lab's thinking, without a lab: what counts as a gap, as a flap, and as agreement with the proof."""

import itertools
from dataclasses import replace
from typing import Any, cast

import pytest

import lab.__main__
from appliance.errors import Finding
from appliance.plan import plan_of
from appliance.strongswan_frr import render
from appliance.strongswan_frr.proposals import esp_proposal, ike_proposal
from appliance.wiring import CircuitWiring, LinkWiring
from lab import bird, needs
from lab.bfd import FlapWatch
from lab.blueprint import MicrosoftEdge, blueprint
from lab.breakages import BREAKAGES
from lab.elements import link_elements, tunnel_elements
from lab.inside import load
from lab.ipsec import gateway_proposals, parse
from lab.machine import LabError
from lab.paths import expected_connections, expected_paths
from lab.route_sets import route_sets
from lab.scenarios import agrees, scenarios
from lab.stream import Probe, longest_gap, lost
from lab.timeline import svg
from tests.stacks import stack_values
from topology.proof.failover import flows
from topology.proof.network import network
from topology.proof.routing import Path
from topology.settings.model import Device, Settings
from topology.settings.model_network import UserRoute
from topology.settings.model_vpn import IpsecPolicy

VPN, EXPRESS_ROUTE = Path("vpn", ("onprem",)), Path("expressRoute", ("primary",))
UNREACHABLE = Path("unreachable")


def _settings(stack: str) -> Settings:
    return Settings.model_validate(stack_values(stack))


@pytest.mark.parametrize(
    ("arrivals", "gap"),
    [
        ("aaaaaa", 0.0),
        ("aa..aa", 0.03),
        ("a.a..a", 0.03),
        ("a..a.a", 0.03),
        ("aaa...", 0.03),
        ("...aaa", 0.03),
        ("......", 0.05),
        ("", 0.0),
    ],
)
def test_a_gap_lasts_from_the_last_arrival_to_the_next(arrivals: str, gap: float) -> None:
    probes = [Probe(n, n * 0.01, None if arrival == "." else "link:a/primary") for n, arrival in enumerate(arrivals)]
    assert longest_gap(probes) == pytest.approx(gap)
    assert lost(probes) == arrivals.count(".")


@pytest.mark.parametrize(
    ("expected", "kernel", "probes", "agree"),
    [
        (VPN, VPN, VPN, True),
        (VPN, EXPRESS_ROUTE, EXPRESS_ROUTE, False),
        (VPN, VPN, EXPRESS_ROUTE, False),
        (VPN, EXPRESS_ROUTE, VPN, False),
        (VPN, VPN, UNREACHABLE, False),
        (UNREACHABLE, UNREACHABLE, UNREACHABLE, True),
        (UNREACHABLE, UNREACHABLE, VPN, False),
        (UNREACHABLE, VPN, UNREACHABLE, False),
        (Path("expressRoute", ("a", "b")), Path("expressRoute", ("a", "b")), Path("expressRoute", ("a",)), True),
        (Path("expressRoute", ("a", "b")), Path("expressRoute", ("a",)), Path("expressRoute", ("a",)), False),
        (Path("expressRoute", ("a",)), Path("expressRoute", ("a",)), Path("expressRoute", ("b",)), False),
    ],
)
def test_a_path_is_as_expected_only_where_kernels_and_probes_say_the_same(
    expected: Path, kernel: Path, probes: Path, agree: bool
) -> None:
    assert agrees(expected, kernel, probes) == agree


class _Speaker:
    """A machine whose BFD sessions have gone down as often as told."""

    def __init__(self, downs: dict[str, int]) -> None:
        self.downs = downs

    def ask(self, _daemon: str, _command: str) -> list[dict[str, Any]]:
        return [{"peer": peer, "session-down": count} for peer, count in self.downs.items()]


class _World:
    """Two links of a circuit, seen from the on-premises edge and from Microsoft's edges."""

    def __init__(self) -> None:
        self.blueprint = blueprint(_settings("reference"), "key")
        self.speakers = {"edge0": _Speaker({str(e.address.ip): 0 for e in self.blueprint.edges})}
        for edge in self.blueprint.edges:
            self.speakers[edge.name] = _Speaker({str(edge.edge_address): 0})

    def __getitem__(self, name: str) -> _Speaker:
        return self.speakers[name]


@pytest.mark.parametrize(
    ("failed", "downs", "flaps"),
    [
        (frozenset[str](), 0, 0),
        (frozenset[str](), 1, 1),
        (frozenset({"link:primary/primary"}), 1, 0),
        (frozenset({"circuit:primary"}), 1, 0),
        (frozenset({"link:primary/primary"}), 2, 1),
        (frozenset({"link:primary/secondary"}), 1, 1),
    ],
)
def test_a_session_that_goes_down_more_often_than_its_link_failed_has_flapped(
    failed: frozenset[str], downs: int, flaps: int
) -> None:
    world = _World()
    watch = FlapWatch(cast(Any, world))
    first = world.blueprint.edges[0]
    world.speakers[first.name].downs[str(first.edge_address)] = downs
    watch.check(failed)
    assert len(watch.flaps) == flaps


def _policies() -> list[IpsecPolicy]:
    ciphers = [("GCMAES256", "GCMAES256"), ("GCMAES192", "GCMAES192"), ("AES256", "SHA256"), ("AES128", "SHA1")]
    ciphers += [("DES3", "MD5"), ("AES192", "MD5")]
    found = []
    for ike, integrity, group, (esp, esp_integrity), pfs in itertools.product(
        ("GCMAES256", "GCMAES128", "AES256", "AES192", "AES128", "DES3"),
        ("SHA384", "SHA256", "SHA1", "MD5"),
        ("DHGroup24", "ECP384", "ECP256", "DHGroup14", "DHGroup2048", "DHGroup2", "DHGroup1"),
        ciphers,
        ("PFS24", "ECP384", "ECP256", "PFS2048", "PFS14", "PFS2", "PFS1", "None"),
    ):
        values = (ike, integrity, group, esp, esp_integrity, pfs)
        names = ("ikeEncryption", "ikeIntegrity", "dhGroup", "ipsecEncryption", "ipsecIntegrity", "pfsGroup")
        found.append(IpsecPolicy.model_validate(dict(zip(names, values, strict=True))))
    return found


def test_the_gateways_words_for_a_policy_and_the_appliances_mean_the_same() -> None:
    policies = _policies()
    assert len(policies) > 5000
    findings: list[Finding] = []
    for policy in policies:
        appliance = ike_proposal(policy, "", findings), esp_proposal(policy, "", findings)
        assert gateway_proposals(policy) == appliance
    assert findings == []


def test_the_daemons_report_is_read_with_its_nested_associations() -> None:
    text = "tunnel0 {uniqueid=1 state=ESTABLISHED child-sas {tunnel0-1 {state=INSTALLED packets-in=7 local-ts=[0/0]}}}"
    [association] = parse(text).values()
    assert association["state"] == "ESTABLISHED"
    assert association["child-sas"]["tunnel0-1"] == {"state": "INSTALLED", "packets-in": "7", "local-ts": "[0/0]"}


@pytest.mark.parametrize("stack", ["reference", "dev"])
def test_every_element_fails_alone_and_every_pair_with_paths_of_its_own_is_tried(stack: str) -> None:
    settings = _settings(stack)
    chosen = scenarios(settings)
    elements = network(settings).elements
    assert {next(iter(failed)) for failed in chosen if len(failed) == 1} == set(elements)

    def paths(failed: frozenset[str]) -> list[tuple[str, tuple[str, ...]]]:
        return [(flow.path.kind, flow.path.via) for flow in flows(settings, failed)]

    for one, two in itertools.combinations(elements, 2):
        pair = frozenset({one, two})
        alone = list(zip(paths(frozenset({one})), paths(frozenset({two})), strict=True))
        if any(both not in singles for both, singles in zip(paths(pair), alone, strict=True)):
            assert pair in chosen


@pytest.mark.parametrize("stack", ["reference", "dev"])
def test_every_flow_has_two_ends_in_the_lab(stack: str) -> None:
    settings = _settings(stack)
    plan = blueprint(settings, "key")
    found = expected_paths(plan, flows(settings))
    assert len(found) == len(flows(settings))
    for flow in found:
        host = flow.source if flow.direction == "onPremisesToAzure" else flow.target
        assert any(host == str(address) and address in prefix for prefix, address in plan.hosts.items())


def test_what_the_lab_does_not_stand_in_for_is_refused_with_its_path() -> None:
    settings = _settings("dev")
    route = UserRoute.model_validate({"name": "half", "prefix": "10.20.1.0/25", "nextHopType": "None"})
    network_of = settings.network.model_copy(update={"gateway_subnet_routes": [route]})
    branch = Device.model_validate({"name": "branch", "sites": ["hq"]})
    on_premises = settings.on_premises.model_copy(update={"devices": [branch]})
    with pytest.raises(LabError) as caught:
        blueprint(settings.model_copy(update={"network": network_of, "on_premises": on_premises}), "key")
    assert "onPremises.devices[0]: the lab has one LAN, and a device without a link is a branch" in str(caught.value)
    assert "network.gatewaySubnetRoutes[0]: the lab has one machine in 10.20.1.0/24" in str(caught.value)


@pytest.mark.parametrize("instance", [0, 1])
def test_a_site_with_one_tunnel_or_with_a_name_has_its_lab_with_both_instances(instance: int) -> None:
    values = stack_values("dev")
    site = values["vpn"]["sites"][0]
    del site["publicIp"]
    plan = blueprint(Settings.model_validate(values), "key")
    assert [tunnel.number for tunnel in plan.plan.tunnels] == [0, 1]
    assert (plan.plan.sites[0].public_ip, {str(tunnel.public_ip) for tunnel in plan.tunnels}) == (
        None,
        {"203.0.113.10"},
    )
    site |= {"publicIp": "198.51.100.77", "instance": instance}
    plan = blueprint(Settings.model_validate(values), "key")
    assert [tunnel.number for tunnel in plan.plan.tunnels] == [instance]
    assert {str(tunnel.public_ip) for tunnel in plan.tunnels} == {"198.51.100.77"}
    assert len(plan.gateways) == 2


@pytest.mark.parametrize("stack", ["reference", "dev"])
def test_every_breakage_is_expected_to_do_harm_and_sound_settings_are_not(stack: str) -> None:
    settings = _settings(stack)
    applied = [breakage for breakage in BREAKAGES if breakage.applies(settings)]
    assert len(applied) == 3
    for breakage in applied:
        broken = breakage.change(settings)
        failed = breakage.failed(broken)
        assert breakage.harmed(flows(broken, failed, edge=breakage.edge)), breakage.name
        assert not breakage.harmed(flows(settings, failed)), breakage.name


def test_the_picture_names_the_steps_the_paths_and_the_loss() -> None:
    run = [
        [0.0, 2.0, "link:a/primary"],
        [2.01, 3.0, None],
        [3.01, 9.0, "tunnel:hq/1"],
        [9.01, 12.0, "link:a/secondary"],
    ]
    found = {
        "topology": "dev & co",
        "failure": "silent",
        "detectionSeconds": 0.9,
        "steps": [
            {},
            {"onPremisesToAzure": {"longestGapSeconds": 1.0}, "azureToOnPremises": {"longestGapSeconds": 0.5}},
        ],
        "timeline": {"onPremisesToAzure": run, "azureToOnPremises": run},
        "marks": [0.0, 2.0, 4.0, 8.0, 12.0],
    }
    picture = svg(found)
    assert picture.count("lost: 2.01 s to 3.01 s") == 2
    for words in ("dev &amp; co", "silent loss", "longest gap 1.00 s", "4 bring ExpressRoute back", ">tunnel:hq/1<"):
        assert words in picture


def test_without_root_it_says_what_it_needs_and_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(needs.os, "geteuid", lambda: 1000)
    assert lab.__main__.main(["run", "reference"]) == 0
    assert capsys.readouterr().out == ("Failover lab skipped: it needs root, to make network namespaces.\n")


def test_on_another_system_it_names_the_packages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(needs.os, "geteuid", lambda: 0)
    monkeypatch.setattr(needs.shutil, "which", lambda name: None)
    monkeypatch.setattr(needs, "missing_packages", lambda: ["frr", "nftables"])
    assert lab.__main__.main(["run"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Failover lab skipped: it needs Debian's packages frr, nftables, and this is not Debian")


def test_an_unknown_topology_is_a_mistake_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        lab.__main__.main(["run", "atlantis"])
    assert caught.value.code == 2
    known = ", ".join(lab.__main__.TOPOLOGIES)
    assert f"'atlantis' is neither a topology ({known}, all) nor a file" in capsys.readouterr().err


def test_two_sites_of_which_nobody_says_the_machines_are_refused_as_the_generator_refuses_them() -> None:
    settings = _settings("dev")
    other = settings.vpn.sites[0].model_copy(update={"name": "branch"})
    vpn = settings.vpn.model_copy(update={"sites": [*settings.vpn.sites, other]})
    with pytest.raises(LabError, match=r"onPremises\.devices.*a link ends on one"):
        blueprint(settings.model_copy(update={"vpn": vpn}), "key")


def _of(topology: str) -> Settings:
    return load(lab.__main__.TOPOLOGIES[topology].settings)


@pytest.mark.parametrize("topology", lab.__main__.TOPOLOGIES)
def test_the_lab_reads_every_element_that_the_proof_names(topology: str) -> None:
    settings = _of(topology)
    plan = blueprint(settings, "key")
    read = {element for edge in plan.edges for element in link_elements(plan, edge)}
    read |= {element for tunnel in plan.tunnels for element in tunnel_elements(plan, tunnel)}
    assert set(network(settings).elements) <= read | {firewall.element for firewall in plan.firewalls}


def test_a_device_is_needed_by_its_links_and_tunnels_and_by_no_others() -> None:
    plan = blueprint(_of("two-devices"), "key")
    assert [edge.device for edge in plan.edges] == ["edge0", "edge1"]
    assert ["device:left" in link_elements(plan, edge) for edge in plan.edges] == [True, False]
    assert [tunnel.element for tunnel in plan.tunnels if "device:right" in tunnel_elements(plan, tunnel)] == [
        "tunnel:b/0",
        "tunnel:b/1",
    ]


def test_circuits_of_one_port_or_place_fall_together_and_those_of_unknown_place_with_all() -> None:
    def edge(circuit: str, place: str | None, port: str | None = None) -> MicrosoftEdge:
        first = plan.edges[0]
        return replace(first, circuit=circuit, which="primary", place=place, port=port)

    plan = blueprint(_settings("reference"), "key")
    port = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/expressRoutePorts/P1"
    edges = (edge("a", "Dallas", port), edge("b", "dallas"), edge("c", None), edge("d", "Chicago", port))
    plan = replace(plan, edges=edges)
    found = {one.circuit: link_elements(plan, one) for one in edges}
    assert {name for name in found if "peeringLocation:Dallas" in found[name]} == {"a", "b", "c"}
    assert {name for name in found if "peeringLocation:Chicago" in found[name]} == {"c", "d"}
    assert {name for name in found if "peeringLocation:unknown" in found[name]} == {"c"}
    assert {name for name in found if "port:p1" in found[name]} == {"a", "d"}


@pytest.mark.parametrize("topology", ["firewall"])
def test_each_route_to_the_firewall_left_out_is_expected_to_lose_connections(topology: str) -> None:
    sets = list(route_sets(_of(topology)))
    assert [one.name for one in sets if one.whole] == ["all routes"]
    assert len(sets) == 3
    for one in sets:
        assert all(expected_connections(one.settings, ()).values()) == one.whole, one.name


def test_what_bird_says_is_read_by_neighbour() -> None:
    protocols = """
customer   BGP        ---        up     07:32:22.119  Established
  BGP state:          Established
    Neighbor address: 172.16.0.1
    Neighbor AS:      65010
    Routes:         2 imported, 1 exported, 2 preferred
azure      BGP        ---        start  07:32:21.195  Active        Socket: Connection refused
  BGP state:          Active
    Neighbor address: 100.68.1.2
"""
    assert bird.learned(protocols) == {"172.16.0.1": 2}
    sessions = "IP address  Interface  State  Since  Interval  Timeout\n172.16.0.1  edge  Up  07:32:23  0.300  0.900\n"
    assert bird.bfd_peers(sessions + "172.16.0.5  edge  Down  07:32:23  1.000  0.000\n") == ["172.16.0.1"]


@pytest.mark.parametrize("outer", [None, 700])
def test_the_vlans_that_the_labs_kernel_lacks_are_made_as_the_settings_say(outer: int | None) -> None:
    plan = blueprint(_of("two-circuits"), "key")
    [device] = plan.devices
    wiring = device.plan.facts.wiring
    told = {
        circuit.name: CircuitWiring(primary=LinkWiring(outer_vlan=outer), secondary=LinkWiring(outer_vlan=outer))
        for circuit in plan.settings.express_route.circuits
    }
    facts = replace(device.plan.facts, wiring=wiring.model_copy(update={"links": told}))
    files = render(plan_of(plan.settings, device.plan.holding, facts), "userspace")
    made = [line.strip() for line in files["setup.sh"][0].splitlines() if " type vlan " in line]
    expected: list[str] = []
    for port, tag in (("eth2", 100), ("eth3", 100), ("eth4", 200), ("eth5", 200)):
        if outer:
            expected.append(f"ip link add link {port} name {port}.{outer} type vlan proto 802.1ad id {outer}")
        parent = f"{port}.{outer}" if outer else port
        expected.append(f"ip link add link {parent} name {parent}.{tag} type vlan id {tag}")
    assert made == expected
