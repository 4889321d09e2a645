"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables. A moment is a whole number of microseconds since 1970."""
    _accounts()
    _places()
    _messages()
    _indexes_of_messages()
    _people()
    _asks()
    _derived()


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("begun_at", sa.BigInteger()),
        sa.Column("synced_at", sa.BigInteger()),
        sa.Column("failed_at", sa.BigInteger()),
        sa.Column("error", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("refused_logins", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
    )
    op.create_table(
        "folder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("next_uid", sa.BigInteger(), nullable=False),
        sa.Column("is_begun_only", sa.Boolean(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_folder_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_folder"),
    )
    op.create_index("ix_folder_account_id_name", "folder", ["account_id", "name"], unique=True)


def _places() -> None:
    op.create_table(
        "location",
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", _INT64, nullable=False),
        sa.ForeignKeyConstraint(["folder_id"], ["folder.id"], name="fk_location_folder_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("folder_id", "uid", name="pk_location"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unread",
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["folder_id"], ["folder.id"], name="fk_unread_folder_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("folder_id", "uid", name="pk_unread"),
        sqlite_with_rowid=False,
    )


def _messages() -> None:
    op.create_table(
        "mailbox",
        sa.Column("id", _INT64, autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("addr", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mailbox"),
        sa.UniqueConstraint("digest", name="uq_mailbox_digest"),
    )
    op.create_index("ix_mailbox_addr", "mailbox", ["addr"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", _INT64, autoincrement=False, nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("author_id", sa.BigInteger()),
        sa.Column("dated_at", sa.BigInteger()),
        sa.Column("received_at", sa.BigInteger()),
        sa.Column("roles", sa.Integer(), nullable=False),
        sa.Column("msg_id", sa.Text()),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("in_reply_to", sa.Text()),
        sa.Column("msg_ids", sa.Text(), nullable=False),
        sa.Column("mailboxes", sa.Text(), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("identity", name="uq_message_identity"),
    )


def _indexes_of_messages() -> None:
    op.create_table(
        "participant",
        sa.Column("mailbox_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox_id", "message_id", name="pk_participant"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "named_id",
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "message_id", name="pk_named_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delivery_report",
        sa.Column("message_id", _INT64, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_delivery_report"),
    )
    op.create_table(
        "sender",
        sa.Column("addr", sa.String(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("addr", name="pk_sender"),
    )


def _people() -> None:
    op.create_table(
        "connection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("profile_url", sa.Text()),
        sa.Column("connected_on", sa.Date()),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connection"),
        sa.UniqueConstraint("key", name="uq_connection_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "connection_address",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("addr", sa.String(), nullable=False),
        sa.Column("provenance", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_connection_address_connection_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", "addr", name="pk_connection_address"),
    )
    op.create_index("ix_connection_address_addr", "connection_address", ["addr"], unique=False)


def _asks() -> None:
    op.create_table(
        "ask",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
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


def _derived() -> None:
    op.create_table(
        "heard",
        sa.Column("connection_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", name="pk_heard"),
    )
    op.create_table(
        "received",
        sa.Column("addr", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("addr", "day", name="pk_received"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dirty_message",
        sa.Column("message_id", _INT64, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_dirty_message"),
    )
    op.create_table(
        "dirty_connection",
        sa.Column("connection_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("connection_id", name="pk_dirty_connection"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
