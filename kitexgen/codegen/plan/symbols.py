"""Symbols: what everything a schema declares is called in Python, decided once for all modules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property

from kitexgen.codegen.plan.built import built_fields
from kitexgen.codegen.plan.clashes import repeated_names
from kitexgen.codegen.plan.key_use import frozen_records
from kitexgen.codegen.plan.names import (
    EXCEPTION_ATTRIBUTES,
    attribute_name,
    declared_name,
    enum_member_name,
    settled_names,
)
from kitexgen.codegen.plan.packages import Places, makes_room
from kitexgen.codegen.plan.wire_types import ClassRef, is_packed
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.declarations import Alias, Const, Enum, Extension, Field, Record, RecordKind
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Module, Schema
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value

TypeDeclaration = Record | Enum | Alias | Const | Extension
"""What a module of types declares."""


class Symbols:
    """Python names of declarations, fields and enum members. `frozen` are the records used as keys."""

    def __init__(self, schema: Schema, places: Places) -> None:
        self.schema = schema
        self._places = places
        self.frozen = frozen_records(schema)
        self._refs: dict[DeclId, ClassRef] = {}
        self._by_ref: dict[ClassRef, Record | Enum] = {}
        self._attributes: dict[DeclId, dict[str, str]] = {}
        self._members: dict[DeclId, dict[str, str]] = {}
        self._declared: dict[ModuleId, set[str]] = {}
        for module in schema.modules:
            self._add(module)

    def _add(self, module: Module) -> None:
        declared = [each for each in module.declarations if isinstance(each, TypeDeclaration)]
        spelled = self.spelled(module.id, [each.id.name for each in declared], _class_name)
        self._declared[module.id] = set(spelled)
        for declaration, name in zip(declared, spelled, strict=True):
            ref = ClassRef(self._places.modules[module.id], name)
            self._refs[declaration.id] = ref
            if isinstance(declaration, Record | Enum):
                self._by_ref.setdefault(ref, declaration)

    def spelled(
        self, module: ModuleId, names: Sequence[str], spell: Callable[[str], str], taken: Collection[str] = ()
    ) -> list[str]:
        """What `spell` makes of names that stand beside each other in `module`: all different, where files make room;
        else `diagnostics` tell of those that are not.
        """
        if makes_room(self.schema.module(module)):
            return settled_names(names, spell, taken)
        return [spell(name) for name in names]

    def ref(self, id: DeclId) -> ClassRef:
        """Where the class, alias or constant is, and its name."""
        return self._refs[id]

    def declaration(self, ref: ClassRef) -> Record | Enum:
        return self._by_ref[ref]

    def members(self, enum: Enum) -> dict[str, str]:
        """Python names of the members by IDL name."""
        known = self._members.get(enum.id)
        if known is None:
            names = [member.name for member in enum.members]
            known = dict(zip(names, self.spelled(enum.id.module, names, enum_member_name), strict=True))
            self._members[enum.id] = known
        return known

    def attributes(self, record: Record) -> dict[str, str]:
        """Python names of the fields by IDL name."""
        known = self._attributes.get(record.id)
        if known is None:
            taken = self.class_names(record.fields)
            if record.kind is RecordKind.EXCEPTION:
                taken |= EXCEPTION_ATTRIBUTES
            names = [field.name for field in record.fields]
            spelled = self.spelled(record.id.module, names, lambda name: attribute_name(name, taken), taken)
            known = dict(zip(names, spelled, strict=True))
            self._attributes[record.id] = known
        return known

    def class_names(self, fields: tuple[Field, ...]) -> set[str]:
        """Names of classes and aliases that annotations and defaults of `fields` use: no field may hide one."""
        names: set[str] = set()
        for field in fields:
            self._names_in_type(field.type, names)
            if is_packed(field.annotations):
                names.add("array")
            if field.default is not None:
                self._names_in_value(field.default, names)
        return names

    def names_in(self, type: Type) -> set[str]:
        """Names of classes and aliases in the hint for `type`."""
        names: set[str] = set()
        self._names_in_type(type, names)
        return names

    def _names_in_type(self, type: Type, names: set[str]) -> None:
        match type:
            case Scalar(ScalarKind.UUID):
                names.add("UUID")
            case Scalar():
                return
            case ListOf(element, annotations):
                if is_packed(annotations):
                    names.add("array")
                self._names_in_type(element, names)
            case SetOf(element):
                self._names_in_type(element, names)
            case MapOf(key, value):
                names.add("FrozenMap")
                self._names_in_type(key, names)
                self._names_in_type(value, names)
            case Ref(target):
                names.add(self._refs[target].name)
                declaration = self.schema.find(target)
                if isinstance(declaration, Alias):
                    if is_packed(declaration.annotations):
                        names.add("array")
                    self._names_in_type(declaration.type, names)

    def _names_in_value(self, value: Value, names: set[str]) -> None:
        match value:
            case EnumValue(enum):
                names.add(self._refs[enum].name)
            case ListValue(items) | SetValue(items):
                for item in items:
                    self._names_in_value(item, names)
            case MapValue(entries):
                for key, item in entries:
                    self._names_in_value(key, names)
                    self._names_in_value(item, names)
            case RecordValue(record):
                names.add(self._refs[record].name)
                declaration = self.schema.find(record)
                assert isinstance(declaration, Record)
                for _, item in built_fields(declaration, value):
                    self._names_in_value(item, names)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """A KX0403 for each declaration, field or enum member whose Python name another one has."""
        return tuple(self._clashes())

    def _clashes(self) -> Iterator[Diagnostic]:
        for module in self.schema.modules:
            if makes_room(module):
                continue
            declared = [it for it in module.declarations if isinstance(it, TypeDeclaration)]
            names = [(it.id.name, self._refs[it.id].name, it.name_span) for it in declared]
            yield from repeated_names(f"`{module.id.path}`", names)
            for it in declared:
                if isinstance(it, Record):
                    spelled = self.attributes(it)
                    fields = [(field.name, spelled[field.name], field.name_span) for field in it.fields]
                    yield from repeated_names(f"`{it.id.name}`", fields)
                elif isinstance(it, Enum):
                    spelled = self.members(it)
                    members = [(member.name, spelled[member.name], member.name_span) for member in it.members]
                    yield from repeated_names(f"`{it.id.name}`", members)

    def declared_in(self, module: ModuleId) -> set[str]:
        """The names that the generated module of an IDL file binds."""
        return self._declared[module]

    def attributes_in(self, module: ModuleId) -> set[str]:
        """The attributes of all records of an IDL file."""
        found: set[str] = set()
        for declaration in self.schema.module(module).declarations:
            if isinstance(declaration, Record):
                found.update(self.attributes(declaration).values())
        return found


def _class_name(name: str) -> str:
    """`Outer.Inner` gives `Outer_Inner`, as in Go."""
    return declared_name(name.replace(".", "_"))
