"""The page about operating a live network, against the commands that it tells of."""

import argparse
import re

import pytest

from operations import cli, permissions
from tests.stacks import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()


def options(command: str) -> set[str]:
    """The options of a command."""
    parser = cli._parser()
    [commands] = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    return {text for action in commands.choices[command]._actions for text in action.option_strings}


@pytest.mark.parametrize("command", ["status", "drill", "rotate-key"])
def test_every_option_that_the_page_names_is_one(command: str) -> None:
    section = re.split(r"\n##+ ", PAGE.split(f"### {command}\n")[1])[0]
    named = set(re.findall(r"`(--[a-z-]+)", section))
    others = {"--load-creds", "--initiate"}
    assert named - others <= options(command)
    assert named


def test_every_command_line_of_the_page_is_understood() -> None:
    lines = re.findall(r"(?m)^\S+python -m operations ((?:status|drill|rotate-key) .*?)(?:\s+#.*)?$", PAGE)
    assert len(lines) > 5
    for line in lines:
        words = line.replace("$simulated", "--endpoint https://127.0.0.1:1 --certificate ca.pem").split()
        assert cli._parser().parse_args(words).stack == "dev"


def test_every_permission_is_on_the_page_and_no_other() -> None:
    told: set[str] = set()
    for part in re.split(r"[;|]", PAGE.split("## Permissions")[1]):
        *home, rest = part.split("/`: ")
        start = home[0].partition("`")[2] + "/" if home else ""
        told |= {f"{start}{verb}" for verb in re.findall(r"`([a-zA-Z]+(?:/[A-Za-z]+)*)`", rest)}
    needed = {
        action.removeprefix("Microsoft.Network/")
        for command in permissions.CHANGES
        for action in permissions.needed(command)
    }
    assert needed <= told
