"""What others do in a thread, and what comes back undelivered."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.letters_by_hand import BOOK, JANE, ME, OMAR, asks_to, at, message, only_ask, paired
from tracker.domain.asks import Rules
from tracker.domain.pairing import pair

JANES = "jane@acme.example"
OMARS = "omar@acme.example"


def test_somebody_else_who_answers_in_the_thread_is_noted() -> None:
    ask = only_ask(
        message("q", 0, ME, JANES, cc="desk@acme.example"), message("a", 5, "desk@acme.example", ME, answers="q")
    )
    assert (ask.by_other_at, ask.human) == (at(5), None)


def test_the_same_name_from_another_address_in_the_thread_is_heard() -> None:
    for display in ("Jane Doe", "Doe, Jane", "jane  doe"):
        ask = only_ask(
            message("q", 0, ME, JANES), message("a", 5, "jd@phone.example", ME, answers="q", display=display)
        )
        assert ask.human is not None
        assert ask.by_other_at is None


def test_the_same_name_outside_the_thread_is_nobody() -> None:
    ask = only_ask(message("q", 0, ME, JANES), message("spam", 5, "x@y.example", ME, display="Jane Doe"))
    assert ask.human is None


def test_a_bounce_excludes_the_failed_recipient_only() -> None:
    pairing = paired(
        message("q", 0, ME, f"{JANES}, {OMARS}"),
        message("b", 0.1, "mailer-daemon@mx.example", ME, answers="q", marks="failed_recipients", failed=OMARS),
        rules=Rules(max_recipients=5),
    )
    assert {ask.connection: ask.sent[0].bounced_at for ask in pairing.asks} == {JANE: None, OMAR: at(0.1)}


def test_a_bounce_that_names_no_message_is_about_the_latest_one_in_seven_days() -> None:
    first, second = asks_to(
        JANE,
        message("q1", 0, ME, JANES),
        message("q2", 24, ME, JANES),
        message("b", 30, "mailer-daemon@mx.example", ME, marks="failed_recipients", failed=JANES),
    )
    assert (first.sent[0].bounced_at, second.sent[0].bounced_at) == (None, at(30))
    late = only_ask(
        message("q", 0, ME, JANES),
        message("b", 24 * 8, "mailer-daemon@mx.example", ME, marks="failed_recipients", failed=JANES),
    )
    assert late.sent[0].bounced_at is None


def test_a_bounce_that_says_nothing_puts_the_asks_of_the_last_day_in_doubt() -> None:
    first, second = asks_to(
        JANE,
        message("q1", 0, ME, JANES),
        message("q2", 48, ME, JANES),
        message("b", 50, "mailer-daemon@mx.example", ME, marks="report_delivery_status"),
    )
    assert (first.undeliverable_at, second.undeliverable_at) == (None, at(50))


def test_a_bounce_from_nobody_is_a_bounce() -> None:
    nobody = replace(message("b", 5, "x@y.example", ME, answers="q", marks="report_delivery_status"), author=None)
    assert only_ask(message("q", 0, ME, JANES), nobody).undeliverable_at == at(5)
    unreadable = replace(message("a", 5, "x@y.example", ME, answers="q"), author=None)
    assert only_ask(message("q", 0, ME, JANES), unreadable).by_other_at is None


def test_a_bounce_that_names_another_ask_is_not_about_this_one() -> None:
    post = [
        message("q1", 0, ME, JANES),
        message("q2", 1, ME, OMARS),
        message("b", 5, "mailer-daemon@mx.example", ME, answers="q1", marks="postmaster_bounce"),
    ]
    for scope in (None, {OMAR}):
        asks = pair(post, BOOK, Rules(), scope).asks
        assert [ask.undeliverable_at for ask in asks if ask.connection == OMAR] == [None]


def test_a_later_message_that_answers_an_unread_one_is_noted() -> None:
    ask = only_ask(message("q", 0, ME, JANES), message("n", 30, ME, OMARS, answers="unread", references="q unread"))
    assert ask.orphaned_at == at(30)
