"""imaplib's line, with a bound on everything that a server may send, and its reason when it hangs up."""

from __future__ import annotations

import contextlib
import ssl
from imaplib import IMAP4
from typing import TYPE_CHECKING, cast

from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedReader

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


class TooMuch(ValueError):
    """A server sends more than any mailbox holds. The line is cut, for nobody knows where the next reply begins."""


class NotUnderstood(IMAP4.error):
    """The server answered BAD to a command."""


class BoundedLine(IMAP4):
    """Reads lines and literals of bounded size, as many as one command may bring."""

    _lines = 0
    _line_bytes = 0
    _kept_bytes = 0

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
    def _buffer(self) -> BufferedReader:
        return cast("BufferedReader", self.file)

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
