"""Secrets for signing in: where each comes from, how it is renewed, and nothing that shows one."""

from __future__ import annotations

from tracker.signin._condition import Condition, State, condition_of
from tracker.signin._keyring import KeyringEntry
from tracker.signin.passwords import from_command, from_credential, from_file, from_keyring

__all__ = [
    "Condition",
    "KeyringEntry",
    "State",
    "condition_of",
    "from_command",
    "from_credential",
    "from_file",
    "from_keyring",
]
