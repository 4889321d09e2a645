"""`tracker digest` as a person runs it: to read, and as a mail to themselves through a real server."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import ME
from tests.machine import smtp_server
from tests.machine.certificates import Authority
from tests.machine.daemons import free_ports
from tests.machine.smtp_server import PASSWORD, USER
from tracker.storage import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.world import World

RITA = "rita@acme.example"
SAM = "sam@globex.example"
ROWS = (
    f"Rita,Responsive,https://www.linkedin.com/in/rita,{RITA},Acme,CTO,04 Mar 2021",
    f"Sam,Silent,https://www.linkedin.com/in/sam,{SAM},Globex,CFO,05 Mar 2021",
)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def sends_through(world: World, port: int, extra: str = "", to: str = "", tls: str = "none") -> None:
    """Configure the digest."""
    world.settings = f'[digest]\nto = "{to}"\n[digest.smtp]\nhost = "localhost"\nport = {port}\ntls = "{tls}"\n{extra}'
    world.write_config()


def week(world: World, *more: str) -> None:
    """Rita answered, Sam did not, and was asked again."""
    world.noise()
    world.mail("rita1", world.ago(days=3), ME, RITA)
    world.mail("rita1-re", world.ago(days=3, hours=-5), RITA, ME, answers="rita1")
    world.mail("sam1", world.ago(days=4), ME, SAM)
    world.mail("sam2", world.ago(hours=20), ME, SAM)
    world.run("import", str(world.export(*ROWS, *more)))
    world.run("sync")


def test_it_tells_what_is_due_what_passed_and_who_answered(world: World) -> None:
    week(world)
    said = world.run("digest").out
    assert said.startswith("This week: 1 answer, 1 ask due, 1 past 48 h\n")
    sections = [part.splitlines() for part in said.split("\n\n")[1:4]]
    assert [part[0].split("  ")[0] for part in sections] == [
        "Due in the next 48 h",
        "Passed 48 h this week without an answer",
        "Answered this week",
    ]
    lines = [" ".join(part[1].split()) for part in sections]
    assert lines[0].startswith("Sam Silent CFO, Globex 27 h left")
    assert lines[1] == "Sam Silent CFO, Globex 4 d ago"
    assert lines[2] == "Rita Responsive CTO, Acme 5 h"
    assert "Rita" not in world.run("digest", "--since", "2d").out
    assert "<bdi>Rita Responsive</bdi>" in world.run("digest", "--format", "html").out
    mail = message_from_string(world.run("digest", "--format", "eml").out, policy=default)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert world.run("digest", "--format", "pdf", expect=2).is_one_line_and_a_hint("pdf")
    assert world.run("digest", "--since", "soon", expect=2).is_one_line_and_a_hint("--since")


def test_it_is_sent_to_oneself_with_the_password_of_a_file(world: World, authority: Authority) -> None:
    week(world)
    secret = world.folder / "smtp-password"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    secret.chmod(0o600)
    with smtp_server.running(authority.issue("post"), tls="starttls", login=True) as office:
        keys = f'user = "{USER}"\npassword_file = "{secret}"\nca_file = "{authority.certificate}"\n'
        sends_through(world, office.port, keys, tls="starttls")
        results = [world.run("-v", "digest", "--send") for _ in range(2)]
        wrong = authority.certificate.with_name("ca2.pem")
        wrong.write_bytes((world.server.ca_file).read_bytes())
        sends_through(world, office.port, keys.replace("ca.pem", "ca2.pem"), tls="starttls")
        untrusted = world.run("digest", "--send", expect=69)
        secret.write_text("wrong-w0rd\n", encoding="utf-8")
        sends_through(world, office.port, keys, tls="starttls")
        refused = world.run("-v", "digest", "--send", expect=77)
        secret.chmod(0o644)
        open_to_others = world.run("digest", "--send", expect=78)
    assert results[0].err == f"sent to {ME}: This week: 1 answer, 1 ask due, 1 past 48 h\n"
    assert results[0].out == ""
    first, second = office.mail
    assert first["To"] == ME
    assert first["Message-ID"] == second["Message-ID"], "a repeat is the same message"
    assert first["Auto-Submitted"] == "auto-generated"
    assert untrusted.is_one_line_and_a_hint("cannot be trusted")
    assert refused.is_one_line_and_a_hint("localhost refuses to let")
    assert open_to_others.is_one_line_and_a_hint("can be read by others")
    shown = world.run("config", "show")
    assert tomllib.loads(shown.out)["digest"]["smtp"]["user"] == USER
    for result in (*results, untrusted, refused, open_to_others, shown):
        assert PASSWORD not in result.out + result.err
        assert "wrong-w0rd" not in result.out + result.err


def test_nothing_to_tell_and_nothing_is_sent(world: World) -> None:
    world.noise()
    world.run("import", str(world.export(*ROWS)))
    world.run("sync")
    with smtp_server.running() as office:
        sends_through(world, office.port)
        assert world.run("digest", "--send").err == "nothing to tell, so nothing was sent\n"
        assert world.run("digest").out == ""
    assert office.mail == []
    assert told_at(world) is None, "there may be something to tell when it is due"


def test_it_goes_to_nobody_else_and_nowhere_while_no_server_takes_it(world: World) -> None:
    week(world)
    assert world.run("digest", "--send", expect=78).is_one_line_and_a_hint("no server is configured")
    sends_through(world, free_ports()[0])
    assert world.run("digest", "--send", expect=69).is_one_line_and_a_hint("localhost")
    with smtp_server.running() as office:
        sends_through(world, office.port, to="boss@example.org")
        result = world.run("digest", "--send", expect=78)
        assert result.is_one_line_and_a_hint("digest.to", "none of me.addresses")
        assert told_at(world) is None
        sends_through(world, office.port, to="Ann@Example.org")
        world.run("digest", "--send")
    told = told_at(world)
    assert told is not None, "the daemon need not send what was sent by hand on the same day"
    assert abs(told - datetime.now(UTC)) < timedelta(hours=1)
    assert [mail["To"] for mail in office.mail] == ["Ann@Example.org"]


def told_at(world: World) -> datetime | None:
    """When the daemon would think that a digest was last told."""
    with open_store(world.database) as store:
        return store.chore_ran_at("digest")


def test_the_users_own_digests_ask_nobody_and_answer_nothing(world: World) -> None:
    """Even for a user who is in their own network, and with a copy in each folder."""
    week(world, f"Ann,Example,https://www.linkedin.com/in/ann,{ME},,,01 Jan 2020")
    before = world.report("--asks")
    with smtp_server.running() as office:
        sends_through(world, office.port)
        world.run("digest", "--send")
    (digest,) = office.mail
    for folder in ("Sent", "INBOX"):
        world.user.mailbox.deliver(folder, digest, world.ago(hours=1))
    world.run("sync")
    after = world.report("--asks")
    assert after["coverage"]["accounts"][0]["messages"] == before["coverage"]["accounts"][0]["messages"] + 2
    assert after["connections"] == before["connections"]
    assert json.loads(world.run("waiting", "--format", "json").out)[0]["name"] == "Sam Silent"
