"""`tracker init` as a newcomer meets it: in a terminal, from an empty folder, to a first report."""

from __future__ import annotations

import hashlib
import ssl
from typing import TYPE_CHECKING

import pytest

from tests.cli.newcomer import Newcomer, Recorder, at, end, files, run
from tests.cli.world import ME, World
from tracker.config import load_config

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot


@pytest.fixture
def newcomer(dovecot: Dovecot, tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path, dovecot.ca_file)


def test_from_an_empty_folder_to_a_first_report(newcomer: Newcomer, dovecot: Dovecot, world: World) -> None:
    world.mail("q", world.ago(days=3), ME, "rita@acme.example")
    export = world.export("Rita,Responsive,https://www.linkedin.com/in/rita,rita@acme.example,Acme,CTO,04 Mar 2021")
    terminal = newcomer.starts("init", *at(dovecot), "--user", world.user.name)
    seen = terminal.logfile_read = Recorder()
    terminal.expect("e-mail address")
    terminal.sendline(ME)
    terminal.expect("settings from your options")
    terminal.expect("Password: type it")
    terminal.sendline("")
    terminal.expect("not shown")
    terminal.sendline(world.user.password)
    terminal.expect("it works; these folders will be read: INBOX, .*Sent")
    terminal.expect("written: ")
    terminal.expect("sign-in +signed in as")
    end(terminal, 0)
    secret = newcomer.config.with_name("mail.password")
    assert [path.stat().st_mode & 0o777 for path in (newcomer.config, secret)] == [0o600, 0o600]
    assert world.user.password not in newcomer.config.read_text(encoding="utf-8") + seen.text
    assert files(newcomer.config.parent) == ["config.toml", "mail.password"]
    for words, expected in (
        (["import", str(export)], "1 new"),
        (["sync"], "1 new message"),
        (["report"], "Rita Responsive"),
        (["show", "rita"], "About q"),
    ):
        terminal = newcomer.starts(*words)
        terminal.expect(expected)
        end(terminal, 0)


def test_a_refused_login_leaves_nothing_behind(newcomer: Newcomer, dovecot: Dovecot) -> None:
    terminal = newcomer.starts("init", ME, *at(dovecot), "--user", dovecot.user().name)
    terminal.expect("Password: type it")
    terminal.sendline("")
    terminal.expect("not shown")
    terminal.sendline("wrong")
    terminal.expect("tracker: ")
    terminal.expect("hint: ")
    end(terminal, 77)
    assert files(newcomer.home) == []


def test_ctrl_c_leaves_nothing_behind(newcomer: Newcomer) -> None:
    terminal = newcomer.starts("init", "ann@gmail.com")
    terminal.expect(r"settings from the built-in table \(Gmail\)")
    terminal.expect("imap.gmail.com")
    terminal.expect("app-password or oauth2")
    terminal.expect("Use these settings, and write them to")
    terminal.sendintr()
    terminal.expect("\r\ntracker: interrupted")
    end(terminal, 130)
    assert files(newcomer.home) == []


def test_settings_that_are_not_right_can_be_corrected(newcomer: Newcomer, dovecot: Dovecot) -> None:
    user = dovecot.user()
    terminal = newcomer.starts("init", "ann@gmail.com")
    for question, reply in (
        ("Use these settings", "n"),
        (r"IMAP server \[imap.gmail.com\]", "localhost"),
        (r"Encryption .*\[implicit\]", "starttls"),
        (r"Port \[143\]", str(dovecot.port)),
        (r"User \[ann@gmail.com\]", user.name),
        ("Password: type it", ""),
        ("not shown", user.password),
    ):
        terminal.expect(question)
        terminal.sendline(reply)
    terminal.expect("written: ")
    end(terminal, 0)
    (account,) = load_config(newcomer.config).account
    assert (account.host, account.port, account.tls, account.user) == ("localhost", dovecot.port, "starttls", user.name)


@pytest.mark.parametrize("provider", ["microsoft", "google"])
def test_where_oauth2_is_needed_its_keys_are_written_and_the_sign_in_is_offered(
    newcomer: Newcomer, provider: str
) -> None:
    terminal = newcomer.starts("init", {"microsoft": "ann@outlook.com", "google": "ann@gmail.com"}[provider])
    terminal.expect("Use these settings")
    terminal.sendline("")
    if provider == "google":
        terminal.expect(r"Sign in with \(app-password, oauth2\) \[app-password\]: ")
        terminal.sendline("oauth2")
    terminal.expect(f"Client id at {provider}")
    terminal.sendline("my-client-id")
    if provider == "google":
        terminal.expect("Client secret: type it now")
        terminal.sendline("")
        terminal.expect("not shown")
        terminal.sendline("my-client-secret")
    terminal.expect("written: ")
    terminal.expect("Sign in now")
    terminal.sendline("n")
    terminal.expect("tracker auth login mail")
    end(terminal, 0)
    (account,) = load_config(newcomer.config).account
    assert (account.auth, account.oauth2, account.client_id) == ("oauth2", provider, "my-client-id")
    assert files(newcomer.home) == ["config.toml", *["mail.client-secret"] * (provider == "google")]


def test_a_script_sets_up_an_account_without_being_asked(newcomer: Newcomer, dovecot: Dovecot) -> None:
    user = dovecot.user()
    secret = newcomer.home / "secret"
    secret.write_text(f"{user.password}\n", encoding="utf-8")
    options = ["--yes", *at(dovecot), "--user", user.name, "--password-command", f"cat '{secret}'"]
    result = run(newcomer, "init", ME, *options)
    assert "+ sign-in" in result.stdout or "✓ sign-in" in result.stdout
    (account,) = load_config(newcomer.config).account
    assert account.password_command == ["cat", str(secret)]


