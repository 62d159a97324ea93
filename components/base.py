"""What all components share: their type token, their children's options, and how they refuse bad arguments."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pulumi

from .again import hooks
from .rules import Problem, errors, report

LIBRARY = "hybrid-network"
NETWORK_MINUTES, CONNECTION_MINUTES, GATEWAY_MINUTES = 30, 60, 120
"""Timeouts: of subnets and public addresses, of connections, and of gateways, for which Azure says 45 minutes or more
and 60 have been too few [TIME-01, TIME-05]."""

_INHERITED = (
    "provider",
    "providers",
    "protect",
    "retain_on_delete",
    "deleted_with",
    "transforms",
    "transformations",
)
"""Options of a component that Pulumi hands down to its children."""


class Component(pulumi.ComponentResource):
    """Base of this library's components: `hybrid-network:index:CLASS`.

    The plain arguments are registered as the component's inputs, so that a preview shows them; what comes from other
    resources, and secrets, are not, and neither is the component's `depends_on`: only the children that must wait do
    (`after`). The engine deletes in waves, the reverse of how deep things depend, and a component that waits would
    sink all of its children: one gateway's deletion would come after the other's. Children inherit the component's
    providers, protection and transforms. In no Pulumi component do they inherit `ignore_changes`: a transform sets it.
    What Azure refuses of them only because something else is being changed is tried again.
    """

    def __init__(self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions | None) -> None:
        self._name = name
        self._opts = opts or pulumi.ResourceOptions()
        self._after = pulumi.ResourceOptions(depends_on=self._opts.depends_on)
        opts = pulumi.ResourceOptions.merge(opts, None)
        opts.depends_on = None
        super().__init__(f"{LIBRARY}:index:{type(self).__name__}", name, _shown(args), opts)
        self._hooks = hooks(self, opts.parent)

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Logs the warnings among problems that were found later, in Azure; ends the program where one is an error.

        Raises pulumi.RunError.
        """
        refuse(f"{type(self).__name__} {self._name!r}", problems)

    def beside(self, opts: pulumi.ResourceOptions | None, **own: Any) -> pulumi.ResourceOptions:
        """Options of a component that is added to this one: what this one's children inherit, and its parent, unless
        `opts` says otherwise."""
        same = {key: getattr(self._opts, key) for key in ("parent", *_INHERITED)}
        return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(**same, **own), opts)

    def child(
        self,
        *,
        depends_on: pulumi.Input[Sequence[Any]] = (),
        minutes: int | None = None,
        **options: Any,
    ) -> pulumi.ResourceOptions:
        """Options of a child. minutes: timeout of each of create, update and delete, where Azure takes long."""
        if minutes is not None:
            timeout = f"{minutes}m"
            options["custom_timeouts"] = pulumi.CustomTimeouts(create=timeout, update=timeout, delete=timeout)
        options.setdefault("hooks", self._hooks)
        return pulumi.ResourceOptions(parent=self, depends_on=depends_on or None, **options)

    def after(self, *resources: pulumi.Resource) -> Any:
        """What the component was told to wait for (its own depends_on), and further resources.

        Children do not inherit depends_on: the ones that must wait are given this. It is a list, or an Output of one
        where the component was told by an Output.
        """
        further = pulumi.ResourceOptions(depends_on=list(resources))
        return pulumi.ResourceOptions.merge(self._after, further).depends_on


def _shown(value: Any) -> Any:
    """What a preview shows of some arguments: what is plain. A list of which an item is not known is left out, and so
    are zones that only a new resource would get: one that is there does not change with them."""
    if isinstance(value, Mapping):
        hidden = _JUDGED_ONLY + (("zones", "keeps_zones") if value.get("keeps_zones") else ())
        return {key: _shown(item) for key, item in value.items() if _is_shown(item) and key not in hidden}
    return [_shown(item) for item in value] if isinstance(value, list | tuple) else value


_JUDGED_ONLY = (
    *("virtual_network_prefixes", "gateway_asn", "gateway_active_active", "gateway_bgp", "gateway_apipa_addresses"),
)
"""Arguments that are another component's, and only judged against."""


def _is_shown(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_shown, value))
    return not isinstance(value, pulumi.Output | pulumi.Resource)


def refuse(what: str, problems: Iterable[Problem]) -> None:
    """Logs the warnings among problems; ends the program where one is an error. Raises pulumi.RunError."""
    found = list(problems)
    warn(found, what)
    if stopping := errors(found):
        raise pulumi.RunError(_words.get()(report(stopping, f"{what} cannot be deployed")))


_words: ContextVar[Callable[[str], str]] = ContextVar("words", default=str)
"""What a text about a component goes through before it is told: the names that the user's language has."""


@contextmanager
def speaking(words: Callable[[str], str]) -> Iterator[None]:
    """Has each text about components that are made here go through `words`, those that an Output brings later too."""
    before = _words.set(words)
    try:
        yield
    finally:
        _words.reset(before)


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
            pulumi.log.warn(_words.get()(text))


def named(resource: pulumi.CustomResource, name: pulumi.Input[str]) -> pulumi.Output[str]:
    """The physical name that a resource was given, known only once it is there: who uses it waits for the resource.

    Azure answers the same name, but mocks that return a resource's inputs have none for it.
    """
    return pulumi.Output.all(resource.id, name).apply(lambda known: known[1])


def subscription_of(resource_id: str) -> str:
    """`/subscriptions/ID` of a resource id."""
    return "/".join(resource_id.split("/")[:3])


def group_of(resource_id: str) -> str:
    """The resource group in a resource id; of the bare name that a mock may give for an id, the name itself."""
    return resource_id.split("/")[4] if resource_id.count("/") >= 4 else resource_id
