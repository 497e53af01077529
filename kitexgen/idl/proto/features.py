"""Features: what a file's edition, and the `features` options on the way down to an element, make of that element.

`FeatureTable` has them as protoc resolves them: raw, with nothing said about where they apply. The functions below
say what they mean for a field. Source: feature_resolver.cc, and `ResolveFeatures` of descriptor.cc.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Final

from kitexgen.idl.proto.descriptors import (
    Element,
    EnumDescriptor,
    FieldDescriptor,
    FieldLabel,
    FieldType,
    FileDescriptor,
    MessageDescriptor,
    Path,
)
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.interpreted import InterpretedOptions, OptionMessage


class FieldPresence(IntEnum):
    EXPLICIT = 1
    IMPLICIT = 2
    LEGACY_REQUIRED = 3


class EnumType(IntEnum):
    OPEN = 1
    CLOSED = 2


class RepeatedFieldEncoding(IntEnum):
    PACKED = 1
    EXPANDED = 2


class Utf8Validation(IntEnum):
    VERIFY = 2
    NONE = 3


class MessageEncoding(IntEnum):
    LENGTH_PREFIXED = 1
    DELIMITED = 2


class JsonFormat(IntEnum):
    ALLOW = 1
    LEGACY_BEST_EFFORT = 2


class EnforceNamingStyle(IntEnum):
    STYLE2024 = 1
    STYLE_LEGACY = 2
    STYLE2026 = 3


class DefaultSymbolVisibility(IntEnum):
    EXPORT_ALL = 1
    EXPORT_TOP_LEVEL = 2
    LOCAL_ALL = 3
    STRICT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """`google.protobuf.FeatureSet` with every field set. The names and numbers are descriptor.proto's."""

    field_presence: FieldPresence
    enum_type: EnumType
    repeated_field_encoding: RepeatedFieldEncoding
    utf8_validation: Utf8Validation
    message_encoding: MessageEncoding
    json_format: JsonFormat
    enforce_naming_style: EnforceNamingStyle
    default_symbol_visibility: DefaultSymbolVisibility


_PROTO2: Final = Features(
    field_presence=FieldPresence.EXPLICIT,
    enum_type=EnumType.CLOSED,
    repeated_field_encoding=RepeatedFieldEncoding.EXPANDED,
    utf8_validation=Utf8Validation.NONE,
    message_encoding=MessageEncoding.LENGTH_PREFIXED,
    json_format=JsonFormat.LEGACY_BEST_EFFORT,
    enforce_naming_style=EnforceNamingStyle.STYLE_LEGACY,
    default_symbol_visibility=DefaultSymbolVisibility.EXPORT_ALL,
)
_PROTO3: Final = replace(
    _PROTO2,
    field_presence=FieldPresence.IMPLICIT,
    enum_type=EnumType.OPEN,
    repeated_field_encoding=RepeatedFieldEncoding.PACKED,
    utf8_validation=Utf8Validation.VERIFY,
    json_format=JsonFormat.ALLOW,
)
_E2023: Final = replace(_PROTO3, field_presence=FieldPresence.EXPLICIT)
_E2024: Final = replace(
    _E2023,
    enforce_naming_style=EnforceNamingStyle.STYLE2024,
    default_symbol_visibility=DefaultSymbolVisibility.EXPORT_TOP_LEVEL,
)
# `edition_defaults` of the features in descriptor.proto; a test compares them with it.
DEFAULTS: Final[Mapping[Edition, Features]] = {
    Edition.PROTO2: _PROTO2,
    Edition.PROTO3: _PROTO3,
    Edition.E2023: _E2023,
    Edition.E2024: _E2024,
    Edition.UNSTABLE: replace(_E2024, enforce_naming_style=EnforceNamingStyle.STYLE2026),
}

_ENUMS: Final[Mapping[str, type[IntEnum]]] = {
    "field_presence": FieldPresence,
    "enum_type": EnumType,
    "repeated_field_encoding": RepeatedFieldEncoding,
    "utf8_validation": Utf8Validation,
    "message_encoding": MessageEncoding,
    "json_format": JsonFormat,
    "enforce_naming_style": EnforceNamingStyle,
    "default_symbol_visibility": DefaultSymbolVisibility,
}
assert tuple(_ENUMS) == tuple(field.name for field in fields(Features))


class FeatureTable:
    """The features of every element of a run. Files are entered one by one, while their options are read."""

    def __init__(self) -> None:
        self._files: dict[str, Features] = {}
        # Only elements whose features are others than their file's: in most files there is none.
        self._own: dict[tuple[str, Path], Features] = {}

    def of(self, element: Element) -> Features:
        """The features of `element`, whose file must be in the table."""
        if self._own:
            own = self._own.get((element.file, element.path))
            if own is not None:
                return own
        return self._files[element.file]

    def begin(self, file: FileDescriptor) -> None:
        """Take the defaults of its edition for all of `file`, until its options are known."""
        self._files[file.name] = DEFAULTS[file.edition]

    def add(self, file: FileDescriptor, options: InterpretedOptions) -> None:
        """Resolve the features of all of `file`, of whose options those that are no extensions are read."""
        _Resolver(file, options, self._files, self._own).run()


