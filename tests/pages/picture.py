"""The architecture's picture, docs/architecture.svg: the boxes that `__main__.py` makes, with the published values."""

from topology.show.drawing import (
    AZURE_FILL,
    EXPRESS_ROUTE,
    FAINT,
    GATEWAYS_FILL,
    INTERNET_FILL,
    LINE,
    ON_PREMISES_FILL,
    VPN,
    Drawing,
)

DASH = "9 5"
CIRCUIT, TUNNEL = 208, 410
"""Heights of the two paths."""


def draw() -> Drawing:
    """The picture with the places of its texts."""
    picture = Drawing(
        1400,
        560,
        "ExpressRoute with VPN failover",
        "Traffic crosses the ExpressRoute circuit; when that is lost, it takes an IPsec tunnel to the same prefixes.",
    )
    _on_premises(picture)
    _between(picture)
    _network(picture)
    _spoke(picture)
    _paths(picture)
    for x, color, dash, words in (
        (330, EXPRESS_ROUTE, "", "normally: ExpressRoute"),
        (620, VPN, DASH, "when the circuit is lost: the VPN, for the same prefixes"),
    ):
        picture.line([(x, 530), (x + 44, 530)], color, 4, dash)
        picture.text(x + 54, 534, words, 12, FAINT)
    return picture


def _on_premises(picture: Drawing) -> None:
    picture.area(20, 40, 240, 450, ON_PREMISES_FILL, "On-premises network", "192.168.0.0/16")
    picture.labelled(50, CIRCUIT - 32, 180, 64, "Edge routers", ["BGP with BFD"], LINE)
    picture.labelled(50, 278, 180, 60, "Hosts", [], LINE)
    picture.labelled(50, TUNNEL - 32, 180, 64, "VPN appliance", ["40.50.60.70"], LINE)
    picture.line([(140, CIRCUIT), (140, TUNNEL)], LINE, 2)


def _between(picture: Drawing) -> None:
    picture.area(320, 120, 250, 136, ON_PREMISES_FILL, "ExpressRoute circuit", "private peering, two links")
    picture.labelled(334, CIRCUIT - 28, 104, 60, "Provider", ["its edge"], EXPRESS_ROUTE)
    picture.labelled(452, CIRCUIT - 28, 104, 60, "Microsoft", ["AS 12076"], EXPRESS_ROUTE)
    picture.area(320, TUNNEL - 52, 250, 88, INTERNET_FILL, "Internet", "IPsec tunnel to each instance")


def _network(picture: Drawing) -> None:
    picture.area(630, 40, 510, 450, AZURE_FILL, "Azure virtual network", "10.0.0.0/16")
    picture.area(648, 104, 230, 372, GATEWAYS_FILL, "GatewaySubnet", "10.0.255.224/27, no NSG")
    picture.labelled(664, CIRCUIT - 38, 198, 76, "ExpressRoute gateway", ["its routes are preferred"], EXPRESS_ROUTE)
    picture.labelled(664, TUNNEL - 44, 198, 88, "VPN gateway", ["active-active: two", "instances, two addresses"], VPN)
    picture.area(908, 104, 216, 228, GATEWAYS_FILL, 'Application tier "web"', "10.0.1.0/24, with its NSG")
    picture.labelled(922, CIRCUIT - 34, 188, 64, "Internal load balancer", ["10.0.1.250:80"], LINE)
    picture.labelled(922, 268, 188, 48, "Machines (yours)", [], LINE)
    picture.arrow([(1016, CIRCUIT + 30), (1016, 268)], LINE, 2)
    picture.area(908, 352, 216, 124, GATEWAYS_FILL, "AzureBastionSubnet", "10.0.254.0/26")
    picture.labelled(922, 402, 188, 60, "Bastion host", ["administrators' way in"], LINE)


def _spoke(picture: Drawing) -> None:
    picture.area(1200, 104, 180, 228, AZURE_FILL, "Spoke", "a network of its own")
    picture.labelled(1214, CIRCUIT - 34, 152, 64, "Its tiers", ["as the hub's"], LINE)
    picture.text(1214, 280, "uses both gateways", 11, FAINT)
    picture.text(1214, 298, "through its peering", 11, FAINT)
    picture.arrow([(1140, CIRCUIT), (1214, CIRCUIT)], LINE, 2, both=True)
    picture.text(1170, CIRCUIT - 14, "peering", 11, FAINT, middle=True)


def _paths(picture: Drawing) -> None:
    for link in (-12, 12):
        picture.arrow([(334, CIRCUIT + link), (230, CIRCUIT + link)], EXPRESS_ROUTE, 4)
        picture.line([(438, CIRCUIT + link), (452, CIRCUIT + link)], EXPRESS_ROUTE, 4)
    picture.arrow([(556, CIRCUIT), (664, CIRCUIT)], EXPRESS_ROUTE, 4)
    picture.arrow([(862, CIRCUIT), (922, CIRCUIT)], EXPRESS_ROUTE, 4)
    picture.arrow([(664, TUNNEL + 20), (230, TUNNEL + 20)], VPN, 3, DASH, both=True)
    picture.arrow([(862, TUNNEL), (893, TUNNEL), (893, CIRCUIT + 18), (922, CIRCUIT + 18)], VPN, 3, DASH)
