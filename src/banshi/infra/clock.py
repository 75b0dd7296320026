"""时钟: the only place that reads the time; desks, flows and infra pass it on as a value."""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)
