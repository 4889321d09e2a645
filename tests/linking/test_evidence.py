"""Each kind of evidence, in words that a person understands, and which way it weighs."""

from __future__ import annotations

import pytest

from tests.linking.mailbox import connection, found, only, seen
from tracker.domain.connection import ConnectionId
from tracker.domain.message import AddrSpec

ACME = "Acme Systems GmbH"


def test_the_same_name_at_an_address_built_from_it_at_a_domain_called_like_the_company() -> None:
    jane = only("Jane Doe", ACME, seen("jane.doe@acmesystems.example", "Jane Doe", received=7, sent=5))
    assert jane.connection == ConnectionId(1)
    assert jane.confidence >= 0.95
    assert jane.evidence == (
        "the same name",
        "the address is built from the name (jane.doe)",
        "acmesystems.example is called like Acme Systems GmbH",
        "nobody else of your connections is called so",
        "a rare name",
        "you wrote to each other (7 received, last on 2026-05-01, 5 sent)",
    )


@pytest.mark.parametrize(
    ("local", "words"),
    [
        ("jane.doering", "the address is built from the name (jane.doering)"),
        ("doering_jane", "the address is built from the name (doering_jane)"),
        ("janedoering", "the address is built from the name (janedoering)"),
        ("jane.doering42", "the address is built from the name (jane.doering42)"),
        ("jdoering", "the address is built from the name and an initial (jdoering)"),
        ("j.doering", "the address is built from the name and an initial (j.doering)"),
        ("doeringj", "the address is built from the name and an initial (doeringj)"),
        ("jane_d", "the address is built from the name and an initial (jane_d)"),
        ("janed", "the address is built from the name and an initial (janed)"),
        ("jane", "the address is the first name (jane)"),
        ("doering", "the address is the last name (doering)"),
    ],
)
def test_every_usual_way_to_build_an_address_is_known_even_without_a_name(local: str, words: str) -> None:
    jane = only("Jane Döring", ACME, seen(f"{local}@acmesystems.example"))
    assert jane.evidence[:2] == ("no name is given", words)


def test_an_umlaut_may_be_written_in_two_ways() -> None:
    for local in ("juergen.mueller", "jurgen.muller"):
        assert "is built from the name" in only("Jürgen Müller", ACME, seen(f"{local}@acmesystems.example")).evidence[1]


def test_colleagues_show_where_a_company_writes_from() -> None:
    network = [connection(1, "Jane Doe", ACME)]
    mailbox = [seen("jdoe@zebra.example", "J. Doe")]
    (alone,) = found(network, mailbox)
    colleague = connection(2, "Ann Other", "ACME Systems", "ann@zebra.example")
    (with_one,) = found([*network, colleague], mailbox)
    (with_two,) = found([*network, colleague, connection(3, "Bo Third", "Acme Systems", "bo@zebra.example")], mailbox)
    assert alone.confidence < with_one.confidence <= with_two.confidence
    assert "somebody else of Acme Systems GmbH writes from zebra.example" in with_one.evidence
    assert "other people of Acme Systems GmbH write from zebra.example" in with_two.evidence


def test_a_colleague_at_a_free_mailbox_shows_nothing() -> None:
    colleague = connection(2, "Ann Other", ACME, "ann@gmail.com")
    (jane,) = found([connection(1, "Jane Doe", ACME), colleague], [seen("janedoe@gmail.com", "Jane Doe")])
    assert not any("gmail.com" in reason for reason in jane.evidence)


def test_who_changed_jobs_is_found_at_another_company_and_less_sure() -> None:
    other = connection(2, "Ann Other", "Borealis Bank", "ann@borealis.example")
    network = [connection(1, "Jane Doe", ACME), other]
    (moved,) = found(network, [seen("jane.doe@borealis.example", "Jane Doe")])
    (stayed,) = found(network, [seen("jane.doe@acmesystems.example", "Jane Doe")])
    assert "people of another company write from borealis.example" in moved.evidence
    assert 0.2 < moved.confidence < stayed.confidence


def test_namesakes_share_an_address_that_nothing_tells_apart() -> None:
    mailbox = [seen("jane.doe@gmail.com", "Jane Doe")]
    (alone,) = found([connection(1, "Jane Doe", ACME)], mailbox)
    both = found([connection(1, "Jane Doe", ACME), connection(2, "Jane Doe", "Borealis Bank")], mailbox)
    assert [one.connection for one in both] == [1, 2]
    assert all(one.confidence <= 0.5 for one in both)
    assert alone.confidence > 0.8
    assert all("another connection is called Jane Doe too" in one.evidence for one in both)
    assert "nobody else of your connections is called so" in alone.evidence


def test_the_company_tells_namesakes_apart() -> None:
    network = [connection(1, "Jane Doe", ACME), connection(2, "Jane Doe", "Borealis Bank")]
    best, *_ = found(network, [seen("jane.doe@acmesystems.example", "Jane Doe")])
    assert best.connection == ConnectionId(1)
    assert best.confidence > 0.8


