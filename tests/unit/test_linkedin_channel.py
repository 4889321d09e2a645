"""LinkedIn messages as a second channel: the same asks, the same ladder, and a word on either clears the other."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.letters_by_hand import JANE, ME, START, addresses, at, message
from tests.unit.test_verdict import JANES, T48, known
from tracker.domain.asks import Ask, Channel, Rules, Rung
from tracker.domain.connection import AddressBook, Connection, profile_addr
from tracker.domain.message import AddrSpec, Message
from tracker.domain.outcome import Outcome, judge
from tracker.domain.pairing import pair

ANN = profile_addr("Ann-Lee")
JANES_PROFILE = profile_addr("janedoe")
BOOK = AddressBook.of(
    [Connection(JANE, "Jane Doe", addresses=(AddrSpec(JANES),), profile=JANES_PROFILE)],
    mine=[AddrSpec(ME)],
    learned=[ANN],
)


def chat(name: str, hours: float, *, mine: bool, conversation: str = "c1", to: str = "") -> Message:
    """A message on LinkedIn, from or to Jane."""
    sender, recipient = (ANN, JANES_PROFILE) if mine else (JANES_PROFILE, ANN)
    plain = message(name, hours, sender, to or recipient)
    return replace(plain, message_id=None, thread_keys=(f"linkedin {conversation}",))


def asks(*facts: Message) -> list[Ask]:
    return list(pair(facts, BOOK, Rules()).asks)


def outcomes(*facts: Message) -> list[Outcome]:
    received = dict.fromkeys((AddrSpec(ME), ANN), known().received[AddrSpec(ME)])
    return [judge(ask, T48, replace(known(), received=received)).outcome for ask in asks(*facts)]


def test_profiles_have_addresses_that_no_mail_can_reach() -> None:
    assert (ANN, JANES_PROFILE) == ("ann-lee@in.linkedin.invalid", "janedoe@in.linkedin.invalid")


def test_an_answer_in_the_conversation_is_exact() -> None:
    (ask,) = asks(chat("q", 0, mine=True), chat("a", 5, mine=False))
    assert (ask.channel, ask.reply_to) == (Channel.LINKEDIN, ANN)
    assert [(reply.rung, reply.at) for reply in ask.exact] == [(Rung.THREAD_ID, at(5))]
    assert outcomes(chat("q", 0, mine=True), chat("a", 5, mine=False)) == [Outcome.IN_TIME]
    assert outcomes(chat("q", 0, mine=True), chat("a", 60, mine=False)) == [Outcome.LATE]
    assert outcomes(chat("q", 0, mine=True)) == [Outcome.OVERDUE]


def test_a_second_message_is_a_nudge_and_a_group_asks_nobody() -> None:
    nudged = asks(chat("q", 0, mine=True), chat("n", 30, mine=True))
    assert [len(ask.sent) for ask in nudged] == [2]
    both = f"{JANES_PROFILE}, {profile_addr('omar')}"
    (group,) = asks(chat("q", 0, mine=True, to=both))
    assert group.group
    assert [address.addr for address in addresses(both)] == [JANES_PROFILE, profile_addr("omar")]


def test_an_answer_by_mail_clears_what_was_asked_on_linkedin_and_the_other_way_round() -> None:
    by_mail = message("a", 20, JANES, ME)
    assert outcomes(chat("q", 0, mine=True), by_mail) == [Outcome.IN_TIME]
    assert outcomes(chat("q", 0, mine=True), message("a", 90, JANES, ME)) == [Outcome.HEARD]
    asked = message("q", 0, ME, JANES)
    assert [ask.channel for ask in asks(asked)] == [Channel.EMAIL]
    assert outcomes(asked, chat("a", 20, mine=False)) == [Outcome.IN_TIME]
    assert outcomes(asked, chat("a", 90, mine=False)) == [Outcome.HEARD]


def test_a_bounce_that_says_nothing_is_not_about_what_went_to_a_profile() -> None:
    bounce = message("b", 1, "mailer-daemon@mx.example", ME, marks="postmaster_bounce")
    (ask,) = asks(chat("q", 0, mine=True), bounce)
    assert ask.undeliverable_at is None
    (mail,) = asks(message("q", 0, ME, JANES), bounce)
    assert mail.undeliverable_at == at(1)


def test_what_answers_their_last_word_is_a_last_word_here_too() -> None:
    (ask,) = asks(chat("w", 0, mine=False), chat("q", 1, mine=True))
    assert ask.last_word
    assert ask.asked_at == START.replace(hour=10)
