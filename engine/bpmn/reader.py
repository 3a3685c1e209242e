"""From BPMN 2.0 XML to :mod:`engine.bpmn.model`; everything that can't be represented there is a problem, never dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.bpmn.model import (
    ACTIVITIES,
    EVENTS,
    GATEWAYS,
    EventDefinition,
    Flow,
    Lane,
    Loop,
    Mapping_,
    Node,
    Number,
    Outcome,
    Process,
    Reminder,
)
from engine.bpmn.xml import read_xml
from engine.errors import N_, Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
GC = "urn:guicheng:bpmn:1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
B = f"{{{BPMN}}}"
C = f"{{{CAMUNDA}}}"
G = f"{{{GC}}}"

SILENT = frozenset({"documentation", "extensionElements", "incoming", "outgoing", "laneSet", "textAnnotation", "association", "group",
                    "dataObject", "dataObjectReference", "dataStoreReference", "sequenceFlow", "auditing", "monitoring",
                    "category", "supports"})
"""Children of a process that are drawing or that are read elsewhere."""

REFUSED = {
    "task": N_("An abstract task doesn't say what is done: make it a user task, script task, business rule task …"),
    "complexGateway": N_("A complex gateway cannot be run; use an inclusive gateway or a completion condition."),
    "adHocSubProcess": N_("An ad hoc subprocess cannot be run."),
    "transaction": N_("A transaction needs compensation, which cannot be run; use a subprocess with an error event."),
    "subChoreography": N_("Choreographies cannot be run."),
    "callChoreography": N_("Choreographies cannot be run."),
    "choreographyTask": N_("Choreographies cannot be run."),
    "implicitThrowEvent": N_("An implicit throw event cannot be run."),
}
DEFINITIONS = {"timerEventDefinition": "timer", "messageEventDefinition": "message", "signalEventDefinition": "signal",
               "errorEventDefinition": "error", "escalationEventDefinition": "escalation",
               "conditionalEventDefinition": "conditional", "linkEventDefinition": "link",
               "terminateEventDefinition": "terminate"}


@dataclass
class Reading:
    """The file being read: what has been found so far, and what is wrong with it."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    names: dict[str, dict[str, str]] = field(default_factory=dict)  # kind -> id -> name or code
    texts: list[str] = field(default_factory=list)

    def refuse(self, template: str, element: Any, rule: str, **params: object) -> None:
        """Note a problem at ``element``."""
        self.problems.append(Problem(template, params, file=self.file, element=element.get("id") or _tag(element),
                                     line=element.sourceline or 0, rule=rule))


def read(content: bytes, file: str) -> tuple[list[Process], list[Problem]]:
    """Return the executable processes of a BPMN file and what is wrong with them.

    Raises DefinitionRefused when the file is no XML at all (see :func:`engine.bpmn.xml.read_xml`).
    """
    root = read_xml(content, file)
    reading = Reading(file)
    if root.tag != f"{B}definitions":
        reading.refuse(N_("The root element is <%(tag)s>; BPMN 2.0 <definitions> was expected."), root, "bpmn", tag=_tag(root))
        return [], reading.problems
    _check_ids(root, reading)
    for imported in root.iter(f"{B}import"):
        reading.refuse(N_("Imports of other files are not followed."), imported, "import")
    for kind, code in (("message", "name"), ("signal", "name"), ("error", "errorCode"), ("escalation", "escalationCode")):
        reading.names[kind] = {e.get("id", ""): e.get(code) or e.get("name") or "" for e in root.findall(f"{B}{kind}")}
    pools = {p.get("processRef"): p.get("name", "") for p in root.iter(f"{B}participant") if p.get("processRef")}
    reading.texts += [name for name in pools.values() if name]
    processes = [_process(element, reading) for element in root.findall(f"{B}process")
                 if element.get("isExecutable") == "true"]
    if not processes:
        reading.refuse(N_("No process is marked as executable (isExecutable=\"true\")."), root, "executable")
    for process in root.findall(f"{B}process"):
        if process.get("isExecutable") != "true" and any(_tag(c) in ACTIVITIES for c in process):
            reading.refuse(N_("The process is drawn but not executable; set isExecutable=\"true\" or draw an empty pool."),
                           process, "executable")
    return processes, reading.problems


