"""Messages between instances: each is received once, and none is lost."""

from __future__ import annotations

from conftest import Company
from support import line

from engine.execution import load_state
from engine.store import schema as t

TWICE = ('<startEvent id="s"/><receiveTask id="r1" messageRef="ms" gc:correlationKey="=&quot;k&quot;" gc:resultVariable="first"/>'
         '<receiveTask id="r2" messageRef="ms" gc:correlationKey="=&quot;k&quot;" gc:resultVariable="second"/>'
         '<userTask id="u" camunda:assignee="ann"/><endEvent id="e"/>' + line("s", "r1", "r2", "u", "e"))
SENDER = ('<startEvent id="s"/><parallelGateway id="g"/>'
          '<sendTask id="a" messageRef="ms" gc:correlationKey="=&quot;k&quot;" gc:payload="=1"/>'
          '<sendTask id="b" messageRef="ms" gc:correlationKey="=&quot;k&quot;" gc:payload="=2"/>'
          '<endEvent id="e"/>' + line("s", "g", "a", "e") + line("g", "b", "e"))


def test_two_messages_of_one_step_reach_one_receiver_one_after_the_other(company: Company) -> None:
    report = company.deploy(twice=TWICE, sender=SENDER)
    assert not report.refused, {k: [str(p) for p in v] for k, v in report.refused.items()}
    company.hire("ann", "employee")
    receiver = company.start("twice", "ann")
    company.start("sender", "ann")
    (row,) = company.rows(t.process_instance, id=receiver)
    variables = load_state(row.snapshot).variables
    assert sorted([variables["first"], variables["second"]]) == [1, 2]
    assert not company.rows(t.message)
