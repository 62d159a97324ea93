"""Where stacks' settings are read from: files and folders, as they are or as git has them in a revision."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

STACK_FILE = re.compile(r"Pulumi\.([^/]+)\.yaml")
"""How a stack's settings file is called: as the project's, which is Pulumi.yaml."""
_OTHER = re.compile(r"Pulumi\.([^/]+)\.yml")
"""How Pulumi calls it in a project whose file is Pulumi.yml, and ignores it here."""
PROJECT = "Pulumi.yaml"
NOTHING = "/dev/null"
"""In place of a file: the stack is not there."""


class SourceError(Exception):
    """What was given is no place to read settings from."""


@dataclass(frozen=True)
class Source:
    """Settings files by stack, as bytes. several: whether it is a folder of them, rather than one file."""

    files: Mapping[str, bytes]
    several: bool
    stack: str = ""
    """The stack of the one file, there or not."""
    project: bytes | None = None
    """The project's own file, of a folder that has one."""


def read_source(given: str) -> Source:
    """The settings files of FILE, FOLDER, REVISION:FILE, REVISION:FOLDER or `REVISION:` (the folder one is in).

    A file that its revision does not have is a stack that is not there. Raises SourceError.
    """
    if given == NOTHING:
        return Source({}, False)
    path = Path(given)
    if path.is_dir():
        _told_apart(given, (file.name for file in path.iterdir()))
        project = path / PROJECT
        return Source(
            {_stack(file.name): _content(file) for file in _stack_files(path)},
            True,
            project=_content(project) if project.is_file() else None,
        )
    if path.exists():
        return Source({_stack(path.name): _content(path)}, False, _stack(path.name))
    revision, colon, inside = given.partition(":")
    if not (revision and colon):
        raise SourceError(f"{given} is not there: give a file, a folder, or REVISION:FILE of git")
    return _of_git(given, revision, inside)


def _stack(name: str) -> str:
    """The stack that a file is named after; the file's own name where it is named otherwise."""
    found = STACK_FILE.fullmatch(name.rpartition("/")[2])
    return found[1] if found else name


def _stack_files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if STACK_FILE.fullmatch(one.name) and one.is_file())


def _told_apart(given: str, names: Iterable[str]) -> None:
    """Raises SourceError for two files of one stack, of which Pulumi reads one."""
    there = {*names}
    for name in sorted(there):
        if (other := _OTHER.fullmatch(name)) and f"Pulumi.{other[1]}.yaml" in there:
            raise SourceError(f"{given} has Pulumi.{other[1]}.yaml and {name}: a stack has one file, remove the other")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None


def _of_git(given: str, revision: str, inside: str) -> Source:
    # Only what git itself calls the revision's commit goes into further commands.
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    if not commit:
        raise SourceError(f"{given} is not there, and git knows no revision {revision} here")
    # Below the folder one is in, as Pulumi looks for settings; else from the repository's root, as git counts.
    here = _git("rev-parse", "--show-prefix").decode().strip()
    listed = _git("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit).decode(errors="replace")
    known = [file for file in listed.split("\0") if file]
    places = [f"{here}{inside}".removeprefix("./"), inside.removeprefix("./")]
    place = next((one for one in places if one in known), None)
    if place is not None:
        return Source(_blobs(commit, [place]), False, _stack(place))
    folders = [one.rstrip("/").removesuffix("/.").removeprefix(".") for one in places]
    folder = next((one for one in folders if not one or any(file.startswith(f"{one}/") for file in known)), None)
    if folder is None or STACK_FILE.fullmatch(inside.rpartition("/")[2]):
        if STACK_FILE.fullmatch(inside.rpartition("/")[2]):
            return Source({}, False, _stack(inside))
        raise SourceError(f"revision {revision} has no {inside}")
    prefix = f"{folder}/" if folder else ""
    found = [
        file
        for file in known
        if file.startswith(prefix) and STACK_FILE.fullmatch(file.removeprefix(prefix)) is not None
    ]
    _told_apart(given, (file.removeprefix(prefix) for file in known if file.startswith(prefix)))
    own = f"{prefix}{PROJECT}"
    project = _blobs(commit, [own]).get(PROJECT) if own in known else None
    return Source(_blobs(commit, found), True, project=project)


def _blobs(commit: str, files: Iterable[str]) -> dict[str, bytes]:
    """The contents of files of a commit, by stack, from one run of git."""
    wanted = [file for file in files if "\n" not in file]
    said = _git("cat-file", "--batch", given="".join(f"{commit}:{file}\n" for file in wanted).encode())
    found: dict[str, bytes] = {}
    for file in wanted:
        head, _, said = said.partition(b"\n")
        _, *kind_and_size = head.rsplit(b" ", 2)
        if not kind_and_size or kind_and_size[-1] == b"missing":
            continue  # A submodule under such a name, or a name that is no text.
        size = int(kind_and_size[-1])
        if kind_and_size[0] == b"blob":
            found[_stack(file)] = said[:size]
        said = said[size + 1 :]
    return found


def _git(*arguments: str, given: bytes | None = None) -> bytes:
    """What git prints; nothing where it fails."""
    try:
        done = subprocess.run(["git", *arguments], input=given, capture_output=True, check=False)
    except OSError:
        raise SourceError("git is not installed, so no revision can be read") from None
    return done.stdout if done.returncode == 0 else b""
