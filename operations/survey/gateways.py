"""Both gateways as settings, and when Azure maintains them."""

from typing import Any

from components.rules import bgp, gateways
from operations.survey.answers import Json, name_of, properties, reference
from operations.survey.bastion import is_usual_address
from operations.survey.found import Hub, Values, not_owned

_OF_BOTH = (
    *("ipConfigurations", "sku", "gatewayType", "vpnType", "vpnGatewayGeneration", "bgpSettings", "activeActive"),
    *("enableBgp", "autoScaleConfiguration", "maintenance"),
)
_USUAL = {"adminState": "Enabled", "resiliencyModel": "SingleHomed"}
EXPRESS_ROUTE, VPN = "ExpressRoute", "Vpn"


def gateway_of(hub: Hub, kind: str) -> Json | None:
    """The hub's gateway of a type."""
    network = str(hub.network["id"]).lower()
    for gateway in hub.answers.of_type("virtualNetworkGateways"):
        subnets = [reference(one, "subnet").lower() for one in properties(gateway).get("ipConfigurations") or ()]
        if properties(gateway).get("gatewayType") == kind and f"{network}/subnets/gatewaysubnet" in subnets:
            return gateway
    return None


def _used_as_it_is(hub: Hub, gateway: Json) -> str:
    """Why a gateway is not to be owned; empty where it can be."""
    if why := not_owned(hub, gateway, _OF_BOTH, _USUAL):
        return why
    kind = properties(gateway).get("vpnType", "RouteBased")
    return "" if kind == "RouteBased" else f"its vpnType is {kind}, which no setting says"


def express_route_gateway(hub: Hub, gateway: Json) -> Values:
    """`expressRoute.gateway`."""
    why, inside = _used_as_it_is(hub, gateway), properties(gateway)
    configurations = inside.get("ipConfigurations") or []
    if not why and any(reference(one, "publicIPAddress") for one in configurations):
        why = "it has a public address of its own, which no setting says"
    if not why and [one.get("name") for one in configurations] != ["default"]:
        why = f"its address configuration is called {configurations[0].get('name') if configurations else 'nothing'}"
    if why:
        hub.note("expressRoute.gateway", f"used as it is: {why}")
        return {"existing": {"id": str(gateway["id"])}}
    hub.own["expressRouteGateway"] = name_of(str(gateway["id"]))
    found = Values(sku=(inside.get("sku") or {}).get("name"))
    bounds = (inside.get("autoScaleConfiguration") or {}).get("bounds") or {}
    if found["sku"] == "ErGwScale":
        found |= {"minScaleUnits": bounds.get("min"), "maxScaleUnits": bounds.get("max")}
    return found


def vpn_gateway(hub: Hub, gateway: Json) -> Values:
    """`vpn.gateway`; its `zones` are those of its addresses, whether or not the region's."""
    why, inside = _used_as_it_is(hub, gateway), properties(gateway)
    configurations = inside.get("ipConfigurations") or []
    addresses = [hub.read(reference(one, "publicIPAddress")) for one in configurations]
    if not why and not all(one is not None and is_usual_address(hub, one) for one in addresses):
        why = "its public addresses are not such as this project makes, or could not be read"
    names = [str(one.get("name")) for one in configurations]
    if not why and names != [f"instance{number}" for number in range(len(names))]:
        why = f"its address configurations are called {', '.join(names)}, which Azure does not change"
    if why:
        hub.note("vpn.gateway", f"used as it is: {why}")
        return {"existing": {"id": str(gateway["id"])}}
    hub.own["vpnGateway"] = name_of(str(gateway["id"]))
    for number, address in enumerate(addresses):
        hub.own[f"vpnPublicIps.{number}"] = str((address or {}).get("name"))
    sku, settings = str((inside.get("sku") or {}).get("name")), inside.get("bgpSettings") or {}
    found = Values(sku=sku)
    if inside.get("vpnGatewayGeneration") not in (None, "None", gateways.default_generation(sku)):
        found["generation"] = inside["vpnGatewayGeneration"]
    if not inside.get("activeActive"):
        found["activeActive"] = False
    if int(settings.get("asn") or bgp.AZURE_ASN) != bgp.AZURE_ASN:
        found["asn"] = int(settings["asn"])
    found["zones"] = list((addresses[0] or {}).get("zones") or ()) if addresses else []
    return found


def instances(gateway: Json) -> list[dict[str, Any]]:
    """Of each instance of a VPN gateway `configuration`, `own` and `custom` BGP addresses and `tunnel` addresses."""
    settings = properties(gateway).get("bgpSettings") or {}
    order = [str(one.get("id")).lower() for one in properties(gateway).get("ipConfigurations") or ()]
    found = [
        {
            "configuration": str(one.get("ipconfigurationId") or "").lower(),
            "own": list(one.get("defaultBgpIpAddresses") or ()),
            "custom": list(one.get("customBgpIpAddresses") or ()),
            "tunnel": list(one.get("tunnelIpAddresses") or ()),
        }
        for one in settings.get("bgpPeeringAddresses") or ()
    ]
    return sorted(
        found, key=lambda one: order.index(one["configuration"]) if one["configuration"] in order else len(order)
    )


def maintenance(hub: Hub) -> Values:
    """The setting `maintenance`: daily windows, as this project makes them."""
    found = Values()
    for name, kind in (("expressRoute", EXPRESS_ROUTE), ("vpn", VPN)):
        gateway = gateway_of(hub, kind)
        if gateway is None:
            continue
        home = f"{str(gateway['id']).lower()}/providers/microsoft.maintenance/"
        assigned = next((one for id, one in hub.answers.documents.items() if id.startswith(home)), None)
        id = str(properties(assigned or {}).get("maintenanceConfigurationId") or "")
        configuration = hub.read(id)
        if configuration is None:
            continue
        window = properties(configuration).get("maintenanceWindow") or {}
        start, duration = str(window.get("startDateTime") or ""), str(window.get("duration") or "")
        daily = str(window.get("recurEvery")).lower() in ("day", "1day", "1days")
        if not (hub.is_own(id) and daily and duration.endswith(":00")):
            hub.leave(f"maintenance configuration {name_of(id)}", "it stays as it is; no setting says it")
            continue
        zone = str(window.get("timeZone"))
        if found.setdefault("timeZone", zone) != zone:
            hub.leave(f"maintenance configuration {name_of(id)}", "it is in another time zone than the other gateway's")
            continue
        found[name] = {"start": start[11:16], "hours": int(duration[:2])}
        hub.own[f"maintenance.{name}"] = name_of(id)
    if found.get("timeZone") == "UTC":
        del found["timeZone"]
    return found
