"""The people of the page: once as rows to be read without script, once as data for the script, from the same words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from tracker.domain.verdict import Verdict
from tracker.formats._columns import UNNAMED, usually
from tracker.formats._doubts import why_nothing_counts
from tracker.formats._groups import groups
from tracker.formats._lines import ASCII, UNICODE
from tracker.formats._page._plots import KINDS, outcome_words
from tracker.formats._words import ORDER, ago, answered
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.domain.report import Report, Row

PROFILE = "https://www.linkedin.com/in/"
STANDING = 300
"""People who stand on the page without script."""

_MOST_SIGNS = 24
_OUTCOMES = {sign: outcome for outcome, sign in ASCII.outcomes.items()}
_SLUG = re.compile(re.escape(PROFILE) + r"([^/?#]+)/?")
_ESCAPED = "<>&\u2028\u2029"
"""What could end a script element, begin a comment in it, or end a line for a reader of JavaScript."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person in the words of the page. `signs` are those of ASCII, the oldest first, `hidden` more before them.

    why        one word where there is no sign
    shortfall  by which "answered" is sorted: the surest first
    seconds    by which "usually" is sorted: the median latency; what waits comes last
    age        by which "last" is sorted: seconds since the last ask
    """

    name: str
    slug: str
    company: str
    position: str
    verdict: Verdict
    signs: str
    hidden: int
    why: str
    answered: str
    shortfall: float
    usually: str
    seconds: float
    last: str
    age: float

    @property
    def job(self) -> list[str]:
        """Position and company, those that are known."""
        return [part for part in (self.position, self.company) if part]

    @property
    def url(self) -> str:
        """The profile; empty if none is known."""
        return PROFILE + quote(self.slug, safe="") if self.slug else ""

    @property
    def runs(self) -> list[tuple[str, str]]:
        """Equal neighbours among the signs: the class, and the signs as they are shown."""
        found = ((sign, len(list(run))) for sign, run in groupby(self.signs))
        return [(KINDS[_OUTCOMES[sign]], UNICODE.outcomes[_OUTCOMES[sign]] * size) for sign, size in found]


def people_of(report: Report, *, ranked: bool) -> list[Person]:
    """Everyone in the rows, by verdict with the best evidence first, or in the order of the rows."""
    rows: Iterable[Row] = report.rows
    if ranked:
        rows = (row for _, members in groups(report.rows, ranked=True, untested=True) for row in members)
    return [_person(row, report) for row in rows]


def _person(row: Row, report: Report) -> Person:
    who = row.connection
    signs = "".join(ASCII.outcomes[judged.outcome] for judged in row.judged if judged.outcome in ASCII.outcomes)
    counted = row.tally
    is_waiting = row.verdict is Verdict.WAITING
    is_timed = row.median_latency is not None or is_waiting
    return Person(
        name=one_line(who.name) or UNNAMED,
        slug=slug_of(who.profile_url),
        company=one_line(who.company),
        position=one_line(who.position),
        verdict=row.verdict,
        signs=signs[-_MOST_SIGNS:],
        hidden=max(0, len(signs) - _MOST_SIGNS),
        why="" if signs else why_nothing_counts(row),
        answered=answered(row),
        shortfall=-counted.answered / counted.asks - counted.asks * 1e-6 if counted.asks else 0.0,
        usually=usually(row, report, UNICODE) if is_timed else "",
        seconds=row.median_latency.total_seconds() if row.median_latency and not is_waiting else float("inf"),
        last=ago(row.last_asked_at, report.as_of),
        age=(report.as_of - row.last_asked_at).total_seconds() if row.last_asked_at else 0.0,
    )


def slug_of(url: str | None) -> str:
    """What names the person in the address of a profile, decoded; empty for any other address."""
    match = _SLUG.fullmatch(url or "")
    slug = unquote(match[1]) if match else ""
    return slug if slug not in {".", ".."} and slug == one_line(slug) else ""


def signs_in_words(person: Person, words: dict[str, str]) -> str:
    """What the signs say, for those who do not see them: "5 within 48 h, 1 no answer"."""
    counted = ((person.signs.count(sign), words[sign]) for sign in words)
    told = ", ".join(f"{number} {word}" for number, word in counted if number)
    return f"{person.hidden} earlier, then {told}" if person.hidden else told


def sign_words(report: Report) -> dict[str, str]:
    """The meaning of each sign of ASCII."""
    words = outcome_words(report.judging)
    return {sign: words[outcome] for outcome, sign in ASCII.outcomes.items()}


def data_of(people: Sequence[Person], report: Report) -> str:
    """Everyone as JSON that may stand inside a script element.

    Words that many share stand once, in the order by which a column sorts, and a person has their places; what is
    empty at the end of a person is left out. So 30,000 people take less than 3 MB.
    """
    tables = {
        "companies": _table((one.company, 0.0) for one in people),
        "positions": _table((one.position, 0.0) for one in people),
        "answered": _table((one.answered, one.shortfall) for one in people),
        "usually": _table((one.usually, one.seconds) for one in people),
        "last": _table((one.last, one.age) for one in people),
    }
    companies, positions, shares, times, ages = ({word: at for at, word in enumerate(t)} for t in tables.values())
    verdicts = {verdict: at for at, verdict in enumerate(ORDER)}
    rows = [
        _trimmed(
            one.name,
            one.slug,
            companies[one.company],
            positions[one.position],
            verdicts[one.verdict],
            _packed(one),
            shares[one.answered],
            times[one.usually],
            ages[one.last],
        )
        for one in people
    ]
    words = sign_words(report)
    signs = [[sign, UNICODE.outcomes[outcome], KINDS[outcome], words[sign]] for sign, outcome in _OUTCOMES.items()]
    named = [[verdict.value, UNICODE.verdicts[verdict]] for verdict in ORDER]
    document = {"profile": PROFILE, "verdicts": named, "signs": signs, **tables, "people": rows}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for char in _ESCAPED:
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _table(words: Iterable[tuple[str, float]]) -> list[str]:
    """Each word once, the least of its figures first; nothing is the first of all."""
    least: dict[str, float] = {}
    for word, figure in words:
        least[word] = min(figure, least.get(word, figure))
    least[""] = float("-inf")
    return sorted(least, key=lambda word: (least[word], word))


def _packed(one: Person) -> str:
    """The signs, with how many are not shown in front; or the word in their place, behind an equals sign."""
    if one.why:
        return f"={one.why}"
    return f"+{one.hidden} {one.signs}" if one.hidden else one.signs


def _trimmed(*fields: str | int) -> list[str | int]:
    kept = list(fields)
    while kept and not kept[-1]:
        kept.pop()
    return kept
