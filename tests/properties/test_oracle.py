"""The second opinion itself, held against what Microsoft documents, people report, and real routers showed."""

from copy import deepcopy
from ipaddress import IPv4Address
from typing import Any

import pytest
import yaml

from tests.properties.oracle import Oracle

BASE = yaml.safe_load("""
network: {addressSpace: [10.0.0.0/16], gatewaySubnet: 10.0.255.192/26, tiers: [{name: web, subnet: 10.0.1.0/24}]}
onPremises: {prefixes: [192.168.0.0/16]}
expressRoute: {circuits: [{name: a, peeringLocation: Dallas}]}
vpn: {gateway: {}, sites: [{name: hq, bgp: {asn: 65010}}]}
""")
CHANGES: dict[str, dict[str, Any]] = yaml.safe_load("""
base: {}
# What on-premises announces where.
ExpressRoute carries a part: {expressRoute.prefixes: [192.168.1.0/24]}
ExpressRoute carries more: {expressRoute.prefixes: [192.168.0.0/16, 172.31.0.0/16]}
default route:
  expressRoute.prefixes: [192.168.0.0/16, 0.0.0.0/0]
  network.tiers: [{name: web, subnet: 10.0.1.0/24, internetOutbound: true}]
static site: {vpn.sites: [{name: hq, prefixes: [192.168.0.0/17, 192.168.128.0/17]}]}
# Devices.
one machine: {onPremises.devices: [{name: edge, links: [a/primary, a/secondary], sites: [hq]}]}
branch: &branch
  vpn.sites: [{name: hq, bgp: {asn: 65010}}, {name: dc, bgp: {asn: 65011}, prefixes: [192.168.7.0/24]}]
  expressRoute.prefixes: [192.168.0.0/17]
branch on a machine without a link: {<<: *branch, onPremises.devices: [{name: branch, sites: [dc]}]}
two appliances: {vpn.sites: [{name: hq, bgp: {asn: 65010}}, {name: dc, bgp: {asn: 65011}}]}
one appliance prepends: {vpn.sites: [{name: hq, bgp: {asn: 65010}, prepend: 3}, {name: dc, bgp: {asn: 65011}}]}
tunnel preferred: {vpn.sites: [{name: hq, bgp: {asn: 65010}, localPreference: 200}]}
tunnel preferred as much: {vpn.sites: [{name: hq, bgp: {asn: 65010}, localPreference: 150}]}
a floating static route beside a circuit preferred as little:
  expressRoute.circuits: [{name: a, peeringLocation: Dallas, localPreference: 100}]
  vpn.sites: [{name: hq}]
# A firewall, which no setting claims; r: out of the tier, in: from the GatewaySubnet to it.
out: &out
  network.tiers:
  - name: web
    subnet: 10.0.1.0/24
    routes: [&r {prefix: 192.168.0.0/16, nextHopType: VirtualAppliance, nextHopAddress: 10.0.9.4}]
  - &nva {name: nva, subnet: 10.0.9.0/24}
in: &in {network.gatewaySubnetRoutes: [{<<: *r, prefix: 10.0.1.0/24}]}
out and in: {<<: [*out, *in]}
redundant: {<<: [*out, *in], network.firewalls: [{name: fw, address: 10.0.9.4, redundant: true}]}
stateless: {<<: *out, network.firewalls: [{name: fw, address: 10.0.9.4, stateful: false}]}
loop:
  <<: *in
  network.tiers: [{name: web, subnet: 10.0.1.0/24, routes: [*r]}, {name: nva, subnet: 10.0.9.0/24, routes: [*r]}]
elsewhere: {network.gatewaySubnetRoutes: [{<<: *r, prefix: 10.0.1.0/24, nextHopAddress: 172.16.9.4}]}
half: {network.gatewaySubnetRoutes: [{<<: *r, prefix: 10.0.1.128/25}]}
bypassed: {<<: [*out, *in], expressRoute.prefixes: [192.168.1.0/24]}
# FastPath goes past the routes of the GatewaySubnet, but into the hub only, and not on a Direct port.
fast past the firewall:
  <<: [*out, *in]
  expressRoute.circuits: [&fast {name: a, fastPath: true, peeringLocation: Dallas}]
fast past a hole:
  network.gatewaySubnetRoutes: [{prefix: 10.0.1.0/24, nextHopType: None}]
  expressRoute.circuits: [*fast]
fast and theirs: {<<: [*out, *in], expressRoute.circuits: [{name: a, fastPath: true, existing: {id: /s/c}}]}
fast and theirs, past a hole:
  network.gatewaySubnetRoutes: [{prefix: 10.0.1.0/24, nextHopType: None}]
  expressRoute.circuits: [{name: a, fastPath: true, existing: {id: /s/c}}]
fast on a port: {<<: [*out, *in], expressRoute.circuits: [{name: a, fastPath: true, port: {id: /s/P1}}]}
one of two fast:
  <<: [*out, *in]
  expressRoute.circuits: [*fast, {name: b, peeringLocation: Chicago}]
fast into a spoke:
  network.spokes: [{name: app, addressSpace: [10.1.0.0/16], tiers: [{name: web, subnet: 10.1.1.0/24, routes: [*r]}]}]
  network.gatewaySubnetRoutes: [{<<: *r, prefix: 10.1.0.0/16}]
  expressRoute.circuits: [*fast]
kept by Azure:
  network.tiers: [{name: web, subnet: 10.0.1.0/24, routes: [{<<: *r, nextHopAddress: 10.0.9.3}]}, *nva]
between the gateways: {network.gatewaySubnetRoutes: [{<<: *r, prefix: 10.0.252.0/22}]}
not between the gateways:
  network.gatewaySubnetRoutes: [{<<: *r, prefix: 10.0.252.0/22}, {prefix: 10.0.255.192/26, nextHopType: VnetLocal}]
wider than the network: {network.gatewaySubnetRoutes: [{<<: *r, prefix: 10.0.0.0/8}]}
# A spoke behind the hub's firewall.
spoke: {network.spokes: [{name: app, addressSpace: [10.1.0.0/16]}]}
spoke out: &spoke
  network.spokes:
  - {name: app, addressSpace: [10.1.0.0/16], tiers: [&t {name: web, subnet: 10.1.1.0/24, routes: [*r]}]}
spoke in:
  network.spokes: [{name: app, addressSpace: [10.1.0.0/16]}]
  network.gatewaySubnetRoutes: &to-spoke [{<<: *r, prefix: 10.1.0.0/16}]
spoke out and in: {<<: *spoke, network.gatewaySubnetRoutes: *to-spoke}
spoke closed:
  network.spokes: [{name: app, addressSpace: [10.1.0.0/16], tiers: [*t], forwardedTraffic: false}]
  network.gatewaySubnetRoutes: *to-spoke
spoke behind another's firewall:
  network.spokes:
  - {name: app, addressSpace: [10.1.0.0/16]}
  - name: ops
    addressSpace: [10.2.0.0/16]
    tiers: [{name: web, subnet: 10.2.1.0/24, routes: [{<<: *r, nextHopAddress: 10.1.9.4}]}]
# Shared fates.
two places: {expressRoute.circuits: [{name: a, peeringLocation: Dallas}, {name: b, peeringLocation: Chicago}]}
accents and hyphens:
  expressRoute.circuits: [{name: a, peeringLocation: São Paulo}, {name: b, peeringLocation: sao-paulo}]
two spellings: {expressRoute.circuits: [{name: a, peeringLocation: Dallas}, {name: b, peeringLocation: dallas}]}
unknown places: {expressRoute.circuits: [{name: a, existing: {}}, {name: b, existing: {}}]}
one unknown place: {expressRoute.circuits: [{name: a, peeringLocation: Dallas}, {name: b, existing: {}}]}
one port: {expressRoute.circuits: [{name: a, port: {id: /s/P1}}, {name: b, port: {id: /s/p1}}]}
one zone: {vpn.gateway: {zones: ["1"]}}
their gateway: {vpn.gateway: {existing: {id: /s/g}}}
their gateway in one zone: {vpn.gateway: {existing: {id: /s/g}, zones: ['2']}}
# The three techniques of disaster recovery with ExpressRoute.
weights:
  expressRoute.circuits: [{name: a, peeringLocation: Dallas, routingWeight: 9}, {name: b, peeringLocation: Chicago}]
prepended:
  expressRoute.circuits: [{name: a, peeringLocation: Dallas, prepend: 2}, {name: b, peeringLocation: Chicago}]
prepended and preferred:
  expressRoute.circuits:
  - {name: a, peeringLocation: Dallas, prepend: 2, localPreference: 120}
  - {name: b, peeringLocation: Chicago}
longer prefixes:
  expressRoute.circuits:
  - {name: a, peeringLocation: Dallas, prefixes: [192.168.0.0/16, 192.168.0.0/17, 192.168.128.0/17]}
  - {name: b, peeringLocation: Chicago}
""")

