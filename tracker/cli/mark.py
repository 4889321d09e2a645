"""`tracker mark WHO ...`: the user's word about people and asks, which no mailbox can know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._options import flag, option
from tracker.cli._session import Session, now, session_of
from tracker.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from tracker.config import Config
    from tracker.domain.connection import Connection
    from tracker.domain.marks import Mark, MarkKind

_WAYS = "name one of --no-reply-expected, --heard DATE, --keep, --removed or --clear"

_ASK = "Only this ask: its message_id in show --format json, or its asked_at where it has none."
_HEARD = "You heard from them then, elsewhere: clears earlier asks."

_Whom = Annotated[list[str], typer.Argument(metavar="WHO", help="Ids, addresses, or parts of names.")]
_NoReply = Annotated[bool, flag("--no-reply-expected", "What you sent them wanted no reply (--ask: that mail).")]
_Ask = Annotated[str, option("--ask", _ASK, "MESSAGE_ID")]
_Heard = Annotated[str | None, option("--heard", _HEARD, "DATE")]
_Keep = Annotated[bool, flag("--keep", "Not to be pruned, whatever they answer.")]
_Removed = Annotated[bool, flag("--removed", "Leave them out of reports and their summary.")]
_Clear = Annotated[bool, flag("--clear", "Drop all marks of theirs.")]
_Note = Annotated[str, option("--note", "Why, for yourself.")]


def command(
    context: typer.Context,
    whom: _Whom,
    *,
    no_reply_expected: _NoReply = False,
    ask: _Ask = "",
    heard: _Heard = None,
    keep: _Keep = False,
    removed: _Removed = False,
    clear: _Clear = False,
    note: _Note = "",
) -> None:
    """Say of people what no mailbox can know.

    Contest a verdict, keep or remove somebody, note why.
    """
    from tracker.domain.marks import Mark, MarkKind

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
    if clear:
        _unmark(session, config, whom)
        return
    moment = now()
    of_ask = {MarkKind.NO_REPLY_EXPECTED: ask or None}
    heard_at = {} if heard is None else {MarkKind.HEARD: _heard_at(heard, config.reply.zone, moment)}
    _mark(session, config, whom, [Mark(kind, moment, note, of_ask.get(kind), heard_at.get(kind)) for kind in kinds])


def _mark(session: Session, config: Config, whom: list[str], marks: list[Mark]) -> None:
    from tracker.service.marking import mark_people

    with session.open_store(config) as store:
        for person in mark_people(store, config, whom, marks):
            session.say(f"{_name(person)}: marked (tracker mark {person.id} --clear drops it again)")


def _unmark(session: Session, config: Config, whom: list[str]) -> None:
    from tracker.service.marking import unmark_people

    with session.open_store(config) as store:
        for person, number in unmark_people(store, whom):
            session.say(f"{_name(person)}: {number} mark{'' if number == 1 else 's'} dropped")


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
