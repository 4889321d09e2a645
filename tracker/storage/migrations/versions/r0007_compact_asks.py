"""Asks in a shorter form."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Drop what is derived: the next pairing computes it again and stores it in the new form."""
    for table in ("ask", "heard", "received", "dirty_message", "dirty_connection"):
        op.execute(f"DELETE FROM {table}")  # noqa: S608 -- a constant
    op.execute("DELETE FROM meta WHERE key IN ('fingerprint', 'stale_days', 'mine')")
