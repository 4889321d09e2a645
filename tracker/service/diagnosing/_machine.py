"""What can be wrong on this machine: the configuration, the database, the disk, the service."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.config import state_directory
from tracker.sanitizer import one_line
from tracker.service.access import database_file, database_url
from tracker.service.diagnosing._checks import Check, fail, ok, unchecked, warn
from tracker.service.owning import demand_owner, nearest
from tracker.service.syncing import SINCE_REMEDY, since_to_come
from tracker.storage import look_at

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.config import Config
    from tracker.domain.diagnosis import Fact, Finding
    from tracker.errors import ConfigError

UNIT = "tracker.service"

_MEGABYTE = 1_000_000
LITTLE_ROOM = 500 * _MEGABYTE
NO_ROOM = 50 * _MEGABYTE
"""Bytes: a first sync of 100,000 messages takes about 100; below 50 a transaction may not come to its end."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_SYSTEMCTL_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Machine:
    """The configuration file, and what it says or what is wrong with it; `now` is aware."""

    now: datetime
    path: Path | None
    config: Config | None
    problem: ConfigError | None = None

    @property
    def settings(self) -> Config:
        """The configuration, once it was found to be good."""
        assert self.config is not None  # noqa: S101 # the checks that read it need the check of it
        return self.config


def _configuration(machine: Machine) -> Finding:
    if machine.problem is not None:
        problems = [one_line(problem) for problem in machine.problem.problems]
        return fail(machine.problem.message, machine.problem.hint, problems=problems)
    config, path = machine.settings, machine.path
    mode = path.stat().st_mode if path is not None and path.is_file() else 0
    if mode & _OTHERS_WRITE:
        words = f"{path} can be changed by others, who could have any program run as you"
        return fail(words, f"chmod go-w {path}", mode=f"{stat.S_IMODE(mode):o}")
    count = len(config.account)
    if not count:
        return warn(f"{path} names no account", "add one: tracker init", accounts=0)
    if not config.mine and not config.users:
        words = f"{path} names no address of yours, so that no mail can be told to be from you"
        return fail(words, 'write addresses = ["you@example.org"] under [me]', accounts=count)
    if words := since_to_come(config, machine.now):
        return warn(f"{path}: {words}", SINCE_REMEDY, accounts=count)
    return ok(f"{path}: {count} account{'' if count == 1 else 's'}", accounts=count)


def _database(machine: Machine) -> Finding:
    place = database_file(machine.settings)
    if place is not None and os.geteuid() != 0:
        demand_owner(place)  # before it is opened, which in another user's folder would fail in words of SQLite's
    found = look_at(database_url(machine.settings))
    where = "the server" if found.place is None else str(found.place)
    if not found.exists:
        return ok(f"{where}: nothing is stored yet; the first sync or import begins it", schema=None)
    facts: dict[str, Fact] = {"schema": found.schema, "newest": found.head}
    if found.trouble:
        words = f"{where} is damaged: {one_line(found.trouble)}"
        return fail(words, "put an earlier copy in its place, or move it away, import and sync again", **facts)
    if found.place is not None and found.place.stat().st_mode & _OTHERS:
        return warn(f"{where} can be read by others", f"chmod 600 {where}", **facts)
    if found.is_newer:
        words = f"{where} was written by a newer version of tracker (schema {one_line(found.schema or '')})"
        return fail(words, "upgrade tracker, or name another database in [database] url", **facts)
    if found.schema != found.head:
        return warn(f"{where} is of an older version", "nothing: the next command brings it up to date", **facts)
    return ok(f"{where}: sound, schema {found.schema}", **facts)


def _disk(machine: Machine) -> Finding:
    place = database_file(machine.settings)
    folder = nearest(state_directory() if place is None else place.parent)
    free = shutil.disk_usage(folder).free
    words = f"{free // _MEGABYTE:,} MB free at {folder}"
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
        return fail(f"{folder} cannot be written", "run tracker as the user to whom it belongs", free_bytes=free)
    if free < NO_ROOM:
        return fail(words, "make room; until then nothing new can be stored", free_bytes=free)
    if free < LITTLE_ROOM:
        return warn(words, "make room before it runs out", free_bytes=free)
    return ok(words, free_bytes=free)


def _unit(_machine: Machine) -> Finding:
    told = _shown()
    if not told:
        return unchecked("no systemd to ask here")
    if (load := told.get("LoadState", "not-found")) not in {"loaded", "not-found"}:
        return fail(f"{UNIT} cannot be started: {load}", f"systemctl status {UNIT} tells why", state=load)
    if load == "not-found":
        return ok(f"{UNIT} is not installed here: tracker sync reads when you say so", state="not installed")
    state, result = told.get("ActiveState", ""), told.get("Result", "")
    facts: dict[str, Fact] = {
        "state": state,
        "result": result,
        "enabled": told.get("UnitFileState", ""),
        "restarts": _restarts(told),
    }
    if state == "failed" or result not in {"success", ""}:
        return fail(f"{UNIT} failed: {result}", f"journalctl -u {UNIT} -n 50 tells why", **facts)
    if state not in {"active", "activating", "reloading"}:
        return warn(f"{UNIT} does not run", f"systemctl enable --now {UNIT}", **facts)
    if told.get("UnitFileState") not in {"enabled", "enabled-runtime"}:
        return warn(f"{UNIT} runs, but not after the next boot", f"systemctl enable {UNIT}", **facts)
    return ok(f"{UNIT} runs, {told.get('SubState', '')}; restarted {facts['restarts']} times", **facts)


def _restarts(told: dict[str, str]) -> int:
    number = told.get("NRestarts", "")
    return int(number) if number.isdigit() else 0


def _shown() -> dict[str, str]:
    """What systemd says of the unit; nothing where there is none."""
    if not Path("/run/systemd/system").exists():  # as sd_booted(3) has it
        return {}
    names = "LoadState,ActiveState,SubState,Result,UnitFileState,NRestarts"
    try:
        result = subprocess.run(
            ["systemctl", "show", UNIT, f"--property={names}"],  # noqa: S607 # wherever the distribution has it
            capture_output=True,
            text=True,
            timeout=_SYSTEMCTL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    pairs = (line.partition("=") for line in result.stdout.splitlines())
    return {key: one_line(value) for key, _, value in pairs}


CHECKS: tuple[Check[Machine], ...] = (
    Check("config", _configuration),
    Check("database", _database, needs=("config",)),
    Check("disk", _disk, needs=("config",)),
    Check("service", _unit),
)
