"""A new shared key for a site: see `python -m operations rotate-key`.

Three places have the key: Azure, the stack's secret, and the device. Azure gets the new one first, and the stack's
secret keeps the old one until the tunnel is seen up: so both are known whatever happens, and no record has to hold a
key. When the device does not follow in time, Azure gets the old one back.
"""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from components.rules import errors
from components.rules.keys import shared_key
from operations.azure import Azure, AzureError, Place, UsageError
from operations.journal import Journal
from operations.key_file import KeyFile, KeyFileError
from operations.live import Live
from operations.stack import PulumiError
from operations.stack_lock import LockedError

Json = dict[str, Any]
COMMAND = "rotate-key"
WAY_OUT = "Run rotate-key again for the same site: it goes on from what it finds."
KEY_BYTES = 32
"""Of a key that is made: 64 hexadecimal digits, which every device takes."""
Holds = Literal["new", "old"]


class Secrets(Protocol):
    """The stack's secrets."""

    def get(self) -> str:
        """The site's key."""
        ...

    def set(self, key: str) -> None:
        """Let this be it."""
        ...


class UnfinishedError(Exception):
    """Azure, the stack's secret and the file may not have one key; the text says what each has and what to do."""


@dataclass(frozen=True)
class Outcome:
    """Which key all places have now, and whether the tunnel is up with it."""

    holds: Holds
    up: bool


