"""What all components share: their type token, their children's options, and how they refuse bad arguments."""

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from difflib import get_close_matches
from ipaddress import IPv4Address, IPv4Network
from typing import Any, get_args, is_typeddict

import pulumi

from .again import hooks
from .rules import Problem, errors, report, rule

LIBRARY = "hybrid-network"

ARG_01 = rule("ARG-01", "a component is given what it needs, by the names of its arguments", "this project: components")


class Component(pulumi.ComponentResource):
    """Base of this library's components: `hybrid-network:index:CLASS`.

    The plain arguments are registered as the component's inputs, so that a preview shows them; what comes from other
    resources, and secrets, are not, and neither is the component's `depends_on`: only the children that must wait do
    (`after`). The engine deletes in waves, the reverse of how deep things depend, and a component that waits would
    sink all of its children: one gateway's deletion would come after the other's. Children inherit the component's
    providers and protection. What Azure refuses of them only because something else is being changed is tried again.
    """

    def __new__(cls, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> Any:
        """Raises pulumi.RunError for arguments that are missing or misspelt, before anything reads them."""
        if wrong := list(misnamed(args, cls.__init__.__annotations__["args"])):
            raise pulumi.RunError(report(wrong, f"{cls.__name__} {name!r} cannot be deployed"))
        return super().__new__(cls)

    def __init__(self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions | None) -> None:
        self._name = name
        self._after = (opts or pulumi.ResourceOptions()).depends_on
        own = pulumi.ResourceOptions(transformations=[_drop_old_type_aliases])
        opts = pulumi.ResourceOptions.merge(opts, own)
        opts.depends_on = None
        super().__init__(f"{LIBRARY}:index:{type(self).__name__}", name, _plain(args), opts)
        self._hooks = hooks(_hook_name(self, opts.parent))

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Ends the program with every error among the problems, before a child is registered; logs the warnings.

        Raises pulumi.RunError.
        """
        found = list(problems)
        what = f"{type(self).__name__} {self._name!r}"
        warn(found, what)
        if stopping := errors(found):
            raise pulumi.RunError(report(stopping, f"{what} cannot be deployed"))

    def child(
        self,
        *,
        depends_on: Iterable[pulumi.Resource] = (),
        minutes: int | None = None,
        **options: Any,
    ) -> pulumi.ResourceOptions:
        """Options of a child. minutes: timeout of each of create, update and delete, where Azure takes long."""
        if minutes is not None:
            timeout = f"{minutes}m"
            options["custom_timeouts"] = pulumi.CustomTimeouts(create=timeout, update=timeout, delete=timeout)
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on) or None, hooks=self._hooks, **options)

    def after(self, *resources: pulumi.Resource) -> list[Any]:
        """What the component was told to wait for (its own depends_on), and further resources.

        Children do not inherit depends_on: the ones that must wait are given this.
        """
        told = self._after
        if told is None:
            return list(resources)
        return [*(told if isinstance(told, list | tuple) else [told]), *resources]


def _hook_name(component: pulumi.Resource, parent: pulumi.Resource | None) -> str:
    """A name that no other component of a program has, the same in every run: types and names of it and its parent."""
    # The parent of a component that another language asks for is known by its URN alone: it has no name here.
    named = [resource for resource in (parent, component) if resource is not None and hasattr(resource, "_name")]
    return " ".join(f"{resource.pulumi_resource_type} {resource.pulumi_resource_name}" for resource in named)


def misnamed(args: Any, annotation: Any, path: str = "") -> Iterator[Problem]:
    """What the arguments lack that their TypedDict needs, and what they have that it does not know [ARG-01].

    annotation: the TypedDict, or something of it (a sequence, an optional one). Goes into arguments of arguments;
    what is not known yet is left alone.
    """
    kind = _typed_dict(annotation)
    if kind and isinstance(args, list | tuple):
        for index, item in enumerate(args):
            yield from misnamed(item, kind, f"{path}[{index}]")
    if not kind or not isinstance(args, Mapping):
        return
    known, inside = kind.__annotations__, f"{path}." if path else ""
    for name in sorted(kind.__required_keys__ - args.keys()):
        yield ARG_01(f"{inside}{name}", f"is missing; {kind.__name__} needs it")
    for name in sorted(args.keys() - known.keys()):
        near = get_close_matches(name, known.keys() - args.keys(), 1)
        instead = f"is it {near[0]}?" if near else f"there are {', '.join(known)}"
        yield ARG_01(f"{inside}{name}", f"is no argument of {kind.__name__}; {instead}")
    for name, part in known.items():
        yield from misnamed(args.get(name), part, f"{inside}{name}")


def _typed_dict(annotation: Any) -> Any:
    """The TypedDict in an annotation; None without one."""
    if is_typeddict(annotation):
        return annotation
    return next((found for part in get_args(annotation) if (found := _typed_dict(part))), None)


def _plain(value: Any) -> Any:
    """What of some arguments is plain: without Outputs, and without resources."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if not isinstance(item, _FROM_ELSEWHERE)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value if not isinstance(item, _FROM_ELSEWHERE)]
    return value


_FROM_ELSEWHERE = (pulumi.Output, pulumi.Resource)

_PROGRAM = "the program"
_said: ContextVar[set[str]] = ContextVar("said")
"""The warnings that this run has logged, and whether the program has judged its network itself."""


def warn(problems: Iterable[Problem], what: str = "") -> None:
    """Logs each warning among the problems once.

    what: the component that they are about, such as "VpnSite 'hq'". Without one they are what a program found in its
    whole network, which it judges before it makes any component: its components then leave their warnings out, since
    those would say the same again under other paths.
    """
    said = _said.get(None)
    if said is None:
        _said.set(said := set())
    if not what:
        said.add(_PROGRAM)
    elif _PROGRAM in said:
        return
    for problem in problems:
        text = f"{what}: {problem}" if what else str(problem)
        if problem.severity == "warning" and text not in said:
            said.add(text)
            pulumi.log.warn(text)


def prefixes(values: Any) -> list[IPv4Network]:
    """The prefixes among a list's values that are known."""
    return [known for known in map(prefix, values or []) if known]


def _drop_old_type_aliases(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """Leaves out the 60 or so older, versioned type names that every azure-native resource brings as aliases.

    They cost 70 to 90 ms of CPU for each resource, and matter only to a state written by azure-native 2 or older:
    who brings one sets `hybrid-network:keepOldTypeAliases` to true.
    """
    if not args.opts.aliases or pulumi.Config(LIBRARY).get_bool("keepOldTypeAliases"):
        return None
    kept = [alias for alias in args.opts.aliases if not _is_old_type(alias)]
    args.opts.aliases = kept or None
    return pulumi.ResourceTransformationResult(args.props, args.opts)


def _is_old_type(alias: Any) -> bool:
    return isinstance(alias, pulumi.Alias) and isinstance(alias.type_, str) and alias.type_.startswith("azure-native:")


def prefix(value: Any) -> IPv4Network | None:
    """The prefix that an argument holds; None where it is not known yet. Raises pulumi.RunError where it is none."""
    try:
        return IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        raise pulumi.RunError(f"{value!r} is not an IPv4 prefix such as 10.0.0.0/16") from None


def address(value: Any) -> IPv4Address | None:
    """The address that an argument holds; None where it is not known yet. Raises pulumi.RunError where it is none."""
    try:
        return IPv4Address(value) if isinstance(value, str) else None
    except ValueError:
        raise pulumi.RunError(f"{value!r} is not an IPv4 address such as 10.0.1.250") from None


def subscription_of(resource_id: str) -> str:
    """`/subscriptions/ID` of a resource id."""
    return "/".join(resource_id.split("/")[:3])
