"""The command `python -m topology` and what it shows."""

import json
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.stacks import ROOT
from tests.unit.topology.variants import (
    Edit,
    on_premises,
    second_circuit,
    second_site,
    settings,
    tier,
    vpn_prefixes,
)
from topology.__main__ import main
from topology.reading import read_stack_file
from topology.show import svg
from topology.show.report import Report
from topology.show.svg import MOST_CIRCUITS, MOST_SITES

LONG = "a-name-of-24-characters1"


def stack_file(folder: Path, *replaced: tuple[str, str]) -> str:
    text = (ROOT / "Pulumi.reference.yaml").read_text()
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    path = folder / "Pulumi.test.yaml"
    path.write_text(text)
    return str(path)


HIJACKED = ("        publicIp: 40.50.60.70\n        prefixes: [192.168.0.0/16]", "        publicIp: 40.50.60.70\n"
            "        prefixes: [192.168.0.0/16, 192.168.5.0/24]")  # fmt: skip


def test_a_sound_file_ends_with_0_and_shows_every_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([stack_file(tmp_path)]) == 0
    shown = capsys.readouterr().out
    for words in ("What happens to each prefix", "What each failure does", "Pairs of failures", "circuitLoss: met"):
        assert words in shown


def test_problems_end_with_1_and_are_all_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([stack_file(tmp_path, HIJACKED), "--format", "markdown"]) == 1
    shown = capsys.readouterr().out
    assert "[FAIL-01]" in shown
    assert "NOT met" in shown


