"""What a stack file can have that nobody sees when it is written: aliases of aliases, control characters, blanks."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from components.rules import errors
from tests.stacks import ROOT, stack_values
from tests.unit.rules.changes import changed, keys
from topology.__main__ import FORMATS, main
from topology.reading import OTHER_KEYS, keeps_old_type_aliases, read, read_config, read_stack_file

DEV = (ROOT / "Pulumi.dev.yaml").read_text()
CIRCUIT = "expressRoute.circuits[0]"
CIRCUIT_ID = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.Network"
SIGNS = ["\x1b[31m", "\n", "\r", "\x9b", "\u202e", "\u2028", "\x00"]
TEXTS = [
    "name",
    "location",
    "resourceGroup.name",
    "network.tiers[0].name",
    "network.tiers[0].allow[0].sources[0]",
    "network.tiers[0].loadBalancer.probePath",
    f"{CIRCUIT}.provider",
    f"{CIRCUIT}.peeringLocation",
    f"{CIRCUIT}.authorizations[0]",
    "expressRoute.gateway.sku",
    "vpn.sites[0].connectionMode",
]


def stack_file(folder: Path, text: str) -> Path:
    file = folder / "Pulumi.test.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def unseen(text: str) -> set[str]:
    """The signs of a text, besides its line ends, that no terminal shows as they are."""
    return {sign for sign in text.replace("\n", "") if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp")}


@pytest.mark.parametrize("place", ["prefixes: [192.168.0.0/16, 172.20.0.0/16]", "tags: { environment: dev }"])
@pytest.mark.parametrize("item", ["[*a]", "{ k: *a }"])
def test_aliases_of_aliases_are_read_at_once(place: str, item: str, tmp_path: Path) -> None:
    inner = item[2:-2] if item.startswith("{") else item[1:-1]
    many = ", ".join(inner.replace("k", f"k{n}") for n in range(10))
    text = "config:\n  other:a0: &a0 { k: x }\n"
    for level in range(1, 12):
        one = many.replace("*a", f"*a{level - 1}")
        text += f"  other:a{level}: &a{level} {item[0]} {one} {item[-1]}\n"
    name = place.split(":")[0]
    _, problems = read_stack_file(stack_file(tmp_path, DEV.replace("config:\n", text).replace(place, f"{name}: *a11")))
    assert {problem.rule for problem in errors(problems)} == {"SET-02"}


@pytest.mark.parametrize("place", TEXTS)
@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_that_is_not_seen_is_one_error_that_shows_it(place: str, sign: str) -> None:
    values = changed({f"{CIRCUIT}.authorizations": ["theirs"]})
    settings, problems = read(changed({f"{CIRCUIT}.authorizations": ["theirs"], place: f"a{sign}b"}), keys("hq"))
    assert settings is None
    told = errors(problems)
    assert [problem.rule for problem in told if problem.path.endswith(place)] == ["SET-02"]
    assert unseen("".join(map(str, problems))) == set()
    assert read(values, keys("hq"))[1] == []


@pytest.mark.parametrize("form", FORMATS)
def test_no_sign_of_a_key_or_a_value_reaches_the_terminal(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for evil in (
        DEV + '  "hybrid-network:\\e[2Jevil\\nmore": 1\n',
        DEV + '  "\\e[2Jevil": 1\n',
        DEV.replace("{ environment: dev }", '{ "a\\e[2Jb": [1] }'),
        DEV.replace("Seattle", '"Sea\\e[2J|\\nttle"'),
        DEV + '  hybrid-network:vpnSharedKeys: { "a\\e[2J": x }\n',
    ):
        assert main([str(stack_file(tmp_path, evil)), "--format", form]) == 1
        shown = capsys.readouterr()
        assert unseen(shown.out + shown.err) == set()
        # A name of a secret that is no name may be the secret itself: nothing of it is shown.
        told = "\\x1b[2J" in (shown.out + shown.err).replace("\\\\", "\\")
        assert told != ("vpnSharedKeys: {" in evil)


def test_a_reason_in_several_lines_is_one_line() -> None:
    accept = [{"prefix": "172.20.0.0/16", "reason": "the site\n  closes\nsoon\n"}]
    settings, _ = read(changed({"failover": {"accept": accept}}))
    assert settings is not None
    assert settings.failover.accept[0].reason == "the site closes soon"


@pytest.mark.parametrize("blank", [" ", "\n", "\t"])
@pytest.mark.parametrize("where", ["{}{}/expressRouteCircuits/c", "{1}/expressRouteCircuits/c{0}"])
def test_an_id_has_no_blanks(where: str, blank: str) -> None:
    given = where.format(blank, CIRCUIT_ID)
    circuit = {"name": "primary", "existing": {"id": given}, "connect": "always"}
    _, problems = read(changed({CIRCUIT: circuit}), keys("hq"))
    assert [problem.path for problem in errors(problems)] == [f"{CIRCUIT}.existing.id"]
    circuit["existing"] = {"id": given.replace(blank, "")}
    assert errors(read(changed({CIRCUIT: circuit}), keys("hq"))[1]) == []


SOURCES = [
    ("10.20.1.5/24", "is an address inside 10.20.1.0/24, not a prefix; write 10.20.1.0/24"),
    ("VirtualNetwork", "did you mean virtualNetwork?"),
    ("on-premises", "did you mean onPremises?"),
    ("Web", "did you mean web?"),
]


@pytest.mark.parametrize(("source", "sentence"), SOURCES)
def test_a_source_that_stands_for_nothing_says_what_may_be_meant(source: str, sentence: str) -> None:
    _, problems = read(changed({"network.tiers[1].allow[0].sources": [source]}), keys("hq"))
    (problem,) = errors(problems)
    assert (problem.path, problem.rule) == ("network.tiers[1].allow[0].sources[0]", "NSG-04")
    assert sentence in problem.message


def config_of(values: dict[str, Any]) -> dict[str, str]:
    full = {f"hybrid-network:{key}": value for key, value in values.items() if key != "location"}
    config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in full.items()}
    return {"azure-native:location": "westus2", **config}


@pytest.mark.parametrize("key", OTHER_KEYS)
@pytest.mark.parametrize("value", ["maybe", "[1]", "7", '{"a": true}', ""])
def test_what_is_no_setting_of_the_network_is_read_like_one(key: str, value: str) -> None:
    _, problems = read_config({**config_of(stack_values("dev")), f"hybrid-network:{key}": value}, ())
    assert [(problem.path, problem.rule) for problem in errors(problems) if problem.rule != "KEY-01"] == [
        (key, "SET-02")
    ]


@pytest.mark.parametrize(
    ("value", "kept"), [("true", True), ("yes", True), ("false", False), ("no", False), (None, False)]
)
def test_older_type_names_are_kept_where_the_settings_say_so(value: str | None, kept: bool) -> None:
    config = config_of(stack_values("dev")) | ({} if value is None else {"hybrid-network:keepOldTypeAliases": value})
    assert [problem.path for problem in read_config(config, ())[1] if problem.rule != "KEY-01"] == []
    assert keeps_old_type_aliases(config) is kept


@pytest.mark.parametrize(
    ("old", "new", "path", "meant"),
    [
        ("hybrid-network:network", "hybrid-netwrok:network", "hybrid-netwrok:network", "hybrid-network:network"),
        ("hybrid-network:tags", "hybrid_network:tags", "hybrid_network:tags", "hybrid-network:tags"),
        ("hybrid-network:tags", "hybrid-network:vpnSharedkeys", "vpnSharedkeys", "vpnSharedKeys"),
        ("hybrid-network:tags", "hybrid-network:keepOldTypeAlias", "keepOldTypeAlias", "keepOldTypeAliases"),
    ],
)
def test_a_key_that_is_nearly_known_is_asked_for(old: str, new: str, path: str, meant: str, tmp_path: Path) -> None:
    _, problems = read_stack_file(stack_file(tmp_path, DEV.replace(old, new)))
    (problem,) = (problem for problem in problems if problem.rule == "SET-01")
    assert problem.path == path
    assert "did you mean" in problem.message
    assert meant in problem.message


def test_what_contains_itself_is_one_error(tmp_path: Path) -> None:
    text = DEV.replace("prefixes: [192.168.0.0/16, 172.20.0.0/16]", "prefixes: &p [*p]")
    _, problems = read_stack_file(stack_file(tmp_path, text))
    assert [(problem.path, problem.rule) for problem in problems] == [("onPremises.prefixes[0]", "SET-02")]


def test_a_key_is_what_the_engine_makes_of_it(tmp_path: Path) -> None:
    given = "{ 0x10: a, 1_000: b, True: c, '0x11': d, 1.5: e, no: f }"
    settings, problems = read_stack_file(stack_file(tmp_path, DEV.replace("{ environment: dev }", given)))
    assert problems == []
    assert settings is not None
    assert list(settings.tags) == ["16", "1000", "true", "0x11", "1.5", "no"]


def test_a_key_that_is_nothing_is_told(tmp_path: Path) -> None:
    _, problems = read_stack_file(stack_file(tmp_path, DEV.replace("{ environment: dev }", "{ ~: a, b: c }")))
    assert [(problem.path, problem.rule) for problem in problems] == [("tags.null", "SET-02")]
    assert "a key is text, not nothing" in problems[0].message
