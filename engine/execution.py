"""The one step function: a command and a state in, the new state and the events out; no database, no clock, no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import orjson

from engine.bpmn import activities, throwing, variables, waiting
from engine.bpmn.runtime import Run, Runnable, State, Surroundings
from engine.bpmn.specs import Token
from engine.domain.event import Event
from engine.errors import N_, Conflict, ExpressionError, IncidentError


@dataclass(frozen=True)
class Start:
    """Begin at ``element`` (default: the plain start event) with these variables."""

    variables: dict[str, Any]
    element: str | None = None
    business_key: str = ""


@dataclass(frozen=True)
class CompleteUserTask:
    """Take a person's decision."""

    token: int
    by: str
    values: dict[str, Any] = field(default_factory=dict)
    outcome: str | None = None
    comment: str = ""
    on_behalf_of: str = ""


@dataclass(frozen=True)
class FireTimer:
    """Let a timer that is due take effect; one that was withdrawn or planned anew meanwhile has none."""

    token: int
    due: str


@dataclass(frozen=True)
class Receive:
    """Take a message or signal."""

    token: int
    payload: Any = None


@dataclass(frozen=True)
class CompleteCall:
    """Take the end of a called instance: its variables, or the error or escalation that it threw."""

    token: int
    variables: dict[str, Any] = field(default_factory=dict)
    kind: str = "completed"
    code: str = ""


@dataclass(frozen=True)
class CompleteJob:
    """Take a connector's result."""

    token: int
    result: Any = None


@dataclass(frozen=True)
class Retry:
    """Try again the element at which an incident was raised."""

    token: int


@dataclass(frozen=True)
class Cancel:
    """End the instance from outside: ``how`` is cancelled or withdrawn."""

    how: str = "cancelled"
    reason: str = ""


Command = Start | CompleteUserTask | FireTimer | Receive | CompleteCall | CompleteJob | Retry | Cancel
COMMANDS: dict[str, type[Any]] = {c.__name__: c for c in
                                  (Start, CompleteUserTask, FireTimer, Receive, CompleteCall, CompleteJob, Retry, Cancel)}


@dataclass(frozen=True)
class Step:
    """What a command did: the new state, the events in order, and what lists show of the instance."""

    state: State
    events: tuple[Event, ...]
    title: str
    business_key: str
    summary: tuple[tuple[str, Any], ...]
    changed: bool
    read: Callable[[], Mapping[str, Any]]
    functions: Mapping[str, Any]


def advance(runnable: Runnable, state: State, command: Command, surroundings: Surroundings) -> Step:
    """Apply ``command`` and go on until everything waits.

    Raises Conflict when the command's token is not there or not in the state that it needs; failures of the diagram itself are
    events (``incident_raised``), never exceptions.
    """
    run = Run(runnable, state, surroundings)
    APPLY[type(command)](run, command)
    run.work()
    return _finish(run)


def _token(run: Run, number: int, opened: str | None = None) -> Token:
    token = run.tokens.get(number)
    if token is None or (opened is not None and token.internal_data.get("open") != opened):
        raise Conflict(N_("Step %(token)s is over already."), token=number)
    return token


def _start(run: Run, command: Start) -> None:
    run.emit("instance_started", None, {"business_key": command.business_key, "values": sorted(command.variables)},
             {"variables": command.variables})
    run.state.business_key = command.business_key
    variables.write(run, None, command.variables)
    plain = next((n.id for n in run.process.starts() if n.event is None), None)
    run.open_scope(run.tokens[1], "", command.element or plain)


def _complete_user_task(run: Run, command: CompleteUserTask) -> None:
    token = _token(run, command.token, "task")
    activities.complete_user_task(run, token, by=command.by, on_behalf_of=command.on_behalf_of, values=command.values,
                                  outcome=command.outcome, comment=command.comment)


def _fire_timer(run: Run, command: FireTimer) -> None:
    token = run.tokens.get(command.token)
    if token is not None and token.internal_data.get("open") == "timer" and token.internal_data.get("due") == command.due:
        waiting.fire_timer(run, token)


def _receive(run: Run, command: Receive) -> None:
    waiting.receive(run, _token(run, command.token, "await"), command.payload)


def _complete_call(run: Run, command: CompleteCall) -> None:
    token = _token(run, command.token, "call")
    try:
        if command.kind == "completed":
            activities.complete_call(run, token, command.variables)
        else:
            throwing.catch_from_call(run, token, command.kind, command.code)
    except (IncidentError, ExpressionError) as error:
        run.fail(token, "run", error, "call")


def _complete_job(run: Run, command: CompleteJob) -> None:
    activities.complete_job(run, _token(run, command.token, "job"), command.result)


def _retry(run: Run, command: Retry) -> None:
    run.retry(_token(run, command.token))


def _cancel(run: Run, command: Cancel) -> None:
    run.emit("cancellation_asked", None, {"how": command.how}, {"reason": command.reason})
    run.finish(command.how)


APPLY: dict[type[Any], Any] = {
    Start: _start, CompleteUserTask: _complete_user_task, FireTimer: _fire_timer, Receive: _receive, CompleteCall: _complete_call,
    CompleteJob: _complete_job, Retry: _retry, Cancel: _cancel,
}


def _finish(run: Run) -> Step:
    attributes = run.process.attributes
    key = _shown(run, attributes.get("businessKey", ""), run.state.business_key)
    run.state.business_key = key
    run.builtins["case"] |= {"business_key": key, "state": run.state.finished or "running"}
    title = _shown(run, attributes.get("title", ""), run.process.name)
    found = run.state.variables
    summary = tuple((name, found[name]) for name in attributes.get("summary", "").split() if found.get(name) not in (None, ""))
    return Step(run.freeze(), tuple(run.events), title, key, summary, run.changed,
                lambda: variables.read(run, None), run.functions)


def _shown(run: Run, text: str, otherwise: str) -> str:
    """Evaluate a title or key; while its variables are missing, show what was shown before."""
    if not text:
        return otherwise
    try:
        value = variables.evaluate_text(run, None, text)
    except (ExpressionError, IncidentError):
        return otherwise
    return otherwise if value is None else str(value)


def dump_state(state: State) -> bytes:
    """Write a state as canonical JSON."""
    return orjson.dumps({f.name: getattr(state, f.name) for f in fields(state)}, option=orjson.OPT_SORT_KEYS)


def load_state(content: bytes) -> State:
    """Read a state that :func:`dump_state` wrote."""
    return State(**orjson.loads(content))


def command_to_json(command: Command) -> tuple[str, dict[str, Any]]:
    """Return the name and the fields of a command, as the history keeps them for repeating it."""
    return type(command).__name__, asdict(command)
