"""Rules that only a component's own arguments, a lookup or a stack's raw configuration can break."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from components.rules import (
    Problem,
    apipa,
    bastion,
    bgp,
    circuits,
    existing_gateway_subnet,
    gateways,
    names,
    routes,
    security,
    subnets,
    vpn,
    zones,
)
from topology.reading import read_config

GATEWAY = "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Network/virtualNetworkGateways/old"


class ArgumentCase(NamedTuple):
    """A rule, what finds its problem, and what is said."""

    rule: str
    find: Callable[[], Iterable[Problem]]
    said: tuple[str, ...]


def _existing(prefix: str, gateway_ids: list[str], *, adopt: bool) -> Iterable[Problem]:
    wanted = IPv4Network("10.20.255.192/26")
    return existing_gateway_subnet.gateway_subnet_fits(
        "vnet", IPv4Network(prefix), wanted, gateway_ids, own_gateways=["vgw-dev-vpn"], adopt=adopt
    )


def _clear_text() -> Iterable[Problem]:
    _, problems = read_config({"hybrid-network:vpnSharedKeys": '{"hq": "a-key"}'}, secret_keys=())
    return [problem for problem in problems if problem.path == "vpnSharedKeys"]


ARGUMENTS = (
    ArgumentCase(
        "GW-03",
        lambda: _existing("10.20.255.192/26", [GATEWAY], adopt=True),
        (
            f"error existing_network_id: gateway {GATEWAY} is in its GatewaySubnet, and a network has one gateway of "
            "each type; use it as it is (existing_id), adopt it into this stack (`pulumi import`, with the name that "
            "this stack gives its gateway), or remove it, which interrupts every connection through it until the new "
            "gateway is there (about 45 minutes) [GW-03]",
        ),
    ),
    ArgumentCase(
        "GW-05",
        lambda: subnets.gateway_subnet("", IPv4Network("10.0.0.0/28"), express_route_sku="ErGw1AZ", vpn=False),
        ("error 10.0.0.0/28 has 16 addresses, but an ExpressRoute gateway needs a /27 (32) or larger [GW-05]",),
    ),
    ArgumentCase(
        "GW-05",
        lambda: subnets.gateway_subnet("", IPv4Network("10.0.0.0/30"), express_route_sku=None, vpn=True),
        ("error 10.0.0.0/30 has 4 addresses, but a VPN gateway needs a /29 (8) or larger, /27 recommended [GW-05]",),
    ),
    ArgumentCase(
        "GW-19",
        lambda: _existing("10.20.255.128/26", [], adopt=False),
        (
            "error gateway_subnet_prefix: 10.20.255.192/26 is asked for, but vnet has a GatewaySubnet "
            "10.20.255.128/26; ask for 10.20.255.128/26 and adopt it [GW-19]",
        ),
    ),
    ArgumentCase(
        "BGP-05",
        lambda: bgp.appliance_asn("asn", 65001, gateway=65001),
        (
            "error asn: 65001 is the VPN gateway's own ASN, and the two ends need different ones; use a private one "
            "(64512 to 65514, 65521 to 65534) or your own public one [BGP-05]",
        ),
    ),
    ArgumentCase(
        "BGP-08",
        lambda: apipa.gateway_apipa("apipa", [[IPv4Address(f"169.254.21.{n}") for n in range(33)], []]),
        ("error apipa: 33 APIPA addresses on the gateway, Azure allows 32; remove some [BGP-08]",),
    ),
    ArgumentCase(
        "BGP-08",
        lambda: apipa.gateway_apipa("apipa", [[IPv4Address("169.254.23.0")]], active_active=False),
        ("error apipa[0][0]: 169.254.23.0 is outside 169.254.21.0 to 169.254.22.255; use one of those [BGP-08]",),
    ),
    ArgumentCase(
        "BGP-09",
        lambda: apipa.gateway_apipa("apipa", [[IPv4Address("169.254.21.1")]], active_active=True),
        ("error apipa: lists for 1 instances, the gateway has 2: one list for each [BGP-09]",),
    ),
    ArgumentCase(
        "BGP-09",
        lambda: apipa.address_configurations("bgp", [IPv4Address("169.254.21.1")], []),
        ("error bgp: 1 given, but there are 0 ip_configuration_ids, one for each instance; give as many [BGP-09]",),
    ),
    ArgumentCase(
        "VPN-42",
        lambda: apipa.configurations_of(
            "ids", [f"{GATEWAY}/ipConfigurations/a", f"{GATEWAY}er/ipConfigurations/a"], GATEWAY.upper()
        ),
        (
            f"error ids[1]: {GATEWAY}er/ipConfigurations/a is none of gateway {GATEWAY.upper()}; take its output "
            "ip_configuration_ids [VPN-42]",
        ),
    ),
    ArgumentCase(
        "VPN-11",
        lambda: gateways.addresses("public_ip_names", ["pip"]),
        ("error public_ip_names: 1 given, but the gateway has 2 instances: one for each [VPN-11]",),
    ),
    ArgumentCase(
        "BAS-04",
        lambda: bastion.sku("sku", "Gold"),
        ("error sku: 'Gold' is none of Developer, Basic, Standard, Premium [BAS-04]",),
    ),
    ArgumentCase(
        "ZONE-04",
        lambda: zones.listed("zones", ["1", "1", "4"]),
        (
            "error zones[1]: 1 is also zones[0]; remove one [ZONE-04]",
            "error zones[2]: '4' is none of 1, 2, 3 [ZONE-04]",
        ),
    ),
    ArgumentCase(
        "LB-01",
        lambda: zones.kept_by_frontend("zones", "lbi", [], ["1", "2", "3"], "write them"),
        (
            "warning zones: the frontend of lbi is in no zone and stays so, though a new one would be in zones 1, 2, "
            "3: Azure changes no frontend's zones; write them [LB-01]",
        ),
    ),
    ArgumentCase("LB-01", lambda: zones.kept_by_frontend("zones", "lbi", ["3", "1", "2"], ["1", "2", "3"], ""), ()),
    ArgumentCase(
        "PIP-07",
        lambda: zones.kept_by_address("zones", "pip", ["1", "2", "3"], ["2"], "make another"),
        (
            "warning zones: the address pip is in zones 1, 2, 3 and stays so, though a new one would be in zone 2: "
            "Azure changes no address's zones; make another [PIP-07]",
        ),
    ),
    ArgumentCase("PIP-07", lambda: zones.kept_by_address("zones", "pip", [], [], ""), ()),
    ArgumentCase(
        "NSG-14",
        lambda: security.sources("sources", ["10.0.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "172.16.0.0/12"]),
        (
            "error sources[0]: 10.0.0.0/16 lies in 10.0.0.0/8 (sources[1]); Azure answers "
            "OverlappingSubnetsNotPermittedInSecurityRule; remove it [NSG-14]",
            "error sources[3]: 172.16.0.0/12 lies in 172.16.0.0/12 (sources[2]); Azure answers "
            "OverlappingSubnetsNotPermittedInSecurityRule; remove it [NSG-14]",
        ),
    ),
    ArgumentCase("NSG-14", lambda: security.sources("sources", ["10.0.0.0/25", "10.0.0.128/25"]), ()),
    ArgumentCase(
        "NSG-15",
        lambda: security.ports("ports", ["443", "*"]),
        (
            "error ports[1]: * means every port and stands alone, here it is one of 2; Azure answers "
            "SecurityRuleParameterContainsInvalidPortRanges; keep * or the others [NSG-15]",
        ),
    ),
    ArgumentCase(
        "NSG-16",
        lambda: security.sources("sources", ["10.0.0.0/8", "*"]),
        (
            "error sources: * stands alone in a security rule, here are 2 sources; Azure answers "
            "SecurityRuleParameterContainsUnsupportedValue; give each tag, and the prefixes, an item of their own "
            "[NSG-16]",
        ),
    ),
    ArgumentCase(
        "NSG-17",
        lambda: security.sources(
            "sources", ["10.0.0.1/8", "not a source", "storage.westus", "AzureLoadBalancer.WestUS", "2001:db8::/32"]
        ),
        (
            "error sources[0]: '10.0.0.1/8' is neither an IPv4 prefix nor a service tag; write 10.0.0.0/8 [NSG-17]",
            "error sources[1]: 'not a source' is neither an IPv4 prefix nor a service tag [NSG-17]",
            "error sources[2]: 'storage.westus' is neither an IPv4 prefix nor a service tag; did you mean "
            "Storage.westus? [NSG-17]",
            "error sources[3]: 'AzureLoadBalancer.WestUS' is neither an IPv4 prefix nor a service tag; did you mean "
            "AzureLoadBalancer? [NSG-17]",
            "error sources[4]: '2001:db8::/32' is neither an IPv4 prefix nor a service tag [NSG-17]",
        ),
    ),
    ArgumentCase(
        "NSG-17", lambda: security.sources("sources", []), ("error sources: needs at least one item [NSG-17]",)
    ),
    ArgumentCase(
        "NSG-17",
        lambda: security.sources("sources", ["tag:NewService"]),
        (
            "warning sources[0]: this version does not know the tag tag:NewService; Azure refuses one that it has not "
            "[NSG-17]",
        ),
    ),
    ArgumentCase(
        "NSG-17",
        lambda: security.source("allow[0]"),
        ("error allow[0]: has no source; give source_prefixes or source_application_security_group_ids [NSG-17]",),
    ),
    ArgumentCase(
        "NSG-18",
        lambda: security.ports("ports", ["80,443", "9-8", "443", "65536"]),
        (
            "error ports[0]: '80,443' is neither a port (0 to 65535) nor a range such as 8000-8010 nor *; write each "
            "as an item of its own [NSG-18]",
            "error ports[1]: '9-8' is neither a port (0 to 65535) nor a range such as 8000-8010 nor * [NSG-18]",
            "error ports[3]: '65536' is neither a port (0 to 65535) nor a range such as 8000-8010 nor * [NSG-18]",
        ),
    ),
    ArgumentCase("NSG-22", lambda: security.groups("ids", []), ("error ids: needs at least one item [NSG-22]",)),
    ArgumentCase(
        "NSG-19",
        lambda: security.rule_name("name", "DenyAllInBound"),
        ("error name: DenyAllInBound is a rule that every tier's group has already; give it another name [NSG-19]",),
    ),
    ArgumentCase(
        "NSG-23",
        lambda: security.protocol("protocol", "Gre"),
        ("error protocol: 'Gre' is none of Tcp, Udp, Icmp, Esp, Ah, * [NSG-23]",),
    ),
    ArgumentCase("LB-06", lambda: security.port("port", 0), ("error port: 0 is outside 1 to 65535 [LB-06]",)),
    ArgumentCase(
        "NAME-04",
        lambda: names.subnet("subnet_name", "gatewaysubnet"),
        (
            "error subnet_name: gatewaysubnet is the subnet of one of Azure's own services, which takes no machines; "
            "rename it [NAME-04]",
        ),
    ),
    ArgumentCase(
        "ID-01",
        lambda: names.type_of_id("circuit_id", GATEWAY, kind="expressRouteCircuits"),
        (
            f"error circuit_id: {GATEWAY!r} is no id of expressRouteCircuits; such a one is "
            "/subscriptions/ID/.../expressRouteCircuits/NAME [ID-01]",
        ),
    ),
    ArgumentCase(
        "UDR-02",
        lambda: routes.next_hop("routes[0]", "Nowhere"),
        (
            "error routes[0].nextHopType: 'Nowhere' is none of VirtualAppliance, VirtualNetworkGateway, VnetLocal, "
            "Internet, None [UDR-02]",
        ),
    ),
    ArgumentCase(
        "ER-05",
        lambda: gateways.express_route_gateway("", "ErGwScale", 5, None),
        (
            "error max_scale_units: ErGwScale needs a least and a greatest number of scale units (equal for a fixed "
            "size) [ER-05]",
        ),
    ),
    ArgumentCase(
        "ER-07",
        lambda: gateways.change_of_sku("sku", "vgw", "ErGw2AZ", "ErGw1AZ"),
        (
            "error sku: ErGw1AZ, but gateway vgw in Azure is ErGw2AZ, which does not become ErGw1AZ in place; keep "
            "ErGw2AZ, or take ErGw3AZ or ErGwScale; or delete the gateway and its connections and make them anew, "
            "about an hour with the VPN alone (docs/operations.md, 'An ExpressRoute gateway of another SKU') [ER-07]",
        ),
    ),
    ArgumentCase(
        "ER-07",
        lambda: gateways.change_of_sku("sku", "vgw", "ErGw2AZ", "ErGw1AZ", "West US 2"),
        (
            "error sku: ErGw1AZ, but gateway vgw in Azure is ErGw2AZ, which does not become ErGw1AZ in place; keep "
            "ErGw2AZ, or take ErGw3AZ; or delete the gateway and its connections and make them anew, about an hour "
            "with the VPN alone (docs/operations.md, 'An ExpressRoute gateway of another SKU') [ER-07]",
        ),
    ),
    ArgumentCase(
        "ER-07",
        lambda: gateways.change_of_sku("sku", "vgw", "UltraPerformance", "ErGw3AZ"),
        (
            "error sku: ErGw3AZ, but gateway vgw in Azure is UltraPerformance, which does not become ErGw3AZ in place; "
            "keep UltraPerformance; or use Azure's migration tool, or delete the gateway and its connections and make "
            "them anew, about an hour with the VPN alone (docs/operations.md, 'An ExpressRoute gateway of another SKU')"
            " [ER-07]",
        ),
    ),
    ArgumentCase(
        "CIRCUIT-19",
        lambda: circuits.peering_in_use("circuits[0].privatePeering"),
        (
            "error circuits[0].privatePeering: is removed, but this stack has made it and a connection uses it; keep "
            "it. Or say connect: never and run `pulumi up`, which moves traffic to the VPN; then remove it, and say "
            "auto when the provider has made one [CIRCUIT-19]",
        ),
    ),
    ArgumentCase(
        "CIRCUIT-20",
        lambda: circuits.authorization("id", GATEWAY, "T", "pulumi config set KEY"),
        (
            "error id: the circuit is in subscription S, this stack deploys to T, and there is no authorization key; "
            "ask the circuit's owner for one, and set it with: pulumi config set KEY [CIRCUIT-20]",
        ),
    ),
    ArgumentCase(
        "CIRCUIT-21",
        lambda: circuits.kept("connect", "erc", ["connection"], "Deprovisioning", connected=True),
        (
            "warning connect: this stack has the connection of circuit erc, but Azure does not answer so; kept. Is the "
            "right account and subscription selected (azure-native:subscriptionId)? What is really gone in Azure "
            "leaves the state with `pulumi refresh`; to remove a connection, say connect: never [CIRCUIT-21]",
            "warning connect: circuit erc is Deprovisioning, but connected; kept. Ask its provider, and say connect: "
            "never to remove the connection [CIRCUIT-21]",
        ),
    ),
    ArgumentCase(
        "VPN-26",
        lambda: vpn.static_prefixes("prefixes", []),
        ("error prefixes: a site without BGP needs at least one prefix; add one, or a BGP peer [VPN-26]",),
    ),
    ArgumentCase(
        "NAME-03",
        lambda: names.resource("name", "vgw-"),
        (
            "error name: 'vgw-': a name starts with a letter or digit, goes on with those, underscores, hyphens or "
            "periods, and ends with no hyphen or period [NAME-03]",
        ),
    ),
    ArgumentCase(
        "NAME-03",
        lambda: names.resource("name", "v" * 81),
        (f"error name: {'v' * 81!r} has 81 characters, Azure allows 80; shorten it [NAME-03]",),
    ),
    ArgumentCase(
        "SET-03",
        _clear_text,
        (
            "error vpnSharedKeys: is in clear text; remove it, take a new key and set it with: pulumi config set "
            "--secret --path 'vpnSharedKeys.NAME' [SET-03]",
        ),
    ),
)
