"""messages.csv, row by row: when, from whom, to whom, in which conversation; never what was written."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.importers import Remark
from tracker.importers._people import slug_of
from tracker.importers.linkedin._names import CLOSED, name_key
from tracker.importers.linkedin._times import time_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tracker.importers._tables import Header, Row, Table

DRAFT = "drafts"
SPONSORED = "sponsored"
SENDERLESS = "without a sender (a closed account, or LinkedIn itself)"
UNDATED = "without a date"

_YES = frozenset({"yes", "true", "1"})
_DIRECTIONS = {"outgoing": True, "incoming": False}


@dataclass(frozen=True, slots=True)
class Letter:
    """One row; slugs are case-folded, None or missing where the file does not tell them.

    strangers    whether a recipient stands there whose profile is not told
    is_outgoing  None where the file does not say
    """

    line: int
    conversation: str
    at: datetime
    subject: str
    sender: str | None
    sender_name: str
    recipients: tuple[str, ...]
    to: str
    strangers: bool
    is_outgoing: bool | None


@dataclass(slots=True)
class Skips:
    """Counts what is left out, by reason, with the line where it happened first.

    own_slugs   profiles that can only be the user's: who writes drafts, to whom those write who are not told
    """

    member: str
    counts: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    own_slugs: Counter[str] = field(default_factory=Counter)

    def add(self, reason: str, line: int) -> None:
        """A row was left out."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        self.lines.setdefault(reason, line)

    def remarks(self) -> list[Remark]:
        """One remark a reason."""
        return [
            Remark(self.lines[reason], f"{count} message{'' if count == 1 else 's'} skipped: {reason}", self.member)
            for reason, count in self.counts.items()
        ]


def letters_of(table: Table, skips: Skips) -> Iterator[Letter]:
    """The rows that are messages between people. Raises `Unusable`."""
    one_copy: dict[str, str] = {}
    for row in table.rows:
        reason = _reason_against(table.header, row)
        at = time_of(table.header.text(row.cells, "date"))
        if reason:
            own = table.header.text(row.cells, "sender profile url" if reason is DRAFT else "recipient profile urls")
            skips.own_slugs.update(filter(None, [slug_of(own)]))
        if reason or at is None:
            skips.add(reason or UNDATED, row.line)
            continue
        yield _letter(table.header, row, at, one_copy)


def _reason_against(header: Header, row: Row) -> str:
    """Why a row is no message from a person; nothing if it may be one."""
    if header.text(row.cells, "is message draft").casefold() in _YES:
        return DRAFT
    if "sponsor" in header.text(row.cells, "folder").casefold():
        return SPONSORED
    name = name_key(header.text(row.cells, "from"))
    if name in {"", CLOSED} and slug_of(header.text(row.cells, "sender profile url")) is None:
        return SENDERLESS
    return ""


def _letter(header: Header, row: Row, at: datetime, one_copy: dict[str, str]) -> Letter:
    def text(name: str) -> str:
        words = header.text(row.cells, name)
        return one_copy.setdefault(words, words)

    def slug(url: str) -> str | None:
        found = slug_of(url)
        return found and one_copy.setdefault(found.casefold(), found.casefold())

    # Not cut as other cells are: a group may be large.
    urls = [slug(url) for url in re.split(r"[,;\s]+", header.raw(row.cells, "recipient profile urls")) if url]
    to = text("to")
    return Letter(
        line=row.line,
        conversation=text("conversation id"),
        at=at,
        subject=text("subject"),
        sender=slug(text("sender profile url")),
        sender_name=text("from"),
        recipients=tuple(url for url in urls if url),
        to=to,
        strangers=None in urls or bool(urls and CLOSED in (name_key(part) for part in to.split(","))),
        is_outgoing=_DIRECTIONS.get(text("direction").casefold()),
    )
