"""Makes random FEEL expressions of known type over a random context, from a seed.

Numbers are multiples of 1/8, so that binary and decimal arithmetic agree exactly and a comparison cannot tip over; inexact
arithmetic has a production of its own whose result is only compared to 12 digits. What docs/feel.md lists as different
from the browser's library is left out.
"""

from __future__ import annotations

import json
from random import Random

WORDS = ("", "a", "b", "abc", "Wörter", "合同", "10", "2.5", "a,b", "x y", 'say "hi"', "tab\there", "Ab-1")
NAMES = {
    "number": ("amount", "rate", "金额", "_n1"),
    "string": ("title", "kind", "备注"),
    "boolean": ("approved", "urgent"),
    "list": ("values", "words", "mixed"),
    "context": ("order", "this"),
    "rows": ("rows",),
    "null": ("nothing", "unknown_name"),
}


class Generator:
    """One random source; every method returns the text of an expression that is ``depth`` deep at most."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def context(self) -> dict[str, object]:
        pick = self.random
        number = lambda: pick.choice((0, 1, 2, 3, -1, 5, 10, 0.5, 2.25, 1000, -7.125, 50000))  # noqa: E731
        rows = [{"n": number(), "t": pick.choice(WORDS), "ok": pick.random() < 0.5} for _ in range(pick.randrange(4))]
        return {
            **{name: number() if pick.random() < 0.9 else None for name in NAMES["number"]},
            **{name: pick.choice(WORDS) for name in NAMES["string"]},
            **{name: pick.choice((True, False, False, True, None)) for name in NAMES["boolean"]},
            "values": [number() for _ in range(pick.randrange(5))],
            "words": [pick.choice(WORDS) for _ in range(pick.randrange(4))],
            "mixed": [pick.choice((1, "a", True, 2.5, [1, 2], {"n": 1})) for _ in range(pick.randrange(4))],
            "order": {"total": number(), "lines": rows, "customer": {"name": pick.choice(WORDS)}},
            "this": {"x": number(), "y": pick.choice(WORDS)},
            "rows": rows,
            "nothing": None,
        }

    def any(self, depth: int) -> str:
        kinds = (self.number, self.number, self.string, self.boolean, self.boolean, self.list, self.temporal_result)
        return self.random.choice((*kinds, self.mixture, self.context_value, self.inexact, self.bare))(depth)

    # -- numbers ------------------------------------------------------------------------------------------------

    def number(self, depth: int) -> str:
        pick = self.random
        if depth <= 0:
            return pick.choice((self.literal(), self.literal(), pick.choice(NAMES["number"]), "order.total", "this.x"))
        deeper = depth - 1
        choice = pick.randrange(14)
        if choice < 4:
            return f"{self.number(deeper)} {pick.choice('+-*')} {self.factor(deeper)}"
        if choice == 4:
            return f"{self.factor(deeper)} / {pick.choice(('2', '4', '8', '0'))}"
        if choice == 5:
            return f"({self.number(deeper)})"
        if choice == 6:
            return f"if {self.boolean(deeper)} then {self.number(deeper)} else {self.number(deeper)}"
        if choice == 7:
            return f"({self.number(deeper)}) ** {pick.choice('0123')}" if depth < 3 else self.factor(deeper)
        if choice == 8:
            function = pick.choice(("abs", "floor", "ceiling"))
            return f"{function}({self.number(deeper)})"
        if choice == 9:
            function = pick.choice(("decimal", "round up", "round down", "round half up", "round half down"))
            return f"{function}({self.number(deeper)}, {pick.choice('01')})"
        if choice == 10:
            function = pick.choice(("sum", "min", "max", "count", "product"))
            return f"{function}({self.numbers(deeper)})"
        if choice == 11:
            return f"string length({self.string(deeper)})"
        if choice == 12:
            return f"modulo({self.number(deeper)}, {pick.choice(('3', '-4', '0'))})"
        return f"{self.numbers(deeper)}[{pick.choice(('1', '2', '-1', '7', '0'))}]"

    def factor(self, depth: int) -> str:
        return f"({self.number(depth)})" if depth > 0 else self.number(0)

    def literal(self) -> str:
        return self.random.choice(("0", "1", "2", "3", "-1", "10", "0.5", "2.25", ".125", "1000", "-7.125", "50000"))

    def inexact(self, depth: int) -> str:
        pick = self.random
        one = lambda: pick.choice(("0.1", "0.2", "1.05", "19.99", "3", "7", "amount", "rate"))  # noqa: E731
        form = pick.randrange(6)
        if form == 0:
            return f"{one()} / {pick.choice(('3', '7', '1.1'))}"
        if form == 1:
            return f"{one()} * {one()} + {one()} / 3"
        if form == 2:
            return f"{pick.choice(('sqrt', 'exp', 'log'))}({pick.choice(('2', '0.5', '10', '3.7'))})"
        if form == 3:
            return f"{pick.choice(('mean', 'stddev'))}([{one()}, {one()}, 4.4])"
        return (
            f"({one()} + {one()}) * {one()}"
            if form == 4
            else f"{pick.choice(('1.1', '2.5', '3'))} ** {pick.choice('258')}"
        )

    # -- texts --------------------------------------------------------------------------------------------------

    def string(self, depth: int) -> str:
        pick = self.random
        if depth <= 0:
            return pick.choice((self.quoted(), self.quoted(), pick.choice(NAMES["string"]), "order.customer.name"))
        deeper = depth - 1
        choice = pick.randrange(10)
        if choice < 2:
            return f"{self.string(deeper)} + {self.string(0)}"
        if choice == 2:
            return f"{pick.choice(('upper case', 'lower case'))}({self.string(deeper)})"
        if choice == 3:
            return f"substring({self.string(deeper)}, {pick.choice(('1', '2', '-1', '5'))}{pick.choice(('', ', 1', ', 2'))})"
        if choice == 4:
            return f"{pick.choice(('substring before', 'substring after'))}({self.string(deeper)}, {self.string(0)})"
        if choice == 5:
            return f"string({pick.choice((self.number, self.boolean, self.string))(0)})"
        if choice == 6:
            delimiter = pick.choice(("", ', "-"'))
            return f"string join({self.strings(deeper)}{delimiter})"
        if choice == 7:
            pattern = pick.choice(("a", "[a-c]", "(.)(.)", "x*", "^.", "合"))
            return f'replace({self.string(deeper)}, "{pattern}", "$1-$0")'
        if choice == 8:
            return f"if {self.boolean(deeper)} then {self.string(deeper)} else {self.string(deeper)}"
        return f"{self.strings(deeper)}[{pick.choice(('1', '2', '-1'))}]"

    def quoted(self) -> str:
        return json.dumps(self.random.choice(WORDS), ensure_ascii=self.random.random() < 0.2)

    # -- truth --------------------------------------------------------------------------------------------------

    def boolean(self, depth: int) -> str:
        pick = self.random
        if depth <= 0:
            return pick.choice(("true", "false", *NAMES["boolean"], *NAMES["boolean"]))
        deeper = depth - 1
        choice = pick.randrange(16)
        operator = pick.choice(("=", "!=", "<", "<=", ">", ">="))
        if choice < 3:
            return f"{self.operand(deeper)} {operator} {self.operand(deeper)}"
        if choice == 3:
            return f"{self.string(0)} {operator} {self.string(0)}"
        if choice < 6:
            return f"({self.boolean(deeper)}) {pick.choice(('and', 'or'))} ({self.boolean(deeper)})"
        if choice == 6:
            return f"not({self.boolean(deeper)})"
        if choice == 7:
            return f"{self.factor(0)} between {self.factor(0)} and {self.factor(0)}"
        if choice == 8:
            return f"({self.factor(0)} in {self.interval()})"
        if choice == 9:
            return f"{self.factor(0)} in ({self.number(0)}, {pick.choice(('>', '<=', '='))} {self.number(0)}, {self.interval()})"
        if choice == 10:
            return f"{pick.choice(('contains', 'starts with', 'ends with'))}({self.string(deeper)}, {self.string(0)})"
        if choice == 11:
            quantifier = pick.choice(("some", "every"))
            return f"({quantifier} v in {self.numbers(deeper)} satisfies v {operator} {self.number(0)})"
        if choice == 12:
            return f"{pick.choice(('all', 'any'))}([{self.boolean(0)}, {self.boolean(deeper)}, {self.boolean(0)}])"
        if choice == 13:
            return f"{pick.choice(('odd', 'even'))}({pick.choice(('1', '2', '-3', '4', 'count(values)'))})"
        if choice == 14:
            pattern = pick.choice(("a+", "^[A-Za-z]+$", "\\d", "同$", "x|b"))
            return f'matches({self.string(0)}, "{pattern}")'
        return f"{self.nullable(deeper)} {pick.choice(('=', '!='))} {self.nullable(deeper)}"

    def operand(self, depth: int) -> str:
        return self.factor(depth) if self.random.random() < 0.85 else self.nullable(depth)

    def nullable(self, depth: int) -> str:
        simple = (self.quoted(), "null", "nothing", "unknown_name", "order.missing", "title.x", self.literal())
        return self.random.choice((*simple, f"({self.number(depth)})", f"({self.string(depth)})"))

    def interval(self) -> str:
        return (
            f"{self.random.choice('[(]')}{self.random.choice(('0', '1', 'amount', '-1'))}.."
            f"{self.random.choice(('3', '10', 'rate', '2.25'))}{self.random.choice('])[')}"
        )

    # -- lists and contexts -------------------------------------------------------------------------------------

    def numbers(self, depth: int) -> str:
        pick = self.random
        if depth <= 0:
            return pick.choice(("values", "[1, 2, 3]", "[0.5]", "rows.n", f"[{self.literal()}, {self.literal()}]"))
        deeper = depth - 1
        choice = pick.randrange(10)
        if choice == 0:
            return f"[{self.number(deeper)}, {self.number(deeper)}]"
        if choice == 1:
            return f"for v in {self.numbers(deeper)} return v {pick.choice('+-*')} {self.factor(0)}".join("()")
        if choice == 2:
            return f"(for i in 1..{pick.choice('123')}, v in {self.numbers(deeper)} return i * v)"
        if choice == 3:
            return f"{self.numbers(deeper)}[item {pick.choice(('>', '<', '>=', '!='))} {self.literal()}]"
        if choice == 4:
            return f"rows[{pick.choice(('n > 1', 'ok = true', 'item.n <= 2', 't = title', 'n != null'))}].n"
        if choice == 5:
            return f"sort({self.numbers(deeper)}, function(x, y) x {pick.choice('<>')} y)"
        if choice == 6:
            function = pick.choice(("reverse", "distinct values", "flatten", "sublist", "append"))
            extra = {"sublist": ", 2", "append": f", {self.literal()}"}.get(function, "")
            return f"{function}({self.numbers(deeper)}{extra})"
        if choice == 7:
            return f"concatenate({self.numbers(deeper)}, {self.numbers(0)})"
        if choice == 8:
            return f"index of({self.numbers(deeper)}, {self.literal()})"
        return f"union({self.numbers(deeper)}, {self.numbers(0)})"

    def strings(self, depth: int) -> str:
        pick = self.random
        choice = pick.randrange(4)
        if choice == 0 or depth <= 0:
            return pick.choice(("words", "rows.t", f"[{self.quoted()}, {self.quoted()}]"))
        if choice == 1:
            pattern = pick.choice((",", "b", "[-, ]", "(b)"))
            return f'split({self.string(depth - 1)}, "{pattern}")'
        if choice == 2:
            return f"(for w in words return w + {self.quoted()})"
        return f"[{self.string(depth - 1)}, {self.string(0)}]"

    def list(self, depth: int) -> str:
        return self.random.choice((self.numbers, self.strings))(depth)

    def context_value(self, depth: int) -> str:
        pick = self.random
        literal = f"{{a: {self.number(0)}, b: {self.any(min(depth - 1, 1))}, c: a}}"
        key = pick.choice(('"a"', '"total"', '"nothing"', '"t"'))
        return pick.choice(
            (
                literal,
                f"{literal}.{pick.choice('abcd')}",
                f"get value({pick.choice(('order', 'this', literal))}, {key})",
                f"context put(this, {key}, {self.any(0)})",
                f"context merge([this, {literal}])",
                "get entries(this)",
                f"{literal} = {literal}",
                f"rows[{pick.choice(('1', '2', '-1'))}].{pick.choice(('n', 't', 'missing'))}",
                f"{{f: function(x, y) x + y, r: f({self.number(0)}, {self.number(0)})}}.r",
            )
        )

    def mixture(self, depth: int) -> str:
        """Return an operation on operands of any type."""
        pick = self.random
        left, right = (pick.choice((self.number, self.string, self.boolean, self.nullable))(0) for _ in "ab")
        return f"({left}) {pick.choice(('+', '-', '*', '=', '!=', '<', '>='))} ({right})"

    def bare(self, depth: int) -> str:
        """Return operators without brackets, so that their ranks are compared, and what fits nowhere else."""
        pick = self.random
        a, b, c, d = (self.number(0) for _ in "abcd")
        p, q, r = (self.boolean(0) for _ in "pqr")
        text = self.string(0)
        return pick.choice(
            (
                f"{a} {pick.choice('+-*')} {b} {pick.choice(('+', '-', '*'))} {c} {pick.choice(('<', '=', '>='))} {d}",
                f"{a} - {b} * {c} ** 2",
                f"-{pick.choice(('amount', 'rate', '(2)'))} ** 2 + {b}",
                f"{p} and {q} or {r}",
                f"{p} or {q} and {r}",
                f"{a} > {b} and {c} <= {d} or {p}",
                f"{a} between {b} and {c} and {p}",
                f"{a} < {b} = {p}",
                f"if {a} = {b} then {c} else {d} + 1",
                f"some v in values, w in [1, 2, 5] satisfies v = w and {p}",
                f"every r in rows satisfies r.ok and r.n > {a}",
                f"for r in rows return if r.ok then r.n else {a}",
                f"for r in rows return {{n: r.n, t: r.t + {text}}}",
                f"rows[n > {a} and ok].t",
                f"rows[n = amount or t = {text}]",
                f"order.lines[item.n > {a}][1].t",
                "order.lines.n = rows.n",
                f"values = [{a}, {b}]",
                f"mixed = {pick.choice(('mixed', 'values', '[1]', '1', 'nothing'))}",
                f"{a} in values",
                f"{text} in words",
                f"list contains(words, {text})",
                "string(" + pick.choice(("rows", "values", "this", "mixed", "order", "nothing", '["a", null]')) + ")",
                f"number({pick.choice((text, self.quoted()))})",
                f'number("1 000,5", " ", ",") + {a}',
                f"// a remark\n{a} /* and another */ + {b}",
                f"count(rows[ok]) + count(values[item > {a}])",
                f"is({a}, {b})",
                f"{{x: {a}, y: x + {b}, z: {{w: y * 2}}}}.z.w",
                f"(function(u, v) if u > v then u else v)({a}, {b})",
                "count(mode(values))",
                f"insert before(values, 1, {a})",
                f"list replace([1, 2, 3], 2, {a})",
                f"remove([1, 2, 3], {pick.choice('123')})",
                f"substring(string: {text}, start position: 2)",
                f"before({self.literal()}, {self.literal()}) or after([1..{pick.choice('23')}], {self.literal()})",
                f"includes([1..10], {self.literal()}) and overlaps([1..3], [{pick.choice('234')}..9])",
                f"for i in {pick.choice(('3..1', '1..1', '-2..2'))} return i * {a}",
            )
        )

    # -- time ---------------------------------------------------------------------------------------------------

    def date(self, depth: int) -> str:
        pick = self.random
        day = f"{pick.choice((2023, 2024, 2026))}-{pick.choice(('01-31', '02-28', '02-29', '06-15', '12-31'))}"
        plain = pick.choice(
            (f'date("{day}")', f'@"{day}"', f"date(2024, {pick.randint(1, 12)}, {pick.randint(1, 28)})")
        )
        if depth <= 0 or pick.random() < 0.4:
            return plain
        return f"{plain} {pick.choice('+-')} {self.duration()}"

    def duration(self) -> str:
        span = self.random.choice(("P1D", "P40D", "P1M", "P13M", "P1Y", "P1Y2M", "PT24H", "P7D", "-P1D"))
        return self.random.choice((f'duration("{span}")', f'@"{span}"'))

    def moment(self) -> str:
        pick = self.random
        zone = pick.choice(("Z", "+08:00", "@Asia/Shanghai", ""))
        return f'date and time("2024-0{pick.randint(1, 9)}-1{pick.randint(0, 9)}T0{pick.randint(0, 9)}:30:00{zone}")'

    def temporal_result(self, depth: int) -> str:
        pick = self.random
        operator = pick.choice(("=", "!=", "<", "<=", ">", ">="))
        span = pick.choice(("PT36H", "P1D", "PT5M", "P2DT3H", "PT0S"))
        return pick.choice(
            (
                self.date(depth),
                f"({self.date(depth)}) {operator} ({self.date(depth)})",
                f"({self.date(depth)}).{pick.choice(('year', 'month', 'day', 'weekday'))}",
                f"{self.moment()}.{pick.choice(('year', 'hour', 'minute', 'second'))}",
                f"{self.date(0)} - {self.date(0)}",
                f"{self.moment()} {operator} {self.moment()}",
                f"{self.moment()} + {self.duration()}",
                f"{self.moment()} - {self.moment()}",
                f"({self.date(0)} in [{self.date(0)}..{self.date(0)}])",
                f"string({self.date(depth)})",
                f'duration("{span}") {operator} duration("{pick.choice(("PT36H", "P1D", "PT1H"))}")',
                f'duration("{span}") + duration("PT1H")',
                f"{pick.choice(('day of year', 'week of year', 'day of week', 'month of year'))}({self.date(0)})",
                f'years and months duration(date("2024-0{pick.randint(1, 9)}-01"), date(2027, 3, 1))',
                f'time("{pick.choice(("10:00:00", "23:59:59", "00:30:00Z"))}") + duration("PT2H")',
            )
        )

    # -- unary tests --------------------------------------------------------------------------------------------

    def tests(self) -> tuple[str, object]:
        """Return the tests of a cell and a value to test."""
        pick = self.random
        value = pick.choice((0, 1, 2, 2.25, 10, 50000, "a", "合同", "abc", True, False, None))
        found = ", ".join(self.test() for _ in range(pick.choice((1, 1, 2, 3))))
        return pick.choice((found, found, f"not({found})", "-")) if pick.random() < 0.98 else "-", value

    def test(self) -> str:
        pick = self.random
        choice = pick.randrange(9)
        if choice < 3:
            return f"{pick.choice(('<', '<=', '>', '>=', '=', '!='))} {self.number(0)}"
        if choice == 3:
            return self.interval()
        if choice == 4:
            return self.quoted()
        if choice == 5:
            return self.literal()
        if choice == 6:
            return pick.choice(("true", "false", "null", "approved", "values", "words", "amount"))
        if choice == 7:
            return pick.choice(('["a", "abc"]', "[1, 2, 10]", f"({self.interval()})"))
        return pick.choice(("? != null", "amount > 5", f"({self.boolean(1)}) = true"))
