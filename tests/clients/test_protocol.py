"""Azure Resource Manager's own behaviour: statuses, headers, operations, pages, conditions, versions, who may ask."""

import http.client
import json
import ssl
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.network import models

from simulator import show
from simulator.arm.serving import serving
from simulator.cloud import Cloud
from simulator.front import Front
from simulator.ids import SUBSCRIPTION
from simulator.resources import kinds
from tests.clients.azure_side import TOKEN, Azure, served
from tests.simulator.world import (
    BASE,
    GROUP_ID,
    NETWORK_ID,
    REQUESTS,
    WITH_CIRCUIT,
    WITH_SITE,
    id_of,
    inputs,
    make,
    token,
)

VERSION = "2024-05-01"
NETWORK = f"{NETWORK_ID}/virtualNetworks/hub"
SPACE = {"location": "West US", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}


@pytest.fixture
def azure() -> Iterator[Azure]:
    cloud = make("group")
    with served(cloud, page=3) as endpoint:
        yield Azure(endpoint)


def raw(azure: Azure, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, Any]:
    """One request as no client of Azure's would send it: status, headers, body."""
    context = ssl.create_default_context(cafile=str(azure.endpoint.ca))
    connection = http.client.HTTPSConnection(azure.endpoint.url.removeprefix("https://"), context=context, timeout=30)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, answer.headers, json.loads(text) if text else None


def followed(azure: Azure, answer: Any) -> Any:
    """What the operation that an answer began has to say, at the first poll."""
    link = answer.headers["Azure-AsyncOperation"].removeprefix(azure.endpoint.url)
    return azure.send("GET", link, None, "").json()


def test_a_new_resource_is_201_and_its_operation_is_followed(azure: Azure) -> None:
    made = azure.send("PUT", NETWORK, SPACE, VERSION)
    assert (made.status_code, made.json()["properties"]["provisioningState"]) == (201, "Updating")
    assert made.headers["ETag"] == made.json()["etag"]
    assert float(made.headers["x-ms-retry-after-ms"]) > 0
    assert followed(azure, made) == {"status": "Succeeded"}
    again = azure.send("PUT", NETWORK, SPACE, VERSION)
    assert (again.status_code, again.json()["location"]) == (200, "westus")


def test_an_operation_that_fails_says_why(azure: Azure) -> None:
    with served(make(*WITH_CIRCUIT)) as endpoint:
        client = Azure(endpoint)
        with pytest.raises(HttpResponseError) as failed:
            client.put(token("VirtualNetworkGatewayConnection"), inputs("er connection"))
        assert failed.value.error is not None
        assert failed.value.error.code == "ServiceProviderNotProvisioned"
        found = client.get(token("VirtualNetworkGatewayConnection"), inputs("er connection"))
        assert found.provisioning_state == "Failed"


def test_a_deletion_is_202_with_both_links_then_204(azure: Azure) -> None:
    azure.client.virtual_networks.begin_create_or_update(
        "rg", "spoke", models.VirtualNetwork.deserialize(SPACE)
    ).result()
    gone = azure.send("DELETE", f"{NETWORK_ID}/virtualNetworks/spoke", None, VERSION)
    assert gone.status_code == 202
    location = gone.headers["Location"].removeprefix(azure.endpoint.url)
    assert followed(azure, gone) == {"status": "Succeeded"}
    assert azure.send("GET", location, None, "").status_code == 204
    assert azure.send("DELETE", f"{NETWORK_ID}/virtualNetworks/spoke", None, VERSION).status_code == 204
    assert azure.send("DELETE", NETWORK.replace("/rg/", "/none/"), None, VERSION).status_code == 404


def test_lists_come_in_pages(azure: Azure) -> None:
    groups = azure.client.application_security_groups
    for number in range(8):
        groups.begin_create_or_update("rg", f"g{number}", models.ApplicationSecurityGroup(location="westus")).result()
    for listed in (groups.list("rg"), groups.list_all()):
        assert [found.name for found in listed] == [f"g{number}" for number in range(8)]
    page = azure.send("GET", f"{NETWORK_ID}/applicationSecurityGroups", None, VERSION).json()
    assert (len(page["value"]), page["nextLink"].startswith(azure.endpoint.url)) == (3, True)
    assert len(azure.send("GET", f"{GROUP_ID}/resources").json()["value"]) == 3


