"""Whatever happens to a mailbox between syncs and however they are cut, the store holds what was ever seen, once.

The machine asks the server itself what lies where before each pass, so that it compares two independent accounts of the
same mailbox. A kind of mailbox takes part with one class: a `Mailbox` that can be changed, and a way in.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.machine.accounts import letter
from tests.machine.syncs import START, Syncs, nothing
from tracker.domain.connection import Profile
from tracker.domain.folder import AUDIT_EVERY
from tracker.domain.message import AddrSpec
from tracker.errors import Unreachable
from tracker.service.syncing import BATCH
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tests.machine.syncs import Way
    from tests.properties.census import Census
    from tracker.service.syncing import Synced

BOB = Profile("bob", "Bob", addresses=(AddrSpec("bob@example.org"),))
FIXED = ["INBOX", "Junk", "Sent", "Trash"]
NAMES = ["Arbeit & Übung", "項目", "Проекты", "two  words", "[1]", "Archive"]
A_DAY = AUDIT_EVERY / timedelta(hours=1) + 1

KINDS = st.sampled_from(["stopped", "cut off", "killed"])
"""How a pass may end before its end."""

ANY = st.integers(0, 999)
"""Which one of several; how many there are is known only when it happens."""


class Mailbox(Protocol):
    """A mailbox that can be changed. Its folders are those of `FIXED`, Drafts and what is created."""

    def deliver(self, folder: str, message: bytes, received_at: datetime, /) -> None: ...
    def lying(self, folder: str) -> dict[int, str]: ...
    def create(self, folder: str) -> None: ...
    def rename(self, folder: str, name: str) -> None: ...
    def delete(self, folder: str) -> None: ...
    def move(self, folder: str, uids: Sequence[int], to: str) -> None: ...
    def copy(self, folder: str, uids: Sequence[int], to: str) -> None: ...
    def expunge(self, folder: str, uids: Sequence[int]) -> None: ...
    def reset_uidvalidity(self, folder: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A mailbox, and how the program signs in to it."""

    mailbox: Mailbox
    way: Way


class Killed(BaseException):
    """The program was ended at this very moment."""


