"""`make azure`: the tests of parity on a real subscription, each answer recorded.

It needs an account: azure-identity's default credential (az login, a managed identity, environment variables). It makes
one resource group with a name that nobody has, and deletes it at the end, whatever happens: after a failure, and after
Ctrl-C. Gateways, circuits and Bastion hosts, which cost money and hours, are made with GATEWAYS=yes only.
"""

import argparse
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.core.rest import HttpRequest

from simulator.arm.serving import Endpoint
from tests.clients import recording
from tests.clients.azure_side import Azure, Credential
from tests.clients.parity import Player, Scenario, scenarios

AZURE = "https://management.azure.com"
_WAIT_S = 15.0


def main(arguments: list[str] | None = None) -> int:
    """0: all was recorded; 1: something failed, or was interrupted; 2: usage."""
    parser = argparse.ArgumentParser("python -m tests.clients.on_azure", description=__doc__)
    parser.add_argument("--subscription", required=True, metavar="ID", help="where the resource group is made")
    parser.add_argument("--gateways", action="store_true", help="gateways, circuits and Bastion hosts too")
    parser.add_argument("--only", metavar="NAME", help="one scenario alone")
    parser.add_argument("--out", type=Path, default=recording.FOLDER, metavar="DIR", help="default: %(default)s")
    parser.add_argument("--tenant", default="", metavar="ID", help="its tenant, so that no recording has its id")
    parser.add_argument("--endpoint", metavar="URL", help="something else than Azure, to try this out")
    parser.add_argument("--ca", type=Path, metavar="FILE", help="the certificate of the endpoint")
    options = parser.parse_args(arguments)
    credential = Credential() if options.endpoint else _default_credential()
    wanted = [
        scenario
        for scenario in scenarios()
        if (options.gateways or not scenario.costly) and options.only in (None, scenario.name)
    ]
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        for scenario in wanted:
            record(scenario, options, credential)
    except KeyboardInterrupt:
        print("interrupted; the resource group is deleted", file=sys.stderr)
        return 1
    except (HttpResponseError, AssertionError) as error:
        print(f"failed: {type(error).__name__}: {str(error)[:500]}", file=sys.stderr)
        return 1
    return 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _default_credential() -> Any:
    from azure.identity import DefaultAzureCredential  # type: ignore[import-not-found]  # where `make azure` puts it

    return DefaultAzureCredential()


def record(scenario: Scenario, options: argparse.Namespace, credential: Any) -> None:
    """Play one scenario in a group of its own, and write down what was answered."""
    group = f"hybrid-network-parity-{secrets.token_hex(4)}"
    private = {group: "rg", options.subscription: "[subscription]", options.tenant: "[tenant]"}
    recorder = recording.Recorder(private)
    endpoint = Endpoint(options.endpoint or AZURE, options.ca or Path(), Path())
    verify = {"connection_verify": str(options.ca) if options.ca else True}
    azure = Azure(endpoint, options.subscription, credential, policy=recorder, **verify)
    print(f"{scenario.name}: in group {group}", flush=True)
    with _deleted(azure, group):
        codes = Player(azure, group, options.subscription).play(scenario)
    print(f"    {recording.write(options.out, scenario.name, recorder.exchanges(), codes)}", flush=True)


@contextmanager
def _deleted(azure: Azure, group: str) -> Iterator[None]:
    """A resource group that is not there, neither before nor after."""
    id = azure.group_id(group)
    if azure.send("GET", id).status_code != 404:
        raise AssertionError(f"there is a resource group {group} already")
    try:
        yield
    finally:
        print(f"    deleting {group}", flush=True)
        try:
            _delete(azure, id)
        except BaseException:
            print(f"{group} may still be there: az group delete --name {group}", file=sys.stderr)
            raise


def _delete(azure: Azure, id: str) -> None:
    answer = azure.send("DELETE", id)
    while answer.status_code == 202:
        pause = answer.headers.get("x-ms-retry-after-ms")
        time.sleep(float(pause) / 1000 if pause else float(answer.headers.get("Retry-After", _WAIT_S)))
        answer = azure.client._send_request(HttpRequest("GET", answer.headers["Location"]))
    if answer.status_code not in (200, 204, 404):
        answer.raise_for_status()


if __name__ == "__main__":
    sys.exit(main())
