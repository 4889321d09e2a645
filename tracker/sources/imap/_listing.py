"""LIST and STATUS: what folders there are and how far each has come, in one round trip where the server offers it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tracker.sources.imap._client import Refused
from tracker.sources.imap._extensions import attempt
from tracker.sources.imap._names import listed_folders
from tracker.sources.imap._replies import status_items, statuses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.sources._names import Listed
    from tracker.sources.imap._client import Client

    Listing = tuple[list[Listed], Mapping[bytes, Mapping[str, int]]]
    """The folders, and by their wire names the STATUS items of those of which LIST told everything."""

_ITEMS = "MESSAGES UIDNEXT UIDVALIDITY"
_NEEDED = frozenset(_ITEMS.split())
_NO_STATUS = "no STATUS came with LIST"


def listing(client: Client) -> Listing:
    """All folders, with their special uses (RFC 6154) and STATUS (RFC 5819) where the server tells them with LIST."""
    special = ("SPECIAL-USE",) if client.offers("LIST-EXTENDED") else ()
    return attempt(client, (*special, "LIST-STATUS", "CONDSTORE"), partial(_listed, client), lambda told: bool(told[0]))


def status(client: Client, wire: bytes) -> Mapping[str, int]:
    """The STATUS items of one folder by their names, HIGHESTMODSEQ (RFC 7162, 3.1.7) where it means something."""
    return attempt(
        client,
        ("CONDSTORE",),
        lambda used: status_items(client.status_of(wire, _items(is_modseq_asked=bool(used)))),
    )


def _listed(client: Client, used: Sequence[str]) -> Listing:
    options = ["SPECIAL-USE"] if "SPECIAL-USE" in used else []
    if "LIST-STATUS" in used:
        options.append(f"STATUS ({_items(is_modseq_asked='CONDSTORE' in used)})")
    replies, told = client.listed(*options)
    folders = listed_folders(replies)
    if options and not folders:
        raise Refused("LIST", "no folder came")
    if "LIST-STATUS" in used and folders and not statuses(told):
        client.forgo("LIST-STATUS", _NO_STATUS)
    return folders, {wire: items for wire, items in statuses(told).items() if _is_plausible(items)}


def _items(*, is_modseq_asked: bool) -> str:
    return f"{_ITEMS} HIGHESTMODSEQ" if is_modseq_asked else _ITEMS


def _is_plausible(items: Mapping[str, int]) -> bool:
    """Whether everything is told, and there are not more messages than UIDs (RFC 9051, 2.3.1.1)."""
    return items.keys() >= _NEEDED and items["UIDVALIDITY"] > 0 and items["MESSAGES"] < items["UIDNEXT"]
