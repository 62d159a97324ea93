"""`python -m appliance`: writes the configuration of one on-premises device."""

import argparse
import json
import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from topology.reading import SettingsError, secret_names
from topology.settings.model import Settings
from topology.show.output import end_quietly

from . import facts as facts_of
from .errors import ApplianceError, Finding
from .holding import Holding, of_device, of_site
from .plan import plan_of
from .stack import pulumi, secret, settings_file, settings_of, shared_key
from .strongswan_frr import GENERATED, MADE_BY, render
from .wiring import Wiring, read_wiring

DESCRIPTION = """Writes the configuration of an on-premises device, a Debian machine with strongSwan and FRR: BGP and
BFD on the ExpressRoute links that end on it, a tunnel to each instance of the VPN gateway, iBGP with the other devices
of its network, ExpressRoute preferred in both directions."""


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: written; 1: the settings or the stack do not allow it, with the paths; 2: usage."""
    parser = argparse.ArgumentParser("python -m appliance", description=DESCRIPTION)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--stack", metavar="NAME", help="a deployed stack: Pulumi.NAME.yaml, its outputs and its keys")
    source.add_argument(
        "--settings", metavar="FILE", type=Path, help="a settings file; what Azure chooses is a placeholder"
    )
    parser.add_argument("--device", metavar="NAME", help="name of the device, as in onPremises.devices")
    parser.add_argument("--site", metavar="NAME", help="or of a site that no device holds, as in vpn.sites")
    parser.add_argument("--wiring", metavar="FILE", type=Path, help="how the device is wired (YAML): docs/appliance.md")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for the files; made if missing")
    parser.add_argument(
        "--data-path",
        choices=["kernel", "userspace"],
        default="kernel",
        help="kernel: XFRM interfaces (the default). userspace: where the kernel has no ESP, as in containers",
    )
    options = parser.parse_args(arguments)
    if not options.device and not options.site:
        parser.error("one of the arguments --device --site is required")
    if options.device and options.site:
        # Before there were devices, --device beside --site was the wiring's file.
        if options.wiring:
            parser.error("argument --site: not allowed with argument --device")
        options.device, options.wiring = None, Path(options.device)
    try:
        path = settings_file(options.stack, options.settings)
        settings = settings_of(path)
        holding = of_device(settings, options.device) if options.device else of_site(settings, options.site)
        wiring = read_wiring(options.wiring) if options.wiring else Wiring()
        names = secret_names(path, "peeringSharedKeys")
        facts = (
            _deployed(options.stack, settings, holding, wiring, names)
            if options.stack
            else facts_of.placeholders(settings, holding, wiring, names)
        )
        files = render(plan_of(settings, holding, facts), options.data_path)
        earlier = made_here(options.out)
        write(files, options.out)
        if earlier:
            discard(files, options.out)
    except (ApplianceError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Wrote {len(files)} files for {holding.what} to {options.out}; start with {options.out}/README.md.")
    for placeholder in facts.placeholders:
        print(f"Placeholder: {placeholder}")
    return 0


def made_here(folder: Path) -> bool:
    """Whether the folder is one of a device already: only there a file with a generated name is one of ours."""
    try:
        return MADE_BY in (folder / "install.sh").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def discard(files: Collection[str], folder: Path) -> None:
    """Deletes what an earlier call wrote into the folder and this one did not, such as a tunnel that is no more.

    Raises ApplianceError where the folder cannot be written.
    """
    for pattern in GENERATED:
        for target in folder.glob(pattern):
            if str(target.relative_to(folder)) not in files:
                try:
                    target.unlink()
                except OSError as error:
                    raise _unwritable(folder, target, error) from None


def write(files: Mapping[str, tuple[str, int]], folder: Path) -> None:
    """Writes each file with its mode, which a file has from the moment it exists.

    Raises ApplianceError where the folder cannot be written.
    """
    for name, (text, mode) in files.items():
        target = folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
                file.write(text)
            target.chmod(mode)
        except OSError as error:
            raise _unwritable(folder, target, error) from None


def _unwritable(folder: Path, target: Path, error: OSError) -> ApplianceError:
    why = f"{error.filename or target}: {error.strerror}"
    return ApplianceError([Finding(f"--out {folder}", f"cannot be written ({why}); name another folder")])


def _deployed(
    stack: str, settings: Settings, holding: Holding, wiring: Wiring, with_key: Collection[str] | None
) -> facts_of.Facts:
    """Facts of a stack. with_key: the circuits whose peering has an MD5 key; None where only the stack can tell."""
    outputs = json.loads(pulumi("stack", "output", "--json", "--stack", stack) or "{}")
    keys = {site.name: shared_key(stack, site.name) for _, site in holding.sites}
    if with_key is None:
        every = _peering_keys(secret(stack, "peeringSharedKeys"))
        peering_keys = {name: every[name] for name in holding.peerings if name in every}
    else:
        peering_keys = {
            name: secret(stack, f"peeringSharedKeys.{name}") for name in holding.peerings if name in with_key
        }
    return facts_of.from_outputs(outputs, settings, holding, keys, wiring, peering_keys)


def _peering_keys(text: str) -> Mapping[str, str]:
    """The keys by circuit, out of the one secret that has them all; what stands in it is in no message."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found.values()):
        way_out = "set each alone: pulumi config set --secret --path 'peeringSharedKeys.CIRCUIT'"
        raise ApplianceError([Finding("peeringSharedKeys", f"is no JSON object of a key for each circuit; {way_out}")])
    return found


if __name__ == "__main__":
    end_quietly()
    sys.exit(main())