class _Resolver:
    """Goes down one file: each element merges what is set on it over what its parent has."""

    def __init__(
        self,
        file: FileDescriptor,
        options: InterpretedOptions,
        files: dict[str, Features],
        own: dict[tuple[str, Path], Features],
    ) -> None:
        self._file = file
        self._options = options
        self._files = files
        self._own = own
        self._is_legacy = not file.edition.is_editions

    def run(self) -> None:
        file = self._file
        features = DEFAULTS[file.edition]
        if file.options and not self._is_legacy:
            features = _merge(features, self._options.of(file).get("features"))
        self._files[file.name] = features
        for message in file.messages:
            self._message(message, features)
        for enum in file.enums:
            self._enum(enum, features)
        for extension in file.extensions:
            self._field(extension, features)
        for service in file.services:
            inherited = self._enter(service, features)
            for method in service.methods:
                self._enter(method, inherited)

    def _message(self, message: MessageDescriptor, parent: Features) -> None:
        features = self._enter(message, parent)
        of_oneofs = [self._enter(oneof, features) for oneof in message.oneofs]
        for field in message.fields:
            self._field(field, features if field.oneof_index is None else of_oneofs[field.oneof_index])
        for range in message.extension_ranges:
            self._enter(range, features)
        for enum in message.enums:
            self._enum(enum, features)
        for extension in message.extensions:
            self._field(extension, features)
        for nested in message.messages:
            self._message(nested, features)

    def _enum(self, enum: EnumDescriptor, parent: Features) -> None:
        features = self._enter(enum, parent)
        for value in enum.values:
            self._enter(value, features)

    def _field(self, field: FieldDescriptor, parent: Features) -> None:
        if self._is_legacy:
            self._note(field, self._inferred(field, parent))
        else:
            self._enter(field, parent)

    def _inferred(self, field: FieldDescriptor, parent: Features) -> Features:
        """The words and options of proto2 and proto3 that later became features."""
        features = parent
        if field.label is FieldLabel.REQUIRED:
            features = replace(features, field_presence=FieldPresence.LEGACY_REQUIRED)
        elif field.proto3_optional:
            features = replace(features, field_presence=FieldPresence.EXPLICIT)
        if field.type is FieldType.GROUP:
            features = replace(features, message_encoding=MessageEncoding.DELIMITED)
        packed = self._options.of(field).get("packed") if field.options else None
        if packed is True:
            features = replace(features, repeated_field_encoding=RepeatedFieldEncoding.PACKED)
        elif packed is False and self._file.edition is Edition.PROTO3:
            features = replace(features, repeated_field_encoding=RepeatedFieldEncoding.EXPANDED)
        return features

    def _enter(self, element: Element, parent: Features) -> Features:
        if not element.options or self._is_legacy:
            features = parent
        else:
            features = _merge(parent, self._options.of(element).get("features"))
        self._note(element, features)
        return features

    def _note(self, element: Element, features: Features) -> None:
        if features is not self._files[self._file.name]:
            self._own[(element.file, element.path)] = features


def _merge(parent: Features, own: object) -> Features:
    """`own` over `parent`; what is set to no known value is reported elsewhere and counts as not set."""
    if not isinstance(own, OptionMessage):
        return parent
    changes: dict[str, IntEnum] = {}
    for each in own:
        enum = _ENUMS.get(each.field.name) if not each.field.is_extension else None
        number = each.value
        if enum is not None and isinstance(number, int) and number in enum.__members__.values():
            changes[each.field.name] = enum(number)
    return replace(parent, **changes) if changes else parent  # type: ignore[arg-type]  # _ENUMS has the enum of each


# ---- what features mean for a field -------------------------------------------------------------------------------

_MESSAGES: Final = (FieldType.MESSAGE, FieldType.GROUP)
_UNPACKABLE: Final = (*_MESSAGES, FieldType.STRING, FieldType.BYTES, FieldType.UNKNOWN)


def has_presence(field: FieldDescriptor, features: Features) -> bool:
    """Whether a field that was not set can be told from one that holds its default. False when it is repeated."""
    if field.is_repeated:
        return False
    return (
        field.type in _MESSAGES
        or field.is_extension
        or field.oneof_index is not None
        or features.field_presence is not FieldPresence.IMPLICIT
    )


def is_required(field: FieldDescriptor, features: Features) -> bool:
    is_legacy = features.field_presence is FieldPresence.LEGACY_REQUIRED
    return field.label is FieldLabel.REQUIRED or (is_legacy and not field.is_repeated)


def is_packable(field: FieldDescriptor) -> bool:
    return field.is_repeated and field.type not in _UNPACKABLE


def is_packed(field: FieldDescriptor, features: Features) -> bool:
    return features.repeated_field_encoding is RepeatedFieldEncoding.PACKED and is_packable(field)


def is_delimited(field: FieldDescriptor, features: Features, *, is_map: bool, in_map_entry: bool) -> bool:
    """Whether values travel between two tags, as groups do. `is_map`: the type of `field` is the entry of a map."""
    if field.type is FieldType.GROUP:
        return True
    is_encoded = features.message_encoding is MessageEncoding.DELIMITED
    return is_encoded and field.type is FieldType.MESSAGE and not is_map and not in_map_entry


def checks_utf8(field: FieldDescriptor, features: Features) -> bool:
    return field.type is FieldType.STRING and features.utf8_validation is Utf8Validation.VERIFY
