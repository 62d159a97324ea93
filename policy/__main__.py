"""The policy pack: what a stack of these components must keep, whoever writes its program.

    pulumi preview --policy-pack policy

It runs in an environment of its own (requirements.txt) and imports nothing of the project. What it finds stops a
preview and an update. Two tags of a stack make exceptions: `pulumi stack tag set NAME allowed`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import checks  # pyright: ignore[reportMissingImports]
from pulumi_policy import (  # pyright: ignore[reportMissingImports]
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Secret,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError  # pyright: ignore[reportMissingImports]
from standing import standing  # pyright: ignore[reportMissingImports]

UNPROTECTED, REPLACE = "hybrid-network:unprotected", "hybrid-network:replace-gateways"
"""Stack tags that allow, with the value `allowed`, a stack without protection, and the replacement of a gateway: to be
replaced it and its connections have to be unprotected, so that is allowed with it."""

in_clear: dict[str, list[str]] = {}
"""By URN, the keys given in clear. Only remediations see which values are secret; they come before the validation."""


def allowed(args: ResourceValidationArgs | StackValidationArgs, tag: str) -> bool:
    """Whether the stack has the tag."""
    return args.stack_tags.get(tag) == "allowed"


def each(report: ReportViolation, problems: Iterable[str], *urn: str) -> None:
    """Report the problems; what cannot be read yet is left to the update."""
    try:
        for problem in problems:
            report(problem, *urn)
    except UnknownValueError:
        return


def protected(args: ResourceValidationArgs, report: ReportViolation) -> None:
    kind = checks.kind_of(args.resource_type)
    if allowed(args, UNPROTECTED) or (kind != checks.CIRCUIT and allowed(args, REPLACE)):
        return
    each(report, checks.unprotected(kind, args.opts.protect))


def of_properties(check: Callable[[str, Mapping[str, Any]], Iterable[str]]) -> Callable[..., None]:
    """A validation that needs a resource's kind and properties alone."""
    return lambda args, report: each(report, check(checks.kind_of(args.resource_type), args.props))


def notice_clear(args: ResourceValidationArgs) -> None:
    if checks.kind_of(args.resource_type):
        found = list(checks.clear_inputs(_marked(args.props), lambda value: isinstance(value, Secret)))
        in_clear[args.urn] = found


def secrets_marked(args: ResourceValidationArgs, report: ReportViolation) -> None:
    each(report, in_clear.pop(args.urn, []))
    each(report, checks.clear_outputs(checks.kind_of(args.resource_type), args.opts.additional_secret_outputs))


def _marked(value: Any) -> Any:
    """Properties with the marks of secrets, which the SDK's own view of them hides."""
    if isinstance(value, Mapping) and not isinstance(value, dict):
        value = value["__target"]
    if isinstance(value, dict):
        return {name: _marked(item) for name, item in value.items()}
    return [_marked(item) for item in value] if isinstance(value, list) else value


def gateways_kept(args: StackValidationArgs, report: ReportViolation) -> None:
    gateways = [each for each in args.resources if checks.kind_of(each.resource_type) == checks.GATEWAY]
    new = [gateway for gateway in gateways if not _named(gateway.props)]
    if not new or allowed(args, REPLACE):
        return
    try:
        there = standing(new[0].urn)
    except RuntimeError as error:
        report(f"whether gateways are new or replaced cannot be told: `pulumi stack export` failed: {error}")
        return
    for gateway in new:
        if there.intersection((gateway.urn, *gateway.opts.aliases)):
            report(
                f"gateway {gateway.name} would be replaced, and be gone for an hour: leave it as it is, or allow it "
                f"with `pulumi stack tag set {REPLACE} allowed`",
                gateway.urn,
            )


def _named(props: Mapping[str, Any]) -> bool:
    """Whether a preview knows the name that Azure has given: it does of all that is there and stays."""
    try:
        return bool(props.get("name"))
    except UnknownValueError:
        return False


def failover_met(args: StackValidationArgs, report: ReportViolation) -> None:
    for stack in args.resources:
        if stack.resource_type == "pulumi:pulumi:Stack":
            each(report, checks.unmet_failover(stack.props), stack.urn)


PolicyPack(
    name="hybrid-network",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(
            "paths-protected", "Gateways, circuits and connections are protected.", validate=protected
        ),
        StackValidationPolicy("gateways-kept", "No gateway is replaced.", validate=gateways_kept),
        ResourceValidationPolicy(
            "secrets-marked",
            "Keys are marked as secrets.",
            validate=secrets_marked,
            remediate=notice_clear,
            enforcement_level=EnforcementLevel.REMEDIATE,
        ),
        ResourceValidationPolicy("no-basic-sku", "Nothing has a SKU Basic.", validate=of_properties(checks.basic_sku)),
        ResourceValidationPolicy(
            "no-default-outbound",
            "No subnet has default outbound access.",
            validate=of_properties(checks.default_outbound),
        ),
        ResourceValidationPolicy(
            "gateway-subnet-without-group",
            "GatewaySubnet has no network security group.",
            validate=of_properties(checks.gateway_subnet_group),
        ),
        StackValidationPolicy("failover-met", "The failover that the stack requires is met.", validate=failover_met),
    ],
)
