"""Declared: what a name in an IDL stands for, found by the place where it is declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum as _Enum

from kitexgen.schema.declarations import Alias, Const, Enum, EnumMember, Extension, Field, Oneof, Record
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Declaration, Module, Schema
from kitexgen.schema.services import Method, Service
from kitexgen.schema.types import Ref, Type
from kitexgen.source.span import Span


class Kind(_Enum):
    """The values are the words people use for it."""

    STRUCT = "struct"
    UNION = "union"
    EXCEPTION = "exception"
    MESSAGE = "message"
    ENUM = "enum"
    MEMBER = "enum member"
    ALIAS = "typedef"
    CONST = "constant"
    FIELD = "field"
    ONEOF = "oneof"
    EXTENSION = "extension"
    SERVICE = "service"
    METHOD = "method"
    ARGUMENT = "argument"
    THROWS = "declared exception"


Node = Declaration | EnumMember | Field | Oneof | Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """`node` of `kind`, called `name`. `id` is the declaration it is, or stands in; `method` the one of an argument."""

    kind: Kind
    name: str
    node: Node
    id: DeclId
    method: Method | None = None

    @property
    def span(self) -> Span:
        return self.node.span

    @property
    def name_span(self) -> Span:
        return self.node.name_span

    @property
    def type(self) -> Type | None:
        """The type it has; of a method that of its result."""
        match self.node:
            case Field() | Alias() | Const():
                return self.node.type
            case Extension():
                return self.node.field.type
            case Method():
                return self.node.result
            case _:
                return None


class Declarations:
    """What a schema declares, by place; the modules that were asked for alone are gone through."""

    def __init__(self, schema: Schema) -> None:
        self._modules = {module.id.path: module for module in schema.modules}
        self._by_path: dict[str, dict[Span, Declared]] = {}

    def at(self, name_span: Span) -> Declared | None:
        """What has its name at `name_span`."""
        return self._of(name_span.path).get(name_span)

    def of(self, path: str) -> Iterator[Declared]:
        """All that the file declares, each before what it holds."""
        return iter(self._of(path).values())

    def _of(self, path: str) -> dict[Span, Declared]:
        if path not in self._by_path:
            found: dict[Span, Declared] = {}
            module = self._modules.get(path)
            for declared in declared_in(module) if module is not None else ():
                # Of a group and the message it is, which share their name, the message comes first.
                found.setdefault(declared.name_span, declared)
            self._by_path[path] = found
        return self._by_path[path]


def declared_in(module: Module) -> Iterator[Declared]:
    for declaration in module.declarations:
        yield Declared(kind=kind_of(declaration), name=_own_name(declaration), node=declaration, id=declaration.id)
        yield from _inside(declaration)


def _inside(declaration: Declaration) -> Iterator[Declared]:
    id = declaration.id
    match declaration:
        case Record():
            for oneof in declaration.oneofs:
                yield Declared(kind=Kind.ONEOF, name=oneof.name, node=oneof, id=id)
            for field in declaration.fields:
                yield Declared(kind=Kind.FIELD, name=field.name, node=field, id=id)
        case Enum():
            for member in declaration.members:
                yield Declared(kind=Kind.MEMBER, name=member.name, node=member, id=id)
        case Service():
            for method in declaration.methods:
                yield Declared(kind=Kind.METHOD, name=method.name, node=method, id=id)
                for field in method.arguments:
                    if field.name_span != field.span:  # that of an rpc has no name of its own
                        yield Declared(kind=Kind.ARGUMENT, name=field.name, node=field, id=id, method=method)
                for field in method.throws:
                    yield Declared(kind=Kind.THROWS, name=field.name, node=field, id=id, method=method)
        case _:
            return


def kind_of(declaration: Declaration) -> Kind:
    match declaration:
        case Record():
            return Kind(declaration.kind.value)
        case Enum():
            return Kind.ENUM
        case Alias():
            return Kind.ALIAS
        case Const():
            return Kind.CONST
        case Extension():
            return Kind.EXTENSION
        case Service():
            return Kind.SERVICE


def _own_name(declaration: Declaration) -> str:
    return declaration.id.name.rpartition(".")[2]


def resolve(schema: Schema, type: Type) -> Type | None:
    """`Schema.resolve` for a schema that may be broken: None where a name leads nowhere."""
    try:
        return schema.resolve(type)
    except KeyError:
        return None


def find(schema: Schema, id: DeclId) -> Declaration | None:
    try:
        return schema.find(id)
    except KeyError:
        return None


def referenced(type: Type | None) -> Iterator[DeclId]:
    """The declarations that `type` names, containers gone through."""
    pending = [type]
    while pending:
        part = pending.pop()
        if isinstance(part, Ref):
            yield part.target
            continue
        for name in ("value", "key", "element"):
            inner = getattr(part, name, None)
            if inner is not None:
                pending.append(inner)
