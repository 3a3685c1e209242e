"""Keep uploaded files by the fingerprint of their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from engine.config import Settings
from engine.errors import N_, InvalidInput, NotFound
from engine.process_engine import Work
from engine.store import schema as t


def path_of(settings: Settings, fingerprint: str) -> Path:
    """Return where a file lies; raise NotFound for what is no fingerprint."""
    if len(fingerprint) != 64 or not set(fingerprint) <= set("0123456789abcdef"):
        raise NotFound(N_("There is no file %(fingerprint)s."), fingerprint=fingerprint[:70])
    return settings.attachments / fingerprint[:2] / fingerprint


@dataclass(frozen=True)
class StoreAttachment:
    """Keep a file; the same content is kept once. Returns its SHA-256 fingerprint in hexadecimal."""

    name: str
    media_type: str
    content: bytes

    def run(self, work: Work) -> str:
        """Write the file, then the row."""
        settings = work.engine.settings
        if not self.content:
            raise InvalidInput(N_("%(name)s is empty."), name=self.name)
        if len(self.content) > settings.max_upload:
            raise InvalidInput(N_("%(name)s is larger than %(limit)d MiB."), name=self.name, limit=settings.max_upload // 1024 // 1024)
        fingerprint = hashlib.sha256(self.content).hexdigest()
        path = path_of(settings, fingerprint)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(descriptor, "wb") as file:
                file.write(self.content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        known = work.connection.scalar(sa.select(t.attachment.c.fingerprint).where(t.attachment.c.fingerprint == fingerprint))
        if known is None:
            work.connection.execute(sa.insert(t.attachment), {
                "fingerprint": fingerprint, "size": len(self.content), "media_type": self.media_type[:100], "name": self.name[:200],
                "uploaded_at": work.now, "uploaded_by": work.actor.person})
        return fingerprint
