"""Peerings of virtual networks: two sides, each a resource of its own network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator import prefixes
from simulator.errors import fail
from simulator.prefixes import Network
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.store import Json, Record

MOST = 500
"""SPOKE-15: peerings of one virtual network."""
DISCONNECTED = "Disconnected"


def spaces(network: Json, id: str) -> list[Network]:
    """A virtual network's address spaces."""
    texts = (network.get("addressSpace") or {}).get("addressPrefixes") or []
    return [prefixes.read(text, id) for text in texts]


def peerings_of(cloud: AnyCloud, network: str) -> list[Record]:
    """The sides that a network has."""
    return cloud.store.find(token="azure-native:network:VirtualNetworkPeering", parent=network)


def remote_of(peering: Record) -> str:
    """Id of the network on the other side, in lower case."""
    return peering.body["remoteVirtualNetwork"]["id"].lower()


def other_side(cloud: AnyCloud, network: str, remote: str) -> Record | None:
    """The remote network's side of the peering with a network."""
    return next((peer for peer in peerings_of(cloud, remote) if remote_of(peer) == network.lower()), None)


def uses_remote_gateways(cloud: AnyCloud, network: str) -> Record | None:
    """The side of a network that uses another's gateways."""
    return next((peer for peer in peerings_of(cloud, network) if peer.body.get("useRemoteGateways")), None)


def users_of_gateways(cloud: AnyCloud, network: str) -> list[Record]:
    """The sides in other networks that use the gateways of this one."""
    found = (other_side(cloud, network, remote_of(peer)) for peer in peerings_of(cloud, network))
    return [peer for peer in found if peer is not None and peer.body.get("useRemoteGateways")]


def refuse_overlap(request: Request, nets: Sequence[Network]) -> None:
    """SPOKE-06: a peered network takes no address of a network that it is peered with."""
    for peer in peerings_of(request.cloud, request.id):
        if (remote := request.cloud.store.get(remote_of(peer))) and _shared(nets, spaces(remote.body, remote.id)):
            raise fail("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", id=peer.id, first=request.id, second=remote.id)


