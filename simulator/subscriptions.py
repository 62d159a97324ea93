"""Whose account calls, which subscriptions there are, and what an account may do in them.

Every well-formed id is a subscription that exists, empty at first, and the account has all rights in it: so a program
may use as many as it likes. So is any other name under which somebody has put something. The options name the
exceptions: `subscriptions_not_found` and `subscriptions_without_rights`.

What Azure answers is quoted in public reports: SubscriptionNotFound (404) in Azure/azure-cli#33657 and #30164,
InvalidSubscriptionId (400) in hashicorp/terraform-provider-azurerm#25954 and Azure/apiops#460, AuthorizationFailed
(403) in Azure/alz-terraform-accelerator#72, LinkedAuthorizationFailed (403) of a subscription that is not there in
Azure/Azure-Landing-Zones#3506, and of one without rights in Azure's page on peering (SPOKE-16).
"""

import re
from dataclasses import dataclass

from simulator.errors import AzureError, fail
from simulator.ids import CLIENT, SUBSCRIPTION, TENANT, ResourceId, parse, subscription_of
from simulator.options import Options
from simulator.resources.base import AnyCloud

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Account:
    """Who calls, and in which subscription. What nobody says is the simulated default."""

    subscription: str = SUBSCRIPTION
    tenant: str = TENANT
    client: str = CLIENT


def check_exists(cloud: AnyCloud, id: str) -> None:
    """Refuse an id in a subscription that does not exist; a text that is no Azure id is left to others."""
    subscription = subscription_of(id)
    if subscription is None:
        return
    if _among(subscription, cloud.options.subscriptions_not_found):
        raise fail("SubscriptionNotFound", subscription=subscription)
    if not _valid(cloud, subscription):
        raise fail("InvalidSubscriptionId", subscription=subscription)


def check_rights(options: Options, account: Account, id: str, verb: str) -> None:
    """Refuse a call (`verb` is read, write, delete or such as sharedKey/write) that the account may not make."""
    subscription, rid = subscription_of(id), parse(id)
    if subscription is None:
        return
    action = f"{rid.type if rid else 'Microsoft.Resources/subscriptions'}/{verb}"
    if _among(subscription, options.subscriptions_without_rights) or _among(action, options.actions_left_out):
        raise fail("AuthorizationFailed", client=account.client, action=action, id=id)


def permissions(options: Options, subscription: str) -> list[dict[str, list[str]]]:
    """What the account may do in a subscription, as Azure tells it: the actions of each role, and those left out."""
    if _among(subscription, options.subscriptions_without_rights):
        return []
    left_out = {"notActions": list(options.actions_left_out)}
    return [{"actions": ["*"], **left_out, "dataActions": [], "notDataActions": []}]


def link_error(cloud: AnyCloud, rid: ResourceId, user: ResourceId, allowed: str | None) -> AzureError | None:
    """Why a resource may not refer to one of another subscription; None when it may.

    `allowed` is the action that the account needs there, empty when an authorization key takes its place, and None
    where Azure wants both in one subscription.
    """
    if rid.subscription.lower() == user.subscription.lower():
        return None
    write, options = f"{user.type}/write", cloud.options
    if _among(rid.subscription, options.subscriptions_not_found) or not _valid(cloud, rid.subscription):
        return fail("LinkedSubscriptionNotFound", action=write, id=user.text, subscription=rid.subscription)
    if allowed is None:
        return fail("CodeUnknown_SUBSCRIPTION", target=rid.text, id=user.text)
    if allowed and _among(rid.subscription, options.subscriptions_without_rights):
        return fail("LinkedAuthorizationFailed", action=write, id=user.text, linked=allowed, target=rid.text)
    return None


def _valid(cloud: AnyCloud, subscription: str) -> bool:
    start = f"/subscriptions/{subscription}/".lower()
    return bool(_GUID.fullmatch(subscription)) or any(found.key.startswith(start) for found in cloud.store.find())


def _among(subscription: str, names: list[str]) -> bool:
    return subscription.lower() in (name.lower() for name in names)
