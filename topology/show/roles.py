"""What each circuit and site is for, as the pictures show it: normal path, failover, or unused."""

from typing import Literal

from .report import Report

Role = Literal["normal", "failover", "unused"]
ROLES: tuple[Role, ...] = ("normal", "failover", "unused")


def roles(report: Report) -> dict[str, Role]:
    """The role of every `circuit:NAME` and `appliance:SITE`: normal where some prefix's traffic takes it while nothing
    has failed, failover where some takes it later, else unused."""
    network = report.model.network
    found: dict[str, Role] = {f"circuit:{circuit.name}": "unused" for circuit in network.circuits}
    found |= {f"appliance:{site.name}": "unused" for site in network.sites}
    fallbacks = {id(fallback): fallback for row in report.rows for fallback in row.fallbacks}
    for fallback in fallbacks.values():
        for number, paths in enumerate(fallback.steps):
            for path in (paths.out, paths.back):
                kind = "circuit" if path.kind == "expressRoute" else "appliance"
                names = [f"{kind}:{name}" for name in path.via] + [f"circuit:{name}" for name in path.tied]
                for element in names if path.arrives else ():
                    if number == 0 or found[element] == "unused":
                        found[element] = "normal" if number == 0 else "failover"
    return found


def best(some: list[Role]) -> Role:
    """The role of what several circuits or sites share."""
    for role in ROLES:
        if role in some:
            return role
    return "unused"
