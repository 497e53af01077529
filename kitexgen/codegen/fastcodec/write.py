"""Layout to the lines that write: collect the pieces of a record; whoever asked joins them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from kitexgen.codegen.fastcodec.layout import Always, Layout, Run, Sometimes
from kitexgen.codegen.fastcodec.module import CodecModule, ContainerType
from kitexgen.codegen.fastcodec.thrift_binary import byte_literal, code, header
from kitexgen.codegen.plan.fitting import Bracket, Expression, laid_out, signature
from kitexgen.codegen.plan.records import FieldPlan, RecordPlan
from kitexgen.codegen.plan.wire_types import (
    EnumType,
    ListType,
    MapType,
    PackedType,
    RecordType,
    ScalarType,
    SetType,
    WireType,
)
from kitexgen.schema.declarations import RecordKind
from kitexgen.schema.types import ScalarKind

_PACKERS: Final = {
    ScalarKind.I8: "PACK_I8",
    ScalarKind.I16: "PACK_I16",
    ScalarKind.I32: "PACK_I32",
    ScalarKind.I64: "PACK_I64",
    ScalarKind.DOUBLE: "PACK_DOUBLE",
}
_STOP: Final = 'b"\\x00"'

# An element with more segments is written by a call, not in the loop.
MOST_SEGMENTS_INLINE: Final = 4


@dataclass(slots=True)
class _Parts:
    """Statements to run first, then the pieces they make possible."""

    setup: list[str] = field(default_factory=list)
    pieces: list[Expression] = field(default_factory=list)

    def __iadd__(self, other: _Parts) -> _Parts:
        self.setup += other.setup
        self.pieces += other.pieces
        return self


def is_inlined(layout: Layout) -> bool:
    """Whether a list of such records handles them in its loop."""
    record = layout.record
    is_plain = record.kind is RecordKind.STRUCT and not record.is_frozen and not record.keeps_unknown
    return is_plain and layout.is_flat and 0 < len(layout.segments) <= MOST_SEGMENTS_INLINE


class Writers(Protocol):
    """Knows the functions that write containers."""

    def writer(self, type: ContainerType) -> str: ...


class WritePrinter:
    def __init__(self, module: CodecModule, containers: Writers) -> None:
        self._module = module
        self._containers = containers

    def record(self, layout: Layout) -> list[str]:
        """The lines of `write_user`."""
        module, record = self._module, layout.record
        name = module.function("write", record.ref)
        cls = module.cls(record.ref)
        return [
            *_definition(name, f"record: {cls}", module.door("Pieces")),
            f"    if type(record) is not {cls}:",
            "        raise TypeError(record)",
            *_one_member(record),
            *self._body(layout),
        ]

    def elements(self, type: ListType | SetType, python: str, name: str) -> list[str]:
        """The lines of a function that writes the body of a list or set: type, count, elements."""
        module = self._module
        any_ = module.imports.use("typing", "Any")
        start = [byte_literal(bytes((code(type.element),))), f"{module.door('LENGTH')}[len(items)]"]
        return [
            *_definition(name, f"items: {any_}", module.door("Pieces")),
            f"    if type(items) is not {python}:",
            "        raise TypeError(items)",
            *laid_out(_display("[", start, "]"), before="pieces = ", indent=4),
            "    for item in items:",
            *_indented(self._element(type.element), 8),
            "    return pieces",
        ]

    def entries(self, type: MapType, python: str, name: str) -> list[str]:
        """The lines of a function that writes the body of a map: types, count, entries."""
        module = self._module
        any_ = module.imports.use("typing", "Any")
        start = [byte_literal(bytes((code(type.key), code(type.value)))), f"{module.door('LENGTH')}[len(entries)]"]
        parts = self._value(type.key, "key", "raw_key")
        parts += self._value(type.value, "value", "raw_value")
        return [
            *_definition(name, f"entries: {any_}", module.door("Pieces")),
            f"    if type(entries) is not {python}:",
            "        raise TypeError(entries)",
            *laid_out(_display("[", start, "]"), before="pieces = ", indent=4),
            "    for key, value in entries.items():",
            *_indented(parts.setup, 8),
            *_added(parts.pieces, 8),
            "    return pieces",
        ]

    def _element(self, type: WireType) -> list[str]:
        if isinstance(type, RecordType):
            layout = self._module.layout(type.ref)
            if is_inlined(layout):
                return self._inlined(layout)
            return [f"pieces += {self._module.function('write', type.ref)}(item)"]
        parts = self._value(type, "item", "raw")
        if not parts.setup and len(parts.pieces) == 1 and str(parts.pieces[0]).startswith("*"):
            return [f"pieces += {str(parts.pieces[0])[1:]}"]
        return [*parts.setup, *_added(parts.pieces, 0)]

    def _inlined(self, layout: Layout) -> list[str]:
        parts = _Parts()
        for index, segment in enumerate(layout.segments):
            assert isinstance(segment, Run)
            parts += self._run(layout, index, segment, "item")
        if not layout.is_one_call:
            parts.pieces.append(_STOP)
        cls = self._module.cls(layout.record.ref)
        return [f"if type(item) is not {cls}:", "    raise TypeError(item)", *parts.setup, *_added(parts.pieces, 0)]

    def _body(self, layout: Layout) -> list[str]:
        record = layout.record
        lines: list[str] = []
        parts = _Parts()
        is_first = True
        for index, segment in enumerate(layout.segments):
            match segment:
                case Run():
                    parts += self._run(layout, index, segment, "record")
                case Always(plan):
                    parts += self._field(plan, f"record.{plan.attribute}", plan.attribute)
                case Sometimes():
                    lines += _collected(parts, is_first)
                    lines += self._sometimes(record, segment)
                    parts, is_first = _Parts(), False
        if record.keeps_unknown:
            parts.pieces.append(f"{self._module.door('unknown_fields')}(record.__unknown__)")
        if not layout.is_one_call:
            parts.pieces.append(_STOP)
        if is_first:
            return [*_indented(parts.setup, 4), *_returned(parts.pieces)]
        return [*lines, *_indented(parts.setup, 4), *_added(parts.pieces, 4), "    return pieces"]

    def _run(self, layout: Layout, index: int, run: Run, owner: str) -> _Parts:
        parts = _Parts()
        text = ""
        if run.text:
            attribute = run.text.attribute
            text = self._module.local(attribute)
            parts.setup += _raw(run.text.type, f"{owner}.{attribute}", text)
        if not run.fixed:
            assert run.text is not None
            parts.pieces += [f"{self._module.heads(layout.record, run.text)}[len({text})]", text]
            return parts
        arguments: list[tuple[str, Expression]] = []
        for plan in run.fixed:
            value = f"{owner}.{plan.attribute}"
            if plan.type == ScalarType(ScalarKind.BOOL):
                value = f"{self._module.door('BIT')}[{value}]"
            arguments += [("", header(plan.type, plan.id)), ("", value)]
        if run.text:
            arguments += [("", header(run.text.type, run.text.id)), ("", f"len({text})")]
        pack = self._module.run(layout, index).pack
        if layout.is_one_call:
            pack = f"{pack}[len({text})]"
            arguments.append(("", text))
        parts.pieces.append(Bracket(f"{pack}(", tuple(arguments), ")"))
        if text and not layout.is_one_call:
            parts.pieces.append(text)
        return parts

    def _sometimes(self, record: RecordPlan, segment: Sometimes) -> list[str]:
        attribute = segment.field.attribute
        local = self._module.local(attribute)
        parts = self._field(segment.field, local, f"raw_{attribute}")
        default = f"!= {self._module.default(record, segment.field)}" if segment.by_value else "is not None"
        return [
            f"    {local} = record.{attribute}",
            f"    if {local} {default}:",
            *_indented(parts.setup, 8),
            *_added(parts.pieces, 8),
        ]

    def _field(self, plan: FieldPlan, value: str, local: str) -> _Parts:
        parts = _Parts([], [header(plan.type, plan.id)])
        parts += self._value(plan.type, value, self._module.local(local))
        return parts

    def _value(self, type: WireType, value: str, local: str) -> _Parts:
        """The pieces of one value; `local` is a variable it may use."""
        door = self._module.door
        match type:
            case ScalarType(ScalarKind.STRING | ScalarKind.BINARY):
                return _Parts(_raw(type, value, local), [f"{door('LENGTH')}[len({local})]", local])
            case ScalarType(ScalarKind.BOOL):
                return _Parts([], [f"{door('BOOL')}[{value}]"])
            case ScalarType(ScalarKind.UUID):
                return _Parts([], [f"{value}.bytes"])
            case ScalarType(kind):
                return _Parts([], [f"{door(_PACKERS[kind])}({value})"])
            case EnumType():
                return _Parts([], [f"{door('PACK_I32')}({value})"])
            case RecordType(ref):
                return _Parts([], [f"*{self._module.function('write', ref)}({value})"])
            case ListType() | SetType() | MapType() | PackedType():
                return _Parts([], [f"*{self._containers.writer(type)}({value})"])


def _definition(name: str, parameter: str, result: str) -> list[str]:
    return signature(f"def {name}(", [parameter], f") -> {result}:", indent=0)


def _one_member(record: RecordPlan) -> list[str]:
    """A union must have exactly one member set. The careful writer knows what to say, and of members unknown here."""
    if record.kind is not RecordKind.UNION:
        return []
    members = Bracket("(", tuple(("", f"record.{plan.attribute}") for plan in record.fields), ")")
    count = f".count(None) != {len(record.fields) - 1}:"
    return [*laid_out(members, before="if ", after=count, indent=4), "        raise TypeError(record)"]


def _raw(type: WireType, value: str, local: str) -> list[str]:
    """Statements that bind `local` to the bytes of a string or binary."""
    if type == ScalarType(ScalarKind.STRING):
        return [f"{local} = {value}.encode()"]
    bind = [] if local == value else [f"{local} = {value}"]
    return [*bind, f"if type({local}) is not bytes:", f"    raise TypeError({local})"]


def _collected(parts: _Parts, is_first: bool) -> list[str]:
    setup = _indented(parts.setup, 4)
    if not is_first:
        return [*setup, *_added(parts.pieces, 4)]
    if not parts.pieces:
        return ["    pieces: list[bytes] = []"]
    return [*setup, *laid_out(_display("[", parts.pieces, "]"), before="pieces = ", indent=4)]


def _added(pieces: Sequence[Expression], indent: int) -> list[str]:
    if not pieces:
        return []
    if len(pieces) == 1:
        return laid_out(_display("pieces.append(", pieces, ")"), indent=indent)
    return laid_out(_display("(", pieces, ")"), before="pieces += ", indent=indent)


def _returned(pieces: Sequence[Expression]) -> list[str]:
    # A tuple is cheapest, unless pieces are unpacked into it.
    unpacks = any(isinstance(piece, str) and piece.startswith("*") for piece in pieces)
    display = _display("[", pieces, "]") if unpacks else _display("(", pieces, ")")
    return laid_out(display, before="return ", indent=4)


def _display(opening: str, pieces: Sequence[Expression], closing: str) -> Bracket:
    return Bracket(opening, tuple(("", piece) for piece in pieces), closing)


def _indented(lines: Sequence[str], columns: int) -> list[str]:
    return [" " * columns + line for line in lines]
