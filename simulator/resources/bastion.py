"""Bastion hosts: Microsoft's pages on configuration settings (2023-10-13) and on the SKUs (2025-11-24)."""

from dataclasses import dataclass

from simulator.errors import fail
from simulator.resources.addresses import refuse_taken
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.resources.bastion_groups import BASTION_SUBNET, refuse_incomplete
from simulator.resources.networks import ranges
from simulator.store import Json, Record

LONGEST_PREFIX = 26
"""BAS-02: AzureBastionSubnet is /26 or larger."""
SKUS = ("Developer", "Basic", "Standard", "Premium")
"""From the least to the greatest; a host only goes up (BAS-06)."""
FEATURES = {
    "enableKerberos": "Basic",
    "disableCopyPaste": "Standard",
    "enableFileCopy": "Standard",
    "enableIpConnect": "Standard",
    "enableShareableLink": "Standard",
    "enableTunneling": "Standard",
    "enablePrivateOnlyBastion": "Premium",
    "enableSessionRecording": "Premium",
}
"""The least SKU that has a feature (BAS-04)."""
UNITS, MOST_UNITS = 2, 50
"""Instances of a host; more than two from Standard on."""


@dataclass(frozen=True)
class BastionHost(Kind):
    """A Bastion host in a subnet of its own; one of SKU Developer is shared, and only told its network."""

    def check(self, request: Request) -> None:
        sku = _sku(request.inputs)
        if sku not in SKUS:
            raise fail("InvalidRequestFormat", detail=f"Could not find member '{sku}'. Path 'sku.name'")
        self._check_change(request, sku)
        configs = request.inputs.get("ipConfigurations") or []
        if sku == "Developer":
            self._check_shared(request)
            return
        self._check_features(request, sku)
        if len(configs) != 1:
            raise fail("InvalidRequestFormat", detail=f"one item, not {len(configs)}. Path 'ipConfigurations'")
        subnet = request.record(configs[0].get("subnet"))
        address = request.record(configs[0].get("publicIPAddress"))
        if subnet is None:
            raise fail("InvalidRequestFormat", detail="Value for reference id is missing. Path ipConfigurations[0]")
        request.near(request.cloud.store.get(subnet.parent), address)
        if subnet.name != BASTION_SUBNET:
            raise fail("SubnetNameMustBeAzureBastionSubnet", subnet=subnet.id)
        for net in ranges(subnet.body, subnet.id):
            if net.version == 4 and net.prefixlen > LONGEST_PREFIX:
                raise fail("CodeUnknown_BAS-02", subnet=subnet.id, length=net.prefixlen)
        group = request.record(subnet.body.get("networkSecurityGroup"))
        if group is not None:
            refuse_incomplete(request.cloud, group)
        if request.inputs.get("enablePrivateOnlyBastion"):
            return
        if address is None:
            raise fail("InvalidRequestFormat", detail="Value for reference id is missing. Path publicIPAddress")
        if address.body["sku"]["name"] != "Standard" or address.body["publicIPAllocationMethod"] != "Static":
            what = f"{address.body['sku']['name']}, {address.body['publicIPAllocationMethod']}"
            raise fail("CodeUnknown_BAS-03-PIP", pip=address.id, what=what)
        refuse_taken(request, address)

    def _check_change(self, request: Request, sku: str) -> None:
        """BAS-06: no way down, and no other subnet or address."""
        if request.old is None:
            return
        before = request.before.get("ipConfigurations") or []
        moved = before and _places(before) != _places(request.inputs.get("ipConfigurations") or [])
        if moved or SKUS.index(sku) < SKUS.index(_sku(request.before)):
            raise fail("BastionUpdateNotSupported")

    def _check_shared(self, request: Request) -> None:
        """BAS-05: Developer has a network, and nothing else."""
        if not (request.inputs.get("virtualNetwork") or {}).get("id"):
            raise fail("BastionHostVnetIdNotProvided")
        request.near(request.record(request.inputs["virtualNetwork"]))
        many = "scaleUnits" if request.inputs.get("scaleUnits", UNITS) != UNITS else ""
        for name in ("ipConfigurations", *FEATURES, many):
            if name and request.inputs.get(name):
                raise fail("FeatureNotSupportedForDeveloperBastionSku", feature=name)

    def _check_features(self, request: Request, sku: str) -> None:
        units = request.inputs.get("scaleUnits", UNITS)
        if not UNITS <= units <= MOST_UNITS:
            raise fail("InvalidRequestFormat", detail=f"{units} is not {UNITS} to {MOST_UNITS}. Path 'scaleUnits'")
        wanted = {name: least for name, least in FEATURES.items() if request.inputs.get(name)}
        for feature, least in (wanted | ({"scaleUnits": "Standard"} if units != UNITS else {})).items():
            if SKUS.index(sku) < SKUS.index(least):
                raise fail("CodeUnknown_BAS-04", feature=feature, id=request.id, least=least, sku=sku)

    def body(self, request: Request) -> Json:
        body = super().body(request)
        for config in body["ipConfigurations"]:
            config.setdefault("privateIPAllocationMethod", "Dynamic")
        return body

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        body = super().view(cloud, record)
        guid = cloud.store.derive_uuid("guid", record.key, record.born)
        body.setdefault("dnsName", f"bst-{guid}.bastion.simulated.invalid")
        for config in body["ipConfigurations"]:
            config["type"] = f"{self.arm_type}/bastionHostIpConfigurations"
        return body


def _sku(body: Json) -> str:
    return (body.get("sku") or {}).get("name", "Standard")


def _places(configs: list[Json]) -> list[tuple[str, str]]:
    """The subnet and the public address of each ip configuration."""
    return [
        (
            (config.get("subnet") or {}).get("id", "").lower(),
            (config.get("publicIPAddress") or {}).get("id", "").lower(),
        )
        for config in configs
    ]


KINDS = (
    BastionHost(
        "azure-native:network:BastionHost",
        "Microsoft.Network/bastionHosts",
        ("bastionHostName",),
        "BastionHost",
        duration="bastion",
        children=(("ipConfigurations", "bastionHostIpConfigurations"),),
        defaults={"sku": {"name": "Standard"}, "scaleUnits": 2},
    ),
)
