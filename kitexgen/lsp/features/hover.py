"""What a name stands for: its declaration, its documentation, its place on the wire, its name in Python."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from kitexgen.lsp.analysis import Analysis, Found
from kitexgen.lsp.capabilities import CAPABLE, Client, markup
from kitexgen.lsp.declared import Declared, Kind
from kitexgen.lsp.features.definition import found_at
from kitexgen.lsp.python_names import python_place
from kitexgen.lsp.spelling import full_name, namer, spell_type, spell_value
from kitexgen.lsp.wire_layout import layout
from kitexgen.lsp.workspace import Workspace
from kitexgen.schema.declarations import Alias, Const, Enum, EnumMember, Extension, Field, Record, Requirement
from kitexgen.schema.services import Method, Service, Streaming
from kitexgen.schema.types import Type
from kitexgen.schema.values import Value

# Of a long declaration the beginning is shown.
_MOST_LINES = 12


def hover(workspace: Workspace, path: str, position: types.Position, client: Client = CAPABLE) -> types.Hover | None:
    analysis, found = found_at(workspace, path, position)
    if found is None:
        return None
    text = "\n\n".join(_parts(analysis, found))
    lines = workspace.lines(path, analysis.source.text)
    return types.Hover(markup(text, client), lines.range(found.span.start, found.span.end))


def _parts(analysis: Analysis, found: Found) -> Iterator[str]:
    declared = found.declared
    if declared is None:
        yield from _of_file(analysis, found)
        return
    language = "proto" if analysis.is_proto else "thrift"
    yield f"```{language}\n{_Heading(analysis, declared).text()}\n```"
    where = _where(analysis, declared)
    if where:
        yield where
    if declared.node.doc:
        yield declared.node.doc
    wire = _wire(analysis, declared)
    if wire:
        yield "  \n".join(("**wire**", *wire))
    place = python_place(analysis, declared)
    if place is not None:
        yield f"**Python** `{place}`"


def _of_file(analysis: Analysis, found: Found) -> Iterator[str]:
    """A file, or a package: what it says of itself."""
    module = next((each for each in analysis.examined.schema.modules if each.id.path == found.target.path), None)
    if found.target.end != 0:
        text = analysis.examined.files[found.target.path].text[found.target.start : found.target.end]
        yield f"```proto\npackage {text}\n```"
        return
    yield f"`{found.target.path}`"
    if module is not None and module.doc:
        yield module.doc
    if module is not None and module.declarations:
        names = ", ".join(f"`{each.id.name}`" for each in module.declarations[:_MOST_LINES])
        more = len(module.declarations) - _MOST_LINES
        yield f"declares {names}{f' and {more} more' if more > 0 else ''}"


class _Heading:
    """A declaration as its own file would write it."""

    def __init__(self, analysis: Analysis, declared: Declared) -> None:
        self._declared = declared
        self._is_proto = analysis.is_proto
        self._name = namer(analysis.examined.schema, declared.id.module, is_proto=analysis.is_proto)

    def text(self) -> str:
        declared = self._declared
        match declared.node:
            case Field() as field:
                return self._field(field)
            case Extension() as extension:
                return f"extend {self._name(extension.extendee)} {{ {self._field(extension.field)} }}"
            case EnumMember() as member:
                return f"{declared.id.name}.{member.name} = {member.number}"
            case Alias() as alias:
                return f"typedef {self._type(alias.type)} {declared.name}"
            case Const() as const:
                return f"const {self._type(const.type)} {declared.name} = {self._value(const.value)}"
            case Method() as method:
                return self._method(method)
            case Service() as service:
                base = f" extends {self._name(service.base)}" if service.base is not None else ""
                return f"service {declared.name}{base}"
            case Record() as record:
                return self._body([self._field(each) for each in record.fields])
            case Enum() as enum:
                return self._body([f"{each.name} = {each.number}" for each in enum.members])
            case _:
                return f"{declared.kind.value} {declared.name}"

    def _body(self, lines: list[str]) -> str:
        heading = f"{self._declared.kind.value} {self._declared.name}"
        shown = [f"  {line}" for line in lines[:_MOST_LINES]]
        if len(lines) > _MOST_LINES:
            shown.append(f"  … {len(lines) - _MOST_LINES} more")
        return "\n".join((f"{heading} {{", *shown, "}")) if shown else f"{heading} {{}}"

    def _type(self, type: Type) -> str:
        return spell_type(type, is_proto=self._is_proto, name=self._name)

    def _value(self, value: Value) -> str:
        return spell_value(value) if self._is_proto else spell_value(value, self._name)

    def _field(self, field: Field) -> str:
        default = "" if field.default is None else f" = {self._value(field.default)}"
        type = self._type(field.type)
        if self._is_proto:
            shown = f" [default{default}]" if default else ""
            return f"{type} {field.name} = {field.id}{shown}"
        word = "" if field.requirement is Requirement.DEFAULT else f"{field.requirement.value} "
        return f"{field.id}: {word}{type} {field.name}{default}"

    def _method(self, method: Method) -> str:
        result = "void" if method.result is None else self._type(method.result)
        if self._is_proto:
            streams = method.streaming
            up = "stream " if streams in {Streaming.CLIENT, Streaming.BIDIRECTIONAL} else ""
            down = "stream " if streams in {Streaming.SERVER, Streaming.BIDIRECTIONAL} else ""
            request = self._type(method.arguments[0].type)
            return f"rpc {method.name}({up}{request}) returns ({down}{result})"
        arguments = ", ".join(map(self._field, method.arguments))
        # `optional`, as which they are read, is seldom written there.
        throws = ", ".join(f"{each.id}: {self._type(each.type)} {each.name}" for each in method.throws)
        oneway = "oneway " if method.is_oneway else ""
        return f"{oneway}{result} {method.name}({arguments}){f' throws ({throws})' if throws else ''}"


def _where(analysis: Analysis, declared: Declared) -> str:
    """What holds it, or how other files call it."""
    whole = full_name(analysis.examined.schema, declared.id, is_proto=analysis.is_proto)
    if declared.kind in {Kind.FIELD, Kind.MEMBER, Kind.METHOD, Kind.ONEOF}:
        return f"{declared.kind.value} of `{whole}`"
    if declared.method is not None:
        return f"{declared.kind.value} of `{whole}.{declared.method.name}`"
    return f"{declared.kind.value} `{whole}`"


def _wire(analysis: Analysis, declared: Declared) -> tuple[str, ...]:
    schema = analysis.examined.schema
    match declared.node:
        case Field() as field if declared.kind is Kind.FIELD or declared.method is not None:
            json = (f"JSON `{field.json_name}`",) if field.json_name else ()
            return (*layout(schema, field), *json)
        case Extension() as extension:
            return layout(schema, extension.field)
        case _:
            return ()
