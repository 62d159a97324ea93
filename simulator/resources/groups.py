"""Resource groups."""

from dataclasses import dataclass

from simulator.errors import AzureError, fail
from simulator.ids import ResourceId
from simulator.resources.base import AnyCloud, Kind
from simulator.store import Json, Record


@dataclass(frozen=True)
class ResourceGroup(Kind):
    """A resource group. Deleting it deletes what is in it, as far as Azure allows."""

    def make_id(self, subscription: str, values: Json) -> str:
        return f"/subscriptions/{subscription}/resourceGroups/{values['resourceGroupName']}"

    def path_values(self, rid: ResourceId) -> Json:
        return {"resourceGroupName": rid.group}

    def view(self, cloud: AnyCloud, record: Record) -> Json:
        return {
            "id": record.id,
            "name": record.name,
            "type": self.arm_type,
            **record.body,
            "properties": {"provisioningState": record.state},
        }

    def finish_delete(self, cloud: AnyCloud, record: Record) -> AzureError | None:
        left = cloud.empty_group(record)
        names = "', '".join(left)
        return fail("ResourceGroupDeletionBlocked", group=record.name, names=names) if left else None


KINDS = (
    ResourceGroup(
        "azure-native:resources:ResourceGroup",
        "Microsoft.Resources/resourceGroups",
        ("resourceGroupName",),
        "ResourceGroup",
        duration="resourceGroup",
        # "It cannot be changed after the resource group has been created" (the SDK on location): azure-native replaces.
        replaces=("location",),
    ),
)
