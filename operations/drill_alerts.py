"""Which of a stack's alerts a drill will set off: those who are told should know that it is a drill [MON-15]."""

from collections.abc import Collection

from operations.methods import Method
from topology.settings.model import Settings
from topology.settings.names import Names
from topology.settings.watched import alerts_of


def set_off(settings: Settings, method: Method, stopped: Collection[str], connected: Collection[str]) -> list[str]:
    """The physical names of the alerts that ring while these circuits are stopped for long enough; none where nothing
    is watched.

    With its peering disabled a circuit's BGP is down, and it counts as lost. Where a connection is deleted, or Azure's
    own test cuts the network off, BGP of the circuit stays up: to the alerts the VPN then takes what is the circuit's.
    """
    if not settings.monitoring.wanted:
        return []
    silent = method == "peering"
    suffixes = [f"circuit-{name}-{what}" for name in stopped for what in ("lost", "link")] if silent else []
    if set(stopped) >= set(connected):
        suffixes.append("failed-over" if silent else "taken")
        suffixes += [f"site-{site.name}-carries" for site in settings.vpn.sites]
    names = Names(settings)
    made = {alert.key for alert in alerts_of(settings, names, connected)}
    return [names.alert(key) for key in suffixes if key in made]
