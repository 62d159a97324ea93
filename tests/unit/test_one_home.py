"""What the project knows once: Azure's numbers, the arguments of a part, and their defaults.

A setting is an argument of a component under the same name, or under one that `ARGUMENTS` says; its default is the
component's own, in what the component does and in what its documentation says.
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, get_args

import pytest

from appliance.constants import IKE_LIFE_SECONDS
from components.application_tier import AllowArgs, LoadBalancerArgs, TierInHubArgs
from components.express_route_circuit import ExpressRouteCircuitArgs, PrivatePeeringArgs
from components.express_route_gateway import CircuitConnectionArgs, ExpressRouteGatewayArgs
from components.hub_network import HubNetworkArgs
from components.hub_peering import PeeringInHubArgs
from components.management import ManagementInHubArgs
from components.resource_group import ResourceGroupArgs
from components.route_table import RouteArgs
from components.rules import bastion, bgp, ipsec, routes, security
from components.spoke import SpokeArgs
from components.vpn_gateway import VpnGatewayArgs
from components.vpn_site import BgpPeerArgs, IpsecPolicyArgs, SiteAtGatewayArgs
from toolchain.locate import PROJECT
from toolchain.workspace import project_files
from topology.proof import route_tables
from topology.settings import model, model_base, model_express_route, model_network, model_vpn

PRODUCT = ("components/", "topology/", "appliance/", "lab/", "operations/")
"""Folders that share their constants; the simulator is written from Azure's documents alone."""
NUMBERS = (
    bgp.AZURE_ASN,
    bgp.MICROSOFT_ASN,
    bgp.LAST_RESERVED_ASN,
    bgp.MAX_ASN,
    ipsec.STRONG_POLICY["sa_life_time_seconds"],
    ipsec.STRONG_POLICY["sa_data_size_kilobytes"],
    route_tables.EXPRESS_ROUTE_WEIGHT,
    route_tables.VPN_WEIGHT,
    IKE_LIFE_SECONDS,
)
"""Numbers that mean one thing wherever they stand."""


@dataclass(frozen=True)
class Arguments:
    """Where a part's settings go. kinds: the components' arguments. renamed: setting -> argument. others: settings that
    are no argument of these: the part's own name, parts with arguments of their own, and what the program decides."""

    kinds: tuple[Any, ...]
    renamed: dict[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()


ARGUMENTS = {
    model_network.ResourceGroup: Arguments((ResourceGroupArgs,)),
    model_network.LoadBalancer: Arguments((LoadBalancerArgs,)),
    model_network.AllowedTraffic: Arguments((AllowArgs,), {"sources": "source_prefixes"}),
    model_network.UserRoute: Arguments((RouteArgs,)),
    model_network.Tier: Arguments((TierInHubArgs,), {"subnet": "subnet_prefix"}, ("name", "existing")),
    model_network.Management: Arguments(
        (ManagementInHubArgs,), {"bastion_subnet": "bastion_subnet_prefix", "bastion_sku": "sku"}
    ),
    model_network.ExistingNetwork: Arguments(
        (HubNetworkArgs,), {"id": "existing_network_id", "gateway_subnet": "adopt_gateway_subnet"}
    ),
    model_network.Network: Arguments(
        (HubNetworkArgs,),
        {"address_space": "address_prefixes", "gateway_subnet": "gateway_subnet_prefix"},
        ("tiers", "management", "existing", "firewalls", "spokes"),
    ),
    model_network.ExistingSpoke: Arguments((SpokeArgs,), {"id": "existing_network_id"}),
    model_network.Spoke: Arguments(
        (SpokeArgs, PeeringInHubArgs),
        {"address_space": "address_prefixes", "resource_group": "resource_group_name"},
        ("name", "existing", "subscription", "tiers"),
    ),
    model_base.ExistingGateway: Arguments((ExpressRouteGatewayArgs, VpnGatewayArgs), {"id": "existing_id"}),
    model_express_route.ExpressRouteGateway: Arguments((ExpressRouteGatewayArgs,), others=("existing",)),
    model_express_route.PrivatePeering: Arguments((PrivatePeeringArgs,)),
    model_express_route.ExistingCircuit: Arguments((ExpressRouteCircuitArgs,), {"id": "existing_id"}),
    model_express_route.DirectPort: Arguments((ExpressRouteCircuitArgs,), {"id": "port_id"}),
    model_express_route.Circuit: Arguments(
        (ExpressRouteCircuitArgs, CircuitConnectionArgs),
        others=("name", "existing", "port", "connect", "prefixes", "prepend", "local_preference"),
    ),
    model_vpn.VpnGateway: Arguments((VpnGatewayArgs,), others=("existing",)),
    model_vpn.IpsecPolicy: Arguments((IpsecPolicyArgs,)),
    model_vpn.BgpPeer: Arguments((BgpPeerArgs,)),
    model_vpn.Site: Arguments((SiteAtGatewayArgs,), others=("name", "prepend", "local_preference")),
}
OTHER_WORDS = "ExistingNetwork.gateway_subnet"
"""`create` or `adopt` in the settings, true or false in the component."""
OF_THE_NETWORK = (
    *(
        model.Settings,
        model.OnPremises,
        model_express_route.ExpressRoute,
        model_vpn.Vpn,
        model.Failover,
        model.AcceptedPrefix,
    ),
    *(
        model.OwnNames,
        model_network.Firewall,
        model_network.ExistingSubnet,
        model.Device,
        model.DeviceLan,
        model.LanCore,
    ),
)
"""Settings that hold other parts, or that only the proof reads."""


def passed_on() -> Iterator[tuple[str, Any, str]]:
    """Every setting that is an argument: its name, its field and the argument's name."""
    for part, arguments in ARGUMENTS.items():
        for name, said in part.model_fields.items():
            if name not in arguments.others:
                yield f"{part.__name__}.{name}", said, arguments.renamed.get(name) or name


def taken_by(setting: str, argument: str) -> Any:
    """The arguments of a component that have this one, or None."""
    part = next(part for part in ARGUMENTS if part.__name__ == setting.partition(".")[0])
    return next((kind for kind in ARGUMENTS[part].kinds if argument in kind.__annotations__), None)


def documented(kind: Any) -> dict[str, str]:
    """Each argument's text, of what is inherited too."""
    texts: dict[str, str] = {}
    for one in (*getattr(kind, "__orig_bases__", ()), kind):
        if one.__module__.startswith("components."):
            (body,) = ast.parse(inspect.getsource(one)).body
            assert isinstance(body, ast.ClassDef)
            for line, text in zip(body.body, body.body[1:], strict=False):
                if isinstance(line, ast.AnnAssign) and isinstance(text, ast.Expr):
                    texts[ast.unparse(line.target)] = " ".join(ast.literal_eval(text.value).split())
    return texts


def defaults(kind: Any) -> Iterator[tuple[str, Any]]:
    """What the code takes for an argument that is not given: every `.get("argument", DEFAULT)` of a plain value."""
    module = sys.modules[kind.__module__]
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        match node:
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), default]):
                if isinstance(default, ast.Constant | ast.Name | ast.Attribute | ast.List):
                    yield name, eval(compile(ast.Expression(default), module.__name__, "eval"), vars(module))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_of_azures_stands_in_one_file(number: int) -> None:
    homes = []
    for name in project_files(PROJECT):
        if not name.startswith(PRODUCT):
            continue
        text = (PROJECT / name).read_text()
        if name.endswith(".py"):
            found = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
            homes += [name] * any(type(value) is int and value == number for value in found)
        elif name.endswith(".j2"):
            homes += [name] * bool(re.search(rf"\b{number}\b", text))
    assert len(homes) == 1, f"{number} stands in {' and '.join(homes)}; import it from the first"


