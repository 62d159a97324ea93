"""The steps of the workflows, run in order on a simulated Azure, in a clone with its own history; GitHub is played."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from appliance.outside import outside
from simulator.cloud import Cloud
from simulator.outside import parse
from tests.clients.azure_side import served
from tests.lifecycle.observe import changes, ids
from tests.lifecycle.runner import Job, Runner
from toolchain.workspace import Workspace
from topology.reading import read_stack_file

STACK = "reference"
GH = """\
#!/usr/bin/env bash
# Notes what it is told, keeps the text it is given, and answers a question with what the test has put there.
echo "$*" >> "$GH_FOLDER/calls"
case $2 in
  */environments/*) exec jq -r "$4" "$GH_FOLDER/${2##*/}.json" ;;
  */git/ref/heads/main) git rev-parse HEAD; exit ;;
esac
for word in "$@"; do
  case $word in
    body=@*) cp "${word#body=@}" "$GH_FOLDER/body" ;;
    drift.md) cp "$word" "$GH_FOLDER/body" ;;
    --jq) cat "$GH_FOLDER/answer" ;;
  esac
done
"""
ROUTE = {"name": "nowhere", "prefix": "10.50.0.0/16", "nextHopType": "None"}


@dataclass
class Repository:
    """A clone of the project with a deployed stack, and the GitHub around it."""

    workspace: Workspace
    github: Path
    endpoint: str = ""
    """What `python -m operations` is told of the simulated Azure."""

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")
        command = ["git", *who, *arguments]
        return subprocess.run(
            command, cwd=self.workspace.project, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
        return self.git("rev-parse", "HEAD")

    def runner(self, workflow: str, **known: str) -> Runner:
        """Runs a workflow: backend and passphrase reach its steps only as it hands them on."""
        given = dict(self.workspace.environment)
        repository = {"github.repository": "us/network", "github.token": "token", "github.ref": "refs/heads/main"}
        return Runner(
            file=self.workspace.project / ".github" / "workflows" / workflow,
            folder=self.workspace.project,
            artifacts=self.github / "artifacts",
            known={
                **repository,
                **{f"vars.{name}": "" for name in ("PULUMI_ORGANIZATION", "AZURE_STORAGE_ACCOUNT")},
                **{f"vars.ARM_{name}_ID": "" for name in ("CLIENT", "TENANT", "SUBSCRIPTION")},
                **{
                    f"secrets.{name}": ""
                    for name in ("PULUMI_ACCESS_TOKEN", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN")
                },
                "vars.PULUMI_BACKEND_URL": given.pop("PULUMI_BACKEND_URL"),
                "secrets.PULUMI_CONFIG_PASSPHRASE": given.pop("PULUMI_CONFIG_PASSPHRASE"),
                **known,
            },
            environment={
                **given,
                "PATH": f"{self.github}{os.pathsep}{given['PATH']}",
                "GH_FOLDER": str(self.github),
                "GITHUB_REPOSITORY": "us/network",
                "GITHUB_SHA": self.git("rev-parse", "HEAD"),
                "CI": "true",
                "ENDPOINT": self.endpoint,
            },
        )

    def calls(self) -> list[str]:
        """What `gh` was told since this was asked last."""
        file = self.github / "calls"
        said = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return said

    def answer(self, text: str) -> None:
        """What `gh` answers from now on when it is asked which comment or issue there is."""
        (self.github / "answer").write_text(text)


@pytest.fixture(scope="module")
def repository(phase_one: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    github = tmp_path_factory.mktemp("github")
    (github / "artifacts").mkdir()
    (github / "gh").write_text(GH)
    (github / "gh").chmod(0o755)
    reviewers = {"type": "required_reviewers", "reviewers": [{"type": "Team"}]}
    (github / f"{STACK}.json").write_text(json.dumps({"protection_rules": [reviewers]}))
    with phase_one.clone(tmp_path_factory.mktemp("repository")) as workspace:
        for file in workspace.project.glob("requirements*.txt"):
            # Older than the environment in use, so that `make` has nothing to install.
            os.utime(file, (0, 0))
        found = Repository(workspace, github)
        found.answer("")
        found.git("init", "--quiet", "--initial-branch=main")
        found.git("update-ref", "refs/remotes/origin/main", found.commit())
        yield found


def state(repository: Repository) -> dict[str, int]:
    """Every file that the stacks' backend has, with the time of its last change."""
    folder = Path(repository.workspace.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
    return {str(file): file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}


def succeeded(job: Job) -> Job:
    assert job.failed == [], job.printed
    return job


PULL_REQUEST = {
    "github.base_ref": "main",
    "github.event.action": "opened",
    "github.event.pull_request.number": "7",
    "github.event.pull_request.head.repo.full_name": "us/network",
    "join(github.event.pull_request.labels.*.name, ' ')": "",
    "needs.labels.result": "skipped",
    "needs.stacks.result": "success",
    "needs.preview.result": "success",
}


@pytest.fixture
def narrower(repository: Repository) -> Iterator[None]:
    """A pull request in which the VPN carries half of what the circuit does."""
    vpn = repository.workspace.settings()["hybrid-network:vpn"]
    vpn["sites"][0]["prefixes"] = ["192.168.0.0/17"]
    repository.workspace.change(vpn=vpn)
    repository.commit()
    yield
    repository.git("reset", "--quiet", "--hard", "origin/main")


@pytest.mark.usefixtures("narrower")
def test_a_pull_request_that_loses_a_failover_fails_with_its_review_and_keeps_one_comment(
    repository: Repository,
) -> None:
    workflow = repository.runner("preview.yml", **PULL_REQUEST)
    stacks = succeeded(workflow.run("stacks")).outputs["stacks"]
    assert json.loads(stacks) == [STACK]
    needs = {"needs__stacks__outputs__stacks": stacks}
    before = state(repository)
    assert workflow.run("preview", matrix__stack=STACK, **needs).failed == ["Preview"], "the program refuses it too"
    assert state(repository) == before, "a preview needs nothing but to read"
    review = workflow.run("review", needs__preview__result="failure", **needs)
    assert review.failed == ["Review"], review.printed
    assert review.summary.startswith("<!-- topology review -->")
    assert "192.168.0.0/16" in review.summary
    assert "not met" in review.summary
    assert "Job preview ended with failure: not all of this change was looked at." in review.summary
    assert (repository.github / "body").read_text() == review.summary
    asked, made = repository.calls()
    assert "--paginate repos/us/network/issues/7/comments" in asked
    assert (
        made == f"api --silent repos/us/network/issues/7/comments -F body=@{repository.github}/artifacts/temp/review.md"
    )

    # Somebody who may set labels allows it.
    repository.answer("41\n42\n")
    allowed = {"join(github.event.pull_request.labels.*.name, ' ')": "bug allow-all"}
    again = repository.runner("preview.yml", **PULL_REQUEST | allowed)
    assert succeeded(again.run("review", **needs)).summary == (repository.github / "body").read_text()
    changed = repository.calls()[-1]
    assert changed.startswith("api --silent -X PATCH repos/us/network/issues/comments/41 -F body=@")

    # Not for a commit that came after that, nor what no preview has seen.
    assert again.run("review", github__event__action="synchronize", **needs).failed == ["Review"]
    assert again.run("review", needs__preview__result="cancelled", **needs).failed == ["Review"]
    assert repository.calls()[-1] == changed


@pytest.mark.usefixtures("narrower")
def test_a_preview_that_nobody_can_read_leaves_no_comment_of_an_earlier_commit(repository: Repository) -> None:
    artifact = repository.github / "artifacts" / "preview-other"
    artifact.mkdir()
    (artifact / f"{STACK}.json").write_text("{")
    (artifact / "other.json").write_text("[]")
    repository.answer("41\n")
    try:
        review = repository.runner("preview.yml", **PULL_REQUEST).run("review")
    finally:
        shutil.rmtree(artifact)
    assert review.failed == ["Review"]
    assert "**This change could not be reviewed.**" in review.summary
    assert (repository.github / "body").read_text() == review.summary


def test_a_new_commit_takes_off_what_was_allowed_of_an_earlier_one(repository: Repository) -> None:
    repository.calls()
    repository.answer("allow-all\nallow-refusal\n")
    new = {"github.event.action": "synchronize"}
    succeeded(repository.runner("preview.yml", **PULL_REQUEST | new).run("labels"))
    labels = "repos/us/network/issues/7/labels"
    gone = [f"api --silent -X DELETE {labels}/{label}" for label in ("allow-all", "allow-refusal")]
    assert repository.calls()[1:] == gone
    with pytest.raises(AssertionError, match="would not run"):
        repository.runner("preview.yml", **PULL_REQUEST).run("labels")


@pytest.mark.usefixtures("narrower")
def test_a_fork_gets_the_review_of_the_settings_and_nothing_that_needs_a_login(repository: Repository) -> None:
    fork = PULL_REQUEST | {"github.event.pull_request.head.repo.full_name": "them/network"}
    workflow = repository.runner("preview.yml", **fork)
    needs = {"needs__stacks__outputs__stacks": f'["{STACK}"]', "needs__preview__result": "skipped"}
    with pytest.raises(AssertionError, match="would not run"):
        workflow.run("preview", matrix__stack=STACK, **needs)
    review = workflow.run("review", **needs)
    assert review.failed == ["Review"]
    assert "not met" in review.summary
    assert repository.calls() == []


def test_a_change_of_the_program_previews_every_stack_and_one_that_nobody_has_made_is_left_out(
    repository: Repository,
) -> None:
    (repository.workspace.project / "topology" / "new.py").write_text('"""New."""\n')
    repository.commit()
    try:
        workflow = repository.runner("preview.yml", **PULL_REQUEST)
        stacks = succeeded(workflow.run("stacks")).outputs["stacks"]
        files = repository.workspace.project.glob("Pulumi.*.yaml")
        assert {*json.loads(stacks)} == {file.name.split(".")[1] for file in files} > {STACK}
        done = succeeded(workflow.run("preview", matrix__stack="dev", needs__stacks__outputs__stacks=stacks))
        assert "there is no stack dev yet" in done.printed
        deploy = repository.runner("deploy.yml", **pushed(repository))
        assert json.loads(succeeded(deploy.run("stacks")).outputs["stacks"]) == [STACK]
    finally:
        repository.git("reset", "--quiet", "--hard", "origin/main")


def pushed(repository: Repository) -> dict[str, str]:
    return {"github.event.before": repository.git("rev-parse", "origin/main"), "inputs.stack": ""}


@pytest.fixture(scope="module")
def deployed(repository: Repository) -> Repository:
    """What main is changed to, a tier with a route, has been planned and deployed."""
    workspace = repository.workspace
    network = workspace.settings()["hybrid-network:network"]
    network["tiers"][0]["routes"] = [ROUTE]
    workspace.change(network=network)
    repository.commit()
    workflow = repository.runner("deploy.yml", **pushed(repository))
    stacks = succeeded(workflow.run("stacks")).outputs["stacks"]
    assert json.loads(stacks) == [STACK]
    needs = {"matrix__stack": STACK, "needs__stacks__outputs__stacks": stacks}
    plan = succeeded(workflow.run("plan", **needs))
    assert "RouteTable web create" in plan.summary
    saved = (repository.github / "artifacts" / f"plan-{STACK}" / "plan.json").read_text()
    assert [key for key in workspace.keys.values() if key in saved + plan.summary + plan.printed] == []

    # What is not in the plan is not deployed, whatever the settings say by then.
    before = changes(workspace)
    workspace.change(tags={"late": "yes"})
    refused = workflow.run("deploy", **needs)
    assert refused.failed == ["Deploy the plan"]
    assert "violates plan" in refused.printed
    assert changes(workspace) == before

    repository.git("checkout", "--quiet", workspace.settings_file.name)
    succeeded(workflow.run("deploy", **needs))
    return repository


def test_exactly_the_saved_plan_is_deployed(deployed: Repository) -> None:
    assert "RouteTable web" in ids(deployed.workspace)
    deployed.workspace.pulumi("preview", "--expect-no-changes").check()


@contextmanager
def looked_at(repository: Repository) -> Iterator[Callable[[bool], None]]:
    """The simulated Azure for its own client, with all that is on-premises; the answer cuts its line or mends it."""
    workspace = repository.workspace
    settings, _ = read_stack_file(workspace.settings_file)
    assert settings is not None
    told = outside(settings, workspace.keys)
    with closing(Cloud(workspace.simulator.cloud)) as cloud, served(cloud) as endpoint:

        def line(up: bool) -> None:
            told["tunnels"][0]["up"] = up
            cloud.connect(parse(json.dumps(told)))

        line(True)
        repository.endpoint = f"--endpoint {endpoint.url} --certificate {endpoint.ca}"
        yield line
        repository.endpoint = ""


def test_a_route_table_that_somebody_changed_is_found_and_told_in_one_issue(deployed: Repository) -> None:
    """And, in the same issue, which way the traffic goes, and why it is not the way that the proof expects."""
    workspace = deployed.workspace
    table = ids(workspace)["RouteTable web"]
    with looked_at(deployed) as line:
        workflow = deployed.runner("drift.yml")
        needs = {
            "needs__stacks__outputs__stacks": succeeded(workflow.run("stacks")).outputs["stacks"],
            "needs__refresh__result": "success",
        }
        assert json.loads(needs["needs__stacks__outputs__stacks"]) == [STACK]

        def night(prefix: str, issue: str) -> tuple[Job, str]:
            """One night, with the route as somebody has left it, and the issue that is open; what `gh` did at last."""
            workspace.simulated("set", f"{table}/routes/{ROUTE['name']}", f'addressPrefix="{prefix}"')
            deployed.answer(issue)
            deployed.calls()
            # Each night's jobs hand on files of their own.
            shutil.rmtree(deployed.github / "artifacts" / f"drift-{STACK}", ignore_errors=True)
            shutil.rmtree(workspace.project / "drift", ignore_errors=True)
            succeeded(workflow.run("refresh", matrix__stack=STACK, **needs))
            return succeeded(workflow.run("report", **needs)), deployed.calls()[-1].split(" --")[0]

        before = changes(workspace)
        report, did = night("10.51.0.0/16", "")
        assert did == "issue create"
        assert "RouteTable web" in report.summary
        assert "routes[0].addressPrefix: 10.50.0.0/16 → 10.51.0.0/16" in report.summary
        assert (
            "The route table of tier web has a route 10.51.0.0/16 to None, which no setting declares" in report.summary
        )
        assert (deployed.github / "body").read_text() == report.summary
        assert night("10.52.0.0/16", "12\n")[1] == "issue edit 12"
        report, did = night("10.50.0.0/16", "12\n")
        assert (report.summary, did) == ("No drift.\n", "issue close 12")
        assert changes(workspace) == before

        line(False)
        report, did = night("10.50.0.0/16", "")
        line(True)
        assert did == "issue create"
        assert "No tunnel to site onprem is up; Azure has the stack's shared key" in report.summary

    # A night in which nothing was looked at closes nothing.
    deployed.answer("12\n")
    shutil.rmtree(deployed.github / "artifacts" / f"drift-{STACK}")
    shutil.rmtree(workspace.project / "drift")
    report = succeeded(workflow.run("report", **needs | {"needs__refresh__result": "failure"}))
    assert f"### {STACK}\n\nNot looked at" in report.summary
    assert deployed.calls()[-1].startswith("issue edit 12 ")


def test_continuous_integration_runs_what_the_project_runs_anywhere(repository: Repository) -> None:
    make = repository.github / "make"
    make.write_text('#!/bin/sh\necho "make $*"; mkdir -p build; echo 0 > build/pytest-exit\n')
    make.chmod(0o755)
    try:
        printed = succeeded(repository.runner("ci.yml").run("test")).printed
        assert printed == "make lint\nmake test\nmake examples\n"
    finally:
        make.unlink()


def test_every_command_of_a_workflow_is_run_here(repository: Repository) -> None:
    """What a new job or workflow needs: a test above."""
    files = sorted((repository.workspace.project / ".github" / "workflows").glob("*.yml"))
    assert {(file.name, job) for file in files for job in yaml.safe_load(file.read_text())["jobs"]} == {
        *(("preview.yml", job) for job in ("labels", "stacks", "preview", "review")),
        *(("deploy.yml", job) for job in ("stacks", "plan", "deploy")),
        *(("drift.yml", job) for job in ("stacks", "refresh", "report")),
        ("ci.yml", "test"),
    }
