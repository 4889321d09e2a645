"""The one machine with a systemd that the tests of the service share, and the service as new for each of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from tests.system.machine import Machine, running_machine
from tests.system.service import LETTERS, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.dovecot import Dovecot
    from tests.machine.mailbox import Mailbox


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    with running_machine() as booted:
        yield booted


@pytest.fixture(scope="session")
def port(machine: Machine, dovecot: Dovecot) -> int:
    return machine.forward(dovecot.tls_port)


@pytest.fixture
def service(machine: Machine, dovecot: Dovecot, port: int) -> Iterator[Service]:
    user = dovecot.user()
    _deliver(user.mailbox)
    service = Service(machine, dovecot, user, port)
    service.install()
    yield service
    assert user.password not in machine.said()
    service.stop()


def _deliver(mailbox: Mailbox) -> None:
    for number in range(LETTERS):
        text = (
            f"From: news@shop.example\nTo: ann@example.org\nSubject: {number}\nMessage-ID: <n{number}@shop.example>\n"
        )
        at = datetime.now(UTC) - timedelta(hours=number + 1)
        mailbox.deliver("INBOX", f"{text}Date: {format_datetime(at)}\n\nx\n".encode(), at)
