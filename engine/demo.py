"""The demonstration company: people, a calendar, and a year that it has lived by running its procedures under a moved clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine import clock, form_input
from engine.calendar_seed import seed_days
from engine.commands.attachment import StoreAttachment
from engine.commands.calendar import SetCalendarDays
from engine.commands.deployment import Deploy, DeploymentReport, read_folder
from engine.commands.job import SetCheckpoint
from engine.commands.organisation import SavePerson, SetPassword
from engine.commands.process_instance import CancelInstance, StartInstance, WithdrawInstance
from engine.commands.user_task import CompleteTask, recipients
from engine.errors import CallerError
from engine.process_engine import SYSTEM, Actor, ProcessEngine, Work
from engine.simulate import chance, fill
from engine.store import repository
from engine.store import schema as t
from engine.worker import Worker

COMPANY = Path(__file__).with_name("demo_company.json")
PASSWORD = "guicheng-demo"  # noqa: S105  (printed on the screen on purpose: a demonstration)
SEED = "guicheng"
BLANK = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
         b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
"""An empty A4 page, which stands for the texts of the demonstration's contracts."""


def found_company(engine: ProcessEngine, *, passwords: bool = True) -> DeploymentReport:
    """Deploy the procedures, fill the calendar, and let the people of the demonstration company join."""
    report: DeploymentReport = engine.execute(Deploy(read_folder(engine.settings.processes, engine.settings.forms), "demonstration"))
    for year in (2024, 2025, 2026):
        engine.execute(SetCalendarDays(year, tuple(seed_days(year))))
    for login, name, english, roles, since in json.loads(COMPANY.read_text("utf-8"))["people"]:
        with engine.database.reading() as connection:
            department = str(connection.scalar(sa.select(t.role.c.name).where(t.role.c.id == roles[0])) or "")
        engine.execute(SavePerson(login, name, tuple([*roles, "employee"]), english, department=department, active=True,
                                  attributes={"work_start": since}))
        if passwords:
            engine.execute(SetPassword(login, PASSWORD))
    return report


def is_empty(engine: ProcessEngine) -> bool:
    """Say whether nobody has joined yet."""
    with engine.database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(t.person)) == 0


class Year:
    """A year of the company, day by day; ``stories`` beside the diagrams say what people ask for."""

    def __init__(self, engine: ProcessEngine, end: datetime, days: int = 365, rate: float = 1.2) -> None:
        self.engine = engine
        self.start, self.end, self.days, self.rate = end - timedelta(days=days), end, days, rate
        self.stories = _stories(engine.settings.processes)
        self.started = 0
        self.worker = Worker(engine)
        self.files: list[dict[str, Any]] = []

    def live(self, progress: Callable[[int, int], None]) -> int:
        """Run every day with the clock moved; return how many instances people started."""
        try:
            clock.freeze(self.start)
            self._upload()
            for day in range(self.days):
                self._day(self.start + timedelta(days=day), day)
                progress(day + 1, self.days)
            clock.freeze(self.end)
            self._jobs(self.end)
            self.engine.execute(SetCheckpoint(everything=True))
        finally:
            clock.freeze(None)
        return self.started

    def _upload(self) -> None:
        content = BLANK
        fingerprint = self.engine.execute(StoreAttachment("合同文本.pdf", "application/pdf", content))
        self.files = [{"fingerprint": fingerprint, "name": "合同文本.pdf", "size": len(content), "type": "application/pdf"}]

    def _day(self, day: datetime, number: int) -> None:
        with self.engine.database.reading() as connection:
            calendar = self.engine.calendar(connection)
        local = calendar.local_day(day)
        noon = datetime.combine(local, datetime.min.time(), calendar.zone).astimezone(UTC) + timedelta(hours=10, minutes=5)
        self._jobs(noon)
        clock.freeze(noon)
        if not calendar.is_working_day(local):
            return
        luck = chance(SEED, "day", number)
        self._ask(luck, local.isoformat(), number)
        clock.freeze(noon + timedelta(hours=4))
        self._work(local.isoformat(), number)

    def _jobs(self, until: datetime) -> None:
        while True:
            with self.engine.database.reading() as connection:
                jobs = repository.due_jobs(connection, until, 200)
            if not jobs:
                return
            for job in jobs:
                clock.freeze(max(job.due_at, clock.now()))
                self.worker.run(job)

    def _ask(self, luck: Any, today: str, number: int) -> None:
        with self.engine.database.reading() as connection:
            definitions = {d.key: d for d in self.engine.definitions.all_current(connection)}
        for story in self.stories:
            definition = definitions.get(story["process"])
            if definition is None or luck.random() > story.get("per_day", 0.5) * self.rate:
                continue
            person = luck.choice(story["people"])
            known = {k: self._value(v, luck, today) for k, v in luck.choice(story["values"]).items()}
            with self.engine.database.reading() as connection:
                schema = form_input.with_options(connection, definition.start_form)
            try:
                instance = self.engine.execute(StartInstance(definition.key, fill(schema, known, today, self.files)), Actor(person))
                self.started += 1
            except CallerError:
                continue
            if luck.random() < 0.03:
                self._give_up(instance, person, luck)

    def _value(self, value: Any, luck: Any, today: str) -> Any:
        if isinstance(value, dict) and "days" in value:
            moved = datetime.fromisoformat(today) + timedelta(days=luck.randint(*value["days"]))
            return moved.date().isoformat()
        if isinstance(value, dict) and "pick" in value:
            return luck.choice(value["pick"])
        return self.files if value == "files" else value

    def _give_up(self, instance: str, person: str, luck: Any) -> None:
        try:
            self.engine.execute(WithdrawInstance(instance, "计划有变"), Actor(person))
        except CallerError:
            if luck.random() < 0.5:
                self.engine.execute(CancelInstance(instance, "重复提交"), SYSTEM)

    def _work(self, today: str, number: int) -> None:
        with self.engine.database.reading() as connection:
            u = t.user_task.c
            tasks = list(connection.execute(sa.select(t.user_task).where(u.state == "open", u.created_at <= clock.now())
                                            .order_by(u.created_at).limit(200)))
        for task in tasks:
            luck = chance(SEED, task.element, task.token, task.title, number)
            if luck.random() < 0.35:
                continue  # not today
            self._decide(task, luck, today)

    def _decide(self, task: Any, luck: Any, today: str) -> None:
        with self.engine.database.reading() as connection:
            work = Work(self.engine, connection, clock.now(), SYSTEM)
            people = recipients(work, task)
            loaded = repository.instance(connection, task.instance_id)
            if not people or loaded is None:
                return
            definition = self.engine.definitions.get(connection, loaded.version_id)
            schema = form_input.with_options(connection, definition.form(task.element))
            from engine.execution import load_state  # noqa: PLC0415

            state = load_state(loaded.snapshot)
            known = {**state.variables, "initiator": dict(state.initiator)}
        node = definition.process.nodes[task.element]
        outcome = comment = None
        if node.outcomes:
            chosen = node.outcomes[0] if luck.random() < 0.9 or len(node.outcomes) == 1 else luck.choice(node.outcomes[1:])
            outcome, comment = chosen.id, "请补充材料后再办。" if chosen.comment_required else luck.choice(["同意。", "已核对。", ""])
        values = fill(schema, known, today, self.files)
        try:
            self.engine.execute(CompleteTask(task.id, values, outcome, comment or ""), Actor(luck.choice(people)))
        except CallerError:
            return


def _stories(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(folder.rglob("*.story.json")):
        found += json.loads(path.read_text("utf-8"))
    return found
