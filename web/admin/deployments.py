"""Versions of procedures: see what runs, check and deploy a folder or a zip, read why something was refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, render_template, request

from engine.commands.deployment import MAX_FILE, MAX_FILES, Check, Deploy, DeploymentReport
from engine.errors import N_, EngineError, InvalidInput, NotFound
from engine.store import repository
from engine.store.queries import admin as queries
from web import views
from web.access import only_for
from web.auth import actor, engine

ROLES = ("administrator", "process_owner")
ROOTS = ("processes", "forms")
SUFFIXES = (".bpmn", ".dmn", ".json")
LARGEST = 20 * 1024 * 1024
"""Bytes that all files of an upload have at most, unpacked."""


def add_to(blueprint: Blueprint) -> None:
    """Add the pages of this module."""
    blueprint.add_url_rule("/deployments", "deployments", deployments, methods=["GET", "POST"])
    blueprint.add_url_rule("/deployments/<version_id>.zip", "version_files", version_files)


def deployments() -> Any:
    """List the versions; check or deploy what is uploaded."""
    only_for(*ROLES)
    report, error, checked = None, "", False
    if request.method == "POST":
        try:
            files = _uploaded()
            if request.form.get("merge"):
                with engine().database.reading() as connection:
                    files = {**_deployed(connection), **files}
            checked = request.form.get("verb") == "check"
            report = _check(files) if checked else engine().execute(Deploy(files, request.form.get("note", "").strip()[:200]), actor())
        except EngineError as found:
            error = views.sentence(found)
    with engine().database.reading() as connection:
        rows = queries.versions(connection)
    refused = report is not None and bool(report.refused)
    return render_template("admin/deployments.html", rows=rows, report=report, error=error, checked=checked,
                           sentence=views.sentence), 400 if error or refused else 200


def _check(files: dict[str, bytes]) -> DeploymentReport:
    with engine().database.reading() as connection:
        deployed = {row.process_key for row in repository.current_versions(connection)}
        found = Check(files, set(repository.role_ids(connection)), deployed)
    return DeploymentReport([c.process.id for c in found.candidates if not c.problems], [], found.refused, found.warnings)


def _uploaded() -> dict[str, bytes]:
    """Return the uploaded files by path from ``processes/`` or ``forms/`` on; raises InvalidInput for what has no such path."""
    found: dict[str, bytes] = {}
    for file in request.files.getlist("files") + request.files.getlist("zip"):
        name = (file.filename or "").replace("\\", "/")
        if name.lower().endswith(".zip"):
            found |= _unpacked(file.read())
        elif name and PurePosixPath(name).suffix in SUFFIXES:
            found[_path(name)] = file.read(MAX_FILE + 1)
    if not found:
        raise InvalidInput(N_("Choose a folder, files or a zip with .bpmn, .dmn or .json files."))
    if len(found) > MAX_FILES or sum(map(len, found.values())) > LARGEST:
        raise InvalidInput(N_("An upload has at most %(files)d files and %(limit)d MiB."), files=MAX_FILES, limit=LARGEST // 1024 // 1024)
    return found


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = [e for e in archive.infolist() if not e.is_dir() and PurePosixPath(e.filename).suffix in SUFFIXES]
            if len(wanted) > MAX_FILES or sum(e.file_size for e in wanted) > LARGEST:
                raise InvalidInput(N_("An upload has at most %(files)d files and %(limit)d MiB."), files=MAX_FILES,
                                   limit=LARGEST // 1024 // 1024)
            found = {}
            for entry in wanted:
                with archive.open(entry) as file:  # reads no more than it said: a bomb ends at its own limit
                    found[_path(entry.filename.replace("\\", "/"))] = file.read(MAX_FILE + 1)
            return found
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise InvalidInput(N_("The zip file cannot be read.")) from error


def _path(name: str) -> str:
    """Return the path from ``processes`` or ``forms`` on, or in the folder that the form names."""
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if ".." in parts or any(len(part) > 120 or not part.isprintable() for part in parts):
        raise InvalidInput(N_("%(name)s is no path that can be deployed."), name=name[:120])
    for place, part in enumerate(parts):
        if part in ROOTS and place < len(parts) - 1:
            return "/".join(parts[place:])
    folder = [part for part in request.form.get("folder", "").strip().split("/") if part not in {"", "."}]
    if not folder or folder[0] not in ROOTS or ".." in folder:
        raise InvalidInput(N_("%(name)s lies neither in processes/ nor in forms/; say in which folder it belongs."), name=name[:120])
    return "/".join([*folder, parts[-1]])


def _deployed(connection: sa.Connection) -> dict[str, bytes]:
    """Return the files of all current versions."""
    manifest = {path: digest for row in repository.current_versions(connection) for path, digest in row.manifest.items()
                if not path.startswith("call:")}
    contents = repository.resources(connection, manifest.values())
    return {path: contents[digest] for path, digest in manifest.items()}


def version_files(version_id: str) -> Response:
    """Give the files of a version as they were deployed."""
    only_for(*ROLES)
    with engine().database.reading() as connection:
        row = repository.version(connection, version_id)
        if row is None:
            raise NotFound(N_("The version %(id)s is not deployed."), id=version_id[:80])
        manifest = {path: digest for path, digest in row.manifest.items() if not path.startswith("call:")}
        contents = repository.resources(connection, manifest.values())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(manifest):
            archive.writestr(zipfile.ZipInfo(path), contents[manifest[path]])
    response = Response(target.getvalue(), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{row.process_key}-{row.number}.zip")
    return response
