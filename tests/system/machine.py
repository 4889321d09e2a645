"""A machine of its own with a real systemd: a container that is thrown away, on a tree that stays as it is."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.system.daemon import until
from tests.system.tree import ROOT, made_tree, packages_for, program_folder, skip

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
CLONE_NEWNET = 0x4000_0000
BOOT = 60.0
UNIT = "tracker.service"


class Machine:
    """A running container. Files in it are reached below `root`, programs in it run by `run`."""

    def __init__(self, leader: int) -> None:
        self.leader = leader
        self.root = Path(f"/proc/{leader}/root")

    def run(self, *words: str, expect: int | None = 0, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a program in it as root; its exit code must be `expect`."""
        result = subprocess.run(self._words(*words), capture_output=True, text=True, timeout=timeout)
        assert expect is None or result.returncode == expect, (words, result.stdout, result.stderr)
        return result

    @contextlib.contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A program in it that runs beside the test and ends by itself, which is waited for."""
        with subprocess.Popen(self._words(*words), stdout=subprocess.PIPE, text=True) as process:
            yield process

    def _words(self, *words: str) -> list[str]:
        enter = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "-r", "-w"]
        return [*enter, "env", "-i", f"PATH={PATH}", *words]

    def show(self, *names: str, unit: str = UNIT) -> dict[str, str]:
        """Properties of a unit."""
        found = self.run("systemctl", "show", unit, f"--property={','.join(names)}").stdout
        return dict(line.split("=", 1) for line in found.splitlines())

    def status(self, unit: str = UNIT) -> str:
        """What the service says of itself."""
        return self.show("StatusText", unit=unit)["StatusText"]

    def pid(self, unit: str = UNIT) -> int:
        """The number of the service's process in the container; 0 if it has none."""
        return int(self.show("MainPID", unit=unit)["MainPID"])

    def journal(self, *words: str, unit: str = UNIT) -> list[dict[str, Any]]:
        """The entries of a unit since the machine started, or those that match."""
        lines = self.run("journalctl", "-o", "json", "--no-pager", "-a", f"_SYSTEMD_UNIT={unit}", *words).stdout
        return [json.loads(line) for line in lines.splitlines()]

    def history(self, unit: str = UNIT) -> list[tuple[float, str]]:
        """What systemd itself tells of a unit, and when, on the clock of `time.monotonic`."""
        lines = self.run("journalctl", "-o", "json", "--no-pager", "-a", f"UNIT={unit}").stdout.splitlines()
        found = [json.loads(line) for line in lines]
        return [(int(entry["__MONOTONIC_TIMESTAMP"]) / 1_000_000, str(entry["MESSAGE"])) for entry in found]

    def said(self, unit: str = UNIT) -> str:
        """All that a unit has told the journal."""
        return "\n".join(str(entry.get("MESSAGE")) for entry in self.journal(unit=unit))

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a file in it."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)

    def text(self, path: str) -> str:
        """What a file in it holds."""
        return (self.root / path.lstrip("/")).read_text(encoding="utf-8")

    def forward(self, target: int) -> int:
        """A port in the container behind which the server is that listens at `target` outside."""
        listener = _listening_in(self.leader)
        threading.Thread(target=_forward, args=(listener, target), daemon=True).start()
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def running_machine() -> Iterator[Machine]:
    """A booted container for the time being. Skips, loudly, where there can be none."""
    if os.geteuid() != 0:
        skip("only root can start a container")
    for program in ("systemd-nspawn", "debootstrap", "nsenter"):
        if shutil.which(program) is None:
            skip(f"there is no {program}")
    tree = made_tree()
    with tempfile.TemporaryDirectory(prefix="tracker-machine-") as name:
        source = Path(name, "source")
        shutil.copytree(ROOT / "tracker", source / "tracker", ignore=shutil.ignore_patterns("__pycache__"))
        binds = {
            program_folder(Path(name, "program")): "/opt/tracker",
            packages_for(tree): "/opt/packages",
            ROOT / "systemd": "/opt/systemd",
        }
        words = [
            "systemd-nspawn",
            "-q",
            "-D",
            str(tree),
            "--volatile=overlay",
            "--boot",
            "--register=no",
            "--keep-unit",
        ]
        words += [
            "--private-network",
            "--console=pipe",
            f"--bind={source}:/opt/source",
            *(f"--bind-ro={here}:{there}" for here, there in binds.items()),
        ]
        with Path(name, "console").open("wb") as console:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        try:
            yield _booted(process, Path(name, "console"))
        finally:
            _end(process)


def _booted(process: subprocess.Popen[bytes], console: Path) -> Machine:
    def is_up() -> bool:
        if process.poll() is not None:
            skip(f"systemd-nspawn cannot boot: {console.read_text('utf-8', 'replace').strip()[-300:]}")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        if not children:
            return False
        state = Machine(int(children[0])).run("systemctl", "is-system-running", expect=None).stdout.strip()
        return state in {"running", "degraded"}

    until(is_up, patience=BOOT, pause=0.1)
    leader = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()[0]
    machine = Machine(int(leader))
    machine.run("python3", "-m", "compileall", "-q", "/opt/source")  # as pip does when it installs something
    machine.run("systemd-sysusers", "/opt/systemd/tracker.sysusers")
    machine.write(f"/etc/systemd/system/{UNIT}", (ROOT / "systemd" / UNIT).read_text("utf-8"))
    return machine


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()  # an orderly power-off
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split():
            os.kill(int(child), 9)
        process.kill()
        process.wait()


def _listening_in(pid: int) -> socket.socket:
    """A socket that listens in another process's network; only the thread that makes it enters that."""
    made: list[socket.socket] = []

    def listen() -> None:
        with Path(f"/proc/{pid}/ns/net").open("rb") as network:
            libc = ctypes.CDLL(None, use_errno=True)
            assert libc.setns(network.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        made.append(socket.create_server(("127.0.0.1", 0)))

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    return made[0]


def _forward(listener: socket.socket, target: int) -> None:
    while True:
        line = listener.accept()[0]
        try:
            onward = socket.create_connection(("127.0.0.1", target))
        except OSError:
            line.close()
            continue
        threading.Thread(target=_join, args=(line, onward), daemon=True).start()


def _join(line: socket.socket, onward: socket.socket) -> None:
    with line, onward:
        back = threading.Thread(target=_pump, args=(onward, line), daemon=True)
        back.start()
        _pump(line, onward)
        back.join()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_RDWR)
