"""Constant expressions to schema values: constants in the order of their references, then defaults.

What each compiler refuses here is said beside the rule; sources are Apache Thrift's t_scope.h (`resolve_const_value`)
and main.cc (`validate_const_rec`), and thriftgo's semantic/semantic.go and generator/golang/resolver.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from kitexgen.diagnostics.diagnostic import Label
from kitexgen.diagnostics.report import Report
from kitexgen.idl.evaluate import Literal, Misfit, fit
from kitexgen.idl.finding import error
from kitexgen.idl.thrift import value_findings as findings
from kitexgen.idl.thrift.partial import UNKNOWN, Partial
from kitexgen.idl.thrift.references import References
from kitexgen.idl.thrift.scopes import Scopes
from kitexgen.idl.thrift.tree import (
    ConstNode,
    DoubleNode,
    IdentifierNode,
    IntNode,
    ListNode,
    LiteralNode,
    MapNode,
    ValueNode,
)
from kitexgen.idl.thrift.types import MAX_DEPTH
from kitexgen.schema.declarations import Enum, Record, RecordKind, Requirement
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.order import components, is_cycle
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value
from kitexgen.source.span import Span

# More values than this in one constant, references followed, is no table but a mistake (or an attack).
MAX_SIZE = 100_000


@dataclass(frozen=True, slots=True)
class ConstShape:
    """A constant before evaluation: its type is known, its value is not."""

    id: DeclId
    type: Type
    node: ConstNode


@dataclass(slots=True)
class _Extent:
    """How deep and how large the value under evaluation has become."""

    depth: int = 0
    size: int = 0


class Constants:
    """Evaluates constant expressions; every constant once, references followed."""

    def __init__(self, scopes: Scopes, partial: Partial, shapes: Sequence[ConstShape], report: Report) -> None:
        self._partial = partial
        self._report = report
        self._shapes = {shape.id: shape for shape in shapes}
        self._scopes = scopes
        self._values: dict[DeclId, Value | None] = {}
        self._extents: dict[DeclId, _Extent] = {}
        self._extent = _Extent()
        self._references = References(scopes, partial, report)
        self._evaluate_all()

    def of(self, id: DeclId) -> Value | None:
        """The value of a constant, or None when it has none that makes sense; that was reported."""
        return self._values.get(id)

    def value(self, module: ModuleId, node: ValueNode, type: Type) -> Value | None:
        """What `node`, written in `module`, is as a `type`; None, reported, when it does not fit."""
        self._extent = _Extent()
        return self._value(module, node, type, 1)

    # ---- constants in order -------------------------------------------------------------------------------------

    def _evaluate_all(self) -> None:
        for group in components(self._shapes, self._needs):
            if is_cycle(group, self._needs):
                self._report.add(findings.constant_cycle([self._shapes[id].node for id in group]))
                self._values.update(dict.fromkeys(group))
                continue
            shape = self._shapes[group[0]]
            self._values[shape.id] = self.value(shape.id.module, shape.node.value, shape.type)
            self._extents[shape.id] = self._extent

    def _needs(self, id: DeclId) -> Iterator[DeclId]:
        for name in identifiers(self._shapes[id].node.value):
            for symbol in self._scopes.constants(id.module, name.text):
                if symbol.id in self._shapes:
                    yield symbol.id

    # ---- one expression -----------------------------------------------------------------------------------------

    def _value(self, module: ModuleId, node: ValueNode, slot: Type, depth: int) -> Value | None:
        if not self._grow(node, depth, 1):
            return None
        type = self._partial.resolve(slot)
        if type == UNKNOWN:
            return None
        match node:
            case IdentifierNode(text="true" | "false"):
                return self._literal(node, node.text == "true", type, slot)
            case IdentifierNode():
                return self._reference(module, node, type, slot, depth)
            case IntNode(value=number) | DoubleNode(value=number):
                return self._literal(node, number, type, slot)
            case LiteralNode(value=text):
                return self._literal(node, text, type, slot)
            case ListNode():
                return self._list(module, node, type, slot, depth)
            case MapNode():
                return self._map(module, node, type, slot, depth)

    def _grow(self, node: ValueNode, depth: int, size: int) -> bool:
        """Count what `node` adds; False, reported, once the value is too deep or too large."""
        extent = self._extent
        was_fine = extent.depth <= MAX_DEPTH and extent.size <= MAX_SIZE
        extent.depth = max(extent.depth, depth)
        extent.size += size
        if was_fine and extent.depth > MAX_DEPTH:
            self._report.add(error("KX0326", f"values nested deeper than {MAX_DEPTH} cannot be used", node.span))
        elif was_fine and extent.size > MAX_SIZE:
            self._report.add(error("KX0327", f"this constant has more than {MAX_SIZE:,} values", node.span))
        return extent.depth <= MAX_DEPTH and extent.size <= MAX_SIZE

    def _literal(self, node: ValueNode, literal: Literal, type: Type, slot: Type) -> Value | None:
        enum = self._partial.enum(type)
        if enum is not None and isinstance(literal, int):
            return self._enum_number(node, int(literal), enum, is_bool=isinstance(literal, bool))
        if not isinstance(type, Scalar):
            self._report.add(findings.wrong_literal(node, literal, slot))
            return None
        fitted = fit(literal, type.kind)
        if isinstance(fitted, Misfit):
            self._report.add(error(fitted.code, fitted.message, node.span, hint=fitted.hint))
            return None
        return fitted

    def _enum_number(self, node: ValueNode, number: int, enum: Enum, *, is_bool: bool = False) -> Value | None:
        member = next((member for member in enum.members if member.number == number), None)
        if member is None:
            self._report.add(findings.no_member_with_number(node, number, enum))
            return None
        if is_bool:
            self._report.add(findings.bool_for_enum(node, enum, member))
        return EnumValue(enum.id, number, member.name)

    def _list(self, module: ModuleId, node: ListNode, type: Type, slot: Type, depth: int) -> Value | None:
        if isinstance(type, MapOf) and not node.items:
            self._report.add(findings.other_empty_bracket(node, slot))
            return MapValue(())
        if not isinstance(type, ListOf | SetOf):
            self._report.add(findings.wrong_bracket(node, "a list", slot))
            return None
        items = [self._value(module, item, type.element, depth + 1) for item in node.items]
        known = tuple(item for item in items if item is not None)
        if len(known) < len(items):
            return None
        if isinstance(type, ListOf):
            return ListValue(known)
        first: dict[Value, ValueNode] = {}
        for item, item_node in zip(known, node.items, strict=True):
            if item in first:
                self._report.add(findings.repeated("KX0312", "an element of this set", first[item], item_node))
            first.setdefault(item, item_node)
        return SetValue(tuple(first))

    def _map(self, module: ModuleId, node: MapNode, type: Type, slot: Type, depth: int) -> Value | None:
        record = self._partial.record(type)
        if record is not None:
            return self._record(module, node, record, depth)
        if isinstance(type, ListOf | SetOf) and not node.entries:
            self._report.add(findings.other_empty_bracket(node, slot))
            return ListValue(()) if isinstance(type, ListOf) else SetValue(())
        if not isinstance(type, MapOf):
            self._report.add(findings.wrong_bracket(node, "a map", slot))
            return None
        entries: dict[Value, Value] = {}
        first: dict[Value, ValueNode] = {}
        is_whole = True
        for key_node, value_node in node.entries:
            key = self._value(module, key_node, type.key, depth + 1)
            value = self._value(module, value_node, type.value, depth + 1)
            if key is None or value is None:
                is_whole = False
                continue
            if key in first:
                self._report.add(findings.repeated("KX0311", "a key of this map", first[key], key_node))
            first.setdefault(key, key_node)
            entries[key] = value
        return MapValue(tuple(entries.items())) if is_whole else None

    def _record(self, module: ModuleId, node: MapNode, record: Record, depth: int) -> Value | None:
        fields = {field.name: field for field in record.fields}
        given: dict[str, Value | None] = {}
        first: dict[str, ValueNode] = {}
        is_whole = True
        for key_node, value_node in node.entries:
            if not isinstance(key_node, LiteralNode):
                self._report.add(findings.key_is_no_name(key_node, record))
                is_whole = False
                continue
            name = key_node.value
            if name not in fields:
                self._report.add(findings.unknown_field(key_node, record))
                is_whole = False
                continue
            if name in given:
                self._report.add(findings.repeated("KX0311", f"field `{name}`", first[name], key_node))
            first.setdefault(name, key_node)
            if self._scopes.uses is not None:
                quoted = key_node.span
                inner = Span(quoted.path, quoted.start + 1, quoted.end - 1)
                self._scopes.uses.note(inner, fields[name].name_span)
            given[name] = self._value(module, value_node, fields[name].type, depth + 1)
        if not is_whole or not self._is_complete(node, record, given) or None in given.values():
            return None
        return RecordValue(record.id, tuple((name, value) for name, value in given.items() if value is not None))

    def _is_complete(self, node: MapNode, record: Record, given: dict[str, Value | None]) -> bool:
        if record.kind is RecordKind.UNION:
            if len(given) != 1:
                self._report.add(findings.union_of_not_one(node, record, len(given)))
            return len(given) == 1
        missing = [
            field
            for field in record.fields
            if field.requirement is Requirement.REQUIRED
            and field.name not in given
            and (record.id, field.name) not in self._partial.defaults
        ]
        if missing:
            self._report.add(findings.required_missing(node, record, missing))
        return not missing

    # ---- references ---------------------------------------------------------------------------------------------

    def _reference(self, module: ModuleId, node: IdentifierNode, type: Type, slot: Type, depth: int) -> Value | None:
        enum = self._partial.enum(type)
        target = self._references.find(module, node, enum)
        if target is None or isinstance(target, EnumValue):
            return None if target is None else self._member(node, target, type, slot)
        value = self._values.get(target)
        if value is None:
            return None
        extent = self._extents[target]
        if not self._grow(node, depth + extent.depth - 1, extent.size):
            return None
        shape = self._shapes[target]
        fitted = self._refit(value, type)
        if fitted is None:
            also = (Label(shape.node.name.span, "declared here"),)
            self._report.add(findings.constant_does_not_fit(node, value, shape.type, slot, also))
            return None
        self._references.refuse_by_apache(node, type, self._partial.resolve(shape.type), enum)
        return fitted

    def _member(self, node: IdentifierNode, member: EnumValue, type: Type, slot: Type) -> Value | None:
        """A member of an enum, in a slot of that enum or of a number."""
        if isinstance(type, Ref):
            if type.target == member.enum:
                return member
        elif isinstance(type, Scalar):
            fitted = fit(member.number, type.kind)
            if not isinstance(fitted, Misfit):
                return fitted
            if fitted.code != "KX0301":
                self._report.add(error(fitted.code, fitted.message, node.span, hint=fitted.hint))
                return None
        self._report.add(findings.member_does_not_fit(node, slot))
        return None

    def _refit(self, value: Value, type: Type) -> Value | None:
        """A constant's value in a slot of another type, or None. As deep as a value may be, so recursion is safe."""
        type = self._partial.resolve(type)
        match type, value:
            case Scalar(kind=kind), bool() | int() | float() | str():
                fitted = fit(value, kind)
                return None if isinstance(fitted, Misfit) else fitted
            case Scalar(kind=ScalarKind.STRING), bytes():
                return value.decode("utf-8", "surrogateescape")
            case Scalar(kind=kind), bytes() | UUID():
                return value if kind is (ScalarKind.UUID if isinstance(value, UUID) else ScalarKind.BINARY) else None
            case Scalar(kind=kind), EnumValue(number=number):
                fitted = fit(number, kind)
                return None if isinstance(fitted, Misfit) else fitted
            case ListOf(element=element), ListValue(items=items):
                refitted = self._refit_all(items, element)
                return None if refitted is None else ListValue(refitted)
            case SetOf(element=element), SetValue(items=items):
                refitted = self._refit_all(items, element)
                return None if refitted is None else SetValue(refitted)
            case MapOf(key=key, value=entry), MapValue(entries=entries):
                keys = self._refit_all([key for key, _ in entries], key)
                values = self._refit_all([value for _, value in entries], entry)
                return None if keys is None or values is None else MapValue(tuple(zip(keys, values, strict=True)))
            case Ref(target=target), EnumValue(enum=owner) | RecordValue(record=owner):
                return value if target == owner else None
            case Ref(), int() if not isinstance(value, bool):
                enum = self._partial.enum(type)
                names = [member.name for member in enum.members if member.number == value] if enum else []
                return EnumValue(enum.id, value, names[0]) if enum and names else None
            case _:
                return None

    def _refit_all(self, values: Sequence[Value], type: Type) -> tuple[Value, ...] | None:
        refitted = [self._refit(value, type) for value in values]
        known = tuple(value for value in refitted if value is not None)
        return known if len(known) == len(values) else None


def identifiers(node: ValueNode) -> Iterator[IdentifierNode]:
    """The names in an expression, `true` and `false` left out, in source order."""
    pending = [node]
    while pending:
        part = pending.pop()
        match part:
            case IdentifierNode():
                if part.text not in ("true", "false"):
                    yield part
            case ListNode(items=items):
                pending += reversed(items)
            case MapNode(entries=entries):
                pending += (inner for entry in reversed(entries) for inner in reversed(entry))
            case IntNode() | DoubleNode() | LiteralNode():
                pass
