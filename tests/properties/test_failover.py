"""Routing and failover agree with an independent, naive oracle on generated networks that reach the corners."""

from collections import Counter
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from components.rules import errors
from tests.properties.oracle import DROPPED_BY_DEFAULT, Oracle
from tests.properties.routed_networks import GATEWAY_SUBNET, networks
from tests.properties.world import HUB, Subnet, longest, names
from topology.proof.failover import Model, Paths
from topology.proof.network import network
from topology.proof.proof import LOST, Proof
from topology.proof.routing import Path
from topology.reading import read
from topology.settings.model import Settings
from topology.show.report import Report

CORNERS = {
    "static prefix more specific than ExpressRoute's": 36,
    "nested on-premises prefixes": 60,
    "on-premises prefix inside the VNet": 18,
    "tier without gateway routes": 36,
    "leak to the Internet": 15,
    "asymmetric": 24,
    "two or more circuits": 90,
    "circuits of different weight": 24,
    "circuit never connected": 12,
    "BGP and static sites together": 42,
    "active-standby gateway": 72,
    "survives over the VPN": 18,
    "second circuit takes over": 12,
    "device holds both paths": 12,
    "links of one circuit on two devices": 12,
    "two devices at one site": 12,
    "site without a circuit answers through its tunnel": 12,
    "firewall sees one direction": 12,
    "firewall sees both directions": 12,
    "firewall in a spoke": 5,
    "redundant firewall": 12,
    "failed firewall": 5,
    "loop": 3,
    "next hop outside the network": 12,
    "next hop in the GatewaySubnet": 12,
    "part of a tier reached differently": 5,
    "spoke": 60,
    "spoke behind a firewall": 12,
    "spoke takes no forwarded traffic": 5,
    "prepending decides": 5,
    "local preference on-premises": 12,
    "circuit and tunnel preferred equally": 3,
    "longer prefix over one circuit": 12,
    "shared port": 5,
    "shared location": 12,
    "one place in two spellings": 5,
    "place that nobody knows": 12,
    "FastPath past the routes of the GatewaySubnet": 12,
    "VPN gateway in one zone": 12,
    "tunnel to one instance": 60,
    "instance fails that a tunnel ends on": 12,
}
"""Corner -> the number of generated examples, of EXAMPLES, that must reach it at least."""
EXAMPLES = 400


def addresses(oracle: Oracle) -> list[IPv4Address]:
    """The first and last addresses that must survive of every prefix there is, and those just outside of it."""
    every = [
        *oracle.on_premises,
        *DROPPED_BY_DEFAULT,
        *(space for spaces in oracle.networks.values() for space in spaces),
    ]
    every += [prefix for circuit in oracle.circuits for prefix in oracle.circuit_prefixes(circuit)]
    every += [prefix for site in oracle.sites for prefix in oracle.site_prefixes(site)]
    every += [IPv4Network(route["prefix"]) for tier in oracle.tiers for route in tier.routes]
    edges = {
        int(edge) + step
        for prefix in every
        for edge in (prefix.network_address, prefix.broadcast_address)
        for step in (-1, 0, 1)
    }
    inside = (IPv4Address(edge) for edge in sorted(edges) if 0 <= edge < 1 << 32)
    return [address for address in inside if oracle.must_survive(address)]


def read_by_the_project(values: dict[str, Any]) -> Settings:
    """The settings, whatever the rules say of them."""
    found, problems = read(values)
    assert found is not None, problems
    return found


def element(name: str) -> str:
    """An element's name as the oracle writes it: places and ports in one spelling."""
    kind, _, which = name.partition(":")
    return f"{kind}:{which.casefold()}" if kind in ("peeringLocation", "port") else name


def verdict(paths: Paths) -> str:
    """The proof's verdict in the oracle's words."""
    if paths.leaks:
        return "internet"
    if not (paths.out.arrives and paths.back.arrives):
        return "unreachable"
    return "dropped" if paths.one_way else "asymmetric" if paths.asymmetric else paths.out.kind