@pytest.mark.parametrize(
    ("options", "words", "hint"),
    [
        (["--yes"], "Your e-mail address", "ADDRESS"),
        (["ann@gmail.com", "--yes"], "with --yes nobody is asked: App password", "say it by one of --password-command"),
        (["ann@outlook.com", "--yes"], "Client id at microsoft", "--client-id"),
        (["ann@gmail.com", "--yes", "--tls", "none", "--password-file", "/x"], "'none'", "implicit, starttls"),
        (["ann@gmail.com", "--yes", "--auth", "kerberos"], "'kerberos'", "password, xoauth2, oauth2"),
        (["ann@gmail.com", "--yes", "--name", "../mail", "--keyring"], "'../mail' is no name", "letters"),
        (["ann@gmail.com", "--yes", "--port", "0"], "'--port'", "--help"),
        (["ann@gmail.com", "--yes", "--host", "gmail.example", "--port", "99999"], "'--port'", "--help"),
        (["ann", "--yes"], "is no e-mail address", "name@example.org"),
    ],
)
def test_what_a_script_leaves_out_or_gets_wrong_is_named(
    newcomer: Newcomer, options: list[str], words: str, hint: str
) -> None:
    lines = run(newcomer, "init", *options, expect=2).stderr.splitlines()[-2:]
    assert words in lines[0]
    assert hint in lines[1]
    assert files(newcomer.home) == []


@pytest.mark.parametrize(
    ("words", "question", "option"),
    [
        ([], "Your e-mail address", "; say it by ADDRESS"),
        (["ann@gmail.com"], "Use these settings", "with --yes nothing"),
    ],
)
def test_where_nobody_sits_at_a_terminal_that_is_said_and_how_a_script_does_it(
    newcomer: Newcomer, words: list[str], question: str, option: str
) -> None:
    lines = run(newcomer, "init", *words, expect=2).stderr.splitlines()[-2:]
    assert lines[0].startswith(f"tracker: nobody is here to answer: {question}")
    assert option in lines[1]
    assert files(newcomer.home) == []


def test_what_systemd_alone_has_is_written_down_and_not_tried(newcomer: Newcomer) -> None:
    result = run(newcomer, "init", "ann@gmail.com", "--yes", "--credential", "mail")
    assert "the service alone can sign in" in result.stderr
    assert load_config(newcomer.config).account[0].credential == "mail"


MINE = """\
# my own words
me = {addresses = ["old@example.org"]}   # inline

[sync]
every   =  "5m" # soon

[[account]]  # the first
name = "mail"
host = "imap.example.net"
user = "old@example.org"
password_file = "/x" # a file
"""


def test_one_more_account_leaves_the_rest_of_a_configuration_as_it_is(newcomer: Newcomer, dovecot: Dovecot) -> None:
    user = dovecot.user()
    newcomer.config.parent.mkdir(parents=True)
    elsewhere = newcomer.home / "dotfiles.toml"
    elsewhere.write_text(MINE, encoding="utf-8")
    elsewhere.chmod(0o640)
    newcomer.config.symlink_to(elsewhere)
    (newcomer.home / "secret").write_text(user.password, encoding="utf-8")
    (newcomer.home / "secret").chmod(0o600)
    words = ["init", ME, "--yes", *at(dovecot), "--user", user.name, "--password-file", str(newcomer.home / "secret")]
    run(newcomer, *words)
    text = elsewhere.read_text(encoding="utf-8")
    lines = [line for line in MINE.splitlines() if not line.startswith("me =")]
    assert [line for line in lines if line not in text.splitlines()] == []
    assert "# inline" in text
    assert newcomer.config.is_symlink()
    assert elsewhere.stat().st_mode & 0o777 == 0o640
    config = load_config(newcomer.config)
    assert [account.name for account in config.account] == ["mail", "example"]
    assert config.me.addresses == ["old@example.org", ME]
    refused = run(newcomer, *words, expect=78)
    assert "is there already, as account example" in refused.stderr
    assert elsewhere.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("text", ["account = []\n", "[me\n", "[sync]\nevry = 3\n"])
def test_a_configuration_that_cannot_be_added_to_is_left_alone(newcomer: Newcomer, dovecot: Dovecot, text: str) -> None:
    newcomer.config.parent.mkdir(parents=True)
    newcomer.config.write_text(text, encoding="utf-8")
    run(newcomer, "init", ME, "--yes", *at(dovecot), "--user", "x", "--password-command", "echo x", expect=78)
    assert newcomer.config.read_text(encoding="utf-8") == text
    assert files(newcomer.home) == ["config.toml"]


def test_a_program_on_this_machine_is_known_again_by_its_own_certificate(newcomer: Newcomer, dovecot: Dovecot) -> None:
    user = dovecot.user()
    del newcomer.environment["SSL_CERT_FILE"]
    terminal = newcomer.starts("init", ME, "--host", "127.0.0.1", "--port", str(dovecot.port), "--tls", "starttls",
                               "--user", user.name)  # fmt: skip
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(dovecot.certificate.certificate.read_text())).hexdigest()
    terminal.expect(f"127.0.0.1 has a certificate of its own .SHA-256 {fingerprint}")
    terminal.sendline("y")
    terminal.expect("Password: type it")
    terminal.sendline("")
    terminal.expect("not shown")
    terminal.sendline(user.password)
    terminal.expect("written: ")
    end(terminal, 0)
    (account,) = load_config(newcomer.config).account
    assert account.ca_file == str(newcomer.config.with_name("mail.pem"))
