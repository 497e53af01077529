"""Retention: options that are for the source only are left out of descriptor sets, and the locations of them.

protoc finds them by way of what the files of the run say of descriptors: down from the FileDescriptorProto that one of
them declares, which the descriptor.proto of a project may do in part or not at all. Without any it goes by its own
descriptor.proto, which knows no extensions. Source: retention.cc.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldType, MessageDescriptor, Path, Pool
from kitexgen.idl.proto.interpreted import OptionMessage, OptionValue, SetField
from kitexgen.idl.proto.options import builtin
from kitexgen.idl.proto.options.types import Types

_ROOT: Final = f"{builtin.PACKAGE}.FileDescriptorProto"


class Retention:
    """What is left out of the options of a run."""

    def __init__(self, pool: Pool, types: Types) -> None:
        self._pool = pool
        self._types = types
        self._root = pool.message(_ROOT)
        self._is_reached: dict[Path, bool] = {}

    def strip(self, message: OptionMessage, path: Path, stripped: list[Path]) -> OptionMessage | None:
        """`message`, the options at `path`, without those of the source; their paths are added to `stripped`.

        None when it is one of descriptor.proto's options messages and nothing is left in it.
        """
        if not self._has_any(message) or not self._leads_to(path):
            return message
        return self._strip(message, path, stripped)

    def _leads_to(self, path: Path) -> bool:
        """Whether FileDescriptorProto as the run declares it has options at `path`: lists of messages down to them."""
        if self._root is None:
            return True
        # Every other number is an index.
        steps = path[::2]
        if steps not in self._is_reached:
            self._is_reached[steps] = self._leads(self._root, steps)
        return self._is_reached[steps]

    def _leads(self, type: MessageDescriptor, steps: Path) -> bool:
        for at, number in enumerate(steps):
            field = next((field for field in type.fields if field.number == number), None)
            if field is None or field.is_repeated is (at == len(steps) - 1):
                return False
            inner = self._pool.message(field.type_name)
            if inner is None:
                return False
            type = inner
        return True

    def _strip(self, message: OptionMessage, path: Path, stripped: list[Path]) -> OptionMessage | None:
        if not self._has_any(message):
            return message
        kept: dict[int, SetField] = {}
        for number, each in message.fields.items():
            if self._is_source_only(message, each.field):
                stripped.append((*path, number))
                continue
            values = each.values
            if each.field.type is FieldType.MESSAGE and not self._types.is_delimited(each.field):
                values = list(self._values(each, (*path, number), stripped))
            if values:
                kept[number] = SetField(each.field, values, each.span)
        if not kept and self._is_options(message):
            stripped.append(path)
            return None
        return OptionMessage(message.type, kept)

    def _values(self, each: SetField, path: Path, stripped: list[Path]) -> Iterator[OptionValue]:
        for at, value in enumerate(each.values):
            if not isinstance(value, OptionMessage):
                continue
            kept = self._strip(value, (*path, at) if each.field.is_repeated else path, stripped)
            if kept is not None:
                yield kept
            elif each.field.is_repeated:
                yield OptionMessage(value.type)

    def _is_options(self, message: OptionMessage) -> bool:
        type = self._types.message(message.type)
        is_standard = type is None or type.descriptor is None or type.descriptor.file == builtin.FILE
        return is_standard and message.type.endswith("Options")

    def _has_any(self, message: OptionMessage) -> bool:
        """Whether anything in `message` is for the source only: it is rare, and most messages stay as they are."""
        return any(
            self._is_source_only(message, each.field)
            or any(isinstance(value, OptionMessage) and self._has_any(value) for value in self._seen(each))
            for each in message
        )

    def _seen(self, each: SetField) -> list[OptionValue]:
        return [] if self._root is None and each.field.is_extension else each.values

    def _is_source_only(self, message: OptionMessage, field: FieldDescriptor) -> bool:
        if field.is_extension:
            return self._root is not None and self._types.traits(field).is_source_only
        # A file may have been read before the descriptor.proto that counts in the end.
        type = None if self._root is None else self._types.message(message.type)
        known = builtin.fields(message.type) if self._root is None else type and type.fields
        same = next((each for each in (known or {}).values() if each.number == field.number), None)
        if same is None:
            return False
        traits = builtin.traits(same.full_name) if self._root is None else self._types.traits(same)
        return traits.is_source_only
