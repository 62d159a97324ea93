"""What a refresh printed, told to people. What the engine really prints is in tests/lifecycle/test_workflows.py."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from operations.cli import main
from operations.drift import Drift, read, report

URN = "urn:pulumi:{stack}::hybrid-network::hybrid-network:index:ApplicationTier$azure-native:network:RouteTable::web"


def step(op: str, stack: str = "dev", **more: Any) -> dict[str, Any]:
    return {"op": op, "urn": URN.format(stack=stack), "oldState": {"id": "/rt", "inputs": {}}, **more}


def changed(paths: dict[str, bool], old: Any, new: Any) -> dict[str, Any]:
    detail = {path: {"kind": "update", "inputDiff": ours} for path, ours in paths.items()}
    return step("update", oldState={"id": "/rt", "inputs": old}, newState={"inputs": new}, detailedDiff=detail)


def printed(folder: Path, *steps: dict[str, Any], **more: Any) -> Path:
    file = folder / "printed.json"
    file.write_text(json.dumps({"steps": list(steps), "duration": 1, **more}))
    return file


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("routes[1].prefix", {"routes": [1, {"prefix": "a"}]}, {"routes": [1, {"prefix": "b"}]}, "a → b"),
        ('tags["created.by"]', {"tags": {}}, {"tags": {"created.by": "me"}}, "nothing → me"),
        ("bgp", {"bgp": True}, {}, "true → nothing"),
        ("list", {"list": []}, {"list": ["x" * 200]}, f'[] → ["{"x" * 75}...'),
        ("sharedKey", {"sharedKey": "[secret]"}, {"sharedKey": "[secret]"}, "[secret] → [secret]"),
    ],
)  # fmt: skip
def test_a_changed_property_is_told_with_both_values(tmp_path: Path, path: str, old: Any, new: Any, said: str) -> None:
    (difference,) = read(printed(tmp_path, changed({path: True}, old, new))).differences
    assert (difference.resource, difference.what) == ("RouteTable web", (f"{path}: {said}",))


def test_what_azure_has_reached_by_itself_is_no_drift(tmp_path: Path) -> None:
    steps = (step("refresh"), changed({"provisioningState": False}, {}, {}), step("same"))
    assert read(printed(tmp_path, *steps)).none
    # A stack without resources.
    (tmp_path / "empty.json").write_text('{"config": {}, "duration": 1}')
    assert read(tmp_path / "empty.json").none


def test_what_is_gone_is_told(tmp_path: Path) -> None:
    (difference,) = read(printed(tmp_path, step("delete", stack="prod"))).differences
    assert difference.what == ("is gone",)
    assert read(printed(tmp_path, step("delete", stack="prod"))).stack == "prod"


def test_the_engines_own_word_for_drift_is_no_failure_and_a_failure_is_told(tmp_path: Path) -> None:
    said = {"severity": "error", "message": "no changes were expected but changes were proposed\n"}
    assert not read(printed(tmp_path, step("delete"), diagnostics=[said])).unreadable
    failed = {"severity": "error", "message": "403 | AuthorizationFailed\n"}
    text = report([read(printed(tmp_path, step("delete"), diagnostics=[failed]))])
    assert "Not looked at: 403 \\| AuthorizationFailed" in text
    for nothing in ("", "error: no stack named 'x' found"):
        (tmp_path / "x.json").write_text(nothing)
        assert "### x\n\nNot looked at" in report([read(tmp_path / "x.json")])


@pytest.mark.parametrize(
    "found",
    [
        [], "text", None, 3, {"steps": {}}, {"steps": [[]]}, {"steps": [{}]}, {"steps": [{"urn": "urn:pulumi:a"}]},
        {"diagnostics": "no"}, {"diagnostics": [[]]}, {"steps": [step("delete", oldState=[1])]},
        {"steps": [step("update", detailedDiff=[1])]}, {"steps": [step("update", detailedDiff={"a": [1]})]},
    ],
)  # fmt: skip
def test_what_is_no_result_of_a_refresh_is_said_in_one_sentence(tmp_path: Path, found: Any) -> None:
    file = tmp_path / "dev.json"
    file.write_text(json.dumps(found))
    drift = read(file)
    assert drift.stack == "dev"
    assert drift.unreadable.startswith("the refresh printed no result (")


def test_what_others_wrote_in_azure_stays_text(tmp_path: Path) -> None:
    mean = "</details>|`` [click](http://x) @team ![](http://x)\n# big"
    steps = (changed({f'tags["{mean}"]': True}, {}, {}), changed({"tags": True}, {"tags": mean}, {"tags": "`"}))
    for one in steps:
        one["urn"] += mean
        one["oldState"]["id"] = mean
    text = report([read(printed(tmp_path, *steps)), Drift(mean, unreadable=mean)])
    for line in text.splitlines():
        if line.startswith("| RouteTable"):
            # Two cells: no bar of others ends one.
            assert len(re.findall(r"(?<!\\)\|", line)) == 3
            assert "<br>``` </details>" in line
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text.replace("\\`", ""))
    for markup in ("[click](", "@team", "\n# big", "![](", "http://"):
        assert markup not in outside.split("To put back")[0], markup
    assert "</details>" not in outside.replace("\\<", "")


def test_a_stack_that_left_no_file_was_not_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = printed(tmp_path, step("refresh", stack="prod"))
    assert main(["drift", "--stack=prod", "--", str(file)]) == 0
    assert main(["drift", "--stack=prod", "--stack=dev", "--", str(file)]) == 3
    said = capsys.readouterr().out
    assert "### dev\n\nNot looked at: its refresh left no result" in said
    assert "### prod" not in said
    assert main(["drift", "--stack=dev", "--"]) == 3
    assert capsys.readouterr().err == ""
    assert main(["drift", "--"]) == 0
    assert capsys.readouterr().err.startswith("Nothing was looked at")


def test_a_resource_that_changed_in_many_ways_is_cut_short(tmp_path: Path) -> None:
    paths = {f"tags.t{number}": True for number in range(12)}
    assert "and 4 more" in report([read(printed(tmp_path, changed(paths, {}, {})))])


def test_the_command_says_with_its_exit_code_whether_there_is_drift(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", str(printed(tmp_path, step("refresh")))]) == 0
    assert capsys.readouterr().out == ""
    assert main(["drift", str(printed(tmp_path, step("delete")))]) == 3
    assert "| RouteTable web<br>`/rt` | is gone |" in capsys.readouterr().out
