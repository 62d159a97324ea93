"""The azure-native SDK, of which only what components use gets loaded.

`from pulumi_azure_native import network` loads all of its 290 modules when its first name is used. Here each name loads
the module that defines it, and nothing else. The classes are the SDK's own, the same that a stack gets which uses the
SDK beside these components in the usual way.
"""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["authorization", "network", "resources"]


class _Names:
    """The names of one of the SDK's packages; what no module of its own defines is taken from the whole package."""

    def __init__(self, package: str) -> None:
        self._package: ModuleType = getattr(import_module("pulumi_azure_native"), package)
        # A resource, or a function, is defined in the module that is called like it: VirtualNetwork, virtual_network.
        self._homes = {name.replace("_", ""): name for _, name, _ in iter_modules(self._package.__path__)}
        _load_modules_alone(self._package)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        for home in (*_SHARED, self._homes.get(name.replace("_", "").lower())):
            module = import_module(f"{self._package.__name__}.{home}") if home else None
            if hasattr(module, name):
                # As in the whole package, where a function hides the module that is called like it.
                setattr(self._package, name, getattr(module, name))
                return getattr(module, name)
        return getattr(self._package, name)


_SHARED = ("_inputs", "_enums", "outputs")
"""The modules that all others of a package use."""


def _load_modules_alone(package: ModuleType) -> None:
    """Lets modules of a package be loaded alone, as long as the package itself has not been loaded.

    They ask it for the shared ones (`from . import outputs`), which the SDK takes for a reason to load all of it.
    """
    lazy = type(package)
    if lazy is ModuleType:
        return

    class Lazier(lazy):
        def __getattribute__(self, name: str) -> Any:
            if name in _SHARED:
                return import_module(f"{ModuleType.__getattribute__(self, '__name__')}.{name}")
            return super().__getattribute__(name)

    object.__setattr__(package, "__class__", Lazier)


if TYPE_CHECKING:
    from pulumi_azure_native import authorization, network, resources
else:
    authorization, network, resources = map(_Names, __all__)
