"""What Azure Resource Manager answers to a request that never gets as far as a resource's rules.

The same form as the simulator's table of errors, and the same letters: D documented or quoted, R reported, I inferred,
U unknown. Quoted: NoRegisteredProviderFound in Azure/azure-cli#17545 and #28496, InvalidResourceType of a version in
Azure/azure-powershell#12061. The refusals of another host and of a web page are the simulator's own, not Azure's.
"""

from simulator.error_kinds import Kind
from simulator.errors import AzureError

KINDS = {
    "MissingApiVersionParameter": Kind(
        400, "The api-version query parameter (?api-version=) is required for all requests.", confidence="D"
    ),
    "InvalidApiVersionParameter": Kind(
        400, "The api-version '{version}' is invalid. The supported versions are '{known}'.", confidence="D"
    ),
    "NoRegisteredProviderFound": Kind(
        400,
        "No registered resource provider found for location '{location}' and API version '{version}' for type "
        "'{type}'. The supported api-versions are '{known}'.",
        confidence="D",
    ),
    "InvalidResourceType_version": Kind(
        404,
        "The resource type '{type}' could not be found in the namespace '{namespace}' for api version '{version}'. "
        "The supported api-versions are '{known}'.",
        confidence="D",
        code="InvalidResourceType",
    ),
    "InvalidResourceType": Kind(
        404, "The resource type '{type}' could not be found in the namespace '{namespace}'.", confidence="D"
    ),
    "InvalidResourceNamespace": Kind(404, "The resource namespace '{namespace}' is invalid.", confidence="D"),
    "InvalidRequestUri": Kind(404, "No resource of Azure has the path '{path}'.", confidence="I", code="NotFound"),
    "InvalidRequestContent": Kind(
        400, "The request content was invalid and could not be deserialized: '{detail}'.", confidence="R"
    ),
    "UnsupportedMediaType": Kind(
        415, "The content media type '{type}' is not supported. Only 'application/json' is supported.", confidence="R"
    ),
    "RequestContentTooLarge": Kind(
        413, "The request content size exceeds the maximum size of {most} bytes.", confidence="I"
    ),
    "MethodNotAllowed": Kind(
        405, "The requested resource does not support http method '{method}'.", confidence="R", code="MethodNotAllowed"
    ),
    "PreconditionFailed": Kind(
        412, "The condition '{condition}' was not met by resource {id}: its etag is '{etag}'.", confidence="I"
    ),
    "OperationNotFound": Kind(404, "The entity was not found: operation '{name}'.", confidence="I", code="NotFound"),
    "BadHttp": Kind(400, "The request is no HTTP: {detail}", confidence="I", code="BadRequest"),
    "ForeignHost": Kind(403, "This simulated Azure answers to {own} only, not to '{host}'.", confidence="U"),
    "WebPage": Kind(403, "This simulated Azure answers no web page ('Origin: {origin}').", confidence="U"),
    "InternalServerError": Kind(500, "The simulated Azure failed: {detail}", confidence="U"),
}


def refuse(key: str, /, **fields: object) -> AzureError:
    """The error of one row, to be raised; `fields` fill its text."""
    kind = KINDS[key]
    return AzureError(kind.status, kind.code or key, kind.text.format(**fields))
