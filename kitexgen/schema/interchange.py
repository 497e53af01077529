"""Schema to JSON and back: for `dump`, for plugins out of process, for baselines.

Lossless: `from_json(to_json(schema)) == schema`. A span is `[start, end]`, character offsets in its module's file, or
`[start, end, path]` when it lies in another. Numbers with a fraction, bytes and UUIDs are wrapped, so that a reader in
any language can tell them from integers and text; NaN and the infinities, which JSON has not, are text in there. What
only Protobuf can say is left out where it says nothing.
"""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, assert_never
from uuid import UUID

from kitexgen.schema.annotations import Annotation, Annotations, Option, Options
from kitexgen.schema.declarations import (
    Alias,
    Const,
    Enum,
    EnumMember,
    Extension,
    Field,
    Oneof,
    ProtoEncoding,
    Record,
    RecordKind,
    Requirement,
    Reserved,
)
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Declaration, Include, Module, Namespace, Schema
from kitexgen.schema.services import Method, Service, Streaming
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value
from kitexgen.source.span import Span

VERSION: Final = 1

Json = Any  # what json.dumps takes and json.loads gives
Object = dict[str, Json]


class BadInterchange(ValueError):
    """What was read is no schema in a version this program knows."""


def to_json(schema: Schema) -> Object:
    return {
        "version": VERSION,
        "roots": [root.path for root in schema.roots],
        "modules": [module_to_json(module) for module in schema.modules],
    }


def from_json(data: Mapping[str, Json]) -> Schema:
    """Raises BadInterchange for anything `to_json` does not give."""
    try:
        if data["version"] != VERSION:
            raise BadInterchange(f"version {data['version']!r} is not {VERSION}")
        return Schema(
            modules=tuple(_Reader(module["path"]).module(module) for module in data["modules"]),
            roots=tuple(ModuleId(root) for root in data["roots"]),
        )
    except BadInterchange:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise BadInterchange(f"this is no schema: {error!r}") from error


def module_to_json(module: Module) -> Object:
    writer = _Writer(module.id.path)
    return {
        "path": module.id.path,
        "language": module.language,
        "doc": module.doc,
        "namespaces": [
            {
                "scope": namespace.scope,
                "name": namespace.name,
                "annotations": writer.annotations(namespace.annotations),
                "span": writer.span(namespace.span),
            }
            for namespace in module.namespaces
        ],
        "includes": [
            {
                "path": include.path,
                "target": include.target.path,
                "span": writer.span(include.span),
                **_said(is_public=include.is_public, is_weak=include.is_weak, is_option=include.is_option),
            }
            for include in module.includes
        ],
        "declarations": [writer.declaration(declaration) for declaration in module.declarations],
        "line_starts": list(module.line_starts),
        **_said(syntax=module.syntax, import_path=module.import_path, options=writer.options(module.options)),
    }


def declaration_to_json(declaration: Declaration, *, with_spans: bool = True) -> Object:
    """One declaration; without spans what remains is its meaning, wherever it stands."""
    return _Writer(declaration.id.module.path, with_spans=with_spans).declaration(declaration)


def _said(**values: Json) -> Object:
    """Those of `values` that say something: what is false, None or empty is what a reader takes for granted."""
    return {key: value for key, value in values.items() if value not in (False, None, [], {})}


# ---- writing ----------------------------------------------------------------------------------------------------


