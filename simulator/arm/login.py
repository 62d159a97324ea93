"""What Azure's tools ask before they ask for a resource: clouds, tokens, subscriptions, providers.

Whoever asks gets a token, and nobody looks at one: it is not asked for, kept or logged.
"""

import base64
import json
import time

from simulator.arm import versions
from simulator.arm.messages import Answer, Incoming
from simulator.cloud import Cloud
from simulator.errors import fail
from simulator.ids import CLIENT, SUBSCRIPTION, TENANT, subscription_of
from simulator.store import Json
from simulator.subscriptions import check_exists, permissions

_HOUR_S = 3600


def endpoints(base: str) -> Json:
    """Azure's document of a cloud, as azure-cli and others read it."""
    return {
        "name": "SimulatedAzure",
        "portal": base,
        "resourceManager": base,
        "graph": base,
        "graphAudience": base,
        "microsoftGraphResourceId": base,
        "authentication": {
            "loginEndpoint": base,
            "audiences": [base],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "suffixes": {},
    }


def az_cloud(base: str) -> Json:
    """What `az cloud register --cloud-config` takes."""
    return {
        "endpoints": {
            "management": base,
            "resourceManager": base,
            "activeDirectory": base,
            "activeDirectoryResourceId": base,
            "activeDirectoryGraphResourceId": base,
            "microsoftGraphResourceId": base,
        }
    }


def metadata(request: Incoming) -> Answer:
    """`/metadata/endpoints`: this cloud, as azure-cli asks for it; in the versions of 2019 to 2021 a list of clouds."""
    found = endpoints(request.base)
    return Answer(200, [found] if "2019" <= request.query.get("api-version", "") < "2022" else found)


def openid(request: Incoming) -> Answer:
    """The document of an authority."""
    home = f"{request.base}/{request.parameters['tenant']}"
    return Answer(
        200,
        {
            "issuer": f"{home}/v2.0",
            "authorization_endpoint": f"{home}/oauth2/v2.0/authorize",
            "token_endpoint": f"{home}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{home}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{home}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
        },
    )


def instance(request: Incoming) -> Answer:
    """Microsoft's list of authorities, as msal asks for it."""
    home = f"{request.base}/{TENANT}"
    host = request.base.partition("://")[2]
    names = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
    discovery = f"{home}/v2.0/.well-known/openid-configuration"
    return Answer(200, {"tenant_discovery_endpoint": discovery, "api-version": "1.1", "metadata": [names]})


def token(request: Incoming) -> Answer:
    """A token for whoever asks; it says nothing, and is signed by nobody."""
    now = int(time.time())
    claims = {
        "iss": request.base,
        "aud": request.base,
        "tid": TENANT,
        "oid": CLIENT,
        "appid": CLIENT,
        "exp": now + _HOUR_S,
    }
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    text = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
    return Answer(
        200, {"token_type": "Bearer", "expires_in": _HOUR_S, "ext_expires_in": _HOUR_S, "access_token": f"{text}."}
    )


class Directory:
    """Tenants, subscriptions and providers of a cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def tenants(self, request: Incoming) -> Answer:
        found = {"id": f"/tenants/{TENANT}", "tenantId": TENANT, "displayName": "Simulated", "tenantCategory": "Home"}
        return Answer(200, {"value": [found]})

    def subscriptions(self, request: Incoming) -> Answer:
        """The subscriptions that hold something, and the one of who names none."""
        used = {subscription_of(record.key) or "" for record in self._cloud.store.find()}
        return Answer(200, {"value": [_subscription(name) for name in sorted(used | {SUBSCRIPTION})]})

    def subscription(self, request: Incoming) -> Answer:
        name = request.parameters["subscription"]
        check_exists(self._cloud, f"/subscriptions/{name}")
        return Answer(200, _subscription(name))

    def permissions(self, request: Incoming) -> Answer:
        """What the account may do in a resource group."""
        name = request.parameters["subscription"]
        check_exists(self._cloud, f"/subscriptions/{name}")
        return Answer(200, {"value": permissions(self._cloud.options, name)})

    def locations(self, request: Incoming) -> Answer:
        """The places that are in use: the simulator has no list of Azure's regions."""
        places = {record.body["location"] for record in self._cloud.store.find() if record.body.get("location")}
        root = f"/subscriptions/{request.parameters['subscription']}/locations"
        rows = [{"id": f"{root}/{name}", "name": name, "displayName": name} for name in sorted(places)]
        return Answer(200, {"value": rows})

    def providers(self, request: Incoming) -> Answer:
        namespaces = sorted({kind.arm_type.partition("/")[0] for kind in self._cloud.kinds.values()})
        return Answer(200, {"value": [self._provider(request, name) for name in namespaces]})

    def provider(self, request: Incoming) -> Answer:
        """One resource provider and its types; always registered."""
        wanted = request.parameters["namespace"].lower()
        for kind in self._cloud.kinds.values():
            namespace = kind.arm_type.partition("/")[0]
            if namespace.lower() == wanted:
                return Answer(200, self._provider(request, namespace))
        raise fail("NotFound", id=request.path)

    def _provider(self, request: Incoming, namespace: str) -> Json:
        types = [
            {"resourceType": type, "locations": [], "apiVersions": versions.known(namespace)[::-1]}
            for home, _, type in (kind.arm_type.partition("/") for kind in self._cloud.kinds.values())
            if home == namespace
        ]
        id = f"/subscriptions/{request.parameters['subscription']}/providers/{namespace}"
        return {"id": id, "namespace": namespace, "registrationState": "Registered", "resourceTypes": types}


def _subscription(name: str) -> Json:
    return {
        "id": f"/subscriptions/{name}",
        "subscriptionId": name,
        "tenantId": TENANT,
        "displayName": f"simulated {name[-4:]}",
        "state": "Enabled",
        "authorizationSource": "RoleBased",
    }
