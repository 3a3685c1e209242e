"""Check and deploy diagrams with their forms, tables, registers, documents and texts, content-addressed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import sqlalchemy as sa

from engine import dmn, forms, registers
from engine.bpmn import timing
from engine.bpmn.lint import Around, check
from engine.bpmn.model import Process
from engine.bpmn.reader import read
from engine.connectors import CONNECTORS
from engine.definition import fingerprint, load_json
from engine.domain.calendar import Calendar
from engine.errors import N_, CallerError, DefinitionRefused, ExpressionError, InvalidInput, Problem
from engine.feel import compile_expression
from engine.process_engine import Work
from engine.store import repository
from engine.store import schema as t

MAX_FILES = 2_000
MAX_FILE = 2 * 1024 * 1024


@dataclass
class DeploymentReport:
    """What a deployment did: process keys deployed and unchanged, what was refused by file, and warnings."""

    deployed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: dict[str, list[Problem]] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)


@dataclass
class _Candidate:
    """A process of the folder with the files that belong to it."""

    process: Process
    main: str
    bundle: dict[str, bytes]
    problems: list[Problem] = field(default_factory=list)


def read_folder(processes: Path, forms_folder: Path) -> dict[str, bytes]:
    """Return the files to deploy by path (``processes/…``, ``forms/…``)."""
    found: dict[str, bytes] = {}
    for root, name in ((processes, "processes"), (forms_folder, "forms")):
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.name.startswith(".") and path.suffix in {".bpmn", ".dmn", ".json"}:
                size = path.stat().st_size
                key = f"{name}/{path.relative_to(root).as_posix()}"
                found[key] = path.read_bytes() if size <= MAX_FILE else b"\0" * (MAX_FILE + 1)
    return found


class Check:
    """All diagrams of a folder, checked against what is there; ``roles`` are ids and names of known roles."""

    def __init__(self, files: Mapping[str, bytes], roles: set[str], deployed: set[str]) -> None:
        self.files = files
        self.refused: dict[str, list[Problem]] = {}
        self.warnings: list[Problem] = []
        self.roles = roles
        self.forms = self._forms()
        self.candidates = self._candidates()
        keys = [c.process.id for c in self.candidates]
        for candidate in self.candidates:
            if keys.count(candidate.process.id) > 1:
                candidate.problems.append(Problem(N_("The process id %(id)s is used in several files."), {"id": candidate.process.id},
                                                  file=candidate.main, element=candidate.process.id, rule="unique-id"))
            self._check(candidate, set(keys) | deployed)
        self._drop_those_that_call_refused_ones(deployed)

    def _read(self, path: str, action: Any) -> Any:
        try:
            if len(self.files[path]) > MAX_FILE:
                raise InvalidInput(N_("%(file)s is too large."), file=path, problems=[
                    Problem(N_("The file is larger than %(limit)d bytes."), {"limit": MAX_FILE}, file=path, rule="readable")])
            return action(self.files[path], path)
        except CallerError as error:
            self.refused.setdefault(path, []).extend(error.problems or [Problem(error.template, dict(error.params), file=path)])
        except ExpressionError as error:
            self.refused.setdefault(path, []).append(Problem(error.template, dict(error.params), file=path, rule="expression"))
        return None

    def _forms(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in self.files:
            if path.startswith("forms/") and path.endswith(".json"):
                schema = self._read(path, load_json)
                if path in self.refused:
                    continue
                problems = forms.check_schema(schema, path)
                if problems:
                    self.refused[path] = list(problems)
                else:
                    found[path.removeprefix("forms/").removesuffix(".json")] = schema
        return found

    def _candidates(self) -> list[_Candidate]:
        found: list[_Candidate] = []
        for path in self.files:
            if not path.endswith(".bpmn"):
                continue
            result = self._read(path, read)
            if result is None:
                continue
            processes, problems = result
            if problems:
                self.refused[path] = problems
            found += [_Candidate(p, path, self._bundle(p, path), list(problems)) for p in processes]
        return found

    def _bundle(self, process: Process, path: str) -> dict[str, bytes]:
        folder = PurePosixPath(path).parent
        bundle = {path: self.files[path]}
        for other, content in self.files.items():
            if PurePosixPath(other).parent != folder or other.endswith((".bpmn", ".story.json")) or folder.name == "processes":
                continue
            if other.endswith((".register.json", ".document.json")) and _owner(other, self.files) != PurePosixPath(path).stem:
                continue
            bundle[other] = content
        for node in process.nodes.values():
            form = f"forms/{node.get('formKey')}.json"
            if node.get("formKey") and form in self.files:
                bundle[form] = self.files[form]
        return bundle

    def _check(self, candidate: _Candidate, processes: set[str]) -> None:
        decisions: set[str] = set()
        for path in candidate.bundle:
            if path.endswith(".dmn"):
                found = self._read(path, dmn.parse_dmn) if path not in self.refused else None
                if found is not None:
                    decisions |= set(found.decisions)
                    self.warnings += [p for p in dmn.problems(found) if p not in self.warnings]
            elif path.endswith(".register.json"):
                self._read(path, lambda c, p: registers.parse(load_json(c, p), p)) if path not in self.refused else None
            elif path.endswith(".document.json"):
                self._read(path, lambda c, p: registers.parse_document(load_json(c, p), p)) if path not in self.refused else None
            elif path.endswith(".en.json") and path not in self.refused:
                self._texts(path)
        around = Around(self.roles, self.forms, decisions, processes, set(CONNECTORS))
        if not candidate.problems:
            candidate.problems += check(candidate.process, around)
        wrong = [p for path in candidate.bundle if path != candidate.main for p in self.refused.get(path, ())]
        if wrong and not candidate.problems:
            candidate.problems.append(Problem(N_("It uses %(files)s, which cannot be deployed."), {
                "files": ", ".join(sorted({p.file for p in wrong}))}, file=candidate.main, element=candidate.process.id, rule="parts"))
        if candidate.problems:
            known = self.refused.setdefault(candidate.main, [])
            known += [p for p in candidate.problems if p not in known]

    def _texts(self, path: str) -> None:
        content = self._read(path, load_json)
        if path not in self.refused and not (isinstance(content, dict) and all(isinstance(v, str) for v in content.values())):
            self.refused[path] = [Problem(N_("Texts are an object of Chinese text to English text."), file=path, rule="texts")]

    def _drop_those_that_call_refused_ones(self, deployed: set[str]) -> None:
        changed = True
        while changed:
            changed = False
            good = {c.process.id for c in self.candidates if not c.problems} | deployed
            for candidate in self.candidates:
                for node in candidate.process.nodes.values():
                    if not candidate.problems and node.kind == "callActivity" and not node.called.startswith("=") and node.called not in good:
                        problem = Problem(N_("It calls %(id)s, which cannot be deployed."), {"id": node.called}, file=candidate.main,
                                          element=node.id, line=node.line, rule="call")
                        candidate.problems.append(problem)
                        self.refused.setdefault(candidate.main, []).append(problem)
                        changed = True


def _owner(path: str, files: Mapping[str, bytes]) -> str:
    """Return the stem of the diagram that a register or document belongs to: the one that it is named after, else the folder's."""
    place = PurePosixPath(path)
    first = place.name.split(".")[0]
    return first if str(place.parent / f"{first}.bpmn") in files else place.parent.name


