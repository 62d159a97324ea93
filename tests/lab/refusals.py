"""What the lab must refuse, tried on a real world: run inside the lab's namespaces, as `lab.inside` is.

Arguments: what to try, `predictions` or `policy`, and the file for what was found.
"""

import json
import secrets
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import lab.scenarios
from lab.__main__ import TOPOLOGIES
from lab.bfd import FlapWatch
from lab.blueprint import blueprint
from lab.building import build
from lab.faults import Faults
from lab.findings import Findings
from lab.inside import load
from lab.isolation import settle_in
from lab.policy import one_field_changed
from lab.route_sets import run_route_sets
from lab.scenarios import run_scenarios
from lab.sessions import await_sessions
from lab.stream import Ends
from lab.world import World
from topology.proof.failover import Flow, flows
from topology.proof.routing import Path as FlowPath
from topology.settings.model import Settings

Proof = Callable[..., list[Flow]]


def _vpn_taken_for_express_route(settings: Settings, failed: Collection[str] = (), **rest: Any) -> list[Flow]:
    """One direction of what the VPN carries is expected over ExpressRoute."""
    return [
        flow._replace(path=flow.path._replace(kind="expressRoute", via=("primary",)))
        if flow.direction == "azureToOnPremises" and flow.path.kind == "vpn"
        else flow
        for flow in flows(settings, failed, **rest)
    ]


def _blind_to(kind: str) -> Proof:
    """Nothing is expected of a failure of this kind."""

    def blind(settings: Settings, failed: Collection[str] = (), **rest: Any) -> list[Flow]:
        return flows(settings, [element for element in failed if not element.startswith(kind)], **rest)

    return blind


def _no_spokes(settings: Settings, failed: Collection[str] = (), **rest: Any) -> list[Flow]:
    """A spoke is expected not to use the hub's gateways."""
    return [
        flow._replace(path=FlowPath("unreachable")) if "/" in flow.tier else flow
        for flow in flows(settings, failed, **rest)
    ]


BROKEN: dict[str, tuple[frozenset[str], Proof]] = {
    "circuit": (frozenset({"circuit:primary"}), _vpn_taken_for_express_route),
    "spoke": (frozenset({"circuit:primary"}), _no_spokes),
    "firewall": (frozenset({"firewall:nva"}), _blind_to("firewall:")),
    "device": (frozenset({"device:left", "link:primary/secondary"}), _blind_to("device:")),
}
"""For each kind of prediction what fails, and a proof that is wrong about it."""


def _predictions() -> Iterator[tuple[str, Any]]:
    settings = load(Path(__file__).parent / "predictions.yaml")
    with World(blueprint(settings, secrets.token_hex(16), bird=True)) as world:
        build(world)
        await_sessions(world, frozenset())
        ends, faults = Ends(world), Faults(world)
        found = Findings("routeSets", "predictions")
        run_route_sets(world, ends, found, print)
        yield "routeSets", found.as_json()
        for name, (failed, proof) in BROKEN.items():
            for which, used in (("sound", flows), ("broken", proof)):
                found = Findings(f"{which} {name}", "predictions")
                # Replaced by hand: this is a process of its own, and ends after this.
                lab.scenarios.flows = used
                run_scenarios(world, ends, faults, found, print, [failed], mend=False)
                yield f"{which} {name}", found.as_json()
        lab.scenarios.flows = flows
        faults.become(frozenset())
        await_sessions(world, frozenset(), 60)
        watch = FlapWatch(world)
        for failed in (frozenset({"link:primary/primary"}), frozenset[str]()):
            faults.become(failed, "silent")
            await_sessions(world, failed)
        watch.check(frozenset())
        yield "flaps", watch.flaps


def _policy() -> Iterator[tuple[str, Any]]:
    found = Findings("policy", "reference")
    settings = load(TOPOLOGIES["reference"].settings)
    one_field_changed(settings, secrets.token_hex(16), found, print, ["dh_group"])
    yield "policy", found.as_json()


def main() -> None:
    """Writes, for each refusal, what the lab found."""
    settle_in()
    what, result = sys.argv[1:]
    found = dict({"predictions": _predictions, "policy": _policy}[what]())
    Path(result).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
