"""The ratchet against mocks: what Azure answers and what the stack's own state has, and what comes of it."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components import CircuitOrder, CircuitPhase, OwnResource, circuit_phase, own_resources
from components.lookup import says_absent
from tests.recording import SECRET_OUTPUT, SUBSCRIPTION, LookupFailed, Recording, record, record_program
from tests.stacks import keys_for, stack_config

URN = "urn:pulumi:test::hybrid-network::"
GATEWAY = "hybrid-network:index:ExpressRouteGateway$azure-native:network:VirtualNetworkGatewayConnection"
CONNECTION = f"{URN}{GATEWAY}::expressroute-primary"
PEERING = f"{URN}hybrid-network:index:ExpressRouteCircuit$azure-native:network:ExpressRouteCircuitPeering::primary"
SITE = f"{URN}hybrid-network:index:VpnSite$azure-native:network:VirtualNetworkGatewayConnection::hq"
LIVE = (CONNECTION, PEERING, SITE)
GATEWAYS = (
    f"{URN}hybrid-network:index:ExpressRouteGateway$azure-native:network:VirtualNetworkGateway::expressroute",
    f"{URN}hybrid-network:index:VpnGateway$azure-native:network:VirtualNetworkGateway::vpn",
)
BASTION = f"{URN}hybrid-network:index:Management$azure-native:network:BastionHost::management"
MADE = (*GATEWAYS, BASTION)
OTHERS = "/subscriptions/OTHERS/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/erc"

OURS = OTHERS.replace("OTHERS", SUBSCRIPTION)
EXISTING = dict.fromkeys(("provider", "peeringLocation", "bandwidthInMbps", "privatePeering", "family"))


def failure(status: int, code: str, message: str = "no") -> LookupFailed:
    return LookupFailed(f'request failed /subscriptions/S: Status={status} Code="{code}" Message="{message}"')


ABSENT = failure(404, "ResourceGroupNotFound", "Resource group 'rg-dev' could not be found.")
NOTHING: dict[str, Any] = {}
CONNECTED = {"id": "con", "connectionStatus": "Connected"}


def circuit(state: str | None, *, peered: bool = False) -> dict[str, Any]:
    """What Azure says of a circuit whose provider is so far."""
    peerings = [{"peeringType": "AzurePrivatePeering"}] if peered else []
    return {"id": "erc", "serviceProviderProvisioningState": state, "peerings": peerings}


def azure(circuit: Any = ABSENT, connection: Any = ABSENT, gateway: Any = ABSENT, bastion: Any = ABSENT) -> Any:
    """Answers or fails each lookup as told."""
    told = {
        "getExpressRouteCircuit": circuit,
        "getVirtualNetworkGatewayConnection": connection,
        "getVirtualNetworkGateway": gateway,
        "getBastionHost": bastion,
        "getClientConfig": {"subscriptionId": SUBSCRIPTION},
    }

    def answer(token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        answered = told[token.rsplit(":", 1)[-1]]
        if isinstance(answered, Exception):
            raise answered
        return answered

    return answer


def run(lookup: Any, state: tuple[str, ...] = (), **changed: Any) -> Recording:
    """The program of `dev`; changed: keys of its first circuit, None to remove one."""
    config = stack_config("dev")
    first = config["hybrid-network:expressRoute"]["circuits"][0]
    first |= changed
    for key in [key for key, value in changed.items() if value is None]:
        del first[key]
    return record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=lookup, state=state)


def made(recording: Recording) -> str:
    """Which of connection and peering the program has."""
    connection = "expressroute-primary" in {c.name for c in recording.of("network:VirtualNetworkGatewayConnection")}
    return f"{'C' if connection else '-'}{'P' if recording.of('network:ExpressRouteCircuitPeering') else '-'}"


@pytest.mark.parametrize(
    ("circuit", "connection", "state", "mode", "expected"),
    [
        (ABSENT, ABSENT, (), "auto", "--"),
        (NOTHING, NOTHING, (), "auto", "--"),
        (circuit("NotProvisioned"), ABSENT, (SITE,), "auto", "--"),
        (circuit("Provisioned"), ABSENT, (), "auto", "CP"),
        (ABSENT, ABSENT, LIVE, "auto", "CP"),
        (ABSENT, ABSENT, LIVE, "always", "CP"),
        (NOTHING, NOTHING, LIVE, "auto", "CP"),
        (circuit(None), NOTHING, LIVE, "auto", "CP"),
        (circuit("NotProvisioned"), ABSENT, LIVE, "auto", "CP"),
        (circuit("Deprovisioning", peered=True), ABSENT, LIVE, "auto", "CP"),
        (ABSENT, CONNECTED, LIVE, "auto", "CP"),
        (ABSENT, CONNECTED, (), "auto", "C-"),
        (ABSENT, ABSENT, (PEERING, SITE), "auto", "-P"),
        (ABSENT, ABSENT, (CONNECTION,), "auto", "C-"),
        (ABSENT, ABSENT, LIVE, "never", "-P"),
        (circuit("Provisioned", peered=True), CONNECTED, LIVE, "never", "-P"),
    ],
)
def test_what_azure_or_the_state_has_is_kept(
    circuit: Any, connection: Any, state: tuple[str, ...], mode: str, expected: str
) -> None:
    assert made(run(azure(circuit, connection), state, connect=mode)) == expected


@pytest.mark.parametrize("lookup", ["circuit", "connection", "gateway"])
@pytest.mark.parametrize(
    "answer",
    [
        failure(404, "SubscriptionNotFound", "The subscription 'S' could not be found."),
        failure(404, "InvalidAuthenticationTokenTenant"),
        failure(404, "ResourceGroupNotFound", "Resource group 'rg-other' could not be found."),
        failure(
            404, "ResourceNotFound", "The Resource 'Microsoft.Network/virtualHubs/h' under resource group 'rg-dev' .."
        ),
        failure(404, ""),
        failure(401, "ExpiredAuthenticationToken"),
        failure(403, "AuthorizationFailed"),
        failure(429, "TooManyRequests"),
        failure(500, "InternalServerError"),
        failure(503, "ResourceNotFound"),
    ],
    ids=str,
)
@pytest.mark.parametrize("state", [MADE, (*LIVE, *MADE)], ids=["new", "live"])
def test_any_other_failure_ends_the_program_before_anything_is_registered(
    lookup: str, answer: LookupFailed, state: tuple[str, ...]
) -> None:
    recording = Recording()
    config = stack_config("dev")
    with pytest.raises(pulumi.RunError, match="nothing is changed"):
        record_program(
            config,
            {"vpnSharedKeys": keys_for(config)},
            lookup=azure(**{lookup: answer}),
            state=state,
            recording=recording,
        )
    assert recording.resources == []


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ('Status=404 Code="ResourceNotFound" Message="not found"', True),
        ("Status=404 Code=\"ResourceNotFound\" Message=\"The Resource 'Microsoft.Network/x/NAME' under ..'rg'\"", True),
        ("Status=404 Code=\"ResourceNotFound\" Message=\"The Resource 'Microsoft.Network/x/n' under ..'rg'\"", False),
        ("Status=404 Code=\"ParentResourceNotFound\" Message=\"'read' of 'x/y', parent '/a/b/name'\"", True),
        ("Status=404 Code=\"ParentResourceNotFound\" Message=\"'read' of 'x/y', parent '/a/b/other'\"", False),
        ('Status=404 Code="NotFound" Message="Resource /subscriptions/S/a/b/name not found."', True),
        ('Status=404 Code="NotFound" Message="no such tenant"', False),
        ('GET https://x\n--\nRESPONSE 404: 404 Not Found\nERROR CODE: ResourceGroupNotFound\n--\n{"error": {"code": '
         '"ResourceGroupNotFound", "message": "Resource group \'RG\' could not be found."}}', True),
        ('GET https://x\n--\nRESPONSE 404: 404 Not Found\nERROR CODE: SubscriptionNotFound\n--\n{"error": {"code": '
         '"SubscriptionNotFound", "message": "ResourceNotFound"}}', False),
        ("RESPONSE 404: 404 Not Found", False),
        ("no such host", False),
    ],
)  # fmt: skip
def test_only_the_very_thing_or_its_group_is_absent(text: str, absent: bool) -> None:
    assert says_absent(text, {"resource_group_name": "rg", "circuit_name": "name"}) == absent


def test_what_azure_does_not_know_is_an_output() -> None:
    recording = run(azure(), LIVE)
    told = recording.outputs["expressRoute"]["circuits"]["primary"]
    assert told["providerState"] == "unknown"
    assert "right account" in told["next"]


@pytest.mark.parametrize("told", [None, Exception("the state is locked")], ids=["no answer", "a failure"])
def test_a_state_that_cannot_be_read_is_not_an_empty_one(told: Exception | None, monkeypatch: Any) -> None:
    def invoke(token: str, arguments: Mapping[str, Any]) -> Any:
        assert arguments == {"stackName": "organization/hybrid-network/test"}
        if told:
            raise told
        return SimpleNamespace(value={})

    def program() -> None:
        monkeypatch.setattr(pulumi.runtime, "invoke", invoke)
        assert own_resources() == frozenset()

    if told is None:
        record(program)
        return
    with pytest.raises(pulumi.RunError, match=r"nothing is changed.*the state is locked"):
        record(program)


@pytest.mark.parametrize(("half_written", "asked"), [(3, 4), (1000, 10)], ids=["for a moment", "for good"])
def test_a_state_that_is_being_written_is_asked_for_again(half_written: int, asked: int, monkeypatch: Any) -> None:
    times = 0

    def invoke(token: str, arguments: Mapping[str, Any]) -> Any:
        nonlocal times
        times += 1
        if times <= half_written:
            raise Exception("invocation returned an error: failed to load checkpoint: EOF")
        return SimpleNamespace(value={"outputs": {LIVE[0]: {}}})

    def program() -> None:
        monkeypatch.setattr(pulumi.runtime, "invoke", invoke)
        monkeypatch.setattr("time.sleep", lambda seconds: None)
        assert len(own_resources()) == 1

    if half_written < asked:
        record(program)
    else:
        with pytest.raises(pulumi.RunError, match=r"nothing is changed.*EOF"):
            record(program)
    assert times == asked


def test_only_names_are_kept_of_the_state() -> None:
    old = f"{URN}my:own:Thing$azure-native:network/v20230201:VirtualNetworkGatewayConnection::a::b"
    found: list[OwnResource] = []
    record(lambda: found.extend(own_resources()), state=[*LIVE, old, f"{URN}azure-native:resources:ResourceGroup::rg"])
    type, component = "VirtualNetworkGatewayConnection", "hybrid-network:index:"
    assert set(found) == {
        OwnResource(type, "expressroute-primary", f"{component}ExpressRouteGateway"),
        OwnResource("ExpressRouteCircuitPeering", "primary", f"{component}ExpressRouteCircuit"),
        OwnResource(type, "hq", f"{component}VpnSite"),
        OwnResource(type, "a::b", "my:own:Thing"),
    }
    assert SECRET_OUTPUT not in repr(found)


def of_another_stack(
    state: tuple[str, ...], connection_name: str, *, ordered: bool = True, **told: Any
) -> CircuitPhase:
    """What a stack of somebody else's is told, with Azure knowing nothing."""
    answered: list[CircuitPhase] = []
    record(
        lambda: answered.append(
            circuit_phase(
                "auto",
                path="",
                order=CircuitOrder() if ordered else None,
                resource_group_name="rg-dev",
                circuit_name="erc-primary",
                connection_name=connection_name,
                **told,
            )
        ),
        lookup=azure(),
        state=state,
    )
    return answered[0]


