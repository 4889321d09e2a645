"""`tracker import --dry-run`: what is told of each kind of file, without a server and without a database."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from tests.importers.talks import FIRST, Line, archive
from tests.importers.test_address_books import PROFILES
from tests.importers.test_archive import INVITATIONS, OWN

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """[me]
addresses = ["ann@example.org"]
[[account]]
name = "work"
host = "localhost"
user = "ann"
password_command = ["false"]
"""


COUNTS = "5 connections, 0 with an address, 2 messages, 2 invitations, 2 addresses of your own, 0 rows skipped"


def dry_run(folder: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-m", "tracker", "--config", str(folder / "config.toml"), "import", "--dry-run"]
    return subprocess.run(
        [*command, *map(str, paths)],
        capture_output=True,
        text=True,
        env={**os.environ, "TRACKER_STATE": str(folder), "COLUMNS": "200"},
    )


def test_a_dry_run_counts_what_each_file_holds_and_names_the_file_inside_an_archive(tmp_path: Path) -> None:
    rows = [
        FIRST,
        Line((1,), is_mine=True, minute=3, subject="", kind="draft"),
        Line((4,), is_mine=False, minute=2, subject="", kind=""),
    ]
    export, book = archive(tmp_path / "export.zip", rows, "2024"), tmp_path / "book.vcf"
    with zipfile.ZipFile(export, "a") as target:
        target.writestr("Email Addresses.csv", OWN)
        target.writestr("Invitations.csv", INVITATIONS)
    book.write_text(PROFILES["vCard"], encoding="utf-8")
    result = dry_run(tmp_path, export, book)
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "export.zip/messages.csv:4: 1 message skipped: drafts",
        "export.zip/Email Addresses.csv:3: old@x.example was never confirmed, so it is not taken for yours",
        "export.zip/Email Addresses.csv:4: none is no e-mail address; left out",
        f"export.zip: {COUNTS}; nothing is imported (--dry-run)",
        "book.vcf: 1 contact, 0 rows skipped; nothing is imported (--dry-run)",
    ]


def test_a_file_of_no_known_kind_is_refused_in_one_line_with_a_hint(tmp_path: Path) -> None:
    letter = tmp_path / "letter.csv"
    letter.write_text("Dear Jane,\n", encoding="utf-8")
    result = dry_run(tmp_path, letter)
    assert (result.returncode, result.stdout) == (65, "")
    assert result.stderr.splitlines()[1].startswith("hint: ")
    assert "letter.csv is no known export" in result.stderr.splitlines()[0]
    assert len(result.stderr.splitlines()) == 2
