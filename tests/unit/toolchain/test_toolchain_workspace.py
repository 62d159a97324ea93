"""What a workspace takes over from the user, and what it leaves alone."""

import subprocess
from pathlib import Path

import pytest

from toolchain.workspace import Run, RunFailedError, clean_environment, copy_project


@pytest.mark.parametrize(
    "name",
    ["PULUMI_ACCESS_TOKEN", "AZURE_CLIENT_SECRET", "ARM_SUBSCRIPTION_ID", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"],
)
def test_nothing_that_reaches_the_users_azure_pulumi_or_python_is_taken_over(
    monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setenv(name, "x")
    monkeypatch.setenv("LANG", "C.UTF-8")
    environment = clean_environment()
    assert name not in environment
    assert environment["LANG"] == "C.UTF-8"


def test_calls_to_this_machine_stay_off_a_proxy(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "example.com")
    assert clean_environment()["NO_PROXY"] == "example.com,127.0.0.1,localhost"


@pytest.mark.parametrize("git", [True, False])
def test_the_copy_has_tracked_and_new_files_and_nothing_that_is_ignored(tmp_path: Path, git: bool):
    source = tmp_path / "source"
    for name in ("__main__.py", "components/hub.py", "build/engine/pulumi", "new.py"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    if git:
        (source / ".gitignore").write_text("build/\n")
        subprocess.run(["git", "init", "-q", source], check=True)
        subprocess.run(["git", "-C", source, "add", "__main__.py", "components"], check=True)
    target = tmp_path / "target"
    target.mkdir()
    copy_project(source, target)
    copied = {str(path.relative_to(target)) for path in target.rglob("*.py") if ".venv" not in path.parts}
    assert copied == {"__main__.py", "components/hub.py", "new.py"}
    assert not (target / "build").exists()
    (target / "new.py").write_text("changed")
    assert (source / "new.py").read_text() == "new.py"


def test_a_failed_run_tells_its_command_code_and_output():
    with pytest.raises(RunFailedError, match=r"`pulumi up` ended with 255:\nout\nerr"):
        Run(("pulumi", "up"), 255, "out", "err").check()
