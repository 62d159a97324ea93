"""Which SKU a gateway may have, with which generation, scale and NAT rules."""

from simulator.errors import fail
from simulator.resources import regions, skus
from simulator.resources.base import Request


def check_sku(request: Request) -> None:
    """SKU, generation, scale and region of a gateway."""
    gateway, kind = request.inputs, request.inputs["gatewayType"]
    name = gateway["sku"]["name"]
    if kind not in ("Vpn", "ExpressRoute"):
        raise fail("InvalidRequestFormat", detail=f"gatewayType {kind} is not simulated")
    if name not in (skus.VPN if kind == "Vpn" else skus.ER):
        raise fail("InvalidGatewaySize", sku=name, type=kind)
    if f"{gateway['location']}:{name}" in request.cloud.options.skus_not_offered:
        region = gateway["location"]
        raise fail("InvalidGatewaySkuSpecifiedForGatewayDeploymentType", sku=name, region=region)
    if name == "ErGwScale" and gateway["location"] in regions.WITHOUT_ERGWSCALE:
        raise fail("ErGwScaleNotOffered", region=gateway["location"])
    if gateway["sku"].get("tier", name) != name:
        raise fail("InvalidGatewaySize", sku=f"{name} with tier {gateway['sku']['tier']}", type=kind)
    if kind == "Vpn":
        _check_vpn_sku(request, name)
        return
    old = (request.before.get("sku") or {}).get("name", name)
    if not skus.er_change_allowed(old, name):
        raise fail("CodeUnknown_IMMUTABLE", property="sku", id=request.id, old=old, new=name)
    _check_scale(request, name)


def _check_vpn_sku(request: Request, name: str) -> None:
    gateway = request.inputs
    old = (request.before.get("sku") or {}).get("name")
    if name in skus.VPN_NON_AZ and old not in skus.VPN_NON_AZ:
        raise fail("NonAzSkusNotAllowedForVPNGateway")
    if name in skus.VPN_LEGACY and old != name:
        raise fail("CodeUnknown_VPN-06", sku=name)
    if gateway.get("vpnType", "RouteBased") == "PolicyBased" and name != "Basic":
        raise fail("CodeUnknown_VPN-03")
    size, generation = skus.vpn_size(name), gateway.get("vpnGatewayGeneration")
    if request.old is not None and not generation:
        generation = request.before["vpnGatewayGeneration"]
    allowed = skus.GENERATIONS.get(str(generation))
    if size and generation and (allowed is None or size not in allowed):
        raise fail("VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration", sku=name, generation=generation)
    if gateway.get("autoScaleConfiguration"):
        raise fail("CodeUnknown_ER-05", id=request.id, what=f"SKU {name} has none")
    if gateway.get("enablePrivateIpAddress") and name not in skus.VPN_AZ:
        raise fail("CodeUnknown_VPN-22", id=request.id, what=f"a private address needs an AZ SKU, not {name}")


def _check_scale(request: Request, name: str) -> None:
    scale = request.inputs.get("autoScaleConfiguration")
    if not scale:
        return
    bounds = scale.get("bounds") or {}
    least, most = bounds.get("min", 1), bounds.get("max", bounds.get("min", 1))
    what = ""
    if name != "ErGwScale":
        what = f"SKU {name} has none"
    elif not 1 <= least <= most <= 40:
        what = f"minimum {least} and maximum {most} must be 1 to 40, in this order"
    elif least != most and least < 2:
        what = f"autoscaling needs a minimum of 2, not {least}"
    if what:
        raise fail("CodeUnknown_ER-05", id=request.id, what=what)


def check_nat(request: Request) -> None:
    """NAT rules (VPN-21), and that none in use is taken away (DELETE-06)."""
    rules = request.inputs.get("natRules") or []
    sku = request.inputs["sku"]["name"]
    for rule in rules:
        name = rule.get("name") or ""
        what = ""
        if skus.vpn_size(sku) < 2:
            what = f"SKU {sku} has no NAT"
        elif "/" in name:
            what = "a name has no slash"
        elif len(rules) > 500:
            what = f"{len(rules)} rules are more than 500"
        elif request.inputs.get("activeActive") and not rule.get("ipConfigurationId"):
            what = "an active-active gateway needs ipConfigurationId"
        if what:
            raise fail("CodeUnknown_VPN-21", name=name, id=request.id, what=what)
    kept = {f"{request.id}/natRules/{rule.get('name')}".lower() for rule in rules}
    for old in request.before.get("natRules") or []:
        if old["id"].lower() in kept:
            continue
        for connection in request.cloud.find("VirtualNetworkGatewayConnection"):
            used = [*(connection.body.get("ingressNatRules") or []), *(connection.body.get("egressNatRules") or [])]
            if any(entry.get("id", "").lower() == old["id"].lower() for entry in used):
                raise fail("CodeUnknown_DELETE-06", name=old["name"], user=connection.id)
