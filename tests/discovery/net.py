"""How a test governs the small internet, and runs programs in it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.machine.daemons import HOST, leash

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
ISPDB = "autoconfig.thunderbird.net"


class Net:
    """The internet of a test: what DNS and HTTPS say in it, what they were asked, and programs that live in it."""

    def __init__(self, folder: Path, world: subprocess.Popen[str]) -> None:
        self.folder = folder
        self._world = world
        self._account: dict[str, str] = {}

    def provider(self) -> dict[str, str]:
        """Let there be a mail server, imap.example.org or mail.example.org; its one user and password."""
        if self._account:
            return self._account
        assert self._world.stdin is not None
        assert self._world.stdout is not None
        self._world.stdin.write("imap.example.org mail.example.org\n")
        self._world.stdin.flush()
        self._account = dict(json.loads(self._world.stdout.readline()))
        return self._account

    def write(self, zone: dict[str, Any], pages: dict[str, Any]) -> None:
        """From now on DNS knows these names (without the dot at their end), and HTTPS these pages (host and path)."""
        names = {host.partition("/")[0]: {"A": [HOST]} for host in pages}
        known = {name if name == "silent" else f"{name}.": records for name, records in {**names, **zone}.items()}
        for name, content in (("zone", known), ("pages", pages)):
            fresh = self.folder / f"{name}.new"
            fresh.write_text(json.dumps(content), encoding="utf-8")
            fresh.replace(self.folder / f"{name}.json")
        (self.folder / "asked").write_text("", encoding="utf-8")

    @property
    def asked(self) -> list[str]:
        """What DNS and HTTPS were asked since, in order."""
        return (self.folder / "asked").read_text(encoding="utf-8").splitlines()

    def inside(self, *words: str) -> list[str]:
        """The command line that runs these words in there."""
        return ["nsenter", f"--target={self._world.pid}", "--mount", "--net", f"--wd={ROOT}", *words]

    def searches(self, *words: str) -> list[dict[str, Any]]:
        """What is found for each of these addresses."""
        return list(self.timed(*words)["searches"])

    def timed(self, *words: str) -> dict[str, Any]:
        """The same, with the seconds that it took."""
        result = subprocess.run(
            self.inside(sys.executable, "-m", "tests.discovery.asking", *words),
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return dict(json.loads(result.stdout))

    def environment(self) -> dict[str, str]:
        """What a program in there needs: our authority in the place of the system's."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG", "TRACKER"))}
        trusted = self.folder / "trusted.pem"
        return kept | {"SSL_CERT_FILE": str(trusted if trusted.exists() else self.folder / "ca.pem")}


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Net]:
    """A small internet for the time being; where none can be had the test is skipped, and says why."""
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED HERE: looking for servers needs a network namespace, and so root")
    probe = subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, text=True)
    if probe.returncode != 0:
        pytest.skip(f"NOT TESTED HERE: there is no network namespace to be had: {probe.stderr.strip()}")
    folder.chmod(0o755)
    world = subprocess.Popen(
        [*leash(), "unshare", "--mount", "--net", sys.executable, "-m", "tests.discovery.internet", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert world.stdout is not None
        assert world.stdout.readline() == "ready\n"
        yield Net(folder, world)
    finally:
        world.communicate(timeout=20)
