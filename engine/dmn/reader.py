"""Reads the XML of DMN 1.1 to 1.5 into the model, or says all that is wrong with its structure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

from engine.dmn.model import Decision, Definitions
from engine.dmn.tables import LogicReader
from engine.errors import N_, DefinitionRefused, Problem

MAX_BYTES = 2 * 1024 * 1024
MAX_DECISIONS = 500
MAX_CHAIN = 50
NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
Element: TypeAlias = "etree._Element"


def parse_dmn(xml: bytes, file: str) -> Definitions:
    """Return the decisions in ``xml``; raise DefinitionRefused when it is no DMN or cannot be executed.

    Nothing outside the file is read: no entities, no doctype, no network; at most 2 MiB.
    """
    if len(xml) > MAX_BYTES:
        raise _refused(file, N_("The file has more than %(limit)s bytes."), limit=MAX_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as fault:
        raise _refused(file, N_("The file is not readable as XML: %(fault)s."), line=fault.lineno or 0,
                       fault=(fault.msg or "").rstrip(".")) from None  # fmt: skip
    except ValueError as fault:
        raise _refused(file, N_("The file is not readable as XML: %(fault)s."), fault=str(fault).rstrip(".")) from None
    return read_definitions(root, file)


def _refused(file: str, template: str, line: int = 0, **params: object) -> DefinitionRefused:
    problem = Problem(template, params, file=file, line=line, rule="dmn-structure")
    return DefinitionRefused(template, problems=(problem,), **params)


def read_definitions(root: Element, file: str) -> Definitions:
    """Return the decisions in the element tree of a file; raise DefinitionRefused naming every fault of its structure."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused(file, N_("The file has a document type declaration, which is not allowed."))
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise _refused(file, N_("The file is not DMN 1.1 to 1.5: its root is %(found)s."), line=root.sourceline or 0,
                       found=root.tag)  # fmt: skip
    return _Reader(root, file).definitions()


class _Reader:
    """Collects the elements by id, builds the decisions from the bottom up, and keeps a list of what is wrong."""

    def __init__(self, root: Element, file: str) -> None:
        self.root = root
        self.file = file
        self.problems: list[Problem] = []
        self.namespace = etree.QName(root).namespace or ""
        self.elements: dict[str, Element] = {}
        self.decisions: dict[str, Decision] = {}
        self.lengths: dict[str, int] = {}
        self.logic = LogicReader(self.namespace, root.get("expressionLanguage") or "", self.report)

    def report(self, element: Element, template: str, **params: object) -> None:
        """Note that ``element`` is wrong; the nearest id around it says where."""
        holder: Element | None = element
        while holder is not None and not holder.get("id"):
            holder = holder.getparent()
        self.problems.append(
            Problem(
                template,
                params,
                file=self.file,
                element="" if holder is None else holder.get("id") or "",
                line=element.sourceline or 0,
                rule="dmn-structure",
            )  # fmt: skip
        )

    def definitions(self) -> Definitions:
        self._refuse_unsupported()
        self._index()
        found = [element for element in self._children(self.root, "decision") if element.get("id")]
        if not found and not self.problems:
            self.report(self.root, N_("The file has no decision."))
        if len(found) > MAX_DECISIONS:
            self.report(self.root, N_("The file has more than %(limit)s decisions."), limit=MAX_DECISIONS)
            found = []
        for element in found:
            self._decision(element, ())
        if self.problems:
            raise DefinitionRefused(
                N_("%(file)s cannot be executed as DMN: %(first)s"),
                problems=self.problems,
                file=self.file,
                first=str(self.problems[0]),
            )
        return Definitions(self.file, self.root.get("id") or "", self.root.get("name") or "", self.decisions)

    def _children(self, parent: Element, *names: str) -> Iterator[Element]:
        yield from parent.iterchildren(*(f"{{{self.namespace}}}{name}" for name in names))

    def _refuse_unsupported(self) -> None:
        for element in self._children(self.root, "businessKnowledgeModel"):
            self.report(element, N_("Business knowledge models are not supported; write the logic into the decision."))
        for element in self._children(self.root, "import"):
            self.report(element, N_("Importing another file is not supported; keep what belongs together in one file."))
        for element in self._children(self.root, "decisionService"):
            self.report(element, N_("Decision services are not supported; call the decision itself."))

    def _index(self) -> None:
        for element in self._children(self.root, "decision", "inputData"):
            key = element.get("id")
            if not key:
                self.report(element, N_("The %(tag)s '%(name)s' has no id."), tag=etree.QName(element).localname,
                            name=element.get("name") or "")  # fmt: skip
            elif key in self.elements:
                self.report(element, N_("The id %(id)s is used twice."), id=key)
            else:
                self.elements[key] = element

    def _decision(self, element: Element, above: tuple[str, ...]) -> Decision | None:
        key = element.get("id") or ""
        if key in self.decisions:
            return self.decisions[key]
        if key in above:
            self.report(element, N_("The decision %(id)s needs its own result: %(way)s."), id=key,
                        way=" → ".join((*above[above.index(key) :], key)))  # fmt: skip
            return None
        if len(above) >= MAX_CHAIN:
            self._too_long(element)
            return None
        needs, data = self._requirements(element, (*above, key))
        self.lengths[key] = 1 + max((self.lengths[needed.id] for needed in needs), default=0)
        if self.lengths[key] > MAX_CHAIN:
            self._too_long(element)
            return None
        logic = self.logic.read(element)
        if logic is None:
            return None
        decision = Decision(
            id=key,
            name=element.get("name") or key,
            variable=self._variable(element),
            line=element.sourceline or 0,
            logic=logic,
            needs=tuple(needs),
            data=tuple(data),
        )
        self.decisions[key] = decision
        return decision

    def _too_long(self, element: Element) -> None:
        self.report(element, N_("More than %(limit)s decisions need each other in a row."), limit=MAX_CHAIN)

    def _variable(self, element: Element) -> str:
        for variable in self._children(element, "variable"):
            if variable.get("name"):
                return variable.get("name") or ""
        return element.get("name") or element.get("id") or ""

    def _requirements(self, element: Element, way: tuple[str, ...]) -> tuple[list[Decision], list[str]]:
        needs: list[Decision] = []
        data: list[str] = []
        for requirement in self._children(element, "informationRequirement"):
            for reference in self._children(requirement, "requiredDecision", "requiredInput"):
                wanted = "decision" if etree.QName(reference).localname == "requiredDecision" else "inputData"
                target = self._target(reference, wanted)
                if target is None:
                    continue
                if wanted == "inputData":
                    data.append(self._variable(target))
                    continue
                needed = self._decision(target, way)
                needs += [needed] if needed else []
        for requirement in self._children(element, "knowledgeRequirement"):
            self.report(
                requirement, N_("Business knowledge models are not supported; write the logic into the decision.")
            )
        return needs, data

    def _target(self, reference: Element, wanted: str) -> Element | None:
        link = reference.get("href") or ""
        if not link.startswith("#"):
            self.report(reference, N_("'%(link)s' leads out of this file; only '#id' is supported."), link=link)
            return None
        target = self.elements.get(link[1:])
        if target is None or etree.QName(target).localname != wanted:
            self.report(reference, N_("There is no %(wanted)s with the id %(id)s."), wanted=wanted, id=link[1:])
            return None
        return target
