"""`python -m simulator`: the contract that others rely on."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from simulator.cli import main
from simulator.cloud import Cloud
from tests.simulator.world import WITH_CIRCUIT, id_of, inputs, put, token


@dataclass
class Ended:
    """One command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str) -> Ended:
    """One command, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Ended(code, out.getvalue(), err.getvalue())


@contextmanager
def serving(file: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A served cloud: the process and its first line."""
    command = [sys.executable, "-m", "simulator", "serve", "--cloud", str(file), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def cloud(tmp_path: Path) -> Path:
    """A cloud with most of a network, in a file."""
    file = tmp_path / "cloud.db"
    made = Cloud(file, minute_ms=0.01)
    for name in (*WITH_CIRCUIT, "address", "vpn gateway", "site", "vpn connection"):
        put(made, name)
    made.close()
    return file


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_where_and_ends_cleanly(tmp_path: Path, ending: signal.Signals) -> None:
    with serving(tmp_path / "cloud.db") as (process, line):
        name, _, address = line.partition("=")
        package, _, port = address.partition(":")
        assert (name, package) == ("PULUMI_DEBUG_PROVIDERS", "azure-native")
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            info = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty())
        assert info.version.startswith("3.")
        process.send_signal(ending)
        assert process.wait(10) == 0


def test_a_cloud_is_served_by_one_process(tmp_path: Path) -> None:
    file = tmp_path / "cloud.db"
    (tmp_path / "link").symlink_to(tmp_path)
    with serving(file) as (process, _):
        for name in (file, tmp_path / "link" / "cloud.db"):
            second = run("serve", "--cloud", str(name), "--minute-ms", "7")
            assert (second.returncode, second.stdout, second.stderr.count("\n")) == (2, "", 1)
            assert f"{file} is served already, by process {process.pid};" in second.stderr
        with serving(tmp_path / "other.db") as (_, line):
            assert line.startswith("PULUMI_DEBUG_PROVIDERS=")
        before = Cloud(file).store.meta("clock")
        assert before["minute_ms"] == 50
        process.kill()
        process.wait()
        with serving(file) as (_, line):
            assert line.startswith("PULUMI_DEBUG_PROVIDERS=")


def test_a_port_in_use_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "simulator", "serve", "--cloud", str(tmp_path / "cloud.db")]
        second = subprocess.run([*command, "--port", str(port)], capture_output=True, text=True, check=False)
    assert (second.returncode, second.stdout, second.stderr.count("\n")) == (2, "", 1)
    assert f"port {port} is in use by " in second.stderr
    if sys.platform == "linux":
        assert f"in use by process {os.getpid()};" in second.stderr
    assert not (tmp_path / "cloud.db").exists()


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_refused(tmp_path: Path, port: str) -> None:
    refused = run("serve", "--cloud", str(tmp_path / "cloud.db"), f"--port={port}")
    assert (refused.returncode, "is no port" in refused.stderr) == (2, True)


