"""Tokens that many processes renew, and that are killed while they do."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.signin.production import Home
from tests.system.daemon import until
from tracker.service.access import open_account

if TYPE_CHECKING:
    from tests.machine.dovecot import Dovecot
    from tests.machine.provider import Provider

KILLS = 30


def renewing(home: Home, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.signin.renewing", str(home.config), *words],
        env=home.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def test_twelve_processes_renew_a_rotating_token_once(signed_in: Home, provider: Provider) -> None:
    signed_in.age()
    got, _ = renewing(signed_in, "together", "12").communicate(timeout=60)
    tokens = got.split("\n")[:-1]
    assert len(tokens) == 12
    assert set(tokens) == {json.loads(signed_in.tokens.read_text())["access_token"]}
    assert provider.calls["refresh_token"] == 1


def test_a_kill_at_any_moment_leaves_a_whole_file(signed_in: Home, provider: Provider) -> None:
    """Nobody can keep a token that was on its way when the process died: here the one before it still holds."""
    provider.is_strict = False
    seen = set()
    draw = random.Random(7)  # noqa: S311 # moments, not secrets
    with renewing(signed_in, "forever") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(KILLS):
            process.stdout.readline()
            wanted = provider.calls["refresh_token"] + draw.choice((1, 2))
            until(lambda: provider.calls["refresh_token"] >= wanted, pause=0.001)  # noqa: B023 # called at once
            time.sleep(draw.uniform(0, 0.1))
            process.stdin.write("k")
            process.stdin.flush()
            process.stdout.readline()
            seen.add(json.loads(signed_in.tokens.read_text())["refresh_token"])
            assert signed_in.tokens.stat().st_mode & 0o777 == 0o600
            process.stdin.write("k")
            process.stdin.flush()
        process.stdin.close()
        assert process.wait(10) == 0
    assert len(seen) > KILLS / 3, "some were killed before they had written, some after"
    open_account(signed_in.account).close()
    assert {path.name for path in signed_in.tokens.parent.iterdir()} <= {"work.json", "work.json.lock", "work.json.new"}


DYING = """
import os, signal, sys
from tracker.signin import _tokens
_tokens.write_private = lambda path, content: os.kill(os.getpid(), signal.SIGKILL)
from tracker.cli.main import main
main()
"""
"""The program, killed when a renewed token has come and is not yet on the disk."""


def die_renewing(home: Home, provider: Provider) -> None:
    """The last moment at which a process can lose a token."""
    home.age()
    before = home.tokens.read_bytes()
    words = [sys.executable, "-c", DYING, "--config", str(home.config), "sync"]
    died = subprocess.run(words, env=home.environment, capture_output=True, timeout=60)
    assert died.returncode == -signal.SIGKILL, died
    assert provider.calls["refresh_token"] == 1
    assert home.tokens.read_bytes() == before, "the tokens before it are whole"


@pytest.mark.parametrize("kind", ["microsoft", "google"])
def test_a_token_that_was_lost_with_its_process_is_done_without_where_the_one_before_it_holds(
    home: Home, provider: Provider, kind: str
) -> None:
    """Microsoft goes on to take the old one, and Google gives no other."""
    provider.is_strict, provider.rotates = False, kind == "microsoft"
    there = Home(home.folder, kind, home.ca_file)
    there.sign_in(provider)
    die_renewing(there, provider)
    assert "work: 0 new messages" in there.run("sync")
    assert provider.calls["refresh_token"] == 2
    there.run("sync")
    assert provider.calls["refresh_token"] == 2, "the renewed one is on the disk"


def test_where_it_does_not_hold_a_person_is_asked_to_sign_in_and_the_other_account_is_read(
    signed_in: Home, provider: Provider, mail_server: Dovecot
) -> None:
    signed_in.add_account(mail_server)
    die_renewing(signed_in, provider)
    for _ in range(2):
        told = signed_in.run("sync", expect=77)
        assert "other: 0 new messages" in told
        assert told.splitlines()[-2].startswith("tracker: work: a sign-in is needed: microsoft says invalid_grant")
        assert told.splitlines()[-1] == "hint: run: tracker auth login work"
        assert provider.calls["refresh_token"] == 2, "nobody is called again"
    assert "resting until you sign in: tracker auth login work" in signed_in.run("status", expect=1)
    signed_in.run("auth", "login", "work")
    assert "work: 0 new messages" in signed_in.run("sync")
