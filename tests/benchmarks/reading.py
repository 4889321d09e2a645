"""How quickly mail is read: a whole mailbox, one in which nothing changed, and one new message."""

from __future__ import annotations

import contextlib
import tempfile
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.drain import drain, habit, idling
from tests.benchmarks.finding import Finding, at_least, at_most, clock
from tests.benchmarks.letters import ME
from tests.benchmarks.processes import in_turn, settled, timed, tracker, watched
from tests.benchmarks.shelf import site
from tests.machine.work import counting
from tests.system.daemon import is_read, query, running, stored, until
from tracker.config import load_config
from tracker.service.access import open_database
from tracker.service.judging import keep_paired
from tracker.service.syncing import sync_account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.drain import Habit
    from tests.benchmarks.shelf import Shelf, Site
    from tests.cli.world import World
    from tests.machine.work import Work

SMALL = 1000
_TIMES = 7


def first_sync(shelf: Shelf, size: int) -> list[Finding]:
    """The whole of `tracker sync`, to committed rows and asks, beside a drain of the same bytes."""
    way = habit(shelf)
    words = f"first sync, {size:,} messages, server's cache"
    with site(shelf, size) as found:
        found.settle()
        disk, _ = _rates(found, way, partial(found.chill, is_on_disk=True))
        cold, _ = _rates(found, way, found.chill)
        warm, peak = _rates(found, way, lambda: None)
    return [
        at_least(f"{words} cold, files on its disk", target=0.75, rates=disk, unit="messages/s"),
        at_least(f"{words} cold, files in its memory", target=0.75, rates=cold, unit="messages/s"),
        at_least(f"{words} warm", target=0.25, rates=warm, unit="messages/s"),
        Finding(f"its memory, {size:,} messages", "≤ 150 MiB", f"{peak / 1024:.0f} MiB", met=peak <= 150 * 1024),
    ]


def _rates(found: Site, way: Habit, prepare: Callable[[], None]) -> tuple[tuple[float, float], int]:
    """Messages a second of the program and of the drain, and the program's greatest memory in KiB."""
    with tempfile.TemporaryDirectory() as name:
        prepare()
        limit = drain(found, way)
        prepare()
        world = found.world(Path(name))
        ran = watched(world.config, "sync")
        if stored(world) != found.size:
            raise RuntimeError(f"{stored(world)} of {found.size} messages are stored")
    return (found.size / ran.seconds, found.size / limit.seconds), ran.peak


def idle_pass(shelf: Shelf, size: int) -> list[Finding]:
    """A pass, with its login, over an account in which nothing changed: large beside small."""
    with contextlib.ExitStack() as stack:
        small, large = (stack.enter_context(already_read(shelf, each)) for each in (SMALL, size))
        passes = [partial(timed_pass, world) for _, world in (large, small)]
        seconds = in_turn(_TIMES, *passes)
        little, much = (_counted_pass(*each) for each in (small, large))
    trips = {len(_asked(work)) for work in (little, much)}
    count = max(trips)
    return [
        Finding(
            "idle pass, round trips beside the login's",
            f"≤ 3, the same at {SMALL:,} and {size:,}",
            f"{len(_asked(much))}",
            f"{len(_asked(little))}",
            met=count <= 3 and len(trips) == 1,
        ),
        at_most(f"idle pass, {size:,} messages beside {SMALL:,}", target=1.2, seconds=(seconds[0], seconds[1])),
        _beside("idle pass, work in the database", much, little),
    ]


def _asked(work: Work) -> list[str]:
    """The commands that a pass is about, without those of coming and going."""
    return [command for command in work.commands if not command.startswith(("ID ", "CAPABILITY", "LOGOUT"))]


def _beside(what: str, much: Work, little: Work) -> Finding:
    """SQLite's steps in a large mailbox beside those in a small one."""
    ratio = much.steps / max(1, little.steps)
    steps = f"{much.steps:,} steps", f"{little.steps:,} steps"
    return Finding(what, "≤ 1.2 × reference", *steps, ratio, met=ratio <= 1.2)


@contextlib.contextmanager
def already_read(shelf: Shelf, size: int) -> Iterator[tuple[Site, World]]:
    """A mailbox that was read already, and paired."""
    with site(shelf, size) as found, tempfile.TemporaryDirectory() as name:
        world = found.world(Path(name))
        world.run("sync", timeout=36_000)
        yield found, world


