"""A day on the site and in the history: start, decide, race, deny, forge, tamper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import clock, demo, history
from engine.commands.process_instance import RetryIncident, StartInstance
from engine.commands.organisation import SavePerson, SetPassword
from engine.commands.user_task import CompleteTask
from engine.config import Settings
from engine.errors import Conflict, NotAllowed
from engine.process_engine import SYSTEM, Actor, ProcessEngine
from engine.store import schema as t
from web import create_app

ROOT = Path(__file__).parents[3]
LEAVE = {"type": "personal", "from": "2026-03-05", "from_half": "am", "to": "2026-03-06", "to_half": "pm", "reason": "搬家",
         "stand_in": "wu.fang"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[ProcessEngine]:
    settings = Settings.from_environment({"GUICHENG_DATA": str(tmp_path), "GUICHENG_PROCESSES": str(ROOT / "processes"),
                                          "GUICHENG_FORMS": str(ROOT / "forms")})
    engine = ProcessEngine(settings)
    t.metadata.create_all(engine.database.engine)
    clock.freeze(datetime(2026, 3, 2, 1, tzinfo=UTC))
    demo.found_company(engine, passwords=False)
    for person in ("zhou.jie", "wang.jianhua"):
        engine.execute(SetPassword(person, demo.PASSWORD))
    yield engine
    clock.freeze(None)
    engine.database.dispose()


def log_in(engine: ProcessEngine, person: str, password: str = demo.PASSWORD) -> tuple[Any, str, int]:
    client = create_app(engine).test_client()
    token = _token(client.get("/login").text)
    answer = client.post("/login", data={"login": person, "password": password, "csrf": token})
    page = client.get("/").text if answer.status_code == 302 else ""
    return client, _token(page) if page else "", answer.status_code


def _token(page: str) -> str:
    found = re.search(r'csrf-token" content="([^"]+)', page)
    assert found
    return found.group(1)


def open_task(engine: ProcessEngine, instance: str) -> Any:
    with engine.database.reading() as connection:
        u = t.user_task
        return connection.execute(sa.select(u).where(u.c.instance_id == instance, u.c.state == "open")).first()


def test_a_request_is_started_and_approved_on_the_site(engine: ProcessEngine) -> None:
    client, token, _ = log_in(engine, "zhou.jie")
    preview = client.post("/start/leave", data={**LEAVE, "action": "preview", "csrf": token})
    assert "王建华" in preview.text
    answer = client.post("/start/leave", data={**LEAVE, "action": "submit", "csrf": token})
    instance = answer.headers["Location"].rsplit("/", 1)[1]
    task = open_task(engine, instance)
    manager, token, _ = log_in(engine, "wang.jianhua")
    assert "周杰" in manager.get("/").text
    without_reason = manager.post(f"/tasks/{task.id}", data={"action": "outcome:return", "csrf": token})
    assert without_reason.status_code == 400
    assert open_task(engine, instance).id == task.id
    manager.post(f"/tasks/{task.id}", data={"action": "outcome:approve", "comment": "同意", "csrf": token})
    assert open_task(engine, instance).element != task.element


def test_pages_keep_to_the_policy_and_refuse_forged_requests(engine: ProcessEngine) -> None:
    client, _, _ = log_in(engine, "zhou.jie")
    page = client.get("/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=", page.text)
    assert client.post("/start/leave", data={**LEAVE, "action": "submit", "csrf": "forged"}).status_code == 403


def test_five_wrong_passwords_lock_the_login(engine: ProcessEngine) -> None:
    for _ in range(5):
        assert log_in(engine, "zhou.jie", "wrong password")[2] == 401
    assert log_in(engine, "zhou.jie")[2] == 401


def test_two_people_complete_one_task(engine: ProcessEngine) -> None:
    instance = engine.execute(StartInstance("leave", LEAVE), Actor("zhou.jie"))
    task = open_task(engine, instance)
    engine.execute(CompleteTask(task.id, {}, "approve"), Actor("wang.jianhua"))
    with pytest.raises(Conflict, match="wang.jianhua"):
        engine.execute(CompleteTask(task.id, {}, "approve"), Actor("wang.jianhua"))


def test_a_denied_attempt_is_recorded(engine: ProcessEngine) -> None:
    instance = engine.execute(StartInstance("leave", LEAVE), Actor("zhou.jie"))
    with pytest.raises(NotAllowed):
        engine.execute(CompleteTask(open_task(engine, instance).id, {}, "approve"), Actor("zhou.jie"))
    with engine.database.reading() as connection:
        assert connection.scalar(sa.select(t.history.c.payload).where(t.history.c.kind == "denied")) is not None


def test_nobody_in_a_role_is_an_incident_until_somebody_joins(engine: ProcessEngine) -> None:
    for person in ("wang.jianhua", "li.min", "zhao.qiang", "chen.guodong"):
        engine.execute(SavePerson(person, roles=("employee",)), SYSTEM)
    instance = engine.execute(StartInstance("leave", LEAVE), Actor("zhou.jie"))
    with engine.database.reading() as connection:
        incident = connection.execute(sa.select(t.incident)).one()
    assert incident.kind == "nobody"
    engine.execute(SavePerson("li.min", roles=("dept_manager", "employee")), SYSTEM)
    assert open_task(engine, instance).assignee == "li.min"
    with pytest.raises(Conflict):
        engine.execute(RetryIncident(incident.id))


@pytest.mark.parametrize(("statement", "named"), [
    ("UPDATE history SET payload = replace(payload, 'wang.jianhua', 'li.min') WHERE stream = :s AND seq = 2", "Link 2"),
    ("DELETE FROM history WHERE stream = :s AND seq = 2", "Link 2"),
    ("UPDATE history SET seq = CASE seq WHEN 1 THEN 2 ELSE 1 END + 100 WHERE stream = :s AND seq < 3", "Link 1"),
    ("UPDATE process_instance SET snapshot = CAST(replace(CAST(snapshot AS TEXT), '搬家', '旅游') AS BLOB) WHERE id = :s", "stored state"),
    ("UPDATE user_task SET completed_by = 'li.min' WHERE instance_id = :s AND state = 'completed'", "task"),
    ("DELETE FROM history WHERE stream = :s", "should have"),
])
def test_what_sql_changes_is_found_and_named(engine: ProcessEngine, statement: str, named: str) -> None:
    instance = engine.execute(StartInstance("leave", LEAVE), Actor("zhou.jie"))
    engine.execute(CompleteTask(open_task(engine, instance).id, {}, "approve"), Actor("wang.jianhua"))
    key = engine.settings.history_key
    with engine.database.reading() as connection:
        assert history.verify_all(connection, key) == []
    engine.database.write(lambda c: c.execute(sa.text(statement), {"s": instance}))
    with engine.database.reading() as connection:
        found = [str(finding) for finding in history.verify_all(connection, key)]
    assert any(named in text and instance in text for text in found), found
