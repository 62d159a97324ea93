"""Which of Azure's clouds is deployed to, as the provider's own configuration says, against the regions [CLOUD-01]."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from components.rules import Problem, zones

from .model import Settings
from .reader import LOCATION

ENVIRONMENT, METADATA = "azure-native:environment", "azure-native:metadataHost"
"""The cloud by its name, or by the host that describes it; then any region may be in it."""
_VARIABLES = {
    ENVIRONMENT: ("ARM_ENVIRONMENT", "AZURE_ENVIRONMENT"),
    METADATA: ("ARM_METADATA_HOSTNAME", "ARM_METADATA_HOST"),
}
"""Variables of the process that the provider reads where the configuration says nothing."""


def with_cloud(configuration: Mapping[str, str]) -> dict[str, str]:
    """A stack's configuration with the cloud that a run here deploys to: what this process says, and then `public`."""
    told = {
        key: os.environ[name] for key, names in _VARIABLES.items() for name in reversed(names) if os.environ.get(name)
    }
    return {ENVIRONMENT: "public", **told, **configuration}


def cloud_problems(given: Mapping[str, Any], settings: Settings | None) -> Iterator[Problem]:
    """Regions of another cloud than the one that is deployed to. given: the whole configuration."""
    environment = given.get(ENVIRONMENT)
    if settings is None or given.get(METADATA) or not (environment is None or isinstance(environment, str)):
        return
    spokes = enumerate(settings.network.spokes)
    places = {f"network.spokes[{index}].location": spoke.location for index, spoke in spokes if spoke.location}
    yield from zones.cloud(ENVIRONMENT, environment, {LOCATION: settings.location, **places})
