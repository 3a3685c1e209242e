"""Execute commands: one command is one transaction, one timestamp, and links in the history; all or nothing."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from engine import clock, history, lookups, organisation, projection
from engine.bpmn.runtime import State, Surroundings
from engine.config import Settings
from engine.definition import Definition, build
from engine.domain.calendar import Calendar
from engine.domain.chain import EMPTY, seal
from engine.errors import N_, Conflict, NotAllowed, NotFound
from engine.execution import Command as InstanceCommand
from engine.execution import Start, Step, advance, command_to_json, dump_state, load_state
from engine.history import Head
from engine.identifiers import new_id
from engine.organisation import Resolution
from engine.store import repository
from engine.store.database import Database

T = TypeVar("T")
MAX_REMEMBERED = 20_000
"""Answers about the organisation kept in memory."""
MAX_CASCADE = 2_000
"""Steps of instances (calls, messages, signals) that one command may cause."""


@dataclass(frozen=True)
class Actor:
    """Who gives a command; an empty person is the system itself."""

    person: str = ""
    roles: frozenset[str] = frozenset()
    on_behalf_of: str = ""
    source: str = "cli"


SYSTEM = Actor(source="worker")


class Command(Protocol):
    """What can be executed: a frozen dataclass with the verb's arguments."""

    def run(self, work: Work) -> Any:
        """Do it inside the transaction of ``work``; raise EngineError to undo everything."""


class Definitions:
    """The parsed definitions by version, kept in memory: a version never changes."""

    def __init__(self) -> None:
        self._known: dict[str, Definition] = {}
        self._lock = Lock()

    def get(self, connection: Any, version_id: str) -> Definition:
        """Return a version; raise NotFound when it was never deployed."""
        found = self._known.get(version_id)
        if found is None:
            row = repository.version(connection, version_id)
            if row is None:
                raise NotFound(N_("The version %(id)s is not deployed."), id=version_id)
            files = {path: digest for path, digest in row.manifest.items() if not path.startswith("call:")}
            contents = repository.resources(connection, files.values())
            bundle = {path: contents[digest] for path, digest in files.items()}
            found = build(bundle, row.main, row.process_key, number=row.number, manifest=row.manifest)
            with self._lock:
                self._known[version_id] = found
        return found

    def current(self, connection: Any, process_key: str) -> Definition:
        """Return the version that new instances begin with; raise NotFound when there is no such process."""
        version = repository.current_version(connection, process_key)
        if version is None:
            raise NotFound(N_("There is no procedure %(key)s."), key=process_key)
        return self.get(connection, version)

    def all_current(self, connection: Any) -> list[Definition]:
        """Return the current version of every process."""
        return [self.get(connection, row.id) for row in repository.current_versions(connection)]


class ProcessEngine:
    """The engine over one database."""

    def __init__(self, settings: Settings, database: Database | None = None) -> None:
        self.settings = settings
        self.database = database or Database(settings.database)
        self.definitions = Definitions()
        self.zone = ZoneInfo(settings.time_zone)
        self._calendars: dict[int, Calendar] = {}
        self._memory: tuple[int, dict[Any, Any]] = (-1, {})

    def execute(self, command: Command, actor: Actor = SYSTEM) -> Any:
        """Run ``command`` in one transaction and return what it returns.

        Raises the command's EngineError after undoing everything; a denied attempt is recorded in a transaction of its own.
        """
        try:
            return self.database.write(lambda connection: self._run(connection, command, actor))
        except NotAllowed as error:
            denied = {"command": type(command).__name__, "reason": str(error), "subject": _subject(command)}
            self.database.write(lambda c: history.record(
                c, self.settings.history_key, "access", clock.now(), actor.person, "denied", denied))
            raise

    def _run(self, connection: Any, command: Command, actor: Actor) -> Any:
        request = getattr(command, "request_id", None)
        if request is not None:
            known = repository.receipt(connection, request)
            if known is not None:
                return known.result
        work = Work(self, connection, clock.now(), actor)
        result = command.run(work)
        work.drain()
        if request is not None:
            repository.insert_receipt(connection, request, work.now, result)
        return result

    def remembered(self, revision: int | None, question: Any, ask: Callable[[], T]) -> T:
        """Return what was answered to a question about the organisation as long as its ``revision`` is the same; None: ask."""
        if revision is None:
            return ask()
        if self._memory[0] != revision or len(self._memory[1]) > MAX_REMEMBERED:
            self._memory = (revision, {})
        known = self._memory[1]
        if question not in known:
            known[question] = ask()
        found: T = known[question]
        return found

    def calendar(self, connection: Any, version: int | None = None) -> Calendar:
        """Return the calendar in force, or the one of ``version``."""
        number = repository.newest_calendar_version(connection) if version is None else version
        found = self._calendars.get(number)
        if found is None:
            row = repository.calendar(connection, number)
            found = Calendar.from_json(row.content) if row is not None else Calendar(version=0, time_zone=self.settings.time_zone)
            self._calendars[number] = found
        return found


