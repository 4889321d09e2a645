"""The user's word in the table of outcomes: what it beats, what beats it, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.letters_by_hand import JANE, ME, OMAR, PEOPLE, asks_to, at, message, only_ask, paired
from tests.unit.test_verdict import ASK, FOR_ONLY, JANES, NOW, T48, known
from tracker.domain.marks import Mark, MarkKind
from tracker.domain.message import Message, MessageId
from tracker.domain.outcome import JudgedAsk, Knowledge, Outcome, Reason, judge
from tracker.domain.report import Evidences, build_row
from tracker.domain.verdict import Verdict

BOUNCE = message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES)
UNWANTED = Mark(MarkKind.NO_REPLY_EXPECTED, NOW)

BEATEN: dict[str, tuple[list[Message], Knowledge, Outcome]] = {
    "in_time": ([ASK, message("a", 40, JANES, ME, answers="q")], known(), Outcome.IN_TIME),
    "in_time_by_person": ([ASK, message("a", 40, JANES, ME)], known(), Outcome.IN_TIME),
    "late": ([ASK, message("a", 90, JANES, ME, answers="q")], known(), Outcome.LATE),
    "excluded": ([ASK, BOUNCE], known(), Outcome.EXCLUDED),
    **{reason.value: (facts, known(), Outcome.EXCLUDED) for reason, facts in FOR_ONLY.items()},
    "heard": ([ASK, message("a", 60, JANES, ME)], known(), Outcome.HEARD),
    "waiting": ([ASK], known(at(24)), Outcome.WAITING),
    "unknown": ([ASK], known(covered=None), Outcome.UNKNOWN),
    "overdue": ([ASK], known(), Outcome.OVERDUE),
}


def heard(hours: float) -> Mark:
    return Mark(MarkKind.HEARD, NOW, heard_at=at(hours))


def judged(*facts: Message, mark: Mark, knowledge: Knowledge | None = None) -> JudgedAsk:
    return judge(only_ask(*facts), T48, knowledge or known(), (mark,))


def test_every_outcome_is_there_to_be_beaten() -> None:
    assert {outcome for _, _, outcome in BEATEN.values()} == set(Outcome)


@pytest.mark.parametrize("name", BEATEN)
def test_no_reply_expected_stands_before_every_other_outcome(name: str) -> None:
    facts, knowledge, outcome = BEATEN[name]
    ask = only_ask(*facts)
    assert judge(ask, T48, knowledge).outcome is outcome
    marked = judge(ask, T48, knowledge, (UNWANTED,))
    assert (marked.outcome, marked.reason, marked.latency) == (Outcome.EXCLUDED, Reason.MARKED, None)


def test_a_mark_on_one_ask_leaves_the_others_alone() -> None:
    asks = asks_to(JANE, ASK, message("r", 24 * 9, ME, JANES))
    for name, expected in (("q@id", Outcome.EXCLUDED), ("r@id", Outcome.OVERDUE)):
        mark = replace(UNWANTED, ask=MessageId(name))
        other = Outcome.OVERDUE if expected is Outcome.EXCLUDED else Outcome.EXCLUDED
        assert [judge(ask, T48, known(), (mark,)).outcome for ask in asks] == [expected, other]


def test_an_ask_is_meant_by_any_of_its_nudges() -> None:
    mark = replace(UNWANTED, ask=MessageId("n@id"))
    assert judged(ASK, message("n", 20, ME, JANES, answers="q"), mark=mark).reason is Reason.MARKED


def test_what_was_heard_clears_the_asks_before_it() -> None:
    assert judged(ASK, mark=heard(300)) == JudgedAsk(only_ask(ASK), Outcome.HEARD)
    assert judged(ASK, mark=heard(0)).outcome is Outcome.OVERDUE, "not before, but at the moment of the ask"
    assert judged(ASK, mark=heard(-1)).outcome is Outcome.OVERDUE


def test_what_was_heard_clears_doubt_and_an_open_ask_too() -> None:
    assert judged(ASK, mark=heard(10), knowledge=known(at(24))).outcome is Outcome.HEARD
    assert judged(ASK, mark=heard(10), knowledge=known(covered=None)).outcome is Outcome.HEARD


@pytest.mark.parametrize("name", ["in_time", "in_time_by_person", "late", "excluded", "group", "heard"])
def test_better_evidence_than_the_users_word_stays(name: str) -> None:
    facts, knowledge, _ = BEATEN[name]
    ask = only_ask(*facts)
    assert judge(ask, T48, knowledge, (heard(300),)) == judge(ask, T48, knowledge)


def test_what_was_heard_after_a_chosen_moment_is_not_known_then() -> None:
    then = known(at(200), explicit=True)
    assert judged(ASK, mark=heard(201), knowledge=then).outcome is Outcome.OVERDUE
    assert judged(ASK, mark=heard(200), knowledge=then).outcome is Outcome.HEARD
    assert judged(ASK, mark=heard(201), knowledge=known(at(200))).outcome is Outcome.HEARD, (
        "automatic moments hide none"
    )


@pytest.mark.parametrize("kind", [MarkKind.KEEP, MarkKind.REMOVED])
def test_marks_about_the_person_leave_their_asks_alone(kind: MarkKind) -> None:
    for mark in (Mark(kind, NOW), replace(heard(300), kind=kind)):
        assert judged(ASK, mark=mark) == judge(only_ask(ASK), T48, known())


def test_a_mark_changes_the_verdict_of_that_person_alone() -> None:
    asks = [message(f"{who}{day}", 24 * day, ME, addr) for day in (0, 9) for who, addr in _BOTH.items()]
    pairing = paired(*asks)
    by_person = {person: [ask for ask in pairing.asks if ask.connection == person] for person in PEOPLE}
    evidence = Evidences(by_person, {}, {JANE: (heard(24 * 15),)})
    verdicts = {
        person: build_row(PEOPLE[person], evidence, judging=T48, known=known()).verdict for person in (JANE, OMAR)
    }
    assert verdicts == {JANE: Verdict.UNPROVEN, OMAR: Verdict.UNRESPONSIVE}


_BOTH = {"j": JANES, "o": "omar@acme.example"}


def test_a_marked_answer_is_no_latency_of_theirs() -> None:
    facts = [ASK, message("a", 40, JANES, ME, answers="q")]
    evidence = Evidences({JANE: [only_ask(*facts)]}, {}, {JANE: (UNWANTED,)})
    row = build_row(PEOPLE[JANE], evidence, judging=T48, known=known())
    assert row.median_latency is None
    assert row.last_reply_at == at(0) + timedelta(hours=40)
