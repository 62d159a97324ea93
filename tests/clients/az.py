"""`make az`: azure-cli, in an environment of its own, uses the simulated Azure; every command and what it said.

It is not part of `make test`: azure-cli is large, and its requirements are its own. Its settings stay in build/az.
"""

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from simulator.ids import SUBSCRIPTION
from toolchain.locate import PROJECT
from toolchain.process import end_session

VERSION = "2.91.0"
_HOME = PROJECT / "build" / "az"
KEY = "ThisIsNotARealKey0"
COMMANDS = """
login --service-principal -u simulated -p none --tenant 00000000-0000-4000-8000-0000000000aa
account show
group create -g rg -l westus3
network vnet create -g rg -n hub --address-prefixes 10.0.0.0/16
network vnet subnet create -g rg --vnet-name hub -n GatewaySubnet --address-prefixes 10.0.255.0/26
network public-ip create -g rg -n pip --sku Standard --zone 1 2 3 --allocation-method Static
network vnet-gateway create -g rg -n vpn --vnet hub --public-ip-addresses pip --gateway-type Vpn --sku VpnGw1AZ
network vnet-gateway update -g rg -n vpn --set enableBgp=true
network vnet-gateway create -g rg -n er --vnet hub --gateway-type ExpressRoute --sku ErGw1AZ
network local-gateway create -g rg -n site --gateway-ip-address 198.51.100.7 --asn 65020 --bgp-peering-address 10.9.0.1
network express-route create -g rg -n circuit --bandwidth 50 --peering-location Dallas --provider Equinix
network express-route auth create -g rg --circuit-name circuit -n other
network nsg create -g rg -n nsg
network nsg rule create -g rg --nsg-name nsg -n http --priority 100 --protocol Tcp --destination-port-ranges 80
network route-table create -g rg -n table
network route-table route create -g rg --route-table-name table -n r --address-prefix 10.9.0.0/16 --next-hop-type None
rest --method put --url {rg}/connections/con-vpn?api-version=2024-05-01 --body @{connection}
simulator: outside {outside}
network vpn-connection show -g rg -n con-vpn --query [connectionStatus,tunnelConnectionStatus[].connectionStatus]
network vnet-gateway list-learned-routes -g rg -n vpn --query value[].[network,nextHop,origin,asPath,weight]
network vnet-gateway list-advertised-routes -g rg -n vpn --peer 10.9.0.1 --query value[].[network,asPath]
network vnet-gateway list-bgp-peer-status -g rg -n vpn --query value[].[neighbor,asn,state,routesReceived]
network vpn-connection list-ike-sas -g rg -n con-vpn
network vpn-connection shared-key update -g rg --connection-name con-vpn --value AnotherNotRealKey1 --query none
network vpn-connection show -g rg -n con-vpn --query connectionStatus
network vpn-connection shared-key reset -g rg --connection-name con-vpn --key-length 40 --query none
network vnet subnet list -g rg --vnet-name hub
network vpn-connection delete -g rg -n con-vpn
network vnet-gateway delete -g rg -n er
network express-route auth delete -g rg --circuit-name circuit -n other
network express-route delete -g rg -n circuit
group delete -g rg --yes
"""
"""What is typed behind `az`; a line that begins with `simulator:` is the simulator's own."""
_NETWORK = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network"
CONNECTION = {
    "location": "westus3",
    "properties": {
        "connectionType": "IPsec",
        "enableBgp": True,
        "sharedKey": KEY,
        "virtualNetworkGateway1": {"id": f"{_NETWORK}/virtualNetworkGateways/vpn"},
        "localNetworkGateway2": {"id": f"{_NETWORK}/localNetworkGateways/site"},
    },
}
"""`az network vpn-connection create` would send a template, which the simulator has not."""
OUTSIDE = {"tunnels": [{"connection": "con-vpn", "key": KEY, "announces": ["192.168.0.0/16"]}]}


def main() -> int:
    """0 when every command went well; the first that does not ends the run, so that nothing is sent elsewhere."""
    az = _install()
    cloud = _HOME / f"cloud-{os.getpid()}.db"
    command = [sys.executable, "-m", "simulator", "serve", "--cloud", str(cloud), "--arm-port", "0", "--minute-ms", "5"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT, start_new_session=True)
    try:
        assert server.stdout is not None
        said = dict(server.stdout.readline().strip().split("=", 1) for _ in range(4))
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "ARM_"))}
        environment |= {
            "AZURE_CONFIG_DIR": f"{cloud}.config",
            "REQUESTS_CA_BUNDLE": said["SIMULATED_ARM_CA"],
            # Microsoft's list of authorities is not asked whether ours is one.
            "AZURE_CORE_INSTANCE_DISCOVERY": "false",
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
        }
        first = [
            f"cloud register -n simulated --cloud-config @{said['SIMULATED_ARM_AZ_CLOUD']}",
            "cloud set -n simulated",
        ]
        names = {"rg": f"{said['SIMULATED_ARM']}{_NETWORK}"}
        for name, content in (("connection", CONNECTION), ("outside", OUTSIDE)):
            file = Path(f"{cloud}.{name}.json")
            file.write_text(json.dumps(content))
            names[name] = str(file)
        for line in (*first, *COMMANDS.strip().splitlines()):
            start, own = time.monotonic(), line.removeprefix("simulator: ")
            words = [word.format(**names) for word in shlex.split(own)]
            program = [az] if own == line else [sys.executable, "-m", "simulator"]
            words += ["--cloud", str(cloud)] if own != line else []
            run = subprocess.run(
                [*program, *words], env=environment, cwd=PROJECT, capture_output=True, text=True, check=False
            )
            name = "az" if own == line else "python -m simulator"
            print(f"{name} {own}\n    {run.returncode}, {time.monotonic() - start:.1f} s: {_shown(run)}", flush=True)
            if run.returncode:
                return 1
    finally:
        end_session(server, grace=5.0)
    return 0


def _install() -> str:
    az = _HOME / "venv" / "bin" / "az"
    if not az.exists():
        print(f"Installing azure-cli {VERSION} into {_HOME} (some minutes; once).", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(_HOME / "venv")], check=True)
        pip = [str(_HOME / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", f"azure-cli=={VERSION}"]
        subprocess.run(pip, check=True)
    return str(az)


def _shown(run: subprocess.CompletedProcess[str]) -> str:
    """The beginning of what a command said, on one line."""
    text = run.stdout if run.returncode == 0 else run.stderr
    try:
        text = json.dumps(json.loads(text))
    except ValueError:
        text = " ".join(text.split())
    return text[:240] or "nothing"


if __name__ == "__main__":
    Path(_HOME).mkdir(parents=True, exist_ok=True)
    sys.exit(main())
