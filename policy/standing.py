"""Whether a gateway that a preview would make is there already, and so would be replaced.

The engine tells a policy what will be, never what is. So the stack's state is asked for, by the CLI, and only where a
gateway is new: a preview that makes none costs nothing. Of the state only the URNs are read.
"""

import json
import subprocess

LIMIT_SECONDS = 60.0


def standing(urn: str) -> set[str]:
    """The URNs of all that the stack of this resource has. Raises `RuntimeError` where its state cannot be read."""
    stack, project = urn.split("::")[0].removeprefix("urn:pulumi:"), urn.split("::")[1]
    said = ""
    # By its name alone it is a stack of the default organization; the selected one may be of another.
    for named in (("--stack", stack), ()):
        command = ["pulumi", "stack", "export", "--non-interactive", *named]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RuntimeError(str(error)) from None
        if done.returncode != 0:
            said = done.stderr.strip() or f"pulumi ended with {done.returncode}"
            continue
        resources = json.loads(done.stdout)["deployment"].get("resources") or []
        urns = {resource["urn"] for resource in resources}
        if named or any(found.startswith(f"urn:pulumi:{stack}::{project}::") for found in urns):
            return urns
    raise RuntimeError(said)
