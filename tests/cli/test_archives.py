"""A person whose mail is an archive: a Takeout, or a Maildir that a program keeps; from the import to the story."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import ME, World
from tests.machine.archives import TAKEOUT, MaildirPost, MboxPost

if TYPE_CHECKING:
    from pathlib import Path


BOB = "Bob,Bauer,https://l.example/bob,bob@example.com,ACME,Boss,01 Jan 2020"


def letter(name: str, at: datetime, sender: str, to: str, answers: str = "") -> bytes:
    lines = [f"Message-ID: <{name}@test.example>", f"From: {sender}", f"To: {to}", f"Subject: About {name}"]
    lines += [
        f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000",
        *([f"In-Reply-To: <{answers}@test.example>"] if answers else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\nThe text is never read.\r\n").encode()


def configure(world: World, kind: str, path: Path) -> None:
    settings = f'[me]\naddresses = ["{ME}"]\n[[account]]\nname = "old"\ntype = "{kind}"\npath = "{path}"\n'
    world.config.write_text(f'[database]\nurl = "{world.database}"\n{settings}', encoding="utf-8")


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_an_archive_alone_tells_who_answers(world: World, kind: str) -> None:
    path = world.folder / ("All mail Including Spam and Trash.mbox" if kind == "mbox" else "Maildir")
    post = MboxPost(path, TAKEOUT) if kind == "mbox" else MaildirPost(path)
    configure(world, kind, path)
    asked = world.ago(days=40)
    for number in range(1, 4):
        at = asked - timedelta(days=30 * number)
        post.deliver(letter(f"bob{number}", at, ME, "bob@example.com"), at)
        post.deliver(letter(f"bobs{number}", at + timedelta(hours=3), "bob@example.com", ME, f"bob{number}"), at)
    post.deliver(letter("late", world.ago(days=1), ME, "bob@example.com"), world.ago(days=1), is_draft=True)
    world.run("import", str(world.export(BOB)))
    world.run("sync")
    (person,) = world.report()["connections"]
    assert (person["name"], person["verdict"]) == ("Bob Bauer", "responsive")
    assert [ask["outcome"] for ask in world.story("Bob Bauer")] == ["in_time"] * 3
    before = world.run("status").out
    assert "6 messages" in before
    world.run("sync")
    post.deliver(letter("bob4", asked, ME, "bob@example.com"), asked)
    post.deliver(letter("bobs4", asked, "bob@example.com", ME, "bob4"), asked + timedelta(hours=1))
    world.run("sync")
    assert len(world.story("Bob Bauer")) == 4
    assert "8 messages" in world.run("status").out


def test_a_message_on_the_server_and_in_an_archive_is_one(world: World) -> None:
    path = world.folder / "Takeout.mbox"
    post = MboxPost(path, TAKEOUT)
    at = world.ago(days=20)
    world.mail("hello", at, ME, "bob@example.com")
    post.deliver(letter("hello", at, ME, "bob@example.com"), at)
    with world.config.open("a", encoding="utf-8") as config:
        config.write(f'[[account]]\nname = "old"\ntype = "mbox"\npath = "{path}"\n')
    world.run("import", str(world.export(BOB)))
    world.run("sync")
    assert len(world.story("Bob Bauer")) == 1


@pytest.mark.parametrize(
    ("kind", "make", "code", "words"),
    [
        ("mbox", lambda _: None, 78, "there is nothing at"),
        ("mbox", lambda path: path.write_text("Dear Bob"), 78, "is no mbox file"),
        ("maildir", lambda path: path.mkdir(), 78, "holds no Maildir"),
    ],
)
def test_a_path_without_an_archive_is_told_in_one_line(
    world: World, kind: str, make: object, code: int, words: str
) -> None:
    configure(world, kind, world.folder / "archive")
    make(world.folder / "archive")  # type: ignore[operator] # a callable of any kind
    result = world.run("sync", expect=code)
    assert result.is_one_line_and_a_hint(words, "old")


def test_the_settings_of_an_archive_are_shown_without_those_of_a_server(world: World) -> None:
    configure(world, "mbox", world.folder / "Takeout.mbox")
    shown = world.run("config", "show").out.partition("[[account]]")[2]
    assert f'path = "{world.folder / "Takeout.mbox"}"' in shown
    assert "host" not in shown
    assert "password" not in shown
    world.run("config", "check")
