"""Who was erased: nothing is kept of them but salted digests, so that neither an import nor a pass brings them back."""

from __future__ import annotations

import secrets
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.message import Address, AddrSpec, Message, ReportedRecipient
from tracker.sanitizer import storable
from tracker.storage import _meta
from tracker.storage._rows import insert_new
from tracker.storage._schema import forgotten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection as Database

    from tracker.domain.connection import Profile

NOBODY = AddrSpec("forgotten@forgotten.invalid")
"""What stands in place of the address of somebody who was erased, in mail that went to others as well."""


class Forgotten:
    """Answers whether a key or an address is that of somebody who was erased."""

    def __init__(self, db: Database) -> None:
        self._digests = frozenset(db.scalars(select(forgotten.c.digest)))
        self._salt = (_meta.get(db, _meta.SALT) or "").encode() if self._digests else b""

    def __bool__(self) -> bool:
        """Whether anybody was erased."""
        return bool(self._digests)

    def profile(self, profile: Profile) -> bool:
        """Whether an export's person is somebody who was erased."""
        return any(map(self.name, (profile.key, *profile.addresses)))

    def without(self, fact: Message) -> Message | None:
        """The message without those who were erased; None for one of theirs, and for one to nobody else."""
        if not self._digests:
            return fact
        if fact.author is not None and self.name(fact.author.addr):
            return None
        if fact.recipients and all(self.name(address.addr) for address in fact.recipients):
            return None
        return replace(
            fact,
            to=self._addresses(fact.to),
            cc=self._addresses(fact.cc),
            bcc=self._addresses(fact.bcc),
            reply_to=tuple(NOBODY if self.name(addr) else addr for addr in fact.reply_to),
            reported=tuple(
                ReportedRecipient(NOBODY, told.delivery, told.status) if self.name(told.addr) else told
                for told in fact.reported
            ),
        )

    def _addresses(self, field: tuple[Address, ...]) -> tuple[Address, ...]:
        return tuple(Address("", NOBODY) if self.name(address.addr) else address for address in field)

    def name(self, text: str) -> bool:
        """Whether this key or address is."""
        return bool(self._digests) and _digest(self._salt, text) in self._digests


def remember(db: Database, names: Iterable[str]) -> None:
    """Keep the digests of these keys and addresses."""
    salt = _meta.get(db, _meta.SALT)
    if salt is None:
        salt = secrets.token_hex(16)
        _meta.put(db, _meta.SALT, salt)
    insert_new(db, forgotten, [{"digest": _digest(salt.encode(), name)} for name in sorted(set(names))])


def _digest(salt: bytes, text: str) -> bytes:
    return blake2b(storable(text).encode(), digest_size=16, key=salt).digest()
