"""The options of descriptor.proto as it is shipped, ready to use: most files set options and never import that file.

A table rather than the file parsed, since reading its 1,400 lines would cost more than all else a small run does.
A test compares it with the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldLabel, FieldType, Path
from kitexgen.source.span import Span

FILE: Final = "google/protobuf/descriptor.proto"
PACKAGE: Final = "google.protobuf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """FieldOptions.FeatureSupport: the editions in which a field or value may be used, 0 where it says nothing."""

    introduced: int = 0
    deprecated: int = 0
    warning: str | None = None
    removed: int = 0
    removal_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What the options of a field say of it as an option: on what it may stand, whether only the source shows it.

    `targets` are numbers of FieldOptions.OptionTargetType; none means it may stand anywhere.
    """

    targets: tuple[int, ...] = ()
    is_source_only: bool = False
    support: Support | None = None


NO_TRAITS: Final = Traits()

# name, number, label, type
_Row = tuple[str, int, str, str]

_MESSAGES: Final[Mapping[str, tuple[Path, tuple[_Row, ...]]]] = {
    "ExtensionRangeOptions": (
        (4, 3),
        (
            ("uninterpreted_option", 999, "repeated", "UninterpretedOption"),
            ("declaration", 2, "repeated", "ExtensionRangeOptions.Declaration"),
            ("features", 50, "optional", "FeatureSet"),
            ("verification", 3, "optional", "ExtensionRangeOptions.VerificationState"),
        ),
    ),
    "ExtensionRangeOptions.Declaration": (
        (4, 3, 3, 0),
        (
            ("number", 1, "optional", "int32"),
            ("full_name", 2, "optional", "string"),
            ("type", 3, "optional", "string"),
            ("reserved", 5, "optional", "bool"),
            ("repeated", 6, "optional", "bool"),
        ),
    ),
    "FileOptions": (
        (4, 10),
        (
            ("java_package", 1, "optional", "string"),
            ("java_outer_classname", 8, "optional", "string"),
            ("java_multiple_files", 10, "optional", "bool"),
            ("java_generate_equals_and_hash", 20, "optional", "bool"),
            ("java_string_check_utf8", 27, "optional", "bool"),
            ("optimize_for", 9, "optional", "FileOptions.OptimizeMode"),
            ("go_package", 11, "optional", "string"),
            ("cc_generic_services", 16, "optional", "bool"),
            ("java_generic_services", 17, "optional", "bool"),
            ("py_generic_services", 18, "optional", "bool"),
            ("deprecated", 23, "optional", "bool"),
            ("cc_enable_arenas", 31, "optional", "bool"),
            ("objc_class_prefix", 36, "optional", "string"),
            ("csharp_namespace", 37, "optional", "string"),
            ("swift_prefix", 39, "optional", "string"),
            ("php_class_prefix", 40, "optional", "string"),
            ("php_namespace", 41, "optional", "string"),
            ("php_metadata_namespace", 44, "optional", "string"),
            ("ruby_package", 45, "optional", "string"),
            ("features", 50, "optional", "FeatureSet"),
            ("uninterpreted_option", 999, "repeated", "UninterpretedOption"),
        ),
    ),
    "MessageOptions": (
        (4, 11),
        (
            ("message_set_wire_format", 1, "optional", "bool"),
            ("no_standard_descriptor_accessor", 2, "optional", "bool"),
            ("deprecated", 3, "optional", "bool"),
            ("map_entry", 7, "optional", "bool"),
            ("deprecated_legacy_json_field_conflicts", 11, "optional", "bool"),
            ("features", 12, "optional", "FeatureSet"),
            ("uninterpreted_option", 999, "repeated", "UninterpretedOption"),
        ),
    ),
    "FieldOptions": (
        (4, 12),
        (
            ("ctype", 1, "optional", "FieldOptions.CType"),
            ("packed", 2, "optional", "bool"),
            ("jstype", 6, "optional", "FieldOptions.JSType"),
            ("lazy", 5, "optional", "bool"),
            ("unverified_lazy", 15, "optional", "bool"),
            ("deprecated", 3, "optional", "bool"),
            ("weak", 10, "optional", "bool"),
            ("debug_redact", 16, "optional", "bool"),
            ("retention", 17, "optional", "FieldOptions.OptionRetention"),
            ("targets", 19, "repeated", "FieldOptions.OptionTargetType"),
            ("edition_defaults", 20, "repeated", "FieldOptions.EditionDefault"),
            ("features", 21, "optional", "FeatureSet"),
            ("feature_support", 22, "optional", "FieldOptions.FeatureSupport"),
            ("uninterpreted_option", 999, "repeated", "UninterpretedOption"),
        ),
    ),
    "FieldOptions.EditionDefault": (
        (4, 12, 3, 0),
        (
            ("edition", 3, "optional", "Edition"),
            ("value", 2, "optional", "string"),
        ),
    ),
    "FieldOptions.FeatureSupport": (
        (4, 12, 3, 1),
        (
            ("edition_introduced", 1, "optional", "Edition"),
            ("edition_deprecated", 2, "optional", "Edition"),
            ("deprecation_warning", 3, "optional", "string"),
            ("edition_removed", 4, "optional", "Edition"),
            ("removal_error", 5, "optional", "string"),
        ),
    ),
    "OneofOptions": (
        (4, 13),
        (
            ("features", 1, "optional", "FeatureSet"),
            ("uninterpreted_option", 999, "repeated", "UninterpretedOption"),
        ),
    ),
    "EnumOptions": (
        (4, 14),
        (
            ("allow_alias", 2, "optional", "bool"),
            ("deprecated", 3, "optional", "bool"),
            ("deprecated_legacy_json_field_conflicts", 6, "optional", "bool"),
            ("features", 7, "optional", "FeatureSet"),
            ("uninterpreted_option", 999, "repeated", "UninterpretedOption"),
        ),
    ),
    "EnumValueOptions": (
        (4, 15),
        (
            ("deprecated", 1, "optional", "bool"),
            ("features", 2, "optional", "FeatureSet"),
            ("debug_redact", 3, "optional", "bool"),
            ("feature_support", 4, "optional", "FieldOptions.FeatureSupport"),
            ("uninterpreted_option", 999, "repeated", "UninterpretedOption"),
        ),
    ),
    "ServiceOptions": (
        (4, 16),
        (
            ("features", 34, "optional", "FeatureSet"),
            ("deprecated", 33, "optional", "bool"),
            ("uninterpreted_option", 999, "repeated", "UninterpretedOption"),
        ),
    ),
    "MethodOptions": (
        (4, 17),
        (
            ("deprecated", 33, "optional", "bool"),
            ("idempotency_level", 34, "optional", "MethodOptions.IdempotencyLevel"),
            ("features", 35, "optional", "FeatureSet"),
            ("uninterpreted_option", 999, "repeated", "UninterpretedOption"),
        ),
    ),
    "UninterpretedOption": (
        (4, 18),
        (
            ("name", 2, "repeated", "UninterpretedOption.NamePart"),
            ("identifier_value", 3, "optional", "string"),
            ("positive_int_value", 4, "optional", "uint64"),
            ("negative_int_value", 5, "optional", "int64"),
            ("double_value", 6, "optional", "double"),
            ("string_value", 7, "optional", "bytes"),
            ("aggregate_value", 8, "optional", "string"),
        ),
    ),
    "UninterpretedOption.NamePart": (
        (4, 18, 3, 0),
        (
            ("name_part", 1, "required", "string"),
            ("is_extension", 2, "required", "bool"),
        ),
    ),
    "FeatureSet": (
        (4, 19),
        (
            ("field_presence", 1, "optional", "FeatureSet.FieldPresence"),
            ("enum_type", 2, "optional", "FeatureSet.EnumType"),
            ("repeated_field_encoding", 3, "optional", "FeatureSet.RepeatedFieldEncoding"),
            ("utf8_validation", 4, "optional", "FeatureSet.Utf8Validation"),
            ("message_encoding", 5, "optional", "FeatureSet.MessageEncoding"),
            ("json_format", 6, "optional", "FeatureSet.JsonFormat"),
            ("enforce_naming_style", 7, "optional", "FeatureSet.EnforceNamingStyle"),
            ("default_symbol_visibility", 8, "optional", "FeatureSet.VisibilityFeature.DefaultSymbolVisibility"),
        ),
    ),
}
_ENUMS: Final[Mapping[str, Mapping[str, int]]] = {
    "ExtensionRangeOptions.VerificationState": {"DECLARATION": 0, "UNVERIFIED": 1},
    "FileOptions.OptimizeMode": {"SPEED": 1, "CODE_SIZE": 2, "LITE_RUNTIME": 3},
    "FieldOptions.CType": {"STRING": 0, "CORD": 1, "STRING_PIECE": 2},
    "FieldOptions.JSType": {"JS_NORMAL": 0, "JS_STRING": 1, "JS_NUMBER": 2},
    "FieldOptions.OptionRetention": {"RETENTION_UNKNOWN": 0, "RETENTION_RUNTIME": 1, "RETENTION_SOURCE": 2},
    "FieldOptions.OptionTargetType": {
        "TARGET_TYPE_UNKNOWN": 0,
        "TARGET_TYPE_FILE": 1,
        "TARGET_TYPE_EXTENSION_RANGE": 2,
        "TARGET_TYPE_MESSAGE": 3,
        "TARGET_TYPE_FIELD": 4,
        "TARGET_TYPE_ONEOF": 5,
        "TARGET_TYPE_ENUM": 6,
        "TARGET_TYPE_ENUM_ENTRY": 7,
        "TARGET_TYPE_SERVICE": 8,
        "TARGET_TYPE_METHOD": 9,
    },
    "MethodOptions.IdempotencyLevel": {"IDEMPOTENCY_UNKNOWN": 0, "NO_SIDE_EFFECTS": 1, "IDEMPOTENT": 2},
    "FeatureSet.FieldPresence": {"FIELD_PRESENCE_UNKNOWN": 0, "EXPLICIT": 1, "IMPLICIT": 2, "LEGACY_REQUIRED": 3},
    "FeatureSet.EnumType": {"ENUM_TYPE_UNKNOWN": 0, "OPEN": 1, "CLOSED": 2},
    "FeatureSet.RepeatedFieldEncoding": {"REPEATED_FIELD_ENCODING_UNKNOWN": 0, "PACKED": 1, "EXPANDED": 2},
    "FeatureSet.Utf8Validation": {"UTF8_VALIDATION_UNKNOWN": 0, "VERIFY": 2, "NONE": 3},
    "FeatureSet.MessageEncoding": {"MESSAGE_ENCODING_UNKNOWN": 0, "LENGTH_PREFIXED": 1, "DELIMITED": 2},
    "FeatureSet.JsonFormat": {"JSON_FORMAT_UNKNOWN": 0, "ALLOW": 1, "LEGACY_BEST_EFFORT": 2},
    "FeatureSet.EnforceNamingStyle": {
        "ENFORCE_NAMING_STYLE_UNKNOWN": 0,
        "STYLE2024": 1,
        "STYLE_LEGACY": 2,
        "STYLE2026": 3,
    },
    "FeatureSet.VisibilityFeature.DefaultSymbolVisibility": {
        "DEFAULT_SYMBOL_VISIBILITY_UNKNOWN": 0,
        "EXPORT_ALL": 1,
        "EXPORT_TOP_LEVEL": 2,
        "LOCAL_ALL": 3,
        "STRICT": 4,
    },
    "Edition": {
        "EDITION_UNKNOWN": 0,
        "EDITION_LEGACY": 900,
        "EDITION_PROTO2": 998,
        "EDITION_PROTO3": 999,
        "EDITION_2023": 1000,
        "EDITION_2024": 1001,
        "EDITION_2026": 1002,
        "EDITION_UNSTABLE": 9999,
        "EDITION_1_TEST_ONLY": 1,
        "EDITION_2_TEST_ONLY": 2,
        "EDITION_99997_TEST_ONLY": 99997,
        "EDITION_99998_TEST_ONLY": 99998,
        "EDITION_99999_TEST_ONLY": 99999,
        "EDITION_MAX": 2147483647,
    },
}

