"""A real keyring of a desktop: gnome-keyring on a session bus of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot

_UNLOCK = 'printf "%s" word-of-the-keyring | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "$@"'


@pytest.fixture
def world(dovecot: Dovecot, tmp_path: Path) -> World:
    found = World(dovecot, dovecot.user(), tmp_path / "home")
    text = found.config.read_text().replace(f'password_file = "{found.folder / "password"}"', "keyring = true")
    found.config.write_text(text)
    (found.folder / "password").unlink()
    return found


def with_keyring(world: World, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command on the desktop of this world; its keyring lies in the world's folder."""
    missing = [program for program in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"NOT TESTED: the keyring needs {', '.join(missing)}; run tests/install-servers")
    return subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", _UNLOCK, "sh", *words],
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
