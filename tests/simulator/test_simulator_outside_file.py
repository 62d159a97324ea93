"""The file that says what is outside: every problem is told with its place, and no key ever."""

import io
from pathlib import Path

import pytest

from simulator.cloud import Cloud
from simulator.outside import BadOutside, Outside, load
from simulator.outside import parse as read
from tests.simulator.test_simulator_cli import run


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("links: [{circuit: c, path: third}]", "links[0].path: third is none of primary, secondary"),
        ("links: [{path: primary}]", "links[0].circuit: is missing"),
        ("links: [{circuit: c, path: primary}, {circuit: C, path: primary}]", "links[1]: this end is given twice"),
        ("tunnels: [{connection: c, kee: k}]", "tunnels[0].kee: none of"),
        ("tunnels: [{connection: c, key: 12345}]", "tunnels[0].key: a text was expected"),
        ("tunnels: [{connection: c, announces: [10.0.0.1/8]}]", "tunnels[0].announces: "),
        ("tunnels: [{connection: c, address: here}]", "tunnels[0].address: here is no IPv4 address"),
        ("tunnels: [{connection: c, instance: 2}]", "tunnels[0].instance: a number from 0 to 1"),
        ("tunnels: [{connection: c, up: maybe}]", "tunnels[0].up: true or false"),
        ("tunnels: {}", ""),
        ("tunnels: none", "tunnels: a list was expected"),
        ("tunnels: [none]", "tunnels[0]: names and values"),
        ("others: []", "others: links and tunnels are known"),
        ("[]", ""),
        ("[1]", "links and tunnels were expected"),
        ("tunnels: [{key: Secret99", "not readable, line 1"),
    ],
)
def test_a_file_that_makes_no_sense(text: str, problem: str) -> None:
    if not problem:
        assert read(text) == Outside()
        return
    with pytest.raises(BadOutside) as caught:
        read(text)
    assert str(caught.value).startswith(problem)
    assert "Secret99" not in str(caught.value)
    assert "12345" not in str(caught.value)


def test_the_command_takes_a_file_or_what_it_is_fed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud, file = tmp_path / "cloud.db", tmp_path / "outside.yaml"
    Cloud(cloud, minute_ms=50.0).close()
    file.write_text("links: [{circuit: c, path: primary}]")
    assert run("outside", str(file), "--cloud", str(cloud)).stdout == "simulated outside: 1 link, 0 tunnels\n"
    monkeypatch.setattr("sys.stdin", io.StringIO("tunnels: [{connection: c, key: Secret99}]"))
    assert run("outside", "-", "--cloud", str(cloud)).returncode == 0
    file.write_text("tunnels: [{connection: c, key: Secret99, up: maybe}]")
    refused = run("outside", str(file), "--cloud", str(cloud))
    assert (refused.returncode, "tunnels[0].up" in refused.stderr, "Secret99" in refused.stderr) == (2, True, False)
    told = load(Cloud(cloud).store)
    assert told is not None
    assert ([tunnel.connection for tunnel in told.tunnels], told.links) == (["c"], ())
    assert b"Secret99" not in b"".join(path.read_bytes() for path in tmp_path.glob("cloud.db*"))
