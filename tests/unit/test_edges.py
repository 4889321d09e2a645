"""The edges of the rules: exactly at a limit, one step beside it, and what must not be mistaken for something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.letters_by_hand import JANE, ME, OMAR, PEOPLE, asks_to, at, message, only_ask, paired
from tests.unit.test_verdict import ASK, JANES, T48, counted, known, outcome
from tracker.domain.asks import Rung
from tracker.domain.connection import AddressBook
from tracker.domain.message import AddrSpec, Message
from tracker.domain.outcome import Outcome, Reason, judge
from tracker.domain.verdict import Verdict, is_unreachable, silences, verdict

OMARS = "omar@acme.example"
BOUNCE = message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES)


def test_limits_belong_to_what_they_limit() -> None:
    assert outcome(ASK, message("hi", 48, JANES, ME))[0] is Outcome.IN_TIME
    assert outcome(ASK, message("away", 48, JANES, ME, marks="x_autorespond"))[1] is Reason.AWAY
    assert judge(only_ask(ASK, message("a", -26, JANES, ME, answers="q")), T48, known()).latency == timedelta(0)
    assert silences([at(0), at(24 * 7)], timedelta(hours=48)) == 1
    assert len(only_ask(ASK, message("n", 24 * 30, ME, JANES, answers="q")).sent) == 2


LATER: dict[str, Message] = {
    "away": message("x", 30, JANES, ME, marks="x_autorespond"),
    "bystander": message("x", 30, "desk@acme.example", ME, answers="q"),
    "orphan": message("x", 30, ME, "y@other.example", answers="unread", references="q unread"),
    "doubtful": message("x", 30, JANES, ME, marks="x_autoreply auto_submitted_no"),
    "lost": message("x", 30, "mailer-daemon@x.example", ME, answers="q", marks="postmaster_bounce"),
}


@pytest.mark.parametrize("fact", LATER)
def test_a_fact_exists_from_its_own_moment_on(fact: str) -> None:
    day = replace(T48, threshold=timedelta(hours=24))
    late = replace(day, threshold=timedelta(hours=30))
    judging = late if fact == "away" else day
    moment = 30.5 if fact == "away" else 30
    expected = outcome(ASK, LATER[fact], judging=judging, knowledge=known(at(moment), explicit=True))[0]
    assert expected in {Outcome.EXCLUDED, Outcome.UNKNOWN}
    assert outcome(ASK, LATER[fact], judging=day, knowledge=known(at(29.9), explicit=True))[0] is Outcome.OVERDUE


def test_a_nudge_that_is_not_sent_yet_delivers_nothing() -> None:
    facts = (ASK, BOUNCE, message("n", 100, ME, JANES, answers="q"))
    assert outcome(*facts, knowledge=known(at(50), explicit=True))[1] is Reason.UNDELIVERABLE


def test_a_word_before_the_first_message_that_arrived_is_timed_from_the_ask() -> None:
    again = message("n", 100, ME, JANES, answers="q")
    assert outcome(ASK, BOUNCE, message("hi", 90, JANES, ME), again)[0] is Outcome.HEARD


def test_a_reply_is_timed_from_the_latest_stamp_before_it() -> None:
    misdated = message("n", 400, ME, JANES, answers="q", dated=100)
    ask = only_ask(ASK, BOUNCE, misdated, message("a", 103, JANES, ME, answers="n"))
    assert judge(ask, T48, known()).latency == timedelta(hours=3)


def test_the_earliest_exact_reply_counts_whatever_its_rung() -> None:
    first = message("r", 5, JANES, ME, answers="lost", references="q lost")
    ask = only_ask(ASK, first, message("a", 90, JANES, ME, answers="q"))
    assert judge(ask, T48, known()).latency == timedelta(hours=5)


def test_who_was_heard_was_tested() -> None:
    assert verdict(counted(heard=1), T48, unreachable=False) is Verdict.UNPROVEN


def test_a_word_between_two_bounces_does_not_reach_a_person_whose_last_address_died_after_it() -> None:
    both = PEOPLE[JANE].addresses
    marks = "failed_recipients"
    post = [
        *(ASK, BOUNCE, message("r", 1, ME, both[1])),
        message("c", 2, "mailer-daemon@x.example", ME, answers="r", marks=marks, failed=both[1]),
    ]
    asks = asks_to(JANE, *post)
    assert is_unreachable(both, asks, [at(1.5)], known())
    assert is_unreachable(both, asks, [at(30)], known(at(20), explicit=True)), "at that moment they had not written"
    later = asks_to(JANE, *post, message("s", 30, ME, JANES))
    assert is_unreachable(both, later, [], known(at(20), explicit=True)), "nor had I"


def test_an_answer_to_one_ask_is_no_word_about_the_next() -> None:
    for reply in (
        message("a", 20, JANES, ME, answers="q"),
        message("a", 20, JANES, ME, answers="lost", references="q lost"),
    ):
        first, second = asks_to(JANE, ASK, message("r", 10, ME, JANES), reply)
        assert first.exact
        assert second.person is None
        assert second.human is not None


def test_the_first_of_their_words_counts() -> None:
    ask = only_ask(ASK, message("hi", 20, JANES, ME), message("again", 30, JANES, ME))
    assert ask.person is not None
    assert ask.person.at == at(20)
    namesake = message("n", 10, "jd@phone.example", ME, answers="q", display="Jane Doe")
    for other, expected in ((namesake, 10), (replace(namesake, dated_at=at(40), received_at=at(40)), 20)):
        ask = only_ask(ASK, message("hi", 20, JANES, ME), other)
        assert ask.human is not None
        assert ask.human.at == at(expected)


def test_references_name_no_ask_that_came_after_them() -> None:
    reply = message("a", 5, JANES, ME, answers="lost", references="q later lost")
    first, second = asks_to(JANE, ASK, message("later", 10, ME, JANES), reply)
    assert [len(ask.exact) for ask in (first, second) if ask.identity == "q"] == [1]
    at_once = message("a", 10, JANES, ME, answers="lost", references="q later lost")
    asks = asks_to(JANE, ASK, message("later", 10, ME, JANES), at_once)
    assert [len(ask.exact) for ask in asks] == [0, 1]


def test_of_what_references_name_the_latest_sending_is_answered_not_the_latest_ask() -> None:
    asked, nudge = message("q", 0, ME, JANES), message("n", 10, ME, JANES, answers="q")
    to_both = message("g", 5, ME, f"{JANES}, omar@acme.example", answers="q")
    answer = replace(message("a", 20, JANES, ME, references="q g n"), in_reply_to=())
    asks = {ask.subject: ask for ask in asks_to(JANE, asked, to_both, nudge, answer)}
    assert [reply.rung for reply in asks["About q"].exact] == [Rung.REFERENCES]
    assert asks["About g"].exact == ()


def test_a_message_to_somebody_else_clears_but_is_no_word_to_me() -> None:
    ask = only_ask(ASK, message("hi", 20, JANES, OMARS))
    assert ask.human is not None
    assert ask.person is None


def test_a_doubtful_message_before_the_ask_is_no_doubt() -> None:
    assert only_ask(ASK, message("odd", -5, JANES, ME, marks="x_autoreply auto_submitted_no")).uncertain is None


def test_neither_i_nor_mail_to_others_answers_in_a_persons_stead() -> None:
    assert only_ask(ASK, message("n", 5, ME, JANES, cc=ME, answers="q")).by_other_at is None
    assert only_ask(ASK, message("o", 5, "desk@acme.example", JANES, answers="q")).by_other_at is None


def test_another_connection_of_the_same_name_is_another_person() -> None:
    people = [PEOPLE[JANE], replace(PEOPLE[OMAR], name="Jane Doe")]
    book = AddressBook.of(people, mine=[AddrSpec(ME)])
    (ask,) = paired(ASK, message("o", 5, OMARS, ME, answers="q", display="Jane Doe"), book=book).asks
    assert (ask.human, ask.by_other_at) == (None, at(5))


def test_a_bounce_may_name_the_message_in_references_alone() -> None:
    bounce = replace(BOUNCE, in_reply_to=())
    assert outcome(ASK, bounce) == (Outcome.EXCLUDED, Reason.UNDELIVERABLE)
    first, second = asks_to(JANE, ASK, message("r", 0.05, ME, JANES), bounce)
    assert (first.sent[0].bounced_at, second.sent[0].bounced_at) == (at(0.1), None)


def test_an_old_word_of_theirs_makes_no_last_word_after_thirty_days_of_rest() -> None:
    assert only_ask(message("hello", 0, JANES, ME), message("q", 24 * 29, ME, JANES, answers="hello")).last_word
    assert not only_ask(message("hello", 0, JANES, ME), message("q", 24 * 31, ME, JANES, answers="hello")).last_word


def test_mail_to_a_group_is_no_nudge_and_starts_no_run_of_nudges() -> None:
    asks = asks_to(JANE, ASK, message("fyi", 5, ME, f"{JANES}, {OMARS}", answers="q"))
    assert [(ask.group, len(ask.sent)) for ask in asks] == [(False, 1), (True, 1)]
    asks = asks_to(JANE, message("fyi", 0, ME, f"{JANES}, {OMARS}"), message("q", 5, ME, JANES, answers="fyi"))
    assert [(ask.group, len(ask.sent)) for ask in asks] == [(True, 1), (False, 1)]


def test_a_reply_whose_clock_is_behind_makes_no_last_word_though_only_references_name_the_ask() -> None:
    reply = message("a", -1, JANES, ME, answers="lost", references="q lost")
    assert not only_ask(ASK, reply).last_word


def test_thanks_to_several_people_are_a_last_word_to_whoever_wrote() -> None:
    (ask,) = asks_to(
        JANE, message("hello", 0, JANES, ME), message("thanks", 1, ME, f"{JANES}, {OMARS}", answers="hello")
    )
    assert (ask.last_word, ask.group) == (True, False)


def test_an_absence_note_is_no_word_before_a_nudge() -> None:
    away = message("away", 1, JANES, ME, answers="q", marks="x_autorespond")
    ask = only_ask(ASK, away, message("n", 72, ME, JANES, answers="q"))
    assert (len(ask.sent), ask.last_word) == (2, False)


def test_a_late_answer_to_a_last_word_that_bounced_is_no_late_answer() -> None:
    hello, thanks = message("hello", -1, JANES, ME), message("q", 0, ME, JANES, answers="hello")
    late = message("a", 90, JANES, ME, answers="q")
    assert outcome(hello, thanks, BOUNCE, late) == (Outcome.EXCLUDED, Reason.LAST_WORD)


def test_an_absence_note_that_has_not_come_yet_excuses_nothing() -> None:
    away = message("away", 30, JANES, ME, marks="x_autorespond")
    assert outcome(ASK, away, knowledge=known(at(20), explicit=True))[0] is Outcome.WAITING
    assert outcome(ASK, away, knowledge=known(at(30), explicit=True))[1] is Reason.AWAY
