"""A store that is kept in sync through the door that `tracker sync` uses, with an eye and a hand in every pass."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from tracker.config import parse_config
from tracker.service.syncing import sync_account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from tracker.config import AccountConfig, Config
    from tracker.service.syncing import Synced
    from tracker.sources import Source
    from tracker.storage import Store

    Way = Callable[[], AbstractContextManager[Source]]
    """How to sign in to an account."""

    Hook = Callable[[str, tuple[Any, ...]], None]
    """Told of each call to a source before it is made: its name and its arguments."""

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
ME = "ann@example.org"


def nothing(_name: str, _arguments: tuple[Any, ...]) -> None:
    """What happens at most calls."""


class Watched:
    """A source that tells of each call before it is made."""

    def __init__(self, source: Source, before: Hook) -> None:
        self._source = source
        self._before = before

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 # whatever the source has
        found = getattr(self._source, name)
        if not callable(found):
            return found

        def call(*arguments: Any) -> Any:  # noqa: ANN401 # whatever the source takes and gives
            self._before(name, arguments)
            return found(*arguments)

        return call


@dataclass
class Syncs:
    """Accounts by their names, the store that they are read into, and a clock that only the test moves."""

    store: Store
    ways: Mapping[str, Way]
    now: datetime = START
    before: Hook = nothing
    config: Config = field(init=False)

    def __post_init__(self) -> None:
        accounts = "".join(
            f'[[account]]\nname = "{name}"\nhost = "localhost"\nuser = "x"\npassword_file = "x"\n' for name in self.ways
        )
        self.config = parse_config(f'[me]\naddresses = ["{ME}"]\n[sync]\nsince = "2020-01-01"\n{accounts}', "here")

    def sync(self, *, hours: float = 0, is_stopped: Callable[[], bool] = lambda: False) -> dict[str, Synced]:
        """A pass over each account, so many hours after the last."""
        self.now += timedelta(hours=hours, seconds=1)
        return {
            account.name: sync_account(
                self.store,
                account,
                self.config,
                clock=lambda: self.now,
                connect=self._connect,
                is_stopped=is_stopped,
            )
            for account in self.config.account
        }

    @contextlib.contextmanager
    def _connect(self, account: AccountConfig) -> Iterator[Source]:
        with self.ways[account.name]() as source:
            yield cast("Source", Watched(source, self.before))

    def stored(self) -> Counter[str]:
        """The Message-ID of everything that was stored by or to the people known, and how often it is there."""
        found = {
            message.identity: str(message.message_id)
            for person in self.store.connections()
            for message in self.store.messages_of(person.id)
        }
        return Counter(found.values())

    def counts(self, account: str) -> dict[str, int]:
        """How many copies are known to lie in each folder."""
        return {folder.name: folder.messages for folder in self.store.folders(account)}
