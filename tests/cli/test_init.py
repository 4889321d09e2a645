"""`tracker init` as a newcomer meets it: in a terminal, from an empty folder, to a first report."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.cli.world import ME, World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot
    from tests.machine.mail_program import Account


class Newcomer:
    """A person at a terminal with an empty home."""

    def __init__(self, home: Path, ca_file: Path) -> None:
        self.home = home
        self.config = home / ".config" / "tracker" / "config.toml"
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG", "TRACKER"))}
        # The system's own store of CAs is the one thing that a test server's certificate cannot be in.
        self.environment = kept | {"HOME": str(home), "SSL_CERT_FILE": str(ca_file), "TERM": "xterm", "COLUMNS": "100"}

    def starts(self, *words: str) -> pexpect.spawn[str]:
        return pexpect.spawn(
            sys.executable,
            ["-m", "tracker", *words],
            env=self.environment,
            encoding="utf-8",
            timeout=30,
            dimensions=(40, 100),
        )


@pytest.fixture
def newcomer(dovecot: Dovecot, tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path, dovecot.ca_file)


def answer(terminal: pexpect.spawn[str], server: Dovecot, user: Account, password: str) -> None:
    """Answer every question; what stands in brackets is taken with Enter."""
    for question, reply in (
        ("e-mail address", ME),
        ("IMAP server", "localhost"),
        ("Encryption", ""),
        ("Port", str(server.tls_port)),
        ("User", user.name),
        ("Password: type it", ""),
        ("not shown", password),
    ):
        terminal.expect(question)
        terminal.sendline(reply)


def test_from_an_empty_folder_to_a_first_report(newcomer: Newcomer, dovecot: Dovecot, world: World) -> None:
    world.mail("q", world.ago(days=3), ME, "rita@acme.example")
    export = world.export("Rita,Responsive,https://www.linkedin.com/in/rita,rita@acme.example,Acme,CTO,04 Mar 2021")
    terminal = newcomer.starts("init")
    answer(terminal, dovecot, world.user, world.user.password)
    terminal.expect("it works; these folders will be read: INBOX, .*Sent")
    terminal.expect("written: ")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    secret = newcomer.config.with_name("mail.password")
    assert [path.stat().st_mode & 0o777 for path in (newcomer.config, secret)] == [0o600, 0o600]
    assert world.user.password not in newcomer.config.read_text(encoding="utf-8")
    for words, expected in (
        (["import", str(export)], "1 new"),
        (["sync"], "1 new messages"),
        (["report"], "Rita Responsive"),
        (["show", "rita"], "About q"),
    ):
        terminal = newcomer.starts(*words)
        terminal.expect(expected)
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 0, words


def test_the_password_is_never_shown(newcomer: Newcomer, dovecot: Dovecot) -> None:
    user = dovecot.user()
    terminal = newcomer.starts("init", ME)
    seen: list[str] = []
    terminal.logfile_read = Recorder(seen)
    for question, reply in (
        ("IMAP server", "localhost"),
        ("Encryption", ""),
        ("Port", str(dovecot.tls_port)),
        ("User", user.name),
        ("Password: type it", ""),
        ("not shown", user.password),
    ):
        terminal.expect(question)
        terminal.sendline(reply)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert user.password not in "".join(seen)


def test_a_refused_login_leaves_nothing_behind(newcomer: Newcomer, dovecot: Dovecot) -> None:
    terminal = newcomer.starts("init")
    answer(terminal, dovecot, dovecot.user(), "wrong")
    terminal.expect("tracker: ")
    terminal.expect("hint: ")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 77
    assert [path for path in newcomer.home.rglob("*") if path.is_file()] == []


def test_a_configuration_is_never_overwritten(newcomer: Newcomer) -> None:
    newcomer.config.parent.mkdir(parents=True)
    newcomer.config.write_text("# mine\n", encoding="utf-8")
    terminal = newcomer.starts("init")
    terminal.expect("is there already")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 78
    assert newcomer.config.read_text(encoding="utf-8") == "# mine\n"


def test_ctrl_c_leaves_nothing_behind(newcomer: Newcomer) -> None:
    terminal = newcomer.starts("init", "ann@gmail.com")
    terminal.expect("app password")
    terminal.expect("imap.gmail.com")
    terminal.sendintr()
    terminal.expect("interrupted")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 130
    assert [path for path in newcomer.home.rglob("*") if path.is_file()] == []


class Recorder:
    """A file that remembers what a terminal showed."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def write(self, text: str) -> None:
        self._seen.append(text)

    def flush(self) -> None:
        """Nothing is buffered."""