def test_nobody_can_answer_auto_for_a_circuit_that_is_not_ordered_here() -> None:
    assert [problem.rule for problem in of_another_stack((), "con", ordered=False).problems] == ["CIRCUIT-18"]
    assert of_another_stack((), "con").problems == ()


def test_another_stack_keeps_what_bears_the_components_own_names() -> None:
    phase = of_another_stack(LIVE, "con-expressroute-primary")
    assert (phase.connect, phase.peer, phase.moves_traffic) == (True, True, False)
    assert not of_another_stack((SITE,), "con-expressroute-primary").connect


def test_another_stack_with_names_of_its_own_tells_them() -> None:
    with pytest.raises(pulumi.RunError, match=r"expressroute-primary.*nothing is changed.*connection="):
        of_another_stack(LIVE, "my-connection")
    assert of_another_stack(LIVE, "my-connection", connection="expressroute-primary").connect
    assert not of_another_stack(LIVE, "my-connection", connection="expressroute-other").connect


PORT = {
    **dict.fromkeys(("provider", "peeringLocation", "bandwidthInMbps")),
    "port": {"id": OTHERS.replace("Circuits/erc", "Ports/p"), "bandwidthInGbps": 1},
    "connect": "always",
}


@pytest.mark.parametrize(
    ("lookup", "state", "changed", "refused"),
    [
        (azure(circuit("Provisioned", peered=True), CONNECTED), LIVE, {}, True),
        (azure(), LIVE, {}, True),
        (azure(), LIVE, PORT, True),
        (azure(circuit("Provisioned", peered=True), CONNECTED), (CONNECTION,), {}, False),
        (azure(circuit("Provisioned", peered=True), CONNECTED), LIVE, {"connect": "never"}, False),
        (azure(circuit("Provisioned", peered=True)), (PEERING,), {}, False),
    ],
    ids=["connected", "in the state alone", "Direct port", "the provider's peering", "never", "not connected"],
)
def test_a_peering_that_a_connection_uses_is_not_removed(
    lookup: Any, state: tuple[str, ...], changed: dict[str, Any], refused: bool
) -> None:
    if not refused:
        run(lookup, state, **changed, privatePeering=None)
        return
    with pytest.raises(pulumi.RunError, match=r"circuits\[0\]\.privatePeering: is removed.*\[CIRCUIT-19\]"):
        run(lookup, state, **changed, privatePeering=None)


