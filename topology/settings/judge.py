"""How the parts of one network fit together: Azure's rules applied to the settings, and the network's own.

Every function yields all problems it finds, each with the path of the setting to change.
"""

from collections.abc import Iterator, Mapping, Sequence

from components.rules import (
    Problem,
    bastion,
    did_you_mean,
    prefixes,
    rule,
    security,
    service_tags,
)
from components.rules import subnets as subnet_rules

from .judge_edge import carried, edge_problems
from .judge_existing import existing_problems
from .judge_names import name_problems
from .judge_parts import part_problems
from .judge_secrets import secret_problems
from .judge_side_by_side import express_route_problems, vpn_problems
from .judge_spokes import spoke_problems
from .judge_subscriptions import subscription_problems
from .model import Settings
from .model_network import SOURCE_WORDS, Network, Spoke
from .values import Refusal, prefix

NSG_04 = rule(
    "NSG-04",
    "an allowed source is a word, a tier of this network, a prefix, a service tag or an application security group",
    "this project: topology.settings.model",
)


def parts(
    settings: Settings, secrets: Mapping[str, Mapping[str, str | None] | None] | None = None, subscription: str = ""
) -> list[Problem]:
    """Every problem of the settings' parts and of how they fit together, but for the failover, each once.

    secrets, subscription: as for `topology.reading.read`.
    """
    problems = [
        *name_problems(settings),
        *existing_problems(settings),
        *part_problems(settings),
        *_addresses(settings),
        *spoke_problems(settings),
        *_default_route(settings),
        *_let_in(settings),
        *_allowed_traffic(settings),
        *express_route_problems(settings),
        *vpn_problems(settings),
        *edge_problems(settings),
        *subscription_problems(settings, secrets, subscription),
    ]
    if secrets is not None:
        problems += secret_problems(settings, secrets)
    # Of an on-premises prefix that is the network's own one rule speaks, though it is a static route too.
    own = {("VPN-17", problem.path) for problem in problems if problem.rule == "FAIL-07"}
    # Of two items of one name what both would make has one name, too.
    own |= {("NAME-05", problem.path.removesuffix(".name")) for problem in problems if problem.rule == "NAME-01"}
    return [p for p in dict.fromkeys(problems) if (p.rule, p.path) not in own]


def _addresses(settings: Settings) -> Iterator[Problem]:
    network = settings.network
    subnets = {"network.gatewaySubnet": network.gateway_subnet}
    if network.management and network.management.bastion_subnet:
        subnets["network.management.bastionSubnet"] = network.management.bastion_subnet
    subnets |= {f"network.tiers[{index}].subnet": tier.subnet for index, tier in enumerate(network.tiers)}
    yield from subnet_rules.apart(subnets)
    yield from prefixes.on_premises(
        "onPremises.prefixes", settings.on_premises.prefixes, network.address_space, space_path="network.addressSpace"
    )


def _default_route(settings: Settings) -> Iterator[Problem]:
    """No default route reaches Bastion's subnet."""
    if settings.network.management and settings.network.management.bastion_subnet:
        lists = {
            "onPremises.prefixes": settings.on_premises.prefixes,
            **dict(carried(settings)),
        } | {f"vpn.sites[{index}].prefixes": site.prefixes or [] for index, site in enumerate(settings.vpn.sites)}
        for path, announced in lists.items():
            yield from bastion.default_route(path, announced, "network.management.bastionSubnet")


def _let_in(settings: Settings) -> Iterator[Problem]:
    """Bastion reaches some machine [BAS-10]."""
    management, tiers = settings.network.management, settings.network.tiers
    # What a subnet that is there already lets in is not known.
    if management is None or not tiers or not management.sources or any(tier.existing for tier in tiers):
        return
    allowed = [
        (source, allowed)
        for tier in tiers
        for allowed in tier.allow
        for name in allowed.sources
        for source in settings.source_prefixes(name)
    ]
    (bastions,) = management.sources
    if not any(
        bastions.subnet_of(source) and bastion.lets_in(one.ports, one.protocol, management.bastion_sku)
        for source, one in allowed
    ):
        yield bastion.BAS_10(
            "network.management",
            "Bastion reaches no machine: no tier allows port 22 or 3389 from `management`; allow it in a tier, or do "
            "without Bastion",
        )


def _allowed_traffic(settings: Settings) -> Iterator[Problem]:
    yield from _allowed_in(settings, "network", settings.network)
    for index, spoke in enumerate(settings.network.spokes):
        yield from _allowed_in(settings, f"network.spokes[{index}]", spoke)


def _allowed_in(settings: Settings, at: str, network: Network | Spoke) -> Iterator[Problem]:
    tiers = [tier.name for tier in network.tiers]
    known = (*SOURCE_WORDS, *tiers)
    for index, tier in enumerate(network.tiers):
        for number, allowed in enumerate(tier.allow):
            for position, source in enumerate(allowed.sources):
                path = f"{at}.tiers[{index}].allow[{number}].sources[{position}]"
                if source == "management" and settings.network.management is None:
                    yield NSG_04(
                        path,
                        "network.management is not set, so nobody manages from there; set it or remove this",
                    )
                elif source in known or settings.is_prefix(source) or source.startswith("/"):
                    continue
                elif service_tags.is_tag(source):
                    if (alike := source[0].lower() + source[1:]) in known or (alike := source.lower()) in known:
                        what = "a tier of this network" if alike in tiers else "this project's word"
                        yield NSG_04(
                            path,
                            f"{source} is a service tag of Azure's, and {alike} {what}; write "
                            f"{service_tags.EXPLICIT}{source} for the tag, or {alike}: did you mean {alike}?",
                        )
                elif source == security.ANY:
                    yield NSG_04(path, "* is no source; write 0.0.0.0/0 for every address, or Internet")
                else:
                    yield NSG_04(path, _no_source(source, known))


def _no_source(source: str, known: Sequence[str]) -> str:
    """Why a source stands for nothing, and what may be meant."""
    if "/" in source:
        try:
            prefix(source)
        except Refusal as refusal:
            return str(refusal)
    near = did_you_mean(source, known) or service_tags.meant(source)
    return f"{source!r} is neither a prefix nor one of {', '.join(known)}{near}"
