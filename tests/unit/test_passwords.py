"""Every source of a password, whole and broken; a secret never shows in an error."""

from __future__ import annotations

import os
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import keyring
import keyring.backend
import pytest
from keyring.errors import KeyringLocked

from tracker.errors import MissingExtra, SecretUnavailable
from tracker.signin import from_command, from_credential, from_file, from_keyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "correct horse battery"


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def said(error: SecretUnavailable) -> str:
    """All that a user, a log or a traceback could show of an error."""
    return " ".join(map(str, (error, error.message, error.hint, repr(error), error.__cause__, error.args)))


def test_the_first_line_that_a_command_prints_is_the_password() -> None:
    assert from_command(shell(f"echo '{SECRET}'; echo 'user: ann'")) == SECRET


def test_a_line_end_of_windows_and_blanks_are_told_apart() -> None:
    assert from_command(shell("printf ' two words \\r\\n'")) == " two words "


def test_a_command_that_leaves_an_agent_behind_is_not_waited_for() -> None:
    started = time.monotonic()
    assert from_command(shell(f"sleep 3 & echo '{SECRET}'")) == SECRET
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "is empty"),
        (["/no/such/program"], "cannot be run: No such file or directory"),
        (["/etc/passwd"], "cannot be run: Permission denied"),
        (["echo\0"], "cannot be run"),
        (shell("exit 3"), "ended with status 3"),
        (shell("echo 'gpg: no key' >&2; echo more >&2; exit 2"), "ended with status 2: gpg: no key"),
        (shell("kill -TERM $$"), "was killed by signal 15"),
        (shell("exit 0"), "empty first line"),
        (shell("echo; echo later"), "empty first line"),
        (shell("printf '\\377\\n'"), "not UTF-8"),
    ],
)
def test_a_broken_command_is_said_to_be_so(argv: list[str], words: str) -> None:
    with pytest.raises(SecretUnavailable) as caught:
        from_command(argv)
    assert words in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 78


def test_no_shell_reads_the_words_of_a_command() -> None:
    assert from_command(["/bin/echo", "$HOME; exit 1"]) == "$HOME; exit 1"


def test_a_command_that_hangs_is_killed_together_with_what_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    script = f"(sleep 30 & echo $! > {mark}; wait) & wait"
    started = time.monotonic()
    with pytest.raises(SecretUnavailable, match=r"did not end within 0\.5 seconds"):
        from_command(shell(script), timeout=0.5)
    assert time.monotonic() - started < 3
    child = int(mark.read_text())
    assert is_gone(child)


def is_gone(pid: int) -> bool:
    """Whether a process ends within a second; a dead one that nobody has waited for counts."""
    for _ in range(100):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 # not a file of ours
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


def test_a_command_that_never_stops_printing_is_ended_at_the_timeout() -> None:
    with pytest.raises(SecretUnavailable, match="did not end within"):
        from_command(["yes", SECRET], timeout=0.3)


@pytest.mark.parametrize(
    "script",
    [
        f"echo '{SECRET}'; echo 'wrong: {SECRET}' >&2; exit 1",
        f"echo '{SECRET}'; exit 1",
        f"echo '{SECRET}'; sleep 5",
        f"printf '{SECRET}\\377\\n'",
    ],
)
def test_a_password_shows_in_no_error_of_a_command(script: str) -> None:
    with pytest.raises(SecretUnavailable) as caught:
        from_command(shell(script), timeout=0.3)
    assert SECRET not in said(caught.value)


def private(path: Path, content: bytes = SECRET.encode() + b"\n") -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def test_the_first_line_of_a_private_file_is_the_password(tmp_path: Path) -> None:
    assert from_file(private(tmp_path / "secret", SECRET.encode() + b"\r\nmore\n")) == SECRET
    assert from_file(private(tmp_path / "no-line-end", SECRET.encode())) == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o666])
