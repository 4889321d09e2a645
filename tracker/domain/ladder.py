"""The ladder: by what an inbound message answers an ask of its author's, the strongest tie first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tracker.domain.asks import Rung

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from tracker.domain.letters import Letter
    from tracker.domain.message import MessageId
    from tracker.domain.openasks import OpenAsk

CONVERSATION = 44
"""Hexadecimal digits of a Thread-Index that name the conversation; each answer appends ten (MS-OXOMSG, 2.2.1.3)."""


class Ladder:
    """The asks to one connection, to be found by whatever may name them."""

    def __init__(self, asks: Sequence[OpenAsk]) -> None:
        self._by_id = {msg_id: (send, ask) for ask in asks for msg_id, send in ask.names.items()}
        self._by_key: dict[str, list[OpenAsk]] = defaultdict(list)
        self._by_index: dict[str, list[tuple[int, OpenAsk]]] = defaultdict(list)
        for ask in asks:
            for key in ask.thread_keys:
                self._by_key[key].append(ask)
            for index in ask.thread_indices:
                self._by_index[index[:CONVERSATION]].append((len(index), ask))

    @property
    def ids(self) -> Collection[MessageId]:
        """The msg-ids of the asks and their nudges."""
        return self._by_id.keys()

    def climb(self, letter: Letter) -> list[tuple[OpenAsk, Rung]]:
        """The asks that a message answers, by the first rung that holds; several only if In-Reply-To names several."""
        for rung, find in _RUNGS:
            found = find(self, letter)
            if found:
                return [(ask, rung) for ask in found]
        return []

    def replied_to(self, letter: Letter) -> list[OpenAsk]:
        """The asks that In-Reply-To names."""
        named = [self._by_id[msg_id] for msg_id in letter.message.in_reply_to if msg_id in self._by_id]
        return list({id(ask): ask for _, ask in named}.values()) if named else []

    def referenced(self, letter: Letter) -> list[OpenAsk]:
        """The ask of the latest message named, an ask or a nudge, that was sent before."""
        named = [self._by_id[msg_id] for msg_id in letter.message.references if msg_id in self._by_id]
        before = [(send, ask) for send, ask in named if send.at <= letter.at] or named
        latest = max(before, key=lambda pair: (pair[0].at, pair[0].identity), default=None)
        return [] if latest is None else [latest[1]]

    def in_thread(self, letter: Letter) -> list[OpenAsk]:
        """The server says that it belongs to the ask's thread, and it came later."""
        same = [ask for key in letter.message.thread_keys for ask in self._by_key.get(key, ())]
        return _latest([ask for ask in same if ask.asked_at < letter.at])

    def in_conversation(self, letter: Letter) -> list[OpenAsk]:
        """Outlook says so: the same conversation, and more answers in it than there were."""
        index = letter.message.thread_index
        same = self._by_index.get(index[:CONVERSATION], ()) if index else ()
        return _latest([ask for length, ask in same if length < len(index) and ask.asked_at < letter.at])


_RUNGS: tuple[tuple[Rung, Callable[[Ladder, Letter], list[OpenAsk]]], ...] = (
    (Rung.IN_REPLY_TO, Ladder.replied_to),
    (Rung.REFERENCES, Ladder.referenced),
    (Rung.THREAD_ID, Ladder.in_thread),
    (Rung.THREAD_INDEX, Ladder.in_conversation),
)


def _latest(asks: Sequence[OpenAsk]) -> list[OpenAsk]:
    """The latest of these asks, alone; nothing of none."""
    return [max(asks, key=lambda ask: (ask.asked_at, ask.sends[0].identity))] if asks else []
