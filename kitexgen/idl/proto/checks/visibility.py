"""`export` and `local` of edition 2024: a local type is for its own file.

Source: `IsVisibleFrom` of descriptor.cc, and symbol_checker.cc.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import EnumDescriptor, FieldDescriptor, MessageDescriptor, messages
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.features import DefaultSymbolVisibility
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.ranges import MAX_FIELD_NUMBER
from kitexgen.idl.proto.tree import FieldNode, MapTypeNode
from kitexgen.source.span import Span

_TO_LOCAL: Final = (DefaultSymbolVisibility.LOCAL_ALL, DefaultSymbolVisibility.STRICT)


def check_visibility(linked: Linked) -> Iterator[Diagnostic]:
    if all(file.edition < Edition.E2024 for file in linked.pool.files):
        return
    for field in linked.fields:
        yield from _use(linked, field.file, field.type_name, _type_span(field))
    for extension in linked.extensions:
        yield from _use(linked, extension.file, extension.extendee or "", extension.name_span)
    for file in linked.files:
        for service in file.services:
            for method in service.methods:
                yield from _use(linked, file.name, method.input_type, method.node.input.type.span)
                yield from _use(linked, file.name, method.output_type, method.node.output.type.span)
        for message in messages(file):
            yield from _nested(message, linked)


def _type_span(field: FieldDescriptor) -> Span:
    if isinstance(field.node, FieldNode) and not isinstance(field.node.type, MapTypeNode):
        return field.node.type.span
    return field.name_span


def _use(linked: Linked, file: str, name: str, at: Span) -> Iterator[Diagnostic]:
    found = linked.pool.find(name) if name else None
    if not isinstance(found, MessageDescriptor | EnumDescriptor) or found.file == file or _is_exported(found, linked):
        return
    reason = "it says `local`" if found.visibility == "local" else "it is local unless it says `export`"
    yield error(
        "KX0716",
        f"`{found.full_name}` is local to `{found.file}`",
        at,
        also=(Label(found.name_span, reason),),
        hint="export it there, or declare a type of your own",
    )


def _is_exported(found: MessageDescriptor | EnumDescriptor, linked: Linked) -> bool:
    if found.visibility is not None:
        return found.visibility == "export"
    default = linked.features.of(found).default_symbol_visibility
    if default is DefaultSymbolVisibility.EXPORT_TOP_LEVEL:
        return not _is_nested(found)
    return default is DefaultSymbolVisibility.EXPORT_ALL


def _is_nested(found: MessageDescriptor | EnumDescriptor) -> bool:
    # Index in the file, and the field number before it.
    return len(found.path) > 2


def _nested(message: MessageDescriptor, linked: Linked) -> Iterator[Diagnostic]:
    """STRICT: what is nested cannot be exported, except enums in a message that is only a name before them."""
    nested: tuple[MessageDescriptor | EnumDescriptor, ...] = (*message.messages, *message.enums)
    for inner in nested:
        is_strict = linked.features.of(inner).default_symbol_visibility is DefaultSymbolVisibility.STRICT
        if inner.visibility != "export" or not is_strict:
            continue
        if isinstance(inner, EnumDescriptor) and _is_namespace(message, linked):
            continue
        yield error(
            "KX0749",
            f"`{inner.name}` is nested, and STRICT lets no nested type be exported",
            inner.name_span,
            hint="move it to the top level",
        )


def _is_namespace(message: MessageDescriptor, linked: Linked) -> bool:
    """Whether `message` is local, at the top level, and reserves every number."""
    default = linked.features.of(message).default_symbol_visibility
    is_local = message.visibility == "local" or (message.visibility is None and default in _TO_LOCAL)
    ranges = [(range.start, range.end) for range in message.reserved_ranges]
    return is_local and not _is_nested(message) and ranges == [(1, MAX_FIELD_NUMBER + 1)]
