"""An IMAP server with a ready mailbox, on this machine alone and in this process; the only home of pymap."""

from __future__ import annotations

import asyncio
import logging
import threading
from argparse import ArgumentParser
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.errors import MissingExtra, Unreachable

try:
    from proxyprotocol.reader import ProxyProtocolReader
    from pymap.backend.dict import DictBackend
    from pymap.backend.dict.filter import FilterSet
    from pymap.backend.dict.mailbox import MailboxSet
    from pymap.imap import IMAPServer, IMAPService
    from pymap.parsing.message import AppendMessage
    from pymap.parsing.specials.flag import Seen
except ModuleNotFoundError as missing:
    raise MissingExtra("tracker demo", "demo") from missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.demo._letters import DemoLetter

HOST = "127.0.0.1"
USER = "ann@example.org"
PASSWORD = "demo"  # noqa: S105 - opens a made-up mailbox on this machine while the demo runs
START_WITHIN = 30.0

FOLDERS = ("Sent", "Drafts", "Junk", "Trash")


@contextmanager
def serve(letters: Sequence[DemoLetter]) -> Iterator[int]:
    """Serve these letters while the block runs; gives the port. Raises `Unreachable`, `MissingExtra`."""
    server = _Server(letters)
    server.start()
    if not server.ready.wait(START_WITHIN) or server.port is None:
        raise Unreachable("the sample mailbox's server does not start", hint="run `tracker -vv demo` to see why")
    try:
        yield server.port
    finally:
        server.stop()


class _Server(threading.Thread):
    """The server's own thread and event loop."""

    def __init__(self, letters: Sequence[DemoLetter]) -> None:
        super().__init__(name="demo server", daemon=True)
        self.ready = threading.Event()
        self.port: int | None = None
        self._letters = letters
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    def run(self) -> None:
        """Serve until stopped."""
        logging.getLogger("pymap").setLevel(logging.CRITICAL)
        try:
            asyncio.run(self._serve())
        finally:
            self.ready.set()

    def stop(self) -> None:
        """End the server and wait for its thread."""
        if self._loop is not None and self._ended is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
        self.join(START_WITHIN)

    async def _serve(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        parser = ArgumentParser()
        IMAPService.add_arguments(parser)
        parser.set_defaults(passlib_cfg=None, debug=False)
        DictBackend.add_subparser("dict", parser.add_subparsers())
        words = ["--host", HOST, "--no-tls", "dict", "--demo-user", USER, "--demo-password", PASSWORD]
        backend, config = await DictBackend.init(parser.parse_args(words))
        config.apply_context()
        config.set_cache[USER] = (await _filled(self._letters), FilterSet())
        callback = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        listener = await asyncio.start_server(callback, host=HOST, port=0)
        try:
            self.port = listener.sockets[0].getsockname()[1]
            self.ready.set()
            await self._ended.wait()
        finally:
            listener.close()  # `async with` would wait for every client to leave, since Python 3.12


async def _filled(letters: Sequence[DemoLetter]) -> MailboxSet:
    """The mailbox, filled without a connection: over one, every message would cost a round trip."""
    mailboxes = MailboxSet()
    for name in FOLDERS:
        await mailboxes.add_mailbox(name)
    for letter in sorted(letters, key=lambda letter: letter.at):
        folder = await mailboxes.get_mailbox(letter.folder)
        content = letter.message.as_bytes(policy=letter.message.policy.clone(linesep="\r\n"))
        await folder.append(AppendMessage(content, letter.at, frozenset({Seen})))
    return mailboxes