def test_every_part_of_the_settings_is_some_components_or_the_networks() -> None:
    modules = (model, model_base, model_express_route, model_network, model_vpn)
    parts = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__
    }
    assert parts - {model_base.Model} == {*ARGUMENTS, *OF_THE_NETWORK}


def test_every_setting_of_a_part_is_an_argument_of_its_component() -> None:
    assert [setting for setting, _, argument in passed_on() if taken_by(setting, argument) is None] == []
    for part, arguments in ARGUMENTS.items():
        assert {*arguments.renamed, *arguments.others} <= part.model_fields.keys(), part


def test_a_settings_default_is_what_the_component_takes_by_itself() -> None:
    compared = []
    for setting, said, argument in passed_on():
        # No default means all on-premises prefixes, which only the settings know.
        if said.is_required() or said.default is None or setting == OTHER_WORDS:
            continue
        for name, default in defaults(taken_by(setting, argument)):
            if name == argument:
                same = list(default) if isinstance(default, tuple) else default
                assert said.default == same, f"{setting}: {said.default}, but the component takes {default}"
                compared.append(setting)
    assert {"VpnGateway.asn", "Circuit.tier", "AllowedTraffic.protocol", "Site.dpd_timeout_seconds"} <= {*compared}
    assert model_vpn.IpsecPolicy().model_dump() == ipsec.STRONG_POLICY


def test_a_components_documentation_says_the_settings_default() -> None:
    said = []
    for setting, of_settings, argument in passed_on():
        kind = taken_by(setting, argument)
        default = of_settings.default == "adopt" if setting == OTHER_WORDS else of_settings.default
        if argument in kind.__optional_keys__ and isinstance(default, bool | int | str):
            word = str(default).lower() if isinstance(default, bool) else str(default)
            text = documented(kind)[argument]
            assert re.search(rf"\bDefault {re.escape(word)}\b", text), f"{setting}: no 'Default {word}' in {text!r}"
            said.append(setting)
    assert len(said) > 10


@pytest.mark.parametrize(
    ("part", "setting", "words"),
    [
        (model_network.AllowedTraffic, "protocol", security.PROTOCOLS),
        (model_network.Management, "bastion_sku", bastion.SKUS),
        (model_network.UserRoute, "next_hop_type", routes.NEXT_HOP_TYPES),
    ],
)
def test_a_setting_has_the_words_that_its_rule_knows(part: Any, setting: str, words: tuple[str, ...]) -> None:
    assert get_args(part.model_fields[setting].annotation) == words
