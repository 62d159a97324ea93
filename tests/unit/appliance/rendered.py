"""What the appliance tests share: settings with changes, and the device's files for them."""

from typing import Any

from appliance.facts import Facts, Wiring, placeholders
from appliance.plan import find_site, make_plan
from appliance.strongswan_frr import DataPath, render
from tests.stacks import stack_values
from topology.reading import read
from topology.settings.model import Settings


def settings(stack: str, **site: Any) -> Settings:
    """Settings of a stack file; keyword arguments are camelCase keys of its first site."""
    data = stack_values(stack)
    data["vpn"]["sites"][0] |= site
    return read(data)[0] or Settings.model_validate(data)


def files(settings: Settings, facts: Facts | None = None, data_path: DataPath = "kernel") -> dict[str, str]:
    """Text of every file of the first site's device."""
    site = settings.vpn.sites[0].name
    facts = facts or placeholders(settings, find_site(settings, site)[1], Wiring())
    return {name: text for name, (text, _) in render(make_plan(settings, site, facts), data_path).items()}