class Rotation:
    """A new key for one site. file: the device's file that gets the key too; pause_s: between two looks."""

    def __init__(
        self,
        azure: Azure,
        live: Live,
        site: str,
        stack: Secrets,
        record: Path,
        *,
        file: KeyFile | None = None,
        minutes: float = 30.0,
        pause_s: float = 10.0,
        tell: Callable[[str], None],
    ) -> None:
        if site not in live.sites:
            raise UsageError(f"--site {site}: is no site of the stack; there are {', '.join(live.sites)}")
        self.azure, self.live, self.site, self.stack, self.record = azure, live, site, stack, record
        self.file, self.minutes, self.pause_s, self.tell = file, minutes, pause_s, tell
        self._place = Place.of(live.sites[site])
        self._connections = azure.client(self._place.subscription).virtual_network_gateway_connections
        self._where = (self._place.group, self._place.name)

    def check(self, new: str, *, from_stack: bool = False) -> None:
        """See whether it may begin. Raises `UsageError` with the reason, and what `Azure` and the stack raise."""
        problems = errors(list(shared_key("the new key", new)))
        if problems:
            raise UsageError("\n".join(map(str, problems)))
        ours, theirs = self.stack.get(), self._read()
        self.azure.veil((new, ours, theirs))
        if self.file is not None:
            self.file.check()
        if from_stack:
            if _equal(ours, theirs):
                raise UsageError(
                    f"Azure has the stack's secret vpnSharedKeys.{self.site} already: nothing is to be done."
                )
        elif not _equal(ours, theirs):
            raise UsageError(
                f"Azure has another key than the stack's secret vpnSharedKeys.{self.site}. To give Azure the stack's: "
                "--from-stack. To keep Azure's, set the secret to it first."
            )
        elif _equal(new, ours):
            raise UsageError("The new key is the old one.")

    def lines(self) -> list[str]:
        """What the device's operator has to do, and when."""
        site = next(one for one in self.live.settings.vpn.sites if one.name == self.site)
        show = f"az network vpn-connection shared-key show -g {self._place.group} --connection-name {self._place.name}"
        where = f"  The new key is in {self.file.path}." if self.file else f"  It is read from Azure with: {show}"
        return [
            f"New key for site {self.site}, connection {self._place.name}.",
            f"  As soon as Azure has it, the device at {site.public_ip or site.fqdn} needs it too: its operator",
            f"  changes it within {self.minutes:g} minutes. Until then the tunnel may be down.",
            where,
            "  When the tunnel is not up by then, Azure gets the old key back, and the device keeps its old one.",
        ]

    def run(self, new: str, *, from_stack: bool = False) -> Outcome:
        """Give Azure the new key, wait for the device, keep it in the stack. Raises `UnfinishedError`, `BusyError`."""
        old = self._read() if from_stack else self.stack.get()
        facts = {"site": self.site, "fromStack": from_stack, "file": str(self.file.path) if self.file else ""}
        return self._try(Journal.begin(self.record, COMMAND, facts, WAY_OUT), new, old)

    def _try(self, journal: Journal, new: str, old: str) -> Outcome:
        """The new key everywhere when the device has it in time, else the old one."""
        try:
            journal.do("azure", {}, lambda: self._give_azure(new))
            journal.do("file", {}, lambda: self._give_file(new))
            self.tell("  Azure has the new key: now it is the device's turn")
            up = self._seen_up(journal)
        except (AzureError, KeyFileError, KeyboardInterrupt) as error:
            self.tell(f"  {'interrupted' if isinstance(error, KeyboardInterrupt) else error}")
            up = False
        return self._forward(journal, new) if up else self._back(journal, old)

    def resume(self) -> Outcome | None:
        """Bring to its end what a dead run began; None where there is nothing. Raises as `run` does."""
        journal = Journal.take_over(self.record, COMMAND)
        if journal is None:
            return None
        if journal.facts.get("site", self.site) != self.site:
            raise UsageError(
                f"What was left unfinished is for site {journal.facts['site']}: run it for that one first."
            )
        if self.file is None and journal.facts.get("file"):
            self.file = KeyFile(Path(journal.facts["file"]), self.site)
        ours, theirs = self.stack.get(), self._read()
        self.azure.veil((ours, theirs))
        if _equal(ours, theirs):
            self._settle(journal, ours)
            return Outcome("new" if journal.facts.get("secret") else "old", self._up({}))
        if journal.facts.get("fromStack"):
            # The old key is Azure's alone, and is there still.
            return self._try(journal, ours, theirs)
        self.tell("  Azure has the new key, the stack the old one: it depends on the device")
        return self._try(journal, theirs, ours)

    def _forward(self, journal: Journal, new: str) -> Outcome:
        """The device has the new key: so has everything else."""
        try:
            if not _equal(self._read(), new):
                self._give_azure(new)
            if not _equal(self.stack.get(), new):
                journal.note(secret="new")
                self.stack.set(new)
            self._settle(journal, new)
        except (AzureError, PulumiError, LockedError, KeyFileError) as error:
            raise UnfinishedError(
                f"{error}\nAzure has the new key, and the stack's secret vpnSharedKeys.{self.site} may not. {WAY_OUT}"
            ) from None
        return Outcome("new", self._up({}))

    def _back(self, journal: Journal, old: str) -> Outcome:
        """The device has the old key: so gets everything else."""
        self.tell("  bringing the old key back")
        try:
            changed = not _equal(self._read(), old)
            if changed:
                journal.do("back", {}, lambda: self._give_azure(old))
            self._give_file(old)
            if not _equal(self.stack.get(), old):
                self.stack.set(old)
            up = self._seen_up(journal) if changed else self._up({})
            self._settle(journal, old)
        except (AzureError, PulumiError, LockedError, KeyFileError) as error:
            raise UnfinishedError(
                f"{error}\nThe stack's secret vpnSharedKeys.{self.site} has the old key, and Azure may not. {WAY_OUT}"
            ) from None
        return Outcome("old", up)

    def _settle(self, journal: Journal, key: str) -> None:
        self._give_file(key)
        journal.close()

    def _give_azure(self, key: str) -> None:
        """Set the key [ROT-01] and read it back."""
        from azure.mgmt.network.models import ConnectionSharedKey

        what = f"the shared key of connection {self._place.name}"
        begin = self._connections.begin_set_shared_key
        if _equal(self._read(), key):
            return
        self.azure.change(f"setting {what}", lambda: begin(*self._where, ConnectionSharedKey(value=key)).result())
        if not _equal(self._read(), key):
            raise AzureError(what, "", "was set, and reads back as another one")

    def _read(self) -> str:
        what = f"the shared key of connection {self._place.name}"
        return self.azure.ask(what, lambda: self._connections.get_shared_key(*self._where)).value or ""

    def _give_file(self, key: str) -> None:
        if self.file is not None:
            self.file.write(key)

    def _seen_up(self, journal: Journal) -> bool:
        """Reset the connection, which makes its tunnels anew and nothing else [ROT-05], and look until they are up."""
        before = self._established()
        what = f"resetting connection {self._place.name}"
        begin = self._connections.begin_reset_connection
        journal.do("reset", {}, lambda: self.azure.change(what, lambda: begin(*self._where).result()))
        end = time.monotonic() + self.minutes * 60.0
        while not self._up(before):
            if time.monotonic() >= end:
                self.tell(f"  the tunnel is not up after {self.minutes:g} minutes")
                return False
            time.sleep(self.pause_s)
        self.tell("  the tunnel is up")
        return True

    def _connection(self) -> Any:
        what = f"connection {self._place.name}"
        return self.azure.ask(what, lambda: self._connections.get(*self._where))

    def _established(self) -> dict[str, str]:
        """When each tunnel that is up came up."""
        tunnels = self._connection().tunnel_connection_status or ()
        return {str(one.tunnel): str(one.last_connection_established_utc_time) for one in tunnels if _is_up(one)}

    def _up(self, before: dict[str, str]) -> bool:
        """Whether the tunnels are up, and not only still: each came up at another time than before the reset."""
        found = self._connection()
        site = next(one for one in self.live.settings.vpn.sites if one.name == self.site)
        tunnels = list(found.tunnel_connection_status or ())
        up = [one for one in tunnels if _is_up(one)]
        fresh = [one for one in up if not _same_time(before, one)]
        if not tunnels:
            return _word(found.connection_status) == "Connected"
        return bool(fresh) if site.instance is not None else len(fresh) == len(tunnels)


def make_key() -> str:
    """A new key."""
    return secrets.token_hex(KEY_BYTES)


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _word(value: Any) -> str:
    return str(getattr(value, "value", value) or "")


def _is_up(tunnel: Any) -> bool:
    return _word(tunnel.connection_status) == "Connected"


def _same_time(before: dict[str, str], tunnel: Any) -> bool:
    when = str(tunnel.last_connection_established_utc_time)
    return when not in ("None", "") and before.get(str(tunnel.tunnel)) == when