class _Writer:
    def __init__(self, path: str, *, with_spans: bool = True) -> None:
        self._path = path
        self._with_spans = with_spans

    def span(self, span: Span) -> Json:
        if not self._with_spans:
            return None
        place: list[Json] = [span.start, span.end]
        return place if span.path == self._path else [*place, span.path]

    def annotations(self, annotations: Annotations) -> Json:
        return [
            {"key": annotation.key, "values": list(annotation.values), "span": self.span(annotation.span)}
            for annotation in annotations
        ]

    def options(self, options: Options) -> Json:
        return [
            {"name": option.name, "value": value_to_json(option.value), "span": self.span(option.span)}
            for option in options
        ]

    def declaration(self, declaration: Declaration) -> Object:
        match declaration:
            case Record():
                own: Object = {
                    "kind": declaration.kind.value,
                    "fields": [self.field(field) for field in declaration.fields],
                    **_said(
                        oneofs=[self.oneof(oneof) for oneof in declaration.oneofs],
                        reserved=_reserved_to_json(declaration.reserved),
                        extension_ranges=[list(range) for range in declaration.extension_ranges],
                        is_message_set=declaration.is_message_set,
                    ),
                }
            case Enum():
                own = {
                    "kind": "enum",
                    "members": [self.member(member) for member in declaration.members],
                    **_said(is_closed=declaration.is_closed, reserved=_reserved_to_json(declaration.reserved)),
                }
            case Extension():
                own = {
                    "kind": "extension",
                    "extendee": _id_to_json(declaration.extendee),
                    "field": self.field(declaration.field),
                }
                return {"name": declaration.id.name, **own}
            case Alias():
                own = {"kind": "alias", "type": self.type(declaration.type)}
            case Const():
                own = {"kind": "const", "type": self.type(declaration.type), "value": value_to_json(declaration.value)}
            case Service():
                own = {
                    "kind": "service",
                    "base": _id_to_json(declaration.base) if declaration.base else None,
                    "methods": [self.method(method) for method in declaration.methods],
                }
            case _:
                assert_never(declaration)
        return {"name": declaration.id.name, **own, **self.common(declaration)}

    def common(self, node: Record | Enum | Alias | Const | Service | Field | EnumMember | Method) -> Object:
        options = () if isinstance(node, Alias | Const) else node.options
        return {
            "doc": node.doc,
            "annotations": self.annotations(node.annotations),
            "span": self.span(node.span),
            "name_span": self.span(node.name_span),
            **_said(options=self.options(options)),
        }

    def oneof(self, oneof: Oneof) -> Object:
        return {
            "name": oneof.name,
            "doc": oneof.doc,
            "span": self.span(oneof.span),
            "name_span": self.span(oneof.name_span),
            **_said(options=self.options(oneof.options)),
        }

    def field(self, field: Field) -> Object:
        return {
            "id": field.id,
            "name": field.name,
            "type": self.type(field.type),
            "requirement": field.requirement.value,
            "default": None if field.default is None else {"value": value_to_json(field.default)},
            "is_implicit": field.is_implicit,
            "id_span": self.span(field.id_span) if field.id_span else None,
            **_said(oneof=field.oneof, json_name=field.json_name),
            **({} if field.encoding is None else {"encoding": _encoding_to_json(field.encoding)}),
            **self.common(field),
        }

    def member(self, member: EnumMember) -> Object:
        return {"name": member.name, "number": member.number, **self.common(member)}

    def method(self, method: Method) -> Object:
        return {
            "name": method.name,
            "arguments": [self.field(field) for field in method.arguments],
            "result": self.type(method.result) if method.result is not None else None,
            "throws": [self.field(field) for field in method.throws],
            "is_oneway": method.is_oneway,
            "streaming": method.streaming.value,
            **self.common(method),
        }

    def type(self, type: Type) -> Object:
        match type:
            case Scalar(kind=kind):
                written: Object = {"scalar": kind.value}
            case ListOf(element=element):
                written = {"list": self.type(element)}
            case SetOf(element=element):
                written = {"set": self.type(element)}
            case MapOf(key=key, value=value):
                written = {"map": [self.type(key), self.type(value)]}
            case Ref(target=target):
                written = {"ref": _id_to_json(target)}
            case _:
                assert_never(type)
        if type.annotations:
            written["annotations"] = self.annotations(type.annotations)
        return written


