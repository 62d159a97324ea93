"""Settings on gateways that are there already: what is assumed until Azure was asked, and what it then answers."""

from dataclasses import replace
from typing import Any

import pytest

from appliance.facts import from_outputs, placeholders
from appliance.holding import of_site
from appliance.plan import plan_of
from appliance.wiring import Wiring
from components.rules.there import Existing
from lab.blueprint import blueprint
from lab.machine import LabError
from tests.stacks import KEY
from tests.unit.rules.cases_existing import BROWN_FIELD, THERE
from tests.unit.rules.changes import changed, keys
from topology.proof.network import network
from topology.reading import read
from topology.settings.model import Settings
from topology.show import words

OUTPUTS = {"vpnGateway": {"publicIps": ["20.0.0.4", "20.0.0.5"], "bgpPeerAddresses": ["10.1.0.4", "10.1.0.5"]}}
APIPA = {"asn": 65010, "peerAddress": "169.254.21.1", "gatewayAddresses": ["169.254.21.2", "169.254.22.2"]}


def brown(answer: Existing | None = THERE, **changes: Any) -> Settings:
    """The settings, once Azure has answered so; None: nobody has asked it."""
    ask = (lambda _: answer) if answer else None
    settings, problems = read(changed({**BROWN_FIELD, **changes}), keys("hq"), ask)
    assert settings
    assert [problem for problem in problems if problem.severity == "error"] == []
    return settings


def test_until_azure_was_asked_nothing_is_proved_that_may_not_hold() -> None:
    settings = brown(None)
    assert (settings.express_route.gateway.sku, settings.vpn.gateway.sku) == (None, None)
    assert not settings.vpn.gateway.known
    assert [site.tunnels for site in network(settings).sites] == [1]
    assert words.size(settings.express_route.gateway) == "existing"
    assert words.mode(settings.vpn.gateway) == "one instance assumed"


@pytest.mark.parametrize(("active_active", "tunnels"), [(True, 2), (False, 1)])
def test_what_azure_answers_is_proved(active_active: bool, tunnels: int) -> None:
    assert THERE.vpn_gateway
    gateway = replace(THERE.vpn_gateway, active_active=active_active, sku="VpnGw3AZ", generation="Generation2")
    settings = brown(replace(THERE, vpn_gateway=gateway))
    assert (settings.vpn.gateway.sku, settings.vpn.gateway.generation) == ("VpnGw3AZ", "Generation2")
    assert [site.tunnels for site in network(settings).sites] == [tunnels]
    assert words.mode(settings.vpn.gateway) == ("active-active" if active_active else "active-standby")


def test_only_settings_without_a_mistake_are_asked_about() -> None:
    def ask(_: Settings) -> Existing:
        raise AssertionError("asked")

    _, problems = read(changed({**BROWN_FIELD, "vpn.sites[0].publicIp": "10.0.0.1"}), keys("hq"), ask)
    assert "VPN-24" in {problem.rule for problem in problems}


def test_what_does_not_fit_is_not_proved() -> None:
    alone = {**BROWN_FIELD, "vpn.sites[0].prefixes": ["192.168.0.0/16"]}
    found = {problem.rule for problem in read(changed(alone), keys("hq"))[1]}
    assert "FAIL-02" in found
    assert "FAIL-02" not in {problem.rule for problem in read(changed(alone), keys("hq"), lambda _: None)[1]}


@pytest.mark.parametrize("answer", [None, THERE], ids=["not asked", "asked"])
@pytest.mark.parametrize("count", [1, 2])
def test_the_appliance_gets_a_tunnel_to_each_instance_that_the_stack_tells(answer: Any, count: int) -> None:
    settings = brown(answer)
    outputs = {"vpnGateway": {key: found[:count] for key, found in OUTPUTS["vpnGateway"].items()}}
    wired = {"primary": {"address": "1.1.1.1/30", "peerAddress": "1.1.1.2", "peerAsn": 12076}}
    lan = {"nextHop": "192.168.0.2"}
    wiring = Wiring.model_validate({"lan": lan, "links": {"primary": wired | {"secondary": wired["primary"]}}})
    facts = from_outputs(outputs, settings, of_site(settings, "hq"), {"hq": KEY}, wiring)
    assert len(plan_of(settings, of_site(settings, "hq"), facts).tunnels) == count


def test_the_appliances_placeholders_say_what_is_assumed() -> None:
    settings = brown(None)
    found = placeholders(settings, of_site(settings, "hq"))
    assert any("how many instances the existing VPN gateway has" in text for text in found.placeholders)
    assert len(plan_of(settings, of_site(settings, "hq"), found).tunnels) == 1
    settings = brown(None, **{"vpn.sites[0].bgp": APIPA})
    hq = of_site(settings, "hq")
    assert len(plan_of(settings, hq, placeholders(settings, hq)).tunnels) == 2


def test_the_lab_says_what_it_cannot_know() -> None:
    with pytest.raises(LabError, match=r"vpn\.gateway\.existing: only Azure knows how many instances"):
        blueprint(brown(None), KEY)
    assert blueprint(brown(), KEY).plan.tunnels