def _check_ids(root: etree._Element, reading: Reading) -> None:
    seen: set[str] = set()
    number = 0
    for element in root.iter(etree.Element):
        if not isinstance(element.tag, str) or not element.tag.startswith(B):
            continue
        identifier = element.get("id")
        if identifier is None and _tag(element) in ACTIVITIES | GATEWAYS | EVENTS | {"sequenceFlow", "process", "lane"}:
            number += 1  # ids are optional in the standard
            element.set("id", f"{_tag(element)}-{number}")
        elif identifier is not None and identifier in seen:
            reading.refuse(N_("The id %(id)s is used twice."), element, "unique-id", id=identifier)
        if identifier:
            seen.add(identifier)


def _process(element: etree._Element, reading: Reading) -> Process:
    lanes: dict[str, Lane] = {}
    lane_of: dict[str, str] = {}
    for lane_set in element.findall(f"{B}laneSet"):
        _lanes(lane_set, "", lanes, lane_of, reading)
    flows = {e.get("id", ""): _flow(e, reading) for e in element.iter(f"{B}sequenceFlow")}
    nodes: dict[str, Node] = {}
    _scope(element, "", "", nodes, flows, lane_of, reading)
    _check_flows(element, nodes, flows, reading)
    texts = [element.get("name", ""), *(lane.name for lane in lanes.values()), *(n.name for n in nodes.values()),
             *(n.documentation for n in nodes.values()), *(o.label for n in nodes.values() for o in n.outcomes),
             *(f.name for f in flows.values()), _documentation(element), *reading.texts,
             *(" ".join((t.text or "").split()) for t in element.iter(f"{B}text"))]
    return Process(id=element.get("id", ""), name=element.get("name", "") or element.get("id", ""), file=reading.file,
                   nodes=nodes, flows=flows, lanes=lanes, attributes=_attributes(element),
                   documentation=_documentation(element), line=element.sourceline or 0,
                   texts=tuple(dict.fromkeys(t for t in texts if t)))


def _lanes(lane_set: etree._Element, parent: str, lanes: dict[str, Lane], lane_of: dict[str, str], reading: Reading) -> None:
    for element in lane_set.findall(f"{B}lane"):
        name = (element.get("name") or "").strip()
        identifier = element.get("id", "")
        lanes[identifier] = Lane(identifier, name, element.get(f"{G}role") or name, parent, element.sourceline or 0)
        for reference in element.findall(f"{B}flowNodeRef"):
            lane_of[(reference.text or "").strip()] = identifier
        for child in element.findall(f"{B}childLaneSet"):
            _lanes(child, identifier, lanes, lane_of, reading)


def _flow(element: etree._Element, reading: Reading) -> Flow:
    condition = element.find(f"{B}conditionExpression")
    text = None
    if condition is not None:
        text = _feel(condition.text)
        _check_language(condition, reading)
        if not text:
            reading.refuse(N_("The condition of the flow is empty."), element, "condition")
    return Flow(element.get("id", ""), element.get("sourceRef", ""), element.get("targetRef", ""), text,
                (element.get("name") or "").strip(), element.sourceline or 0)


def _check_language(element: etree._Element, reading: Reading) -> None:
    language = (element.get("language") or element.get("scriptFormat") or "feel").lower()
    if "feel" not in language:
        reading.refuse(N_("The language %(language)s is not run here; write FEEL."), element, "language", language=language)


def _scope(parent: etree._Element, scope: str, lane: str, nodes: dict[str, Node], flows: dict[str, Flow],
           lane_of: dict[str, str], reading: Reading) -> None:
    for element in parent:
        tag = _tag(element)
        if not element.tag.startswith(B):
            continue
        if tag in REFUSED:
            reading.refuse(REFUSED[tag], element, "element")
        elif tag in ACTIVITIES | GATEWAYS | EVENTS:
            node = _node(element, tag, scope, lane_of.get(element.get("id", ""), lane), flows, reading)
            nodes[node.id] = node
            if tag == "subProcess":
                _scope(element, node.id, node.lane, nodes, flows, lane_of, reading)
        elif tag not in SILENT and not (tag in LOOPS or tag in DEFINITIONS or tag in PARTS):
            reading.refuse(N_("The element <%(tag)s> cannot be run."), element, "element", tag=tag)


LOOPS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})
PARTS = frozenset({"dataInputAssociation", "dataOutputAssociation", "script", "ioSpecification", "property"})


