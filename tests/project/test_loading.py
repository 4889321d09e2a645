"""What a command loads: imports are most of what a report takes, so that each is for something."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tracker import storage

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """
import gc, sys
from tracker.cli.main import main
try:
    main()
except SystemExit:
    print(*sys.modules, gc.get_freeze_count(), file=sys.stderr)
"""

_CONFIG = """
[me]
addresses = ["ann@example.org"]
[[account]]
name = "work"
host = "imap.example.org"
user = "ann"
password_file = "none"
"""

_NEVER = (
    "alembic", "anyascii", "dns", "email.parser", "flufl", "google_auth_oauthlib", "holidays", "imapclient", "jinja2",
    "keyring", "mailparser", "msal", "nameparser", "prometheus_client", "rapidfuzz", "schedule", "smtplib", "tomlkit",
    "tracker.daemon", "tracker.discovery", "tracker.importers", "tracker.linking", "tracker.mailing", "tracker.parsing",
    "tracker.signin", "tracker.sources.imap", "webbrowser",
)  # fmt: skip
"""What reads mail, finds servers, signs in, imports, links, sends."""

_WHEN_PAIRED = (
    "tracker.domain.answers", "tracker.domain.bounces", "tracker.domain.folder", "tracker.domain.letters",
    "tracker.domain.openasks", "tracker.domain.pairing", "tracker.storage._facts", "tracker.storage._messages",
    "tracker.storage._projection",
)  # fmt: skip
"""What pairs, for a report that finds everything paired."""

_OTHER_ANSWERS = (
    "tracker.domain.asking", "tracker.domain.digest", "tracker.domain.rhythm", "tracker.domain.survival",
    "tracker.domain.tuning", "tracker.domain.waiting", "tracker.formats._asking", "tracker.formats._page",
    "tracker.formats._story", "tracker.formats._tuning",
)  # fmt: skip


def loaded(folder: Path, *words: str) -> tuple[set[str], int]:
    """The modules that a command loads, and how many objects Python need not look at when it ends."""
    config = folder / "config.toml"
    config.write_text(_CONFIG, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-c", _PROGRAM, "--config", str(config), *words],
        env={**os.environ, "TRACKER_STATE": str(folder / "state")},
        capture_output=True,
        text=True,
        check=True,
    )
    *modules, frozen = result.stderr.splitlines()[-1].split()
    return set(modules), int(frozen)


@pytest.mark.parametrize(("words", "more"), [(("--format", "json"), ("rich",)), ((), ())], ids=["json", "table"])
def test_a_report_loads_what_it_needs(tmp_path: Path, words: tuple[str, ...], more: tuple[str, ...]) -> None:
    made, _ = loaded(tmp_path, "report", *words)
    assert "alembic" in made, "the first run makes the database"
    modules, _ = loaded(tmp_path, "report", *words)
    assert {"sqlalchemy", "tracker.service.judging", "tracker.storage._briefs"} <= modules
    unwanted = (*_NEVER, *_WHEN_PAIRED, *_OTHER_ANSWERS, *more)
    assert not [name for name in modules if any(name == one or name.startswith(f"{one}.") for one in unwanted)]


def test_a_command_loads_no_other(tmp_path: Path) -> None:
    modules, _ = loaded(tmp_path, "--quiet", "config", "check")
    commands = {name for name in modules if name.startswith("tracker.cli.") and "._" not in name}
    assert commands == {"tracker.cli.main", "tracker.cli.config"}
    assert "sqlalchemy" not in modules


def test_python_is_spared_the_search_for_circles_in_what_is_left_at_the_end(tmp_path: Path) -> None:
    _, frozen = loaded(tmp_path, "--version")
    assert frozen > 10_000


def test_every_name_of_the_store_is_there_when_it_is_asked_for() -> None:
    assert all(callable(getattr(storage, name)) or isinstance(getattr(storage, name), str) for name in storage.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        storage.nonsense  # noqa: B018 - asking is the test