def test_a_peering_on_a_direct_port_outlives_its_connection_too() -> None:
    """Gateways of other subscriptions may use it."""
    assert made(run(azure(), LIVE, **PORT)) == "CP"
    assert made(run(azure(), LIVE, **PORT | {"connect": "never"})) == "-P"
    assert made(run(azure(), (), **PORT | {"connect": "never"})) == "--"


@pytest.mark.parametrize(
    ("there", "refused"),
    [("ErGw1AZ", False), ("ErGw2AZ", True), ("ErGwScale", True), ("Standard", True), ("NewSku", False), (None, False)],
)
def test_a_gateway_that_would_shrink_or_change_its_family_is_refused(there: str | None, refused: bool) -> None:
    lookup = azure(gateway={"id": "vgw", "sku": {"name": there}} if there else NOTHING)
    if not refused:
        run(lookup, MADE)
        return
    with pytest.raises(pulumi.RunError, match=rf"expressRoute\.gateway\.sku: ErGw1AZ, but .* is {there}.*\[ER-07\]"):
        run(lookup, MADE)


@pytest.mark.parametrize(
    ("there", "refused"),
    [("Basic", False), ("Developer", False), ("Standard", True), ("Premium", True), ("NewSku", False), (None, False)],
)
def test_a_bastion_host_that_would_become_a_lesser_one_is_refused(there: str | None, refused: bool) -> None:
    lookup = azure(bastion={"id": "bas", "sku": {"name": there}} if there else NOTHING)
    if not refused:
        run(lookup, MADE)
        return
    told = rf"network\.management\.bastionSku: Basic, but Bastion host bas-dev in Azure is {there}.*\[BAS-06\]"
    with pytest.raises(pulumi.RunError, match=told):
        run(lookup, MADE)


