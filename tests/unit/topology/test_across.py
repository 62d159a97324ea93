"""What only several stacks together show: each check broken by the smallest change, and silent just before."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.stacks import ROOT
from topology.review.across import across
from topology.review.stack import Stack, loaded
from topology.settings.stack_file import parse

ONE, TWO = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
NETWORK = "providers/Microsoft.Network"
Edit = Callable[[dict[str, Any]], Any]


def stack(name: str, number: int, *edits: Edit, subscription: str = ONE) -> Stack:
    """The stack `dev` under another name, with addresses of its own, after the edits."""
    text = (
        (ROOT / "Pulumi.dev.yaml")
        .read_text()
        .replace("10.20.", f"10.{number}.")
        .replace("172.16.0", f"172.16.{number}")
    )
    config = yaml.safe_load(text)["config"]
    values = {key.partition(":")[2]: value for key, value in config.items()}
    values["name"] = name
    for edit in edits:
        edit(values)
    full = {f"hybrid-network:{key}": value for key, value in values.items() if key != "location"}
    full |= {
        "azure-native:location": values["location"],
        **({"azure-native:subscriptionId": subscription} if subscription else {}),
    }
    return loaded(name, parse(yaml.safe_dump({"config": full}).encode(), f"Pulumi.{name}.yaml"))


def circuit(name: str, **changes: Any) -> dict[str, Any]:
    return {"name": name, "provider": "Megaport", "peeringLocation": "Chicago", "bandwidthInMbps": 200} | changes


def theirs(owner: str, subscription: str = ONE, name: str = "primary") -> dict[str, Any]:
    """The circuit of another stack."""
    id = f"/subscriptions/{subscription}/resourceGroups/rg-{owner}/{NETWORK}/expressRouteCircuits/erc-{owner}-{name}"
    return {"name": "theirs", "existing": {"id": id}, "connect": "always"}


def circuits(*some: dict[str, Any]) -> Edit:
    return lambda values: values["expressRoute"].update(circuits=list(some))


def first_circuit(**changes: Any) -> Edit:
    return lambda values: values["expressRoute"]["circuits"][0].update(changes)


def gateway_of(owner: str, which: str) -> dict[str, Any]:
    id = f"/subscriptions/{ONE}/resourceGroups/rg-{owner}/{NETWORK}/virtualNetworkGateways/vgw-{owner}-{which}"
    return {"existing": {"id": id}}


def in_hub_of(owner: str, number: int) -> Edit:
    """What another stack has made: its network, both gateways."""

    def edit(values: dict[str, Any]) -> None:
        id = f"/subscriptions/{ONE}/resourceGroups/rg-{owner}/{NETWORK}/virtualNetworks/vnet-{owner}"
        values["network"] = {
            "existing": {"id": id, "gatewaySubnet": "adopt"},
            "addressSpace": [f"10.{number}.0.0/16"],
            "gatewaySubnet": f"10.{number}.255.192/26",
        }
        values["expressRoute"]["gateway"] = gateway_of(owner, "er")
        values["vpn"]["gateway"] = gateway_of(owner, "vpn")

    return edit


def site(**changes: Any) -> Edit:
    return lambda values: values["vpn"]["sites"][0].update(changes)


def found(*stacks: Stack) -> dict[str, list[str]]:
    """Rule -> severity and path of what is found."""
    rules: dict[str, list[str]] = {}
    for problem in across((), stacks).new:
        rules.setdefault(problem.rule, []).append(f"{problem.severity} {problem.path}")
    return rules


def many(count: int, each: int = 1, **options: Any) -> list[Stack]:
    some = [circuit(f"c{number}") for number in range(each)]
    return [stack(f"s{number}", 30 + number, circuits(*some), **options) for number in range(count)]


def users(count: int, *edits: Edit, subscription: str = ONE) -> list[Stack]:
    """Stacks that connect to the circuit of `owner`."""
    return [
        stack(f"u{number}", 30 + number, circuits(theirs("owner")), *edits, subscription=subscription)
        for number in range(count)
    ]


def test_xs_01_counts_the_circuits_of_a_subscription_in_a_region() -> None:
    assert "XS-01" not in found(*many(5, 2))
    assert found(*many(6, 2))["XS-01"] == ["error s0, s1, s2, s3, s4, s5"]
    split = [*many(5, 2), *(stack(f"t{n}", 40 + n, circuits(circuit("one")), subscription=TWO) for n in range(2))]
    assert "XS-01" not in found(*split)


def test_xs_01_only_warns_where_the_files_do_not_say_the_subscription() -> None:
    assert found(*many(6, 2, subscription=""))["XS-01"] == ["warning s0, s1, s2, s3, s4, s5"]
    assert "azure-native:subscriptionId" in across((), many(2, subscription="")).not_known[0]


def test_xs_02_counts_the_networks_on_a_circuit() -> None:
    assert "XS-02" not in found(stack("owner", 20), *users(9))
    assert found(stack("owner", 20), *users(10))["XS-02"] == ["error owner: expressRoute.circuits[0]"]
    assert "XS-02" not in found(stack("owner", 20, first_circuit(tier="Premium")), *users(10))


def test_xs_02_only_warns_where_the_circuits_owner_is_not_among_the_stacks() -> None:
    assert found(*users(11))["XS-02"] == ["warning u0: expressRoute.circuits[0]"]


def test_xs_03_counts_the_circuits_of_a_gateway() -> None:
    own = [circuit(f"c{number}", peeringLocation=f"Place {number}", connect="always") for number in range(4)]
    owner = stack("owner", 20, lambda values: values["expressRoute"]["circuits"].__setitem__(slice(None), own[:3]))
    other = stack("other", 31, in_hub_of("owner", 20), circuits(theirs("far")))
    assert "XS-03" not in found(owner, other)
    more = stack("owner", 20, circuits(*own))
    assert found(more, other)["XS-03"] == ["error owner: expressRoute.gateway"]


def test_xs_04_wants_an_authorization_for_each_stack_of_another_subscription() -> None:
    owner = stack("owner", 20, first_circuit(authorizations=["one"]))
    assert "XS-04" not in found(owner, *users(1, subscription=TWO))
    assert "XS-04" not in found(owner, *users(3))
    assert found(owner, *users(2, subscription=TWO))["XS-04"] == [
        "error owner: expressRoute.circuits[0].authorizations"
    ]


def test_xs_05_wants_other_addresses_on_each_network_of_a_circuit() -> None:
    owner, user = stack("owner", 20), stack("user", 31, circuits(theirs("owner")))
    assert "XS-05" not in found(owner, user)
    twin = stack("user", 20, circuits(theirs("owner")))
    assert found(owner, twin)["XS-05"][0] == "error user: network.addressSpace[0]"
    apart = stack("user", 20)
    assert "XS-05" not in found(owner, apart), "they are on different circuits"


def test_xs_05_wants_what_on_premises_announces_and_links_with_apart_from_every_network() -> None:
    owner = stack("owner", 20)
    inside = stack(
        "user", 31, circuits(theirs("owner")), lambda values: values["onPremises"].update(prefixes=["10.20.7.0/24"])
    )
    assert found(owner, inside)["XS-05"] == ["error user: expressRoute"]
    wide = stack(
        "user", 31, circuits(theirs("owner")), lambda values: values["onPremises"].update(prefixes=["10.0.0.0/8"])
    )
    assert "XS-05" not in found(owner, wide)


def test_xs_06_counts_the_prefixes_over_a_circuit() -> None:
    def prefixes(first: int, count: int) -> Edit:
        some = [f"192.{first + number // 256}.{number % 256}.0/24" for number in range(count)]
        return lambda values: values["expressRoute"].update(prefixes=some)

    owner = stack("owner", 20, prefixes(0, 2100))
    same = stack("user", 31, circuits(theirs("owner")), prefixes(0, 2100))
    assert "XS-06" not in found(owner, same)
    other = stack("user", 31, circuits(theirs("owner")), prefixes(100, 2100))
    assert found(owner, other)["XS-06"] == ["error owner: expressRoute.circuits[0]"]


def test_xs_07_and_xs_08_look_at_the_sites_of_one_vpn_gateway() -> None:
    owner = stack("owner", 20)
    here = in_hub_of("owner", 20)
    same_device = stack("other", 31, here, site(bgp={"asn": 65010, "peerAddress": "192.168.255.9"}))
    assert "XS-07" not in found(owner, same_device)
    static = stack("other", 31, here, site(bgp=None))
    assert found(owner, static)["XS-07"] == ["error other: vpn.sites[0]"]
    same_peer = stack("other", 31, here, site(publicIp="203.0.113.77"))
    assert found(owner, same_peer)["XS-07"] == ["error other: vpn.sites[0].bgp.peerAddress"]
    elsewhere = stack("other", 31, site(bgp=None))
    assert "XS-07" not in found(owner, elsewhere), "another gateway may share the device"
    loop = site(publicIp="203.0.113.77", bgp={"asn": 65010, "peerAddress": "192.168.255.9"}, prefixes=["172.31.0.0/16"])
    assert found(owner, stack("other", 31, here, loop))["XS-08"] == ["warning other: vpn.sites[0].bgp.asn"]


def test_xs_09_wants_another_name_where_two_stacks_would_make_the_same() -> None:
    def copied(values: dict[str, Any]) -> None:
        values["name"] = "owner"

    owner = stack("owner", 20)
    assert "XS-09" not in found(owner, stack("other", 31))
    assert found(owner, stack("other", 31, copied))["XS-09"] == ["error other: name"]
    assert "XS-09" not in found(owner, stack("other", 31, copied, subscription=TWO))
    assert found(owner, stack("other", 31, copied, subscription=""))["XS-09"] == ["warning other: name"]
    assert "XS-09" not in found(
        owner, stack("other", 31, copied, lambda values: values.update(resourceGroup={"name": "rg-b"}))
    )
    same_site = stack("other", 31, copied, site(bgp=None))
    assert [*found(owner, same_site)] == ["XS-09"], "what else is wrong with the two comes of their name"
    one_gateway = stack("other", 31, lambda values: values.update(names={"vpnGateway": "vgw-owner-vpn"}))
    assert "XS-09" not in found(owner, one_gateway), "they are in different groups"


def test_what_was_there_before_is_not_new() -> None:
    before, after = [stack("owner", 20), *users(10)], [stack("owner", 20), *users(11)]
    assert [problem.rule for problem in across(before, before).kept] == ["XS-02"]
    assert across(before, before).new == ()
    assert [problem.rule for problem in across(after, before[:3]).gone] == ["XS-02"]


@pytest.mark.parametrize("count", [0, 1])
def test_one_stack_alone_has_nothing_across(count: int) -> None:
    assert across((), many(count, 12)).new == ()
