"""Visits what a schema holds in one fixed order: declarations as written, types from outside in, values in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from kitexgen.schema.declarations import Alias, Const, Enum, Extension, Field, Record
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Declaration, Schema
from kitexgen.schema.services import Method, Service
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value


def declarations(schema: Schema) -> Iterator[Declaration]:
    """Every declaration, modules in order, declarations in source order."""
    for module in schema.modules:
        yield from module.declarations


def records(schema: Schema) -> Iterator[Record]:
    for declaration in declarations(schema):
        if isinstance(declaration, Record):
            yield declaration


def field_lists(declaration: Declaration) -> Iterator[tuple[Field, ...]]:
    """The lists in which ids and names must differ: a record's fields, a method's arguments, a method's throws."""
    match declaration:
        case Record():
            yield declaration.fields
        case Extension():
            yield (declaration.field,)
        case Service():
            for method in declaration.methods:
                yield method.arguments
                yield method.throws
        case Enum() | Alias() | Const():
            return
        case _:
            assert_never(declaration)


def fields(declaration: Declaration) -> Iterator[Field]:
    """Fields of a record; the field of an extension; arguments and then throws of each method of a service."""
    for group in field_lists(declaration):
        yield from group


def method_types(method: Method) -> Iterator[Type]:
    """The result, if any, then the types of arguments and throws."""
    if method.result is not None:
        yield method.result
    for field in (*method.arguments, *method.throws):
        yield field.type


def outer_types(declaration: Declaration) -> Iterator[Type]:
    """The types a declaration writes down, in source order, without their parts."""
    match declaration:
        case Record():
            yield from (field.type for field in declaration.fields)
        case Alias() | Const():
            yield declaration.type
        case Extension():
            yield declaration.field.type
        case Service():
            for method in declaration.methods:
                yield from method_types(method)
        case Enum():
            return
        case _:
            assert_never(declaration)


def parts(type: Type) -> Iterator[Type]:
    """`type` and the types inside it, outermost first; references are not followed."""
    pending = [type]
    while pending:
        part = pending.pop()
        yield part
        match part:
            case ListOf(element=element) | SetOf(element=element):
                pending.append(element)
            case MapOf(key=key, value=value):
                pending += (value, key)
            case Scalar() | Ref():
                pass
            case _:
                assert_never(part)


def referenced(type: Type) -> Iterator[DeclId]:
    """The declarations that `type` names."""
    return (part.target for part in parts(type) if isinstance(part, Ref))


def values(declaration: Declaration) -> Iterator[Value]:
    """The value of a constant, the defaults of fields and arguments."""
    if isinstance(declaration, Const):
        yield declaration.value
    for field in fields(declaration):
        if field.default is not None:
            yield field.default


def inner_values(value: Value) -> Iterator[Value]:
    """`value` and the values inside it, outermost first, left to right."""
    pending = [value]
    while pending:
        part = pending.pop()
        yield part
        match part:
            case ListValue(items=items) | SetValue(items=items):
                pending += reversed(items)
            case MapValue(entries=entries):
                pending += (inner for entry in reversed(entries) for inner in reversed(entry))
            case RecordValue(fields=given):
                pending += (inner for _, inner in reversed(given))


def dependencies(declaration: Declaration) -> Iterator[DeclId]:
    """The declarations that `declaration` names: base service, extended message, types, enums and records of values.

    In source order; one may come more than once.
    """
    if isinstance(declaration, Service) and declaration.base is not None:
        yield declaration.base
    if isinstance(declaration, Extension):
        yield declaration.extendee
    for type in outer_types(declaration):
        yield from referenced(type)
    for value in values(declaration):
        for part in inner_values(value):
            if isinstance(part, EnumValue):
                yield part.enum
            elif isinstance(part, RecordValue):
                yield part.record
