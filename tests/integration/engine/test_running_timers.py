"""Timers: plain ISO 8601, due exactly now, missed cycles once, and nothing after they were withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from support import MONDAY, Case, line

from engine.execution import FireTimer

S, E = '<startEvent id="s"/>', '<endEvent id="e"/>'


def catching(timer: str) -> str:
    return (S + f'<intermediateCatchEvent id="t"><timerEventDefinition>{timer}</timerEventDefinition></intermediateCatchEvent>' + E
            + line("s", "t", "e"))


def beside(timer: str, *, interrupting: bool = False) -> str:
    return (S + '<userTask id="a"/><userTask id="r"/>' + E + line("s", "a", "e")
            + f'<boundaryEvent id="t" attachedToRef="a" cancelActivity="{str(interrupting).lower()}"><timerEventDefinition>{timer}'
            '</timerEventDefinition></boundaryEvent>' + line("t", "r"))


def due(case: Case) -> datetime:
    return datetime.fromisoformat(next(r[4]["due"] for r in case.state.rows if r[2] == "t"))


@pytest.mark.parametrize(("timer", "after"), [
    ("<timeDuration>PT5M</timeDuration>", timedelta(minutes=5)), ("<timeDuration> PT24H </timeDuration>", timedelta(days=1)),
    ('<timeDuration>duration("PT5M")</timeDuration>', timedelta(minutes=5)),
    ("<timeDate>2026-03-02T10:00:00+08:00</timeDate>", timedelta(hours=1)),
    ("<timeDuration>working_days(1)</timeDuration>", None)])
def test_a_timer_is_planned_from_the_time_of_the_command(timer: str, after: timedelta | None) -> None:
    case = Case(catching(timer))
    assert not case.incidents
    assert due(case) == MONDAY + after if after is not None else MONDAY < due(case) < MONDAY + timedelta(days=2)


def test_a_timer_that_is_due_exactly_now_fires() -> None:
    case = Case(catching("<timeDuration>PT5M</timeDuration>"))
    case.fire("t")
    assert case.state.finished == "completed"


def test_a_negative_duration_is_never_taken_for_a_positive_one() -> None:
    case = Case(catching("<timeDuration>-PT5M</timeDuration>"))
    assert case.incidents or due(case) <= MONDAY


def test_a_cycle_fires_each_time_and_ends_after_its_count() -> None:
    case = Case(beside("<timeCycle>R3/PT1H</timeCycle>"))
    for _ in range(3):
        case.fire("t")
    assert case.open == ["a", "r", "r", "r"]
    assert not [r for r in case.state.rows if r[2] == "t"]


def test_missed_cycles_fire_once_and_say_how_many_were_missed() -> None:
    case = Case(beside("<timeCycle>R/PT1H</timeCycle>"))
    events = case.fire("t", late=timedelta(hours=5, minutes=30))
    assert case.open == ["a", "r"]
    assert [e.data.get("missed") for e in events if e.kind == "timer_fired"] == [5]
    assert due(case) == MONDAY + timedelta(hours=7)


def test_a_timer_of_a_task_that_is_done_has_no_effect() -> None:
    case = Case(beside("<timeDuration>PT1H</timeDuration>", interrupting=True))
    token, at = next((r[0], r[4]["due"]) for r in case.state.rows if r[2] == "t")
    case.complete("a")
    assert case.kinds("t")[-1] == "timer_withdrawn" and case.state.finished == "completed"
    assert not case.do(FireTimer(token, at))


def test_an_interrupting_timer_takes_the_task_away() -> None:
    case = Case(beside("<timeDuration>PT1H</timeDuration>", interrupting=True))
    case.fire("t")
    assert case.open == ["r"] and case.kinds("a")[-1] == "task_withdrawn"


def test_the_first_event_of_a_race_ends_the_others_even_with_several_timers() -> None:
    def catch(name: str, time: str) -> str:
        return (f'<intermediateCatchEvent id="{name}"><timerEventDefinition><timeDuration>{time}</timeDuration></timerEventDefinition>'
                f'</intermediateCatchEvent><userTask id="after_{name}"/>' + line("g", name, f"after_{name}"))
    case = Case(S + '<eventBasedGateway id="g"/>' + line("s", "g") + catch("x", "PT2H") + catch("y", "PT1H"))
    case.fire("y")
    assert case.open == ["after_y"] and len(case.state.rows) == 2


def test_a_cycle_whose_whole_count_was_missed_fires_once_and_is_over() -> None:
    case = Case(beside("<timeCycle>R3/PT1H</timeCycle>"))
    events = case.fire("t", late=timedelta(hours=50))
    assert case.open == ["a", "r"] and not [r for r in case.state.rows if r[2] == "t"]
    assert [e.data.get("missed") for e in events if e.kind == "timer_fired"] == [2]


def test_missed_months_keep_the_day_of_the_month() -> None:
    case = Case(beside("<timeCycle>R/P1M</timeCycle>"))
    events = case.fire("t", late=timedelta(days=100))
    assert [e.data.get("missed") for e in events if e.kind == "timer_fired"] == [3]
    assert due(case) == MONDAY.replace(month=8)


@pytest.mark.parametrize("cycle", ["R/PT0S", "R0/PT1H", "R3/-PT1H"])
def test_a_cycle_that_cannot_go_on_is_an_incident(cycle: str) -> None:
    case = Case(beside(f"<timeCycle>{cycle}</timeCycle>"))
    assert [i.element for i in case.incidents] == ["t"] and case.open == ["a"]
