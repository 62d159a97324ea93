"""The secret keys of a network: there, used, and of a form that Azure takes. No message has one of their characters."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from components.rules import Problem, keys, rule

from .model import Settings
from .values import is_name

KEY_01 = rule(
    "KEY-01", "every VPN site has a pre-shared key, in the secret map vpnSharedKeys", "this project: docs/settings.md"
)
KEY_02 = rule("KEY-02", "a secret's name is that of a site or circuit", "this project: docs/settings.md", "warning")

_FORM: dict[str, Callable[[str, str], Iterator[Problem]]] = {
    "vpnSharedKeys": keys.shared_key,
    "peeringSharedKeys": keys.peering_key,
}


def secret_problems(settings: Settings, secrets: Mapping[str, Mapping[str, str | None] | None]) -> Iterator[Problem]:
    """Every problem of the secret maps (map -> name -> value) of these settings. None: there, and not known."""
    given = secrets.get("vpnSharedKeys", {})
    for index, site in enumerate(settings.vpn.sites):
        if given is not None and site.name not in given:
            command = f"pulumi config set --secret --path 'vpnSharedKeys.{site.name}' KEY"
            yield KEY_01(f"vpn.sites[{index}]", f"site {site.name!r} has no shared key; run: {command}")
    circuits = settings.express_route.circuits
    owners = {
        "vpnSharedKeys": {site.name for site in settings.vpn.sites},
        "circuitAuthorizationKeys": {circuit.name for circuit in circuits if circuit.existing},
        "peeringSharedKeys": {circuit.name for circuit in circuits if circuit.private_peering},
    }
    for key, names in owners.items():
        for name, value in sorted((secrets.get(key) or {}).items(), key=lambda item: item[0]):
            if name not in names:
                known = f"{key} names {', '.join(sorted(names)) or 'nothing'} here"
                if _may_be_the_key(name, value, names):
                    yield KEY_02(key, f"one name in it is no name, and may be the key itself: NAME: KEY; {known}")
                else:
                    yield KEY_02(f"{key}.{name}", f"is used by nothing; {known}")
            elif key in _FORM and value is not None:
                yield from _FORM[key](f"{key}.{name}", value)


def _may_be_the_key(name: str, value: str | None, names: Iterable[str]) -> bool:
    """Whether somebody wrote KEY: NAME. What may be a key is shown to nobody."""
    return not is_name(name) or (value is not None and value.casefold() in {each.casefold() for each in names})
