"""What servers, Outlook, relays and delivery reports tell of a message beyond its first header fields."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns, and let the next pass read every folder again from its first UID.

    Facts stay; only the mailbox knows what was not asked of it before. Failed recipients need no change: without
    `deliveries` each of them is one that failed without a code.
    """
    op.add_column("message", sa.Column("thread_keys", sa.Text()))
    op.add_column("message", sa.Column("thread_index", sa.LargeBinary()))
    op.add_column("message", sa.Column("relayed_at", sa.BigInteger()))
    op.add_column("message", sa.Column("deliveries", sa.Text()))
    op.add_column("message", sa.Column("returned", sa.Text()))
    folder = sa.table("folder", sa.column("next_uid", sa.BigInteger), sa.column("is_begun_only", sa.Boolean))
    op.execute(folder.update().values(next_uid=1, is_begun_only=True))
