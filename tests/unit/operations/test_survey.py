"""`python -m operations survey`: what cannot be read is said, only reading is sent, and Azure's texts stay data."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations import cli, permissions
from operations.azure import Azure, Endpoint
from operations.survey.answers import Answers, without_secrets
from operations.survey.collect import collect
from operations.survey.describe import describe
from operations.survey.unknown import UNKNOWN
from operations.survey.writer import as_text, stack_file
from simulator import outside
from simulator.cloud import Cloud
from simulator.faults import Faults, parse
from simulator.ids import SUBSCRIPTION
from tests import foreign_hub
from tests.clients.azure_side import Azure as Client
from tests.clients.azure_side import quick_clock, served
from tests.live_network import LiveNetwork, live_network
from tests.stacks import KEY, ROOT, stack_config
from tests.surveyed import settings_of, surveyed
from topology.reading import read, read_file
from topology.settings.made import made

Changes = dict[str, Any]
HOSTILE = "a\n# not a comment: {x: [y\x1b[31m\u202e`<b>&amp;*_|\x00]]}\r\n- 'z"


@pytest.fixture(scope="module")
def dev() -> Iterator[LiveNetwork]:
    """The stack `dev`, connected, with all that the survey asks about. Each test leaves it as it was."""
    config = stack_config("dev")
    config["hybrid-network:monitoring"] = {"emails": ["network@example.com"]}
    config["hybrid-network:maintenance"] = {"vpn": {"start": "01:00"}}
    route = {"name": "nowhere", "prefix": "198.51.100.0/24", "nextHopType": "None"}
    config["hybrid-network:network"]["tiers"][1]["routes"] = [route]
    with live_network(config) as network:
        yield network


@pytest.fixture(scope="module")
def answers(dev: LiveNetwork) -> Answers:
    """What Azure answered of it."""
    return collect(dev.azure, dev.live.network, lambda text: None)


def changed(answers: Answers, name: str, **more: Any) -> Answers:
    """The answers, with one document whose properties (or tags) are others."""
    documents = copy.deepcopy(dict(answers.documents))
    (id,) = [id for id in documents if id.endswith(name if name.startswith("/") else f"/{name}")]
    for key, value in more.items():
        home: Any = documents[id] if key in ("tags", "location") else documents[id]["properties"]
        home[key] = value
    return Answers(answers.network, documents, answers.learned, answers.links, answers.unread)


def dev_home(answers: Answers) -> str:
    """Where everything of it is."""
    return answers.network.partition("/virtualNetworks/")[0]


def commanded(dev: LiveNetwork, *options: str) -> int:
    with dev.served() as endpoint:
        where = ["--endpoint", endpoint.url, "--certificate", str(endpoint.ca)]
        return cli.main(["survey", "--virtual-network", dev.live.network, *where, *options])


def test_the_file_is_a_stacks_file_that_is_proved(
    dev: LiveNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Pulumi.prod.yaml"
    assert commanded(dev, "--out", str(file), "--prove") == 0
    told = capsys.readouterr().out
    assert "pulumi config set --secret --path 'vpnSharedKeys.hq'" in told
    assert "Read from Azure" in told
    assert "Assumed" in told
    found = read_file(file)
    assert [problem for problem in found.problems if problem.severity == "error"] == []
    assert commanded(dev, "--out", str(file)) == 2
    assert commanded(dev) == 2
    assert cli.main(["survey", "--virtual-network", "hub", "--prove"]) == 2


def test_data_for_programs_has_all_of_it(dev: LiveNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    assert commanded(dev, "--format", "json", "--prove") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["settings"]["name"] == "dev"
    assert document["secrets"] == {"vpnSharedKeys": ["hq"]}
    assert document["failover"]
    assert len(document["unknown"]) == len(UNKNOWN)


def test_it_sends_nothing_but_reading_and_keeps_no_secret(
    dev: LiveNetwork, answers: Answers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(dev.cloud.store.calls())
    file = tmp_path / "Pulumi.prod.yaml"
    assert commanded(dev, "--out", str(file), "--prove", "--format", "json") == 0
    sent = dev.cloud.store.calls()[before:]
    assert {call["operation"] for call in sent} <= {"read", "list", "action", "poll"}
    acted = [call["type"].rpartition(":")[2] for call in sent if call["operation"] == "action"]
    assert sorted(acted) == ["ExpressRouteCircuitPeering"] * 2 + ["VirtualNetworkGateway"] * 2
    assert {call["method"] for call in sent if call["operation"] != "action"} == {"GET"}
    assert {call["method"] for call in sent} <= {"GET", "POST"}
    assert len(sent) > 15
    keys = [KEY, *(str(dev.cloud.get(one.id)["serviceKey"]) for one in dev.cloud.find("ExpressRouteCircuit"))]
    assert len(keys) == 2
    for text in (repr(answers), file.read_text(), *capsys.readouterr(), json.dumps(sent)):
        assert text != ""
        assert [key for key in keys if key in text] == []


def test_secrets_are_known_by_their_names() -> None:
    document = {"properties": {"sharedKey": "a", "peerings": [{"properties": {"authorizationKey": "b", "x": "c"}}]}}
    assert "'a'" not in repr(without_secrets(document))
    assert "'b'" not in repr(without_secrets(document))
    assert "'c'" in repr(without_secrets(document))


def test_texts_of_azures_are_data_everywhere(answers: Answers) -> None:
    tagged = changed(answers, "vgw-dev-vpn", tags={HOSTILE: HOSTILE}, customRoutes={HOSTILE: HOSTILE})
    found = describe(tagged)
    text = stack_file(found)
    config = yaml.safe_load(text)["config"]
    assert config["hybrid-network:ignoreTags"] == sorted(["environment", HOSTILE])
    comments = [line for line in text.splitlines() if "\x1b" in line or "\u202e" in line or "\x00" in line]
    assert comments == []
    shown = as_text(found, read(found.values)[1])
    assert not any(sign in shown for sign in ("\x1b", "\u202e", "\x00", "\r"))


def test_a_name_from_azure_is_no_markup_of_a_comment(answers: Answers) -> None:
    named = changed(answers, "con-dev-vpn-hq", connectionProtocol=HOSTILE)
    text = stack_file(describe(named))
    assert [line for line in text.splitlines() if line.lstrip().startswith(("- 'z", "]"))] == []
    assert yaml.safe_load(text)["config"]["hybrid-network:vpn"]["sites"] == []


@pytest.mark.parametrize("extra", ["natRules", "vpnClientConfiguration", "customRoutes"])
def test_a_gateway_with_what_no_setting_says_is_used_as_it_is(answers: Answers, extra: str) -> None:
    found = describe(changed(answers, "vgw-dev-vpn", **{extra: [{"name": "x"}]}))
    assert found.values["vpn"]["gateway"] == {
        "existing": {"id": f"{dev_home(answers)}/virtualNetworkGateways/vgw-dev-vpn"}
    }
    assert any(extra in text for text in found.inferred["vpn.gateway"])
    settings_of(found)


def test_a_subnet_with_an_extra_rule_is_used_as_it_is(answers: Answers) -> None:
    (group,) = [one for id, one in answers.documents.items() if id.endswith("/nsg-dev-web")]
    rules = copy.deepcopy(group["properties"]["securityRules"])
    rules.append({**copy.deepcopy(rules[0]), "name": "Extra"})
    found = describe(changed(answers, "nsg-dev-web", securityRules=rules))
    tiers = {tier["name"]: tier for tier in found.values["network"]["tiers"]}
    assert "existing" in tiers["web"]
    assert "allow" not in tiers["web"]
    assert "existing" not in tiers["data"]
    settings_of(found)


ELSEWHERE = "/subscriptions/x/resourceGroups/y/providers/Microsoft.OperationalInsights/workspaces/z"
OTHER_MONITORING: dict[str, tuple[str, Changes, str]] = {
    "an alert on something else": (
        "/metricalerts/alert-dev-circuit-primary-lost",
        {"scopes": ["/subscriptions/x"]},
        "of its 17 alerts there is none for circuit-primary-lost",
    ),
    "another workspace of one resource": (
        "/vgw-dev-er/providers/microsoft.insights/diagnosticsettings/diag-dev",
        {"workspaceId": ELSEWHERE},
        "to one workspace",
    ),
    "no metrics": (
        "/vgw-dev-er/providers/microsoft.insights/diagnosticsettings/diag-dev",
        {"metrics": []},
        "vgw-dev-er has none such",
    ),
    "an alert that tells nobody": (
        "/metricalerts/alert-dev-circuit-primary-lost",
        {"actions": []},
        "do not all tell the same",
    ),
}


@pytest.mark.parametrize(("end", "more", "why"), OTHER_MONITORING.values(), ids=OTHER_MONITORING.keys())
def test_monitoring_that_no_setting_says_is_listed(answers: Answers, end: str, more: Changes, why: str) -> None:
    found = describe(changed(answers, end, **more))
    assert "monitoring" not in found.values
    (left,) = found.left
    assert why in left.means
    assert "diagnostic setting diag-dev of vgw-dev-vpn, " in left.what
    settings_of(found)


def test_what_monitoring_makes_is_the_setting_whoever_is_told_besides(answers: Answers) -> None:
    found = describe(answers)
    assert found.values["monitoring"] == {"emails": ["network@example.com"]}
    by_phone = describe(changed(answers, "/ag-dev", smsReceivers=[{"name": "on call"}]))
    home = dev_home(answers).replace("Microsoft.Network", "Microsoft.Insights")
    assert by_phone.values["monitoring"] == {"actionGroup": f"{home}/actionGroups/ag-dev"}
    (workspace,) = [id for id in answers.documents if id.endswith("/log-dev")]
    capped = changed(answers, "/log-dev", workspaceCapping={"dailyQuotaGb": 1.0})
    assert describe(capped).values["monitoring"]["workspace"].lower() == workspace
    as_is = describe(answers, as_is=True)
    assert "monitoring" not in as_is.values
    louder = changed(answers, "/alert-dev-vpn-busy", description="Changed by hand")
    assert describe(louder).values["monitoring"] == found.values["monitoring"]


def test_as_is_owns_no_gateway_no_network_and_no_tier(answers: Answers) -> None:
    values = describe(answers, as_is=True).values
    assert values["network"]["existing"]["gatewaySubnet"] == "adopt"
    assert all("existing" in tier for tier in values["network"]["tiers"])
    assert "existing" in values["vpn"]["gateway"]
    assert "existing" in values["expressRoute"]["gateway"]
    assert all("existing" in circuit for circuit in values["expressRoute"]["circuits"])


DENIED = "error: {status: 403, code: AuthorizationFailed}"
UNREAD = {
    "a circuit that may not be read": (
        f"{{type: ExpressRouteCircuit, {DENIED}}}",
        "expressRouteCircuits in",
        "Microsoft.Network/expressRouteCircuits/read",
    ),
    "the routes of a link": (
        f"{{operation: action, type: ExpressRouteCircuitPeering, {DENIED}}}",
        "the primary link",
        "Microsoft.Network/expressRouteCircuits/peerings/routeTables/read",
    ),
    "learned routes": (
        f"{{operation: action, type: VirtualNetworkGateway, name: vgw-dev-vpn, {DENIED}}}",
        "the learned routes",
        "Microsoft.Network/virtualNetworkGateways/getLearnedRoutes/action",
    ),
    "a local network gateway": (
        f"{{operation: read, type: LocalNetworkGateway, {DENIED}}}",
        "lgw-dev-hq",
        "Microsoft.Network/localNetworkGateways/read",
    ),
    "connections elsewhere": (
        f"{{operation: list, name: /subscriptions/{SUBSCRIPTION}, {DENIED}}}",
        "the connections of the subscription",
        "Microsoft.Resources/subscriptions/resources/read",
    ),
    "a resource group": (
        f"{{operation: read, type: ResourceGroup, {DENIED}}}",
        "resourceGroups rg-dev",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
    ),
    "a maintenance window": (
        f"{{type: ConfigurationAssignment, name: '*/vgw-dev-vpn*', {DENIED}}}",
        "the maintenance window of vgw-dev-vpn",
        "Microsoft.Maintenance/configurationAssignments/read",
    ),
    "alerts": (
        f"{{type: MetricAlert, {DENIED}}}",
        "metricAlerts",
        "Microsoft.Insights/metricAlerts/read",
    ),
    "a workspace": (
        f"{{type: Workspace, {DENIED}}}",
        "workspaces log-dev",
        "Microsoft.OperationalInsights/workspaces/read",
    ),
    "throttling that does not end": (
        "{operation: read, type: NetworkSecurityGroup, name: nsg-dev-web, error: {status: 429, code: TooManyRequests}}",
        "nsg-dev-web",
        "",
    ),
}


@pytest.mark.parametrize(("rule", "named", "needed"), UNREAD.values(), ids=UNREAD.keys())
def test_what_cannot_be_read_is_said_and_no_setting_is_made_of_it(
    dev: LiveNetwork, rule: str, named: str, needed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.front, "faults", Faults(dev.cloud, rules=parse(f"[{rule}]")), raising=False)
    monkeypatch.setattr(dev.azure, "_patience_s", 0.1)
    found = surveyed(dev)
    monkeypatch.undo()
    (told,) = [one for one in found.unread if named in one.what]
    if "403" in rule:
        right = re.search(r"\(it needs (.+)\)$", told.why)
        assert right is not None
        assert right[1] == needed
    assert f"NOT READ: {found.unread[0].what}" in stack_file(found).replace("\n# ", " ")
    if named == "expressRouteCircuits in":
        (circuit,) = found.values["expressRoute"]["circuits"]
        assert circuit["existing"]["id"].endswith("/erc-dev-primary")
        assert circuit["connect"] == "always"
    if named == "lgw-dev-hq":
        assert found.values["vpn"]["sites"] == []
    if named == "nsg-dev-web":
        assert "existing" in found.values["network"]["tiers"][0]
    if named == "resourceGroups rg-dev":
        assert "resourceGroup" not in found.values
    if named == "metricAlerts":
        assert "monitoring" not in found.values


def test_throttling_that_ends_is_borne(dev: LiveNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "[{operation: read, nth: 1, each: true, error: {status: 429, code: TooManyRequests, retry_after_s: 0}}]"
    monkeypatch.setattr(dev.front, "faults", Faults(dev.cloud, rules=parse(rule)), raising=False)
    assert surveyed(dev).unread == ()


def test_a_gateway_that_is_being_changed_is_named_and_used_as_it_is(answers: Answers) -> None:
    found = describe(changed(answers, "vgw-dev-er", provisioningState="Updating"))
    assert "existing" in found.values["expressRoute"]["gateway"]
    assert any("Updating" in text for text in found.inferred["expressRoute.gateway"])


@pytest.mark.parametrize("avm", [False, True], ids=["by hand", "as AVM makes it"])
def test_a_hub_made_elsewhere_is_said_and_all_of_it_is_taken(avm: bool) -> None:
    cloud = Cloud(clock=quick_clock())
    with served(cloud) as endpoint:
        foreign_hub.make(cloud, Client(endpoint), avm=avm)
        cloud.connect(outside.parse(json.dumps(foreign_hub.outside())))
        azure = Azure(Endpoint.read(endpoint.url, endpoint.ca), patience_s=8.0, pause_s=0.001)
        found = describe(collect(azure, foreign_hub.NETWORK, lambda text: None))
    settings = settings_of(found)
    logs = ", ".join(f"diagnostic setting {name}-diagnosticSettings of {name}" for name in ("ER-GW", "VPN-GW"))
    assert ([one.what for one in found.left], found.unread) == ([logs] if avm else [], ())
    problems = [str(problem) for problem in read(found.values)[1] if problem.severity == "error"]
    assert problems == []
    assert [tier.name for tier in settings.network.tiers if tier.existing] == ["apps", "legacy"]
    assert {circuit.name: bool(circuit.existing) for circuit in settings.express_route.circuits} == {
        "a-conn": False,
        "b-conn": True,
    }
    assert found.secrets == {"circuitAuthorizationKeys": ["b-conn"], "vpnSharedKeys": ["hq-tunnel"]}
    named = {thing.name for thing in made(settings)}
    assert {"Circuit-A", "A-Conn", "B-Conn", "HQ", "HQ-Tunnel", "AzurePrivatePeering"} == named


def test_the_permissions_are_those_that_it_asks_for_and_the_page_has_them(dev: LiveNetwork) -> None:
    before = len(dev.cloud.store.calls())
    surveyed(dev)
    asked = set()
    verbs = {"VirtualNetworkGateway": "getLearnedRoutes/action", "ExpressRouteCircuitPeering": "routeTables/read"}
    for call in dev.cloud.store.calls()[before:]:
        kind = dev.cloud.kinds.get(call["type"])
        type = kind.arm_type if kind else "Microsoft.Resources/subscriptions/resources"
        if call["operation"] == "action":
            asked.add(f"{type}/{verbs[call['type'].rpartition(':')[2]]}")
        elif call["operation"] != "poll":
            asked.add(f"{type.replace('/resourceGroups', '/subscriptions/resourceGroups')}/read")
    assert asked == set(permissions.SURVEY)
    page = (ROOT / "docs" / "survey.md").read_text().partition("## Permissions of the survey")[2]
    assert [one for one in permissions.SURVEY if f"- `{one}`" not in page] == []
    assert page.count("\n- `") == len(permissions.SURVEY)


def test_the_page_has_what_azure_cannot_know() -> None:
    page = (ROOT / "docs" / "survey.md").read_text()
    rows = [f"| `{one.setting}` | {one.why} | {one.surveyed} |" for one in UNKNOWN]
    assert [row for row in rows if row not in page] == []
    told = page.partition("## What Azure cannot know")[2].partition("## ")[0]
    assert sum(line.startswith("| `") for line in told.splitlines()) == len(UNKNOWN)
