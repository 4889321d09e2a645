"""Which address in the mailbox may be whose: what is known of a correspondent, and what speaks for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.connection import ConnectionId
    from tracker.domain.message import AddrSpec


@dataclass(frozen=True, slots=True)
class Correspondent:
    """An address that belongs to no connection, with what headers tell of it.

    names     the display names that it bears, the most frequent first
    received  messages from it
    sent      messages of the user's to it
    listed    of those received, how many came through a mailing list or as bulk mail
    notified  of those received, how many were notifications that LinkedIn sent
    last_seen when the last of those received came; None if nothing did
    """

    addr: AddrSpec
    names: tuple[str, ...]
    received: int = 0
    sent: int = 0
    listed: int = 0
    notified: int = 0
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a connection's: how sure that is (0 to 1, calibrated), and why, each reason in words."""

    connection: ConnectionId
    correspondent: Correspondent
    confidence: float
    evidence: tuple[str, ...]