class MailboxMachine(RuleBasedStateMachine):
    """One mailbox, one store. A subclass says where the mailbox is, with how many messages it may begin, or must."""

    fresh_place: ClassVar[Callable[[], AbstractContextManager[Place]]]
    flood: ClassVar[int] = BATCH + 20
    is_flooded: ClassVar[bool] = False
    census: ClassVar[Census]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        # So that a pass can end between the batches of one folder without thousands of messages.
        self.stack.enter_context(pytest.MonkeyPatch.context()).setattr("tracker.service.reading.TOGETHER", BATCH)
        self.place = self.stack.enter_context(type(self).fresh_place())
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copy(empty_database(), folder / "tracker.db")
        store = self.stack.enter_context(open_store(f"sqlite:///{folder}/tracker.db"))
        self.syncs = Syncs(store, {"work": self.place.way})
        self.folders = list(FIXED)
        self.numbers = itertools.count(1)
        self.sent: list[int] = []
        self.seen: set[str] = set()
        self.glimpsed: set[str] = set()

    @initialize(begins=st.sampled_from(["few", "few", "few", "few", "few", "few", "first", "later"]), kind=KINDS)
    def begin(self, begins: str, kind: str) -> None:
        """A folder that can be renamed and deleted, and three messages; or more than a batch of them, read halfway.

        That reading is the first of its folder, or a later one, which looks at known messages before.
        """
        self.create(0)
        for _ in range(3):
            self.deliver(0)
        if begins != "few" or self.is_flooded:
            if is_later := begins == "later":
                self.sync(0)
            for _ in range(self.flood):
                self.deliver(0)
            self.sync_that_is_cut(kind=kind, call=("fetch", 3 if is_later else 2), hours=0, where=0)
            if is_later:
                self.sync(0)  # before an audit would find what was left out

    @rule(where=ANY)
    def deliver(self, where: int) -> None:
        self.sent.append(next(self.numbers))
        self.lay(self.sent[-1], where)

    @rule(which=ANY, where=ANY)
    def deliver_again(self, which: int, where: int) -> None:
        self.lay(pick(self.sent, which), where)
        self.census.seen["delivered_again"] += 1

    def lay(self, number: int, where: int) -> None:
        self.place.mailbox.deliver(pick(self.folders, where), letter(number), START - timedelta(days=number))

    @rule(where=ANY, which=ANY, to=ANY)
    def move(self, where: int, which: int, to: int) -> None:
        folder, uids = self.some(where, which)
        others = [name for name in self.folders if name != folder]
        if uids:
            self.place.mailbox.move(folder, uids, pick(others, to))
            self.census.seen["moved"] += len(uids)

    @rule(where=ANY, which=ANY, to=ANY)
    def copy(self, where: int, which: int, to: int) -> None:
        folder, uids = self.some(where, which)
        if uids:
            self.place.mailbox.copy(folder, uids, pick(self.folders, to))
            self.census.seen["copied"] += len(uids)

    @rule(where=ANY, which=ANY)
    def expunge(self, where: int, which: int) -> None:
        folder, uids = self.some(where, which)
        if uids:
            self.place.mailbox.expunge(folder, uids)
            self.census.seen["expunged"] += len(uids)

    @rule(where=ANY)
    def expunge_all(self, where: int) -> None:
        folder = pick(self.folders, where)
        if uids := sorted(self.place.mailbox.lying(folder)):
            self.place.mailbox.expunge(folder, uids)
            self.census.seen["emptied"] += 1

    @rule(where=ANY, everywhere=st.booleans())
    def renumber(self, where: int, everywhere: bool) -> None:
        filled = [name for name in self.folders if self.place.mailbox.lying(name)]
        for name in filled if everywhere else filled[where % max(1, len(filled)) :][:1]:
            self.place.mailbox.reset_uidvalidity(name)
            self.census.seen["renumbered"] += 1

    @rule(name=ANY)
    def create(self, name: int) -> None:
        if unused := self.unused():
            self.folders.append(pick(unused, name))
            self.place.mailbox.create(self.folders[-1])

    @rule(where=ANY, name=ANY)
    def rename(self, where: int, name: int) -> None:
        if (own := self.folders[len(FIXED) :]) and (unused := self.unused()):
            folder = pick(own, where)
            self.folders[self.folders.index(folder)] = pick(unused, name)
            self.place.mailbox.rename(folder, pick(unused, name))
            self.census.seen["renamed_or_deleted"] += 1

    @rule(where=ANY)
    def delete(self, where: int) -> None:
        if own := self.folders[len(FIXED) :]:
            self.folders.remove(pick(own, where))
            self.place.mailbox.delete(pick(own, where))
            self.census.seen["renamed_or_deleted"] += 1

    @rule(hours=st.sampled_from([0, 1, A_DAY]))
    def sync(self, hours: float) -> None:
        lying = self.look()
        self.check(self.syncs.sync(hours=hours)["work"], lying, is_audited=hours == A_DAY)

    @rule(
        kind=KINDS,
        call=st.tuples(st.sampled_from(["status", "uids", "fetch", "fetch"]), st.integers(1, 6)),
        hours=st.sampled_from([0, A_DAY]),
        where=ANY,
    )
    def sync_that_is_cut(self, kind: str, call: tuple[str, int], hours: float, where: int) -> None:
        for folder in (0, where, where + 1):
            self.deliver(folder)
        calls: Counter[str] = Counter()
        ended = False

        def before(name: str, _arguments: tuple[Any, ...]) -> None:
            nonlocal ended
            calls[name] += 1
            ended = ended or (name, calls[name]) == call
            if ended and kind != "stopped":
                raise Killed if kind == "killed" else Unreachable("the line went dead", hint="")

        lying, stored = self.look(), self.syncs.stored()
        self.glimpsed.update(name for names in lying.values() for name in names)
        self.syncs.before = before
        try:
            synced = self.syncs.sync(hours=hours, is_stopped=lambda: ended)["work"]
        except (Unreachable, Killed):
            synced = None
        self.syncs.before = nothing
        if synced is not None and synced.is_complete:
            self.check(synced, lying, is_audited=False)
            return
        new = self.syncs.stored().total() - stored.total()
        self.census.seen["cut"] += 1
        self.census.seen["cut_in_the_middle"] += new > 0
        self.census.seen["cut_inside_a_folder"] += new >= BATCH

    def look(self) -> dict[str, Counter[str]]:
        """What the server itself says lies in each folder."""
        return {name: Counter(self.place.mailbox.lying(name).values()) for name in self.folders}

    def check(self, synced: Synced, lying: dict[str, Counter[str]], *, is_audited: bool) -> None:
        """After a complete pass everything that lay there is stored once, and a second pass finds nothing."""
        assert synced.is_complete
        self.seen.update(name for names in lying.values() for name in names)
        stored, counts = self.syncs.stored(), self.syncs.counts("work")
        assert set(stored.values()) <= {1}
        assert self.seen <= stored.keys() <= self.seen | self.glimpsed
        assert counts.keys() == lying.keys()
        assert all(counts[name] >= lying[name].total() for name in lying)
        if is_audited:
            assert counts == {name: names.total() for name, names in lying.items()}
        assert self.syncs.store.unreadable() == []
        again = self.syncs.sync()["work"]
        assert (again.is_complete, again.read, again.new, again.notes) == (True, 0, 0, ())
        self.census.seen["complete"] += 1
        self.census.seen["new"] += synced.new
        self.census.seen["read_again"] += synced.read - synced.new

    def some(self, where: int, which: int) -> tuple[str, list[int]]:
        """A folder, and one message or three of them; none if every folder is empty."""
        filled = [(name, sorted(uids)) for name in self.folders if (uids := self.place.mailbox.lying(name))]
        folder, uids = pick(filled, where) if filled else ("INBOX", [])
        return folder, uids[which % max(1, len(uids)) :][: 3 if which % 4 == 3 else 1]

    def unused(self) -> list[str]:
        return [name for name in NAMES if name not in self.folders]

    def teardown(self) -> None:
        try:
            self.sync(A_DAY)
            self.census.examples += 1
        finally:
            self.stack.close()


def pick(choices: Sequence[Any], which: int) -> Any:  # noqa: ANN401 # one of whatever the choices are
    """One of them."""
    return choices[which % len(choices)]


_templates: list[Path] = []


def empty_database() -> Path:
    """A database that knows Bob and no mail; to copy it is quicker than to make one for every example."""
    if not _templates:
        path = Path(tempfile.mkdtemp(prefix="tracker-")) / "tracker.db"
        with open_store(f"sqlite:///{path}") as store:
            store.merge_profiles([BOB], complete=True)
        _templates.append(path)
    return _templates[0]
