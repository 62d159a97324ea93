"""Circuits and sites as settings, each with the prefixes that Azure has from it."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network
from itertools import takewhile
from typing import Any

from components.rules import ipsec, vpn
from components.rules.bgp import AZURE_ASN, MICROSOFT_ASN
from operations.live import LINKS, PEERING
from operations.survey.answers import Json, Learned, group_of, name_of, properties, reference
from operations.survey.found import Hub, Namer, Values, more_than, not_owned
from operations.survey.gateways import instances

_OF_CIRCUIT = (
    *("serviceProviderProperties", "serviceProviderProvisioningState", "circuitProvisioningState", "peerings"),
    *("authorizations", "expressRoutePort", "bandwidthInGbps", "serviceKey", "stag", "serviceProviderNotes"),
)
_OF_CONNECTION = (
    *("routingWeight", "enableBgp", "ipsecPolicies", "connectionProtocol", "connectionType", "connectionMode"),
    *("dpdTimeoutSeconds", "localNetworkGateway2", "virtualNetworkGateway1", "connectionStatus", "peer", "sharedKey"),
    *("ingressBytesTransferred", "egressBytesTransferred", "tunnelConnectionStatus", "authorizationKey"),
    *("expressRouteGatewayBypass", "gatewayCustomBgpIpAddresses"),
)
_POLICY = {
    "ikeEncryption": "ike_encryption",
    "ikeIntegrity": "ike_integrity",
    "dhGroup": "dh_group",
    "ipsecEncryption": "ipsec_encryption",
    "ipsecIntegrity": "ipsec_integrity",
    "pfsGroup": "pfs_group",
    "saLifeTimeSeconds": "sa_life_time_seconds",
    "saDataSizeKilobytes": "sa_data_size_kilobytes",
}


def networks(texts: Iterable[str]) -> list[IPv4Network]:
    """The IPv4 prefixes among these, each once, in order."""
    found: set[IPv4Network] = set()
    for text in texts:
        try:
            found.add(IPv4Network(text))
        except ValueError:
            continue
    return sorted(found)


def widest(prefixes: Iterable[IPv4Network]) -> list[IPv4Network]:
    """Those that lie in no other."""
    found: list[IPv4Network] = []
    for prefix in sorted(set(prefixes)):
        if not (found and prefix.subnet_of(found[-1])):
            found.append(prefix)
    return found


def connections(hub: Hub, gateway: Json | None) -> list[Json]:
    """The connections of a gateway, in the order of their names."""
    if gateway is None:
        return []
    id = str(gateway["id"]).lower()
    found = [
        one for one in hub.answers.of_type("connections") if reference(one, "virtualNetworkGateway1").lower() == id
    ]
    return sorted(found, key=lambda one: str(one.get("name")))


def circuits(hub: Hub, gateway: Json | None) -> list[Values]:
    """`expressRoute.circuits`, with `prefixes` where they were told."""
    found, namer, w = [], Namer(), hub.workload
    used: dict[str, Json] = {}
    for connection in connections(hub, gateway):
        id = reference(connection, "peer")
        if not hub.is_own(str(connection["id"])):
            _undeclared(hub, connection, f"it is in another resource group than {name_of(hub.group)}")
        elif more := more_than(connection, _OF_CONNECTION, {}):
            _undeclared(hub, connection, f"it has {', '.join(more)}, which no setting says")
        elif id.lower() in used:
            _undeclared(hub, connection, "its circuit is connected by another one too")
        else:
            used[id.lower()] = connection
    learned = hub.answers.learned.get(str((gateway or {}).get("id") or "").lower())
    known = {row.prefix for circuit in used for link in LINKS for row in hub.answers.links.get(f"{circuit}/{link}", ())}
    for circuit, connection in used.items():
        id, name = reference(connection, "peer"), str(connection.get("name"))
        forms = [(rf"con-{w}-er-(.+)", name), (rf"erc-{w}-(.+)", name_of(id))]
        said = _circuit(hub, namer.name(forms, "circuit"), id, connection)
        said["prefixes"] = _over(hub, circuit, learned, known, f"circuit {said['name']}")
        rows = [row for link in LINKS for row in hub.answers.links.get(f"{circuit}/{link}", ())]
        if repeated := _repeated([row.path for row in rows if AZURE_ASN not in row.path]):
            said["prepend"] = repeated
        found.append(said)
    for circuit in hub.answers.of_type("expressRouteCircuits"):
        id, name = str(circuit["id"]), str(circuit.get("name"))
        if id.lower() in used:
            continue
        if hub.is_own(id) and re.fullmatch(rf"erc-{w}-.+", name) and not more_than(circuit, _OF_CIRCUIT, {}):
            found.append(_circuit(hub, namer.name([(rf"erc-{w}-(.+)", name)], "circuit"), id, None))
        else:
            hub.leave(f"circuit {name}", "it is not connected to this hub: not in the file")
    return found


def _undeclared(hub: Hub, connection: Json, why: str) -> None:
    hub.leave(
        f"connection {connection.get('name')}", f"it stays as it is, and the proof does not know this path: {why}"
    )


def _circuit(hub: Hub, name: str, id: str, connection: Json | None) -> Values:
    found, document = Values(name=name), hub.read(id)
    why = _not_owned(hub, id, document)
    inside = properties(document or {})
    provided, port = inside.get("serviceProviderProperties") or {}, (inside.get("expressRoutePort") or {}).get("id")
    sku = (document or {}).get("sku") or {}
    if why:
        found["existing"] = {"id": id}
        hub.note(f"circuit {name}", f"used as it is: {why}")
        if provided.get("peeringLocation"):
            found["peeringLocation"] = provided["peeringLocation"]
    elif port:
        found["port"] = {"id": port, "bandwidthInGbps": inside.get("bandwidthInGbps")}
    else:
        found |= {
            "provider": provided.get("serviceProviderName"),
            "peeringLocation": provided.get("peeringLocation"),
            "bandwidthInMbps": provided.get("bandwidthInMbps"),
        }
    if sku.get("tier") and sku["tier"] != "Standard":
        found["tier"] = sku["tier"]
    if not why and sku.get("family") and sku["family"] != "MeteredData":
        found["family"] = sku["family"]
    if not why:
        hub.own[f"circuits.{name}"] = name_of(id)
        _peered(hub, found, name, inside)
        if names := [str(one.get("name")) for one in inside.get("authorizations") or ()]:
            found["authorizations"] = sorted(names)
    if connection is None:
        found["connect"] = "never" if inside.get("serviceProviderProvisioningState") == "Provisioned" else "auto"
        if found["connect"] == "auto":
            del found["connect"]
        return found
    if why or port:
        found["connect"] = "always"
    said = properties(connection)
    hub.own[f"circuitConnections.{name}"] = str(connection.get("name"))
    if said.get("routingWeight"):
        found["routingWeight"] = said["routingWeight"]
    if said.get("expressRouteGatewayBypass"):
        found["fastPath"] = True
    if said.get("authorizationKey") or _subscription(id) != _subscription(hub.group):
        hub.need("circuitAuthorizationKeys", name)
    return found


def _not_owned(hub: Hub, id: str, document: Json | None) -> str:
    if _subscription(id) != _subscription(hub.group):
        return "it is in another subscription"
    if document is None:
        return f"it could not be read ({hub.answers.why(id)})"
    return not_owned(hub, document, _OF_CIRCUIT, {})


def _subscription(id: str) -> str:
    return id.lower().split("/")[2] if id.count("/") > 1 else ""


def _peered(hub: Hub, found: Values, name: str, inside: Json) -> None:
    """The private peering, where the customer made it; the provider's is its own."""
    peerings = [properties(one) for one in inside.get("peerings") or () if one.get("name") == PEERING]
    if not peerings:
        return
    peering = peerings[0]
    if peering.get("lastModifiedBy") not in (None, "", "Customer"):
        hub.note(f"circuit {name}", f"its peering was made by {peering['lastModifiedBy']}, and is not this stack's")
        return
    found["privatePeering"] = {
        "peerAsn": peering.get("peerASN"),
        "vlanId": peering.get("vlanId"),
        "primaryPrefix": peering.get("primaryPeerAddressPrefix"),
        "secondaryPrefix": peering.get("secondaryPeerAddressPrefix"),
    }
    if peering.get("sharedKey"):
        hub.need("peeringSharedKeys", name)


