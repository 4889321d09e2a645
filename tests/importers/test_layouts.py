"""LinkedIn's connections in every layout: each row arrives as it is, or is told with its line and its true reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings

from tests.importers.exports import FLAWS, HEADERS, PREAMBLES, Layout, Row, export_of, layouts, rows
from tracker.importers import Imported, read

if TYPE_CHECKING:
    from pathlib import Path

happened: Counter[str] = Counter()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows, layouts)
def _every_row_arrives(tmp_path: Path, rows: list[Row], layout: Layout) -> None:
    export = export_of(rows, layout)
    path = tmp_path / "any name"
    path.write_bytes(export.content)
    imported = read(path)
    by_key = {profile.key: profile for profile in export.profiles}
    for profile in imported.profiles:
        # Namesakes of one day are one person where no profile tells them apart: the addresses of both.
        assert set(profile.addresses) >= set(by_key[profile.key].addresses)
    assert [(p.key, p.name, p.company, p.profile_url, p.connected_on) for p in imported.profiles] == [
        (p.key, p.name, p.company, p.profile_url, p.connected_on) for p in export.profiles
    ]
    assert imported == Imported(
        imported.profiles, skipped=export.skipped, notes=export.notes, complete=bool(export.profiles)
    )
    if export.profiles:
        happened.update({layout.version, layout.preamble, layout.encoding, repr(layout.delimiter), *export.flaws})


def test_every_row_arrives_or_is_told_in_every_layout(tmp_path: Path) -> None:
    happened.clear()
    _every_row_arrives(tmp_path)
    wanted = {*HEADERS, *PREAMBLES, *FLAWS, "utf-8", "utf-8-sig", "utf-16", "cp1252", "','", "';'", r"'\t'"}
    assert not {what for what in wanted if not happened[what]}, happened
