"""The program against mocks: both stack files, in both phases."""

import itertools
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from tests.properties.networks import config_of
from tests.recording import NOT_FOUND, LookupFailed, Recording, Secret, record_program
from tests.stacks import KEY, keys_for, stack_config, stack_values

STACKS = ("reference", "dev")


def azure(
    provider_state: str | None = None,
    *,
    connected: bool = False,
    peered: bool = False,
    circuit: Mapping[str, Any] | None = None,
) -> Any:
    """A lookup answering as Azure with one circuit in that state, None for no circuit. circuit: more of its answer."""

    def answer(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if token.endswith("getExpressRouteCircuit") and provider_state:
            peerings = [{"peeringType": "AzurePrivatePeering"}] if peered else []
            return {"serviceProviderProvisioningState": provider_state, "peerings": peerings, **(circuit or {})}
        if token.endswith("getVirtualNetworkGatewayConnection") and connected:
            return {"connectionStatus": "Connected"}
        raise LookupFailed(NOT_FOUND)

    return answer


def run(stack: str, lookup: Any = None, **options: Any) -> Recording:
    config = stack_config(stack)
    return record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=lookup or azure(), **options)


def express_route_connections(recording: Recording) -> list[str]:
    connections = recording.of("network:VirtualNetworkGatewayConnection")
    return [c.name for c in connections if c.inputs["connectionType"] == "ExpressRoute"]


@pytest.mark.parametrize("stack", STACKS)
def test_phase_one_makes_everything_but_what_needs_the_provider(stack: str) -> None:
    recording = run(stack)
    gateways = {g.inputs["gatewayType"] for g in recording.of("network:VirtualNetworkGateway")}
    assert gateways == {"ExpressRoute", "Vpn"}
    assert recording.of("network:ExpressRouteCircuit")
    assert [c.inputs["connectionType"] for c in recording.of("network:VirtualNetworkGatewayConnection")] == ["IPsec"]
    assert not recording.of("network:ExpressRouteCircuitPeering")
    assert "service key" in recording.outputs["expressRoute"]["circuits"]["primary"]["next"]


def test_phase_two_peers_and_connects_a_provisioned_circuit() -> None:
    recording = run("dev", azure("Provisioned"))
    assert express_route_connections(recording) == ["expressroute-primary"]
    connection = recording.one("network:VirtualNetworkGatewayConnection", "expressroute-primary")
    assert "network:ExpressRouteCircuitPeering/primary" in recording.waits_for(connection)


def test_the_failover_is_an_output_that_changes_with_the_phase() -> None:
    before, after = run("reference").outputs["failover"], run("reference", azure("Provisioned")).outputs["failover"]
    assert before["192.168.0.0/16"].startswith("ExpressRoute, then VPN onprem (today: VPN onprem")
    assert after["192.168.0.0/16"] == "ExpressRoute, then VPN onprem"
    assert after["requirement"] == "circuitLoss: met"


def test_a_prefix_that_the_vpn_lacks_stops_the_preview_and_shows_as_lost_where_accepted() -> None:
    config = stack_config("reference")
    config["hybrid-network:onPremises"]["prefixes"].append("172.16.0.0/12")
    with pytest.raises(pulumi.RunError, match=r"(?s)FAIL-.*\n  172\.16\.0\.0/12: ExpressRoute -> lost"):
        record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=azure())
    config["hybrid-network:failover"] = {"accept": [{"prefix": "172.16.0.0/12", "reason": "a lab"}]}
    outputs = record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=azure("Provisioned")).outputs
    assert outputs["failover"]["172.16.0.0/12"] == "ExpressRoute -> lost (accepted)"


def test_a_layer_three_provider_makes_the_peering_itself() -> None:
    recording = run("reference", azure("Provisioned"))
    assert express_route_connections(recording) == ["expressroute-primary"]
    assert not recording.of("network:ExpressRouteCircuitPeering")


