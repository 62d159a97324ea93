"""What a recovery tells of the first update of an adopted network: each difference, its reason and its outage."""

from typing import Any

import pytest

from operations.differences import differences

Json = dict[str, Any]
CONNECTION, GATEWAY = "VirtualNetworkGatewayConnection", "VirtualNetworkGateway"


def step(op: str, kind: str, paths: list[str], old: Json, new: Json, module: str = "network", **outputs: Any) -> Json:
    """A step as `pulumi preview --json` has it. outputs: what Azure has besides the old inputs."""
    type = f"azure-native:{module}:{kind}"
    states = {
        "oldState": {"type": type, "custom": True, "inputs": old, "outputs": {**old, **outputs}},
        "newState": {"type": type, "custom": True, "inputs": new},
    }
    return {"op": op, "urn": f"urn:pulumi:s::p::{type}::one", **states, "detailedDiff": dict.fromkeys(paths)}


TOLD = {
    "a value": (
        (CONNECTION, ["dpdTimeoutSeconds"], {"dpdTimeoutSeconds": 0}, {"dpdTimeoutSeconds": 45}),
        "dpdTimeoutSeconds is 0, and `vpn.sites[].dpdTimeoutSeconds` wants 45; outage: none known",
    ),
    "one tag": (
        (GATEWAY, ['tags["a.b"]'], {"tags": {"a.b": "x"}}, {"tags": {}}),
        "tags[\"a.b\"] is 'x', and `tags` wants not there; outage: none known",
    ),
    "a policy": (
        (CONNECTION, ["ipsecPolicies[0].dhGroup"], {"ipsecPolicies": [{"dhGroup": "ECP384"}]},
         {"ipsecPolicies": [{"dhGroup": "DHGroup14"}]}),
        "ipsecPolicies[0].dhGroup is 'ECP384', and `vpn.sites[].ipsecPolicy` wants 'DHGroup14'; outage: the site's "
        "tunnel, until the device follows; the site's tunnel, a few seconds [IPSEC-12]",
    ),
    "a secret": (
        (CONNECTION, ["sharedKey"], {"sharedKey": "a"}, {"sharedKey": "b"}),
        "sharedKey: Azure tells another one or none, so the stack's is sent; outage: none where it is the one in use: "
        "compare it first",
    ),
    "what is nothing": ((GATEWAY, ["tags"], {}, {"tags": {}}), "sent as Azure has it: tags; outage: none"),
    "what nobody has tried": (
        (GATEWAY, ["adminState"], {"adminState": "Disabled"}, {"adminState": "Enabled"}),
        "adminState is 'Disabled', and the program wants 'Enabled'; outage: not known; docs/changes.md has what each "
        "setting does",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "text"), TOLD.values(), ids=TOLD.keys())
def test_each_difference_has_its_reason_and_its_outage(given: Any, text: str) -> None:
    assert list(differences([step("update", *given)])) == [f"update {given[0]} one: {text}"]


def test_what_azure_has_already_and_the_state_has_not_is_one_line() -> None:
    pool, rule = [{"name": "machines"}], {"name": "rule", "port": 443}
    old, new = {"rules": [{**rule, "id": "/x"}]}, {"rules": [rule], "pools": pool, "id": "/A/b"}
    outputs = {"rules": [{**rule, "id": "/x", "minutes": 4}], "pools": [{"id": "/y", **pool[0]}], "id": "/a/B"}
    (line,) = differences([step("update", "LoadBalancer", ["rules[0].id", "pools", "id"], old, new, **outputs)])
    assert line == "update LoadBalancer one: sent as Azure has it: id, pools, rules; outage: none"


def test_of_monitoring_no_traffic_depends() -> None:
    (line,) = differences([step("update", "MetricAlert", ["description"], {"description": "a"}, {}, "monitor")])
    assert line.endswith("outage: none: no traffic depends on it")


def test_what_stays_and_what_is_made_is_not_among_them_and_a_replacement_is() -> None:
    steps = [step(op, GATEWAY, ["sku"], {}, {}) for op in ("same", "create", "replace")]
    assert list(differences(steps)) == [f"REPLACE {GATEWAY} one: sku; look at pulumi preview first"]
