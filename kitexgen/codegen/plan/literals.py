"""Constant value to Python literal: text that evaluates to the value, in black's spelling."""

from __future__ import annotations

from uuid import UUID

from kitexgen.codegen.plan.built import built_fields
from kitexgen.codegen.plan.fitting import Bracket, Expression, flat, tuple_of
from kitexgen.codegen.plan.imports import Import
from kitexgen.codegen.plan.scope import Scope
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
from kitexgen.schema.declarations import Enum, Record
from kitexgen.schema.types import ScalarKind
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value

TYPE_CODES = {
    ScalarKind.I8: "b",
    ScalarKind.I16: "h",
    ScalarKind.I32: "i",
    ScalarKind.I64: "q",
    ScalarKind.DOUBLE: "d",
    ScalarKind.FLOAT: "f",
    **dict.fromkeys((ScalarKind.INT32, ScalarKind.SINT32, ScalarKind.SFIXED32), "i"),
    **dict.fromkeys((ScalarKind.INT64, ScalarKind.SINT64, ScalarKind.SFIXED64), "q"),
    **dict.fromkeys((ScalarKind.UINT32, ScalarKind.FIXED32), "I"),
    **dict.fromkeys((ScalarKind.UINT64, ScalarKind.FIXED64), "Q"),
}
"""Codes of `array.array`."""

_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}