def _node(element: etree._Element, tag: str, scope: str, lane: str, flows: dict[str, Flow], reading: Reading) -> Node:
    identifier = element.get("id", "")
    _check_attributes(element, tag, reading)
    extension = element.find(f"{B}extensionElements")
    return Node(
        id=identifier, kind=tag, name=" ".join((element.get("name") or "").split()), documentation=_documentation(element),
        scope=scope, line=element.sourceline or 0,
        incoming=tuple(f.id for f in flows.values() if f.target == identifier),
        outgoing=tuple(f.id for f in flows.values() if f.source == identifier),
        default=element.get("default") or "", lane=lane,
        event=_event(element, tag, reading) if tag in EVENTS or tag in {"sendTask", "receiveTask"} else None,
        interrupting=(element.get("cancelActivity") or element.get("isInterrupting") or "true") != "false",
        attached_to=element.get("attachedToRef") or "", by_event=element.get("triggeredByEvent") == "true",
        loop=_loop(element, reading), called=element.get("calledElement") or "", attributes=_attributes(element),
        outcomes=_outcomes(extension), reminders=_reminders(extension), number=_number(extension),
        script=_script(element, tag, reading), inputs=_mappings(extension, "in"), outputs=_mappings(extension, "out"))


def _check_attributes(element: etree._Element, tag: str, reading: Reading) -> None:
    for name in ("startQuantity", "completionQuantity"):
        if (element.get(name) or "1").strip() != "1":
            reading.refuse(N_("%(name)s other than 1 cannot be run."), element, "quantity", name=name)
    if element.get("isForCompensation") == "true":
        reading.refuse(N_("Compensation cannot be run."), element, "compensation")
    if element.get("instantiate") == "true":
        reading.refuse(N_("A task that starts an instance cannot be run; use a start event with a message."), element, "instantiate")
    if element.get("parallelMultiple") == "true":
        reading.refuse(N_("An event that waits for several events at once cannot be run."), element, "multiple-events")
    if tag == "eventBasedGateway" and (element.get("eventGatewayType") or "Exclusive") != "Exclusive":
        reading.refuse(N_("A parallel event-based gateway cannot be run."), element, "event-gateway")
    _check_extensions(element, reading)
    for association in (*element.findall(f"{B}dataInputAssociation"), *element.findall(f"{B}dataOutputAssociation")):
        if association.find(f"{B}assignment") is not None or association.find(f"{B}transformation") is not None:
            reading.refuse(N_("Data associations with assignments are not run; write a script task."), element, "data")
    specification = element.find(f"{B}ioSpecification")
    if specification is not None and any(_tag(e) in {"inputSet", "outputSet"} and len(e) for e in specification):
        drawn = {(_t.text or "").strip() for a in element if _tag(a).startswith("data") for _t in a}
        declared = {e.get("id") for e in specification if _tag(e) in {"dataInput", "dataOutput"}}
        if not declared <= drawn:
            reading.refuse(N_("Data inputs and outputs are not enforced here; remove the ioSpecification."), element, "data")


FOREIGN = frozenset({"class", "delegateExpression", "expression", "variableMappingClass", "variableMappingDelegateExpression",
                     "resource", "formHandlerClass"})
"""Camunda attributes that would run Java here."""
KNOWN_EXTENSIONS = frozenset({f"{C}in", f"{C}out", f"{C}inputOutput", f"{C}properties", f"{G}outcome", f"{G}remind", f"{G}number"})


def _check_extensions(element: etree._Element, reading: Reading) -> None:
    for name in FOREIGN:
        if element.get(C + name) is not None:
            reading.refuse(N_("camunda:%(name)s would run Java; here scripts are FEEL and services are connectors (camunda:topic)."),
                           element, "foreign", name=name)
    extension = element.find(f"{B}extensionElements")
    for child in extension if extension is not None else ():
        namespace = etree.QName(child).namespace or ""
        if child.tag not in KNOWN_EXTENSIONS and ("camunda" in namespace or "zeebe" in namespace or namespace == GC
                                                   or "flowable" in namespace or "activiti" in namespace or "spiff" in namespace):
            reading.refuse(N_("The extension <%(tag)s> is not run here."), element, "foreign", tag=_tag(child))
        for output in child.iter(f"{C}outputParameter", f"{C}script"):
            reading.refuse(N_("The extension <%(tag)s> is not run here."), element, "foreign", tag=_tag(output))


