"""`tracker doctor`: one test for each thing that can be wrong, against real servers."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.world import ME, World
from tests.machine.dovecot import Dovecot
from tests.machine.scripted import scripted
from tracker.formats import View, diagnosis_format
from tracker.service.diagnosing import diagnose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.machine.mail_program import MailServer

    Found = dict[str, dict[str, Any]]

PER_ACCOUNT = ("secret", "dns", "tcp", "tls", "capabilities", "sign-in", "extensions", "folders", "clock")
OLDEST = "0001"
NINETY_DAYS = timedelta(days=90)


def found(world: World, only: str | None = None, *, expect: int = 0) -> Found:
    """What is found, as `--format json` tells it, by check; `expect` is 1 if anything is broken.

    Without a process for each, which would take most of the time of these tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKER_STATE", str(world.folder))
        diagnosis = diagnose(world.config, only, clock=lambda: datetime.now(UTC))
    document = json.loads("".join(diagnosis_format("json").render_diagnosis(diagnosis, View())))
    assert document["is_broken"] == bool(expect), document
    return {finding["check"]: finding for finding in document["findings"]}


def held_up(findings: Found, by: str) -> list[str]:
    """The checks that were not made because of another one."""
    return [check for check, finding in findings.items() if finding["words"] == f"not checked, because of {by}"]


def the_one_fault(findings: Found) -> dict[str, Any]:
    """What is broken, if it is one thing alone."""
    (fault,) = (finding for finding in findings.values() if finding["grade"] == "fail")
    assert fault["remedy"]
    return fault


@pytest.fixture(scope="module")
def lasting(mail_servers: list[MailServer]) -> Iterator[Dovecot]:
    """A server of its own, whose certificate can be another one."""
    server = Dovecot()
    server.certificate = server.authority.issue("lasting", expires_in=NINETY_DAYS)
    try:
        server.start()
        mail_servers.append(server)
        yield server
    finally:
        mail_servers.remove(server)
        server.stop()


@pytest.fixture
def healthy(lasting: Dovecot, tmp_path: Path) -> World:
    """A person whose mailbox can be read, and who has sent something."""
    world = World(lasting, lasting.user(), tmp_path / "home")
    world.mail("q", world.ago(days=3), ME, "rita@acme.example")
    world.mail("a", world.ago(hours=3), "rita@acme.example", ME, answers="q")
    return world


@pytest.fixture
def certified(lasting: Dovecot, healthy: World) -> Iterator[Callable[..., World]]:
    """The same person after the server was given another certificate."""

    def certify(**certificate: Any) -> World:  # noqa: ANN401 # what `issue` takes
        lasting.certificate = lasting.authority.issue("other", **certificate)
        lasting.restart()
        healthy.write_config()
        return healthy

    yield certify
    lasting.certificate = lasting.authority.issue("lasting", expires_in=NINETY_DAYS)
    lasting.restart()


def test_where_all_is_well_everything_is_said_to_be(healthy: World) -> None:
    findings = found(healthy)
    assert list(findings) == ["config", "database", "disk", "service", *PER_ACCOUNT]
    assert {check for check, finding in findings.items() if finding["grade"] != "ok"} <= {"service"}
    assert findings["tls"]["facts"] == {
        "protocol": "TLSv1.3", "names": ["localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"], "issuer": "Test Authority",
        "days_left": 89,
    }  # fmt: skip
    assert findings["folders"]["facts"] == {
        "inbox": ["INBOX"], "sent": ["Sent"], "junk": ["Junk"], "trash": ["Trash"], "all": [], "others": 0,
    }  # fmt: skip
    assert abs(findings["clock"]["facts"]["skew_seconds"]) <= 120


def test_another_servers_clock_is_asked_for_too(world_on_cyrus: World) -> None:
    world_on_cyrus.mail("q", world_on_cyrus.ago(days=3), ME, "rita@acme.example")
    world_on_cyrus.mail("a", world_on_cyrus.ago(hours=3), "rita@acme.example", ME)
    findings = found(world_on_cyrus)
    assert findings["clock"]["words"] == "agrees with the server's"
    assert findings["folders"]["grade"] == "ok"