@pytest.mark.parametrize(
    ("sku", "there", "kept"),
    [
        ("VpnGw1AZ", "Generation2", True),
        ("VpnGw1AZ", "Generation1", False),
        ("VpnGw2AZ", "Generation2", False),
        (None, None, False),
    ],
)
def test_a_vpn_gateway_that_microsoft_has_moved_keeps_its_generation(
    sku: str | None, there: str | None, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VPN-09: of another SKU the change is one's own."""
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: warned.append(text))
    gateway = {"id": "vgw", "sku": {"name": sku}, "vpnGatewayGeneration": there} if sku else NOTHING
    recording = run(azure(gateway=gateway), MADE)
    ignored = {g.name: set(g.ignore_changes) for g in recording.of("network:VirtualNetworkGateway")}
    assert ignored == {"expressroute": set(), "vpn": {"vpnGatewayGeneration"} if kept else set()}
    assert any("[VPN-09]" in text for text in warned) == kept


@pytest.mark.parametrize("state", [(), GATEWAYS[:1], GATEWAYS[1:], (BASTION,), MADE])
def test_only_what_the_stack_has_by_its_own_state_is_asked_about(state: tuple[str, ...]) -> None:
    """What it does not have yet can become anything: a new stack does not wait for lookups that say nothing."""
    asked = [(token.rsplit(":", 1)[-1], arguments) for token, arguments in run(azure(gateway=NOTHING), state).lookups]
    gateways = {a["virtualNetworkGatewayName"] for token, a in asked if token == "getVirtualNetworkGateway"}
    names = {GATEWAYS[0]: "vgw-dev-er", GATEWAYS[1]: "vgw-dev-vpn"}
    assert gateways == {names[urn] for urn in state if urn in names}
    assert any(token == "getBastionHost" for token, _ in asked) == (BASTION in state)


