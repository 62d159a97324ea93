"""The project's own stack files, as the tests start from them."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
KEY = "Correct.Horse_Battery+Staple42"
"""A pre-shared key that exists for tests only."""
PEERING_KEY = "Correct9Horse9Battery9"
"""An MD5 key of a peering: letters and digits, at most 25 [KEY-03]."""


@cache
def _config(file: Path) -> dict[str, Any]:
    return yaml.safe_load(file.read_text())["config"]


def stack_config(stack: str) -> dict[str, Any]:
    """The `config:` of a stack file of this project, a fresh copy."""
    return deepcopy(_config(ROOT / f"Pulumi.{stack}.yaml"))


def example_config(name: str) -> dict[str, Any]:
    """The `config:` of one of the project's examples, a fresh copy."""
    return deepcopy(_config(ROOT / "examples" / f"{name}.yaml"))


def stack_values(stack: str) -> dict[str, Any]:
    """The same as `topology.reading.read` takes it: keys without namespace."""
    return {key.split(":", 1)[1]: value for key, value in stack_config(stack).items()}


def keys_for(config: dict[str, Any]) -> dict[str, str]:
    """A shared key for every site of a stack's configuration."""
    return {site["name"]: KEY for site in config["hybrid-network:vpn"]["sites"]}
