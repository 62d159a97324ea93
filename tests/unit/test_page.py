"""`__main__.py` is a page to read: the boxes of the picture in their order, and nothing but what everybody may use."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

import components
from tests.stacks import ROOT

PAGE = (ROOT / "__main__.py").read_text()
PICTURE = (ROOT / "docs/architecture.svg").read_text()
SHIPPED = [ROOT / "__main__.py", *sorted(ROOT.glob("components/**/*.py")), *sorted(ROOT.glob("topology/**/*.py"))]

BOXES = (
    ("Azure virtual network", "Azure virtual network", "HubNetwork"),
    ("GatewaySubnet", "the subnet that both gateways share", "HubNetwork"),
    ("Spoke", "Spokes: virtual networks", "Spoke"),
    ("Application tier", "Cloud application", "add_tier"),
    ("Internal load balancer", "internal load balancer", "add_tier"),
    ("Bastion host", "Azure Bastion", "add_management"),
    ("ExpressRoute circuit", "ExpressRoute circuits", "ExpressRouteCircuit"),
    ("ExpressRoute gateway", "ExpressRoute virtual network gateway", "ExpressRouteGateway"),
    ("VPN gateway", "VPN virtual network gateway", "VpnGateway"),
    ("VPN appliance", "on-premises VPN appliance", "connect"),
    ("IPsec tunnel", "IPsec connection", "connect"),
    ("peering", "Peerings", "peer"),
)
"""Each box: its words in the picture, its words in a comment of the page, and the call that makes it."""


def called(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Every call in a tree, by its last name, with its line."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute):
            yield (call.func.id if isinstance(call.func, ast.Name) else call.func.attr), call.lineno


def comment_above(line: int) -> str:
    """The last comment above a line, in one line."""
    blocks = re.findall(r"(?:^#.*\n)+", "".join(PAGE.splitlines(keepends=True)[:line]), re.M)
    return " ".join(part.removeprefix("#").strip() for part in blocks[-1].splitlines())


@pytest.mark.parametrize(("box", "words", "call"), BOXES, ids=[box for box, _, _ in BOXES])
def test_every_box_of_the_picture_is_on_the_page_under_its_name(box: str, words: str, call: str) -> None:
    assert box in PICTURE
    (line,) = [line for name, line in called(ast.parse(PAGE)) if name == call]
    assert words in comment_above(line)


def test_the_boxes_are_in_the_order_in_which_they_are_made() -> None:
    lines = dict(called(ast.parse(PAGE)))
    made = [lines[call] for call in ("ResourceGroup", *dict.fromkeys(call for _, _, call in BOXES))]
    assert made == sorted(made)
    assert all(line > lines["own_resources"] for line in made), "what stops the program comes first"


def test_the_page_imports_only_what_is_public_and_its_own() -> None:
    for node in ast.walk(ast.parse(PAGE)):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= {"json", "pulumi"}
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] in ("collections", "typing", "components", "topology")
            if node.module == "components":
                assert {alias.name for alias in node.names} <= set(components.__all__)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pulumi.runtime":
            assert node.attr in pulumi.runtime.__all__


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_private_of_another_library_is_used_or_changed(path: Path) -> None:
    tree = ast.parse(path.read_text())
    foreign: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            foreign |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            foreign |= {alias.asname or alias.name for alias in node.names}
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        assert [name for name in names if re.search(r"\._|^_[a-z]|^pulumi\.runtime\.", name)] == []
        assert "gc" not in names
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).split(".")[0].split("(")[0]
            assert not (owner in foreign and re.match(r"_[a-z]", node.attr)), ast.unparse(node)
            assert not (owner in foreign and isinstance(node.ctx, ast.Store)), f"{ast.unparse(node)} is changed"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            assert ast.unparse(node.args[0]) not in foreign