class Literals:
    """Prints values for one module; `needs` gathers the imports by which another module can evaluate them."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.needs: dict[Import, None] = {}

    def value(self, value: Value, type: WireType, *, is_constant: bool = False) -> Expression:
        """`is_constant`: containers that cannot be changed, down to the first record."""
        match type:
            case ScalarType(kind):
                return self._scalar(value, kind)
            case EnumType():
                return self._enum(value, type)
            case RecordType():
                return self._record(value, type)
            case PackedType(kind) if is_constant:
                return tuple_of(self._scalar(item, kind) for item in _items(value))
            case PackedType(kind):
                return self._packed(_items(value), kind)
            case ListType(element, is_frozen):
                items = [self.value(item, element, is_constant=is_constant) for item in _items(value)]
                return tuple_of(items) if is_frozen or is_constant else _collection("[", items, "]")
            case SetType(element, is_frozen):
                return _set([self.value(item, element) for item in _items(value)], is_frozen or is_constant)
            case MapType():
                return self._map(value, type, is_constant)

    def zero(self, type: WireType) -> Expression:
        """The value of a default field that nobody set; None for a record."""
        match type:
            case ScalarType(kind):
                return self._zero_scalar(kind)
            case EnumType():
                return self._enum(0, type)
            case RecordType():
                return "None"
            case PackedType():
                return self.value(ListValue(()), type)
            case ListType(_, is_frozen):
                return "()" if is_frozen else "[]"
            case SetType(_, is_frozen):
                return "frozenset()" if is_frozen else "set()"
            case MapType(is_frozen=is_frozen):
                return f"{self._runtime('FrozenMap')}()" if is_frozen else "{}"

    def plain(self, value: Value, type: WireType) -> str:
        """A scalar, an enum by its number: the default of a field where `__schema__` has it, which imports nothing."""
        return str(value.number) if isinstance(value, EnumValue) else flat(self.value(value, type))

    def _scalar(self, value: Value, kind: ScalarKind) -> str:
        if isinstance(value, EnumValue):
            return str(value.number)
        match kind:
            case ScalarKind.BOOL:
                return str(bool(value))
            case ScalarKind.DOUBLE | ScalarKind.FLOAT:
                return float_literal(value)
            case ScalarKind.UUID:
                assert isinstance(value, UUID)
                return f"{self._standard('uuid', 'UUID')}({string_literal(str(value))})"
        if isinstance(value, bytes):
            return bytes_literal(value)
        if isinstance(value, str):
            return string_literal(value)
        assert isinstance(value, int)
        return str(value)

    def _zero_scalar(self, kind: ScalarKind) -> str:
        match kind:
            case ScalarKind.BOOL:
                return "False"
            case ScalarKind.DOUBLE | ScalarKind.FLOAT:
                return "0.0"
            case ScalarKind.STRING:
                return '""'
            case ScalarKind.BINARY:
                return 'b""'
            case ScalarKind.UUID:
                return f"{self._standard('uuid', 'UUID')}(int=0)"
        return "0"

    def _enum(self, value: Value, type: EnumType) -> str:
        number = value.number if isinstance(value, EnumValue) else value
        assert isinstance(number, int)
        declaration = self._scope.declaration(type.ref)
        assert isinstance(declaration, Enum)
        name = self._class(type)
        wanted = value.name if isinstance(value, EnumValue) else None
        spelled = self._scope.symbols.members(declaration)
        for member in declaration.members:
            if member.number == number and wanted in (None, member.name):
                return f"{name}.{spelled[member.name]}"
        return f"{name}({number})"

    def _record(self, value: Value, type: RecordType) -> Expression:
        assert isinstance(value, RecordValue)
        declaration = self._scope.declaration(type.ref)
        assert isinstance(declaration, Record)
        attributes = self._scope.symbols.attributes(declaration)
        is_frozen = declaration.id in self._scope.symbols.frozen
        items = tuple(
            (f"{attributes[field.name]}=", self.value(item, self._scope.field_type(field, is_frozen=is_frozen)))
            for field, item in built_fields(declaration, value)
        )
        return Bracket(f"{self._class(type)}(", items, ")")

    def _packed(self, items: tuple[Value, ...], kind: ScalarKind) -> Expression:
        name = self._standard("array", "array")
        if not items:
            return f'{name}("{TYPE_CODES[kind]}")'
        values = _collection("[", [self._scalar(item, kind) for item in items], "]")
        return Bracket(f"{name}(", (("", f'"{TYPE_CODES[kind]}"'), ("", values)), ")")

    def _map(self, value: Value, type: MapType, is_constant: bool) -> Expression:
        assert isinstance(value, MapValue)
        entries = tuple(
            (f"{flat(self.value(key, type.key))}: ", self.value(item, type.value, is_constant=is_constant))
            for key, item in value.entries
        )
        entries_text = Bracket("{", entries, "}")
        if type.is_frozen:
            return _wrapped(self._runtime("FrozenMap"), entries_text)
        if is_constant:
            return Bracket(f"{self._standard('types', 'MappingProxyType')}(", (("", entries_text),), ")")
        return entries_text

    def _class(self, type: EnumType | RecordType) -> str:
        found = self._scope.imports.generated(type.ref.module, type.ref.name)
        self.needs.setdefault(found)
        return found.alias

    def _standard(self, module: str, name: str) -> str:
        found = self._scope.imports.binding(module, name)
        self.needs.setdefault(found)
        return found.alias

    def _runtime(self, name: str) -> str:
        return self._standard("kitexgen.runtime.contract.model", name)


def string_literal(text: str) -> str:
    """Double quotes, unless single ones need fewer escapes; what does not print is escaped."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    quote = "'" if text.count("'") < text.count('"') else '"'
    body = "".join(_escaped(char) for char in text).replace(quote, "\\" + quote)
    return quote + body + quote


def bytes_literal(data: bytes) -> str:
    quote = "'" if data.count(b"'") < data.count(b'"') else '"'
    body = "".join(
        _SHORT_ESCAPES.get(chr(byte)) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in data
    )
    return "b" + quote + body.replace(quote, "\\" + quote) + quote


def float_literal(value: Value) -> str:
    assert isinstance(value, int | float)
    text = repr(float(value)).replace("e+", "e")  # as black spells it
    return text if text[-1].isdigit() else f'float("{text}")'


def printable(text: str) -> str:
    """`text` with every character that does not print, line breaks and surrogates too, as an escape."""
    return text if text.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _items(value: Value) -> tuple[Value, ...]:
    assert isinstance(value, ListValue | SetValue)
    return value.items


def _collection(opening: str, items: list[Expression] | list[str], closing: str) -> Bracket:
    return Bracket(opening, tuple(("", item) for item in items), closing)


def _set(items: list[Expression], is_frozen: bool) -> Expression:
    if not items:
        return "frozenset()" if is_frozen else "set()"
    elements = _collection("{", items, "}")
    return _wrapped("frozenset", elements) if is_frozen else elements


def _wrapped(function: str, inner: Bracket) -> Expression:
    return Bracket(f"{function}(", (("", inner),), ")") if inner.items else f"{function}()"
