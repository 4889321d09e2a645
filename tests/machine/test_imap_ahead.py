"""What is asked for ahead of its time: the server works meanwhile, and nothing else changes."""

from __future__ import annotations

import imaplib
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.machine.accounts import on_dovecot, opened, settings
from tests.machine.scripted import Scripted, scripted, serving
from tests.properties.census import Census, examples
from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.errors import Unreachable
from tracker.sources.imap import open_source
from tracker.sources.imap._connecting import Plain

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tests.machine.dovecot import Dovecot
    from tracker.sources import Source

INBOX = Folder("INBOX", FolderRole.INBOX)
SENT = Folder("Sent", FolderRole.SENT)
OK = b"TAG OK done\r\n"


def one(uid: int) -> bytes:
    return b"* %d FETCH (UID %d BODY[HEADER.FIELDS (From)] {9}\r\nFrom: a\r\n)\r\n" % (uid, uid)


def answer(command: str) -> bytes:
    return one(int(command.split()[2])) + OK


def fetches(server: Scripted) -> list[str]:
    return [command.split()[2] for command in server.received if command.startswith("UID FETCH")]


def test_what_is_expected_is_on_its_way_before_it_is_fetched_and_is_asked_for_once() -> None:
    with scripted(UID_FETCH=answer) as server, opened(settings(server.port)) as source:
        source.status(INBOX)
        assert [raw.uid for raw in source.fetch(INBOX, [1])] == [1]
        source.expect(INBOX, [2])
        deadline = time.monotonic() + 30
        while fetches(server) != ["1", "2"] and time.monotonic() < deadline:
            time.sleep(0.001)
        assert fetches(server) == ["1", "2"]
        assert [raw.uid for raw in source.fetch(INBOX, [2])] == [2]
        assert fetches(server) == ["1", "2"]


def test_what_is_fetched_in_between_is_not_mixed_with_what_was_expected_and_costs_no_second_asking() -> None:
    with scripted(UID_FETCH=answer) as server, opened(settings(server.port)) as source:
        assert [raw.uid for raw in source.fetch(INBOX, [1])] == [1]
        source.expect(INBOX, [2])
        for uid in (3, 4):
            assert [raw.uid for raw in source.fetch(INBOX, [uid])] == [uid]
        source.expect(INBOX, [2])
        assert [raw.uid for raw in source.fetch(INBOX, [2])] == [2]
        assert fetches(server) == ["1", "2", "3", "4"]


def test_what_was_expected_of_several_batches_is_asked_for_once_when_they_are_looked_into_together() -> None:
    with (
        scripted(UID_FETCH=answer, UID_SEARCH=b"* SEARCH 1\r\n" + OK) as server,
        opened(settings(server.port)) as source,
    ):
        source.uids(INBOX, 1, 1, None)
        for uid in (1, 2, 4):
            source.expect_looks(INBOX, [uid], [], 100)
        assert sorted(source.received(INBOX, [1, 2, 3])) == [1, 2, 3]
        assert sorted(source.received(INBOX, [4])) == [4]
        assert sorted(fetches(server)) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("between", [lambda source: source.status(INBOX), lambda source: source.status(SENT)])
def test_what_was_expected_is_asked_again_after_whatever_may_have_opened_another_folder(
    between: Callable[[Source], object],
) -> None:
    with scripted(UID_FETCH=answer) as server, opened(settings(server.port)) as source:
        source.fetch(INBOX, [1])
        source.expect(INBOX, [2])
        between(source)
        assert [raw.uid for raw in source.fetch(INBOX, [2])] == [2]
        assert fetches(server) == ["1", "2", "2"]


@pytest.mark.parametrize("end", [b"TAG NO not now\r\n", b"TAG BAD what\r\n"])
def test_a_refusal_of_what_was_expected_leaves_nothing_to_what_comes_next(end: bytes) -> None:
    with scripted(UID_FETCH=[one(1) + OK, one(2) + end, one(3) + OK, one(2) + OK]) as server:
        with opened(settings(server.port)) as source:
            source.fetch(INBOX, [1])
            source.expect(INBOX, [2])
            assert [raw.uid for raw in source.fetch(INBOX, [3])] == [3]
            assert [raw.uid for raw in source.fetch(INBOX, [2])] == [2]
        assert fetches(server) == ["1", "2", "3", "2"]


