"""Errors of Azure Monitor: workspaces, diagnostic settings, action groups and alerts."""

from simulator.error_kinds import Kind

MONITOR = {
    "MetricNotFound": Kind(
        400,
        "The following metric name(s) were not found: {metric}. Please note that for custom metrics, the relevant "
        "metric namespace must be specified.",
        ("MON-09",),
        "R",
        "BadRequest",
    ),
    "MetricNamespaceInvalid": Kind(
        400,
        "Detect invalid value: {namespace} for query parameter: 'metricnamespace', the value must be: {type} if the "
        "query parameter is provided, you can also skip this optional query parameter.",
        ("MON-09",),
        "R",
        "BadRequest",
    ),
    "CodeUnknown_MON-09": Kind(400, "Metric alert {id} cannot be made: {what}.", ("MON-09",), "U"),
    "QuerySemanticError": Kind(
        400,
        "The request had some invalid properties: BadArgumentError, SemanticError, SEM0100: {what}",
        ("MON-10",),
        "R",
        "BadRequest",
    ),
    "CodeUnknown_MON-10": Kind(400, "Scheduled query rule {id} cannot be made: {what}.", ("MON-10",), "U"),
    "DiagnosticCategoryNotSupported": Kind(
        400, "{kind} '{category}' is not supported.", ("MON-05", "MON-08"), "R", "BadRequest"
    ),
    "DataSinkInUse": Kind(
        409,
        "Data sink '{sink}' is already used in diagnostic setting '{other}' for category '{category}'. Data sinks "
        "can't be reused in different settings on the same category for the same resource.",
        ("MON-08",),
        "R",
        "Conflict",
    ),
    "CodeUnknown_MON-08": Kind(400, "Diagnostic setting {id} cannot be made: {what}.", ("MON-08",), "U"),
    "CodeUnknown_MON-12": Kind(400, "Action group {id} cannot be made: {what}.", ("MON-12",), "U"),
    "CodeUnknown_MON-13": Kind(400, "Workspace {id} cannot be made: {what}.", ("MON-13",), "U"),
}
