"""strongSwan and FRR on Debian: the templates and what this family can do."""

import base64
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from appliance import constants
from appliance.errors import ApplianceError, Finding
from appliance.facts import KEY_PLACEHOLDER
from appliance.plan import Plan

from .proposals import esp_proposal, ike_proposal

DataPath = Literal["kernel", "userspace"]
"""kernel: XFRM interfaces, for a production device. userspace: a TUN device in a network namespace for each tunnel,
for machines whose kernel has no ESP, such as containers and the lab."""

RETRANSMISSIONS, RETRANSMIT_BASE = 3, 1.5
SECRET_MODE, FILE_MODE, SCRIPT_MODE = 0o600, 0o644, 0o755
FILES = {
    "frr.conf.j2": ("frr.conf", FILE_MODE),
    "nftables.conf.j2": ("nftables.conf", FILE_MODE),
    "setup.sh.j2": ("setup.sh", SCRIPT_MODE),
    "updown.sh.j2": ("updown.sh", SCRIPT_MODE),
    "watch.sh.j2": ("watch.sh", SCRIPT_MODE),
    "install.sh.j2": ("install.sh", SCRIPT_MODE),
    "README.md.j2": ("README.md", FILE_MODE),
}
"""Template to file and mode, once each; the files of each tunnel, and of keys that not every device has, are in
`render`."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)

MADE_BY = "Made by the appliance generator"
"""In every folder's install.sh."""
GENERATED = (
    "strongswan*.conf",
    "frr-secrets.conf",
    "swanctl/tunnel*.conf",
    "swanctl/load-*.conf",
    "swanctl/secrets.conf",
)
"""Files that not every device has."""


def render(plan: Plan, data_path: DataPath, prefix: str = "/etc/hybrid-appliance") -> dict[str, tuple[str, int]]:
    """Every file of the device: its path below the output folder, with its text and mode.

    prefix: where install.sh puts setup.sh and updown.sh, since the IPsec configuration names updown.sh.
    Raises ApplianceError with the settings path for what the device cannot do.
    """
    findings: list[Finding] = []
    shortest = min((site.dpd_seconds for site in plan.sites), default=0)
    waits = shortest - _check_delay(shortest)
    delays = {site.name: max(1, site.dpd_seconds - waits) for site in plan.sites}
    values = {
        "plan": plan,
        "data_path": data_path,
        "prefix": prefix,
        "ike": {site.name: ike_proposal(site.policy, site.policy_path, findings) for site in plan.sites},
        "esp": {site.name: esp_proposal(site.policy, site.policy_path, findings) for site in plan.sites},
        "dpd_delay": delays,
        "dpd_seconds": " or ".join(dict.fromkeys(str(site.dpd_seconds) for site in plan.sites)),
        "dpd_delays": " or ".join(dict.fromkeys(str(delay) for delay in delays.values())),
        "local_address": lambda site: site.local_address if site.local_address and data_path == "kernel" else "%any",
        "retransmit": _retransmit_timeout(shortest),
        "retransmissions": RETRANSMISSIONS,
        "retransmit_base": RETRANSMIT_BASE,
        "keys": {site.name: _key(plan.facts.key_of(site.name)) for site in plan.sites},
        "constants": constants,
    }
    if findings:
        raise ApplianceError(list(dict.fromkeys(findings)))
    files = {name: (_TEMPLATES.get_template(template).render(values), mode) for template, (name, mode) in FILES.items()}
    if plan.sites:
        files["swanctl/secrets.conf"] = (_TEMPLATES.get_template("secrets.conf.j2").render(values), SECRET_MODE)
    if plan.has_peering_keys:
        text = _TEMPLATES.get_template("frr-secrets.conf.j2").render(values)
        files["frr-secrets.conf"] = (text, SECRET_MODE)
    for site in plan.sites:
        for tunnel in site.tunnels:
            text = _TEMPLATES.get_template("tunnel.conf.j2").render(values, site=site, tunnel=tunnel)
            files[f"swanctl/{tunnel.name}.conf"] = (text, FILE_MODE)
    daemons = [tunnel.name for tunnel in plan.tunnels] if data_path == "userspace" else [""] if plan.tunnels else []
    for daemon in daemons:
        text = _TEMPLATES.get_template("strongswan.conf.j2").render(values, daemon=daemon)
        files[f"strongswan{daemon and '-'}{daemon}.conf"] = (text, FILE_MODE)
        if daemon:
            included = f"include {daemon}.conf\ninclude secrets.conf\n"
            files[f"swanctl/load-{daemon}.conf"] = (included, FILE_MODE)
    return files


def _check_delay(dpd_seconds: int) -> int:
    """How long a tunnel is silent before it is checked."""
    return max(1, dpd_seconds // 3)


def _retransmit_timeout(dpd_seconds: int) -> float:
    """First wait for an answer, so that the check's delay and all waits together make the dead peer timeout."""
    waits = sum(RETRANSMIT_BASE**attempt for attempt in range(RETRANSMISSIONS + 1))
    return round((dpd_seconds - _check_delay(dpd_seconds)) / waits, 2)


def _key(shared_key: str) -> str:
    """The key as a value of swanctl: base64, since a key may hold quotes, braces and comment signs."""
    if shared_key == KEY_PLACEHOLDER:
        return f'"{KEY_PLACEHOLDER}"'
    return "0s" + base64.b64encode(shared_key.encode()).decode()
