"""`python -m topology review BASE HEAD`: what a change of settings does to the network, for who reviews it."""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path

from ..settings.stack_file import parse
from ..settings.values import SettingsError
from ..show.output import hand_over
from .across import Across, across
from .preview import Preview, PreviewError, read_preview
from .project import defaults
from .render import render
from .review import KINDS, Kind, Review, Stop
from .sources import STACK_FILE, Source, SourceError, read_source
from .stack import Stack, loaded, unreadable

FINE, STOPPED = 0, 1
"""Exit codes; argparse has 2 for wrong usage."""
FORMATS = ("text", "markdown", "json")
_DESCRIPTION = """\
Tell what a change of a stack's settings does to the network: which traffic is lost or loses its failover, what is away
while the update runs and for how many minutes, what Azure refuses, which problems are new, and what to do.
From the settings alone: nothing is deployed, nothing is asked of Azure, no secret is needed.

BASE and HEAD are the settings before and after the change, each one of
  Pulumi.STACK.yaml             a file
  REVISION:Pulumi.STACK.yaml    the same in a revision of git, such as origin/main:Pulumi.dev.yaml
  FOLDER                        every Pulumi.STACK.yaml in it: several stacks, and what they share
  REVISION:                     the same in a revision of git, such as origin/main:
/dev/null, and a file that its revision does not have, is a stack that is not there."""
_EPILOG = """\
Stopped is what nobody has allowed of:
  requirement   failover.require is no longer met, or is lowered; failover is lost; less cuts a prefix off
  interruption  traffic is interrupted, for a while or for good
  refusal       Azure or Pulumi refuses the update, at once or halfway
  problems      new errors: of settings, across stacks, of mandatory policies
  unknown       a change that nobody has tried, unless a preview shows that it replaces and deletes nothing
Exit code: 0 nothing stops the change, 1 it is stopped, 2 wrong usage. With 0 and 1 the review is written."""


def main(arguments: list[str]) -> int:
    """Runs the command; returns its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    allowed = {kind for given in options.allow for kind in given.split(",") if kind}
    if unknown := allowed - {*KINDS, "all"}:
        parser.error(f"--allow: no {', '.join(sorted(unknown))}; there are {', '.join(KINDS)} and all")
    try:
        sides = [read_source(given) for given in (options.base, options.head)]
        names = _names(*sides)
        if options.connected is not None and len(names) > 1:
            parser.error("--connected: only for a single stack")
        connected = None if options.connected is None else frozenset(filter(None, options.connected.split(",")))
        previews = _previews(options.preview, names, _says_its_stack(options.head if sides[1].stack else options.base))
        reviews, found = review(sides[0], sides[1], names, connected, previews)
    except (SourceError, PreviewError) as error:
        parser.error(str(error))
    if connected is not None:
        _known(parser, connected, reviews[0])
    stops = [*(stop for one in reviews for stop in one.stops), *_across(found)]
    if "all" in allowed:
        allowed |= {*KINDS}
    left = [stop for stop in stops if stop.kind not in allowed]
    text = render(options.format, reviews, found, left, allowed)
    hand_over(text, options.out, parser)
    return STOPPED if left else FINE


def review(
    old: Source,
    new: Source,
    names: list[tuple[str, str, str]],
    connected: frozenset[str] | None = None,
    previews: Mapping[str, Preview] | None = None,
) -> tuple[list[Review], Across]:
    """The review of every stack, and what they show together. names: each stack, as it is called before and after."""
    reviews: list[Review] = []
    project = tuple(defaults(old.project, new.project))
    for name, before, after in names:
        texts = old.files.get(before), new.files.get(after)
        preview = (previews or {}).get(name)
        carrying = preview.connected if preview and connected is None else connected
        was = None if texts[0] is None else _stack(name, texts[0], carrying)
        same = texts[0] is not None and texts[0] == texts[1]
        now = was if same else None if texts[1] is None else _stack(name, texts[1], carrying)
        reviews.append(Review(name, was, now, preview, project))
    sides = [[stack for one in reviews if (stack := getattr(one, side))] for side in ("old", "new")]
    return reviews, across(*sides)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m topology review",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("base", metavar="BASE", help="the settings before the change")
    parser.add_argument("head", metavar="HEAD", help="the settings after it")
    parser.add_argument(
        "--preview",
        action="append",
        default=[],
        metavar="FILE",
        help="what `PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json` printed for one stack; may "
        "be given for each. STACK=FILE says whose it is where the preview failed before it said so",
    )
    parser.add_argument(
        "--connected",
        metavar="NAMES",
        help="circuits that carry traffic today, separated by commas ('' for none); by default those that the preview "
        "has connected, and without one all",
    )
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="KINDS",
        help=f"what is meant to be so, separated by commas: {', '.join(KINDS)} or all",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: %(default)s")
    parser.add_argument("--out", type=Path, metavar="PATH", help="write there instead of to the terminal")
    return parser


def _names(old: Source, new: Source) -> list[tuple[str, str, str]]:
    """Every stack, with its name before and after. Two files are one stack, whatever they are called."""
    if old.several != new.several:
        raise SourceError("BASE and HEAD are both files, or both folders")
    if old.several:
        return [(name, name, name) for name in sorted({*old.files, *new.files})]
    name = new.stack or old.stack
    if not (old.files or new.files):
        raise SourceError("neither BASE nor HEAD is there")
    return [(name, old.stack, new.stack)]


def _says_its_stack(given: str) -> bool:
    """Whether a file, of git or not, is called as a stack's is: one of another name may be any stack's."""
    return STACK_FILE.fullmatch(re.split("[:/]", given)[-1]) is not None


def _previews(given: list[str], names: list[tuple[str, str, str]], named: bool) -> dict[str, Preview]:
    """Each stack's preview. named: whether the only file says whose it is: another stack's is refused."""
    known = [name for name, *_ in names]
    found: dict[str, Preview] = {}
    for one in given:
        stack, equals, file = one.partition("=")
        path, said = (Path(file), stack) if equals and not Path(one).exists() else (Path(one), "")
        preview = read_preview(path, said or (known[0] if len(known) == 1 else ""))
        # Where one stack is reviewed it is the preview's, if the file's name does not say another.
        name = known[0] if len(known) == 1 and not named else preview.stack
        if name not in known:
            way_out = f"; make it with: pulumi preview --stack {known[0]} --json" if len(known) == 1 else ""
            raise PreviewError(f"{path} is a preview of stack {name}, which is not reviewed{way_out}")
        found[name] = preview
    return found


def _known(parser: argparse.ArgumentParser, connected: frozenset[str], only: Review) -> None:
    circuits = {
        circuit.name
        for stack in (only.old, only.new)
        if stack and stack.settings
        for circuit in stack.settings.express_route.circuits
    }
    if circuits and (unknown := connected - circuits):
        parser.error(f"--connected: no circuit {', '.join(sorted(unknown))}")


def _stack(name: str, content: bytes, connected: frozenset[str] | None) -> Stack:
    try:
        return loaded(name, parse(content, f"Pulumi.{name}.yaml"), connected)
    except SettingsError as error:
        return unreadable(name, error)


def _across(found: Across) -> list[Stop]:
    kind: Kind = "problems"
    return [Stop(kind, f"across stacks: {problem}") for problem in found.new if problem.severity == "error"]
