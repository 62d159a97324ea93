"""The spokes of a hub as settings, and what is peered with it without being one."""

from collections.abc import Mapping, Sequence

from operations.survey.answers import Json, group_of, name_of, properties, reference
from operations.survey.found import Hub, Namer, Values, more_than, once
from operations.survey.network import prefixes, tiers

_OF_PEERING = (
    *("remoteVirtualNetwork", "allowForwardedTraffic", "allowGatewayTransit", "allowVirtualNetworkAccess"),
    *("useRemoteGateways", "peeringState", "peeringSyncLevel", "remoteAddressSpace"),
    *("remoteVirtualNetworkAddressSpace", "doNotVerifyRemoteGateways", "remoteBgpCommunities"),
)
_USUAL_PEERING = {"peerCompleteVnets": True}
_OF_NETWORK = ("addressSpace", "dhcpOptions", "subnets", "virtualNetworkPeerings")
_USUAL_NETWORK = {"privateEndpointVNetPolicies": "Disabled"}


def spokes(hub: Hub, words: Mapping[str, Sequence[str]]) -> list[Values]:
    """`network.spokes`. words: what each word for sources stands for in the hub."""
    found, namer = [], Namer()
    for peering in properties(hub.network).get("virtualNetworkPeerings") or ():
        name, remote_id = str(peering.get("name")), reference(peering, "remoteVirtualNetwork")
        remote = hub.read(remote_id)
        if remote is None:
            why = hub.answers.why(remote_id) or "there is no such network"
            hub.leave(
                f"network {name_of(remote_id)}, peered by {name}", f"it could not be read: {why}; not in the file"
            )
            continue
        back = _back(hub, remote)
        if back is None or not properties(back).get("useRemoteGateways"):
            hub.leave(
                f"network {name_of(remote_id)}, peered by {name}",
                "it does not use the hub's gateways, so it is no spoke: not in the file",
            )
            continue
        if more := [*more_than(peering, _OF_PEERING, _USUAL_PEERING), *more_than(back, _OF_PEERING, _USUAL_PEERING)]:
            hub.leave(f"peering {name}", f"it has {', '.join(more)}, which no setting says: not in the file")
            continue
        forms = [
            (rf"peer-{hub.workload}-hub-to-(.+)", name),
            (rf"peer-{hub.workload}-(.+)-to-hub", str(back.get("name"))),
            (rf"vnet-{hub.workload}-(.+)", name_of(remote_id)),
            ("(.+)", name_of(remote_id)),
        ]
        found.append(_spoke(hub, namer.name(forms, "spoke"), peering, back, remote, words))
    return found


def _back(hub: Hub, remote: Json) -> Json | None:
    """The other side of a peering."""
    own = str(hub.network["id"]).lower()
    sides = properties(remote).get("virtualNetworkPeerings") or ()
    return next((one for one in sides if reference(one, "remoteVirtualNetwork").lower() == own), None)


def _spoke(hub: Hub, name: str, peering: Json, back: Json, remote: Json, words: Mapping[str, Sequence[str]]) -> Values:
    id, found = str(remote["id"]), Values(name=name, addressSpace=prefixes(remote))
    hub.own[f"hubPeerings.{name}"] = str(peering.get("name"))
    hub.own[f"spokePeerings.{name}"] = str(back.get("name"))
    here, elsewhere = group_of(id), id.lower().split("/")[2] != hub.group.split("/")[2]
    own_group = f"rg-{hub.workload}-{name}"
    why = ""
    if more := more_than(remote, _OF_NETWORK, _USUAL_NETWORK):
        why = f"it has {', '.join(more)}, which no setting says and an update would take away"
    elif here != hub.group and name_of(here) != own_group.lower():
        why = f"it is in {name_of(here)}"
    elif hub.as_is:
        why = "asked for (--as-is)"
    location = str(remote.get("location"))
    if why:
        found["existing"] = {"id": id}
        hub.note(f"spoke {name}", f"used as it is: {why}")
    else:
        hub.own[f"spokeNetworks.{name}"] = name_of(id)
        if elsewhere:
            found["subscription"] = id.split("/")[2]
        elif here != hub.group:
            found["resourceGroup"] = {"name": own_group}
        if servers := (properties(remote).get("dhcpOptions") or {}).get("dnsServers"):
            found["dnsServers"] = servers
    if location != str(hub.network.get("location")):
        found["location"] = location
    forwarded = [bool(properties(side).get("allowForwardedTraffic")) for side in (peering, back)]
    if not all(forwarded):
        found["forwardedTraffic"] = False
    if forwarded[0] != forwarded[1]:
        hub.note(f"spoke {name}", "only one side of its peering lets in forwarded traffic: an update makes both alike")
    own_words = {**words, "virtualNetwork": found["addressSpace"]}
    if made := tiers(hub, remote, {word: own_words[word] for word in once([*own_words])}, name, here):
        found["tiers"] = made
    return found
