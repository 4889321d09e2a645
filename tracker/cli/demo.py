"""`tracker demo`: the whole job on a sample mailbox, nothing to configure."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import typer

from tracker.cli._session import Session, now, session_of


def command(context: typer.Context) -> None:
    """Try it all on a sample mailbox."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-demo-"))
    try:
        _show_all(session_of(context), folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # nobody was told yet where it is
        raise


def _show_all(session: Session, folder: Path) -> None:
    from tracker.cli._output import view_for, write
    from tracker.cli.importing import tell_import
    from tracker.cli.sync import sync_all
    from tracker.demo import prepare
    from tracker.formats import report_format
    from tracker.service.importing import import_files
    from tracker.service.judging import Question, make_report

    session.say("starting an IMAP server with a sample mailbox on this machine ...")
    with prepare(folder, now()) as demo:
        session = replace(session, config=demo.config)
        config = session.load_config()
        with session.open_store(config) as store:
            session.say(f"$ tracker import {demo.archive.name}")
            for result in import_files(store, [demo.archive], now=now()):
                tell_import(session, result)
            session.say("$ tracker sync")
            sync_all(session, store, config, config.account)
            session.say("$ tracker report")
            report = make_report(store, config, Question(config.judging, now()))
    write(report_format("table").render(report, view_for(None, config.reply.zone)), None)
    session.say(f"The sample stays in {folder} until you delete it.")
    session.say(f"Why? tracker --config {demo.config} show NAME")
    session.say("Next, your own mailbox: tracker init")
