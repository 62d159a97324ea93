"""What each provider of a program was configured with, and which one a call is for.

The published azure-native is a process for each provider of a program. An attached one is a single process, in which
the engine opens a connection for each provider and configures it there (tried on engines 3.259 and 3.274): so the
connection that a call comes from says which provider it is for.
"""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.ids import CLIENT, SUBSCRIPTION, TENANT
from simulator.subscriptions import Account

_CONFIG = "azure-native:config:"


@dataclass(frozen=True)
class Configuration:
    """One provider's configuration, as far as the simulator knows it."""

    account: Account
    location: str = ""

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "Configuration":
        """From the variables of the protocol's Configure, then the provider's own environment, as azure-native does.

        The environment is that of the process that serves: what the engine has in its own does not reach it.
        """

        def said(name: str, variable: str, otherwise: str) -> str:
            return variables.get(_CONFIG + name) or os.environ.get(variable) or otherwise

        account = Account(
            said("subscriptionId", "ARM_SUBSCRIPTION_ID", SUBSCRIPTION),
            said("tenantId", "ARM_TENANT_ID", TENANT),
            said("clientId", "ARM_CLIENT_ID", CLIENT),
        )
        return cls(account, variables.get(f"{_CONFIG}location", ""))


class Configurations:
    """Every configuration by the connection it came over; a connection is named by the engine's end of it."""

    def __init__(self) -> None:
        self._known: dict[str, Configuration] = {}
        self._lock = threading.Lock()

    def remember(self, connection: str, variables: Mapping[str, str]) -> None:
        """A provider was configured."""
        with self._lock:
            self._known[connection] = Configuration.read(variables)

    def of(self, connection: str) -> Configuration:
        """The configuration for a call; LookupError when it cannot be told, since a guess would mix subscriptions."""
        with self._lock:
            if connection in self._known:
                return self._known[connection]
            # A connection that broke and was made anew is not configured again.
            different = set(self._known.values())
        if len(different) > 1:
            raise LookupError("this connection is of none of the providers that were configured; run the command again")
        return different.pop() if different else Configuration.read({})
