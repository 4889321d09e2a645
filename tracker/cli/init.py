"""`tracker init`: finds the settings of a mailbox, writes them down, and looks whether everything works."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracker.cli._asking import command_words, confirmed
from tracker.cli._interview import Interview, Wishes
from tracker.cli._options import flag, option
from tracker.cli._session import Session, session_of

if TYPE_CHECKING:
    from tracker.service.setup import Answers

_Address = Annotated[str | None, typer.Argument(metavar="ADDRESS", show_default=False, help="Your e-mail address.")]
_Yes = Annotated[bool, flag("--yes", "Ask nothing: take what is found, and what options say.")]
_Host = Annotated[str | None, option("--host", "The IMAP server; nothing is looked up then.")]
_Port = Annotated[int | None, option("--port", "Its port: 993, or 143 with starttls.", "NUMBER", min=1, max=65535)]
_Tls = Annotated[str | None, option("--tls", "implicit or starttls.")]
_User = Annotated[str | None, option("--user", "The user, if it is not the address.")]
_Auth = Annotated[str | None, option("--auth", "password, oauth2, or xoauth2: the source yields a token.")]
_PasswordCommand = Annotated[str | None, option("--password-command", "A program that prints the password.")]
_PasswordFile = Annotated[str | None, option("--password-file", "A file with it, for you alone.", "PATH")]
_Credential = Annotated[str | None, option("--credential", "A credential that systemd passes on.")]
_Keyring = Annotated[bool, flag("--keyring", "The desktop's keyring has it.")]
_OAuth2 = Annotated[str | None, option("--oauth2", "microsoft or google; found by itself for most.")]
_ClientId = Annotated[str | None, option("--client-id", "OAuth2: your client id.")]
_Tenant = Annotated[str | None, option("--tenant", "OAuth2 with Microsoft: your organisation.")]
_TokenCommand = Annotated[str | None, option("--token-command", "A program that prints access tokens.")]
_CaFile = Annotated[str | None, option("--ca-file", "An extra CA, or the server's own certificate.", "PATH")]
_Name = Annotated[str | None, option("--name", "What to call the account.")]
_NoIspdb = Annotated[bool, flag("--no-ispdb", "Do not ask Mozilla's database of providers.")]


def command(
    context: typer.Context,
    address: _Address = None,
    *,
    yes: _Yes = False,
    host: _Host = None,
    port: _Port = None,
    tls: _Tls = None,
    user: _User = None,
    auth: _Auth = None,
    password_command: _PasswordCommand = None,
    password_file: _PasswordFile = None,
    credential: _Credential = None,
    keyring: _Keyring = False,
    oauth2: _OAuth2 = None,
    client_id: _ClientId = None,
    tenant: _Tenant = None,
    token_command: _TokenCommand = None,
    ca_file: _CaFile = None,
    name: _Name = None,
    no_ispdb: _NoIspdb = False,
) -> None:
    """Set up your own mailbox.

    Finds its server, signs in, writes the configuration and looks whether all is well. Adds an account if there is a
    configuration. Exits with 1 if something is broken.
    """
    prints_password = _words(password_command, "--password-command")
    secrets = _said(
        password_command=prints_password, password_file=_absolute(password_file), credential=credential, keyring=keyring
    )
    prints_token = _words(token_command, "--token-command")
    tokens = _said(oauth2=oauth2, client_id=client_id, tenant=tenant, token_command=prints_token)
    wishes = Wishes(address, host, port, tls, user, auth, secrets, tokens, ispdb=not no_ispdb, is_silent=yes)
    _set_up(context, wishes, name, ca_file)


def _said(**settings: object) -> dict[str, object]:
    """Those settings of which something was said."""
    return {key: value for key, value in settings.items() if value}


def _words(line: str | None, what: str) -> list[str]:
    """A command line in words; none for none. Raises `UsageError`."""
    return command_words(line, what) if line else []


def _set_up(context: typer.Context, wishes: Wishes, name: str | None, ca_file: str | None) -> None:
    from tracker.config import user_config
    from tracker.service.setup import amended, existing, replace_config, write_private

    session = session_of(context)
    named = os.environ.get("TRACKER_CONFIG")
    path = session.config or (Path(named) if named else user_config())
    text, config = existing(path)
    session.say("tracker only reads: nothing in your mailbox is ever changed, and no text of a mail is kept.")
    interview = Interview(session, wishes, path)
    try:
        answers = _answers(interview, config, name, ca_file)
        changed = amended(text, answers, path)
        if _is_tried(answers):
            _try(session, changed, answers)
        if text is None:
            write_private(path, changed)
        else:
            replace_config(path, text, changed)
    except BaseException:
        interview.give_up()
        raise
    session.say(f"written: {path}")
    _look(context, session, answers, is_silent=wishes.is_silent)
    session.say("next:  tracker import Connections.csv   (LinkedIn: Settings > Data privacy > Get a copy of your data)")
    session.say("then:  tracker sync   and   tracker report")


def _answers(interview: Interview, config: Any, name: str | None, ca_file: str | None) -> Answers:  # noqa: ANN401 # a Config, whose import would take time
    from tracker.service.setup import Answers, certificate_to_pin, demand_new, domain_of, free_name

    address = interview.address()
    answers = Answers(name or free_name(config, domain_of(address)), address, interview.server(address))
    demand_new(config, answers)
    extra: dict[str, Any] = {"ca_file": _absolute(ca_file)} if ca_file else {}
    if not ca_file and (pin := certificate_to_pin(answers.server)) is not None:
        certificate, fingerprint = pin
        question = f"{answers.server.host} has a certificate of its own (SHA-256 {fingerprint}). Rely on it?"
        if interview.confirm(question):
            extra["ca_file"] = interview.keep(interview.beside(f"{answers.name}.pem"), certificate)
    return Answers(answers.name, address, answers.server, extra | interview.signing(answers.server, answers.name))


def _absolute(path: str | None) -> str:
    """The path as it leads to the file from anywhere; empty for none."""
    return str(Path(path).expanduser().absolute()) if path else ""


def _is_tried(answers: Answers) -> bool:
    """Whether we can sign in now: not before a sign-in by browser, nor with what systemd gives to the service alone."""
    return not {"oauth2", "credential"} & set(answers.signing)


def _try(session: Session, text: str, answers: Answers) -> None:
    """Sign in with the new configuration and name the folders that will be read."""
    from tracker.service.setup import try_sign_in

    session.say("signing in ...")
    folders = try_sign_in(text, answers.name)
    session.say(f"it works; these folders will be read: {', '.join(folder.name for folder in folders)}")


def _look(context: typer.Context, session: Session, answers: Answers, *, is_silent: bool) -> None:
    """Let a person sign in by browser if that is needed, then look whether everything works."""
    from tracker.cli import auth
    from tracker.cli.doctor import examined
    from tracker.formats import diagnosis_format

    if "credential" in answers.signing:
        session.say("the password comes from systemd, so that the service alone can sign in; tracker status tells")
        return
    if "oauth2" in answers.signing:
        if is_silent or not confirmed("Sign in now?"):
            session.say(f"now:   tracker auth login {answers.name}   and   tracker doctor")
            return
        auth.login(context, answers.name)
    if not examined(session, diagnosis_format("table"), answers.name):
        raise typer.Exit(1)
