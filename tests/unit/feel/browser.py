"""Runs expressions in the browser's FEEL library, in one batch, and writes our results the way the runner does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

from engine.feel import Duration, Range
from engine.feel.values import Function, feel, moment

RUNNER = Path(__file__).with_name("feelin_runner.mjs")
ROOT = Path(__file__).parents[3]


def run(cases: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return ``{"value": …}`` or ``{"error": …}`` for each case; fail when Node or the library is missing."""
    modules = os.environ.get("GUICHENG_NODE_MODULES") or str(ROOT / "web" / "studio" / "node_modules")
    node = shutil.which("node")
    assert node, (
        "Node is needed to compare with the browser's FEEL library; set GUICHENG_WITHOUT_NODE=1 to leave it out."
    )
    done = subprocess.run(
        [node, str(RUNNER), modules],
        input=json.dumps(cases, ensure_ascii=False),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, "TZ": "UTC"},
    )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, object]] = json.loads(done.stdout)["results"]
    return results


def written(value: object) -> object:
    """Return ``value`` in the shape in which the runner writes what the browser found."""
    value = feel(value)
    match value:
        case Decimal():
            return float(value)
        case datetime() | date():
            return {"$": "moment", "at": int(moment(value, UTC).timestamp() * 1000)}
        case time():
            stamp = datetime.combine(date(1900, 1, 1), value)
            return {"$": "moment", "at": int((stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp() * 1000)}
        case Duration():
            return {"$": "duration", "length": float(value.rough_seconds() * 1000)}
        case list():
            return [written(item) for item in value]
        case Range():
            return {"$": "range"}
        case Function():
            return {"$": "function"}
        case Mapping():
            return {key: written(item) for key, item in value.items()}
    return value


def agree(ours: object, theirs: object) -> bool:
    """Say whether two written results are the same, numbers to 12 digits (the browser's are binary, ours decimal)."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-12 * max(1.0, abs(ours), abs(theirs))
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(agree, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(agree(item, theirs[key]) for key, item in ours.items())
    return type(ours) is type(theirs) and ours == theirs
