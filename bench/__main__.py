"""Measure the engine as ratios within one run: completions against bare transactions, old instances against young ones."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine.bpmn.reader import read
from engine.bpmn.runtime import Runnable, State, Surroundings
from engine.bpmn.specs import specification
from engine.commands.deployment import Deploy
from engine.commands.organisation import SavePerson
from engine.commands.process_instance import StartInstance
from engine.commands.user_task import CompleteTask
from engine.config import Settings
from engine.domain.calendar import Calendar
from engine.execution import CompleteUserTask, Start, advance, dump_state, load_state
from engine.process_engine import Actor, ProcessEngine
from engine.store import schema as t

HEAD = ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gc="urn:guicheng:bpmn:1"><process id="{0}" '
        'name="{0}" isExecutable="true">{1}</process></definitions>')


def flow(source: str, target: str, condition: str = "") -> str:
    """Return a sequence flow."""
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


FIVE = HEAD.format("five", '<laneSet><lane name="worker" gc:role="worker">' + "".join(
    f"<flowNodeRef>{n}</flowNodeRef>" for n in ("s", "a1", "a2", "a3", "a4", "a5", "e")) + "</lane></laneSet>" + '<startEvent id="s"/>'
    + flow("s", "a1") + "".join(f'<userTask id="a{n}" name="a{n}"/>' + flow(f"a{n}", f"a{n + 1}" if n < 5 else "e") for n in range(1, 6))
    + '<endEvent id="e"/>')
LOOP = HEAD.format("loop", '<startEvent id="s"/>' + flow("s", "x") + '<exclusiveGateway id="x"/>' + flow("x", "a", "true") + '<userTask id="a"/>'
                   + flow("a", "x"))


def throughput(rounds: int) -> None:
    """Print completions a second and bare transactions of the same rows a second, measured in turns."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"GUICHENG_DATA": folder}
        if os.environ.get("GUICHENG_BENCH_DATABASE"):
            env["GUICHENG_DATABASE"] = os.environ["GUICHENG_BENCH_DATABASE"]
        engine = ProcessEngine(Settings.from_environment(env))
        t.metadata.drop_all(engine.database.engine)
        t.metadata.create_all(engine.database.engine)
        engine.execute(Deploy({"processes/roles.json": b'[{"id": "worker", "name": "worker"}]', "processes/five/five.bpmn": FIVE.encode()}))
        engine.execute(SavePerson("bob", "Bob", ("worker",)))
        statements: list[tuple[Any, Any]] = []

        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
            if statement.split()[0] in {"INSERT", "UPDATE", "DELETE"}:
                statements.append((statement, parameters))

        sa.event.listen(engine.database.engine, "before_cursor_execute", note)
        ours = bare = 0.0
        done = 0
        for _ in range(rounds):
            instance = engine.execute(StartInstance("five"), Actor("bob"))
            for token in (3, 4, 5, 6, 7):
                statements.clear()
                begin = time.perf_counter()
                engine.execute(CompleteTask(f"{instance}.{token}"), Actor("bob"))
                ours += time.perf_counter() - begin
                done += 1
                bare += _bare(engine, list(statements))
        print(f"completions {done / ours:8.0f}/s   bare transactions {done / bare:8.0f}/s   ratio {bare / ours:.0%}")
        engine.database.dispose()


def _bare(engine: ProcessEngine, statements: list[tuple[Any, Any]]) -> float:
    """Write the same rows again (inserts as updates of nothing lost: same tables, same sizes) in one bare transaction; return seconds."""
    raw = engine.database.engine.raw_connection()
    cursor = raw.cursor()
    begin = time.perf_counter()
    if engine.database.is_sqlite:
        cursor.execute("BEGIN IMMEDIATE")
    for statement, parameters in statements:
        if statement.startswith("INSERT INTO history "):
            values = list(parameters) if not isinstance(parameters, dict) else parameters
            if isinstance(values, dict):
                values = {**values, "stream": "bare-" + values["stream"]}
            else:
                values[0] = "bare-" + str(values[0])
            cursor.execute(statement, values)
        elif not statement.startswith("INSERT"):
            cursor.execute(statement, parameters)
        elif "user_task" in statement:
            values = {**parameters, "id": "bare-" + parameters["id"], "instance_id": "bare"} if isinstance(parameters, dict) else [
                "bare-" + str(parameters[0]), "bare", *parameters[2:]]
            cursor.execute(statement, values)
    raw.commit()
    spent = time.perf_counter() - begin
    raw.close()
    return spent


def ageing(steps: int) -> None:
    """Print what a step costs after ``steps`` rounds of a loop, against the first ten."""
    processes, _ = read(LOOP.encode(), "loop.bpmn")
    runnable = Runnable(processes[0], specification(processes[0]), {})
    surroundings = Surroundings(datetime(2026, 3, 2, tzinfo=UTC), Calendar(), lambda _n: 1, lambda _f, _a: 0)
    state = advance(runnable, State("i", {"id": "bob", "name": "Bob", "roles": []}, ""), Start({}), surroundings).state
    costs: list[float] = []
    for _ in range(steps + 10):
        token = next(row[0] for row in state.rows if row[2] == "a")
        begin = time.perf_counter()
        state = load_state(dump_state(advance(runnable, state, CompleteUserTask(token, "bob"), surroundings).state))
        costs.append(time.perf_counter() - begin)
    first, last = sorted(costs[1:11])[5], sorted(costs[-10:])[5]
    print(f"step 1-10 {first * 1e6:6.0f} µs   step {steps} {last * 1e6:6.0f} µs   ratio {last / first:.2f}")


if __name__ == "__main__":
    throughput(int(os.environ.get("GUICHENG_BENCH_ROUNDS", "200")))
    ageing(2000)
