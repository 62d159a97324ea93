"""Every argument of every component, one by one: an Output known at once, one that is not known yet, one that turns out
wrong, None and a wrong type. Made from the TypedDicts, so that a new argument is in."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, Required, Union, get_args, get_origin, is_typeddict

import pulumi
import pytest

import components
from tests.recording import SUBSCRIPTION, UNKNOWN, Recording, Secret, record

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network"
NETWORK = f"{GROUP}/virtualNetworks/vnet"
ROUTE = {
    "name": "to-appliance",
    "prefix": "10.9.0.0/16",
    "next_hop_type": "VirtualAppliance",
    "next_hop_address": "10.0.3.4",
}
SHARED = {"resource_group_name": "rg", "location": "westus2", "tags": {"team": "network"}}
IN_NETWORK = {
    **SHARED,
    "virtual_network_name": "vnet",
    "virtual_network_resource_group_name": "rg",
    "virtual_network_prefixes": ["10.0.0.0/16"],
}
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "ResourceGroup": [
        {"name": "rg", "location": "westus2", "tags": {"team": "network"}},
        {"name": "rg", "existing": True},
    ],
    "HubNetwork": [
        {
            **SHARED,
            "address_prefixes": ["10.0.0.0/16"],
            "gateway_subnet_prefix": "10.0.255.0/26",
            "name": "vnet-hub",
            "gateway_subnet_routes": [ROUTE],
            "gateway_subnet_route_table_name": "rt-hub",
            "dns_servers": ["168.63.129.16"],
        },
        {
            "resource_group_name": "rg",
            "address_prefixes": ["10.0.0.0/16"],
            "gateway_subnet_prefix": "10.0.255.0/26",
            "existing_network_id": NETWORK,
            "adopt_gateway_subnet": True,
            "own_gateways": ["vgw"],
        },
    ],
    "ApplicationTier": [
        {
            **IN_NETWORK,
            "subnet_prefix": "10.0.1.0/24",
            "allow": [{"name": "web", "source_prefixes": ["10.0.0.0/16"], "ports": ["443"], "protocol": "Tcp"}],
            "load_balancer": {
                "frontend_address": "10.0.1.250",
                "port": 443,
                "name": "lbi",
                "backend_port": 8443,
                "probe_path": "/health",
            },
            "internet_outbound": False,
            "routes": [ROUTE],
            "gateway_routes": True,
            "subnet_name": "snet",
            "network_security_group_name": "nsg",
            "route_table_name": "rt",
        },
        {**SHARED, "virtual_network_id": NETWORK, "subnet_prefix": "10.0.1.0/24"},
    ],
    "Management": [
        {
            **IN_NETWORK,
            "bastion_subnet_prefix": "10.0.254.0/26",
            "sku": "Basic",
            "name": "bas",
            "public_ip_name": "pip",
        },
        {**SHARED, "virtual_network_id": NETWORK, "bastion_subnet_prefix": "10.0.254.0/26"},
    ],
    "ExpressRouteCircuit": [
        {
            **SHARED,
            "provider": "Equinix",
            "peering_location": "Silicon Valley",
            "bandwidth_in_mbps": 50,
            "tier": "Premium",
            "family": "UnlimitedData",
            "private_peering": {
                "peer_asn": 65010,
                "vlan_id": 100,
                "primary_prefix": "172.16.0.0/30",
                "secondary_prefix": "172.16.0.4/30",
                "shared_key": "Planted9Key",
            },
            "virtual_network_prefixes": ["10.0.0.0/16"],
            "authorizations": ["partner"],
            "name": "erc",
        },
        {"resource_group_name": "rg", "port_id": f"{GROUP}/expressRoutePorts/port", "bandwidth_in_gbps": 10.0},
        {"resource_group_name": "rg", "existing_id": f"{GROUP}/expressRouteCircuits/theirs"},
    ],
    "ExpressRouteGateway": [
        {
            **SHARED,
            "gateway_subnet_id": f"{NETWORK}/subnets/GatewaySubnet",
            "gateway_subnet_prefix": "10.0.255.0/26",
            "sku": "ErGwScale",
            "min_scale_units": 10,
            "max_scale_units": 10,
            "alone": False,
            "connections": [
                {
                    "name": "primary",
                    "circuit_id": f"{GROUP}/expressRouteCircuits/c",
                    "peering_location": "Silicon Valley",
                    "physical_name": "con",
                    "authorization_key": "PlantedKey",
                    "routing_weight": 10,
                    "fast_path": True,
                }
            ],
            "public_ip_id": f"{GROUP}/publicIPAddresses/pip",
            "name": "vgw",
        }
    ],
    "VpnGateway": [
        {
            **SHARED,
            "gateway_subnet_id": f"{NETWORK}/subnets/GatewaySubnet",
            "sku": "VpnGw2AZ",
            "generation": "Generation2",
            "active_active": True,
            "zones": ["1", "2", "3"],
            "asn": 65515,
            "alone": False,
            "virtual_network_prefixes": ["10.0.0.0/16"],
            "apipa_addresses": [["169.254.21.1"], ["169.254.21.5"]],
            "name": "vgw",
            "public_ip_names": ["pip-1", "pip-2"],
        }
    ],
    "VpnSite": [
        {
            **SHARED,
            "gateway_id": f"{GROUP}/virtualNetworkGateways/vgw",
            "public_ip": "203.0.113.10",
            "shared_key": "Planted.Key_Of_Twenty_And_More",
            "bgp": {
                "asn": 65010,
                "peer_address": "169.254.21.2",
                "gateway_addresses": ["169.254.21.1", "169.254.21.5"],
            },
            "ip_configuration_ids": [f"{GROUP}/virtualNetworkGateways/vgw/ipConfigurations/i{n}" for n in (0, 1)],
            "ipsec_policy": {
                "ike_encryption": "GCMAES256",
                "ike_integrity": "SHA384",
                "dh_group": "ECP384",
                "ipsec_encryption": "GCMAES256",
                "ipsec_integrity": "GCMAES256",
                "pfs_group": "ECP384",
                "sa_life_time_seconds": 27000,
                "sa_data_size_kilobytes": 102400000,
            },
            "connection_mode": "Default",
            "dpd_timeout_seconds": 45,
            "virtual_network_prefixes": ["10.0.0.0/16"],
            "gateway_asn": 65515,
            "gateway_active_active": True,
            "local_network_gateway_name": "lgw",
            "connection_name": "con",
        },
        {
            "resource_group_name": "rg",
            "gateway_id": f"{GROUP}/virtualNetworkGateways/vgw",
            "public_ip": "203.0.113.10",
            "shared_key": "Planted.Key_Of_Twenty_And_More",
            "prefixes": ["192.168.0.0/16"],
        },
    ],
}
"""Arguments that each component takes, all of them at least once."""

WRONG = {
    "name": "!", "physical_name": "!", "subnet_name": "GatewaySubnet", "network_security_group_name": "!",
    "route_table_name": "!", "public_ip_name": "!", "local_network_gateway_name": "!", "connection_name": "!",
    "gateway_subnet_route_table_name": "!", "virtual_network_name": "!", "public_ip_names": "!",
    "prefix": "10.9.0.1/16", "subnet_prefix": "10.0.1.0/30", "bastion_subnet_prefix": "10.0.254.0/28",
    "gateway_subnet_prefix": "10.0.255.0/30", "address_prefixes": "10.0.0.1/16", "primary_prefix": "172.16.0.0/29",
    "secondary_prefix": "10.0.0.0/30", "prefixes": "10.0.0.1/8", "virtual_network_prefixes": "10.0.0.1/16",
    "source_prefixes": "10.0.0.1/16", "next_hop_type": "Nowhere", "next_hop_address": "10.0.0.300",
    "frontend_address": "10.0.1.1", "port": 70000, "backend_port": 0, "protocol": "Gre", "ports": "80,443",
    "dns_servers": "dns", "sku": "Nothing", "provider": None, "tier": "Gold", "family": "Free",
    "bandwidth_in_mbps": 51, "peer_asn": 65515, "vlan_id": 5000, "existing_id": "/nowhere", "port_id": "/nowhere",
    "existing_network_id": "/nowhere", "virtual_network_id": "/nowhere", "gateway_subnet_id": "/nowhere",
    "gateway_id": "/nowhere", "circuit_id": "/nowhere", "public_ip_id": "/nowhere", "routing_weight": -1,
    "min_scale_units": 0, "max_scale_units": 41, "generation": "Generation3", "asn": 0, "gateway_asn": None,
    "apipa_addresses": "10.0.0.1", "public_ip": "10.0.0.1", "peer_address": "10.0.0.4",
    "gateway_addresses": "10.0.0.1", "connection_mode": "Both", "dpd_timeout_seconds": 5, "ike_encryption": "X",
    "ike_integrity": "X", "dh_group": "X", "ipsec_encryption": "X", "ipsec_integrity": "X", "pfs_group": "X",
    "sa_life_time_seconds": 1, "sa_data_size_kilobytes": 1, "shared_key": "not allowed", "fast_path": None,
}  # fmt: skip
"""A value of the right type that a rule refuses, by the argument's name; None where no rule can."""

