"""How the parts of one network fit together: Azure's rules applied to the settings, and the network's own.

Every function yields all problems it finds, each with the path of the setting to change.
"""

from collections.abc import Iterator, Mapping

from components.rules import Problem, did_you_mean, prefixes, routes, rule, security, service_tags
from components.rules import subnets as subnet_rules

from .judge_express_route import express_route_problems
from .judge_names import name_problems
from .judge_parts import part_problems
from .judge_secrets import secret_problems
from .judge_vpn import vpn_problems
from .model import SOURCE_WORDS, Settings

NSG_04 = rule(
    "NSG-04",
    "an allowed source is a word, a tier of this network, a prefix, a service tag or an application security group",
    "this project: topology.settings.model",
)


def parts(settings: Settings, secrets: Mapping[str, Mapping[str, str | None] | None] | None = None) -> list[Problem]:
    """Every problem of the settings' parts and of how they fit together, but for the failover, each once.

    secrets: as for `topology.reading.read`.
    """
    problems = [
        *name_problems(settings),
        *part_problems(settings),
        *_addresses(settings),
        *_default_route(settings),
        *_allowed_traffic(settings),
        *express_route_problems(settings),
        *vpn_problems(settings),
    ]
    if secrets is not None:
        problems += secret_problems(settings, secrets)
    # Of an on-premises prefix that is the network's own one rule speaks, though it is a static route too.
    own = {problem.path for problem in problems if problem.rule == "FAIL-07"}
    return [p for p in dict.fromkeys(problems) if not (p.rule == "VPN-17" and p.path in own)]


def _addresses(settings: Settings) -> Iterator[Problem]:
    network = settings.network
    subnets = {"network.gatewaySubnet": network.gateway_subnet}
    if network.management:
        subnets["network.management.bastionSubnet"] = network.management.bastion_subnet
    subnets |= {f"network.tiers[{index}].subnet": tier.subnet for index, tier in enumerate(network.tiers)}
    yield from subnet_rules.apart(subnets)
    yield from prefixes.on_premises(
        "onPremises.prefixes", settings.on_premises.prefixes, network.address_space, space_path="network.addressSpace"
    )


def _default_route(settings: Settings) -> Iterator[Problem]:
    """No default route reaches Bastion's subnet."""
    if settings.network.management:
        lists = {
            "onPremises.prefixes": settings.on_premises.prefixes,
            "expressRoute.prefixes": settings.express_route.prefixes or [],
        } | {f"vpn.sites[{index}].prefixes": site.prefixes or [] for index, site in enumerate(settings.vpn.sites)}
        for path, announced in lists.items():
            yield from routes.bastion_default_route(path, announced, "network.management.bastionSubnet")


def _allowed_traffic(settings: Settings) -> Iterator[Problem]:
    tiers = [tier.name for tier in settings.network.tiers]
    words = ", ".join((*SOURCE_WORDS, *tiers))
    for index, tier in enumerate(settings.network.tiers):
        for number, allowed in enumerate(tier.allow):
            for position, source in enumerate(allowed.sources):
                path = f"network.tiers[{index}].allow[{number}].sources[{position}]"
                if source == "management" and settings.network.management is None:
                    yield NSG_04(
                        path,
                        "network.management is not set, so nobody manages from there; set it or remove this",
                    )
                elif source in (*SOURCE_WORDS, *tiers) or settings.is_prefix(source) or source.startswith("/"):
                    continue
                elif service_tags.is_tag(source):
                    if source.lower() in tiers:
                        yield NSG_04(
                            path,
                            f"{source} is a service tag of Azure's, and {source.lower()} a tier of this network; write "
                            f"{service_tags.EXPLICIT}{source} for the tag, or {source.lower()} for the tier",
                        )
                elif source == security.ANY:
                    yield NSG_04(path, "* is no source; write 0.0.0.0/0 for every address, or Internet")
                else:
                    near = did_you_mean(source, (*SOURCE_WORDS, *tiers)) or service_tags.meant(source)
                    yield NSG_04(path, f"{source!r} is neither a prefix nor one of {words}{near}")
