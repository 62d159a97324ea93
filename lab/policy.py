"""The IPsec/IKE policy on the wire: what the daemons negotiated, and that another policy does not come up."""

import time
from typing import Any

from topology.settings.model import Settings
from topology.settings.model_vpn import IpsecPolicy

from . import ipsec
from .blueprint import blueprint
from .building import build_tunnels_only
from .findings import Findings
from .machine import LabError, wait
from .steps import Say
from .world import World

REFUSAL_SECONDS = 6.0
"""How long a tunnel with two policies is watched; with one policy it is up in less than a second."""
CHANGED = {
    "ike_encryption": "AES256",
    "ike_integrity": "SHA256",
    "dh_group": "DHGroup14",
    "ipsec_encryption": "AES256",
    "pfs_group": "PFS2048",
}
"""Another value for each negotiated field of the default policy."""


def negotiated(world: World, found: Findings) -> None:
    """Compares what every tunnel's daemons report with the connection's policy; rekeys once to see the PFS group."""
    for tunnel in world.blueprint.tunnels:
        policy = tunnel.site.policy
        socket = world.ipsec_socket(tunnel.name)
        found.data.setdefault("negotiated", {})[tunnel.name] = report = {}
        ike = _reported(ipsec.associations(socket)[0], ipsec.expected_ike(policy))
        _same(found, f"{tunnel.name}: the IKE proposal is the policy's", ike, ipsec.expected_ike(policy))
        before = {child["uniqueid"] for child in ipsec.children(socket)}
        world[tunnel.name].run("swanctl", "--rekey", "--child", tunnel.interface, "--uri", f"unix://{socket}")
        wait(lambda s=socket, b=before: bool(_new_children(s, b)), f"{tunnel.name} is not rekeyed", 10)
        expected = ipsec.expected_esp(policy, rekeyed=True)
        esp = _reported(_new_children(socket, before)[0], expected)
        _same(found, f"{tunnel.name}: the ESP proposal is the policy's", esp, expected)
        report |= {"ike": ike, "esp": esp}


def one_field_changed(settings: Settings, key: str, found: Findings, say: Say, fields: list[str]) -> None:
    """For each field, changes it at the gateway only: the tunnel must not come up, or not survive its first rekeying
    where the field is the PFS group, which IKEv2 may negotiate no earlier. With no field changed it must come up."""
    for field in ["", *fields]:
        say(f"the gateway's policy {f'with another {field}' if field else 'unchanged'}")
        with World(blueprint(settings, key)) as world:
            tunnel = world.blueprint.tunnels[0]
            if field:
                world.gateway_policy = changed(tunnel.site.policy, field)
            build_tunnels_only(world)
            socket = world.ipsec_socket(tunnel.name)
            time.sleep(REFUSAL_SECONDS)
            up = bool(ipsec.children(socket))
            detail = f"after {REFUSAL_SECONDS:g} s the tunnel is {'up' if up else 'not up'}"
            if not field:
                found.check("nothing changed at the gateway: the tunnel comes up", up, detail)
                continue
            if field == "pfs_group" and up:
                before = {child["uniqueid"] for child in ipsec.children(socket)}
                rekey = ["swanctl", "--rekey", "--child", tunnel.interface, "--uri", f"unix://{socket}"]
                world[tunnel.name].run(*rekey, check=False)
                time.sleep(2)
                up = bool(_new_children(socket, before))
                detail = f"up, since PFS is negotiated later; rekeying it {'works' if up else 'is refused'}"
            found.check(f"{field} changed at the gateway: refused", not up, detail)


def changed(policy: IpsecPolicy, field: str) -> IpsecPolicy:
    """A policy that differs from this one in one field. Raises LabError where the lab has no other value for it."""
    update = {field: CHANGED[field]}
    if field == "ipsec_encryption":
        update["ipsec_integrity"] = "SHA256"
    if getattr(policy, field) == CHANGED[field]:
        raise LabError(f"the policy's {field} is {CHANGED[field]} already")
    return policy.model_copy(update=update)


def _new_children(socket: str, before: set[str]) -> list[dict[str, Any]]:
    return [child for child in ipsec.children(socket) if child["uniqueid"] not in before]


def _reported(association: dict[str, Any], expected: dict[str, str]) -> dict[str, str]:
    names = {*expected, "encr-alg", "integ-alg", "prf-alg", "dh-group"}
    return {name: association[name] for name in sorted(names) if name in association}


def _same(found: Findings, name: str, real: dict[str, str], expected: dict[str, str]) -> None:
    words = " ".join(f"{key}={value}" for key, value in real.items())
    wanted = " ".join(f"{key}={value}" for key, value in sorted(expected.items()))
    found.check(name, real == expected, words if real == expected else f"{words}, but the policy is {wanted}")
