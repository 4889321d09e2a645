"""`tracker forget WHO`: erase a person for good."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tracker.cli._session import now, session_of
from tracker.errors import UsageError


def command(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An id, an address, or (part of) a name.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Erase a person here, never in your mailbox.

    The connection and their mail go, and nothing brings them back.
    """
    from tracker.sanitizer import one_line
    from tracker.service.access import backup_directory
    from tracker.service.copying import held_until
    from tracker.service.forgetting import forget
    from tracker.service.judging import find_person

    session = session_of(context)
    config = session.load_config()
    with session.open_store(config) as store:
        person = find_person(store.connections(removed=True), who)
        name = one_line(f"{person.id} {person.name}" + (f" ({person.company})" if person.company else ""))
        if not yes and not _is_sure(name):
            session.say("nothing was erased")
            return
        erased = forget(store, person)
    session.say(f"{name}: erased, with {erased.messages} messages; their name is gone from {erased.redacted} more")
    until = held_until(config, now())
    if until is not None and config.backup.every is None:
        folder = one_line(str(backup_directory(config)))
        session.say(f"backups in {folder} hold them until newer ones displace these, and none are made by themselves")
    elif until is not None:
        session.say(f"backups hold them until {until:%Y-%m-%d}, when the last of today's has made room for newer ones")
    session.say("your mailbox is as it was; copies that you made elsewhere hold what they held")


def _is_sure(name: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("forget asks first, and there is nobody to ask", hint="add --yes if you are sure")
    sys.stderr.write(f"Erase all that is stored about {name}? This cannot be undone. [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
