"""The components, served to every Pulumi language.

The Pulumi CLI starts this folder as it starts any provider: see `docs/languages.md`.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

import pulumi
from pulumi.provider import server

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import components  # noqa: E402
from components.schema import Components  # noqa: E402


class Servicer(server.ProviderServicer):
    """Pulumi's, which shows a mistake as its text alone, whether it was found at once or later, in an Output."""

    async def Construct(self, request: Any, context: Any) -> Any:
        try:
            return await super().Construct(request, context)
        except pulumi.RunError as error:
            await context.abort_with_status(self.create_grpc_invalid_properties_status(str(error), []))


def served() -> Components:
    """The provider of every component of the library."""
    exported = [getattr(components, name) for name in components.__all__]
    kinds = [kind for kind in exported if isinstance(kind, type) and issubclass(kind, pulumi.ComponentResource)]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return Components(kinds, "hybrid-network", version)


if __name__ == "__main__":
    server.ProviderServicer = Servicer
    server.main(served(), sys.argv[1:])
