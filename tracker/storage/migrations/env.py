"""Run by Alembic: migrates on the connection that it is handed, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from tracker.storage._schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
