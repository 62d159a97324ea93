"""Runs the library's unit tests with the lowest and with the newest versions that pyproject.toml allows.

    python -m tests.versions [arguments for pytest]

Each pair has a virtual environment of its own in build/versions; the newest is looked for anew in every run.
"""

import re
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator

from toolchain.locate import PROJECT

TESTS = ("test_components.py", "test_arguments.py", "test_again.py", "rules")
NOT_NEEDED = ("-r", "pulumi", "ruff", "basedpyright", "mypy", "#")


def allowed() -> dict[str, list[str]]:
    """What each environment has of the library's dependencies, as pip is told."""
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    return {"lowest": [re.sub(r">=([\d.]+),.*", r"==\1", each) for each in declared], "newest": declared}


def tools() -> Iterator[str]:
    """What the tests need besides."""
    for name in ("requirements.txt", "requirements-tools.txt", "requirements-dev.txt"):
        lines = (PROJECT / name).read_text().splitlines()
        yield from (line for line in lines if not line.startswith(NOT_NEEDED))


def main(arguments: list[str]) -> int:
    failed = 0
    for name, dependencies in allowed().items():
        environment = PROJECT / "build" / "versions" / name
        python = str(environment / "bin" / "python")
        if not environment.exists():
            venv.create(environment, with_pip=True)
        install = ("install", "--quiet", "--upgrade", "--disable-pip-version-check")
        subprocess.run([python, "-m", "pip", *install, *dependencies, *tools()], check=True)
        listed = subprocess.run([python, "-m", "pip", "freeze"], check=True, capture_output=True, text=True).stdout
        print(name, *re.findall(r"^pulumi.*$", listed, re.M), flush=True)
        tests = [str(PROJECT / "tests" / "unit" / test) for test in TESTS]
        command = [python, "-m", "pytest", "-p", "no:cacheprovider", *arguments, *tests]
        failed |= subprocess.run(command, cwd=PROJECT).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
