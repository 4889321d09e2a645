"""Looks for the servers of the addresses in its arguments, one after the other, and prints what it found as JSON."""

from __future__ import annotations

import dataclasses
import json
import sys
import time

from tracker.addresses import normalise
from tracker.discovery import search


def main(words: list[str]) -> None:
    began = time.monotonic()
    is_ispdb_asked = "--no-ispdb" not in words
    searches = []
    for address in (word for word in words if not word.startswith("--")):
        domain = str(normalise(address)).rpartition("@")[2]
        searches.append(dataclasses.asdict(search(address, domain, ispdb=is_ispdb_asked)))
    json.dump({"seconds": time.monotonic() - began, "searches": searches}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
