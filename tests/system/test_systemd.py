"""The service under a real systemd: from READY to the journal, by nothing but what an admin has."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.machine.scripted import scripted
from tests.system.daemon import until
from tests.system.machine import UNIT
from tests.system.service import LETTERS, is_read

if TYPE_CHECKING:
    from tests.system.service import Service

pytestmark = pytest.mark.xdist_group("systemd")


def test_systemd_itself_finds_nothing_to_complain_about_and_little_that_is_exposed(service: Service) -> None:
    verified = service.machine.run("systemd-analyze", "verify", "--man=no", UNIT)
    assert verified.stdout + verified.stderr == ""
    told = service.machine.run("systemd-analyze", "security", "--no-pager", UNIT).stdout
    exposure = re.search(r"Overall exposure level for tracker\.service: ([0-9.]+)", told)
    assert exposure
    assert float(exposure[1]) <= 1.5


def test_it_is_ready_before_the_first_sync_and_reads_it_all_with_its_credential(service: Service) -> None:
    with scripted(LIST=b"") as silent:
        silent_port = service.machine.forward(silent.port)
        service.configure(service.account(host="127.0.0.1", port=silent_port, tls="none", ca_file=""))
        service.start()
        until(lambda: any(command.startswith("LIST") for command in silent.received))
        assert service.machine.status() == "1 accounts, 0 in trouble, not everything is read yet"
        service.configure()
        service.machine.run("systemctl", "reload", UNIT)
        until(lambda: is_read(service))
    assert re.fullmatch(r"1 accounts, 0 in trouble, read to \d\d:\d\d UTC", service.machine.status())
    [starting, started] = service.machine.history()[:2]
    assert (starting[1].partition(" ")[0], started[1].partition(" ")[0]) == ("Starting", "Started")
    [read] = service.machine.journal("TRACKER_EVENT=read")
    assert read["MESSAGE"] == f"work: {LETTERS} new messages, 0 unreadable"
    assert int(read["__MONOTONIC_TIMESTAMP"]) / 1_000_000 > started[0]


def test_it_runs_as_its_own_user_and_keeps_its_state_to_itself(service: Service) -> None:
    service.start()
    until(lambda: is_read(service))
    machine = service.machine
    listed = machine.run("stat", "-c", "%U:%G %a %n", "/var/lib/tracker", "/var/lib/tracker/tracker.db", "/run/tracker")
    assert listed.stdout.splitlines() == [
        "tracker:tracker 700 /var/lib/tracker",
        "tracker:tracker 600 /var/lib/tracker/tracker.db",
        "tracker:tracker 755 /run/tracker",
    ]
    assert machine.run("stat", "-c", "%U", f"/proc/{machine.pid()}").stdout == "tracker\n"
    environment = (machine.root / f"proc/{machine.pid()}/environ").read_text("utf-8")
    assert "CREDENTIALS_DIRECTORY=" in environment
    assert service.user.password not in environment


def test_a_reload_takes_new_accounts_and_keeps_the_line_of_the_others(service: Service) -> None:
    service.start()
    until(lambda: is_read(service))
    pid = service.machine.pid()
    service.configure(service.account(), service.account("second"))
    service.machine.run("systemctl", "reload", UNIT)
    until(lambda: service.machine.status().startswith("2 accounts, 0 in trouble, read to"))
    assert service.machine.pid() == pid
    assert [entry["MESSAGE"] for entry in service.machine.journal("TRACKER_EVENT=reloaded")] == [
        "the configuration is read again: watching 2 accounts"
    ]
    commands = service.server.commands(service.user)
    assert sum(command.startswith("ID ") for command in commands) == 2, "one connection an account"
    service.configure()
    service.machine.run("systemctl", "reload", UNIT)
    until(lambda: service.machine.status().startswith("1 accounts"))


@pytest.mark.parametrize("broken", ["[sync]\nevery = 7\n", "nonsense", ""], ids=["a value", "no TOML", "no account"])
def test_a_broken_configuration_is_refused_by_a_reload_and_the_old_one_holds(service: Service, broken: str) -> None:
    service.start()
    until(lambda: is_read(service))
    service.machine.write("/etc/tracker/config.toml", broken)
    service.machine.run("systemctl", "reload", UNIT)
    until(lambda: service.machine.status().endswith("; the new configuration is refused, the old one holds"))
    [entry] = service.machine.journal("TRACKER_EVENT=config-rejected")
    assert "; the old configuration holds; " in entry["MESSAGE"]
    assert service.machine.show("ActiveState")["ActiveState"] == "active"
    service.configure()
    service.machine.run("systemctl", "reload", UNIT)
    until(lambda: is_read(service) and "refused" not in service.machine.status())


@pytest.mark.parametrize("wrong", ["configuration", "newer database", "missing extra", "no secret"])
def test_what_needs_a_person_ends_it_with_78_and_is_not_tried_again(service: Service, wrong: str) -> None:
    machine = service.machine
    if wrong == "configuration":
        machine.write("/etc/tracker/config.toml", "[sync]\nevery = 7\n")
    elif wrong == "newer database":
        service.start()
        service.stop()
        change = "import sqlite3; sqlite3.connect('/var/lib/tracker/tracker.db', isolation_level=None).execute({!r})"
        newer = change.format("UPDATE alembic_version SET version_num = 'newer'")
        machine.run("runuser", "-u", "tracker", "--", "python3", "-c", newer)
    elif wrong == "missing extra":
        machine.write("/etc/hidden/psycopg.py", "raise ModuleNotFoundError(name='psycopg')\n")
        service.drop_in("Environment=PYTHONPATH=/etc/hidden")
        service.settings = '[database]\nurl = "postgresql+psycopg://tracker@127.0.0.1:1/tracker"'
        service.configure()
    else:
        machine.write("/etc/tracker/mail.password", "\n")
    service.start(expect=1)
    time.sleep(1.5)  # a restart would have come by now
    shown = machine.show("ActiveState", "ExecMainStatus", "NRestarts")
    assert shown == {"ActiveState": "failed", "ExecMainStatus": "78", "NRestarts": "0"}
    assert "hint: " in machine.said()
    assert "Traceback" not in machine.said()


def test_the_journal_has_fields_to_find_and_count_by(service: Service) -> None:
    service.configure(service.account(), service.account("other", user="nobody-of-this-name"))
    service.start()
    until(lambda: service.machine.status().startswith("2 accounts, 1 in trouble"))
    machine = service.machine
    until(lambda: bool(machine.journal("TRACKER_EVENT=read")))
    [read] = machine.journal("TRACKER_EVENT=read")
    assert (read["TRACKER_ACCOUNT"], read["PRIORITY"], read["SYSLOG_IDENTIFIER"]) == ("work", "6", "tracker")
    assert "MESSAGE_ID" not in read
    [refused] = machine.journal("TRACKER_EVENT=login-refused")
    assert (refused["TRACKER_ACCOUNT"], refused["PRIORITY"]) == ("other", "4")
    assert machine.journal(f"MESSAGE_ID={refused['MESSAGE_ID']}") == [refused]
    assert [entry["TRACKER_EVENT"] for entry in machine.journal("PRIORITY=6", "TRACKER_EVENT=started")] == ["started"]
    for wanted in ("TRACKER_ACCOUNT=other", "TRACKER_EVENT=login-refused"):  # as an admin types it
        lines = machine.run("journalctl", "-u", "tracker", wanted, "-o", "json").stdout.splitlines()
        assert [json.loads(line)["MESSAGE"] for line in lines] == [refused["MESSAGE"]]


def test_root_may_not_write_what_is_the_services(service: Service) -> None:
    service.start()
    until(lambda: is_read(service))
    said = service.run("status", expect=78, user="root")
    assert said.splitlines() == [
        "tracker: /var/lib/tracker/tracker.db belongs to tracker, and this is root",
        "hint: run it as its owner: runuser -u tracker -- tracker ..., with the same TRACKER_STATE",
    ]
    assert "work" in service.run("status")
    service.stop()
    for file in (service.machine.root / "var/lib/tracker").glob("tracker.db*"):
        file.unlink()
    assert "/var/lib/tracker belongs to tracker" in service.run("status", expect=78, user="root")
    service.start()


def test_what_its_own_user_restores_the_service_reads_and_root_restores_nothing(service: Service) -> None:
    service.start()
    until(lambda: is_read(service))
    made = service.run("backup").splitlines()[0]
    assert "is in use by another process" in service.run("restore", made, expect=69)
    service.stop()
    assert "runuser -u tracker" in service.run("restore", made, expect=78, user="root")
    service.run("restore", made)
    listed = service.machine.run("stat", "-c", "%U %a", "/var/lib/tracker/tracker.db", made).stdout
    assert listed.splitlines() == ["tracker 600"] * 2
    service.start()
    until(lambda: is_read(service))


def test_the_metrics_are_there_for_everybody_to_read(service: Service) -> None:
    parser = pytest.importorskip("prometheus_client.parser")
    service.settings = '[metrics]\ntextfile = "/run/tracker/tracker.prom"\n'
    service.configure(service.account(), service.account("other", user="nobody-of-this-name"))
    service.start()
    file = service.machine.root / "run/tracker/tracker.prom"
    until(file.exists)
    results = ('result="complete"', 'result="failed"')
    until(lambda: all(result in file.read_text("utf-8") for result in results), patience=40)
    assert service.machine.run("stat", "-c", "%a", "/run/tracker/tracker.prom").stdout == "644\n"
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in parser.text_string_to_metric_families(file.read_text("utf-8"))
        for sample in family.samples
    }
    assert samples["tracker_syncs_total", "work", "complete"] >= 1
    assert samples["tracker_syncs_total", "other", "failed"] >= 1
    assert abs(samples["tracker_last_sync_timestamp_seconds", "work"] - time.time()) < 120
    assert ("tracker_last_sync_timestamp_seconds", "other") not in samples
    assert samples["tracker_sign_in_needed", "other"] == 0
    assert samples["tracker_unreadable_messages", "work"] == 0
    assert samples[("tracker_database_size_bytes",)] > 0
    assert [path.name for path in file.parent.iterdir()] == ["tracker.prom"]
