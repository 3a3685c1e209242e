"""What all tests share: a clock that is real again after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import clock


@pytest.fixture(autouse=True)
def _real_clock_afterwards() -> Iterator[None]:
    """Undo what a test froze."""
    yield
    clock.freeze(None)
