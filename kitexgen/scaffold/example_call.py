"""A call to start from: the first method of a service whose request can be written down, with something in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kitexgen.codegen.plan.imports import ImportSet
from kitexgen.codegen.plan.naming import Names
from kitexgen.codegen.plan.shipped import is_shipped
from kitexgen.codegen.plan.wire_types import is_packed
from kitexgen.schema.declarations import Enum, Field, Record, RecordKind, Requirement
from kitexgen.schema.ids import DeclId
from kitexgen.schema.services import Method, Streaming
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type

# Requests that need records in records in records are for people to write.
_DEEPEST: Final = 3
_LITERALS: Final = {
    ScalarKind.BOOL: "True",
    ScalarKind.DOUBLE: "1.0",
    ScalarKind.STRING: '"hello"',
    ScalarKind.BINARY: 'b"hello"',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleCall:
    """`text` is what stands behind the client: `get_user(GetUserRequest(id=1))`. `method` is its name in the IDL;
    `is_void` says that nothing is answered.
    """

    text: str
    method: str
    is_void: bool


def example_call(names: Names, imports: ImportSet, methods: Iterable[tuple[Method, str]]) -> ExampleCall | None:
    """A call of one of `methods`, each with its name in Python; `imports` gain what it needs. None when all of them
    stream, or need more than can be made up.
    """
    writer = _Writer(names, imports)
    # What is not answered shows least.
    for method, attribute in sorted(methods, key=lambda each: each[0].is_oneway):
        is_plain = method.streaming in (Streaming.NONE, Streaming.UNARY)
        if is_plain and all(writer.can_write(field) for field in method.arguments):
            arguments = ", ".join(writer.written(field.type) for field in method.arguments)
            return ExampleCall(text=f"{attribute}({arguments})", method=method.name, is_void=method.result is None)
    return None


class _Writer:
    """Writes the smallest value of a type that a reader learns something from."""

    def __init__(self, names: Names, imports: ImportSet) -> None:
        self._names = names
        self._imports = imports

    def can_write(self, field: Field, depth: int = 0) -> bool:
        return not is_packed(field.annotations) and self._can_write(field.type, depth)

    def _can_write(self, type: Type, depth: int) -> bool:
        match self._names.schema.resolve(type):
            case Scalar():
                return True
            case ListOf(annotations=annotations):
                return not is_packed(annotations)
            case SetOf() | MapOf():
                return True
            case Ref(target=target):
                declared = self._names.schema.find(target)
                if isinstance(declared, Enum):
                    return bool(declared.members)
                return isinstance(declared, Record) and self._can_make(declared, depth + 1)

    def _can_make(self, record: Record, depth: int) -> bool:
        if depth > _DEEPEST or is_shipped(self._names.symbols.ref(record.id).module):
            return False
        given = self._given(record)
        if record.kind is RecordKind.UNION and not given:
            return False
        # Frozen records hold tuples where others hold lists.
        if record.id in self._names.symbols.frozen and any(self._is_container(field.type) for field in given):
            return False
        return all(self.can_write(field, depth) for field in given)

    def _is_container(self, type: Type) -> bool:
        return isinstance(self._names.schema.resolve(type), ListOf | SetOf | MapOf)

    def _given(self, record: Record) -> list[Field]:
        """The fields without which it cannot be made."""
        if record.kind is RecordKind.UNION:
            return list(record.fields[:1])
        return [field for field in record.fields if field.requirement is Requirement.REQUIRED and field.default is None]

    def written(self, type: Type) -> str:
        """What `can_write` was true of."""
        resolved = self._names.schema.resolve(type)
        match resolved:
            case Scalar(kind=ScalarKind.UUID):
                return f"{self._imports.use('uuid', 'UUID')}(int=1)"
            case Scalar(kind=kind):
                return _LITERALS.get(kind, "1")
            case ListOf():
                return "[]"
            case SetOf():
                return "set()"
            case MapOf():
                return "{}"
            case Ref(target=target):
                return self._named(target)

    def _named(self, id: DeclId) -> str:
        symbols = self._names.symbols
        ref = symbols.ref(id)
        name = self._imports.use_generated(ref.module, ref.name)
        declared = self._names.schema.find(id)
        if isinstance(declared, Enum):
            return f"{name}.{symbols.members(declared)[declared.members[0].name]}"
        assert isinstance(declared, Record)
        called = symbols.attributes(declared)
        given = (f"{called[field.name]}={self.written(field.type)}" for field in self._given(declared))
        return f"{name}({', '.join(given)})"
