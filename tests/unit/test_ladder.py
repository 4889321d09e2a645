"""The finer ties of the ladder, delivery reports by their own words, and addresses that nobody reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.unit.letters_by_hand import JANE, ME, OMAR, asks_to, at, ids, message, only_ask, paired
from tests.unit.test_verdict import known, outcome
from tracker.domain.asks import Rules, Rung
from tracker.domain.kind import MessageKind, kind_of
from tracker.domain.message import AddrSpec, Delivery, FolderRole, ReportedRecipient
from tracker.domain.outcome import Judging, Outcome, Reason, judge
from tracker.domain.verdict import is_unreachable

if TYPE_CHECKING:
    from tracker.domain.message import Message

JANES = "jane@acme.example"
OMARS = "omar@acme.example"
INDEX = "01" * 22


def in_thread(one: Message, key: str) -> Message:
    return replace(one, thread_keys=(f"work gm {key}",))


def report(name: str, hours: float, *told: tuple[str, Delivery, str], returned: str = "", answers: str = "") -> Message:
    """A delivery report about these recipients, as its body tells it."""
    plain = message(name, hours, "mailer-daemon@mx.example", ME, answers=answers, marks="report_delivery_status")
    reported = tuple(ReportedRecipient(AddrSpec(addr), delivery, status) for addr, delivery, status in told)
    return replace(plain, reported=reported, returned=ids(returned))


def test_the_servers_thread_ties_an_answer_that_names_nothing() -> None:
    ask = only_ask(in_thread(message("q", 0, ME, JANES), "7"), in_thread(message("a", 5, JANES, ME), "7"))
    assert [(reply.rung, reply.at) for reply in ask.exact] == [(Rung.THREAD_ID, at(5))]
    other = only_ask(in_thread(message("q", 0, ME, JANES), "7"), in_thread(message("a", 5, JANES, ME), "8"))
    assert other.exact == ()


def test_what_came_before_the_ask_in_the_servers_thread_is_no_answer() -> None:
    asks = asks_to(JANE, in_thread(message("q", 0, ME, JANES), "7"), in_thread(message("a", -5, JANES, ME), "7"))
    assert [ask.exact for ask in asks] == [()]
    assert asks[0].last_word, "it is their word in the thread that mine answers"


def test_outlooks_index_ties_an_answer_that_names_nothing() -> None:
    def answered(mine: str, theirs: str) -> list[Rung]:
        asked = replace(message("q", 0, ME, JANES), thread_index=mine)
        return [reply.rung for reply in only_ask(asked, replace(message("a", 5, JANES, ME), thread_index=theirs)).exact]

    assert answered(INDEX, f"{INDEX}0102030405") == [Rung.THREAD_INDEX]
    assert answered(INDEX, INDEX) == []
    assert answered(f"{INDEX}0102030405", INDEX) == []
    assert answered(INDEX, "02" * 27) == []
    before = replace(message("a", -5, JANES, ME), thread_index=f"{INDEX}0102030405")
    assert only_ask(replace(message("q", 0, ME, JANES), thread_index=INDEX), before).exact == ()


def test_a_named_message_is_a_stronger_tie_than_a_thread() -> None:
    first, second = asks_to(
        JANE,
        in_thread(message("q1", 0, ME, JANES), "7"),
        in_thread(message("q2", 24 * 40, ME, JANES), "7"),
        in_thread(message("a", 24 * 41, JANES, ME, answers="q1"), "7"),
    )
    assert [reply.rung for reply in first.exact] == [Rung.IN_REPLY_TO]
    assert second.exact == ()


REPORTS = [
    ([(JANES, Delivery.FAILED, "5.1.1")], (Outcome.EXCLUDED, Reason.UNDELIVERABLE)),
    ([(JANES, Delivery.FAILED, "")], (Outcome.EXCLUDED, Reason.UNDELIVERABLE)),
    ([(JANES, Delivery.DELAYED, "4.4.1")], (Outcome.UNKNOWN, Reason.DELIVERY_DELAYED)),
    ([(JANES, Delivery.DELIVERED, "2.0.0")], (Outcome.OVERDUE, None)),
    ([], (Outcome.UNKNOWN, Reason.MAYBE_UNDELIVERABLE)),
    ([("forwarded@elsewhere.example", Delivery.FAILED, "5.1.1")], (Outcome.UNKNOWN, Reason.MAYBE_UNDELIVERABLE)),
]


@pytest.mark.parametrize(("told", "expected"), REPORTS)
def test_a_delivery_report_does_what_its_body_says(
    told: list[tuple[str, Delivery, str]], expected: tuple[Outcome, Reason | None]
) -> None:
    assert outcome(message("q", 0, ME, JANES), report("b", 1, *told, returned="q")) == expected


def test_a_report_without_the_returned_message_is_about_the_latest_to_its_recipient() -> None:
    first, second = asks_to(
        JANE,
        message("q1", 0, ME, JANES),
        message("q2", 24, ME, JANES),
        report("b", 30, (JANES, Delivery.FAILED, "5.1.1")),
    )
    assert (first.sent[0].bounced_at, second.sent[0].bounced_at) == (None, at(30))
    assert second.sent[0].status == "5.1.1"


def test_a_delay_and_then_a_failure_is_a_failure() -> None:
    delayed, failed = (JANES, Delivery.DELAYED, ""), (JANES, Delivery.FAILED, "5.4.7")
    post = [message("q", 0, ME, JANES), report("d", 4, delayed, returned="q"), report("f", 90, failed, returned="q")]
    assert outcome(*post) == (Outcome.EXCLUDED, Reason.UNDELIVERABLE)


def test_of_two_recipients_the_others_ask_stands() -> None:
    told = [(JANES, Delivery.FAILED, "5.1.1"), (OMARS, Delivery.DELIVERED, "2.0.0")]
    post = [message("q", 0, ME, f"{JANES}, {OMARS}"), report("b", 1, *told, returned="q")]
    asks = paired(*post, rules=Rules(max_recipients=2)).asks
    assert {ask.connection: ask.sent[0].bounced_at for ask in asks} == {JANE: at(1), OMAR: None}


def test_kinds_of_delivery_reports() -> None:
    marks = {"report_delivery_status", "auto_submitted_replied"}
    assert kind_of(marks)[0] is MessageKind.BOUNCE_LIKE
    assert kind_of(marks, None, {Delivery.FAILED, Delivery.DELIVERED})[0] is MessageKind.BOUNCE_HARD
    assert kind_of(marks, None, {Delivery.DELAYED})[0] is MessageKind.BOUNCE_SOFT
    assert kind_of(marks, None, {Delivery.DELIVERED})[0] is MessageKind.DSN_OK


@pytest.mark.parametrize(("status", "dead"), [("5.1.1", True), ("", True), ("5.2.2", False), ("5.7.1", False)])
def test_only_a_bounce_that_blames_the_address_makes_it_dead(status: str, dead: object) -> None:
    post = [message("q", 0, ME, JANES), report("b", 1, (JANES, Delivery.FAILED, status), returned="q")]
    assert is_unreachable([AddrSpec(JANES)], asks_to(JANE, *post), [], known()) is dead


def test_somebody_who_left_was_not_to_be_reached_there() -> None:
    post = [message("q", 0, ME, JANES), message("gone", 1, JANES, ME, marks="auto_submitted_replied retired_subject")]
    assert outcome(*post) == (Outcome.EXCLUDED, Reason.RETIRED_ADDRESS)
    asks = asks_to(JANE, *post)
    assert is_unreachable([AddrSpec(JANES)], asks, [], known())
    assert not is_unreachable([AddrSpec(JANES), AddrSpec("jane@home.example")], asks, [], known())
    elsewhere = [message("r", 2, ME, "jane@home.example"), post[1]]
    assert outcome(*elsewhere) == (Outcome.EXCLUDED, Reason.AWAY), "the address that was asked is another one"


def test_somebody_who_left_long_after_the_ask_was_there_to_answer_it() -> None:
    asked, again = message("q", 0, ME, JANES), message("r", 24 * 200, ME, JANES)
    gone = message("gone", 24 * 200 + 1, JANES, ME, marks="auto_submitted_replied retired_subject")
    later = known(at(24 * 230), covered=at(24 * 230))
    told = [judge(ask, Judging(), later) for ask in asks_to(JANE, asked, again, gone)]
    assert [(one.outcome, one.reason) for one in told] == [
        (Outcome.OVERDUE, None),
        (Outcome.EXCLUDED, Reason.RETIRED_ADDRESS),
    ]
    nudged = message("n", 24 * 5, ME, JANES, answers="q")
    soon = message("gone", 24 * 5 + 1, JANES, ME, marks="auto_submitted_replied retired_subject")
    assert outcome(asked, nudged, soon) == (Outcome.EXCLUDED, Reason.RETIRED_ADDRESS), "in doubt, for the person"


def test_a_person_who_says_so_by_hand_is_a_person() -> None:
    post = [message("q", 0, ME, JANES), message("a", 1, JANES, ME, answers="q", marks="retired_subject")]
    assert outcome(*post)[0] is Outcome.IN_TIME


def test_the_last_relay_decides_where_two_stamps_disagree() -> None:
    moved = replace(message("a", 24 * 200, JANES, ME, answers="q", dated=-24 * 400), relayed_at=at(30))
    ask = only_ask(message("q", 0, ME, JANES), moved)
    assert [reply.at for reply in ask.exact] == [at(30)]


def test_a_weak_machine_is_doubt_and_never_an_answer() -> None:
    quick = message("m", 1 / 120, JANES, ME, answers="q", marks="auto_submitted_generated")
    slow = message("m", 5, JANES, ME, answers="q", marks="auto_submitted_generated")
    assert outcome(message("q", 0, ME, JANES), quick) == (Outcome.OVERDUE, None), "30 seconds: nobody wrote that"
    assert outcome(message("q", 0, ME, JANES), slow) == (Outcome.UNKNOWN, Reason.UNCERTAIN_SENDER)


def test_an_absence_by_its_subject_alone_is_an_absence_if_it_came_at_once() -> None:
    away = message("m", 0.1, JANES, ME, answers="q", marks="absence_subject")
    assert outcome(message("q", 0, ME, JANES), away) == (Outcome.EXCLUDED, Reason.AWAY)
    late = message("m", 5, JANES, ME, answers="q", marks="absence_subject")
    assert outcome(message("q", 0, ME, JANES), late) == (Outcome.UNKNOWN, Reason.UNCERTAIN_SENDER)


def rule_of(*post: Message) -> str:
    return judge(only_ask(*post), Judging(), known()).rule


def test_every_decision_names_its_rule() -> None:
    ask = message("q", 0, ME, JANES)
    away = message("m", 1, JANES, ME, marks="x_apple_action")
    assert rule_of(ask, away) == "x_apple_action"
    assert rule_of(ask, message("m", 1, JANES, ME, marks="x_autoreply retired_subject")) == "retired_subject"
    assert (
        rule_of(ask, report("b", 1, (JANES, Delivery.FAILED, "5.1.1"), returned="q")) == "report_delivery_status 5.1.1"
    )
    assert rule_of(ask, report("b", 1, returned="q")) == "report_delivery_status"
    assert rule_of(ask, message("a", 5, JANES, ME, answers="q")) == "by in_reply_to"
    assert rule_of(message("hi", -1, JANES, ME), message("q", 0, ME, JANES, answers="hi")).startswith("they wrote")
    assert rule_of(message("q", 0, ME, JANES, answers="gone")) == "it answers a message that was never read"
    assert rule_of(message("q", 0, ME, "x@y.example", cc=JANES)) == "they stand in copy"
    assert rule_of(message("q", 0, ME, "a@y.example", cc=JANES)) == "they stand in copy"
    assert rule_of(message("q", 0, ME, f"{JANES}, x@y.example")) == "it went to several people"
    odd = message("m", 5, JANES, ME, answers="q", marks="x_autoreply auto_submitted_no")
    assert rule_of(ask, odd) == "x_autoreply against auto_submitted_no"
    assert rule_of(ask, away, odd) == "x_apple_action"
    assert rule_of(ask) == ""


def test_an_answer_that_lay_in_junk_says_so() -> None:
    def found_in(*roles: FolderRole) -> FolderRole | None:
        reply = replace(message("a", 5, JANES, ME, answers="q"), seen_in=frozenset(roles))
        return only_ask(message("q", 0, ME, JANES), reply).exact[0].hidden_in

    assert found_in(FolderRole.JUNK) is FolderRole.JUNK
    assert found_in(FolderRole.TRASH) is FolderRole.TRASH
    assert found_in(FolderRole.TRASH, FolderRole.JUNK) is FolderRole.JUNK
    assert found_in(FolderRole.TRASH, FolderRole.INBOX) is None
    assert found_in(FolderRole.INBOX) is None
