"""A company on a real database file, with a small procedure of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from support import MONDAY, diagram

from engine import clock, history
from engine.commands.deployment import Deploy, DeploymentReport
from engine.commands.organisation import SavePerson
from engine.commands.process_instance import StartInstance
from engine.commands.user_task import CompleteTask
from engine.config import Settings
from engine.history import Finding
from engine.process_engine import Actor, ProcessEngine
from engine.store import schema as t

ROLES = [{"id": "employee", "name": "Employee"}, {"id": "boss", "name": "Boss", "fallback": ["director"]},
         {"id": "director", "name": "Director"}, {"id": "clerk", "name": "Clerk"}]


class Company:
    """People, diagrams and what is in the tables."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings.from_environment({"GUICHENG_DATA": str(folder)})
        self.engine = ProcessEngine(self.settings)
        t.metadata.create_all(self.engine.database.engine)

    def hire(self, person: str, *roles: str) -> None:
        """Take somebody in with exactly these roles."""
        self.engine.execute(SavePerson(person, person.title(), roles))

    def deploy(self, **contents: str) -> DeploymentReport:
        """Deploy one folder for each process key with the content of its process."""
        files = {f"processes/{key}/{key}.bpmn": diagram(content, key) for key, content in contents.items()}
        report: DeploymentReport = self.engine.execute(Deploy({"processes/roles.json": orjson.dumps(ROLES), **files}))
        return report

    def start(self, process: str, person: str, **more: Any) -> str:
        """Start a process; return the instance."""
        return str(self.engine.execute(StartInstance(process, **more), Actor(person)))

    def complete(self, task_id: str, person: str, **more: Any) -> Any:
        """Complete a task as somebody."""
        return self.engine.execute(CompleteTask(task_id, **more), Actor(person))

    def rows(self, table: sa.Table, **where: Any) -> list[Any]:
        """Return rows of a table whose columns are as given."""
        with self.engine.database.reading() as connection:
            return list(connection.execute(sa.select(table).where(*(table.c[k] == v for k, v in where.items()))))

    def task(self, instance: str, element: str, state: str = "open") -> Any:
        """Return the one task of an instance at an element."""
        found = self.rows(t.user_task, instance_id=instance, element=element, state=state)
        assert len(found) == 1, found
        return found[0]

    def state(self, instance: str) -> str:
        """Return the state of an instance."""
        return str(self.rows(t.process_instance, id=instance)[0].state)

    def open_incidents(self) -> list[Any]:
        """Return the incidents that nobody has resolved."""
        return [row for row in self.rows(t.incident) if row.resolved_at is None]

    def tamper(self, *statements: Any) -> None:
        """Change the tables behind the engine's back."""
        def change(connection: Any) -> None:
            for statement in statements:
                connection.execute(statement)
        self.engine.database.write(change)

    def verify(self) -> list[Finding]:
        """Check the whole history."""
        with self.engine.database.reading() as connection:
            return history.verify_all(connection, self.settings.history_key)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """A company without people at nine o'clock on a Monday."""
    clock.freeze(MONDAY)
    made = Company(tmp_path)
    yield made
    made.engine.database.dispose()
