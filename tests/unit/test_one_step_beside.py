"""One step beside a rule: a sign, a limit or a word changed there would change a judgement, and shows here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.letters_by_hand import JANE, ME, PEOPLE, asks_to, at, message, only_ask, paired
from tests.unit.test_verdict import ASK, JANES, NOW, T48, known, outcome
from tracker.domain.connection import AddressBook
from tracker.domain.message import AddrSpec, FolderRole
from tracker.domain.outcome import JudgedAsk, Knowledge, Outcome, Reason, judge
from tracker.domain.verdict import Tally, Verdict, is_unreachable, median_latency, tally, verdict, wilson

if TYPE_CHECKING:
    from tracker.domain.message import Message

DAYS = 24
NOTE = "auto_submitted_replied"


def test_a_note_of_absence_speaks_for_all_of_thirty_days() -> None:
    def outcome_after(days: float) -> Reason | None:
        return outcome(ASK, message("away", -days * DAYS, JANES, ME, marks=NOTE))[1]

    assert [outcome_after(days) for days in (29.9, 30, 30.1)] == [Reason.AWAY, Reason.AWAY, None]


def test_a_farewell_speaks_for_all_of_thirty_days() -> None:
    def outcome_after(days: float) -> Reason | None:
        return outcome(ASK, message("gone", -days * DAYS, JANES, ME, marks=f"{NOTE} retired_subject"))[1]

    assert [outcome_after(days) for days in (29.9, 30, 30.1)] == [Reason.RETIRED_ADDRESS, Reason.RETIRED_ADDRESS, None]


def test_a_farewell_within_thirty_days_of_the_wait_excuses_silence() -> None:
    def outcome_at(hours: float) -> Reason | None:
        return outcome(
            ASK, message("gone", hours, JANES, ME, marks=f"{NOTE} retired_subject"), knowledge=known(at(24 * 60))
        )[1]

    due = 48 + 30 * DAYS
    assert [outcome_at(hours) for hours in (due - 1, due)] == [Reason.RETIRED_ADDRESS] * 2
    assert outcome_at(due + 1) is not Reason.RETIRED_ADDRESS


def test_a_farewell_after_the_wait_does_not_excuse_a_late_answer() -> None:
    gone = message("gone", 60, JANES, ME, marks=f"{NOTE} retired_subject")
    answer = message("a", 90, "jane@home.example", ME, answers="q")
    assert outcome(ASK, gone)[1] is Reason.RETIRED_ADDRESS
    assert outcome(ASK, gone, answer) == (Outcome.LATE, None)


def test_a_machine_that_is_no_note_says_no_farewell() -> None:
    assert outcome(ASK, message("gone", 1, JANES, ME, marks="auto_submitted_notified retired_subject")) == (
        Outcome.OVERDUE,
        None,
    )


@pytest.mark.parametrize("roles", [{FolderRole.JUNK, FolderRole.SENT}, set()])
def test_only_what_lies_in_junk_alone_is_forged(roles: set[FolderRole]) -> None:
    assert outcome(replace(ASK, seen_in=frozenset(roles)))[0] is Outcome.OVERDUE


def test_what_came_in_the_same_moment_came_not_later() -> None:
    assert outcome(ASK, message("hi", 0, JANES, ME))[0] is Outcome.OVERDUE
    asked = replace(ASK, thread_keys=("work 7",))
    assert only_ask(asked, replace(message("a", 0, JANES, ME), identity="z", thread_keys=("work 7",))).exact == ()
    indexed = replace(message("a", 0, JANES, ME), identity="z", thread_index="01" * 27)
    assert only_ask(replace(ASK, thread_index="01" * 22), indexed).exact == ()


def test_an_index_that_differs_in_its_last_digit_is_of_another_conversation() -> None:
    index = "01" * 22
    answer = replace(message("a", 5, JANES, ME), thread_index=f"{index[:-1]}20102030405")
    assert only_ask(replace(ASK, thread_index=index), answer).exact == ()


def test_a_post_to_others_does_not_hide_the_word_after_it() -> None:
    post = message("post", 3, JANES, "all@l.example", marks="list")
    assert outcome(ASK, post, message("hi", 5, JANES, ME))[0] is Outcome.IN_TIME


def test_of_references_the_last_is_the_message_that_is_answered() -> None:
    earlier = message("other", -1, ME, "x@y.example")
    assert not only_ask(earlier, message("q", 0, ME, JANES, references="lost gone other")).last_word
    assert only_ask(earlier, message("q", 0, ME, JANES, references="other gone lost")).last_word


def test_a_word_between_two_asks_is_about_the_first() -> None:
    first, second = asks_to(JANE, ASK, message("hi", 20, JANES, ME), message("r", 30, ME, JANES))
    assert [judge(ask, T48, known()).outcome for ask in (first, second)] == [Outcome.IN_TIME, Outcome.OVERDUE]


def test_of_two_asks_of_one_moment_the_same_is_the_latest_whatever_nudges_follow() -> None:
    post = (message("a", 0, ME, JANES), message("b", 0, ME, JANES), message("z", 10, ME, JANES, answers="a"))
    told = [judge(ask, T48, known()).outcome for ask in asks_to(JANE, *post, message("hi", 20, JANES, ME))]
    assert told == [Outcome.HEARD, Outcome.IN_TIME]
    indexed = [replace(one, thread_index="01" * 22) for one in post]
    answer = replace(message("hi", 20, JANES, ME), thread_index="01" * 27)
    assert [len(ask.exact) for ask in asks_to(JANE, *indexed, answer)] == [0, 1]


def test_who_has_no_name_is_not_known_by_it() -> None:
    book = AddressBook.of([replace(PEOPLE[JANE], name="")], mine=[AddrSpec(ME)])
    (ask,) = paired(ASK, message("o", 5, "desk@acme.example", ME, answers="q"), book=book).asks
    assert (ask.human, ask.by_other_at) == (None, at(5))


def test_hundreds_of_messages_before_an_ask_say_nothing_of_it() -> None:
    def before(name: str, days: int, sender: str, *, marks: str = "", display: str = "") -> list[Message]:
        return [
            message(f"{name}{number}", -days * DAYS - number / 60, sender, ME, marks=marks, display=display)
            for number in range(300)
        ]

    in_thread = [
        *before("desk", 1, "desk@acme.example"),
        *before("phone", 2, "jd@phone.example", display="Jane Doe"),
    ]
    ask = only_ask(
        replace(ASK, thread_keys=("work 7",)),
        *(replace(one, thread_keys=("work 7",)) for one in in_thread),
        *before("away", 31, JANES, marks=NOTE),
        *before("odd", 1, JANES, marks="absence_subject"),
    )
    assert (ask.by_other_at, ask.human, ask.away_at, ask.uncertain) == (None, None, None, None)


def test_an_answer_is_timed_from_the_first_message_that_arrived_before_it() -> None:
    marks = "failed_recipients"
    bounce = message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks=marks, failed=JANES)
    answer, nudge = message("a", 20, JANES, ME, answers="q"), message("n", 10, ME, JANES, answers="q")
    judged = judge(only_ask(ASK, bounce, nudge, answer), T48, known())
    assert judged.latency == timedelta(hours=10), "the nudge arrived before it"
    first = message("a", 5, JANES, ME, answers="q")
    judged = judge(asks_to(JANE, ASK, bounce, first, message("n", 100, ME, JANES))[0], T48, known())
    assert judged.latency == timedelta(hours=5)
    index = "01" * 22
    in_time = replace(message("a", 5, JANES, ME), thread_index=f"{index}0102030405")
    again = message("n", 100, ME, JANES, answers="q")
    judged = judge(only_ask(replace(ASK, thread_index=index), bounce, in_time, again), T48, known())
    assert (judged.latency, judged.nudges) == (timedelta(hours=5), 1), "the nudge had not been sent"


def test_an_answer_in_the_very_moment_of_a_sending_is_timed_from_it() -> None:
    misdated = message("q", 240, ME, JANES, dated=0)
    judged = judge(only_ask(misdated, message("a", 240, JANES, ME, answers="q")), T48, known())
    assert (judged.outcome, judged.latency) == (Outcome.IN_TIME, timedelta(0))
    marks = "failed_recipients"
    bounce = message("b", 0.1, "mailer-daemon@x.example", ME, answers="q", marks=marks, failed=JANES)
    again = message("n", 100, ME, JANES, answers="q")
    assert outcome(ASK, bounce, again, message("hi", 100, JANES, ME))[0] is Outcome.IN_TIME


def test_a_gap_is_a_gap_though_mail_came_in_for_years_before_it() -> None:
    days = tuple((at(0) - timedelta(days=day)).date() for day in range(400, 40, -1))
    empty = Knowledge(NOW, NOW, {AddrSpec(ME): days})
    assert outcome(ASK, knowledge=empty) == (Outcome.UNKNOWN, Reason.GAP)


def test_an_ask_of_which_every_message_came_back_is_timed_from_the_first() -> None:
    def bounce(name: str, hours: float, of: str) -> Message:
        return message(name, hours, "mailer-daemon@x.example", ME, answers=of, marks="failed_recipients", failed=JANES)

    nudge, answer = message("n", 50, ME, JANES, answers="q"), message("a", 60, "jane@home.example", ME, answers="n")
    judged = judge(only_ask(ASK, bounce("b", 0.1, "q"), nudge, bounce("c", 50.1, "n"), answer), T48, known())
    assert (judged.outcome, judged.latency) == (Outcome.LATE, timedelta(hours=60))


def test_an_answer_at_the_limit_of_skew_is_no_contradiction() -> None:
    early = message("a", -26, JANES, ME, answers="q")
    later = message("b", 5, JANES, ME, answers="lost", references="q lost")
    judged = judge(only_ask(ASK, early, later), T48, known())
    assert (judged.latency, judged.elapsed) == (timedelta(0), timedelta(0))
    older, late = message("o", -30, JANES, ME, answers="q"), message("l", 60, JANES, ME, answers="q")
    assert outcome(ASK, older, early, late)[0] is Outcome.IN_TIME, "nor does a contradiction hide it"


def test_a_bounce_that_says_nothing_is_about_all_of_the_day_before() -> None:
    def doubt_after(hours: float) -> Reason | None:
        return outcome(ASK, message("b", hours, "mailer-daemon@x.example", ME, marks="postmaster_bounce"))[1]

    assert [doubt_after(hours) for hours in (23.9, 24, 24.1)] == [Reason.MAYBE_UNDELIVERABLE] * 2 + [None]


def test_a_bounce_that_names_no_message_is_about_all_of_seven_days() -> None:
    def came_back_after(days: float) -> bool:
        marks = "failed_recipients"
        bounce = message("b", days * DAYS, "mailer-daemon@x.example", ME, marks=marks, failed=JANES)
        return outcome(ASK, bounce)[1] is Reason.UNDELIVERABLE

    assert [came_back_after(days) for days in (6.9, 7, 7.1)] == [True, True, False]


def test_doubt_about_one_ask_does_not_hide_that_another_waits() -> None:
    assert verdict(Tally(waiting=1, unknown=1), T48, unreachable=False) is Verdict.WAITING


@pytest.mark.parametrize(
    ("tallied", "expected"),
    [
        (Tally(waiting=1, in_time=1, heard=1), Verdict.RESPONSIVE),
        (Tally(unknown=1, excluded=1), Verdict.UNPROVEN),
    ],
)
def test_counts_are_added_and_not_compared(tallied: Tally, expected: Verdict) -> None:
    assert verdict(tallied, T48, unreachable=False) is expected


def test_what_is_not_chosen_hides_nothing() -> None:
    assert Knowledge(at(1), None, {}).has(at(2))


def test_rates_are_shares_of_all_that_counts() -> None:
    both = Tally(in_time=1, heard=1)
    assert (both.on_time_rate, both.answer_rate, both.reply_rate) == (0.5, 0.5, 1.0)
    assert (Tally().on_time_rate, Tally().answer_rate, Tally().reply_rate) == (None, None, None)
    assert (Tally(heard=1).on_time_rate, Tally(heard=1).answer_rate) == (0.0, 0.0)
    many = Tally(in_time=2, late=1, heard=3)
    assert (many.on_time_rate, many.answer_rate) == (2 / 6, 3 / 6)
    assert Tally(in_time=1, late=1).asks == 2
    assert Tally(late=1, overdue=3, silences=2).reply_rate == 1 / 3
    assert Tally(late=1, overdue=1, silences=1).reply_rate == 1 / 2


def test_without_a_latency_there_is_no_median() -> None:
    assert median_latency([judge(only_ask(ASK), T48, known())]) is None
    answered = judge(only_ask(ASK, message("a", 5, JANES, ME, answers="q")), T48, known())
    assert median_latency([answered]) == timedelta(hours=5)


def test_who_never_answered_is_not_responsive_by_any_cut() -> None:
    silent = Tally(overdue=1, silences=1)
    assert verdict(silent, replace(T48, cut=0.0), unreachable=False) is Verdict.UNPROVEN


def test_what_waits_and_what_is_unknown_is_no_silence() -> None:
    asked = (ASK, message("r", 24 * 9, ME, JANES), message("s", 24 * 19, ME, JANES))
    lost = message("b", 24 * 9 + 1, "mailer-daemon@x.example", ME, answers="r", marks="postmaster_bounce")
    judged = [judge(ask, T48, known()) for ask in asks_to(JANE, *asked, lost)]
    assert tally(judged, T48) == Tally(overdue=1, silences=1, unknown=1, waiting=1)


def test_who_did_not_get_it_was_asked_all_the_same() -> None:
    lost = JudgedAsk(only_ask(ASK), Outcome.EXCLUDED, Reason.UNDELIVERABLE)
    assert tally([lost], T48) == Tally(excluded=1)


def test_one_silence_is_enough_for_who_expects_an_answer_nine_times_of_ten() -> None:
    silent = Tally(overdue=1, silences=1)
    assert verdict(silent, replace(T48, cut=0.9), unreachable=False) is Verdict.UNRESPONSIVE


def test_a_bound_at_the_cut_is_not_below_it() -> None:
    silent = Tally(overdue=2, silences=2)
    upper = wilson(0, 2, T48.confidence)[1]
    assert verdict(silent, replace(T48, cut=upper), unreachable=False) is Verdict.UNPROVEN


def test_who_was_heard_in_the_moment_of_the_bounce_was_not_heard_since() -> None:
    bounce = message("b", 1, "mailer-daemon@x.example", ME, answers="q", marks="failed_recipients", failed=JANES)
    asks, addr = asks_to(JANE, ASK, bounce), AddrSpec(JANES)
    assert [is_unreachable([addr], asks, [at(hours)], known()) for hours in (1, 1.1)] == [True, False]
    assert is_unreachable([addr] * 300, asks, [], known()), "however many addresses died"
