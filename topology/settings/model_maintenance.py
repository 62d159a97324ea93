"""The settings of maintenance: when Azure may maintain each gateway."""

from typing import Annotated

from components.rules import maintenance

from .model_base import Model, like


class MaintenanceWindow(Model):
    """The daily window of one gateway."""

    start: Annotated[str, like("a time in quotes such as '22:30'")]
    """When it begins: `HH:mm`, such as 01:30 or 22:00."""
    hours: int = maintenance.LEAST_HOURS
    """How long it is: 5 to 23 hours [MAINT-01]."""


class Maintenance(Model):
    """Daily maintenance windows, none at the time of the other [MAINT-04]. They cover the guest system and the service,
    neither the host nor urgent security updates [MAINT-03], and take effect within a day [MAINT-02]."""

    time_zone: Annotated[str, like("a time zone such as UTC")] = maintenance.DEFAULT_TIME_ZONE
    """By its name in Windows, such as W. Europe Standard Time; its summer time is kept [MAINT-01]."""
    express_route: MaintenanceWindow | None = None
    """Of the ExpressRoute gateway; without it Azure maintains that one when it likes."""
    vpn: MaintenanceWindow | None = None
    """Of the VPN gateway, likewise."""

    @property
    def windows(self) -> dict[str, MaintenanceWindow]:
        """The windows that there are, by the setting's name."""
        both = {"expressRoute": self.express_route, "vpn": self.vpn}
        return {name: window for name, window in both.items() if window}
