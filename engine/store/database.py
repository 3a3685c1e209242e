"""The connection: SQLite or PostgreSQL by one URL, and the one place where a transaction is begun and committed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from engine.errors import N_, StorageError
from engine.store import pipeline

T = TypeVar("T")

IDLE = 5.0
"""Seconds after which a connection is asked whether it still lives."""

RETRIES = 8
"""How often a transaction that lost against another one is run again before the caller hears of it."""


def dumps(value: Any) -> str:
    """Write JSON as the history and the JSON columns keep it: sorted keys, no blanks."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


class Database:
    """An engine for one URL (``sqlite:///path`` or ``postgresql+psycopg://…``)."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {"json_serializer": dumps, "json_deserializer": orjson.loads, "query_cache_size": 2000}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": 30, "check_same_thread": False}
            options["pool_size"] = 16
        else:
            options |= {"pool_size": 16, "max_overflow": 16, "isolation_level": "READ COMMITTED"}
        self.engine = sa.create_engine(self.url, **options)
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        else:
            pipeline.prepare(self.engine)
            _ask_idle_connections(self.engine)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection whose statements see one state of the database; nothing is written."""
        with self.engine.connect() as connection:
            connection.execute(sa.text("BEGIN" if self.is_sqlite else "SET TRANSACTION READ ONLY"))
            try:
                yield connection
            finally:
                connection.rollback()

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run ``work`` in one transaction and commit; run it again when the database says that it lost a race.

        Raises StorageError when the database cannot be reached or stays busy.
        """
        for attempt in range(RETRIES):
            try:
                with self.engine.connect() as connection:
                    if not self.is_sqlite:
                        return pipeline.run(connection, work)
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    result = work(connection)
                    connection.commit()
                    return result
            except (DBAPIError, psycopg.Error) as error:
                reason = error.orig if isinstance(error, DBAPIError) else error
                if not _lost_a_race(reason) or attempt == RETRIES - 1:
                    if isinstance(error, OperationalError | psycopg.OperationalError):
                        raise StorageError(N_("The database cannot be used: %(reason)s"), reason=str(reason)) from error
                    raise
                time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311  (spreading retries, not a secret)
        raise AssertionError("unreachable")

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _lost_a_race(reason: BaseException | None) -> bool:
    state = getattr(reason, "sqlstate", None)
    if state in {"40001", "40P01", "55P03"}:  # serialisation failure, deadlock, lock not available
        return True
    return "database is locked" in str(reason) or "database is busy" in str(reason)


def _ask_idle_connections(engine: sa.Engine) -> None:
    """Ask a connection that has been idle for a while whether it still lives; a busy one would be asked in vain."""

    @sa.event.listens_for(engine, "checkin")
    def checkin(_connection: Any, record: Any) -> None:
        record.info["idle since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def checkout(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("idle since", time.monotonic()) < IDLE:
            return
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except psycopg.Error as error:
            raise sa.exc.DisconnectionError from error


def _prepare_sqlite(engine: sa.Engine) -> None:
    """Write-ahead log, durable commits, and transactions that we begin ourselves (the driver's are lazy)."""

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000",
                       "cache_size=-65536", "temp_store=MEMORY", "mmap_size=268435456"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
