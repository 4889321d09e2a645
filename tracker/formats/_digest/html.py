"""A digest as HTML for mail programs: nothing remote, no style sheet, which many of them drop, and few inline styles.

There are at most nine style attributes however much is told: what can be said with an element or an attribute that
every mail program has known for ever is said so, and what all share stands once, around everything.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tracker.formats._digest._words import doubts, footnotes, headline, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.digest import Digest
    from tracker.formats import View
    from tracker.formats._digest._words import Entry, Part

_GREY = "#57606a"
_LINE = "#d0d7de"

_HEAD = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="margin:0;padding:24px 16px;font:15px/1.45 Helvetica,Arial,sans-serif">
<div style="max-width:568px;margin:0 auto">
"""
_TITLE = '<h1 style="font-size:20px;margin:0 0 24px">{}</h1>\n'
_PART = '<h2 style="font-size:16px;margin:28px 0 8px">{}</h2>\n'
_TABLE = (
    f'<table width="100%" cellpadding="5" cellspacing="0" rules="rows" frame="hsides" border="1" bordercolor="{_LINE}"'
    ">\n"
)


def render_digest(digest: Digest, view: View) -> Iterator[str]:
    """The digest as one document."""
    title = escape(headline(digest))
    yield _HEAD.format(title=title)
    for doubt in doubts(digest, view):
        yield f"<p><b>{escape(doubt)}</b></p>\n"
    yield _TITLE.format(title)
    for part in parts(digest):
        yield from _part(part)
    notes = "<br>\n".join(map(escape, footnotes(digest, view)))
    yield f'<p style="font-size:13px;margin:32px 0 0;color:{_GREY}">{notes}</p>\n</div>\n</body>\n</html>\n'


def _part(part: Part) -> Iterator[str]:
    yield _PART.format(escape(part.title))
    yield _TABLE
    yield f'<tr><th align="left"><small>Person</small></th><th align="right"><small>{part.heading}</small></th></tr>\n'
    for entry in part.entries:
        yield _row(entry)
    yield "</table>\n"
    if part.more:
        yield f'<p><font color="{_GREY}">{part.more:,} more: <code>{part.command}</code></font></p>\n'


def _row(entry: Entry) -> str:
    job = f'<br>\n<font color="{_GREY}"><bdi>{escape(entry.job)}</bdi></font>' if entry.job else ""
    return (
        f"<tr><td><b><bdi>{escape(entry.name)}</bdi></b>{job}</td>\n"
        f'<td align="right" valign="top" nowrap>{escape(entry.time)}</td></tr>\n'
    )
