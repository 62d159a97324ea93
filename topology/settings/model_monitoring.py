"""The settings of monitoring: where metrics and logs go, and who is told of an alert."""

from typing import Annotated

from components.rules import watching

from .model_base import Model, ResourceId, like


class Monitoring(Model):
    """Alerts on what the network must survive. It is on where anything of it is said."""

    emails: list[Annotated[str, like("an address such as network@example.com")]] = []
    """Whom the alerts are written to; an action group is made for them."""
    action_group: ResourceId | None = None
    """Id of an action group that is there already, told too."""
    workspace: ResourceId | None = None
    """Id of a Log Analytics workspace that is there already, of this subscription or another; by default one is
    made."""
    retention_in_days: int = watching.LEAST_DAYS
    """How long a workspace that is made keeps its logs: 30 to 730 days [MON-13]."""

    @property
    def wanted(self) -> bool:
        """Whether the network is watched."""
        return bool(self.emails or self.action_group or self.workspace or self.retention_is_said)

    @property
    def retention_is_said(self) -> bool:
        """Whether the settings say how long logs are kept."""
        return "retention_in_days" in self.model_fields_set
