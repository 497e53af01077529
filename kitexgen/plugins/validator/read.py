"""Annotations `vt.*` to rules, with a diagnostic for each that means nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kitexgen.codegen.plan.literals import bytes_literal, string_literal
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.plugins.validator.faults import BadOperand, bad_operand, unknown_rule
from kitexgen.plugins.validator.kinds import INNER, KEYS, PREFIX, SIZES, SWITCHES, Kind, kind_of
from kitexgen.plugins.validator.operands import Operands, integer, looks_like_call, number, truth
from kitexgen.plugins.validator.patterns import python_pattern
from kitexgen.plugins.validator.rules import Operand, RecordRules, Rule, Rules
from kitexgen.schema.annotations import Annotation, Annotations
from kitexgen.schema.declarations import Const, Enum, Record
from kitexgen.schema.module import Schema
from kitexgen.schema.types import ListOf, MapOf, Ref, SetOf, Type
from kitexgen.schema.values import EnumValue

_NUMBERS = (Kind.INTEGER, Kind.DOUBLE)


@dataclass(slots=True)
class RuleReader:
    """Reads the rules of records; what is wrong with them gathers in `found`."""

    schema: Schema
    found: list[Diagnostic] = field(default_factory=list)

    def record(self, record: Record, operands: Operands) -> RecordRules:
        rules = RecordRules()
        for each in record.fields:
            rules.fields[each.name] = tree = self._tree(each.type)
            for annotation in _ours(each.annotations):
                path = annotation.key.removeprefix(PREFIX).split(".")
                self._read(annotation, path, tree, operands)
        for annotation in _ours(record.annotations):
            if annotation.key == "vt.assert":
                rules.asserts += self._asserts(annotation, operands)
            else:
                name = annotation.key.removeprefix(PREFIX)
                self.found.append(unknown_rule(annotation.key, name, "a whole struct", ("assert",), annotation.span))
        return rules

    def _tree(self, type: Type) -> Rules:
        return Rules(type, kind_of(type, self.schema))

    def _read(self, annotation: Annotation, path: list[str], rules: Rules, operands: Operands) -> None:
        name, rest = path[0], path[1:]
        if name not in KEYS[rules.kind] or bool(rest) is not (name in INNER):
            self.found.append(
                unknown_rule(annotation.key, ".".join(path), rules.kind.value, KEYS[rules.kind], annotation.span)
            )
        elif name in INNER:
            inner = rules.inner.get(name) or self._tree(self._part(rules.type, name))
            rules.inner[name] = inner
            self._read(annotation, rest, inner, operands)
        else:
            self._add(annotation, name, rules, operands)

    def _part(self, type: Type, name: str) -> Type:
        match self.schema.resolve(type):
            case ListOf(element) | SetOf(element):
                return element
            case MapOf(key, value):
                return key if name == "key" else value
        raise TypeError(f"{type} has no part {name}")

    def _add(self, annotation: Annotation, name: str, rules: Rules, operands: Operands) -> None:
        given: list[tuple[str, Operand | None]] = []
        for text in annotation.values:
            try:
                if name in SWITCHES:
                    self._switch(annotation, name, truth(text), rules)
                else:
                    given.append((text, self._operand(name, text, rules, operands)))
            except BadOperand as error:
                self.found.append(bad_operand(annotation.key, text, error, annotation.span))
        values = tuple(operand for _, operand in given if operand is not None)
        if name in ("in", "not_in") and values:
            rules.own.append(Rule(name, _text(annotation.key, *(text for text, _ in given)), values))
        elif name not in ("in", "not_in"):
            rules.own += (
                Rule(name, _text(annotation.key, text), (operand,)) for text, operand in given if operand is not None
            )

    def _switch(self, annotation: Annotation, name: str, is_on: bool, rules: Rules) -> None:
        if name == "skip":
            rules.is_skipped = is_on
        elif is_on:
            rules.own.append(Rule(name, _text(annotation.key, "true")))

    def _asserts(self, annotation: Annotation, operands: Operands) -> Iterator[Rule]:
        for text in annotation.values:
            try:
                if not looks_like_call(text):
                    raise BadOperand("KX0458", "it is no function", '"@equal($A, $B)"')
                operand = operands.function(text)
                _expect(operand, (Kind.BOOL,))
                yield Rule("assert", _text(annotation.key, text), (operand,))
            except BadOperand as error:
                self.found.append(bad_operand(annotation.key, text, error, annotation.span))

    def _operand(self, name: str, text: str, rules: Rules, operands: Operands) -> Operand:
        kind = Kind.INTEGER if name in SIZES else rules.kind
        if name != "pattern" and (text.startswith("$") or looks_like_call(text)):
            operand = operands.reference(text) if text.startswith("$") else operands.function(text)
            _expect(
                operand, _NUMBERS if kind in _NUMBERS else (Kind.TEXT, Kind.BYTES) if kind is Kind.BYTES else (kind,)
            )
            return _as_bytes(operand) if kind is Kind.BYTES else operand
        return Operand(self._literal(name, kind, text, rules, operands), kind)

    def _literal(self, name: str, kind: Kind, text: str, rules: Rules, operands: Operands) -> str:
        match kind:
            case _ if name == "pattern":
                return python_pattern(text)
            case Kind.INTEGER:
                value = integer(text)
                if name in SIZES and value < 0:
                    raise BadOperand("KX0457", "a size is never below 0")
                return str(value)
            case Kind.DOUBLE:
                value_ = number(text)
                return repr(value_) if abs(value_) < float("inf") else f'float("{value_}")'
            case Kind.BOOL:
                return str(truth(text))
            case Kind.TEXT:
                return string_literal(text)
            case Kind.BYTES:
                return bytes_literal(text.encode("utf-8", "surrogateescape"))
            case Kind.ENUM:
                return self._member(text, rules, operands)
        raise TypeError(f"{kind} has no literals")

    def _member(self, text: str, rules: Rules, operands: Operands) -> str:
        """`Color.RED`, `base.Color.RED`, or a constant `base.DEFAULT`, as Python."""
        ref = self.schema.resolve(rules.type)
        assert isinstance(ref, Ref)
        enum = self.schema.find(ref.target)
        assert isinstance(enum, Enum)
        owner, _, name = text.rpartition(".")
        names = {enum.id.name, f"{enum.id.module.stem}.{enum.id.name}"}
        if owner in names and any(member.name == name for member in enum.members):
            return operands.member(enum.id, name)
        constant = self._constant(owner, name, operands)
        if constant is not None and constant.enum == enum.id and constant.name is not None:
            return operands.member(enum.id, constant.name)
        raise BadOperand(
            "KX0457", f"it is no member of `{enum.id.name}`", f"write `{enum.id.name}.{enum.members[0].name}`"
        )

    def _constant(self, stem: str, name: str, operands: Operands) -> EnumValue | None:
        module = self.schema.module(operands.record.id.module)
        for include in module.includes:
            if include.target.stem != stem:
                continue
            for declaration in self.schema.module(include.target).declarations:
                if isinstance(declaration, Const) and declaration.id.name == name:
                    return declaration.value if isinstance(declaration.value, EnumValue) else None
        return None


def _ours(annotations: Annotations) -> Iterator[Annotation]:
    return (annotation for annotation in annotations if annotation.key.startswith(PREFIX))


def _text(key: str, *values: str) -> str:
    return ", ".join(f'{key} = "{value}"' for value in values)


def _expect(operand: Operand, kinds: tuple[Kind, ...]) -> None:
    if operand.kind not in kinds:
        raise BadOperand("KX0458", f"it is {operand.kind.value}, and {kinds[0].value} is compared with it")


def _as_bytes(operand: Operand) -> Operand:
    if operand.kind is Kind.BYTES:
        return operand
    return Operand(f'{operand.code}.encode("utf-8", "surrogateescape")', Kind.BYTES, operand.nullable, operand.divisors)
