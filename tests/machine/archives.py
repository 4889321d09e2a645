"""Archives as other programs write them: mbox files and Maildirs with messages at chosen dates."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tracker.sources import SourceSettings, source_module

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.sources import Source

LONG_AGO = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
"""When whoever wrote an archive was done with it, long enough before now."""


def settings(kind: str, path: Path, **changes: Any) -> SourceSettings:  # noqa: ANN401 # any field of the settings
    """An account for this archive, with a state folder beside it."""
    values: dict[str, Any] = {"account": "old", "path": path, "state": path.parent / f"{kind}-state"}
    return SourceSettings(**(values | changes))


def opened(kind: str, path: Path, **changes: Any) -> Source:  # noqa: ANN401 # any field of the settings
    """The archive, open for reading."""
    return source_module(kind).open_source(settings(kind, path, **changes))


def let_rest(*paths: Path) -> None:
    """Make files and directories look as if nobody had written to them for long."""
    for path in paths:
        os.utime(path, (LONG_AGO, LONG_AGO))


@dataclass(frozen=True)
class Style:
    """How a program writes an mbox file."""

    line_end: bytes = b"\n"
    quotes_quoted: bool = False  # mboxrd: `>From ` becomes `>>From `, so that reading can undo it
    separator: str = "From MAILER-DAEMON {at:%a %b %e %H:%M:%S %Y}"

    def piece(self, content: bytes, at: datetime) -> bytes:
        """A message with its From_ line before it and the empty line after it."""
        text = content.replace(b"\r\n", b"\n")
        text += b"" if text.endswith(b"\n") else b"\n"
        pattern = rb"^(>*From )" if self.quotes_quoted else rb"^(From )"
        text = re.sub(pattern, rb">\1", text, flags=re.MULTILINE)
        return (f"{self.separator.format(at=at)}\n".encode() + text + b"\n").replace(b"\n", self.line_end)


PLAIN = Style()
TAKEOUT = Style(b"\r\n", separator="From 1589012345678901234@xxx {at:%a %b %d %H:%M:%S} +0000 {at:%Y}")
THUNDERBIRD = Style(separator="From - {at:%a %b %d %H:%M:%S %Y}")


@dataclass
class MboxPost:
    """An mbox file that grows by appending, and is written anew when something is taken out."""

    path: Path
    style: Style = PLAIN
    pieces: list[bytes] = field(default_factory=list)
    kind: str = "mbox"

    def deliver(self, content: bytes, at: datetime, *, is_draft: bool = False) -> None:
        """Append a message; what makes it a draft is Gmail's label."""
        label = b"X-Gmail-Labels: Drafts\r\n" if is_draft else b""
        self.pieces.append(self.style.piece(label + content, at))
        with self.path.open("ab") as file:
            file.write(self.pieces[-1])
        let_rest(self.path)

    def expunge(self, number: int) -> None:
        """Take the message out that came as the `number`th, counted from 0, as most programs do: by a new file."""
        del self.pieces[number]
        fresh = self.path.with_suffix(".fresh")
        fresh.write_bytes(b"".join(self.pieces))
        let_rest(fresh)
        fresh.replace(self.path)

    def open(self, **changes: Any) -> Source:  # noqa: ANN401 # any field of the settings
        """The archive, open for reading."""
        if not self.path.exists():
            self.path.touch()
            let_rest(self.path)
        return opened(self.kind, self.path, **changes)


@dataclass
class MaildirPost:
    """A Maildir: a file a message, new ones without flags."""

    path: Path
    files: list[Path] = field(default_factory=list)
    kind: str = "maildir"

    def __post_init__(self) -> None:
        for name in ("cur", "new", "tmp"):
            (self.path / name).mkdir(parents=True, exist_ok=True)

    def deliver(self, content: bytes, at: datetime, *, is_draft: bool = False) -> None:
        """Lay a message there as a delivery program does: first into tmp."""
        name = f"{next(_NUMBERS):08d}.M1P2.host"
        (self.path / "tmp" / name).write_bytes(content.replace(b"\r\n", b"\n"))
        os.utime(self.path / "tmp" / name, (at.timestamp(), at.timestamp()))
        target = self.path / "cur" / f"{name}:2,D" if is_draft else self.path / "new" / name
        (self.path / "tmp" / name).rename(target)
        self.files.append(target)

    def expunge(self, number: int) -> None:
        """Delete the message that came as the `number`th, counted from 0."""
        self.files.pop(number).unlink()

    def open(self, **changes: Any) -> Source:  # noqa: ANN401 # any field of the settings
        """The archive, open for reading."""
        return opened(self.kind, self.path, **changes)


_NUMBERS = itertools.count(1)
