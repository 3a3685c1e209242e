"""The one place where the clock is read."""

from __future__ import annotations

from datetime import UTC, datetime

_frozen: datetime | None = None


def now() -> datetime:
    """Return the time of this moment (aware, UTC, microseconds), or the frozen one."""
    return _frozen or datetime.now(UTC)


def freeze(at: datetime | None) -> None:
    """Let :func:`now` return ``at`` (aware) until it is called again with None; for tests and the moved clock.

    Raises ValueError if ``at`` has no time zone.
    """
    global _frozen  # noqa: PLW0603  (one clock for the whole process is the point)
    if at is not None and at.tzinfo is None:
        raise ValueError("A frozen time needs a time zone.")
    _frozen = at.astimezone(UTC) if at else None
