"""The commands of the documents in the order in which somebody would run them, in one clone, on the simulated Azure.

A shell for each: what one exports the next one has, as in one terminal. `make simulator` is the other terminal.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from toolchain.locate import PROJECT, default_cache
from toolchain.process import end_session
from toolchain.workspace import clean_environment, copy_project


@dataclass(frozen=True)
class Step:
    """One command of a document.

    put: words of the command that stand for others, and these; a value that begins with `urn ` is the URN with that in
    it. says: what it prints. code: how it ends.
    """

    command: str
    says: str = ""
    put: Mapping[str, str] = field(default_factory=dict)
    code: int = 0


STEPS = (
    Step("export PULUMI_DEBUG_PROVIDERS=...", put={"...": "the line"}),
    Step(
        'export PATH="$(make -s engine):$PATH" PULUMI_BACKEND_URL="file://$HOME/simulated" '
        "PULUMI_CONFIG_PASSPHRASE=demo"
    ),
    Step("mkdir -p ~/simulated"),
    Step('export PATH="$(make -s engine):$PATH"'),
    Step("pulumi stack init dev"),
    Step("pulumi config set --secret --path 'vpnSharedKeys.hq' \"$(openssl rand -hex 24)\""),
    Step("pulumi preview", "create"),
    Step("pulumi up", "created"),
    Step("pulumi stack output serviceKeys --show-secrets", "primary"),
    Step(".venv/bin/python -m simulator provision --cloud build/cloud.db erc-dev-primary"),
    Step("pulumi up", "live traffic moves"),
    Step(".venv/bin/python -m appliance.outside --stack dev --out build/outside.json"),
    Step(".venv/bin/python -m simulator outside build/outside.json --cloud build/cloud.db"),
    Step(
        "export SIMULATED_ARM=https://127.0.0.1:PORT SIMULATED_ARM_CA=build/cloud.db.arm/ca.pem",
        put={"https://127.0.0.1:PORT": "the front"},
    ),
    Step('export simulated="--endpoint $SIMULATED_ARM --certificate $SIMULATED_ARM_CA"'),
    Step(".venv/bin/python -m operations status --stack dev $simulated"),
    Step(".venv/bin/python -m operations drill --stack dev --yes --poll 0.1 $simulated"),
    Step(".venv/bin/python -m operations rotate-key --stack dev --site hq --minutes 0.2 --poll 1 $simulated", code=1),
    Step("echo 'lan: { interface: eth1, address: 192.168.0.1/24, nextHop: 192.168.0.2 }' > build/wiring.yaml"),
    Step(".venv/bin/python -m appliance --stack dev --site hq --wiring build/wiring.yaml --out build/hq", "Wrote"),
    Step(".venv/bin/python -m topology review main:Pulumi.dev.yaml Pulumi.dev.yaml", "dev"),
    Step(".venv/bin/python -m topology review main: . --format markdown", "dev"),
    Step("PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json > build/preview.jsonl"),
    Step(
        ".venv/bin/python -m topology review main:Pulumi.dev.yaml Pulumi.dev.yaml --preview build/preview.jsonl", "dev"
    ),
    Step(".venv/bin/python -m lab list", "reference"),
    Step("pulumi stack tag set hybrid-network:replace-gateways allowed"),
    Step("pulumi stack tag set hybrid-network:unprotected allowed"),
    Step("make policy && pulumi preview --policy-pack policy", "hybrid-network"),
    Step("pulumi config set azure-native:subscriptionId SUBSCRIPTION-ID", put={"SUBSCRIPTION-ID": "the subscription"}),
    Step("pulumi preview --save-plan build/plan.json", "unchanged"),
    Step("pulumi up --plan build/plan.json", "unchanged"),
    Step(".venv/bin/python -m operations recover --stack dev --dry-run"),
    Step(".venv/bin/python -m operations recover --stack dev && pulumi up", "unchanged"),
    Step("pulumi stack --show-urns", "VirtualNetworkGateway::expressroute"),
    Step(
        "pulumi destroy --target 'URN-OF-THE-GATEWAY' --target 'URN-OF-EACH-CONNECTION' --target 'URN-OF-EACH-PEERING'",
        "2 deleted",
        {
            "URN-OF-THE-GATEWAY": "urn VirtualNetworkGateway::expressroute",
            "URN-OF-EACH-CONNECTION": "urn VirtualNetworkGatewayConnection::expressroute-primary",
            " --target 'URN-OF-EACH-PEERING'": "",
        },
    ),
    Step("pulumi destroy --target 'URN-OF-THE-HOST'", "1 deleted", {"URN-OF-THE-HOST": "urn BastionHost::management"}),
    Step("pulumi config set protect false && pulumi up", "3 created"),
    Step("pulumi destroy", "ConflictError", code=1),
    Step(".venv/bin/python -m simulator deprovision --cloud build/cloud.db erc-dev-primary"),
    Step("pulumi destroy", "deleted"),
)
"""The provider has not deprovisioned the circuit when the first destroy is run: it tells so."""


class Session:
    """A clone of the project in a folder, with a home of its own."""

    def __init__(self, folder: Path, lines: Mapping[str, str]) -> None:
        """lines: what stands for the lines that `make simulator` has printed."""
        self.project, self.lines = folder / "project", lines
        self.kept = folder / "environment.sh"
        self.environment = {
            **environment(folder),
            "PULUMI_SKIP_CONFIRMATIONS": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        self.kept.touch()

    def run(self, step: Step) -> subprocess.CompletedProcess[str]:
        """Run a step, with what the steps before it have exported."""
        command = step.command
        for word, meant in step.put.items():
            command = command.replace(word, self._meant(meant))
        return self.shell(command)

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        script = f'. "{self.kept}"\n{command}\ncode=$?\nexport -p > "{self.kept}"\nexit $code\n'
        return subprocess.run(
            ["bash", "-c", script], cwd=self.project, env=self.environment, capture_output=True, text=True, check=False
        )

    def _meant(self, words: str) -> str:
        if words in self.lines:
            return self.lines[words]
        if words == "the subscription":
            return "00000000-0000-4000-8000-000000000001"
        if words.startswith("urn "):
            listed = self.shell("pulumi stack --show-urns").stdout
            (urn,) = [
                word
                for word in re.findall(r"urn:pulumi:\S+", listed)
                if word.endswith(f":{words.removeprefix('urn ')}")
            ]
            return urn
        return words


def environment(folder: Path) -> dict[str, str]:
    """What a command has of the environment: a home of its own, and the engine that is in the cache."""
    return {**clean_environment(), "HOME": str(folder), "XDG_CACHE_HOME": str(default_cache().parent)}


@contextmanager
def session(folder: Path) -> Iterator[Session]:
    """A clone with its own history, beside a terminal in which `make simulator` runs."""
    project = folder / "project"
    copy_project(PROJECT, project)
    for name in project.glob("requirements*.txt"):
        # Older than the environment in use, so that `make` has nothing to install.
        os.utime(name, (0, 0))
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")
    for words in (("init", "--initial-branch=main"), ("add", "--all"), (*who, "commit", "--message", "all")):
        subprocess.run([str(shutil.which("git")), *words], cwd=project, check=True, capture_output=True)
    terminal = subprocess.Popen(
        ["make", "simulator"],
        cwd=project,
        env=environment(folder),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert terminal.stdout is not None
        printed: dict[str, str] = {}
        while "SIMULATED_ARM" not in printed:
            name, _, value = terminal.stdout.readline().strip().partition("=")
            printed[name] = value
        yield Session(folder, {"the line": printed["PULUMI_DEBUG_PROVIDERS"], "the front": printed["SIMULATED_ARM"]})
    finally:
        end_session(terminal, grace=15)
