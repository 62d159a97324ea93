"""A connection's shared key, which has operations of its own (ROT-01, ROT-02): a connection's PUT leaves it alone."""

import secrets
import string

from simulator.errors import fail
from simulator.resources import ipsec
from simulator.resources.base import AnyCloud
from simulator.store import Json, Record

LENGTHS = (1, 128)
"""Of a key that Azure makes up (Reset-AzVirtualNetworkGatewayConnectionSharedKey)."""


def read(cloud: AnyCloud, connection: Record) -> Json:
    """The key in clear: who may read the connection may."""
    return {"value": cloud.store.unseal(connection.digests["sealedKey"]) if "sealedKey" in connection.digests else ""}


def keep(cloud: AnyCloud, connection: Record, key: str) -> None:
    """Let this be the key from now on; whether a live tunnel goes on until it is negotiated anew nobody documents
    (ROT-04): here it does not."""
    connection.digests |= {"sharedKey": cloud.store.digest(key), "sealedKey": cloud.store.seal(key)}
    connection.revision += 1
    cloud.store.save(connection)


def write(cloud: AnyCloud, connection: Record, given: Json) -> None:
    """Set the key."""
    _check_type(connection)
    key = given.get("value")
    if not isinstance(key, str) or not key:
        raise fail("InvalidRequestFormat", detail="Value for value is missing. Path 'value'.")
    ipsec.check_key(cloud.options, connection.id, key)
    keep(cloud, connection, key)


def reset(cloud: AnyCloud, connection: Record, given: Json) -> Json:
    """Let Azure make a key up, of so many characters."""
    _check_type(connection)
    length = given.get("keyLength")
    if not isinstance(length, int) or isinstance(length, bool) or not LENGTHS[0] <= length <= LENGTHS[1]:
        detail = f"{length} is not {LENGTHS[0]} to {LENGTHS[1]}. Path 'keyLength'."
        raise fail("InvalidRequestFormat", detail=detail)
    keep(cloud, connection, "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length)))
    return {"keyLength": length}


def _check_type(connection: Record) -> None:
    if connection.body.get("connectionType") != "IPsec":
        raise fail("CodeUnknown_CONN-01", id=connection.id, what="only an IPsec connection has a shared key")
