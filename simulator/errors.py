"""Every error this simulated Azure can answer with, in one table.

`code` is Azure's own where a document or a report names it. Where nobody has told Azure's code the table says
`CodeUnknown_<rule id>`: nothing may rely on such a code, only on the refusal. `confidence` speaks of code and text: D
documented or read in published code, R reported, I inferred, U unknown. A text in R or D is Azure's where a source
quotes it; the others are ours.
"""

from simulator.error_kinds import Kind
from simulator.error_kinds_gateways import CIRCUITS, CONNECTIONS, GATEWAYS
from simulator.error_kinds_monitor import MONITOR
from simulator.error_kinds_network import ADDRESSES, GENERAL, SUBNETS
from simulator.error_kinds_peerings import PEERINGS


class AzureError(Exception):
    """An answer of 400 or above, as Azure's error body has it."""

    def __init__(self, status: int, code: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(f'Status={status} Code="{code}" Message="{message}"')
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s


def fail(key: str, /, **fields: object) -> AzureError:
    """The error of one row, to be raised; `fields` fill its text. `retry_after_s` goes into the answer's header."""
    kind = KINDS[key]
    retry = fields.pop("retry_after_s", None)
    seconds = float(retry) if isinstance(retry, int | float) else None
    return AzureError(kind.status, kind.code or key, kind.text.format(**fields), seconds)


KINDS: dict[str, Kind] = {
    **GENERAL,
    **SUBNETS,
    **PEERINGS,
    **ADDRESSES,
    **GATEWAYS,
    **CONNECTIONS,
    **CIRCUITS,
    **MONITOR,
}
"""Every error, by the key that `fail` takes."""