def _subject(command: Any) -> str:
    for name in ("task_id", "instance_id", "process", "person", "incident_id", "subject"):
        if hasattr(command, name):
            return str(getattr(command, name))
    return ""


@dataclass
class Loaded:
    """An instance inside a transaction: its row's columns and its thawed state."""

    id: str
    row: dict[str, Any]
    state: State
    definition: Definition
    head: Head
    new: bool = False
    around: dict[int, frozenset[str]] = field(default_factory=dict)
    """By token: which kinds of rows stand around its task, where that is known."""


@dataclass
class Work:
    """One transaction: what commands use to read, step instances and record."""

    engine: ProcessEngine
    connection: Any
    now: datetime
    actor: Actor
    loaded: dict[str, Loaded] = field(default_factory=dict)
    queue: deque[Callable[[], object]] = field(default_factory=deque)
    steps: int = 0
    _calendar: Calendar | None = None
    _organisation: int | None = None
    _organisation_changed: bool = False

    def record(self, stream: str, kind: str, payload: dict[str, Any], private: dict[str, Any] | None = None) -> None:
        """Append to a stream that is not an instance."""
        if stream == "organisation":
            self._organisation, self._organisation_changed = None, True
        history.record(self.connection, self.engine.settings.history_key, stream, self.now, self.actor.person, kind, payload, private)

    def load(self, instance_id: str) -> Loaded:
        """Return an instance, locked; raise NotFound."""
        found = self.loaded.get(instance_id)
        if found is None:
            row = repository.instance(self.connection, instance_id, lock=True)
            if row is None:
                raise NotFound(N_("There is no instance %(id)s."), id=instance_id)
            found = self._thaw(dict(row._mapping))
        return found

    def load_with(self, at_hand: repository.TaskAtHand) -> Loaded:
        """Return the instance of a task that was read, and locked, together with it."""
        found = self.loaded.get(at_hand.instance["id"]) or self._thaw(at_hand.instance)
        found.around[at_hand.task.token] = at_hand.around
        if self._calendar is None:
            self._calendar = self.engine.calendar(self.connection, at_hand.calendar)
        if not self._organisation_changed:
            self._organisation = at_hand.organisation
        return found

    def _thaw(self, columns: dict[str, Any]) -> Loaded:
        found = Loaded(columns["id"], columns, load_state(columns["snapshot"]),
                       self.engine.definitions.get(self.connection, columns["version_id"]),
                       Head(columns["history_count"], columns["history_head"]))
        self.loaded[found.id] = found
        return found

    @property
    def calendar(self) -> Calendar:
        """The calendar in force, the same one throughout the transaction."""
        if self._calendar is None:
            self._calendar = self.engine.calendar(self.connection)
        return self._calendar

    def start(self, definition: Definition, initiator: Mapping[str, Any], command: Start, *, parent: tuple[str, int] | None = None,
              actor: str | None = None) -> str:
        """Create an instance and run its first step; return its id."""
        instance_id = new_id(self.now)
        state = State(instance_id, dict(initiator), self.now.astimezone(self.engine.zone).isoformat(), called=parent is not None)
        row = {
            "id": instance_id, "version_id": definition.id, "process_key": definition.key, "state": "running", "title": "",
            "business_key": command.business_key, "initiator": initiator["id"], "started_at": self.now, "ended_at": None,
            "parent_id": parent[0] if parent else None, "parent_token": parent[1] if parent else None, "revision": 0,
            "snapshot": b"", "search": "", "history_count": 0, "history_head": EMPTY, "history_seal": b""}
        self.loaded[instance_id] = Loaded(instance_id, row, state, definition, Head(0, EMPTY), new=True)
        repository.mark_for_checkpoint(self.connection, instance_id)
        self.step(instance_id, command, actor=actor)
        return instance_id

    def step(self, instance_id: str, command: InstanceCommand, *, actor: str | None = None) -> Step:
        """Advance an instance by one command, project the events, chain them and save.

        Raises Conflict when the instance has ended, or its token is gone.
        """
        self.steps += 1
        if self.steps > MAX_CASCADE:
            raise Conflict(N_("One command would cause more than %(limit)d steps: procedures call or signal each other in a circle."),
                           limit=MAX_CASCADE)
        loaded = self.load(instance_id)
        if loaded.state.finished:
            raise Conflict(N_("The instance has ended already (%(state)s)."), state=loaded.row["state"])
        inputs = lookups.Inputs(self, loaded)
        surroundings = Surroundings(self.now, self.calendar, inputs.next_number, inputs.lookup)
        step = advance(loaded.definition.runnable, loaded.state, command, surroundings)
        loaded.state = step.state
        projection.project(self, loaded, step)
        self._save(loaded, command, step, inputs, self.actor.person if actor is None else actor)
        return step

    def _save(self, loaded: Loaded, command: InstanceCommand, step: Step, inputs: Any, actor: str) -> None:
        name, fields = command_to_json(command)
        snapshot = dump_state(step.state)
        salt = secrets.token_bytes(16)
        payload = {"events": [e.to_json() for e in step.events], "state": history.state_digest(salt, snapshot),
                   "calendar": self.calendar.version}
        if self.actor.on_behalf_of:
            payload["on_behalf_of"] = self.actor.on_behalf_of
        if loaded.new:
            payload |= {"version": loaded.definition.id, "process": loaded.definition.key, "parent": loaded.row["parent_id"],
                        "initiator": loaded.row["initiator"]}
        private: dict[str, Any] = {"command": fields}
        if inputs.given:
            private["inputs"] = inputs.given
        if loaded.new:
            private["initiator"] = step.state.initiator
        head = history.append(self.connection, loaded.id, loaded.head, self.now, actor, name, payload, private, salt)
        loaded.head = head
        row = loaded.row
        row |= {"snapshot": snapshot, "revision": row["revision"] + 1, "history_count": head.count, "history_head": head.leaf,
                "history_seal": seal(self.engine.settings.history_key, loaded.id, head.count, head.leaf)}
        if loaded.new:
            repository.insert_instance(self.connection, row)
            loaded.new = False
        else:
            repository.update_instance(self.connection, {"key": loaded.id, **{k: row[k] for k in (
                "state", "title", "business_key", "ended_at", "revision", "snapshot", "search", "history_count", "history_head",
                "history_seal")}})

    def resolve(self, roles: Sequence[str], excluded: frozenset[str]) -> Resolution:
        """Return who may do a task of these roles when ``excluded`` may not."""
        return self.engine.remembered(self._organisation, ("roles", tuple(roles), excluded),
                                      lambda: organisation.resolve(self.connection, roles, excluded, self.now))

    def is_active(self, person: str) -> bool:
        """Say whether there is such a person, and active."""
        return self.engine.remembered(self._organisation, ("person", person), lambda: organisation.is_active(self.connection, person))

    def roles_of(self, person: str) -> frozenset[str]:
        """Return the roles that a person holds."""
        return self.engine.remembered(self._organisation, ("held", person), lambda: organisation.roles_of(self.connection, person))

    def later(self, action: Callable[[], object]) -> None:
        """Do something after the step that is going on, in the same transaction."""
        self.queue.append(action)

    def drain(self) -> None:
        """Do all that steps have caused: calls, messages, signals, ends of called instances."""
        while self.queue:
            self.queue.popleft()()