def test_a_list_of_what_is_in_nothing_is_404(azure: Azure) -> None:
    with pytest.raises(ResourceNotFoundError):
        list(azure.client.subnets.list("rg", "none"))
    with pytest.raises(ResourceNotFoundError):
        list(azure.client.virtual_networks.list("none"))


def test_tags_are_replaced_and_nothing_else() -> None:
    cloud = make(*WITH_SITE, "vpn connection")
    with served(cloud) as endpoint:
        client = Azure(endpoint).client
        before = cloud.get(id_of("connections/con-vpn"))
        tags = models.TagsObject(tags={"owner": "me"})
        found = client.virtual_network_gateway_connections.begin_update_tags("rg", "con-vpn", tags).result()
        assert found.tags == {"owner": "me"}
        client.local_network_gateways.update_tags("rg", "site", models.TagsObject(tags={}))
        with pytest.raises(HttpResponseError, match="TAG-01"):
            client.local_network_gateways.update_tags("rg", "site", models.TagsObject(tags={"a?": ""}))
        after = cloud.get(id_of("connections/con-vpn"))
        assert after.pop("etag") != before.pop("etag")
        assert after == before | {"tags": {"owner": "me"}}


def test_a_change_on_condition(azure: Azure) -> None:
    azure.client.virtual_networks.begin_create_or_update("rg", "hub", models.VirtualNetwork.deserialize(SPACE)).result()
    etag = azure.send("GET", NETWORK, None, VERSION).json()["etag"]
    for wrong in ({"If_Match": 'W/"other"'}, {"If_None_Match": "*"}, {"If_None_Match": etag}):
        for method in ("PUT", "DELETE"):
            refused = azure.send(method, NETWORK, SPACE if method == "PUT" else None, VERSION, **wrong)
            assert (refused.status_code, refused.json()["error"]["code"]) == (412, "PreconditionFailed")
    assert azure.send("PUT", NETWORK, SPACE, VERSION, If_Match=etag).status_code == 200
    absent = f"{NETWORK_ID}/virtualNetworks/absent"
    assert azure.send("PUT", absent, SPACE, VERSION, If_Match="*").status_code == 412
    assert azure.send("PUT", absent, SPACE, VERSION, If_None_Match="*").status_code == 201
    with pytest.raises(HttpResponseError, match="If-Match"):
        azure.client.virtual_networks.begin_delete("rg", "hub", headers={"If-Match": etag}).result()


@pytest.mark.parametrize(
    ("method", "path", "version", "status", "code"),
    [
        ("GET", NETWORK, "", 400, "MissingApiVersionParameter"),
        ("PUT", NETWORK, "2018-01-01-preview", 400, "NoRegisteredProviderFound"),
        ("GET", f"{NETWORK_ID}/virtualNetworks", "2024-05-02", 404, "InvalidResourceType"),
        ("GET", GROUP_ID, "2024-05-02", 400, "InvalidApiVersionParameter"),
        ("GET", f"{NETWORK_ID}/zebras/one", VERSION, 404, "InvalidResourceType"),
        ("GET", NETWORK.replace("Microsoft.Network", "Micro"), "2022-09-01", 404, "InvalidResourceNamespace"),
        ("GET", "/", "2022-09-01", 404, "NotFound"),
        ("POST", NETWORK, VERSION, 405, "MethodNotAllowed"),
        ("GET", NETWORK, VERSION, 404, "ResourceNotFound"),
        ("GET", GROUP_ID.replace(SUBSCRIPTION, "mine"), "2022-09-01", 400, "InvalidSubscriptionId"),
        ("GET", NETWORK.replace("/hub", "/h%2Fsubnets%2Fweb"), VERSION, 404, "NotFound"),
    ],
)
def test_azures_refusals(azure: Azure, method: str, path: str, version: str, status: int, code: str) -> None:
    answer = azure.send(method, path, SPACE if method == "PUT" else None, version)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_other_known_versions_are_taken_and_paths_are_the_same_in_any_case(azure: Azure) -> None:
    for version in ("2015-06-15", "2022-07-01", "2025-03-01"):
        made = azure.send("PUT", NETWORK.upper().replace("/HUB", "/hub").replace("/RG/", "/rg/"), SPACE, version)
        assert made.status_code in (200, 201)
        assert followed(azure, made) == {"status": "Succeeded"}
        assert azure.send("GET", NETWORK.lower(), None, version).json()["id"] == NETWORK


