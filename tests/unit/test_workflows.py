"""What holds for every workflow without running one; tests/lifecycle/test_workflows.py runs their steps."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolchain.environments import NoEnvironmentError
from toolchain.linters import NoLinterError, actionlint, shellcheck
from toolchain.locate import PROJECT

FILES = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = [*sorted((PROJECT / ".github").glob("*-stacks")), PROJECT / ".ci" / "run"]
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    return yaml.safe_load(file.read_text())["jobs"]


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in FILES:
        for name, job in jobs(file).items():
            yield from ((f"{file.name}: {name}", step) for step in job["steps"])


def linted(*command: str | Path) -> str:
    run = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    return run.stdout + run.stderr


def test_actionlint_and_shellcheck_find_nothing() -> None:
    try:
        check, lint = shellcheck(), actionlint()
    except (NoEnvironmentError, NoLinterError) as error:
        pytest.skip(f"no linters here: {error}")
    assert len(FILES) == 4
    assert linted(lint, "-no-color", "-pyflakes=", "-shellcheck", check, *FILES) == ""
    assert linted(check, *SCRIPTS) == ""


def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it() -> None:
    used = [line.strip("- ").strip() for file in FILES for line in file.read_text().splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not re.fullmatch(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_no_command_has_an_expression_in_it_that_somebody_elses_text_could_end() -> None:
    assert [where for where, step in steps() if "${{" in step.get("run", "")] == []


def test_a_workflow_may_only_read_where_a_job_does_not_say_more() -> None:
    allowed = [yaml.safe_load(file.read_text())["permissions"] for file in FILES]
    assert allowed == [{"contents": "read"}] * len(FILES)


def test_a_fork_gets_no_job_that_has_a_secret_or_a_login() -> None:
    preview = PROJECT / ".github" / "workflows" / "preview.yml"
    assert "pull_request_target" not in preview.read_text()
    for name, job in jobs(preview).items():
        trusted = "secrets." in yaml.safe_dump(job) or "id-token" in job.get("permissions", {})
        assert (SAME_REPOSITORY in job.get("if", "")) == trusted, name


def test_what_deploys_waits_for_the_environments_approval_and_takes_nothing_but_the_plan() -> None:
    deploy = jobs(PROJECT / ".github" / "workflows" / "deploy.yml")["deploy"]
    assert deploy["environment"] == "${{ matrix.stack }}"
    assert deploy["concurrency"]["cancel-in-progress"] is False
    (command,) = [step["run"] for step in deploy["steps"] if "pulumi up" in step.get("run", "")]
    assert "--plan plan/plan.json" in command
    others = [where for where, step in steps() if re.search(r"pulumi (up|destroy)", step.get("run", ""))]
    assert others == ["deploy.yml: deploy"]
