"""What can be wrong in a mailbox and with its clock: one test for each thing, against real servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.cli.examining import found, the_one_fault
from tests.cli.world import ME, World
from tests.machine.scripted import scripted
from tracker.service.diagnosing import diagnose

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot


def test_another_servers_clock_is_asked_for_too(world_on_cyrus: World) -> None:
    world_on_cyrus.mail("q", world_on_cyrus.ago(days=3), ME, "rita@acme.example")
    world_on_cyrus.mail("a", world_on_cyrus.ago(hours=3), "rita@acme.example", ME)
    findings = found(world_on_cyrus)
    assert findings["clock"]["words"] == "agrees with the server's"
    assert findings["folders"]["grade"] == "ok"


def test_a_mailbox_without_a_sent_folder_is_a_fault(lasting: Dovecot, tmp_path: Path) -> None:
    world = World(lasting, lasting.user(folders=("Drafts", "Projects")), tmp_path / "home")
    fault = the_one_fault(found(world, expect=1))
    assert fault["check"] == "folders"
    assert "`sent`" in fault["remedy"]
    assert "Projects" not in str(fault)
    assert "Projects" in world.run("doctor", expect=1).out


def test_a_sent_folder_in_which_nothing_lies_is_a_warning(lasting: Dovecot, tmp_path: Path) -> None:
    world = World(lasting, lasting.user(), tmp_path / "home")
    findings = found(world)
    assert findings["folders"]["grade"] == "warn"
    assert findings["clock"]["grade"] == "unchecked"


@pytest.mark.parametrize("hours", [-7, 7])
def test_a_clock_that_differs_from_the_servers_is_a_fault(
    healthy: World, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_STATE", str(healthy.folder))
    wrong = diagnose(healthy.config, None, clock=lambda: datetime.now(UTC) + timedelta(hours=hours))
    clock = wrong.findings[-1]
    assert clock.words == f"this machine's clock is 7 hours {'ahead of' if hours > 0 else 'behind'} the server's"
    assert abs(int(str(clock.facts["skew_seconds"])) + hours * 3600) <= 5


def test_a_clock_that_a_server_does_not_tell_is_told_by_mail_from_the_future(healthy: World) -> None:
    fetched = b'* 3 FETCH (UID 3 FLAGS () INTERNALDATE "%s" BODY[HEADER.FIELDS (FROM)] {2}\r\n\r\n)\r\nTAG OK x\r\n'
    stamp = f"{datetime.now(UTC) + timedelta(hours=5):%d-%b-%Y %H:%M:%S +0000}".encode()
    with scripted(UID_SEARCH=b"* SEARCH 3\r\nTAG OK x\r\n", UID_FETCH=fetched % stamp) as server:
        healthy.write_config(port=server.port, tls="none", ca_file="")
        clock = found(healthy)["clock"]
    assert clock["grade"] == "warn"
    assert "5 hours from now by the server's clock" in clock["words"]
