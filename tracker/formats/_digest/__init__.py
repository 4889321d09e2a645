"""How a digest looks: one file a form, text and html, each with `render_digest`, and the words that both share."""

from __future__ import annotations

from tracker.formats._digest._words import headline

__all__ = ["headline"]
