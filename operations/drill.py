"""A failover drill on a live network: see `python -m operations drill`.

Four steps: see that all is well; stop ExpressRoute; watch every prefix until it goes the way that the proof predicts;
bring ExpressRoute back and watch until all is as before. Whatever happens after the first
change, the way back is taken.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from pathlib import Path

from operations.azure import Azure, AzureError
from operations.drill_alerts import set_off
from operations.drill_outcome import Look, Outcome, Phase, Plan, Wanted
from operations.journal import Journal
from operations.live import Live
from operations.methods import Switch
from operations.probes import Probe
from operations.sharing import others
from operations.status import Status, status
from operations.ways import text
from topology.proof.elements import places
from topology.proof.routing import Path as Route

COMMAND = "drill"
WAY_OUT = "Bring ExpressRoute back first: python -m operations drill --restore."

Rows = dict[tuple[IPv4Network, str], Route]


class RefusedError(Exception):
    """The drill does not begin; the text has every reason. Nothing was changed."""


class NotRestoredError(Exception):
    """ExpressRoute could not be brought back; the text says why and what to do. The record stays."""


class Drill:
    """One drill of one stack. record: the file of the journal; keys: the stack's secret maps; busy: why the stack is in
    use by an update, or empty; pause_s: between two looks."""

    def __init__(
        self,
        azure: Azure,
        live: Live,
        keys: Mapping[str, Mapping[str, str]],
        stack: str,
        record: Path,
        *,
        busy: Callable[[], str] = lambda: "",
        probes: Sequence[Probe] = (),
        pause_s: float = 5.0,
        tell: Callable[[str], None],
    ) -> None:
        self.azure, self.live, self.keys, self.stack, self.record = azure, live, keys, stack, record
        self.busy, self.probes, self.pause_s, self.tell = busy, probes, pause_s, tell
        self.switch = Switch(azure, live, keys, pause_s=pause_s)

    def prepare(self, wanted: Wanted) -> "Plan":
        """See whether the drill may begin. Raises `RefusedError` with every reason, and `azure.AzureError`."""
        found = self.status()
        circuits = wanted.circuits or tuple(self.live.connections)
        problems = list(self._problems(wanted, circuits, found))
        elements = tuple(f"circuit:{name}" for name in circuits)
        if wanted.method == "site" and not problems:
            circuits, elements = self._at(wanted.location, found)
        if not problems:
            rung = set_off(self.live.settings, wanted.method, circuits, self.live.connections)
            plan = Plan(wanted, circuits, elements, found, self._names(found, elements), tuple(rung))
            problems += self._uncovered(plan)
            if not problems:
                return plan
        raise RefusedError(
            "\n".join(["The drill does not begin, and nothing was changed:", *(f"- {one}" for one in problems)])
        )

    def _problems(self, wanted: Wanted, circuits: Collection[str], found: Status) -> Iterator[str]:
        if busy := self.busy():
            yield busy
        if not found.sound:
            yield "The network is not what the settings say; see `python -m operations status`:"
            yield from (f"  {one.sentence}" for one in found.findings)
            yield from (f"  Not told by Azure: {one}" for one in found.untold)
        if not self.live.connections:
            yield "No circuit is connected: there is nothing to stop."
        for name in circuits:
            if name not in self.live.connections:
                yield f"--circuit {name}: is no connected circuit; there are {', '.join(self.live.connections)}."
                continue
            if wanted.method == "peering":
                yield from self._peering(name, wanted.shared, found)
            if wanted.method == "connection":
                yield from self._connection(name)
        if wanted.method == "site":
            yield from self._site(wanted.location, found)

    def _peering(self, name: str, shared: bool, found: Status) -> Iterator[str]:
        circuit = next(one for one in self.live.settings.express_route.circuits if one.name == name)
        other = "use --method connection, which concerns this network alone"
        if circuit.existing:
            yield f"Circuit {name} is not this stack's: {other}."
            return
        seen = found.seen.circuits[name]
        if not circuit.private_peering or seen.modified_by not in ("", "Customer"):
            by = f" (last changed by: {seen.modified_by})" if seen.modified_by else ""
            yield f"The private peering of circuit {name} is the provider's{by}: {other} [DRILL-03]."
        if self.keys.get("peeringSharedKeys", {}).get(name) == "":
            yield f"The peering's key is empty: pulumi config set --secret --path peeringSharedKeys.{name}"
        if not shared:
            for sentence in others(self.azure, self.live, name, seen):
                yield f"{sentence} To cut it off too, say --shared; or {other}."

    def _connection(self, name: str) -> Iterator[str]:
        own, circuit = (one.split("/")[2].lower() for one in (self.live.connections[name], self.live.circuits[name]))
        if own != circuit and not self.keys.get("circuitAuthorizationKeys", {}).get(name):
            yield (
                f"Circuit {name} is in another subscription, and its authorization key, which the way back needs, is "
                f"not in the stack's secrets: pulumi config set --secret --path circuitAuthorizationKeys.{name}"
            )

    def _site(self, location: str, found: Status) -> Iterator[str]:
        known = {place for place in places(found.model.wanted.network.circuits) if place}
        if len(known) < 2:
            yield "--method site: Azure's own test needs circuits in two peering locations [DRILL-05]."
        elif not location:
            yield f"--method site needs --location: {', '.join(sorted(known))}."
        elif not self._at(location, found)[0]:
            yield f"--location {location}: no circuit is there; there are {', '.join(sorted(known))}."

    def _at(self, location: str, found: Status) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The circuits in a peering location, and the elements that they are."""
        net = found.model.wanted.network
        wanted = "".join(location.lower().split())
        at = zip(net.circuits, places(net.circuits), strict=True)
        names = tuple(one.name for one, place in at if place and "".join(place.lower().split()) == wanted)
        return names, tuple(f"circuit:{name}" for name in names)

    def _uncovered(self, plan: "Plan") -> Iterator[str]:
        """Prefixes that would be cut off, but those that the settings accept by name."""
        accepted = {str(one.prefix) for one in self.live.settings.failover.accept}
        before = self._names(plan.before, ())
        for (prefix, tier), way in plan.predicted.items():
            cut = way in ("nowhere", "the Internet") and before[prefix, tier] not in ("nowhere", "the Internet")
            if cut and prefix not in accepted:
                yield f"{prefix} would be cut off from {tier}: without ExpressRoute it goes {way}."

    def status(self) -> Status:
        """One look. Raises `azure.AzureError`."""
        return status(self.azure, self.live, self.keys.get("vpnSharedKeys", {}), self.stack)

    @staticmethod
    def _names(found: Status, failed: Collection[str]) -> dict[tuple[str, str], str]:
        """The predicted way of every prefix from every tier, in words."""
        return _named(found.model.paths(found.model.wanted, failed))

    def run(self, plan: "Plan") -> Outcome:
        """The drill. However it goes on, ExpressRoute is brought back. Raises `journal.BusyError`, `RefusedError` where
        something has come between, and `NotRestoredError`."""
        outcome = Outcome(self.stack, plan.wanted.method, plan.targets, [])
        journal = Journal.begin(self.record, COMMAND, {"stack": self.stack}, WAY_OUT)
        try:
            # An update that has begun meanwhile has seen no journal; one that begins from now on does.
            if busy := self.busy():
                raise RefusedError(f"{busy} Nothing was changed.")
            for probe in self.probes:
                probe.start()
            self._first(plan, outcome)
            self._stop(plan, journal, outcome)
        except (AzureError, KeyboardInterrupt) as error:
            outcome.ended = _why(error)
            self.tell(f"  {outcome.ended}")
        finally:
            try:
                self._restore(journal, outcome, plan)
            finally:
                self._end(outcome)
        return outcome

    def _first(self, plan: "Plan", outcome: Outcome) -> None:
        now = time.time()
        before = self._names(plan.before, ())
        looks = [Look(now, _named(plan.before.model.paths(plan.before.model.real, ())))]
        outcome.phases.append(Phase("before", now, before, looks, now, now))

    def _stop(self, plan: "Plan", journal: Journal, outcome: Outcome) -> None:
        phase = Phase("without ExpressRoute", time.time(), plan.predicted)
        outcome.phases.append(phase)
        for target in plan.targets:
            facts = self.switch.facts(plan.wanted.method, target)
            self.tell(f"  stopping ExpressRoute: {plan.wanted.method} {target}")
            journal.do(f"stop {target}", facts, lambda facts=facts: self.switch.stop(facts))
        self._watch(phase, plan.wanted.minutes)
        phase.ended = time.time()

    def _restore(self, journal: Journal, outcome: Outcome, plan: "Plan | None") -> None:
        """Bring ExpressRoute back and watch until all is as before. Once interrupted, it goes on."""
        phase = Phase("ExpressRoute again", time.time(), self._names(plan.before, ()) if plan else {})
        outcome.phases.append(phase)
        if not journal.steps:
            journal.close()
            outcome.phases.pop()
            return
        while True:
            try:
                self.tell("  bringing ExpressRoute back")
                journal.undo(self.switch.restore)
                break
            except KeyboardInterrupt:
                self.tell("  interrupted while ExpressRoute comes back: that goes on, it must not stay away")
            except AzureError as error:
                raise NotRestoredError(f"ExpressRoute could not be brought back: {error}\n{WAY_OUT}") from None
        try:
            self._watch(phase, plan.wanted.minutes if plan else 15.0)
        except (AzureError, KeyboardInterrupt) as error:
            outcome.ended = outcome.ended or _why(error)
        phase.ended = time.time()
        journal.close()

    def restore(self) -> Outcome | None:
        """Finish what a killed drill began; None where there is nothing. Raises `journal.BusyError`,
        `NotRestoredError`, `azure.AzureError`."""
        journal = Journal.take_over(self.record, COMMAND)
        if journal is None:
            return None
        outcome = Outcome(self.stack, "restore", tuple(str(step.facts.get("target")) for step in journal.steps), [])
        self._restore(journal, outcome, None)
        return outcome

    def _watch(self, phase: Phase, minutes: float) -> None:
        """Look until every prefix goes the predicted way, or the time is over. Without a prediction: until all is as
        the settings say."""
        end = time.monotonic() + minutes * 60.0
        shown = -1
        while True:
            try:
                found = self.status()
            except AzureError as error:
                # One look that fails is no reason to stop looking.
                if time.monotonic() >= end:
                    raise
                self.tell(f"  {error}")
                time.sleep(self.pause_s)
                continue
            phase.predicted = phase.predicted or self._names(found, ())
            ways = _named(found.model.paths(found.model.real, ()))
            phase.looks.append(Look(time.time(), ways))
            open_ones = [key for key, way in phase.predicted.items() if ways.get(key) != way]
            if len(open_ones) != shown:
                shown = len(open_ones)
                self.tell(f"  {len(phase.predicted) - shown} of {len(phase.predicted)} ways are as predicted")
            settled = found.sound or phase.name == "without ExpressRoute"
            if not open_ones and settled:
                phase.reached = time.time()
                return
            if time.monotonic() >= end:
                phase.said = [one.sentence for one in found.findings]
                return
            time.sleep(self.pause_s)

    def _end(self, outcome: Outcome) -> None:
        for probe in self.probes:
            probe.stop()
        for phase in outcome.phases:
            until = phase.ended or time.time()
            phase.losses = {probe.name: probe.loss(phase.begun, until) for probe in self.probes}


def _named(rows: Rows) -> dict[tuple[str, str], str]:
    return {(str(prefix), tier): text(path) for (prefix, tier), path in rows.items()}


def _why(error: BaseException) -> str:
    return "The drill was interrupted." if isinstance(error, KeyboardInterrupt) else str(error)
