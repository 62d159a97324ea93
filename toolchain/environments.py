"""Python environments beside the project's own, for tools whose requirements do not go with the program's.

Each is kept in the cache, as an engine is, under a name that says its requirements: another clone of the project finds
it there, and a change of them makes a new one.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from toolchain.locate import PROJECT, default_cache, locked
from toolchain.longrun import say

POLICY = PROJECT / "policy"
"""The policy pack: what `--policy-pack` takes."""


class NoEnvironmentError(Exception):
    """An environment could not be made; the text says what pip said."""


def environment(name: str, requirements: str, cache: Path | None = None) -> Path:
    """The folder of a virtual environment with these requirements (the text of a requirements.txt), made if need be.

    Raises `NoEnvironmentError`.
    """
    cache = cache or default_cache()
    cache.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256(f"{sys.version}\n{requirements}".encode()).hexdigest()[:12]
    folder = cache / f"python-{name}-{key}"
    complete = folder / ".complete"
    with locked(cache / f"python-{name}.lock", f"the environment of {name}"):
        if complete.exists() and (folder / "bin" / "python").exists():
            return folder
        say(f"Making the environment of {name} in {folder} (some seconds, once).")
        shutil.rmtree(folder, ignore_errors=True)
        listed = cache / f"python-{name}.txt"
        listed.write_text(requirements)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        for command in ([sys.executable, "-m", "venv", str(folder)], [*pip, "install", "--quiet", "-r", str(listed)]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise NoEnvironmentError(f"`{' '.join(command)}` failed:\n{done.stdout}{done.stderr}".strip())
        complete.touch()
    return folder


def policy_pack() -> Path:
    """The folder of the policy pack with its environment in it: `policy/venv`, a link unless somebody made it there.

    Raises `NoEnvironmentError`.
    """
    link = POLICY / "venv"
    if link.is_dir() and not link.is_symlink():
        return POLICY
    made = environment("policy", (POLICY / "requirements.txt").read_text())
    if not link.is_symlink() or os.readlink(link) != str(made):
        beside = POLICY / f"venv-{os.getpid()}"
        beside.symlink_to(made)
        beside.replace(link)
    return POLICY
