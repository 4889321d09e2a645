"""addr-specs out of fields that are not written as lists of addresses (RFC 5322, 3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.addresses import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.message import AddrSpec

_AROUND = str.maketrans("<>,;()[]", " " * 8)
_BESIDE = "\"'.:"


def addr_specs(body: str) -> Iterator[AddrSpec]:
    """Every addr-spec among the words of `body`, in its one spelling."""
    for word in body.translate(_AROUND).split():
        bare = word.strip(_BESIDE).removeprefix("mailto:")
        addr = normalise(bare) if "@" in bare else None
        if addr is not None:
            yield addr