@pytest.mark.parametrize("state", ["NotProvisioned", "Provisioning", "Deprovisioning"])
def test_a_circuit_short_of_provisioned_is_not_connected(state: str) -> None:
    assert express_route_connections(run("dev", azure(state))) == []


@pytest.mark.parametrize("state", ["NotProvisioned", "Deprovisioning", None])
def test_a_connection_and_peering_that_exist_are_kept_whatever_the_circuit_says(state: str | None) -> None:
    recording = run("dev", azure(state, connected=True, peered=True))
    assert express_route_connections(recording) == ["expressroute-primary"]
    assert bool(recording.of("network:ExpressRouteCircuitPeering")) == (state is not None)


@pytest.mark.parametrize(
    "failure",
    ['Status=403 Code="AuthorizationFailed"', 'Status=429 Code="TooManyRequests"', "no such host", "context deadline"],
)
def test_a_lookup_that_fails_stops_the_program_before_anything_is_registered(failure: str) -> None:
    def denied(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        raise LookupFailed(f"request failed: {failure}")

    recording = Recording()
    with pytest.raises(pulumi.RunError, match="nothing is changed"):
        run("dev", denied, recording=recording)
    assert recording.resources == []


def test_always_on_an_unprovisioned_circuit_is_an_error_that_says_what_to_do() -> None:
    config = stack_config("dev")
    config["hybrid-network:expressRoute"]["circuits"][0]["connect"] = "always"
    with pytest.raises(pulumi.RunError, match=r"expressRoute\.circuits\[0\]\.connect.*say auto.*CIRCUIT-08"):
        record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=azure("NotProvisioned"))


def in_azure(provider: str, place: str, mbps: int, family: str) -> Any:
    """An Azure in which the circuit of `reference` has been ordered like this."""
    order = {"serviceProviderName": provider, "peeringLocation": place, "bandwidthInMbps": mbps}
    sku = {"tier": "Premium", "family": family}
    return azure("NotProvisioned", circuit={"serviceProviderProperties": order, "sku": sku})


def test_what_azure_would_refuse_of_a_circuit_is_told_at_once_and_nothing_is_registered() -> None:
    config = stack_config("reference")
    circuit = config["hybrid-network:expressRoute"]["circuits"][0]
    circuit |= {"connect": "always", "tier": "Standard", "family": "MeteredData"}
    recording = Recording()
    lookup = in_azure("Megaport", "Seattle", 200, "UnlimitedData")
    with pytest.raises(pulumi.RunError) as stopped:
        record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=lookup, recording=recording)
    heading, *lines = str(stopped.value).splitlines()
    assert heading.endswith("do not fit what Azure has: 5 problems")
    for line, (setting, wanted, there, rule) in zip(
        lines,
        [
            ("provider", "Equinix", "Megaport", "CIRCUIT-04"),
            ("peeringLocation", "Silicon Valley", "Seattle", "CIRCUIT-04"),
            ("bandwidthInMbps", "50 Mbps", "200", "CIRCUIT-04"),
            ("family", "MeteredData", "UnlimitedData", "CIRCUIT-04"),
            ("connect", "always", "NotProvisioned", "CIRCUIT-08"),
        ],
        strict=True,
    ):
        assert line.startswith(f"  - expressRoute.circuits[0].{setting}: {wanted}")
        assert there in line
        assert line.endswith(f"[{rule}]")
    assert recording.resources == []


def test_no_circuit_becomes_local() -> None:
    config = stack_config("reference")
    config["hybrid-network:expressRoute"]["circuits"][0]["tier"] = "Local"
    lookup = in_azure("Equinix", "Silicon Valley", 50, "UnlimitedData")
    with pytest.raises(pulumi.RunError, match=r"circuits\[0\]\.tier: Local, but .* is Premium .*\[CIRCUIT-04\]"):
        record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=lookup)