@pytest.mark.parametrize("selected", ["OTHERS", "others", "OURS", None])
@pytest.mark.parametrize("mode", ["always", "never"])
def test_a_circuit_of_another_subscription_needs_its_key(selected: str | None, mode: str) -> None:
    config = stack_config("dev")
    circuits = config["hybrid-network:expressRoute"]["circuits"]
    circuits.append({"name": "theirs", "existing": {"id": OTHERS}, "connect": mode})
    if selected:
        config["azure-native:subscriptionId"] = selected
    refused = mode == "always" and selected not in ("OTHERS", "others")

    def deploy(**keys: Any) -> Recording:
        return record_program(config, {"vpnSharedKeys": keys_for(config), **keys}, lookup=azure())

    if refused:
        with pytest.raises(pulumi.RunError, match=r"circuits\[1\]\.existing\.id: .*OTHERS, .*\[CIRCUIT-20\]"):
            deploy()
    else:
        deploy()
    asked = [token for token, _ in deploy(circuitAuthorizationKeys={"theirs": "key"}).lookups]
    assert "azure-native:authorization:getClientConfig" not in asked


@pytest.mark.parametrize(
    ("id", "there", "said", "refused"),
    [
        (OURS, "Standard", "Premium", True),
        (OURS, "Premium", "Premium", False),
        (OURS, "Standard", None, False),
        (OURS, None, "Premium", False),
        (OTHERS, "Standard", "Premium", False),
    ],
)
def test_the_tier_that_is_said_of_an_existing_circuit_is_its_own(
    id: str, there: str | None, said: str | None, refused: bool
) -> None:
    """CIRCUIT-22. A circuit of another subscription is not this account's to read."""
    existing = {**EXISTING, "existing": {"id": id}, "tier": said, "connect": "never"}
    lookup = azure({"id": id, "sku": {"tier": there}} if there else NOTHING)
    if refused:
        with pytest.raises(pulumi.RunError, match=r"circuits\[0\]\.tier: Premium .* is of tier Standard.*CIRCUIT-22"):
            run(lookup, **existing)
        return
    asked = [token for token, _ in run(lookup, **existing).lookups if token.endswith("getExpressRouteCircuit")]
    assert len(asked) == (said is not None and id == OURS)


def test_all_that_does_not_fit_is_told_at_once() -> None:
    config = stack_config("dev")
    express_route = config["hybrid-network:expressRoute"]
    del express_route["circuits"][0]["privatePeering"]
    express_route["circuits"].append({"name": "theirs", "existing": {"id": OTHERS}, "connect": "always"})
    lookup = azure(
        circuit("Provisioned", peered=True),
        CONNECTED,
        {"id": "vgw", "sku": {"name": "ErGw3AZ"}},
        {"id": "bas", "sku": {"name": "Premium"}},
    )
    with pytest.raises(pulumi.RunError, match=r"(?s)4 problems.*CIRCUIT-19.*ER-07.*BAS-06.*CIRCUIT-20"):
        record_program(config, {"vpnSharedKeys": keys_for(config)}, lookup=lookup, state=(*LIVE, *MADE))
