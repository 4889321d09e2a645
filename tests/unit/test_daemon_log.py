"""What the daemon's log is made of: events, harmless lines, and the journal's own form."""

from __future__ import annotations

import io
import logging
import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.daemon._events import EVENTS, STUCK, about, event_of
from tracker.daemon._journal import MOST, JournalHandler, entry, is_journal
from tracker.daemon._log import start_log
from tracker.errors import (
    BackupFailed,
    BadServerReply,
    DatabaseUnreachable,
    LoginRejected,
    NoSuchFolder,
    SecretUnavailable,
)

if TYPE_CHECKING:
    import pytest

OPERATIONS = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")


def test_every_event_is_explained_and_those_to_act_on_have_an_id_of_their_own() -> None:
    explained = OPERATIONS.partition("| event | means |")[2].partition("\n\n")[0]
    cells = " ".join(line.split(" | ")[0] for line in explained.splitlines()[2:])
    assert re.findall(r"`([a-z-]+)`", cells) == [event.name for event in EVENTS]
    ids = [event.message_id for event in EVENTS if event.message_id]
    assert len(ids) == len(set(ids)) == 12
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)


def test_an_error_is_an_event() -> None:
    kinds = (LoginRejected, BadServerReply, DatabaseUnreachable, BackupFailed, SecretUnavailable, NoSuchFolder)
    assert [event_of(kind("x", hint="y")).name for kind in kinds] == [
        "login-refused", "server-unreachable", "database-unreachable", "database-unreachable", "secret-unavailable",
        "account-rejected",
    ]  # fmt: skip


def test_the_journals_form() -> None:
    assert entry({"MESSAGE": "one", "PRIORITY": "6"}) == b"MESSAGE=one\nPRIORITY=6\n"
    assert entry({"MESSAGE": "a\nb"}) == b"MESSAGE\n\x03\0\0\0\0\0\0\0a\nb\n"


def test_a_record_goes_to_the_journal_with_its_fields_and_is_cut_where_it_is_too_long(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(tmp_path / "journal"))
        handler = JournalHandler(str(tmp_path / "journal"))
        record = logging.makeLogRecord({"msg": "x" * (2 * MOST), "levelno": logging.ERROR, **about(STUCK, "work")})
        handler.emit(record)
        told = journal.recv(1 << 20)
        handler.close()
    assert told == (
        b"MESSAGE=%s\nPRIORITY=3\nSYSLOG_IDENTIFIER=tracker\nTRACKER_EVENT=stuck\nMESSAGE_ID=%s\nTRACKER_ACCOUNT=work\n"
        % (b"x" * MOST, STUCK.message_id.encode())
    )


def test_no_line_can_be_forged_and_a_trace_stands_below_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = io.StringIO()
    monkeypatch.setattr(sys, "stderr", heard)
    assert not is_journal({})
    before = logging.getLogger().handlers[:]
    try:
        start_log(is_verbose=False)
        logging.getLogger("a test").warning("from outside: %s", "a\nINFO forged\x1b[2J")
        try:
            int("b\nINFO forged\n")
        except ValueError:
            logging.getLogger("a test").exception("a bug")
    finally:
        logging.basicConfig(handlers=before, force=True)
    lines = heard.getvalue().splitlines()
    assert lines[0] == "WARNING from outside: a INFO forged[2J"
    assert lines[1] == "ERROR a bug"
    assert all(line.startswith("  ") for line in lines[2:])
    assert len(lines) > 4
