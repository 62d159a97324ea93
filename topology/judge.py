"""How the parts of one network fit together: Azure's rules applied to the settings, and the network's own.

Every function yields all problems it finds, each with the path of the setting to change.
"""

from collections.abc import Iterator, Mapping, Sequence

from components.rules import Problem, limits, names, prefixes, routes, rule, security, unique
from components.rules import subnets as subnet_rules
from components.rules.names import NAME_01

from .judge_express_route import express_route_problems
from .judge_secrets import secret_problems
from .judge_vpn import vpn_problems
from .model import Settings, UserRoute
from .network import network
from .requirement import failover_problems
from .values import SET_02

NSG_04 = rule(
    "NSG-04",
    "an allowed source is a word, a tier of this network or a prefix",
    "this project: topology.model",
)

SOURCE_WORDS = ("virtualNetwork", "onPremises", "management")
"""Words for sources of allowed traffic; anything else is a tier's name or a prefix."""


def parts(settings: Settings, secrets: Mapping[str, Mapping[str, str | None] | None] | None = None) -> list[Problem]:
    """Every problem of the settings' parts and of how they fit together, but for the failover, each once.

    secrets: as for `topology.reading.read`.
    """
    problems = [
        *_names(settings),
        *_addresses(settings),
        *_routes(settings),
        *_allowed_traffic(settings),
        *express_route_problems(settings),
        *vpn_problems(settings),
    ]
    if secrets is not None:
        problems += secret_problems(settings, secrets)
    return list(dict.fromkeys(problems))


def failover(possible: Sequence[Settings]) -> list[Problem]:
    """Every problem of the failover; none where settings that may be meant have different routes."""
    first, *others = possible
    if others and any((network(one), one.failover) != (network(first), first.failover) for one in others):
        return []
    return failover_problems(first)


def _names(settings: Settings) -> Iterator[Problem]:
    lists = {
        "network.tiers": ("the tier", settings.network.tiers),
        "expressRoute.circuits": ("the circuit", settings.express_route.circuits),
        "vpn.sites": ("the site", settings.vpn.sites),
    }
    for path, (what, items) in lists.items():
        yield from unique(path, what, (item.name for item in items), NAME_01)
    if settings.resource_group.name is not None:
        yield from names.resource_group("resourceGroup.name", settings.resource_group.name)
    yield from names.tags("tags", settings.tags)
    if settings.network.existing:
        yield from names.resource_id("network.existing.id", settings.network.existing.id, ["virtualNetworks"])


def _addresses(settings: Settings) -> Iterator[Problem]:
    network = settings.network
    subnets = {"network.gatewaySubnet": network.gateway_subnet}
    if network.management:
        subnets["network.management.bastionSubnet"] = network.management.bastion_subnet
    subnets |= {f"network.tiers[{index}].subnet": tier.subnet for index, tier in enumerate(network.tiers)}
    yield from subnet_rules.address_space("network.addressSpace", network.address_space)
    yield from limits.virtual_network_prefixes("network.addressSpace", len(network.address_space))
    yield from subnet_rules.subnets(network.address_space, subnets, "network.addressSpace")
    adopted = network.existing is not None and network.existing.gateway_subnet == "adopt"
    for problem in subnet_rules.gateway_subnet(
        "network.gatewaySubnet",
        network.gateway_subnet,
        express_route_sku=settings.express_route.gateway.sku,
        vpn=True,
        circuits=sum(circuit.connect != "never" for circuit in settings.express_route.circuits),
    ):
        if not (adopted and problem.severity == "warning"):
            yield problem
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
    yield from routes.dns("network.dnsServers", [str(server) for server in network.dns_servers])
    yield from limits.dns_servers("network.dnsServers", len(network.dns_servers))
    yield from prefixes.on_premises(
        "onPremises.prefixes", settings.on_premises.prefixes, network.address_space, "network.addressSpace"
    )


def _routes(settings: Settings) -> Iterator[Problem]:
    network = settings.network
    path = "network.gatewaySubnetRoutes"
    yield from _table(path, network.gateway_subnet_routes)
    for index, route in enumerate(network.gateway_subnet_routes):
        yield from routes.gateway_subnet_route(
            f"{path}[{index}].prefix",
            route.prefix,
            route.next_hop_type,
            network.gateway_subnet,
            "network.gatewaySubnet",
        )
    for number, tier in enumerate(network.tiers):
        path = f"network.tiers[{number}].routes"
        yield from _table(path, tier.routes)
        for index, route in enumerate(tier.routes):
            yield from routes.internet_route(
                f"{path}[{index}].nextHopType", route.prefix, route.next_hop_type, outbound=tier.internet_outbound
            )
    if network.management:
        lists = {
            "onPremises.prefixes": settings.on_premises.prefixes,
            "expressRoute.prefixes": settings.express_route.prefixes or [],
        } | {f"vpn.sites[{index}].prefixes": site.prefixes or [] for index, site in enumerate(settings.vpn.sites)}
        for path, announced in lists.items():
            yield from routes.bastion_default_route(path, announced, "network.management.bastionSubnet")


def _table(path: str, table: list[UserRoute]) -> Iterator[Problem]:
    for index, route in enumerate(table):
        if route.next_hop_type == "VirtualAppliance" and route.next_hop_address is None:
            yield SET_02(f"{path}[{index}]", "nextHopType VirtualAppliance needs a nextHopAddress, the appliance's")
        elif route.next_hop_type != "VirtualAppliance" and route.next_hop_address is not None:
            yield SET_02(
                f"{path}[{index}].nextHopAddress",
                f"goes only with nextHopType VirtualAppliance, here it is {route.next_hop_type}; remove it",
            )
    yield from routes.table(path, [route.name for route in table], [route.prefix for route in table])


def _allowed_traffic(settings: Settings) -> Iterator[Problem]:
    tiers = [tier.name for tier in settings.network.tiers]
    for index, tier in enumerate(settings.network.tiers):
        sources = 0
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
                else:
                    sources += len(settings.source_prefixes(source))
        yield from security.allowed(f"network.tiers[{index}].allow", len(tier.allow), sources)
