"""A newcomer at each provider that takes app passwords: an address alone leads into the mailbox."""

from __future__ import annotations

import hashlib
import ssl
from typing import TYPE_CHECKING

import pytest

from tests.cli.newcomer import Newcomer, Recorder, end, files, run
from tests.machine import dovecot
from tests.machine.dovecot import Kind
from tests.machine.wire import forbidden
from tracker.config import load_config

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot

BRIDGE = (1143, 1993)
"""The ports on which Proton Mail Bridge listens, and one that it does not."""


@pytest.mark.parametrize(
    ("address", "provider", "host", "user"),
    [
        ("ann@gmail.com", "Gmail", "imap.gmail.com", "ann@gmail.com"),
        ("ann@icloud.com", "iCloud", "imap.mail.me.com", "ann"),
        ("ann@fastmail.com", "Fastmail", "imap.fastmail.com", "ann@fastmail.com"),
        ("ann@yahoo.com", "Yahoo", "imap.mail.yahoo.com", "ann@yahoo.com"),
    ],
)
def test_an_address_and_an_app_password_are_all_that_is_asked_for(
    mail_server: Dovecot, tmp_path: Path, address: str, provider: str, host: str, user: str
) -> None:
    newcomer, account = Newcomer(tmp_path, mail_server.ca_file), mail_server.user(user)
    terminal = newcomer.starts("init", address)
    seen = terminal.logfile_read = Recorder()
    terminal.expect(rf"built-in table \({provider}\):\s+server +{host}\s+port +993")
    terminal.expect(r"note +[^\r\n]*app")
    choice = [(r"\(app-password, oauth2\) \[app-password\]: ", "")] if provider == "Gmail" else []
    source = ("App password: type it now", "")
    for question, answer in (
        ("Use these settings", ""),
        *choice,
        source,
        (r"App password \(not shown\)", account.password),
    ):
        terminal.expect(question)
        terminal.sendline(answer)
    terminal.expect("it works; these folders will be read: INBOX")
    terminal.expect(f"sign-in +signed in as {user}\r\n")
    end(terminal, 0)
    assert account.password not in seen.text + newcomer.config.read_text("utf-8")
    run(newcomer, "sync")


def test_the_bridge_of_proton_is_found_on_this_machine_and_known_again_by_its_certificate(
    mail_server: Dovecot, tmp_path: Path
) -> None:
    with dovecot.running(Kind(ports=BRIDGE)) as bridge:
        newcomer, account = Newcomer(tmp_path, mail_server.ca_file), bridge.user("ann@proton.me")
        del newcomer.environment["SSL_CERT_FILE"]  # the Bridge's authority is called as ours is, which nobody's is
        own = bridge.certificate.certificate.read_text("utf-8")
        terminal = newcomer.starts("init", "ann@proton.me")
        terminal.expect(r"built-in table \(Proton Mail\):\s+server +127.0.0.1\s+port +1143\s+security +TLS by STARTTLS")
        terminal.expect("Use these settings")
        terminal.sendline("")
        terminal.expect(f"SHA-256 {hashlib.sha256(ssl.PEM_cert_to_DER_cert(own)).hexdigest()}")
        terminal.sendline("")
        terminal.expect("App password: type it now")
        terminal.sendline("")
        terminal.expect("not shown")
        terminal.sendline(account.password)
        terminal.expect("sign-in +signed in as ann@proton.me\r\n")
        end(terminal, 0)
        assert files(newcomer.config.parent) == ["config.toml", "mail.password", "mail.pem"]
        assert load_config(newcomer.config).account[0].ca_file == str(newcomer.config.with_name("mail.pem"))
        run(newcomer, "sync")
        assert forbidden(bridge) == []
