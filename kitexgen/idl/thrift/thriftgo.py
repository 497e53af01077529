"""What thriftgo refuses, or crashes on, though its meaning is clear to us.

Source: thriftgo 0.4.5: parser/parser.go (`parseEnum`), semantic/checker.go, generator/golang/resolver.go and
generator/golang/scope_internal.go. A crash counts as a refusal.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import THRIFTGO, warning
from kitexgen.idl.thrift.constants import identifiers
from kitexgen.idl.thrift.go_names import clashes
from kitexgen.idl.thrift.graph import FileGraph, LoadedFile
from kitexgen.idl.thrift.partial import Partial
from kitexgen.idl.thrift.tree import (
    EnumMemberNode,
    EnumNode,
    FieldNode,
    ListNode,
    LiteralNode,
    MapNode,
    ServiceNode,
    ValueNode,
)
from kitexgen.idl.thrift.types import MAX_DEPTH
from kitexgen.schema.declarations import Const, Field, Record
from kitexgen.schema.module import Module, Schema
from kitexgen.schema.services import Service
from kitexgen.schema.types import ListOf, MapOf, Ref, SetOf, Type


def refused_by_thriftgo(graph: FileGraph, schema: Schema, partial: Partial) -> Iterator[Diagnostic]:
    modules = {module.id: module for module in schema.modules}
    for file in graph.files:
        for definition in file.tree.definitions:
            if isinstance(definition, EnumNode):
                yield from _numbers_read_alike(definition)
            elif isinstance(definition, ServiceNode):
                yield from _argument_defaults(definition)
        yield from _values_behind_typedefs(file, modules[file.id], partial)
        yield from clashes(file.tree, file.id, partial)


# ---- enums ------------------------------------------------------------------------------------------------------


def _numbers_read_alike(node: EnumNode) -> Iterator[Diagnostic]:
    """thriftgo reads `010` as eight, and what it cannot read as 0."""
    seen: dict[int, EnumMemberNode] = {}
    ours: dict[int, str] = {}
    theirs = mine = -1
    for member in node.members:
        theirs = theirs + 1 if member.number is None else read_enum_number(member.number.text)
        mine = mine + 1 if member.number is None else member.number.value
        first = seen.setdefault(theirs, member)
        is_ours = ours.setdefault(mine, member.name.text) != member.name.text
        if first is not member and not is_ours and first.name.text != member.name.text:
            yield warning(
                "KX0255",
                f"thriftgo reads the numbers of `{first.name.text}` and `{member.name.text}` both as {theirs}",
                member.number.span if member.number else member.name.span,
                also=(Label(first.name.span, "the other one"),),
                hint="write plain decimal numbers without leading zeros",
                refused_by=THRIFTGO,
            )


def read_enum_number(text: str) -> int:
    """Go's strconv.ParseInt(text, 0, 64) with its error ignored."""
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").lower()
    base = 10
    for prefix, radix in (("0x", 16), ("0o", 8), ("0b", 2)):
        if digits.startswith(prefix):
            base, digits = radix, digits[2:]
            break
    else:
        if len(digits) > 1 and digits.startswith("0"):
            base, digits = 8, digits[1:]
    try:
        number = sign * int(digits, base)
    except ValueError:
        return 0
    return max(-(2**63), min(2**63 - 1, number))


# ---- values -----------------------------------------------------------------------------------------------------


def _argument_defaults(node: ServiceNode) -> Iterator[Diagnostic]:
    """The defaults of arguments and throws are printed without having been resolved, which crashes on any name."""
    for method in node.methods:
        for field in (*method.arguments, *method.throws):
            name = next(identifiers(field.default), None) if field.default is not None else None
            if name is not None:
                yield warning(
                    "KX0253",
                    f"the default of `{field.name.text}` refers to `{name.text}`",
                    name.span,
                    hint="thriftgo crashes on a name in the default of an argument; write the value itself",
                    refused_by=THRIFTGO,
                )


def _values_behind_typedefs(file: LoadedFile, module: Module, partial: Partial) -> Iterator[Diagnostic]:
    """Elements of a container that is named through a typedef: their type is looked for in the wrong place."""
    declared = {declaration.id.name: declaration for declaration in module.declarations}
    for node in file.tree.definitions:
        declaration = declared.get(node.name.text)
        match declaration:
            case Const():
                value = getattr(node, "value", None)
                if value is not None:
                    yield from _typedef_elements(declaration.type, value, partial)
            case Record():
                yield from _field_defaults(declaration.fields, getattr(node, "fields", ()), partial)
            case Service():
                for method, method_node in zip(declaration.methods, getattr(node, "methods", ()), strict=False):
                    yield from _field_defaults(method.arguments, method_node.arguments, partial)
            case _:
                pass


def _field_defaults(fields: tuple[Field, ...], nodes: tuple[FieldNode, ...], partial: Partial) -> Iterator[Diagnostic]:
    for field, node in zip(fields, nodes, strict=False):
        if node.default is not None:
            yield from _typedef_elements(field.type, node.default, partial)


def _typedef_elements(type: Type, node: ValueNode, partial: Partial, depth: int = 1) -> Iterator[Diagnostic]:
    end = partial.resolve(type)
    if depth > MAX_DEPTH:
        return
    match end, node:
        case ListOf(element=element) | SetOf(element=element), ListNode(items=items):
            inner = [(element, item) for item in items]
        case MapOf(key=key, value=value), MapNode(entries=entries):
            inner = [pair for k, v in entries for pair in ((key, k), (value, v))]
        case Ref(), MapNode(entries=entries):
            record = partial.record(end)
            types = {field.name: field.type for field in record.fields} if record else {}
            inner = [(types[k.value], v) for k, v in entries if isinstance(k, LiteralNode) and k.value in types]
        case _:
            return
    if isinstance(type, Ref) and not isinstance(end, Ref) and inner:
        yield warning(
            "KX0256",
            f"thriftgo crashes on a value of `{type.target.name}`, a typedef of a container",
            node.span,
            hint="declare the constant or field with the container type itself",
            refused_by=THRIFTGO,
        )
        return
    for inner_type, inner_node in inner:
        yield from _typedef_elements(inner_type, inner_node, partial, depth + 1)
