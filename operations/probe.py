"""Questions to Azure under a stack's own settings, account and provider, without touching its state.

The Pulumi CLI asks through a preview of a small program of its own in a temporary folder: so they work wherever
`pulumi up` works, on the simulated Azure too. Of an answer only its result and provisioningState are kept.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from operations.azure_ids import path_parameters
from operations.stack import PulumiError, Stack

_PROGRAM = """\
import importlib.metadata
import json
from pathlib import Path

import pulumi

options = pulumi.InvokeOptions(version=importlib.metadata.version("pulumi-azure-native"))


def ask(token, arguments):
    try:
        found = pulumi.runtime.invoke(token, arguments, options).value
    except Exception as error:
        return {"error": str(error)}
    state = found.get("provisioningState") or (found.get("properties") or {}).get("provisioningState")
    return {"state": state or "exists", "subscriptionId": found.get("subscriptionId")}


questions = json.loads(Path("questions.json").read_text())
Path("answers.json").write_text(json.dumps([ask(*question) for question in questions]))
"""

_ABSENT = ("404", "NotFound")
"""What Azure's refusals of a resource that is not there have in their text: the status, or a code that ends so."""


def subscription(stack: Stack) -> str:
    """The subscription that the stack's settings and account lead to. Raises `PulumiError`."""
    answer = _ask(stack, [("azure-native:authorization:getClientConfig", {})])[0]
    if not answer.get("subscriptionId"):
        raise PulumiError(("pulumi", "preview"), f"Azure does not tell the subscription: {answer.get('error', '')}")
    return str(answer["subscriptionId"])


def states(stack: Stack, resources: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """For each (Pulumi type, inputs) the provisioningState in Azure; "" where there is no such resource, "unknown"
    where Azure would not say. Raises `PulumiError`."""
    questions = []
    for kind, inputs in resources:
        module, _, name = kind.rpartition(":")
        questions.append((f"{module}:get{name}", {key: inputs[key] for key in path_parameters(kind)}))
    return [_state(answer) for answer in _ask(stack, questions)] if questions else []


def _state(answer: Mapping[str, Any]) -> str:
    if "error" not in answer:
        return str(answer["state"])
    return "" if any(mark in answer["error"] for mark in _ABSENT) else "unknown"


def _ask(stack: Stack, questions: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="hybrid-network-") as name:
        folder = Path(name)
        project = yaml.safe_load((stack.project / "Pulumi.yaml").read_text())["name"]
        runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": project, "runtime": runtime}))
        settings = f"Pulumi.{stack.name.rsplit('/', 1)[-1]}.yaml"
        shutil.copy2(stack.project / settings, folder / settings)
        (folder / "__main__.py").write_text(_PROGRAM)
        (folder / "questions.json").write_text(json.dumps(questions))
        failure = ""
        try:
            replace(stack, project=folder).plan()
        except PulumiError as error:
            # The small program makes nothing, so the plan would delete all there is and may be refused: no matter.
            failure = error.output
        answers = folder / "answers.json"
        if not answers.exists():
            raise PulumiError(("pulumi", "preview"), failure)
        return json.loads(answers.read_text())
