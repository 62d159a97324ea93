"""Lookups: azure-native's getters of the simulated resource types, and a few questions to gateways."""

from collections.abc import Mapping
from typing import Any

from simulator import schema
from simulator.errors import AzureError
from simulator.resources.base import AnyCloud, Kind
from simulator.subscriptions import Account

GATEWAY_QUESTIONS = (
    "getVirtualNetworkGatewayLearnedRoutes",
    "getVirtualNetworkGatewayAdvertisedRoutes",
    "getVirtualNetworkGatewayBgpPeerStatus",
)


def action_of(question: str) -> str:
    """Azure's own name of a question to a gateway: the last part of its path."""
    return question.replace("VirtualNetworkGateway", "")


def questions(kind: Kind) -> tuple[str, ...]:
    """The questions that a resource type answers."""
    return GATEWAY_QUESTIONS if kind.token.endswith(":VirtualNetworkGateway") else ()


def target(kinds: Mapping[str, Kind], token: str) -> tuple[str, str]:
    """The resource a lookup reads: Pulumi token and name of its type. An unknown lookup is an error that names it."""
    package, module, name = ([*token.split(":"), "", ""])[:3]
    if name in GATEWAY_QUESTIONS:
        return f"{package}:{module}:VirtualNetworkGateway", name
    kind = kinds.get(f"{package}:{module}:{name.removeprefix('get')}")
    if kind is None or not name.startswith("get"):
        raise AzureError(400, "InvalidResourceType", f"the simulated Azure has no lookup {token}")
    return kind.token, name


def id_of(kinds: Mapping[str, Kind], token: str, args: dict[str, Any], subscription: str) -> str:
    """The id a lookup reads."""
    kind = kinds[target(kinds, token)[0]]
    missing = [name for name in ("resourceGroupName", *kind.parameters) if not args.get(name)]
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
    found = cloud.get(id_of(cloud.kinds, token, args, account.subscription))
    if question in GATEWAY_QUESTIONS:
        return {"value": []}
    entry = schema.load().resources.get(resource)
    return found | {"azureApiVersion": entry.api_version if entry else ""}
