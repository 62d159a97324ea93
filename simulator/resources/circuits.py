"""ExpressRoute circuits with their peerings and authorizations, and what the connectivity provider does to them."""

from dataclasses import dataclass

from simulator import prefixes
from simulator.errors import AzureError, fail
from simulator.resources import bgp
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.resources.gateways import connections_to, network_of
from simulator.resources.networks import spaces
from simulator.store import Json, Record

BANDWIDTHS_MBPS = (50, 100, 200, 500, 1000, 2000, 5000, 10000)
"""CIRCUIT-03."""
TIERS = ("Local", "Standard", "Premium")
"""CIRCUIT-01: what is documented; the SDK also has Basic."""
LINKS_STANDARD = 10
"""LIMIT-08: virtual network links of a Local or Standard circuit."""
_STATE = "serviceProviderProvisioningState"


_PEERINGS = ("AzurePrivatePeering", "MicrosoftPeering")


def _type_of(name: str) -> str:
    """A peering's type by its name, which is the same but for case: Azure's REST reference takes a body without one."""
    return next((known for known in _PEERINGS if known.lower() == name.lower()), name)


def _linked(cloud: AnyCloud, circuit: str) -> str:
    found = connections_to(cloud, circuit)
    return found[0].id if found else ""


def _networks_near(request: Request) -> list[Record]:
    """The virtual networks of a peering's subscription, and those of others that its circuit is connected to."""
    cloud = request.cloud
    linked = set()
    for connection in connections_to(cloud, request.rid.parent):
        gateway = request.record(connection.body["virtualNetworkGateway1"])
        linked.add(network_of(gateway.body) if gateway else "")
    own = f"/subscriptions/{request.rid.subscription}/".lower()
    return [found for found in cloud.find("VirtualNetwork") if found.key.startswith(own) or found.key in linked]


def _bandwidth(circuit: Json) -> float:
    """Of one kind of circuit always in the same unit."""
    provider = circuit.get("serviceProviderProperties") or {}
    return provider.get("bandwidthInMbps") or circuit.get("bandwidthInGbps") or 0


@dataclass(frozen=True)
class Circuit(Kind):
    """A circuit, from a provider or on an ExpressRoute Direct port."""

    def check(self, request: Request) -> None:
        circuit = request.inputs
        self._check_sku(request)
        port, provider = circuit.get("expressRoutePort"), circuit.get("serviceProviderProperties")
        if bool(port) == bool(provider):
            what = "it has either expressRoutePort or serviceProviderProperties"
            raise fail("CodeUnknown_CIRCUIT-05", id=request.id, what=what)
        if port and not circuit.get("bandwidthInGbps"):
            raise fail("CodeUnknown_CIRCUIT-05", id=request.id, what="a circuit on a port needs bandwidthInGbps")
        if provider:
            for name in ("serviceProviderName", "peeringLocation", "bandwidthInMbps"):
                if not provider.get(name):
                    what = f"missing required property 'serviceProviderProperties.{name}'"
                    raise fail("InvalidRequestFormat", detail=what)
            if provider["bandwidthInMbps"] not in BANDWIDTHS_MBPS:
                raise fail("CodeUnknown_CIRCUIT-03", id=request.id, value=provider["bandwidthInMbps"])
        if request.old is not None:
            self._check_change(request, request.before)

    @staticmethod
    def _check_sku(request: Request) -> None:
        sku = request.inputs.get("sku") or {}
        tier, family, name = sku.get("tier"), sku.get("family"), sku.get("name")
        what = ""
        if not (tier and family and name):
            what = "it needs name, tier and family"
        elif tier not in TIERS:
            what = f"tier {tier} is none of {', '.join(TIERS)}"
        elif name != f"{tier}_{family}":
            what = f"name {name} is not {tier}_{family}"
        elif tier == "Local" and family != "UnlimitedData":
            what = "tier Local implies UnlimitedData"
        if what:
            raise fail("CodeUnknown_CIRCUIT-01", id=request.id, what=what)

    @staticmethod
    def _check_change(request: Request, old: Json) -> None:
        new = request.inputs
        provider, before = new.get("serviceProviderProperties") or {}, old.get("serviceProviderProperties") or {}
        what = ""
        if bool(provider) != bool(before):
            what = "provider and port cannot be exchanged"
        elif any(provider.get(name) != before.get(name) for name in ("serviceProviderName", "peeringLocation")):
            what = "provider and peering location are fixed"
        elif _bandwidth(new) < _bandwidth(old):
            what = "bandwidth cannot go down"
        elif old["sku"]["family"] == "UnlimitedData" and new["sku"]["family"] == "MeteredData":
            what = "UnlimitedData cannot become MeteredData"
        elif old["sku"]["tier"] != "Local" and new["sku"]["tier"] == "Local":
            what = f"tier {old['sku']['tier']} cannot become Local"
        elif old["sku"]["tier"] == "Premium" and new["sku"]["tier"] != "Premium":
            links = len(connections_to(request.cloud, request.id))
            if links > LINKS_STANDARD:
                what = f"{links} links are more than tier {new['sku']['tier']} allows"
        if what:
            raise fail("CodeUnknown_CIRCUIT-04", id=request.id, what=what)

    def body(self, request: Request) -> Json:
        body = super().body(request)
        for name in ("serviceKey", "authorizations"):
            body.pop(name, None)
        if body.get("serviceProviderProperties"):
            body[_STATE] = request.before.get(_STATE, "NotProvisioned")
        else:
            body.pop(_STATE, None)
        body["circuitProvisioningState"] = "Enabled"
        return body

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        if body.get("expressRoutePort"):
            # Microsoft's page on circuits of ExpressRoute Direct shows one so: there is no provider to wait for.
            body[_STATE] = "Provisioned"
        return body | {"serviceKey": cloud.store.derive_uuid("serviceKey", record.key, record.born)}

    def settled(self, cloud: AnyCloud, record: Record) -> None:
        after = cloud.options.provider_provisions_after_min
        if after and record.body.get(_STATE) == "NotProvisioned" and not record.digests.get("ordered"):
            record.digests["ordered"] = "yes"
            cloud.store.save(record)
            cloud.start_provider_work(record, "provision", {_STATE: "Provisioned"}, after)

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        if record.body.get(_STATE, "NotProvisioned") != "NotProvisioned":
            raise fail("ConflictError")
        children = cloud.store.find(parent=record.key)
        if user := _linked(cloud, record.key) or next((child.id for child in children), ""):
            raise fail("CodeUnknown_DELETE-07", id=record.id, user=user)


