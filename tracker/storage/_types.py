"""Column types that say what a value means: moments in UTC, and whole numbers of 64 bits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, Integer, TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# SQLite gives out a key of its own only to a column that is called INTEGER; its integers have 64 bits anyway.
Int64 = BigInteger().with_variant(Integer(), "sqlite")


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC. Raises ValueError for a time without zone, which could mean any moment."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without zone cannot be stored: {moment.isoformat()}")
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """The moment so many microseconds after 1970, aware UTC."""
    return _EPOCH + timedelta(0, 0, count)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware UTC, as whole microseconds since 1970, so that every database orders and subtracts it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 -- its shape
        """Refuse naive values."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- its shape
        """Give back aware UTC."""
        return None if value is None else from_microseconds(value)
