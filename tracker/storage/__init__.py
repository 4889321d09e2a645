"""What is remembered: the only home of SQLAlchemy and Alembic."""

from tracker.storage._erasing import Erased
from tracker.storage._importing import LINKEDIN, ImportWork
from tracker.storage._looking import DatabaseLook, look_at, place_of
from tracker.storage._projection import PairingWork
from tracker.storage._restoring import Restored, restore
from tracker.storage._store import Store, open_store
from tracker.storage._values import AccountState, Failure, FolderCount, Latch, Merged, UnreadableMessage

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
    "open_store",
    "place_of",
    "restore",
]
