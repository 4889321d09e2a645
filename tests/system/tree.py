"""A small Debian in a folder, made once with debootstrap and kept: what a container of it shares with nothing else."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("ca-certificates", "dbus", "python3", "systemd", "systemd-sysv")
SUITE = "bookworm"
PYTHON = (3, 11)
"""The version of Debian's own Python in the tree."""

PATIENCE = 900.0
"""Seconds that the making may take on a slow line."""

_QUICK = """force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/man/*
"""
"""How dpkg unpacks: nothing is forced to the disk, for a tree that is cut in the making is thrown away."""

_PROGRAM = """#!/opt/tracker/bin/python3
from tracker.cli.main import main
main()
"""


def skip(reason: str) -> None:
    """Skip so that nobody overlooks it: the reason stands in the summary, and on stderr at once."""
    sys.stderr.write(f"\nNO SYSTEMD IS TESTED HERE: {reason}\n")
    pytest.skip(f"no systemd is tested here: {reason}")


def made_tree() -> Path:
    """The folder of the tree, made if it is not there yet for these packages. Skips where it cannot be made."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tracker-tests"
    cache.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(repr((SUITE, PACKAGES)).encode()).hexdigest()[:12]
    tree = cache / f"{SUITE}-{digest}"
    with _alone(cache / "lock"):
        if not tree.exists():
            for old in cache.glob(f"{SUITE}-*"):
                shutil.rmtree(old)
            _make(tree)
    return tree


def packages_for(tree: Path) -> Path:
    """A folder of installed packages that the tree's Python can import: this environment's own, or a copy for it."""
    installed = Path(next(path for path in sys.path if path.endswith("site-packages")))
    if sys.version_info[:2] == PYTHON:
        return installed
    kept = ROOT / ".venv" / f"packages-{PYTHON[0]}.{PYTHON[1]}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()[:12]
    copy = kept / wanted
    kept.mkdir(parents=True, exist_ok=True)
    with _alone(kept / "lock"):
        if not copy.exists():
            making = kept / "making"
            for old in kept.glob("*/"):
                shutil.rmtree(old)
            _fetch(making)
            _compile(tree, making)
            making.rename(copy)
    return copy


def _compile(tree: Path, folder: Path) -> None:
    """Compile what cannot be compiled outside: each version of Python has a form of its own. It only saves time."""
    words = ["systemd-nspawn", "-q", "-D", str(tree), "--volatile=overlay", "--register=no", "--keep-unit"]
    words += ["--private-network", "--console=pipe", f"--bind={folder}:/opt/packages"]
    words += ["python3", "-m", "compileall", "-q", "/opt/packages"]
    subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(tree: Path) -> None:
    with tempfile.TemporaryDirectory(dir=tree.parent, prefix="making-") as folder:
        making = Path(folder, "tree")
        words = ["debootstrap", "--variant=minbase", "--foreign", f"--include={','.join(PACKAGES)}", SUITE, str(making)]
        _run(*words)
        settings = making / "etc" / "dpkg" / "dpkg.cfg.d" / "quick"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_QUICK, encoding="ascii")
        _run("chroot", str(making), "/debootstrap/debootstrap", "--second-stage")
        (making / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n", encoding="ascii")
        making.rename(tree)


def _run(*words: str) -> None:
    """A step of the making; without it there is no tree."""
    result = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)
    if result.returncode:
        skip(f"debootstrap fails: {(result.stdout + result.stderr).strip().splitlines()[-1:]}")


def _fetch(folder: Path) -> None:
    """What the program needs, as wheels for the tree's Python."""
    words = [sys.executable, "-m", "pip", "--quiet", "install", "--target", str(folder)]
    words += [
        "--no-compile",
        "--only-binary=:all:",
        "--python-version",
        f"{PYTHON[0]}.{PYTHON[1]}",
        f"{ROOT}[metrics,postgresql]",
    ]
    result = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)
    if result.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        skip(f"there are no packages for Python {PYTHON}: {result.stderr.strip().splitlines()[-1:]}")
    shutil.rmtree(folder / "tracker")  # the checkout's is used


def program_folder(folder: Path) -> Path:
    """What is bound to /opt/tracker: an environment that imports from /opt/packages and /opt/source."""
    site = folder / "lib" / f"python{PYTHON[0]}.{PYTHON[1]}" / "site-packages"
    site.mkdir(parents=True)
    (site / "tracker-test.pth").write_text("/opt/source\n/opt/packages\n", encoding="ascii")
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n", encoding="ascii")
    binaries = folder / "bin"
    binaries.mkdir()
    (binaries / "python3").symlink_to("/usr/bin/python3")
    (binaries / "tracker").write_text(_PROGRAM, encoding="ascii")
    (binaries / "tracker").chmod(0o755)
    return folder
