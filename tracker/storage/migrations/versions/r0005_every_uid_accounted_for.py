"""Drafts, what failed how often, from which day on a folder was read, and what a server does not keep to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_NEWEST = """
UPDATE account SET newest_at = (
    SELECT max(message.received_at) FROM message
    JOIN location ON location.message_id = message.id
    JOIN folder ON folder.id = location.folder_id
    WHERE folder.account_id = account.id
)
"""


def upgrade() -> None:
    """Make the tables and columns. From which day on a folder was read is not known, so the next pass looks at all."""
    op.add_column("account", sa.Column("retry_at", sa.BigInteger()))
    op.add_column("account", sa.Column("newest_at", sa.BigInteger()))
    op.execute(_NEWEST)
    op.add_column("folder", sa.Column("since", sa.Date()))
    op.add_column("folder", sa.Column("audited_at", sa.BigInteger()))
    op.add_column("folder", sa.Column("modseq", sa.BigInteger()))
    op.add_column("unread", sa.Column("tries", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "draft",
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["folder_id"], ["folder.id"], name="fk_draft_folder_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("folder_id", "uid", name="pk_draft"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "latch",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("extension", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_latch_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "extension", name="pk_latch"),
    )
