"""Schema type to Python type hint, and to the spelling of types in `__schema__`."""

from __future__ import annotations

from kitexgen.codegen.plan.fitting import Expression, tuple_of
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.wire_types import (
    EnumType,
    ListType,
    MapType,
    PackedType,
    RecordType,
    ScalarType,
    SetType,
    WireType,
)
from kitexgen.schema.declarations import Alias
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Schema
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type

_SCALAR_HINTS = dict.fromkeys(ScalarKind, "int") | {
    ScalarKind.BOOL: "bool",
    ScalarKind.FLOAT: "float",
    ScalarKind.DOUBLE: "float",
    ScalarKind.STRING: "str",
    ScalarKind.BINARY: "bytes",
}


def type_hint(scope: Scope, type: Type, wire: WireType, *, is_constant: bool = False) -> str:
    """The hint for a value of `type`, whose wire type in its place is `wire`.

    An alias of the IDL is named where the Python type is the alias's own: not where a container is frozen or packed
    only in this place. An alias of something with classes in it is spelled out: `__schema__` needs these classes in the
    module, and linters would not see that a hint under another name uses them.
    """
    if isinstance(type, Ref):
        declaration = scope.schema.find(type.target)
        if isinstance(declaration, Alias):
            is_own = scope.wire_type(type) == wire and not (is_constant and _is_container(wire))
            if is_own and not _has_classes(wire):
                return scope.local(scope.symbols.ref(type.target))
            return type_hint(scope, declaration.type, wire, is_constant=is_constant)
    match wire, type:
        case ListType(element, is_frozen), ListOf(inner):
            item = type_hint(scope, inner, element, is_constant=is_constant)
            return f"tuple[{item}, ...]" if is_frozen or is_constant else f"list[{item}]"
        case SetType(element, is_frozen), SetOf(inner):
            item = type_hint(scope, inner, element)
            return f"frozenset[{item}]" if is_frozen or is_constant else f"set[{item}]"
        case MapType(key, value, is_frozen), MapOf(key_type, value_type):
            items = f"{type_hint(scope, key_type, key)}, {type_hint(scope, value_type, value, is_constant=is_constant)}"
            return f"{_map_name(scope, is_frozen, is_constant)}[{items}]"
        case ((RecordType(ref) | EnumType(ref)), _):
            return scope.local(ref)
        case PackedType(kind), _ if is_constant:
            return f"tuple[{_SCALAR_HINTS[kind]}, ...]"
        case PackedType(kind), _:
            return f"{scope.imports.use('array', 'array')}[{_SCALAR_HINTS[kind]}]"
        case ScalarType(ScalarKind.UUID), _:
            return scope.imports.use("uuid", "UUID")
        case ScalarType(kind), _:
            return _SCALAR_HINTS[kind]
    raise TypeError(f"{wire} is not how {type} travels")


def _map_name(scope: Scope, is_frozen: bool, is_constant: bool) -> str:
    if is_frozen:
        return scope.imports.use("kitexgen.runtime.contract.model", "FrozenMap")
    return scope.imports.use("collections.abc", "Mapping") if is_constant else "dict"


def _is_container(wire: WireType) -> bool:
    return isinstance(wire, ListType | SetType | MapType | PackedType)


def _has_classes(wire: WireType) -> bool:
    match wire:
        case RecordType() | EnumType():
            return True
        case ListType(element) | SetType(element):
            return _has_classes(element)
        case MapType(key, value):
            return _has_classes(key) or _has_classes(value)
        case ScalarType() | PackedType():
            return False


def schema_type(scope: Scope, wire: WireType) -> Expression:
    """How `__schema__` spells a type: "i64", ("list", "string"), ("struct", "User")."""
    word = f'"{wire.word}"'
    match wire:
        case ScalarType():
            return word
        case EnumType(ref) | RecordType(ref):
            return tuple_of((word, f'"{scope.local(ref)}"'))
        case PackedType(kind):
            return tuple_of((word, f'"{kind.value}"'))
        case ListType(element) | SetType(element):
            return tuple_of((word, schema_type(scope, element)))
        case MapType(key, value):
            return tuple_of((word, schema_type(scope, key), schema_type(scope, value)))


def idl_type(type: Type, home: ModuleId) -> str:
    """The type as an IDL file writes it, for comments: `list<base.Base>` as seen from the file `home`."""
    match type:
        case Scalar(kind):
            return kind.value
        case ListOf(element):
            return f"list<{idl_type(element, home)}>"
        case SetOf(element):
            return f"set<{idl_type(element, home)}>"
        case MapOf(key, value):
            return f"map<{idl_type(key, home)}, {idl_type(value, home)}>"
        case Ref(target):
            return target.name if target.module == home else f"{target.module.stem}.{target.name}"


def proto_type(schema: Schema, type: Type, home: ModuleId) -> str:
    """The type as a Protobuf file writes it, for comments: `repeated base.Base`; names of other files are full."""
    match type:
        case Scalar(ScalarKind.BINARY):
            return "bytes"
        case Scalar(kind):
            return kind.value
        case ListOf(element):
            return f"repeated {proto_type(schema, element, home)}"
        case MapOf(key, value):
            return f"map<{proto_type(schema, key, home)}, {proto_type(schema, value, home)}>"
        case Ref(target):
            return target.name if target.module == home else schema.full_name(target)
        case SetOf():
            raise TypeError("Protobuf has no sets")
