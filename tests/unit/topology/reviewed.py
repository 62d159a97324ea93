"""A network and changes of it, and what the review says of them; and the review of docs/changes.md.

`.venv/bin/python -m tests.unit.topology.reviewed` writes what it says of each into `reviews/`.
"""

import contextlib
import io
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.stacks import ROOT
from topology.__main__ import main

REVIEWS = Path(__file__).with_name("reviews")
Edit = tuple[str, str]
"""A text of a settings file, and what stands in its place."""

_HQ = "        bgp: { asn: 65010, peerAddress: 192.168.255.1 }\n"
_BRANCH = "      - { name: branch, publicIp: 203.0.113.20, prefixes: [172.21.0.0/16] }\n"
_DEVICES = "    devices: [{ name: branch, sites: [branch] }]\n"
_ALL = "prefixes: [192.168.0.0/16, 172.20.0.0/16, 172.21.0.0/16]\n"
_HQS = "prefixes: [192.168.0.0/16, 172.20.0.0/16]\n"
BASE: tuple[Edit, ...] = (
    ("    " + _HQS, "    " + _ALL + _DEVICES),
    ("  hybrid-network:expressRoute:\n", "  hybrid-network:expressRoute:\n    " + _HQS),
    (_HQ, "        " + _HQS + _HQ + _BRANCH),
)
"""The stack `dev` with a second site, which has no circuit and prefixes of its own."""

CHANGES: Mapping[str, tuple[Edit, ...]] = {
    "narrower-vpn-prefix": (("        " + _HQS, "        prefixes: [192.168.0.0/16, 172.20.0.0/17]\n"),),
    "other-vpn-generation": (("sku: VpnGw1AZ", "sku: VpnGw2AZ"),),
    "one-tier-more": (("    management:\n", "      - { name: batch, subnet: 10.20.3.0/24 }\n    management:\n"),),
    "one-site-less": ((_BRANCH, ""), (_DEVICES, ""), ("    " + _ALL, "    " + _HQS)),
}
OF_REFERENCE: tuple[Edit, ...] = (("prefixes: [192.168.0.0/16]\n", "prefixes: [192.168.0.0/17]\n"),)
"""The change that docs/changes.md reviews: the reference's site carries half of its prefix."""


def edited(text: str, *edits: Edit) -> str:
    """A settings file after the edits, each in the last of its places; every one has to be there."""
    for old, new in edits:
        before, found, after = text.rpartition(old)
        assert found, old
        text = before + new + after
    return text


def network() -> str:
    """The settings that the changes start from."""
    return edited((ROOT / "Pulumi.dev.yaml").read_text(), *BASE)


def run(folder: Path, before: str | None, after: str | None, *options: str, stack: str = "prod") -> tuple[int, str]:
    """What the command returns and prints for two versions of a stack's file; None is no file."""
    paths: list[str] = []
    for side, text in (("before", before), ("after", after)):
        path = folder / side / f"Pulumi.{stack}.yaml"
        path.parent.mkdir(exist_ok=True)
        paths.append("/dev/null" if text is None else str(path))
        if text is not None:
            path.write_text(text)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["review", *paths, *options])
    return code, out.getvalue()


def reviews() -> Iterator[tuple[Path, str]]:
    """The file of each change's review, and what it should have."""
    with tempfile.TemporaryDirectory() as folder:
        for name, edits in CHANGES.items():
            _, text = run(Path(folder), network(), edited(network(), *edits), "--format", "markdown")
            yield REVIEWS / f"{name}.md", text


def of_reference() -> str:
    """The review of docs/changes.md, each line quoted."""
    with tempfile.TemporaryDirectory() as folder:
        text = (ROOT / "Pulumi.reference.yaml").read_text()
        _, made = run(Path(folder), text, edited(text, *OF_REFERENCE), "--format", "markdown", stack="reference")
    return "\n".join(f"> {line}".rstrip() for line in made.strip().splitlines())


if __name__ == "__main__":
    for file, text in reviews():
        file.write_text(text)
