"""The main job, end to end: a mailbox built message by message, whose report is known in advance."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

from tests.cli.world import ME
from tests.machine.wire import forbidden

if TYPE_CHECKING:
    from tests.cli.world import World

NETWORK = (
    "Rita,Responsive,https://www.linkedin.com/in/rita,rita@acme.example,Acme,CTO,04 Mar 2021",
    "Sam,Slow,https://www.linkedin.com/in/sam,sam@acme.example,Acme,,05 Mar 2021",
    "Uma,Unresponsive,https://www.linkedin.com/in/uma,uma@acme.example,Umbrella,,06 Mar 2021",
    "Ulf,Unproven,https://www.linkedin.com/in/ulf,ulf@acme.example,,,07 Mar 2021",
    "Wei,Waiting,https://www.linkedin.com/in/wei,wei@acme.example,,,08 Mar 2021",
    "Tara,Untested,https://www.linkedin.com/in/tara,,,,09 Mar 2021",
    "Ugo,Unreachable,https://www.linkedin.com/in/ugo,ugo@gone.example,,,10 Mar 2021",
    ",,,,Nobody Ltd,,11 Mar 2021",
)

EXPECTED = {
    "Rita Responsive": "responsive",
    "Sam Slow": "slow",
    "Uma Unresponsive": "unresponsive",
    "Ulf Unproven": "unproven",
    "Wei Waiting": "waiting",
    "Tara Untested": "untested",
    "Ugo Unreachable": "unreachable",
}


def fill(world: World) -> None:
    """Everybody does what their name says."""
    world.noise()
    at = world.ago
    world.mail("r1", at(days=40), ME, "rita@acme.example", subject="An introduction?")
    world.mail("r1a", at(days=40, hours=-5), "Rita <RITA@acme.example>", ME, answers="r1")
    world.mail("r1t", at(days=39), ME, "rita@acme.example", answers="r1a", references="r1 r1a", subject="Thanks")
    world.mail("r2", at(days=20), ME, "rita@acme.example", subject="A referral?")
    world.mail("r2n", at(days=19), ME, "rita@acme.example", answers="r2")
    world.mail("r2a", at(days=18, hours=12), "rita@acme.example", ME, answers="r2n", references="r2 r2n")
    world.mail("s1", at(days=30), ME, "sam@acme.example")
    world.mail("s1a", at(days=25), "sam@acme.example", ME, answers="other", references="s1 other")
    world.mail("u1", at(days=60), ME, "uma@acme.example")
    world.mail("u1m", at(days=60, minutes=-1), "uma@acme.example", ME, headers={"Auto-Submitted": "auto-notified"})
    world.mail("u2", at(days=30), ME, "uma@acme.example")
    world.mail("ulf1", at(days=9), ME, "ulf@acme.example")
    world.mail("w1", at(hours=20), ME, "wei@acme.example")
    world.mail("g1", at(days=12), ME, "ugo@gone.example")
    world.mail(
        "g1b",
        at(days=12, seconds=-9),
        "Mail Delivery <mailer-daemon@mx.example>",
        ME,
        answers="g1",
        headers={"X-Failed-Recipients": "ugo@gone.example", "Auto-Submitted": "auto-replied"},
    )


def test_a_mailbox_whose_report_is_known_in_advance(either_world: World) -> None:
    the_report_is_as_expected(either_world)


def test_the_report_is_the_same_on_another_server(world_on_cyrus: World) -> None:
    with world_on_cyrus.user.mailbox.held():
        the_report_is_as_expected(world_on_cyrus)


def the_report_is_as_expected(world: World) -> None:
    fill(world)
    imported = world.run("import", str(world.export(*NETWORK)))
    assert "7 connections, 6 with an address, 1 row skipped: 7 new" in imported.err
    assert re.search(r"Connections\.csv:12: skipped: .*name", imported.err)
    synced = world.run("sync")
    assert re.search(r"^work: \d+ new messages$", synced.err, re.MULTILINE)

    report = world.report()
    assert {row["name"]: row["verdict"] for row in report["connections"]} == EXPECTED
    assert report["summary"] == {"connections": 7} | dict.fromkeys(EXPECTED.values(), 1)
    assert report["coverage"]["complete"] is True
    (account,) = report["coverage"]["accounts"]
    assert (account["name"], account["unreadable"], account["missing"]) == ("work", 0, 0)
    people = {row["name"]: row for row in report["connections"]}
    rita = people["Rita Responsive"]
    assert (rita["asks"], rita["in_time"], rita["excluded"], rita["median_latency_hours"]) == (2, 2, 1, 20.5)
    uma = people["Uma Unresponsive"]
    assert (uma["overdue"], uma["silences"], uma["reply_rate"], uma["reply_rate_high"]) == (2, 2, 0.0, 0.451)

    asks = world.story("rita")
    assert [(ask["outcome"], ask["paired_by"], ask["nudges"], ask["latency_hours"], ask["reason"]) for ask in asks] == [
        ("in_time", "in_reply_to", 0, 5.0, None),
        ("excluded", None, 0, None, "last_word"),
        ("in_time", "in_reply_to", 1, 36.0, None),
    ]
    assert [ask["paired_by"] for ask in world.story("sam@acme.example")] == ["references"]


def test_threshold_and_moment_change_the_verdicts_without_a_sync(world: World) -> None:
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    world.server.commands(world.user)
    before = len(world.server.commands(world.user))
    assert world.verdicts("--threshold", "2h")["Rita Responsive"] == "slow"
    assert world.verdicts("--threshold", "14d")["Sam Slow"] == "responsive"
    assert world.verdicts("--threshold", "14d")["Ulf Unproven"] == "waiting"
    assert world.verdicts("--window", "10d")["Uma Unresponsive"] == "untested"
    then = world.verdicts("--as-of", world.ago(days=45).isoformat())
    assert then["Rita Responsive"] == "untested"
    assert then["Uma Unresponsive"] == "unproven"
    assert world.verdicts("--as-of", world.ago(days=11).isoformat())["Ugo Unreachable"] == "unreachable"
    assert world.verdicts("--as-of", world.ago(days=12, hours=1).isoformat())["Ugo Unreachable"] == "untested"
    assert len(world.server.commands(world.user)) == before, "judging asked the server something"


def test_a_late_answer_a_new_address_and_a_rebuild_change_the_past_alike(either_world: World) -> None:
    world = either_world
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    assert world.verdicts()["Ulf Unproven"] == "unproven"
    world.mail("ulf1a", world.ago(minutes=5), "ulf@private.example", ME, answers="ulf1")
    world.run("sync")
    assert world.verdicts()["Ulf Unproven"] == "unproven", "nobody knows that this is Ulf"
    rows = [row.replace("ulf@acme.example", "ulf@private.example") for row in NETWORK]
    world.run("import", str(world.export(*rows)))
    assert world.verdicts()["Ulf Unproven"] == "untested", "he was asked at an address that is his no longer"
    world.mail("ulf2", world.ago(days=8), ME, "ulf@private.example", answers="ulf1")
    world.run("sync")
    before = world.report("--asks")
    world.run("rebuild")
    assert world.report("--asks") == before


def test_the_mailbox_is_only_read(world: World) -> None:
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    world.run("sync")
    sent = world.server.commands(world.user)
    assert any(command.startswith("UID FETCH") for command in sent)
    assert forbidden(world.server, [world.user]) == []


def test_a_second_sync_reads_only_what_is_new(world: World) -> None:
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    assert "work: 0 new" not in world.run("sync").err
    assert "work: 0 new messages" in world.run("sync").err
    world.mail("u3", world.ago(hours=3), "uma@acme.example", ME, answers="u2")
    assert "work: 1 new message\n" in world.run("sync").err
    assert world.verdicts()["Uma Unresponsive"] == "slow"


def test_new_uids_for_old_messages_double_nothing(either_world: World) -> None:
    world = either_world
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    before = world.report("--asks")
    for folder in ("INBOX", "Sent"):
        world.user.mailbox.reset_uidvalidity(folder)
    assert "work: 0 new messages" in world.run("sync").err
    after = world.report("--asks")
    assert after["connections"] == before["connections"]
    assert after["coverage"]["accounts"][0]["messages"] == before["coverage"]["accounts"][0]["messages"]


def test_every_format_tells_of_the_same_people(world: World) -> None:
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    table = world.run("report").out
    assert "2 of the 6 people you asked answer" not in table
    assert re.search(r"1 of the 6 people you asked answers? within 48 h", table)
    lines = [json.loads(line) for line in world.run("report", "--format", "jsonl").out.splitlines()]
    assert {line["name"]: line["verdict"] for line in lines} == EXPECTED
    rows = csv.DictReader(io.StringIO(world.run("report", "--format", "csv").out))
    assert {row["name"]: row["verdict"] for row in rows} == EXPECTED
    for name, verdict in EXPECTED.items():
        assert name in world.run("report", "--format", "markdown", "--verdict", verdict).out
        if verdict != "untested":
            assert name in table
    target = world.folder / "report.md"
    world.run("report", "--format", "markdown", "--output", str(target))
    assert "Rita Responsive" in target.read_text(encoding="utf-8")


def test_the_answer_can_be_filtered_sorted_and_checked(world: World) -> None:
    fill(world)
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    assert list(world.verdicts("--unresponsive")) == ["Uma Unresponsive"]
    assert set(world.verdicts("--company", "acme")) == {"Rita Responsive", "Sam Slow"}
    assert set(world.verdicts("--company", "ÁCME")) == {"Rita Responsive", "Sam Slow"}
    assert next(iter(world.verdicts("--sort", "name"))) == "Rita Responsive"
    assert next(iter(world.verdicts())) == "Uma Unresponsive"
    assert len(world.verdicts("--limit", "2")) == 2
    world.run("report", "--check", "--verdict", "responsive", expect=1)
    world.run("report", "--check", "--threshold", "900d", "--window", "14d", expect=0)


def test_before_the_first_sync_nobody_is_called_silent(world: World) -> None:
    world.run("import", str(world.export(*NETWORK)))
    report = world.report()
    assert report["coverage"]["complete"] is False
    assert set(world.verdicts().values()) == {"untested"}
    assert "not been read" in world.run("report").out
    assert "never read" in world.run("status", expect=1).out


def test_a_person_who_left_the_network_is_kept_and_left_out(world: World) -> None:
    world.run("import", str(world.export(*NETWORK)))
    again = world.run("import", str(world.export(*NETWORK[1:])))
    assert "Rita Responsive is in your network no longer" in again.err
    assert "Rita Responsive" not in world.verdicts()
    assert "Rita Responsive" in world.verdicts("--all")


def test_the_oldest_mail_to_read_is_a_setting(world: World) -> None:
    fill(world)
    world.settings = '[sync]\nsince = "35d"'
    world.write_config()
    world.run("import", str(world.export(*NETWORK)))
    world.run("sync")
    verdicts = world.verdicts()
    assert verdicts["Uma Unresponsive"] == "unproven", "the older of the two asks was not read"
