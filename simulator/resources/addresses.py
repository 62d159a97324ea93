"""Public IP addresses and load balancers."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator import prefixes
from simulator.errors import fail
from simulator.resources import regions
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.resources.networks import ranges
from simulator.store import Json, Record

ADDRESS_IDLE_MIN, RULE_IDLE_MIN = (4, 30), (4, 100)
"""Idle timeouts in minutes: of an address (the REST reference of public IP addresses), and of a load balancer's rules
(Microsoft's page on its TCP reset and idle timeout)."""
POOL = ipaddress.ip_network("198.18.0.0/15")
"""Where simulated public addresses come from: the range kept for benchmarks, which nobody routes."""


def configurations(cloud: AnyCloud) -> Iterator[tuple[Record, Json]]:
    """Every ip configuration of the cloud with the resource it belongs to."""
    for name, lists in (
        ("VirtualNetworkGateway", "ipConfigurations"),
        ("BastionHost", "ipConfigurations"),
        ("LoadBalancer", "frontendIPConfigurations"),
    ):
        for record in cloud.find(name):
            for config in record.body.get(lists) or []:
                yield record, config


def holder(cloud: AnyCloud, address_id: str) -> tuple[Record, Json] | None:
    """Who has this public IP address, if anybody."""
    for record, config in configurations(cloud):
        if (config.get("publicIPAddress") or {}).get("id", "").lower() == address_id.lower():
            return record, config
    return None


def refuse_taken(request: Request, address: Record) -> None:
    """A public IP address belongs to one ip configuration, within one resource too."""
    own = [
        config
        for name in ("ipConfigurations", "frontendIPConfigurations")
        for config in request.inputs.get(name) or []
        if (config.get("publicIPAddress") or {}).get("id", "").lower() == address.key
    ]
    if len(own) > 1:
        raise fail("PublicIPAddressInUse", id=request.id, pip=address.id, user=f"{request.id} itself, {len(own)} times")
    found = holder(request.cloud, address.id)
    if found and found[0].key != request.id.lower():
        raise fail("PublicIPAddressInUse", id=request.id, pip=address.id, user=found[1]["id"])


def refuse_idle(id: str, part: Json, bounds: tuple[int, int]) -> None:
    """An idle timeout is within its bounds."""
    minutes = part.get("idleTimeoutInMinutes", bounds[0])
    if not bounds[0] <= minutes <= bounds[1]:
        raise fail("CodeUnknown_IDLE", id=id, minutes=minutes, least=bounds[0], most=bounds[1])


def refuse_zones(request: Request, zones: Sequence[str]) -> None:
    """Zones are in a region that has them, and are such as it has (ZONE-04)."""
    location = request.inputs.get("location", "")
    if not zones:
        return
    if location in regions.WITHOUT_ZONES or location in request.cloud.options.regions_without_zones:
        type, name = request.kind.arm_type, request.rid.name
        raise fail("LocationNotSupportAvailabilityZones", type=type, name=name, location=location)
    for zone in zones:
        if zone not in regions.ZONES:
            type, name = request.kind.arm_type, request.rid.name
            raise fail("InvalidAvailabilityZone", zone=zone, type=type, name=name, location=location)


@dataclass(frozen=True)
class PublicAddress(Kind):
    """A public IP address.

    One without zones is zone-redundant in most regions that have any, and a GET shows none all the same (PIP-20): what
    is shown is what was asked for. Two zones are taken, though Azure then makes it in three (seen in 2022).
    """

    def check(self, request: Request) -> None:
        refuse_zones(request, request.inputs.get("zones") or [])
        refuse_idle(request.id, request.inputs, ADDRESS_IDLE_MIN)
        sku = self._sku(request)
        if sku == "Standard" and request.inputs.get("publicIPAllocationMethod", "Dynamic") != "Static":
            raise fail("StandardSkuPublicIPAddressesMustBeStatic", id=request.id)
        if request.old is None:
            return
        if sorted(request.before.get("zones") or []) != sorted(request.inputs.get("zones") or []):
            raise fail("CodeUnknown_PIP-07")
        same_version = request.before["publicIPAddressVersion"] == request.inputs.get("publicIPAddressVersion", "IPv4")
        if request.before["sku"]["name"] != sku or not same_version:
            raise fail("CodeUnknown_PIP-SKU", id=request.id)

    @staticmethod
    def _sku(request: Request) -> str:
        return (request.inputs.get("sku") or {}).get("name", "Basic")

    def body(self, request: Request) -> Json:
        body = super().body(request)
        body["sku"] = {"tier": "Regional", **(body.get("sku") or {}), "name": self._sku(request)}
        if body["publicIPAllocationMethod"] == "Static":
            number = request.before.get("ipAddress") or str(POOL[request.cloud.store.next_number("address") + 3])
            body["ipAddress"] = number
        return body

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        body["resourceGuid"] = cloud.store.derive_uuid("guid", record.key, record.born)
        if found := holder(cloud, record.key):
            body["ipConfiguration"] = {"id": found[1]["id"]}
        return body

    def check_delete(self, cloud: AnyCloud, record: Record) -> None:
        if found := holder(cloud, record.key):
            raise fail("PublicIPAddressCannotBeDeleted", id=record.id, user=found[1]["id"])


_PARTS = (
    ("frontendIPConfigurations", "frontendIPConfigurations"),
    ("backendAddressPools", "backendAddressPools"),
    ("probes", "probes"),
    ("loadBalancingRules", "loadBalancingRules"),
    ("inboundNatRules", "inboundNatRules"),
    ("outboundRules", "outboundRules"),
)


@dataclass(frozen=True)
class LoadBalancer(Kind):
    """A load balancer with its frontends, pools, probes and rules inline."""

    def check(self, request: Request) -> None:
        for frontend in request.inputs.get("frontendIPConfigurations") or []:
            self._check_frontend(request, frontend)
        known = {
            f"{request.id}/{segment}/{part.get('name')}".lower()
            for name, segment in _PARTS
            for part in request.inputs.get(name) or []
        }
        for name in ("loadBalancingRules", "inboundNatRules", "outboundRules"):
            for rule in request.inputs.get(name) or []:
                refuse_idle(f"{request.id}/{name}/{rule.get('name')}", rule, RULE_IDLE_MIN)
        for rule in request.inputs.get("loadBalancingRules") or []:
            for part in ("frontendIPConfiguration", "backendAddressPool", "probe"):
                target = (rule.get(part) or {}).get("id")
                if target and target.lower() not in known:
                    raise fail("LBRuleReferenceNotFound", rule=rule.get("name"), target=target, id=request.id)

    def _check_frontend(self, request: Request, frontend: Json) -> None:
        id = f"{request.id}/frontendIPConfigurations/{frontend.get('name')}"
        subnet = request.record(frontend.get("subnet"))
        address = request.record(frontend.get("publicIPAddress"))
        if subnet is None and address is None:
            raise fail("FrontendIPConfigHasNoSubnetOrPublicIP", id=id)
        if subnet is not None and address is not None:
            raise fail("FrontendIPConfigHasBothSubnetAndPublicIP", id=id)
        self._check_zones(request, frontend, id, address)
        if address is not None:
            request.near(address)
            refuse_taken(request, address)
        if subnet is None:
            return
        request.near(request.cloud.store.get(subnet.parent))
        if subnet.name == "GatewaySubnet":
            raise fail("GatewaySubnet")
        if not frontend.get("privateIPAddress"):
            return
        text = frontend["privateIPAddress"]
        ip = prefixes.address(text)
        net = next((net for net in ranges(subnet.body, subnet.id) if ip is not None and ip in net), None)
        if ip is None or net is None:
            raise fail("PrivateIPAddressNotInSubnet", ip=text, prefix=subnet.body.get("addressPrefix"))
        if not prefixes.usable(ip, net):
            raise fail("PrivateIPAddressInReservedRange", ip=text, prefix=net)
        for record, config in configurations(request.cloud):
            same = (config.get("subnet") or {}).get("id", "").lower() == subnet.key
            if same and config.get("privateIPAddress") == text and record.key != request.id.lower():
                raise fail("PrivateIPAddressIsAllocated", id=id, ip=text, user=config["id"])

    @staticmethod
    def _check_zones(request: Request, frontend: Json, id: str, address: Record | None) -> None:
        """LB-01, LB-02 and LB-04. Without zones an internal frontend is in none that anybody promises (LB-03)."""
        zones = frontend.get("zones") or []
        refuse_zones(request, zones)
        if zones and address is not None:
            raise fail(
                "LoadBalancerFrontendIPConfigCannotHaveZoneWhenReferencingPublicIPAddress",
                id=id,
                count=len(zones),
                pip=address.id,
            )
        if len(set(zones)) not in (0, 1, len(regions.ZONES)):
            raise fail("ResourceCannotHaveMultipleZonesSpecified", id=id, count=len(zones))
        for old in request.before.get("frontendIPConfigurations") or []:
            if old["name"].lower() == str(frontend.get("name")).lower() and set(old.get("zones") or []) != set(zones):
                raise fail("CodeUnknown_LB-01", id=id, old=old.get("zones") or [], new=zones)

    def body(self, request: Request) -> Json:
        body = super().body(request)
        body["sku"] = {"name": "Basic", "tier": "Regional", **(body.get("sku") or {})}
        for frontend in body["frontendIPConfigurations"]:
            if frontend.get("subnet"):
                frontend.setdefault("privateIPAllocationMethod", "Dynamic")
                frontend.setdefault("privateIPAddressVersion", "IPv4")
                if not frontend.get("privateIPAddress"):
                    frontend["privateIPAddress"] = self._free_address(request, frontend)
        for rule in body["loadBalancingRules"]:
            for name, value in (("idleTimeoutInMinutes", 4), ("enableFloatingIP", False), ("enableTcpReset", False)):
                rule.setdefault(name, value)
            rule.setdefault("loadDistribution", "Default")
        for probe in body["probes"]:
            for name, value in (("intervalInSeconds", 15), ("numberOfProbes", 2), ("probeThreshold", 1)):
                probe.setdefault(name, value)
        return body

    @staticmethod
    def _free_address(request: Request, frontend: Json) -> str:
        for old in request.before.get("frontendIPConfigurations") or []:
            if old["id"] == frontend["id"] and old.get("subnet") == frontend["subnet"]:
                return old["privateIPAddress"]
        subnet = request.record(frontend["subnet"])
        assert subnet is not None
        net = ranges(subnet.body, subnet.id)[0]
        taken = {
            config.get("privateIPAddress")
            for _, config in configurations(request.cloud)
            if (config.get("subnet") or {}).get("id", "").lower() == subnet.key
        }
        return next(str(ip) for ip in net.hosts() if prefixes.usable(ip, net) and str(ip) not in taken)

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        body["resourceGuid"] = cloud.store.derive_uuid("guid", record.key, record.born)
        for name, segment in _PARTS:
            for part in body[name]:
                part["type"] = f"{self.arm_type}/{segment}"
        links = (
            ("frontendIPConfigurations", "frontendIPConfiguration"),
            ("backendAddressPools", "backendAddressPool"),
            ("probes", "probe"),
        )
        for lists, part in links:
            for child in body[lists]:
                used = [
                    {"id": rule["id"]}
                    for rule in body["loadBalancingRules"]
                    if (rule.get(part) or {}).get("id", "").lower() == child["id"].lower()
                ]
                if used:
                    child["loadBalancingRules"] = used
        return body


KINDS = (
    PublicAddress(
        "azure-native:network:PublicIPAddress",
        "Microsoft.Network/publicIPAddresses",
        ("publicIpAddressName",),
        "PublicIpAddress",
        defaults={
            "idleTimeoutInMinutes": 4,
            "publicIPAddressVersion": "IPv4",
            "publicIPAllocationMethod": "Dynamic",
            "ipTags": [],
        },
        replaces=("location", "publicIPAddressVersion", "publicIPPrefix", "sku"),
    ),
    LoadBalancer(
        "azure-native:network:LoadBalancer",
        "Microsoft.Network/loadBalancers",
        ("loadBalancerName",),
        "LoadBalancer",
        duration="loadBalancer",
        children=_PARTS,
    ),
)
