"""The page about the simulated Azure: `.venv/bin/python -m tests.simulator_page > docs/simulator.md`.

Its tables are made from the simulator itself and from how each rule is known (`docs/rules_evidence.yaml`), so that each
row says only what is there; a test compares.
"""

import dataclasses
from collections.abc import Iterable, Iterator

from simulator import durations, show
from simulator.errors import KINDS
from simulator.ids import SUBSCRIPTION, TENANT
from simulator.options import Options
from simulator.resources import kinds
from simulator.resources.actions import actions
from tests.rules_table import evidence, sources

COMMAND = ".venv/bin/python -m tests.simulator_page > docs/simulator.md"
_KNOWN = {
    "D": "documented, or in published code",
    "R": "reported",
    "I": "inferred",
    "U": "the refusal is known, its code is not",
}
"""What the letters of the simulator's table of errors say of code and text."""
UNLIKE = (
    ("time", "simulated: 50 real milliseconds a minute, said in `x-ms-retry-after-ms`", "real, said in `Retry-After`"),
    ("how long things take", "always the same: the table above", "differs from day to day, by hours"),
    ("what goes down", "is seen as down at once", "after BFD's second, or BGP's 180 seconds (TIME-06, BGP-11)"),
    (
        "bytes over tunnels, connections and circuits",
        "two invented rates: with traffic, and with keepalives alone; the same in both directions",
        "what there is",
    ),
    (
        "metrics",
        "one sample a grain, of gateways and circuits alone, and from the moment on at which an alert or a diagnostic "
        "setting names the metric; a tunnel's packets that fit no selector are those that the outside says",
        "of everything, from the beginning",
    ),
    (
        "logs of a workspace",
        "AzureMetrics, and of AzureDiagnostics tunnels that come and go, and maintenance; all five minutes later, and "
        "zeros of a resource that is idle for an hour never (MON-17)",
        "all categories, 3 to 20 minutes later; the first after hours",
    ),
    (
        "queries of log alerts",
        "a small part of KQL (`simulator/kql.py`); anything else is refused",
        "all of KQL",
    ),
    (
        "alerts",
        "metric alerts with static thresholds on one resource, and counted rows of a query, each looked at in its own "
        "time; what fired stays while its metric says nothing; `simulator alerts` says which ring, and nobody is told",
        "many more kinds",
    ),
    (
        "a diagnostic setting whose resource is deleted",
        "goes with it",
        "may stay, and hold again for a new resource of that id",
    ),
    (
        "addresses of Microsoft's edge routers in a GatewaySubnet",
        "the first ones that no gateway has",
        "not documented; tables show the fourth and fifth of the subnet",
    ),
    ("a new shared key", "holds at once: the tunnel is down until the device has it", "not documented (ROT-04)"),
    ("the quick mode in `getikesas`", "a form of ours", "not documented"),
    (
        "what a gateway is asked",
        "learned and advertised routes, BGP peers, the site failover test",
        "more: packet capture, reset, effective routes, resiliency",
    ),
    (
        "point-to-site VPN, Global Reach, Route Server, Virtual WAN",
        "not there; `vpnClientConfiguration` is kept as it was sent",
        "there",
    ),
    ("answers", "have the form of API 2024-05-01, whatever version is asked for", "have the version's own form"),
    ("a failed resource's tags", "may be changed", "the same, but the network provider may run its operation again"),
    ("rights", "all, but in subscriptions and for actions that the options name", "what roles say"),
    (
        "templates",
        "`Microsoft.Resources/deployments` is not there (`az network vpn-connection create` uses it)",
        "there",
    ),
    (
        "inline parts of a load balancer or gateway",
        "are read by themselves; written only with their resource",
        "backend pools and inbound rules are written too",
    ),
    ("codes that begin with `CodeUnknown_`", "a refusal whose code nobody has told", "a code of its own"),
    ("the list of providers, regions", "what the simulator has, nothing else", "Azure's"),
)
"""What, here, in Azure."""
_INTRODUCTION = f"""\
# The simulated Azure

Made by `{COMMAND}`; a test compares.

One cloud, kept in an SQLite file, and two ways to it, over the same rules, clock, faults and log of calls:

- Pulumi's azure-native provider (`PULUMI_DEBUG_PROVIDERS`);
- Azure Resource Manager over HTTPS, for what Azure publishes: its SDKs, azure-cli.

It is for trying out and for tests. It is not Azure: nothing costs, nothing connects. It is strict where it can be:
what it does not know it refuses.

## In Azure's place

In one terminal:

```sh
make simulator     # serves until Ctrl-C, and prints a line PULUMI_DEBUG_PROVIDERS=...
```

In another, with that line's value in place of the dots:

```sh
export PULUMI_DEBUG_PROVIDERS=...
export PATH="$(make -s engine):$PATH" PULUMI_BACKEND_URL="file://$HOME/simulated" PULUMI_CONFIG_PASSPHRASE=demo
mkdir -p ~/simulated
pulumi stack init dev
pulumi config set --secret --path 'vpnSharedKeys.hq' "$(openssl rand -hex 24)"
pulumi up
.venv/bin/python -m simulator provision --cloud build/cloud.db erc-dev-primary     # you are the provider
pulumi up
pulumi config set protect false && pulumi up                                          # and away again
.venv/bin/python -m simulator deprovision --cloud build/cloud.db erc-dev-primary
pulumi destroy
```

Pulumi writes the salt and the key into `Pulumi.dev.yaml`, in its own style: `git checkout Pulumi.dev.yaml` undoes it.
Circuits of another stack are called otherwise: `.venv/bin/python -m simulator show --cloud build/cloud.db` lists them.
Where the provider makes the private peering (layer 3, as of `Pulumi.reference.yaml`), provision it `--with-peering`.
To begin anew, stop the simulator and remove `build/cloud.db` and `~/simulated`. Its line is another after each start:
with an old one Pulumi says that the plugin `did not begin responding to RPC connections`.
It takes 50 ms for a minute of Azure's, and can be told to fail: `.venv/bin/python -m simulator --help`.

## Azure's own clients

```sh
.venv/bin/python -m simulator serve --cloud build/cloud.db --arm-port 0     # as `make simulator` does
```

prints, besides the line for Pulumi:

```text
SIMULATED_ARM=https://127.0.0.1:PORT                    where Azure Resource Manager is
SIMULATED_ARM_CA=build/cloud.db.arm/ca.pem              the certificate to trust
SIMULATED_ARM_AZ_CLOUD=build/cloud.db.arm/az-cloud.json what azure-cli calls a cloud
```

The SDK for Python:

```python
from azure.mgmt.network import NetworkManagementClient

client = NetworkManagementClient(
    credential,  # anything with get_token: no token is looked at
    "{SUBSCRIPTION}",  # any well-formed id is a subscription
    base_url=SIMULATED_ARM,
    credential_scopes=[f"{{SIMULATED_ARM}}/.default"],
    connection_verify=SIMULATED_ARM_CA,
)
```

azure-cli, with settings of its own, so that it forgets nothing of yours:

```sh
export AZURE_CONFIG_DIR=build/az-config REQUESTS_CA_BUNDLE=$SIMULATED_ARM_CA AZURE_CORE_INSTANCE_DISCOVERY=false
az cloud register -n simulated --cloud-config @$SIMULATED_ARM_AZ_CLOUD
az cloud set -n simulated
az login --service-principal -u simulated -p none --tenant {TENANT}
```

`make az` does this in an environment of its own, and more: networks, both gateways, a circuit, rules, routes, learned
routes, keys, deletes.

Who may use it: programs of this machine. It listens on 127.0.0.1, answers to that name and to `localhost` only, and
refuses every request that a web page sends (any `Origin`). It asks for no token, and neither keeps nor logs one
that is sent. The cloud's file, the server's key and the other files beside it are for their owner alone (mode 600).
A connection's GET has its shared key in clear, as Azure's has: the file keeps it sealed, with a key that is in the
same file. The log of calls (`.venv/bin/python -m simulator calls`) has no shared, service or authorization key.

## What it does as Azure does

- PUT, GET, DELETE, lists in pages (`nextLink`) and PATCH of tags for every type below, their children included;
  what stands in a list of a resource (probes, default rules) is read.
- 201 for what is new, 200 for what was there, 202 for a deletion; `Azure-AsyncOperation`, `Location`,
  `provisioningState`; an operation that fails leaves the resource `Failed`.
- `ETag`, `If-Match` and `If-None-Match` (412); errors as `{{"error": {{"code": .., "message": ..}}}}`.
- API versions: a missing or impossible one is Azure's error, a known one is taken.

How that is known: the tests in `tests/clients` use azure-mgmt-network 28.1.0, which is made for API 2024-05-01, and
hold every answer against its models: no unknown field, no wrong type, word or bound, nothing required missing.

## What is outside

```sh
.venv/bin/python -m appliance.outside --stack dev --out build/outside.json
.venv/bin/python -m simulator outside build/outside.json --cloud build/cloud.db
```

The first command says of every on-premises device of a stack what it announces on each circuit and tunnel, and with
which key; the second tells the simulated Azure. From then on gateways have learned routes, BGP peers and advertised
routes, connections are connected or not and count bytes, their tunnels have security associations, and a circuit
has routes, neighbours and ARP tables. Gateways and circuits have metrics, which can be read
(`GET ID/providers/Microsoft.Insights/metrics`) and are sent to a workspace by a diagnostic setting, and alerts ring by
what was deployed, each in its own time: `.venv/bin/python -m simulator alerts --cloud build/cloud.db` says which. To
cut a line, write `"up": false` at its end and tell it again.
`.venv/bin/python -m simulator outside --help` explains the file; without one, nothing is connected. The file has shared
keys in it, and mode 600.

## Held against Azure

```sh
make azure SUBSCRIPTION=ID                  # needs Azure: some minutes, next to nothing in money
make azure SUBSCRIPTION=ID GATEWAYS=yes     # needs Azure: gateways too, about a day, and their price
```

Azure's client goes through the refusals of the simulator's tests on a real subscription, in resource groups of its
own with names that nobody has, which are deleted at the end, after a failure and after Ctrl-C too. Each answer is
written to `tests/clients/recorded/`, without subscription, tenant, tokens and keys; `make test` holds the simulator
against what it finds there. **Nobody who wrote this has an Azure account, so nothing is recorded yet: whoever has
one is asked for a run.**
"""


