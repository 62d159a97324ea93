"""Bastion as a setting, and public addresses such as this project makes."""

from components.rules.names import BASTION_SUBNET
from operations.survey import security
from operations.survey.answers import Json, name_of, properties, reference
from operations.survey.found import Hub, Values, more_than
from operations.survey.network import OF_SUBNET, USUAL_SUBNET, subnet_of, subnet_prefixes


def management(hub: Hub, document: Json) -> Values | None:
    """Bastion, where it is one that this project makes."""
    id, subnet = str(document["id"]).lower(), subnet_of(document, BASTION_SUBNET)
    for host in hub.answers.of_type("bastionHosts"):
        configurations = properties(host).get("ipConfigurations") or []
        shared = reference(host, "virtualNetwork").lower() == id and not configurations
        inside = [reference(one, "subnet").lower() for one in configurations] == [
            f"{id}/subnets/{BASTION_SUBNET}".lower()
        ]
        if not shared and not inside:
            continue
        said = _bastion(hub, host, None if shared else subnet)
        if isinstance(said, str):
            hub.leave(f"Bastion host {host.get('name')}", f"it stays as it is, and no setting says it: {said}")
            return None
        return said
    return None


_OF_HOST = (
    *("scaleUnits", "enableTunneling", "enableSessionRecording", "ipConfigurations", "dnsName", "virtualNetwork"),
    *("networkAcls",),
)


def _bastion(hub: Hub, host: Json, subnet: Json | None) -> Values | str:
    """The setting; in words why it cannot be said."""
    inside, sku = properties(host), str((host.get("sku") or {}).get("name") or "Basic")
    if not hub.is_own(str(host["id"])):
        return f"it is in another resource group than the connections ({name_of(hub.group)})"
    if more := more_than(host, _OF_HOST, {}):
        return f"it has {', '.join(more)}"
    if hub.as_is:
        return "asked for (--as-is)"
    found = Values()
    own = {"bastion": str(host.get("name"))}
    if subnet is not None:
        configuration = inside["ipConfigurations"][0]
        address = hub.read(reference(configuration, "publicIPAddress"))
        if address is None or configuration.get("name") != "bastion" or not is_usual_address(hub, address):
            return "its address is not one that this project makes"
        if reference(subnet, "routeTable") or more_than(subnet, OF_SUBNET, USUAL_SUBNET):
            return "its subnet is not one that this project makes"
        found["bastionSubnet"] = subnet_prefixes(subnet)[0]
        own["bastionPublicIp"] = str(address.get("name"))
        if guard_id := reference(subnet, "networkSecurityGroup"):
            guard = hub.read(guard_id)
            sources = security.of_bastion(guard) if guard and hub.is_own(guard_id) else None
            if sources is None:
                return f"security group {name_of(guard_id)} has other rules than Microsoft's"
            found["securityGroup"] = True
            own["bastionSecurityGroup"] = name_of(guard_id)
            if sources:
                found["allowedSources"] = sources
    if sku != "Basic":
        found["bastionSku"] = sku
    if sku in ("Standard", "Premium") and inside.get("scaleUnits") not in (None, 2):
        found["scaleUnits"] = inside["scaleUnits"]
    for setting, field in (("tunneling", "enableTunneling"), ("sessionRecording", "enableSessionRecording")):
        if inside.get(field):
            found[setting] = True
    hub.own |= own
    return found


def is_usual_address(hub: Hub, address: Json) -> bool:
    """Whether a public address is one that this project would make."""
    sku = address.get("sku") or {}
    usual = (
        *("publicIPAllocationMethod", "ipAddress", "ipConfiguration", "publicIPAddressVersion"),
        "idleTimeoutInMinutes",
    )
    return (
        hub.is_own(str(address["id"]))
        and (sku.get("name"), sku.get("tier", "Regional")) == ("Standard", "Regional")
        and properties(address).get("publicIPAllocationMethod") == "Static"
        and not more_than(address, usual, {"ddosSettings": {"protectionMode": "VirtualNetworkInherited"}})
    )