def in_the_oracles_words(back: Path) -> tuple[str, frozenset[str]]:
    """The proof's way back as the oracle has it."""
    return "either" if back.tied else back.kind, frozenset((*back.tied, *back.via))


def corners_of_settings(values: dict[str, Any], oracle: Oracle) -> set[str]:
    """The corners that the settings have."""
    circuits, sites, devices, networks = oracle.circuits, oracle.sites, oracle.devices, oracle.networks
    static = [p for site in sites if not site.get("bgp") for p in oracle.site_prefixes(site)]
    carried = [prefix for circuit in circuits for prefix in oracle.circuit_prefixes(circuit)]
    linked = [{link.partition("/")[0] for link in device["links"]} for device in devices]
    places = [circuit.get("peeringLocation") for circuit in circuits]
    known = [name for name in places if name]
    hops = {
        route["nextHopAddress"]
        for subnet in [*oracle.tiers, oracle.gateway_subnet]
        for route in subnet.routes
        if "nextHopAddress" in route
    }
    prefix_sets = [frozenset(oracle.circuit_prefixes(circuit)) for circuit in circuits]
    ports = Counter(circuit["port"]["id"].casefold() for circuit in circuits if "port" in circuit)
    reached = {
        "static prefix more specific than ExpressRoute's": any(
            p != q and p.subnet_of(q) for p in static for q in carried
        ),
        "nested on-premises prefixes": any(
            p != q and p.subnet_of(q) for p in oracle.on_premises for q in oracle.on_premises
        ),
        "on-premises prefix inside the VNet": any(p.subnet_of(q) for p in oracle.on_premises for q in networks[HUB]),
        "tier without gateway routes": any(not tier.learns for tier in oracle.tiers),
        "two or more circuits": len(circuits) > 1,
        "circuits of different weight": len({circuit["routingWeight"] for circuit in circuits}) > 1,
        "circuit never connected": len(circuits) < len(values["expressRoute"]["circuits"]),
        "BGP and static sites together": len({"bgp" in site for site in sites}) > 1,
        "active-standby gateway": not oracle.gateway["activeActive"],
        "device holds both paths": any(device["links"] and device["sites"] for device in devices),
        "links of one circuit on two devices": any(a & b for a, b in combinations(linked, 2)),
        "two devices at one site": len({frozenset(oracle.site_prefixes(site)) for site in sites}) < len(sites),
        "redundant firewall": any(firewall.get("redundant") for firewall in oracle.firewalls.values()),
        "next hop outside the network": any(IPv4Address(hop) not in oracle.firewalls for hop in hops),
        "next hop in the GatewaySubnet": any(IPv4Address(hop) in IPv4Network(GATEWAY_SUBNET) for hop in hops),
        "spoke": len(networks) > 1,
        "spoke takes no forwarded traffic": not all(oracle.lets_forwarded_in.values()),
        "longer prefix over one circuit": any(a < b for a in prefix_sets for b in prefix_sets),
        "shared port": max(ports.values(), default=0) > 1,
        "shared location": len(known) > len({name.casefold() for name in known}),
        "one place in two spellings": len(set(known)) > len({name.casefold() for name in known}),
        "place that nobody knows": None in places,
        "FastPath past the routes of the GatewaySubnet": bool(oracle.gateway_subnet.routes)
        and any(circuit.get("fastPath") and "port" not in circuit for circuit in circuits),
        "VPN gateway in one zone": oracle.gateway.get("zones") == ["2"],
        "tunnel to one instance": any(oracle.ends(site) in ((1,), (0,)) for site in sites)
        and oracle.gateway["activeActive"],
    }
    return {corner for corner, is_reached in reached.items() if is_reached}