@pytest.mark.parametrize("refusal", [b"TAG NO not now\r\n", b"TAG BAD what\r\n", one(2) + b"TAG NO some are gone\r\n"])
def test_a_refusal_means_the_same_when_it_was_expected(refusal: bytes) -> None:
    def told(*, is_expected: bool) -> tuple[object, list[str]]:
        with scripted(UID_FETCH=[one(1) + OK, refusal]) as server, opened(settings(server.port)) as source:
            source.fetch(INBOX, [1])
            if is_expected:
                source.expect(INBOX, [2, 3])
            try:
                found: object = source.fetch(INBOX, [2, 3])
            except Exception as error:  # noqa: BLE001 # whatever it is, it must be the same
                found = type(error), str(error).replace(str(server.port), "PORT")
            return found, fetches(server)

    assert told(is_expected=True) == told(is_expected=False)


def test_a_line_that_ends_meanwhile_is_found_out_by_the_next_command() -> None:
    def talk(line: socket.socket) -> None:
        script = Scripted(replies={"UID FETCH": answer})
        line.sendall(script.greeting)
        with line.makefile("rb") as lines:
            for sent in lines:
                line.sendall(script.reply_to(sent.decode().rstrip()) or b"")
                if b"UID FETCH" in sent:
                    return

    with serving(talk) as port:
        source = open_source(settings(port))
        source.fetch(INBOX, [1])
        for _ in range(3):
            source.expect(INBOX, [2])
        with pytest.raises(Unreachable):
            source.fetch(INBOX, [2])
        source.close()


def test_nothing_is_expected_of_a_folder_that_is_not_open(dovecot: Dovecot) -> None:
    user = dovecot.user()
    with opened(on_dovecot(dovecot, user)) as source:
        source.folders()
        source.fetch(INBOX, [1])
        source.expect(SENT, [1])
        source.expect(INBOX, [])
    assert sum(command.startswith("UID FETCH") for command in dovecot.commands(user)) == 1


HEADER, RECEIVED, WHOLE = "HEADER.FIELDS (From)", "HEADER.FIELDS (Received)", ""
UNDER_WAY = (((2, 3), HEADER), ((1,), RECEIVED), ((1,), WHOLE), ((4,), WHOLE), ((5, 6), HEADER))
"""What is asked ahead, in this order: UIDs, and which part of each message."""


def text_of(number: int, uid: int) -> bytes:
    """What a message is made of in the answer to one of these."""
    return b"X: %d of %d\r\n\r\n" % (uid, number)


@st.composite
def mixed(draw: st.DrawFn) -> tuple[list[tuple[int, bytes]], bool]:
    """Lines of a server that works at all of them at once, each with what it answers; and whether they mix."""
    waiting: list[list[bytes]] = []
    for number, (uids, section) in enumerate(UNDER_WAY):
        waiting.append([])
        for uid in uids:
            text = text_of(number, uid)
            items = [b"UID %d" % uid, b"BODY[%b] {%d}\r\n%b" % (section.encode(), len(text), text)]
            items = items if draw(st.booleans()) else items[::-1]  # in whatever order it likes (RFC 9051, 7.5.2)
            response = b"* %d FETCH (%b)\r\n" % (uid, b" ".join(items))
            waiting[-1].append(
                response.replace(b"BODY", b"Body").replace(b"UID", b"uid") if draw(st.booleans()) else response
            )
        waiting[-1].append(OK)
    order = draw(st.permutations([number for number, lines in enumerate(waiting) for _ in lines]))
    return [(number, waiting[number].pop(0)) for number in order], order != sorted(order)


def answering_at_once(lines: list[tuple[int, bytes]]) -> Callable[[socket.socket], None]:
    """A server that waits until all is asked."""

    def talk(line: socket.socket) -> None:
        script = Scripted(replies={"UID SEARCH": b"* SEARCH 1\r\n" + OK})
        tags: list[bytes] = []
        line.sendall(script.greeting)
        with line.makefile("rb") as commands:
            for command in commands:
                if b"UID FETCH" not in command:
                    line.sendall(script.reply_to(command.decode().rstrip()) or b"")
                    continue
                tags.append(command.partition(b" ")[0])
                if len(tags) == len(UNDER_WAY):
                    line.sendall(b"".join(text.replace(b"TAG", tags[number]) for number, text in lines))

    return talk


