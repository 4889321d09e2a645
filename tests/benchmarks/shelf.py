"""Mailboxes and databases of any size, made once a run: laid out as Maildirs for Dovecot, or read into a database."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.benchmarks.letters import ME, START, VERSION, YEARS, letters, network
from tests.cli.world import World
from tests.machine.dovecot import SPECIAL, running
from tracker.domain.connection import Profile
from tracker.domain.folder import Batch, Folder, FolderState, Settled
from tracker.domain.message import AddrSpec, FolderRole, Message, RawMessage
from tracker.parsing import parse
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.benchmarks.letters import Letter
    from tests.machine.dovecot import Dovecot, User
    from tracker.storage import Store

SINCE = '[sync]\nsince = "2000-01-01"'
_ROLES = {"INBOX": FolderRole.INBOX, "Sent": FolderRole.SENT, "Junk": FolderRole.JUNK}
_AT_ONCE = 5000


@dataclass
class Shelf:
    """What benchmarks of one run share; the files are named by size and version, and removed at the end unless kept."""

    keep: bool = False
    made: set[Path] = field(default_factory=set)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for path in self.made if not self.keep else ():
            shutil.rmtree(path, ignore_errors=True)

    def mail(self, size: int) -> Path:
        """A folder with the Maildirs of a mailbox of this size."""
        return self._once(f"mail-{size}", lambda place: _lay(place, size))

    def database(self, size: int, *, noise: int = 0) -> Path:
        """A folder with a database that holds such a mailbox, its people, and so much more mail that asks nobody."""
        return self._once(f"store-{size}-{noise}", lambda place: _fill(place, size, noise))

    def _once(self, name: str, make: Callable[[Path], None]) -> Path:
        place = Path(tempfile.gettempdir()) / f"tracker-benchmarks-{VERSION}-{name}"
        self.made.add(place)
        if not place.exists():
            partial = Path(tempfile.mkdtemp(prefix=f"{place.name}-"))
            partial.chmod(0o755)  # the server reads as a user of its own
            try:
                make(partial)
                partial.rename(place)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
        return place


@dataclass(frozen=True, slots=True)
class Site:
    """A server with one account whose mail lies on the shelf."""

    server: Dovecot
    user: User
    mail: Path
    size: int

    def world(self, folder: Path, *, people: bool = True) -> World:
        """A configuration for the account, on a line in the clear as the drain's, with an empty database.

        Its network is imported, if wanted.
        """
        world = World(self.server, self.user, folder, settings=SINCE)
        world.write_config(tls="none", port=self.server.port)
        if people:
            world.run("import", str(world.export(*(person.row for person in network(self.size)))))
        return world

    def chill(self, *, is_on_disk: bool = False) -> None:
        """Restart the server without what it remembers of headers; the UIDs stay.

        All files are in memory then, or none, whoever read them before.
        """
        self.server.restart()
        for path in self.mail.rglob("dovecot[.]*"):
            path.unlink()
        if is_on_disk:
            os.sync()  # what is not written yet would stay
        for path in self.mail.rglob("*.bench,*"):
            with path.open("rb", buffering=0) as file:
                if is_on_disk:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                else:
                    file.read()

    def settle(self) -> None:
        """Let the server give out its UIDs, which happens once in the life of a mailbox."""
        with self.user.mailbox.connection() as imap:
            for folder in _ROLES:
                imap.select(folder, readonly=True)

    @contextlib.contextmanager
    def as_it_was(self) -> Iterator[None]:
        """What comes in meanwhile is taken away again, for the mailbox is shared."""
        inside = self.user.mailbox.path("INBOX") / "cur"
        before = {path.name.partition(":")[0] for path in inside.iterdir()}
        yield
        for path in inside.iterdir():
            if path.name.partition(":")[0] not in before:
                path.unlink()

    def record(self, *, wanted: bool) -> None:
        """Whether the server writes down what is said to it, which costs time."""
        raw = self.user.mailbox.home / "raw"
        shutil.rmtree(raw, ignore_errors=True)
        if wanted:
            raw.mkdir()
            self.user.mailbox.own(raw)


@contextlib.contextmanager
def site(shelf: Shelf, size: int) -> Iterator[Site]:
    """A running server for the time being, that writes nothing down."""
    mail = shelf.mail(size)
    with running() as server:
        user = server.user()
        for name in ("inbox", "mail"):
            shutil.rmtree(user.mailbox.home / name)
            (user.mailbox.home / name).symlink_to(mail / name)
        found = Site(server, user, mail, size)
        found.record(wanted=False)
        yield found


def _lay(place: Path, size: int) -> None:
    """Write the Maildirs. Their owner is that of the server's own folders, whose names they bear."""
    with running() as server:
        mailbox = server.user().mailbox
        folders = {name: mailbox.path(name).relative_to(mailbox.home) for name in ("INBOX", *SPECIAL)}
        owner = mailbox.path("INBOX").stat()
    inside = {name: place / folder for name, folder in folders.items()}
    for number, letter in enumerate(letters(size)):
        if not number:
            for path in inside.values():
                for part in ("cur", "new", "tmp"):
                    (path / part).mkdir(parents=True)
        _write(inside[letter.folder] / "cur", number, letter, owner)
    for path in (place, *place.rglob("*")):
        if path.is_dir():
            os.chown(path, owner.st_uid, owner.st_gid)


