"""The one machine with a systemd that the tests of the service share, and the service as new for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.system.machine import Machine, running_machine
from tests.system.service import Service, deliver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.dovecot import Dovecot


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
    deliver(user.mailbox)
    service = Service(machine, dovecot, user, port)
    service.install()
    yield service
    assert user.password not in machine.said()
    service.stop()