NOT_JUDGED = {
    "authorization_key": "any text can be a key",
    "bandwidth_in_gbps": "sizes of Direct ports are a warning",
    "fast_path": "true and false are both right",
    "gateway_asn": "another component's, judged there",
    "ip_configuration_ids": "the gateway's own output",
    "location": "regions are Azure's affair",
    "own_gateways": "names that are looked for, not made",
    "peering_location": "five circuits of one place are needed to break ER-03",
    "probe_path": "any path can be probed",
    "provider": "only Azure knows its providers",
    "resource_group_name": "a group's own component judges its name",
    "tags": "see test_rules: a map, not a value",
    "virtual_network_resource_group_name": "a group's own component judges its name",
}
"""Arguments whose wrong value no rule sees, each with the reason."""


@dataclass(frozen=True)
class Argument:
    """One argument, or one argument of a part: of which component and example, where, and what it may be."""

    component: str
    example: int
    place: tuple[str | int, ...]
    kind: Any
    passes: bool
    """An Output may stand there."""
    required: bool

    @property
    def path(self) -> str:
        text = ""
        for step in self.place:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text

    @property
    def field(self) -> str:
        return next(step for step in reversed(self.place) if isinstance(step, str))

    @property
    def value(self) -> Any:
        value: Any = EXAMPLES[self.component][self.example]
        for step in self.place:
            value = value[step]
        return value

    def given(self, value: Any) -> dict[str, Any]:
        """The example with this argument's value in place of its own."""
        arguments: Any = copy.deepcopy(EXAMPLES[self.component][self.example])
        holder = arguments
        for step in self.place[:-1]:
            holder = holder[step]
        holder[self.place[-1]] = value
        return arguments

    def run(self, value: Callable[[], Any], *, preview: bool = False) -> Recording:
        return deploy(self.component, lambda: self.given(value()), preview=preview)

    def __str__(self) -> str:
        return f"{self.component}-{self.example}-{self.path}"


