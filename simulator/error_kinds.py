"""What the table of errors says of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One row of the table."""

    status: int
    text: str
    rules: tuple[str, ...] = ()
    confidence: str = "R"
    code: str = ""
    """Azure's code when it differs from the row's key."""
