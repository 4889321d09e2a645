"""Which outbound message asks whom, and which inbound one answers it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from tests.unit.letters_by_hand import BOOK, JANE, ME, OMAR, PEOPLE, asks_to, at, message, only_ask, paired
from tracker.domain.asks import Rules, Rung
from tracker.domain.connection import AddressBook
from tracker.domain.kind import MessageKind
from tracker.domain.message import AddrSpec, FolderRole
from tracker.domain.pairing import pair

JANES = "jane@acme.example"
OMARS = "omar@acme.example"


def test_a_message_to_a_connection_is_an_ask() -> None:
    ask = only_ask(message("q", 0, ME, JANES))
    assert (ask.connection, ask.asked_at, ask.subject, ask.reply_to) == (JANE, at(0), "About q", ME)
    assert (ask.last_word, ask.group) == (False, False)


def test_a_reply_that_names_the_ask_is_exact() -> None:
    ask = only_ask(message("q", 0, ME, JANES), message("a", 5, JANES, ME, answers="q"))
    (reply,) = ask.exact
    assert (reply.rung, reply.at, reply.identity) == (Rung.IN_REPLY_TO, at(5), "a")


def test_a_reply_from_another_address_of_the_same_person_counts() -> None:
    ask = only_ask(message("q", 0, ME, JANES), message("a", 5, "jane@home.example", ME, answers="q"))
    assert [reply.rung for reply in ask.exact] == [Rung.IN_REPLY_TO]


def test_references_count_where_in_reply_to_names_something_else() -> None:
    ask = only_ask(message("q", 0, ME, JANES), message("a", 5, JANES, ME, answers="lost", references="q lost"))
    assert [(reply.rung, reply.at) for reply in ask.exact] == [(Rung.REFERENCES, at(5))]


def test_references_answer_the_latest_ask_before_the_reply() -> None:
    first, second = asks_to(
        JANE,
        message("q1", 0, ME, JANES),
        message("q2", 24 * 40, ME, JANES, answers="q1"),
        message("a", 24 * 40 + 3, JANES, ME, answers="gone", references="q1 q2 gone"),
    )
    assert first.exact == ()
    assert [reply.rung for reply in second.exact] == [Rung.REFERENCES]
    assert first.human is not None


def test_an_alias_of_the_ask_is_as_good_as_its_id() -> None:
    ask = only_ask(message("q", 0, ME, JANES, aliases="rewritten"), message("a", 5, JANES, ME, answers="rewritten"))
    assert [reply.rung for reply in ask.exact] == [Rung.IN_REPLY_TO]


def test_the_earliest_of_two_replies_is_the_reply() -> None:
    ask = only_ask(
        message("q", 0, ME, JANES), message("late", 9, JANES, ME, answers="q"), message("a", 5, JANES, ME, answers="q")
    )
    assert [reply.identity for reply in ask.exact] == ["a"]


def test_a_further_message_in_the_thread_is_a_nudge_timed_from_the_first() -> None:
    ask = only_ask(message("q", 0, ME, JANES), message("n", 72, ME, JANES, answers="q"))
    assert [send.identity for send in ask.sent] == ["q", "n"]
    assert ask.asked_at == at(0)


def test_a_reply_to_a_nudge_answers_the_ask() -> None:
    ask = only_ask(
        message("q", 0, ME, JANES), message("n", 72, ME, JANES, answers="q"), message("a", 80, JANES, ME, answers="n")
    )
    assert [reply.identity for reply in ask.exact] == ["a"]


def test_after_thirty_days_of_rest_a_thread_holds_a_new_ask() -> None:
    asks = asks_to(JANE, message("q", 0, ME, JANES), message("again", 24 * 31, ME, JANES, answers="q"))
    assert [ask.identity for ask in asks] == ["q", "again"]


def test_an_answer_to_their_own_message_is_a_last_word() -> None:
    asks = asks_to(
        JANE,
        message("q", 0, ME, JANES),
        message("a", 5, JANES, ME, answers="q"),
        message("thanks", 6, ME, JANES, answers="a"),
        message("oh", 7, ME, JANES, answers="thanks"),
    )
    assert [(ask.identity, ask.last_word, len(ask.sent)) for ask in asks] == [("q", False, 1), ("thanks", True, 2)]


def test_a_bystander_between_their_word_and_mine_does_not_make_mine_an_ask() -> None:
    asks = asks_to(
        JANE,
        message("hello", 0, JANES, ME),
        message("plus", 1, OMARS, ME, answers="hello"),
        message("thanks", 2, ME, JANES, answers="plus"),
    )
    assert [ask.last_word for ask in asks] == [True]


def test_an_answer_to_a_message_that_was_never_read_is_a_last_word() -> None:
    assert only_ask(message("q", 0, ME, JANES, answers="unknown")).last_word


def test_a_mail_to_several_people_asks_nobody_in_particular() -> None:
    pairing = paired(message("q", 0, ME, f"{JANES}, {OMARS}"))
    assert [(ask.connection, ask.group) for ask in pairing.asks] == [(JANE, True), (OMAR, True)]


def test_two_addresses_of_one_person_and_mine_are_one_recipient() -> None:
    assert not only_ask(message("q", 0, ME, f"{JANES}, jane@home.example, {ME}")).group


def test_max_recipients_is_the_users_choice() -> None:
    pairing = paired(message("q", 0, ME, f"{JANES}, {OMARS}"), rules=Rules(max_recipients=2))
    assert [ask.group for ask in pairing.asks] == [False, False]
    assert [ask.group for ask in paired(message("q", 0, ME, JANES), rules=Rules(max_recipients=2)).asks] == [False]


def test_people_in_copy_are_informed_not_asked() -> None:
    pairing = paired(message("q", 0, ME, JANES, cc=OMARS))
    assert {ask.connection: ask.group for ask in pairing.asks} == {JANE: False, OMAR: True}


def test_mail_to_myself_to_strangers_and_by_machines_of_mine_asks_nobody() -> None:
    pairing = paired(
        message("note", 0, ME, ME),
        message("stranger", 0, ME, "x@elsewhere.example"),
        message("invitation", 0, ME, JANES, marks="calendar"),
        message("away", 0, ME, JANES, marks="auto_submitted_replied"),
        message("newsletter", 0, ME, JANES, marks="list_unsubscribe"),
        message("forged", 0, ME, JANES, stored_in=FolderRole.JUNK),
    )
    assert pairing.asks == ()


def test_a_post_to_a_mailing_list_asks_nobody() -> None:
    club = AddrSpec("club@lists.example")
    book = AddressBook.of(PEOPLE.values(), mine=[AddrSpec(ME)], lists=[club])
    post = message("q", 0, ME, club, cc=JANES)
    assert paired(post, book=book).asks == ()
    assert paired(replace(post, list_posts=(club,))).asks == ()
    to_jane = message("q", 0, ME, JANES, cc=club)
    assert [ask.group for ask in paired(to_jane, book=book).asks] == [False], (
        "a list in copy takes nothing from the ask"
    )


def test_the_direction_is_decided_by_from_and_never_by_folder() -> None:
    ask = only_ask(message("q", 0, ME, JANES, stored_in=FolderRole.INBOX))
    assert ask.identity == "q"


def test_a_connections_address_is_not_mine_even_if_it_was_learned() -> None:
    book = AddressBook.of(PEOPLE.values(), mine=[AddrSpec(ME)], learned=[AddrSpec(JANES)])
    pairing = paired(message("q", 0, ME, JANES), message("a", 5, JANES, ME, answers="q"), book=book)
    assert [len(ask.exact) for ask in pairing.asks] == [1]
    second = AddrSpec("ann@home.example")
    learned = [AddrSpec(JANES), second, AddrSpec(ME)]
    assert AddressBook.of(PEOPLE.values(), mine=[AddrSpec(ME)], learned=learned).own == {ME, second}


def test_any_later_message_of_theirs_clears_their_open_asks() -> None:
    first, second = asks_to(
        JANE, message("q1", 0, ME, JANES), message("q2", 10, ME, JANES), message("hi", 20, JANES, ME)
    )
    assert first.human is not None
    assert second.human is not None
    assert first.person is None, "only the latest ask can have been meant"
    assert second.person is not None
    assert second.person.at == at(20)


def test_a_newsletter_of_theirs_says_nothing_unless_it_names_me() -> None:
    assert only_ask(message("q", 0, ME, JANES), message("news", 9, JANES, "all@l.example", marks="list")).human is None
    named = only_ask(message("q", 0, ME, JANES), message("news", 9, JANES, f"all@l.example, {ME}", marks="list"))
    assert named.human is not None
    assert named.person is None


def test_an_answer_to_something_else_clears_but_is_not_in_time() -> None:
    ask = only_ask(
        message("other", -100, OMARS, ME),
        message("q", 0, ME, JANES),
        message("about other", 5, JANES, ME, answers="other"),
    )
    assert ask.person is None
    assert ask.human is not None


def test_a_machine_answers_nothing_and_an_absence_note_is_noted() -> None:
    ask = only_ask(
        message("q", 0, ME, JANES), message("away", 0.1, JANES, ME, answers="q", marks="auto_submitted_replied")
    )
    assert (ask.exact, ask.human, ask.away_at) == ((), None, at(0.1))


def test_an_absence_note_speaks_for_thirty_days() -> None:
    def asked_after(days: float) -> object:
        return only_ask(
            message("away", 0, JANES, ME, marks="auto_submitted_replied"), message("q", 24 * days, ME, JANES)
        ).away_at

    assert asked_after(29) == at(0)
    assert asked_after(31) is None


def test_a_doubtful_message_is_noted_as_doubt() -> None:
    marks = "x_autoreply auto_submitted_no"
    ask = only_ask(message("q", 0, ME, JANES), message("odd", 5, JANES, ME, answers="q", marks=marks))
    assert ask.uncertain is not None
    assert ask.uncertain.kind is MessageKind.UNCERTAIN
    assert ask.exact == ()


def test_a_calendar_answer_is_an_answer() -> None:
    ask = only_ask(message("q", 0, ME, JANES), message("a", 5, JANES, ME, answers="q", marks="calendar"))
    assert [reply.kind for reply in ask.exact] == [MessageKind.CALENDAR]


def test_a_message_whose_stamps_disagree_keeps_both() -> None:
    ask = only_ask(message("q", 24 * 10, ME, JANES, dated=0))
    assert (ask.sent[0].at, ask.sent[0].at_latest) == (at(0), at(24 * 10))


def test_only_the_people_in_scope_are_paired() -> None:
    post = [message("q1", 0, ME, JANES), message("q2", 0, ME, OMARS), message("a", 3, OMARS, ME, answers="q2")]
    pairing = pair(post, BOOK, Rules(), {OMAR})
    assert [ask.connection for ask in pairing.asks] == [OMAR]
    assert pairing.heard == {OMAR: (at(3),)}


def test_the_order_of_arrival_changes_nothing() -> None:
    post = [
        message("q", 0, ME, JANES),
        message("n", 30, ME, JANES, answers="q"),
        message("a", 40, JANES, ME, answers="n", references="q n"),
        message("thanks", 41, ME, JANES, answers="a"),
        message("x", 42, OMARS, ME, answers="q"),
    ]
    results = {repr(paired(*order)) for order in permutations(post)}
    assert len(results) == 1
    assert "thanks" in results.pop()


def test_a_shared_address_speaks_for_both_who_share_it() -> None:
    couple = [PEOPLE[JANE], replace(PEOPLE[OMAR], addresses=(AddrSpec(JANES),))]
    book = AddressBook.of(couple, mine=[AddrSpec(ME)])
    pairing = paired(message("q", 0, ME, JANES), message("a", 5, JANES, ME, answers="q"), book=book)
    assert [(ask.connection, len(ask.exact)) for ask in pairing.asks] == [(JANE, 1), (OMAR, 1)]


def test_every_human_word_of_theirs_is_remembered() -> None:
    pairing = paired(
        message("hi", 0, JANES, ME),
        message("away", 1, JANES, ME, marks="auto_submitted_replied"),
        message("list", 2, JANES, "all@l.example", marks="list"),
        message("hi again", 3, "jane@home.example", ME),
    )
    assert pairing.heard[JANE] == (at(0), at(3))
    assert at(3) - at(0) == timedelta(hours=3)
