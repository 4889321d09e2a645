"""How much a second process would bring a first sync: one receives and parses, the other stores and pairs.

No part of the program: a measurement of what is left to gain on two cores (docs/decisions/0030).
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tests.benchmarks.drain import drain, habit
from tests.benchmarks.finding import Finding, table
from tests.benchmarks.shelf import site
from tests.system.daemon import stored
from tracker.cli.main import _COLLECTING
from tracker.config import load_config
from tracker.service.access import open_database
from tracker.service.judging import keep_paired
from tracker.service.syncing import sync_account

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.queues import Queue

    from tests.benchmarks.drain import Habit
    from tests.benchmarks.shelf import Shelf, Site
    from tracker.domain.folder import Batch
    from tracker.storage import Store

_WAITING = 4  # batches between the two, so that neither waits for the other's each and every one


@dataclass(frozen=True, slots=True)
class _Took:
    """Seconds from first to last, and seconds of a processor, of all processes together."""

    seconds: float
    processor: float


def hands(shelf: Shelf, size: int) -> str:
    """A table in Markdown: one process, two, and what two could do if no core ever waited."""
    way = habit(shelf)
    with site(shelf, size) as found:
        found.settle()
        cold = _beside(found, way, "cold, files in its memory", 0.75, found.chill)
        warm = _beside(found, way, "warm", 0.25, lambda: None)
    return table([*cold, *warm])


def _beside(found: Site, way: Habit, cache: str, target: float, prepare: Callable[[], None]) -> list[Finding]:
    prepare()
    limit = drain(found, way).seconds
    alone, both = (_measured(found, deed, prepare) for deed in (_alone, _in_two))
    # What the server needs is at most what the drain waits for; and two cores do two seconds of work in one.
    least = _Took((both.processor + limit) / 2, both.processor)
    return [
        _finding(found.size, f"server's cache {cache}: {who}", target, took, limit)
        for who, took in (("one process", alone), ("two", both), ("two, if no core ever waited", least))
    ]


def _finding(size: int, what: str, target: float, took: _Took, limit: float) -> Finding:
    rate, ratio = size / took.seconds, limit / took.seconds
    figure = f"{rate:,.0f} messages/s, {took.processor / size * 1e6:.0f} µs of processor time each"
    reference = f"{size / limit:,.0f} messages/s"
    return Finding(what, f"≥ {target:g} × reference", figure, reference, ratio, met=ratio >= target)


def _measured(found: Site, deed: Callable[[Path], _Took], prepare: Callable[[], None]) -> _Took:
    """Do it in a process of its own, which has loaded nothing else."""
    prepare()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(1, mp_context=context) as pool:
        world = found.world(Path(name))
        took = pool.submit(deed, world.config).result()
        if stored(world) != found.size:
            raise RuntimeError(f"{stored(world)} of {found.size} messages are stored")
    return took


def _now() -> datetime:
    return datetime.now(UTC)


def _alone(path: Path) -> _Took:
    """What `tracker sync` does, without the start of the program."""
    gc.set_threshold(*_COLLECTING)  # as the program does
    config, started, before = load_config(path), time.perf_counter(), _processor()
    with open_database(config) as store:
        sync_account(store, config.account[0], config, clock=_now)
        keep_paired(store, config)
    return _Took(time.perf_counter() - started, _processor() - before)


def _in_two(path: Path) -> _Took:
    """The same with the line and the parsing in a process beside it."""
    gc.set_threshold(*_COLLECTING)  # as the program does
    config, started, before = load_config(path), time.perf_counter(), _processor()
    context = multiprocessing.get_context("fork")
    batches: Queue[Batch | None] = context.Queue(_WAITING)
    reader = context.Process(target=_read, args=(path, batches))
    reader.start()
    with open_database(config) as store:
        store.begin_pass(config.account[0].name, _now())
        while (batch := batches.get()) is not None:
            store.add(batch)
        store.complete_pass(config.account[0].name, _now())
        keep_paired(store, config)
    reader.join()
    return _Took(time.perf_counter() - started, _processor() - before)


def _read(path: Path, batches: Queue[Batch | None]) -> None:
    config = load_config(path)
    sync_account(cast("Store", _Elsewhere(batches)), config.account[0], config, clock=_now)
    batches.put(None)


class _Elsewhere:
    """An empty database, as far as a first sync asks; what is to be stored goes to another process."""

    def __init__(self, batches: Queue[Batch | None]) -> None:
        self._batches = batches

    def __getattr__(self, name: str) -> Callable[..., object]:
        answers: dict[str, object] = {"latches": (), "sample": {}}
        return lambda *_, **__: answers.get(name)

    def add(self, batch: Batch) -> int:
        """Send it on, and take it for new."""
        self._batches.put(batch)
        return batch.size


def _processor() -> float:
    """Seconds of a processor that this process and those that it waited for have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