SAID = """
base                   |                            | web     | 192.168.1.1   | expressRoute
base                   | circuit:a                  | web     | 192.168.1.1   | vpn
base                   | link:a/primary             | web     | 192.168.1.1   | expressRoute
base                   | gateway:expressRoute       | web     | 192.168.1.1   | vpn
base                   | circuit:a gateway:vpn/0    | web     | 192.168.1.1   | vpn
base                   | circuit:a appliance:hq     | web     | 192.168.1.1   | unreachable
ExpressRoute carries a part |                       | web     | 192.168.1.1   | expressRoute
ExpressRoute carries a part |                       | web     | 192.168.2.1   | asymmetric
ExpressRoute carries a part | circuit:a             | web     | 192.168.2.1   | vpn
ExpressRoute carries more |                         | web     | 172.31.1.1    | expressRoute
ExpressRoute carries more | circuit:a               | web     | 172.31.1.1    | unreachable
default route          |                            | web     | 203.0.113.1   | expressRoute
default route          | circuit:a                  | web     | 203.0.113.1   | internet
static site            |                            | web     | 192.168.1.1   | asymmetric
static site            | appliance:hq               | web     | 192.168.1.1   | unreachable
one machine            | device:edge                | web     | 192.168.1.1   | unreachable
branch                 |                            | web     | 192.168.7.1   | asymmetric
branch on a machine without a link |                | web     | 192.168.7.1   | vpn
branch on a machine without a link | device:branch  | web     | 192.168.7.1   | expressRoute
branch on a machine without a link | circuit:a      | web     | 192.168.1.1   | vpn
two appliances         | circuit:a                  | web     | 192.168.1.1   | vpn
two appliances         | circuit:a appliance:hq     | web     | 192.168.1.1   | vpn
one appliance prepends | circuit:a                  | web     | 192.168.1.1   | asymmetric
tunnel preferred       |                            | web     | 192.168.1.1   | asymmetric
tunnel preferred as much |                          | web     | 192.168.1.1   | asymmetric
a floating static route beside a circuit preferred as little | | web   | 192.168.1.1   | expressRoute
out                    |                            | web     | 192.168.1.1   | dropped
in                     |                            | web     | 192.168.1.1   | dropped
out and in             |                            | web     | 192.168.1.1   | expressRoute
out and in             | circuit:a                  | web     | 192.168.1.1   | vpn
out and in             | firewall:10.0.9.4          | web     | 192.168.1.1   | unreachable
out and in             | firewall:10.0.9.4          | nva     | 192.168.1.1   | expressRoute
bypassed               |                            | web     | 192.168.1.1   | dropped
stateless              |                            | web     | 192.168.1.1   | expressRoute
loop                   |                            | web     | 192.168.1.1   | unreachable
elsewhere              |                            | web     | 192.168.1.1   | unreachable
half                   |                            | web     | 192.168.1.1   | dropped
kept by Azure          |                            | web     | 192.168.1.1   | unreachable
between the gateways   | firewall:10.0.9.4          | web     | 192.168.1.1   | expressRoute
between the gateways   | circuit:a                  | web     | 192.168.1.1   | vpn
between the gateways   | circuit:a firewall:10.0.9.4 | web    | 192.168.1.1   | unreachable
not between the gateways | circuit:a firewall:10.0.9.4 | web  | 192.168.1.1   | vpn
wider than the network | circuit:a firewall:10.0.9.4 | web    | 192.168.1.1   | vpn
fast past the firewall |                            | web     | 192.168.1.1   | dropped
fast past the firewall | circuit:a                  | web     | 192.168.1.1   | vpn
fast past a hole       |                            | web     | 192.168.1.1   | expressRoute
fast past a hole       | circuit:a                  | web     | 192.168.1.1   | unreachable
fast on a port         |                            | web     | 192.168.1.1   | expressRoute
fast and theirs        |                            | web     | 192.168.1.1   | dropped
fast and theirs        | circuit:a                  | web     | 192.168.1.1   | vpn
fast and theirs, past a hole |                      | web     | 192.168.1.1   | unreachable
one of two fast        |                            | web     | 192.168.1.1   | dropped
one of two fast        | circuit:a                  | web     | 192.168.1.1   | expressRoute
fast into a spoke      |                            | app/web | 192.168.1.1   | expressRoute
spoke                  |                            | app     | 192.168.1.1   | expressRoute
spoke                  | circuit:a                  | app     | 192.168.1.1   | vpn
spoke out              |                            | app/web | 192.168.1.1   | dropped
spoke in               |                            | app     | 192.168.1.1   | dropped
spoke out and in       |                            | app/web | 192.168.1.1   | expressRoute
spoke out and in       | circuit:a                  | app/web | 192.168.1.1   | vpn
spoke closed           |                            | app/web | 192.168.1.1   | unreachable
spoke behind another's firewall |                   | ops/web | 192.168.1.1   | unreachable
two places             | peeringLocation:dallas     | web     | 192.168.1.1   | expressRoute
accents and hyphens    | peeringLocation:saopaulo   | web     | 192.168.1.1   | vpn
two spellings          | peeringLocation:dallas     | web     | 192.168.1.1   | vpn
unknown places         | peeringLocation:unknown    | web     | 192.168.1.1   | vpn
one unknown place      | peeringLocation:dallas     | web     | 192.168.1.1   | vpn
one port               | port:p1                    | web     | 192.168.1.1   | vpn
one zone               | zone:1 circuit:a           | web     | 192.168.1.1   | unreachable
their gateway          | zone:unknown circuit:a     | web     | 192.168.1.1   | unreachable
their gateway          | zone:unknown               | web     | 192.168.1.1   | expressRoute
their gateway in one zone | zone:2 circuit:a        | web     | 192.168.1.1   | unreachable
weights                |                            | web     | 192.168.1.1   | expressRoute
prepended              |                            | web     | 192.168.1.1   | asymmetric
prepended              | circuit:b                  | web     | 192.168.1.1   | expressRoute
prepended and preferred |                           | web     | 192.168.1.1   | expressRoute
longer prefixes        |                            | web     | 192.168.1.1   | asymmetric
longer prefixes        | circuit:a                  | web     | 192.168.1.1   | expressRoute
"""
"""Network, what has failed, tier, address on-premises, verdict."""


def oracle(name: str) -> Oracle:
    values = deepcopy(BASE)
    for path, value in CHANGES[name].items():
        part, key = path.split(".")
        values[part][key] = value
    return Oracle(values)


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_it_says(line: str) -> None:
    name, failed, tier, address, said = (word.strip() for word in line.split("|"))
    opinion = oracle(name)
    subnet = next(one for one in opinion.tiers if one.name == tier)
    assert opinion.verdict(IPv4Address(address), subnet, opinion.down(failed.split())) == said


def test_one_firewall_machine_is_one_failure_and_a_redundant_one_is_none() -> None:
    assert oracle("out and in").smallest_cut(IPv4Address("192.168.1.1")) == 1
    assert oracle("redundant").smallest_cut(IPv4Address("192.168.1.1")) == 2