def test_what_is_under_way_is_answered_in_any_order_and_taken_in_any_other() -> None:
    census = Census()

    @examples(100)
    @given(mixed(), st.permutations(range(len(UNDER_WAY))))
    def orders(answers: tuple[list[tuple[int, bytes]], bool], wanted: list[int]) -> None:
        lines, is_mixed = answers
        with serving(answering_at_once(lines)) as port, opened(settings(port)) as source:
            source.uids(INBOX, 1, 1, None)
            source.expect(INBOX, [2, 3])
            source.expect_looks(INBOX, [1], [1, 4], 100)
            source.expect(INBOX, [5, 6])
            for number in wanted:
                uids, section = UNDER_WAY[number]
                expected = {uid: text_of(number, uid) for uid in uids}
                if section == HEADER:
                    assert {raw.uid: raw.header for raw in source.fetch(INBOX, uids)} == expected
                elif section == RECEIVED:
                    assert source.received(INBOX, uids) == expected
                else:
                    assert {uid: source.body(INBOX, uid, 100) for uid in uids} == expected
        census.count(mixed=is_mixed, otherwise=wanted != sorted(wanted))

    orders()
    census.require(mixed=0.6, otherwise=0.6)


PIECES = st.sampled_from(
    [
        one(1),
        one(2),
        b"* 7 EXISTS\r\n",
        b"* 1 FETCH (FLAGS ())\r\n",
        b"* 3 FETCH (UID 3 BODY[] {0}\r\n)\r\n",
        b"* 3 FETCH (BODY[] {2}\r\nab UID 3)\r\n",
        b"* 3 FETCH (A {2}\r\nab B {3}\r\nabc UID 3)\r\n",
        b"* 3 FETCH (A {1}\r\na B {2}\r\n\r\n)\r\n",
        b"* 4 FETCH {1}\r\na\r\n",
        b"* 4 fetch (A {1}\r\na)\r\n",
        b"* 4  FETCH (A {1}\r\na)\r\n",
        b"* x FETCH (A {1}\r\na)\r\n",
        b"* OK [ALERT] FETCH (A {1}\r\na\r\n",
        b"* 5 FETCH (A {1}\ra {1}\r\na)\r\n",
        b"* BYE\r\n",
        b"+ go on\r\n",
        b"nonsense\r\n",
        b"* 6 FETCH (A {1}\n",
        b"TAG NO\r\n",
    ]
)


def test_responses_are_taken_in_as_imaplib_does() -> None:
    census = Census()

    @examples(150)
    @given(st.lists(PIECES, max_size=5), st.sampled_from([OK, OK, b"TAG BAD what\r\n", b""]))
    def replies(pieces: list[bytes], end: bytes) -> None:
        def talk(line: socket.socket) -> None:
            line.sendall(b"* OK hello\r\n")
            with line.makefile("rb") as lines:
                for sent in lines:
                    tag, _, command = sent.partition(b" ")
                    is_capability = command.startswith(b"CAPABILITY")
                    reply = b"* CAPABILITY IMAP4rev1\r\n" + OK if is_capability else b"".join(pieces) + end
                    line.sendall(reply.replace(b"TAG", tag))
                    if not is_capability:
                        return

        with serving(talk) as port:
            theirs, ours = taken(imaplib.IMAP4("127.0.0.1", port, 5)), taken(Plain("127.0.0.1", port, 5))
        assert ours == theirs
        census.count(usual=theirs[0] == "OK" and b"FETCH" in b"".join(pieces), broken=isinstance(theirs[0], type))

    replies()
    census.require(usual=0.1, broken=0.2)


def taken(line: imaplib.IMAP4) -> tuple[object, ...]:
    """What a FETCH comes to, and all else that came."""
    line.state = "SELECTED"
    try:
        typ, data = line.uid("FETCH", "1", "(X)")
    except imaplib.IMAP4.abort:
        return imaplib.IMAP4.abort, line.untagged_responses
    except imaplib.IMAP4.error:
        return imaplib.IMAP4.error, line.untagged_responses
    except (OSError, ValueError):
        return OSError, line.untagged_responses
    finally:
        line.shutdown()
    return typ, data, line.untagged_responses
