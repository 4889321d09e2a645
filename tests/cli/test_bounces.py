"""Mail that came back, was late or was moved, on a real server: only what needs a second look is asked for it."""

from __future__ import annotations

import re
from email.utils import format_datetime
from typing import TYPE_CHECKING

from tests.cli.world import ME

if TYPE_CHECKING:
    from datetime import datetime

    from tests.cli.world import World

NETWORK = (
    "Ugo,Unreachable,https://www.linkedin.com/in/ugo,ugo@gone.example,,,10 Mar 2021",
    "Uma,Unresponsive,https://www.linkedin.com/in/uma,uma@acme.example,Umbrella,,06 Mar 2021",
    "Lea,Late,https://www.linkedin.com/in/lea,lea@acme.example,,,06 Mar 2021",
)

SECRET = "Xylophonquartett"  # a word that stands in bodies only


REPORT = """Return-Path: <>
Date: {date}
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {me}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F2C81D.1763946000/mx.example.org"
Message-Id: <{asked}.{action}@mx.example.org>

This is a MIME-encapsulated message.

--4F2C81D.1763946000/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org. {secret}

--4F2C81D.1763946000/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Sender: rfc822; {me}

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} {secret}

--4F2C81D.1763946000/mx.example.org
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: {me}
To: {recipient}
Message-ID: <{asked}@test.example>
Subject: {secret}

{secret}

--4F2C81D.1763946000/mx.example.org--
"""
"""A delivery report as Postfix writes it: nothing in its header names anybody."""


def report(at: datetime, recipient: str, action: str, status: str, asked: str) -> bytes:
    return REPORT.format(
        date=format_datetime(at), me=ME, recipient=recipient, action=action, status=status, asked=asked, secret=SECRET
    ).encode()


def fill(world: World) -> None:
    world.noise()
    world.mail("both", world.ago(days=12), ME, "uma@acme.example, ugo@gone.example")
    world.mail("l1", world.ago(days=12), ME, "lea@acme.example")
    for recipient, action, status, asked in (
        ("ugo@gone.example", "failed", "5.1.1", "both"),
        ("lea@acme.example", "delayed", "4.4.1", "l1"),
    ):
        at = world.ago(days=12, seconds=-9)
        world.user.mailbox.deliver("INBOX", report(at, recipient, action, status, asked), at)


def outcomes(world: World, who: str) -> list[tuple[str, str | None]]:
    return [(ask["outcome"], ask["reason"]) for ask in world.story(who)]


def test_a_report_that_names_nobody_in_its_header_excludes_the_failed_recipient_alone(world: World) -> None:
    world.settings = "[reply]\nmax_recipients = 2"
    world.write_config()
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    assert outcomes(world, "ugo") == [("excluded", "undeliverable")]
    assert world.verdicts()["Ugo Unreachable"] == "unreachable"
    assert outcomes(world, "uma") == [("overdue", None)]
    assert outcomes(world, "lea") == [("unknown", "delivery_delayed")]
    before = world.report("--asks")
    world.run("rebuild")
    assert world.report("--asks") == before


def test_of_a_body_nothing_is_kept_and_only_reports_are_asked_for_theirs(world: World) -> None:
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    synced = world.run("-vv", "sync")
    world.run("report")
    files = [path for path in world.folder.rglob("*") if path.is_file() and "tracker.db" in path.name]
    assert files
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    assert SECRET not in synced.out + synced.err
    asked = [command for command in world.server.commands(world.user) if "BODY.PEEK[]" in command]
    assert len(asked) == 2
    assert all(re.fullmatch(r"UID FETCH \d+ \(UID BODY\.PEEK\[\]<0\.65536>\)", command) for command in asked)
    assert not [command for command in world.server.commands(world.user) if "(Received)" in command]


def test_an_answer_that_was_moved_came_when_the_last_relay_took_it(world: World) -> None:
    world.noise()
    world.mail("u1", world.ago(days=40), ME, "uma@acme.example")
    relayed = format_datetime(world.ago(days=40, hours=-3))
    answer = (
        f"Received: from mx by imap;\n\t{relayed}\nFrom: uma@acme.example\nTo: {ME}\nSubject: Re: About u1\n"
        f"Date: {format_datetime(world.ago(days=10))}\nMessage-ID: <u1a@test.example>\n"
        "In-Reply-To: <u1@test.example>\n\nYes.\n"
    )
    world.user.mailbox.deliver("INBOX", answer.encode(), world.ago(days=5))
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    (ask,) = world.story("uma")
    assert (ask["outcome"], ask["latency_hours"]) == ("in_time", 3.0)
    asked = [command for command in world.server.commands(world.user) if "(Received)" in command]
    assert len(asked) == 1
    assert re.fullmatch(r"UID FETCH \d+ \(UID BODY\.PEEK\[HEADER\.FIELDS \(Received\)\]\)", asked[0])
