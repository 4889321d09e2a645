"""The daemon against servers that are down, refuse the login or hang up: it stays, says so, and disturbs nobody."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta

from tests.cli.world import ME, World
from tests.machine.scripted import scripted
from tests.system.daemon import ServiceManager, deliver_many, is_read, query, running, stored, until
from tracker.daemon._due import seconds_left
from tracker.storage import AccountState

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Proxy:
    """A line to the server that can be cut: TCP from a port of its own to the server's."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._lines: list[socket.socket] = []
        self._server: socket.socket | None = None
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = int(found.getsockname()[1])

    def open(self) -> None:
        """Let connections through."""
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def cut(self) -> None:
        """Cut every connection and refuse new ones."""
        for line in (self._server, *self._lines):
            if line is not None:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                line.close()
        self._lines.clear()

    def _accept(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                line = server.accept()[0]
                onward = socket.create_connection(("127.0.0.1", self._target))
                self._lines += [line, onward]
                for one, other in ((line, onward), (onward, line)):
                    threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_RDWR)


def test_it_waits_for_a_server_that_is_down_and_survives_a_cut(world: World, manager: ServiceManager) -> None:
    proxy = Proxy(world.server.tls_port)
    world.settings = '[sync]\nevery = "2m"'
    world.write_config(port=proxy.port)
    deliver_many(world, 40)
    with contextlib.closing(contextlib.ExitStack()) as cleaning:
        cleaning.callback(proxy.cut)
        with running(world, is_fast=True, NOTIFY_SOCKET=str(manager.path)) as daemon:
            until(lambda: manager.statuses()[-1:] == ["1 accounts, 1 in trouble, not everything is read yet"])
            assert "WARNING work: " in daemon.said()
            proxy.open()
            until(lambda: "0 in trouble, read to" in manager.statuses()[-1])
            assert stored(world) == 40
            until(lambda: "IDLE" in world.server.commands(world.user))
            proxy.cut()
            proxy.open()
            world.mail("new", world.now, "p0@acme.example", ME)
            until(lambda: stored(world) == 41)
            assert daemon.is_alive


def test_a_refused_login_is_tried_three_times_and_disturbs_no_other_account(
    world: World, manager: ServiceManager
) -> None:
    deliver_many(world, 40)
    with scripted(LOGIN=b"TAG NO [AUTHENTICATIONFAILED] no\r\n") as refusing:
        with world.config.open("a", encoding="utf-8") as config:
            config.write(
                f'[[account]]\nname = "other"\nhost = "127.0.0.1"\nport = {refusing.port}\ntls = "none"\n'
                f'user = "bob"\npassword_file = "{world.folder / "password"}"\n'
            )

        def logins() -> int:
            return sum(command.startswith("LOGIN") for command in refusing.received)

        with running(world, is_fast=True, NOTIFY_SOCKET=str(manager.path)) as daemon:
            until(lambda: logins() == 3)
            until(lambda: query(world, "SELECT refused_logins FROM account WHERE name = 'other'") == [(3,)])
            time.sleep(6)  # the back-off after three failures is over by then
            assert logins() == 3
            assert manager.statuses()[-1] == "2 accounts, 1 in trouble, not everything is read yet"
            assert stored(world) == 40
            assert world.user.password not in daemon.said()
            assert daemon.said().count("WARNING other: ") == 3


def test_a_database_that_cannot_be_written_is_trouble_although_it_cannot_say_so(
    world: World, manager: ServiceManager
) -> None:
    world.settings = '[sync]\nevery = "1m"\nidle = false\n'
    world.write_config()
    refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON account BEGIN INSERT INTO full_disk VALUES (1); END"

    def status() -> str:
        return "".join(manager.statuses()[-1:])

    with running(world, is_fast=True, NOTIFY_SOCKET=str(manager.path)) as daemon:
        until(lambda: "0 in trouble, read to" in status())
        with contextlib.closing(sqlite3.connect(world.folder / "tracker.db", isolation_level=None)) as db:
            db.execute(refuse)
            until(lambda: "1 in trouble, read to" in status())
            time.sleep(2)  # six tries
            assert "1 in trouble, read to" in status()
            assert daemon.said().count("WARNING the database ") == 1
            db.execute("DROP TRIGGER refuse")
        until(lambda: "0 in trouble, read to" in status())
        assert "INFO work: read to the end again" in daemon.said()


