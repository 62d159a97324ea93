"""What to do about a change, as steps in the order in which to take them."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from components.rules import errors

from ..show.escape import code
from .changes import Change
from .consequences import Consequence
from .lines import Line
from .outages import FOLLOWED, Outages, lasting
from .stack import Stack


class Effect(Protocol):
    """A change with what it does."""

    @property
    def change(self) -> Change: ...

    @property
    def row(self) -> Consequence | None: ...


_SPAN = re.compile("`([^`]*)`")


def advice(
    old: Stack | None,
    new: Stack | None,
    effects: Sequence[Effect],
    lines: Sequence[Line],
    outages: Outages,
    protected: bool,
) -> Iterator[str]:
    """The steps. protected: whether Pulumi refuses what is replaced or deleted."""
    for step in dict.fromkeys(_steps(old, new, effects, lines, outages, protected)):
        yield _SPAN.sub(lambda found: code(found[1]), step)


def _steps(
    old: Stack | None,
    new: Stack | None,
    effects: Sequence[Effect],
    lines: Sequence[Line],
    outages: Outages,
    protected: bool,
) -> Iterator[str]:
    side = new or old
    name = side.name.replace("`", "") if side else ""
    wrong = errors(new.reading.problems) if new else []
    if wrong:
        yield "Do not merge it as it is: the preview stops with its errors. Change the settings as they say."
    for line in lines:
        way_out = line.reason.partition("; ")[2]
        if way_out and line.turn == "failover lost" and not line.accepted and wrong:
            yield f"For {line.named}{line.with_tiers}: {way_out}."
        elif line.turn == "lost":
            yield (
                f"Ask who uses {line.named}{line.with_tiers} whether they are done with Azure; if they are not, let "
                "ExpressRoute or another site carry it."
            )
    if old is None and new:
        yield from _new_stack(name)
    if new is None and old:
        yield (
            f"The file is gone, and nothing else: stack {name} stays in Azure, and is billed, until `pulumi destroy` "
            f"removes it and `pulumi stack rm {name}` forgets it. Do that before the file goes."
        )
    refused = [effect.change for effect in effects if effect.row and effect.row.refusal]
    yield from map(_back, refused)
    if refused:
        yield "What has to be made anew all the same goes in steps: remove it and deploy, then add it and deploy."
    if protected:
        yield (
            "It is protected. Deploy `protect: false` first and alone, then this change, then `protect: true` again."
        )
    if outages.away:
        yield from _window(outages)
    for effect in effects:
        yield from _after(effect.change, effect.row)


def _back(change: Change) -> str:
    """How to take back what Azure refuses. The base has the value that was there."""
    path, old = change.path.replace("`", ""), change.old.replace("`", "")
    if old and change.new:
        back = f"Set `{path}` back to `{old}`, as the base has it"
    else:
        back = f"Put `{path}` back: `{old}`" if old else f"Take `{path}` out again"
    return f"{back}: Azure refuses the change, and no way of deploying it in one update is known."


def _new_stack(name: str) -> Iterator[str]:
    yield f"Make the stack: `pulumi stack init {name}`, and set its keys (README.md, Deploy it)."


def _window(outages: Outages) -> Iterator[str]:
    known = [one.minutes for one in outages.away if one.minutes < FOLLOWED]
    followed = {one.what: lasting(one.minutes) for one in outages.away if one.minutes >= FOLLOWED}
    longest = max(known, default=0)
    span = f" of {longest} minute{'s' if longest > 1 else ''} or more" if longest else ""
    for what, until in followed.items():
        yield f"Prepare the same change at the other end, and make it with the update: {what} is away {until}."
    if outages.interrupted:
        yield (
            f"Agree on a window{span} with whoever uses the prefixes that are interrupted, "
            "and deploy in it; the minutes are what Azure takes as a rule, not a promise."
        )
    elif outages.unprotected:
        yield (
            f"Deploy in a window{span} in which a missing failover can be borne, and look "
            "just before it that the path which carries the traffic meanwhile works."
        )


def _after(change: Change, row: Consequence | None) -> Iterator[str]:
    item = change.items[-1] if change.items else ""
    match change.setting, change.change:
        case "vpn.sites[]", "one more":
            yield f"Set the new site's key: `pulumi config set --secret --path 'vpnSharedKeys.{item}' KEY`."
            command = f".venv/bin/python -m appliance --stack STACK --site {item} --out FOLDER"
            yield f"After the update make its device's files: `{command}`."
        case "vpn.sites[]", "one less":
            yield (
                f"Take the tunnels of site {item} off its device, and its key out of the settings: "
                f"`pulumi config rm --path 'vpnSharedKeys.{item}'`."
            )
        case "vpnSharedKeys.SITE", _:
            yield (
                f"Azure keeps the old key of a connection that is there [CONN-04]: after `{change.path}` has changed "
                "here, change it in Azure and on the device too (docs/operations.md, When something goes wrong)."
            )
        case "network.tiers[]", "one more":
            yield f"Machines join tier {item} by the stack's output `tiers` (subnetId, backendPoolId)."
        case "network.tiers[]" | "network.spokes[].tiers[]", "one less":
            yield f"Take every machine out of tier {item} first: Azure deletes no subnet that something is in."
        case "expressRoute.circuits[]", "one more, ordered":
            yield (
                f"Circuit {item} is billed from its order on, not from the day it works. After the update give the "
                "provider its service key (output `serviceKeys`), and deploy again when it is provisioned."
            )
        case "expressRoute.circuits[]", "one less, ordered":
            yield f"Let the provider deprovision circuit {item} first; until then Azure does not delete it [DELETE-08]."
        case _:
            pass
    replaced = row.replaces if row else ()
    if "public addresses of the VPN gateway" in replaced:
        yield "The VPN gateway gets new public addresses: make every site's device files anew after the update."
    elif "VPN gateway" in replaced:
        yield "The VPN gateway keeps its public addresses and keys: the devices need no change, their tunnels return."