def _write(directory: Path, number: int, letter: Letter, owner: os.stat_result) -> None:
    size = len(letter.content)
    path = f"{directory}/{number:010d}.M0P1.bench,S={size},W={size + letter.content.count(10)}:2,S"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(descriptor, letter.content)
    os.utime(descriptor, (letter.at, letter.at))
    os.fchown(descriptor, owner.st_uid, owner.st_gid)
    os.close(descriptor)


def _fill(place: Path, size: int, noise: int) -> None:
    """Read the mailbox into a database without a server; the account is covered up to its newest message."""
    config = place / "config.toml"
    config.write_text(
        f'[me]\naddresses = ["{ME}"]\n{SINCE}\n[database]\nurl = "sqlite:///{place}/tracker.db"\n'
        f'[[account]]\nname = "work"\nhost = "localhost"\nuser = "ann"\npassword_file = "none"\n',
        encoding="utf-8",
    )
    covered = datetime.fromtimestamp(START + YEARS, UTC)
    with open_store(f"sqlite:///{place}/tracker.db") as store:
        people = [
            Profile(one.addr, f"{one.given} {one.family}", addresses=(AddrSpec(one.addr),)) for one in network(size)
        ]
        store.merge_profiles(people, complete=True)
        store.begin_pass("work", covered)
        next_uids = dict.fromkeys(_ROLES, 1)
        everything = itertools.chain(letters(size), itertools.islice(_noise(size), noise))
        while piece := list(itertools.islice(everything, _AT_ONCE)):
            _store(store, piece, next_uids, covered)
        for name in _ROLES:
            store.settle("work", name, Settled(since=datetime(2000, 1, 1, tzinfo=UTC).date(), audited_at=covered))
        store.complete_pass("work", covered)
    (place / "config.toml").write_text(config.read_text("utf-8").replace(str(place), "PLACE"), "utf-8")


def _noise(size: int) -> Iterator[Letter]:
    """Mail of lists and machines again, under other ids."""
    for turn in itertools.count():
        for letter in letters(size):
            if b"Precedence: bulk" in letter.content:
                renamed = letter.content.replace(b"Message-ID: <", f"Message-ID: <again{turn}.".encode())
                yield replace(letter, content=renamed)


def _store(store: Store, piece: Iterable[Letter], next_uids: dict[str, int], now: datetime) -> None:
    read: dict[str, list[tuple[int, Message]]] = {name: [] for name in _ROLES}
    for letter in piece:
        one = raw(next_uids[letter.folder], letter)
        fact = parse(one, role=_ROLES[letter.folder], now=now)
        if not isinstance(fact, Message):
            raise TypeError(f"a made-up message cannot be read: {letter.content!r}")
        read[letter.folder].append((one.uid, fact))
        next_uids[letter.folder] += 1
    for name, messages in read.items():
        state = FolderState(1, next_uids[name], is_begun_only=True)
        store.add(Batch("work", Folder(name, _ROLES[name]), messages, [], state))


def raw(uid: int, letter: Letter) -> RawMessage:
    """A made-up message as a source would hand it over."""
    header = letter.content.partition(b"\n\n")[0].replace(b"\n", b"\r\n") + b"\r\n\r\n"
    return RawMessage(uid=uid, header=header, received_at=datetime.fromtimestamp(letter.at, UTC), size=len(header))
