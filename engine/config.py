"""The settings, read once from environment variables that begin with ``GUICHENG_``."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import N_, InvalidInput


@dataclass(frozen=True)
class Settings:
    """Where things are and how the site behaves; docs/installation.md describes each setting."""

    data: Path
    database: str
    host: str = "127.0.0.1"
    port: int = 8000
    secret: bytes = b""
    history_key: bytes = b""
    public_url: str = ""
    secure_cookies: bool = False
    time_zone: str = "Asia/Shanghai"
    processes: Path = Path("processes")
    forms: Path = Path("forms")
    max_upload: int = 25 * 1024 * 1024

    @property
    def attachments(self) -> Path:
        """Return the folder of the attachments, by fingerprint."""
        return self.data / "attachments"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; secrets that aren't given are created in the data folder, readable by the owner only.

        Raises InvalidInput naming the variable that has a wrong value.
        """
        env = os.environ if environment is None else environment
        data = Path(env.get("GUICHENG_DATA", "data")).absolute()
        data.mkdir(parents=True, exist_ok=True)
        port = env.get("GUICHENG_PORT", "8000")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise InvalidInput(N_("GUICHENG_PORT is %(value)s; a port number was expected."), value=port)
        return cls(
            data=data,
            database=env.get("GUICHENG_DATABASE", f"sqlite:///{data / 'guicheng.sqlite3'}"),
            host=env.get("GUICHENG_HOST", "127.0.0.1"),
            port=int(port),
            secret=_secret(env, "GUICHENG_SECRET", data / "session.key"),
            history_key=_secret(env, "GUICHENG_HISTORY_KEY", data / "history.key"),
            public_url=env.get("GUICHENG_PUBLIC_URL", "").rstrip("/"),
            secure_cookies=env.get("GUICHENG_SECURE_COOKIES", "").lower() in {"1", "true", "yes"},
            time_zone=env.get("GUICHENG_TIME_ZONE", "Asia/Shanghai"),
            processes=Path(env.get("GUICHENG_PROCESSES", "processes")),
            forms=Path(env.get("GUICHENG_FORMS", "forms")),
            max_upload=int(env.get("GUICHENG_MAX_UPLOAD", str(25 * 1024 * 1024))),
        )


def _secret(env: Mapping[str, str], name: str, path: Path) -> bytes:
    if env.get(name):
        return env[name].encode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(descriptor, "wb") as file:
        value = secrets.token_hex(32).encode()
        file.write(value)
    return value
