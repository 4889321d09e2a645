"""How a report looks: one file a format, each with `render` and, where it can, `render_story` and the like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Protocol, cast

from tracker.errors import UnknownChoice
from tracker.registry import choices, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.domain.asking import Advice
    from tracker.domain.connection import Connection
    from tracker.domain.diagnosis import Diagnosis
    from tracker.domain.digest import Digest
    from tracker.domain.linking import Candidate
    from tracker.domain.report import Report, Story
    from tracker.domain.rhythm import Overview
    from tracker.domain.tuning import Tuning
    from tracker.domain.waiting import Waiting


@dataclass(frozen=True, slots=True)
class View:
    """Where the text goes to, and how much of it is wanted.

    width      cells in a line
    colour     whether escapes for colour may be sent
    unicode    whether more than ASCII signs can be shown
    zone       the time zone in which moments are told to people
    per_group  people shown in each group of the table; None for all
    ranked     whether the groups of the table keep their own order (best evidence first) instead of the rows' one
    asks       whether each connection carries its asks (json, jsonl)
    chosen     whether the user chose the verdicts to show, so that the table lists the never asked too
    now        the moment of telling, by which stale coverage is known; None takes the report's own moment
    """

    width: int = 120
    colour: bool = False
    unicode: bool = True
    zone: tzinfo = UTC
    per_group: int | None = None
    ranked: bool = True
    asks: bool = False
    chosen: bool = False
    now: datetime | None = None


class Format(Protocol):
    """What a module in this folder offers, at least `render`. Each yields text in pieces, line ends included."""

    def render(self, report: Report, view: View) -> Iterator[str]:
        """The report."""
        ...

    def render_overview(self, overview: Overview, view: View) -> Iterator[str]:
        """The report as a page, with what all asks together tell of time."""
        ...

    def render_story(self, story: Story, view: View) -> Iterator[str]:
        """The evidence behind one verdict."""
        ...

    def render_waiting(self, waiting: Waiting, view: View) -> Iterator[str]:
        """The open asks."""
        ...

    def render_prune(self, report: Report, view: View) -> Iterator[str]:
        """The people of the report as a list to work through."""
        ...

    def render_proposals(self, proposals: Sequence[tuple[Connection, Candidate]], view: View) -> Iterator[str]:
        """Addresses that may be these people's."""
        ...

    def render_advice(self, advice: Advice, view: View) -> Iterator[str]:
        """Whom to ask."""
        ...

    def render_tuning(self, tuning: Tuning, view: View) -> Iterator[str]:
        """What each threshold would change."""
        ...

    def render_diagnosis(self, diagnosis: Diagnosis, view: View) -> Iterator[str]:
        """What the doctor found."""
        ...


class DigestFormat(Protocol):
    """What a form of the digest offers."""

    def render_digest(self, digest: Digest, view: View) -> Iterator[str]:
        """The digest, in pieces, line ends included."""
        ...


def report_format(name: str) -> Format:
    """The format called `name`, if it can show a report, be it as a page; raises `UnknownChoice`."""
    if name in choices(__name__) and hasattr(load(__name__, name), "render"):
        return cast("Format", load(__name__, name))
    return _able_format(name, "render", "render_overview")


def is_page(renderer: Format) -> bool:
    """Whether this format shows a report as a page, for which it wants the overview."""
    return hasattr(renderer, "render_overview")


def story_format(name: str) -> Format:
    """The format called `name`, if it can tell a story; raises `UnknownChoice`."""
    return _able_format(name, "render_story")


def waiting_format(name: str) -> Format:
    """The format called `name`, if it can list open asks; raises `UnknownChoice`."""
    return _able_format(name, "render_waiting")


def prune_format(name: str) -> Format:
    """The format called `name`, if it can list people to work through; raises `UnknownChoice`."""
    return _able_format(name, "render_prune")


def proposals_format(name: str) -> Format:
    """The format called `name`, if it can show what may be linked; raises `UnknownChoice`."""
    return _able_format(name, "render_proposals")


def advice_format(name: str) -> Format:
    """The format called `name`, if it can say whom to ask; raises `UnknownChoice`."""
    return _able_format(name, "render_advice")


def tuning_format(name: str) -> Format:
    """The format called `name`, if it can compare thresholds; raises `UnknownChoice`."""
    return _able_format(name, "render_tuning")


def digest_format(name: str) -> DigestFormat:
    """The form of a digest called `name`, text or html; raises `UnknownChoice`."""
    forms = f"{__name__}._digest"
    if name not in choices(forms):
        raise UnknownChoice("format", name, choices(forms))
    return cast("DigestFormat", load(forms, name))


def diagnosis_format(name: str) -> Format:
    """The format called `name`, if it can tell a diagnosis; raises `UnknownChoice`."""
    return _able_format(name, "render_diagnosis")


def _able_format(name: str, *abilities: str) -> Format:
    offered = {choice: load(__name__, choice) for choice in choices(__name__)}
    able = tuple(name for name, module in offered.items() if any(hasattr(module, ability) for ability in abilities))
    if name not in able:
        raise UnknownChoice("format", name, able)
    return cast("Format", load(__name__, name))
