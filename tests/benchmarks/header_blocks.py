"""What reading one header block costs, by hand: `python -m tests.benchmarks.header_blocks [profile]`."""

from __future__ import annotations

import cProfile
import pstats
import sys
import time
from datetime import UTC, datetime

from tests.unit.realistic_headers import blocks
from tracker.domain.message import FolderRole, RawMessage
from tracker.parsing import parse
from tracker.parsing._fast import simple
from tracker.parsing._fields import fields_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COUNT = 20_000


def read(raws: list[RawMessage]) -> float:
    """Microseconds of CPU a message."""
    began = time.process_time()
    for raw in raws:
        parse(raw, role=FolderRole.INBOX, now=NOW)
    return (time.process_time() - began) / len(raws) * 1e6


def main() -> None:
    """Print the figures, or a profile."""
    raws = [RawMessage(uid, header, NOW, 5_000) for uid, header in enumerate(blocks(COUNT), start=1)]
    straight = [raw for raw in raws if simple(fields_of(raw.header)) is not None]
    size = sum(len(raw.header) for raw in raws) // COUNT
    sys.stdout.write(f"{COUNT} blocks of {size} bytes, {len(straight) / COUNT:.1%} simple\n")
    if "profile" in sys.argv:
        with cProfile.Profile() as profile:
            read(straight)
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        return
    sys.stdout.write(f"all: {read(raws):.1f} microseconds; simple ones: {read(straight):.1f}\n")


if __name__ == "__main__":
    main()