@pytest.mark.parametrize("kind", ["table", "markdown", "json", "svg", "mermaid"])
def test_what_is_refused_is_not_proved(kind: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([stack_file(tmp_path, HIJACKED, ("ErGw1AZ", "ErGw9AZ")), "--format", kind]) == 1
    captured = capsys.readouterr()
    shown = captured.out + captured.err
    assert "FAIL-01" in shown
    assert "ER-01" in shown
    assert "NOT met" not in shown
    if kind == "json":
        assert json.loads(captured.out)["failover"] is None
    else:
        assert "The failover is not proved" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.yaml"], "nowhere.yaml: cannot be read"),
        (["Pulumi.dve.yaml"], "No such file or directory; there are Pulumi.dev.yaml, Pulumi.reference.yaml [SET-02]"),
        (["examples/minimal"], "is a directory; there is examples/minimal/Pulumi.minimal.yaml"),
        (["Pulumi.yaml"], "Pulumi.yaml: is the project's own file; name that of a stack; there are Pulumi.dev.yaml,"),
        (["reveiw", "main:", "."], "reveiw is no file; did you mean: python -m topology review BASE HEAD?"),
        ([], "the following arguments are required: file"),
        (["Pulumi.dev.yaml", "--format", "pdf"], "invalid choice: 'pdf'"),
        (["Pulumi.dev.yaml", "--connected", "east"], "no circuit east in Pulumi.dev.yaml"),
        (["Pulumi.dev.yaml", "--out", "/dev/null/x"], "--out: /dev/null/x cannot be written"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_how(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    try:
        code = main(arguments)
    except SystemExit as stopped:
        code = stopped.code
    assert code == 2
    assert said.lower() in capsys.readouterr().err.lower()


def test_json_has_the_problems_the_scenarios_and_the_prefixes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([stack_file(tmp_path, HIJACKED), "--format", "json", "--connected", ""]) == 1
    data = json.loads(capsys.readouterr().out)

    assert {"path", "rule", "severity", "message"} == set(data["problems"][0])
    failover = data["failover"]
    assert failover["survives"] is False
    assert len(failover["scenarios"]) == 1 + 10 + 45
    circuit = next(one for one in failover["scenarios"] if one["failed"] == ["circuit:primary"])
    assert circuit["required"] is True
    assert circuit["detection"] == {
        "seconds": 0.9,
        "worstSeconds": 180,
        "how": "BFD 3 x 300 ms; without BFD at the edge the BGP hold time 180 s",
    }
    appliance = next(one for one in failover["scenarios"] if one["failed"] == ["appliance:onprem"])
    assert (appliance["required"], appliance["lost"]) == (False, ["192.168.5.0/24"])
    [whole, part] = failover["prefixes"]
    assert (whole["prefix"], whole["tiers"][0]["path"]) == ("192.168.0.0/16", "ExpressRoute, then VPN onprem")
    assert whole["today"] == "VPN onprem -> lost"
    assert (part["partOf"], part["smallestCut"]) == ("192.168.0.0/16", ["appliance:onprem"])
    assert part["tiers"][0]["azureToOnPremises"] == {"kind": "vpn", "via": ["onprem"]}
    assert part["tiers"][0]["asymmetric"] is True
    assert part["tiers"][0]["change"] == "vpn.sites[0].prefixes[1]"


def test_unreadable_settings_are_problems_in_every_format(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = stack_file(tmp_path, ("hybrid-network:vpn:", "hybrid-network:nothing:"))
    for kind in ("table", "markdown", "json", "svg", "mermaid"):
        assert main([broken, "--format", kind]) == 1
        captured = capsys.readouterr()
        assert "is required and not set" in captured.out + captured.err


def test_mermaid_draws_the_normal_path_thick_and_the_failover_dotted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([stack_file(tmp_path), "--format", "mermaid"]) == 0
    drawn = capsys.readouterr().out
    assert "edge ==>|normal| circuit0" in drawn
    assert "appliance0 -.->|failover, IPsec over the Internet| vpn" in drawn


def many(count: int, what: str) -> Edit:
    def edit(values: dict) -> None:
        items = values["expressRoute"]["circuits"] if what == "circuit" else values["vpn"]["sites"]
        items += [{**items[0], "name": f"{what}-{number}-{LONG[:14]}"} for number in range(count)]

    return edit


def renamed(values: dict) -> None:
    values["name"] = LONG
    values["vpn"]["sites"][0]["name"] = LONG
    values["expressRoute"]["circuits"][0].update(name=LONG, provider="A Provider With A Name", peeringLocation="A" * 30)
    values["network"]["tiers"] = [{"name": f"{LONG[:-2]}{n}", "subnet": f"10.20.{n}.0/24"} for n in range(10, 22)]


PICTURES: dict[str, tuple[str, list[Edit]]] = {
    "dev": ("dev", []),
    "reference": ("reference", []),
    "two circuits, two sites": ("dev", [second_circuit(), second_site()]),
    "weights": ("dev", [second_circuit(routingWeight=10), second_site(bgp=None, prefixes=["10.99.0.0/16"])]),
    "no circuit": ("dev", [lambda values: values["expressRoute"]["circuits"][0].update(connect="never")]),
    "wanting": ("dev", [vpn_prefixes("192.168.0.0/16", "192.168.5.0/24"), tier(1, gatewayRoutes=False)]),
    "long names": ("dev", [renamed]),
    "many of everything": ("dev", [many(6, "circuit"), many(8, "site")]),
    "many prefixes": ("dev", [on_premises(*(f"172.{16 + n // 256}.{n % 256}.0/24" for n in range(400)))]),
}


@pytest.mark.parametrize("name", PICTURES)
def test_texts_of_the_picture_overlap_nowhere_and_stay_inside(name: str) -> None:
    stack, edits = PICTURES[name]
    picture = svg.draw(Report(settings(stack, *edits)))
    for text in picture.texts:
        left, top, right, bottom = text.box
        assert left >= 0, text
        assert right <= picture.width, text
        assert top >= 0, text
        assert bottom <= picture.height, text
    for one, other in combinations(picture.texts, 2):
        (a, b, c, d), (e, f, g, h) = one.box, other.box
        assert c <= e or g <= a or d <= f or h <= b, f"{one} overlaps {other}"
    ElementTree.fromstring(picture.svg())


def test_the_picture_names_every_circuit_site_tier_and_prefix_or_their_number() -> None:
    stack, edits = PICTURES["two circuits, two sites"]
    words = " ".join(text.text for text in svg.draw(Report(settings(stack, *edits))).texts)
    for name in ("Circuit primary", "Circuit west", "hq", "dr", "Tier web", "Tier data", "192.168.0.0/16", "Chicago"):
        assert name in words
    stack, edits = PICTURES["many of everything"]
    words = " ".join(text.text for text in svg.draw(Report(settings(stack, *edits))).texts)
    assert f"and {7 - MOST_CIRCUITS + 1} more circuits" in words
    assert f"{9 - MOST_SITES + 1} more sites" in words


def test_the_picture_names_devices_and_the_firewalls_on_the_way() -> None:
    def words(name: str) -> list[str]:
        found, _ = read_stack_file(ROOT / "examples" / name / f"Pulumi.{name}.yaml")
        assert found
        return [text.text for text in svg.draw(Report(found)).texts]

    assert {"Edge routers", "left, right"} <= {*words("two-devices")}
    assert "through firewall hub" in words("firewall")


@pytest.mark.parametrize(
    ("name", "drawn"),
    [("dev", {"normal path", "failover path"}), ("no circuit", {"normal path", "unused"})],
)
def test_the_legend_explains_what_is_drawn_and_nothing_else(name: str, drawn: set[str]) -> None:
    stack, edits = PICTURES[name]
    words = {text.text for text in svg.draw(Report(settings(stack, *edits))).texts}
    assert words & {"normal path", "failover path", "unused"} == drawn
