"""Azure's own client for the operations on a live network: azure-mgmt-network, on Azure or on the simulated one.

With an endpoint (the simulator's front) nothing leaves this machine: only loopback addresses are taken, no credential
is made, the token is a fixed word, proxies of the environment are not used, and TLS is verified against the front's
certificate. Without one it is Azure's own address and azure-identity's default credential.
"""

import ipaddress
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlsplit

T = TypeVar("T")

AZURE = "https://management.azure.com"
NO_TOKEN = "the-simulated-azure-looks-at-no-token"
"""What is sent to an endpoint in place of a token."""
REQUIREMENTS = "requirements-operations.txt"
LIMITS: dict[str, Any] = {"connection_timeout": 20.0, "read_timeout": 100.0}
"""Seconds that a call may take to reach Azure, and to be answered: what takes Azure longer is an operation, which is
asked about. The client's own limits are five minutes each, in which a drill would not look any more."""
_HOUR_S = 3600
_NO_ANSWER, _NOT_LOGGED_IN = 0, 401
_WRONG_CERTIFICATE = "CertificateVerifyFailed"
_LOGINS = "az login; on the simulated Azure --endpoint and --certificate"
_NOT_SERVED = "; does `make simulator` run, and is --endpoint what it printed last?"
_CONFLICTS = ("AnotherOperationInProgress", "RetryableError", "ReferencedResourceNotProvisioned")
"""Codes of Azure's that mean: later [ORDER-05, ORDER-07, ORDER-08]."""


class UsageError(Exception):
    """The command line asks for what is not done; the text says what to change."""


class AzureError(Exception):
    """Azure refused, or did not answer. The text has its code and message, and never what was sent. status: HTTP's, 0
    where no answer came."""

    def __init__(self, what: str, code: str, message: str, status: int = 0) -> None:
        self.code, self.status = code, status
        super().__init__(f"{what}: {code}: {message}" if code else f"{what}: {message}")

    @property
    def absent(self) -> bool:
        """Whether there is no such thing."""
        return self.status == 404

    @property
    def denied(self) -> bool:
        """Whether the account may not."""
        return self.status == 403


class Token(NamedTuple):
    """What azure-core takes for a token."""

    token: str
    expires_on: int


class NoCredential:
    """In a credential's place where an endpoint is given: it knows nothing and asks nobody."""

    def get_token(self, *scopes: str, **options: Any) -> Token:
        """The fixed word."""
        return Token(NO_TOKEN, int(time.time()) + _HOUR_S)


