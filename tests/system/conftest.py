"""What the tests of the daemon share: a person's world, a service manager; and for those of the unit, a systemd."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import World
from tests.system.daemon import ServiceManager
from tests.system.machine import Machine, running_machine
from tests.system.service import Service, deliver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine.dovecot import Dovecot


@pytest.fixture
def world(dovecot: Dovecot, tmp_path: Path) -> World:
    return World(dovecot, dovecot.user(), tmp_path / "home")


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[ServiceManager]:
    with contextlib.closing(ServiceManager(tmp_path / "notify")) as service_manager:
        yield service_manager


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
