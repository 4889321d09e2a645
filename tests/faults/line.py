"""A line to a server that breaks at a byte that is known in advance: TCP from a port of its own to the server's."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Side(StrEnum):
    """Who sends the bytes that are counted."""

    SERVER = "server"
    CLIENT = "client"


class Kind(StrEnum):
    """What happens at the byte."""

    CLOSE = "close"
    STALL = "stall"
    GARBLE = "garble"


@dataclass(frozen=True, slots=True)
class Fault:
    """After `at` bytes of `side` the line closes or falls silent, or the byte that follows arrives as another."""

    side: Side
    at: int
    kind: Kind = Kind.CLOSE


class Line:
    """Lets connections through to `target`, one after the other or at once; the next one meets `fault`, if any.

    sent         what each side has sent through the latest connection, up to the fault
    has_struck   whether the fault was met
    """

    def __init__(self, target: int) -> None:
        self.fault: Fault | None = None
        self.sent: dict[Side, bytearray] = {}
        self.has_struck = False
        self._target = target
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])

    def break_at(self, fault: Fault | None) -> None:
        """Let the next connection meet this; none of those before is left."""
        self._hang_up()
        self.fault, self.has_struck = fault, False

    def accept(self) -> None:
        """Serve until `close`."""
        with contextlib.suppress(OSError):
            while True:
                near = self._server.accept()[0]
                far = socket.create_connection(("127.0.0.1", self._target))
                self._ends += [near, far]
                self.sent = {side: bytearray() for side in Side}
                for side, source, sink in ((Side.SERVER, far, near), (Side.CLIENT, near, far)):
                    thread = threading.Thread(target=self._pump, args=(side, source, sink), daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def close(self) -> None:
        """End every connection, and take no more."""
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._hang_up()

    def _hang_up(self) -> None:
        _shut(*self._ends)
        for thread in self._threads:
            thread.join(10)
        for end in self._ends:
            end.close()
        self._ends.clear()
        self._threads.clear()

    def _pump(self, side: Side, source: socket.socket, sink: socket.socket) -> None:
        fault = self.fault if self.fault is not None and self.fault.side is side else None
        sent = self.sent[side]
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if fault is not None and len(sent) <= fault.at < len(sent) + len(data):
                    self.has_struck = True
                    data = _broken(data, fault.at - len(sent), fault.kind)
                sent += data
                sink.sendall(data)
                if self.has_struck and fault is not None and fault.kind is not Kind.GARBLE:
                    break
        if fault is None or fault.kind is not Kind.STALL or not self.has_struck:
            _shut(source, sink)


def _broken(data: bytes, place: int, kind: Kind) -> bytes:
    if kind is Kind.GARBLE:
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    return data[:place]


def _shut(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(target: int) -> Iterator[Line]:
    """A line to this port of this machine, for the time being."""
    line = Line(target)
    thread = threading.Thread(target=line.accept, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.close()
        thread.join(10)
