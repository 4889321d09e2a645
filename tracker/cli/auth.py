"""`tracker auth login`, `tracker auth status` and `tracker auth logout`: signing in with OAuth2."""

from __future__ import annotations

import contextlib
import os
import sys
import webbrowser
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._session import Session, counted, session_of, show_help

if TYPE_CHECKING:
    from tracker.config import AccountConfig

app = typer.Typer(
    help="Sign in to accounts with OAuth2: Microsoft, Google.", invoke_without_command=True, rich_markup_mode=None
)

_Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The name of the account.", show_default=False)]


@app.callback()
def group(context: typer.Context) -> None:
    """Without a command, show what there is."""
    if context.invoked_subcommand is None:
        show_help(context)


@app.command("login")
def login(
    context: typer.Context,
    account: _Account,
    *,
    browser: Annotated[
        bool, typer.Option("--browser", help="Microsoft: by a browser on this machine, not by a code.")
    ] = False,
) -> None:
    """Sign in to an account, and try whether its mail server lets us in."""
    from tracker.service.access import account_opened
    from tracker.service.granting import demand_grant

    session = session_of(context)
    chosen = session.load_config().account_called(account)
    demand_grant(chosen).sign_in(_Reader(session), by_browser=browser)
    session.say(f"{chosen.name}: signed in; asking {chosen.host} ...")
    with account_opened(chosen) as source:
        folders = source.folders()
    session.say(f"{chosen.name}: it works; {counted(len(folders), 'folder')} can be read")


@app.command("status")
def status(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="The name of the account; all, if none is given.")
    ] = None,
) -> None:
    """Whether the secret of an account can be had; no server is asked.

    Exits with 1 if it cannot.
    """
    from tracker.service.granting import secret_condition

    config = session_of(context).load_config()
    chosen = config.account if account is None else [config.account_called(account)]
    conditions = [(one, secret_condition(one)) for one in chosen if not one.is_archive]
    for one, condition in conditions:
        words = _how(one) if condition.is_ok else f"{condition.message}; {condition.hint}"
        _print(f"{one.name}: {condition.state}: {words}")
    if not all(condition.is_ok for _, condition in conditions):
        raise typer.Exit(1)


@app.command("logout")
def logout(context: typer.Context, account: _Account) -> None:
    """Forget the tokens of an account here. The provider's own page about connected apps takes back the grant."""
    from tracker.service.granting import demand_grant

    session = session_of(context)
    was_there = demand_grant(session.load_config().account_called(account)).sign_out()
    session.say(f"{account}: {'signed out here' if was_there else 'nobody was signed in'}")


def _how(account: AccountConfig) -> str:
    """In words, how an account signs in, and until when its token holds."""
    from tracker.service.granting import grant_of

    grant = grant_of(account)
    if grant is None:
        return "token_command" if account.token_command else "password"
    return f"{account.oauth2}, the access token ends {grant.ends_at():%Y-%m-%d %H:%M} UTC and is renewed before"


def _print(line: str) -> None:
    from tracker.cli._output import write
    from tracker.sanitizer import one_line

    write([f"{one_line(line)}\n"])


@dataclass(frozen=True, slots=True)
class _Reader:
    """The person at the terminal."""

    session: Session

    def show(self, text: str) -> None:
        """One line; said even with -q, since nothing goes on without it."""
        from tracker.cli._session import print_words

        print_words(text)

    def browse(self, url: str) -> None:
        """Open a page where there is a desktop; in a terminal, a browser made of text would be in the way."""
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            with contextlib.suppress(webbrowser.Error):
                webbrowser.open(url)

    def pasted(self) -> int | None:
        """Standard input, if it is open."""
        return None if sys.stdin is None or sys.stdin.closed else sys.stdin.fileno()
