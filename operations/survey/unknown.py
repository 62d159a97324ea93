"""What Azure cannot know of a network, so that a survey cannot either: said once, for people and for the tests."""

from typing import NamedTuple


class Unknown(NamedTuple):
    """A setting that a survey cannot find. surveyed: what it says instead."""

    setting: str
    why: str
    surveyed: str


UNKNOWN = (
    Unknown("protect", "it is Pulumi's", "nothing, which protects"),
    Unknown("serializeGateways", "it is about making gateways", "nothing"),
    Unknown("ignoreTags", "it is Pulumi's", "the tags that not all resources have"),
    Unknown("failover", "it is what people want", "nothing: the loss of any one circuit is survived"),
    Unknown("resourceGroup.existing", "who made a group is not told", "true, unless it is called `rg-NAME`"),
    Unknown(
        "the names of tiers, spokes, circuits and sites",
        "they are the settings' own",
        "what is left of Azure's names without this project's own forms",
    ),
    Unknown(
        "zones", "only what has zones tells them", "the zones of Bastion's address, where they are not the region's"
    ),
    Unknown("network.firewalls", "what lies behind an address of a machine is not asked", "nothing"),
    Unknown("network.existing.gatewaySubnet", "who made a subnet is not told", "`adopt`"),
    Unknown(
        "network.tiers[].allow[].sources", "Azure has the prefixes", "a word, where exactly its prefixes are there"
    ),
    Unknown(
        "network.spokes[].resourceGroup", "who made a group is not told", "nothing, or `rg-NAME-SPOKE`; else `existing`"
    ),
    Unknown("onPremises.prefixes", "Azure has what is announced", "the widest of what is announced"),
    Unknown("onPremises.devices", "they are not in Azure", "nothing: a machine for each link and each site"),
    Unknown(
        "expressRoute.circuits[].connect",
        "Azure has the connection, or none",
        "`auto` of an ordered one, else `always`",
    ),
    Unknown(
        "expressRoute.circuits[] with existing and connect: never",
        "nothing in Azure joins it to this network",
        "nothing",
    ),
    Unknown("expressRoute.prefixes", "Azure has what each circuit announces", "`prefixes` of each circuit"),
    Unknown("expressRoute.circuits[].prefixes", "of one without a connection nothing is learned", "nothing"),
    Unknown(
        "expressRoute.circuits[].privatePeering", "it is made when the circuit gets connected", "nothing until then"
    ),
    Unknown("expressRoute.circuits[].localPreference", "it is in the routers on-premises", "nothing"),
    Unknown(
        "expressRoute.circuits[].tier of an existing one",
        "its owner may not let it be read",
        "what it is, if it is told",
    ),
    Unknown("vpn.sites[].localPreference", "it is in the appliance", "nothing"),
    Unknown(
        "vpn.sites[].bgp.gatewayAddresses", "Azure wants one of each instance", "both, of a tunnel to one instance too"
    ),
    Unknown("vpn.sites[].instance", "Azure makes a tunnel to each instance", "the one whose tunnel alone is up"),
    Unknown(
        "monitoring.workspace",
        "who made a workspace is not told",
        "nothing, where it is beside the network and as this project makes one",
    ),
)
"""Each is listed in docs/survey.md too, and the tests leave out exactly these when they compare."""
