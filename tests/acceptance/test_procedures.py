"""Run every ``processes/**/*.feature`` by one fixed step vocabulary."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_bdd import given, parsers, scenarios, then, when

from engine import clock, demo, history, organisation
from engine.commands.attachment import StoreAttachment
from engine.commands.organisation import AddSubstitution, SetRoles
from engine.commands.process_instance import CancelInstance, StartInstance, WithdrawInstance
from engine.commands.user_task import CompleteTask
from engine.config import Settings
from engine.errors import EngineError, InvalidInput
from engine.execution import load_state
from engine.feel import compile_expression, to_json
from engine.process_engine import Actor, ProcessEngine
from engine.store import repository
from engine.store import schema as t
from engine.worker import Worker

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("GUICHENG_TEST_DATABASE", "")
"""A PostgreSQL database that the tests may empty; SQLite files otherwise."""
scenarios(str(ROOT / "processes"))


class World:
    """The company of one scenario, the instance that steps speak of, and its callers."""

    def __init__(self, folder: Path) -> None:
        settings = Settings.from_environment({"GUICHENG_DATA": str(folder), "GUICHENG_PROCESSES": str(ROOT / "processes"),
                                              "GUICHENG_FORMS": str(ROOT / "forms"),
                                              **({"GUICHENG_DATABASE": SERVER} if SERVER else {})})
        self.engine = ProcessEngine(settings)
        if SERVER:
            t.metadata.drop_all(self.engine.database.engine)
        t.metadata.create_all(self.engine.database.engine)
        self.instance = ""
        self.callers: list[str] = []

    def values(self, table: list[list[str]] | None, person: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field, text in (table or [])[1:]:
            found[field] = self.value(text, person)
        return found

    def value(self, text: str, person: str) -> Any:
        if text.startswith("="):
            return to_json(compile_expression(text[1:]).evaluate({}))
        if text.startswith("file:"):
            content = f"content of {text}".encode()
            digest = self.engine.execute(StoreAttachment(text[5:], "text/plain", content), Actor(person))
            return [{"fingerprint": digest, "name": text[5:], "size": len(content), "type": "text/plain"}]
        if text in {"true", "false"}:
            return text == "true"
        if re.fullmatch(r"-?\d+(\.\d+)?", text):
            return float(text) if "." in text else int(text)
        return text

    def tasks(self, element: str, state: str = "open") -> list[Any]:
        with self.engine.database.reading() as connection:
            u = t.user_task
            return list(connection.execute(sa.select(u).where(u.c.instance_id == self.instance, u.c.element == element, u.c.state == state)))

    def row(self) -> Any:
        with self.engine.database.reading() as connection:
            return repository.instance(connection, self.instance)

    def complete(self, person: str, element: str, **more: Any) -> None:
        tasks = self.tasks(element)
        assert tasks, f"no open task {element}; open: {self.waiting()}"
        last: EngineError | None = None
        for task in tasks:
            try:
                self.engine.execute(CompleteTask(task.id, **more), Actor(person))
                return
            except InvalidInput as error:
                raise AssertionError([str(p) for p in error.problems] or str(error)) from error
            except EngineError as error:
                last = error
        raise AssertionError(str(last))

    def waiting(self) -> list[str]:
        with self.engine.database.reading() as connection:
            u = t.user_task.c
            rows = list(connection.execute(sa.select(u.element, u.assignee, u.role).where(u.instance_id == self.instance, u.state == "open")))
            i = t.incident
            rows += [x.template % x.params for x in connection.execute(sa.select(i).where(i.c.resolved_at.is_(None)))]
            return [str(r) for r in rows]

    def move(self, until: datetime) -> None:
        while True:
            with self.engine.database.reading() as connection:
                jobs = repository.due_jobs(connection, until, 1)
            if not jobs:
                break
            clock.freeze(max(jobs[0].due_at, clock.now()))
            Worker(self.engine).run(jobs[0])
        clock.freeze(until)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    clock.freeze(None)
    found.engine.database.dispose()


def moment(world: World, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=world.engine.zone)


@given("the demonstration company")
def company(world: World) -> None:
    clock.freeze(moment(world, "2026-01-05 09:00"))
    report = demo.found_company(world.engine, passwords=False)
    assert not report.refused, {k: [str(p) for p in v] for k, v in report.refused.items()}


@given("the calendar of 2026")
def calendar() -> None:
    """The demonstration company has it."""


@given(parsers.parse('the time is "{text}"'))
@when(parsers.parse('the time is "{text}"'))
def time_is(world: World, text: str) -> None:
    world.move(moment(world, text))


@given(parsers.parse('"{person}" starts "{process}" with:'))
@when(parsers.parse('"{person}" starts "{process}" with:'))
def starts(world: World, person: str, process: str, datatable: list[list[str]]) -> None:
    try:
        world.instance = world.engine.execute(StartInstance(process, world.values(datatable, person)), Actor(person))
    except InvalidInput as error:
        raise AssertionError([str(p) for p in error.problems] or str(error)) from error


COMPLETES = r'"(?P<person>[^"]+)" completes "(?P<element>[^"]+)"( with outcome "(?P<outcome>[^"]+)")?( and comment "(?P<comment>[^"]+)")?'


@when(parsers.re(COMPLETES + r"$"))
def completes(world: World, person: str, element: str, outcome: str | None, comment: str | None) -> None:
    world.complete(person, element, outcome=outcome, comment=comment or "")


@when(parsers.re(COMPLETES + r" with:$"))
def completes_with(world: World, person: str, element: str, outcome: str | None, comment: str | None, datatable: list[list[str]]) -> None:
    world.complete(person, element, values=world.values(datatable, person), outcome=outcome, comment=comment or "")


@when(parsers.re(r'"(?P<person>[^"]+)" withdraws it( with reason "(?P<reason>[^"]+)")?$'))
def withdraws(world: World, person: str, reason: str | None) -> None:
    world.engine.execute(WithdrawInstance(world.instance, reason or ""), Actor(person))


@when(parsers.parse('"{person}" cancels it with reason "{reason}"'))
def cancels(world: World, person: str, reason: str) -> None:
    world.engine.execute(CancelInstance(world.instance, reason), Actor(person))


@when(parsers.parse('the instance waits in "{element}" for "{who}"'))
@then(parsers.parse('the instance waits in "{element}" for "{who}"'))
def waits(world: World, element: str, who: str) -> None:
    tasks = world.tasks(element)
    with world.engine.database.reading() as connection:
        may = {x.id: organisation.people(connection, x.role.split(",")) if x.assignee is None else [] for x in tasks}
    assert any(who == x.assignee or who in x.role.split(",") or who in may[x.id] for x in tasks), world.waiting()


@when(parsers.parse('the task "{element}" is due "{text}"'))
@then(parsers.parse('the task "{element}" is due "{text}"'))
def is_due(world: World, element: str, text: str) -> None:
    assert moment(world, text) in [x.due_at for x in world.tasks(element)]


@when(parsers.re(r"the instance is (?P<state>completed|cancelled|withdrawn|running)$"))
@then(parsers.re(r"the instance is (?P<state>completed|cancelled|withdrawn|running)$"))
def is_in_state(world: World, state: str) -> None:
    assert world.row().state == state, world.waiting()


@when(parsers.parse('the variable "{name}" is {expression}'))
@then(parsers.parse('the variable "{name}" is {expression}'))
def variable(world: World, name: str, expression: str) -> None:
    wanted = to_json(compile_expression(expression).evaluate({}))
    assert load_state(world.row().snapshot).variables.get(name) == wanted


@when(parsers.parse('the register "{register}" shows:'))
@then(parsers.parse('the register "{register}" shows:'))
def register_shows(world: World, register: str, datatable: list[list[str]]) -> None:
    with world.engine.database.reading() as connection:
        r = t.register_entry
        rows = [x.content for x in connection.execute(sa.select(r).where(r.c.register_id == register))]
    head, *wanted = datatable
    for cells in wanted:
        expected = dict(zip(head, cells, strict=True))
        assert any(all(_text(row.get(k)) == v for k, v in expected.items()) for row in rows), (expected, rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@when(parsers.parse('the document "{document}" contains "{text}"'))
@then(parsers.parse('the document "{document}" contains "{text}"'))
def document_contains(world: World, document: str, text: str) -> None:
    import subprocess

    from engine.printing import print_document

    with world.engine.database.reading() as connection:
        printed = print_document(world.engine, connection, world.instance, document, translate=lambda x: x, now=clock.now(),
                                 verify_url="https://example.org/{instance}")
    shown = subprocess.run(["pdftotext", "-raw", "-", "-"], input=printed.content, capture_output=True, check=True).stdout.decode()
    assert re.sub(r"\s", "", text) in re.sub(r"\s", "", shown)


@when(parsers.parse('"{person}" has a reminder about "{element}"'))
@then(parsers.parse('"{person}" has a reminder about "{element}"'))
def reminded(world: World, person: str, element: str) -> None:
    with world.engine.database.reading() as connection:
        n, u = t.notification.c, t.user_task.c
        found = list(connection.execute(sa.select(n.id).join(t.user_task, u.id == n.task_id).where(
            n.person_id == person, n.kind == "reminder", u.element == element)))
    assert found


@when(parsers.parse('"{person}" may not complete "{element}"'))
@then(parsers.parse('"{person}" may not complete "{element}"'))
def may_not(world: World, person: str, element: str) -> None:
    task = world.tasks(element)[0]
    with pytest.raises(EngineError):
        world.engine.execute(CompleteTask(task.id, {}, None, "x"), Actor(person))


REFUSED = r'completing "(?P<element>[^"]+)" by "(?P<person>[^"]+)"( with outcome "(?P<outcome>[^"]+)")?'


@then(parsers.re(REFUSED + r'( with)? is refused because "(?P<part>[^"]+)":?$'))
@when(parsers.re(REFUSED + r' with: ?…? ?is refused because "(?P<part>[^"]+)":?$'))
@then(parsers.re(REFUSED + r' with: ?…? ?is refused because "(?P<part>[^"]+)":?$'))
def refused(world: World, element: str, person: str, outcome: str | None, part: str, datatable: list[list[str]] | None = None) -> None:
    tasks = world.tasks(element)
    assert tasks, world.waiting()
    texts: list[str] = []
    for task in tasks:
        with pytest.raises(EngineError) as caught:
            world.engine.execute(CompleteTask(task.id, world.values(datatable, person), outcome), Actor(person))
        texts += [str(caught.value), *(f"{p.element} {p}" for p in caught.value.problems)]
    assert any(part in text for text in texts), texts


@when(parsers.parse('the instance has an incident "{part}"'))
@then(parsers.parse('the instance has an incident "{part}"'))
def has_incident(world: World, part: str) -> None:
    assert any(part in x for x in world.waiting())


@when("the history verifies")
@then("the history verifies")
def verifies(world: World) -> None:
    with world.engine.database.reading() as connection:
        assert not history.verify_all(connection, world.engine.settings.history_key)


@when(parsers.parse('the instance has called "{process}"'))
@then(parsers.parse('the instance has called "{process}"'))
def has_called(world: World, process: str) -> None:
    assert _called(world, process)


def _called(world: World, process: str | None = None) -> list[str]:
    with world.engine.database.reading() as connection:
        i = t.process_instance
        query = sa.select(i.c.id).where(i.c.parent_id == world.instance).order_by(i.c.started_at.desc(), i.c.parent_token.desc())
        return list(connection.scalars(query.where(i.c.process_key == process) if process else query))


@when(parsers.re(r'in the (?P<which>newest|oldest) instance of "(?P<process>[^"]+)"( titled "(?P<title>[^"]+)")?$'))
@then(parsers.re(r'in the (?P<which>newest|oldest) instance of "(?P<process>[^"]+)"( titled "(?P<title>[^"]+)")?$'))
def in_instance_of(world: World, which: str, process: str, title: str | None) -> None:
    """Speak of an instance that a timer, a message or a call has started; ``titled`` is a part of its title."""
    with world.engine.database.reading() as connection:
        i = t.process_instance.c
        rows = [r for r in connection.execute(sa.select(i.id, i.title, i.started_at, i.parent_token).where(i.process_key == process))
                if title is None or title in r.title]
    assert rows, f"no instance of {process}" + (f" titled {title}" if title else "")
    rows.sort(key=lambda r: (r.started_at, r.parent_token or 0, r.id))
    world.callers.append(world.instance)
    world.instance = rows[-1 if which == "newest" else 0].id


@when("the services have run")
@then("the services have run")
def services(world: World) -> None:
    world.move(clock.now())


@when(parsers.parse('there are {count:d} instances of "{process}"'))
@then(parsers.parse('there are {count:d} instances of "{process}"'))
def instances(world: World, count: int, process: str) -> None:
    with world.engine.database.reading() as connection:
        i = t.process_instance
        assert connection.scalar(sa.select(sa.func.count()).where(i.c.process_key == process)) == count


@when(parsers.parse('"{person}" stands in for "{other}"'))
@given(parsers.parse('"{person}" stands in for "{other}"'))
def stands_in(world: World, person: str, other: str) -> None:
    world.engine.execute(AddSubstitution(other, person, clock.now()), Actor(other))


@when(parsers.parse('nobody holds the role "{role}"'))
@given(parsers.parse('nobody holds the role "{role}"'))
def nobody_holds(world: World, role: str) -> None:
    with world.engine.database.reading() as connection:
        members = {p: organisation.roles_of(connection, p) for p in organisation.people(connection, [role])}
    for person, roles in members.items():
        world.engine.execute(SetRoles(person, tuple(sorted(roles - {role}))))


@given("in the called instance")
@when("in the called instance")
@then("in the called instance")
def in_called(world: World) -> None:
    world.callers.append(world.instance)
    world.instance = _called(world)[0]


@given("in the calling instance")
@when("in the calling instance")
@then("in the calling instance")
def in_calling(world: World) -> None:
    world.instance = world.callers.pop()