def check_folder(files: Mapping[str, bytes]) -> Check:
    """Check a folder by itself, with the roles of its ``processes/roles.json``; nothing is deployed."""
    roles, problems = _roles(files)
    found = Check(files, {r["id"] for r in roles} | {r["name"] for r in roles}, set())
    if problems:
        found.refused["processes/roles.json"] = problems
    return found


def _roles(files: Mapping[str, bytes]) -> tuple[list[dict[str, Any]], list[Problem]]:
    content = files.get("processes/roles.json")
    if content is None:
        return [], []
    try:
        listed = load_json(content, "processes/roles.json")
    except DefinitionRefused as error:
        return [], list(error.problems)
    listed = listed.get("roles") if isinstance(listed, dict) else listed
    if not isinstance(listed, list) or not all(isinstance(r, dict) and isinstance(r.get("id"), str) and isinstance(r.get("name"), str)
                                               for r in listed):
        return [], [Problem(N_("A list of roles with id and name was expected."), file="processes/roles.json", rule="roles")]
    return listed, []


@dataclass(frozen=True)
class Deploy:
    """Deploy files by path; what is right is deployed, what is wrong is refused with reasons, nothing is half done."""

    files: Mapping[str, bytes]
    note: str = ""

    def run(self, work: Work) -> DeploymentReport:
        """Check all, and make a new version of each process whose files changed."""
        if len(self.files) > MAX_FILES:
            raise InvalidInput(N_("At most %(limit)d files can be deployed at once."), limit=MAX_FILES)
        report = DeploymentReport()
        roles, problems = _roles(self.files)
        if problems:
            report.refused["processes/roles.json"] = problems
        for role in roles:
            self._role(work, role)
        known = repository.role_ids(work.connection)
        deployed = {row.process_key: row.id for row in repository.current_versions(work.connection)}
        found = Check(self.files, set(known), set(deployed))
        report.refused |= found.refused
        report.warnings = found.warnings
        for candidate in _callers_last([c for c in found.candidates if not c.problems]):
            self._deploy(work, candidate, deployed, report)
        if report.deployed:
            work.record("deployment", "deployed", {"processes": {k: deployed[k] for k in report.deployed}, "note": self.note})
        if report.refused:
            work.record("deployment", "refused", {"files": sorted(report.refused)})
        return report

    def _role(self, work: Work, role: dict[str, Any]) -> None:
        known = work.connection.scalar(sa.select(t.role.c.id).where(t.role.c.id == role["id"]))
        if known is None:
            work.connection.execute(sa.insert(t.role), {
                "id": role["id"], "name": role["name"], "name_en": str(role.get("en", "")), "kind": str(role.get("kind", "regulation")),
                "fallback": [str(r) for r in role.get("fallback", [])]})
            work.record("organisation", "role_created", {"role": role["id"]})

    def _deploy(self, work: Work, candidate: _Candidate, deployed: dict[str, str], report: DeploymentReport) -> None:
        key = candidate.process.id
        manifest = {path: hashlib.sha256(content).hexdigest() for path, content in candidate.bundle.items()}
        for node in candidate.process.nodes.values():
            if node.kind == "callActivity" and node.called in deployed and node.called != key:
                manifest[f"call:{node.called}"] = deployed[node.called]
        version = fingerprint(manifest, candidate.main)
        if deployed.get(key) == version:
            report.unchanged.append(key)
            return
        if repository.version(work.connection, version) is not None:
            repository.make_current(work.connection, key, version)
        else:
            for path, content in candidate.bundle.items():
                repository.insert_resource(work.connection, manifest[path], content)
            repository.insert_version(
                work.connection, id=version, process_key=key, name=candidate.process.name, manifest=manifest, main=candidate.main,
                deployed_at=work.now, deployed_by=work.actor.person,
                startable=any(n.event is None for n in candidate.process.starts()))
        deployed[key] = version
        report.deployed.append(key)
        _subscribe(work, candidate.process)


