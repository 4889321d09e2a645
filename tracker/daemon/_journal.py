"""The journal's own socket (systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram an entry, with fields of our own."""

from __future__ import annotations

import logging
import os
import socket
import sys
from typing import TYPE_CHECKING

from tracker.daemon._events import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

SOCKET = "/run/systemd/journal/socket"

MOST = 48 * 1024
"""Bytes of one message: the journal refuses datagrams of more than about 200 KB, and nobody reads more than this."""

PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""syslog(3)'s numbers."""


def is_journal(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether stderr leads to the journal, by the device and inode that systemd tells (systemd.exec(5))."""
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return environment.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def entry(fields: Mapping[str, str]) -> bytes:
    """The fields as the journal reads them; a value of several lines goes with its length in front."""
    parts = []
    for name, value in fields.items():
        data = value.encode("utf-8", "replace")
        if b"\n" in data:
            parts.append(name.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n")
        else:
            parts.append(name.encode() + b"=" + data + b"\n")
    return b"".join(parts)


class JournalHandler(logging.Handler):
    """Sends each record to the journal; what cannot be sent goes to stderr, which leads there too, without fields."""

    def __init__(self, path: str = SOCKET) -> None:
        super().__init__()
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record."""
        text = self.format(record)
        try:
            self._socket.sendto(entry(_fields(record, text)), self._path)
        except OSError:
            sys.stderr.write(f"{text}\n")

    def close(self) -> None:
        """Send no more."""
        self._socket.close()
        super().close()


def _fields(record: logging.LogRecord, text: str) -> dict[str, str]:
    fields = {
        "MESSAGE": text.encode("utf-8", "replace")[:MOST].decode("utf-8", "ignore"),
        "PRIORITY": str(PRIORITIES.get(record.levelno, 6)),
        "SYSLOG_IDENTIFIER": "tracker",
    }
    event = getattr(record, "tracker_event", None)
    if isinstance(event, Event):
        fields["TRACKER_EVENT"] = event.name
        if event.message_id:
            fields["MESSAGE_ID"] = event.message_id
    if account := getattr(record, "tracker_account", ""):
        fields["TRACKER_ACCOUNT"] = str(account)
    return fields
