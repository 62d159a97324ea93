"""Runs the program against the simulated Azure's core, in this process and in no time: does Azure accept it?"""

import json
import re
from collections.abc import Mapping
from typing import Any

from pulumi.runtime import mocks

from simulator import drift
from simulator.admission import normal_location
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.ids import SUBSCRIPTION, parse
from simulator.subscriptions import Account
from tests.recording import SECRET_SIGNATURE, LookupFailed, Recording, Secret, record_program

_CIRCUIT = "azure-native:network:ExpressRouteCircuit"
_GATEWAY = "azure-native:network:VirtualNetworkGateway"
_ADDRESS = "azure-native:network:PublicIPAddress"
_PROVIDER = "pulumi:providers:azure-native"


def subscription_of(provider: str | None) -> str:
    """The subscription of a provider, which here has it for an id; the simulated default of the program's own."""
    found = re.search(rf"{_PROVIDER}::[^:]+::([0-9a-f-]{{36}})$", provider or "")
    return found[1] if found else SUBSCRIPTION


class SimulatedAzure(mocks.Mocks):
    """Creates in a simulated cloud what the program registers; keeps what Azure refuses.

    As with Pulumi's engine, what has not changed since the last run is not sent again; nor is what refers to a refused
    resource or is nested in one, so that a refusal counts once.
    """

    def __init__(self, cloud: Cloud | None = None, *, provisioned_at_once: bool = False) -> None:
        """provisioned_at_once: a provider has a circuit ready before the program asks, so that one run does it all."""
        self.cloud = cloud or Cloud()
        self.refusals: list[AzureError] = []
        self._absent: set[str] = set()
        self._sent: dict[str, dict[str, Any]] = {}
        self._at_once = provisioned_at_once

    def call(self, args: mocks.MockCallArgs) -> Any:
        if self._at_once and args.token.endswith(":getExpressRouteCircuit"):
            return {"serviceProviderProvisioningState": "Provisioned"}
        return _looked_up(self.cloud, args)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if not args.custom:
            return "", args.inputs
        if args.typ == _PROVIDER:
            return args.inputs["subscriptionId"], args.inputs
        inputs, subscription = wire(args.inputs), subscription_of(args.provider)
        id = self.cloud.id_of(args.typ, inputs, subscription)
        not_made = id, {**inputs, "name": id.rsplit("/", 1)[-1]}
        if self._needs_what_is_absent(id, inputs):
            self._absent.add(id)
            return not_made
        if self._sent.get(id) == inputs:
            return id, {**inputs, **self.cloud.get(id)}
        try:
            made = self.cloud.put(args.typ, inputs, subscription)
        except AzureError as error:
            self.refusals.append(error)
            self._absent.add(id)
            return not_made
        self._sent[id] = inputs
        if self._at_once and args.typ == _CIRCUIT:
            provision(self)
        return made["id"], {**inputs, **made}

    def _needs_what_is_absent(self, id: str, inputs: dict[str, Any]) -> bool:
        text = json.dumps(inputs)
        return any(id.startswith(f"{absent}/") or absent in text for absent in self._absent)


