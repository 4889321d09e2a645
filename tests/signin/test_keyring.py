"""A real keyring of a desktop: gnome-keyring on a session bus of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.newcomer import Newcomer, Recorder, at, end, files, spawned
from tests.cli.world import ME, World
from tracker.config import load_config

if TYPE_CHECKING:
    from pathlib import Path

    import pexpect

    from tests.machine.dovecot import Dovecot

_UNLOCK = 'printf "%s" word-of-the-keyring | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "$@"'


@pytest.fixture
def world(dovecot: Dovecot, tmp_path: Path) -> World:
    found = World(dovecot, dovecot.user(), tmp_path / "home")
    text = found.config.read_text().replace(f'password_file = "{found.folder / "password"}"', "keyring = true")
    found.config.write_text(text)
    (found.folder / "password").unlink()
    return found


def at_a_desktop(*words: str) -> list[str]:
    """The command line that runs these words on a desktop whose keyring is unlocked."""
    missing = [program for program in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"NOT TESTED: the keyring needs {', '.join(missing)}; run tests/install-servers")
    return ["dbus-run-session", "--", "sh", "-c", _UNLOCK, "sh", *words]


def with_keyring(world: World, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command on the desktop of this world; its keyring lies in the world's folder."""
    return subprocess.run(
        at_a_desktop(*words),
        env={**os.environ, "HOME": str(world.folder), "XDG_RUNTIME_DIR": str(world.folder), **own_places(world)},
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
    )


def own_places(world: World) -> dict[str, str]:
    return {"XDG_DATA_HOME": str(world.folder / "data"), "TRACKER_STATE": str(world.folder)}


def tracker(world: World, *words: str) -> list[str]:
    return [sys.executable, "-m", "tracker", "--config", str(world.config), *words]


def test_a_password_in_the_desktops_keyring_opens_the_mailbox(world: World) -> None:
    missing = with_keyring(world, *tracker(world, "sync"))
    hint = f"hint: make it: keyring set localhost {world.user.name}\n"
    assert (missing.returncode, missing.stderr.endswith(hint)) == (78, True), missing
    entry = [sys.executable, "-m", "keyring", "set", "localhost", world.user.name]
    made = with_keyring(world, *entry, given=world.user.password)
    assert made.returncode == 0, made
    found = with_keyring(world, *tracker(world, "-vv", "sync"))
    assert found.returncode == 0, found
    assert world.user.password not in found.stdout + found.stderr
    assert "work: ok" in with_keyring(world, *tracker(world, "auth", "status")).stdout
    everything = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert world.user.password.encode() not in everything, "it lies encrypted"


def test_without_a_desktop_there_is_no_keyring(world: World) -> None:
    run = world.run("sync", expect=78, timeout=60, DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
    assert run.is_one_line_and_a_hint("there is no keyring here that keeps secrets encrypted")


def test_the_daemon_never_loads_a_keyring(world: World) -> None:
    refused = with_keyring(world, *tracker(world, "run"))
    assert refused.returncode == 78
    assert "is for a desktop" in refused.stderr
    program = "from tracker.cli.main import main\ntry: main()\nfinally: print('keyring' in sys.modules)"
    words = f"import sys; sys.argv = ['tracker', '--config', {str(world.config)!r}, 'run']\n{program}"
    assert with_keyring(world, sys.executable, "-c", words).stdout == "False\n"


class AtADesktop(Newcomer):
    """A newcomer with a keyring, which lies in their home; `seen` is what the terminal showed."""

    def __init__(self, home: Path, ca_file: Path) -> None:
        super().__init__(home, ca_file)
        self.environment |= {"XDG_RUNTIME_DIR": str(home)}
        self.seen = Recorder()

    def python(self, *words: str) -> pexpect.spawn[str]:
        terminal = spawned(at_a_desktop(sys.executable, *words), self.environment)
        terminal.logfile_read = self.seen
        return terminal

    def asked(self, *words: str, code: int = 0, answers: tuple[tuple[str, str], ...] = ()) -> None:
        """Start a module, answer what it asks; it ends with `code`."""
        terminal = self.python("-m", *words)
        for question, answer in answers:
            terminal.expect(question)
            terminal.sendline(answer)
        end(terminal, code)


@pytest.fixture
def newcomer(dovecot: Dovecot, tmp_path: Path) -> AtADesktop:
    return AtADesktop(tmp_path, dovecot.ca_file)


def test_a_newcomer_puts_the_password_into_the_keyring_while_setting_up(newcomer: AtADesktop, dovecot: Dovecot) -> None:
    user = dovecot.user()
    init = ("tracker", "init", ME, *at(dovecot), "--user", user.name)
    newcomer.asked(*init, answers=(("type it now", "keyring"), (r"Password \(not shown\)", user.password)))
    assert "secret        keyring gives one" in newcomer.seen.text
    assert load_config(newcomer.config).account[0].keyring
    newcomer.asked("tracker", "sync")
    newcomer.config.unlink()
    newcomer.seen.text = ""
    newcomer.asked(*init, answers=(("type it now", "keyring"),))
    assert "not shown" not in newcomer.seen.text, "what is there already is not asked for"
    everything = b"".join(path.read_bytes() for path in newcomer.home.rglob("*") if path.is_file())
    assert user.password not in newcomer.seen.text
    assert user.password.encode() not in everything


@pytest.mark.parametrize("was_there", [False, True])
def test_a_password_that_is_refused_does_not_stay_in_the_keyring(
    newcomer: AtADesktop, dovecot: Dovecot, *, was_there: bool
) -> None:
    """What was in it before is not ours to take out."""
    user = dovecot.user()
    init = ("tracker", "init", ME, *at(dovecot), "--user", user.name)
    if was_there:
        newcomer.asked("keyring", "set", "localhost", user.name, answers=(("assword", "wrong"),))
    typed = () if was_there else ((r"Password \(not shown\)", "wrong"),)
    newcomer.asked(*init, code=77, answers=(("type it now", "keyring"), *typed))
    newcomer.asked("keyring", "get", "localhost", user.name, code=0 if was_there else 1)
    assert not newcomer.config.exists()


def test_who_answers_with_a_keyring_where_there_is_none_is_told_before_a_password_is_asked_for(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    newcomer = Newcomer(tmp_path, dovecot.ca_file)
    newcomer.environment["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nowhere"
    terminal = newcomer.starts("init", ME, *at(dovecot))
    terminal.expect("type it now")
    terminal.sendline("keyring")
    terminal.expect("there is no keyring here that keeps secrets encrypted")
    end(terminal, 78)
    assert files(newcomer.home) == []
