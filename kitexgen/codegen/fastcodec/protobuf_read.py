"""Messages to the lines that read them: fields in the order that everyone writes, then whatever comes."""

from __future__ import annotations

from collections.abc import Sequence

from kitexgen.codegen.fastcodec.protobuf_module import ProtobufModule
from kitexgen.codegen.fastcodec.protobuf_wire import (
    LENGTH,
    fixed,
    is_bytes,
    is_text,
    is_unchecked,
    map_word,
    number_word,
    tag_bytes,
    tag_literal,
    wire_type,
)
from kitexgen.codegen.plan.fitting import Bracket, fits, laid_out, signature, tuple_of
from kitexgen.codegen.plan.literals import TYPE_CODES
from kitexgen.codegen.plan.names import snake_case
from kitexgen.codegen.plan.records import FieldPlan, RecordPlan
from kitexgen.codegen.plan.wire_types import (
    EnumType,
    MapType,
    MessageType,
    RepeatedArrayType,
    RepeatedType,
    ScalarType,
    WireType,
)
from kitexgen.schema.types import ScalarKind

_NEXT = "tag = data[at] if at < end else 0"


class ProtobufReadPrinter:
    def __init__(self, module: ProtobufModule) -> None:
        self._module = module
        self._entries: dict[MapType, str] = {}
        # The variables of each oneof of the message at hand.
        self._oneofs: dict[str, list[str]] = {}

    def message(self, record: RecordPlan) -> list[str]:
        """The lines of `read_user`."""
        module = self._module
        fields = sorted(record.fields, key=lambda field: field.id)
        self._oneofs = self._members(record)
        cls = module.cls(record.ref)
        lines = _head(module.function("read", record.ref), cls)
        lines += [line for field in fields for line in self._absent(field)]
        if any(_needs_value(field.type) for field in fields):
            lines.append(f"    value: {module.any()}")
        lines += ["    unknown: list[bytes] | None = None", "    while at < end:", "        start = at"]
        known = [line for field in fields for line in self._field(field)]
        if known:
            lines += ["        tag = data[at]", *_indented(known, 8)]
        skip = f"{module.door('skip_unknown')}(data, at, end, depth, {self._known(record, fields)})"
        lines += [
            "        if at == start:",
            *laid_out(skip, before="at = ", indent=12),
            "            if unknown is None:",
            "                unknown = []",
            "            unknown.append(data[start:at])",
            "    if at != end:",
            "        raise TypeError(at)",
            *self._one_of_each(),
            f"    record: {cls} = {module.door('new')}({cls})",
        ]
        lines += [f"    record.{field.attribute} = {module.local(field.attribute)}" for field in record.fields]
        joined = 'b"" if unknown is None else b"".join(unknown)'
        return [*lines, f"    record.__unknown__ = {joined}", "    return record"]

    def _known(self, record: RecordPlan, fields: Sequence[FieldPlan]) -> str:
        """The numbers of the fields; 1, which is that of the items of a MessageSet, when there are none."""
        numbers = tuple_of(str(field.id) for field in fields) if fields else tuple_of(["1"])
        return self._module.shared(
            f"_{snake_case(record.ref.name)}_known", Bracket("frozenset(", (("", numbers),), ")")
        )

    def _absent(self, field: FieldPlan) -> list[str]:
        """The variable of a field, as it is when the field does not come."""
        local = self._module.local(field.attribute)
        match field.type:
            case RepeatedType():
                return [f"    {local}: list[{self._module.any()}] = []"]
            case RepeatedArrayType(kind):
                array = self._module.imports.use("array", "array")
                return [f'    {local}: {array}[{self._module.any()}] = {array}("{TYPE_CODES[kind]}")']
            case MapType():
                return [f"    {local}: dict[{self._module.any()}, {self._module.any()}] = {{}}"]
            case EnumType() if not field.may_be_none:
                return [f"    {local} = {self._module.members(field.type)}[0]"]
            case ScalarType(kind) if field.absent not in (None, "None"):
                return [f"    {local} = {_ZEROS.get(kind, '0')}"]
            case _:
                return [f"    {local}: {self._module.any()} = None"]

    def _field(self, field: FieldPlan) -> list[str]:
        local = self._module.local(field.attribute)
        match field.type:
            case RepeatedType(element, is_packed=is_packed):
                return self._repeated(field, element, local, is_packed)
            case RepeatedArrayType(is_packed=is_packed):
                return self._numbers(field, field.type.element, local, is_packed)
            case MapType():
                return self._map(field, field.type, local)
            case MessageType(is_delimited=True):
                return []  # rare: the careful reader takes groups
            case MessageType(ref):
                read = self._module.function("read", ref)
                value = [
                    f"if {local} is not None:",
                    f"    raise TypeError({local})",
                    *self._size(len(tag_bytes(field.id, LENGTH))),
                    f"{local} = {read}(data, at, at + size, depth - 1)",
                    "at += size",
                ]
            case _:
                value = self._value(field.type, local, len(tag_bytes(field.id, wire_type(field.type))))
        value += self._others(field)
        return _when(field.id, wire_type(field.type), [*value, _NEXT])

    def _others(self, field: FieldPlan) -> list[str]:
        """Unset the other fields of a oneof."""
        if field.oneof is None:
            return []
        members = self._oneofs[field.oneof]
        if len(members) == 1 or _is_long(members):
            return []
        mine = self._module.local(field.attribute)
        return [f"{' = '.join(local for local in members if local != mine)} = None"]

    def _members(self, record: RecordPlan) -> dict[str, list[str]]:
        """The variables of the fields of each oneof."""
        found: dict[str, list[str]] = {}
        for field in record.fields:
            if field.oneof is not None:
                found.setdefault(field.oneof, []).append(self._module.local(field.attribute))
        return found

    def _one_of_each(self) -> list[str]:
        """In a oneof of many fields none is unset: it is the careful reader that takes two of them."""
        lines: list[str] = []
        for members in self._oneofs.values():
            if _is_long(members):
                count = f".count(None) < {len(members) - 1}:"
                lines += laid_out(tuple_of(members), before="if ", after=count, indent=4)
                lines.append("        raise TypeError(at)")
        return lines

    def _size(self, width: int) -> list[str]:
        """Read the length behind a tag of `width` bytes, and go behind it."""
        return [
            f"size = data[at + {width}]",
            f"at += {width + 1}",
            "if size > 127:",
            f"    size, at = {self._module.door('read_size')}(data, at - 1)",
        ]

    def _value(self, type: WireType, local: str, width: int) -> list[str]:
        """Read a scalar or enum behind a tag of `width` bytes into `local`, and go behind it."""
        if is_text(type):
            return [*self._size(width), f"{local} = {_text(type)}", "at += size"]
        if found := fixed(type):
            name, size = found
            return [f"({local},) = {self._module.door(name)}(data, at + {width})", f"at += {width + size}"]
        if isinstance(type, EnumType):
            return [
                *self._varint("number", "int32", width),
                f"{local} = {self._module.members(type)}[number]",
            ]
        word = number_word(type)
        if word == "bool":
            return [f"{local} = {self._module.door('BOOL')}[data[at + {width}]]", f"at += {width + 1}"]
        return self._varint(local, word, width)

    def _varint(self, local: str, word: str, width: int) -> list[str]:
        read = self._module.door(f"read_{word}")
        long = f"{local}, at = {read}(data, at + {width})"
        if word.startswith("sint"):
            return [
                f"{local} = data[at + {width}]",
                f"if {local} < 128:",
                f"    {local} = {self._module.door('ZIGZAG')}[{local}]",
                f"    at += {width + 1}",
                "else:",
                f"    {long}",
            ]
        return [f"{local} = data[at + {width}]", f"if {local} < 128:", f"    at += {width + 1}", "else:", f"    {long}"]

    def _repeated(self, field: FieldPlan, element: WireType, local: str, is_packed: bool) -> list[str]:
        if isinstance(element, MessageType):
            return [] if element.is_delimited else self._messages(field, element, local)
        if is_text(element):
            reader = "read_blobs" if is_bytes(element) else "read_unchecked" if is_unchecked(element) else "read_texts"
            call = f"{self._module.door(reader)}(data, at, end, {tag_literal(field.id, LENGTH)}, {local})"
            return _when(field.id, LENGTH, [*laid_out(call, before="at = "), _NEXT])
        return self._numbers(field, element, local, is_packed)

    def _numbers(self, field: FieldPlan, element: WireType, local: str, is_packed: bool) -> list[str]:
        forms = [self._packed(field, element, local), self._each(field, element, local)]
        return [line for form in (forms if is_packed else reversed(forms)) for line in form]

    def _messages(self, field: FieldPlan, element: MessageType, local: str) -> list[str]:
        read = self._module.function("read", element.ref)
        body = [
            *self._size(len(tag_bytes(field.id, LENGTH))),
            f"{local}.append({read}(data, at, at + size, depth - 1))",
            "at += size",
        ]
        return _when(field.id, LENGTH, [*body, _NEXT], "while")

    def _packed(self, field: FieldPlan, element: WireType, local: str) -> list[str]:
        block = f"{self._block_reader(field, element)}(data[at : at + size])"
        if isinstance(element, EnumType):
            block = f"[{self._module.members(element)}[number] for number in {block}]"
        body = [*self._size(len(tag_bytes(field.id, LENGTH))), f"{local} += {block}", "at += size", _NEXT]
        return _when(field.id, LENGTH, body)

    def _block_reader(self, field: FieldPlan, element: WireType) -> str:
        word = number_word(element)
        is_array = isinstance(field.type, RepeatedArrayType)
        name, makes = (f"_read_{word}_array", "array_reader") if is_array else (f"_read_{word}s", "packed_reader")
        return self._module.shared(name, f'{self._module.door(makes)}("{word}")')

    def _each(self, field: FieldPlan, element: WireType, local: str) -> list[str]:
        kind = wire_type(element)
        if isinstance(field.type, RepeatedArrayType) and (found := fixed(element)):
            start = len(tag_bytes(field.id, kind))
            end = start + found[1]
            # As it is: a float of Python would lose what kind of NaN it is.
            number = f"{self._block_reader(field, element)}(data[at + {start} : at + {end}])"
            return _when(field.id, kind, [f"{local} += {number}", f"at += {end}", _NEXT], "while")
        body = [*self._value(element, "value", len(tag_bytes(field.id, kind))), f"{local}.append(value)", _NEXT]
        return _when(field.id, kind, body, "while")

    def _map(self, field: FieldPlan, type: MapType, local: str) -> list[str]:
        body = [
            *self._size(len(tag_bytes(field.id, LENGTH))),
            f"key, value = {self._entry(type)}(data, at, at + size, depth - 1)",
            f"{local}[key] = value",
            "at += size",
        ]
        return [*self._whole_map(field, type, local), *_when(field.id, LENGTH, [*body, _NEXT], "while")]

    def _whole_map(self, field: FieldPlan, type: MapType, local: str) -> list[str]:
        """Read as many entries as there are of the kind that the door can read; the loop is for all others."""
        if (word := map_word(field.id, type)) is None:
            return []
        (first,) = tag_bytes(field.id, LENGTH)
        kind = f', "{number_word(type.value)}"' if word == "numbers" else ""
        call = f"{self._module.door(f'read_{word}_by_text')}(data, at, end{kind}, {local})"
        return [f"if tag == {first} and depth:", *_indented([*laid_out(call, before="at = "), _NEXT], 4)]

    def _entry(self, type: MapType) -> str:
        """The function that reads an entry of a map."""
        if type not in self._entries:
            words = [snake_case(_word(part)) for part in (type.key, type.value)]
            name = self._entries[type] = self._module.fresh(f"_read_{'_'.join(words)}")
            any_ = self._module.any()
            lines = _head(name, f"tuple[{any_}, {any_}]")
            lines.append(f"    key = {self._zero(type.key)}")
            value = self._zero(type.value)
            lines.append(f"    value: {any_} = {value}")
            lines.append(f"    {_NEXT}")
            lines += _indented(self._part(type.key, "key", 1), 4)
            lines += _indented(self._part(type.value, "value", 2), 4)
            lines += ["    if at != end:", "        raise TypeError(at)"]
            if isinstance(type.value, MessageType):
                read = self._module.function("read", type.value.ref)
                lines += ["    if value is None:", f"        value = {read}(data, at, at, depth - 1)"]
            self._module.add_function([*lines, "    return key, value"])
        return self._entries[type]

    def _part(self, type: WireType, local: str, number: int) -> list[str]:
        if isinstance(type, MessageType):
            read = self._module.function("read", type.ref)
            value = [*self._size(1), f"{local} = {read}(data, at, at + size, depth - 1)", "at += size"]
        else:
            value = self._value(type, local, 1)
        return _when(number, wire_type(type), value + ([_NEXT] if number == 1 else []))

    def _zero(self, type: WireType) -> str:
        match type:
            case EnumType():
                return f"{self._module.members(type)}[0]"
            case ScalarType(kind):
                return _ZEROS.get(kind, "0")
            case _:
                return "None"


