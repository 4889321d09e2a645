"""The daemon's log: to the journal with fields where stderr leads there, else one event a line on stderr."""

from __future__ import annotations

import logging
import sys

from tracker.daemon._journal import JournalHandler, is_journal
from tracker.sanitizer import indented, one_line


class _Harmless(logging.Formatter):
    """One line a record, and below it those of a trace, indented: nothing in it can be made to look like another."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """What happened, on one line."""
        record.message = one_line(record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        first, *trace = super().format(record).split("\n")
        return "\n".join((first, *(f"  {indented(line)}" for line in trace)))


def start_log(*, is_verbose: bool) -> None:
    """Begin to log."""
    handler: logging.Handler
    if is_journal():
        handler = JournalHandler()
        handler.setFormatter(_Harmless("%(message)s"))
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Harmless("%(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.DEBUG if is_verbose else logging.INFO, force=True)
    for noisy in ("alembic", "imapclient", "schedule", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # at DEBUG they quote mail, or say nothing new every second
