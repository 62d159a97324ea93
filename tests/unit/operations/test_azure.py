"""The client of the operations: where it goes, with what, and what it may not do."""

import math
import sys
import types
from pathlib import Path

import pytest
import trustme
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from operations import permissions
from operations.azure import NO_TOKEN, Azure, AzureError, Endpoint, UsageError
from operations.live import NotDeployedError, live
from simulator.cloud import Cloud
from tests.clients.azure_side import quick_clock, served
from tests.simulator.world import put
from tests.stacks import stack_values
from topology.reading import read

GROUP = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg"
VERSION = "2022-04-01"


def cloud_with_group() -> Cloud:
    cloud = Cloud(clock=quick_clock())
    put(cloud, "group")
    return cloud


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1",
        "https://management.azure.com",
        "https://192.0.2.1",
        "https://127.0.0.1@192.0.2.1/",
        "https://localhost.example",
        "https://127.0.0.1:1/path",
        "https://127.0.0.1:port",
        "https://user:word@127.0.0.1",
        "127.0.0.1:1",
        "",
    ],
)
def test_only_loopback_addresses_are_endpoints(url: str, tmp_path: Path) -> None:
    certificate = tmp_path / "ca.pem"
    certificate.write_text("")
    with pytest.raises(UsageError, match="--endpoint"):
        Endpoint.read(url, certificate)


@pytest.mark.parametrize("url", ["https://127.0.0.1:8443", "https://localhost:1/", "https://[::1]:8443"])
def test_an_endpoint_needs_its_certificate(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--certificate"):
        Endpoint.read(url, None)
    with pytest.raises(UsageError, match="--certificate"):
        Endpoint.read(url, tmp_path / "none")
    certificate = tmp_path / "ca.pem"
    certificate.write_text("")
    assert Endpoint.read(url, certificate).url == url.rstrip("/")


def test_the_default_credential_is_made_for_azure_itself_and_never_for_an_endpoint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[str] = []
    identity = types.ModuleType("azure.identity")
    identity.DefaultAzureCredential = lambda: made.append("credential") or object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "azure.identity", identity)
    certificate = tmp_path / "ca.pem"
    certificate.write_text("")
    azure = Azure(Endpoint("https://127.0.0.1:1", certificate))
    azure.client("s")
    assert made == []
    assert azure._credential.get_token("any").token == NO_TOKEN
    Azure()
    assert made == ["credential"]


def test_an_account_that_is_not_logged_in_is_told_at_once(tmp_path: Path) -> None:
    """Asking again would not help, and what a login has tried is many lines."""
    tried: list[int] = []

    def call() -> None:
        tried.append(1)
        raise ClientAuthenticationError("failed to retrieve a token\nAttempted:\n\tOne: no.\n\tTwo: no.")

    azure = Azure(Endpoint("https://127.0.0.1:1", tmp_path / "ca.pem"))
    with pytest.raises(AzureError, match=r"gateway: no login to Azure \(az login; .*\): failed to retrieve a token$"):
        azure.ask("gateway", call)
    assert tried == [1]


def test_a_simulated_azure_that_is_not_there_is_named(tmp_path: Path) -> None:
    def call() -> None:
        raise ServiceRequestError("connection refused")

    endpoint = Endpoint("https://127.0.0.1:1", tmp_path / "ca.pem")
    with pytest.raises(AzureError, match=r"^gateway: connection refused; does `make simulator` run"):
        Azure(endpoint, patience_s=0, pause_s=0.001).ask("gateway", call)


def test_without_azure_identity_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(UsageError, match=r"pip install -r requirements-operations\.txt"):
        Azure()


def test_tls_is_verified_against_the_certificate_and_proxies_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    other = tmp_path / "other.pem"
    other.write_bytes(trustme.CA().cert_pem.bytes())
    with served(cloud_with_group()) as endpoint:
        path = f"{GROUP}/providers/Microsoft.Authorization/permissions"
        azure = Azure(Endpoint.read(endpoint.url, endpoint.ca))
        assert azure.read("rights", path, VERSION)["value"][0]["actions"] == ["*"]
        # Where the environment trusts the front, this does not.
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(endpoint.ca))
        with pytest.raises(AzureError, match=r"(?i)certificate"):
            Azure(Endpoint.read(endpoint.url, other), patience_s=math.inf).read("rights", path, VERSION)


def test_a_missing_permission_is_named_with_its_group() -> None:
    cloud = cloud_with_group()
    cloud.options = cloud.options.with_text(
        "actions_left_out=Microsoft.Network/connections/sharedKey/write,microsoft.network/*/peerings/write"
    )
    with served(cloud) as endpoint:
        azure = Azure(Endpoint.read(endpoint.url, endpoint.ca))
        assert permissions.missing(azure, {GROUP: permissions.needed("rotate-key")}) == [
            f"Microsoft.Network/connections/sharedKey/write in {GROUP}"
        ]
        assert permissions.missing(azure, {GROUP: permissions.needed("drill peering")}) == [
            f"Microsoft.Network/expressRouteCircuits/peerings/write in {GROUP}"
        ]
        assert permissions.missing(azure, {GROUP: permissions.needed("status")}) == []


def test_no_command_asks_for_all_rights() -> None:
    for command in permissions.CHANGES:
        actions = permissions.needed(command)
        assert actions
        assert not [action for action in actions if "*" in action]


def test_what_is_not_deployed_has_no_place() -> None:
    settings, _ = read(stack_values("dev"))
    assert settings is not None
    with pytest.raises(NotDeployedError, match="pulumi up"):
        live(settings, {"virtualNetworkId": "x"})
