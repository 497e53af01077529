"""Interpretation of options: from names and values as written to set fields of descriptor.proto's options messages.

Each file is read in two rounds, after those it imports: first the options that are no extensions, features among them,
then the features of its elements, then the extensions, whose encoding features may change.
Source: `OptionInterpreter` of descriptor.cc.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kitexgen.diagnostics.report import Report
from kitexgen.idl.proto.descriptors import (
    Element,
    EnumDescriptor,
    EnumValueDescriptor,
    ExtensionRange,
    FieldDescriptor,
    FieldType,
    FileDescriptor,
    MessageDescriptor,
    MethodDescriptor,
    OneofDescriptor,
    Path,
    Pool,
    ServiceDescriptor,
    messages,
)
from kitexgen.idl.proto.features import FeatureTable
from kitexgen.idl.proto.interpreted import InterpretedOptions, OptionMessage, OptionValue, SetField
from kitexgen.idl.proto.name_uses import NameUses
from kitexgen.idl.proto.options import findings
from kitexgen.idl.proto.options.aggregates import MESSAGES, MOST_LEVELS, Aggregates
from kitexgen.idl.proto.options.scalars import Misfit, statement_value
from kitexgen.idl.proto.options.types import OptionType, Types
from kitexgen.idl.proto.symbols import Symbol, SymbolKind
from kitexgen.idl.proto.tree import AggregateNode, OptionNode, OptionPartNode
from kitexgen.source.span import Span

_OPTIONS: Final[dict[type[Element], str]] = {
    FileDescriptor: "google.protobuf.FileOptions",
    MessageDescriptor: "google.protobuf.MessageOptions",
    FieldDescriptor: "google.protobuf.FieldOptions",
    OneofDescriptor: "google.protobuf.OneofOptions",
    ExtensionRange: "google.protobuf.ExtensionRangeOptions",
    EnumDescriptor: "google.protobuf.EnumOptions",
    EnumValueDescriptor: "google.protobuf.EnumValueOptions",
    ServiceDescriptor: "google.protobuf.ServiceOptions",
    MethodDescriptor: "google.protobuf.MethodOptions",
}


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What the options of a run mean. `types` knows the messages they are made of."""

    options: InterpretedOptions
    features: FeatureTable
    types: Types


def interpret(pool: Pool, report: Report, names: NameUses | None = None) -> Interpretation:
    """Read the options of every file of `pool`; what is wrong with names and values goes to `report`.

    An option that is wrong is left out, the others are read all the same. `names`, where given, is told what the names
    in options mean.
    """
    options = InterpretedOptions()
    features = FeatureTable()
    types = Types(pool, options, features)
    for file in pool.files:
        # All at once: descriptor.proto, which says what options are, may come behind files that do not import it.
        features.begin(file)
    for file in pool.files:
        types.enter(file)
        interpreter = _Interpreter(pool, types, options, report, file, names=names)
        interpreter.read(extensions=False)
        features.add(file, options)
        interpreter.read(extensions=True)
    return Interpretation(options, features, types)


# The file and the path of an element.
_Key = tuple[str, Path]


@dataclass(frozen=True, slots=True)
class _Target:
    """What one option sets: on which element, and which field, reached through which others."""

    key: _Key
    fields: tuple[FieldDescriptor, ...]
    option: OptionNode

    @property
    def numbers(self) -> Path:
        return tuple(field.number for field in self.fields)


