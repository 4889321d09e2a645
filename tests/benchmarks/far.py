"""A server far away: how quickly mail is read when each answer is under way for a while."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.drain import drain, habit
from tests.benchmarks.finding import Finding
from tests.benchmarks.processes import watched
from tests.benchmarks.shelf import site
from tests.system.daemon import stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.shelf import Shelf

ROUND_TRIP = 0.1
"""Seconds, as over an ocean."""

_MESSAGES = 10_000
_CHUNK = 1 << 18


def far_sync(shelf: Shelf, size: int) -> list[Finding]:
    """A first sync over such a line, the server warm, beside a drain over the same: of no more mail than shows it."""
    size = min(size, _MESSAGES)
    way = habit(shelf)
    with site(shelf, size) as found, tempfile.TemporaryDirectory() as name, delayed(found.server.port) as port:
        drain(found, way)
        limit = drain(found, way, port)
        world = found.world(Path(name))
        world.write_config(tls="none", port=port)
        ran = watched(world.config, "sync")
        if stored(world) != found.size:
            raise RuntimeError(f"{stored(world)} of {found.size} messages are stored")
    what = f"first sync, {size:,} messages, {ROUND_TRIP * 1000:.0f} ms to the server and back"
    rates = size / ran.seconds, size / limit.seconds
    ours, theirs = (f"{rate:,.0f} messages/s" for rate in rates)
    return [Finding(what, "for the record", ours, theirs, rates[0] / rates[1])]


@contextlib.contextmanager
def delayed(port: int) -> Iterator[int]:
    """A port of this machine behind which `port` lies half a `ROUND_TRIP` away, however much is under way."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opening = asyncio.run_coroutine_threadsafe(_open(port), loop)
    server = opening.result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _open(port: int) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_carry(reader, to_server), _carry(from_server, writer))

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What comes in goes out later, each piece by its own time."""
    loop = asyncio.get_running_loop()
    while piece := await reader.read(_CHUNK):
        loop.call_later(ROUND_TRIP / 2, writer.write, piece)
    loop.call_later(ROUND_TRIP / 2, writer.close)