def _pass(world: World) -> None:
    config = load_config(world.config)
    with open_database(config) as store:
        sync_account(store, config.account[0], config, clock=lambda: datetime.now(UTC))
        keep_paired(store, config)


def timed_pass(world: World) -> float:
    """Seconds of a pass and its pairing, with a login and an open database."""
    config = load_config(world.config)
    with open_database(config) as store:
        started = time.perf_counter()
        sync_account(store, config.account[0], config, clock=lambda: datetime.now(UTC))
        keep_paired(store, config)
        return time.perf_counter() - started


def _counted_pass(found: Site, world: World) -> Work:
    found.record(wanted=True)
    with counting(found.server, found.user) as work:
        _pass(world)
    found.record(wanted=False)
    return work


def new_message(shelf: Shelf, size: int) -> list[Finding]:
    """An answer comes in while `tracker run` listens: until its ask is paired, and a report that shows it."""
    with contextlib.ExitStack() as stack:
        small, large = (stack.enter_context(already_read(shelf, each)) for each in (SMALL, size))
        little, much = (_counted_arrival(*each) for each in (small, large))
        heard, waited, reported = _arrival(large[0])
    total = waited + reported
    return [
        Finding(
            f"new message to changed report, {size:,} messages",
            "< 1 s",
            f"{clock(total)} ({clock(waited)} to the ask, {clock(reported)} for the report)",
            met=total < 1,
        ),
        Finding("of that, until the server says so to any IDLE", "for the record", clock(heard)),
        Finding("from then to the changed report", "< 1 s", clock(total - heard), met=total - heard < 1),
        Finding(
            "new message, statements",
            f"the same at {SMALL:,} and {size:,}",
            f"{len(much.searches())}",
            f"{len(little.searches())}",
            len(much.searches()) / len(little.searches()),
            met=len(much.searches()) <= 1.2 * len(little.searches()),
        ),
        Finding("new message, rows read", "for the record", f"{much.read:,}", f"{little.read:,}"),
        _beside("new message, work in the database", much, little),
    ]


def _answer(world: World, name: str) -> None:
    """A letter of somebody by or to whom there are about ten, for what it costs depends on them."""
    chosen = (
        "SELECT addr FROM mailbox JOIN participant ON mailbox_id = id JOIN connection_address USING (addr)"
        " GROUP BY addr ORDER BY abs(count(*) - 10), addr LIMIT 1"
    )
    ((addr,),), message = query(world, chosen), EmailMessage()
    now = datetime.now(UTC)
    message["From"], message["To"], message["Subject"] = addr, ME, f"About {name}"
    message["Date"], message["Message-ID"] = format_datetime(now), f"<{name}@test.example>"
    message.set_content("The text is never read.")
    world.user.mailbox.deliver("INBOX", message, now)


def _counted_arrival(found: Site, world: World) -> Work:
    with found.as_it_was():
        _answer(world, f"counted{time.time_ns()}")
        with counting() as work:
            _pass(world)
    return work


def _arrival(found: Site) -> tuple[float, float, float]:
    """Seconds until any IDLE hears of a new message, until the stored asks take account of it, and of a report."""
    with tempfile.TemporaryDirectory() as name, found.as_it_was(), idling(found) as heard_at:
        world = found.world(Path(name))
        with running(world) as daemon:
            until(lambda: is_read(world) and not _count(world, "dirty_message"), patience=36_000)
            settled(daemon.process.pid)  # all is paired, and the line in IDLE
            before, laid_at = _count(world, "message"), time.perf_counter()
            _answer(world, f"new{time.time_ns()}")
            until(lambda: _count(world, "message") > before and not _count(world, "dirty_message"), pause=0.005)
            waited = time.perf_counter() - laid_at
            command = tracker(world.config, "report", "--format", "json")
            reported = timed(command, TRACKER_STATE=str(world.folder))
            return heard_at() - laid_at, waited, reported


def _count(world: World, table: str) -> int:
    return int(str(query(world, f"SELECT count(*) FROM {table}")[0][0]))  # noqa: S608 # names of ours