class _Interpreter:
    """Reads the options of one file."""

    def __init__(
        self,
        pool: Pool,
        types: Types,
        options: InterpretedOptions,
        report: Report,
        file: FileDescriptor,
        *,
        names: NameUses | None,
    ) -> None:
        self._pool = pool
        self._types = types
        self._options = options
        self._report = report
        self._file = file
        self._names = names
        self._aggregates = Aggregates(pool, types, report, file.name, names)
        self._bearers = list(_bearers(file))
        # How many statements there were for each repeated option.
        self._counts: dict[tuple[_Key, Path], int] = {}
        # Fields of a oneof that a later one took the place of: they are set no more, and may not be set again.
        self._replaced: dict[tuple[_Key, Path], Span] = {}

    def read(self, *, extensions: bool) -> None:
        for element, scope in self._bearers:
            for at, option in enumerate(element.options):
                if option.parts[0].is_extension is extensions:
                    self._option(element, scope, at, option)

    def _option(self, element: Element, scope: str, at: int, option: OptionNode) -> None:
        name = _OPTIONS[type(element)]
        self._note_use(name)
        options_type = self._types.message(name)
        if option.parts[0].text == "uninterpreted_option":
            self._report.add(findings.reserved_option(option.parts[0]))
            return
        fields = None if options_type is None else self._fields(options_type, scope, option)
        if fields is None:
            return
        key = (element.file, element.path)
        message = self._options.messages.get(key) or OptionMessage(name)
        target = _Target(key, tuple(fields), option)
        if not self._may_set(message, target):
            return
        if len(fields) > MOST_LEVELS + 1:
            self._report.add(findings.too_deep(option.name_span, MOST_LEVELS))
            return
        value = self._value(fields[-1], option)
        if value is None:
            return
        self._options.messages[key] = message
        self._set(message, target, value)
        self._options.paths.setdefault(key, {})[at] = self._path(target)

    def _path(self, target: _Target) -> Path:
        numbers = target.numbers
        if not target.fields[-1].is_repeated:
            return numbers
        # Statements are counted, not elements: protoc does so, too.
        index = self._counts.get((target.key, numbers), 0)
        self._counts[(target.key, numbers)] = index + 1
        return (*numbers, index)

    def _note_use(self, options: str) -> None:
        symbol = self._pool.scopes.symbols.find(options)
        if symbol is not None:
            self._pool.scopes.note_use(self._file.name, symbol.file)

    # ---- names ----------------------------------------------------------------------------------------------------

    def _fields(self, type: OptionType, scope: str, option: OptionNode) -> list[FieldDescriptor] | None:
        """The fields that the parts of the name lead through, down from the options message `type`."""
        fields: list[FieldDescriptor] = []
        last = len(option.parts) - 1
        is_feature = option.parts[0].text == "features" and not option.parts[0].is_extension
        for at, part in enumerate(option.parts):
            field = self._extension(type, scope, part) if part.is_extension else self._field(type, part)
            if field is None:
                return None
            if self._names is not None and not part.is_extension:
                self._names.field(part.span, field)
            fields.append(field)
            if is_feature and field.file == self._file.name:
                self._report.add(findings.feature_of_this_file(part.text, part.span, field))
                return None
            if at == last:
                break
            if field.type not in MESSAGES:
                self._report.add(findings.not_a_message(_spelled(option, at), part.span, field))
                return None
            if field.is_repeated:
                self._report.add(findings.parts_of_repeated(_spelled(option, at), part.span))
                return None
            inner = self._types.message_of(field)
            if inner is None:
                return None
            type = inner
        return fields

    def _field(self, type: OptionType, part: OptionPartNode) -> FieldDescriptor | None:
        field = type.fields.get(part.text)
        if field is None:
            elsewhere = [
                bearer
                for name, bearer in findings.BEARERS.items()
                if name != type.full_name and type.full_name in findings.BEARERS and self._has(name, part.text)
            ]
            self._report.add(findings.unknown_option(part, type, elsewhere))
        return field

    def _has(self, options: str, name: str) -> bool:
        found = self._types.message(options)
        return found is not None and name in found.fields

    def _extension(self, type: OptionType, scope: str, part: OptionPartNode) -> FieldDescriptor | None:
        found = self._pool.scopes.resolve(part.text, self._file.name, scope)
        field = None
        if isinstance(found, Symbol):
            if self._names is not None:
                self._names.name(self._file.name, part.span, found, self._pool.scopes.symbols)
            if found.kind is SymbolKind.FIELD:
                # protoc takes a plain field of the options message in parentheses, too.
                owner, _, name = found.full_name.rpartition(".")
                holder = self._types.message(owner)
                field = holder.fields.get(name) if holder is not None else None
                if field is not None and owner == type.full_name:
                    return field
            else:
                field = self._pool.extension(found.full_name)
        if field is None:
            if isinstance(found, Symbol) or not self._file.has_failed_imports:
                known = self._pool.extensions_of(type.full_name).values()
                self._report.add(findings.unknown_extension(part.text, part.span, found, type, known))
        elif field.extendee != type.full_name:
            # An extendee that was not found has been reported where it stands.
            if field.extendee != "":
                self._report.add(findings.not_of_this_message(part.text, part.span, field, type))
            return None
        return field

    # ---- values ---------------------------------------------------------------------------------------------------

    def _may_set(self, message: OptionMessage, target: _Target) -> bool:
        leaf = target.fields[-1]
        if leaf.is_repeated:
            return True
        first = self._replaced.get((target.key, target.numbers))
        for field in target.fields[:-1]:
            known = message.fields.get(field.number)
            if known is None or not isinstance(known.value, OptionMessage):
                break
            message = known.value
        else:
            known = message.fields.get(leaf.number)
            first = first if known is None else known.span
        if first is not None:
            option = target.option
            self._report.add(findings.set_twice(_spelled(option), option.name_span, first))
        return first is None

    def _value(self, field: FieldDescriptor, option: OptionNode) -> OptionValue | None:
        node = option.value
        if field.type in MESSAGES:
            if isinstance(node, AggregateNode):
                return self._aggregates.read(field, node, len(option.parts) - 1)
            if self._types.message_of(field) is not None:
                self._report.add(findings.needs_braces(field, node))
            return None
        if field.type is FieldType.UNKNOWN:
            return None
        if self._names is not None:
            self._names.enum_value(node, field, self._pool)
        value = statement_value(field, node, self._types)
        if isinstance(value, Misfit):
            self._report.add(findings.misfit(field, node, value))
            return None
        if field.type_name:
            self._note_use(field.type_name)
        return value

    def _set(self, message: OptionMessage, target: _Target, value: OptionValue) -> None:
        last = len(target.fields) - 1
        for at, field in enumerate(target.fields):
            if field.oneof_index is not None:
                self._make_room(message, field, target.key, target.numbers[:at])
            known = message.fields.get(field.number)
            if at == last:
                if known is None:
                    message.fields[field.number] = SetField(field, [value], target.option.name_span)
                else:
                    known.values.append(value)
                return
            if known is None:
                inner = OptionMessage(field.type_name)
                message.fields[field.number] = SetField(field, [inner], target.option.parts[at].span)
            else:
                assert isinstance(known.value, OptionMessage)
                inner = known.value
            message = inner

    def _make_room(self, message: OptionMessage, field: FieldDescriptor, key: _Key, prefix: Path) -> None:
        """Of two fields of a oneof the one set last counts, as when bytes are read."""
        type = self._types.message(message.type)
        oneof = type.oneof_of(field) if type is not None else None
        if type is None or oneof is None:
            return
        for other in list(message):
            if other.field.number != field.number and type.oneof_of(other.field) == oneof:
                self._replaced[(key, (*prefix, other.field.number))] = other.span
                del message.fields[other.field.number]


