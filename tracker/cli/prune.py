"""`tracker prune`: the unresponsive, one at a time or as a list to work through."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli._judging import AsOf, Threshold, Window, question_of
from tracker.cli._options import path
from tracker.cli._session import Session, now, session_of

if TYPE_CHECKING:
    from tracker.config import Config
    from tracker.domain.connection import ConnectionId
    from tracker.domain.marks import Mark
    from tracker.domain.report import Report, Row
    from tracker.service.judging import Question
    from tracker.storage import Store

KEYS = {"o": "open the profile", "k": "keep", "r": "removed", "l": "later", "u": "undo", "q": "quit"}


def command(
    context: typer.Context,
    *,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="FORMAT", show_default=False, help="A list instead: html, csv, table or json."
        ),
    ] = None,
    output: Annotated[Path | None, path("--output", "Write the list to a file.")] = None,
    open_browser: Annotated[
        bool, typer.Option("--open", help="[o] starts the browser; otherwise it tells the URL.")
    ] = False,
    threshold: Threshold = None,
    window: Window = None,
    as_of: AsOf = None,
) -> None:
    """Go through the unresponsive, one at a time or as a list.

    Keep them, or note that you removed them. LinkedIn itself is never touched.
    """
    from tracker.cli._keys import has_person
    from tracker.service.pruning import to_prune

    session = session_of(context)
    config = session.load_config()
    question = question_of(config, threshold, window, as_of)
    with session.open_store(config) as store:
        report = to_prune(store, config, question)
        if format_name is None and output is None and has_person():
            _go_through(session, store, config, question, report, opens=open_browser)
        else:
            _list(report, config, format_name or "table", output)


def _list(report: Report, config: Config, format_name: str, output: Path | None) -> None:
    from dataclasses import replace

    from tracker.cli._output import view_for, write
    from tracker.formats import prune_format

    view = replace(view_for(output, config.reply.zone), per_group=None, chosen=True)
    write(prune_format(format_name).render_prune(report, view), output)


def _go_through(
    session: Session, store: Store, config: Config, question: Question, report: Report, *, opens: bool
) -> None:
    """One person after the other; every decision is stored at once, so that Ctrl-C loses nothing."""
    from tracker.cli._keys import ask_key
    from tracker.domain.marks import MarkKind
    from tracker.service.pruning import decide, undo

    if not report.rows:
        session.say("nobody is to be pruned: everyone you asked often enough answers, or there is doubt")
        return
    place, decisions = 0, list[tuple[int, "ConnectionId", "Mark"]]()
    while place < len(report.rows):
        row = report.rows[place]
        _show(store, config, question, row, f"{place + 1} of {len(report.rows)}")
        key = ask_key(KEYS)
        if key == "o":
            _open(row, opens=opens)
        elif key in {"k", "r"}:
            kind = MarkKind.KEEP if key == "k" else MarkKind.REMOVED
            decisions.append((place, row.connection.id, decide(store, row.connection.id, kind, now())))
            place += 1
        elif key == "u" and decisions:
            place, person, mark = decisions.pop()
            undo(store, person, mark)
        elif key == "l":
            place += 1
        elif key == "q":
            break
    session.say(f"{len(decisions)} decided; tracker mark WHO --clear takes a decision back")


def _show(store: Store, config: Config, question: Question, row: Row, place: str) -> None:
    from tracker.cli._output import view_for, write
    from tracker.formats import story_format
    from tracker.service.judging import tell_story

    sys.stdout.write(f"-- {place} --\n")
    story = tell_story(store, config, str(row.connection.id), question)
    write(story_format("table").render_story(story, view_for(None, config.reply.zone)), None)


def _open(row: Row, *, opens: bool) -> None:
    from tracker.sanitizer import one_line

    url = row.connection.profile_url
    if url is None:
        sys.stdout.write("no profile is known; look for the name on LinkedIn\n\n")
        return
    sys.stdout.write(f"{one_line(url)}\n\n")
    if opens:
        webbrowser.open(url)
