"""The daemon's log: one event a line on stderr, where the journal reads it."""

from __future__ import annotations

import logging
import sys

from tracker.sanitizer import one_line


class _Harmless(logging.Formatter):
    """Every line, those of a trace included, without what a terminal or a forged line could be made of."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return "\n".join(map(_keep_indent, super().format(record).split("\n")))


def start_log(*, is_verbose: bool) -> None:
    """Begin to log to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Harmless("%(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.DEBUG if is_verbose else logging.INFO, force=True)
    for noisy in ("alembic", "imapclient", "schedule", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # at DEBUG they quote mail, or say nothing new every second


def _keep_indent(line: str) -> str:
    text = line.lstrip(" ")
    return " " * (len(line) - len(text)) + one_line(text)
