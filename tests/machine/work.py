"""How much work something is, in counts that no busy machine changes: statements, rows, steps, commands, bytes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.dovecot import Dovecot, User

_STEPS = 100
"""SQLite's own instructions from one look to the next."""


@dataclass
class Work:
    """What was asked of a SQLite database and of a server since counting began.

    statements  SQL statements, by their text; one that is executed for many rows counts once
    written     rows that were sent along with statements for many rows
    read        rows that came back
    steps       instructions of SQLite's machine, to a hundred: what it had to look at, also for rows that did not come
    commands    IMAP commands after the login, which are as many round trips
    received    bytes that the server sent after the login
    """

    statements: list[str] = field(default_factory=list)
    written: int = 0
    read: int = 0
    steps: int = 0
    commands: list[str] = field(default_factory=list)
    received: int = 0

    def searches(self) -> list[str]:
        """The statements that are neither the frame of a transaction nor settings of a connection."""
        return [text for text in self.statements if not text.startswith(("BEGIN", "COMMIT", "PRAGMA"))]


@contextlib.contextmanager
def counting(server: Dovecot | None = None, user: User | None = None) -> Iterator[Work]:
    """Count what happens on databases that are opened meanwhile, and on the wire of a user whose server takes notes."""
    work = Work()

    def connect(connection: Any, _record: object) -> None:  # noqa: ANN401 # a DB-API connection has no common type
        connection.set_progress_handler(step, _STEPS)
        connection.row_factory = row

    def step() -> int:
        work.steps += _STEPS
        return 0

    def row(_cursor: object, values: tuple[object, ...]) -> tuple[object, ...]:
        work.read += 1
        return values

    def execute(*told: Any) -> None:  # noqa: ANN401 # the event's six arguments, of which two are looked at
        _, _, statement, parameters, _, is_many = told
        work.statements.append(statement)
        work.written += len(parameters) if is_many else 0

    before = _wire(server, user)
    event.listen(Engine, "connect", connect)
    event.listen(Engine, "before_cursor_execute", execute)
    try:
        yield work
    finally:
        event.remove(Engine, "connect", connect)
        event.remove(Engine, "before_cursor_execute", execute)
    commands, received = _wire(server, user)
    work.commands, work.received = commands[len(before[0]) :], received - before[1]


def _wire(server: Dovecot | None, user: User | None) -> tuple[list[str], int]:
    """All commands of a user up to now, and the bytes they were answered with."""
    if server is None or user is None:
        return [], 0
    sizes = [path.stat().st_size for path in (user.mailbox.home / "raw").glob("*.out")]
    return server.commands(user), sum(sizes)