def _event(element: etree._Element, tag: str, reading: Reading) -> EventDefinition | None:
    if tag in {"sendTask", "receiveTask"}:
        return EventDefinition("message", _reference(element, "message", "messageRef", reading))
    if element.find(f"{B}eventDefinitionRef") is not None:
        reading.refuse(N_("A reference to a shared event definition cannot be run; define the event here."), element, "event")
    found = [e for e in element if _tag(e).endswith("EventDefinition")]
    if len(found) > 1:
        reading.refuse(N_("An event with several definitions cannot be run."), element, "multiple-events")
    if not found:
        return None
    definition = found[0]
    kind = DEFINITIONS.get(_tag(definition))
    if kind is None:
        reading.refuse(N_("%(tag)s cannot be run."), element, "event", tag=_tag(definition))
        return None
    return _definition(element, definition, kind, reading)


def _definition(element: etree._Element, definition: etree._Element, kind: str, reading: Reading) -> EventDefinition:
    if kind == "timer":
        parts = [e for e in definition if _tag(e) in {"timeDuration", "timeDate", "timeCycle"}]
        if len(parts) != 1 or not _feel(parts[0].text):
            reading.refuse(N_("A timer needs exactly one of timeDuration, timeDate or timeCycle, with a value."), element, "timer")
            return EventDefinition(kind, timer="duration", text="PT0S")
        return EventDefinition(kind, text=_feel(parts[0].text), timer=_tag(parts[0])[4:].lower())
    if kind == "conditional":
        condition = definition.find(f"{B}condition")
        if condition is None or not _feel(condition.text):
            reading.refuse(N_("A conditional event needs a condition."), element, "condition")
            return EventDefinition(kind, text="false")
        return EventDefinition(kind, text=_feel(condition.text))
    if kind == "link":
        if not definition.get("name"):
            reading.refuse(N_("A link event needs a name."), element, "link")
        return EventDefinition(kind, definition.get("name") or "")
    if kind == "terminate":
        return EventDefinition(kind)
    return EventDefinition(kind, _reference(definition, kind, f"{kind}Ref", reading, at=element))


def _reference(holder: etree._Element, kind: str, attribute: str, reading: Reading, at: Any = None) -> str:
    element = holder if at is None else at
    reference = (holder.get(attribute) or "").split(":")[-1]
    if not reference:
        if kind in {"error", "escalation"} and _tag(element) in {"boundaryEvent", "startEvent"}:
            return ""  # catches all
        reading.refuse(N_("The event names no %(kind)s (%(attribute)s is missing)."), element, "reference", kind=kind,
                       attribute=attribute)
        return ""
    name = reading.names[kind].get(reference)
    if name is None:
        reading.refuse(N_("The %(kind)s %(reference)s does not exist in this file."), element, "reference", kind=kind,
                       reference=reference)
    elif not name:
        reading.refuse(N_("The %(kind)s %(reference)s has no name or code."), element, "reference", kind=kind,
                       reference=reference)
    return name or ""


def _loop(element: etree._Element, reading: Reading) -> Loop | None:
    standard = element.find(f"{B}standardLoopCharacteristics")
    multiple = element.find(f"{B}multiInstanceLoopCharacteristics")
    if standard is not None:
        maximum = standard.get("loopMaximum") or "0"
        condition = _feel(standard.findtext(f"{B}loopCondition"))
        if not maximum.isdigit() or (standard.get("loopMaximum") and int(maximum) < 1):
            reading.refuse(N_("loopMaximum must be a whole number from 1."), element, "loop")
            maximum = "1"
        if not condition and maximum == "0":
            reading.refuse(N_("A loop needs a condition or a maximum."), element, "loop")
        return Loop("standard", condition=condition, test_before=standard.get("testBefore") == "true", maximum=int(maximum))
    if multiple is None:
        return None
    return _multi_instance(element, multiple, reading)


