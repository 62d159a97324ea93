"""The policy pack: what a stack of these components must keep, whoever writes its program.

    pulumi preview --policy-pack policy

It runs in an environment of its own (requirements.txt) and imports nothing of the project. What it finds stops a
preview and an update. Two tags of a stack make exceptions: `pulumi stack tag set NAME allowed`.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import checks  # pyright: ignore[reportMissingImports]
from pulumi_policy import (  # pyright: ignore[reportMissingImports]
    EnforcementLevel,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Secret,
    StackValidationArgs,
    StackValidationPolicy,
    proxy,
)
from standing import standing  # pyright: ignore[reportMissingImports]

UNKNOWN_VALUES = {value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")}
PREVIEW = os.environ.get("PULUMI_DRY_RUN") != "false"
"""Whether nothing is changed by this run: while an update goes on, the state is no answer."""
UNPROTECTED, REPLACE = "hybrid-network:unprotected", "hybrid-network:replace-gateways"
"""Stack tags that allow, with the value `allowed`, a stack without protection, and the replacement of a gateway: to be
replaced it and its connections have to be unprotected, so that is allowed with it."""

in_clear: dict[str, list[str]] = {}
"""By URN, the keys given in clear. Only remediations see which values are secret; they come before the validation."""
asking: list[Future[dict[str, bool]]] = []
"""What the stack has: asked for with the first resource, so that it is answered when the program ends."""


def ask(urn: str) -> Future[dict[str, bool]]:
    """What `standing` says of this resource's stack, asked for once."""
    if not asking:
        asking.append(ThreadPoolExecutor(1).submit(standing, urn))
    return asking[0]


def allowed(args: ResourceValidationArgs | StackValidationArgs, tag: str) -> bool:
    """Whether the stack has the tag."""
    return args.stack_tags.get(tag) == "allowed"


def each(report: ReportViolation, problems: Iterable[str], *urn: str) -> None:
    """Report the problems."""
    for problem in problems:
        report(problem, *urn)


def protected(args: ResourceValidationArgs, report: ReportViolation) -> None:
    kind = checks.kind_of(args.resource_type)
    if allowed(args, UNPROTECTED) or (kind != checks.CIRCUIT and allowed(args, REPLACE)):
        return
    each(report, checks.unprotected(kind, args.opts.protect))


def of_properties(check: Callable[[str, Mapping[str, Any]], Iterable[str]]) -> Callable[..., None]:
    """A validation that needs a resource's kind and properties alone."""
    return lambda args, report: each(report, check(checks.kind_of(args.resource_type), _bare(args.props)))


def notice_clear(args: ResourceValidationArgs) -> None:
    if PREVIEW and not allowed(args, REPLACE):
        ask(args.urn)
    if checks.kind_of(args.resource_type):
        found = list(checks.clear_inputs(_bare(args.props), lambda value: isinstance(value, Secret)))
        in_clear[args.urn] = found


def secrets_marked(args: ResourceValidationArgs, report: ReportViolation) -> None:
    each(report, in_clear.pop(args.urn, []))
    each(report, checks.clear_outputs(checks.kind_of(args.resource_type), args.opts.additional_secret_outputs))


def _bare(value: Any) -> Any:
    """Properties as they came: the SDK's own view hides the marks of secrets, and cannot be read beyond what is not
    known yet, which is UNKNOWN here."""
    if isinstance(value, Mapping | Sequence) and not isinstance(value, dict | list | str | bytes):
        value = value["__target"]  # pyright: ignore[reportArgumentType, reportCallIssue]
    if isinstance(value, dict):
        return {name: _bare(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return checks.UNKNOWN if isinstance(value, str) and value in UNKNOWN_VALUES else value


def gateways_kept(args: StackValidationArgs, report: ReportViolation) -> None:
    if not PREVIEW or not args.resources or allowed(args, REPLACE):
        return
    try:
        there = ask(args.resources[0].urn).result()
    except RuntimeError as error:
        report(f"whether gateways are replaced or removed cannot be told: `pulumi stack export` failed: {error}")
        return
    kept: set[str] = set()
    for gateway in gateways(args):
        known = {gateway.urn, *gateway.opts.aliases}
        kept |= known
        # A preview knows the name that Azure has given of all that is there and stays.
        if there.keys() & known and _bare(gateway.props).get("name") in (None, "", checks.UNKNOWN):
            report(
                f"gateway {gateway.name} would be replaced, and be gone for an hour: leave it as it is, or allow it "
                f"with `pulumi stack tag set {REPLACE} allowed`",
                gateway.urn,
            )
    for urn, deleted in there.items():
        kind, name = urn.split("::")[2].split("$")[-1], urn.split("::", 3)[3]
        if deleted and urn not in kept and checks.kind_of(kind) == checks.GATEWAY:
            report(
                f"gateway {name} would be removed: register it under the name it has (or give that as an alias), or "
                f"allow it with `pulumi stack tag set {REPLACE} allowed`"
            )


def gateways(args: StackValidationArgs) -> list[PolicyResource]:
    return [each for each in args.resources if checks.kind_of(each.resource_type) == checks.GATEWAY]


def failover_met(args: StackValidationArgs, report: ReportViolation) -> None:
    needed = checks.both_paths(_bare(gateway.props) for gateway in gateways(args))
    for stack in args.resources:
        if stack.resource_type == "pulumi:pulumi:Stack":
            each(report, checks.unmet_failover(_bare(stack.props), needed), stack.urn)


PolicyPack(
    name="hybrid-network",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(
            "paths-protected", "Gateways, circuits and connections are protected.", validate=protected
        ),
        StackValidationPolicy("gateways-kept", "No gateway is replaced or removed.", validate=gateways_kept),
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
