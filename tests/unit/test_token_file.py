"""The file with an account's tokens: whole at every moment, for us alone, locked while it is renewed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tracker.errors import SecretUnavailable
from tracker.signin._tokens import EARLY, TokenFile, Tokens

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKENS = Tokens("microsoft common id ann", "access-word", "refresh-word", NOON)

WRITING = """
import os, sys
from dataclasses import replace
from pathlib import Path
from tests.unit.test_token_file import TOKENS
from tracker.signin._tokens import TokenFile
file = TokenFile(Path(sys.argv[1]))
for number in range(0, 60_000, 1000):
    if os.fork():
        os.wait()
        continue
    print(os.getpid(), flush=True)
    while True:
        with file.locked():
            number += 1
            file.write(replace(TOKENS, access_token=f"{number} " + "x" * 5000, refresh_token=str(number)))
"""
"""Sixty processes, one after the other, that write without end; forked, so that all is loaded once."""


def test_what_is_written_is_read_and_nothing_of_it_shows(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens" / "work.json")
    assert file.read() is None
    with file.locked():
        file.write(TOKENS)
    assert file.read() == TOKENS
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    assert "word" not in repr(file.read())


def test_it_is_renewed_early() -> None:
    moments = {NOON - EARLY - timedelta(seconds=1): True, NOON - EARLY: False, NOON: False}
    assert {now: TOKENS.is_fresh(now) for now in moments} == moments


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "cannot be understood"),
        ("[]", "cannot be understood"),
        ('{"holder": "x"}', "cannot be understood"),
        (None, "is a symbolic link"),
    ],
)
def test_a_file_that_we_did_not_write_is_refused(tmp_path: Path, content: str | None, words: str) -> None:
    file = TokenFile(tmp_path / "work.json")
    if content is None:
        file.path.symlink_to("/etc/passwd")
    else:
        file.path.write_text(content)
        file.path.chmod(0o600)
    with pytest.raises(SecretUnavailable, match=words):
        file.read()


@pytest.mark.parametrize("changes", [{"access_token": 7}, {"expires_at": "2026-03-01T12:00:00"}, {"lapsed": None}])
def test_a_field_of_another_kind_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    file = TokenFile(tmp_path / "work.json")
    with file.locked():
        file.write(TOKENS)
    file.path.write_text(json.dumps(json.loads(file.path.read_text()) | changes))
    with pytest.raises(SecretUnavailable, match="cannot be understood"):
        file.read()


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "work.json")
    with file.locked():
        file.write(TOKENS)
    file.path.chmod(0o640)
    with pytest.raises(SecretUnavailable, match="can be read by others"):
        file.read()


def written_at(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


def wait_until_written(path: Path, before: int) -> None:
    """Until there is another file than before: on a busy machine a process needs a while for its first."""
    deadline = time.monotonic() + 10
    while written_at(path) == before and time.monotonic() < deadline:
        time.sleep(0.0005)


def test_sixty_kills_while_it_is_written_leave_no_torn_file(tmp_path: Path) -> None:
    file, numbers, halves = TokenFile(tmp_path / "work.json"), [], 0
    words = [sys.executable, "-c", WRITING, str(file.path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for kill in range(60):
            before, pid = written_at(file.path), int(process.stdout.readline())
            wait_until_written(file.path, before)
            time.sleep(kill / 10_000)
            os.kill(pid, signal.SIGKILL)
            tokens = file.read()
            if tokens is not None:
                assert tokens.access_token == f"{tokens.refresh_token} " + "x" * 5000
                numbers.append(int(tokens.refresh_token))
            halves += file.path.with_name("work.json.new").exists()
    assert len(set(numbers)) > 30, "what each process wrote was looked at"
    assert halves > 5, "and some were killed between two steps"


def test_one_at_a_time_holds_the_lock(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "work.json")
    order: list[str] = []

    def other() -> None:
        with TokenFile(file.path).locked():
            order.append("other")

    thread = threading.Thread(target=other)
    with file.locked():
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_a_folder_that_cannot_be_written_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    with pytest.raises(SecretUnavailable, match="cannot be written"), TokenFile(tmp_path / "state" / "x.json").locked():
        pass
