"""Delivery reports as real programs write them, and as a stranger may."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.message import AddrSpec, Delivery, Message, MessageId, ReportedRecipient
from tracker.parsing import with_report

UNREAD = Message(identity="00", message_id=None, author=None, dated_at=None, received_at=None)

RETURNED = "From: ann@example.org\nTo: jane@acme.example\nMessage-ID: <q@example.org>\nSubject: secret\n"

Told = tuple[str, str, str]


def report(*parts: str, boundary: str = "=_b", before: str = "") -> bytes:
    """A multipart/report of these parts (RFC 6522), each with its own fields."""
    head = (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
        f'{before}Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\n\n'
    )
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"{head}This is a MIME message.\n{body}--{boundary}--\n".encode().replace(b"\n", b"\r\n")


def status(*blocks: str, kind: str = "message/delivery-status") -> str:
    """A delivery-status part: fields of the report, then fields of each recipient."""
    return f"Content-Type: {kind}\n\nReporting-MTA: dns; mx.example\n\n" + "\n".join(f"{block}\n" for block in blocks)


def told(body: bytes) -> list[Told]:
    return [(one.addr, one.delivery.value, one.status) for one in with_report(UNREAD, body).reported]


def returned(body: bytes) -> tuple[str, ...]:
    return with_report(UNREAD, body).returned


NOTE = "Content-Type: text/plain\n\nI'm sorry to have to inform you that your message could not be delivered.\n"
WHOLE = f"Content-Type: message/rfc822\n\n{RETURNED}\nThe secret text.\n"
POSTFIX = report(
    NOTE,
    status(
        "Final-Recipient: rfc822; jane@acme.example\nOriginal-Recipient: rfc822;Jane.Doe@acme.example\n"
        "Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; mail.acme.example\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <jane@acme.example>:\n    Recipient address rejected: User unknown\n"
    ),
    WHOLE,
)
EXIM = (
    b"From: Mail Delivery System <Mailer-Daemon@mx.example>\r\nX-Failed-Recipients: jane@acme.example\r\n"
    b"Subject: Mail delivery failed: returning message to sender\r\n\r\n"
    b"This message was created automatically by mail delivery software.\r\n\r\n"
    b"A message that you sent could not be delivered to one or more of its\r\n"
    b"recipients. This is a permanent error. The following address(es) failed:\r\n\r\n"
    b"  jane@acme.example\r\n    unrouteable mail domain\r\n\r\n"
    b"------ This is a copy of the message, including all the headers. ------\r\n\r\n"
    b"Return-path: <ann@example.org>\r\nFrom: ann@example.org\r\nMessage-ID: <q@example.org>\r\n\r\ntext\r\n"
)
GMAIL = report(
    "Content-Type: multipart/related; boundary=in\n\n--in\nContent-Type: text/html\n\n<p>Not found</p>\n--in--\n",
    status(
        "Final-Recipient: rfc822; jane@acme.example\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.\n"
        "Last-Attempt-Date: Tue, 24 Nov 2026 01:00:00 -0800 (PST)\n"
    ),
    WHOLE,
)
EXCHANGE = report(
    "Content-Type: text/html; charset=us-ascii\n\n<html>Delivery has failed to these recipients</html>\n",
    status("Final-Recipient: rfc822;jane@acme.example\nAction: failed\nStatus: 5.1.10\nX-Display-Name: Jane\n"),
    "Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable\n\n"
    "From: ann@example.org\nMessage-ID:\n <new@prod.outlook.example>\n"
    "X-Microsoft-Original-Message-ID: <q@example.org>\n",
)
QMAIL = (
    b"From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n"
    b"Hi. This is the qmail-send program at mx.example.\r\n"
    b"I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
    b"This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
    b"<jane@acme.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
    b"--- Below this line is a copy of the message.\r\n\r\n"
    b"Return-Path: <ann@example.org>\r\nMessage-Id: <q@example.org>\r\n\r\ntext\r\n"
)
SENDMAIL = report(
    NOTE,
    status(
        "Original-Recipient: RFC822;<jane@acme.example>\nFinal-Recipient: RFC822; x@inner.example\n"
        "Action: failed (bad destination mailbox address)\nStatus: 5.0.0 (undefined)\n"
    ),
    "Content-Type: message/rfc822-headers\n\n" + RETURNED,
)
DELAYED = report(
    NOTE,
    status(
        "Final-Recipient: rfc822; jane@acme.example\nAction: delayed\nStatus: 4.4.1\n"
        "Will-Retry-Until: Fri, 27 Nov 2026 01:00:00 +0100\n"
    ),
    WHOLE,
)
SUCCESS = report(NOTE, status("Final-Recipient: rfc822; jane@acme.example\nAction: relayed\nStatus: 2.0.0\n"), WHOLE)
GLOBAL = report(
    NOTE,
    status(
        "Final-Recipient: utf-8; jörg@acme.example\nAction: failed\nStatus: 5.1.1\n",
        "Final-Recipient: rfc822; jane@acme.example\nAction: delayed\n",
        kind="message/global-delivery-status",
    ),
    "Content-Type: message/global-headers\n\n" + RETURNED,
)


@pytest.mark.parametrize(
    ("body", "recipients"),
    [
        (POSTFIX, [("jane.doe@acme.example", "failed", "5.1.1")]),
        (EXIM, [("jane@acme.example", "failed", "")]),
        (GMAIL, [("jane@acme.example", "failed", "5.1.1")]),
        (EXCHANGE, [("jane@acme.example", "failed", "5.1.10")]),
        (QMAIL, [("jane@acme.example", "failed", "")]),
        (SENDMAIL, [("jane@acme.example", "failed", "5.0.0")]),
        (DELAYED, [("jane@acme.example", "delayed", "4.4.1")]),
        (SUCCESS, [("jane@acme.example", "delivered", "2.0.0")]),
        (GLOBAL, [("jörg@acme.example", "failed", "5.1.1"), ("jane@acme.example", "delayed", "")]),
    ],
    ids=["postfix", "exim", "gmail", "exchange", "qmail", "sendmail", "delayed", "success", "international"],
)
def test_a_report_says_what_became_of_the_message_and_which_it_was(body: bytes, recipients: list[Told]) -> None:
    assert told(body) == recipients
    assert "q@example.org" in returned(body)


def test_a_rewritten_message_id_is_returned_with_the_first_one() -> None:
    assert returned(EXCHANGE) == ("new@prod.outlook.example", "q@example.org")


def test_several_recipients_have_several_fates() -> None:
    blocks = [
        "Final-Recipient: rfc822; a@acme.example\nAction: failed\nStatus: 5.2.2\n",
        "Final-Recipient: rfc822; b@acme.example\nAction: DELAYED\n",
        "Final-Recipient: rfc822; c@acme.example\nAction: expanded (to a list)\nStatus: 2.1.5\n",
        "Final-Recipient: rfc822; d@acme.example\nAction: error\nDiagnostic-Code: smtp; 552 5.2.3 too large\n",
        "Final-Recipient: rfc822; a@acme.example\nAction: failed\nStatus: 5.2.2\n",
    ]
    assert told(report(NOTE, status(*blocks))) == [
        ("a@acme.example", "failed", "5.2.2"),
        ("b@acme.example", "delayed", ""),
        ("c@acme.example", "delivered", "2.1.5"),
        ("d@acme.example", "failed", "5.2.3"),
    ]


@pytest.mark.parametrize(
    "block",
    [
        "Final-Recipient: rfc822; jane@acme.example\nStatus: 5.1.1\n",
        "Final-Recipient: rfc822; jane@acme.example\nAction: something\nStatus: 5.1.1\n",
        "Final-Recipient: X400; /S=jane/@acme.example\nAction: failed\n",
        "Final-Recipient: rfc822; jane\nAction: failed\n",
        "Action: failed\nStatus: 5.1.1\n",
        "",
    ],
)
def test_a_recipient_without_an_action_or_an_address_is_passed_over(block: str) -> None:
    assert told(report(status(block))) == []


@pytest.mark.parametrize(
    "name", ["<jane@acme.example>", "jane@acme.example", "rfc822; jane@acme.example (Jane)", "Rfc822;JANE@acme.example"]
)
def test_an_address_may_lack_its_kind_or_bear_a_comment(name: str) -> None:
    block = f"Original-Recipient: x400; nobody\nFinal-Recipient: {name}\nAction: failed\n"
    assert told(report(status(block))) == [("jane@acme.example", "failed", "")]


def test_what_the_header_told_stays_and_a_code_says_more() -> None:
    header = tuple(ReportedRecipient(AddrSpec(f"{who}@acme.example"), Delivery.FAILED) for who in ("jane.doe", "omar"))
    found = with_report(replace(UNREAD, reported=header), POSTFIX)
    assert found.reported == (ReportedRecipient(header[0].addr, Delivery.FAILED, "5.1.1"), header[1])
    assert found.returned == (MessageId("q@example.org"),)


def test_a_report_that_is_returned_is_not_read_as_the_report_itself() -> None:
    inner = POSTFIX.decode().replace("\r\n", "\n")
    outer = report(
        NOTE,
        status("Final-Recipient: rfc822; ann@example.org\nAction: failed\n"),
        f"Content-Type: message/rfc822\n\n{inner}",
        boundary="outer",
    )
    assert told(outer) == [("ann@example.org", "failed", "")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"Content-Type: multipart/report",
        report(),
        report(NOTE),
        report("Content-Type: message/delivery-status\n"),
        report("Content-Type: message/rfc822\n"),
        report("Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\n!!!\n"),
        b"Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: no-such\r\n\r\n\xff\xfe",
        b"Content-Type: \xff\xfe/\x00; boundary*0=\x80\r\n\r\n--",
    ],
)
def test_a_report_with_parts_missing_tells_nothing(body: bytes) -> None:
    assert with_report(UNREAD, body) == UNREAD


def nested(kind: str, depth: int) -> bytes:
    if kind == "rfc822":
        return b"From: a\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * depth
    level = "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n"
    inside = "".join(level % (number, number + 1) for number in range(depth))
    return f"Content-Type: multipart/mixed; boundary=b0\r\n\r\n{inside}".encode()


HOSTILE = {
    "multiparts": nested("multipart", 1_100),
    "messages": nested("rfc822", 2_100),
    "borders": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 8_000,
    "angles": b"From: a\r\n\r\n" + b"<" * 65_000,
    "addresses": b"From: a\r\n\r\n" + b"a@" * 32_000,
    "comments": b"To: " + b'"(' * 32_000 + b"\r\n\r\n",
    "codes": b"From: a\r\n\r\n" + b"550 \r\n" * 10_000,
    "parameters": b"Content-Type: multipart/report; " + b"a*0=x;" * 10_000 + b"\r\n\r\nx",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_report_costs_little_and_tells_nothing(body: bytes) -> None:
    begun = time.process_time()
    assert with_report(UNREAD, body[:65_536]) == UNREAD
    assert time.process_time() - begun < 5


def test_a_thousand_recipients_are_kept_and_no_more() -> None:
    blocks = (f"Final-Recipient: rfc822; p{number}@x.example\nAction: failed\n" for number in range(1_200))
    assert len(told(report(status(*blocks)))) == 1_000


REPORTS = st.sampled_from([POSTFIX, EXIM, GMAIL, EXCHANGE, QMAIL, SENDMAIL, DELAYED, SUCCESS, GLOBAL])


@given(st.binary(max_size=200) | REPORTS, REPORTS, st.integers(0, 1500), st.integers(0, 1500))
def test_no_bytes_crash_and_text_is_storable(one: bytes, other: bytes, first: int, second: int) -> None:
    found = with_report(UNREAD, one[:first] + other[second:])
    assert all(recipient.addr.encode("utf-8") for recipient in found.reported)
    assert all(msg_id.encode("utf-8") for msg_id in found.returned)


def test_nothing_of_a_body_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for body in (POSTFIX, EXIM, QMAIL, *HOSTILE.values()):
        with_report(UNREAD, body)
    assert "secret" not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith(("flufl", "mailparser"))]
