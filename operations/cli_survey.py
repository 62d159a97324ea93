"""`python -m operations survey`: a live hub as settings."""

import argparse
import json
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from components.rules import Problem, errors
from operations.azure import AzureError, UsageError
from operations.cli_live import AZURE, DIFFERS, SOUND, add_azure, azure_of, refused
from operations.survey.collect import collect
from operations.survey.describe import describe
from operations.survey.found import Survey
from operations.survey.writer import as_data, as_text, stack_file
from operations.telling import say
from topology.reading import read
from topology.settings import values
from topology.settings.model import Settings

SURVEY = """\
Write a live hub as settings of this project, whoever made it: by hand, Terraform, Bicep or another Pulumi program.

Everything is only read: GET, and the two questions for routes that Azure has as POST. Secrets are not kept: what
`pulumi up` needs of them is named. What Azure has and settings cannot say is listed, with what it means; docs/survey.md
walks through taking the hub over.
"""
EXITS = """\
exit codes:
  0  the settings are complete
  1  something could not be read, or the settings have problems: it is named; with --prove also a failover that is none
  2  it could not be told: the command was misused, or Azure cannot be read
"""
_NETWORK = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/virtualNetworks/[^/]+", re.IGNORECASE
)


def add(commands: Any, raw: Any) -> None:
    """The command's arguments."""
    parser = commands.add_parser(
        "survey", help="write a live hub, whoever made it, as settings", description=SURVEY, epilog=f"{AZURE}\n{EXITS}",
        formatter_class=raw,
    )  # fmt: skip
    parser.set_defaults(run=run)
    parser.add_argument("--virtual-network", required=True, metavar="ID", help="the hub's virtual network")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the stack's file to write, such as Pulumi.prod.yaml")
    parser.add_argument("--prove", action="store_true", help="prove the failover of the network as it is")
    parser.add_argument("--as-is", action="store_true", help="use as it is what an update could otherwise change")
    parser.add_argument("--name", default="", help="the setting `name`; by default what Azure's names have in common")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for people or for programs")
    add_azure(parser)


def run(args: argparse.Namespace) -> int:
    """Survey; the answer is the exit code."""
    try:
        _check(args)
        azure = azure_of(args)
        tell = partial(say, aside=args.format == "json")
        survey = describe(collect(azure, args.virtual_network, tell), name=args.name, as_is=args.as_is)
    except (UsageError, AzureError) as error:
        return refused(error)
    settings, problems = read(survey.values)
    if args.out:
        try:
            with args.out.open("x", encoding="utf-8") as file:
                file.write(stack_file(survey))
        except OSError as error:
            return refused(UsageError(f"--out {args.out}: cannot be written: {error.strerror}"))
    if args.format == "json":
        document = as_data(survey, problems)
        if args.prove:
            document["failover"] = _failover(settings, problems)
            document["facts"] = list(facts(survey))
        print(json.dumps(document, indent=2))
    else:
        print(as_text(survey, problems), end="")
        if args.prove:
            _prove(survey, settings, problems)
        if args.out:
            print(f"Wrote {args.out}.")
    return DIFFERS if survey.unread or errors(problems) else SOUND


def _check(args: argparse.Namespace) -> None:
    if not _NETWORK.fullmatch(args.virtual_network):
        raise UsageError("--virtual-network: /subscriptions/../resourceGroups/../providers/Microsoft.Network/"
                         "virtualNetworks/.. was expected")  # fmt: skip
    if not args.out and not args.prove and args.format == "text":
        raise UsageError("say where the settings go (--out FILE), or --prove, or --format json")
    if args.out and args.out.exists():
        raise UsageError(f"--out {args.out}: is there already; a stack's file may hold secrets, so none is overwritten")
    if args.name and not values.is_name(args.name):
        raise UsageError(f"--name {args.name}: 1 to 24 lower-case letters, digits and hyphens, a letter first")


def facts(survey: Survey) -> Sequence[str]:
    """Which facts of the proof were read, and which are taken to be so."""
    told = [one.get("name") for one in (*survey.values["expressRoute"]["circuits"], *survey.values["vpn"]["sites"])]
    return (
        f"Read from Azure: address spaces, route tables, gateways, connections, and what {', '.join(map(str, told))} "
        "announce now.",
        "Assumed: each link's edge router and each site's appliance are machines of their own (onPremises.devices), "
        "and on-premises prefers ExpressRoute for the way back.",
        *(f"Not read, so not proved: {one.what}." for one in survey.unread),
        *(f"Not in the proof: {one.what}: {one.means}." for one in survey.left),
    )


def _failover(settings: Settings | None, problems: Sequence[Problem]) -> Any:
    from topology.show.report import Report
    from topology.show.summary import provable

    return Report(settings).as_data() if settings is not None and provable(settings, problems) else None


def _prove(survey: Survey, settings: Settings | None, problems: Sequence[Problem]) -> None:
    from rich.console import Console

    from topology.show import tables
    from topology.show.escape import visible
    from topology.show.report import Report
    from topology.show.summary import provable

    report = Report(settings) if settings is not None and provable(settings, problems) else None
    notes = [] if report else ["The failover is not proved: what the errors are about has to change first."]
    tables.render(report, list(problems), [*notes, *map(visible, facts(survey))], Console())