def _id_to_json(id: DeclId) -> Json:
    return [id.module.path, id.name]


def _reserved_to_json(reserved: Reserved) -> Object:
    return _said(ranges=[list(range) for range in reserved.ranges], names=list(reserved.names))


def _encoding_to_json(encoding: ProtoEncoding) -> Object:
    return _said(is_packed=encoding.is_packed, is_delimited=encoding.is_delimited, checks_utf8=encoding.checks_utf8)


def value_to_json(value: Value) -> Json:
    match value:
        case bool() | int() | str():
            return value
        case float():
            return {"double": value if math.isfinite(value) else repr(value)}
        case bytes():
            return {"binary": b64encode(value).decode("ascii")}
        case UUID():
            return {"uuid": str(value)}
        case EnumValue(enum=enum, number=number, name=name):
            return {"enum": _id_to_json(enum), "number": number, "name": name}
        case ListValue(items=items):
            return {"list": [value_to_json(item) for item in items]}
        case SetValue(items=items):
            return {"set": [value_to_json(item) for item in items]}
        case MapValue(entries=entries):
            return {"map": [[value_to_json(key), value_to_json(inner)] for key, inner in entries]}
        case RecordValue(record=record, fields=fields):
            return {"record": _id_to_json(record), "fields": [[name, value_to_json(inner)] for name, inner in fields]}
        case _:
            assert_never(value)


# ---- reading ----------------------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, path: str) -> None:
        self._path = path

    def module(self, data: Object) -> Module:
        return Module(
            id=ModuleId(data["path"]),
            language=data["language"],
            doc=data["doc"],
            namespaces=tuple(
                Namespace(one["scope"], one["name"], self.annotations(one["annotations"]), self.span(one["span"]))
                for one in data["namespaces"]
            ),
            includes=tuple(
                Include(
                    one["path"],
                    ModuleId(one["target"]),
                    self.span(one["span"]),
                    **{key: one.get(key, False) for key in ("is_public", "is_weak", "is_option")},
                )
                for one in data["includes"]
            ),
            declarations=tuple(self.declaration(one) for one in data["declarations"]),
            line_starts=tuple(data["line_starts"]),
            syntax=data.get("syntax"),
            import_path=data.get("import_path"),
            options=self.options(data),
        )

    def span(self, data: Sequence[Json]) -> Span:
        start, end, *path = data
        return Span(path[0] if path else self._path, start, end)

    def annotations(self, data: Sequence[Object]) -> Annotations:
        return tuple(Annotation(one["key"], tuple(one["values"]), self.span(one["span"])) for one in data)

    def options(self, holder: Object) -> Options:
        return tuple(
            Option(one["name"], _value(one["value"]), self.span(one["span"])) for one in holder.get("options", ())
        )

    def declaration(self, data: Object) -> Declaration:
        id = DeclId(ModuleId(self._path), data["name"])
        if data["kind"] == "extension":
            return Extension(id=id, extendee=_id(data["extendee"]), field=self.field(data["field"]))
        common = self.common(data)
        match data["kind"]:
            case "enum":
                return Enum(
                    id=id,
                    members=tuple(self.member(one) for one in data["members"]),
                    is_closed=data.get("is_closed", False),
                    reserved=_reserved(data),
                    options=self.options(data),
                    **common,
                )
            case "alias":
                return Alias(id=id, type=self.type(data["type"]), **common)
            case "const":
                return Const(id=id, type=self.type(data["type"]), value=_value(data["value"]), **common)
            case "service":
                base = data["base"]
                methods = tuple(self.method(one) for one in data["methods"])
                return Service(
                    id=id,
                    base=_id(base) if base else None,
                    methods=methods,
                    options=self.options(data),
                    **common,
                )
            case kind:
                return Record(
                    id=id,
                    kind=RecordKind(kind),
                    fields=tuple(self.field(one) for one in data["fields"]),
                    oneofs=tuple(self.oneof(one) for one in data.get("oneofs", ())),
                    reserved=_reserved(data),
                    extension_ranges=_ranges(data.get("extension_ranges", ())),
                    is_message_set=data.get("is_message_set", False),
                    options=self.options(data),
                    **common,
                )

    def common(self, data: Object) -> dict[str, Any]:
        return {
            "doc": data["doc"],
            "annotations": self.annotations(data["annotations"]),
            "span": self.span(data["span"]),
            "name_span": self.span(data["name_span"]),
        }

    def field(self, data: Object) -> Field:
        return Field(
            id=data["id"],
            name=data["name"],
            type=self.type(data["type"]),
            requirement=Requirement(data["requirement"]),
            default=None if data["default"] is None else _value(data["default"]["value"]),
            is_implicit=data["is_implicit"],
            id_span=self.span(data["id_span"]) if data["id_span"] else None,
            oneof=data.get("oneof"),
            encoding=ProtoEncoding(**data["encoding"]) if "encoding" in data else None,
            json_name=data.get("json_name"),
            options=self.options(data),
            **self.common(data),
        )

    def oneof(self, data: Object) -> Oneof:
        return Oneof(
            name=data["name"],
            doc=data["doc"],
            options=self.options(data),
            span=self.span(data["span"]),
            name_span=self.span(data["name_span"]),
        )

    def member(self, data: Object) -> EnumMember:
        return EnumMember(name=data["name"], number=data["number"], options=self.options(data), **self.common(data))

    def method(self, data: Object) -> Method:
        return Method(
            name=data["name"],
            arguments=tuple(self.field(one) for one in data["arguments"]),
            result=self.type(data["result"]) if data["result"] is not None else None,
            throws=tuple(self.field(one) for one in data["throws"]),
            is_oneway=data["is_oneway"],
            streaming=Streaming(data["streaming"]),
            options=self.options(data),
            **self.common(data),
        )

    def type(self, data: Object) -> Type:
        annotations = self.annotations(data.get("annotations", ()))
        match data:
            case {"scalar": kind}:
                return Scalar(ScalarKind(kind), annotations)
            case {"list": element}:
                return ListOf(self.type(element), annotations)
            case {"set": element}:
                return SetOf(self.type(element), annotations)
            case {"map": [key, value]}:
                return MapOf(self.type(key), self.type(value), annotations)
            case {"ref": target}:
                return Ref(_id(target), annotations)
            case _:
                raise BadInterchange(f"no type: {data!r}")


