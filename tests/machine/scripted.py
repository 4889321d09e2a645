"""A server on loopback that says what a test tells it to: servers that lie, hang or hang up."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping

Reply = bytes | None
"""What to send, with TAG for the command's tag; None hangs up."""

Answer = Reply | list[Reply] | Callable[[str], Reply]
"""A reply; or one for each time that the command comes, the last for all further times; or one for each command."""

PEACEFUL: Mapping[str, Reply] = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n",
    "LOGIN": b"TAG OK in\r\n",
    "LOGOUT": b"* BYE\r\nTAG OK out\r\n",
    "LIST": b'* LIST () "/" INBOX\r\n* LIST (\\Sent) "/" Sent\r\nTAG OK done\r\n',
    "STATUS": b"* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)\r\nTAG OK done\r\n",
    "EXAMINE": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\nTAG OK [READ-ONLY] done\r\n",
    "NOOP": b"TAG OK done\r\n",
}


@dataclass
class Scripted:
    """A server that answers by the first word of a command, or by its first two for UID commands."""

    greeting: bytes = b"* OK hello\r\n"
    replies: dict[str, Answer] = field(default_factory=dict)
    received: list[str] = field(default_factory=list)
    port: int = 0
    _continued: str = ""

    def reply_to(self, line: str) -> Reply:
        """What to say to a command; silence is an empty reply. What follows a `+` is answered by CONTINUED."""
        tag, _, command = (self._continued, "", f"CONTINUED {line}") if self._continued else line.partition(" ")
        words = command.upper().split(" ")
        name = " ".join(words[:2]) if words[0] == "UID" else words[0]
        self.received.append(command)
        reply = self._chosen(self.replies.get(name, PEACEFUL.get(name, b"TAG BAD what\r\n")), command)
        self._continued = tag if reply is not None and re.search(rb"^\+", reply, re.MULTILINE) else ""
        return None if reply is None else reply.replace(b"TAG", tag.encode())

    @staticmethod
    def _chosen(known: Answer, command: str) -> Reply:
        if isinstance(known, list):
            return known.pop(0) if len(known) > 1 else known[0]
        return known(command) if callable(known) else known


@contextlib.contextmanager
def scripted(
    greeting: bytes = b"* OK hello\r\n", tls: ssl.SSLContext | None = None, **replies: Answer
) -> Iterator[Scripted]:
    """Serve one connection after the other by a script; in names of `replies` an underscore stands for a blank."""
    script = Scripted(greeting, {name.replace("_", " "): reply for name, reply in replies.items()})

    def talk(line: socket.socket) -> None:
        line.sendall(script.greeting)
        with line.makefile("rb") as lines:
            for sent in lines:
                reply = script.reply_to(sent.decode("latin-1").rstrip("\r\n"))
                if reply is None:
                    return
                line.sendall(reply)

    with serving(talk, tls) as port:
        script.port = port
        yield script


@contextlib.contextmanager
def serving(talk: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Call `talk` with each connection, in a thread; gives the port."""
    lines: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    line = server.accept()[0]
                except OSError:
                    return
                lines.append(line)
                with contextlib.suppress(OSError), line:
                    if tls is None:
                        talk(line)
                    else:
                        with tls.wrap_socket(line, server_side=True) as protected:
                            talk(protected)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            for line in (server, *lines):
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
            thread.join(5)
