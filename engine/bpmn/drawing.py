"""Draw a diagram as SVG from its interchange, with marks for what is active and done: no script is needed to see it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from html import escape

from engine.bpmn.xml import read_xml

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WP = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"


def svg(xml: bytes, file: str, active: Collection[str], done: Collection[str], flows: Collection[str],
        translate: Callable[[str], str]) -> str:
    """Return the SVG of a diagram; names pass through ``translate``."""
    root = read_xml(xml, file)
    named = {e.get("id"): e for e in root.iter() if isinstance(e.tag, str) and e.get("id")}
    shapes, edges, xs, ys = [], [], [], []
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = [(float(p.get("x", 0)), float(p.get("y", 0))) for p in edge.findall(WP)]
        kind = "taken" if edge.get("bpmnElement") in flows else ""
        edges.append(f'<polyline class="edge {kind}" points="{" ".join(f"{x:g},{y:g}" for x, y in points)}" marker-end="url(#arrow)"/>')
        element = named.get(edge.get("bpmnElement"))
        if element is not None and element.get("name") and len(points) > 1:
            x, y = (points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2
            edges.append(f'<text class="label" x="{x:g}" y="{y - 5:g}">{escape(translate(element.get("name", "")))}</text>')
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        element = named.get(shape.get("bpmnElement"))
        if bounds is None or element is None:
            continue
        x, y, w, h = (float(bounds.get(k, 0)) for k in ("x", "y", "width", "height"))
        xs += [x, x + w]
        ys += [y, y + h]
        shapes.append(_shape(element, x, y, w, h, active, done, translate))
    if not xs:
        return ""
    box = f"{min(xs) - 10:g} {min(ys) - 10:g} {max(xs) - min(xs) + 20:g} {max(ys) - min(ys) + 40:g}"
    arrow = '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">' \
            '<path d="M0 0 10 5 0 10z"/></marker></defs>'
    return f'<svg class="diagram" role="img" viewBox="{box}" xmlns="http://www.w3.org/2000/svg">{arrow}{"".join(sorted(shapes, key=lambda s: "lane" not in s[:40]))}{"".join(edges)}</svg>'


def _shape(element: object, x: float, y: float, w: float, h: float, active: Collection[str], done: Collection[str],
           translate: Callable[[str], str]) -> str:
    tag = element.tag.split("}")[1]  # type: ignore[attr-defined]
    identifier = element.get("id")  # type: ignore[attr-defined]
    name = escape(translate(element.get("name") or ""))  # type: ignore[attr-defined]
    mark = "active" if identifier in active else "done" if identifier in done else ""
    if tag in {"participant", "lane"}:
        return (f'<g class="lane"><rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"/>'
                f'<text transform="translate({x + 18:g} {y + h / 2:g}) rotate(-90)">{name}</text></g>')
    if tag.endswith("Event"):
        ring = f'<circle cx="{x + w / 2:g}" cy="{y + h / 2:g}" r="{w / 2:g}"/>'
        ring += f'<circle cx="{x + w / 2:g}" cy="{y + h / 2:g}" r="{w / 2 - 3:g}"/>' if tag in {"boundaryEvent", "intermediateCatchEvent"} else ""
        return f'<g class="event {tag} {mark}">{ring}<text x="{x + w / 2:g}" y="{y + h + 14:g}">{name}</text></g>'
    if tag.endswith("Gateway"):
        sign = {"exclusiveGateway": "×", "parallelGateway": "+", "inclusiveGateway": "○"}.get(tag, "⬠")
        return (f'<g class="gateway {mark}"><path d="M{x + w / 2:g} {y:g}L{x + w:g} {y + h / 2:g}L{x + w / 2:g} {y + h:g}L{x:g} {y + h / 2:g}z"/>'
                f'<text x="{x + w / 2:g}" y="{y + h / 2 + 6:g}">{sign}</text><text class="label" x="{x + w / 2:g}" y="{y - 6:g}">{name}</text></g>')
    lines = [name[i:i + 8] for i in range(0, len(name), 8)] if all(ord(c) > 255 for c in name) else _wrap(name)
    text = "".join(f'<text x="{x + w / 2:g}" y="{y + h / 2 + 5 + (n - (len(lines) - 1) / 2) * 15:g}">{line}</text>' for n, line in enumerate(lines[:4]))
    here = f'<text class="here" x="{x + w / 2:g}" y="{y - 6:g}">▼</text>' if mark == "active" else ""
    return f'<g class="activity {mark}"><rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="8"/>{text}{here}</g>'


def _wrap(name: str) -> list[str]:
    lines = [""]
    for word in name.split():
        if len(lines[-1]) + len(word) > 15:
            lines.append("")
        lines[-1] = (lines[-1] + " " + word).strip()
    return lines
