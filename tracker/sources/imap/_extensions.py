"""Extensions of a server that do not do what they promise: what is asked with them is asked again without them."""

from __future__ import annotations

import math
import time
from imaplib import IMAP4
from typing import TYPE_CHECKING, TypeVar

from tracker.sources.imap._client import Refused
from tracker.sources.imap._failures import is_passing, quoted
from tracker.sources.imap._line import NotUnderstood

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker.sources.imap._client import Client

T = TypeVar("T")

# Seconds from the command to the end of the line within which the extension is to blame for it. Exchange and proxies
# hang up on IDLE; a server that opens every folder for LIST-STATUS may not come to an end in time.
_FATAL_WITHIN = {"IDLE": 1.0, "LIST-STATUS": math.inf}


def attempt(
    client: Client,
    extensions: Sequence[str],
    ask: Callable[[Sequence[str]], T],
    is_whole: Callable[[T], bool] = lambda _answer: True,
) -> T:
    """What `ask` gives, which is told those of the `extensions` that may be used.

    Refused with them (NO, BAD, or an answer without what was asked for), it asks again without the last, and so on. The
    one without which it came to a whole answer is at fault, and never used again on this connection.
    """
    used = [name for name in extensions if client.offers(name)]
    suspect, reason = "", ""
    started = time.monotonic()
    while True:
        try:
            answer = ask(used)
        except (IMAP4.abort, OSError, EOFError) as error:
            _blame_for_the_end(client, used, error, time.monotonic() - started)
            raise
        except (Refused, NotUnderstood) as error:
            if not used or is_passing(str(error)):
                raise
            suspect, reason = used.pop(), str(error)
        else:
            if suspect and is_whole(answer):
                client.forgo(suspect, quoted(reason))
            return answer


def introduce(client: Client) -> None:
    """ID (RFC 2971) where offered, without which NetEase opens no folder. A refusal is no harm."""
    attempt(client, ("ID",), lambda used: client.introduce() if used else None)


def _blame_for_the_end(client: Client, used: Sequence[str], error: Exception, seconds: float) -> None:
    if client.is_cut.is_set() or is_passing(str(error)):
        return
    for name in used:
        if seconds <= _FATAL_WITHIN.get(name, 0):
            client.forgo(name, f"the line ended: {quoted(error)}")
