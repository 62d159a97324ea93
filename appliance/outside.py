"""`python -m appliance.outside`: says what all on-premises devices do, for the simulated Azure.

The file is what `python -m simulator outside` takes: the devices at the ends of circuits and tunnels, as the settings
have them, each announcing what the settings say, and all of them up.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from topology.reading import SettingsError
from topology.settings.model import Settings
from topology.settings.names import Names
from topology.show.output import end_quietly

from .__main__ import write
from .errors import ApplianceError
from .stack import settings_file, settings_of, shared_key

Json = dict[str, Any]
LINKS = ("primary", "secondary")


def outside(settings: Settings, keys: Mapping[str, str]) -> Json:
    """What is outside of a stack's Azure. keys: the shared key of each site; a site without one is not reached."""
    return {"links": list(_links(settings)), "tunnels": list(_tunnels(settings, keys))}


def _links(settings: Settings) -> Iterator[Json]:
    names = Names(settings)
    for circuit in settings.express_route.circuits:
        entry: Json = {
            "circuit": circuit.existing.id if circuit.existing else names.circuit(circuit.name),
            "announces": [str(prefix) for prefix in settings.circuit_prefixes(circuit)],
            "prepend": circuit.prepend,
        }
        if circuit.private_peering:
            entry["asn"] = circuit.private_peering.peer_asn
        yield from ({**entry, "path": link} for link in LINKS)


def _tunnels(settings: Settings, keys: Mapping[str, str]) -> Iterator[Json]:
    names = Names(settings)
    for site in settings.vpn.sites:
        entry: Json = {"connection": names.site_connection(site.name), "prepend": site.prepend}
        if key := keys.get(site.name):
            entry["key"] = key
        if site.public_ip:
            entry["address"] = str(site.public_ip)
        if site.instance is not None:
            entry["instance"] = site.instance
        if site.bgp:
            entry |= {"asn": site.bgp.asn, "announces": [str(prefix) for prefix in settings.site_prefixes(site)]}
        yield entry


def main(arguments: list[str] | None = None) -> int:
    """The command line. 0: written; 1: the settings or the stack do not allow it, with the paths; 2: usage."""
    parser = argparse.ArgumentParser("python -m appliance.outside", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--stack", metavar="NAME", help="a stack: Pulumi.NAME.yaml, and the keys in its secrets")
    source.add_argument("--settings", metavar="FILE", type=Path, help="a settings file; no key is known, no tunnel up")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="the file (JSON, mode 600: the shared keys are in it)"
    )
    options = parser.parse_args(arguments)
    try:
        settings = settings_of(settings_file(options.stack, options.settings))
        sites = [site.name for site in settings.vpn.sites] if options.stack else []
        found = outside(settings, {site: shared_key(options.stack, site) for site in sites})
        write({options.out.name: (json.dumps(found, indent=2) + "\n", 0o600)}, options.out.parent)
    except (ApplianceError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    counted = [f"{len(ends)} {kind if len(ends) != 1 else kind[:-1]}" for kind, ends in found.items()]
    print(f"Wrote {' and '.join(counted)} to {options.out}.")
    return 0


if __name__ == "__main__":
    end_quietly()
    sys.exit(main())