_FROM_2023: Final = Support(introduced=1000)
_FROM_2024: Final = Support(introduced=1001)
# The numbers of OptionTargetType that features name.
_FILE, _MESSAGE, _FIELD, _ENUM = 1, 3, 4, 6

_TRAITS: Final = {
    "ExtensionRangeOptions.declaration": Traits(is_source_only=True),
    "ExtensionRangeOptions.verification": Traits(is_source_only=True),
    "FileOptions.java_multiple_files": Traits(
        support=Support(
            introduced=998,
            removed=1001,
            removal_error=(
                "This behavior is enabled by default in editions 2024 and above. "
                "To disable it, you can set `features.(pb.java).nest_in_file_class = YES` "
                "on individual messages, enums, or services."
            ),
        )
    ),
    "FeatureSet.field_presence": Traits(targets=(_FIELD, _FILE), support=_FROM_2023),
    "FeatureSet.enum_type": Traits(targets=(_ENUM, _FILE), support=_FROM_2023),
    "FeatureSet.repeated_field_encoding": Traits(targets=(_FIELD, _FILE), support=_FROM_2023),
    "FeatureSet.utf8_validation": Traits(targets=(_FIELD, _FILE), support=_FROM_2023),
    "FeatureSet.message_encoding": Traits(targets=(_FIELD, _FILE), support=_FROM_2023),
    "FeatureSet.json_format": Traits(targets=(_MESSAGE, _ENUM, _FILE), support=_FROM_2023),
    "FeatureSet.enforce_naming_style": Traits(
        targets=(1, 2, 3, 4, 5, 6, 7, 8, 9), is_source_only=True, support=_FROM_2024
    ),
    "FeatureSet.default_symbol_visibility": Traits(targets=(_FILE,), is_source_only=True, support=_FROM_2024),
}


