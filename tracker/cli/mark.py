"""`tracker mark WHO ...`: the user's word about people and asks, which no mailbox can know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._session import now, session_of
from tracker.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from tracker.domain.connection import Connection
    from tracker.domain.marks import MarkKind

_WAYS = "name one of --no-reply-expected, --heard DATE, --keep, --removed or --clear"


def command(
    context: typer.Context,
    whom: Annotated[list[str], typer.Argument(metavar="WHO", help="Ids, addresses, or parts of names.")],
    *,
    no_reply_expected: Annotated[
        bool, typer.Option("--no-reply-expected", help="What you sent them wanted no reply (--ask: that mail).")
    ] = False,
    ask: Annotated[
        str,
        typer.Option(
            "--ask",
            metavar="MESSAGE_ID",
            show_default=False,
            help="Only this ask: its message_id in show --format json, or its asked_at where it has none.",
        ),
    ] = "",
    heard: Annotated[
        str | None,
        typer.Option(
            "--heard",
            metavar="DATE",
            show_default=False,
            help="You heard from them then, elsewhere: clears earlier asks.",
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Not to be pruned, whatever they answer.")] = False,
    removed: Annotated[bool, typer.Option("--removed", help="Leave them out of reports and their summary.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Drop all marks of theirs.")] = False,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", show_default=False, help="Why, for yourself.")] = "",
) -> None:
    """Say what no mailbox can know of people: contest a verdict, keep or remove somebody."""
    from tracker.domain.marks import Mark, MarkKind
    from tracker.service.marking import mark_people, unmark_people

    ask = ask.strip().removeprefix("<").removesuffix(">").strip()
    chosen = {
        MarkKind.NO_REPLY_EXPECTED: no_reply_expected,
        MarkKind.HEARD: heard is not None,
        MarkKind.KEEP: keep,
        MarkKind.REMOVED: removed,
    }
    kinds = [kind for kind, is_wanted in chosen.items() if is_wanted]
    _check(kinds, ask=ask, note=note, clear=clear)
    session = session_of(context)
    config = session.load_config()
    moment = now()
    heard_at = None if heard is None else _heard_at(heard, config.reply.zone, moment)
    marks = [
        Mark(
            kind,
            moment,
            note,
            ask if ask and kind is MarkKind.NO_REPLY_EXPECTED else None,
            heard_at if kind is MarkKind.HEARD else None,
        )
        for kind in kinds
    ]
    with session.open_store(config) as store:
        if clear:
            for person, number in unmark_people(store, whom):
                session.say(f"{_name(person)}: {number} mark{'' if number == 1 else 's'} dropped")
        else:
            for person in mark_people(store, config, whom, marks):
                session.say(f"{_name(person)}: marked (tracker mark {person.id} --clear drops it again)")


def _check(kinds: list[MarkKind], *, ask: str, note: str, clear: bool) -> None:
    """Raises `UsageError` for a combination that cannot mean anything."""
    if clear and (kinds or ask or note):
        raise UsageError("--clear drops all marks and goes with no other option", hint="first --clear, then mark anew")
    if not clear and not kinds:
        raise UsageError("there is nothing to mark", hint=_WAYS)
    if ask and "no_reply_expected" not in kinds:
        raise UsageError("--ask goes with --no-reply-expected", hint="the other marks are about a person, not an ask")


def _heard_at(text: str, zone: tzinfo, moment: datetime) -> datetime:
    """The moment up to which the person was heard from: a bare date means its end, today's means now."""
    from tracker.config import parse_moment

    try:
        heard_at = parse_moment(text, zone)
    except ValueError as error:
        raise UsageError(f"--heard: {error}", hint="the day on which you heard from them") from None
    if heard_at > moment + timedelta(days=1):
        raise UsageError("--heard lies in the future", hint="the day on which you heard from them")
    return min(heard_at, moment)


def _name(person: Connection) -> str:
    return f"{person.id} {person.name}".rstrip()
