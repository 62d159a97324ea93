"""What stands between the settings and a device's configuration."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One reason why no configuration can be made.

    path: the setting or fact to change, such as `vpn.sites[0].ipsecPolicy.dhGroup` or `wiring.links.primary`.
    message: what is wrong and the way out.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class ApplianceError(Exception):
    """No configuration can be made; `findings` has every reason."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings
