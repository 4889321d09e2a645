"""The service under a real systemd, killed, stopped, kept waiting or stuck: how it ends, and that it runs again."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.machine.scripted import scripted
from tests.system.daemon import until
from tests.system.frozen import frozen_thread, outside
from tests.system.machine import UNIT
from tests.system.service import CONFIG, is_read
from tracker.daemon._worker import RESTING

if TYPE_CHECKING:
    from tests.system.service import Service

pytestmark = pytest.mark.xdist_group("systemd")


def test_killed_it_runs_again_within_seconds(service: Service) -> None:
    service.start()
    until(lambda: is_read(service))
    pid = service.machine.pid()
    service.machine.run("sh", "-c", f"kill -9 {pid}")
    took = until(
        lambda: service.machine.show("SubState")["SubState"] == "running" and service.machine.pid() not in {0, pid}
    )
    assert took < 6, "systemd waits for half a second, and the rest is the start of the program"
    assert service.machine.show("NRestarts") == {"NRestarts": "1"}
    told = [said for _, said in service.machine.history()]
    assert f"{UNIT}: Main process exited, code=killed, status=9/KILL" in told
    assert told[-1].startswith("Started"), "systemd waits for READY again"
    until(lambda: is_read(service))


def test_it_stops_at_once_while_it_waits_and_soon_in_a_fetch(service: Service) -> None:
    service.start()
    until(lambda: is_read(service))
    until(lambda: "IDLE" in service.server.commands(service.user))
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 3
    assert service.machine.show("Result", "ExecMainStatus") == {"Result": "success", "ExecMainStatus": "0"}
    with scripted(UID_SEARCH=b"* SEARCH 1 2 3\r\nTAG OK done\r\n", UID_FETCH=b"") as silent:
        silent_port = service.machine.forward(silent.port)
        service.configure(service.account("slow", host="127.0.0.1", port=silent_port, tls="none", ca_file=""))
        service.start()
        until(lambda: any(command.startswith("UID FETCH") for command in silent.received))
        began = time.monotonic()
        service.stop()
        assert time.monotonic() - began < 10
    assert service.machine.show("Result", "ExecMainStatus") == {"Result": "success", "ExecMainStatus": "0"}


def test_it_waits_for_a_database_that_is_away(service: Service) -> None:
    service.settings = '[database]\nurl = "postgresql+psycopg://tracker@127.0.0.1:1/tracker"'
    service.configure()
    service.machine.run("systemctl", "start", "--no-block", UNIT)
    until(lambda: service.machine.status().startswith("waiting for the database: the database tracker at 127.0.0.1:1"))
    assert service.machine.show("ActiveState", "NRestarts") == {"ActiveState": "activating", "NRestarts": "0"}


def test_beside_another_daemon_it_is_refused_once_and_stays_down_until_somebody_looks(service: Service) -> None:
    words = ["env", "HOME=/var/lib/tracker", "TRACKER_STATE=/var/lib/tracker", "CREDENTIALS_DIRECTORY=/run/by-hand"]
    service.machine.run(
        "install", "-d", "-o", "tracker", "-g", "tracker", "-m", "700", "/var/lib/tracker", "/run/by-hand"
    )
    service.machine.run("install", "-o", "tracker", "-m", "400", "/etc/tracker/mail.password", "/run/by-hand/mail")
    words += ["/opt/tracker/bin/tracker", "--config", CONFIG, "run"]
    kept = "/var/lib/tracker/tracker.db.run"
    with service.machine.running("runuser", "-u", "tracker", "--", *words):
        try:
            until(lambda: service.machine.run("test", "-s", kept, expect=None).returncode == 0)
            service.start(expect=1)
        finally:
            service.machine.run("sh", "-c", f"kill $(cat {kept})")
    shown = service.machine.show("ActiveState", "NRestarts", "ExecMainStatus")
    assert shown == {"ActiveState": "failed", "NRestarts": "0", "ExecMainStatus": "78"}
    assert re.search(r"tracker: another tracker run \(process \d+\) works on this database\n", service.machine.said())
    service.start()
    until(lambda: is_read(service))


def test_a_start_may_take_longer_than_the_unit_allows_as_long_as_it_asks(service: Service) -> None:
    """Another program keeps the database, which is waited for as a migration is."""
    service.drop_in("TimeoutStartSec=8")
    service.machine.run("install", "-d", "-o", "tracker", "-g", "tracker", "-m", "700", "/var/lib/tracker")
    keep = (
        "import os, sqlite3, time; os.umask(0o77);"
        "db = sqlite3.connect('/var/lib/tracker/tracker.db', isolation_level=None);"
        "db.execute('PRAGMA journal_mode = WAL'); db.execute('BEGIN IMMEDIATE');"
        "print('kept', flush=True); time.sleep(10)"
    )
    with service.machine.running("runuser", "-u", "tracker", "--", "python3", "-c", keep) as keeping:
        assert keeping.stdout is not None
        assert keeping.stdout.readline() == "kept\n"
        service.start()
    until(lambda: is_read(service))


def test_one_stuck_worker_of_three_is_told_with_all_stacks_and_the_service_starts_again(service: Service) -> None:
    patience = RESTING + 1
    service.drop_in(f"WatchdogSec={patience}")
    service.settings = "[sync]\nidle = false"
    service.configure(*map(service.account, ("one", "two", "three")))
    service.start()
    until(lambda: service.machine.status().startswith("3 accounts, 0 in trouble, read to"))
    time.sleep(2)  # all three rest
    pid = service.machine.pid()
    frozen_at = time.monotonic()
    with frozen_thread(outside(service.machine.leader, pid)) as reap:

        def is_back() -> bool:
            reap()
            shown = service.machine.show("SubState", "NRestarts")
            return shown == {"SubState": "running", "NRestarts": "1"}

        until(is_back, patience=60, pause=0.2)
    told = [(at, said) for at, said in service.machine.history() if at > frozen_at]
    assert told[0][1].startswith(f"{UNIT}: Watchdog request"), 'a "timeout" comes later by what its bound was'
    assert told[-1][1].startswith("Started")
    assert told[0][0] - frozen_at > patience - 6, "a sign of life is five seconds old at the most"
    [entry] = service.machine.journal("TRACKER_EVENT=stuck")
    assert entry["TRACKER_ACCOUNT"] == "three"
    said = service.machine.said()
    assert "Fatal Python error: Aborted" in said
    assert said.count("Thread 0x") >= 4
    assert "_worker.py" in said
    until(lambda: service.machine.status().startswith("3 accounts, 0 in trouble, read to"))


def test_without_the_file_of_its_credential_it_stays_down_until_somebody_looks(service: Service) -> None:
    """Systemd hands the password over before the program starts, which therefore cannot say that it is not there."""
    secret = "/etc/tracker/mail.password"
    service.machine.run("mv", secret, f"{secret}.away")
    service.start(expect=1)
    shown = service.machine.show("ActiveState", "NRestarts", "ExecMainStatus")
    assert shown == {"ActiveState": "failed", "NRestarts": "0", "ExecMainStatus": "243"}
    told = [said for _, said in service.machine.history()]
    assert f"{UNIT}: Main process exited, code=exited, status=243/CREDENTIALS" in told
    service.machine.run("mv", f"{secret}.away", secret)
    service.start()
    until(lambda: is_read(service))