_ZEROS = {
    ScalarKind.BOOL: "False",
    ScalarKind.FLOAT: "0.0",
    ScalarKind.DOUBLE: "0.0",
    ScalarKind.STRING: '""',
    ScalarKind.BINARY: 'b""',
}


def _needs_value(type: WireType) -> bool:
    """Whether the values of a field pass through a variable, of another type for each field."""
    if isinstance(type, RepeatedArrayType):
        return fixed(type.element) is None
    if isinstance(type, RepeatedType):
        return not isinstance(type.element, MessageType) and not is_text(type.element)
    return isinstance(type, MapType)


def _head(name: str, result: str) -> list[str]:
    parameters = ["data: bytes", "at: int", "end: int", "depth: int"]
    return [
        *signature(f"def {name}(", parameters, f") -> {result}:", indent=0),
        "    if depth < 0:",
        "        raise TypeError(depth)",
    ]


def _text(type: WireType) -> str:
    raw = "data[at : at + size]"
    if is_bytes(type):
        return raw
    return f'{raw}.decode("utf-8", "surrogateescape")' if is_unchecked(type) else f"{raw}.decode()"


def _when(number: int, kind: int, body: list[str], word: str = "if") -> list[str]:
    """`body` when, or as long as, the tag of a field comes; its first byte is in `tag`."""
    first, *rest = tag_bytes(number, kind)
    condition = f"tag == {first}"
    if len(rest) == 1:
        condition += f" and data[at + 1] == {rest[0]}"
    elif rest:
        condition += f" and data.startswith({tag_literal(number, kind)}, at)"
    return [f"{word} {condition}:", *_indented(body, 4)]


def _word(type: WireType) -> str:
    match type:
        case ScalarType(kind):
            return f"unchecked_{kind.value}" if is_unchecked(type) else kind.value
        case EnumType(ref) | MessageType(ref):
            return ref.name
        case _:
            raise TypeError(f"{type} is no part of a map")


def _is_long(members: Sequence[str]) -> bool:
    """Whether unsetting all of `members` but one may take more than a line: for each of them again, it would be more
    code than all else.
    """
    return not fits([" " * 12 + " = ".join([*members, "None"])])


def _indented(lines: Sequence[str], columns: int) -> list[str]:
    return [" " * columns + line for line in lines]
