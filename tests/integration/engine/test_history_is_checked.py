"""Whatever is changed behind the engine's back is found, and where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from support import MONDAY, line

from engine import clock
from engine.commands.job import SetCheckpoint
from engine.store import schema as t

THREE = ('<startEvent id="s"/>' + "".join(f'<userTask id="{x}" camunda:candidateGroups="boss"/>' for x in "abc") + '<userTask id="d"'
         ' camunda:candidateGroups="boss"/>' + line("s", "a", "b", "c", "d"))
H = t.history.c


@pytest.fixture
def instance(company: Any) -> str:
    """An instance with four links, which verifies."""
    company.deploy(three=THREE)
    company.hire("ann", "boss")
    started: str = company.start("three", "ann")
    for hour, element in enumerate("abc", 1):
        clock.freeze(MONDAY + timedelta(hours=hour))
        company.complete(company.task(started, element).id, "ann", comment=f"note {element}")
    assert [r.seq for r in company.rows(t.history, stream=started)] == [1, 2, 3, 4] and not company.verify()
    return started


def link(stream: str, seq: int) -> Any:
    return (H.stream == stream) & (H.seq == seq)


@pytest.mark.parametrize("change", [
    {"actor": "eve"}, {"kind": "Cancel"}, {"at": MONDAY}, {"payload": '{"events":[]}'}, {"leaf": b"\0" * 32},
    {"private": orjson.dumps({"command": {"by": "eve"}}).decode()}], ids=lambda c: next(iter(c)))
@pytest.mark.parametrize("seq", [1, 2, 4])
def test_an_edited_link_is_found_where_it_is(company: Any, instance: str, change: dict[str, Any], seq: int) -> None:
    if change == {"at": MONDAY} and seq == 1:
        change = {"at": MONDAY - timedelta(microseconds=1)}
    company.tamper(sa.update(t.history).where(link(instance, seq)).values(**change))
    found = company.verify()
    assert found and found[0].stream == instance and seq in {f.seq for f in found}


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_a_deleted_link_is_found(company: Any, instance: str, seq: int) -> None:
    company.tamper(sa.delete(t.history).where(link(instance, seq)))
    assert instance in {f.stream for f in company.verify()}


def test_links_in_another_order_are_found(company: Any, instance: str) -> None:
    move = sa.update(t.history)
    company.tamper(move.where(link(instance, 2)).values(seq=99), move.where(link(instance, 3)).values(seq=2),
                   move.where(link(instance, 99)).values(seq=3))
    assert {f.seq for f in company.verify() if f.stream == instance} >= {2}


def test_an_inserted_link_is_found(company: Any, instance: str) -> None:
    row = dict(company.rows(t.history, stream=instance, seq=4)[0]._mapping) | {"seq": 5}
    company.tamper(sa.insert(t.history).values(**row))
    assert instance in {f.stream for f in company.verify()}


def test_an_edited_snapshot_is_found(company: Any, instance: str) -> None:
    state = orjson.loads(company.rows(t.process_instance, id=instance)[0].snapshot)
    state["variables"]["amount"] = 1
    company.tamper(sa.update(t.process_instance).where(t.process_instance.c.id == instance).values(snapshot=orjson.dumps(state)))
    finding, = company.verify()
    assert finding.stream == instance and "state" in str(finding)


@pytest.mark.parametrize("change", [{"completed_by": "eve"}, {"state": "cancelled"}, {"outcome": "approve"}], ids=lambda c: next(iter(c)))
def test_an_edited_task_is_found(company: Any, instance: str, change: dict[str, Any]) -> None:
    task = company.task(instance, "b", "completed").id
    company.tamper(sa.update(t.user_task).where(t.user_task.c.id == task).values(**change))
    finding, = company.verify()
    assert finding.params["task"] == task


def test_a_chain_cut_and_made_consistent_without_the_key_is_found_by_its_seal(company: Any, instance: str) -> None:
    third = company.rows(t.history, stream=instance, seq=3)[0]
    i = t.process_instance
    company.tamper(sa.delete(t.history).where(link(instance, 4)),
                   sa.update(i).where(i.c.id == instance).values(history_count=3, history_head=third.leaf))
    assert any("seal" in str(f) for f in company.verify())


REMOVALS: list[Callable[[str], list[Any]]] = [
    lambda stream: [sa.delete(t.history).where(H.stream == stream), sa.delete(t.process_instance).where(t.process_instance.c.id == stream)],
    lambda stream: [sa.delete(t.process_instance).where(t.process_instance.c.id == stream)],
]


@pytest.mark.parametrize("remove", REMOVALS, ids=["with its links", "without its links"])
def test_an_instance_that_was_removed_after_a_checkpoint_is_found(company: Any, instance: str, remove: Callable[[str], list[Any]]) -> None:
    company.engine.execute(SetCheckpoint())
    assert not company.verify()
    company.tamper(*remove(instance))
    assert instance in {f.stream for f in company.verify()}


def test_an_edited_checkpoint_is_found(company: Any, instance: str) -> None:
    company.engine.execute(SetCheckpoint())
    company.tamper(sa.update(t.checkpoint).values(at=MONDAY - timedelta(days=1)))
    assert [f.stream for f in company.verify()] == ["checkpoint"]


def test_what_is_recorded_about_people_is_chained_too(company: Any, instance: str) -> None:
    company.tamper(sa.update(t.history).where(H.stream == "organisation", H.kind == "person_created").values(actor="eve"))
    assert {f.stream for f in company.verify()} == {"organisation"}
