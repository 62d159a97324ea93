"""Connections of gateways: to a VPN site, or to an ExpressRoute circuit."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator import durations
from simulator.errors import AzureError, fail
from simulator.ids import parse
from simulator.resources import bgp, ipsec, shared_keys, skus, tunnel_state
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.resources.gateways import circuit_of, connections_of, gateways_of, network_of, scale_units
from simulator.store import Json, Record

_ENDS = ("virtualNetworkGateway1", "virtualNetworkGateway2", "localNetworkGateway2", "peer")
DEAD = "dead"
"""Mark of a connection made too early (CIRCUIT-08): it stays Failed until it is deleted."""
MAX_SAME_LOCATION = 4
"""ER-03."""
MAX_WEIGHT = 32000
"""CONN-05."""


@dataclass(frozen=True)
class Connection(Kind):
    """A connection. One gateway works on one of its connections at a time (ORDER-04)."""

    def references(self, request: Request) -> Iterator[str]:
        for name in _ENDS:
            if target := (request.inputs.get(name) or {}).get("id"):
                yield target
        for name in ("ingressNatRules", "egressNatRules"):
            yield from (rule["id"] for rule in request.inputs.get(name) or [] if rule.get("id"))

    def holds(self, request: Request) -> frozenset[str]:
        return self._holds(request.cloud, request.id.lower(), request.inputs)

    def holds_delete(self, cloud: AnyCloud, record: Record) -> frozenset[str]:
        return self._holds(cloud, record.key, record.body)

    @staticmethod
    def _holds(cloud: AnyCloud, key: str, body: Json) -> frozenset[str]:
        held = {key}
        express = body.get("connectionType") == "ExpressRoute"
        if express or not cloud.options.vpn_connections_in_parallel:
            gateway = (body.get("virtualNetworkGateway1") or {}).get("id", "").lower()
            held.add(f"connections of {gateway}")
        return frozenset(held)

    def minutes(self, request: Request) -> float:
        express = request.inputs["connectionType"] == "ExpressRoute"
        return durations.minutes("connection.expressRoute" if express else "connection", "create")

    def check(self, request: Request) -> None:
        gateway = request.record(request.inputs["virtualNetworkGateway1"])
        if gateway is None:
            raise self._wrong(request, "it needs virtualNetworkGateway1")
        self._check_immutable(request)
        weight = request.inputs.get("routingWeight") or 0
        if not 0 <= weight <= MAX_WEIGHT:
            raise fail("CodeUnknown_CONN-05", value=weight, id=request.id)
        kind = request.inputs["connectionType"]
        if kind == "ExpressRoute":
            self._check_express(request, gateway)
        elif kind == "IPsec":
            self._check_ipsec(request, gateway)
        else:
            raise self._wrong(request, f"connection type {kind} is not simulated")

    @staticmethod
    def _wrong(request: Request, what: str) -> AzureError:
        return fail("CodeUnknown_CONN-01", id=request.id, what=what)

    @staticmethod
    def _check_immutable(request: Request) -> None:
        if request.old is None:
            return
        request.immutable("connectionType", "connectionProtocol")
        for name in _ENDS:
            old, new = ((body.get(name) or {}).get("id", "").lower() for body in (request.before, request.inputs))
            if old != new and request.before["connectionType"] == "ExpressRoute":
                raise fail("ExpressRouteConnectionPeerCannotBeChanged", id=request.id)
            request.immutable(**{name: (old, new)})

    def _check_ipsec(self, request: Request, gateway: Record) -> None:
        inputs = request.inputs
        site = request.record(inputs.get("localNetworkGateway2"))
        if gateway.body["gatewayType"] != "Vpn":
            raise self._wrong(request, "an IPsec connection needs a VPN gateway")
        if site is None or circuit_of(inputs):
            raise self._wrong(request, "an IPsec connection has localNetworkGateway2 and no peer")
        if request.old is None and not inputs.get("sharedKey"):
            raise self._wrong(request, "an IPsec connection needs a shared key")
        for name in ("authorizationKey", "expressRouteGatewayBypass", "enablePrivateLinkFastPath"):
            if inputs.get(name):
                raise self._wrong(request, f"{name} is for ExpressRoute")
        sku = gateway.body["sku"]["name"]
        if inputs.get("connectionProtocol") == "IKEv1" and sku in ("Basic", *skus.VPN_LEGACY):
            raise self._wrong(request, f"IKEv1 is not on SKU {sku}")
        if inputs.get("useLocalAzureIpAddress") and not gateway.body.get("enablePrivateIpAddress"):
            raise fail("CodeUnknown_VPN-22", id=request.id, what="the gateway has no enablePrivateIpAddress")
        ipsec.check(request, gateway.body)
        if inputs.get("enableBgp"):
            self._check_bgp(request, gateway.body, site.body)
            bgp.check_connection(request, gateway, site.body)
        elif inputs.get("gatewayCustomBgpIpAddresses"):
            raise fail("CodeUnknown_VPN-41", id=request.id, what="they need enableBgp")

    @staticmethod
    def _check_bgp(request: Request, gateway: Json, site: Json) -> None:
        settings = site.get("bgpSettings") or {}
        what = ""
        if not gateway.get("enableBgp"):
            what = "the gateway's enableBgp is off"
        elif not settings.get("asn"):
            what = "the local network gateway has no bgpSettings"
        elif settings["asn"] == gateway["bgpSettings"]["asn"]:
            what = f"both sides have ASN {settings['asn']}"
        elif bgp.is_apipa(settings["bgpPeeringAddress"]) and not any(
            entry["customBgpIpAddresses"] for entry in gateway["bgpSettings"]["bgpPeeringAddresses"]
        ):
            what = "an APIPA peer needs customBgpIpAddresses on the gateway"
        if what:
            raise fail("CodeUnknown_BGP-05", id=request.id, what=what)

    def _check_express(self, request: Request, gateway: Record) -> None:
        inputs, sku = request.inputs, gateway.body["sku"]["name"]
        circuit = request.record(inputs.get("peer"))
        if gateway.body["gatewayType"] != "ExpressRoute":
            raise self._wrong(request, "an ExpressRoute connection needs an ExpressRoute gateway")
        if circuit is None or not circuit.token.endswith(":ExpressRouteCircuit"):
            raise self._wrong(request, "an ExpressRoute connection has a circuit as peer")
        for name in ("sharedKey", "ipsecPolicies", "localNetworkGateway2", "enableBgp"):
            if inputs.get(name):
                raise self._wrong(request, f"{name} is for IPsec")
        units = scale_units(gateway.body)
        if inputs.get("expressRouteGatewayBypass") and not skus.has_fastpath(sku, units):
            raise fail("CodeUnknown_ER-04", gateway=gateway.id, sku=sku)
        if inputs.get("enablePrivateLinkFastPath") and not inputs.get("expressRouteGatewayBypass"):
            raise fail("CodeUnknown_CIRCUIT-15", id=request.id)
        self._check_authorization(request, circuit)
        if request.old is None:
            self._check_counts(request, gateway, circuit, units)

    @staticmethod
    def _check_counts(request: Request, gateway: Record, circuit: Record, units: int) -> None:
        cloud, sku = request.cloud, gateway.body["sku"]["name"]
        linked = {circuit_of(connection.body) for connection in connections_of(cloud, gateway.key)}
        limit = skus.max_circuits(sku, units)
        if circuit.key not in linked and len(linked) >= limit:
            raise fail("CodeUnknown_ER-02", gateway=gateway.id, sku=sku, limit=limit)
        location = _location(circuit)
        network = network_of(gateway.body)
        near = {
            key
            for other in gateways_of(cloud, network)
            for key in (circuit_of(connection.body) for connection in connections_of(cloud, other.key))
            if (found := cloud.store.get(key)) and location and _location(found) == location
        }
        if circuit.key not in near and len(near) >= MAX_SAME_LOCATION:
            raise fail("CodeUnknown_ER-03", vnet=network, location=location)

    @staticmethod
    def _check_authorization(request: Request, circuit: Record) -> None:
        key = request.inputs.get("authorizationKey")
        rid = parse(circuit.id)
        foreign = rid is not None and rid.subscription.lower() != request.rid.subscription.lower()
        what = ""
        if not key:
            had = request.old is not None and "authorizationKey" in request.old.digests
            what = "a circuit of another subscription needs an authorization key" if foreign and not had else ""
        else:
            digest = request.cloud.store.digest(key)
            known = _authorizations(request.cloud, circuit)
            users = [
                other
                for other in request.cloud.find("VirtualNetworkGatewayConnection")
                if other.digests.get("authorizationKey") == digest and other.key != request.id.lower()
            ]
            if digest not in known:
                what = "the circuit has no authorization with this key"
            elif users:
                what = f"the authorization is in use by {users[0].id}"
        if what:
            raise fail("CodeUnknown_CIRCUIT-13", id=request.id, what=what)

    def late_error(self, request: Request) -> AzureError | None:
        circuit = request.record(request.inputs.get("peer"))
        if circuit is None:
            return None
        state = circuit.body.get("serviceProviderProvisioningState", "Provisioned")
        dead = request.old is not None and DEAD in request.old.digests
        if state != "Provisioned" or dead:
            # The key is in Azure's text; ours leaves it out, since it is a secret.
            return fail("ServiceProviderNotProvisioned", state="NotProvisioned" if dead else state, key="(hidden)")
        gateway = request.record(request.inputs["virtualNetworkGateway1"])
        region = gateway.body["location"] if gateway else ""
        if (circuit.body.get("sku") or {}).get("tier") == "Local" and region != circuit.body["location"]:
            return fail("InvalidParameter", location=_location(circuit), region=region)
        return None

    def digests(self, request: Request, old: dict[str, str]) -> dict[str, str]:
        """CONN-03 and CONN-04: a PUT on an existing connection leaves the secrets as they were."""
        new = super().digests(request, old)
        if new.get("sharedKey") != old.get("sharedKey"):
            new["sealedKey"] = request.cloud.store.seal(request.inputs["sharedKey"])
        if request.old is None:
            return new
        options = request.cloud.options
        if options.shared_key_put_ignored and "sharedKey" in old:
            new |= {name: old[name] for name in ("sharedKey", "sealedKey") if name in old}
        alone = all(
            request.before.get(name) == value for name, value in request.inputs.items() if name not in self.secrets
        )
        if alone and options.authorization_key_alone_ignored and "authorizationKey" in old:
            new["authorizationKey"] = old["authorizationKey"]
        return new

    def body(self, request: Request) -> Json:
        body = super().body(request)
        for name in _ENDS:
            if body.get(name):
                body[name] = {"id": body[name]["id"]}
        if body["connectionType"] == "IPsec":
            body.setdefault("connectionProtocol", "IKEv2")
            body.setdefault("connectionMode", "Default")
            # Exported templates and `az network vpn-connection show` have 0 where nothing was said, for 45 seconds.
            body.setdefault("dpdTimeoutSeconds", 0)
        return body

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record) | tunnel_state.view(cloud, record, cloud.clock.now())
        body["resourceGuid"] = cloud.store.derive_uuid("guid", record.key, record.born)
        if "sealedKey" in record.digests:
            # In clear, as Microsoft's page vpn-gateway-verify-connection and recordings of 2017 to 2022 show it.
            body |= {"sharedKey": shared_keys.read(cloud, record)["value"]}
        return body

    def failed(self, cloud: AnyCloud, record: Record, code: str) -> None:
        if code == "ServiceProviderNotProvisioned":
            record.digests[DEAD] = code
            cloud.store.save(record)


def _location(circuit: Record) -> str:
    return (circuit.body.get("serviceProviderProperties") or {}).get("peeringLocation", "")


def _authorizations(cloud: AnyCloud, circuit: Record) -> set[str]:
    """Digests of the keys of a circuit's authorizations."""
    token = "azure-native:network:ExpressRouteCircuitAuthorization"
    found = cloud.store.find(token=token, parent=circuit.key)
    return {cloud.store.digest(cloud.view(record)["authorizationKey"]) for record in found}


KINDS = (
    Connection(
        "azure-native:network:VirtualNetworkGatewayConnection",
        "Microsoft.Network/connections",
        ("virtualNetworkGatewayConnectionName",),
        "VirtualNetworkGatewayConnection",
        duration="connection",
        secrets=("sharedKey", "authorizationKey"),
        # CIRCUIT-13: who has a key of the circuit needs no rights on it.
        across={"peer": ""},
        defaults={
            "routingWeight": 0,
            "enableBgp": False,
            "ipsecPolicies": [],
            "trafficSelectorPolicies": [],
            "usePolicyBasedTrafficSelectors": False,
            "useLocalAzureIpAddress": False,
            "expressRouteGatewayBypass": False,
            "enablePrivateLinkFastPath": False,
        },
    ),
)
