"""Whether an account's secret can be had, said without showing it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.errors import MissingExtra, SignInNeeded, TrackerError

if TYPE_CHECKING:
    from collections.abc import Callable


class State(StrEnum):
    """How it stands with a secret."""

    OK = "ok"
    SIGN_IN_NEEDED = "sign-in needed"
    MISSING_EXTRA = "missing extra"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Condition:
    """The state, what is wrong in one line, and what to do about it; both empty where all is well."""

    state: State
    message: str = ""
    hint: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether a login can be tried."""
        return self.state is State.OK


def condition_of(attempt: Callable[[], object]) -> Condition:
    """What an attempt to have the secret came to; what it gives is thrown away."""
    try:
        attempt()
    except MissingExtra as error:
        return Condition(State.MISSING_EXTRA, error.message, error.hint)
    except SignInNeeded as error:
        return Condition(State.SIGN_IN_NEEDED, error.message, error.hint)
    except TrackerError as error:
        return Condition(State.UNAVAILABLE, error.message, error.hint)
    return Condition(State.OK)
