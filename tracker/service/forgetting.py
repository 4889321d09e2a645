"""What is known of one person: all of it told, or all of it erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.service.judging import find_person, keep_paired

if TYPE_CHECKING:
    from tracker.config import Config
    from tracker.domain.connection import Connection
    from tracker.storage import Erased, Store


def tell_all(store: Store, config: Config, who: str) -> dict[str, object]:
    """All that is stored about a person. Raises `UnknownPerson`, `AmbiguousPerson`."""
    person = find_person(store.connections(removed=True), who)
    keep_paired(store, config)
    return store.export(person.id)


def forget(store: Store, person: Connection) -> Erased:
    """Erase a person; only digests stay, so that no pass and no import brings them back."""
    return store.erase(person.id)
