"""Symbols: what everything a schema declares is called in Python, decided once for all modules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from kitexgen.codegen.plan.clashes import repeated_names
from kitexgen.codegen.plan.key_use import frozen_records
from kitexgen.codegen.plan.names import EXCEPTION_ATTRIBUTES, attribute_name, declared_name, enum_member_name
from kitexgen.codegen.plan.packages import Places
from kitexgen.codegen.plan.wire_types import ClassRef, is_packed
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.declarations import Alias, Const, Enum, Field, Record, RecordKind
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Schema
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value

TypeDeclaration = Record | Enum | Alias | Const


class Symbols:
    """Python names of declarations, fields and enum members. `frozen` are the records used as keys."""

    def __init__(self, schema: Schema, places: Places) -> None:
        self._schema = schema
        self._places = places
        self.frozen = frozen_records(schema)
        self._refs: dict[DeclId, ClassRef] = {}
        self._by_ref: dict[ClassRef, Record | Enum] = {}
        self._attributes: dict[DeclId, dict[str, str]] = {}
        self._members: dict[DeclId, dict[str, str]] = {}
        for module in schema.modules:
            for declaration in module.declarations:
                if isinstance(declaration, TypeDeclaration):
                    self._add(declaration)

    def _add(self, declaration: TypeDeclaration) -> None:
        id = declaration.id
        ref = ClassRef(self._places.modules[id.module], declared_name(id.name.replace(".", "_")))
        self._refs[id] = ref
        if isinstance(declaration, Record | Enum):
            self._by_ref.setdefault(ref, declaration)

    def ref(self, id: DeclId) -> ClassRef:
        """Where the class, alias or constant is, and its name."""
        return self._refs[id]

    def declaration(self, ref: ClassRef) -> Record | Enum:
        return self._by_ref[ref]

    def members(self, enum: Enum) -> dict[str, str]:
        """Python names of the members by IDL name."""
        known = self._members.get(enum.id)
        if known is None:
            known = {member.name: enum_member_name(member.name) for member in enum.members}
            self._members[enum.id] = known
        return known

    def attributes(self, record: Record) -> dict[str, str]:
        """Python names of the fields by IDL name."""
        known = self._attributes.get(record.id)
        if known is None:
            taken = self.class_names(record.fields)
            if record.kind is RecordKind.EXCEPTION:
                taken |= EXCEPTION_ATTRIBUTES
            known = {field.name: attribute_name(field.name, taken) for field in record.fields}
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
                declaration = self._schema.find(target)
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
            case RecordValue(record, fields):
                names.add(self._refs[record].name)
                for _, item in fields:
                    self._names_in_value(item, names)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """A KX0403 for each declaration, field or enum member whose Python name another one has."""
        return tuple(self._clashes())

    def _clashes(self) -> Iterator[Diagnostic]:
        for module in self._schema.modules:
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
        return {ref.name for id, ref in self._refs.items() if id.module == module}

    def attributes_in(self, module: ModuleId) -> set[str]:
        """The attributes of all records of an IDL file."""
        found: set[str] = set()
        for declaration in self._schema.module(module).declarations:
            if isinstance(declaration, Record):
                found.update(self.attributes(declaration).values())
        return found
