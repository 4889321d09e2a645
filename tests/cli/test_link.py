"""`tracker link` as a person meets it: proposals with reasons, decisions that last, the past judged anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.cli.test_prune import terminal
from tests.cli.world import ME

if TYPE_CHECKING:
    from tests.cli.world import World

PROFILE = "https://www.linkedin.com/in/"


@pytest.fixture
def strangers(world: World) -> World:
    """Rita and Jörg have no address in the export; both write under their names, Rita answers, Jörg does not."""
    world.noise()
    for days in (70, 40, 15):
        world.mail(f"r{days}", world.ago(days=days), ME, "Rita Responsive <rita.responsive@acme.example>")
        world.mail(
            f"a{days}",
            world.ago(days=days, hours=-3),
            "Rita Responsive <rita.responsive@acme.example>",
            ME,
            answers=f"r{days}",
        )
        world.mail(f"j{days}", world.ago(days=days), ME, "Joerg Mueller <joerg.mueller@umbrella.example>")
    world.mail("old", world.ago(days=85), "Jörg Müller <joerg.mueller@umbrella.example>", ME)
    world.mail("info", world.ago(days=20), "Rita Responsive <info@acme.example>", ME)
    rows = (
        f"Rita,Responsive,{PROFILE}rita,,Acme,CTO,04 Mar 2021",
        f'Jörg,"Müller, PhD",{PROFILE}jm,,Umbrella,CFO,04 Mar 2021',
        f"Nina,Never,{PROFILE}nina,,Acme,COO,04 Mar 2021",
        f"Kim,Known,{PROFILE}kim,kim@acme.example,Acme,COO,04 Mar 2021",
    )
    world.run("import", str(world.export(*rows)))
    world.run("sync")
    return world


def listed(world: World) -> list[dict[str, object]]:
    return list(json.loads(world.run("link", "--list", "--format", "json").out))


def test_the_list_says_how_sure_and_why(strangers: World) -> None:
    best = {one["name"]: one for one in reversed(listed(strangers))}
    assert best["Rita Responsive"]["address"] == "rita.responsive@acme.example"
    assert best["Jörg Müller, PhD"]["address"] == "joerg.mueller@umbrella.example"
    assert {"Nina Never", "Kim Known"}.isdisjoint(best)
    for one in best.values():
        assert list(one) == ["connection_id", "name", "address", "confidence", "evidence"]
        assert one["evidence"]
    role = [one for one in listed(strangers) if one["address"] == "info@acme.example"]
    assert all(float(str(one["confidence"])) < 0.5 for one in role)
    told = strangers.run("link", "--list").out
    assert "rita.responsive@acme.example" in told
    assert "the same name" in told


@pytest.mark.parametrize("end", ["", "/", "/?trk=x", "?trk=x", "/details/#x"])
def test_a_profile_is_unlinked_by_its_address_as_a_browser_shows_it(world: World, end: str) -> None:
    world.run("import", str(world.export(f"Rita,Responsive,{PROFILE}rita,,Acme,CTO,04 Mar 2021")))
    assert "Rita Responsive" in world.run("link", "--unlink", f"{PROFILE}Rita{end}").err


def test_what_is_sure_is_accepted_and_the_past_is_judged_at_once(strangers: World) -> None:
    assert set(strangers.verdicts().values()) == {"untested"}
    told = strangers.run("link", "--accept-above", "0.8")
    assert "2 accepted" in told.err
    assert strangers.verdicts()["Rita Responsive"] == "responsive"
    assert strangers.verdicts()["Jörg Müller, PhD"] == "unresponsive"
    assert {one["name"] for one in listed(strangers)}.isdisjoint({"Rita Responsive", "Jörg Müller, PhD"})
    strangers.run("link", "--unlink", "Joerg.Mueller@umbrella.example")
    assert strangers.verdicts()["Jörg Müller, PhD"] == "untested"
    assert listed(strangers) == [one for one in listed(strangers) if "umbrella" not in str(one["address"])]
    again = strangers.export(f"Rita,Responsive,{PROFILE}rita,,Acme,CTO,04 Mar 2021")
    strangers.run("import", str(again))
    strangers.run("rebuild")
    assert strangers.verdicts()["Rita Responsive"] == "responsive"


def test_decisions_are_made_key_by_key_and_survive_ctrl_c(strangers: World) -> None:
    person = terminal(strangers, "link")
    person.expect("-- 1 of")
    person.send("a")
    person.expect("-- 2 of")
    person.send("u")
    person.expect("-- 1 of")
    person.send("r")
    person.expect("-- 2 of")
    person.sendintr()
    person.expect("interrupted")
    person.expect(pexpect.EOF)
    person.close()
    assert person.exitstatus == 130
    assert set(strangers.verdicts().values()) == {"untested"}
    first = terminal(strangers, "link")
    first.expect("-- 1 of")
    first.send("a")
    first.expect("accept")
    first.send("q")
    first.expect("1 decided, 1 of them linked")
    first.expect(pexpect.EOF)
    first.close()
    assert first.exitstatus == 0
    assert sorted(strangers.verdicts().values()).count("untested") == 3


def test_what_an_address_book_says_of_somebody_of_that_name_is_proposed_and_not_believed(strangers: World) -> None:
    card = strangers.folder / "contacts.vcf"
    card.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Nina Never\nEMAIL:nina@home.example\nEND:VCARD\n", "utf-8")
    told = strangers.run("import", str(card))
    assert "1 perhaps somebody you know (tracker link asks)" in told.err
    (nina,) = [one for one in listed(strangers) if one["name"] == "Nina Never"]
    assert (nina["address"], nina["evidence"]) == (
        "nina@home.example",
        ["your address book gives it to Nina Never"],
    )
    card.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Kim Known\nEMAIL:kim@acme.example\nEND:VCARD\n", "utf-8")
    assert "1 contact known, 0 new" in strangers.run("import", str(card)).err
    assert strangers.report()["summary"]["connections"] == 4


def test_an_address_book_says_little_where_two_people_bear_the_name(strangers: World) -> None:
    rows = [f"Sam,Same,{PROFILE}sam{number},,Acme,CTO,04 Mar 2021" for number in (1, 2)]
    strangers.run("import", str(strangers.export(*rows)))
    card = strangers.folder / "contacts.vcf"
    card.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Sam Same\nEMAIL:sam@home.example\nEND:VCARD\n", "utf-8")
    strangers.run("import", str(card))
    assert [one["confidence"] for one in listed(strangers) if one["name"] == "Sam Same"] == [0.45, 0.45]
    strangers.run("link", "--accept-above", "0.5")
    assert "sam@home.example" not in strangers.run("report", "--format", "json").out


def test_that_there_is_nothing_to_link_is_said(world: World) -> None:
    words = "There is nothing to link: nobody without an address writes to you under a name that is known.\n"
    assert world.run("link").out == world.run("link", "--list").out == words
    assert listed(world) == []


def test_what_cannot_be_meant_is_refused(strangers: World) -> None:
    for words, happened in (
        (["--unlink", "nobody@acme.example"], "nobody has the address"),
        (["--unlink", "kim@acme.example", "--list"], "--unlink goes with no other option"),
        (["--list", "--format", "yaml"], "no format called 'yaml'"),
    ):
        assert strangers.run("link", *words, expect=2).is_one_line_and_a_hint(happened)
