"""The digest in the daemon: sent when it is due, once, tried again after a failure, and in no sync's way."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import ME, World
from tests.machine import smtp_server
from tests.machine.certificates import Authority
from tests.machine.daemons import free_ports
from tests.system.daemon import is_read, running, until
from tracker.config import load_config
from tracker.daemon._chore import ChoreThread
from tracker.daemon._digest import DIGEST
from tracker.service.access import open_database
from tracker.storage import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine.dovecot import Dovecot
    from tracker.config import Config
    from tracker.storage import Store

SAM = "Sam,Silent,https://www.linkedin.com/in/sam,sam@globex.example,Globex,CFO,05 Mar 2021"


@pytest.fixture
def world(dovecot: Dovecot, tmp_path: Path) -> World:
    """Sam was asked five days ago and said nothing."""
    found = World(dovecot, dovecot.user(), tmp_path / "home")
    found.noise(30)
    found.mail("sam", found.ago(days=5), ME, "sam@globex.example")
    found.run("import", str(found.export(SAM)))
    return found


def sends_through(world: World, port: int, keys: str = 'tls = "none"') -> None:
    """Configure a digest that has been due for an hour."""
    due = world.ago(hours=1)
    world.settings = (
        f'[digest]\nevery = "{due:%a %H:%M}"\n[digest.smtp]\nhost = "localhost"\nport = {port}\n{keys}\n'.lower()
    )
    world.write_config()


class Chore:
    """The chore in its thread, on the world's database."""

    def __init__(self, store: Store, config: Config, world: World) -> None:
        self._stop = threading.Event()
        self.now = world.now
        self.thread = ChoreThread(store, config, DIGEST, lambda: self.now, self._stop)
        self.thread.start()

    def end(self) -> None:
        """Stop it."""
        self._stop.set()
        self.thread.join(5)
        assert not self.thread.is_alive()


@pytest.fixture
def store(world: World) -> Iterator[Store]:
    """The world's database, read up to now."""
    world.run("sync")
    with open_database(load_config(world.config)) as opened:
        yield opened


def test_the_daemon_sends_it_once_it_has_read_the_mail_and_a_restart_does_not_repeat_it(world: World) -> None:
    with smtp_server.running() as office:
        sends_through(world, office.port)
        with running(world) as daemon:
            until(lambda: len(office.mail) == 1)
            until(lambda: f"digest: sent to {ME}" in daemon.said())
        with running(world) as again:
            until(lambda: "watching 1 account" in again.said())
            time.sleep(2.2)  # two looks
        assert len(office.mail) == 1
        assert "digest" not in again.said()
    assert office.mail[0]["Subject"] == "This week: 1 past 48 h", "it waited for the mail to be read"


def test_a_server_that_is_away_is_tried_again_and_delays_no_sync(world: World) -> None:
    port = free_ports()[0]
    sends_through(world, port)
    with running(world) as daemon:
        until(lambda: "digest: localhost cannot be reached" in daemon.said())
        assert "the next try is in 1 min" in daemon.said()
        assert is_read(world)
        world.mail("new", world.now, "sam@globex.example", ME)
        until(lambda: "1 new messages" in daemon.said())
        assert daemon.said().count("digest: ") == 1


def test_after_a_failure_the_same_message_is_sent(world: World, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    port = free_ports()[0]
    sends_through(world, port)
    chore = Chore(store, load_config(world.config), world)
    until(lambda: "the next try is in 1 min" in caplog.text)
    with smtp_server.running(port=port) as office:
        chore.thread._not_before = 0.0
        until(lambda: store.chore_ran_at("digest") == world.now)
        chore.end()
    assert len(office.mail) == 1


def test_nothing_is_sent_where_there_is_nothing_to_tell_and_the_day_is_done(world: World, store: Store) -> None:
    with smtp_server.running() as office:
        sends_through(world, office.port)
        config = load_config(world.config)
        quiet = config.model_copy(update={"reply": config.reply.model_copy(update={"threshold": timedelta(days=30)})})
        chore = Chore(store, quiet, world)
        until(lambda: store.chore_ran_at("digest") == world.now)
        chore.end()
    assert office.mail == []


def test_a_machine_that_woke_up_reads_before_it_tells_but_not_for_ever(world: World, store: Store) -> None:
    with smtp_server.running() as office:
        sends_through(world, office.port)
        world.now += timedelta(hours=30)
        sends_through(world, office.port)
        chore = Chore(store, load_config(world.config), world)
        time.sleep(2.2)  # two looks
        assert office.mail == []
        assert store.chore_ran_at("digest") is None
        store.fail_pass("work", Failure(world.now, "the server is away"))
        until(lambda: len(office.mail) == 1)
        until(lambda: store.chore_ran_at("digest") == world.now)
        chore.end()
    assert "work was last read" in office.mail[0].get_body(("plain",)).get_content().partition("\n")[0]  # type: ignore[union-attr] # it has one


def test_a_refused_login_is_not_tried_again_before_the_next_digest(
    world: World, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    authority = Authority(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("wr0ng-w0rd\n", encoding="utf-8")
    secret.chmod(0o600)
    with smtp_server.running(authority.issue("post"), tls="implicit", login=True) as office:
        keys = f'user = "{ME}"\npassword_file = "{secret}"\nca_file = "{authority.certificate}"'
        sends_through(world, office.port, keys)
        chore = Chore(store, load_config(world.config), world)
        until(lambda: store.chore_ran_at("digest") == world.now)
        time.sleep(1.2)  # another look
        chore.end()
    assert office.logins == [False]
    assert "localhost refuses to let" in caplog.text
    assert "wr0ng-w0rd" not in caplog.text
