"""`tracker show WHO`: the evidence behind one verdict."""

from __future__ import annotations

from typing import Annotated

import typer

from tracker.cli._judging import AsOf, Threshold, Window, question_of
from tracker.cli._session import session_of


def command(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An id, an address, or a part of a name.")],
    *,
    format_name: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table or json.")] = "table",
    threshold: Threshold = None,
    window: Window = None,
    as_of: AsOf = None,
) -> None:
    """The evidence behind one verdict, ask by ask."""
    from tracker.cli._output import view_for, write
    from tracker.formats import story_format
    from tracker.service.judging import tell_story

    renderer = story_format(format_name)
    session = session_of(context)
    config = session.load_config()
    question = question_of(config, threshold, window, as_of)
    with session.open_store(config) as store:
        story = tell_story(store, config, who, question)
    write(renderer.render_story(story, view_for(None, config.reply.zone)), None)
