"""Declarations as far as they are lowered, so that types and values can be followed even where something is broken."""

from __future__ import annotations

from kitexgen.idl.thrift.tree import ValueNode
from kitexgen.schema.declarations import Alias, Enum, Record
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, SetOf, Type

# Stands where a type could not be understood; that was reported, so whatever meets it keeps silent.
UNKNOWN = Ref(DeclId(ModuleId(""), "?"))


class Partial:
    def __init__(self) -> None:
        self.enums: dict[DeclId, Enum] = {}
        self.records: dict[DeclId, Record] = {}
        self.aliases: dict[DeclId, Alias] = {}
        # Default values are evaluated last; until then this tells which fields of records have one.
        self.defaults: dict[tuple[DeclId, str], ValueNode] = {}
        # Where each alias ends, as far as it was asked: chains of aliases may be thousands long.
        self._ends: dict[DeclId, Type] = {}

    def resolve(self, type: Type) -> Type:
        """`type` with aliases followed at its outermost level; UNKNOWN when that leads nowhere.

        Not to be asked before all aliases are settled.
        """
        passed: list[DeclId] = []
        while isinstance(type, Ref) and type.target in self.aliases:
            if type.target in self._ends:
                type = self._ends[type.target]
                break
            passed.append(type.target)
            type = self.aliases[type.target].type
        if isinstance(type, Ref) and type.target not in self.enums and type.target not in self.records:
            type = UNKNOWN
        self._ends.update(dict.fromkeys(passed, type))
        return type

    def enum(self, type: Type) -> Enum | None:
        """The enum that `type` is, through any aliases, or None."""
        resolved = self.resolve(type)
        return self.enums.get(resolved.target) if isinstance(resolved, Ref) else None

    def record(self, type: Type) -> Record | None:
        """The record that `type` is, through any aliases, or None."""
        resolved = self.resolve(type)
        return self.records.get(resolved.target) if isinstance(resolved, Ref) else None


def spell(type: Type) -> str:
    """`type` as an IDL writes it, without prefixes."""
    match type:
        case Scalar(kind=kind):
            return kind.value
        case ListOf(element=element):
            return f"list<{spell(element)}>"
        case SetOf(element=element):
            return f"set<{spell(element)}>"
        case MapOf(key=key, value=value):
            return f"map<{spell(key)}, {spell(value)}>"
        case Ref(target=target):
            return target.name