@dataclass(frozen=True)
class Endpoint:
    """Where Azure Resource Manager is, if not at Azure's own address. certificate: the file with what to trust."""

    url: str
    certificate: Path

    @classmethod
    def read(cls, url: str, certificate: Path | None) -> "Endpoint":
        """An endpoint of the command line. Raises `UsageError` for what is not on this machine."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise UsageError(f"--endpoint {url}: is no address") from None
        if parts.scheme != "https" or not _is_loopback(host) or parts.username is not None:
            raise UsageError(f"--endpoint {url}: only https:// and a loopback address, such as https://127.0.0.1:8443")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise UsageError(f"--endpoint {url}: an address without a path was expected")
        if certificate is None or not certificate.is_file():
            raise UsageError("--endpoint needs --certificate: the file that SIMULATED_ARM_CA names")
        shown = f"[{host}]" if ":" in host else host
        return cls(f"https://{shown}{f':{port}' if port else ''}", certificate)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Azure:
    """One account's clients, one for each subscription that is asked for."""

    def __init__(self, endpoint: Endpoint | None = None, *, patience_s: float = 900.0, pause_s: float | None = None):
        """patience_s: how long a change that Azure puts off is made again, a question a thirtieth of that: longer than
        Azure takes for a connection, whose answer may have been lost. pause_s: between two tries; by default growing,
        from one second."""
        self._endpoint = endpoint
        self._credential: Any = NoCredential() if endpoint else _default_credential()
        self._clients: dict[str, Any] = {}
        self._secrets: set[str] = set()
        self._patience_s, self._pause_s = patience_s, pause_s

    def veil(self, secrets: Iterable[str]) -> None:
        """Let none of these stand in a message, whatever Azure quotes."""
        self._secrets |= {secret for secret in secrets if secret}

    def client(self, subscription: str) -> Any:
        """Azure's client for a subscription. Raises `UsageError` where it is not installed."""
        if subscription not in self._clients:
            self._clients[subscription] = self._new_client(subscription)
        return self._clients[subscription]

    def _new_client(self, subscription: str) -> Any:
        try:
            from azure.mgmt.network import NetworkManagementClient
        except ImportError:
            raise UsageError(f"Azure's client is not installed: pip install -r {REQUIREMENTS}") from None
        if self._endpoint is None:
            return NetworkManagementClient(self._credential, subscription, **LIMITS)
        return NetworkManagementClient(
            self._credential,
            subscription,
            base_url=self._endpoint.url,
            credential_scopes=[f"{self._endpoint.url}/.default"],
            transport=self._transport(),
            # The simulated Azure says how long to wait; where it does not, as of a broken connection, not long.
            retry_backoff_factor=0.05,
            retry_total=4,
        )

    def _transport(self) -> Any:
        """The way to an endpoint."""
        from azure.core.pipeline.transport import RequestsTransport

        assert self._endpoint is not None
        return RequestsTransport(use_env_settings=False, connection_verify=str(self._endpoint.certificate), **LIMITS)

    def ask(self, what: str, call: Callable[[], T]) -> T:
        """One question, asked again for a while where Azure does not answer. what: it in words, for messages.

        Raises `AzureError`."""
        return self._tried(what, call, self._patience_s / 30)

    def change(self, what: str, call: Callable[[], T]) -> T:
        """One change, made again while Azure puts it off or does not answer: every change here may be made twice.

        Raises `AzureError`."""
        return self._tried(what, call, self._patience_s)

    def _tried(self, what: str, call: Callable[[], T], patience_s: float) -> T:
        end, pause, again = time.monotonic() + patience_s, self._pause_s or 1.0, False
        while True:
            try:
                return self._once(what, call)
            except AzureError as error:
                later = error.code in _CONFLICTS or error.status in (_NO_ANSWER, 408, 429) or error.status >= 500
                # No time makes a certificate right.
                later = later and error.code != _WRONG_CERTIFICATE
                # A call that has hung for longer than that is made once more all the same.
                if not later or (again and time.monotonic() >= end):
                    raise
            again = True
            time.sleep(pause)
            pause = self._pause_s or min(pause * 2, 20.0)

    def _once(self, what: str, call: Callable[[], T]) -> T:
        from azure.core.exceptions import AzureError as Refusal

        try:
            return call()
        except Refusal as refusal:
            error = _told(what, refusal, _NOT_SERVED if self._endpoint else "")
        except AzureError as told:
            error = told
        for secret in self._secrets:
            error.args = tuple(str(one).replace(secret, "[secret]") for one in error.args)
        raise error

    def read(self, what: str, id: str, version: str, query: str = "") -> Mapping[str, Any]:
        """What stands at a path, or behind a link, that azure-mgmt-network has no call for. Raises `AzureError`."""
        from azure.core.rest import HttpRequest

        url = id[id.index("/subscriptions/") :]
        client = self.client(url.split("/")[2])
        if "api-version=" not in url:
            url = "&".join([f"{url}?api-version={version}", *([quote(query, safe="$=")] if query else [])])

        def call() -> Mapping[str, Any]:
            answer = client._send_request(HttpRequest("GET", url))
            if answer.status_code != 200:
                raise _of_answer(what, answer)
            return answer.json()

        return self.ask(what, call)


def _default_credential() -> Any:
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise UsageError(f"azure-identity is not installed: pip install -r {REQUIREMENTS}") from None
    # Each way to log in that this machine has not is a warning to it; the error has them all.
    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
    return DefaultAzureCredential()


def _of_answer(what: str, answer: Any) -> AzureError:
    try:
        error = answer.json().get("error") or {}
    except ValueError:
        error = {}
    return AzureError(what, str(error.get("code", "")), str(error.get("message", "")), answer.status_code)


def _told(what: str, refusal: Any, unanswered: str) -> AzureError:
    """Azure's refusal in few words. unanswered: what to look at where there is no answer at all."""
    from azure.core.exceptions import ClientAuthenticationError

    if isinstance(refusal, ClientAuthenticationError):
        # Below its first line each way to log in has one of its own, and links.
        first = next(iter(str(refusal).splitlines()), "")
        return AzureError(what, "", f"no login to Azure ({_LOGINS}): {first[:300]}", _NOT_LOGGED_IN)
    error, status = getattr(refusal, "error", None), getattr(refusal, "status_code", None) or 0
    if error is not None and getattr(error, "code", None):
        return AzureError(what, str(error.code), str(error.message or ""), status)
    text = " ".join(str(refusal).split())[:300] or type(refusal).__name__
    if "certificate verify failed" in text.lower():
        return AzureError(what, _WRONG_CERTIFICATE, text, status)
    return AzureError(what, "", text + (unanswered if status == _NO_ANSWER else ""), status)


class Place(NamedTuple):
    """Where a resource is, from its id."""

    subscription: str
    group: str
    name: str

    @classmethod
    def of(cls, id: str) -> "Place":
        """The place of an id such as /subscriptions/../resourceGroups/../providers/Microsoft.Network/connections/x."""
        parts = id.split("/")
        return cls(parts[2], parts[4], parts[8])


def group_of(id: str) -> str:
    """The id of the resource group that a resource is in."""
    return "/".join(id.split("/")[:5])
