"""The library as other people get it: a wheel, installed into an environment without this project's files."""

import subprocess
import sys
import venv
from pathlib import Path

from toolchain.locate import PROJECT
from toolchain.workspace import copy_project


def build(folder: Path) -> Path:
    """The wheel, made in `folder` from a copy of the project."""
    copy_project(PROJECT, folder / "source")
    wheel = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", *wheel, str(folder / "source")], check=True)
    (built,) = folder.glob("*.whl")
    return built


def install(wheel: Path, environment: Path) -> Path:
    """A virtual environment at `environment` with the wheel, and with what is installed here; its Python."""
    venv.create(environment, symlinks=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    unpack = ("install", "--quiet", "--no-deps", "--target", str(packages))
    subprocess.run([sys.executable, "-m", "pip", *unpack, str(wheel)], check=True)
    (here,) = Path(sys.prefix).glob("lib/python*/site-packages")
    (packages / "here.pth").write_text(f"{here}\n")
    return environment / "bin" / "python"
