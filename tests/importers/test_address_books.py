"""Address books as Google, Outlook and telephones export them: a contact each, known by profile, address or name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tracker.domain.connection import Profile
from tracker.errors import ImportRejected
from tracker.importers import Imported, Remark, read

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.message import AddrSpec

JANE: tuple[AddrSpec, ...] = ("jane@acme.example", "jd@home.example")  # type: ignore[assignment]  # spelt as it must be
CONTACT = Profile("contact jane@acme.example", "Jane Doe", "Acme, Inc.", "CTO", addresses=JANE)

GOOGLE_OLD = (
    "Name,Given Name,Additional Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,"
    "Organization 1 - Type,Organization 1 - Name,Organization 1 - Title,Website 1 - Type,Website 1 - Value\r\n"
)
GOOGLE_NEW = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Name Suffix,Organization Name,Organization Title,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Website 1 - Label,Website 1 - Value\n"
)
OUTLOOK = (
    "First Name,Middle Name,Last Name,Title,Suffix,Nickname,E-mail Address,E-mail 2 Address,E-mail 3 Address,Company,"
    "Job Title,Web Page\r\n"
)
OUTLOOK_CLASSIC = (
    '"Title","First Name","Middle Name","Last Name","Suffix","Company","Department","Job Title","E-mail Address",'
    '"E-mail Type","E-mail Display Name","E-mail 2 Address","E-mail 2 Type"\r\n'
)
OLD_ROW = 'Jane Doe,Jane,,Doe,* myContacts,Work,Jane@Acme.example ::: jd@home.example,,"Acme, Inc.",CTO,,http://acme.example\r\n'
BOOKS = {
    "Google, old": (GOOGLE_OLD + OLD_ROW).encode(),
    "Google, old, UTF-16": (GOOGLE_OLD + OLD_ROW).encode("utf-16"),
    "Google, new": (
        GOOGLE_NEW + 'Jane,,Doe,,,"Acme, Inc.",CTO,* mine,Work,jane@acme.example,,jd@home.example,,\n'
    ).encode("utf-8-sig"),
    "Outlook": (OUTLOOK + 'Jane,,Doe,,,,jane@acme.example,jd@home.example,,"Acme, Inc.",CTO,\r\n').encode("cp1252"),
    "Outlook, classic": (
        OUTLOOK_CLASSIC
        + '"","Jane","","Doe","","Acme, Inc.","","CTO","jane@acme.example","SMTP","J","jd@home.example",""\r\n'
    ).encode("cp1252"),
    "Outlook, German": (
        "Anrede;Vorname;Weitere Vornamen;Nachname;Suffix;Firma;Abteilung;Position;E-Mail-Adresse;E-Mail 2: Adresse\r\n"
        "Frau;Jane;;Doe;;Acme, Inc.;;CTO;jane@acme.example;jd@home.example\r\n"
    ).encode("cp1252"),
    "vCard 2.1": (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Doe;Jane\r\nFN:Jane Doe\r\nORG;QUOTED-PRINTABLE:Acme, I=\r\nnc.;Sales\r\n"
        b"TITLE:CTO\r\nEMAIL;PREF;INTERNET:jane@acme.example\r\nEMAIL;INTERNET;HOME:jd@home.example\r\nEND:VCARD\r\n"
    ),
    "vCard 3.0": (
        b"BEGIN:VCARD\nVERSION:3.0\nFN:Jane\n  Doe\nN:Doe;Jane;;;\nORG:Acme\\, Inc.;\nTITLE:CTO\n"
        b"item1.EMAIL;TYPE=INTERNET:Jane@ACME.example\nitem1.X-ABLabel:_$!<Work>!$_\n"
        b"EMAIL:jd@home.ex\n ample\nEND:VCARD\n"
    ),
    "vCard 4.0": (
        b'\xef\xbb\xbfbegin:vcard\r\nVERSION:4.0\r\nFN;PREF=1;X-A="b:c;d":Jane Doe\r\nORG:Acme\\, Inc.\r\nTITLE:CTO\r\n'
        b'EMAIL;TYPE="work,home":MAILTO:jane@acme.example\r\nEMAIL;PID=1.1:jd@home.example\r\nend:vcard\r\n'
    ),
    "vCard without FN": (
        b"BEGIN:VCARD\nVERSION:2.1\nN:Doe;Jane;;Dr.;\nORG:Acme, Inc.\nTITLE:CTO\nEMAIL:jane@acme.example\n"
        b"EMAIL:jd@home.example\nEND:VCARD\n"
    ),
}  # fmt: skip


def written(folder: Path, content: bytes | str) -> Path:
    path = folder / "export"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def card(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


@pytest.mark.parametrize("book", BOOKS)
def test_every_address_book_gives_the_same_contact(book: str, tmp_path: Path) -> None:
    assert read(written(tmp_path, BOOKS[book])) == Imported(contacts=(CONTACT,), complete=False)


PROFILES = {
    "Google": GOOGLE_NEW + "Jane,,Doe,,,,,,,jane@acme.example,,,,http://acme.example ::: linkedin.com/in/JaneDoe/\n",
    "Outlook": OUTLOOK + "Jane,,Doe,,,,jane@acme.example,,,,,https://de.linkedin.com/in/JaneDoe?x=1\n",
    "vCard": card("FN:Jane Doe", "URL:http://acme.example", "EMAIL:jane@acme.example", "item2.URL:https\\://www.linkedin.com/in/JaneDoe"),
}  # fmt: skip


@pytest.mark.parametrize("book", PROFILES)
def test_a_linkedin_profile_among_the_websites_is_the_key(book: str, tmp_path: Path) -> None:
    (contact,) = read(written(tmp_path, PROFILES[book])).contacts
    assert (contact.key, contact.profile_url) == ("/in/janedoe", "https://www.linkedin.com/in/JaneDoe")


def test_who_has_no_name_is_called_by_the_address_and_who_has_neither_is_skipped(tmp_path: Path) -> None:
    rows = ",,,,,,,,,A@x.example,,,,\n,,,,,Acme,,,,,,,,\nOnly,,Name,,,,,,,,,,,\n,,,,,,,,,not-an-email,,,,\n"
    assert read(written(tmp_path, GOOGLE_NEW + rows)) == Imported(
        contacts=(
            Profile("contact a@x.example", "a@x.example", addresses=("a@x.example",)),  # type: ignore[arg-type]  # spelt as it must be
            Profile("contact only name", "Only Name"),
        ),
        skipped=(Remark(3, "neither a name nor an address"), Remark(5, "neither a name nor an address")),
        notes=(Remark(5, "not-an-email is no e-mail address; left out"),),
        complete=False,
    )


def test_an_entry_that_stands_there_twice_is_one_contact_with_all_addresses(tmp_path: Path) -> None:
    imported = read(
        written(
            tmp_path, card("FN:Old", "EMAIL:a@x.example") + card("FN:New", "EMAIL:A@x.example", "EMAIL:b@x.example")
        )
    )
    assert [(one.name, one.addresses) for one in imported.contacts] == [("New", ("a@x.example", "b@x.example"))]
    assert imported.skipped == (Remark(6, "New stands in the file twice"),)


def test_outlooks_own_addresses_inside_a_company_are_told(tmp_path: Path) -> None:
    imported = read(written(tmp_path, OUTLOOK + "Jane,,Doe,,,,/o=ExchangeLabs/cn=jane,,,,,\n"))
    assert [one.key for one in imported.contacts] == ["contact jane doe"]
    assert imported.notes == (Remark(2, "/o=ExchangeLabs/cn=jane is no e-mail address; left out"),)


def test_outlook_in_french_says_no_position_for_its_column_is_called_as_the_form_of_address(tmp_path: Path) -> None:
    rows = (
        "Titre,Prénom,Deuxième prénom,Nom,Suffixe,Société,Service,Titre,"
        "Adresse de messagerie,Adresse de messagerie 2\r\n"
        'Mme,Zoë,,Dubois,,"Acme, S.A.",,Fleuriste,jane@acme.example,jd@home.example\r\n'
    )
    imported = read(written(tmp_path, rows.encode("cp1252")))
    assert imported.contacts == (Profile(CONTACT.key, "Zoë Dubois", "Acme, S.A.", addresses=JANE),)


QUOTED = {
    "the octets of UTF-8": ("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=57=C3=A4=\r\n=45=50", "WäEP"),
    "a soft break inside a character": ("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=utf-8:Zo=C3=\r\n=AB", "Zoë"),
    "another character set": ("FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=F6rg", "Jörg"),
    "a character set that nobody knows": ("FN;CHARSET=rot13;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg", "Jörg"),
    "a wrong character set": ("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=F6rg", "Jörg"),
    "a break that is folded too": ("FN;QUOTED-PRINTABLE:Jane=\r\n  Doe", "JaneDoe"),
    "an equals sign at the end": ("FN;QUOTED-PRINTABLE:Jane=", "Jane"),
    "an equals sign in plain text": ("FN:Jane=", "Jane="),
}


@pytest.mark.parametrize("case", QUOTED)
def test_quoted_printable_is_read(case: str, tmp_path: Path) -> None:
    line, name = QUOTED[case]
    (contact,) = read(written(tmp_path, card(line, "EMAIL:a@x.example"))).contacts
    assert (contact.name, contact.addresses) == (name, ("a@x.example",))


def test_what_a_card_holds_beside_harms_nobody(tmp_path: Path) -> None:
    """A damaged photograph, a line that is no property, quotes that never end, a card in the card."""
    junk = (
        "PHOTO;ENCODING=b;TYPE=JPEG:!!!\r\n " + "QUJD" * 20_000,
        "this is no property",
        'X-A;Y=\\"a\\" b:c',
        "X" + ";A=b" * 5_000,
        'X;A="' + ";" * 5_000,
        "AGENT:\r\nBEGIN:VCARD\r\nFN:Somebody Else\r\nEMAIL:else@x.example\r\nEND:VCARD",
        "NOTE;QUOTED-PRINTABLE:a=" + "\r\nb=" * 5_000,
    )
    imported = read(written(tmp_path, card(*junk, "FN:Jane Doe", "EMAIL:a@x.example") + "\r\n" + card("FN:Last")))
    assert [(one.name, one.addresses) for one in imported.contacts] == [("Jane Doe", ("a@x.example",)), ("Last", ())]


def test_a_card_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRejected, match="cut off: the card in line 5 has no END:VCARD"):
        read(written(tmp_path, card("FN:Jane") + "BEGIN:VCARD\r\nFN:John\r\n"))
