"""Traffic that goes out on one path and comes back on another: where, and what makes the two agree [FAIL-05]."""

from typing import NamedTuple

from ..settings.model import Settings
from .causes import all_sites, in_words
from .failover import Model, Paths
from .routing import Path


class Lopsided(NamedTuple):
    """The setting to change, and a text that follows "PREFIX: when ... "."""

    path: str
    text: str


def lopsided(settings: Settings, model: Model, paths: Paths) -> Lopsided:
    """What two paths that differ mean, and the way out."""
    out, back = paths.out, paths.back
    names = [site.name for site in settings.vpn.sites]
    site = (
        f"vpn.sites[{names.index((out if out.kind == 'vpn' else back).via[0])}]"
        if "vpn" in (out.kind, back.kind)
        else ""
    )
    if back.tied:
        also = "" if out.kind == "expressRoute" else f", and {_carry(settings, model, out.via, back.tied)}"
        return Lopsided(
            f"vpn.sites[{names.index(back.via[0])}].localPreference",
            f"traffic goes out {_over(out)}, and on-premises prefers {_circuits(back.tied)} and {all_sites(back.via)} "
            "equally, so that nobody knows which of them it comes back over; give its sites a lower localPreference "
            f"than each circuit{also} [ROUTE-10]",
        )
    if (out.kind, back.kind) == ("vpn", "expressRoute"):
        return Lopsided(
            site,
            f"traffic goes out through {all_sites(out.via)} and comes back over {_circuits(back.via)}, which "
            f"on-premises prefers for all of Azure; {_carry(settings, model, out.via, back.via)}",
        )
    if (out.kind, back.kind) == ("expressRoute", "vpn"):
        return Lopsided(
            f"{site}.localPreference" if settings.vpn.sites[names.index(back.via[0])].bgp else site,
            f"traffic goes out over {_circuits(out.via)} and comes back through {all_sites(back.via)}, which "
            "on-premises prefers; give its sites a lower localPreference than each circuit [ROUTE-10]",
        )
    if out.kind == "expressRoute":
        first = next(i for i, one in enumerate(settings.express_route.circuits) if one.name == out.via[0])
        return Lopsided(
            f"expressRoute.circuits[{first}].localPreference",
            f"traffic goes out over {_circuits(out.via)} and comes back over {_circuits(back.via)}: on-premises goes "
            "by local preference alone, whatever it announces over each; it sees neither Azure's weights nor what is "
            "prepended, since Microsoft's edge takes private AS numbers away; give "
            f"{_circuits(out.via)} the highest localPreference, or announce the same prefixes over each circuit, with "
            "one routingWeight and prepend [MR-02, MR-03]",
        )
    return Lopsided(
        "vpn.sites",
        f"traffic goes out through {all_sites(out.via)} and comes back through {all_sites(back.via)}: on-premises "
        "goes by local preference first, whatever each site carries; let the same sites carry equal prefixes, all of "
        f"them with BGP and one localPreference, or give {all_sites(out.via)} the highest localPreference [ROUTE-10]",
    )


def _over(path: Path) -> str:
    return f"over {_circuits(path.via)}" if path.kind == "expressRoute" else f"through {all_sites(path.via)}"


def _circuits(names: tuple[str, ...]) -> str:
    return f"circuit{'s'[: len(names) > 1]} {in_words(names)}"


def _carry(settings: Settings, model: Model, sites: tuple[str, ...], circuits: tuple[str, ...]) -> str:
    """How ExpressRoute can carry what only sites do, or the sites be branches."""
    own = [
        i for i, one in enumerate(settings.express_route.circuits) if one.name in circuits and one.prefixes is not None
    ]
    text = f"add it to {f'expressRoute.circuits[{own[0]}].prefixes' if own else 'expressRoute.prefixes'} too"
    linked = {name for device in model.network.devices if device.links for name in device.sites}
    if not linked & {*sites}:
        where = "their devices have" if len(sites) > 1 else "its device has"
        text += f", or, where {where} no link, say so in onPremises.devices"
    return text
