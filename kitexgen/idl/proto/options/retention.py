"""Retention: options that are for the source only are left out of descriptor sets, and the locations of them.

Source: retention.cc.
"""

from __future__ import annotations

from kitexgen.idl.proto.descriptors import FieldType, Path
from kitexgen.idl.proto.interpreted import OptionMessage, OptionValue, SetField
from kitexgen.idl.proto.options import builtin
from kitexgen.idl.proto.options.types import Types


def strip(message: OptionMessage, types: Types, path: Path, stripped: list[Path]) -> OptionMessage | None:
    """`message` without options of the source; their paths, which begin with `path`, are added to `stripped`.

    None when it is one of descriptor.proto's options messages and nothing is left in it.
    """
    if not _has_any(message, types):
        return message
    kept: dict[int, SetField] = {}
    for number, each in message.fields.items():
        if types.traits(each.field).is_source_only:
            stripped.append((*path, number))
            continue
        values = each.values
        if each.field.type is FieldType.MESSAGE and not types.is_delimited(each.field):
            values = _values(each, types, (*path, number), stripped)
        if values:
            kept[number] = SetField(each.field, values, each.span)
    if not kept and _is_options(message, types):
        stripped.append(path)
        return None
    return OptionMessage(message.type, kept)


def _values(each: SetField, types: Types, path: Path, stripped: list[Path]) -> list[OptionValue]:
    found: list[OptionValue] = []
    for at, value in enumerate(each.values):
        if not isinstance(value, OptionMessage):
            continue
        kept = strip(value, types, (*path, at) if each.field.is_repeated else path, stripped)
        if kept is not None:
            found.append(kept)
        elif each.field.is_repeated:
            found.append(OptionMessage(value.type))
    return found


def _is_options(message: OptionMessage, types: Types) -> bool:
    type = types.message(message.type)
    is_standard = type is None or type.descriptor is None or type.descriptor.file == builtin.FILE
    return is_standard and message.type.endswith("Options")


def _has_any(message: OptionMessage, types: Types) -> bool:
    """Whether anything in `message` is for the source only: it is rare, and most messages stay as they are."""
    return any(
        types.traits(each.field).is_source_only
        or any(isinstance(value, OptionMessage) and _has_any(value, types) for value in each.values)
        for each in message
    )
