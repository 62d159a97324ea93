"""What monitoring watches, and what an alert is: plain data, for `components.alerts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .rules.limits import BGP_ROUTES

GATEWAYS, CIRCUITS = "Microsoft.Network/virtualNetworkGateways", "Microsoft.Network/expressRouteCircuits"
VPN, EXPRESS_ROUTE, EVERY_CIRCUIT, EVERY_GATEWAY = "vpn", "expressRoute", "circuits", "gateways"
"""What an alert watches, besides one circuit, which goes by its name in `circuit`."""
NEAR = 0.8
"""The part of a limit from which on an alert rings."""
ANY = ("*",)


@dataclass(frozen=True)
class WatchedCircuit:
    """A circuit. mbps: its bandwidth, for an alert on a busy one; None where nobody knows."""

    name: str
    mbps: Any = None


@dataclass(frozen=True)
class WatchedSite:
    """A site, with what its alerts name. peer: its BGP address; public_ip: that of its device. Both may be None.

    instance: the only instance of the gateway that its tunnel ends on. carries: it carries traffic in peace too.
    """

    name: str
    connection: Any = ""
    peer: Any = None
    public_ip: Any = None
    instance: int | None = None
    carries: bool = False


@dataclass(frozen=True)
class Watched:
    """All that is watched. express_route, vpn: there is such a gateway. routes: what the ExpressRoute gateway takes.

    vpn_mbps: what the VPN gateway carries; None where nobody knows. active_active: of the VPN gateway.
    """

    circuits: Sequence[WatchedCircuit] = ()
    sites: Sequence[WatchedSite] = ()
    express_route: bool = False
    scalable: bool = False
    routes: Any = BGP_ROUTES
    vpn: bool = False
    vpn_mbps: Any = None
    active_active: bool = True


@dataclass(frozen=True)
class Near:
    """A threshold: a part of a limit. unit: of the limit, in the metric's."""

    limit: Any
    unit: float = 1.0

    def of(self, limit: float) -> float:
        """The threshold where the limit is this."""
        return round(limit * self.unit * NEAR, 3)


@dataclass(frozen=True)
class Check:
    """When a metric alert rings. scope: as in `Alert`. dimensions: each one's name and the values that are watched."""

    scope: str
    metric: str
    operator: str
    threshold: Any
    aggregation: str = "Average"
    dimensions: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    frequency: str = "PT1M"
    window: str = "PT5M"

    @property
    def namespace(self) -> str:
        """The type of what is watched."""
        return CIRCUITS if self.scope.startswith("circuit ") else GATEWAYS


@dataclass(frozen=True)
class Query:
    """When a log alert rings: its query has an answer. text: with the ids of what is watched in `{}`, by scope; `{ip}`
    is the device's address, `{rows}` how many rows all circuits have in five minutes."""

    text: str
    scopes: tuple[str, ...]
    ip: Any = None
    window: str = "PT30M"


@dataclass(frozen=True)
class Alert:
    """One alert. key: its name among all. meaning: what it means that it rings. severity: 0 the worst, 4 the least."""

    key: str
    severity: int
    meaning: str
    when: Check | Query


def circuit(name: str) -> str:
    """A circuit as a scope."""
    return f"circuit {name}"
