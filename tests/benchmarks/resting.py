"""What the daemon costs while nothing happens."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.finding import Finding
from tests.benchmarks.processes import processor_seconds, resident, settled
from tests.benchmarks.shelf import site
from tests.system.daemon import is_read, running, until

if TYPE_CHECKING:
    from tests.benchmarks.shelf import Shelf

_SECONDS = 30


def at_rest(shelf: Shelf, size: int) -> list[Finding]:
    """`tracker run` for half a minute after it has read everything."""
    with site(shelf, size) as found, tempfile.TemporaryDirectory() as name:
        world = found.world(Path(name))
        with running(world) as daemon:
            until(lambda: is_read(world), patience=36_000)
            settled(daemon.process.pid)  # what the pairing of a first sync needs is not what rest needs
            pid, before = daemon.process.pid, processor_seconds(daemon.process.pid)
            time.sleep(_SECONDS)
            share, memory = (processor_seconds(pid) - before) / _SECONDS, resident(pid)
    return [
        Finding("daemon at rest, processor", "< 1 %", f"{share:.2%} over {_SECONDS} s", met=share < 0.01),
        Finding(
            f"daemon at rest after a first sync of {size:,}, memory",
            "≤ 80 MiB",
            f"{memory / 1024:.0f} MiB",
            met=memory <= 80 * 1024,
        ),
    ]
