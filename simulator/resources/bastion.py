"""Bastion hosts."""

from dataclasses import dataclass

from simulator.errors import fail
from simulator.resources.addresses import refuse_taken
from simulator.resources.base import AnyCloud, Kind, Request
from simulator.resources.networks import BASTION_SUBNET, ranges, refuse_default_route
from simulator.store import Json, Record

LONGEST_PREFIX = 26
"""BAS-02: AzureBastionSubnet is /26 or larger."""


@dataclass(frozen=True)
class BastionHost(Kind):
    """A Bastion host in a subnet of its own."""

    def check(self, request: Request) -> None:
        configs = request.inputs.get("ipConfigurations") or []
        if (request.inputs.get("sku") or {}).get("name") == "Developer":
            return
        if len(configs) != 1:
            raise fail("InvalidRequestFormat", detail=f"a Bastion host has one ip configuration, not {len(configs)}")
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
        table = request.record(subnet.body.get("routeTable"))
        if table is not None:
            refuse_default_route(request.cloud, table, subnet.name, subnet.id)
        if request.inputs.get("enablePrivateOnlyBastion"):
            return
        if address is None:
            raise fail("InvalidRequestFormat", detail="Value for reference id is missing. Path publicIPAddress")
        if address.body["sku"]["name"] != "Standard" or address.body["publicIPAllocationMethod"] != "Static":
            what = f"{address.body['sku']['name']}, {address.body['publicIPAllocationMethod']}"
            raise fail("CodeUnknown_BAS-03-PIP", pip=address.id, what=what)
        refuse_taken(request, address)

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
