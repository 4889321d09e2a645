"""Processes that renew tokens: `together COUNT` at one moment, `forever` until killed. Ready is said with a line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tracker.config import load_config
from tracker.errors import TrackerError
from tracker.service.granting import demand_grant
from tracker.signin import _microsoft  # noqa: F401 # loaded once, before the forks


def together(count: int) -> None:
    """So many processes want a token at once; each says whether it got one."""
    grant = demand_grant(load_config(Path(sys.argv[1])).account[0])
    gate, opener = os.pipe()
    for _ in range(count):
        if os.fork() == 0:
            os.close(opener)
            os.read(gate, 1)
            try:
                token = grant.access_token()
            except TrackerError as error:
                token = error.message
            os.write(1, f"{token}\n".encode())
            os._exit(0)
    os.close(opener)
    for _ in range(count):
        os.wait()


def forever() -> None:
    """Renew again and again in a child that the parent kills for each byte that comes in."""
    grant = demand_grant(load_config(Path(sys.argv[1])).account[0])
    while True:
        child = os.fork()
        if child == 0:
            while True:
                grant.renew(grant.access_token())
        os.write(1, b"\n")
        is_over = not os.read(0, 1)
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.write(1, b"\n")
        if is_over or not os.read(0, 1):
            return


if __name__ == "__main__":
    forever() if sys.argv[2] == "forever" else together(int(sys.argv[3]))
