"""Which folders are read, and what each is for: by what the server says (RFC 6154), else by its name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.folder import Folder
from tracker.domain.message import FolderRole
from tracker.errors import NoSuchFolder
from tracker.sanitizer import one_line
from tracker.sources._folder_names import NOT_SENT_YET, ROLE_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.sources import SourceSettings
    from tracker.sources._names import Listed

_UNSELECTABLE = frozenset({"\\noselect", "\\nonexistent"})
_DRAFTS = frozenset({"\\drafts"})
_ROLE_ATTRIBUTES = {
    FolderRole.SENT: frozenset({"\\sent"}),
    FolderRole.JUNK: frozenset({"\\junk", "\\spam"}),
    FolderRole.TRASH: frozenset({"\\trash"}),
    FolderRole.ALL: frozenset({"\\all", "\\allmail"}),
}
# Everything lies in these once; labels would show the same messages again.
_ALL_OF_GMAIL = frozenset({FolderRole.ALL, FolderRole.JUNK, FolderRole.TRASH})

# Folders of the user's own choosing may bear any name further down: "Projects/Sent" is no Sent folder.
_ROOTS = frozenset({"inbox", "[gmail]", "[google mail]"})
_MOST_NAMES_IN_A_HINT = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """A folder that is read, together with its name on the wire."""

    folder: Folder
    wire: bytes


def choose(
    listed: Sequence[Listed], settings: SourceSettings, *, is_gmail: bool = False, is_archive: bool = False
) -> list[Choice]:
    """What is to be read of the folders of an account, INBOX first. Raises `NoSuchFolder`.

    The Sent folder is always among it, or on Gmail the folder of all mail. Only an archive may have neither: it may be
    of what came in alone, and nobody is judged for a time that it does not cover.
    """
    selectable = [entry for entry in listed if entry.attributes.isdisjoint(_UNSELECTABLE)]
    roles = _roles(selectable, settings)
    wanted = _named(selectable, settings.folders)
    if wanted:
        chosen = [entry for entry in selectable if entry in wanted]
    elif is_gmail and FolderRole.ALL in roles.values():
        chosen = [entry for entry in selectable if roles[entry.wire] in _ALL_OF_GMAIL]
    else:
        chosen = [entry for entry in selectable if not _holds_unsent(entry)]
    chosen = _with_sent(chosen, selectable, roles, is_needed=not is_archive)
    choices = [Choice(Folder(entry.name, roles[entry.wire]), entry.wire) for entry in chosen]
    return sorted(choices, key=lambda choice: (choice.folder.role is not FolderRole.INBOX, choice.folder.name))


def _roles(selectable: Sequence[Listed], settings: SourceSettings) -> dict[bytes, FolderRole]:
    roles = {entry.wire: FolderRole.OTHER for entry in selectable}
    for role, attributes in _ROLE_ATTRIBUTES.items():
        flagged = [entry for entry in selectable if not entry.attributes.isdisjoint(attributes)]
        for entry in flagged or [entry for entry in selectable if _is_called(entry, ROLE_NAMES.get(role, frozenset()))]:
            if roles[entry.wire] is FolderRole.OTHER:
                roles[entry.wire] = role
    for entry in _named(selectable, [settings.sent] if settings.sent else [], key="sent"):
        roles[entry.wire] = FolderRole.SENT
    return roles | {entry.wire: FolderRole.INBOX for entry in selectable if _spelling(entry.name) == "inbox"}


def _named(selectable: Sequence[Listed], names: Sequence[str], *, key: str = "folders") -> list[Listed]:
    """The folders of these names, in any Unicode form of them. Raises `NoSuchFolder` for the first that is missing."""
    by_name = {_spelling(entry.name): entry for entry in selectable}
    for name in names:
        if _spelling(name) not in by_name:
            there = ", ".join(one_line(entry.name) for entry in selectable[:_MOST_NAMES_IN_A_HINT])
            raise NoSuchFolder(
                f"there is no folder called {one_line(name)!r}", hint=f"correct `{key}`; there is: {there}"
            )
    return [by_name[_spelling(name)] for name in names]


def _with_sent(
    chosen: list[Listed],
    selectable: Sequence[Listed],
    roles: dict[bytes, FolderRole],
    *,
    is_needed: bool,
) -> list[Listed]:
    if any(roles[entry.wire] is FolderRole.ALL for entry in chosen):
        return chosen
    sent = [entry for entry in selectable if roles[entry.wire] is FolderRole.SENT]
    if not sent and is_needed:
        raise NoSuchFolder(
            "no folder looks like the one for sent mail",
            hint=f"name it with `sent` in [[account]]; there is: "
            f"{', '.join(one_line(entry.name) for entry in selectable[:_MOST_NAMES_IN_A_HINT])}",
        )
    return [*chosen, *(entry for entry in sent if entry not in chosen)]


def _holds_unsent(entry: Listed) -> bool:
    return not entry.attributes.isdisjoint(_DRAFTS) or _is_called(entry, NOT_SENT_YET)


def _is_called(entry: Listed, names: frozenset[str]) -> bool:
    *above, name = (_spelling(piece) for piece in entry.path)
    return name in names and all(piece in _ROOTS for piece in above)


def _spelling(name: str) -> str:
    if name.upper() == "INBOX":
        return "inbox"
    return unicodedata.normalize("NFC", name).casefold().strip()
