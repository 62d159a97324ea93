"""What the appliance tests share: settings with changes, and the device's files for them."""

from typing import Any

from appliance.facts import Facts, placeholders
from appliance.holding import of_device, of_site
from appliance.plan import plan_of
from appliance.strongswan_frr import DataPath, render
from appliance.wiring import Wiring
from tests.stacks import stack_values
from topology.reading import read
from topology.settings.model import Settings


def settings(stack: str, **site: Any) -> Settings:
    """Settings of a stack file; keyword arguments are camelCase keys of its first site."""
    data = stack_values(stack)
    data["vpn"]["sites"][0] |= site
    return read(data)[0] or Settings.model_validate(data)


def files(
    settings: Settings,
    facts: Facts | None = None,
    data_path: DataPath = "kernel",
    device: str | None = None,
    wiring: Wiring | None = None,
) -> dict[str, str]:
    """Text of every file of a device, by default of the first site's machine."""
    holding = of_device(settings, device) if device else of_site(settings, settings.vpn.sites[0].name)
    facts = facts or placeholders(settings, holding, wiring)
    return {name: text for name, (text, _) in render(plan_of(settings, holding, facts), data_path).items()}
