"""Microsoft's own reader of KQL, from npm, kept in the user's cache."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from toolchain.locate import default_cache, locked

_HERE = Path(__file__).parent
_SECONDS = 120


class NoReaderError(Exception):
    """There is no Node.js, or no package; the text says what npm said."""


def reader() -> Path:
    """The folder with the reader, installed if need be. Raises `NoReaderError`."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NoReaderError("node and npm are not on PATH")
    wanted = (_HERE / "package.json").read_text()
    cache = default_cache()
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"kusto-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}"
    with locked(cache / "kusto.lock", "Kusto's reader"):
        if not (folder / ".complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            (folder / "package.json").write_text(wanted)
            command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
            try:
                done = subprocess.run(
                    command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
                )
            except subprocess.TimeoutExpired:
                raise NoReaderError(f"`{' '.join(command)}` did not end in {_SECONDS} seconds") from None
            if done.returncode != 0:
                raise NoReaderError(f"`{' '.join(command)}` failed:\n{done.stdout}{done.stderr}".strip())
            (folder / ".complete").touch()
    return folder


def complaints(queries: Sequence[str]) -> list[list[str]]:
    """What Kusto says against each query; nothing of a right one. Raises `NoReaderError`."""
    folder = reader()
    shutil.copy(_HERE / "check.js", folder)
    done = subprocess.run(
        ["node", "check.js"],
        cwd=folder,
        input=json.dumps(list(queries)),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise NoReaderError(f"Kusto's reader does not run: {done.stderr}".strip())
    return json.loads(done.stdout)
