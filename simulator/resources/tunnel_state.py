"""What Azure says of a connection's state: connected or not, bytes, and its tunnels' security associations."""

from simulator import outside
from simulator.resources import paths, traffic
from simulator.resources.base import AnyCloud
from simulator.resources.failover_tests import utc
from simulator.store import Json, Record

_MAIN_MODE_S, _QUICK_MODE_S = 28_800, 27_000
"""IPSEC defaults: lifetimes of the two phases."""
_DEFAULT = {"ikeEncryption": "AES256", "ikeIntegrity": "SHA1", "dhGroup": "DHGroup2"}
"""What Azure and a device agree on without a policy, in the documented example of Get-..IkeSa."""


def view(cloud: AnyCloud, connection: Record, now: float) -> Json:
    """The part of a connection's GET that follows from the outside; nobody has said: Azure does not know either."""
    unknown = outside.load(cloud.store) is None or connection.state == "Failed"
    counted = traffic.counts(cloud, now)
    if connection.body.get("connectionType") == "ExpressRoute":
        up = bool(paths.reached(cloud, connection))
        count = counted.get(connection.key, traffic.Count())
        return _state("Unknown" if unknown else _word(connection, up=up), count.bytes)
    if unknown:
        return _state("Unknown", 0)
    tunnels = []
    for tunnel in paths.tunnels(cloud, connection):
        count = counted.get(tunnel.key, traffic.Count())
        one = _state(_word(connection, up=tunnel.up), count.bytes)
        if count.since is not None:
            one["lastConnectionEstablishedUtcTime"] = utc(count.since)
        tunnels.append({"tunnel": f"{connection.name}_{tunnel.own}", **one})
    up = any(one["connectionStatus"] == "Connected" for one in tunnels)
    total = sum(one["ingressBytesTransferred"] for one in tunnels)
    return _state(_word(connection, up=up), total) | {"tunnelConnectionStatus": tunnels}


def _word(connection: Record, *, up: bool) -> str:
    if up:
        return "Connected"
    return "Connecting" if connection.state == "Updating" else "NotConnected"


def _state(word: str, count: int) -> Json:
    return {"connectionStatus": word, "ingressBytesTransferred": count, "egressBytesTransferred": count}


def security_associations(cloud: AnyCloud, connection: Record, now: float) -> list[Json]:
    """The IKE security associations of a connection's live tunnels, as Get-AzVirtualNetworkGatewayConnectionIkeSa has
    them; the form of the quick mode's is ours, since its example shows none."""
    if connection.body.get("connectionType") != "IPsec":
        return []
    policy = next(iter(connection.body.get("ipsecPolicies") or []), _DEFAULT)
    site = cloud.store.get(connection.body["localNetworkGateway2"]["id"])
    counted = traffic.counts(cloud, now)
    found = []
    for tunnel in paths.tunnels(cloud, connection):
        if not tunnel.up:
            continue
        since = counted.get(tunnel.key, traffic.Count()).since
        elapsed = int(now - since) if since is not None else 0
        cookie = int(cloud.store.derive_uuid("ike", tunnel.key, elapsed // _MAIN_MODE_S).replace("-", ""), 16)
        found.append(
            {
                "localEndpoint": tunnel.own,
                "remoteEndpoint": site.body.get("gatewayIpAddress") or site.body.get("fqdn") if site else "",
                "initiatorCookie": cookie >> 64,
                "responderCookie": cookie & (2**64 - 1),
                "localUdpEncapsulationPort": 0,
                "remoteUdpEncapsulationPort": 0,
                "encryption": policy["ikeEncryption"],
                "integrity": policy["ikeIntegrity"],
                "dhGroup": policy["dhGroup"],
                "lifeTimeSeconds": _MAIN_MODE_S,
                "isSaInitiator": connection.body.get("connectionMode") != "ResponderOnly",
                "elapsedTimeInseconds": elapsed % _MAIN_MODE_S,
                "quickModeSa": [_quick(policy)],
            }
        )
    return found


def _quick(policy: Json) -> Json:
    return {
        "encryption": policy.get("ipsecEncryption", "GCMAES256"),
        "integrity": policy.get("ipsecIntegrity", "GCMAES256"),
        "pfsGroup": policy.get("pfsGroup", "None"),
        "lifeTimeSeconds": policy.get("saLifeTimeSeconds", _QUICK_MODE_S),
    }
