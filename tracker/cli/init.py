"""`tracker init`: a few questions, a configuration file, a first look at the mailbox."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._session import Session, session_of
from tracker.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from tracker.service.setup import Answers

NAME = "init"

_PORTS = {"implicit": 993, "starttls": 143, "none": 143}


def command(
    context: typer.Context,
    address: Annotated[
        str | None, typer.Argument(metavar="ADDRESS", show_default=False, help="Your e-mail address.")
    ] = None,
) -> None:
    """Set up your own mailbox by a few questions."""
    from tracker.config import user_config
    from tracker.service.setup import config_text, write_private

    session = session_of(context)
    path = session.config or user_config()
    if path.exists():
        raise ConfigError(f"{path} is there already", hint="change it by hand, or move it away first")
    session.say("tracker only reads: nothing in your mailbox is ever changed, and no text of a mail is kept.")
    secret = path.with_name("mail.password")
    is_kept = secret.exists()
    try:
        text = config_text(_ask(session, address, secret))
        _try_login(session, text)
        write_private(path, text)
    except BaseException:
        if not is_kept:
            secret.unlink(missing_ok=True)  # a password that does not work, or without a configuration, is of no use
        raise
    session.say(f"written: {path}")
    session.say("next:  tracker import Connections.csv   (LinkedIn: Settings > Data privacy > Get a copy of your data)")
    session.say("then:  tracker sync   and   tracker report")


def _ask(session: Session, address: str | None, secret: Path) -> Answers:
    from tracker.addresses import normalise
    from tracker.service.setup import Answers
    from tracker.signin.providers import Provider, provider_of

    address = address or _prompt("Your e-mail address")
    addr = normalise(address)
    if addr is None:
        raise UsageError(f"{address!r} is no e-mail address", hint="write it as name@example.org")
    known = provider_of(addr.rpartition("@")[2])
    provider = known or Provider(f"imap.{addr.rpartition('@')[2]}")
    if known and known.note:
        session.say(f"{known.host}: {known.note}")
    host = _prompt("IMAP server", provider.host)
    tls = _prompt("Encryption (implicit, starttls)", provider.tls)
    port = int(_prompt("Port", str(provider.port if tls == provider.tls else _PORTS.get(tls, 993)), numeric=True))
    user = _prompt("User", address)
    return Answers(address, host, port, tls, user, _secret(secret))


def _secret(file: Path) -> tuple[str, object]:
    """Where the password will come from."""
    from tracker.service.setup import write_private

    way = _prompt(
        "Password: type it now (file), or have it printed by a program (command), or by the keyring (keyring)", "file"
    )
    if way == "command":
        return "password_command", shlex.split(_prompt("Program and its arguments, such as `pass show mail`"))
    if way == "keyring":
        return "keyring", True
    if way != "file":
        raise UsageError(f"{way!r} is no way to get a password", hint="choose file, command or keyring")
    password = str(typer.prompt("Password (not shown)", hide_input=True, err=True))
    write_private(file, f"{password}\n")
    return "password_file", str(file)


def _prompt(question: str, default: str | None = None, *, numeric: bool = False) -> str:
    answer = str(typer.prompt(question, default=default, err=True)).strip()
    if numeric and not answer.isdigit():
        raise UsageError(f"{answer!r} is no number", hint="993 is usual, 143 with starttls")
    return answer


def _try_login(session: Session, text: str) -> None:
    """Sign in with the new configuration and name the folders that will be read."""
    from tracker.config import parse_config
    from tracker.service.access import open_account

    config = parse_config(text, "your answers")
    session.say("signing in ...")
    source = open_account(config.account[0])
    try:
        folders = source.folders()
    finally:
        source.close()
    session.say(f"it works; these folders will be read: {', '.join(folder.name for folder in folders)}")
