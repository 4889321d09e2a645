"""That nothing forbidden goes over the wire unnoticed, on whichever server."""

from __future__ import annotations

import imaplib
from typing import TYPE_CHECKING

import pytest

from tests.machine import cyrus, dovecot
from tests.machine.accounts import NOON, letter, on_server, opened
from tests.machine.wire import forbidden

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.machine.cyrus import Cyrus
    from tests.machine.dovecot import Dovecot


@pytest.mark.parametrize("running", [dovecot.running, cyrus.running])
def test_a_command_that_may_change_a_mailbox_is_found_whoever_sends_it(
    running: Callable[[], AbstractContextManager[Dovecot | Cyrus]],
) -> None:
    with running() as server:  # not the one that all tests share, which is to stay clean
        quiet, loud = server.user(), server.user()
        loud.mailbox.deliver("INBOX", letter(), NOON)
        with opened(on_server(server, quiet)) as source:
            source.folders()
        assert forbidden(server) == []
        with imaplib.IMAP4(server.host, server.port) as imap:
            imap.login(loud.name, loud.password)
            imap.select("INBOX")
            imap.uid("FETCH", "1", "(UID BODY[])")
            imap.uid("STORE", "1", "+FLAGS", r"(\Seen)")
        found = [f"{loud.name}: {words}" for words in ("SELECT INBOX", "UID FETCH 1", r"UID STORE 1 +FLAGS (\Seen)")]
        assert [words[: len(start)] for words, start in zip(forbidden(server), found, strict=True)] == found
        assert forbidden(server, [quiet]) == []


def test_the_session_of_a_test_is_watched(request: pytest.FixtureRequest) -> None:
    assert "only_allowed_commands_are_sent" in request.fixturenames