def page() -> str:
    """The whole page."""
    parts = [
        _INTRODUCTION,
        "## Types\n",
        *_table(("type", "what else it can be asked and told"), _types()),
        "\nHow long Azure takes, in simulated minutes:\n",
        *_table(("what", "minutes", "how that is known"), _durations()),
        "\n## What it refuses\n",
        "Besides what Azure Resource Manager itself refuses (`simulator/arm/refusals.py`). The rules, and where they\n"
        "are from: [rules.md](rules.md).\n",
        *_table(("code", "status", "the code and its words", "rules, how each is known, last seen"), _refusals()),
        "\n## What is known to be unlike Azure\n",
        *_table(("what", "here", "in Azure"), UNLIKE),
        "\nSwitches for what Azure's documents leave open (`serve --option NAME=VALUE`):\n",
        *_table(("switch", "at first", "the question"), _switches()),
        "\nFaults on request: `.venv/bin/python -m simulator faults --help`; over HTTP a fault `lost` breaks the\n"
        "connection before the answer.\n",
    ]
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for cells in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _types() -> Iterator[tuple[str, str]]:
    for kind in sorted(kinds().values(), key=lambda kind: kind.arm_type):
        yield f"`{kind.arm_type}`", ", ".join(f"{one.method} `{one.path}`" for one in actions(kind))


