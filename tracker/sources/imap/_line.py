"""imaplib's line, with a bound on everything that a server may send, and its reason when it hangs up."""

from __future__ import annotations

import contextlib
import re
import ssl
from dataclasses import dataclass, field
from imaplib import IMAP4
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any, cast

from tracker.liveness import alive

if TYPE_CHECKING:
    from collections.abc import Collection

    from _typeshed import ReadableBuffer as Buffer

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes; imaplib stops at a million, which a SEARCH in a mailbox of 100,000 messages passes."""

MOST_LINES = 1_000_000
MOST_BYTES = 64 * 1024 * 1024
"""What may come in reply to one command: in lines, and as much again in literals that are kept."""

LARGEST_KEPT = 1024 * 1024
"""Bytes that are kept of a literal, four times of what is read of a header; the rest is read and dropped."""

LARGEST_LITERAL = 256 * 1024 * 1024
_PIECE = 64 * 1024


# A line of a FETCH response that ends with the size of a literal: nearly all that comes in a first reading.
_WITH_LITERAL = re.compile(rb"\* (\d+) FETCH (\(.*\{(\d+)\})")
_LITERAL = re.compile(rb".*\{(\d+)\}")
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_WHOLE = b"BODY[]"


class TooMuch(ValueError):
    """A server sends more than any mailbox holds. The line is cut, for nobody knows where the next reply begins."""


class NotUnderstood(IMAP4.error):
    """The server answered BAD to a command."""


@dataclass(slots=True)
class _Ahead:
    """A UID FETCH that was sent before it is needed, and what has come of it.

    A server may work at several commands at once, and answers them in any order (RFC 9051, 5.5).
    """

    uids: Collection[int]
    uid_set: str
    items: str
    tag: bytes
    data: list[Any] = field(default_factory=list)
    is_answered: bool = False

    def asks(self, uid_set: str, items: str) -> bool:
        """Whether it is the same FETCH."""
        return (self.uid_set, self.items) == (uid_set, items)

    def awaits(self, uid: int, text: bytes) -> bool:
        """Whether a response about this UID is an answer to it: of two that are under way only one can be."""
        return not self.is_answered and uid in self.uids and (_WHOLE in text) == ("[]" in self.items)


class _Heard(RawIOBase):
    """What comes in over a socket; each time that something does is a sign of life."""

    def __init__(self, raw: Any) -> None:  # noqa: ANN401 # whatever a socket's file reads from
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, place: Any) -> int | None:  # noqa: ANN401 # any buffer
        size = cast("int | None", self._raw.readinto(place))
        alive()
        return size


class BoundedLine(IMAP4):
    """Reads lines and literals of bounded size, as many as one command may bring."""

    _lines = 0
    _line_bytes = 0
    _kept_bytes = 0
    _unread = b""
    _beneath: object = None
    _heard: BufferedReader[_Heard]
    _ahead: list[_Ahead]

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 # whatever imaplib takes
        self._ahead = []
        super().__init__(*args)

    def readline(self) -> bytes:
        line = self._buffer.readline(LONGEST_LINE + 1)
        self._lines += 1
        self._line_bytes += len(line)
        if len(line) > LONGEST_LINE:
            raise self._too_much(f"a line of more than {LONGEST_LINE} bytes")
        if self._lines > MOST_LINES or self._line_bytes > MOST_BYTES:
            raise self._too_much(f"{self._lines} lines with {self._line_bytes} bytes to one command")
        return line

    def read(self, size: int) -> bytes:
        """The beginning of a literal, or nothing where others have taken the room: it can be asked for alone."""
        if size > LARGEST_LITERAL:
            raise self._too_much(f"a literal of {size} bytes")
        wanted = min(size, LARGEST_KEPT)
        kept = self._buffer.read(wanted) if self._kept_bytes + wanted <= MOST_BYTES else b""
        self._kept_bytes += len(kept)
        left = size - len(kept)
        while left > 0 and (dropped := len(self._buffer.read(min(left, _PIECE)))):
            left -= dropped
        if left > 0:
            raise IMAP4.abort("the line ended within a literal")
        return kept

    def send(self, data: Buffer) -> None:
        """Send; where that fails, the server may have said why it hung up."""
        try:
            super().send(data)
        except TimeoutError:
            raise
        except OSError as error:
            raise IMAP4.abort(self._last_words() or f"socket error: {error}") from error

    def ask_ahead(self, uids: Collection[int], uid_set: str, items: str) -> None:
        """Send a UID FETCH whose answer `fetch_by_uid` takes if it asks the same, behind those that were sent before.

        Of those under way no two may ask for the same part of a message. Other UID commands keep what was asked;
        those that may change the folder drop it.
        """
        if not any(ahead.asks(uid_set, items) for ahead in self._ahead):
            tag = super()._command("UID", "FETCH", uid_set, items)  # type: ignore[misc] # its stubs know public names only
            self._ahead.append(_Ahead(uids, uid_set, items, tag))

    def fetch_by_uid(self, uid_set: str, items: str) -> tuple[str, list[Any]]:
        """UID FETCH, as imaplib's `uid` gives it."""
        ahead = next((ahead for ahead in self._ahead if ahead.asks(uid_set, items)), None)
        if ahead is None:
            self._take_in_ahead()
            self.untagged_responses.pop("FETCH", None)
            return self.uid("FETCH", uid_set, items)
        try:
            typ, data = ("OK", []) if ahead.is_answered else self._completed(ahead.tag)
        finally:
            self._ahead.remove(ahead)
        if ahead.data:
            self._fetched().extend(ahead.data)
        return cast("tuple[str, list[Any]]", self._untagged_response(typ, data, "FETCH"))

    def _completed(self, tag: bytes) -> tuple[str, list[Any]]:
        return cast("tuple[str, list[Any]]", self._command_complete("UID", tag))

    def _take_in_ahead(self) -> None:
        """Read the answers to all that was asked ahead, for they look like those that follow.

        A refusal is never kept: asked again, it comes again.
        """
        for ahead in [ahead for ahead in self._ahead if not ahead.is_answered]:
            typ, _ = self._get_tagged_response(ahead.tag)
            ahead.is_answered = True
            if typ != "OK":
                self._ahead.remove(ahead)

    def _fetched(self) -> list[Any]:
        """Where imaplib keeps the FETCH responses of the command that is under way."""
        return cast("dict[str, list[Any]]", self.untagged_responses).setdefault("FETCH", [])

    def _hand_over(self, pieces: list[Any]) -> None:
        """Give the pieces of a FETCH response to what they answer."""
        texts = [(piece[0] if isinstance(piece, tuple) else piece).upper() for piece in pieces]
        named = next((match for text in texts if (match := _UID.search(text))), None)
        awaiting = (ahead for ahead in self._ahead if named and ahead.awaits(int(named[1]), texts[0]))
        ahead = next(awaiting, None)
        (self._fetched() if ahead is None else ahead.data).extend(pieces)

    def begin_idle(self) -> tuple[str, list[bytes]] | None:
        """IDLE (RFC 2177, 3), whatever comes in before the server's consent; its answer if it refuses."""
        tag = self._command("IDLE")
        self._idle_tag: bytes = tag
        while self._get_response() is not None:
            self._check_bye()
            if self.tagged_commands[tag]:
                return self.end_idle()
        return None

    def end_idle(self) -> tuple[str, list[bytes]]:
        """The answer to IDLE, after DONE was sent."""
        return cast("tuple[str, list[bytes]]", self._command_complete("IDLE", self._idle_tag))

    def has_unread_bytes(self) -> bool:
        """Whether something lies in a buffer above the socket, where no poll sees it."""
        timeout = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            return bool(self._buffer.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            self.sock.settimeout(timeout)

    @property
    def _buffer(self) -> BufferedReader[_Heard]:
        """In place of imaplib's own, of which there is another once TLS begins."""
        beneath = cast("BufferedReader", self.file)
        if beneath is not self._beneath:
            self._beneath, self._heard = beneath, BufferedReader(_Heard(beneath.raw))
        return self._heard

    def _command(self, name: str, *args: Any) -> bytes:  # noqa: ANN401 # imaplib's
        self._take_in_ahead()
        if name != "UID":
            self._ahead.clear()
        return cast("bytes", super()._command(name, *args))  # type: ignore[misc] # its stubs know public names only

    def _get_line(self) -> bytes:
        """As imaplib's, which writes each line down in a form for people, for a log that nobody reads."""
        line, self._unread = self._unread or self.readline(), b""
        if not line:
            raise IMAP4.abort("socket error: EOF")
        if not line.endswith(b"\r\n"):
            raise IMAP4.abort(f"socket error: unterminated line: {line!r}")
        return line[:-2]

    def _get_response(self) -> bytes | None:
        """As imaplib's, with fewer steps for a FETCH response with one literal."""
        line = self._get_line()
        match = _WITH_LITERAL.fullmatch(line)
        if match is None:
            self._unread = line + b"\r\n"
            return self._get_any_response()
        pieces: list[Any] = [(b"%b %b" % (match[1], match[2]), self.read(int(match[3])))]
        while (text := self._get_line()) != b")" and (match := _LITERAL.fullmatch(text)) is not None:
            pieces.append((text, self.read(int(match[1]))))
        self._hand_over([*pieces, text])
        return line

    def _get_any_response(self) -> bytes | None:
        """As imaplib's."""
        before = len(self.untagged_responses.get("FETCH", ()))
        response = cast("bytes | None", super()._get_response())  # type: ignore[misc] # as above: its stubs know public names only
        if self._ahead and (pieces := self.untagged_responses.get("FETCH", [])[before:]):
            del self.untagged_responses["FETCH"][before:]
            self._hand_over(pieces)
        return response

    def _new_tag(self) -> bytes:
        self._lines = self._line_bytes = self._kept_bytes = 0
        return cast("bytes", super()._new_tag())  # type: ignore[misc] # its stubs know public names only

    def _command_complete(self, name: str, tag: bytes) -> object:
        try:
            return super()._command_complete(name, tag)  # type: ignore[misc] # as above: its stubs know public names only
        except IMAP4.abort:
            raise
        except IMAP4.error as error:
            raise NotUnderstood(*error.args) from error

    def _last_words(self) -> str:
        """What a BYE says that has come in unread."""
        with contextlib.suppress(OSError, ValueError, IMAP4.error):
            while self._get_response() is not None:
                self._check_bye()
        farewell = cast("list[bytes]", self.untagged_responses.get("BYE") or [b""])
        return farewell[-1].decode("utf-8", "replace")

    def _too_much(self, what: str) -> TooMuch:
        with contextlib.suppress(OSError, ValueError):
            self.shutdown()
        return TooMuch(what)
