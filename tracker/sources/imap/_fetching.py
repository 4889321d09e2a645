"""What is asked of the messages in an open folder, and how a refusal that means one of them is got round."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tracker.domain.fields import HEADER_FIELDS
from tracker.sources.imap._client import Refused
from tracker.sources.imap._extensions import attempt
from tracker.sources.imap._failures import is_passing, refused
from tracker.sources.imap._line import NotUnderstood
from tracker.sources.imap._replies import fetched, mention, sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracker.domain.message import RawMessage
    from tracker.sources.imap._client import Client, Data

T = TypeVar("T")

Answer = tuple[dict[int, T], str | None]
"""What came by UIDs, and the server's words if it said NO."""

_HEADER = f"BODY.PEEK[HEADER.FIELDS ({' '.join(HEADER_FIELDS)})]"
_RECEIVED = "(UID BODY.PEEK[HEADER.FIELDS (Received)])"

# What an extension adds to a FETCH, and the item without which it did not do what it promised: Gmail's own, and
# RFC 8474, 5.2. The last that is offered is asked for.
_ITEMS = {"OBJECTID": ("THREADID ", "THREADID"), "X-GM-EXT-1": ("X-GM-THRID X-GM-LABELS ", "X-GM-THRID")}

FETCH_AT_ONCE = 500
"""Messages a command: what a server has to hold, and what is asked for again when it hangs up."""


class Fetching:
    """FETCH in the folder that is open on a connection. `account` goes into what is true of one account only."""

    def __init__(self, client: Client, server: str, account: str) -> None:
        self._client = client
        self._server = server
        self._account = account
        self._received_ahead: list[Sequence[int]] = []

    def messages(self, uids: Sequence[int]) -> list[RawMessage]:
        """The header fields of these messages, as many as the server gives, in the order of their UIDs."""
        found: dict[int, RawMessage] = {}
        kept: dict[str, bool] = {}
        for piece in _pieces(uids):
            answered, refusal = self._bisected(piece, partial(self._messages, kept=kept))
            if refusal is not None and len(piece) > 1 and not answered:
                # A server that refuses everything has no broken message but a bad day.
                raise refused(self._server, "FETCH", refusal)
            found.update(answered)
        for extension in [name for name, is_kept in kept.items() if not is_kept]:
            self._client.forgo(extension, f"no {_ITEMS[extension][1]} came with any message")
        return [found[uid] for uid in sorted(found)]

    def expect(self, uids: Sequence[int]) -> None:
        """Let the server begin with the messages that `messages` will be asked for next."""
        for piece in _pieces(uids)[:1]:
            used = [name for name in _ITEMS if self._client.offers(name)]
            self._ask_ahead(piece, _wanted(used))

    def expect_looks(self, received: Sequence[int], bodies: Sequence[int], limit: int) -> None:
        """The same with `received`, and with `beginning` of each of the `bodies`."""
        for piece in _pieces(received):
            self._ask_ahead(piece, _RECEIVED)
            self._received_ahead.append(piece)
        for uid in bodies:
            self._ask_ahead([uid], _beginning(limit))

    def _ask_ahead(self, uids: Sequence[int], items: str) -> None:
        self._client.ask_ahead(frozenset(uids), uid_set(uids), items)

    def received(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The Received fields of these messages by their UIDs, as many as the server gives."""
        found: dict[int, bytes] = {}
        # As they were asked ahead: several batches are looked into together.
        ahead = [piece for piece in self._received_ahead if set(uids).issuperset(piece)]
        self._received_ahead = [piece for piece in self._received_ahead if piece not in ahead]
        for piece in (*ahead, *_pieces([*set(uids).difference(*ahead)])):
            with _if_understood():
                found.update(self._bisected(piece, partial(self._sections, items=_RECEIVED))[0])
        return found

    def beginning(self, uid: int, limit: int) -> bytes:
        """The first `limit` bytes of a message with its header; empty if the server does not give it."""
        found: dict[int, bytes] = {}
        with _if_understood():
            found, _ = self._sections([uid], items=_beginning(limit))
        return found.get(uid, b"")[:limit]

    def _bisected(self, uids: Sequence[int], ask: Callable[[Sequence[int]], Answer[T]]) -> Answer[T]:
        """What `ask` gives; where the server refuses all for the sake of one, those around it are asked for again."""
        found, refusal = ask(uids)
        waiting = _halves([uid for uid in uids if uid not in found]) if refusal is not None and len(uids) > 1 else []
        while waiting:
            half = waiting.pop()
            more, reason = ask(half)
            found.update(more)
            if reason is not None and len(half) > 1:
                waiting.extend(_halves([uid for uid in half if uid not in more]))
        return found, refusal

    def _messages(self, uids: Sequence[int], *, kept: dict[str, bool]) -> Answer[RawMessage]:
        """`kept` learns of the extension that was used whether it has ever given what it promised."""

        def ask(used: Sequence[str]) -> Answer[RawMessage]:
            data, refusal = self._asked(uids, _wanted(used))
            asked = set(uids)
            found = {raw.uid: self._in_account(raw) for raw in fetched(data) if raw.uid in asked}
            if used and not found:
                raise Refused("FETCH", refusal or "no message came")
            if used:
                kept[used[-1]] = kept.get(used[-1], False) or mention(data, _ITEMS[used[-1]][1])
            return found, refusal

        return attempt(self._client, tuple(_ITEMS), ask, lambda answer: bool(answer[0]) and answer[1] is None)

    def _in_account(self, raw: RawMessage) -> RawMessage:
        """A thread's name means something in its own account only."""
        return replace(raw, thread_key=f"{self._account} {raw.thread_key}") if raw.thread_key else raw

    def _sections(self, uids: Sequence[int], *, items: str) -> Answer[bytes]:
        data, refusal = self._asked(uids, items)
        asked = set(uids)
        return {uid: section for uid, section in sections(data) if uid in asked}, refusal

    def _asked(self, uids: Sequence[int], items: str) -> tuple[Data, str | None]:
        data, refusal = self._client.uid_fetch(uid_set(uids), items)
        if refusal is not None and is_passing(refusal):
            raise refused(self._server, "FETCH", refusal)
        return data, refusal


@contextmanager
def _if_understood() -> Iterator[None]:
    """Go on without the answer where the server does not understand the question, unless it means this moment."""
    try:
        yield
    except NotUnderstood as error:
        if is_passing(str(error)):
            raise


def _beginning(limit: int) -> str:
    return f"(UID BODY.PEEK[]<0.{limit}>)"


def _wanted(used: Sequence[str]) -> str:
    """What is asked of each message of a first reading, with these extensions."""
    added = _ITEMS[used[-1]][0] if used else ""
    return f"(UID FLAGS INTERNALDATE RFC822.SIZE {added}{_HEADER})"


def _pieces(uids: Sequence[int]) -> list[Sequence[int]]:
    """Each UID once, ascending, as many together as one command asks for."""
    asked = sorted(set(uids))
    return [asked[start : start + FETCH_AT_ONCE] for start in range(0, len(asked), FETCH_AT_ONCE)]


def _halves(uids: Sequence[int]) -> list[Sequence[int]]:
    middle = (len(uids) + 1) // 2
    return [half for half in (uids[:middle], uids[middle:]) if half]


def uid_set(uids: Sequence[int]) -> str:
    """Ascending UIDs as a sequence-set (RFC 9051, 9) with its runs drawn together."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)
