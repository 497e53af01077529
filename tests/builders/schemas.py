"""Small makers of schemas: a test says only what matters to it. Every place is the beginning of its file."""

from __future__ import annotations

from kitexgen.schema.annotations import Annotation, Annotations
from kitexgen.schema.declarations import Alias, Const, Enum, EnumMember, Field, Record, RecordKind, Requirement
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Declaration, Module, Namespace, Schema
from kitexgen.schema.services import Method, Service, Streaming
from kitexgen.schema.types import Ref, Scalar, ScalarKind, Type
from kitexgen.schema.values import Value
from kitexgen.source.span import Span

HOME = "user.thrift"
I32, I64, STRING = Scalar(ScalarKind.I32), Scalar(ScalarKind.I64), Scalar(ScalarKind.STRING)


def span(path: str = HOME, start: int = 0) -> Span:
    return Span(path, start, start + 1)


def decl(name: str, path: str = HOME) -> DeclId:
    return DeclId(ModuleId(path), name)


def ref(name: str, path: str = HOME) -> Ref:
    return Ref(decl(name, path))


def annotated(**values: str) -> Annotations:
    """One value a key; `_` in a key stands for a dot."""
    return tuple(Annotation(key.replace("_", "."), (value,), span()) for key, value in values.items())


def field(
    id: int,
    name: str,
    type: Type = I32,
    *,
    requirement: Requirement = Requirement.DEFAULT,
    default: Value | None = None,
    doc: str | None = None,
    notes: Annotations = (),
) -> Field:
    return Field(
        id=id,
        name=name,
        type=type,
        requirement=requirement,
        default=default,
        doc=doc,
        annotations=notes,
        span=span(start=id),
        name_span=span(start=id),
    )


def record(
    name: str, *fields: Field, path: str = HOME, kind: RecordKind = RecordKind.STRUCT, doc: str | None = None
) -> Record:
    id = decl(name, path)
    return Record(id=id, kind=kind, fields=fields, doc=doc, annotations=(), span=span(path), name_span=span(path))


def enum(name: str, *members: str, path: str = HOME) -> Enum:
    """Members are numbered from 0."""
    listed = tuple(
        EnumMember(name=each, number=at, doc=None, annotations=(), span=span(path, at), name_span=span(path, at))
        for at, each in enumerate(members)
    )
    id = decl(name, path)
    return Enum(id=id, members=listed, doc=None, annotations=(), span=span(path), name_span=span(path))


def alias(name: str, type: Type, *, path: str = HOME, notes: Annotations = ()) -> Alias:
    id = decl(name, path)
    return Alias(id=id, type=type, doc=None, annotations=notes, span=span(path), name_span=span(path))


def const(name: str, type: Type, value: Value, *, path: str = HOME, doc: str | None = None) -> Const:
    id = decl(name, path)
    return Const(id=id, type=type, value=value, doc=doc, annotations=(), span=span(path), name_span=span(path))


def method(
    name: str,
    *arguments: Field,
    result: Type | None = None,
    throws: tuple[Field, ...] = (),
    is_oneway: bool = False,
    streaming: Streaming = Streaming.NONE,
    start: int = 0,
) -> Method:
    return Method(
        name=name,
        arguments=arguments,
        result=result,
        throws=throws,
        is_oneway=is_oneway,
        streaming=streaming,
        doc=None,
        annotations=(),
        span=span(start=start),
        name_span=span(start=start),
    )


def service(name: str, *methods: Method, base: DeclId | None = None, path: str = HOME) -> Service:
    id = decl(name, path)
    return Service(id=id, base=base, methods=methods, doc=None, annotations=(), span=span(path), name_span=span(path))


def module(*declarations: Declaration, path: str = HOME, namespace: str | None = "demo") -> Module:
    namespaces = () if namespace is None else (Namespace("py", namespace, (), span(path)),)
    return Module(
        id=ModuleId(path), language="thrift", doc=None, namespaces=namespaces, includes=(), declarations=declarations
    )


def schema(*modules: Module) -> Schema:
    return Schema(modules, tuple(each.id for each in modules))
