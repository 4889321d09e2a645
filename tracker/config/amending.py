"""Adding an account to the text of a configuration, the rest left as it is; the only home of tomlkit."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Table

from tracker.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_BEGINNING = """\
# Written by `tracker init`; config.example.toml shows every setting.

[me]
addresses = []

[reply]
threshold = "48h"
"""


def with_account(text: str | None, account: Mapping[str, Any], address: str, name: str) -> str:
    """The configuration `text` (None for a new one) with one more account, and one more address of the user.

    Comments, order and form of what stands there stay. `name` is how errors call it. Raises `ConfigError` where that
    cannot be done.
    """
    by_hand = ConfigError(
        f"{name} is written in a way that cannot be added to",
        hint=f"add [[account]] by hand: {', '.join(f'{key} = {value!r}' for key, value in account.items())}",
    )
    try:
        document = tomlkit.parse(_BEGINNING if text is None else text)
        _add_address(document, address)
        _add_account(document, account)
        amended = tomlkit.dumps(document)
        if tomllib.loads(amended) == _expected(_BEGINNING if text is None else text, account, address):
            return amended
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, AttributeError, KeyError):
        raise by_hand from None
    raise by_hand


def _add_address(document: tomlkit.TOMLDocument, address: str) -> None:
    if "me" not in document:
        me = tomlkit.table()
        me["addresses"] = [address]
        me.trivia.indent = "\n"
        document["me"] = me
        return
    section = document["me"]
    known = section.setdefault("addresses", tomlkit.array())
    if isinstance(known, Array) and address.lower() not in {str(one).lower() for one in known}:
        known.append(address)


def _add_account(document: tomlkit.TOMLDocument, account: Mapping[str, Any]) -> None:
    entry = tomlkit.table()
    entry.update(account)
    entry.trivia.indent = "\n"  # an empty line before its heading
    accounts = document.setdefault("account", tomlkit.aot())
    if not isinstance(accounts, AoT) or not isinstance(entry, Table):
        raise TypeError
    accounts.append(entry)


def _expected(text: str, account: Mapping[str, Any], address: str) -> dict[str, Any]:
    """What the amended text has to mean."""
    settings = tomllib.loads(text)
    known = settings.setdefault("me", {}).setdefault("addresses", [])
    if address.lower() not in {str(one).lower() for one in known}:
        known.append(address)
    settings.setdefault("account", []).append(dict(account))
    return settings
