"""What a stack has already: a gateway that a preview makes anew would be replaced, one that it lacks be deleted.

The engine tells a policy what will be, never what is. So the stack's state is asked for, by the CLI. Of it only the
URNs are read, and what becomes of a resource that the program no longer registers.
"""

import json
import subprocess

LIMIT_SECONDS = 60.0


def standing(urn: str) -> dict[str, bool]:
    """The URNs of all that the stack of this resource has, each with whether Pulumi deletes it once no program
    registers it. What the stack only reads (`get`) is not among them. Raises `RuntimeError` where its
    state cannot be read."""
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
        urns = {
            resource["urn"]: not resource.get("retainOnDelete")
            for resource in resources
            if not resource.get("external")
        }
        if named or any(found.startswith(f"urn:pulumi:{stack}::{project}::") for found in urns):
            return urns
    raise RuntimeError(said)
