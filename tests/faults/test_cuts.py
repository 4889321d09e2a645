"""A line that is cut, at every byte: what was read stays, and the next pass comes to what an uncut one comes to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.faults.dump import difference, dump
from tests.faults.letters import MESSAGES
from tests.faults.line import Fault, Kind, Side
from tests.faults.places import around, borders, regular
from tests.faults.rig import IS_SLOW
from tracker.errors import LoginRejected

if TYPE_CHECKING:
    from tests.faults.dump import Dump
    from tests.faults.rig import Rig

STEP = 1 if IS_SLOW else 64
STALLS = 40 if IS_SLOW else 6
OFTEN_ENOUGH = 8
"""Passes that go on from one and the same state, of which one more would show nothing new."""


@pytest.fixture(scope="module")
def whole(rig: Rig) -> Dump:
    """What an uncut pass comes to."""
    return rig.whole()


@pytest.fixture(scope="module")
def said(rig: Rig, whole: Dump) -> dict[Side, bytes]:
    """What each side said in that pass, apart from the goodbye, after which nothing can be lost."""
    assert len(whole["message"]) == MESSAGES
    said = {side: bytes(sent) for side, sent in rig.line.sent.items()}
    assert b"LOGOUT" in said[Side.CLIENT]
    return {
        Side.SERVER: said[Side.SERVER].partition(b"* BYE")[0],
        Side.CLIENT: said[Side.CLIENT].rpartition(b" LOGOUT")[0],
    }


def test_what_is_cut_has_one_of_every_kind(said: dict[Side, bytes], whole: Dump) -> None:
    commands = said[Side.CLIENT]
    assert commands.count(b"(RECEIVED)") + commands.count(b"(Received)") == 1
    assert commands.count(b"BODY.PEEK[]<0.") == 1
    assert len(borders(said[Side.SERVER])) == 13
    assert len(whole["unread"]) == 1
    assert len(whole["location"]) == MESSAGES + 1
    assert len(whole["ask"]) == 3
    asks = [dict(row) for row in whole["ask"]]
    assert [row["connection_id"] for row in asks if '"undeliverable"' in str(row["evidence"])] == [2]
    assert not whole["dirty_message"]


def without_account(remembered: Dump) -> str:
    """What the next pass goes on from, apart from the words in which the last one failed."""
    return repr({name: rows for name, rows in remembered.items() if name != "account"})


@pytest.mark.parametrize("side", Side)
def test_cut_at_any_byte_the_next_pass_comes_to_the_same(
    rig: Rig, whole: Dump, said: dict[Side, bytes], side: Side
) -> None:
    partly, proven = set(), Counter[str]()
    struck = 0
    cuts = sorted({*regular(said[side], STEP), *around(said[side])} & set(range(len(said[side]))))
    for at in cuts:
        url = rig.fresh()
        error = rig.sync(url, Fault(side, at))
        assert not isinstance(error, LoginRejected), f"cut after byte {at}: {error}"
        struck += rig.line.has_struck and error is not None
        cut = dump(url)
        partly.add(len(cut["message"]))
        assert error is not None or cut == whole, f"cut after byte {at}, and no word of it"
        proven[without_account(cut)] += 1
        if IS_SLOW or proven[without_account(cut)] <= OFTEN_ENOUGH:
            assert rig.sync(url) is None
            assert difference(dump(url), whole) == {}, f"cut after byte {at}"
    assert struck >= 0.9 * len(cuts)
    assert [count for count in partly if 0 < count < MESSAGES], f"no cut left a part of the messages: {partly}"


def test_a_line_that_falls_silent_is_given_up_and_nothing_is_lost(
    rig: Rig, whole: Dump, said: dict[Side, bytes]
) -> None:
    cuts = regular(said[Side.SERVER], 64)
    for at in cuts[5 :: max(1, len(cuts) // STALLS)]:
        url = rig.fresh()
        rig.timeout = 0.3
        error = rig.sync(url, Fault(Side.SERVER, at, Kind.STALL))
        rig.timeout = 30.0
        assert error is not None, f"silent after byte {at}"
        assert error.exit_code == 69, f"silent after byte {at}: {error}"
        assert rig.sync(url) is None
        assert difference(dump(url), whole) == {}, f"silent after byte {at}"
