"""A hub that somebody else made is surveyed, proved and taken over: nothing is replaced, made or removed."""

import json
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from simulator.cloud import Cloud
from simulator.outside import parse
from tests import foreign_hub
from tests.clients.azure_side import Azure, served
from tests.lifecycle.recovery_support import files_with, recover
from toolchain.workspace import Workspace

Json = dict[str, Any]


def everything(cloud: Cloud) -> dict[str, Json]:
    """All that is in Azure, but for what the traffic and the clock change."""
    return {record.id: {**record.body} for record in cloud.store.find()}


def losses(before: Any, after: Any, path: str) -> list[str]:
    """What was there and is not any more, or is another value."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [line for key in before for line in losses(before[key], after.get(key), f"{path}.{key}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [line for index, (one, other) in pairs for line in losses(one, other, f"{path}[{index}]")]
    return [] if before == after or before in (None, [], {}, "") else [f"{path}: {before} -> {after}"]


def survey(workspace: Workspace, endpoint: Any, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "operations", "survey", "--virtual-network", foreign_hub.NETWORK]
    command += ["--endpoint", endpoint.url, "--certificate", str(endpoint.ca), *options]
    return subprocess.run(
        command, cwd=workspace.project, env=workspace.environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("avm", [False, True], ids=["by hand", "as AVM makes it"])
def test_a_hub_made_elsewhere_is_adopted(tmp_path: Path, avm: bool) -> None:
    with (
        Workspace.open(tmp_path / "workspace", stack="dev") as workspace,
        closing(Cloud(workspace.simulator.cloud)) as cloud,
        served(cloud) as endpoint,
    ):
        foreign_hub.make(cloud, Azure(endpoint), avm=avm)
        cloud.connect(parse(json.dumps(foreign_hub.outside())))
        file = tmp_path / "Pulumi.hub.yaml"
        found = survey(workspace, endpoint, "--out", str(file), "--prove", "--name", "hub")
        assert found.returncode == 0, found.stdout + found.stderr
        assert "192.168.0.0/16" in found.stdout
        assert found.stdout.count("Not in the settings") == int(avm)
        workspace.pulumi("stack", "init", "hub").check()
        workspace.stack = "hub"
        workspace.settings_file.write_text(file.read_text())
        workspace.secret("vpnSharedKeys.hq-tunnel", foreign_hub.KEY)
        key = cloud.get(f"{foreign_hub.THEIRS}/authorizations/for-us")["authorizationKey"]
        workspace.secret("circuitAuthorizationKeys.b-conn", key)
        before = everything(cloud)
        taken = recover(workspace).check()
        assert "absent" not in taken.stdout
        assert everything(cloud).keys() == before.keys()
        told = taken.stdout.partition("What pulumi up changes in Azure")[2].splitlines()[1:-1]
        assert [line for line in told if "sent as Azure has it" not in line] == [
            "  update VirtualNetworkGatewayConnection expressroute-b-conn: authorizationKey: Azure tells another one "
            "or none, so the stack's is sent; outage: none where it is the one in use: compare it first",
            "  update VirtualNetworkGatewayConnection hq-tunnel: dpdTimeoutSeconds is 0, and "
            "`vpn.sites[].dpdTimeoutSeconds` wants 45; outage: none known",
        ]
        done = workspace.pulumi("up", "--yes", "--skip-preview").check().stdout
        made = re.compile(r"azure-native:.*(creat|replac|delet)")
        assert [line for line in done.splitlines() if made.search(line)] == []
        after = everything(cloud)
        assert after.keys() == before.keys()
        lost = [line for id, body in before.items() for line in losses(body, after[id], id)]
        # The one thing that the file's comment tells.
        assert lost == [f"{foreign_hub.HOME}/connections/HQ-Tunnel.dpdTimeoutSeconds: 0 -> 45"]
        workspace.pulumi("preview", "--expect-no-changes").check()
        assert files_with(workspace, [foreign_hub.KEY, key]) == []
