"""What falls due: timers, reminders, timer starts, expired messages, and the results of connectors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import projection
from engine.bpmn import timing
from engine.commands.user_task import recipients
from engine.errors import N_, Conflict
from engine.execution import CompleteJob, FireTimer
from engine.identifiers import new_id
from engine.process_engine import Work
from engine.store import repository

BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""Pauses before a failed job is tried again; after the last one there is an incident."""


@dataclass(frozen=True)
class RunJob:
    """Let one due job take effect, once: the row is locked, and gone when the transaction commits. Returns False if another had it."""

    job_id: str

    def run(self, work: Work) -> bool:
        """Do what the kind of job asks for."""
        job = repository.lock_job(work.connection, self.job_id)
        if job is None or job.due_at > work.now:
            return False
        HANDLERS[job.kind](work, job)
        return True


def _timer(work: Work, job: Any) -> None:
    repository.delete_job(work.connection, job.id)
    loaded = work.load(job.instance_id)
    if not loaded.state.finished:
        work.step(job.instance_id, FireTimer(job.token, job.payload["due"]), actor="")


def _reminder(work: Work, job: Any) -> None:
    repository.delete_job(work.connection, job.id)
    task = repository.user_task(work.connection, job.payload["task"])
    if task is None or task.state != "open":
        return
    people = recipients(work, task)
    for person in people:
        repository.insert_notification(work.connection, id=new_id(work.now), person_id=person, at=work.now, kind="reminder",
                                       instance_id=task.instance_id, task_id=task.id, params={"task": task.name})
    work.record("tasks", "reminded", {"task": task.id, "people": people})


def _start(work: Work, job: Any) -> None:
    process, element = job.element.split("/", 1)
    repository.delete_job(work.connection, job.id)
    projection.start_by_event(work, process, element, None)
    if "cycle" in job.payload:
        again, missed = timing.following(job.payload["cycle"], job.payload["due"], work.now, work.engine.calendar(work.connection))
        if missed:
            work.record("deployment", "starts_missed", {"process": process, "element": element, "count": missed})
        if again is not None:
            repository.insert_job(work.connection, id=job.id, kind="start", element=job.element,
                                  due_at=datetime.fromisoformat(again["due"]).astimezone(UTC), payload=again,
                                  calendar_version=work.engine.calendar(work.connection).version)


def _expiry(work: Work, job: Any) -> None:
    repository.delete_job(work.connection, job.id)
    message = repository.delete_message(work.connection, job.payload["message"])
    if message is not None:
        repository.insert_incident(
            work.connection, id=new_id(work.now), kind="message", at=work.now,
            template=N_("The message %(name)s (%(correlation)s) was kept for 30 days, and nobody waited for it."),
            params={"name": message.name, "correlation": message.correlation})


def _service(work: Work, job: Any) -> None:
    raise Conflict(N_("Jobs of connectors are run by the worker, outside of transactions."))


HANDLERS: dict[str, Any] = {"timer": _timer, "reminder": _reminder, "start": _start, "expiry": _expiry, "service": _service}


@dataclass(frozen=True)
class LeaseJob:
    """Take a connector's job for a while; return its topic and inputs, or None when another worker has it."""

    job_id: str
    duration: timedelta = timedelta(minutes=5)

    def run(self, work: Work) -> dict[str, Any] | None:
        """Write the lease."""
        job = repository.lock_job(work.connection, self.job_id)
        if job is None or job.due_at > work.now or (job.lease_until is not None and job.lease_until > work.now):
            return None
        repository.change_job(work.connection, job.id, lease_until=work.now + self.duration)
        return {"topic": job.payload["topic"], "inputs": job.payload.get("inputs", {})}


@dataclass(frozen=True)
class FinishJob:
    """Take a connector's result into the instance."""

    job_id: str
    result: Any = None

    def run(self, work: Work) -> None:
        """Delete the job and let the token go on, unless the job was withdrawn meanwhile."""
        job = repository.lock_job(work.connection, self.job_id)
        if job is None:
            return
        repository.delete_job(work.connection, job.id)
        work.step(job.instance_id, CompleteJob(job.token, self.result), actor="")


@dataclass(frozen=True)
class FailJob:
    """Note that a job failed: it is tried again later, and after the last time there is an incident."""

    job_id: str
    reason: str

    def run(self, work: Work) -> None:
        """Write the next try, or the incident."""
        job = repository.lock_job(work.connection, self.job_id)
        if job is None:
            return
        if job.attempts < len(BACKOFF):
            repository.change_job(work.connection, job.id, attempts=job.attempts + 1, lease_until=None,
                                  due_at=work.now + BACKOFF[job.attempts])
            return
        repository.change_job(work.connection, job.id, failed=True, lease_until=None)
        loaded = work.load(job.instance_id) if job.instance_id else None
        repository.insert_incident(
            work.connection, id=new_id(work.now), instance_id=job.instance_id, element=job.element, token=job.token, job_id=job.id,
            process_key=loaded.definition.key if loaded else "", kind="job", at=work.now,
            template=N_("The job at %(element)s failed %(count)d times: %(reason)s"),
            params={"element": job.element, "count": job.attempts + 1, "reason": self.reason[:500]})


@dataclass(frozen=True)
class SetCheckpoint:
    """Write which histories have grown to where; ``everything``: the daily anchor over all of them."""

    everything: bool = False

    def run(self, work: Work) -> int:
        """Append the checkpoint; return how many streams it mentions."""
        from engine import history

        return history.checkpoint(work.connection, work.engine.settings.history_key, work.now, everything=self.everything)


@dataclass(frozen=True)
class Reassign:
    """Look again for people for tasks that nobody could do."""

    def run(self, work: Work) -> int:
        """Return how many tasks have somebody now."""
        from engine.commands.user_task import reassign_all

        return reassign_all(work)


