"""The documents against the code they describe: what is made is as it would be made now, and what is written holds."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, get_args

import pulumi
import pytest
from pydantic import BaseModel

import components
from tests.commands import blocks, pages
from tests.pages.made import COMMAND, PARTS, files
from tests.pages.settings import exported, parts
from tests.recording import SUBSCRIPTION, Secret, record
from tests.stacks import KEY, ROOT
from tests.unit.examples import NETWORK
from tests.unit.test_arguments import PLAIN
from tests.unit.test_imports import graph, sources
from toolchain.workspace import copy_project
from topology.reading import OTHER_KEYS, SECRET_KEYS
from topology.settings.model import Settings

README = (ROOT / "README.md").read_text()
SETTINGS, COMPONENTS, ARCHITECTURE = (
    (ROOT / "docs" / f"{name}.md").read_text() for name in ("settings", "components", "architecture")
)


def test_what_is_made_is_as_the_command_makes_it() -> None:
    made = dict(files())
    assert len(made) > 5
    assert [path.name for path, text in made.items() if path.read_text() != text] == [], f"run: {COMMAND}"


def test_every_made_part_is_on_a_page_that_names_the_command() -> None:
    marked = {name: page for page in pages() for name in re.findall(r"<!-- made: (.*?) -->", page.read_text())}
    del marked["NAME"]  # CONTRIBUTING.md tells of the marks.
    assert set(marked) == set(PARTS)
    assert [page.name for page in marked.values() if COMMAND not in " ".join(page.read_text().split())] == []


def settings(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """The path of every setting."""
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        yield "azure-native:location" if path == "location" else path
        for nested in nested_models(field.annotation):
            yield from settings(nested, f"{path}{'[]' if 'list[' in str(field.annotation) else ''}.")


def nested_models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from nested_models(part)


def rows(text: str) -> dict[str, list[str]]:
    """The cells of each row whose first one is a name in backticks."""
    found = [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines() if "| `" in line[:3]
    ]
    return {cells[0].strip("`"): cells[1:] for cells in found}


def said_elsewhere() -> dict[str, str]:
    """Where a part of the settings stands again, and the first place, which has the rows."""
    return {other: first for _, (first, *others) in parts() for other in others}


def test_every_setting_has_a_row_of_its_own_and_every_row_is_of_a_setting() -> None:
    keys = SETTINGS.split("## Keys")[1].split("## Secrets")[0]
    expected = set(settings(Settings))
    for other, first in said_elsewhere().items():
        same = {path for path in expected if path.startswith(f"{other}.")}
        assert {path.replace(other, first, 1) for path in same} <= expected
        assert re.search(rf"The same in .*`{re.escape(other)}`", keys), other
        expected -= same
    assert set(rows(keys)) == expected


def test_every_row_says_what_a_setting_means_and_what_it_is_by_default() -> None:
    found = rows(SETTINGS.split("## Keys")[1].split("## Secrets")[0])
    assert [path for path, (kind, default, text) in found.items() if not (kind and default and len(text) > 8)] == []


def test_every_map_of_secrets_and_every_other_key_is_told() -> None:
    assert set(rows(SETTINGS.split("## Secrets")[1].split("## Other keys")[0])) == set(SECRET_KEYS)
    assert set(rows(SETTINGS.split("## Other keys")[1].split("## Zones")[0])) == set(OTHER_KEYS)


def test_every_output_is_told_and_every_one_told_is_exported() -> None:
    names = re.findall(r'pulumi\.export\(\s*"(\w+)"', (ROOT / "__main__.py").read_text())
    assert list(rows(SETTINGS.split("## Outputs")[1])) == names
    assert [name for name in names if len(exported()[name]) < 8] == []


@pytest.mark.parametrize(
    "command",
    [
        ".venv/bin/python -m topology Pulumi.reference.yaml",
        ".venv/bin/python -m topology Pulumi.reference.yaml --format markdown",
        ".venv/bin/python -m appliance --settings Pulumi.reference.yaml --site onprem --out build/onprem",
    ],
)
def test_a_command_that_needs_no_stack_works_in_a_fresh_clone(command: str, clone: Any) -> None:
    assert any(command in block.text for page in pages() for block in blocks(page))
    done = subprocess.run(
        command.split(), cwd=clone, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Any:
    copy_project(ROOT, folder := tmp_path_factory.mktemp("fresh") / "clone")
    return folder


def test_every_link_leads_to_a_file_and_a_heading_that_are_there() -> None:
    broken: list[str] = []
    for page in pages():
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            name, _, heading = link.partition("#")
            target = (page.parent / name) if name else page
            if link.startswith("http") or not target.exists():
                broken += [] if link.startswith("http") else [f"{page.name}: {link}"]
            elif heading and heading not in anchors(target.read_text()):
                broken.append(f"{page.name}: {link}")
    assert broken == []


def anchors(text: str) -> set[str]:
    """The headings of a page as GitHub names them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short_and_names_every_page() -> None:
    assert len(README.splitlines()) <= 160
    named = {link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", README)}
    assert {str(page.relative_to(ROOT)) for page in pages()} - {"README.md"} <= named


def test_the_picture_of_the_folders_has_the_imports_that_are_there() -> None:
    (drawn,) = re.findall(r"```mermaid\n(.*?)```", ARCHITECTURE, re.S)
    arrows = set(re.findall(r"(\w+) --> (\w+)", drawn))
    nodes = {name for arrow in arrows for name in arrow} | set(re.findall(r"^  (\w+)$", drawn, re.M))
    found = {
        (module.split(".")[0], target.split(".")[0])
        for module, targets in graph(sources()).items()
        for target in targets
    }
    ours = {arrow for arrow in found if arrow[0] in nodes and arrow[0] != arrow[1] and arrow[0] != "tests"}
    assert arrows == ours
    told = set(rows(ARCHITECTURE.split("Imports go")[0]))
    assert nodes <= {name.removesuffix("/").removesuffix(".py") for name in told}


def test_what_thinks_loads_neither_pulumi_nor_the_sdk() -> None:
    program = (
        "import sys, topology.reading, topology.proof.failover, topology.review.review, appliance.plan; "
        "print(sorted({'pulumi', 'pulumi_azure_native'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_commits_to_look_at_are_there() -> None:
    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)

    if git("rev-parse", "--is-shallow-repository").stdout.strip() != "false":
        pytest.skip("no history here")
    named = re.findall(r"as in ([0-9a-f]{7})", (ROOT / "CONTRIBUTING.md").read_text())
    assert len(named) == 5
    assert [commit for commit in named if git("merge-base", "--is-ancestor", commit, "HEAD").returncode] == []


REUSE = COMPONENTS.split("## Reference")[0]
EXAMPLES_OF_REUSE = re.findall(r"```python\n(.*?)```", README + REUSE, re.S)


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


def test_the_reference_says_which_arguments_are_plain() -> None:
    said: set[tuple[str, str]] = set()
    component = above = ""
    for line in COMPONENTS.split("## Reference")[1].splitlines():
        if found := re.fullmatch(r"### (\w+)", line):
            component, above = found[1], ""
        elif found := re.match(r"`([\w.\[\]]+)`: ", line):
            above = f"{found[1]}."
        elif (found := re.match(r"\| `(\w+)` \| (.*?) \|", line)) and "plain" in found[2]:
            said.add((component, f"{above}{found[1]}"))
    plain = {(one.component, one.path.replace("[0]", "[]")) for one in PLAIN}
    assert said == {(component, path) for component, path in plain if not path.endswith("[]")}


def test_what_the_page_says_of_components_is_there() -> None:
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
