"""Broken and hostile files are refused with a sentence: file, element and reason, and never a traceback."""

from __future__ import annotations

import time

import pytest

from engine.dmn import parse_dmn
from engine.dmn.reader import MAX_BYTES
from engine.errors import DefinitionRefused

from .tables import DMN_13, decision, definitions, literal, table

GOOD = decision(table(['- => "x"']))


def _bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE definitions [<!ENTITY e0 "ha">{entities}]>'
    return head.encode() + definitions(decision(literal('"&e11;"'), "d")).replace(b"&amp;", b"&")


def _external(system: str) -> bytes:
    head = f'<?xml version="1.0"?><!DOCTYPE definitions [<!ENTITY x SYSTEM "{system}">]>'
    return head.encode() + definitions(decision(literal("&x;"), "d")).replace(b"&amp;", b"&")


def _edited(old: str, new: str) -> bytes:
    file = definitions(GOOD).decode()
    assert old in file
    return file.replace(old, new).encode()


def _chain(length: int) -> bytes:
    first = decision(literal("1"), "d0")
    return definitions(first, *(decision(literal("1"), f"d{i}", f"d{i - 1}") for i in range(1, length)))


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not readable as XML"),
    "blank": (b"   \n", "not readable as XML"),
    "text": (b"hello", "not readable as XML"),
    "binary": (bytes(range(256)) * 10, "not readable as XML"),
    "zip": (b"PK\x03\x04" + b"\x00" * 100, "not readable as XML"),
    "json": (b'{"decision": 1}', "not readable as XML"),
    "cut off": (definitions(GOOD)[:-40], "not readable as XML"),
    "unclosed": (_edited("</decisionTable>", ""), "not readable as XML"),
    "wrong encoding": (
        b'<?xml version="1.0" encoding="utf-8"?>' + definitions(GOOD).replace(b'"x"', b'"\xff\xfe"'),
        "not readable as XML",
    ),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?>' + definitions(GOOD), "not readable as XML"),
    "null byte": (_edited('"x"', '"\x00"'), "not readable as XML"),
    "undeclared prefix": (_edited("<rule ", "<q:rule "), "not readable as XML"),
    "deep": (b"<a>" * 5000 + b"</a>" * 5000, "not readable as XML"),
    "too large": (definitions(GOOD) + b" " * MAX_BYTES, "more than 2097152 bytes"),
    "entity bomb": (_bomb(), "not readable as XML|document type"),
    "external file": (_external("file:///etc/passwd"), "document type"),
    "external address": (_external("http://127.0.0.1:9/x"), "document type"),
    "parameter entity": (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>' + definitions(GOOD),
        "not readable as XML|document type",
    ),
    "empty doctype": (b"<!DOCTYPE definitions>" + definitions(GOOD), "document type"),
    "bpmn": (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "not DMN 1.1 to 1.5"),
    "no namespace": (b"<definitions/>", "not DMN 1.1 to 1.5"),
    "html": (b"<html><body/></html>", "not DMN 1.1 to 1.5"),
    "unknown version": (
        definitions(GOOD, namespace="https://www.omg.org/spec/DMN/20990101/MODEL/"),
        "not DMN 1.1 to 1.5",
    ),
    "another root": (definitions(GOOD).replace(b"definitions", b"decision"), "not DMN 1.1 to 1.5"),
    "no decision": (definitions('<inputData id="data_a" name="a"/>'), "has no decision"),
    "no id": (_edited(' id="decision"', ""), "decision 'decision' has no id"),
    "id twice": (definitions(GOOD, GOOD), "id decision is used twice"),
    "rule twice": (definitions(decision(table(["1 => 1", "2 => 2"]).replace("r2", "r1"))), "r1 is used for two rules"),
    "no logic": (definitions(decision("")), "one decision table or literal expression, found 0"),
    "two logics": (definitions(decision(table(["- => 1"]) + literal("1"))), "found 2"),
    "boxed context": (definitions(decision("<context><contextEntry/></context>")), "logic 'context' is not supported"),
    "invocation": (definitions(decision("<invocation/>")), "logic 'invocation' is not supported"),
    "relation": (definitions(decision("<relation/>")), "logic 'relation' is not supported"),
    "function": (definitions(decision("<functionDefinition kind='Java'/>")), "'functionDefinition' is not supported"),
    "knowledge model": (definitions(GOOD, '<businessKnowledgeModel id="b"/>'), "knowledge models are not supported"),
    "decision service": (definitions(GOOD, '<decisionService id="b"/>'), "services are not supported"),
    "import": (
        definitions(GOOD, '<import namespace="x" locationURI="file:///etc/passwd"/>'),
        "another file is not supported",
    ),
    "python": (_edited("<inputEntry>", '<inputEntry expressionLanguage="python">'), "language python is not supported"),
    "javascript": (
        definitions(GOOD, attributes='expressionLanguage="javascript"'),
        "language javascript is not supported",
    ),
    "groovy input": (
        _edited("<inputExpression ", '<inputExpression expressionLanguage="groovy" '),
        "groovy is not supported",
    ),
    "not quite feel": (
        _edited("<outputEntry>", '<outputEntry expressionLanguage="feel-to-python">'),
        "is not supported",
    ),
    "hit policy": (_edited('"UNIQUE"', '"LAST"'), "hit policy LAST is not one of"),
    "aggregation": (
        definitions(decision(table(["- => 1"], policy="COLLECT", aggregation="MEDIAN"))),
        "MEDIAN is not one of",
    ),
    "aggregated unique": (definitions(decision(table(["- => 1"], aggregation="SUM"))), "Only the hit policy COLLECT"),
    "sum of two": (
        definitions(decision(table(["- => 1 | 2"], outputs="a:number;b:number", policy="COLLECT", aggregation="SUM"))),
        "SUM needs a table with one output",
    ),
    "priority without list": (
        definitions(decision(table(["- => 1"], policy="PRIORITY"))),
        "needs the list of output values",
    ),
    "cross table": (_edited("<decisionTable ", '<decisionTable preferredOrientation="CrossTable" '), "cross table"),
    "no output": (definitions(decision(table(["- => 1"], outputs=""))), "has no output"),
    "no rules": (definitions(decision(table([]))), "needs 1 to 5000 rules"),
    "cells missing": (
        definitions(decision(table(["- => 1"], "a:number;b:number"))),
        "Rule 1 has 1 tests and 1 results",
    ),
    "cells too many": (definitions(decision(table(["- | - => 1"]))), "the table has 1 inputs and 1 outputs"),
    "unnamed outputs": (
        definitions(decision(table(["- => 1 | 2"], outputs=":number;:number"))),
        "needs a name of its own",
    ),
    "output twice": (
        definitions(decision(table(["- => 1 | 2"], outputs="a:number;a:number"))),
        "needs a name of its own",
    ),
    "no input expression": (_edited("<text>amount</text>", "<text> </text>"), "input 'amount' has no expression"),
    "needs itself": (definitions(decision(literal("1"), "d", "d")), "d needs its own result: d → d"),
    "needs in a circle": (
        definitions(
            decision(literal("1"), "a", "b"), decision(literal("1"), "b", "c"), decision(literal("1"), "c", "a")
        ),
        "needs its own result: a → b → c → a",
    ),
    "needs nothing": (definitions(decision(literal("1"), "d", "missing")), "no decision with the id missing"),
    "needs another file": (
        definitions(decision(literal("1"), "d", "x")).replace(b"#x", b"http://127.0.0.1/x#y"),
        "leads out of this file",
    ),
    "needs input as decision": (
        definitions(decision(literal("1"), "d", "data_a")).replace(
            b"</definitions>", GOOD.encode() + b"</definitions>"
        ),
        "no inputData with the id data_a",
    ),
    "long chain": (_chain(300), "decisions need each other in a row"),
    "too many rules": (definitions(decision(table(["-=>1"] * 5001))), "needs 1 to 5000 rules"),
    "too many columns": (
        definitions(decision(table([" | ".join("-" * 101) + "=> 1"], ";".join(f"a{i}:number" for i in range(101))))),
        "at most 100 columns",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_refused_with_a_sentence(name: str) -> None:
    file, reason = FILES[name]
    start = time.perf_counter()

    with pytest.raises(DefinitionRefused, match=reason) as refusal:
        parse_dmn(file, "hostile.dmn")

    assert refusal.value.problems
    for problem in refusal.value.problems:
        assert problem.file == "hostile.dmn"
        assert (problem.template % problem.params).endswith(".")
    assert "passwd" not in str(refusal.value) or name == "import"
    assert time.perf_counter() - start < 2


def test_all_faults_are_told_at_once() -> None:
    file = definitions(
        decision(table(["- => 1"], policy="LAST"), "a"), decision("", "b"), '<businessKnowledgeModel id="c"/>'
    )

    with pytest.raises(DefinitionRefused) as refusal:
        parse_dmn(file, "folder/test.dmn")

    assert {problem.element for problem in refusal.value.problems} == {"table", "b", "c"}
    assert all(problem.line for problem in refusal.value.problems)


def test_the_good_file_of_these_tests_is_good() -> None:
    assert parse_dmn(definitions(GOOD), "good.dmn").decisions["decision"].evaluate({}).outputs == "x"
    assert DMN_13 in definitions(GOOD).decode()
