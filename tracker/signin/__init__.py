"""Secrets for signing in: where each comes from, and nothing that keeps or shows one."""

from __future__ import annotations

from tracker.signin.passwords import from_command, from_credential, from_file, from_keyring

__all__ = ["from_command", "from_credential", "from_file", "from_keyring"]
