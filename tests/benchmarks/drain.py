"""The limit of any reader: a plain socket that sends the FETCH commands the program sends and only counts bytes."""

from __future__ import annotations

import contextlib
import re
import socket
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.shelf import site
from tests.machine.mail_program import argument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.shelf import Shelf, Site

_FETCH = re.compile(r"UID FETCH ([\d:,]+) (\(UID FLAGS .*\))$")
_IN_FLIGHT = 2  # so that the server never waits for the next command
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Habit:
    """What the program asks of each message of a first sync, and of how many in one command."""

    items: str
    at_once: int


@dataclass(frozen=True, slots=True)
class Drained:
    """Seconds from the greeting to the last byte, and how many bytes came."""

    seconds: float
    size: int


def habit(shelf: Shelf) -> Habit:
    """What the program sends, seen on the wire of a small mailbox."""
    with site(shelf, 1000) as small, tempfile.TemporaryDirectory() as name:
        world = small.world(Path(name), people=False)
        small.record(wanted=True)
        world.run("sync")
        asked = [found for line in small.server.commands(small.user) if (found := _FETCH.match(line))]
    items = {found[2] for found in asked}
    if len(items) != 1:
        raise RuntimeError(f"a first sync asks for {items}; the drain can imitate one question only")
    return Habit(items.pop(), max(_count(found[1]) for found in asked))


def _count(uid_set: str) -> int:
    spans = [(*part.split(":"), part)[:2] for part in uid_set.split(",")]
    return sum(int(last) - int(first) + 1 for first, last in spans)


def drain(found: Site, way: Habit, port: int | None = None) -> Drained:
    """Sign in, open each folder, and take in what the program would; through another port, if one is named."""
    started = time.perf_counter()
    with socket.create_connection((found.server.host, port or found.server.port), timeout=600) as line:
        line.recv(_CHUNK)
        reader = _Line(line)
        login = f"LOGIN {argument(found.user.name)} {argument(found.user.password)}"
        reader.say(login)
        for folder in ("INBOX", "Sent", "Junk"):
            (answer,) = reader.say(f"EXAMINE {argument(folder)}")
            told = re.search(rb"UIDNEXT (\d+)", answer)
            last = int(told[1]) - 1 if told else 0
            spans = range(1, last + 1, way.at_once)
            reader.drain([f"UID FETCH {at}:{min(at + way.at_once - 1, last)} {way.items}" for at in spans])
        reader.say("LOGOUT")
    return Drained(time.perf_counter() - started, reader.size)


@contextlib.contextmanager
def idling(found: Site) -> Iterator[Callable[[], float]]:
    """A plain socket in IDLE on INBOX; gives the moment (of `perf_counter`) at which it heard of a new message."""
    with socket.create_connection((found.server.host, found.server.port), timeout=600) as line:
        reader = _Line(line)
        line.recv(_CHUNK)
        reader.say(f"LOGIN {argument(found.user.name)} {argument(found.user.password)}")
        reader.say(f"EXAMINE {argument('INBOX')}")
        line.sendall(b"idle IDLE\r\n")
        heard: list[float] = []
        listener = threading.Thread(target=_hear, args=(line, heard), daemon=True)
        listener.start()

        def moment() -> float:
            listener.join(60)
            return heard[0]

        yield moment


def _hear(line: socket.socket, heard: list[float]) -> None:
    came = b""
    while b" EXISTS" not in came:
        came += line.recv(_CHUNK)
    heard.append(time.perf_counter())


class _Line:
    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._number = 0
        self.size = 0

    def say(self, command: str) -> Iterator[bytes]:
        """The whole answer to one command, as the only item."""
        self._send(command)
        answer, end = b"", self._tagged(self._number)
        while end not in answer:
            answer += self._receive()
        return iter([answer])

    def drain(self, commands: list[str]) -> None:
        """Send all of them, a few ahead of the answers, and count."""
        waiting = list(reversed(commands))
        first = self._number + 1
        for _ in range(min(_IN_FLIGHT, len(waiting))):
            self._send(waiting.pop())
        rest = b""
        for number in range(first, first + len(commands)):
            end = self._tagged(number)
            while end not in rest:
                rest = rest[-len(end) :] + self._receive()
            rest = rest[rest.index(end) :]
            if waiting:
                self._send(waiting.pop())

    def _send(self, command: str) -> None:
        self._number += 1
        self._line.sendall(f"drain{self._number:09d} {command}\r\n".encode())

    def _tagged(self, number: int) -> bytes:
        return f"drain{number:09d} OK".encode()

    def _receive(self) -> bytes:
        came = self._line.recv(_CHUNK)
        if not came:
            raise RuntimeError("the server hung up while it was drained")
        self.size += len(came)
        return came
