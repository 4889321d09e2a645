"""Outcome by outcome, reason by reason, verdict by verdict: the tables in which the words are defined."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.letters_by_hand import JANE, ME, PEOPLE, asks_to, at, message, only_ask
from tracker.domain.message import AddrSpec
from tracker.domain.outcome import JudgedAsk, Judging, Knowledge, Outcome, Reason, judge
from tracker.domain.verdict import Tally, Verdict, is_unreachable, silences, tally, verdict

if TYPE_CHECKING:
    from tracker.domain.message import Message

JANES = "jane@acme.example"
T48 = Judging()
NOW = at(24 * 20)


def known(as_of: datetime = NOW, *, covered: datetime | None = NOW, explicit: bool = False) -> Knowledge:
    """A mailbox that receives something every day."""
    days = tuple((at(0) + timedelta(days=day)).date() for day in range(-60, 200))
    return Knowledge(as_of, covered, {AddrSpec(ME): days}, explicit=explicit)


def outcome(
    *messages: Message, judging: Judging = T48, knowledge: Knowledge | None = None
) -> tuple[Outcome, Reason | None]:
    judged = judge(only_ask(*messages), judging, knowledge or known())
    return judged.outcome, judged.reason


ASK = message("q", 0, ME, JANES)


def test_an_exact_reply_within_the_threshold_is_in_time() -> None:
    judged = judge(only_ask(ASK, message("a", 48, JANES, ME, answers="q")), T48, known())
    assert (judged.outcome, judged.latency) == (Outcome.IN_TIME, timedelta(hours=48))


def test_an_exact_reply_after_the_threshold_is_late() -> None:
    assert outcome(ASK, message("a", 48.01, JANES, ME, answers="q")) == (Outcome.LATE, None)


def test_the_threshold_rejudges_the_same_facts() -> None:
    reply = message("a", 30, JANES, ME, answers="q")
    assert outcome(ASK, reply, judging=Judging(threshold=timedelta(hours=24)))[0] is Outcome.LATE
    assert outcome(ASK, reply)[0] is Outcome.IN_TIME


def test_a_word_of_the_person_within_the_threshold_is_in_time_without_a_latency() -> None:
    judged = judge(only_ask(ASK, message("hi", 20, JANES, ME)), T48, known())
    assert (judged.outcome, judged.latency) == (Outcome.IN_TIME, None)


def test_a_later_word_of_the_person_is_heard() -> None:
    assert outcome(ASK, message("hi", 60, JANES, ME)) == (Outcome.HEARD, None)


def test_silence_past_the_threshold_is_overdue() -> None:
    assert outcome(ASK) == (Outcome.OVERDUE, None)


def test_silence_within_the_threshold_is_waiting() -> None:
    assert outcome(ASK, knowledge=known(at(48))) == (Outcome.WAITING, None)


def test_a_reply_by_a_machine_is_silence() -> None:
    assert outcome(ASK, message("m", 1, JANES, ME, answers="q", marks="auto_submitted_notified"))[0] is Outcome.OVERDUE


def test_a_bounced_ask_is_excluded() -> None:
    bounce = message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES)
    assert outcome(ASK, bounce) == (Outcome.EXCLUDED, Reason.UNDELIVERABLE)


def test_an_ask_that_bounced_before_a_nudge_arrived_stands() -> None:
    bounce = message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES)
    assert outcome(ASK, bounce, message("n", 20, ME, JANES, answers="q"))[0] is Outcome.OVERDUE


def test_an_ask_whose_first_message_bounced_is_timed_from_the_first_that_arrived() -> None:
    """Nobody can answer what never reached them."""
    bounce = message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES)
    again = message("n", 100, ME, JANES, answers="q")
    assert outcome(ASK, bounce, again, knowledge=known(at(148), covered=at(148)))[0] is Outcome.WAITING
    assert outcome(ASK, bounce, again, knowledge=known(at(149), covered=at(149)))[0] is Outcome.OVERDUE
    judged = judge(only_ask(ASK, bounce, again, message("a", 103, JANES, ME, answers="n")), T48, known())
    assert (judged.outcome, judged.latency) == (Outcome.IN_TIME, timedelta(hours=3))
    assert outcome(ASK, bounce, again, message("hi", 103, JANES, ME))[0] is Outcome.IN_TIME
    assert outcome(ASK, bounce, again, message("away", 120, JANES, ME, marks="x_autorespond"))[1] is Reason.AWAY


def test_a_bounce_known_only_later_changes_nothing_at_an_earlier_chosen_moment() -> None:
    bounce = message("b", 90, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES)
    facts = (ASK, message("n", 40, ME, JANES, answers="q"), bounce)
    assert outcome(*facts, knowledge=known(at(80), explicit=True))[0] is Outcome.OVERDUE
    assert outcome(*facts, knowledge=known(at(89.9), covered=at(89.9)))[0] is Outcome.OVERDUE


def test_a_bounce_of_an_address_that_was_not_written_to_is_doubt() -> None:
    """The recipient forwards the mail, and the forwarding failed."""
    marks = "failed_recipients"
    bounce = message("b", 1, "mailer-daemon@x.example", ME, answers="q", marks=marks, failed="jd@phone.example")
    assert outcome(ASK, bounce) == (Outcome.UNKNOWN, Reason.MAYBE_UNDELIVERABLE)
    unnamed = message("b", 1, "mailer-daemon@x.example", ME, marks=marks, failed="jd@phone.example")
    assert outcome(ASK, unnamed)[0] is Outcome.OVERDUE, "it may be about anything"


def test_a_reply_clears_even_what_bounced() -> None:
    bounce = message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES)
    assert outcome(ASK, bounce, message("a", 90, JANES, ME, answers="q"))[0] is Outcome.LATE


FOR_ONLY: dict[Reason, list[Message]] = {
    Reason.AWAY: [ASK, message("away", 1, JANES, ME, marks="auto_submitted_replied")],
    Reason.GROUP: [message("q", 0, ME, f"{JANES}, x@other.example")],
    Reason.LAST_WORD: [message("hello", -1, JANES, ME), message("q", 0, ME, JANES, answers="hello")],
    Reason.ANSWERED_BY_OTHER: [ASK, message("o", 1, "desk@acme.example", ME, answers="q")],
}


@pytest.mark.parametrize("reason", FOR_ONLY)
def test_a_for_only_ask_speaks_for_a_person_and_never_against(reason: Reason) -> None:
    facts = FOR_ONLY[reason]
    in_time = message("a", 40, JANES, ME, answers="q")
    late = message("a", 90, JANES, ME, answers="q")
    assert outcome(*facts) == (Outcome.EXCLUDED, reason)
    assert outcome(*facts, in_time) == (Outcome.IN_TIME, None)
    assert outcome(*facts, late) == (Outcome.EXCLUDED, reason)


def test_an_absence_that_begins_after_the_wait_excuses_nothing() -> None:
    assert outcome(ASK, message("away", 60, JANES, ME, marks="auto_submitted_replied"))[0] is Outcome.OVERDUE


def test_what_the_mailbox_was_not_read_for_is_unknown() -> None:
    assert outcome(ASK, knowledge=known(covered=None)) == (Outcome.UNKNOWN, Reason.NOT_SYNCED)
    assert outcome(ASK, knowledge=known(covered=at(47))) == (Outcome.UNKNOWN, Reason.NOT_SYNCED)
    assert outcome(ASK, knowledge=known(covered=at(48)))[0] is Outcome.OVERDUE


def test_an_inbox_that_received_nothing_for_months_is_no_witness() -> None:
    empty = replace(known(), received={})
    assert outcome(ASK, knowledge=empty) == (Outcome.UNKNOWN, Reason.GAP)
    other = replace(known(), received={AddrSpec("old@example.org"): known().received[AddrSpec(ME)]})
    assert outcome(ASK, knowledge=other) == (Outcome.UNKNOWN, Reason.GAP)
    assert outcome(message("q", 0, ME, JANES, reply_to="old@example.org"), knowledge=other)[0] is Outcome.OVERDUE


def test_of_the_last_day_of_an_explicit_moment_nothing_is_known() -> None:
    then = at(24 * 10)
    for day, expected in ((then.date(), Reason.GAP), ((then - timedelta(days=1)).date(), None)):
        lately = Knowledge(then, NOW, {AddrSpec(ME): (day,)}, explicit=True)
        assert outcome(ASK, knowledge=lately)[1] is expected
    assert outcome(ASK, knowledge=Knowledge(then, NOW, {AddrSpec(ME): (then.date(),)}))[1] is None


@pytest.mark.parametrize(("days", "expected"), [(-31, "unknown"), (-30, "overdue"), (32, "overdue"), (33, "unknown")])
def test_the_gap_reaches_thirty_days_before_the_ask_and_after_its_deadline(days: int, expected: str) -> None:
    day = (at(0) + timedelta(days=days)).date()
    knowledge = Knowledge(at(24 * 100), at(24 * 100), {AddrSpec(ME): (day,)})
    assert outcome(ASK, knowledge=knowledge)[0] == expected


def test_a_thread_that_names_an_unread_message_is_in_doubt() -> None:
    later = message("o", 50, ME, "x@other.example", answers="unread", references="q unread")
    assert outcome(ASK, later) == (Outcome.UNKNOWN, Reason.GAP)


def test_a_bounce_that_cannot_be_read_is_doubt() -> None:
    bounce = message("b", 1, "mailer-daemon@x.example", ME, marks="report_delivery_status")
    assert outcome(ASK, bounce) == (Outcome.UNKNOWN, Reason.MAYBE_UNDELIVERABLE)


def test_a_message_that_may_be_a_machines_is_doubt() -> None:
    odd = message("odd", 1, JANES, ME, answers="q", marks="x_autoreply auto_submitted_no")
    assert outcome(ASK, odd) == (Outcome.UNKNOWN, Reason.UNCERTAIN_SENDER)


def test_clocks_that_differ_by_a_day_make_no_negative_latency() -> None:
    judged = judge(only_ask(ASK, message("a", -25, JANES, ME, answers="q")), T48, known())
    assert (judged.outcome, judged.latency) == (Outcome.IN_TIME, timedelta(0))


def test_a_reply_long_before_its_ask_stands_without_a_latency() -> None:
    judged = judge(only_ask(ASK, message("a", -27, JANES, ME, answers="q")), T48, known())
    assert (judged.outcome, judged.latency) == (Outcome.HEARD, None)


def test_a_reply_that_seems_older_than_its_ask_hides_no_proper_one() -> None:
    early, proper = message("e", -30, JANES, ME, answers="q"), message("a", 5, JANES, ME, answers="q")
    by_references = message("r", 6, JANES, ME, answers="lost", references="q lost")
    assert outcome(ASK, early, proper)[0] is Outcome.IN_TIME
    assert outcome(ASK, early, by_references)[0] is Outcome.IN_TIME
    assert outcome(ASK, early, proper, knowledge=known(at(1), explicit=True))[0] is Outcome.HEARD


def test_an_ask_with_two_stamps_is_not_overdue_before_the_later_one_is() -> None:
    misdated = message("q", 24 * 10, ME, JANES, dated=0)
    assert outcome(misdated, knowledge=known(at(24 * 11), covered=at(24 * 11)))[0] is Outcome.WAITING
    reply = message("a", 24 * 10 + 3, JANES, ME, answers="q")
    assert judge(only_ask(misdated, reply), T48, known()).latency == timedelta(hours=3)


def test_at_a_chosen_moment_later_facts_do_not_exist() -> None:
    facts = (ASK, message("n", 60, ME, JANES, answers="q"), message("a", 70, JANES, ME, answers="q"))
    then = known(at(65), explicit=True)
    judged = judge(only_ask(*facts), T48, then)
    assert (judged.outcome, judged.nudges) == (Outcome.OVERDUE, 1)
    assert judge(only_ask(*facts), T48, known(at(65))).outcome is Outcome.LATE, "an automatic moment hides no answer"
    assert judge(only_ask(*facts), T48, known(at(50), explicit=True)).nudges == 0


def test_two_mails_in_one_week_are_one_silence() -> None:
    week = timedelta(days=7)
    days = [at(0), at(24 * 7), at(24 * 7 + 1), at(24 * 20)]
    assert silences(days, timedelta(hours=48)) == 3
    assert silences(days, week * 3) == 1
    assert silences([], week) == 0


def counted(**counts: int) -> Tally:
    return Tally(**counts)


VERDICTS = [
    (counted(), Verdict.UNTESTED),
    (counted(excluded=3, untellable=3), Verdict.UNTESTED),
    (counted(excluded=3, untellable=2), Verdict.UNPROVEN),
    (counted(waiting=1), Verdict.WAITING),
    (counted(waiting=1, heard=1), Verdict.UNPROVEN),
    (counted(waiting=1, in_time=1), Verdict.RESPONSIVE),
    (counted(in_time=1, overdue=1, silences=1), Verdict.RESPONSIVE),
    (counted(in_time=1, heard=2), Verdict.UNPROVEN),
    (counted(late=1), Verdict.SLOW),
    (counted(in_time=1, late=1, overdue=2, silences=2), Verdict.SLOW),
    (counted(overdue=1, silences=1), Verdict.UNPROVEN),
    (counted(overdue=2, silences=1), Verdict.UNPROVEN),
    (counted(overdue=2, silences=2), Verdict.UNRESPONSIVE),
    (counted(in_time=1, overdue=9, silences=9), Verdict.UNRESPONSIVE),
    (counted(in_time=1, overdue=2, silences=2), Verdict.UNPROVEN),
    (counted(unknown=5), Verdict.UNPROVEN),
]


@pytest.mark.parametrize(("tallied", "expected"), VERDICTS)
def test_the_first_row_of_the_verdict_table_that_holds(tallied: Tally, expected: Verdict) -> None:
    assert verdict(tallied, T48, unreachable=False) is expected


def test_unreachable_stands_before_everything() -> None:
    assert verdict(counted(in_time=9), T48, unreachable=True) is Verdict.UNREACHABLE


def test_a_person_whose_every_address_bounced_is_unreachable_until_they_write() -> None:
    post = [
        message("q", 0, ME, JANES),
        message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES),
        message("r", 1, ME, "jane@home.example"),
        message(
            "c", 1.1, "mailer-daemon@x.example", ME, answers="r", marks="failed_recipients", failed="jane@home.example"
        ),
    ]
    both = PEOPLE[JANE].addresses
    asks = asks_to(JANE, *post)
    assert is_unreachable(both, asks, [], known())
    assert not is_unreachable((*both, AddrSpec("third@x.example")), asks, [], known())
    assert not is_unreachable(both, asks, [at(2)], known())
    assert not is_unreachable((), [], [], known()), "no address is no dead address"
    delivered = asks_to(JANE, *post, message("s", 30, ME, JANES))
    assert not is_unreachable(both, delivered, [], known()), "the last message to one of them came through"


def test_a_tally_counts_every_outcome_once() -> None:
    asks = asks_to(JANE, message("q", 0, ME, JANES), message("r", 24, ME, JANES), message("s", 24 * 15, ME, JANES))
    judged = [judge(ask, T48, known()) for ask in asks]
    assert tally(judged, T48) == tally(judged[::-1], T48) == Tally(overdue=3, silences=2)
    group = JudgedAsk(asks[0], Outcome.EXCLUDED, Reason.GROUP)
    assert tally([group], T48) == Tally(excluded=1, untellable=1)