def _id(data: Sequence[str]) -> DeclId:
    path, name = data
    return DeclId(ModuleId(path), name)


def _reserved(holder: Object) -> Reserved:
    data = holder.get("reserved", {})
    return Reserved(_ranges(data.get("ranges", ())), tuple(data.get("names", ())))


def _ranges(data: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((first, last) for first, last in data)


def _values(data: Sequence[Json]) -> tuple[Value, ...]:
    return tuple(_value(one) for one in data)


_WRAPPED: Final[dict[str, Callable[[Object], Value]]] = {
    "double": lambda data: float(data["double"]),
    "binary": lambda data: b64decode(data["binary"], validate=True),
    "uuid": lambda data: UUID(data["uuid"]),
    "enum": lambda data: EnumValue(_id(data["enum"]), data["number"], data["name"]),
    "list": lambda data: ListValue(_values(data["list"])),
    "set": lambda data: SetValue(_values(data["set"])),
    "map": lambda data: MapValue(tuple((_value(key), _value(value)) for key, value in data["map"])),
    "record": lambda data: RecordValue(
        _id(data["record"]), tuple((name, _value(value)) for name, value in data["fields"])
    ),
}


def _value(data: Json) -> Value:
    if isinstance(data, bool | int | str):
        return data
    for key, read in _WRAPPED.items():
        if key in data:
            return read(data)
    raise BadInterchange(f"no value: {data!r}")
