"""`tracker import FILE...`: the connections of a network, and what else its owner exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._session import Session, counted, now, session_of

if TYPE_CHECKING:
    from tracker.importers import Imported
    from tracker.service.importing import ImportedFile, Stored


def command(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            readable=False,
            help="A LinkedIn archive (ZIP) or a CSV file of it, Google or Outlook CSV, vCard.",
        ),
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be imported, and import nothing.")] = False,
) -> None:
    """Import connections from LinkedIn, contacts from an address book."""
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
    for remark, word in (*((it, "skipped: ") for it in imported.skipped), *((it, "") for it in imported.notes)):
        session.say(f"{'/'.join(filter(None, (result.path.name, remark.member)))}:{remark.line}: {word}{remark.reason}")
    people = _counts(imported)
    if stored is None:
        session.say(f"{result.path.name}: {people}; nothing is imported (--dry-run)")
        return
    for name in stored.people.gone:
        session.say(f"{name} is in your network no longer; kept, and left out of reports unless --all")
    session.say(f"{result.path.name}: {people}: {_outcome(imported, stored)}")


def _outcome(imported: Imported, stored: Stored) -> str:
    """What became of it; of an address book, who is known and who is perhaps."""
    merged, joined = stored.people, stored.joined
    told = [f"{merged.new} new, {merged.changed} changed, {len(merged.gone)} gone"]
    if imported.contacts:
        perhaps = len({contact.key for _, contact in joined.proposed})
        told = [f"{counted(len(joined.known), 'contact')} known, {stored.contacts.new} new"]
        told += [f"{perhaps} perhaps somebody you know (tracker link asks)"] if perhaps else []
    if imported.messages:
        told.append(f"{counted(stored.new_messages, 'message')} new")
    return ", ".join(told)


def _counts(imported: Imported) -> str:
    """How many of each a file holds; the usual export of connections says nothing of what it cannot hold."""
    with_address = sum(bool(profile.addresses) for profile in imported.profiles)
    others = {
        "contact": len(imported.contacts),
        "message": len(imported.messages),
        "invitation": len(imported.invitations),
        "address": len(imported.own),
    }
    told = [f"{counted(len(imported.profiles), 'connection')}, {with_address} with an address"]
    told += [
        counted(number, noun) + (" of your own" if noun == "address" else "")
        for noun, number in others.items()
        if number
    ]
    if imported.contacts and not imported.profiles:
        del told[0]
    return f"{', '.join(told)}, {counted(len(imported.skipped), 'row')} skipped"
