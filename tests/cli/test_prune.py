"""`tracker prune` and `tracker ask` as a person meets them: nobody in doubt is offered, no decision is lost."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.cli.world import ME

if TYPE_CHECKING:
    from tests.cli.world import World

PROFILE = "https://www.linkedin.com/in/"
PEOPLE = ("Silas Silent", "Sven Silent", "Rita Responsive", "Ulf Unproven", "Nina Never")


@pytest.fixture
def network(world: World) -> World:
    """Two never answer, one does, of one too little is known, and one was never asked."""
    world.noise()
    for days in (70, 40, 15):
        for name in ("silas", "sven", "rita"):
            world.mail(f"{name}{days}", world.ago(days=days), ME, f"{name}@acme.example")
        world.mail(
            f"answer{days}",
            world.ago(days=days, hours=-3),
            "rita@acme.example",
            ME,
            answers=f"rita{days}",
        )
    world.mail("ulf", world.ago(days=30), ME, "ulf@acme.example")
    slugs = {name: name.split()[0].lower() for name in PEOPLE}
    rows = [
        f"{name.replace(' ', ',')},{PROFILE}{slug},{slug}@acme.example,Acme,,04 Mar 2021"
        for name, slug in slugs.items()
    ]
    world.run("import", str(world.export(*rows)))
    world.run("sync")
    return world


def terminal(world: World, *words: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable,
        ["-m", "tracker", "--config", str(world.config), *words],
        env={**os.environ, "TRACKER_STATE": str(world.folder), "TERM": "xterm", "NO_COLOR": "1"},
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 120),
    )


def kinds(world: World, who: str) -> list[str]:
    return [mark["kind"] for mark in json.loads(world.run("show", who, "--format", "json").out)["marks"]]


def test_the_silent_are_gone_through_one_at_a_time(network: World) -> None:
    person = terminal(network, "prune")
    person.expect("-- 1 of 2 --")
    person.expect("Silas Silent")
    person.expect("UNRESPONSIVE")
    person.send("o")
    person.expect(f"{PROFILE}silas")
    person.expect("-- 1 of 2 --")
    person.send("k")
    person.expect("-- 2 of 2 --")
    person.send("u")
    person.expect("-- 1 of 2 --")
    assert kinds(network, "silas") == []
    person.send("r")
    person.expect("-- 2 of 2 --")
    person.expect("Sven Silent")
    person.send("l")
    person.expect("1 decided")
    person.expect(pexpect.EOF)
    person.close()
    assert person.exitstatus == 0
    assert (kinds(network, "silas"), kinds(network, "sven")) == (["removed"], [])
    assert set(network.verdicts()) == set(PEOPLE) - {"Silas Silent"}


def test_ctrl_c_in_the_middle_loses_no_decision(network: World) -> None:
    person = terminal(network, "prune")
    person.expect("-- 1 of 2 --")
    person.send("k")
    person.expect("-- 2 of 2 --")
    person.sendintr()
    person.expect("interrupted; what was stored so far stays")
    person.expect(pexpect.EOF)
    person.close()
    assert person.exitstatus == 130
    assert (kinds(network, "silas"), kinds(network, "sven")) == (["keep"], [])
    again = terminal(network, "prune")
    again.expect("-- 1 of 1 --")
    again.expect("Sven Silent")
    again.send("q")
    again.expect(pexpect.EOF)


def test_a_list_names_the_silent_alone(network: World) -> None:
    listed = list(csv.DictReader(io.StringIO(network.run("prune", "--format", "csv").out)))
    assert [one["name"] for one in listed] == ["Silas Silent", "Sven Silent"]
    page = network.folder / "prune.html"
    network.run("prune", "--format", "html", "--output", str(page))
    text = page.read_text("utf-8")
    assert "<h1>2 unresponsive people</h1>" in text, "some of them may have answered now and then"
    assert text.count(f'href="{PROFILE}') == 2
    assert "Rita" not in text
    assert "Content-Security-Policy" in text
    assert "3 of 3" in text
    network.run("mark", "silas", "--keep")
    assert "Silas" not in network.run("prune", "--format", "csv").out
    assert network.run("prune", "--format", "yaml", expect=2).is_one_line_and_a_hint("no format called 'yaml'")


def test_a_hostile_name_stays_a_name_on_the_page(network: World) -> None:
    row = f'<script>alert(1)</script>,"x"" onclick=""y",{PROFILE}evil,silas@acme.example,"<b>",,04 Mar 2021'
    network.run("import", str(network.export(row)))
    text = network.run("prune", "--format", "html").out
    assert "<script" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text


def test_whom_to_ask_comes_with_the_reason(network: World) -> None:
    told = network.run("ask", "acm").out
    assert "1 person at companies called 'acm' answers within 48 h" in told
    assert "answered 3 of 3 asks within 48 h, usually after 3 h" in told
    document = json.loads(network.run("ask", "--format", "json").out)
    (rita,) = document["connections"]
    assert (rita["name"], rita["on_time_rate_low"], rita["you"]["asked"]) == ("Rita Responsive", 0.646, 0)
    assert json.loads(network.run("ask", "nowhere", "--format", "json").out)["connections"] == []
    for days in (8, 6):
        network.mail(f"hers{days}", network.ago(days=days), "rita@acme.example", ME)
    network.run("sync")
    assert "You left 2 mails of theirs unanswered: answer first, then ask." in network.run("ask").out
