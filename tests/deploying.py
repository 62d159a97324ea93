"""Runs the program against the simulated Azure's core, in this process and in no time: does Azure accept it?"""

import uuid
from collections.abc import Mapping
from typing import Any

from pulumi.runtime import mocks

from simulator import drift
from simulator.cloud import Cloud
from simulator.errors import AzureError
from tests.recording import SECRET_SIGNATURE, LookupFailed, Recording, record_program

THEIR_SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000009"


class SimulatedAzure(mocks.Mocks):
    """Creates in a simulated cloud what the program registers; keeps what Azure refuses."""

    def __init__(self, cloud: Cloud | None = None) -> None:
        self.cloud = cloud or Cloud()
        self.refusals: list[AzureError] = []

    def call(self, args: mocks.MockCallArgs) -> Any:
        try:
            return self.cloud.invoke(args.token, dict(args.args))
        except AzureError as error:
            raise LookupFailed(str(error)) from None

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if not args.custom:
            return "", args.inputs
        inputs = _wire(args.inputs)
        try:
            made = self.cloud.put(args.typ, inputs)
        except AzureError as error:
            self.refusals.append(error)
            made = {"id": f"/refused/{uuid.uuid4()}", **inputs}
        return made["id"], {**inputs, **made}


def deploy(config: Mapping[str, Any], secrets: Mapping[str, Any], azure: SimulatedAzure) -> Recording:
    """One update of the whole program on a simulated cloud."""
    return record_program(config, secrets, azure=azure)


def provision(azure: SimulatedAzure) -> None:
    """The providers do their work on every circuit that is ordered."""
    for circuit in azure.cloud.find("ExpressRouteCircuit"):
        if "serviceProviderProperties" in circuit.body:
            azure.cloud.wait(drift.provision(azure.cloud, circuit.id))


def _wire(value: Any) -> Any:
    """What is sent to Azure: secrets as they are, and whole numbers for the floats that a registration carries."""
    if isinstance(value, dict):
        if SECRET_SIGNATURE in value:
            return _wire(value["value"])
        return {key: _wire(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
