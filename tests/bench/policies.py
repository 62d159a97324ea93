"""What the policy pack adds to a preview: of a stack that is not there yet, and of one that is."""

from collections.abc import Iterator
from functools import partial
from statistics import median

from tests.bench.measure import Figure, interleaved
from tests.bench.previews import preview
from toolchain.environments import policy_pack
from toolchain.workspace import Workspace

ROUNDS = 7
LIMIT_SECONDS = 0.3
WITHOUT, WITH = "without", "with"


def policies() -> Iterator[Figure]:
    """Previews of `reference` with and without the pack: what lies between the two, round by round."""
    with Workspace.open(stack="reference") as workspace:
        workspace.make_shared_keys()
        for what in ("first preview", "preview of what is there"):
            if what != "first preview":
                workspace.pulumi("up", "--yes", "--skip-preview").check()
            plain = partial(preview, workspace, workspace.project)
            judged = partial(preview, workspace, workspace.project, "--policy-pack", str(policy_pack()))
            taken = interleaved({WITHOUT: plain, WITH: judged}, ROUNDS)
            pairs = list(zip(taken[WITH], taken[WITHOUT], strict=True))
            more = median(more.wall - less.wall for more, less in pairs)
            yield Figure(f"{what}, what the policies add", more, "s", LIMIT_SECONDS)
            processor = median(more.processor - less.processor for more, less in pairs)
            yield Figure(f"{what}, what the policies add, processor", processor, "s")
