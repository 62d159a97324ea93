"""`python -m topology FILE`: judges a stack file without Pulumi, and shows its failover."""

import argparse
import json
import sys
from difflib import get_close_matches
from pathlib import Path

from components.rules import errors

from .reading import Reading, SettingsError, read_file
from .show.output import end_quietly, hand_over
from .show.report import Report
from .show.summary import provable

FORMATS = ("table", "markdown", "json", "svg", "mermaid")
SOUND, PROBLEMS, USAGE = 0, 1, 2
"""Exit codes."""
NOT_PROVED = "The failover is not proved: what the errors are about has to change first."
ENCRYPTED = "The failover is not proved: a part of the settings is encrypted."


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["review"]:
        from .review.command import main as review

        return review(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="python -m topology",
        description="Judge the settings of a stack and show what happens when parts of the network fail. "
        "Nothing is deployed and nothing is asked of Azure.",
        epilog="Exit code: 0 sound, 1 problems, 2 wrong usage. What a change does: python -m topology review --help.",
    )
    parser.add_argument("file", type=Path, help="settings of a stack, such as Pulumi.dev.yaml")
    parser.add_argument("--format", choices=FORMATS, default="table", help="default: %(default)s")
    parser.add_argument("--out", type=Path, metavar="PATH", help="write there instead of to the terminal")
    parser.add_argument(
        "--connected",
        metavar="NAMES",
        help="circuits that carry traffic today, separated by commas ('' for none): today's paths are shown too",
    )
    if arguments and not Path(arguments[0]).exists() and get_close_matches(arguments[0], ["review"], cutoff=0.7):
        parser.error(f"{arguments[0]} is no file; did you mean: python -m topology review BASE HEAD?")
    options = parser.parse_args(arguments)
    try:
        reading = read_file(options.file)
    except SettingsError as error:
        print("\n".join(str(problem) for problem in error.problems), file=sys.stderr)
        return USAGE
    settings, problems = reading.settings, reading.problems
    connected = None
    if options.connected is not None and settings is not None:
        connected = {name for name in options.connected.split(",") if name}
        unknown = connected - {circuit.name for circuit in settings.express_route.circuits}
        if unknown:
            parser.error(f"--connected: no circuit {', '.join(sorted(unknown))} in {options.file}")
    code = PROBLEMS if errors(problems) else SOUND
    report = Report(settings, connected) if settings and provable(settings, problems) else None
    notes = [] if report else [NOT_PROVED if errors(problems) else ENCRYPTED]
    if report is None and options.format in ("svg", "mermaid"):
        print("\n".join([*map(str, problems), *notes]), file=sys.stderr)
        return code
    if reading.not_asked:
        notes.append(f"Not asked: {'; '.join(reading.not_asked)}.")
    text = _render(options.format, report, reading, notes, options.out is None)
    hand_over(text, options.out, parser)
    return code


def _render(kind: str, report: Report | None, reading: Reading, notes: list[str], terminal: bool) -> str:
    problems = reading.problems
    if kind == "json":
        found = [{"path": p.path, "rule": p.rule, "severity": p.severity, "message": p.message} for p in problems]
        failover = report.as_data() if report else None
        return json.dumps({"problems": found, "failover": failover, "notAsked": reading.not_asked}, indent=2) + "\n"
    if kind == "markdown":
        from .show import markdown

        return markdown.render(report, problems, notes)
    if kind == "svg" and report:
        from .show import svg

        return svg.render(report)
    if kind == "mermaid" and report:
        from .show import mermaid

        return mermaid.render(report)
    from rich.console import Console

    from .show import tables

    return tables.render(report, problems, notes, Console() if terminal else None)


if __name__ == "__main__":
    end_quietly()
    sys.exit(main())
