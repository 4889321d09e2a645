"""What is remembered: the only home of SQLAlchemy and Alembic."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tracker.storage._engine import place_of
from tracker.storage._store import Store, open_store
from tracker.storage._values import LINKEDIN, AccountState, Failure, FolderCount, Latch, Merged, UnreadableMessage

if TYPE_CHECKING:
    from tracker.storage._erasing import Erased
    from tracker.storage._importing import ImportWork
    from tracker.storage._looking import DatabaseLook, look_at
    from tracker.storage._projection import PairingWork
    from tracker.storage._restoring import Restored, restore
    from tracker.storage._secrets import masked_url

__all__ = [
    "LINKEDIN",
    "AccountState",
    "DatabaseLook",
    "Erased",
    "Failure",
    "FolderCount",
    "ImportWork",
    "Latch",
    "Merged",
    "PairingWork",
    "Restored",
    "Store",
    "UnreadableMessage",
    "look_at",
    "masked_url",
    "open_store",
    "place_of",
    "restore",
]

_LATE = {
    "DatabaseLook": "_looking",
    "Erased": "_erasing",
    "ImportWork": "_importing",
    "PairingWork": "_projection",
    "Restored": "_restoring",
    "look_at": "_looking",
    "masked_url": "_secrets",
    "restore": "_restoring",
}
"""What few commands need, and where it is."""


def __getattr__(name: str) -> object:
    """Load it when it is asked for (PEP 562)."""
    if name in _LATE:
        return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
