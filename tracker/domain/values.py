"""How the values are made of which there are many: several a message of a first sync, two a person of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, slots: bool) -> object:
        """As `dataclass`, and held to be frozen by mypy alone.

        One that Python itself holds frozen sets each field by a call of its own: 3 us of processor time a message read.
        """
        return dataclass(slots=slots, unsafe_hash=frozen)
