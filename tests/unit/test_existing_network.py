"""An existing network as Azure answers of it: what does not fit a hub is one clean sentence."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components import HubNetwork
from tests.recording import NOT_FOUND, LookupFailed, Recording, record
from tests.unit.examples import GROUP, NETWORK, lookup

TABLE = f"{GROUP}/routeTables/rt"
GIVEN = {
    "resource_group_name": "rg",
    "location": "West US 2",
    "address_prefixes": ["10.0.0.0/16"],
    "gateway_subnet_prefix": "10.0.255.0/26",
    "existing_network_id": NETWORK,
    "adopt_gateway_subnet": True,
    "own_gateways": ["vgw"],
}
USER = f"{GROUP}/virtualNetworkGateways/vgw/ipConfigurations/default"


def hub(
    network: Mapping[str, Any] | None = None,
    subnet: Mapping[str, Any] | None = None,
    table: Mapping[str, Any] | None = None,
    late: str = "",
    **more: Any,
) -> Recording:
    """A hub in a network that is otherwise; the argument `late` is an Output."""

    def answer(token: str, given: Mapping[str, Any]) -> dict[str, Any]:
        match token.rpartition(":")[2]:
            case "getVirtualNetwork":
                return {**lookup(token, given), **(network or {})}
            case "getSubnet":
                return {**lookup(token, given), "ipConfigurations": [{"id": USER}], **(subnet or {})}
            case "getRouteTable":
                assert given == {"resourceGroupName": "rg", "routeTableName": "rt"}
                if table is None:
                    raise LookupFailed(NOT_FOUND)
                return {"id": TABLE, "routes": [], **table}
        return lookup(token, given)

    def program() -> None:
        args: Any = {**GIVEN, **more}
        if late:
            args[late] = pulumi.Output.from_input(args[late])
        HubNetwork("hub", args)

    return record(program, lookup=answer)


WITH_TABLE = {"routeTable": {"id": TABLE}}
PEERINGS = [{"name": "to-spoke", "useRemoteGateways": False}, {"name": "to-hub", "useRemoteGateways": True}]
SERVER = {"name": "RouteServerSubnet", "ipConfigurations": [{"id": f"{GROUP}/virtualHubs/rs/ipConfigurations/a"}]}

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"network": {"location": "eastus"}}, "location: West US 2, but vnet .* is in eastus.*say eastus.*EXIST-01"),
    (
        {"network": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16", "10.9.0.0/16"]}}},
        "address_prefixes: 10.0.0.0/16 is said, but vnet has 10.0.0.0/16, 10.9.0.0/16.*EXIST-02",
    ),
    ({"network": {"virtualNetworkPeerings": PEERINGS}}, r"peering to-hub, useRemoteGateways.*EXIST-05"),
    (
        {"subnet": {"delegations": [{"serviceName": "Microsoft.Web/serverFarms"}]}},
        "Microsoft.Web/serverFarms.*EXIST-02",
    ),
    ({"subnet": {"serviceEndpointPolicies": [{"id": "policy"}]}}, "service endpoint policy policy.*EXIST-03"),
    ({"subnet": {"privateEndpoints": [{"id": "endpoint"}]}}, "endpoint is in its GatewaySubnet.*GW-02"),
    ({"subnet": {"ipConfigurations": [{"id": "nic/ipConfigurations/a"}]}}, "nic/ipConfigurations/a is in.*GW-02"),
    ({"subnet": {"networkSecurityGroup": {"id": "nsg"}}}, "has network security group nsg.*GW-11"),
    ({"subnet": WITH_TABLE, "table": {"disableBgpRoutePropagation": True}}, "rt of .* does not learn.*GW-13"),
    ({"subnet": WITH_TABLE, "table": {"routes": [{"addressPrefix": "0.0.0.0/0"}]}}, "a route for 0.0.0.0/0.*GW-12"),
]


@pytest.mark.parametrize(("there", "message"), WRONG, ids=[message for _, message in WRONG])
@pytest.mark.parametrize("late", ["", "existing_network_id", "gateway_subnet_prefix"])
def test_a_network_that_does_not_fit_is_one_clean_sentence(there: dict[str, Any], message: str, late: str) -> None:
    with pytest.raises(pulumi.RunError, match=message):
        hub(**there, late=late)


@pytest.mark.parametrize(
    "there",
    [
        {},
        {"subnet": WITH_TABLE, "table": {}},
        {"subnet": WITH_TABLE},
        {"network": {"virtualNetworkPeerings": PEERINGS[:1]}},
        {"network": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16", "fd00::/48"]}}},
        {"subnet": {"addressPrefix": None, "addressPrefixes": ["fd00::/64", "10.0.255.0/26"]}},
    ],
    ids=str,
)
def test_a_network_that_fits_is_used_as_it_is(there: dict[str, Any]) -> None:
    assert not [resource for resource in hub(**there).resources if resource.custom]


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ({"network": {"subnets": [SERVER]}}, "has a Route Server"),
        (
            {"subnet": WITH_TABLE, "table": {"routes": [{"addressPrefix": "10.0.1.0/24"}]}},
            "routes of its own (10.0.1.0/24)",
        ),
    ],
)
def test_what_the_proof_does_not_know_of_a_network_is_told(
    there: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: told.append(text))
    hub(**there)
    assert [text for text in told if words in text]


def test_gateways_of_which_all_are_there_already_are_their_owners_affair() -> None:
    id = USER.split("/ipConfigurations")[0]
    small = {"addressPrefix": "10.0.255.0/28"}
    own = [id, id.replace("vgw", "vgw-er")]
    hub(
        subnet={**small, "ipConfigurations": [{"id": f"{id}-new/ipConfigurations/a"}]},
        gateway_subnet_prefix="10.0.255.0/28",
        own_gateways=own,
    )
    with pytest.raises(pulumi.RunError, match="GW-04"):
        hub(subnet=small, gateway_subnet_prefix="10.0.255.0/28", own_gateways=[id, "vgw-er"])