@cache
def fields(full_name: str) -> Mapping[str, FieldDescriptor] | None:
    """The fields of the message `full_name` by name, or None when it is not a part of options."""
    row = _MESSAGES.get(_local(full_name))
    if row is None:
        return None
    path, rows = row
    return {each[0]: _field(full_name, (*path, 2, at), each) for at, each in enumerate(rows)}


def enum_values(full_name: str) -> Mapping[str, int] | None:
    """The numbers of the values of the enum `full_name`, or None when options have no such enum."""
    return _ENUMS.get(_local(full_name))


def traits(full_name: str) -> Traits:
    """What descriptor.proto says of the field `full_name`."""
    return _TRAITS.get(_local(full_name), NO_TRAITS)


def names() -> tuple[str, ...]:
    """The full name of every message known here."""
    return tuple(f"{PACKAGE}.{name}" for name in _MESSAGES)


def _local(full_name: str) -> str:
    return full_name.removeprefix(f"{PACKAGE}.")


def _field(owner: str, path: Path, row: _Row) -> FieldDescriptor:
    name, number, label, type = row
    if type in _ENUMS:
        kind, type_name = FieldType.ENUM, f"{PACKAGE}.{type}"
    elif type in _MESSAGES:
        kind, type_name = FieldType.MESSAGE, f"{PACKAGE}.{type}"
    else:
        kind, type_name = FieldType[type.upper()], ""
    nowhere = Span(FILE, 0, 0)
    return FieldDescriptor(
        name=name,
        full_name=f"{owner}.{name}",
        file=FILE,
        path=path,
        number=number,
        label=FieldLabel[label.upper()],
        type=kind,
        type_name=type_name,
        extendee=None,
        oneof_index=None,
        proto3_optional=False,
        json_name=None,
        default_value=None,
        options=(),
        node=None,
        span=nowhere,
        name_span=nowhere,
    )