def corners_of_a_walk(oracle: Oracle, address: IPv4Address, tier: Subnet, failed: Collection[str]) -> set[str]:
    """The corners that one connection reached."""
    down = oracle.down(failed)
    out, back = oracle.from_azure(address, tier, down), oracle.backs(address, tier, down)[0]
    both, said = out.arrives and back.arrives, oracle.verdict(address, tier, down)
    circuits = {circuit["name"]: circuit for circuit in oracle.circuits}
    up = names(oracle.circuits_up(down))
    passed, all_passed = out.firewalls & back.firewalls, out.firewalls | back.firewalls
    in_spokes = {f["name"] for address, f in oracle.firewalls.items() if oracle.network_of(address, [HUB]) is None}
    reached = {
        "leak to the Internet": said == "internet",
        "asymmetric": said == "asymmetric",
        "survives over the VPN": bool(failed) and said == "vpn",
        "second circuit takes over": both
        and any(f"circuit:{name}" in failed for name in circuits)
        and bool(up & out.via),
        "site without a circuit answers through its tunnel": both and back.kind == "vpn" and bool(up),
        "firewall sees one direction": said == "dropped",
        "firewall sees both directions": bool(passed) and both,
        "firewall in a spoke": both and bool(all_passed & in_spokes),
        "loop": out.loops or back.loops,
        "circuit and tunnel preferred equally": back.kind == "either",
        "part of a tier reached differently": len(set(oracle.backs(address, tier, down))) > 1,
        "instance fails that a tunnel ends on": oracle.gateway["activeActive"]
        and any(f"gateway:vpn/{site.get('instance')}" in failed for site in oracle.sites),
        "failed firewall": said == "unreachable" and any(name.startswith("firewall:") for name in failed),
        "spoke behind a firewall": both and bool(passed) and tier.network != HUB,
        "prepending decides": out.kind == "expressRoute"
        and len({circuits[name].get("prepend", 0) for name in up}) > 1
        and len({circuits[name]["routingWeight"] for name in up}) == 1,
        "local preference on-premises": both and len(up) > 1 and back.kind == "expressRoute" and back.via < up,
    }
    return {corner for corner, is_reached in reached.items() if is_reached}


def test_every_connection_agrees_with_the_oracle_and_every_corner_is_reached() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
    @given(networks(), st.data())
    def agree(values: dict[str, Any], data: st.DataObject) -> None:
        oracle = Oracle(values)
        model = Model(network(read_by_the_project(values)))
        elements = {element(name): name for name in model.network.elements}
        assert set(elements) == set(oracle.falls())
        failed = data.draw(st.lists(st.sampled_from(sorted(elements)), max_size=4, unique=True))
        down, alive = oracle.down(failed), model.alive([elements[name] for name in failed])
        destinations = sorted(model.tree.destinations, key=lambda node: -node.length)
        used: set[IPv4Network] = set()
        found = corners_of_settings(values, oracle)
        for address in addresses(oracle):
            node = next(node for node in destinations if address in node.prefix)
            used.add(node.prefix)
            for tier, paths in zip(oracle.tiers, model.paths_by_tier(node, alive), strict=True):
                context = f"{address} in {node.prefix}, {tier.name}, failed {failed}"
                found |= corners_of_a_walk(oracle, address, tier, failed)
                out, backs = oracle.from_azure(address, tier, down), oracle.backs(address, tier, down)
                assert paths.out.kind == out.kind, context
                said = {verdict(paths), oracle.verdict(address, tier, down)}
                assert len(said) == 1 or (len(backs) > 1 and said == {"unreachable", "dropped"}), f"{said} {context}"
                if out.arrives:
                    assert frozenset(paths.out.via) == out.via, context
                    assert in_the_oracles_words(paths.back) in {(b.kind, b.via) for b in backs}, context
        assert used == {node.prefix for node in destinations}, "a row without addresses of its own"
        seen.update(found)

    agree()
    distribution = "\n".join(f"{seen[corner]:5} of {EXAMPLES}  {corner}" for corner in CORNERS)
    print(f"\n{distribution}")
    assert not {corner for corner, least in CORNERS.items() if seen[corner] < least}, distribution


