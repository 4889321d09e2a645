"""Whole passes over servers that lie: nothing is lost, doubled or skipped in silence, and the truth sets all right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.machine.lying import OK, LyingMailbox, Shelf
from tests.machine.lying_reader import letter, reading, shelf
from tracker.errors import BadServerReply, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.machine.lying import Lie
    from tests.machine.scripted import Reply


def on(name: str, reply: Callable[[str, bytes], Reply]) -> Lie:
    """Lie to commands that begin like this only."""
    return lambda command, honest: reply(command, honest) if command.startswith(name) else honest


def without(pattern: bytes, put: bytes = b"") -> Callable[[str, bytes], Reply]:
    return lambda _, honest: re.sub(pattern, put, honest, flags=re.DOTALL)


def instead(reply: Reply) -> Callable[[str, bytes], Reply]:
    return lambda _command, _honest: reply


def no_for_the_second(_command: str, honest: bytes) -> bytes:
    return b"TAG NO [SERVERBUG] cannot\r\n" if b"inbox2@" in honest else honest


def nothing_for_many(_command: str, honest: bytes) -> bytes:
    return OK if honest.count(b" FETCH ") > 1 else honest


def in_reverse_and_twice(_command: str, honest: bytes) -> bytes:
    replies = re.findall(rb"\* \d+ FETCH .*?\r\n\r\n\)\r\n", honest, re.DOTALL)
    return b"".join([*reversed(replies), *replies]) + OK


def split_and_unsorted(_command: str, honest: bytes) -> bytes:
    numbers = [number for number in honest.split(b"\r\n")[0].split(b" ")[2:] if number]
    return b"".join(b"* SEARCH %s\r\n" % number for number in [*reversed(numbers), *numbers]) + OK


def above_a_megabyte(_command: str, honest: bytes) -> bytes:
    line, _, rest = honest.partition(b"\r\n")
    return line + line.removeprefix(b"* SEARCH") * 150_000 + b"\r\n" + rest


@dataclass
class UntilId:
    """NetEase: no folder is opened for a client that did not say who it is."""

    is_known: bool = False

    def __call__(self, command: str, honest: bytes) -> bytes:
        self.is_known = self.is_known or command.startswith("ID ")
        return honest if self.is_known or not command.startswith("EXAMINE") else b"TAG NO EXAMINE Unsafe Login.\r\n"


@dataclass
class OnlyBeforeLogin:
    """Offers extensions until somebody is signed in, and then understands none of them."""

    is_in: bool = False

    def __call__(self, command: str, honest: bytes) -> bytes:
        self.is_in = (self.is_in or command.startswith("LOGIN")) and command != "LOGOUT"
        if command == "CAPABILITY" and not self.is_in:
            return b"* CAPABILITY IMAP4rev1 LIST-STATUS X-GM-EXT-1\r\n" + OK
        return b"TAG BAD what\r\n" if "RETURN" in command or "X-GM" in command else honest


@dataclass(frozen=True)
class Case:
    """A lie, what the server offers, and what comes of a pass: so many messages told to be unreadable, or an error."""

    lie: Lie
    offered: str = ""
    unreadable: int = 0
    error: str = ""
    misbehaved: list[str] = field(default_factory=list)


BYE = b"* BYE [UNAVAILABLE] down\r\n"
THROUGH = {
    "a FETCH of many is OK and empty": Case(on("UID FETCH", nothing_for_many)),
    "a FETCH comes in reverse and twice": Case(on("UID FETCH", in_reverse_and_twice)),
    "RFC822.SIZE is wrong": Case(on("UID FETCH", without(rb"RFC822.SIZE \d+", b"RFC822.SIZE 4294967295"))),
    "RFC822.SIZE and INTERNALDATE are missing": Case(on("UID FETCH", without(rb'INTERNALDATE ".*?" RFC822.SIZE \d+'))),
    "SEARCH is unsorted and split": Case(on("UID SEARCH", split_and_unsorted)),
    "SEARCH is above a megabyte": Case(on("UID SEARCH", above_a_megabyte)),
    "SEARCH is OK and says nothing": Case(on("UID SEARCH", instead(OK))),
    "EXISTS is 0": Case(on("EXAMINE", without(rb"\* \d+ EXISTS", b"* 0 EXISTS"))),
    "UIDNEXT is missing in STATUS": Case(on("STATUS", without(rb"UIDNEXT \d+ "))),
    "UIDNEXT is missing everywhere": Case(
        lambda _, honest: re.sub(rb"\* OK \[UIDNEXT \d+\] x\r\n|UIDNEXT \d+ ", b"", honest)
    ),
    "UIDNEXT is less than there are messages": Case(
        lambda command, honest: re.sub(rb"UIDNEXT \d+", b"UIDNEXT 3", honest) if '"INBOX"' in command else honest
    ),
    "HIGHESTMODSEQ comes without CONDSTORE": Case(on("STATUS", without(rb"\)\r\n", b" HIGHESTMODSEQ 1)\r\n"))),
    "HIGHESTMODSEQ is frozen": Case(on("STATUS", without(rb"\)\r\n", b" HIGHESTMODSEQ 1)\r\n")), "CONDSTORE"),
    "no folder is opened before ID": Case(UntilId(), "ID"),
    "extensions are offered before the login only": Case(OnlyBeforeLogin()),
    "LIST-STATUS is BAD": Case(
        lambda command, honest: b"TAG BAD what\r\n" if "RETURN" in command else honest,
        "LIST-STATUS",
        misbehaved=["LIST-STATUS"],
    ),
    "LIST-STATUS gives no STATUS": Case(
        on("LIST", without(rb"\* STATUS .*?\r\n")), "LIST-STATUS", misbehaved=["LIST-STATUS"]
    ),
    "LIST-STATUS leaves a folder out": Case(on("LIST", without(rb'\* STATUS "Sent".*?\r\n')), "LIST-STATUS"),
    "THREADID is BAD": Case(
        lambda command, honest: b"TAG BAD what\r\n" if "THREADID" in command else honest,
        "OBJECTID",
        misbehaved=["OBJECTID"],
    ),
    "THREADID never comes": Case(on("UID FETCH", without(rb"THREADID \(\w+\) ")), "OBJECTID", misbehaved=["OBJECTID"]),
}
TOLD = {
    "every FETCH is OK and empty": Case(on("UID FETCH", instead(OK)), unreadable=7),
    "a header is missing": Case(
        on("UID FETCH", without(rb"BODY\[[^]]*\] \{\d+\}\r\nFrom[^{]*?inbox2@.*?\r\n\r\n")), unreadable=1
    ),
    "a header is NIL": Case(
        on("UID FETCH", without(rb"(BODY\[[^]]*\]) \{\d+\}\r\nFrom[^{]*?inbox2@.*?\r\n\r\n", rb"\1 NIL")), unreadable=1
    ),
    "a FETCH comes without UID": Case(on("UID FETCH", without(rb"\(UID \d+", b"(")), unreadable=7),
    "one message is NO": Case(on("UID FETCH", no_for_the_second), unreadable=1),
}
FAILING = {
    "LIST is OK and empty": Case(on("LIST", instead(OK)), error="no folder"),
    "STATUS is NO": Case(on("STATUS", instead(b"TAG NO cannot\r\n")), error="refused STATUS"),
    "EXAMINE is NO": Case(on("EXAMINE", instead(b"TAG NO cannot\r\n")), error="refused EXAMINE"),
    "EXAMINE has another UIDVALIDITY": Case(on("EXAMINE", without(rb"VALIDITY 7", b"VALIDITY 8")), error="UIDVALIDITY"),
    "SEARCH is NO": Case(on("UID SEARCH", instead(b"TAG NO cannot\r\n")), error="refused SEARCH"),
    "FETCH is BAD": Case(on("UID FETCH", instead(b"TAG BAD what\r\n")), error="makes no sense"),
    "FETCH is NO for all": Case(on("UID FETCH", instead(b"TAG NO cannot\r\n")), error="refused FETCH"),
    "authenticated but not connected": Case(
        on("EXAMINE", instead(b"TAG BAD User is authenticated but not connected.\r\n")), error="cannot serve us now"
    ),
    "a pause is asked for": Case(
        on("UID FETCH", instead(b"TAG NO Suggested Backoff Time: 5000 milliseconds\r\n")), error="cannot serve us now"
    ),
    "BYE in the middle of a FETCH": Case(
        on("UID FETCH", lambda _, honest: honest.partition(b"* 2 FETCH")[0] + BYE), error="down"
    ),
    **{
        f"BYE in reply to {name}": Case(on(name, instead(BYE)), error="down")
        for name in ("CAPABILITY", "LOGIN", "LIST", "STATUS", "EXAMINE", "UID SEARCH", "UID FETCH")
    },
    **{
        f"a cut in reply to {name}": Case(on(name, instead(None)), error="hung up")
        for name in ("LOGIN", "LIST", "STATUS", "EXAMINE", "UID SEARCH", "UID FETCH")
    },
}
CASES = THROUGH | TOLD | FAILING


def folders() -> dict[bytes, Shelf]:
    return {
        b"INBOX": shelf("inbox", 1, 2, 3, 5),
        b"Sent": shelf("sent", 1, 2, attributes=b"\\Sent"),
        b"Archive": shelf("archive", 4),
        b"Empty": shelf("empty"),
    }


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_lie_costs_no_message(case: Case, tmp_path: Path) -> None:
    with reading(LyingMailbox(folders(), case.offered, case.lie), tmp_path) as reader:
        if case.error:
            with pytest.raises(Unreachable, match=case.error):
                reader.sync()
        else:
            assert reader.sync().is_complete
            assert reader.unreadable() == case.unreadable
            assert len(reader.stored()) + case.unreadable == len(reader.existing)
            assert [latch.extension for latch in reader.store.latches("work")] == case.misbehaved
        assert set(reader.stored()) <= set(reader.existing)
        reader.mailbox.lie = None
        reader.now += timedelta(days=2)
        reader.sync()
        assert (reader.stored(), reader.places(), reader.unreadable()) == (reader.existing, 7, 0)
        assert reader.sync().read == 0
        assert reader.mailbox.odd == []


@pytest.mark.parametrize("case", FAILING.values(), ids=FAILING)
def test_a_lie_about_what_is_new_costs_nothing_that_is_known(case: Case, tmp_path: Path) -> None:
    with reading(LyingMailbox(folders(), case.offered), tmp_path) as reader:
        reader.sync()
        before = reader.stored()
        inbox = reader.mailbox.shelves[b"INBOX"].messages
        inbox.update({9: letter("late9"), 12: letter("late12")})
        reader.mailbox.lie = case.lie
        reader.now += timedelta(hours=1)
        with pytest.raises(Unreachable, match=case.error):
            reader.sync()
        assert set(before) <= set(reader.stored()) <= set(reader.existing)
        reader.mailbox.lie = None
        reader.sync()
        assert (reader.stored(), reader.places()) == (reader.existing, 9)


HIDING = {
    "SEARCH leaves a message out": on("UID SEARCH", without(rb" 2(?= |\r)")),
    "UIDNEXT stays behind": lambda command, honest: (
        re.sub(rb"UIDNEXT 6", b"UIDNEXT 5", honest) if '"INBOX"' in command else honest
    ),
}


@pytest.mark.parametrize("lie", HIDING.values(), ids=HIDING)
def test_while_a_server_counts_more_than_it_names_nothing_is_covered(lie: Lie, tmp_path: Path) -> None:
    with reading(LyingMailbox(folders(), "", lie), tmp_path) as reader:
        for _ in range(2):
            with pytest.raises(BadServerReply, match="more messages in folder 'INBOX' than it names"):
                reader.sync()
            assert 0 < len(reader.stored()) < len(reader.existing)
            assert reader.store.accounts()[0].synced_at is None
            reader.now += timedelta(minutes=10)
        reader.mailbox.lie = None
        assert reader.sync().is_complete
        assert (reader.stored(), reader.unreadable()) == (reader.existing, 0)


def test_what_a_server_refuses_together_while_it_gives_others_is_told_to_be_unreadable(tmp_path: Path) -> None:
    with reading(LyingMailbox(folders(), ""), tmp_path) as reader:
        reader.sync()
        reader.mailbox.shelves[b"INBOX"].messages.update({9: letter("late9"), 12: letter("late12")})
        reader.mailbox.lie = on(
            "UID FETCH", lambda _, honest: b"TAG NO [SERVERBUG] cannot\r\n" if b"late" in honest else honest
        )
        reader.now += timedelta(hours=1)
        assert reader.sync().is_complete
        assert reader.unreadable() == 2
        reader.mailbox.lie = None
        reader.now += timedelta(days=1)
        reader.sync()
        assert (reader.stored(), reader.unreadable()) == (reader.existing, 0)
