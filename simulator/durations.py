"""How long Azure's operations take, in simulated minutes, each with where the number comes from.

`I` marks our own guess for the short operations that no document times; nothing may rely on those.
"""

from dataclasses import dataclass

from simulator.errors import AzureError


@dataclass(frozen=True)
class Duration:
    """Minutes and their source (a rule id, a document, or I for inferred)."""

    minutes: float
    source: str


TABLE: dict[str, Duration] = {
    "gateway.create": Duration(45, "TIME-01"),
    "gateway.update": Duration(10, "I"),
    "gateway.resize": Duration(30, "ER-05: a scale change takes up to 30 minutes"),
    "expressRouteGateway.delete": Duration(9, "TIME-02"),
    "vpnGateway.delete": Duration(20, "TIME-03: 15 to 20 minutes, the longer"),
    "circuit.provision": Duration(15, "TIME-04"),
    "circuit.deprovision": Duration(15, "I, as TIME-04"),
    "circuit": Duration(2, "I"),
    "circuitPeering": Duration(2, "I"),
    "circuitAuthorization": Duration(1, "I"),
    "connection": Duration(
        20 / 60, "R: recordings of site-to-site connections; one of 2022 between active-active gateways took 20 minutes"
    ),
    "connection.expressRoute": Duration(3, "R: recordings"),
    "bastion": Duration(10, "Bastion quickstart: about 10 minutes"),
    "bastion.delete": Duration(10, "I"),
    "localNetworkGateway": Duration(0.5, "I"),
    "virtualNetworkPeering": Duration(0.2, "I"),
    "loadBalancer": Duration(0.2, "I"),
    "resourceGroup.delete": Duration(1, "I"),
    "short": Duration(0.1, "I"),
}


def minutes(key: str, verb: str) -> float:
    """Minutes of a verb (create, update, delete) on a kind of thing; the most exact row of the table wins."""
    for name in (f"{key}.{verb}", key, "short"):
        if name in TABLE:
            return TABLE[name].minutes
    raise AzureError(500, "InternalServerError", f"no duration for {key}.{verb}")