@dataclass(frozen=True)
class Peering(Kind):
    """A circuit's peering; one circuit works on one of its parts at a time (ORDER-05)."""

    def holds(self, request: Request) -> frozenset[str]:
        return frozenset({request.id.lower(), f"parts of {request.rid.parent.lower()}"})

    def holds_delete(self, cloud: AnyCloud, record: Record) -> frozenset[str]:
        return frozenset({record.key, f"parts of {record.parent}"})

    def check(self, request: Request) -> None:
        circuit = request.cloud.store.get(request.rid.parent)
        assert circuit is not None
        state = circuit.body.get(_STATE, "Provisioned")
        if state != "Provisioned":
            raise fail("ServiceProviderNotProvisioned", state=state, key="(hidden)")
        peering = request.inputs
        kind = peering.get("peeringType") or _type_of(request.rid.name)
        if kind not in _PEERINGS:
            raise fail("CodeUnknown_CIRCUIT-12", id=request.id, what=f"peering type {kind} is not offered")
        if request.rid.name.lower() != kind.lower():
            raise fail("CodeUnknown_CIRCUIT-12", id=request.id, what=f"its name must be {kind}")
        if not peering.get("primaryPeerAddressPrefix") and not peering.get("ipv6PeeringConfig"):
            raise self._wrong(request, "it needs address prefixes")
        self._check_numbers(request)
        self._check_prefixes(request)

    @staticmethod
    def _wrong(request: Request, what: str) -> AzureError:
        return fail("CodeUnknown_CIRCUIT-10", id=request.id, what=what)

    def _check_numbers(self, request: Request) -> None:
        vlan, asn = request.inputs.get("vlanId"), request.inputs.get("peerASN")
        if vlan is None or not 1 <= vlan <= 4094:
            raise self._wrong(request, f"VLAN id {vlan} is not between 1 and 4094")
        if not asn:
            raise self._wrong(request, "it needs peerASN")
        if 65515 <= asn <= 65520 or asn == bgp.MICROSOFT_ASN:
            raise fail("CodeUnknown_BGP-06", id=request.id, asn=asn)

    def _check_prefixes(self, request: Request) -> None:
        nets = []
        sets = [(request.inputs, 4, 30)]
        if request.inputs.get("ipv6PeeringConfig"):
            sets.append((request.inputs["ipv6PeeringConfig"], 6, 126))
        for values, version, length in sets:
            texts = [values.get(name) for name in ("primaryPeerAddressPrefix", "secondaryPeerAddressPrefix")]
            if version == 4 and not any(texts):
                continue
            for text in texts:
                if not text:
                    raise self._wrong(request, "it needs a primary and a secondary prefix")
                net = prefixes.read(text, request.id)
                if net.version != version or net.prefixlen != length:
                    raise self._wrong(request, f"{text} is not an IPv{version} /{length}")
                nets.append(net)
        for index, first in enumerate(nets):
            if any(prefixes.overlap(first, second) for second in nets[:index]):
                raise self._wrong(request, f"{first} is given twice")
            for network in _networks_near(request):
                if any(prefixes.overlap(first, space) for space in spaces(network.body, network.id)):
                    raise self._wrong(request, f"{first} overlaps virtual network {network.id}")

    def body(self, request: Request) -> Json:
        body = super().body(request)
        body.setdefault("state", "Enabled")
        body.setdefault("peeringType", _type_of(request.rid.name))
        body["azureASN"] = bgp.MICROSOFT_ASN
        body["lastModifiedBy"] = "Customer"
        return body

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        user = _linked(cloud, record.parent)
        if user and record.body.get("peeringType") == "AzurePrivatePeering":
            raise fail("CodeUnknown_DELETE-07", id=record.id, user=user)


