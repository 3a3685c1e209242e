"""Send the statements of a PostgreSQL transaction together: only a question waits for its answer, and the end for all the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from psycopg.pq import PipelineStatus

T = TypeVar("T")


def prepare(engine: sa.Engine) -> None:
    """Let statements on a connection whose pipeline is open be queued instead of waited for."""

    @sa.event.listens_for(engine, "do_execute")
    def execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        if cursor.connection.pgconn.pipeline_status == PipelineStatus.OFF:
            return False
        if _answers(context):
            with cursor.connection.pipeline():  # leaving it waits for everything sent so far
                cursor.execute(statement, parameters)
        else:
            cursor.execute(statement, parameters)
        return True


def _answers(context: Any) -> bool:
    """Say whether a statement returns rows."""
    if not (context.isinsert or context.isupdate or context.isdelete):
        return True
    return bool(context.compiled.effective_returning)


def run(connection: sa.Connection, work: Callable[[sa.Connection], T]) -> T:
    """Run ``work`` and commit; a statement that fails raises at the next question or at the end."""
    driver: Any = connection.connection.driver_connection
    with driver.pipeline():
        result = work(connection)
        driver.execute("COMMIT")  # travels with what was written last
    connection.commit()  # for SQLAlchemy's books; the server has committed
    return result