def _over(
    hub: Hub, circuit: str, learned: Sequence[Learned] | None, known: set[str], path: str
) -> list[IPv4Network] | None:
    """What on-premises announces over a circuit; None where nobody tells."""
    links = [hub.answers.links.get(f"{circuit}/{link}") for link in LINKS]
    told = [rows for rows in links if rows is not None]
    if told:
        return networks(row.prefix for rows in told for row in rows if AZURE_ASN not in row.path)
    if learned is None:
        hub.note(path, "Azure did not tell what on-premises announces over it")
        return None
    hub.note(path, "its prefixes are those that the gateway has over ExpressRoute, and no other circuit announces")
    return networks(row.prefix for row in learned if row.path[:1] == (MICROSOFT_ASN,) and row.prefix not in known)


def sites(hub: Hub, gateway: Json | None) -> list[Values]:
    """`vpn.sites`, with `prefixes` where they were told."""
    found, namer = [], Namer()
    for connection in connections(hub, gateway):
        local_id, name = reference(connection, "localNetworkGateway2"), str(connection.get("name"))
        local, inside = hub.read(local_id), properties(connection)
        forms = [(rf"con-{hub.workload}-vpn-(.+)", name), (rf"lgw-{hub.workload}-(.+)", name_of(local_id))]
        more = more_than(connection, _OF_CONNECTION, {})
        if not hub.is_own(str(connection["id"])):
            _undeclared(hub, connection, f"it is in another resource group than {name_of(hub.group)}")
        elif inside.get("connectionType") != "IPsec":
            _undeclared(hub, connection, f"it is of type {inside.get('connectionType')}")
        elif local is None:
            _undeclared(hub, connection, f"its local network gateway could not be read ({hub.answers.why(local_id)})")
        elif not hub.is_own(local_id):
            _undeclared(hub, connection, f"its local network gateway is in {name_of(group_of(local_id))}")
        elif inside.get("connectionProtocol", "IKEv2") != "IKEv2":
            _undeclared(hub, connection, f"it is of {inside['connectionProtocol']}, which Azure changes only anew")
        elif more:
            _undeclared(hub, connection, f"it has {', '.join(more)}, which no setting says")
        else:
            found.append(_site(hub, namer.name(forms, "site"), connection, local, gateway or {}))
    return found


