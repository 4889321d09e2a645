"""`tracker import FILE...`: the connections of a network from what its owner exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._session import Session, now, session_of

if TYPE_CHECKING:
    from tracker.service.importing import ImportedFile

NAME = "import"


def command(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="A LinkedIn archive (ZIP) or Connections.csv.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be imported, and import nothing.")] = False,
) -> None:
    """Import connections from a LinkedIn export."""
    from tracker.service.importing import import_files

    session = session_of(context)
    config = session.load_config()
    if dry_run:
        results = import_files(None, files, now=now())
    else:
        with session.open_store(config) as store:
            results = import_files(store, files, now=now())
    for result in results:
        tell_import(session, result)


def tell_import(session: Session, result: ImportedFile) -> None:
    """What became of a file, with every row that was skipped and why."""
    imported, stored = result.imported, result.stored
    for skipped in imported.skipped:
        session.say(f"{result.path.name}:{skipped.line}: skipped: {skipped.reason}")
    for note in imported.notes:
        session.say(f"{result.path.name}:{note.line}: {note.reason}")
    with_address = sum(bool(profile.addresses) for profile in imported.profiles)
    people = (
        f"{_count(len(imported.profiles), 'connection')}, {with_address} with an address, "
        f"{_count(len(imported.skipped), 'row')} skipped"
    )
    if stored is None:
        session.say(f"{result.path.name}: {people}; nothing is imported (--dry-run)")
        return
    merged = stored.people
    for name in merged.gone:
        session.say(f"{name} is in your network no longer; kept, and left out of reports unless --all")
    session.say(f"{result.path.name}: {people}: {merged.new} new, {merged.changed} changed, {len(merged.gone)} gone")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
