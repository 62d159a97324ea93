"""What the proof says of one more failure while an alert rings, from the settings alone."""

from collections.abc import Collection, Iterator, Mapping

from ..proof.failover import Model
from ..proof.network import network
from ..proof.proof import Proof, Scenario
from ..settings.model import Settings

_FEW = 3
_BEFORE = {"expressroute-": "Should it be lost,", "maintenance": "While an instance is away,"}
"""What is said before the outlook of an alert that rings before anything has failed."""
_COMMAND = "Run: python -m operations status --stack {stack}"


def outlooks(settings: Settings, connected: Collection[str], stack: str) -> dict[str, str]:
    """By alert, what one more failure would do while it rings, and the command that says what is."""
    proof = Proof(Model(network(settings, connected)))
    command = _COMMAND.format(stack=stack)
    found: dict[str, str] = {}
    told: dict[str | None, str] = {}
    for alert, failed in _states(settings, proof, connected):
        before = next((text for key, text in _BEFORE.items() if alert.startswith(key)), "")
        if failed not in told:
            told[failed] = _outlook(proof, failed)
        outlook = told[failed]
        if before and outlook:
            outlook = f"{before} {outlook[0].lower()}{outlook[1:]}"
        found[alert] = " ".join(filter(None, (outlook, command)))
    return found


def _states(settings: Settings, proof: Proof, connected: Collection[str]) -> Iterator[tuple[str, str | None]]:
    """The alerts, each with the element that has failed while it rings; None where nothing has."""
    elements = proof.model.network.elements
    for circuit in settings.express_route.circuits:
        if circuit.name in connected:
            start = f"circuit-{circuit.name}"
            yield f"{start}-lost", f"circuit:{circuit.name}"
            for suffix in ("link", "arp"):
                yield f"{start}-{suffix}", f"link:{circuit.name}/primary"
            for way in ("in", "out"):
                yield f"{start}-busy-{way}", None
    for suffix in ("cpu", "routes-learned", "routes-advertised"):
        yield f"expressroute-{suffix}", "gateway:expressRoute" if connected else None
    for site in settings.vpn.sites:
        device = next((one.name for one in settings.on_premises.devices if site.name in one.sites), None)
        held = [f"appliance:{site.name}", f"device:{device}"]
        for suffix in ("bgp", "tunnel"):
            yield f"site-{site.name}-{suffix}", next((one for one in held if one in elements), None)
        yield f"site-{site.name}-carries", "gateway:expressRoute" if connected else None
    yield from (("failed-over", "gateway:expressRoute"), ("taken", None), ("maintenance", "gateway:vpn/0"))
    yield from ((key, None) for key in ("vpn-routes", "vpn-busy", "vpn-selectors-in", "vpn-selectors-out"))


def _outlook(proof: Proof, failed: str | None) -> str:
    """What one more failure does beside what has failed already."""
    elements = proof.model.network.elements
    if failed is None or failed not in elements:
        return ""
    lost = {node.prefix for node in proof.lost_in((failed,))}
    more: dict[tuple[str, ...], list[str]] = {}
    for other in elements:
        if other == failed:
            continue
        pair: Scenario = tuple(sorted((failed, other), key=elements.index))
        new = tuple(str(node.prefix) for node in proof.lost_in(pair) if node.prefix not in lost)
        if new:
            more.setdefault(new, []).append(other)
    begin = f"Now {_listed([str(one) for one in lost])} cannot be reached. " if lost else ""
    if not more:
        return f"{begin}One more failure would cut off nothing{' else' if lost else ''}."
    return begin + " ".join(_one_more(more))


def _one_more(more: Mapping[tuple[str, ...], list[str]]) -> Iterator[str]:
    for prefixes, others in more.items():
        yield f"One more failure, of {_listed(others, 'or')}, would cut off {_listed(prefixes)}."


def _listed(names: Collection[str], word: str = "and") -> str:
    shown = list(names)
    if len(shown) > _FEW + 1:
        shown = [*shown[:_FEW], f"{len(shown) - _FEW} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}"
