"""Open asks and other thresholds: which asks they are told of, and that a longer threshold never loses anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.letters_by_hand import JANE, ME, PEOPLE, at, message, only_ask, paired
from tests.unit.test_marks import UNWANTED, heard
from tests.unit.test_verdict import ASK, FOR_ONLY, JANES, NOW, T48, known
from tracker.domain.coverage import Coverage
from tracker.domain.outcome import Judging, Knowledge, Outcome, Reason, judge
from tracker.domain.report import Evidences, build_report
from tracker.domain.survival import Observation
from tracker.domain.tuning import THRESHOLDS, Tuning, build_tuning, observed
from tracker.domain.verdict import Verdict
from tracker.domain.waiting import Waiting, open_asks

if TYPE_CHECKING:
    from tracker.domain.marks import Mark
    from tracker.domain.message import Message

COVERAGE = Coverage(complete=True, accounts=())
HOUR = timedelta(hours=1)


def seen(*facts: Message, knowledge: Knowledge | None = None, marks: tuple[Mark, ...] = ()) -> Observation | None:
    told = knowledge or known()
    ask = only_ask(*facts)
    return observed(ask, judge(ask, T48, told, marks), T48, told)


@pytest.mark.parametrize("hours", [40, 90])
def test_an_exact_answer_is_an_event(hours: int) -> None:
    assert seen(ASK, message("a", hours, JANES, ME, answers="q")) == Observation(hours * HOUR, answered=True)


def test_silence_is_censored_where_the_knowledge_ends() -> None:
    assert seen(ASK) == Observation(NOW - at(0), answered=False)
    assert seen(ASK, knowledge=known(at(20), covered=at(20))) == Observation(20 * HOUR, answered=False)
    behind = known(at(300), covered=at(100), explicit=True)
    assert seen(ASK, knowledge=behind) == Observation(100 * HOUR, answered=False)
    assert seen(ASK, knowledge=known(at(20), covered=None)) is None
    before = known(at(20), covered=at(-5))
    assert seen(ASK, knowledge=before) == Observation(timedelta(0), answered=False), "not read up to the ask"


@pytest.mark.parametrize("reason", FOR_ONLY)
@pytest.mark.parametrize("answered_after", [None, 40, 90])
def test_what_could_only_speak_for_a_person_is_left_out_whatever_came(
    reason: Reason, answered_after: float | None
) -> None:
    answer = [] if answered_after is None else [message("a", answered_after, JANES, ME, answers="q")]
    assert seen(*FOR_ONLY[reason], *answer) is None


def test_answers_without_a_time_and_doubts_are_left_out() -> None:
    assert seen(ASK, message("hi", 20, JANES, ME)) is None
    assert seen(ASK, message("hi", 60, JANES, ME)) is None
    assert seen(ASK, message("odd", 1, JANES, ME, answers="q", marks="x_autoreply auto_submitted_no")) is None
    assert seen(ASK, marks=(UNWANTED,)) is None
    assert seen(ASK, marks=(heard(300),)) is None


def tuned(*facts: Message, judging: Judging = T48) -> Tuning:
    parts = [(list(PEOPLE.values()), evidence_of(*facts))]
    return build_tuning(parts, judging=judging, known=known(), coverage=COVERAGE)


def evidence_of(*facts: Message) -> Evidences:
    pairing = paired(*facts)
    return Evidences(
        {person: [ask for ask in pairing.asks if ask.connection == person] for person in PEOPLE}, pairing.heard
    )


@st.composite
def mailboxes(draw: st.DrawFn) -> list[Message]:
    """A few asks to two people, each with an exact answer, a word, an absence note, or nothing."""
    facts = []
    for number, (who, hours) in enumerate(
        draw(st.lists(st.tuples(st.sampled_from([JANES, "omar@acme.example"]), st.integers(0, 450)), max_size=8))
    ):
        facts.append(message(f"q{number}", hours, ME, who))
        what, after = draw(st.sampled_from(["exact", "exact", "word", "away", "nothing"])), draw(st.integers(1, 400))
        if what == "exact":
            facts.append(message(f"a{number}", hours + after, who, ME, answers=f"q{number}"))
        elif what == "word":
            facts.append(message(f"a{number}", hours + after, who, ME))
        elif what == "away":
            facts.append(message(f"a{number}", hours + after, who, ME, marks="auto_submitted_replied"))
    return facts


@given(mailboxes())
def test_a_longer_threshold_loses_no_responsive_person_and_no_share(facts: list[Message]) -> None:
    levels = tuned(*facts).levels
    responsive = [level.summary[Verdict.RESPONSIVE] for level in levels]
    assert responsive == sorted(responsive)
    shares = [level.answered.share for level in levels if level.answered is not None]
    assert shares == sorted(shares)
    assert {sum(level.summary.values()) for level in levels} == {len(PEOPLE)}


@given(mailboxes())
def test_each_level_is_the_report_by_that_threshold(facts: list[Message]) -> None:
    for level in tuned(*facts).levels:
        report = build_report(
            [(PEOPLE.values(), evidence_of(*facts))],
            judging=Judging(threshold=level.threshold),
            known=known(),
            coverage=COVERAGE,
        )
        assert level.summary == report.summary


@given(mailboxes(), st.sampled_from(THRESHOLDS))
def test_every_ask_is_answered_unanswered_or_left_out(facts: list[Message], threshold: timedelta) -> None:
    told = tuned(*facts, judging=Judging(threshold=threshold))
    assert told.answered + told.unanswered + told.left_out == len(paired(*facts).asks)


def test_the_threshold_in_force_is_among_the_levels_once() -> None:
    assert [level.threshold for level in tuned().levels] == list(THRESHOLDS)
    assert [span / HOUR for span in THRESHOLDS] == [4, 8, 12, 24, 36, 48, 72, 5 * 24, 7 * 24, 14 * 24]
    odd = tuned(judging=Judging(threshold=30 * HOUR))
    assert [level.threshold for level in odd.levels] == sorted([*THRESHOLDS, 30 * HOUR])


def waiting(*facts: Message, knowledge: Knowledge) -> Waiting:
    people = list(PEOPLE.values())
    report = build_report([(people, evidence_of(*facts))], judging=T48, known=knowledge, coverage=COVERAGE)
    return open_asks(report, knowledge)


def test_open_asks_come_in_the_order_in_which_they_become_overdue() -> None:
    later, sooner = message("later", 30, ME, JANES), message("sooner", 10, ME, "omar@acme.example")
    done = message("done", 5, ME, JANES)
    answer = message("a", 7, JANES, ME, answers="done")
    told = waiting(later, sooner, done, answer, knowledge=known(at(40), covered=at(40)))
    assert [(one.connection.name, one.due_at, one.left) for one in told.asks] == [
        ("Omar Haddad", at(58), 18 * HOUR),
        ("Jane Doe", at(78), 38 * HOUR),
    ]
    assert {one.judged.outcome for one in told.asks} == {Outcome.WAITING}


def test_an_open_ask_that_bounced_is_due_from_its_second_sending() -> None:
    bounce = message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES)
    told = waiting(ASK, bounce, message("n", 30, ME, JANES, answers="q"), knowledge=known(at(40), covered=at(40)))
    assert [(one.due_at, one.judged.nudges) for one in told.asks] == [(at(78), 1)]


def test_marks_close_an_open_ask() -> None:
    evidence = evidence_of(ASK)
    knowledge = known(at(20), covered=at(20))
    marked = Evidences(evidence.asks, evidence.heard, {JANE: (UNWANTED,)})
    report = build_report([(PEOPLE.values(), marked)], judging=T48, known=knowledge, coverage=COVERAGE)
    assert open_asks(report, knowledge).asks == ()
