"""Activities that run several times: parallel and sequential multi-instance, and the standard loop (BPMN 10.3.8, 13.3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.model import Loop
from engine.bpmn.variables import evaluate_condition, evaluate_json, write
from engine.errors import N_, IncidentError

if TYPE_CHECKING:
    from engine.bpmn.runtime import Run
    from engine.bpmn.specs import Token

MAX_INSTANCES = 1_000


def begin(run: Run, body: Token) -> None:
    """Create the instances, or the first one; an empty collection passes at once."""
    node = run.node_of(body)
    loop = node.loop
    assert loop is not None
    if loop.kind == "standard":
        _repeat(run, body, loop, 0)
        return
    items = _items(run, body, loop)
    body.internal_data = {**body.internal_data, "total": len(items), "finished": 0, "outputs": {}}
    if not items:
        _finish(run, body, loop)
    elif loop.kind == "sequential":
        body.internal_data = {**body.internal_data, "items": items}
        _spawn(run, body, loop, items[0], 1, len(items))
    else:
        for index, item in enumerate(items, 1):
            _spawn(run, body, loop, item, index, len(items))


def _items(run: Run, body: Token, loop: Loop) -> list[Any]:
    if loop.cardinality:
        number = evaluate_json(run, body, loop.cardinality)
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise IncidentError(N_("loopCardinality is %(value)s; a whole number from 0 was expected."), value=str(number))
        items: Any = list(range(1, min(number, MAX_INSTANCES + 1) + 1))
    else:
        items = evaluate_json(run, body, loop.collection)
    if not isinstance(items, list):
        raise IncidentError(N_("The collection %(name)s is %(value)s; a list was expected."), name=loop.collection, value=str(items))
    if len(items) > MAX_INSTANCES:
        raise IncidentError(N_("A multi-instance activity would run %(count)d times; at most %(limit)d are allowed."), count=len(items),
                            limit=MAX_INSTANCES)
    return items


def _spawn(run: Run, body: Token, loop: Loop, item: Any, counter: int, size: int) -> None:
    data: dict[str, Any] = {"loop": {"counter": counter, "size": size}}
    if loop.element_variable:
        data[loop.element_variable] = item
    run.spawn(run.node_of(body).id, body, data=data, loop=False)


def _repeat(run: Run, body: Token, loop: Loop, counter: int) -> None:
    over = bool(loop.maximum) and counter >= loop.maximum
    tested = loop.test_before or counter > 0
    if not over and tested and loop.condition:
        over = not evaluate_condition(run, body, loop.condition, "loopCondition")
    if over:
        body.complete()
        return
    body.internal_data = {**body.internal_data, "counter": counter + 1}
    run.spawn(run.node_of(body).id, body, loop=False)


def end_instance(run: Run, token: Token) -> None:
    """Collect the result of one instance; begin the next one or end the whole when it is complete."""
    body = token.parent
    node = run.node_of(body)
    loop = node.loop
    assert loop is not None
    if loop.kind == "standard":
        run.emit("passed", token)
        for child in list(token.children):
            run.cancel(child)
        run.remove(token)
        _repeat(run, body, loop, body.internal_data["counter"])
        return
    counter = token.data["loop"]["counter"]
    outputs = dict(body.internal_data["outputs"])
    outputs[str(counter)] = evaluate_json(run, token, loop.output_element) if loop.output_element else None
    finished = body.internal_data["finished"] + 1
    over = _is_over(run, body, loop, finished, outputs)
    run.emit("passed", token)
    for child in list(token.children):
        run.cancel(child)
    run.remove(token)
    body.internal_data = {**body.internal_data, "finished": finished, "outputs": outputs}
    if over:
        for other in list(body.children):
            run.cancel(other)
        _finish(run, body, loop)
    elif loop.kind == "sequential":
        items = body.internal_data["items"]
        _spawn(run, body, loop, items[finished], finished + 1, len(items))


def _is_over(run: Run, body: Token, loop: Loop, finished: int, outputs: dict[str, Any]) -> bool:
    total = body.internal_data["total"]
    if finished >= total:
        return True
    if not loop.completion:
        return False
    active = 0 if loop.kind == "sequential" else total - finished
    counters = {"nrOfInstances": total, "nrOfCompletedInstances": finished, "nrOfActiveInstances": active,
                "outputs": _in_order(outputs)}
    return evaluate_condition(run, body, loop.completion, "completionCondition", counters)


def _in_order(outputs: dict[str, Any]) -> list[Any]:
    return [outputs[key] for key in sorted(outputs, key=int)]


def _finish(run: Run, body: Token, loop: Loop) -> None:
    if loop.output_collection:
        write(run, body, {loop.output_collection: _in_order(body.internal_data["outputs"])})
    body.complete()