def arguments() -> Iterator[Argument]:
    for component, examples in EXAMPLES.items():
        kind = getattr(components, component).__init__.__annotations__["args"]
        for index, example in enumerate(examples):
            yield from _arguments(component, index, (), kind, example)


def _arguments(component: str, index: int, place: tuple[str | int, ...], kind: Any, value: Any) -> Iterator[Argument]:
    for name, part in kind.__annotations__.items():
        if name in value:
            yield from _argument(
                component, index, (*place, name), part, value[name], required=name in kind.__required_keys__
            )


def _argument(
    component: str, index: int, place: tuple[str | int, ...], part: Any, value: Any, *, required: bool
) -> Iterator[Argument]:
    inner, passes = stripped(part)
    yield Argument(component, index, place, inner, passes, required)
    if is_typeddict(inner):
        yield from _arguments(component, index, place, inner, value)
    elif isinstance(value, list):
        # One item stands for all.
        yield from _argument(component, index, (*place, 0), get_args(inner)[0], value[0], required=True)


def stripped(annotation: Any) -> tuple[Any, bool]:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (NotRequired, Required):
        return stripped(parts[0])
    if origin is Union:
        return next(get_args(part)[0] for part in parts if get_origin(part) is Awaitable), True
    return annotation, False


def lookup(token: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """An existing network with a GatewaySubnet that fits."""
    if token == "azure-native:authorization:getClientConfig":
        return {"subscriptionId": SUBSCRIPTION}
    if token == "azure-native:network:getVirtualNetwork":
        return {"id": NETWORK}
    assert token == "azure-native:network:getSubnet"
    return {"addressPrefix": "10.0.255.0/26"}


def deploy(component: str, given: Callable[[], Any], *, preview: bool = False) -> Recording:
    return record(lambda: getattr(components, component)("it", given()), lookup=lookup, preview=preview)


def refused(argument: Argument, value: Callable[[], Any]) -> str:
    """The one clean sentence on a value; the argument is named in it, and nothing secret is."""
    with pytest.raises(pulumi.RunError) as stopped:
        argument.run(value)
    text = str(stopped.value)
    assert argument.path in text or argument.field in text
    assert "Planted" not in text
    return text


def not_known() -> pulumi.Output[Any]:
    def future(value: Any) -> asyncio.Future[Any]:
        made: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
        made.set_result(value)
        return made

    return pulumi.Output(set(), future(None), future(False))


def of_another_type(argument: Argument) -> Any:
    return {"a": "map"} if argument.kind is str else ["a list"] if not isinstance(argument.value, list) else "a text"


def inputs(recording: Recording) -> list[tuple[str, str, Any, frozenset[str]]]:
    """What Azure is given, and what waits for what; the order of what does not wait for each other is not said."""
    return sorted(
        ((r.type, r.name, r.inputs, r.dependencies) for r in recording.resources if r.custom), key=lambda one: one[:2]
    )


ALL = list(arguments())
PASSING = [argument for argument in ALL if argument.passes]
PLAIN = [argument for argument in ALL if not argument.passes]


def test_every_argument_is_in_an_example() -> None:
    def fields(kind: Any) -> Iterator[tuple[str, str]]:
        for name, part in kind.__annotations__.items():
            yield kind.__name__, name
            inner, _ = stripped(part)
            inner = get_args(inner)[0] if get_origin(inner) is not None and get_args(inner) else inner
            if is_typeddict(inner):
                yield from fields(inner)

    tried: set[tuple[str, str]] = set()
    for component, examples in EXAMPLES.items():
        for example in examples:
            tried |= set(_tried(getattr(components, component).__init__.__annotations__["args"], example))
    kinds = [getattr(components, name).__init__.__annotations__["args"] for name in EXAMPLES]
    assert {field for kind in kinds for field in fields(kind)} - tried == set()


def _tried(kind: Any, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, part in kind.__annotations__.items():
        if name not in value:
            continue
        yield kind.__name__, name
        inner, _ = stripped(part)
        if is_typeddict(inner):
            yield from _tried(inner, value[name])
        elif isinstance(value[name], list) and is_typeddict(item := stripped(get_args(inner)[0])[0]):
            for one in value[name]:
                yield from _tried(item, one)


@pytest.mark.parametrize("component", EXAMPLES)
def test_the_examples_deploy(component: str) -> None:
    for example in EXAMPLES[component]:
        assert deploy(component, lambda example=example: example).resources


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_an_output_that_is_known_is_as_good_as_its_value(argument: Argument) -> None:
    plain = argument.run(lambda: argument.value)
    known = argument.run(lambda: pulumi.Output.from_input(argument.value))
    assert inputs(known) == inputs(plain)


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_a_secret_output_makes_nothing_else_secret(argument: Argument) -> None:
    plain, secret = argument.run(lambda: argument.value), argument.run(lambda: pulumi.Output.secret(argument.value))
    assert unveiled(inputs(secret)) == unveiled(inputs(plain))
    more = secrets_in(inputs(secret)) - secrets_in(inputs(plain))
    # What is made of an id, such as a name in it, is as secret as the id.
    assert argument.field.endswith("_id") or all(mentions(value, argument.value) for value in more), more


def unveiled(value: Any) -> Any:
    if isinstance(value, Secret):
        return unveiled(value.value)
    if isinstance(value, dict):
        return {key: unveiled(item) for key, item in value.items()}
    return type(value)(map(unveiled, value)) if isinstance(value, list | tuple) else value


def secrets_in(value: Any) -> set[str]:
    if isinstance(value, Secret):
        return {repr(value.value)}
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {found for item in inside for found in secrets_in(item)}


def mentions(found: str, value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return all(str(part) in found for part in parts)


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_an_output_that_is_not_known_yet_is_left_for_later(argument: Argument) -> None:
    plain, later = (inputs(argument.run(value, preview=True)) for value in (lambda: argument.value, not_known))
    for (*known, with_value, _), (*same, without, _) in zip(plain, later, strict=True):
        assert known == same
        assert with_value.keys() <= without.keys()
        for key, value in without.items():
            assert with_value[key] == value or UNKNOWN in repr(value), (known, key)


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_an_output_of_another_type_is_one_clean_sentence(argument: Argument) -> None:
    refused(argument, lambda: pulumi.Output.from_input(of_another_type(argument)))


@pytest.mark.parametrize("argument", PASSING, ids=str)
def test_an_output_that_a_rule_refuses_fails_with_the_sentence_of_the_plain_value(argument: Argument) -> None:
    wrong = WRONG.get(argument.field)
    if wrong is None:
        assert argument.field in NOT_JUDGED
        return
    wrong = [wrong] if isinstance(argument.value, list) else wrong
    now, later = (refused(argument, make) for make in (lambda: wrong, lambda: pulumi.Output.from_input(wrong)))
    assert later.splitlines()[1:]
    assert set(later.splitlines()[1:]) <= set(now.splitlines()[1:])


@pytest.mark.parametrize("argument", PLAIN, ids=str)
def test_an_output_where_the_layout_is_decided_is_one_clean_sentence(argument: Argument) -> None:
    for make in (lambda: pulumi.Output.from_input(argument.value), not_known):
        assert f"{argument.path}: decides what is made" in refused(argument, make)


@pytest.mark.parametrize("argument", ALL, ids=str)
def test_none_is_absent_or_missing(argument: Argument) -> None:
    def run() -> Recording:
        return argument.run(lambda: None)

    if not argument.required:
        without = copy.deepcopy(argument.given(None))
        holder: Any = without
        for step in argument.place[:-1]:
            holder = holder[step]
        del holder[argument.place[-1]]
        try:
            expected: Any = inputs(deploy(argument.component, lambda: without))
        except pulumi.RunError as stopped:
            expected = str(stopped)
        try:
            found: Any = inputs(run())
        except pulumi.RunError as stopped:
            found = str(stopped)
        assert found == expected
        return
    assert "is missing" in (text := refused(argument, lambda: None)) or "is nothing" in text


@pytest.mark.parametrize("argument", ALL, ids=str)
def test_a_wrong_type_is_one_clean_sentence(argument: Argument) -> None:
    text = refused(argument, lambda: of_another_type(argument))
    assert f"{argument.path}: is " in text


@pytest.mark.parametrize("component", EXAMPLES)
@pytest.mark.parametrize("given", [None, "a text", ["a list"], 7])
def test_arguments_that_are_no_map_are_one_clean_sentence(component: str, given: Any) -> None:
    with pytest.raises(pulumi.RunError, match="a map of"):
        deploy(component, lambda: given)
