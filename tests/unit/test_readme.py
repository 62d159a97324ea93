"""The README's tables against the code they describe."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pulumi
import pytest
from pydantic import BaseModel

import components
from tests.recording import SUBSCRIPTION, Secret, record
from tests.stacks import KEY, ROOT
from tests.unit.examples import NETWORK
from tests.unit.test_arguments import PLAIN
from toolchain.workspace import copy_project
from topology.__main__ import main as topology
from topology.reading import SECRET_KEYS
from topology.settings.model import Settings

README = (ROOT / "README.md").read_text()


def settings(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """The path of every setting, without the marks of lists: network.tiers.loadBalancer.port."""
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        yield path
        for nested in nested_models(field.annotation):
            yield from settings(nested, f"{path}.")


def nested_models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from nested_models(part)


def rows(table: str) -> dict[str, str]:
    """What a table's rows say of each setting that their first column names; `…` stands for the list above."""
    said: dict[str, str] = {}
    listed = ""
    for line in table.splitlines():
        first, _, rest = line.removeprefix("| ").partition(" | ")
        for name in re.findall(r"`([^`]+)`", first) if line.startswith("| `") else ():
            if name.endswith("[]") and not name.startswith("…"):
                listed = name
            path = name.replace("… ", listed).replace("[]", "").removeprefix("azure-native:")
            said[path] = rest
    return said


def described(path: str, said: dict[str, str]) -> bool:
    """Whether a setting has a row of its own, or the row of what it is in names it and what is between."""
    if path in said or any(row.startswith(f"{path}.") for row in said):
        return True
    above = [row for row in said if path.startswith(f"{row}.")]
    if not above:
        return False
    row = max(above, key=len)
    text = said[row]
    # A row may say that it has the parts of another, and with them what that one's own rows have.
    for other in re.findall(r"`([\w.]+\.\w+)`", text):
        text += said.get(other, "")
        text += "".join(
            f" `{name[len(other) + 1 :]}` {rest}" for name, rest in said.items() if name.startswith(f"{other}.")
        )
    for other in re.findall(r"as `(\w+)` below", text):
        text += "".join(rest for name, rest in said.items() if name.endswith(f".{other}"))
    named = {re.split(r"\W", word)[0] for word in re.findall(r"`([^`]+)`", text)}
    return set(path.removeprefix(f"{row}.").split(".")) <= named


SETTINGS_TABLE, _, SECRETS_TABLE = README.split("## Settings")[1].split("## Outputs")[0].partition("Secrets are maps")


def test_every_setting_is_in_the_readmes_table_in_its_own_row() -> None:
    said = rows(SETTINGS_TABLE)
    assert [path for path in settings(Settings) if not described(path, said)] == []


def test_every_row_of_the_readmes_table_is_of_a_setting() -> None:
    assert set(rows(SETTINGS_TABLE)) - set(settings(Settings)) == set()


def test_every_map_of_secrets_is_in_the_readmes_table_and_the_other_way_round() -> None:
    assert set(rows(SECRETS_TABLE)) == set(SECRET_KEYS)


@pytest.mark.parametrize("path", sorted(set(settings(Settings))))
def test_no_other_row_speaks_for_a_setting(path: str) -> None:
    """Otherwise the table's test could not fail: most names are words of other rows too."""
    said = rows(SETTINGS_TABLE)
    others = {
        row: "" if path.startswith(f"{row}.") else text
        for row, text in said.items()
        if row != path and not row.startswith(f"{path}.")
    }
    assert not described(path, others)


def test_every_output_is_in_the_readmes_table_and_the_other_way_round() -> None:
    table = README.split("## Outputs")[1].split("## ")[0]
    documented = set(re.findall(r"`(\w+)`", "\n".join(row.split("|")[1] for row in table.splitlines() if "| `" in row)))
    exported = set(re.findall(r'pulumi\.export\(\s*"(\w+)"', (ROOT / "__main__.py").read_text()))
    assert documented == exported


