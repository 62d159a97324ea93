"""Who gets which zones: new things by the settings or the region, and nothing that is there any others."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components import ApplicationTier, Management, VpnGateway
from components.rules import regions
from simulator.resources import regions as simulated
from tests.recording import NOT_FOUND, LookupFailed, Recording, Resource, record, record_program
from tests.stacks import keys_for, stack_config

FRONTEND = "frontendIPConfigurations[0].zones"
ALL = ["1", "2", "3"]
SUBNET = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/GatewaySubnet"


def component(kind: Any, **more: Any) -> Recording:
    arguments: Any = {
        ApplicationTier: {"virtual_network_name": "v", "subnet_prefix": "10.0.1.0/24"},
        Management: {"virtual_network_name": "v", "bastion_subnet_prefix": "10.0.1.0/26"},
        VpnGateway: {"gateway_subnet_id": SUBNET, "sku": "VpnGw1AZ"},
    }[kind]
    return record(lambda: kind("it", {"resource_group_name": "rg", **arguments, **more}))


def tier(**balancer: Any) -> Recording:
    return component(ApplicationTier, load_balancer={"frontend_address": "10.0.1.9", "port": 80, **balancer})


def zones(resource: Resource) -> list[str] | None:
    return resource.inputs.get("frontendIPConfigurations", [resource.inputs])[0].get("zones")


def program(
    lookup: Any = None, state: tuple[str, ...] = (), location: str = "westus2", balancer: Any = None, **more: Any
) -> Recording:
    """The stack `dev`. balancer: what is different about its load balancer."""
    config: dict[str, Any] = {**stack_config("dev"), "azure-native:location": location}
    config["azure-native:environment"] = regions.cloud_of(location) or "public"
    config["hybrid-network:network"]["tiers"][0]["loadBalancer"] |= balancer or {}
    config |= {f"hybrid-network:{key}": value for key, value in more.items()}
    keys = {"vpnSharedKeys": keys_for(config)}
    return record_program(config, keys, lookup=lookup or azure(), state=list(state))


def azure(frontend: list[str] | None = None, address: list[str] | None = None) -> Any:
    """Azure with these zones of every frontend and every public address; None of what is not there."""

    def answer(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if token.endswith("getLoadBalancer") and frontend is not None:
            return {"id": "lbi", "frontendIPConfigurations": [{"name": "frontend", "zones": frontend or None}]}
        if token.endswith("getPublicIPAddress") and address is not None:
            return {"id": "pip", "zones": address or None}
        raise LookupFailed(NOT_FOUND)

    return answer


PARENT = "urn:pulumi:dev::hybrid-network::hybrid-network:index:{}$azure-native:network:{}::{}"
BALANCER = PARENT.format("ApplicationTier", "LoadBalancer", "web")
ADDRESSES = (
    PARENT.format("VpnGateway", "PublicIPAddress", "vpn-1"),
    PARENT.format("VpnGateway", "PublicIPAddress", "vpn-2"),
    PARENT.format("Management", "PublicIPAddress", "management"),
)


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: texts.append(text))
    return texts


@pytest.mark.parametrize("zones_given", [None, [], ["2"], ALL])
def test_a_frontend_has_the_zones_that_it_is_told_and_other_ones_replace_it(zones_given: list[str] | None) -> None:
    balancer = tier(**({} if zones_given is None else {"zones": zones_given})).one("network:LoadBalancer")
    assert zones(balancer) == (zones_given or None)
    assert balancer.replace_on_changes == {FRONTEND}
    assert balancer.ignore_changes == frozenset()
    assert balancer.delete_before_replace


def test_what_keeps_its_zones_ignores_others_and_does_not_show_them() -> None:
    made = tier(zones=ALL, keeps_zones=True)
    balancer = made.one("network:LoadBalancer")
    assert (zones(balancer), balancer.ignore_changes) == (ALL, {FRONTEND})
    assert made.one("ApplicationTier").inputs["load_balancer"] == {"frontend_address": "10.0.1.9", "port": 80}
    for kind, shown in ((Management, None), (VpnGateway, ALL)):
        made = component(kind, zones=ALL, keeps_zones=True)
        addresses = made.of("network:PublicIPAddress")
        assert [(zones(address), address.ignore_changes) for address in addresses] == [(ALL, {"zones"})] * len(
            addresses
        )
        assert made.one(kind.__name__).inputs.get("zones") == shown
        made = component(kind, zones=["1"])
        assert all(not address.ignore_changes for address in made.of("network:PublicIPAddress"))
        assert made.one(kind.__name__).inputs["zones"] == ["1"]


def test_a_host_goes_with_an_address_of_other_zones() -> None:
    made = component(Management, zones=["1"])
    address, host = made.one("network:PublicIPAddress"), made.one("network:BastionHost")
    assert address.replace_on_changes == {"zones"}
    assert address.delete_before_replace
    assert host.replace_with == {address.urn}


@pytest.mark.parametrize(
    ("location", "said", "expected"),
    [
        ("westus2", {}, ALL),
        ("West US 2", {"zones": "auto"}, ALL),
        ("westus", {}, None),
        ("West US", {"zones": []}, None),
        ("usgovvirginia", {}, ALL),
        ("chinaeast2", {}, None),
        ("westus2", {"zones": [2]}, ["2"]),
        ("atlantis", {"zones": [1, 2, 3]}, ALL),
        ("atlantis", {"zones": []}, None),
    ],
)
def test_new_things_have_the_zones_that_are_said_or_those_of_the_region(
    location: str, said: dict[str, Any], expected: list[str] | None
) -> None:
    made = program(location=location, **said)
    found = [*made.of("network:PublicIPAddress"), *made.of("network:LoadBalancer")]
    assert [zones(resource) for resource in found] == [expected] * 4
    assert all(resource.ignore_changes in ({"zones"}, {FRONTEND}) for resource in found)


def test_a_part_s_own_zones_go_before_those_of_all_and_are_not_ignored() -> None:
    vpn = stack_config("dev")["hybrid-network:vpn"]
    vpn["gateway"]["zones"] = [1]
    made = program(balancer={"zones": ["3"]}, vpn=vpn, zones=["2"])
    found = {r.name: (zones(r), bool(r.ignore_changes)) for r in made.resources if zones(r) and r.custom}
    assert found == {
        "vpn-1": (["1"], False),
        "vpn-2": (["1"], False),
        "web": (["3"], False),
        "management": (["2"], True),
    }


@pytest.mark.parametrize(
    ("there", "state", "balancer", "told"),
    [
        ([], (BALANCER,), {}, True),
        (["1"], (BALANCER,), {}, True),
        (["3", "2", "1"], (BALANCER,), {}, False),
        ([], (), {}, False),
        (None, (BALANCER,), {}, False),
        ([], (BALANCER,), {"zones": [1, 2, 3]}, False),
    ],
)
def test_a_live_frontend_in_other_zones_is_told(
    there: list[str] | None, state: tuple[str, ...], balancer: dict[str, Any], told: bool, warned: list[str]
) -> None:
    """Only of what the stack has, and where nothing of its own says its zones, is Azure asked."""
    made = program(azure(there), state, balancer=balancer)
    asked = [token for token, _ in made.lookups if token.endswith("getLoadBalancer")]
    assert len(asked) == bool(state and not balancer)
    assert [text.rsplit(" ", 1)[-1] for text in warned] == (["[LB-01]"] if told else [])
    assert all("network.tiers[0].loadBalancer.zones: the frontend of lbi-dev-web is in" in text for text in warned)


@pytest.mark.parametrize(
    ("said", "told"), [({}, 0), ({"zones": "auto"}, 0), ({"zones": ["2"]}, 3), ({"zones": ALL}, 0)]
)
def test_a_live_address_in_other_zones_is_told_where_zones_are_said(
    said: dict[str, Any], told: int, warned: list[str]
) -> None:
    made = program(azure(address=ALL), ADDRESSES, **said)
    asked = [token for token, _ in made.lookups if token.endswith("getPublicIPAddress")]
    assert len(asked) == (3 if isinstance(said.get("zones"), list) else 0)
    assert [text.rsplit(" ", 1)[-1] for text in warned] == ["[PIP-07]"] * told
    assert all(text.startswith("zones: the address pip-dev-") for text in warned)


def test_a_lookup_that_is_denied_changes_nothing() -> None:
    def denied(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if token.endswith("getLoadBalancer"):
            raise LookupFailed('request failed: Status=403 Code="AuthorizationFailed" Message="no"')
        return azure()(token, arguments)

    with pytest.raises(pulumi.RunError, match=r"looking up the load balancer .*lbi-dev-web.* failed, so nothing is"):
        program(denied, (BALANCER,))


def test_the_tables_of_regions_are_apart_and_those_of_the_simulated_azure() -> None:
    """Both were copied from Microsoft's pages; where one is brought up to date, so is the other."""
    assert not regions.WITH_ZONES & regions.WITHOUT_ZONES
    assert regions.WITH_ZONES == simulated.WITH_ZONES
    # A partner's regions, and one that is closed, are on none of the pages that the simulated Azure is made from.
    more = {"jioindiacentral", "jioindiawest", "usgoviowa"}
    assert simulated.WITHOUT_ZONES | more == regions.WITHOUT_ZONES
    assert simulated.WITHOUT_ERGWSCALE == regions.WITHOUT_SCALABLE_GATEWAY
    assert regions.WITHOUT_SCALABLE_GATEWAY <= regions.KNOWN
    assert all(region == regions.normal(region) for region in regions.KNOWN)
