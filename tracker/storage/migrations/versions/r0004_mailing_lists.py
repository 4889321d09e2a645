"""Addresses of mailing lists, so that what is posted to one asks nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of list addresses; mail that is read from now on fills it."""
    op.create_table(
        "mailing_list",
        sa.Column("addr", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("addr", name="pk_mailing_list"),
    )
