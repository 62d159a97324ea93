"""The topology as a Mermaid flowchart, which GitHub draws in Markdown."""

from .escape import label
from .report import Report
from .roles import Role, best, roles
from .words import size

ARROWS = {"normal": "==>", "failover": "-.->", "unused": "---"}
LABELS = {"normal": "normal", "failover": "failover", "unused": "unused"}


def render(report: Report) -> str:
    """The flowchart: thick arrows are the normal path, dotted ones the failover."""
    settings, network = report.settings, report.model.network
    role = roles(report)
    prefixes = [str(prefix) for prefix in network.on_premises]
    shown = "<br/>".join(prefixes[:4] + ([f"and {len(prefixes) - 4} more"] if len(prefixes) > 4 else []))
    lines = [
        "flowchart LR",
        "  subgraph onPremises[On-premises]",
        f'    hosts["{shown}"]',
        '    edge["Edge router"]',
        *(f'    appliance{index}["VPN appliance {label(site.name)}"]' for index, site in enumerate(network.sites)),
        "  end",
        *(
            f'  circuit{index}["ExpressRoute circuit {label(circuit.name)}<br/>'
            f'{label(circuit.peering_location or "")}"]'
            for index, circuit in enumerate(network.circuits)
        ),
        '  subgraph azure["Azure virtual network"]',
        f'    er["ExpressRoute gateway<br/>{label(size(settings.express_route.gateway))}"]',
        f'    vpn["VPN gateway<br/>{label(size(settings.vpn.gateway))}"]',
        *(f'    tier{index}["Tier {label(tier.name)}<br/>{tier.subnet}"]' for index, tier in enumerate(network.tiers)),
        "  end",
    ]
    of_circuits: list[Role] = [role[f"circuit:{circuit.name}"] for circuit in network.circuits]
    of_sites: list[Role] = [role[f"appliance:{site.name}"] for site in network.sites]
    if of_circuits:
        lines.append(f"  hosts {ARROWS[best(of_circuits)]} edge")
    for index, each in enumerate(of_circuits):
        lines += [f"  edge {ARROWS[each]}|{LABELS[each]}| circuit{index}", f"  circuit{index} {ARROWS[each]} er"]
    for index, each in enumerate(of_sites):
        lines += [f"  hosts {ARROWS[each]} appliance{index}"]
        lines += [f"  appliance{index} {ARROWS[each]}|{LABELS[each]}, IPsec over the Internet| vpn"]
    for index, _ in enumerate(network.tiers):
        lines += [f"  er {ARROWS[best(of_circuits)]} tier{index}", f"  vpn {ARROWS[best(of_sites)]} tier{index}"]
    return "\n".join(lines) + "\n"