def test_nothing_is_made_or_changed_by_looking(healthy: World) -> None:
    before = sorted(path.name for path in healthy.folder.rglob("*"))
    found(healthy)
    assert sorted(path.name for path in healthy.folder.rglob("*")) == before


def test_the_terminal_shows_a_line_for_each_check_with_the_remedy_below_and_ascii_where_it_must(healthy: World) -> None:
    healthy.write_config(sent="Gone")
    shown = healthy.run("doctor", expect=1, PYTHONIOENCODING="utf-8", COLUMNS="80").out
    assert shown.splitlines()[0].startswith("1 thing is broken.")
    assert re.search(r"^  ✓ sign-in       signed in as user\d+$", shown, re.MULTILINE)
    assert re.search(r"^  ✗ folders       account work has no folder called 'Gone'$", shown, re.MULTILINE)
    assert re.search(r"^ {18}correct `sent` \(there is: ", shown, re.MULTILINE)
    assert "  · clock         not checked, because of folders" in shown
    assert max(map(len, shown.splitlines())) < 80
    plain = healthy.run("doctor", expect=1, PYTHONIOENCODING="ascii").out
    assert "  + sign-in " in plain
    assert "  x folders " in plain


def test_what_is_for_a_report_about_a_bug_holds_no_password_and_nobodys_address(healthy: World) -> None:
    healthy.write_config(name="ann.lee@example.org")
    out = healthy.run("doctor", "--format", "json").out
    assert healthy.user.password not in out
    assert healthy.user.name not in out
    assert "ann.lee" not in out
    assert json.loads(out)["findings"][-1]["account"] == "USER@example.org"
    assert str(os.environ["HOME"]) + "/" not in out
    result = healthy.run("doctor", "--format", "json", expect=0, HOME=str(healthy.folder))
    assert "~/config.toml: 1 account" in result.out


def test_one_account_can_be_looked_at_alone(healthy: World) -> None:
    broken = '[[account]]\nname = "old"\nhost = "localhost"\nport = 1\nuser = "x"\npassword_file = "/nowhere"\n'
    healthy.config.write_text(healthy.config.read_text("utf-8") + broken, "utf-8")
    assert found(healthy, "work")["sign-in"]["grade"] == "ok"
    assert found(healthy, "old", expect=1)["tcp"]["grade"] == "fail"
    assert healthy.run("doctor", "nobody", expect=2).is_one_line_and_a_hint("there is no account called 'nobody'")


@pytest.mark.parametrize("text", ["[me\n", '[[account]]\nname = "x"\n', "[reply]\nthreshhold = 3\n"])
def test_a_configuration_that_cannot_be_used_is_a_fault_with_all_its_problems(healthy: World, text: str) -> None:
    healthy.config.write_text(text, "utf-8")
    findings = found(healthy, expect=1)
    assert the_one_fault(findings)["check"] == "config"
    assert held_up(findings, "config") == ["database", "disk"]


def test_a_configuration_that_others_can_change_is_a_fault(healthy: World) -> None:
    healthy.config.chmod(0o620)
    assert "can be changed by others" in the_one_fault(found(healthy, expect=1))["words"]


def test_a_configuration_that_names_no_account_or_no_address_is_told(healthy: World) -> None:
    whole = healthy.config.read_text("utf-8")
    healthy.config.write_text("", "utf-8")
    assert found(healthy)["config"]["grade"] == "warn"
    healthy.config.write_text(whole.replace(f'"{ME}"', ""), "utf-8")
    assert "no address of yours" in the_one_fault(found(healthy, expect=1))["words"]


def test_a_secret_that_cannot_be_had_is_a_fault_and_nobody_signs_in(healthy: World) -> None:
    (healthy.folder / "password").chmod(0o644)
    findings = found(healthy, expect=1)
    fault = the_one_fault(findings)
    assert (fault["check"], fault["facts"]) == ("secret", {"source": "password_file", "state": "unavailable"})
    assert fault["remedy"].startswith("chmod 600")
    assert held_up(findings, "secret") == ["sign-in"]
    assert findings["tls"]["grade"] == "ok"


