"""A property that nothing happened to is no property: count what happened, fail if the interesting thing did not."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings

_MORE = int(os.environ.get("TRACKER_EXAMPLES", "0"))


def examples(count: int) -> settings:
    """So many examples, the same in every run; TRACKER_EXAMPLES=5000 goes looking for new ones."""
    return settings(
        max_examples=_MORE or count,
        derandomize=not _MORE,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


@dataclass
class Census:
    """In how many examples each thing happened."""

    examples: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def count(self, **happened: object) -> None:
        """One example, and whether each thing happened in it."""
        self.examples += 1
        self.seen.update(name for name, is_there in happened.items() if is_there)

    def require(self, **shares: float) -> None:
        """Fail unless each thing happened in at least this share of the examples."""
        found = {name: self.seen[name] / max(1, self.examples) for name in shares}
        rare = {name: found[name] for name, share in shares.items() if found[name] < share}
        assert not rare, f"too seldom in {self.examples} examples: {rare}"
