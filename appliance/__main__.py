"""`python -m appliance`: writes the configuration of one site's device."""

import argparse
import json
import os
import sys
from pathlib import Path

from topology.reading import SettingsError
from topology.settings.model import Settings

from . import facts as facts_of
from .errors import ApplianceError
from .plan import find_site, make_plan
from .stack import pulumi, settings_of, shared_key
from .strongswan_frr import render

DESCRIPTION = """Writes the configuration of a site's on-premises device, a Debian machine with strongSwan and FRR:
a tunnel to each instance of the VPN gateway, BGP and BFD on every ExpressRoute link, ExpressRoute preferred in both
directions."""


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: written; 1: the settings or the stack do not allow it, with the paths; 2: usage."""
    parser = argparse.ArgumentParser("python -m appliance", description=DESCRIPTION)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--stack", metavar="NAME", help="a deployed stack: Pulumi.NAME.yaml, its outputs and its key")
    source.add_argument(
        "--settings", metavar="FILE", type=Path, help="a settings file; what Azure chooses is a placeholder"
    )
    parser.add_argument("--site", required=True, help="name of the site, as in vpn.sites")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for the files; made if missing")
    parser.add_argument("--device", metavar="FILE", type=Path, help="how the device is wired (YAML); see README.md")
    parser.add_argument(
        "--data-path",
        choices=["kernel", "userspace"],
        default="kernel",
        help="kernel: XFRM interfaces (the default). userspace: where the kernel has no ESP, as in containers",
    )
    options = parser.parse_args(arguments)
    try:
        settings = settings_of(options.stack, options.settings)
        facts = _facts(options.stack, settings, options.site, options.device)
        files = render(make_plan(settings, options.site, facts), options.data_path)
        write(files, options.out)
    except (ApplianceError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Wrote {len(files)} files for site {options.site} to {options.out}; start with {options.out}/README.md.")
    for placeholder in facts.placeholders:
        print(f"Placeholder: {placeholder}")
    return 0


def write(files: dict[str, tuple[str, int]], folder: Path) -> None:
    """Writes each file with its mode, which a file has from the moment it exists."""
    for name, (text, mode) in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(text)
        target.chmod(mode)


def _facts(stack: str | None, settings: Settings, site_name: str, device: Path | None) -> facts_of.Facts:
    wiring = facts_of.read_wiring(device) if device else facts_of.Wiring()
    _, site = find_site(settings, site_name)
    if stack is None:
        return facts_of.placeholders(settings, site, wiring)
    outputs = json.loads(pulumi("stack", "output", "--json", "--stack", stack) or "{}")
    return facts_of.from_outputs(outputs, settings, site, shared_key(stack, site.name), wiring)


if __name__ == "__main__":
    sys.exit(main())