def test_what_systemd_gives_to_the_service_alone_is_no_fault(healthy: World) -> None:
    text = healthy.config.read_text("utf-8").replace(
        f'password_file = "{healthy.folder / "password"}"', 'credential = "x"'
    )
    healthy.config.write_text(text, "utf-8")
    findings = found(healthy)
    assert findings["secret"]["grade"] == "unchecked"
    assert held_up(findings, "secret") == ["sign-in"]
    assert findings["capabilities"]["grade"] == "ok"


def test_a_sign_in_by_browser_that_is_due_is_told_with_its_command(healthy: World) -> None:
    lines = [line for line in healthy.config.read_text("utf-8").splitlines() if not line.startswith("password_file")]
    healthy.config.write_text("\n".join([*lines, 'oauth2 = "microsoft"', 'client_id = "x"']), "utf-8")
    fault = found(healthy, expect=1)["secret"]
    assert (fault["facts"]["state"], fault["remedy"]) == ("sign-in needed", "run: tracker auth login work")


def test_a_host_that_does_not_exist_is_a_fault_of_dns(healthy: World) -> None:
    healthy.write_config(host="nowhere..invalid")
    findings = found(healthy, expect=1)
    assert the_one_fault(findings)["check"] == "dns"
    assert held_up(findings, "dns") == ["tcp"]


def test_a_port_that_nobody_listens_on_is_a_fault_of_tcp(healthy: World) -> None:
    healthy.write_config(port=1)
    fault = the_one_fault(found(healthy, expect=1))
    assert fault["check"] == "tcp"
    assert "Connection refused" in fault["words"]


def test_a_certificate_that_has_ended_is_a_fault_with_its_date(certified: Callable[..., World]) -> None:
    fault = the_one_fault(found(certified(expires_in=timedelta(days=-3)), expect=1))
    assert fault["words"].endswith("its certificate has expired")
    assert fault["facts"]["days_left"] == -4
    assert f"until {datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}" in fault["remedy"]


def test_a_certificate_for_another_host_is_a_fault_with_the_names_it_has(certified: Callable[..., World]) -> None:
    fault = the_one_fault(found(certified(hosts=("imap.example.org",)), expect=1))
    assert fault["words"].endswith("its certificate is for another host")
    assert fault["facts"]["names"] == ["imap.example.org"]


def test_a_certificate_that_ends_soon_is_a_warning(certified: Callable[..., World]) -> None:
    findings = found(certified(expires_in=timedelta(days=5)))
    assert findings["tls"]["grade"] == "warn"
    assert "4 days left" in findings["tls"]["words"]
    assert findings["sign-in"]["grade"] == "ok"


def test_an_unknown_authority_is_a_fault(healthy: World) -> None:
    healthy.write_config(ca_file="")
    fault = the_one_fault(found(healthy, expect=1))
    assert fault["check"] == "tls"
    assert "ca_file" in fault["remedy"]


def test_tls_where_there_is_none_is_a_fault(healthy: World) -> None:
    healthy.write_config(port=healthy.server.port)
    assert the_one_fault(found(healthy, expect=1))["words"].startswith("localhost port")


def test_a_server_that_takes_no_tokens_or_no_passwords_is_a_fault_before_anyone_signs_in(healthy: World) -> None:
    healthy.write_config(auth="xoauth2")
    findings = found(healthy, expect=1)
    assert the_one_fault(findings)["check"] == "capabilities"
    assert held_up(findings, "capabilities") == ["sign-in"]
    offers = b"* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2\r\nTAG OK done\r\n"
    with scripted(CAPABILITY=offers) as server:
        healthy.write_config(port=server.port, tls="none", ca_file="")
        fault = the_one_fault(found(healthy, expect=1))
    assert fault["words"] == "the server takes no passwords, only XOAUTH2"


