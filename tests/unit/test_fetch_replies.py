"""A FETCH response in the usual form is read as patiently as any other, only quicker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tracker.sources.imap._replies import patient_message, usual_message

if TYPE_CHECKING:
    from collections.abc import Sequence

DOVECOT = (
    rb'7 (UID 12 FLAGS (\Seen $Forwarded) INTERNALDATE "01-Mar-2026 09:30:59 +0130" RFC822.SIZE 4711 '
    b"BODY[HEADER.FIELDS (FROM TO X-MAILFROM)] {21}"
)
HEADER = b"From: <a@b.example>\r\n"


def mostly(usual: Sequence[str], odd: Sequence[str]) -> st.SearchStrategy[str]:
    """One of the usual ones nine times out of ten, so that all parts of a whole are usual often enough."""
    return st.integers(0, 9).flatmap(lambda turn: st.sampled_from(usual if turn else odd))


STAMPS = st.builds(
    "{}-{}-{} {}:{} {}".format,
    mostly(["01", " 1", "31"], ["1", "00", "32"]),
    mostly(["Jan", "Feb", "Dec"], ["feb", "Foo", "JAN"]),
    mostly(["2026", "1970"], ["0001", "9999", "26", "0000"]),
    mostly(["00", "23"], ["24", "9"]),
    mostly(["00:00", "59:59"], ["60:00", "00:60", "00"]),
    mostly(["+0000", "-0800", "+0545"], ["+2400", "-1959", "+0060", "GMT", ""]),
)
ITEMS = st.builds(
    '{}(UID {} FLAGS ({}) INTERNALDATE "{}" RFC822.SIZE {} {}BODY{}[HEADER.FIELDS ({})] {{21}}'.format,
    mostly(["1 ", "42 "], ["", "FETCH "]),
    mostly(["1", "4294967295"], ["", "x", "0"]),
    mostly(["", "\\Seen", "\\Seen $Junk"], ["\\Draft", "\\seen \\dRAFT", "UID 5", "Draft", "(x)"]),
    STAMPS,
    mostly(["0", "4711"], ["", "-1"]),
    mostly([""], ["THREADID (x1) ", "X-GM-THRID 5 ", "UID 9 ", "MODSEQ (5) "]),
    mostly([""], [".PEEK", "<0>"]),
    mostly(["FROM TO", "From"], ['"FROM"', "a] UID 9 BODY[", "\xfc", ""]),
)


def test_what_is_usual_is_read_the_same() -> None:
    census = Census()

    @examples(1_500)
    @given(ITEMS, mostly([")"], [" UID 9)", " FLAGS (\\Draft))", ""]), st.sampled_from([HEADER, HEADER, HEADER, b""]))
    def responses(items: str, rest: str, header: bytes) -> None:
        texts = [items.encode(), rest.encode()]
        usual = usual_message(texts, [header])
        assert usual is None or usual == patient_message(texts, [header])
        census.count(usual=usual is not None, odd=usual is None)

    responses()
    census.require(usual=0.1, odd=0.3)


def test_what_servers_send_is_usual() -> None:
    found = usual_message([DOVECOT, b")"], [HEADER])
    assert found is not None
    assert found == patient_message([DOVECOT, b")"], [HEADER])
    assert usual_message([DOVECOT.replace(b"4711 ", b"4711 THREADID (x) "), b")"], [HEADER]) is None


def test_a_response_without_a_literal_and_one_with_two_are_left() -> None:
    assert usual_message([DOVECOT], []) is None
    assert usual_message([DOVECOT, b" BODY[] {5}", b")"], [HEADER, b"From:"]) is None
