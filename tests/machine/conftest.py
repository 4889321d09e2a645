"""The servers that reading a mailbox is tested on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.machine.mail_program import MailServer


@pytest.fixture(params=["dovecot", "cyrus"])
def server(request: pytest.FixtureRequest) -> MailServer:
    """Each real IMAP server in turn; `server.user()` gives a test an account of its own."""
    running: MailServer = request.getfixturevalue(request.param)
    return running
