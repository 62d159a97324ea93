"""What the lab must refuse, tried on a real world: run inside the lab's namespaces, as `lab.inside` is.

Argument: the file for what was found.
"""

import json
import secrets
import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import lab.scenarios
from lab.__main__ import TOPOLOGIES
from lab.bfd import FlapWatch
from lab.blueprint import blueprint
from lab.faults import Faults
from lab.findings import Findings
from lab.inside import load
from lab.isolation import settle_in
from lab.policy import one_field_changed
from lab.scenarios import run_scenarios
from lab.sessions import await_sessions
from lab.stream import Ends
from lab.world import World
from topology.proof.failover import Flow, flows
from topology.proof.routing import Path as FlowPath
from topology.settings.model import Settings


def _broken(settings: Settings, failed: Collection[str] = (), **rest: Any) -> list[Flow]:
    """Flows that take the VPN for ExpressRoute in one direction."""
    return [
        replace(flow, path=FlowPath("expressRoute", ("primary",)))
        if flow.direction == "azureToOnPremises" and flow.path.kind == "vpn"
        else flow
        for flow in flows(settings, failed, **rest)
    ]


def main() -> None:
    """Writes, for each refusal, what the lab found."""
    settle_in()
    settings, key = load(TOPOLOGIES["reference"].settings), secrets.token_hex(16)
    circuit = frozenset({"circuit:primary"})
    broken, sound, policy = (Findings(part, "reference") for part in ("broken", "sound", "policy"))
    with World(blueprint(settings, key)) as world:
        world.build()
        await_sessions(world, frozenset())
        ends, faults = Ends(world), Faults(world)
        run_scenarios(world, ends, faults, sound, print, [circuit])
        # Replaced by hand: this is a process of its own, and ends after this.
        lab.scenarios.flows = _broken
        run_scenarios(world, ends, faults, broken, print, [circuit])
        lab.scenarios.flows = flows
        watch = FlapWatch(world)
        for failed in (frozenset({"link:primary/primary"}), frozenset[str]()):
            faults.become(failed, "silent")
            await_sessions(world, failed)
        watch.check(frozenset())
    one_field_changed(settings, key, policy, print, ["dh_group"])
    found = {part.part: part.as_json() for part in (broken, sound, policy)} | {"flaps": watch.flaps}
    Path(sys.argv[1]).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
