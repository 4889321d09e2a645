"""The largest network that LinkedIn allows and years of messages are read without holding what was written."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from tests.importers.talks import HEADERS, url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PEOPLE = 30_000
MESSAGES = 100_000
LETTERS = 8_000 if os.environ.get("TRACKER_SLOW") else 1_500
"""Characters in a message: 150 MB of text, or 800 MB."""

MOST = 260 * 1024
"""Kilobytes; measured: 130 MB, be the messages of 200 or of 8,000 characters."""

READ = r"""
import re, sys
from pathlib import Path
from tracker.importers import read
imported = read(Path(sys.argv[1]))
identities = {one.identity for one in imported.messages}
print(len(imported.profiles), len(identities), len(imported.skipped), len(imported.notes))
# Not ru_maxrss, which begins with what the process that started this one held.
print(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
"""


def rows() -> Iterator[str]:
    """Messages between the user and 2,000 people, of random letters, since others shrink as if they were a bomb."""
    chance = random.Random(3)  # noqa: S311 - no secret
    noise = chance.randbytes(LETTERS * 8).hex()
    for number in range(MESSAGES):
        slug, start = f"p{number % 2_000}", chance.randrange(len(noise) - LETTERS)
        mine, theirs = ("Ann Example", url("ann")), (f"P{number % 2_000} X", url(slug))
        sender, to = (mine, theirs) if number % 3 else (theirs, mine)
        at = f"20{10 + number % 14}-{1 + number % 12:02}-{1 + number % 28:02} {number % 24:02}:{number % 60:02}:00 UTC"
        text = noise[start : start + LETTERS]
        yield f'2-{slug},,{sender[0]},{sender[1]},{to[0]},{to[1]},{at},,"{text}\n",INBOX,,No,No\n'


def test_thirty_thousand_connections_and_a_hundred_thousand_messages_fit_into_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("messages.csv", "w") as target:
            target.write(f"{HEADERS['2024']}\n".encode())
            for row in rows():
                target.write(row.encode())
        network = (f"P{number},X,{url(f'p{number}')},,Acme,CTO,04 Mar 2021\n" for number in range(PEOPLE))
        header = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        archive.writestr("Connections.csv", header + "".join(network))
    result = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    counts, kilobytes = result.stdout.splitlines()
    assert counts.split() == [str(PEOPLE), str(MESSAGES), "0", "0"]
    assert int(kilobytes) < MOST
