"""A line on which one byte arrives as another, which TLS lets no line do: no crash, and nothing lost for good.

What can be asked for: the pass ends well or with an error of ours. After the next pass, over a sound line, every UID is
accounted for and every message but the one whose bytes were struck is as it was. Which UIDs exist is known from SEARCH
alone, so what a garbled SEARCH leaves out is not asked for here: only a comparison of all UIDs finds it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.faults.dump import Dump, difference, dump
from tests.faults.line import Fault, Kind, Side
from tests.faults.places import regular
from tests.faults.rig import IS_SLOW

if TYPE_CHECKING:
    from tests.faults.rig import Rig

STEP = 1 if IS_SLOW else 128

_SEARCHES = re.compile(rb"\* SEARCH [\d ]+\r\n")


def uids(remembered: Dump) -> set[tuple[object, object]]:
    """Where every UID that is accounted for lies."""
    rows = [dict(row) for row in (*remembered["location"], *remembered["unread"])]
    return {(row["folder_id"], row["uid"]) for row in rows}


def folders(remembered: Dump) -> list[tuple[object, ...]]:
    """How far each folder is read."""
    rows = map(dict, remembered["folder"])
    return sorted((str(row["name"]), row["uidvalidity"], row["next_uid"], row["is_begun_only"]) for row in rows)


def struck_places(said: bytes) -> list[int]:
    """Where bytes are garbled: a regular choice, how EXAMINE tells of messages, and every UID."""
    told = [match.end(1) - 1 for match in re.finditer(rb"\* (\d+ EXISTS|\d+ FETCH \(UID \d+)", said)]
    answers = [place for match in _SEARCHES.finditer(said) for place in range(match.start(), match.end())]
    return sorted({*regular(said, STEP), *told} - set(answers))


def test_a_garbled_byte_costs_no_other_message(rig: Rig) -> None:
    whole = rig.whole()
    changed = failed = 0
    for at in struck_places(bytes(rig.line.sent[Side.SERVER]).partition(b"* BYE")[0]):
        url = rig.fresh()
        rig.timeout = 0.4
        failed += rig.sync(url, Fault(Side.SERVER, at, Kind.GARBLE)) is not None
        rig.timeout = 30.0
        assert rig.sync(url) is None
        now = dump(url)
        assert uids(now) >= uids(whole), f"garbled at byte {at}"
        assert len(uids(now) - uids(whole)) <= 1, f"garbled at byte {at}"  # a draft that seemed to be none
        assert folders(now) == folders(whole), f"garbled at byte {at}"
        more, less = difference(now, whole).get("message", ([], []))
        assert len(less) <= 1, f"garbled at byte {at}: {less}"
        assert len(more) <= 2, f"garbled at byte {at}: {more}"  # the copy of the other folder stays as it was
        changed += bool(more or less)
    assert failed >= 2, "hardly any garbled byte was noticed"
    assert changed >= 5, "hardly any garbled byte reached a message"