def test_a_file_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path / "secret")
    path.chmod(mode)
    with pytest.raises(SecretUnavailable, match="can be read by others") as caught:
        from_file(path)
    assert caught.value.hint == f"chmod 600 {path}"
    assert SECRET not in said(caught.value)


def test_a_link_to_a_good_file_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(private(tmp_path / "secret"))
    with pytest.raises(SecretUnavailable, match="is a symbolic link"):
        from_file(link)


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    with pytest.raises(SecretUnavailable, match="is no regular file"):
        from_file(pipe)
    with pytest.raises(SecretUnavailable, match="no regular file"):
        from_file(tmp_path)


def test_a_missing_or_empty_file_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(SecretUnavailable, match="No such file"):
        from_file(tmp_path / "nothing")
    with pytest.raises(SecretUnavailable, match="empty first line"):
        from_file(private(tmp_path / "empty", b"\n"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = private(tmp_path / "secret")
    os.chown(path, 65534, 65534)
    with pytest.raises(SecretUnavailable, match="belongs to somebody else"):
        from_file(path)


def test_a_credential_of_systemd_is_read_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "imap-password").write_text(f"{SECRET}\n")
    assert from_credential("imap-password") == SECRET
    with pytest.raises(SecretUnavailable, match="No such file"):
        from_credential("other")


@pytest.mark.parametrize("name", ["", ".", "..", "../secret", "/etc/shadow", "a\0b"])
def test_a_credential_that_is_a_path_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "below"))
    private(tmp_path / "secret")
    with pytest.raises(SecretUnavailable, match="is no name of a credential"):
        from_credential(name)


def test_without_systemd_there_is_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(SecretUnavailable, match="systemd passes none"):
        from_credential("imap-password")


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 5.0

    def __init__(self, entries: dict[tuple[str, str], str], *, is_locked: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # keyring leaves it untyped
        self._entries = entries
        self._is_locked = is_locked

    def get_password(self, service: str, username: str) -> str | None:
        if self._is_locked:
            raise KeyringLocked(f"locked; last seen: {SECRET}")
        return self._entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._entries[service, username] = password


class PlainRing(Ring):
    priority = 0.5


@pytest.fixture
def _own_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("_own_keyring")
def test_a_keyring_is_asked_for_the_user_at_the_host() -> None:
    keyring.set_keyring(Ring({("imap.example.org", "ann"): SECRET}))
    assert from_keyring("imap.example.org", "ann") == SECRET
    with pytest.raises(SecretUnavailable, match="does not exist") as caught:
        from_keyring("imap.example.org", "bob")
    assert caught.value.hint == "make it: keyring set imap.example.org bob"


@pytest.mark.usefixtures("_own_keyring")
def test_a_keyring_that_keeps_plain_text_is_refused() -> None:
    keyring.set_keyring(PlainRing({("imap.example.org", "ann"): SECRET}))
    with pytest.raises(SecretUnavailable, match="keeps secrets encrypted"):
        from_keyring("imap.example.org", "ann")


@pytest.mark.usefixtures("_own_keyring")
def test_a_locked_keyring_is_said_to_be_so_without_its_words() -> None:
    keyring.set_keyring(Ring({}, is_locked=True))
    with pytest.raises(SecretUnavailable, match="KeyringLocked") as caught:
        from_keyring("imap.example.org", "ann")
    assert SECRET not in said(caught.value)


def test_without_the_extra_the_hint_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(MissingExtra) as caught:
        from_keyring("imap.example.org", "ann")
    assert "[keyring]" in caught.value.hint


def test_the_keyring_is_loaded_only_where_it_is_asked_for() -> None:
    script = "import sys, tracker.signin; print('keyring' in sys.modules)"
    assert from_command([sys.executable, "-c", script]) == "False"


def test_the_settings_of_a_source_hide_their_password() -> None:
    from tracker.sources import SourceSettings

    settings = SourceSettings("work", "imap.example.org", 993, "implicit", "ann", SimpleNamespace(value=SECRET))  # type: ignore[arg-type] # only its repr matters
    assert SECRET not in repr(settings)
