"""What monitoring watches, and what an alert is: plain data, for `components.alerts`."""

from collections.abc import Mapping, Sequence
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

    @classmethod
    def of(cls, args: Mapping[str, Any]) -> "Watched":
        """What a Monitoring with these arguments watches."""
        return cls(
            [WatchedCircuit(one["name"], one.get("capacity_in_mbps")) for one in args.get("circuits", [])],
            [
                WatchedSite(
                    one["name"],
                    one["connection_name"],
                    one.get("bgp_peer_address"),
                    one.get("public_ip"),
                    one.get("instance"),
                    one.get("carries", False),
                )
                for one in args.get("sites", [])
            ],
            express_route="express_route_gateway_id" in args,
            scalable=args.get("express_route_scalable", False),
            routes=args.get("express_route_routes", BGP_ROUTES),
            vpn="vpn_gateway_id" in args,
            vpn_mbps=args.get("vpn_capacity_in_mbps"),
            active_active=args.get("vpn_active_active", True),
        )


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


_MINUTES = 5
"""Rows that a circuit has in five minutes: one a minute."""


@dataclass(frozen=True)
class Query:
    """When a log alert rings: its query has an answer. text: with the ids of what is watched in `{}`, by scope; `{ip}`
    is the device's address, `{rows}` how many rows all circuits have in five minutes."""

    text: str
    scopes: tuple[str, ...]
    ip: Any = None
    window: str = "PT30M"

    def among(self, resources: Mapping[str, Any]) -> dict[str, list[str]]:
        """By each of its own scopes those of `resources` that it is of. resources: by the scopes of circuits and
        gateways."""
        found = {
            EVERY_CIRCUIT: [scope for scope in resources if scope not in (VPN, EXPRESS_ROUTE)],
            EVERY_GATEWAY: [scope for scope in (EXPRESS_ROUTE, VPN) if scope in resources],
            VPN: [scope for scope in (VPN,) if scope in resources],
        }
        return {scope: found[scope] for scope in self.scopes}

    def filled(self, ids: Mapping[str, str], ip: Any) -> str:
        """The text with the ids of what it is of, and the device's address."""
        text = self.text
        for place, scopes in self.among(ids).items():
            text = text.replace(f"{{{place}}}", ", ".join(f'"{ids[scope]}"' for scope in scopes))
        rows = _MINUTES * sum(scope not in (VPN, EXPRESS_ROUTE) for scope in ids)
        return text.replace("{ip}", str(ip)).replace("{rows}", str(rows))


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
