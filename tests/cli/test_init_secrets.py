"""Where the secret comes from, as a newcomer answers it or a script says it, and what is written down of that."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from tests.cli.newcomer import Newcomer, Recorder, at, end, files, run
from tests.cli.world import ME
from tracker.config import load_config

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot, User


@pytest.fixture
def newcomer(dovecot: Dovecot, tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path, dovecot.ca_file)


@pytest.fixture
def user(dovecot: Dovecot, newcomer: Newcomer) -> User:
    """Somebody whose password stands in a file with a blank in its name."""
    found = dovecot.user()
    (newcomer.home / "my secret").write_text(f"{found.password}\n", encoding="utf-8")
    (newcomer.home / "my secret").chmod(0o600)
    return found


def test_a_command_that_is_typed_is_written_word_by_word_and_works(
    newcomer: Newcomer, dovecot: Dovecot, user: User
) -> None:
    """The home is meant by a tilde, which no shell is there to replace."""
    terminal = newcomer.starts("init", ME, *at(dovecot), "--user", user.name)
    seen = terminal.logfile_read = Recorder()
    for question, answer in (
        (r"Password: type it now, .*or let a command print it \(file, keyring, command\) \[file\]: ", "command"),
        ("Program and its arguments", """grep -e '' -- ~/"my secret" """),
        ("it works; these folders will be read", None),
        ("secret +password_command gives one", None),
        ("sign-in +signed in as", None),
    ):
        terminal.expect(question)
        if answer is not None:
            terminal.sendline(answer)
    end(terminal, 0)
    words = ["grep", "-e", "", "--", str(newcomer.home / "my secret")]
    assert load_config(newcomer.config).account[0].password_command == words
    assert files(newcomer.home) == ["config.toml", "my secret"]
    assert user.password not in seen.text + newcomer.config.read_text("utf-8")
    run(newcomer, "sync")


def test_what_makes_no_sense_is_told_and_asked_again(newcomer: Newcomer) -> None:
    terminal = newcomer.starts("init", "--host", "elsewhere.invalid")
    for question, answer in (
        ("Your e-mail address: ", "ann"),
        ("'ann' is no e-mail address; write it as name@example.org", None),
        ("Your e-mail address: ", ME),
        (r"let a command print it \(file, keyring, command\)", "FILE"),
        ("'FILE' is none of the choices for this; choose one of: file, keyring, command", None),
        ("let a command print it", "command"),
        ("Program and its arguments", "cat 'it"),
        ("that is no command line: No closing quotation; close the quotation mark", None),
        ("Program and its arguments", "' '"),
        ("that names no program", None),
        ("Program and its arguments", "cat it"),
        ("elsewhere.invalid", None),
    ):
        terminal.expect(question)
        if answer is not None:
            terminal.sendline(answer)
    end(terminal, 69)
    assert files(newcomer.home) == []


def test_a_port_and_an_encryption_that_do_not_exist_are_asked_for_again(
    newcomer: Newcomer, dovecot: Dovecot, user: User
) -> None:
    terminal = newcomer.starts("init", "ann@gmail.com")
    for question, answer in (
        ("Use these settings", "n"),
        ("IMAP server", "localhost"),
        (r"Encryption \(implicit, starttls\) \[implicit\]: ", "none"),
        ("'none' is none of the choices", None),
        ("Encryption", ""),
        (r"Port \[993\]", "99999"),
        ("'99999' is no port; 993 is usual, 143 with starttls", None),
        ("Port", str(dovecot.tls_port)),
        (r"User \[ann@gmail.com\]", user.name),
        ("Password: type it now", ""),
        ("not shown", user.password),
        ("written: ", None),
    ):
        terminal.expect(question)
        if answer is not None:
            terminal.sendline(answer)
    end(terminal, 0)


@pytest.mark.parametrize("option", ["--password-command", "--token-command"])
def test_an_option_that_is_no_command_is_told(newcomer: Newcomer, dovecot: Dovecot, option: str) -> None:
    told = run(newcomer, "init", ME, "--yes", *at(dovecot), option, "cat 'it", expect=2).stderr.splitlines()[-2]
    assert f"{option} is no command line: No closing quotation" in told
    assert files(newcomer.home) == []


def test_a_file_that_is_named_is_found_from_wherever_tracker_is_started(
    newcomer: Newcomer, dovecot: Dovecot, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (newcomer.home / "elsewhere").mkdir()
    newcomer.environment["PYTHONSAFEPATH"] = "1"
    monkeypatch.chdir(newcomer.home)
    run(newcomer, "init", ME, "--yes", *at(dovecot), "--user", user.name, "--password-file", "my secret")
    monkeypatch.chdir(newcomer.home / "elsewhere")
    run(newcomer, "sync")
    assert load_config(newcomer.config).account[0].password_file == str(newcomer.home / "my secret")


def test_the_words_of_a_script_are_read_like_those_of_a_person(
    newcomer: Newcomer, dovecot: Dovecot, user: User
) -> None:
    command = f"cat ~/{shlex.quote('my secret')}"
    run(newcomer, "init", ME, "--yes", *at(dovecot), "--user", user.name, "--password-command", command)
    assert load_config(newcomer.config).account[0].password_command == ["cat", str(newcomer.home / "my secret")]


@pytest.mark.parametrize("provider", ["microsoft", "google"])
def test_who_lacks_the_part_for_a_provider_is_told_before_being_sent_for_a_client_id(
    newcomer: Newcomer, provider: str
) -> None:
    """As if it were not installed: the name of the package leads nowhere."""
    package = {"microsoft": "msal", "google": "google_auth_oauthlib"}[provider]
    address = {"microsoft": "ann@outlook.com", "google": "ann@gmail.com"}[provider]
    words = ["tracker", "init", address, "--auth", "oauth2"]
    program = f"import sys; sys.modules[{package!r}] = None; sys.argv = {words!r}; import tracker.cli.main as it"
    terminal = newcomer.python("-c", f"{program}; it.main()")
    terminal.expect("Use these settings")
    terminal.sendline("")
    terminal.expect(f'oauth2 = "{provider}" needs a part that is not installed')
    terminal.expect(f"-m pip install 'responsiveness-tracker.{provider}.'")
    end(terminal, 78)
    assert files(newcomer.home) == []