def _callers_last(candidates: list[_Candidate]) -> list[_Candidate]:
    """Order so that what is called comes before who calls it (circles in any order)."""
    by_key = {c.process.id: c for c in candidates}
    ordered: dict[str, _Candidate] = {}

    def visit(key: str, way: tuple[str, ...]) -> None:
        if key in ordered or key not in by_key or key in way:
            return
        for node in by_key[key].process.nodes.values():
            if node.kind == "callActivity":
                visit(node.called, (*way, key))
        ordered.setdefault(key, by_key[key])

    for key in sorted(by_key):
        visit(key, ())
    return list(ordered.values())


def _subscribe(work: Work, process: Process) -> None:
    """Let the new version's start events take over: messages, signals and timers."""
    rows = [{"process_key": process.id, "element": n.id, "kind": n.event.kind, "name": n.event.name}
            for n in process.starts() if n.event is not None and n.event.kind in {"message", "signal"}]
    repository.replace_start_subscriptions(work.connection, process.id, rows)
    repository.delete_start_jobs(work.connection, process.id)
    calendar = work.engine.calendar(work.connection)
    for node in process.starts():
        if node.event is not None and node.event.kind == "timer":
            plan = first_start(node.event.text, node.event.timer, work.now, calendar)
            repository.insert_job(work.connection, id=f"start.{process.id}.{node.id}", kind="start", element=f"{process.id}/{node.id}",
                                  due_at=datetime.fromisoformat(plan["due"]), payload=plan, calendar_version=calendar.version)


def first_start(text: str, kind: str, now: datetime, calendar: Calendar) -> dict[str, Any]:
    """Return when a timer start is due first; only what needs no variables can be written there."""
    surroundings = timing.Clock(now, calendar)
    value: Any = text if timing._ISO.match(text) else compile_expression(text).evaluate({}, timing.functions(surroundings),
                                                                                       zone=calendar.zone)
    if kind == "cycle":
        return timing.first_of_cycle(value, now, calendar, "timer")
    return {"due": timing.due(value, now, calendar, "timer").astimezone(UTC).isoformat()}
