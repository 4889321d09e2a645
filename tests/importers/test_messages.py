"""LinkedIn's messages: each row becomes the message that it is, or is counted with its true reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importers.talks import HEADERS, SAID, SECRET, Line, Told, archive, fate, lines
from tracker.domain.connection import PROFILE_DOMAIN
from tracker.domain.message import FolderRole
from tracker.importers import read

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.message import Message

happened: Counter[str] = Counter()


def told(message: Message) -> Told:
    assert message.dated_at is not None
    assert message.author is not None
    assert (message.dated_at, frozenset({FolderRole.OTHER})) == (message.received_at, message.seen_in)
    slugs = [address.addr.removesuffix(f"@{PROFILE_DOMAIN}") for address in (message.author, *message.to)]
    (thread,) = message.thread_keys
    return Told(slugs[0], tuple(slugs[1:]), message.dated_at, message.subject, thread)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines, st.sampled_from(sorted(HEADERS)))
def _each_row_arrives(tmp_path: Path, rows: list[Line], layout: str) -> None:
    imported = read(archive(tmp_path / "a.zip", rows, layout))
    fates = [fate(row, layout, rows) for row in rows]
    assert [told(message) for message in imported.messages] == [one for one in fates if isinstance(one, Told)]
    counts = Counter(SAID[one] for one in fates if isinstance(one, str))
    assert (
        Counter({note.reason.partition("skipped: ")[2]: int(note.reason.split(" ")[0]) for note in imported.notes})
        == counts
    )
    assert imported.own == (f"{'me' if layout == '2018' else 'ann'}@{PROFILE_DOMAIN}",)
    assert SECRET.split("\n")[0] not in repr(imported)
    other_order = read(archive(tmp_path / "b.zip", reversed(rows), layout))
    identities = {message.identity for message in imported.messages}
    assert len(identities) == len(imported.messages)
    assert {message.identity for message in other_order.messages} == identities
    happened.update(f"{layout} {one if isinstance(one, str) else 'told'}" for one in fates)
    happened.update("equal" for one, count in Counter(map(str, fates)).items() if count > 1 and one.startswith("Told"))


def test_each_row_of_a_conversation_arrives_or_is_counted(tmp_path: Path) -> None:
    happened.clear()
    _each_row_arrives(tmp_path)
    kinds = {"told", "sponsored", "closed", "undated"}
    wanted = {f"{layout} {kind}" for layout in HEADERS for kind in kinds}
    wanted |= {"2024 draft", "2018 several", "2021 several", "2018 from several", "equal"}
    assert not {what for what in wanted if not happened[what]}, happened