@settings(max_examples=20, derandomize=True, deadline=None, database=None)
@given(networks())
def test_all_singles_pairs_and_smallest_cuts_agree_with_brute_force(values: dict[str, Any]) -> None:
    oracle = Oracle(values)
    proof = Proof(Model(network(read_by_the_project(values))))
    for scenario in ((), *proof.singles, *proof.pairs):
        state = proof.model.alive(scenario)
        one_by_one = Counter(proof.reach(node.ladder, state) for node in proof.model.tree.destinations)
        assert dict(proof.tally(scenario).counts) == one_by_one, scenario
    destinations = sorted(proof.model.tree.destinations, key=lambda node: -node.length)
    for address in addresses(oracle)[:3]:
        node = next(node for node in destinations if address in node.prefix)
        for scenario in ((), *proof.singles, *proof.pairs):
            survived = proof.reach(node.ladder, proof.model.alive(scenario)) not in LOST
            assert survived == oracle.reachable(address, [*map(element, scenario)]), (address, scenario)
        cut = proof.smallest_cut(node.ladder)
        assert not oracle.reachable(address, [*map(element, cut)]), (address, cut)
        assert len(cut) == oracle.smallest_cut(address), (address, cut)


def listed(oracle: Oracle) -> list[IPv4Network]:
    """The prefixes that must survive."""
    return [*oracle.on_premises, *(prefix for c in oracle.circuits for prefix in oracle.circuit_prefixes(c))]


def excused(address: IPv4Address, oracle: Oracle, accepted: set[str]) -> bool:
    return str(max((p for p in listed(oracle) if address in p), key=lambda p: p.prefixlen)) in accepted


def wanting(address: IPv4Address, oracle: Oracle, scenarios: list[frozenset[str]]) -> bool:
    """Whether some scenario cuts the address off, or the VPN has its traffic although ExpressRoute carries it."""
    if any(not oracle.reachable(address, scenario) for scenario in scenarios):
        return True
    carried = longest(address, *map(oracle.circuit_prefixes, oracle.circuits)) >= 0
    return carried and any(oracle.from_azure(address, tier, frozenset()).kind == "vpn" for tier in oracle.tiers)


def test_the_requirement_is_met_exactly_where_the_oracle_finds_nothing_wanting() -> None:
    seen: Counter[tuple[str, bool, bool]] = Counter()

    @settings(max_examples=240, derandomize=True, deadline=None, database=None)
    @given(networks(), st.sampled_from(["circuitLoss", "anySingleFailure"]), st.data())
    def agree(values: dict[str, Any], require: str, data: st.DataObject) -> None:
        oracle = Oracle(values)
        accepted = set(data.draw(st.lists(st.sampled_from([*map(str, listed(oracle))]), max_size=2, unique=True)))
        accept = [{"prefix": prefix, "reason": "generated"} for prefix in sorted(accepted)]
        values = {**values, "failover": {"require": require, "accept": accept}}
        kinds = ("circuit:", "link:") if require == "circuitLoss" else ("",)
        scenarios = [frozenset[str]()] + [frozenset({name}) for name in oracle.falls() if name.startswith(kinds)]
        every = [address for address in addresses(oracle) if wanting(address, oracle, scenarios)]
        binding = [address for address in every if not excused(address, oracle, accepted)]
        report = Report(read_by_the_project(values))
        assert report.survives == (not binding), (binding, report.problems)
        # Prefixes inside the VNet are FAIL-07's, which is judged elsewhere.
        inside = {address for address in binding if longest(address, *oracle.networks.values()) >= 0}
        if errors(report.problems):
            assert binding, report.problems
        elif set(binding) - inside:
            raise AssertionError(f"nothing said about {binding}")
        seen[require, report.survives, bool(every) and not binding] += 1

    agree()
    for require in ("circuitLoss", "anySingleFailure"):
        for survives, by_acceptance in ((True, False), (False, False), (True, True)):
            assert seen[require, survives, by_acceptance] >= 3, seen
