"""Options and features in editions that do not have them: too new, removed, or on their way out.

Source: `ValidateFeatureLifetimes` of feature_resolver.cc.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error, warning
from kitexgen.idl.proto.descriptors import FieldType
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.interpreted import OptionMessage, SetField
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.options.builtin import Support
from kitexgen.idl.proto.options.types import Types
from kitexgen.source.span import Span

# Numbers of `google.protobuf.Edition` that no file has, or that people write in another way.
_NAMES = {900: "legacy", 998: "proto2", 999: "proto3", 1000: "2023", 1001: "2024", 1002: "2026", 9999: "UNSTABLE"}


def check_lifetimes(linked: Linked) -> Iterator[Diagnostic]:
    types = linked.interpretation.types
    roots = {file.name for file in linked.roots}
    editions = {file.name: file.edition for file in linked.files}
    for (file, _), message in linked.options.messages.items():
        if file in editions:
            for each in message:
                # That a file of proto2 or proto3 has no features is told by `feature_values`.
                if editions[file].is_editions or each.field.name != "features":
                    yield from _field(each, editions[file], types, warns=file in roots)


def _field(each: SetField, edition: Edition, types: Types, *, warns: bool) -> Iterator[Diagnostic]:
    field = each.field
    support = types.traits(field).support
    if support is not None:
        yield from _judge(field.full_name, support, edition, each.span, warns=warns)
    enum = types.enum_of(field) if field.type is FieldType.ENUM else None
    for value in each.values:
        if isinstance(value, OptionMessage):
            for inner in value:
                yield from _field(inner, edition, types, warns=warns)
        elif enum is not None and isinstance(value, int):
            found = types.value_support(enum, value)
            if found is not None:
                yield from _judge(*found, edition, each.span, warns=warns)


def _judge(name: str, support: Support, edition: Edition, at: Span, *, warns: bool) -> Iterator[Diagnostic]:
    if edition < support.introduced:
        yield error(
            "KX0771",
            f"`{name}` came with edition {_name(support.introduced)}",
            at,
            f"this file is of {_described(edition)}",
        )
    if support.removed and edition >= support.removed:
        yield error(
            "KX0772",
            f"`{name}` was removed in edition {_name(support.removed)}",
            at,
            f"this file is of {_described(edition)}",
            hint=support.removal_error,
        )
    elif support.deprecated and edition >= support.deprecated and warns:
        yield warning(
            "KX0773",
            f"`{name}` is deprecated since edition {_name(support.deprecated)}",
            at,
            hint=support.warning,
        )


def _name(edition: int) -> str:
    return _NAMES.get(edition, str(edition))


def _described(edition: Edition) -> str:
    return f"edition {_name(edition)}" if edition.is_editions else _name(edition)
