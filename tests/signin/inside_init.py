"""From an address to a mailbox at Microsoft: `tracker init`, a sign-in by code, and a doctor who finds nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pexpect

from tests.machine.provider import CLIENT
from tests.signin.production import MAILBOXES, USER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.provider import Provider
    from tests.signin.production import Home


def test_init_signs_in_at_microsoft_and_finds_that_everything_works(
    home: Home, provider: Provider, tmp_path: Path
) -> None:
    place = {"HOME": str(tmp_path), "TRACKER_STATE": str(tmp_path / "state"), "TERM": "dumb"}
    words = ["-m", "tracker", "init", USER, "--host", MAILBOXES["microsoft"]]
    terminal: pexpect.spawn[str] = pexpect.spawn(
        sys.executable, words, env=home.environment | place, encoding="utf-8", timeout=30, dimensions=(40, 100)
    )
    terminal.expect(r"note +Microsoft takes OAuth2 only")
    terminal.expect("Client id at microsoft")
    terminal.sendline(CLIENT)
    terminal.expect("written: ")
    terminal.expect("Sign in now")
    terminal.sendline("")
    terminal.expect("enter the code")
    terminal.expect("mail: signed in")
    terminal.expect("secret +OAuth2 with microsoft gives one")
    terminal.expect(f"sign-in +signed in as {USER}")
    terminal.expect("clock ")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert provider.calls["device_code"] >= 1
