"""Threads: messages that name each other, that name the same third one, or that a server puts together."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tracker.domain.message import Message

T = TypeVar("T")


def threads(items: Iterable[T], message_of: Callable[[T], Message]) -> list[list[T]]:
    """Group `items` into threads by the msg-ids that their messages have and name, and by thread keys, in their order.

    Ids alone decide, never a subject: senders repeat those. The order of `items` decides nothing but the order within
    and between threads.
    """
    forest: dict[str, str] = {}
    groups: dict[str, list[T]] = {}
    known = list(items)
    for item in known:
        _join(forest, _ids(message_of(item)))
    for item in known:
        message = message_of(item)
        ids = _ids(message)
        groups.setdefault(_root(forest, ids[0]) if ids else message.identity, []).append(item)
    return list(groups.values())


def _ids(message: Message) -> Sequence[str]:
    return (*message.names, *message.in_reply_to, *message.references, *message.thread_keys)


def _join(forest: dict[str, str], ids: Sequence[str]) -> None:
    if not ids:
        return
    top = _root(forest, ids[0])
    for msg_id in ids[1:]:
        forest[_root(forest, msg_id)] = top


def _root(forest: dict[str, str], msg_id: str) -> str:
    """The representative of the id's thread; halves the path on the way (union-find)."""
    while (parent := forest.setdefault(msg_id, msg_id)) != msg_id:
        forest[msg_id] = forest[parent]
        msg_id = parent
    return msg_id
