"""A folder is a registry: the file's name is the word the user types, so that one new file adds one choice.

Also what few commands need is loaded here, when it is first asked for: imports are most of what a report takes.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from tracker.errors import UnknownChoice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def choices(package: str) -> tuple[str, ...]:
    """The names that `package` (dotted, such as ``tracker.formats``) offers, sorted; nothing in it is imported.

    Modules and folders whose name starts with an underscore are the package's own business.
    """
    found = pkgutil.iter_modules(import_module(package).__path__)
    return tuple(sorted(module.name for module in found if not module.name.startswith("_")))


def load(package: str, name: str) -> ModuleType:
    """Import the module that stands for `name`; raises `UnknownChoice`, naming what there is."""
    offered = choices(package)
    if name not in offered:
        raise UnknownChoice(package.rpartition(".")[2].removesuffix("s"), name, offered)
    return import_module(f"{package}.{name}")


class Late:
    """Stands for a module until something of it is asked for. Type checkers are shown the module itself instead."""

    def __init__(self, name: str) -> None:
        self._module_name = name

    def __getattr__(self, name: str) -> object:
        """What the module calls so."""
        return getattr(import_module(self._module_name), name)


def late(package: str, *names: str) -> Iterator[Late]:
    """These modules of `package`, not imported yet."""
    return (Late(f"{package}.{name}") for name in names)
