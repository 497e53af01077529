"""Messages to the lines that write them: collect the pieces in the order of field numbers; whoever asked joins them.

A message within is joined at once: its length is then known, and is never worked out again further up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kitexgen.codegen.fastcodec.protobuf_module import ProtobufModule
from kitexgen.codegen.fastcodec.protobuf_wire import (
    END_GROUP,
    GROUP,
    LENGTH,
    fixed,
    is_bytes,
    is_text,
    is_unchecked,
    map_word,
    number_word,
    tag_literal,
    wire_type,
)
from kitexgen.codegen.plan.fitting import Bracket, Expression, laid_out, signature
from kitexgen.codegen.plan.names import unused
from kitexgen.codegen.plan.records import FieldPlan, RecordPlan
from kitexgen.codegen.plan.wire_types import MapType, MessageType, RepeatedArrayType, RepeatedType, WireType
from kitexgen.schema.declarations import Requirement


@dataclass(slots=True)
class _Parts:
    """Statements to run first, then the pieces they make possible."""

    setup: list[str] = field(default_factory=list)
    pieces: list[Expression] = field(default_factory=list)

    def __iadd__(self, other: _Parts) -> _Parts:
        self.setup += other.setup
        self.pieces += other.pieces
        return self


class ProtobufWritePrinter:
    def __init__(self, module: ProtobufModule) -> None:
        self._module = module

    def message(self, record: RecordPlan) -> list[str]:
        """The lines of `write_user`."""
        module = self._module
        name, cls = module.function("write", record.ref), module.cls(record.ref)
        return [
            *signature(f"def {name}(", [f"record: {cls}"], f") -> {module.door('Pieces')}:", indent=0),
            f"    if type(record) is not {cls}:",
            "        raise TypeError(record)",
            *_one_of_each(record),
            *self._body(record),
        ]

    def _body(self, record: RecordPlan) -> list[str]:
        lines = self._declared(record)
        parts = _Parts()
        is_first = True
        for plan in sorted(record.fields, key=lambda plan: plan.id):
            if (statements := self._statements(plan)) is None:
                parts += self._needed(record, plan) if plan.requirement is Requirement.REQUIRED else self._always(plan)
                continue
            lines += [*_collected(parts, is_first), *_indented(statements, 4)]
            parts, is_first = _Parts(), False
        last = "record.__unknown__"
        unknown = [f"    if {last}:", f"        pieces.append({self._module.door('put_unknown')}({last}))"]
        return [*lines, *_collected(parts, is_first), *unknown, "    return pieces"]

    def _declared(self, record: RecordPlan) -> list[str]:
        """The variables of loops, which have a type of their own in each."""
        names: tuple[str, ...] = ()
        types = [plan.type for plan in record.fields]
        elements = [type.element for type in types if isinstance(type, RepeatedType)]
        if any(isinstance(element, MessageType) and element.is_delimited for element in elements):
            names += ("item",)
        if any(isinstance(plan.type, MapType) and not map_word(plan.id, plan.type) for plan in record.fields):
            names += ("key", "value")
        return [f"    {name}: {self._module.any()}" for name in (("items", *names) if names else ())]

    def _always(self, plan: FieldPlan) -> _Parts:
        """A field that is written whatever its value, or left out when that is zero."""
        local, value = self._module.local(plan.attribute), f"record.{plan.attribute}"
        is_present = plan.requirement is Requirement.DEFAULT
        if is_text(plan.type) or isinstance(plan.type, MessageType):
            return self._value(plan.type, plan.id, value, is_present=is_present, raw=local)
        parts = self._value(plan.type, plan.id, local, is_present=is_present)
        parts.setup.insert(0, f"{local} = {value}")
        return parts

    def _needed(self, record: RecordPlan, plan: FieldPlan) -> _Parts:
        """A required field."""
        local = self._module.local(plan.attribute)
        others = {self._module.local(other.attribute) for other in record.fields}
        parts = self._value(plan.type, plan.id, local, raw=unused(f"raw_{plan.attribute}", others))
        parts.setup[:0] = [
            f"{local} = record.{plan.attribute}",
            f"if {local} is None:",
            f"    raise TypeError({local})",
        ]
        return parts

    def _statements(self, plan: FieldPlan) -> list[str] | None:
        """What writes a field that may not be there at all, or come more than once; None for any other."""
        value = f"record.{plan.attribute}"
        match plan.type:
            case RepeatedType(element, is_packed=is_packed):
                return self._repeated(plan.id, element, value, is_packed)
            case RepeatedArrayType(is_packed=is_packed):
                put = "put_packed_array" if is_packed else "put_each_of_array"
                return self._numbers(put, plan.id, plan.type.element, value, is_packed)
            case MapType():
                return self._map(plan.id, plan.type, value)
        if not plan.may_be_none or plan.requirement is Requirement.REQUIRED:
            return None
        local = self._module.local(plan.attribute)
        parts = self._value(plan.type, plan.id, local, raw="raw")
        added = [*parts.setup, *_added(parts.pieces)]
        return [f"{local} = {value}", f"if {local} is not None:", *_indented(added, 4)]

    def _repeated(self, number: int, element: WireType, value: str, is_packed: bool) -> list[str]:
        if isinstance(element, MessageType) and not element.is_delimited:
            arguments = [tag_literal(number, LENGTH), self._module.function("write", element.ref), value]
            call = Bracket(f"{self._module.door('put_messages')}(", tuple(("", each) for each in arguments), ")")
            return laid_out(call, before="pieces += ")
        if isinstance(element, MessageType):
            parts = self._value(element, number, "item")
            return [
                f"items = {value}",
                "if type(items) is not list:",
                "    raise TypeError(items)",
                "for item in items:",
                *_indented([*parts.setup, *_added(parts.pieces)], 4),
            ]
        if is_text(element):
            put = "put_blobs" if is_bytes(element) else "put_unchecked" if is_unchecked(element) else "put_texts"
            arguments = [tag_literal(number, LENGTH), value]
        else:
            return self._numbers("put_packed" if is_packed else "put_each", number, element, value, is_packed)
        return self._put(put, arguments)

    def _numbers(self, put: str, number: int, element: WireType, value: str, is_packed: bool) -> list[str]:
        tag = tag_literal(number, LENGTH if is_packed else wire_type(element))
        return self._put(put, [tag, f'"{number_word(element)}"', value])

    def _put(self, put: str, arguments: Sequence[str]) -> list[str]:
        call = Bracket(f"{self._module.door(put)}(", tuple(("", argument) for argument in arguments), ")")
        return laid_out(call, before="pieces += ")

    def _map(self, number: int, type: MapType, value: str) -> list[str]:
        if word := map_word(number, type):
            kind = [f'"{number_word(type.value)}"'] if word == "numbers" else []
            arguments = [tag_literal(number, LENGTH), *kind, value]
            call = Bracket(
                f"{self._module.door(f'put_{word}_by_text')}(", tuple(("", argument) for argument in arguments), ")"
            )
            return laid_out(call, before="pieces += ")
        parts = self._value(type.key, 1, "key", raw="raw_key")
        parts += self._value(type.value, 2, "value", raw="raw_value")
        lengths = self._lengths(number, is_present=False)
        return [
            f"items = {value}",
            "if type(items) is not dict:",
            "    raise TypeError(items)",
            "for key, value in items.items():",
            *_indented(parts.setup, 4),
            *laid_out(_joined(parts.pieces), before="entry = ", indent=4),
            f"    pieces += ({lengths}[len(entry)], entry)",
        ]

    def _value(
        self, type: WireType, number: int, value: str, *, is_present: bool = False, raw: str | None = None
    ) -> _Parts:
        """The pieces of one value, tag and all; `raw` is a variable it may use, `value` itself unless given."""
        if isinstance(type, MessageType):
            return self._inner(type, number, value, raw or "raw")
        if is_text(type):
            bytes_ = raw or value
            head = f"{self._lengths(number, is_present=is_present)}[len({bytes_})]"
            return _Parts(_bytes_of(type, value, bytes_), [head, bytes_])
        tag = tag_literal(number, wire_type(type))
        if found := fixed(type):
            packed = f"{self._module.door(f'PACK_{found[0]}')}({value})"
            if is_present:
                zero = f"{self._module.door('unless_zero')}({tag}, {packed})"
                # A float may be too small for its 32 bits, and then is zero although it is not.
                return _Parts([], [zero if found[0] == "FLOAT" else f"{tag} + {packed} if {value} else {zero}"])
            return _Parts([], [tag, packed])
        word = number_word(type)
        if word == "bool":
            makes = "present_bools" if is_present else "bools"
            table = self._module.shared(f"_bool_{number}", f"{self._module.door(makes)}({tag})")
            return _Parts([], [f"{table}[{value}]"])
        makes = "present_numbers" if is_present else "numbers"
        table = self._module.shared(f"_{word}_{number}", f'{self._module.door(makes)}({tag}, "{word}")')
        put = self._module.door(f"put_{word}")
        low, high = (0, 128) if word[0] == "u" else (-64, 64) if word[0] == "s" else (-128, 128)
        return _Parts([], [f"{table}[{value}] if {low} <= {value} < {high} else {put}({tag}, {value})"])

    def _inner(self, type: MessageType, number: int, value: str, raw: str) -> _Parts:
        write = self._module.function("write", type.ref)
        if type.is_delimited:
            pieces = [tag_literal(number, GROUP), f"*{write}({value})", tag_literal(number, END_GROUP)]
            return _Parts([], list[Expression](pieces))
        head = f"{self._lengths(number, is_present=False)}[len({raw})]"
        return _Parts([f'{raw} = b"".join({write}({value}))'], [head, raw])

    def _lengths(self, number: int, *, is_present: bool) -> str:
        makes = "present_lengths" if is_present else "lengths"
        return self._module.shared(f"_length_{number}", f"{self._module.door(makes)}({tag_literal(number, LENGTH)})")


def _one_of_each(record: RecordPlan) -> list[str]:
    """At most one field of a oneof may be set. The careful writer knows what to say."""
    oneofs: dict[str, list[str]] = {}
    for plan in record.fields:
        if plan.oneof is not None:
            oneofs.setdefault(plan.oneof, []).append(f"record.{plan.attribute}")
    lines: list[str] = []
    for members in oneofs.values():
        if len(members) > 1:
            count = f".count(None) < {len(members) - 1}:"
            lines += laid_out(_display("(", list[Expression](members), ")"), before="if ", after=count, indent=4)
            lines.append("        raise TypeError(record)")
    return lines


def _bytes_of(type: WireType, value: str, raw: str) -> list[str]:
    """Statements that bind `raw` to the bytes of a string or of bytes."""
    if is_bytes(type):
        bind = [] if raw == value else [f"{raw} = {value}"]
        return [*bind, f"if type({raw}) is not bytes:", f"    raise TypeError({raw})"]
    how = '"utf-8", "surrogateescape"' if is_unchecked(type) else ""
    return [f"{raw} = {value}.encode({how})"]


def _collected(parts: _Parts, is_first: bool) -> list[str]:
    setup = _indented(parts.setup, 4)
    if not is_first:
        return [*setup, *_indented(_added(parts.pieces), 4)]
    if not parts.pieces:
        return ["    pieces: list[bytes] = []"]
    return [*setup, *laid_out(_display("[", parts.pieces, "]"), before="pieces = ", indent=4)]


def _added(pieces: Sequence[Expression]) -> list[str]:
    if not pieces:
        return []
    if len(pieces) == 1:
        return laid_out(_display("pieces.append(", pieces, ")"))
    return laid_out(_display("(", pieces, ")"), before="pieces += ")


def _joined(pieces: Sequence[Expression]) -> Bracket:
    return Bracket('b"".join(', (("", _display("(", pieces, ")")),), ")")


def _display(opening: str, pieces: Sequence[Expression], closing: str) -> Bracket:
    return Bracket(opening, tuple(("", piece) for piece in pieces), closing)


def _indented(lines: Sequence[str], columns: int) -> list[str]:
    return [" " * columns + line for line in lines]
