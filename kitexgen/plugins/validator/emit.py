"""Rules to Python: one function a record, which raises at the first rule that is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kitexgen.codegen.plan.literals import string_literal
from kitexgen.plugins.validator.functions import RUNTIME, Use
from kitexgen.plugins.validator.kinds import Kind
from kitexgen.plugins.validator.operands import is_nullable
from kitexgen.plugins.validator.rules import RecordRules, Rule, Rules
from kitexgen.schema.declarations import Field, Record, RecordKind
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Schema
from kitexgen.schema.types import Ref

_EMPTY = {Kind.LIST: "()", Kind.SET: "()", Kind.MAP: "{}", Kind.BYTES: 'b""'}
_COMPARISONS = {"const": "!=", "lt": ">=", "le": ">", "gt": "<=", "ge": "<", "in": "not in", "not_in": "in"}


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints the functions of one module.

    `class_of` and `validator_of` give the names of a record's or enum's class, and of the function that validates a
    record, None when it has nothing to validate. `pattern` gives the name of a compiled regular expression.
    """

    schema: Schema
    use: Use
    class_of: Callable[[DeclId], str]
    validator_of: Callable[[DeclId], str | None]
    pattern: Callable[[str, bool], str]

    def function(self, name: str, record: Record, rules: RecordRules, attributes: dict[str, str]) -> list[str]:
        class_name = self.class_of(record.id)
        title = string_literal(record.id.name)
        body = _Body(self, record)
        for field in record.fields:
            body.field(field, rules.fields[field.name], attributes[field.name])
        for rule in rules.asserts:
            body.breaks(rule.operands[0].negated or f"not {rule.operands[0].code}", rule, "{path}", "record")
        return [
            f"def {name}(record: {class_name}, path: str = {title}) -> None:",
            '    """Raise ValidationError unless `record` keeps its rules; `path` is where it stands."""',
            *body.lines,
            "",
            "",
        ]


