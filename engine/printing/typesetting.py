"""Set a document's texts as pages: the only place that knows Typst, its fonts and the drawing of QR codes.

Texts reach Typst as JSON data and never as source, so nothing that a user wrote can be read as markup or code.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.errors import N_, EngineError

TEMPLATE = Path(__file__).with_name("document.typ")


class PrintError(EngineError):
    """The pages could not be set; a mistake of the template, not of the texts."""


def typeset(content: Mapping[str, Any], at: datetime) -> bytes:
    """Return the PDF of ``content`` (see ``content.compose``); the same content and time give the same bytes."""
    import typst

    data = {**content, "qr": _qr(content["url"])}
    try:
        pdf = typst.compile(
            TEMPLATE.read_bytes(), root=str(TEMPLATE.parent), font_paths=_fonts(), ignore_system_fonts=True, format="pdf",
            sys_inputs={"document": json.dumps(data, ensure_ascii=False)}, timestamp=at.astimezone(UTC).replace(microsecond=0))
    except typst.TypstError as error:
        raise PrintError(N_("The document cannot be set: %(reason)s"), reason=error.message) from error
    return bytes(pdf)


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Read the fonts once: Noto Serif SC and Noto Sans SC, which come with a package from PyPI."""
    import pylopdf_fonts_zh_cn
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True,
                       font_paths=[str(pylopdf_fonts_zh_cn.serif_path().parent)])


def _qr(url: str) -> str:
    import segno

    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", scale=4, border=0, xmldecl=False)
    return drawn.getvalue().decode()
