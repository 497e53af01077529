"""The functions for containers: one pair for each type, however often a module uses it."""

from __future__ import annotations

from kitexgen.codegen.fastcodec.module import CodecModule, ContainerType, element_name
from kitexgen.codegen.fastcodec.read import ReadPrinter
from kitexgen.codegen.fastcodec.write import WritePrinter
from kitexgen.codegen.plan.wire_types import (
    EnumType,
    ListType,
    MapType,
    PackedType,
    ScalarType,
    SetType,
)
from kitexgen.schema.types import ScalarKind

_TEXT = ScalarType(ScalarKind.STRING)
_NUMBERS = (ScalarKind.I8, ScalarKind.I16, ScalarKind.I32, ScalarKind.I64, ScalarKind.DOUBLE)


class Containers:
    """Names the writer and reader of a container type; what is not there yet is printed into the module."""

    def __init__(self, module: CodecModule) -> None:
        self._module = module
        self._names: dict[ContainerType, tuple[str, str]] = {}
        self._write = WritePrinter(module, self)
        self._read = ReadPrinter(module, self)

    def writer(self, type: ContainerType) -> str:
        return self._pair(type)[0]

    def reader(self, type: ContainerType) -> str:
        return self._pair(type)[1]

    def _pair(self, type: ContainerType) -> tuple[str, str]:
        if type not in self._names:
            word = element_name(type)
            pair = self._module.fresh(f"_write_{word}"), self._module.fresh(f"_read_{word}")
            self._names[type] = pair
            if ready := self._ready_made(type):
                self._module.add_constant(f"{pair[0]}, {pair[1]} = {ready}")
            else:
                self._print(type, *pair)
        return self._names[type]

    def _ready_made(self, type: ContainerType) -> str | None:
        """The call that makes both functions of a container of scalars."""
        door = self._module.door
        match type:
            case PackedType(kind):
                return f'{door("packed")}("{kind.value}")'
            case ListType(ScalarType(kind)) | SetType(ScalarType(kind)):
                return f'{door("sequence")}("{kind.value}", {self._python(type)})'
            case ListType(EnumType(ref)) | SetType(EnumType(ref)):
                return f"{door('enum_sequence')}({self._module.cls(ref)}, {self._python(type)})"
            case MapType(key, value, is_frozen) if key == value == _TEXT and not is_frozen:
                return f"{door('text_map')}()"
            case MapType(key, ScalarType(kind), is_frozen) if key == _TEXT and kind in _NUMBERS and not is_frozen:
                return f'{door("number_map")}("{kind.value}")'
            case _:
                return None

    def _print(self, type: ContainerType, write: str, read: str) -> None:
        python = self._python(type)
        match type:
            case ListType() | SetType():
                self._module.add_function(self._write.elements(type, python, write))
                self._module.add_function(self._read.elements(type, python, read))
            case MapType():
                self._module.add_function(self._write.entries(type, python, write))
                self._module.add_function(self._read.entries(type, python, read))
            case PackedType():
                raise AssertionError("packed lists are ready made")

    def _python(self, type: ContainerType) -> str:
        match type:
            case ListType(_, is_frozen):
                return "tuple" if is_frozen else "list"
            case SetType(_, is_frozen):
                return "frozenset" if is_frozen else "set"
            case MapType(_, _, is_frozen):
                return self._module.imports.use("kitexgen.runtime.contract.model", "FrozenMap") if is_frozen else "dict"
            case PackedType():
                return "array"
