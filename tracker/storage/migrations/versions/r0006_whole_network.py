"""LinkedIn profiles as places that messages come from, LinkedIn's list of own addresses, links, who is forgotten."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_PROFILE_DOMAIN = "in.linkedin.invalid"


def upgrade() -> None:
    """Make the tables and columns, and give every known profile its address."""
    op.add_column("connection", sa.Column("invited_by_me", sa.Boolean()))
    op.add_column("connection", sa.Column("invited_at", sa.BigInteger()))
    op.create_table(
        "own_address",
        sa.Column("addr", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("addr", name="pk_own_address"),
    )
    op.create_table(
        "forgotten",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_forgotten"),
    )
    decided_at: sa.Column[Any] = sa.Column("decided_at", sa.BigInteger(), nullable=False)
    _of_people("link_decision", sa.Column("accepted", sa.Boolean(), nullable=False), decided_at)
    _of_people("proposal", sa.Column("name", sa.Text(), nullable=False))
    _give_addresses_to_profiles()


def _of_people(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("addr", sa.String(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=f"fk_{name}_connection_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", "addr", name=f"pk_{name}"),
    )


def _give_addresses_to_profiles() -> None:
    connection = sa.table("connection", sa.column("id", sa.Integer), sa.column("profile_url", sa.Text))
    address = sa.table(
        "connection_address",
        sa.column("connection_id", sa.Integer),
        sa.column("addr", sa.String),
        sa.column("provenance", sa.String),
        sa.column("place", sa.Integer),
    )
    profiles = op.get_bind().execute(sa.select(connection.c.id, connection.c.profile_url)).all()
    rows = [
        {
            "connection_id": number,
            "addr": f"{unquote(url.rpartition('/')[2]).lower().casefold()}@{_PROFILE_DOMAIN}",
            "provenance": "profile",
            "place": 0,
        }
        for number, url in profiles
        if url
    ]
    if rows:
        op.bulk_insert(address, rows)