class _Body:
    def __init__(self, printer: Printer, record: Record) -> None:
        self.lines: list[str] = []
        self._printer = printer
        self._record = record
        self._indent = 1
        self._loops = 0

    def field(self, field: Field, rules: Rules, attribute: str) -> None:
        target, path = f"record.{attribute}", f"{{path}}.{field.name}"
        if not is_nullable(self._record, field, self._printer.schema):
            self.value(rules, target, path)
            return
        for rule in rules.own:
            if rule.name == "not_nil":
                self.breaks(f"{target} is None", rule, path, target)
        # As in Go, where they are nil and have no elements; but a member of a union that is not set is none.
        if rules.kind in _EMPTY and self._record.kind is not RecordKind.UNION:
            self.value(rules, f"({target} or {_EMPTY[rules.kind]})", path)
            return
        before = len(self.lines)
        self._indent += 1
        self.value(rules, target, path)
        self._indent -= 1
        inside = self.lines[before:]
        self.lines[before:] = _guarded(f"{target} is not None", inside, self._indent) if inside else []

    def value(self, rules: Rules, target: str, path: str) -> None:
        """Check what `target`, which is not None, must be."""
        for rule in rules.own:
            if rule.name != "not_nil":
                self.breaks(self._condition(rule, rules, target), rule, path, target)
        if rules.kind is Kind.RECORD and not rules.is_skipped:
            ref = self._printer.schema.resolve(rules.type)
            validator = self._printer.validator_of(ref.target) if isinstance(ref, Ref) else None
            if validator is not None:
                self._line(f"{validator}({target}, {_path(path)})")
        if rules.inner:
            self._loop(rules, target, path)

    def breaks(self, condition: str, rule: Rule, path: str, value: str) -> None:
        """Raise when `condition` holds; of a rule that depends on fields not set, nothing is asked."""
        divisors = [f"{code} == 0" for operand in rule.operands for code in operand.divisors]
        if divisors:
            condition = f"({' or '.join([*divisors, condition])})"
        nullable = dict.fromkeys(code for operand in rule.operands for code in operand.nullable)
        full = " and ".join([*(f"{code} is not None" for code in nullable), condition])
        self._line(f"if {full}:")
        error = self._printer.use(RUNTIME, "ValidationError")
        self._line(f"    raise {error}({_path(path)}, {string_literal(rule.text)}, {_bare(value)})")

    def _condition(self, rule: Rule, rules: Rules, target: str) -> str:
        codes = [operand.code for operand in rule.operands]
        match rule.name:
            case "const" if rules.kind is Kind.BOOL and codes[0] in ("True", "False"):
                return f"not {target}" if codes[0] == "True" else target
            case "const" | "lt" | "le" | "gt" | "ge":
                return f"{target} {_COMPARISONS[rule.name]} {codes[0]}"
            case "in" | "not_in":
                listed = ", ".join(codes) if len(codes) > 1 else f"{codes[0]},"
                return f"{target} {_COMPARISONS[rule.name]} ({listed})"
            case "prefix":
                return f"not {target}.startswith({codes[0]})"
            case "suffix":
                return f"not {target}.endswith({codes[0]})"
            case "contains":
                return f"{codes[0]} not in {target}"
            case "not_contains":
                return f"{codes[0]} in {target}"
            case "pattern":
                return f"{self._printer.pattern(codes[0], rules.kind is Kind.BYTES)}.search({target}) is None"
            case "defined_only":
                return f"{target}.name not in {self._class(rules)}.__members__"
            case "no_sparse":
                return f"any(item is None for item in {target}.values())"
        return self._size(rule, rules, target, codes[0])

    def _size(self, rule: Rule, rules: Rules, target: str, limit: str) -> str:
        count = "len"
        if rules.kind is Kind.TEXT and "rune" not in rule.name:
            count = self._printer.use(RUNTIME, "byte_size")
        elif rules.kind is Kind.BYTES and "rune" in rule.name:
            count = self._printer.use(RUNTIME, "rune_size")
        return f"{count}({_bare(target)}) {'<' if rule.name.startswith('min') else '>'} {limit}"

    def _class(self, rules: Rules) -> str:
        ref = self._printer.schema.resolve(rules.type)
        assert isinstance(ref, Ref)
        return self._printer.class_of(ref.target)

    def _loop(self, rules: Rules, target: str, path: str) -> None:
        self._loops += 1
        number = f"_{self._loops}" if self._loops > 1 else ""
        index, item, key = f"index{number}", f"item{number}", f"key{number}"
        before = len(self.lines)
        bare = _bare(target)
        match rules.kind:
            case Kind.LIST:
                self._line(f"for {index}, {item} in enumerate({bare}):")
                inside = [("elem", item, f"{path}[{{{index}}}]")]
            case Kind.SET:
                self._line(f"for {item} in {bare}:")
                inside = [("elem", item, f"{path}[{{{item}!r}}]")]
            case _ if "value" in rules.inner:
                self._line(f"for {key}, {item} in {target}.items():")
                inside = [("key", key, f"{path}[{{{key}!r}}]"), ("value", item, f"{path}[{{{key}!r}}]")]
            case _:
                self._line(f"for {key} in {bare}:")
                inside = [("key", key, f"{path}[{{{key}!r}}]")]
        self._indent += 1
        for name, value, place in inside:
            if name in rules.inner:
                self.value(rules.inner[name], value, place)
        self._indent -= 1
        if len(self.lines) == before + 1:
            self.lines.pop()

    def _line(self, text: str) -> None:
        self.lines.append("    " * self._indent + text)


def _guarded(condition: str, lines: list[str], indent: int) -> list[str]:
    """`lines`, which stand one level below `indent`, where `condition` holds; a lone `if` among them takes it in."""
    margin = "    " * (indent + 1)
    statements = [line for line in lines if line[len(margin)] != " "]
    if len(statements) == 1 and statements[0].startswith(f"{margin}if "):
        merged = lines[0].replace("if ", f"if {condition} and ", 1)
        return [line[4:] for line in (merged, *lines[1:])]
    return [f"{margin[4:]}if {condition}:", *lines]


def _bare(target: str) -> str:
    """`(x or ())` without its parentheses, for where none are needed."""
    return target[1:-1] if target.startswith("(") else target


def _path(path: str) -> str:
    return "path" if path == "{path}" else f'f"{path}"'
