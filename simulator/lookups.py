"""Lookups: azure-native's getters of the simulated resource types, and a few questions to gateways and connections."""

from collections.abc import Mapping
from typing import Any

from simulator import schema
from simulator.errors import AzureError
from simulator.resources.actions import behind
from simulator.resources.base import AnyCloud, Kind
from simulator.subscriptions import Account


def target(kinds: Mapping[str, Kind], token: str) -> tuple[str, str]:
    """The resource a lookup reads: Pulumi token and name of its type. An unknown lookup is an error that names it."""
    package, module, name = ([*token.split(":"), "", ""])[:3]
    if asked := behind(name):
        return f"{package}:{module}:{asked[0]}", name
    kind = kinds.get(f"{package}:{module}:{name.removeprefix('get')}")
    if kind is None or not name.startswith("get"):
        raise AzureError(400, "InvalidResourceType", f"the simulated Azure has no lookup {token}")
    return kind.token, name


def id_of(kinds: Mapping[str, Kind], token: str, args: dict[str, Any], subscription: str) -> str:
    """The id a lookup reads."""
    kind = kinds[target(kinds, token)[0]]
    missing = [name for name in kind.path if not args.get(name)]
    if missing:
        raise AzureError(400, "InvalidRequestFormat", f"{token}: missing {', '.join(sorted(set(missing)))}")
    return kind.make_id(subscription, args)


def invoke(cloud: AnyCloud, token: str, args: dict[str, Any], account: Account) -> dict[str, Any]:
    """Answer a lookup in the account's subscription; 404 when there is no such resource."""
    if token == "azure-native:authorization:getClientConfig":
        return {
            "clientId": account.client,
            "objectId": account.client,
            "subscriptionId": account.subscription,
            "tenantId": account.tenant,
        }
    if token == "azure-native:authorization:getClientToken":
        return {"token": "simulated"}
    resource, question = target(cloud.kinds, token)
    id = id_of(cloud.kinds, token, args, account.subscription)
    found = cloud.get(id)
    if (asked := behind(question)) and (record := cloud.store.get(id)):
        answer = asked[1].run(cloud, record, args)
        return answer if isinstance(answer, dict) else {"value": answer}
    entry = schema.load().resources.get(resource)
    return found | {"azureApiVersion": entry.api_version if entry else ""}