def _site(hub: Hub, name: str, connection: Json, local: Json, gateway: Json) -> Values:
    inside, end, found = properties(connection), properties(local), Values(name=name)
    hub.own[f"localNetworkGateways.{name}"] = name_of(str(local["id"]))
    hub.own[f"siteConnections.{name}"] = name_of(str(connection["id"]))
    hub.need("vpnSharedKeys", name)
    found |= {"fqdn": end["fqdn"]} if end.get("fqdn") else {"publicIp": end.get("gatewayIpAddress")}
    if policies := inside.get("ipsecPolicies"):
        strong = {field: ipsec.STRONG_POLICY[name] for field, name in _POLICY.items()}
        # What is the settings' default is left out, as in any settings.
        if own := {field: policies[0].get(field) for field in _POLICY if policies[0].get(field) != strong[field]}:
            found["ipsecPolicy"] = own
    else:
        found["azurePolicy"] = True
        hub.note(f"site {name}", "it has no policy of its own; azurePolicy keeps it so")
    if inside.get("connectionMode", vpn.DEFAULT_CONNECTION_MODE) != vpn.DEFAULT_CONNECTION_MODE:
        found["connectionMode"] = inside["connectionMode"]
    if not inside.get("dpdTimeoutSeconds"):
        hub.note(
            f"site {name}", f"dead peer detection is Azure's own: an update says {ipsec.DEFAULT_DPD_SECONDS} seconds"
        )
    if (inside.get("dpdTimeoutSeconds") or ipsec.DEFAULT_DPD_SECONDS) != ipsec.DEFAULT_DPD_SECONDS:
        found["dpdTimeoutSeconds"] = inside["dpdTimeoutSeconds"]
    there = instances(gateway)
    if (number := _one_instance(inside, there)) is not None:
        found["instance"] = number
        hub.note(f"site {name}", f"of its tunnels only the one to instance {number} is up")
    space = networks((end.get("localNetworkAddressSpace") or {}).get("addressPrefixes") or ())
    if not inside.get("enableBgp"):
        found["prefixes"] = space
        return found
    speaker = end.get("bgpSettings") or {}
    peer = str(speaker.get("bgpPeeringAddress") or "")
    found["bgp"] = {"asn": speaker.get("asn"), "peerAddress": peer}
    given = {
        str(one.get("ipConfigurationId")).lower(): one.get("customBgpIpAddress")
        for one in inside.get("gatewayCustomBgpIpAddresses") or ()
    }
    if ordered := [given[one["configuration"]] for one in there if one["configuration"] in given]:
        found["bgp"]["gatewayAddresses"] = ordered
    if space:
        hub.note(f"site {name}", f"its local network gateway lists {', '.join(map(str, space))} too, beside BGP")
    learned = hub.answers.learned.get(str(gateway.get("id") or "").lower())
    if learned is None:
        hub.note(f"site {name}", "Azure did not tell what it announces: nothing, as long as nobody says")
        found["prefixes"] = None
        return found
    rows = [row for row in learned if row.origin == "EBgp" and row.peer == peer]
    found["prefixes"] = networks(row.prefix for row in rows)
    if repeated := _repeated([row.path for row in rows]):
        found["prepend"] = repeated
    return found


def _repeated(paths: Sequence[tuple[int, ...]]) -> int:
    """How many times more the neighbour's AS number stands in every path that it announces."""
    counts = [len([*takewhile(lambda number, first=path[0]: number == first, path)]) for path in paths if path]
    return min(counts, default=1) - 1


def _one_instance(inside: Json, there: Sequence[dict[str, Any]]) -> int | None:
    """The one instance that a connection's tunnel ends on, as the states of its tunnels show."""
    up = set()
    for tunnel in inside.get("tunnelConnectionStatus") or ():
        address = str(tunnel.get("tunnel")).rpartition("_")[2]
        numbers = [number for number, one in enumerate(there) if address in one["tunnel"]]
        if tunnel.get("connectionStatus") == "Connected":
            up.update(numbers)
    return next(iter(up)) if len(there) == 2 and len(up) == 1 else None