def test_a_password_that_is_refused_is_a_fault(healthy: World) -> None:
    (healthy.folder / "password").write_text("wrong\n", "utf-8")
    findings = found(healthy, expect=1)
    assert the_one_fault(findings)["check"] == "sign-in"
    assert held_up(findings, "sign-in") == ["extensions", "folders"]


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


def test_a_database_that_is_damaged_or_open_to_others_or_newer_is_told(healthy: World) -> None:
    healthy.run("sync")
    place = healthy.folder / "tracker.db"
    assert found(healthy)["database"]["facts"]["schema"]
    place.chmod(0o644)
    assert found(healthy)["database"]["words"].endswith("can be read by others")
    place.chmod(0o600)
    for version, grade in (("from the future", "fail"), (OLDEST, "warn")):
        with contextlib.closing(sqlite3.connect(place, isolation_level=None)) as db:
            db.execute("UPDATE alembic_version SET version_num = ?", [version])
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert found(healthy, expect=1 if grade == "fail" else 0)["database"]["grade"] == grade
    content = place.read_bytes()
    place.write_bytes(content[:4096] + b"\xff" * 8192 + content[12288:])
    assert the_one_fault(found(healthy, expect=1))["check"] == "database"


def test_an_archive_that_is_not_there_is_a_fault(healthy: World) -> None:
    archive = f'[[account]]\nname = "old"\ntype = "mbox"\npath = "{healthy.folder / "gone.mbox"}"\n'
    healthy.config.write_text(archive, "utf-8")
    findings = found(healthy, "old", expect=1)
    assert findings["archive"]["grade"] == "fail"
    assert "dns" not in findings


def in_a_namespace(world: World, preparation: str) -> Found:
    """What is found after a shell has changed what is mounted, for this process alone."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"]).returncode != 0:
        pytest.skip("NOT TESTED HERE: a full disk and a service need a mount namespace, and so root")
    doctor = f'{sys.executable} -m tracker --config "{world.config}" doctor --format json'
    result = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", f"mount --make-rprivate /\n{preparation}\n{doctor} || true"],
        env={**os.environ, "TRACKER_STATE": str(world.folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return {finding["check"]: finding for finding in json.loads(result.stdout)["findings"]}


@pytest.mark.parametrize(("megabytes", "grade"), [(20, "fail"), (200, "warn")])
def test_a_disk_without_room_is_told(healthy: World, megabytes: int, grade: str) -> None:
    place = healthy.folder / "disk"
    place.mkdir()
    healthy.database = f"sqlite:///{place}/tracker.db"
    healthy.write_config()
    findings = in_a_namespace(healthy, f'mount -t tmpfs -o size={megabytes}m none "{place}"')
    assert (findings["disk"]["grade"], findings["disk"]["facts"]) == (grade, {"free_bytes": megabytes * 2**20})


@pytest.mark.parametrize(
    ("told", "grade", "words"),
    [
        ("LoadState=not-found", "ok", "tracker.service is not installed here: tracker sync reads when you say so"),
        ("LoadState=loaded\nActiveState=inactive\nResult=success", "warn", "tracker.service does not run"),
        ("LoadState=loaded\nActiveState=failed\nResult=exit-code", "fail", "tracker.service failed: exit-code"),
        (
            "LoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nUnitFileState=disabled",
            "warn",
            "tracker.service runs, but not after the next boot",
        ),
        (
            "LoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nUnitFileState=enabled\nNRestarts=2",
            "ok",
            "tracker.service runs, running; restarted 2 times",
        ),
    ],
)
def test_how_the_service_stands_is_told(healthy: World, told: str, grade: str, words: str) -> None:
    """Systemctl is a stand-in here, since no systemd runs in a test; the properties are those that it prints."""
    (healthy.folder / "systemctl").write_text(f"#!/bin/sh\ncat <<'END'\n{told}\nEND\n", "utf-8")
    (healthy.folder / "systemctl").chmod(0o755)
    mounts = f'mount -t tmpfs none /run\nmkdir -p /run/systemd/system\nexport PATH="{healthy.folder}:$PATH"'
    service = in_a_namespace(healthy, mounts)["service"]
    assert (service["grade"], service["words"]) == (grade, words)
