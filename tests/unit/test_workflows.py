"""What holds for every workflow without running one; tests/lifecycle/test_workflows.py runs their steps."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolchain.environments import NoEnvironmentError
from toolchain.go_tools import NoToolError
from toolchain.linters import actionlint, shellcheck
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
    except (NoEnvironmentError, NoToolError) as error:
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


def test_what_runs_a_pull_requests_program_can_only_read_and_what_judges_it_is_the_bases() -> None:
    found = jobs(PROJECT / ".github" / "workflows" / "preview.yml")
    assert [name for name, job in found.items() if job.get("environment") == "preview"] == ["preview"]
    for file in FILES:
        for name, job in jobs(file).items():
            writes = "AZURE_STORAGE_KEY" in yaml.safe_dump(job)
            assert writes == ((file.name, name) == ("deploy.yml", "deploy")), f"{file.name}: {name}"
    for job, command in (("preview", "--policy-pack base/policy"), ("review", "cd base\n.venv/bin/python -m topology")):
        assert any(command in step.get("run", "") for step in found[job]["steps"]), job
        (base,) = [
            step["with"] for step in found[job]["steps"] if "path" in step.get("with", {}) and "ref" in step["with"]
        ]
        assert (base["ref"], base["path"]) == ("${{ github.base_ref }}", "base")


def test_nothing_of_a_deployment_runs_for_another_branch_than_main() -> None:
    for name, job in jobs(PROJECT / ".github" / "workflows" / "deploy.yml").items():
        assert "github.ref == 'refs/heads/main'" in job["if"].split(" && "), name


def run_step(folder: Path, file: str, job: str, name: str, gh: str, **environment: str) -> tuple[int, str]:
    """Run one step of a workflow, with this script as `gh`; its exit code and what it printed."""
    (step,) = [
        step for step in jobs(PROJECT / ".github" / "workflows" / file)[job]["steps"] if step.get("name") == name
    ]
    (folder / "gh").write_text(f"#!/usr/bin/env bash\n{gh}\n")
    (folder / "gh").chmod(0o755)
    known = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "GITHUB_REPOSITORY": "us/network"}
    run = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder, env=known | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return run.returncode, run.stdout


REVIEWERS = {"type": "required_reviewers", "reviewers": [{"type": "User"}]}


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"protection_rules": [{"type": "branch_policy"}, REVIEWERS]}, 0),
        ({"protection_rules": [{"type": "branch_policy"}, {"type": "wait_timer", "wait_timer": 30}]}, 1),
        ({"protection_rules": [REVIEWERS | {"reviewers": []}]}, 1),
        ({"protection_rules": []}, 1),
        ({"protection_rules": None}, 1),
        (None, 1),
    ],
)
def test_a_stack_that_nobody_would_be_asked_about_is_refused(
    tmp_path: Path, environment: dict[str, Any] | None, code: int
) -> None:
    for name, given in (("prod", {"protection_rules": [REVIEWERS]}), ("a%20b", environment)):
        if given is not None:
            (tmp_path / f"{name}.json").write_text(json.dumps(given))
    gh = f'jq -r "$4" "{tmp_path}/${{2#repos/us/network/environments/}}.json"'
    step = "Refuse a stack whose environment has no required reviewers"
    ended, said = run_step(tmp_path, "deploy.yml", "stacks", step, gh, STACKS='["a b", "prod"]')
    assert ended == code, said
    assert ("the environment a%20b has no required reviewers" in said) == bool(code)
    assert "environment prod" not in said


@pytest.mark.parametrize(("head", "code"), [("new", 0), ("newer", 1)])
def test_a_plan_of_another_commit_than_mains_head_is_not_deployed(tmp_path: Path, head: str, code: int) -> None:
    gh = f"""[ "$2" = repos/us/network/git/ref/heads/main ] && jq -r "$4" <<<'{{"object": {{"sha": "{head}"}}}}'"""
    step = "Refuse what is no longer the head of main"
    ended, said = run_step(tmp_path, "deploy.yml", "deploy", step, gh, GITHUB_SHA="new", STACK="prod")
    assert ended == code, said
    steps = [step.get("name") for step in jobs(PROJECT / ".github" / "workflows" / "deploy.yml")["deploy"]["steps"]]
    assert steps[-2:] == [step, "Deploy the plan"]


def test_what_deploys_waits_for_the_environments_approval_and_takes_nothing_but_the_plan() -> None:
    deploy = jobs(PROJECT / ".github" / "workflows" / "deploy.yml")["deploy"]
    assert deploy["environment"] == "${{ matrix.stack }}"
    assert deploy["concurrency"]["cancel-in-progress"] is False
    (command,) = [step["run"] for step in deploy["steps"] if "pulumi up" in step.get("run", "")]
    assert "--plan plan/plan.json" in command
    others = [where for where, step in steps() if re.search(r"pulumi (up|destroy)", step.get("run", ""))]
    assert others == ["deploy.yml: deploy"]
