"""The suite's largest mailbox: 1,000 connections and 20,000 messages, every person's asks known in advance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.cli.world import ME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.world import World

PEOPLE = 1_000
MESSAGES = 20_000

HABITS = ("answers", "slow", "silent", "once", "never asked")
VERDICTS = {
    "answers": "responsive",
    "slow": "slow",
    "silent": "unresponsive",
    "once": "unproven",
    "never asked": "untested",
}


def habit_of(number: int) -> str:
    return HABITS[number % len(HABITS)]


def address_of(number: int) -> str:
    return f"person{number}@company{number % 70}.example"


def letter(world: World, name: str, days: float, sender: str, to: str, answers: str = "") -> tuple[str, bytes, float]:
    """A folder, a message, and how many days ago it was received; quicker than the library's own writer."""
    at = world.ago(days=days)
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: About {name}",
        f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000",
        f"Message-ID: <{name}@test.example>",
        *([f"In-Reply-To: <{answers}@test.example>"] if answers else []),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return ("Sent" if sender == ME else "INBOX"), ("\n".join(lines) + "\n\nNever read.\n").encode(), days


def letters(world: World) -> Iterator[tuple[str, bytes, float]]:
    """Each person's asks in three months, and newsletters until the mailbox is full."""
    written = 0
    for number in range(PEOPLE):
        habit, them = habit_of(number), address_of(number)
        asked = {"once": 1, "never asked": 0}.get(habit, 3)
        for ask in range(asked):
            name, days = f"p{number}a{ask}", 90.0 - 25 * ask
            yield letter(world, name, days, ME, them)
            written += 1
            if habit in {"answers", "slow"}:
                hours = 5 if habit == "answers" else 100
                yield letter(world, f"{name}r", days - hours / 24, them, ME, answers=name)
                written += 1
    for number in range(MESSAGES - written):
        yield letter(world, f"n{number}", 1 + number % 700, f"news{number % 40}@shop.example", ME)


def test_twenty_thousand_messages_and_a_thousand_people(world: World) -> None:
    for folder, message, days in letters(world):
        world.user.mailbox.deliver(folder, message, world.ago(days=days))
    rows = (
        f"Person,Number{number},https://www.linkedin.com/in/p{number},{address_of(number)},Acme,,04 Mar 2021"
        for number in range(PEOPLE)
    )
    world.run("import", str(world.export(*rows)))
    assert f"work: {MESSAGES} new messages" in world.run("sync", timeout=300).err
    report = world.report()
    (account,) = report["coverage"]["accounts"]
    assert (account["messages"], account["unreadable"], account["missing"]) == (MESSAGES, 0, 0)
    expected = Counter(VERDICTS[habit_of(number)] for number in range(PEOPLE))
    assert {verdict: count for verdict, count in report["summary"].items() if count} == {
        "connections": PEOPLE,
        **expected,
    }
    for row in report["connections"]:
        number = int(row["name"].removeprefix("Person Number"))
        assert row["verdict"] == VERDICTS[habit_of(number)], row
        if habit_of(number) == "answers":
            assert (row["asks"], row["median_latency_hours"]) == (3, 5.0)
    before = world.report("--asks")
    world.run("rebuild", timeout=300)
    assert world.report("--asks") == before
    assert "work: 0 new messages" in world.run("sync").err
