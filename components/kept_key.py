"""Says at a preview that Azure keeps the old shared key of a connection that is there [CONN-04]."""

from collections.abc import Mapping
from typing import Any

import pulumi

from .again import of_program

_KEY = "sharedKey"


async def is_another(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    """Whether an update sends another shared key than the last one. What is not known yet is none."""
    keys = [await pulumi.Output.from_input((inputs or {}).get(_KEY)).future() for inputs in (old, new)]
    return all(isinstance(key, str) and key for key in keys) and keys[0] != keys[1]


async def _tell(args: pulumi.ResourceHookArgs) -> None:
    if await is_another(args.old_inputs, args.new_inputs):
        pulumi.log.warn(
            f"the shared key of site {args.name} has changed, and no update changes it in Azure, which keeps the "
            "one that the connection has [CONN-04]. Give Azure the new one, and the device at the same time: "
            f"python -m operations rotate-key --site {args.name} --from-stack"
        )


def hooks(
    component: pulumi.Resource, parent: pulumi.Resource | None, others: pulumi.ResourceHookBinding
) -> pulumi.ResourceHookBinding:
    """A connection's hooks: those that every resource has, and the one that looks at its key, in previews too."""
    # What only says something ends no update.
    options = pulumi.ResourceHookOptions(on_dry_run=True, ignore_errors=True)
    hook = of_program(component, parent, "key of ", lambda name: pulumi.ResourceHook(name, _tell, options))
    return pulumi.ResourceHookBinding(before_update=[hook], on_error=others.on_error)
