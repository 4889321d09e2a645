"""LinkedIn's archive and its files alone: what each is used for, and what is told of the rest."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from tests.importers.talks import FIRST, HEADERS, Line, archive, url
from tracker.domain.connection import Invitation, Profile
from tracker.errors import ImportRejected
from tracker.importers import Imported, Remark, read

if TYPE_CHECKING:
    from pathlib import Path

CONNECTIONS = "First Name,Last Name,URL,Connected On\nJane,Doe,https://www.linkedin.com/in/janedoe,04 Mar 2021\n"
OWN = (
    "Email Address,Confirmed,Primary,Updated On\nAnn@X.example,Yes,Yes,2024-01-01\n"
    "old@x.example,No,No,Not Available\nnone,Yes,No,\n"
)
INVITED = "From,To,Sent At,Message,Direction,inviterProfileUrl,inviteeProfileUrl\n"
INVITATIONS = (
    f'{INVITED}Ann,Jane Doe,"3/3/21, 5:06 PM",hello,OUTGOING,{url("ann")},{url("JaneDoe")}\n'
    f'John,Ann,"12/31/20, 12:01 AM",,INCOMING,{url("john")},{url("ann")}\n'
)
JANE = Invitation(by_me=True, at=datetime(2021, 3, 3, 17, 6, tzinfo=UTC))
JOHN = Invitation(by_me=False, at=datetime(2020, 12, 31, 0, 1, tzinfo=UTC))


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return path


def written(folder: Path, text: str) -> Path:
    path = folder / "file"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_in_an_archive_is_used_and_people_carry_their_invitations(tmp_path: Path) -> None:
    files = {
        "Complete_LinkedInDataExport_03-09-2026/CONNECTIONS.CSV": CONNECTIONS,
        "Complete_LinkedInDataExport_03-09-2026/a/Email Addresses.csv": OWN,
        "Complete_LinkedInDataExport_03-09-2026/Invitations.csv": INVITATIONS,
        "Complete_LinkedInDataExport_03-09-2026/messages.csv": HEADERS["2024"] + "\n",
        "Complete_LinkedInDataExport_03-09-2026/LearningCoachMessages.csv": "No conversations found",
        "Complete_LinkedInDataExport_03-09-2026/Profile.csv": "First Name,Last Name\nAnn,Example\n",
        "__MACOSX/._Connections.csv": "\0\0",
    }
    assert read(zipped(tmp_path / "a.zip", **files)) == Imported(
        profiles=(Profile("/in/janedoe", "Jane Doe", "", "", url("janedoe"), date(2021, 3, 4), invitation=JANE),),
        own=("ann@x.example",),  # type: ignore[arg-type]  # spelt as it must be
        invitations={"/in/janedoe": JANE, "/in/john": JOHN},
        notes=(
            Remark(3, "old@x.example was never confirmed, so it is not taken for yours", "Email Addresses.csv"),
            Remark(4, "none is no e-mail address; left out", "Email Addresses.csv"),
        ),
    )


def test_a_file_that_lies_alone_gives_what_it_holds_and_says_nothing_of_the_network(tmp_path: Path) -> None:
    assert read(written(tmp_path, INVITATIONS)) == Imported(
        invitations={"/in/janedoe": JANE, "/in/john": JOHN}, complete=False
    )
    own = read(written(tmp_path, OWN))
    assert (own.own, own.complete, [note.line for note in own.notes]) == (("ann@x.example",), False, [3, 4])


def test_an_archive_without_the_network_says_nothing_of_who_left_it(tmp_path: Path) -> None:
    assert not read(zipped(tmp_path / "a.zip", **{"Invitations.csv": INVITATIONS})).complete
    assert not read(zipped(tmp_path / "a.zip", **{"Connections.csv": "First Name,Last Name,Connected On\n"})).complete


def test_parts_of_a_network_are_one_network(tmp_path: Path) -> None:
    other = CONNECTIONS.replace("janedoe", "john").replace("Jane,Doe", "John,Roe")
    imported = read(
        zipped(
            tmp_path / "a.zip",
            **{"Connections.csv": CONNECTIONS, "Connections_2.csv": other + CONNECTIONS.splitlines()[1]},
        )
    )
    assert [profile.name for profile in imported.profiles] == ["Jane Doe", "John Roe"]
    assert not imported.skipped


def test_invitations_without_profiles_are_those_of_a_connection_whose_name_is_the_only_one(tmp_path: Path) -> None:
    twins = "Sam,Poe,,04 Mar 2021\nSam,Poe,,05 Mar 2021\n"
    old = (
        'From,To,Sent At,Message,Direction\nAnn,Jane  DOE,"3/3/21, 5:06 PM",,OUTGOING\n'
        "Sam Poe,Ann,,,INCOMING\nX,Ann,,,INCOMING\nX,Y,,,\n"
    )
    imported = read(zipped(tmp_path / "a.zip", **{"Connections.csv": CONNECTIONS + twins, "Invitations.csv": old}))
    assert imported.invitations == {"/in/janedoe": JANE}
    assert [note.reason for note in imported.notes] == [
        "invitation skipped: Sam Poe is the name of several people",
        "invitation skipped: X is the name of nobody known",
        "invitation skipped: its direction is neither OUTGOING nor INCOMING",
    ]


def test_the_latest_of_several_invitations_counts_whatever_their_order(tmp_path: Path) -> None:
    later = f'Ann,Jane Doe,"3/4/21, 5:06 PM",,OUTGOING,,{url("janedoe")}\n'
    for text in (INVITATIONS + later, INVITED + later + INVITATIONS.removeprefix(INVITED)):
        assert read(written(tmp_path, text)).invitations["/in/janedoe"].at == datetime(2021, 3, 4, 17, 6, tzinfo=UTC)


def test_a_conversation_of_two_does_not_tell_who_is_the_user(tmp_path: Path) -> None:
    """Guessed wrong, every question would be an answer."""
    start = (
        f"{HEADERS['2024']}\n1,,Ann,{url('ann')},Jane Doe,{url('janedoe')},2024-03-04 10:00:00 UTC,,x,INBOX,,No,No\n"
    )
    imported = read(written(tmp_path, start))
    assert (imported.messages, imported.own) == ((), ())
    assert imported.notes == (
        Remark(2, "1 message skipped: it cannot be told which of the people is you; import the whole archive"),
    )
    draft = start.splitlines()[1].replace(",No,No", ",Yes,No")
    closed = f"2,,LinkedIn Member,,Ann,{url('ann')},2024-03-04 10:00:00 UTC,,x,INBOX,,No,No"
    third = start.splitlines()[1].replace("1,,", "3,,").replace("janedoe", "john")
    for row in (draft, closed, third):
        assert read(written(tmp_path, f"{start}{row}\n")).own == ("ann@in.linkedin.invalid",)
    for name, text in (("Connections.csv", CONNECTIONS), ("Invitations.csv", INVITATIONS)):
        path = zipped(tmp_path / "a.zip", **{"messages.csv": start, name: text})
        assert read(path).own == ("ann@in.linkedin.invalid",)


def test_a_connection_is_never_taken_for_the_user_whatever_else_says_so(tmp_path: Path) -> None:
    rows = f"1,,Ann,{url('ann')},Jane Doe,{url('janedoe')},2024-03-04 10:00:00 UTC,,x,INBOX,,No,No\n"
    wrong = f"{INVITED}Jane Doe,Ann,,,OUTGOING,{url('janedoe')},{url('ann')}\n"
    files = {"messages.csv": f"{HEADERS['2024']}\n{rows}", "Connections.csv": CONNECTIONS, "Invitations.csv": wrong}
    assert read(zipped(tmp_path / "a.zip", **files)).own == ("ann@in.linkedin.invalid",)


def test_a_recipient_with_a_closed_account_keeps_a_group_from_passing_for_one_person(tmp_path: Path) -> None:
    row = f'1,,Ann,{url("ann")},"Jane Doe, LinkedIn Member",{url("janedoe")},2024-03-04 10:00:00 UTC,,x,INBOX,,No,No\n'
    path = zipped(tmp_path / "a.zip", **{"messages.csv": f"{HEADERS['2024']}\n{row}", "Connections.csv": CONNECTIONS})
    imported = read(path)
    assert imported.messages == ()
    assert imported.notes == (Remark(2, "1 message skipped: to someone whose profile is not told", "messages.csv"),)


def test_two_messages_of_one_second_are_two_and_a_message_in_two_parts_is_one(tmp_path: Path) -> None:
    twice = archive(tmp_path / "a.zip", [FIRST, FIRST], "2024")
    assert len({message.identity for message in read(twice).messages}) == 2
    with zipfile.ZipFile(twice, "a") as target:
        target.writestr("part 2/messages.csv", target.read("Basic_LinkedInDataExport_03-09-2026/messages.csv"))
    assert len(read(twice).messages) == 2


def test_a_later_export_gives_what_was_known_the_same_identity(tmp_path: Path) -> None:
    before = [FIRST, Line((1,), is_mine=False, minute=2, subject="", kind="")]
    after = [Line((2,), is_mine=False, minute=1, subject="", kind=""), *reversed(before)]
    known = {message.identity for message in read(archive(tmp_path / "a.zip", before, "2024")).messages}
    assert len(known) == 2
    assert known < {message.identity for message in read(archive(tmp_path / "b.zip", after, "2024")).messages}


def test_a_namesake_of_the_user_is_not_the_user(tmp_path: Path) -> None:
    head = "CONVERSATION ID,FROM,SENDER PROFILE URL,TO,DATE\n"
    rows = (
        f"1,Ann Example,{url('ann')},Ann Example,2024-03-04 10:00:00 UTC\n"
        f"1,Ann Example,{url('ann-2')},Ann Example,2024-03-04 11:00:00 UTC\n"
        f"2,Ann Example,{url('ann')},Jane Doe,2024-03-04 10:00:00 UTC\n"
    )
    path = zipped(
        tmp_path / "a.zip",
        **{"messages.csv": head + rows, "Connections.csv": CONNECTIONS + f"Ann,Example,{url('ann-2')},\n"},
    )
    imported = read(path)
    assert [(m.author.addr, [a.addr for a in m.to]) for m in imported.messages if m.author] == [
        ("ann-2@in.linkedin.invalid", ["ann@in.linkedin.invalid"]),
        ("ann@in.linkedin.invalid", ["janedoe@in.linkedin.invalid"]),
    ]
    assert [note.reason for note in imported.notes] == ["1 message skipped: to someone whose name several people have"]


def test_a_namesake_who_writes_is_not_the_user_where_the_direction_is_told(tmp_path: Path) -> None:
    rows = (
        '"Ann, MBA",Jane Doe,"3/4/18, 5:06 PM",,x,OUTGOING,INBOX\n'
        '"Ann, MBA","Ann, MBA","3/4/18, 6:06 PM",,x,INCOMING,INBOX\n'
    )
    network = CONNECTIONS + f'Ann,MBA,{url("other-ann")},\n"Ann, MBA",,{url("ann-2")},\n'
    path = zipped(tmp_path / "a.zip", **{"Messages.csv": f"{HEADERS['2018']}\n{rows}", "Connections.csv": network})
    authors = [message.author.addr for message in read(path).messages if message.author]
    assert len(authors) == 2
    assert len(set(authors)) == 2


def test_who_takes_part_in_most_conversations_but_not_in_all_need_not_be_the_user(tmp_path: Path) -> None:
    """The user changed their profile, or the file was put together by hand."""
    rows = "".join(
        f"{number},,X,{url(one)},Y,{url(other)},2024-03-04 10:00:00 UTC,,x,INBOX,,No,No\n"
        for number, (one, other) in enumerate([("a", "b"), ("a", "c"), ("d", "e")])
    )
    imported = read(written(tmp_path, f"{HEADERS['2024']}\n{rows}"))
    assert (imported.messages, imported.own) == ((), ())


@pytest.mark.parametrize(
    "name", ["../Connections.csv", "/Connections.csv", "a/../../Connections.csv", "C:\\Connections.csv"]
)
def test_a_path_that_leads_out_of_the_archive_is_passed_over(name: str, tmp_path: Path) -> None:
    with pytest.raises(ImportRejected, match="is an archive without"):
        read(zipped(tmp_path / "a.zip", **{name: CONNECTIONS}))
    assert read(zipped(tmp_path / "a.zip", **{name: "junk", "x/Connections.csv": CONNECTIONS})).complete


def test_damage_in_any_file_of_an_archive_leaves_nothing_of_it(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", [FIRST] * 50, "2024")
    content = bytearray(path.read_bytes())
    content[content.rindex(b"what was written")] ^= 1
    path.write_bytes(content)
    with pytest.raises(ImportRejected, match=r"a.zip is a damaged archive: Bad CRC-32"):
        read(path)


def test_a_quotation_mark_that_swallows_the_rest_is_refused(tmp_path: Path) -> None:
    rows = 'John,"Roe,,\n' + "".join(f"P{number},X,,\n" for number in range(50))
    with pytest.raises(ImportRejected, match="quotation mark in line 3 that is closed nowhere"):
        read(written(tmp_path, CONNECTIONS + rows))
    closed = read(written(tmp_path, CONNECTIONS + 'John,"Roe,,\nJim,Poe"",,\nJil,"Noe",,\n'))
    assert [note.line for note in closed.notes] == [3]
