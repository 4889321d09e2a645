"""What is remembered: the only home of SQLAlchemy and Alembic."""
