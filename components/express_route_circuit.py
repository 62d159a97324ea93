"""An ExpressRoute circuit with its private peering and authorizations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import network

from . import gateway_parts
from .arguments import Later, judged
from .base import Component, named
from .rules import circuits

_CIRCUIT_MINUTES = 60
_PEERING_MINUTES = 60


class PrivatePeeringArgs(TypedDict):
    """Azure private peering."""

    peer_asn: pulumi.Input[int]
    """Required. ASN of the on-premises edge, not 65515 to 65520 [BGP-06]."""
    vlan_id: pulumi.Input[int]
    """Required. VLAN, 1 to 4094, once on the circuit [CIRCUIT-11]."""
    primary_prefix: pulumi.Input[str]
    """Required. /30 of the primary link: the first usable address is yours, the second Microsoft's [CIRCUIT-10]."""
    secondary_prefix: pulumi.Input[str]
    """Required. /30 of the secondary link."""
    shared_key: NotRequired[pulumi.Input[str]]
    """Optional. MD5 key of the BGP sessions; kept as a secret."""


class ExpressRouteCircuitArgs(TypedDict):
    """Arguments of ExpressRouteCircuit."""

    resource_group_name: pulumi.Input[str]
    """Required. Resource group of the circuit."""
    provider: NotRequired[pulumi.Input[str]]
    """Conditional. Connectivity provider, as Azure lists it, such as Equinix."""
    peering_location: NotRequired[pulumi.Input[str]]
    """Conditional. Where the provider meets Microsoft, such as Silicon Valley. With a provider."""
    bandwidth_in_mbps: NotRequired[pulumi.Input[int]]
    """Conditional. 50, 100, 200, 500, 1000, 2000, 5000 or 10000 Mbps [CIRCUIT-03]. It can grow in place, never shrink
    [CIRCUIT-04]. With a provider."""
    port_id: NotRequired[pulumi.Input[str]]
    """Conditional. An ExpressRoute Direct port instead of a provider."""
    bandwidth_in_gbps: NotRequired[pulumi.Input[float]]
    """Conditional. Gbps on the port. With a port."""
    existing_id: NotRequired[pulumi.Input[str]]
    """Conditional. A circuit that is there already, in this or another subscription: it is neither changed nor
    destroyed, and its peering and authorizations are its owner's."""
    tier: NotRequired[pulumi.Input[str]]
    """Optional. Local, Standard or Premium. Default Standard. An existing circuit has its own [EXIST-11]."""
    family: NotRequired[pulumi.Input[str]]
    """Optional. MeteredData or UnlimitedData; Local has only the second. Default MeteredData. A change from unlimited
    back to metered is refused by Azure [CIRCUIT-04]. An existing circuit has its own [EXIST-11]."""
    virtual_network_prefixes: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """Optional. The virtual network's address space, which the links' subnets must not overlap [CIRCUIT-10]."""
    private_peering: NotRequired[PrivatePeeringArgs]
    """Optional. Only on a circuit that its provider has provisioned [CIRCUIT-08], and not where the provider makes it
    (layer 3) [CIRCUIT-09]."""
    authorizations: NotRequired[Sequence[str]]
    """Optional. Names of authorizations, each for one connection of another subscription [CIRCUIT-13]."""
    name: NotRequired[pulumi.Input[str]]
    """Optional. Physical name; `erc-` and the component's name by default."""
    location: NotRequired[pulumi.Input[str]]
    """Optional. Azure region; the provider's by default."""
    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Optional. Tags of the circuit."""


class ExpressRouteCircuit(Component):
    """An ExpressRoute circuit: ordered from a provider, on a Direct port, or existing.

    Billing of a provider's circuit starts when it is created, which is when Azure issues the service key, and not when
    the provider provisions it; it ends when the circuit is deleted, which Azure refuses until the provider has
    deprovisioned it [CIRCUIT-07, DELETE-08]. The circuit waits for the component's `depends_on`.

    Raises pulumi.RunError for arguments that Azure would refuse; an Output that turns out wrong fails what it is given
    to (docs/components.md).
    """

    circuit_id: pulumi.Output[str]
    """Resource id; who uses it waits for the peering and the authorizations too."""
    service_key: pulumi.Output[str | None]
    """What the provider asks for, a secret; none for an existing circuit."""
    authorization_keys: pulumi.Output[dict[str, str]]
    """Authorization name -> key, a secret."""

    def __init__(self, name: str, args: ExpressRouteCircuitArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = judged(name, ExpressRouteCircuitArgs, args, gateway_parts.express_route_circuit)
        super().__init__(name, args, opts)
        own_peering = args.get("private_peering")
        self.service_key = pulumi.Output.from_input(None)
        self.authorization_keys = pulumi.Output.secret({})
        if existing := args.get("existing_id"):
            self.circuit_id = pulumi.Output.from_input(existing)
        else:
            physical = args.get("name", f"erc-{name}")
            circuit = self._circuit(name, physical, args)
            circuit_name = named(circuit, physical)
            # Azure takes one operation at a time on a circuit [ORDER-05].
            chain: list[pulumi.CustomResource] = [circuit]
            if own_peering:
                chain.append(self._peering(name, args, own_peering, circuit_name))
            made_keys = {}
            for authorization in args.get("authorizations", []):
                made = network.ExpressRouteCircuitAuthorization(
                    f"{name}-{authorization}",
                    authorization_name=authorization,
                    circuit_name=circuit_name,
                    resource_group_name=args["resource_group_name"],
                    opts=self.child(
                        depends_on=chain[-1:],
                        minutes=_PEERING_MINUTES,
                        additional_secret_outputs=["authorization_key"],
                    ),
                )
                chain.append(made)
                made_keys[authorization] = made.authorization_key
            self.circuit_id = _once_there(circuit.id, chain)
            self.service_key = pulumi.Output.secret(circuit.service_key)
            self.authorization_keys = pulumi.Output.secret(pulumi.Output.all(**made_keys) if made_keys else {})
        self.register_outputs(
            {
                "circuitId": self.circuit_id,
                "serviceKey": self.service_key,
                "authorizationKeys": self.authorization_keys,
            }
        )

    def _circuit(
        self, name: str, physical: pulumi.Input[str], args: ExpressRouteCircuitArgs
    ) -> network.ExpressRouteCircuit:
        tier, family = args.get("tier", circuits.DEFAULT_TIER), args.get("family", circuits.DEFAULT_FAMILY)
        kind: dict[str, Any]
        if port := args.get("port_id"):
            kind = {
                "express_route_port": network.SubResourceArgs(id=port),
                "bandwidth_in_gbps": args.get("bandwidth_in_gbps"),
            }
        else:
            kind = {
                "service_provider_properties": network.ExpressRouteCircuitServiceProviderPropertiesArgs(
                    service_provider_name=args.get("provider"),
                    peering_location=args.get("peering_location"),
                    bandwidth_in_mbps=args.get("bandwidth_in_mbps"),
                )
            }
        return network.ExpressRouteCircuit(
            name,
            circuit_name=physical,
            resource_group_name=args["resource_group_name"],
            location=args.get("location"),
            sku=network.ExpressRouteCircuitSkuArgs(
                name=pulumi.Output.concat(tier, "_", family), tier=tier, family=family
            ),
            allow_classic_operations=False,
            tags=args.get("tags"),
            opts=self.child(
                depends_on=self.after(),
                minutes=_CIRCUIT_MINUTES,
                # Azure lists peerings and authorizations, keys included, in the circuit itself too.
                additional_secret_outputs=["service_key", "authorization_key", "authorizations", "peerings"],
                # The provider's and Azure's own: a refresh finds them changed, an update must not take them back.
                ignore_changes=[
                    "service_provider_provisioning_state",
                    "circuit_provisioning_state",
                    "service_provider_notes",
                ],
            ),
            **kind,
        )

    def _peering(
        self,
        name: str,
        args: ExpressRouteCircuitArgs,
        peering: PrivatePeeringArgs,
        circuit_name: pulumi.Output[str],
    ) -> network.ExpressRouteCircuitPeering:
        return network.ExpressRouteCircuitPeering(
            name,
            peering_name="AzurePrivatePeering",
            peering_type="AzurePrivatePeering",
            circuit_name=circuit_name,
            resource_group_name=args["resource_group_name"],
            peer_asn=peering["peer_asn"],
            vlan_id=peering["vlan_id"],
            primary_peer_address_prefix=peering["primary_prefix"],
            secondary_peer_address_prefix=peering["secondary_prefix"],
            shared_key=peering.get("shared_key"),
            state="Enabled",
            opts=self.child(minutes=_PEERING_MINUTES, additional_secret_outputs=["shared_key"]),
        )


def _once_there(value: pulumi.Output[Any], resources: Iterable[pulumi.Resource]) -> pulumi.Output[Any]:
    """The value, for users who wait for all of the resources. It is known before they are: a connection whose circuit
    is not known at preview would be one that is replaced, and where it is protected the preview would be refused."""

    async def of() -> set[pulumi.Resource]:
        return {*await value.resources(), *resources}

    async def known() -> Any:
        return await value.future(with_unknowns=True)

    return pulumi.Output(*map(Later, (of, known, value.is_known, value.is_secret)))