@pytest.mark.parametrize(
    "there",
    [("Equinix", "Silicon Valley", 50, "UnlimitedData"), ("EQUINIX", "silicon valley", 50, "MeteredData")],
    ids=["the same", "less, in other letters"],
)
def test_what_a_circuit_can_become_is_left_to_azure(there: tuple[str, str, int, str]) -> None:
    assert run("reference", in_azure(*there)).of("network:ExpressRouteCircuit")


def test_never_leaves_a_provisioned_circuit_unconnected() -> None:
    config = stack_config("dev")
    config["hybrid-network:expressRoute"]["circuits"][0]["connect"] = "never"
    recording = record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=azure("Provisioned"))
    assert express_route_connections(recording) == []
    assert not recording.of("network:ExpressRouteCircuitPeering")


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("state", [None, "Provisioned"])
def test_a_preview_registers_what_an_update_registers(stack: str, state: str | None) -> None:
    update, preview = run(stack, azure(state)), run(stack, azure(state), preview=True)
    assert {(r.type, r.name, r.parent) for r in preview.resources} == {
        (r.type, r.name, r.parent) for r in update.resources
    }


def test_everything_is_protected_unless_the_settings_say_otherwise() -> None:
    """A destroy that meets protection must delete nothing first, so nothing is left out."""
    recording = run("reference", azure("Provisioned"))
    assert [r.urn for r in recording.resources if not r.protect] == []
    config = {**stack_config("reference"), "hybrid-network:protect": "false"}
    unprotected = record_program(config, {"vpnSharedKeys": keys_for(config)})
    assert [r.urn for r in unprotected.resources if r.protect] == []


def test_subnets_are_made_one_after_another_and_gateways_after_the_last() -> None:
    recording = run("dev")
    subnets = recording.of("network:Subnet")
    chain = ["hub-gateway-subnet", "web", "data", "management"]
    assert {subnet.name for subnet in subnets} == set(chain)
    for earlier, later in itertools.pairwise(chain):
        assert f"network:Subnet/{earlier}" in recording.waits_for(recording.one("network:Subnet", later))
    for gateway in recording.of("network:VirtualNetworkGateway"):
        assert f"network:Subnet/{chain[-1]}" in recording.waits_for(gateway)
        # Waiting for the host would add its ten minutes to the gateways' 45.
        assert "network:BastionHost/management" not in recording.waits_for(gateway)


@pytest.mark.parametrize("serialize", [True, False])
def test_gateways_are_parallel_unless_serialized(serialize: bool) -> None:
    config = {**stack_config("dev"), "hybrid-network:serializeGateways": str(serialize).lower()}
    recording = record_program(config, {"vpnSharedKeys": keys_for(config)})
    waits = recording.waits_for(recording.one("network:VirtualNetworkGateway", "vpn"))
    assert ("network:VirtualNetworkGateway/expressroute" in waits) == serialize
    waits = recording.waits_for(recording.one("network:VirtualNetworkGateway", "expressroute"))
    assert "network:VirtualNetworkGateway/vpn" not in waits


def test_connections_of_one_gateway_are_made_one_after_another() -> None:
    config = stack_config("dev")
    sites = config["hybrid-network:vpn"]["sites"]
    sites.append({"name": "branch", "publicIp": "203.0.113.20", "bgp": {"asn": 65020, "peerAddress": "172.20.255.1"}})
    recording = record_program(config, {"vpnSharedKeys": keys_for(config)})
    branch = recording.one("network:VirtualNetworkGatewayConnection", "branch")
    assert "network:VirtualNetworkGatewayConnection/hq" in recording.waits_for(branch)


@pytest.mark.parametrize("stack", STACKS)
def test_everything_long_has_its_timeouts(stack: str) -> None:
    recording = run(stack, azure("Provisioned"))
    long = ("Gateway", "Connection", "Circuit", "Peering", "Authorization", "Subnet", "VirtualNetwork", "BastionHost")
    found = [resource for resource in recording.resources if resource.custom and resource.type.endswith(long)]
    assert {end for end in long for resource in found if resource.type.endswith(end)} >= {
        "Gateway",
        "Circuit",
        "Subnet",
    }
    for resource in found:
        assert all(resource.timeouts), f"{resource.type} {resource.name}"


