"""How the parts of one network fit together: Azure's rules applied to the settings, and the network's own.

Every function yields all problems it finds, each with the path of the setting to change.
"""

from collections.abc import Iterator, Mapping

from components.rules import Problem, rule, unique
from components.rules import gateways as gateway_rules
from components.rules import subnets as subnet_rules
from components.rules.gateways import NAME_01

from .model import Settings

KEY_01 = rule("KEY-01", "every VPN site has a pre-shared key, in the secret map vpnSharedKeys", "this project: README")
KEY_02 = rule("KEY-02", "a secret's name is that of a site or circuit", "this project: README", "warning")
NSG_04 = rule(
    "NSG-04",
    "an allowed source is a word, a tier of this network or a prefix",
    "this project: topology.model",
)

SOURCE_WORDS = ("virtualNetwork", "onPremises", "management")
"""Words for sources of allowed traffic; anything else is a tier's name or a prefix."""


def judge(settings: Settings, secret_names: Mapping[str, set[str]] | None = None) -> list[Problem]:
    """Every problem of settings that were read. secret_names: as for `topology.reading.read`."""
    problems = [
        *_names(settings),
        *_addresses(settings),
        *_gateways(settings),
        *_allowed_sources(settings),
    ]
    if secret_names is not None:
        problems += _secrets(settings, secret_names)
    return problems


def _names(settings: Settings) -> Iterator[Problem]:
    lists = {
        "network.tiers": ("the tier", settings.network.tiers),
        "expressRoute.circuits": ("the circuit", settings.express_route.circuits),
        "vpn.sites": ("the site", settings.vpn.sites),
    }
    for path, (what, items) in lists.items():
        yield from unique(path, what, (item.name for item in items), NAME_01)


def _addresses(settings: Settings) -> Iterator[Problem]:
    network = settings.network
    subnets = {"network.gatewaySubnet": network.gateway_subnet}
    if network.management:
        subnets["network.management.bastionSubnet"] = network.management.bastion_subnet
    subnets |= {f"network.tiers[{index}].subnet": tier.subnet for index, tier in enumerate(network.tiers)}
    yield from subnet_rules.address_space("network.addressSpace", network.address_space)
    yield from subnet_rules.subnets(network.address_space, subnets, "network.addressSpace")
    yield from subnet_rules.gateway_subnet(
        "network.gatewaySubnet",
        network.gateway_subnet,
        express_route_sku=settings.express_route.gateway.sku,
        vpn=True,
        circuits=len(settings.express_route.circuits),
    )
    if network.management:
        yield from subnet_rules.bastion_subnet("network.management.bastionSubnet", network.management.bastion_subnet)
    for index, tier in enumerate(network.tiers):
        if tier.load_balancer:
            path = f"network.tiers[{index}]"
            yield from subnet_rules.host_address(
                f"{path}.loadBalancer.frontendAddress",
                tier.load_balancer.frontend_address,
                tier.subnet,
                f"{path}.subnet",
            )


def _gateways(settings: Settings) -> Iterator[Problem]:
    gateway = settings.express_route.gateway
    yield from gateway_rules.express_route_gateway(
        "expressRoute.gateway", gateway.sku, gateway.min_scale_units, gateway.max_scale_units
    )
    for index, circuit in enumerate(settings.express_route.circuits):
        if circuit.fast_path:
            path = f"expressRoute.circuits[{index}].fastPath"
            yield from gateway_rules.fast_path(path, gateway.sku, gateway.min_scale_units)
    yield from gateway_rules.vpn_gateway("vpn.gateway", settings.vpn.gateway.sku, settings.vpn.gateway.generation)


def _allowed_sources(settings: Settings) -> Iterator[Problem]:
    tiers = [tier.name for tier in settings.network.tiers]
    for index, tier in enumerate(settings.network.tiers):
        for number, allowed in enumerate(tier.allow):
            for position, source in enumerate(allowed.sources):
                path = f"network.tiers[{index}].allow[{number}].sources[{position}]"
                if source == "management" and settings.network.management is None:
                    yield NSG_04(
                        path,
                        "network.management is not set, so nobody manages from there; set it or remove this",
                    )
                elif source not in (*SOURCE_WORDS, *tiers) and not settings.is_prefix(source):
                    words = ", ".join((*SOURCE_WORDS, *tiers))
                    yield NSG_04(path, f"{source!r} is neither a prefix nor one of {words}")


def _secrets(settings: Settings, secret_names: Mapping[str, set[str]]) -> Iterator[Problem]:
    keys = secret_names.get("vpnSharedKeys", set())
    for index, site in enumerate(settings.vpn.sites):
        if site.name not in keys:
            command = f"pulumi config set --secret --path 'vpnSharedKeys.{site.name}' KEY"
            yield KEY_01(f"vpn.sites[{index}]", f"site {site.name!r} has no shared key; run: {command}")
    circuits = settings.express_route.circuits
    owners = {
        "vpnSharedKeys": {site.name for site in settings.vpn.sites},
        "circuitAuthorizationKeys": {circuit.name for circuit in circuits if circuit.existing},
        "peeringSharedKeys": {circuit.name for circuit in circuits if circuit.private_peering},
    }
    for key, names in owners.items():
        for extra in sorted(secret_names.get(key, set()) - names):
            yield KEY_02(
                f"{key}.{extra}",
                f"is used by nothing; {key} names {', '.join(sorted(names)) or 'nothing'} here",
            )