class PlannedAzure(mocks.Mocks):
    """Answers as in a preview: with what a simulated cloud has of a resource, or with its inputs."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def call(self, args: mocks.MockCallArgs) -> Any:
        return _looked_up(self._cloud, args)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if not args.custom:
            return "", args.inputs
        if args.typ == _PROVIDER:
            return args.inputs["subscriptionId"], args.inputs
        inputs = wire(args.inputs)
        id = self._cloud.id_of(args.typ, inputs, subscription_of(args.provider))
        try:
            return id, {**self._cloud.get(id), **inputs}
        except AzureError:
            return id, {**inputs, "name": id.rsplit("/", 1)[-1]}


def _looked_up(cloud: Cloud, args: mocks.MockCallArgs) -> Any:
    try:
        return cloud.invoke(args.token, dict(args.args), Account(subscription_of(args.provider)))
    except AzureError as error:
        raise LookupFailed(str(error)) from None


def deploy(config: Mapping[str, Any], secrets: Mapping[str, Any], azure: SimulatedAzure) -> Recording:
    """One update of the whole program on a simulated cloud."""
    return record_program(config, secrets, azure=azure)


def provision(azure: SimulatedAzure) -> None:
    """The providers do their work on every circuit that is ordered."""
    for circuit in azure.cloud.find("ExpressRouteCircuit"):
        if "serviceProviderProperties" in circuit.body:
            azure.cloud.wait(drift.provision(azure.cloud, circuit.id))


def what_others_own(cloud: Cloud, values: Mapping[str, Any]) -> dict[str, str]:
    """Makes exist, where it does not, what the settings use and others own: group, network, gateways, circuits, Direct
    ports, and where monitoring tells.

    The answer is the key of an authorization for each existing circuit, by the circuit's name in the settings.
    """
    location = {"location": normal_location(values["location"])}

    def there_is(id: str, **body: Any) -> None:
        # What is no id is nothing that others could have.
        if parse(id) is not None and cloud.store.get(id) is None:
            drift.add(cloud, id, {**location, **body})

    if values.get("resourceGroup", {}).get("existing"):
        there_is(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{values['resourceGroup']['name']}")
    network = values["network"]
    if existing := network.get("existing"):
        there_is(existing["id"], addressSpace={"addressPrefixes": network["addressSpace"]})
        if existing.get("gatewaySubnet") == "adopt":
            there_is(f"{existing['id']}/subnets/GatewaySubnet", addressPrefix=network["gatewaySubnet"])
    for one in ("workspace", "actionGroup"):
        if (id := values.get("monitoring", {}).get(one, "")).startswith("/"):
            there_is(id)
    _gateways_of_others(cloud, values, location)
    spokes = network.get("spokes", [])
    for spoke in spokes:
        if existing := spoke.get("existing"):
            there_is(existing["id"], addressSpace={"addressPrefixes": spoke["addressSpace"]})
    tiers = [tier for one in (network, *spokes) for tier in one.get("tiers", [])]
    for tier in tiers:
        if existing := tier.get("existing"):
            there_is(existing["id"], addressPrefix=tier["subnet"], defaultOutboundAccess=False)
    traffic = [allowed for tier in tiers for allowed in tier.get("allow", [])]
    for source in {source for allowed in traffic for source in allowed["sources"] if source.count("/") == 8}:
        there_is(source)
    keys: dict[str, str] = {}
    for number, circuit in enumerate(values["expressRoute"]["circuits"]):
        if port := circuit.get("port"):
            there_is(port["id"], bandwidthInGbps=100)
        if existing := circuit.get("existing"):
            id = existing["id"]
            order = {"serviceProviderName": "Equinix", "peeringLocation": f"Place {number}", "bandwidthInMbps": 200}
            state = {"serviceProviderProvisioningState": "Provisioned", "sku": {"tier": "Standard"}}
            there_is(id, **state, serviceProviderProperties=order)
            links = {
                f"{link}PeerAddressPrefix": f"172.30.{number}.{4 * at}/30"
                for at, link in enumerate(("primary", "secondary"))
            }
            told = {"peeringType": "AzurePrivatePeering", "state": "Enabled", "peerASN": 65010, "azureASN": 12076}
            there_is(f"{id}/peerings/AzurePrivatePeering", **told, **links)
            authorization = f"{id}/authorizations/for-us"
            there_is(authorization)
            keys[circuit["name"]] = cloud.get(authorization)["authorizationKey"]
    return keys


def _gateways_of_others(cloud: Cloud, values: Mapping[str, Any], location: Mapping[str, str]) -> None:
    """Existing gateways that take whatever the settings ask of them, made by their owner in Azure's own way."""
    circuits, sites = values["expressRoute"]["circuits"], values["vpn"]["sites"]
    express_route = {
        "gatewayType": "ExpressRoute",
        "sku": {"name": "ErGw3AZ", "tier": "ErGw3AZ"},
        "ipConfigurations": [{"name": "default"}],
    }
    assert len(circuits) <= 16
    peers = [site["bgp"].get("gatewayAddresses", []) for site in sites if site.get("bgp")]
    instances = min([2, *(len(addresses) for addresses in peers if addresses)])
    vpn = {
        "gatewayType": "Vpn",
        "sku": {"name": "VpnGw5AZ", "tier": "VpnGw5AZ"},
        "activeActive": instances == 2,
        "enableBgp": True,
        "ipConfigurations": [{"name": f"theirs{number}"} for number in range(instances)],
    }
    for gateway, wanted in ((values["expressRoute"]["gateway"], express_route), (values["vpn"]["gateway"], vpn)):
        id = (gateway.get("existing") or {}).get("id", "")
        if not id or cloud.store.get(id) is not None:
            continue
        group, name = id.split("/")[4], id.rsplit("/", 1)[-1]
        common = {"resourceGroupName": group, **location}
        for number, configuration in enumerate(wanted["ipConfigurations"]):
            configuration["subnet"] = {"id": f"{values['network']['existing']['id']}/subnets/GatewaySubnet"}
            if wanted is vpn:
                address = f"pip-{name}-{number}"
                sku = {"sku": {"name": "Standard"}, "publicIPAllocationMethod": "Static", "zones": ["1", "2", "3"]}
                made = cloud.put(_ADDRESS, {"publicIpAddressName": address, **sku, **common})
                configuration["publicIPAddress"] = {"id": made["id"]}
        if wanted is vpn and any(peers):
            wanted["bgpSettings"] = {
                "bgpPeeringAddresses": [
                    {
                        "ipconfigurationId": f"{id}/ipConfigurations/theirs{number}",
                        "customBgpIpAddresses": [addresses[number] for addresses in peers if addresses],
                    }
                    for number in range(instances)
                ]
            }
        cloud.put(_GATEWAY, {"virtualNetworkGatewayName": name, **wanted, **common})


def wire(value: Any) -> Any:
    """What is sent to Azure: secrets as they are, and whole numbers for the floats that a registration carries."""
    if isinstance(value, Secret):
        return wire(value.value)
    if isinstance(value, dict):
        if SECRET_SIGNATURE in value:
            return wire(value["value"])
        return {key: wire(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [wire(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
