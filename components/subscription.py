"""azure-native's provider of another subscription than the stack's own."""

import inspect
from typing import Any

import pulumi
from pulumi_azure_native import Provider, ProviderArgs


def in_subscription(name: str, subscription_id: str | None) -> Provider | None:
    """The provider of this subscription, for the same account; None where none is named: then the stack's own serves.

    name: its logical name. A provider that a program makes does not read the stack's `azure-native:` configuration, so
    what that says of the account and the place is given to it. Another tenant's subscription needs a provider with an
    account of that tenant [SPOKE-16].
    """
    if subscription_id is None:
        return None
    config = pulumi.Config("azure-native")
    given: dict[str, Any] = {}
    for argument, said in inspect.signature(ProviderArgs.__init__).parameters.items():
        head, *tail = argument.split("_")
        key = head + "".join(map(str.capitalize, tail))
        kind = str(said.annotation)
        read = config.get_bool if "bool" in kind else config.get_object if "Sequence" in kind else config.get
        value = read(key)
        if value is not None:
            secret = pulumi.runtime.is_config_secret(f"azure-native:{key}")
            given[argument] = pulumi.Output.secret(value) if secret else value
    return Provider(name, ProviderArgs(**{**given, "subscription_id": subscription_id}))
