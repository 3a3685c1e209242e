"""Three languages: Simplified Chinese as written, English by catalogue, Traditional Chinese derived."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import has_request_context, request, session
from opencc import OpenCC

LANGUAGES = {"zh_Hans": "简体", "zh_Hant": "繁體", "en": "English"}



def _catalogue(code: str) -> dict[str, str]:
    """Read ``<code>.json`` and the parts beside it, ``<code>.<part>.json``."""
    folder = Path(__file__).parent / "translations"
    return {k: v for path in sorted(folder.glob(f"{code}*.json")) for k, v in json.loads(path.read_text("utf-8")).items()}


_EN = _catalogue("en")
_ZH = _catalogue("zh")
_CODES: dict[str, str] = json.loads((Path(__file__).parent / "translations" / "codes.en.json").read_text("utf-8"))
_converter = OpenCC("s2twp")


def current() -> str:
    """Return the language of this request: chosen, else the browser's."""
    if not has_request_context():
        return "zh_Hans"
    if session.get("language") in LANGUAGES:
        return str(session["language"])
    best = request.accept_languages.best_match(["zh-CN", "zh-TW", "zh-HK", "zh", "en"]) or "zh"
    return {"en": "en", "zh-TW": "zh_Hant", "zh-HK": "zh_Hant"}.get(best, "zh_Hans")


@lru_cache(maxsize=20_000)
def traditional(text: str) -> str:
    """Return Traditional Chinese as used in Taiwan."""
    return str(_converter.convert(text))


def translate(text: str, **params: Any) -> str:
    """Translate a text of the site (Chinese) or of the engine (English template) into the request's language."""
    code = current()
    if text in _EN:
        found = _EN[text] if code == "en" else text
    else:
        found = _CODES.get(text, text) if code == "en" else _ZH.get(text, text)
    if code == "zh_Hant":
        found = traditional(found)
    return found % params if params else found


def text(definition: Any, chinese: Any) -> str:
    """Translate a text of a diagram, form, register or document."""
    code, value = current(), str(chinese or "")
    if code == "en":
        return str(definition.texts.get("en", {}).get(value, value)) if definition is not None else value
    return traditional(value) if code == "zh_Hant" else value
