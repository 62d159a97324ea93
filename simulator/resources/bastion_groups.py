"""The security group of AzureBastionSubnet: Azure looks for the rules that Bastion needs, one by one (BAS-07)."""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.errors import fail
from simulator.resources.base import AnyCloud
from simulator.store import Json, Record

BASTION_SUBNET = "AzureBastionSubnet"
_ANY = "*"


@dataclass(frozen=True)
class _Need:
    """Traffic that a rule of the group's own must allow: a default rule of Azure's does not count, wide as it may be.

    source, destination: the service tag that is looked for; empty where the page only says "any", which people narrow.
    """

    direction: str
    source: str
    destination: str
    ports: tuple[int, ...]
    tcp: bool = True

    def met(self, rules: Iterable[Json]) -> bool:
        """Whether these rules together allow it on every port."""
        allowing = [rule for rule in rules if self._allows(rule)]
        return all(any(_covers(rule, port) for rule in allowing) for port in self.ports)

    def _allows(self, rule: Json) -> bool:
        return (
            (rule["access"], rule["direction"]) == ("Allow", self.direction)
            and rule["protocol"].lower() in (("tcp", _ANY) if self.tcp else (_ANY,))
            and _is(rule, "source", self.source)
            and _is(rule, "destination", self.destination)
        )


_NETWORK = "VirtualNetwork"
_NEEDED = (
    _Need("Inbound", "Internet", "", (443,)),
    _Need("Inbound", "GatewayManager", "", (443,)),
    _Need("Inbound", "AzureLoadBalancer", "", (443,)),
    _Need("Inbound", _NETWORK, _NETWORK, (8080, 5701), tcp=False),
    _Need("Outbound", "", _NETWORK, (22, 3389)),
    _Need("Outbound", "", "AzureCloud", (443,)),
    _Need("Outbound", _NETWORK, _NETWORK, (8080, 5701), tcp=False),
    _Need("Outbound", "", "Internet", (80,)),
)
"""Microsoft's page "Working with NSG access and Azure Bastion", version of 2026-02-24."""


def refuse_incomplete(cloud: AnyCloud, group: Record, rules: Iterable[Json] | None = None) -> None:
    """BAS-07: the group of AzureBastionSubnet has every rule. rules: as they are to be; as they are by default."""
    if rules is None:
        rules = [child.body for child in cloud.store.find(parent=group.key)]
    given = list(rules)
    if not all(need.met(given) for need in _NEEDED):
        raise fail("NetworkSecurityGroupNotCompliantForAzureBastionSubnet", nsg=group.name, subnet=BASTION_SUBNET)


def guards_bastion(cloud: AnyCloud, group: Record) -> bool:
    """Whether a group is attached to an AzureBastionSubnet: then its rules are looked at whenever they change."""
    return any(
        subnet.name == BASTION_SUBNET
        and (subnet.body.get("networkSecurityGroup") or {}).get("id", "").lower() == group.key
        for subnet in cloud.find("Subnet")
    )


def _is(rule: Json, side: str, wanted: str) -> bool:
    """Whether one side of a rule is what is looked for. In place of the Internet some name their own public ranges."""
    given = rule.get(f"{side}AddressPrefix")
    if wanted == "Internet" and side == "source" and (given is None or given[:1].isdigit()):
        return bool(given or rule.get(f"{side}AddressPrefixes"))
    return not wanted or given in (wanted, _ANY)


def _covers(rule: Json, port: int) -> bool:
    for text in (rule.get("destinationPortRange"), *(rule.get("destinationPortRanges") or [])):
        if text == _ANY:
            return True
        low, _, high = (text or "").partition("-")
        if low and int(low) <= port <= int(high or low):
            return True
    return False