@pytest.mark.parametrize("command", [["serve"], ["show"], ["calls"], ["read", "id"]])
def test_a_file_that_is_no_cloud_is_refused_in_one_sentence(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no database at all\n" * 100)
    refused = run(*command, "--cloud", str(file))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert str(file) in refused.stderr


def test_a_second_process_acts_while_the_first_serves(cloud: Path) -> None:
    with serving(cloud, "--minute-ms", "1"):
        assert run("provision", "--cloud", str(cloud), "circuit").returncode == 0
        shown = json.loads(run("show", "--cloud", str(cloud), "--json").stdout)
    [circuit] = [item for item in shown["resources"] if item["name"] == "circuit"]
    assert circuit["serviceProviderProvisioningState"] == "Provisioned"


def test_work_goes_on_after_the_server_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "cloud.db"
    with serving(file, "--minute-ms", "2") as (process, _):
        there = Cloud(file)
        for name in WITH_CIRCUIT[:3]:
            put(there, name)
        operation = there.begin_put(token("VirtualNetworkGateway"), inputs("er gateway"))
        process.kill()
        process.wait()
    there.wait(operation)
    assert there.get(operation.id)["provisioningState"] == "Succeeded"


def test_show_never_shows_a_secret(cloud: Path) -> None:
    secret = Cloud(cloud).get(id_of("expressRouteCircuits/circuit"))["serviceKey"]
    for arguments in (["show"], ["show", "--json"], ["calls"], ["calls", "--json"]):
        result = run(*arguments, "--cloud", str(cloud))
        assert result.returncode == 0
        assert secret not in result.stdout + result.stderr
    read = run("read", "--cloud", str(cloud), id_of("expressRouteCircuits/circuit"))
    assert json.loads(read.stdout)["serviceKey"] == "[secret]"


def test_show_has_every_resource_with_its_state(cloud: Path) -> None:
    text = run("show", "--cloud", str(cloud)).stdout
    assert text.startswith("simulated Azure")
    for line in ("hub/GatewaySubnet", "vpn", "con-vpn", "sku=Premium_UnlimitedData"):
        assert line in text


def test_drift_by_command(cloud: Path) -> None:
    gateway = id_of("virtualNetworkGateways/vpn")
    assert run("set", "--cloud", str(cloud), gateway, "tags.owner=someone").returncode == 0
    assert json.loads(run("read", "--cloud", str(cloud), gateway).stdout)["tags"] == {"owner": "someone"}
    assert run("remove", "--cloud", str(cloud), gateway).returncode == 0
    gone = run("read", "--cloud", str(cloud), gateway)
    assert (gone.returncode, "ResourceNotFound" in gone.stderr) == (1, True)


def test_what_is_not_there_is_named_with_what_is(cloud: Path, tmp_path: Path) -> None:
    other = run("provision", "--cloud", str(cloud), "erc-dev-primary")
    assert (other.returncode, other.stderr) == (
        2,
        "simulator: erc-dev-primary: no such circuit; the cloud has circuit\n",
    )
    nowhere = str(tmp_path / "outside.json")
    gone = run("outside", "--cloud", str(cloud), nowhere)
    assert (gone.returncode, gone.stderr) == (2, f"simulator: {nowhere}: No such file or directory\n")


def test_what_belongs_to_others_can_be_added(tmp_path: Path) -> None:
    file = str(tmp_path / "cloud.db")
    port = id_of("expressRoutePorts/port")
    assert run("add", "--cloud", file, port, '{"location": "westus3", "bandwidthInGbps": 10}').returncode == 0
    assert json.loads(run("read", "--cloud", file, port).stdout)["bandwidthInGbps"] == 10


def test_an_option_of_serve_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "cloud.db"
    with serving(file, "--option", "expressroute_first=true", "--option", "max-shared-key=64"):
        pass
    assert Cloud(file).options.expressroute_first is True
    assert Cloud(file).options.max_shared_key == 64
    assert run("serve", "--cloud", str(file), "--option", "colour=red").returncode == 2


@pytest.mark.parametrize(("rules", "code"), [("[{lost: true}]", 0), ("[{lost: true, colour: red}]", 2)])
def test_faults_check(tmp_path: Path, rules: str, code: int) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(rules)
    assert run("faults", "check", str(file)).returncode == code


def test_bad_use_ends_with_one_line(tmp_path: Path) -> None:
    result = run("show", "--cloud", str(tmp_path / "none.db"))
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([], ("subscription", "One process serves a cloud")),
        (["serve"], ("ARM_SUBSCRIPTION_ID", "subscriptions_not_found", "One process serves", "port in use")),
        (["show"], ("by subscription", "may be served meanwhile")),
        (["provision"], ("its id where two subscriptions",)),
        (["read"], ("/subscriptions/",)),
        (["add"], ("in any subscription",)),
    ],
)
def test_help_tells_of_subscriptions_and_of_serving(command: list[str], words: tuple[str, ...]) -> None:
    text = " ".join(run(*command, "--help").stdout.split())
    assert [word for word in words if word not in text] == []


def test_help_explains_the_faults() -> None:
    text = run("faults", "--help").stdout
    for word in ("delay_min", "crash", "nth", "Example"):
        assert word in text
