"""Messages in braces: `{ name: "x" kids { … } [pkg.ext]: 1 }`, protoc's text format, against the type they are of.

Source: text_format.cc, and `AggregateOptionFinder` of descriptor.cc for what names in brackets mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.diagnostics.report import Report
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldLabel, FieldType, Pool
from kitexgen.idl.proto.interpreted import OptionMessage, OptionValue, SetField
from kitexgen.idl.proto.name_uses import NameUses
from kitexgen.idl.proto.options import findings
from kitexgen.idl.proto.options.encode import encode, is_zero
from kitexgen.idl.proto.options.scalars import Misfit, entry_value
from kitexgen.idl.proto.options.types import OptionType, Types
from kitexgen.idl.proto.scopes import Miss
from kitexgen.idl.proto.symbols import Symbol, SymbolKind
from kitexgen.idl.proto.tree import AggregateNode, EntryNode, KeyKind, KeyNode, ListNode, ValueNode

MESSAGES: Final = (FieldType.MESSAGE, FieldType.GROUP)
_ANY: Final = "google.protobuf.Any"
_KNOWN_PREFIXES: Final = ("type.googleapis.com", "type.googleprod.com")

# protoc reads every option back from its bytes, and goes no deeper than this.
MOST_LEVELS: Final = 100


class Aggregates:
    """Reads aggregates of one file. What is wrong goes to the report; the rest is read all the same."""

    def __init__(self, pool: Pool, types: Types, report: Report, file: str, names: NameUses | None = None) -> None:
        self._pool = pool
        self._types = types
        self._report = report
        self._file = file
        self._names = names
        self._levels = 0
        self._has_errors = False

    def read(self, field: FieldDescriptor, node: AggregateNode, level: int) -> OptionMessage | None:
        """The message that `node` stands for as a value of `field`; None when something is wrong with it.

        `level` says how many messages of the option it stands in.
        """
        type = self._types.message_of(field)
        if type is None:
            return None
        self._has_errors = False
        self._levels = level
        message = self._message(type, node)
        if not self._has_errors:
            self._check_required(message, node)
        return None if self._has_errors else message

    def _message(self, type: OptionType, node: AggregateNode) -> OptionMessage:
        message = OptionMessage(type.full_name)
        self._levels += 1
        if self._levels > MOST_LEVELS:
            self._refuse(findings.too_deep(node.span, MOST_LEVELS))
        else:
            for entry in node.entries:
                self._entry(message, type, entry)
        self._levels -= 1
        return message

    def _entry(self, message: OptionMessage, type: OptionType, entry: EntryNode) -> None:
        if entry.key.kind is KeyKind.ANY:
            self._any(message, type, entry)
            return
        field = self._field(type, entry.key)
        if field is None or not self._may_set(message, type, field, entry):
            return
        items = self._items(field, entry.value)
        values = [value for node in items if (value := self._value(field, node, entry.key)) is not None]
        self._add(message, field, values, entry)

    def _field(self, type: OptionType, key: KeyNode) -> FieldDescriptor | None:
        if key.kind is KeyKind.EXTENSION:
            return self._extension(type, key)
        field = type.fields.get(key.name) or self._group(type, key.name)
        if field is None and key.name not in type.reserved_names:
            self._refuse(findings.unknown_entry(key, type))
        elif field is not None and self._names is not None:
            self._names.field(key.span, field)
        # What is reserved was a field once: protoc passes over it.
        return field

    def _group(self, type: OptionType, name: str) -> FieldDescriptor | None:
        """A group goes by the name of its message as well."""
        field = type.fields.get(name.lower())
        if field is None or field.type not in MESSAGES or not self._types.is_delimited(field):
            return None
        scope, _, simple = field.type_name.rpartition(".")
        is_beside = scope == (field.full_name.rpartition(".")[0])
        return field if simple == name and is_beside else None

    def _extension(self, type: OptionType, key: KeyNode) -> FieldDescriptor | None:
        if key.name.startswith("."):
            self._refuse(findings.leading_dot(key))
            return None
        found = self._pool.scopes.resolve(key.name, self._file, type.full_name)
        field: FieldDescriptor | None = None
        if isinstance(found, Symbol):
            self._note(key, found)
            if found.kind is SymbolKind.MESSAGE:
                field = self._item_of_message_set(type, found.full_name)
            else:
                field = self._pool.extension(found.full_name)
        if field is None:
            known = self._pool.extensions_of(type.full_name).values()
            self._refuse_name(found, findings.unknown_extension(key.name, key.span, found, type, known))
        elif field.extendee != type.full_name:
            if field.extendee:
                self._refuse(findings.not_of_this_message(key.name, key.span, field, type))
            self._has_errors = True
            return None
        return field

    def _item_of_message_set(self, type: OptionType, full_name: str) -> FieldDescriptor | None:
        """An item of a message set may be called by its type, when that declares an extension of itself."""
        message = self._pool.message(full_name)
        if message is None or not self._types.is_message_set(type):
            return None
        for extension in message.extensions:
            is_itself = extension.type is FieldType.MESSAGE and extension.type_name == full_name
            if is_itself and extension.extendee == type.full_name and extension.label is FieldLabel.OPTIONAL:
                return extension
        return None

    def _may_set(self, message: OptionMessage, type: OptionType, field: FieldDescriptor, entry: EntryNode) -> bool:
        if field.is_repeated:
            return True
        first = message.fields.get(field.number)
        if first is not None:
            self._refuse(findings.entry_twice(entry, first.span))
            return False
        oneof = type.oneof_of(field)
        for other in message if oneof is not None else ():
            if type.oneof_of(other.field) == oneof:
                self._refuse(findings.two_of_oneof(entry, oneof or "", other.field.name, other.span))
                return False
        return True

    def _items(self, field: FieldDescriptor, node: ValueNode) -> Iterator[ValueNode]:
        if not isinstance(node, ListNode):
            yield node
        elif not field.is_repeated:
            self._refuse(findings.list_of_singular(field, node))
        else:
            yield from node.items

    def _value(self, field: FieldDescriptor, node: ValueNode, key: KeyNode) -> OptionValue | None:
        if isinstance(node, ListNode):
            self._refuse(findings.list_in_list(field, node))
            return None
        if field.type in MESSAGES:
            type = self._types.message_of(field)
            if isinstance(node, AggregateNode) and type is not None:
                return self._message(type, node)
            self._refuse(findings.entry_needs_braces(key, field.type_name, node))
            return None
        if field.type is FieldType.UNKNOWN:
            self._has_errors = True
            return None
        if self._names is not None:
            self._names.enum_value(node, field, self._pool)
        value = entry_value(field, node, self._types)
        if isinstance(value, Misfit):
            self._refuse(findings.misfit(field, node, value))
            return None
        return value

    def _add(self, message: OptionMessage, field: FieldDescriptor, values: list[OptionValue], entry: EntryNode) -> None:
        if not values:
            return
        known = message.fields.get(field.number)
        if known is not None:
            known.values += values
        elif field.is_repeated or not is_zero(values[0]) or self._types.has_presence(field):
            message.fields[field.number] = SetField(field, values, entry.key.span)

    # ---- Any ------------------------------------------------------------------------------------------------------

    def _any(self, message: OptionMessage, type: OptionType, entry: EntryNode) -> None:
        key = entry.key
        url, value = type.fields.get("type_url"), type.fields.get("value")
        if type.full_name != _ANY or url is None or value is None:
            self._refuse(findings.not_an_any(key, type))
            return
        if message.fields:
            self._refuse(findings.entry_twice(entry, next(iter(message)).span))
            return
        if key.prefix not in _KNOWN_PREFIXES:
            self._refuse(findings.unknown_url(key))
            return
        found = self._pool.scopes.resolve(f".{key.name}", self._file, "")
        held = None
        if isinstance(found, Symbol):
            self._note(key, found)
            held = self._types.message(key.name)
        if held is None:
            self._refuse_name(found, findings.unknown_any_type(key, found))
        elif not isinstance(entry.value, AggregateNode):
            self._refuse(findings.entry_needs_braces(key, key.name, entry.value))
        else:
            inner = self._message(held, entry.value)
            if self._has_errors:
                return
            self._check_required(inner, entry.value)
            message.fields[url.number] = SetField(url, [f"{key.prefix}/{key.name}".encode()], key.span)
            data = encode(inner, self._types)
            if data:
                message.fields[value.number] = SetField(value, [data], key.span)

    # ---- required -------------------------------------------------------------------------------------------------

    def _check_required(self, message: OptionMessage, node: AggregateNode) -> None:
        missing = list(missing_required(message, self._types))
        if missing:
            self._refuse(findings.missing_required(message.type, missing, node.span))

    def _refuse_name(self, found: Miss | Symbol, finding: Diagnostic) -> None:
        """Refuse a name, in silence where it may stand in a file that was not found."""
        self._has_errors = True
        if isinstance(found, Symbol) or not self._pool.file(self._file).has_failed_imports:
            self._report.add(finding)

    def _note(self, key: KeyNode, symbol: Symbol) -> None:
        if self._names is not None:
            self._names.name(self._file, key.span, symbol, self._pool.scopes.symbols)

    def _refuse(self, finding: Diagnostic) -> None:
        self._has_errors = True
        self._report.add(finding)


def missing_required(message: OptionMessage, types: Types, prefix: str = "") -> Iterator[str]:
    """The required fields that are not set in `message` and in the messages in it, as paths from it."""
    type = types.message(message.type)
    if type is None:
        return
    for field in type.fields.values():
        if field.number not in message.fields and types.is_required(field):
            yield f"{prefix}{field.name}"
    for each in message:
        for at, value in enumerate(each.values):
            if isinstance(value, OptionMessage):
                index = f"[{at}]" if each.field.is_repeated else ""
                yield from missing_required(value, types, f"{prefix}{each.field.name}{index}.")