@pytest.mark.parametrize(
    "headers", [{"Host": "example.com"}, {"Host": "127.0.0.1"}, {"Origin": "https://127.0.0.1"}, {"Origin": "null"}]
)
def test_no_web_page_and_no_other_name_reaches_it(azure: Azure, headers: dict[str, str]) -> None:
    status, _, body = raw(azure, "GET", f"{GROUP_ID}?api-version=2022-09-01", None, **headers)
    assert (status, set(body["error"])) == (403, {"code", "message"})


def test_what_is_no_http_is_refused_in_azures_form_too(azure: Azure) -> None:
    status, _, body = raw(azure, "GET", "/", Content_Length="much")
    assert (status, body["error"]["code"]) == (400, "BadRequest")


def test_any_token_will_do_and_none_is_kept(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud.db", minute_ms=0.1)
    key = "Not.A/Real+Key"
    with serving(cloud, Front(cloud), tmp_path / "cloud.db.arm") as endpoint:
        azure = Azure(endpoint)
        azure.group()
        for name in ("network", "gateway subnet", "address", "vpn gateway", "site"):
            azure.put(token(REQUESTS[name][0]), inputs(name))
        wrong = inputs("vpn connection", sharedKey=key, connectionProtocol=key)
        with pytest.raises(HttpResponseError):
            azure.put(token("VirtualNetworkGatewayConnection"), wrong)
        azure.put(token("VirtualNetworkGatewayConnection"), inputs("vpn connection", sharedKey=key))
        status, _, _ = raw(azure, "GET", f"{GROUP_ID}?api-version=2022-09-01", Authorization="Bearer none")
        assert status == 200
    assert key not in show.calls(cloud, as_json=True)
    cloud.close()
    for file in tmp_path.rglob("*"):
        mode = stat.S_IMODE(file.stat().st_mode)
        assert mode == (0o700 if file.is_dir() else 0o600), file
        content = b"" if file.is_dir() else file.read_bytes()
        assert TOKEN.encode() not in content
        assert key.encode() not in content


def test_what_stands_in_a_list_of_a_resource_is_read_by_itself() -> None:
    with served(make(*BASE, "subnet", "nsg", "balancer")) as endpoint:
        client = Azure(endpoint).client
        assert client.load_balancer_probes.get("rg", "lb", "tcp").port == 80
        assert [rule.name for rule in client.load_balancer_load_balancing_rules.list("rg", "lb")] == ["http"]
        rules = list(client.default_security_rules.list("rg", "nsg"))
        assert len({rule.description for rule in rules}) == 6
        with pytest.raises(ResourceNotFoundError):
            client.load_balancer_probes.get("rg", "lb", "udp")


def test_a_gateway_that_is_connected_to_nothing_knows_its_own_network() -> None:
    with served(make(*WITH_SITE)) as endpoint:
        gateways = Azure(endpoint).client.virtual_network_gateways
        learned = gateways.begin_get_learned_routes("rg", "vpn").result().value
        assert [(route.network, route.origin) for route in learned] == [("10.0.0.0/16", "Network")]
        assert gateways.begin_get_advertised_routes("rg", "vpn", peer="192.168.0.1").result().value == []
        assert gateways.begin_get_bgp_peer_status("rg", "vpn").result().value == []
        with pytest.raises(ResourceNotFoundError):
            gateways.begin_get_learned_routes("rg", "none")


def test_what_tools_ask_before_they_ask_for_a_resource(azure: Azure) -> None:
    assert azure.send("GET", "/metadata/endpoints", None, "2022-09-01").json()["resourceManager"] == azure.endpoint.url
    authority = azure.send("GET", "/common/v2.0/.well-known/openid-configuration", None, "").json()
    answer = azure.send("POST", authority["token_endpoint"].removeprefix(azure.endpoint.url), None, "")
    assert answer.json()["token_type"] == "Bearer"
    listed = azure.send("GET", "/subscriptions").json()["value"]
    assert [found["subscriptionId"] for found in listed] == [SUBSCRIPTION]
    assert azure.send("GET", f"/subscriptions/{SUBSCRIPTION}").json()["state"] == "Enabled"
    provider = azure.send("GET", f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network").json()
    types = {kind.arm_type.partition("/")[2] for kind in kinds().values() if "Network" in kind.arm_type}
    assert {found["resourceType"] for found in provider["resourceTypes"]} == types
    assert azure.send("HEAD", GROUP_ID).status_code == 204
    assert azure.send("HEAD", f"{GROUP_ID}-none").status_code == 404
