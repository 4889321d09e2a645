"""`tracker digest`: what is due, what passed its time and who answered, as text or as a mail to yourself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._session import now, session_of
from tracker.errors import UnknownChoice, UsageError

if TYPE_CHECKING:
    from tracker.config import Config
    from tracker.domain.digest import Digest

MAIL = "eml"
FORMS = ("text", "html", MAIL)


def command(
    context: typer.Context,
    *,
    since: Annotated[str, typer.Option("--since", metavar="DURATION", help="Look back as far as this.")] = "7d",
    format_name: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, html or eml.")] = "text",
    send: Annotated[bool, typer.Option("--send", help="Mail it to yourself, through [digest.smtp].")] = False,
) -> None:
    """What is due, what passed its time and who answered.

    To read, or as a mail to yourself.
    """
    from tracker.config import parse_duration
    from tracker.service.digesting import make_digest, send_digest

    if format_name not in FORMS:
        raise UnknownChoice("format", format_name, FORMS)
    try:
        span = parse_duration(since)
    except ValueError as error:
        raise UsageError(f"--since: {error}", hint="m is minutes, h hours, d days, w weeks") from None
    session = session_of(context)
    config = session.load_config()
    with session.open_store(config) as store:
        digest = make_digest(store, config, now=now(), since=span)
        message = send_digest(store, config, digest) if send else None
    if message is not None:
        session.say(f"sent to {message['To']}: {message['Subject']}")
    elif not digest.has_news:
        session.say("nothing to tell" + (", so nothing was sent" if send else ""))
    else:
        _show(digest, config, format_name)


def _show(digest: Digest, config: Config, form: str) -> None:
    """Write the digest, or the whole mail, to stdout."""
    from tracker.cli._output import view_for, write
    from tracker.formats import digest_format
    from tracker.service.digesting import compose_digest

    if form == MAIL:
        # Lines end as files do here, so that other programs (sendmail -t) can be fed with it.
        write([compose_digest(digest, config).as_bytes().decode("ascii").replace("\r\n", "\n")], None)
        return
    write(digest_format(form).render_digest(digest, view_for(None, config.reply.zone)), None)