def _spelled(option: OptionNode, last: int | None = None) -> str:
    """The name of `option` as written, up to the part `last`."""
    parts = option.parts if last is None else option.parts[: last + 1]
    return ".".join(f"({part.text})" if part.is_extension else part.text for part in parts)


def _bearers(file: FileDescriptor) -> Iterator[tuple[Element, str]]:
    """Every element with options, and the full name that names in them are looked up from."""
    if file.options:
        yield file, file.full_name
    for message in messages(file):
        if message.options:
            yield message, message.full_name
        for range in message.extension_ranges:
            if range.options:
                yield range, message.full_name
        for field in (*message.fields, *message.extensions):
            if field.options:
                yield field, field.full_name
        for oneof in message.oneofs:
            if oneof.options:
                yield oneof, oneof.full_name
        yield from _of_enums(message.enums)
    yield from _of_enums(file.enums)
    for extension in file.extensions:
        if extension.options:
            yield extension, extension.full_name
    for service in file.services:
        if service.options:
            yield service, service.full_name
        for method in service.methods:
            if method.options:
                yield method, method.full_name


def _of_enums(enums: tuple[EnumDescriptor, ...]) -> Iterator[tuple[Element, str]]:
    for enum in enums:
        if enum.options:
            yield enum, enum.full_name
        for value in enum.values:
            if value.options:
                yield value, value.full_name
