"""Names: what a part may be called, and that no two things of one stack have one name; names of tags."""

from collections.abc import Iterator

from components.rules import Problem, did_you_mean, names, rule, unique
from components.rules.names import NAME_01

from .made import Made, made
from .model import Settings
from .model_network import SOURCE_WORDS
from .names import GROUP, in_id, spoke_group

NAME_05 = rule(
    "NAME-05",
    "no two things that a stack makes have one name, in Azure (where case does not count) or in Pulumi",
    "Azure Resource Manager: resource ids; Pulumi: URNs",
)
NAME_06 = rule(
    "NAME-06",
    "a tier is not called like a word of `sources`",
    "this project: topology.settings.model",
)
NAME_07 = rule(
    "NAME-07",
    "`names` names what this stack makes",
    "this project: topology.settings.model",
)


def name_problems(settings: Settings) -> Iterator[Problem]:
    """Every problem of the names of parts, and of the physical names."""
    lists = {
        "network.tiers": ("the tier", settings.network.tiers),
        "expressRoute.circuits": ("the circuit", settings.express_route.circuits),
        "vpn.sites": ("the site", settings.vpn.sites),
        "onPremises.devices": ("the device", settings.on_premises.devices),
        "network.firewalls": ("the firewall", settings.network.firewalls),
        "network.spokes": ("the spoke", settings.network.spokes),
    }
    tiers = {"network.tiers": settings.network.tiers}
    tiers |= {f"network.spokes[{index}].tiers": one.tiers for index, one in enumerate(settings.network.spokes)}
    lists |= {path: ("the tier", items) for path, items in tiers.items()}
    for path, (what, items) in lists.items():
        yield from unique(path, what, (item.name for item in items), NAME_01)
    words = {word.lower(): word for word in SOURCE_WORDS}
    for path, items in tiers.items():
        for index, tier in enumerate(items):
            if word := words.get(tier.name.lower()):
                here = f"{path}[{index}].name"
                yield NAME_06(here, f"{tier.name} would be the word {word} among sources; rename the tier")
    yield from names.ignored_tags("ignoreTags", settings.ignore_tags, settings.tags)
    things = list(made(settings))
    yield from _own_names(settings, things)
    yield from _apart(things)
    yield from _groups(settings)


def _own_names(settings: Settings, things: list[Made]) -> Iterator[Problem]:
    """Each own name is one that Azure takes, of something that is made."""
    known = {thing.own: thing for thing in things if thing.own}
    for path, name in _given(settings):
        thing = known.get(path)
        if thing is None:
            near = did_you_mean(path, known)
            yield NAME_07(path, f"names nothing that this stack makes{near or '; remove it'}")
        elif thing.kind == "subnets":
            yield from names.subnet(path, name)
        elif thing.kind == "virtualNetworks":
            yield from names.resource(path, name, names.MAX_NETWORK_NAME)
        else:
            yield from names.resource(path, name)


def _given(settings: Settings) -> Iterator[tuple[str, str]]:
    """The own names, with their paths."""
    for key, value in settings.names.model_dump(by_alias=True).items():
        if isinstance(value, dict):
            # Empty is what could not be read, which is told already.
            yield from ((f"names.{key}.{part}", name) for part, name in value.items() if name)
        elif isinstance(value, list):
            yield from ((f"names.{key}[{index}]", name) for index, name in enumerate(value))
        elif value is not None:
            yield f"names.{key}", value


def _apart(things: list[Made]) -> Iterator[Problem]:
    """No two things have one name, in Azure or in Pulumi."""
    in_azure: dict[tuple[str, ...], Made] = {}
    in_pulumi: dict[tuple[str, ...], Made] = {}
    for thing in things:
        other = in_azure.setdefault((thing.kind, thing.scope.lower(), thing.name.lower()), thing)
        if other is not thing:
            own = [one.own for one in (thing, other) if one.own]
            way_out = f"or give one a name of its own: {' or '.join(own)}" if own else ""
            yield NAME_05(
                thing.path,
                f"makes {thing.name} of {thing.kind}, and so does {other.path}; rename one, {way_out}".rstrip(", "),
            )
        # Below two components of one type Pulumi tells resources apart by their names alone.
        other = in_pulumi.setdefault((thing.component, thing.kind, thing.logical), thing)
        if other is not thing:
            yield NAME_05(
                thing.path, f"is {thing.logical} in Pulumi's state, and so is {other.path}; rename one of the two"
            )


def _groups(settings: Settings) -> Iterator[Problem]:
    """No two resource groups that are made have one name, in Azure or in Pulumi."""
    made = {("", settings.resource_group_name.lower()): "resourceGroup"}
    for index, spoke in enumerate(settings.network.spokes):
        group, path = spoke_group(settings, spoke), f"network.spokes[{index}]"
        if group is None:
            continue
        if spoke.name == GROUP:
            yield NAME_05(
                f"{path}.name", f"its resource group is {GROUP} in Pulumi's state, as the stack's own is; rename it"
            )
        elif not group.existing:
            subscription = in_id(spoke.existing.id, "subscriptions") if spoke.existing else spoke.subscription
            other = made.setdefault(((subscription or "").lower(), (group.name or "").lower()), path)
            if other != path:
                yield NAME_05(
                    f"{path}.resourceGroup",
                    f"makes {group.name} of resourceGroups, and so does {other}; take another name, or say existing: "
                    "true where that one is there first",
                )
