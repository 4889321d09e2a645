"""What the user says of a person or of one ask, which no message can prove. Judged when asked, never part of an ask."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.asks import Ask


class MarkKind(StrEnum):
    """What a mark says."""

    NO_REPLY_EXPECTED = "no_reply_expected"
    HEARD = "heard"
    KEEP = "keep"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Mark:
    """One word of the user's about a person. Every time is aware UTC.

    ask       the one ask it is about (see `Ask.is_named`); None for all of the person's
    heard_at  of `HEARD`: asks sent before this moment are cleared
    """

    kind: MarkKind
    made_at: datetime
    note: str = ""
    ask: str | None = None
    heard_at: datetime | None = None

    def expects_no_reply(self, ask: Ask) -> bool:
        """Whether it says that `ask` wanted no reply."""
        if self.kind is not MarkKind.NO_REPLY_EXPECTED:
            return False
        return self.ask is None or ask.is_named(self.ask)

    def clears(self, ask: Ask) -> bool:
        """Whether it says that the person was heard from after `ask`."""
        return self.kind is MarkKind.HEARD and self.heard_at is not None and ask.asked_at < self.heard_at
