"""The README's tables against the code they describe."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tests.stacks import ROOT
from topology.__main__ import main as topology
from topology.model import Settings
from topology.reading import SECRET_KEYS

README = (ROOT / "README.md").read_text()


def keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name
        for nested in nested_models(field.annotation):
            yield from keys(nested)


def nested_models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from nested_models(part)


def test_every_setting_is_in_the_readmes_table() -> None:
    table = README.split("## Settings")[1].split("## Outputs")[0]
    words = set(re.findall(r"[A-Za-z]+", table))
    assert {key for key in keys(Settings) if key not in words} == set()
    assert set(SECRET_KEYS) <= words


def test_every_output_is_in_the_readmes_table_and_the_other_way_round() -> None:
    table = README.split("## Outputs")[1].split("## ")[0]
    documented = set(re.findall(r"`(\w+)`", "\n".join(row.split("|")[1] for row in table.splitlines() if "| `" in row)))
    exported = set(re.findall(r'pulumi\.export\(\s*"(\w+)"', (ROOT / "__main__.py").read_text()))
    assert documented == exported


def test_the_failover_table_and_picture_are_what_the_named_commands_make(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = str(ROOT / "Pulumi.reference.yaml")
    start, end = "<!-- failover: python -m topology Pulumi.reference.yaml --format markdown -->", "<!-- /failover -->"
    assert topology([settings, "--format", "markdown"]) == 0
    assert README.split(start)[1].split(end)[0].strip() == capsys.readouterr().out.strip()
    picture = tmp_path / "failover.svg"
    assert topology([settings, "--format", "svg", "--out", str(picture)]) == 0
    assert picture.read_text() == (ROOT / "docs/failover.svg").read_text()
