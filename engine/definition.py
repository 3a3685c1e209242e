"""A deployed version of a procedure, parsed and ready to run: diagram, forms, tables, registers, documents, texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from engine import dmn, registers
from engine.bpmn.model import Process
from engine.bpmn.reader import read
from engine.bpmn.runtime import Runnable
from engine.bpmn.specs import specification
from engine.domain import document, register
from engine.errors import N_, DefinitionRefused, Problem

LANGUAGES = ("zh_Hans", "zh_Hant", "en")


@dataclass(frozen=True)
class Definition:
    """One version of one process with everything that it uses.

    ``manifest`` maps the paths of the bundle to the hashes of their contents; the same manifest is the same version. ``texts``
    maps a language to translations of the Chinese texts.
    """

    id: str
    key: str
    number: int
    main: str
    manifest: Mapping[str, str]
    process: Process
    runnable: Runnable
    forms: Mapping[str, dict[str, Any]]
    decisions: Mapping[str, Any]
    registers: tuple[register.Register, ...]
    documents: tuple[document.Document, ...]
    texts: Mapping[str, Mapping[str, str]]
    xml: bytes

    @property
    def name(self) -> str:
        """Return the name of the procedure as drawn."""
        return self.process.name

    def form(self, element: str) -> dict[str, Any] | None:
        """Return the form of a user task or start event."""
        return self.forms.get(self.process.nodes[element].get("formKey"))

    @property
    def start_form(self) -> dict[str, Any] | None:
        """Return the form that starts the process by hand."""
        start = next((n for n in self.process.starts() if n.event is None), None)
        return self.form(start.id) if start is not None else None


def fingerprint(manifest: Mapping[str, str], main: str) -> str:
    """Return the id of a version: SHA-256 over the sorted paths and hashes of its bundle."""
    text = json.dumps([main, sorted(manifest.items())], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def build(contents: Mapping[str, bytes], main: str, key: str, *, number: int = 0,
          manifest: Mapping[str, str] | None = None) -> Definition:
    """Parse a bundle that was checked at deployment.

    Raises DefinitionRefused when it is not what was checked.
    """
    manifest = manifest or {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    processes, problems = read(contents[main], main)
    process = next((p for p in processes if p.id == key), None)
    if problems or process is None:
        raise DefinitionRefused(N_("%(file)s cannot be run."), file=main, problems=problems)
    decisions: dict[str, Any] = {}
    for path in _with_suffix(contents, ".dmn"):
        decisions |= dmn.parse_dmn(contents[path], path).decisions
    version = fingerprint(manifest, main)
    return Definition(
        id=version, key=key, number=number, main=main, manifest=manifest, process=process,
        runnable=Runnable(process, specification(process), decisions, version),
        forms={path.removeprefix("forms/").removesuffix(".json"): load_json(contents[path], path)
               for path in contents if path.startswith("forms/")},
        decisions=decisions,
        registers=tuple(registers.parse(load_json(contents[p], p), p) for p in _with_suffix(contents, ".register.json")),
        documents=tuple(registers.parse_document(load_json(contents[p], p), p) for p in _with_suffix(contents, ".document.json")),
        texts={"en": {k: v for p in _with_suffix(contents, ".en.json") for k, v in load_json(contents[p], p).items()}},
        xml=contents[main])


def _with_suffix(contents: Mapping[str, bytes], suffix: str) -> list[str]:
    return sorted(path for path in contents if path.endswith(suffix) and PurePosixPath(path).name != suffix)


def load_json(content: bytes, file: str) -> Any:
    """Read a JSON file; raise DefinitionRefused with the line when it is none, or nests too deep."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise DefinitionRefused(N_("%(file)s cannot be read."), file=file, problems=[
            Problem(N_("This is not JSON: %(reason)s"), {"reason": str(error)}, file=file, line=line, rule="readable")]) from error