@dataclass(frozen=True)
class Peering(Kind):
    """One side of a virtual network peering."""

    def holds(self, request: Request) -> frozenset[str]:
        return frozenset({request.id.lower(), f"peerings of {request.rid.parent.lower()}"})

    def check(self, request: Request) -> None:
        cloud = request.cloud
        own = cloud.store.get(request.rid.parent)
        remote = request.record(request.inputs.get("remoteVirtualNetwork"))
        if own is None or remote is None:
            raise fail("InvalidRequestFormat", detail="Value for reference id is missing. Path remoteVirtualNetwork")
        request.immutable(
            remoteVirtualNetwork=((request.before.get("remoteVirtualNetwork") or {}).get("id"), remote.id)
            if request.old
            else (None, None)
        )
        for network in (own, remote):
            for operation in cloud.store.open_operations():
                if network.key in operation.holds:
                    raise fail(
                        "ReferencedResourceNotProvisioned",
                        target=network.id,
                        id=request.id,
                        state="Updating",
                        operation=operation.name,
                    )
        others = [peer for peer in peerings_of(cloud, own.key) if peer.key != request.id.lower()]
        self._check_networks(request, own, remote, others)
        back = other_side(cloud, own.key, remote.key)
        if back is not None and _state(back) == DISCONNECTED:
            raise fail("RemotePeeringIsDisconnected", id=request.id, remote=back.id, network=remote.id)
        if request.inputs.get("useRemoteGateways"):
            self._check_gateways(request, own, remote, others, back)
        elif back is not None and back.body.get("useRemoteGateways") and not request.inputs.get("allowGatewayTransit"):
            raise fail("CodeUnknown_SPOKE-02", id=back.id)

    @staticmethod
    def _check_networks(request: Request, own: Record, remote: Record, others: Sequence[Record]) -> None:
        """SPOKE-06, SPOKE-07 and SPOKE-15."""
        if own.key == remote.key:
            raise fail("CodeUnknown_SPOKE-07", id=request.id)
        if len(others) >= MOST:
            raise fail("CodeUnknown_SPOKE-15", network=own.id, most=MOST)
        for other in others:
            if remote_of(other) == remote.key:
                raise fail("AnotherPeeringAlreadyReferencesRemoteVnet", id=request.id, other=other.id, remote=remote.id)
        theirs = spaces(remote.body, remote.id)
        if shared := _shared(spaces(own.body, own.id), theirs):
            raise fail("VnetAddressSpacesOverlap", id=request.id, first=own.id, second=remote.id, prefixes=shared[0])
        for other in others:
            third = request.cloud.store.get(remote_of(other))
            if third is not None and _shared(theirs, spaces(third.body, third.id)):
                raise fail(
                    "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", id=request.id, first=remote.id, second=third.id
                )

    @staticmethod
    def _check_gateways(
        request: Request, own: Record, remote: Record, others: Sequence[Record], back: Record | None
    ) -> None:
        """SPOKE-02 to SPOKE-04: whose gateways this side may use."""
        if not any(gateway.state == "Succeeded" for gateway in _gateways(request.cloud, remote.key)):
            raise fail("RemoteVnetHasNoGateways", id=request.id, remote=remote.id)
        if back is not None and not back.body.get("allowGatewayTransit"):
            raise fail("CodeUnknown_SPOKE-02", id=request.id)
        for other in others:
            if other.body.get("useRemoteGateways"):
                raise fail("CodeUnknown_SPOKE-03", id=request.id, other=other.id)
        if found := list(_gateways(request.cloud, own.key)):
            raise fail("CodeUnknown_SPOKE-04", id=request.id, gateway=found[0].id)

    def body(self, request: Request) -> Json:
        """What is kept: the remote network's space as of now, where that is asked for or nothing was known yet."""
        body = super().body(request)
        sync = str(body.pop("syncRemoteAddressSpace", "false")).lower() == "true"
        remote = request.record(body["remoteVirtualNetwork"])
        known = request.before.get("remoteAddressSpace")
        back = other_side(request.cloud, request.rid.parent, remote.key) if remote else None
        fresh = known is None or sync
        space = (remote.body.get("addressSpace") if remote else None) or {}
        for name in ("remoteVirtualNetworkAddressSpace", "peeringSyncLevel", "peeringState"):
            body.pop(name, None)
        return body | {
            "remoteAddressSpace": {"addressPrefixes": space.get("addressPrefixes", [])} if fresh else known,
            "peeringState": "Initiated" if back is None else "Connected",
        }

    def settled(self, cloud: AnyCloud, record: Record) -> None:
        """The first side becomes Connected with the second (SPOKE-01)."""
        back = other_side(cloud, record.parent, remote_of(record))
        if back is not None and _state(back) != DISCONNECTED:
            for one in (record, back):
                one.body["peeringState"] = "Connected"
                cloud.store.save(one)

    def removed(self, cloud: AnyCloud, record: Record) -> None:
        """SPOKE-08: the other side stays, and is Disconnected."""
        back = other_side(cloud, record.parent, remote_of(record))
        if back is not None:
            back.body["peeringState"] = DISCONNECTED
            cloud.store.save(back)

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        own, remote = cloud.store.get(record.parent), cloud.store.get(remote_of(record))
        back = other_side(cloud, record.parent, remote_of(record))
        current = (remote.body.get("addressSpace") if remote else None) or {}
        behind = remote is not None and not _same(record.body.get("remoteAddressSpace"), current)
        left = (
            own is not None
            and back is not None
            and not _same(back.body.get("remoteAddressSpace"), own.body.get("addressSpace"))
        )
        levels = {(False, False): "FullyInSync", (True, False): "RemoteNotInSync", (False, True): "LocalNotInSync"}
        return body | {
            "peeringState": _state(record) if remote is not None else DISCONNECTED,
            "peeringSyncLevel": levels.get((behind or back is None, left), "LocalAndRemoteNotInSync"),
            "remoteVirtualNetworkAddressSpace": {"addressPrefixes": current.get("addressPrefixes", [])},
        }


def _state(peering: Record) -> str:
    return peering.body.get("peeringState", "Initiated")


def _gateways(cloud: AnyCloud, network: str) -> Iterator[Record]:
    """The virtual network gateways in a network."""
    for gateway in cloud.find("VirtualNetworkGateway"):
        for config in gateway.body.get("ipConfigurations") or []:
            if (config.get("subnet") or {}).get("id", "").lower().startswith(f"{network.lower()}/subnets/"):
                yield gateway
                break


def _shared(first: Sequence[Network], second: Sequence[Network]) -> list[Network]:
    return [net for net in first if any(prefixes.overlap(net, other) for other in second)]


def _same(first: Json | None, second: Json | None) -> bool:
    """Whether two address spaces have the same prefixes, in whatever order."""
    return sorted((first or {}).get("addressPrefixes", [])) == sorted((second or {}).get("addressPrefixes", []))


KINDS = (
    Peering(
        "azure-native:network:VirtualNetworkPeering",
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        ("virtualNetworkName", "virtualNetworkPeeringName"),
        "VirtualNetworkPeering",
        duration="virtualNetworkPeering",
        # SPOKE-16.
        across={"remoteVirtualNetwork": "Microsoft.Network/virtualNetworks/peer/action"},
        defaults={
            "allowForwardedTraffic": False,
            "allowGatewayTransit": False,
            "allowVirtualNetworkAccess": True,
            "doNotVerifyRemoteGateways": False,
            "useRemoteGateways": False,
        },
    ),
)