def test_a_namesake_who_has_an_address_already_is_a_rival_too() -> None:
    mailbox = [seen("jane.doe@gmail.com", "Jane Doe")]
    network = [connection(1, "Jane Doe", ACME), connection(2, "Jane Doe", "Borealis Bank", "jane@borealis.example")]
    (jane,) = found(network, mailbox)
    assert jane.connection == ConnectionId(1)
    assert jane.confidence <= 0.5


def test_several_addresses_that_bear_the_name_make_each_less_sure() -> None:
    network = [connection(1, "Jane Doe", ACME)]
    here = seen("jane.doe@gmail.com", "Jane Doe")
    (alone,) = found(network, [here])
    several = found(network, [here, seen("doe77@yahoo.com", "Jane Doe"), seen("jdoe@mail.ru", "Jane Doe")])
    assert "2 other addresses bear the name" in several[0].evidence
    assert max(one.confidence for one in several if one.correspondent == here) < alone.confidence


@pytest.mark.parametrize("local", ["info", "sales", "noreply", "no-reply", "jobs", "newsletter", "dev-list", "support"])
def test_a_role_address_is_nobodys_even_if_it_bears_a_name(local: str) -> None:
    jane = found([connection(1, "Jane Doe", ACME)], [seen(f"{local}@acmesystems.example", "Jane Doe", sent=20)])
    assert all(one.confidence < 0.5 and "a role address or a list, not a person's" in one.evidence for one in jane)
    assert only("Jane Doe", ACME, seen("jane.doe@acmesystems.example", "Jane Doe", sent=20)).confidence > 0.9


def test_a_name_that_came_through_a_list_is_not_the_lists() -> None:
    network = [connection(1, "Jane Doe", ACME)]
    rewritten = [seen("jane.doe@acmesystems.example", "Jane Doe via Team", received=9, sent=9)]
    assert [one.confidence < 0.5 for one in found(network, rewritten)] == [True]
    configured = [seen("jane.doe@acmesystems.example", "Jane Doe")]
    (jane,) = found(network, configured, lists=["jane.doe@acmesystems.example"])
    assert jane.confidence < 0.5


@pytest.mark.parametrize(
    "name", ["Office of Jane Doe", "Jane Doe's assistant", "Assistant to Jane Doe", "Jane Doe (EA)"]
)
def test_an_assistant_is_somebody_else(name: str) -> None:
    network = [connection(1, "Jane Doe", ACME)]
    mailbox = [seen(f"{local}@acmesystems.example", name) for local in ("bo.third", "jane.doe.office", "jane.doe")]
    those = found(network, mailbox)
    assert those
    assert all(one.confidence < 0.5 and "somebody writes for this person" in one.evidence for one in those)


def test_a_relative_is_somebody_else() -> None:
    network = [connection(1, "Jane Doering", ACME)]
    mailbox = [seen("john@doering.example", "John Doering"), seen("john.doering@gmail.com", "John Doering")]
    assert not found(network, mailbox)
    (jane,) = found(network, [*mailbox, seen("jane@doering.example", "Jane Doering")])
    assert jane.correspondent.addr == "jane@doering.example"


def test_a_mailbox_that_several_share_is_nobodys_own() -> None:
    jane = only("Jane Doering", ACME, seen("jane.doering@doering.example", "Jane & John Doering"))
    assert "several people share the address" in jane.evidence
    assert jane.confidence < 0.5


def test_who_writes_through_lists_only_is_told_so_and_less_sure() -> None:
    listed = only("Jane Doe", ACME, seen("jane.doe@gmail.com", "Jane Doe", received=5, sent=0, listed=5))
    direct = only("Jane Doe", ACME, seen("jane.doe@gmail.com", "Jane Doe", received=5, sent=0))
    assert listed.evidence[-1] == "writes through lists or in bulk only"
    assert direct.evidence[-1] == "wrote to you 5 times, last on 2026-05-01"
    assert listed.confidence < direct.confidence


def test_linkedins_notifications_tell_of_a_name_and_are_nobodys_address() -> None:
    notifier = seen("messages-noreply@linkedin.com", "Jane Doe via LinkedIn", received=3, sent=0, notified=3)
    jane = only("Jane Doe", ACME, seen("jane.doe@acmesystems.example", "Jane Doe"), notifier)
    assert jane.correspondent.addr == "jane.doe@acmesystems.example"
    assert "LinkedIn notified you of messages from this name" in jane.evidence


def test_a_refused_pair_does_not_come_back_and_an_owned_address_is_not_proposed() -> None:
    network, mailbox = [connection(1, "Jane Doe", ACME)], [seen("jane.doe@acmesystems.example", "Jane Doe")]
    assert found(network, mailbox)
    assert not found(network, mailbox, rejected={(ConnectionId(1), AddrSpec("jane.doe@acmesystems.example"))})
    assert not found([*network, connection(2, "Bo", "", "jane.doe@acmesystems.example")], mailbox)
    assert not found(network, [seen("me@home.example", "Jane Doe")])


def test_evidence_from_outside_cannot_move_the_cursor() -> None:
    jane = only("Jane Doe", "Acme\x1b[2J Systems\nGmbH", seen("jane.doe@acmesystems.example", "Jane Doe\x1b[31m"))
    assert not any(char in reason for reason in jane.evidence for char in "\x1b\n")
