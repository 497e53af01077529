"""Options on elements they are not for, required parts that no option sets, and text that is no text.

All are asked of the files asked for only, as protoc does, which reads their options back from bytes.
Source: `ValidateTargetConstraints` of command_line_interface.cc.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldType
from kitexgen.idl.proto.interpreted import OptionMessage, SetField, option_name
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.options import findings
from kitexgen.idl.proto.options.aggregates import missing_required
from kitexgen.idl.proto.options.types import Types

# FieldOptions.OptionTargetType of the elements that options messages are of.
_TARGETS: Final = {
    "google.protobuf.FileOptions": 1,
    "google.protobuf.ExtensionRangeOptions": 2,
    "google.protobuf.MessageOptions": 3,
    "google.protobuf.FieldOptions": 4,
    "google.protobuf.OneofOptions": 5,
    "google.protobuf.EnumOptions": 6,
    "google.protobuf.EnumValueOptions": 7,
    "google.protobuf.ServiceOptions": 8,
    "google.protobuf.MethodOptions": 9,
}
_BEARERS: Final = {target: findings.BEARERS[name] for name, target in _TARGETS.items()}


def check_targets(linked: Linked) -> Iterator[Diagnostic]:
    types = linked.interpretation.types
    roots = {file.name for file in linked.roots}
    for (file, _), message in linked.options.messages.items():
        if file not in roots:
            continue
        yield from _misplaced(message, _TARGETS[message.type], types)
        yield from _no_text(message, types)
        for each in message:
            missing = [name for value in each.values for name in _missing(value, types)]
            if missing:
                yield findings.missing_required(each.field.type_name, missing, each.span)


def _misplaced(message: OptionMessage, target: int, types: Types) -> Iterator[Diagnostic]:
    for each in message:
        targets = types.traits(each.field).targets
        if targets and target not in targets:
            yield _not_for(each, targets, target)
        if each.field.type is FieldType.MESSAGE and not types.is_delimited(each.field):
            for value in each.values:
                if isinstance(value, OptionMessage):
                    yield from _misplaced(value, target, types)


def _no_text(message: OptionMessage, types: Types) -> Iterator[Diagnostic]:
    for each in message:
        for value in each.values:
            if isinstance(value, OptionMessage):
                yield from _no_text(value, types)
            elif isinstance(value, bytes) and types.checks_utf8(each.field) and not _is_utf8(value):
                yield error(
                    "KX0779",
                    f"`{option_name(each.field)}` is a string, and this value is no UTF-8",
                    each.span,
                    hint="what is no text goes into a field of type `bytes`",
                )


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _missing(value: object, types: Types) -> Iterator[str]:
    return missing_required(value, types) if isinstance(value, OptionMessage) else iter(())


def _not_for(each: SetField, targets: tuple[int, ...], target: int) -> Diagnostic:
    allowed = [_BEARERS[number] for number in targets if number in _BEARERS]
    return error(
        "KX0766",
        f"`{option_name(each.field)}` is not for {_BEARERS[target]}",
        each.span,
        also=(Label(each.field.name_span, "declared here"),) if each.field.node is not None else (),
        hint=f"it is for {' and '.join(allowed)}" if allowed else None,
    )