def _multi_instance(element: etree._Element, multiple: etree._Element, reading: Reading) -> Loop:
    if (multiple.get("behavior") or "All") != "All":
        reading.refuse(N_("Multi-instance behavior other than All cannot be run."), element, "multi-instance")
    for name in ("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem", "complexBehaviorDefinition"):
        if multiple.find(f"{B}{name}") is not None:
            reading.refuse(N_("%(name)s is not read here; use camunda:collection and camunda:elementVariable."), element,
                           "multi-instance", name=name)
    collection = (multiple.get(f"{C}collection") or "").strip()
    cardinality = _feel(multiple.findtext(f"{B}loopCardinality"))
    if bool(collection) == bool(cardinality):
        reading.refuse(N_("A multi-instance activity needs either camunda:collection or a loopCardinality."), element, "multi-instance")
    if bool(multiple.get(f"{G}outputCollection")) != bool(multiple.get(f"{G}outputElement")):
        reading.refuse(N_("gc:outputCollection and gc:outputElement belong together."), element, "multi-instance")
    return Loop("sequential" if multiple.get("isSequential") == "true" else "parallel", collection=_feel(collection),
                element_variable=multiple.get(f"{C}elementVariable") or "", cardinality=cardinality,
                completion=_feel(multiple.findtext(f"{B}completionCondition")),
                output_collection=multiple.get(f"{G}outputCollection") or "",
                output_element=_feel(multiple.get(f"{G}outputElement")))


def _script(element: etree._Element, tag: str, reading: Reading) -> str:
    if tag != "scriptTask":
        return ""
    _check_language(element, reading)
    text = _feel(element.findtext(f"{B}script"))
    if not text:
        reading.refuse(N_("The script task has no script."), element, "script")
    return text


def _outcomes(extension: etree._Element | None) -> tuple[Outcome, ...]:
    if extension is None:
        return ()
    return tuple(Outcome(e.get("id") or "", e.get("label") or e.get("id") or "", e.get("comment") == "required")
                 for e in extension.findall(f"{G}outcome"))


def _reminders(extension: etree._Element | None) -> tuple[Reminder, ...]:
    if extension is None:
        return ()
    return tuple(Reminder(_feel(e.get("after")), (e.get("at") or "").strip()) for e in extension.findall(f"{G}remind"))


def _number(extension: etree._Element | None) -> Number | None:
    element = extension.find(f"{G}number") if extension is not None else None
    return None if element is None else Number(element.get("variable") or "", element.get("pattern") or "")


def _mappings(extension: etree._Element | None, direction: str) -> tuple[Mapping_, ...]:
    if extension is None:
        return ()
    found = [Mapping_("$businessKey" if e.get("businessKey") else e.get("target") or "", (e.get("source") or "").strip(),
                      _feel(e.get("sourceExpression") or e.get("businessKey")) if not e.get("variables") else "$all")
             for e in extension.findall(f"{C}{direction}")]
    if direction == "in":
        found += [Mapping_(e.get("name") or "", expression=_feel(e.text) if (e.text or "").strip().startswith("=")
                           else '"' + (e.text or "").strip().replace("\\", "\\\\").replace('"', '\\"') + '"')
                  for e in extension.iter(f"{C}inputParameter")]
    return tuple(found)


def _check_flows(element: etree._Element, nodes: dict[str, Node], flows: dict[str, Flow], reading: Reading) -> None:
    for flow in flows.values():
        for end in (flow.source, flow.target):
            if end not in nodes:
                reading.problems.append(Problem(
                    N_("The sequence flow ends at %(end)s, which does not exist or cannot be run."), {"end": end},
                    file=reading.file, element=flow.id, line=flow.line, rule="flow"))
    for node in nodes.values():
        if node.attached_to and (node.attached_to not in nodes or nodes[node.attached_to].kind not in ACTIVITIES):
            reading.problems.append(Problem(
                N_("The boundary event is attached to %(host)s, which is no activity."), {"host": node.attached_to},
                file=reading.file, element=node.id, line=node.line, rule="boundary"))
    if not nodes:
        reading.refuse(N_("The process is empty."), element, "empty")


def _attributes(element: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in element.attrib.items():
        if isinstance(name, str) and name.startswith((C, G)):
            found[etree.QName(name).localname] = str(value).strip()
    return found


def _documentation(element: etree._Element) -> str:
    return " ".join((element.findtext(f"{B}documentation") or "").split())


def _feel(text: str | None) -> str:
    """Return the expression without blanks around it and without the leading equals sign of other modelers."""
    return (text or "").strip().removeprefix("=").strip()


def _tag(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
