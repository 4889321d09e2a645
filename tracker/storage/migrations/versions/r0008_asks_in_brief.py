"""Asks that can be read in brief, and when delivery reports came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


# The server's stamp; where it disagrees with Date by more than a day, the last relay's, else Date.
_ARRIVED = """
UPDATE delivery_report SET arrived_at = (
    SELECT CASE
        WHEN received_at IS NULL THEN dated_at
        WHEN abs(received_at - dated_at) > 86400000000 THEN coalesce(relayed_at, dated_at)
        ELSE received_at
    END
    FROM message WHERE message.id = delivery_report.message_id
)
"""


def upgrade() -> None:
    """Make the table anew, and drop what else is derived: the next pairing computes all of it again."""
    op.drop_table("ask")
    op.create_table(
        "ask",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("is_brief", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("person_at", sa.BigInteger()),
        sa.Column("human_at", sa.BigInteger()),
        sa.Column("uncertain_at", sa.BigInteger()),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=False),
        sa.Column("last_word", sa.Boolean(), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("by_other_at", sa.BigInteger()),
        sa.Column("away_at", sa.BigInteger()),
        sa.Column("delayed_at", sa.BigInteger()),
        sa.Column("undeliverable_at", sa.BigInteger()),
        sa.Column("orphaned_at", sa.BigInteger()),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "asked_at", "identity", name="pk_ask"),
        sqlite_with_rowid=False,
    )
    op.add_column("delivery_report", sa.Column("arrived_at", sa.BigInteger()))
    op.create_index("ix_delivery_report_arrived_at", "delivery_report", ["arrived_at"], unique=False)
    op.execute(_ARRIVED)
    for table in ("heard", "received", "dirty_message", "dirty_connection"):
        op.execute(f"DELETE FROM {table}")  # noqa: S608 -- a constant
    op.execute("DELETE FROM meta WHERE key IN ('fingerprint', 'stale_days', 'mine')")
