"""The documents' commands, word by word, from a clone's first to its last."""

from pathlib import Path

from tests.lifecycle.session import STEPS, session


def test_the_commands_of_the_documents_do_what_they_say(tmp_path: Path) -> None:
    with session(tmp_path) as clone:
        for step in STEPS:
            done = clone.run(step)
            printed = f"{step.command}\n{done.stdout}\n{done.stderr}"
            assert done.returncode == step.code, printed
            assert step.says in f"{done.stdout}\n{done.stderr}", printed