@dataclass(frozen=True)
class Authorization(Kind):
    """Leave for one connection from another subscription (CIRCUIT-13)."""

    def holds(self, request: Request) -> frozenset[str]:
        return frozenset({request.id.lower(), f"parts of {request.rid.parent.lower()}"})

    def holds_delete(self, cloud: AnyCloud, record: Record) -> frozenset[str]:
        return frozenset({record.key, f"parts of {record.parent}"})

    def body(self, request: Request) -> Json:
        body = super().body(request)
        for name in ("authorizationKey", "authorizationUseStatus"):
            body.pop(name, None)
        return body

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        key = cloud.store.derive_uuid("authorizationKey", record.key, record.born)
        body["authorizationKey"] = key
        users = self._users(cloud, record)
        body["authorizationUseStatus"] = "InUse" if users else "Available"
        if users:
            body["connectionResourceUri"] = users[0].id
        return body

    @staticmethod
    def _users(cloud: AnyCloud, record: Record) -> list[Record]:
        key = cloud.store.derive_uuid("authorizationKey", record.key, record.born)
        digest = cloud.store.digest(key)
        found = cloud.find("VirtualNetworkGatewayConnection")
        return [connection for connection in found if connection.digests.get("authorizationKey") == digest]

    def removed(self, cloud: AnyCloud, record: Record) -> None:
        for connection in self._users(cloud, record):
            cloud.drop(connection)


KINDS = (
    Circuit(
        "azure-native:network:ExpressRouteCircuit",
        "Microsoft.Network/expressRouteCircuits",
        ("circuitName",),
        "ExpressRouteCircuit",
        duration="circuit",
        secrets=("authorizationKey",),
        across={"expressRoutePort": ""},
        inline=(
            ("peerings", "azure-native:network:ExpressRouteCircuitPeering"),
            ("authorizations", "azure-native:network:ExpressRouteCircuitAuthorization"),
        ),
        defaults={"allowClassicOperations": False, "globalReachEnabled": False},
    ),
    Peering(
        "azure-native:network:ExpressRouteCircuitPeering",
        "Microsoft.Network/expressRouteCircuits/peerings",
        ("circuitName", "peeringName"),
        "ExpressRouteCircuitPeering",
        duration="circuitPeering",
        secrets=("sharedKey",),
        # Microsoft's pages on peerings show both ports, empty: they were for those of classic circuits.
        defaults={"connections": [], "peeredConnections": [], "primaryAzurePort": "", "secondaryAzurePort": ""},
    ),
    Authorization(
        "azure-native:network:ExpressRouteCircuitAuthorization",
        "Microsoft.Network/expressRouteCircuits/authorizations",
        ("circuitName", "authorizationName"),
        "ExpressRouteCircuitAuthorization",
        duration="circuitAuthorization",
    ),
    Kind(
        "azure-native:network:ExpressRoutePort",
        "Microsoft.Network/expressRoutePorts",
        ("expressRoutePortName",),
        "ExpressRoutePort",
    ),
)
