"""Which records are used as map keys or set elements, and so have to be hashable."""

from __future__ import annotations

from kitexgen.schema.declarations import Alias, Const, Record
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service
from kitexgen.schema.types import ListOf, MapOf, Ref, SetOf, Type


def frozen_records(schema: Schema) -> frozenset[DeclId]:
    """Every record that stands somewhere in a key or set element, and every record inside such a one."""
    found: set[DeclId] = set()
    for module in schema.modules:
        for declaration in module.declarations:
            for type in _types(declaration):
                _search(schema, type, False, found)
    return frozenset(found)


def _types(declaration: object) -> list[Type]:
    match declaration:
        case Record(fields=fields):
            return [field.type for field in fields]
        case Alias(type=type) | Const(type=type):
            return [type]
        case Service(methods=methods):
            arguments = [field.type for method in methods for field in (*method.arguments, *method.throws)]
            return arguments + [method.result for method in methods if method.result is not None]
    return []


def _search(schema: Schema, type: Type, is_key: bool, found: set[DeclId]) -> None:
    """Walks with a list of its own: types nest, and records refer to each other, as deep as an author likes."""
    pending = [(type, is_key)]
    while pending:
        current, hashed = pending.pop()
        match current:
            case ListOf(element):
                pending.append((element, hashed))
            case SetOf(element):
                pending.append((element, True))
            case MapOf(key, value):
                pending += ((key, True), (value, hashed))
            case Ref(target) if hashed:
                declaration = schema.find(target)
                if isinstance(declaration, Alias):
                    pending.append((declaration.type, True))
                elif isinstance(declaration, Record) and target not in found:
                    found.add(target)
                    pending += ((field.type, True) for field in declaration.fields)
