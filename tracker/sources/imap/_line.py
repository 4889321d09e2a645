"""imaplib's line, with a bound on everything that a server may send, and its reason when it hangs up."""

from __future__ import annotations

import contextlib
import re
import ssl
from dataclasses import dataclass
from imaplib import IMAP4
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any, cast

from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

from tracker.liveness import alive

if TYPE_CHECKING:
    from collections.abc import Callable

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


class TooMuch(ValueError):
    """A server sends more than any mailbox holds. The line is cut, for nobody knows where the next reply begins."""


class NotUnderstood(IMAP4.error):
    """The server answered BAD to a command."""


@dataclass(slots=True)
class _Ahead:
    """A UID FETCH that was sent before it is needed, and what came of it once that was read."""

    uid_set: str
    items: str
    tag: bytes
    answer: list[Any] | None = None

    def asks(self, uid_set: str, items: str) -> bool:
        """Whether it is the same FETCH."""
        return (self.uid_set, self.items) == (uid_set, items)


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
    _ahead: _Ahead | None = None
    _beneath: object = None
    _heard: BufferedReader[_Heard]

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

    def ask_ahead(self, uid_set: str, items: str) -> None:
        """Send a UID FETCH whose answer `fetch_by_uid` takes if it asks the same.

        Other UID commands keep it meanwhile; those that may change the folder drop it.
        """
        if self._ahead is None or not self._ahead.asks(uid_set, items):
            self._ahead = _Ahead(uid_set, items, self._command("UID", "FETCH", uid_set, items))

    def fetch_by_uid(self, uid_set: str, items: str) -> tuple[str, list[Any]]:
        """UID FETCH, as imaplib's `uid` gives it."""
        ahead = self._ahead
        if ahead is None or not ahead.asks(uid_set, items):
            self._take_in_ahead(is_kept=True)
            self.untagged_responses.pop("FETCH", None)
            return self.uid("FETCH", uid_set, items)
        self._ahead = None
        if ahead.answer is not None:
            return "OK", ahead.answer
        typ, data = cast("tuple[str, list[Any]]", self._command_complete("UID", ahead.tag))
        return cast("tuple[str, list[Any]]", self._untagged_response(typ, data, "FETCH"))

    def _take_in_ahead(self, *, is_kept: bool) -> None:
        """Read what was asked ahead to its end, for its responses look like those of the next command.

        A refusal is never kept: asked again, it comes again.
        """
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return
        if ahead.answer is None:
            typ, _ = self._get_tagged_response(ahead.tag)
            answer = self.untagged_responses.pop("FETCH", [None])
            ahead.answer = answer if typ == "OK" else None
        if is_kept and ahead.answer is not None:
            self._ahead = ahead

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
        self._take_in_ahead(is_kept=name == "UID")
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
            return cast("bytes | None", super()._get_response())  # type: ignore[misc] # as above: its stubs know public names only
        text, literal = b"%b %b" % (match[1], match[2]), self.read(int(match[3]))
        found = cast("dict[str, list[Any]]", self.untagged_responses).setdefault("FETCH", [])
        found.append((text, literal))
        while (text := self._get_line()) != b")" and (match := _LITERAL.fullmatch(text)) is not None:
            found.append((text, self.read(int(match[1]))))
        found.append(text)
        return line

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


class Plain(BoundedLine, IMAP4WithTimeout):  # type: ignore[misc] # imapclient ships no types
    """A line in the clear."""


class _Encrypted(BoundedLine, IMAP4_TLS):  # type: ignore[misc] # imapclient ships no types
    pass


def encrypted(host: str, port: int, context: ssl.SSLContext | None, timeout: float | None) -> BoundedLine:
    """A line under TLS from the start."""
    connect = cast("Callable[..., BoundedLine]", _Encrypted)  # its untyped base takes a context
    return connect(host, port, context, timeout)