def test_a_stop_ends_a_call_that_no_answer_ever_comes_to(world: World) -> None:
    with scripted(STATUS=b"") as silent:
        world.write_config(port=silent.port, host="127.0.0.1", tls="none", ca_file="")
        with running(world) as daemon:
            until(lambda: any(command.startswith("STATUS") for command in silent.received))
            assert daemon.stop(patience=3) == 0
    assert query(world, "SELECT failures FROM account") == [(0,)]


def test_an_announcement_without_mail_does_not_make_it_race(world: World) -> None:
    with scripted(
        CAPABILITY=b"* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n",
        UID_SEARCH=b"* SEARCH\r\nTAG OK done\r\n",
        UID_FETCH=b"TAG OK done\r\n",
        STATUS=b"* STATUS INBOX (MESSAGES 0 UIDNEXT 4 UIDVALIDITY 7)\r\nTAG OK done\r\n",
        EXAMINE=b"* 9 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\nTAG OK [READ-ONLY] done\r\n",
    ) as server:
        world.write_config(port=server.port, host="127.0.0.1", tls="none", ca_file="")
        with running(world):
            until(lambda: is_read(world))
            time.sleep(2)
            passes = sum(command.startswith("LIST") for command in server.received)
    assert passes == 2


def test_what_is_due_when() -> None:
    every, minute = timedelta(minutes=10), timedelta(minutes=1)

    def left(state: AccountState | None, started_at: datetime = NOON - minute * 60) -> float:
        return seconds_left(state, every, now=NOON, started_at=started_at)

    begun = NOON - 4 * minute
    failed = AccountState("a", begun, None, begun, "e", 1, 0)
    refused = AccountState("a", begun, None, begun, "e", 3, 3)
    assert left(None) == 0, "never read"
    assert left(AccountState("a", begun, begun)) == 6 * 60, "read to the end"
    assert left(AccountState("a", begun)) == 6 * 60, "a pass of this process that is under way"
    assert left(AccountState("a", begun), started_at=NOON) == 0, "a pass that an earlier process did not end"
    assert left(AccountState("a", begun, begun), started_at=NOON) == 6 * 60, "a restart is no reason to read again"
    assert left(failed) == 0
    asked_to_wait = AccountState("a", begun, None, begun, "e", 1, 0, NOON + 40 * minute)
    assert left(asked_to_wait) == 40 * 60, "the server said when to come back"
    again = AccountState("a", NOON, None, NOON, "e", 2, 0)
    assert 30 <= left(again) <= 120, "back-off"
    assert left(again) == left(again, started_at=NOON), "a restart does not shorten it"
    assert left(refused) == float("inf"), "locked out"
    assert left(refused, started_at=NOON) == 0, "somebody started it again"
    assert left(AccountState("a", NOON + 60 * minute, NOON + 60 * minute)) == 0, "the clock was set back"


def test_the_wait_after_failures_is_drawn_from_a_range_that_doubles() -> None:
    every, accounts = timedelta(minutes=10), [f"account{number}" for number in range(400)]

    def waits(failures: int) -> list[float]:
        states = [AccountState(name, NOON, None, NOON, "e", failures, 0) for name in accounts]
        return sorted(seconds_left(state, every, now=NOON, started_at=NOON) for state in states)

    for failures, longest in ((1, 60), (2, 120), (3, 240), (5, 960), (6, 1800), (99, 1800)):
        drawn = waits(failures)
        assert 30 <= drawn[0] < 30 + (longest - 30) / 20
        assert longest - (longest - 30) / 20 < drawn[-1] <= longest
        assert abs(sum(drawn) / len(drawn) - (30 + longest) / 2) < (longest - 30) / 10
