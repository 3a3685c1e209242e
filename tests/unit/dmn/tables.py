"""Writes DMN files for the tests from a few lines of text."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(
    rows: list[str],
    inputs: str = "amount:number",
    outputs: str = "result:string",
    policy: str = "UNIQUE",
    aggregation: str = "",
    input_values: dict[str, str] | None = None,
    output_values: dict[str, str] | None = None,
    defaults: dict[str, str] | None = None,
) -> str:
    """Return a decisionTable; a row is ``test | test => result | result``, a column ``expression:type``."""
    columns = [column.rpartition(":")[::2] for column in inputs.split(";") if column]
    results = [column.rpartition(":")[::2] for column in outputs.split(";") if column]
    parts = [
        f'<decisionTable id="table" hitPolicy="{policy}"' + (f' aggregation="{aggregation}">' if aggregation else ">")
    ]
    for number, (expression, kind) in enumerate(columns, 1):
        allowed = (input_values or {}).get(expression, "")
        values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
        parts.append(
            f'<input id="in{number}" label={quoteattr(expression)}><inputExpression typeRef="{kind}">'
            f"<text>{escape(expression)}</text></inputExpression>{values}</input>"
        )
    for number, (name, kind) in enumerate(results, 1):
        allowed = (output_values or {}).get(name, "")
        values = f"<outputValues><text>{escape(allowed)}</text></outputValues>" if allowed else ""
        default = (defaults or {}).get(name, "")
        values += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        parts.append(f'<output id="out{number}" name="{name}" typeRef="{kind}">{values}</output>')
    for number, row in enumerate(rows, 1):
        tests, _, found = row.partition("=>")
        cells = "".join(_cell("inputEntry", text) for text in (tests.split("|") if columns else []))
        cells += "".join(_cell("outputEntry", text) for text in found.split("|"))
        parts.append(f'<rule id="r{number}">{cells}</rule>')
    return "\n".join([*parts, "</decisionTable>"])


def _cell(name: str, text: str) -> str:
    return f"<{name}><text>{escape(text.strip())}</text></{name}>"


def decision(logic: str, name: str = "decision", needs: str = "", variable: str = "") -> str:
    """Return a decision; ``needs`` are the ids that it requires, ``variable`` names its result."""
    requirements = "".join(
        f'<informationRequirement><required{"Input" if need.startswith("data_") else "Decision"} href="#{need}"/>'
        "</informationRequirement>"
        for need in needs.split()
    )
    named = f'<variable name="{variable}"/>' if variable else ""
    return f'<decision id="{name}" name="{name}">{named}{requirements}\n{logic}</decision>'


def literal(text: str) -> str:
    """Return a literal expression."""
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def definitions(*elements: str, namespace: str = DMN_13, attributes: str = "") -> bytes:
    """Return a DMN file with ``elements``."""
    body = "\n".join(elements)
    return f'<definitions xmlns="{namespace}" id="file" name="file" namespace="test" {attributes}>\n{body}\n</definitions>'.encode()