def _durations() -> Iterator[tuple[str, str, str]]:
    for name, one in durations.TABLE.items():
        yield f"`{name}`", f"{round(one.minutes, 2):g}", one.source


def _refusals() -> Iterator[tuple[str, str, str, str]]:
    known = sources()
    for code in sorted({kind.code or key for key, kind in KINDS.items()}, key=str.lower):
        rows = [kind for key, kind in KINDS.items() if (kind.code or key) == code]
        rules = dict.fromkeys(rule for kind in rows for rule in kind.rules)
        told = [f"{rule} ({evidence(rule, known[rule])})" if rule in known else rule for rule in rules]
        words = dict.fromkeys(_KNOWN[kind.confidence] for kind in rows)
        yield (
            f"`{code}`",
            ", ".join(dict.fromkeys(str(kind.status) for kind in rows)),
            "; ".join(words),
            ", ".join(told),
        )


def _switches() -> Iterator[tuple[str, str, str]]:
    lines = show.options(Options()).splitlines()
    for assignment, text in zip(lines[::2], lines[1::2], strict=True):
        name, _, value = assignment.partition("=")
        yield f"`{name}`", f"`{value}`", text.strip()
    assert len(lines) == 2 * len(dataclasses.fields(Options))


if __name__ == "__main__":
    print(page(), end="")
