"""What the commands on a live network share on the command line: the stack, Azure, the rights, the settings."""

import argparse
import json
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from components.rules import errors, report
from operations import permissions
from operations.azure import Azure, AzureError, Endpoint, UsageError
from operations.live import Live, NotDeployedError, live
from operations.stack import PulumiError, Stack, UnreadableStateError
from operations.stack_lock import LockedError
from operations.telling import complain, say
from toolchain.locate import PROJECT, NoEngineError, bin_folder
from topology.reading import NAMESPACE, read_config
from topology.settings.model import Settings
from topology.under_way import file_of

SOUND, DIFFERS, UNABLE = 0, 1, 2
UNABLE_BECAUSE = (
    UsageError,
    AzureError,
    NotDeployedError,
    PulumiError,
    LockedError,
    UnreadableStateError,
    NoEngineError,
)
"""Why a command cannot tell anything; each text says what to do."""
AZURE = """\
With azure-identity's default credential (az login, a managed identity, environment variables); its client is installed
by `pip install -r requirements-operations.txt`. --endpoint is for the simulated Azure alone: loopback addresses only.
"""


@dataclass(frozen=True)
class Given:
    """What a command works on. keys: the stack's secret maps, such as vpnSharedKeys; they stay in memory."""

    stack: Stack
    azure: Azure
    live: Live
    keys: Mapping[str, Mapping[str, str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of every command on a live network."""
    parser.add_argument("--stack", required=True, metavar="NAME", help="the stack, as `pulumi stack ls` shows it")
    add_azure(parser)


def add_azure(parser: argparse.ArgumentParser) -> None:
    """The options that say which Azure it is."""
    parser.add_argument("--endpoint", metavar="URL", help="the simulated Azure (SIMULATED_ARM), on this machine only")
    parser.add_argument(
        "--certificate", type=Path, metavar="FILE", help="the certificate of --endpoint (SIMULATED_ARM_CA)"
    )


def add_waiting(parser: argparse.ArgumentParser, minutes: float, what: str, poll: float) -> None:
    """The options of a command that waits for something. what: the minutes are for; by default so many, and so many
    seconds between two looks."""
    parser.add_argument("--minutes", type=positive, default=minutes, metavar="N", help=f"{what} (default {minutes:g})")
    parser.add_argument(
        "--poll", type=positive, default=poll, metavar="SECONDS", help=f"pause between two looks (default {poll:g})"
    )


def azure_of(args: argparse.Namespace) -> Azure:
    """Azure as the command line says. Raises `UsageError`."""
    if args.endpoint is None and args.certificate is not None:
        raise UsageError("--certificate goes with --endpoint")
    return Azure(Endpoint.read(args.endpoint, args.certificate) if args.endpoint else None)


def given(args: argparse.Namespace) -> Given:
    """What the command line names, read. Raises `UsageError`, `NotDeployedError` and what `Stack` raises."""
    azure, stack = azure_of(args), Stack(args.stack, PROJECT, bin_folder())
    config = stack.config()
    settings, secrets = settings_of(config), secret_maps(config)
    azure.veil(value for one in secrets.values() for value in one.values())
    return Given(stack, azure, live(settings, stack.outputs()), secrets)


def settings_of(config: Mapping[str, tuple[str, bool]]) -> Settings:
    """The settings of a stack's configuration. Raises `NotDeployedError` with all problems where they are not right."""
    texts = {key: text for key, (text, _) in config.items()}
    settings, problems = read_config(texts, [key for key, (_, secret) in config.items() if secret])
    if settings is None or errors(problems):
        raise NotDeployedError(report(errors(problems), "The settings cannot be deployed, so nothing is compared"))
    return settings


def secret_maps(config: Mapping[str, tuple[str, bool]]) -> dict[str, dict[str, str]]:
    """The secret maps of a configuration."""
    found: dict[str, dict[str, str]] = {}
    for name in ("vpnSharedKeys", "circuitAuthorizationKeys", "peeringSharedKeys"):
        text, _ = config.get(f"{NAMESPACE}:{name}", ("", True))
        try:
            value = json.loads(text) if text else {}
        except ValueError:
            value = {}
        found[name] = {str(key): str(one) for key, one in value.items()} if isinstance(value, dict) else {}
    return found


def check_rights(azure: Azure, live: Live, command: str) -> None:
    """Say which permissions are missing before anything else is done. Raises `UsageError` with all of them."""
    lines = permissions.missing(azure, permissions.wanted(live, command))
    if lines:
        text = "\n".join(f"  {line}" for line in lines)
        raise UsageError(f"This account may not do all that `{command}` needs; nothing was changed. Missing:\n{text}")


def record_of(one: Given) -> Path:
    """Where what is under way on the stack is recorded; the program looks there too."""
    return file_of(one.stack.name, one.live.settings.resource_group_name)


def positive(text: str) -> float:
    """A number of the command line that must be above 0."""
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


class OneInterrupt:
    """Ctrl-C, a closed terminal or SIGTERM interrupts once; after that the way back goes on, whatever comes.

    still: what goes on then, in words.
    """

    def __init__(self, still: str) -> None:
        self._seen, self._still = False, still
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._seen:
            say(f"  {self._still}")
            return
        self._seen = True
        raise KeyboardInterrupt


def refused(error: Exception) -> int:
    """Tell why a command did nothing."""
    complain(error)
    return UNABLE
