"""Types: the messages and enums that options are made of, and what the options of their own fields say of them.

They come from the files of the run; descriptor.proto's own, of what no file read so far declares, from `builtin`. For
protoc, too, a descriptor.proto of the project's counts only from where it is read on, and only for what it declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kitexgen.idl.proto.descriptors import (
    EnumDescriptor,
    FieldDescriptor,
    FieldLabel,
    FieldType,
    FileDescriptor,
    MessageDescriptor,
    Pool,
)
from kitexgen.idl.proto.features import (
    EnumType,
    FeatureTable,
    checks_utf8,
    has_presence,
    is_delimited,
    is_packed,
    is_required,
)
from kitexgen.idl.proto.interpreted import InterpretedOptions, OptionMessage, OptionValue
from kitexgen.idl.proto.options import builtin
from kitexgen.idl.proto.options.builtin import Support, Traits


@dataclass(frozen=True)
class OptionType:
    """A message that is an option, or holds some. `descriptor` is None when it is built in."""

    full_name: str
    fields: Mapping[str, FieldDescriptor]
    descriptor: MessageDescriptor | None

    @property
    def is_map_entry(self) -> bool:
        return self.descriptor is not None and self.descriptor.is_map_entry

    @cached_property
    def reserved_names(self) -> frozenset[str]:
        return frozenset(name.name for name in self.descriptor.reserved_names) if self.descriptor else frozenset()

    def oneof_of(self, field: FieldDescriptor) -> str | None:
        """The name of the oneof `field` is in; that of a proto3 `optional` does not count."""
        if self.descriptor is None or field.oneof_index is None or field.is_extension or field.proto3_optional:
            return None
        return self.descriptor.oneofs[field.oneof_index].name


@dataclass(frozen=True)
class OptionEnum:
    """An enum of options: numbers by name. `descriptor` is None when it is built in."""

    full_name: str
    values: Mapping[str, int]
    descriptor: EnumDescriptor | None

    @cached_property
    def numbers(self) -> frozenset[int]:
        return frozenset(self.values.values())


class Types:
    """Looks types up, each once. What `options` and `features` say of a file is asked only after they are known."""

    def __init__(self, pool: Pool, options: InterpretedOptions, features: FeatureTable) -> None:
        self._pool = pool
        self._options = options
        self._features = features
        self._messages: dict[str, OptionType | None] = {}
        self._enums: dict[str, OptionEnum | None] = {}
        self._traits: dict[str, Traits] = {}
        self._entered: set[str] = set()

    def enter(self, file: FileDescriptor) -> None:
        """From here on what `file` declares counts."""
        self._entered.add(file.name)
        if file.package == builtin.PACKAGE:
            self._messages.clear()
            self._enums.clear()

    def message(self, full_name: str) -> OptionType | None:
        """None when the name was not found, which has been reported."""
        if full_name not in self._messages:
            self._messages[full_name] = self._read_message(full_name)
        return self._messages[full_name]

    def message_of(self, field: FieldDescriptor) -> OptionType | None:
        """The type of the messages in `field`. A built-in field holds built-in ones, whatever else has their name."""
        return _builtin_message(field.type_name) if self._is_builtin(field) else self.message(field.type_name)

    def enum_of(self, field: FieldDescriptor) -> OptionEnum | None:
        return _builtin_enum(field.type_name) if self._is_builtin(field) else self.enum(field.type_name)

    def enum(self, full_name: str) -> OptionEnum | None:
        if full_name not in self._enums:
            self._enums[full_name] = self._read_enum(full_name)
        return self._enums[full_name]

    def _read_message(self, full_name: str) -> OptionType | None:
        descriptor = self._pool.message(full_name)
        if descriptor is not None and descriptor.file in self._entered:
            fields: dict[str, FieldDescriptor] = {}
            for field in descriptor.fields:
                fields.setdefault(field.name, field)
            return OptionType(full_name, fields, descriptor)
        return _builtin_message(full_name)

    def _read_enum(self, full_name: str) -> OptionEnum | None:
        descriptor = self._pool.enum(full_name)
        if descriptor is not None and descriptor.file in self._entered:
            values: dict[str, int] = {}
            for value in descriptor.values:
                values.setdefault(value.name, value.number)
            return OptionEnum(full_name, values, descriptor)
        return _builtin_enum(full_name)

    # ---- what the options of fields say ---------------------------------------------------------------------------

    def traits(self, field: FieldDescriptor) -> Traits:
        """On what `field` may stand as an option, in which editions, and whether it stays in the source."""
        if self._is_builtin(field):
            return builtin.traits(field.full_name)
        found = self._traits.get(field.full_name)
        if found is None:
            found = self._traits[field.full_name] = self._read_traits(field)
        return found

    def _read_traits(self, field: FieldDescriptor) -> Traits:
        options = self._options.of(field)
        if not options:
            return builtin.NO_TRAITS
        targets = options.find("targets")
        return Traits(
            targets=tuple(each for each in targets.values if isinstance(each, int)) if targets else (),
            is_source_only=options.get("retention") == _RETENTION_SOURCE,
            support=read_support(options),
        )

    def value_support(self, enum: OptionEnum, number: int) -> tuple[str, Support] | None:
        """The full name of the value `number` and the editions in which it may be used; None when all are."""
        if enum.descriptor is None:
            return None
        value = next((value for value in enum.descriptor.values if value.number == number), None)
        support = read_support(self._options.of(value)) if value is not None else None
        return None if value is None or support is None else (value.full_name, support)

    # ---- how fields are encoded -----------------------------------------------------------------------------------

    def is_packed(self, field: FieldDescriptor) -> bool:
        return not self._is_builtin(field) and is_packed(field, self._features.of(field))

    def is_required(self, field: FieldDescriptor) -> bool:
        if self._is_builtin(field):
            return field.label is FieldLabel.REQUIRED
        return is_required(field, self._features.of(field))

    def has_presence(self, field: FieldDescriptor) -> bool:
        return self._is_builtin(field) or has_presence(field, self._features.of(field))

    def is_delimited(self, field: FieldDescriptor) -> bool:
        """Of a field of messages; of one in the entry of a map it is not asked."""
        if field.type is not FieldType.MESSAGE or self._is_builtin(field):
            return field.type is FieldType.GROUP
        type = self.message_of(field)
        is_map = type is not None and type.is_map_entry
        return is_delimited(field, self._features.of(field), is_map=is_map, in_map_entry=field.node is None)

    def checks_utf8(self, field: FieldDescriptor) -> bool:
        return not self._is_builtin(field) and checks_utf8(field, self._features.of(field))

    def is_closed(self, enum: OptionEnum) -> bool:
        if enum.descriptor is None:
            return True
        return self._features.of(enum.descriptor).enum_type is EnumType.CLOSED

    def is_message_set(self, type: OptionType) -> bool:
        return type.descriptor is not None and self._options.of(type.descriptor).is_true("message_set_wire_format")

    def _is_builtin(self, field: FieldDescriptor) -> bool:
        # A built-in field is handed out only where no descriptor.proto declares its message.
        return field.file == builtin.FILE and field.node is None


def _builtin_message(full_name: str) -> OptionType | None:
    known = builtin.fields(full_name)
    return None if known is None else OptionType(full_name, known, None)


def _builtin_enum(full_name: str) -> OptionEnum | None:
    known = builtin.enum_values(full_name)
    return None if known is None else OptionEnum(full_name, known, None)


# FieldOptions.OptionRetention.RETENTION_SOURCE
_RETENTION_SOURCE = 2


def read_support(options: OptionMessage) -> Support | None:
    """The option `feature_support` of a field or an enum value; None when it is not set."""
    given = options.get("feature_support")
    if not isinstance(given, OptionMessage):
        return None
    return Support(
        introduced=_number(given.get("edition_introduced")),
        deprecated=_number(given.get("edition_deprecated")),
        warning=_text(given.get("deprecation_warning")),
        removed=_number(given.get("edition_removed")),
        removal_error=_text(given.get("removal_error")),
    )


def _number(value: OptionValue | None) -> int:
    return value if isinstance(value, int) else 0


def _text(value: OptionValue | None) -> str | None:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else None