def test_the_failover_table_and_picture_are_what_the_named_commands_make(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = str(ROOT / "Pulumi.reference.yaml")
    start, end = (
        "<!-- failover: .venv/bin/python -m topology Pulumi.reference.yaml --format markdown -->",
        "<!-- /failover -->",
    )
    assert topology([settings, "--format", "markdown"]) == 0
    assert README.split(start)[1].split(end)[0].strip() == capsys.readouterr().out.strip()
    picture = tmp_path / "failover.svg"
    assert topology([settings, "--format", "svg", "--out", str(picture)]) == 0
    assert picture.read_text() == (ROOT / "docs/failover.svg").read_text()


COMMANDS = re.findall(r"^    (\S.*)$", README.replace("```", ""), re.M) + re.findall(r"`([^`\n]+)`", README)
IN_PYTHON = [line.split("#")[0].split("&&")[0].strip() for line in COMMANDS if re.search(r"(^|/)python3? -m ", line)]


def test_no_command_needs_a_python_that_is_not_there_after_make() -> None:
    assert len(IN_PYTHON) > 5
    assert [command for command in IN_PYTHON if not command.startswith(".venv/bin/python -m ")] == []


def test_every_make_command_is_one_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):.* ## ", (ROOT / "Makefile").read_text(), re.M))
    named = {target for line in COMMANDS for target in re.findall(r"\bmake (?:-s )?([a-z]+)", line)}
    assert len(named) > 3
    assert named - targets == set()


@pytest.mark.parametrize("command", sorted(set(IN_PYTHON)))
def test_a_command_of_the_readme_knows_the_options_that_it_is_given(command: str) -> None:
    module, *given = command.removeprefix(".venv/bin/python -m ").split()
    inner = [word for word in given[:1] if re.fullmatch(r"[a-z]+", word)]
    asked = [sys.executable, "-m", module, *inner, "--help"]
    help = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    options = [word for word in given if word.startswith("--")]
    assert [option for option in options if option not in help.stdout + help.stderr] == []
    assert "No module named" not in help.stderr


@pytest.mark.parametrize(
    "command", sorted({c for c in IN_PYTHON if " topology Pulumi." in c or " appliance --settings Pulumi." in c})
)
def test_a_command_that_needs_no_stack_works_in_a_fresh_clone(command: str, tmp_path: Path) -> None:
    copy_project(ROOT, tmp_path / "clone")
    folder = tmp_path / "out"
    here = command.replace("/tmp/onprem", str(folder))
    done = subprocess.run(
        here.split(), cwd=tmp_path / "clone", env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


REUSE = README.split("## One component in another stack")[1].split("\n## ")[0]
EXAMPLES_OF_REUSE = re.findall(r"```python\n(.*?)```", REUSE, re.S)


class AnotherStack(pulumi.runtime.Mocks):
    """Pulumi's own mocks, and the stack that the examples refer to."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        exported = {"resourceGroup": "rg-prod", "virtualNetworkId": NETWORK, "virtualNetworkPrefixes": ["10.0.0.0/16"]}
        more = {"outputs": exported} if args.typ == "pulumi:pulumi:StackReference" else {}
        return f"{args.name}_id", {**args.inputs, **more}

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        return {}


@pytest.mark.parametrize("example", EXAMPLES_OF_REUSE, ids=range(len(EXAMPLES_OF_REUSE)))
def test_an_example_of_a_component_in_another_stack_deploys(example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hybrid_network", components)
    config = {"hybrid-network:sharedKey": KEY, "hybrid-network:hubSubscription": SUBSCRIPTION}
    secrets = {"hybrid-network:sharedKey"}
    made = record(lambda: exec(example, {}), azure=AnotherStack(), config=config, secret_keys=secrets)
    assert made.of("network:Subnet")
    assert {r.inputs["virtualNetworkName"] for r in made.of("network:Subnet")} <= {"vnet", "vnet-branch", "vnet-data"}
    assert {r.inputs["sharedKey"] for r in made.of("network:VirtualNetworkGatewayConnection")} <= {Secret(KEY)}


def test_the_readme_says_which_arguments_are_plain() -> None:
    said = {
        row.split("|")[1].strip(" `"): set(re.findall(r"`([^`]+)`", row.split("|")[2]))
        for row in REUSE.splitlines()
        if row.startswith("| `")
    }
    plain: dict[str, set[str]] = {}
    for argument in PLAIN:
        path = argument.path.replace("[0]", "[]")
        if not path.endswith("[]"):
            plain.setdefault(argument.component, set()).add(path)
    assert said == plain


def test_what_the_readme_says_of_components_is_there() -> None:
    names = set(re.findall(r"`(?:hub|vpn)\.(\w+)`", REUSE))
    assert names == {"add_tier", "add_management", "peer", "last", "connect"}
    assert callable(components.HubNetwork.add_tier)
    assert callable(components.HubNetwork.add_management)
    assert callable(components.HubNetwork.peer)
    assert callable(components.VpnGateway.connect)
    assert {
        "bastion_change",
        "circuit_phase",
        "gateway_change",
        "missing_key",
        "moved_generation",
        "keeps_generation",
        "CircuitOrder",
    } <= {name for name in re.findall(r"`(\w+)", REUSE) if name in components.__all__}
