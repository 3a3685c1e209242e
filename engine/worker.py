"""The heartbeat: ask the table for due jobs, run each once, try failed ones again, set checkpoints.

Any number of workers may run; the rows decide who does what. APScheduler only beats.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from engine import clock
from engine.commands.job import FailJob, FinishJob, LeaseJob, RunJob, SetCheckpoint
from engine.connectors import CONNECTORS, Call
from engine.errors import EngineError, N_, NotFound
from engine.process_engine import ProcessEngine
from engine.store import repository

log = logging.getLogger("guicheng.worker")
BEAT = 0.5
"""Seconds between two looks at the table; a deadline is enforced within two."""
BATCH = 100


class Worker:
    """Runs due jobs until it is stopped."""

    def __init__(self, engine: ProcessEngine) -> None:
        self.engine = engine
        self.scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1,
                                                                           "misfire_grace_time": None})
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin to beat in a thread of its own."""
        self.scheduler.add_job(self.beat, "interval", seconds=BEAT, id="due-jobs")
        self.scheduler.add_job(self._checkpoint, "interval", seconds=5, id="checkpoint")
        self.scheduler.add_job(self._anchor, "cron", hour=16, minute=30, id="daily-anchor")
        self.scheduler.start()

    def stop(self) -> None:
        """Stop after the job that is running."""
        self._stop.set()
        self.scheduler.shutdown(wait=True)

    def run_forever(self) -> None:
        """Beat until the process is told to end."""
        self.start()
        try:
            self._stop.wait()
        except KeyboardInterrupt:
            self.stop()

    def beat(self) -> int:
        """Run everything that is due now; return how many jobs took effect."""
        done = 0
        while not self._stop.is_set():
            with self.engine.database.reading() as connection:
                jobs = repository.due_jobs(connection, clock.now(), BATCH)
            if not jobs:
                return done
            took = sum(self.run(job) for job in jobs)
            done += took
            if not took:
                return done
        return done

    def run(self, job: Any) -> bool:
        """Let one due job take effect; say whether it did. Its failure is written down and tried again later."""
        try:
            if job.kind == "service":
                return self._serve(job)
            return bool(self.engine.execute(RunJob(job.id)))
        except EngineError as error:
            log.warning("Job %s failed: %s", job.id, error)
            self.engine.execute(FailJob(job.id, str(error)))
        except Exception as error:  # noqa: BLE001  (one job must not stop the others; it becomes an incident)
            log.exception("Job %s failed", job.id)
            self.engine.execute(FailJob(job.id, f"{type(error).__name__}: {error}"))
        return True

    def _serve(self, job: Any) -> bool:
        order = self.engine.execute(LeaseJob(job.id))
        if order is None:
            return False
        function = CONNECTORS.get(order["topic"])
        if function is None:
            raise NotFound(N_("There is no connector %(topic)s."), topic=order["topic"])
        self.engine.execute(FinishJob(job.id, function(Call(job.id, order["inputs"], self.engine.execute))))
        return True

    def _checkpoint(self) -> None:
        self.engine.execute(SetCheckpoint())

    def _anchor(self) -> None:
        self.engine.execute(SetCheckpoint(everything=True))