def test_no_resource_brings_old_type_names_unless_asked() -> None:
    assert {r.aliases for r in run("dev").resources} == {0}
    config = {**stack_config("dev"), "hybrid-network:keepOldTypeAliases": "true"}
    kept = record_program(config, {"vpnSharedKeys": keys_for(config)})
    network = [r for r in kept.resources if r.custom and r.type.startswith("azure-native:network")]
    assert min(r.aliases for r in network) > 10


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("stack", STACKS)
def test_the_shared_key_is_always_a_secret(stack: str, preview: bool) -> None:
    recording = run(stack, azure("Provisioned"), preview=preview)
    connection = next(c for c in recording.of("network:VirtualNetworkGatewayConnection") if "sharedKey" in c.inputs)
    assert connection.inputs["sharedKey"] == Secret(KEY)
    in_clear = [r.name for r in recording.resources if KEY in str(_without_secrets(r.inputs))]
    assert in_clear == []
    assert KEY not in str(_without_secrets(recording.outputs))


def test_what_azure_returns_of_keys_is_kept_as_a_secret() -> None:
    config = stack_config("dev")
    config["hybrid-network:expressRoute"]["circuits"][0]["authorizations"] = ["spoke"]
    recording = record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=azure("Provisioned"))
    secret_outputs = {
        "network:ExpressRouteCircuit": {"serviceKey", "authorizationKey", "authorizations", "peerings"},
        "network:ExpressRouteCircuitAuthorization": {"authorizationKey"},
        "network:ExpressRouteCircuitPeering": {"sharedKey"},
        "network:VirtualNetworkGatewayConnection": {"sharedKey", "authorizationKey"},
    }
    for type, expected in secret_outputs.items():
        assert recording.of(type), type
        for resource in recording.of(type):
            assert resource.additional_secret_outputs == expected, type
    assert isinstance(recording.outputs["serviceKeys"], Secret)
    assert isinstance(recording.outputs["circuitAuthorizationKeys"], Secret)


def test_a_changed_gateway_takes_its_connections_along() -> None:
    recording = run("dev", azure("Provisioned"))
    connections = recording.of("network:VirtualNetworkGatewayConnection")
    assert len(connections) == 2
    for connection in connections:
        assert "virtualNetworkGateway1" in connection.replace_on_changes
        assert connection.delete_before_replace
    vpn = recording.one("network:VirtualNetworkGateway", "vpn")
    assert vpn.replace_with == {
        address.urn for address in recording.of("network:PublicIPAddress") if "vpn" in address.name
    }
    assert {"gatewayType", "vpnType", "vpnGatewayGeneration"} <= vpn.replace_on_changes


def test_every_physical_name_is_explicit() -> None:
    recording = run("dev", azure("Provisioned"))
    for resource in recording.resources:
        if resource.custom:
            names = [key for key in resource.inputs if key.endswith("Name") and key != "resourceGroupName"]
            assert names or resource.type.endswith("ResourceGroup"), f"{resource.type} {resource.name}"


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, dict):
        return {key: _without_secrets(item) for key, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def test_tags_that_others_set_are_ignored_on_everything_that_has_tags() -> None:
    values = {"serializeGateways": False, **stack_values("dev")} | {"ignoreTags": ["costCentre", 'a "b"']}
    recording = record_program(config_of(values), {"vpnSharedKeys": keys_for(config_of(values))})
    tagged = [resource for resource in recording.resources if resource.custom and "tags" in resource.inputs]
    assert tagged
    assert all({'tags["costCentre"]', 'tags["a \\"b\\""]'} <= resource.ignore_changes for resource in tagged)
    others = [resource for resource in recording.resources if resource.custom and "tags" not in resource.inputs]
    assert others
    assert not any("tags" in path for resource in others for path in resource.ignore_changes)
