"""Errors of virtual network peerings, and of gateways that peered networks use."""

from simulator.error_kinds import Kind

PEERINGS = {
    "RemoteVnetHasNoGateways": Kind(
        400,
        "Peering {id} cannot have UseRemoteGateways flag set to true because remote virtual network {remote} "
        "referenced by the peering does not have any gateways.",
        ("ORDER-11", "SPOKE-02"),
    ),
    "CodeUnknown_SPOKE-02": Kind(
        400,
        "Peering {id} cannot have UseRemoteGateways flag set to true, because corresponding remote peering has "
        "AllowGatewayTransit flag set to false.",
        ("SPOKE-02",),
        "U",
    ),
    "CodeUnknown_SPOKE-03": Kind(
        400,
        "Peering {id} cannot have UseRemoteGateways flag set to true, because another peering {other} already has "
        "UseRemoteGateways flag set to true.",
        ("SPOKE-03",),
        "U",
    ),
    "CodeUnknown_SPOKE-04": Kind(
        400,
        "Peering {id} cannot have UseRemoteGateways flag set to true, because its virtual network has gateway "
        "{gateway}.",
        ("SPOKE-04", "EXIST-05"),
        "U",
    ),
    "CodeUnknown_EXIST-05": Kind(
        400,
        "Gateway {id} cannot be created in a virtual network whose peering {peering} uses remote gateways.",
        ("SPOKE-04", "EXIST-05"),
        "U",
    ),
    "CodeUnknown_SPOKE-10": Kind(
        400, "Gateway {id} cannot be deleted because peering {peering} uses it.", ("SPOKE-10",), "U"
    ),
    "CodeUnknown_SPOKE-15": Kind(400, "Virtual network {network} has {most} peerings already.", ("SPOKE-15",), "U"),
    "VnetAddressSpacesOverlap": Kind(
        400,
        "Cannot create or update peering {id}. Virtual networks {first} and {second} cannot be peered because their "
        "address spaces overlap. Overlapping address prefixes: {prefixes}",
        ("SPOKE-06",),
    ),
    "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet": Kind(
        400,
        "Cannot create or update peering {id}. The address space of virtual network {first} overlaps with that of "
        "virtual network {second}, which is peered already.",
        ("SPOKE-06",),
    ),
    "CodeUnknown_SPOKE-07": Kind(400, "Peering {id} cannot reference its own virtual network.", ("SPOKE-07",), "U"),
    "AnotherPeeringAlreadyReferencesRemoteVnet": Kind(
        400,
        "Peering {id} cannot be created because peering {other} already references remote virtual network {remote}.",
        ("SPOKE-07",),
    ),
    "RemotePeeringIsDisconnected": Kind(
        400,
        "Cannot create or update peering {id} because remote peering {remote} referencing parent virtual network "
        "{network} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. "
        "Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.",
        ("SPOKE-08",),
    ),
}
