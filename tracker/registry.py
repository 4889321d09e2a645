"""A folder is a registry: the file's name is the word the user types, so that one new file adds one choice."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from tracker.errors import UnknownChoice

if TYPE_CHECKING:
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
