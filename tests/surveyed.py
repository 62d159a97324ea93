"""A network there and back: deployed on the simulated Azure, surveyed, and held against the settings it came from."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from components.rules import gateways, security, service_tags
from operations.survey.collect import collect
from operations.survey.describe import describe
from operations.survey.found import Survey
from tests.live_network import LiveNetwork
from topology.reading import read
from topology.settings.made import made
from topology.settings.model import Settings
from topology.settings.model_network import Spoke
from topology.settings.names import Names

Json = dict[str, Any]
PROVIDERS_OWN = {"provisioned_at_once": True}


def surveyed(network: LiveNetwork, **options: Any) -> Survey:
    """What `python -m operations survey` finds."""
    return describe(collect(network.azure, network.live.network, lambda text: None), **options)


def settings_of(survey: Survey) -> Settings:
    """The settings of a survey, read as a stack's file is."""
    settings, problems = read(survey.values)
    assert settings is not None, [str(problem) for problem in problems]
    return settings


def comparable(settings: Settings) -> Json:
    """The settings without what `operations.survey.unknown` lists, and in one form where there are several."""
    known = settings.model_dump(mode="json")
    for name in ("protect", "serialize_gateways", "ignore_tags", "failover"):
        del known[name]
    known["location"] = settings.location.replace(" ", "").lower()
    known["resource_group"] = settings.resource_group_name
    known["on_premises"] = None
    management = settings.network.management
    known["zones"] = sorted(settings.zones_of_new or ()) if management and management.bastion_subnet else None
    known["names"] = _names(settings)
    network = known["network"]
    del network["firewalls"]
    if network["existing"]:
        network["existing"] = settings.network.existing.id.lower() if settings.network.existing else ""
    network["tiers"] = _tiers(settings, None)
    for spoke, said in zip(settings.network.spokes, network["spokes"], strict=True):
        said["tiers"] = _tiers(settings, spoke)
        said["resource_group"] = None
    network["spokes"].sort(key=lambda one: one["name"])
    _circuits(settings, known["express_route"])
    _sites(settings, known["vpn"])
    return known


def _names(settings: Settings) -> list[str]:
    names = Names(settings)
    sites, circuits = settings.vpn.sites, settings.express_route.circuits
    return sorted(
        [
            *(names.virtual_network for _ in [0] if not settings.network.existing),
            *(name for name in names.gateways),
            *(names.local_network_gateway(site.name) for site in sites),
            *(names.site_connection(site.name) for site in sites),
            *(names.circuit(one.name) for one in circuits if not one.existing),
            *(names.maintenance(window) for window in settings.maintenance.windows),
            *(one.name for one in made(settings) if one.component == "Monitoring"),
        ]
    )


def _tiers(settings: Settings, spoke: Spoke | None) -> list[Json]:
    found = []
    for tier in (spoke or settings.network).tiers:
        said = tier.model_dump(mode="json")
        for allowed, kept in zip(tier.allow, said["allow"], strict=True):
            prefixes = [prefix for source in allowed.sources for prefix in settings.source_prefixes(source, spoke)]
            tags = [one for one in allowed.sources if service_tags.is_tag(one) or one.startswith("/")]
            kept["sources"] = sorted([*map(str, security.apart(prefixes)), *tags])
            if allowed.protocol in security.WITHOUT_PORTS:
                kept["ports"] = [security.ANY]
        if tier.load_balancer:
            balancer = tier.load_balancer
            said["load_balancer"]["backend_port"] = balancer.backend_port or balancer.port
            new = settings.new_zones((spoke and spoke.location) or settings.location)
            said["load_balancer"]["zones"] = sorted((new if balancer.zones is None else balancer.zones) or ())
        found.append(said)
    return sorted(found, key=lambda one: one["name"])


def _circuits(settings: Settings, known: Json) -> None:
    del known["prefixes"]
    found = []
    for circuit, said in zip(settings.express_route.circuits, known["circuits"], strict=True):
        for name in ("connect", "local_preference"):
            del said[name]
        if circuit.existing and not circuit.connects:
            continue
        said["prefixes"] = list(map(str, sorted(settings.circuit_prefixes(circuit))))
        if not circuit.connects:
            said |= {"prefixes": None, "routing_weight": None, "fast_path": None, "prepend": None}
            said["private_peering"] = None
        if circuit.existing:
            said |= {"tier": None, "family": None, "peering_location": None}
        if circuit.port:
            said["peering_location"] = None
        said["authorizations"].sort()
        found.append(said)
    known["circuits"] = sorted(found, key=lambda one: one["name"])


def _sites(settings: Settings, known: Json) -> None:
    del known["ipsec_policy"]
    for site, said in zip(settings.vpn.sites, known["sites"], strict=True):
        del said["local_preference"]
        said["prefixes"] = list(map(str, sorted(settings.site_prefixes(site))))
        said["ipsec_policy"] = settings.ipsec_policy(site).model_dump(mode="json")
        if site.instance is not None and site.bgp:
            said["bgp"]["gateway_addresses"] = str(site.apipa().get(site.instance))
    known["sites"].sort(key=lambda one: one["name"])
    gateway = known["gateway"]
    if not gateway["existing"]:
        new = settings.zones_of_new if gateway["zones"] is None else gateway["zones"]
        gateway["zones"] = sorted(new or ())
        gateway["generation"] = gateway["generation"] or gateways.default_generation(gateway["sku"])


def differences(first: Any, second: Any, path: str = "") -> list[str]:
    """Where two such forms differ."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        keys = [*first, *(key for key in second if key not in first)]
        return [
            line
            for key in keys
            for line in differences(first.get(key), second.get(key), f"{path}.{key}" if path else str(key))
        ]
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        pairs = enumerate(zip(first, second, strict=True))
        return [line for index, (one, other) in pairs for line in differences(one, other, f"{path}[{index}]")]
    return [] if first == second else [f"{path}: {first} became {second}"]


def paths_of(model: type[BaseModel], start: str = "") -> Iterator[str]:
    """The path of each setting, as a stack's file has it; the tiers of a spoke are those of the hub."""
    for name, field in model.model_fields.items():
        path = f"{start}.{to_camel(name)}" if start else to_camel(name)
        inner, listed = _model_in(field.annotation)
        if inner is None:
            yield path
        elif path != "network.spokes[].tiers":
            yield from paths_of(inner, f"{path}[]" if listed else path)


def _model_in(annotation: Any, *, listed: bool = False) -> tuple[type[BaseModel] | None, bool]:
    """The model that a field's value is or holds, and whether it is a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, listed
    listed = listed or get_origin(annotation) is list
    found = (_model_in(one, listed=listed) for one in get_args(annotation))
    return next((one for one in found if one[0]), (None, False))


def said_in(values: Any, start: str = "") -> Iterator[str]:
    """The paths of all that a stack's file says."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield (path := f"{start}.{key}" if start else str(key))
            yield from said_in(value, path)
    elif isinstance(values, list):
        for value in values:
            yield from said_in(value, f"{start}[]")


SETTINGS = tuple(paths_of(Settings))
"""Every setting."""
