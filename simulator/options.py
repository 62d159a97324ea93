"""Switches for what Azure's documents leave open (U) or only some have seen (R), by default on the careful side."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Options:
    """One switch per question; `serve --option name=value` sets them, and the cloud's file remembers them."""

    er_gateway_public_ip: str = "optional"
    """PIP-09 to PIP-11: may an ExpressRoute gateway be made without a public IP? optional, required or refused."""
    zones_checked_everywhere: bool = False
    """PIP-12: does the rule that an AZ gateway's public IP needs zones hold in a region without zones too? Then no
    request would do there, since an address can have none (ZONE-04, ZONE-05): so it is taken not to."""
    regions_without_zones: list[str] = field(default_factory=list)
    """More regions without zones than Microsoft's list has, by names such as westus."""
    skus_not_offered: list[str] = field(default_factory=list)
    """VPN-10: gateway SKUs that a region does not offer, as region:sku; ErGwScale's regions are known (ZONE-06)."""
    max_shared_key: int = 128
    """VPN-16: longest pre-shared key Azure takes. The documents only say it for the reset operation."""
    undocumented_ipsec_values: bool = False
    """IPSEC-07: are algorithms that only the SDK lists accepted?"""
    dual_stack_coexistence: bool = False
    """ER-10: may a VNet with IPv6 hold both gateways? Said no in 2023; the sentence is gone since."""
    expressroute_first: bool = False
    """ORDER-03: refuse an ExpressRoute gateway beside an existing VPN gateway, as in 2018."""
    gateway_holds_vnet: bool = False
    """ORDER-09: answer 429 to changes of a VNet while one of its gateways is being changed."""
    subnets_need_security_groups: bool = False
    """BAS-11: the landing zones' policy Deny-Subnet-Without-Nsg is assigned: a subnet is refused without one."""
    vpn_connections_in_parallel: bool = False
    """ORDER-04 tells of ExpressRoute connections only; may one gateway's VPN connections be made in parallel?"""
    authorization_key_alone_ignored: bool = True
    """CONN-03: a PUT that changes only the authorization key changes nothing."""
    shared_key_put_ignored: bool = True
    """CONN-04: a PUT on an existing connection does not change its shared key."""
    provider_provisions_after_min: float = 0.0
    """Simulated minutes after which the connectivity provider provisions a new circuit by itself; 0 is never."""
    write_limit: int = 1000
    """ORDER-12: writes and deletes per five simulated minutes and subscription."""
    read_limit: int = 10000
    """ORDER-12: reads per five simulated minutes and subscription."""
    subscriptions_not_found: list[str] = field(default_factory=list)
    """Subscriptions that do not exist (404 SubscriptionNotFound). Every other well-formed id is a subscription."""
    subscriptions_without_rights: list[str] = field(default_factory=list)
    """Subscriptions that exist, but where the account may do nothing (403 AuthorizationFailed)."""
    actions_left_out: list[str] = field(default_factory=list)
    """Actions of Azure's, such as Microsoft.Network/connections/write, that the account's role leaves out (403
    AuthorizationFailed)."""

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Options":
        names = {item.name for item in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in raw.items() if name in names})

    def with_text(self, assignment: str) -> "Options":
        """The options with one `name=value` from a command line; ValueError when it makes no sense."""
        name, mark, text = assignment.partition("=")
        name = name.replace("-", "_")
        current = getattr(self, name, None)
        if not mark or current is None or name.startswith("_") or callable(current):
            raise ValueError(f"{assignment}: no such option; there are {', '.join(self.to_json())}")
        return dataclasses.replace(self, **{name: _read(text, current)})


def _read(text: str, current: object) -> object:
    if isinstance(current, bool):
        if text.lower() not in ("true", "false"):
            raise ValueError(f"{text}: true or false was expected")
        return text.lower() == "true"
    if isinstance(current, int):
        return int(text)
    if isinstance(current, float):
        return float(text)
    if isinstance(current, list):
        return [item for item in text.split(",") if item]
    return text
