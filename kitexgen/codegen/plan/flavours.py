"""What sets structs, unions, exceptions and messages apart in Python; all else is the same for all four."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kitexgen.codegen.plan.annotations import annotation_rows
from kitexgen.codegen.plan.fitting import Expression, columns, flat, laid_out, tuple_of
from kitexgen.codegen.plan.json_names import automatic_json_name
from kitexgen.codegen.plan.literals import Literals, string_literal
from kitexgen.codegen.plan.notes import notes
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.type_hints import idl_type, proto_type, schema_type
from kitexgen.codegen.plan.wire_types import ListType, MapType, PackedType, RecordType, ScalarType, WireType
from kitexgen.schema.declarations import Field, Record, RecordKind, Requirement
from kitexgen.schema.ids import ModuleId

MODEL = "kitexgen.runtime.contract.model"
_LONGEST_COMMENT_DEFAULT = 24  # columns; a longer default is better read in `__init__`, which is near


class Flavour:
    """A kind of record. This one is Thrift's struct; the others say in what they differ."""

    base = "Struct"
    frozen_base = "FrozenStruct"
    keeps_unknown = False
    """Whether its records keep unknown fields whatever the options say."""

    def values(self, literals: Literals, field: Field, wire: WireType) -> tuple[Expression | None, Expression | None]:
        """(IDL default that the attribute begins with, value when nobody gives one, None where somebody has to)."""
        if field.requirement is Requirement.REQUIRED:
            return None, None
        if field.default is not None:
            expression = literals.value(field.default, wire)
            return expression, expression
        return None, "None" if field.requirement is Requirement.OPTIONAL else literals.zero(wire)

    def comment(self, scope: Scope, field: Field, wire: WireType, home: ModuleId) -> str:
        """What the IDL says of a field: "required i64", "list<string>", "i32 = 1"."""
        words = [] if field.requirement is Requirement.DEFAULT else [field.requirement.value]
        words.append(idl_type(field.type, home))
        return " ".join([*words, *_default(scope, field, wire)])

    def row(self, scope: Scope, field: Field, wire: WireType, attribute: str) -> Expression:
        """The field in `__schema__`."""
        items = _row_head(scope, field, wire, attribute)
        if notes(field):
            items.append(annotation_rows(notes(field)))
        return tuple_of(items)

    def slots(self, names: Sequence[str], keeps_unknown: bool) -> list[str]:
        """`__match_args__`, then `__slots__`: mypy checks positional patterns against a literal only, and ruff would
        sort a literal `__slots__`.
        """
        listed = [*names, *["__unknown__"] * keeps_unknown]
        return [*_match_args(listed), "    __slots__ = __match_args__"]

    def declarations(self, keeps_unknown: bool) -> list[str]:
        """Attributes besides the fields, as lines of the class body."""
        return ["    __unknown__: bytes  # what a peer sent and the IDL does not know"] if keeps_unknown else []

    def facts(self, record: Record, keeps_unknown: bool) -> list[Expression]:
        """What follows the annotations in `__schema__`."""
        return ["True"] if keeps_unknown else []

    def last_words(self, scope: Scope, fields: Sequence[Field], body: Sequence[str]) -> list[str]:
        """How `__init__` ends, after `body`; no `__init__` is printed that does nothing."""
        return []


class _Union(Flavour):
    base = "Union"
    frozen_base = "FrozenUnion"

    def values(self, literals: Literals, field: Field, wire: WireType) -> tuple[Expression | None, Expression | None]:
        return None, "None"  # exactly one field is set, so a default has no meaning

    def last_words(self, scope: Scope, fields: Sequence[Field], body: Sequence[str]) -> list[str]:
        return [f"        {scope.imports.use(MODEL, 'require_one')}(self)"]


class _Exception(Flavour):
    base = "ServiceError"
    frozen_base = "FrozenServiceError"

    def last_words(self, scope: Scope, fields: Sequence[Field], body: Sequence[str]) -> list[str]:
        # Without an `__init__` it had BaseException's own, which takes anything.
        return [] if body else ["        super().__init__()"]


class _Message(Flavour):
    base = frozen_base = "Message"
    keeps_unknown = True

    def values(self, literals: Literals, field: Field, wire: WireType) -> tuple[Expression | None, Expression | None]:
        # A field with presence is None when absent, whatever its default: `value_or_default` gives that.
        has_presence = field.requirement is not Requirement.DEFAULT and not isinstance(
            wire, ListType | MapType | PackedType
        )
        return None, "None" if has_presence else literals.zero(wire)

    def comment(self, scope: Scope, field: Field, wire: WireType, home: ModuleId) -> str:
        words = [proto_type(scope.schema, field.type, home), *_default(scope, field, wire)]
        if field.oneof is not None:
            words.append(f"(oneof {field.oneof})")
        elif field.requirement is Requirement.REQUIRED:
            words.insert(0, "required")
        elif field.requirement is Requirement.OPTIONAL and not isinstance(wire, RecordType):
            words.insert(0, "optional")
        return " ".join(words)

    def row(self, scope: Scope, field: Field, wire: WireType, attribute: str) -> Expression:
        items = _row_head(scope, field, wire, attribute)
        more: list[Expression] = ["None"] * 4
        if field.json_name not in (None, automatic_json_name(field.name)):
            more[0] = string_literal(field.json_name or "")
        if field.oneof is not None:
            more[1] = string_literal(field.oneof)
        if field.default is not None:
            more[2] = Literals(scope).plain(field.default, wire)
        if notes(field):
            more[3] = annotation_rows(notes(field))
        while more and more[-1] == "None":
            more.pop()
        return tuple_of([*items, *more])

    def slots(self, names: Sequence[str], keeps_unknown: bool) -> list[str]:
        fields = "*__match_args__, " if names else ""
        comma = "" if names else ","
        return [*_match_args(names), f'    __slots__ = ({fields}"__unknown__"{comma})']

    def declarations(self, keeps_unknown: bool) -> list[str]:
        return []  # Message declares it

    def facts(self, record: Record, keeps_unknown: bool) -> list[Expression]:
        if not record.extension_ranges and not record.is_message_set:
            return []
        ranges = tuple_of(tuple_of((str(first), str(last + 1))) for first, last in record.extension_ranges)
        return [ranges, "True"] if record.is_message_set else [ranges]

    def last_words(self, scope: Scope, fields: Sequence[Field], body: Sequence[str]) -> list[str]:
        if all(field.oneof is None for field in fields):
            return []
        return [f"        {scope.imports.use(MODEL, 'require_oneofs')}(self)"]


FLAVOURS: Mapping[RecordKind, Flavour] = {
    RecordKind.STRUCT: Flavour(),
    RecordKind.UNION: _Union(),
    RecordKind.EXCEPTION: _Exception(),
    RecordKind.MESSAGE: _Message(),
}


def _row_head(scope: Scope, field: Field, wire: WireType, attribute: str) -> list[Expression]:
    return [
        str(field.id),
        f'"{attribute}"',
        string_literal(field.name),
        f'"{field.requirement.value}"',
        schema_type(scope, wire),
    ]


def _match_args(names: Sequence[str]) -> list[str]:
    return laid_out(tuple_of(f'"{name}"' for name in names), before="__match_args__ = ", indent=4)


def _default(scope: Scope, field: Field, wire: WireType) -> list[str]:
    """`= 1`, where the IDL says so in few words."""
    if field.default is None or not isinstance(wire, ScalarType):
        return []
    text = flat(Literals(scope).value(field.default, wire))
    return ["=", text] if columns(text) <= _LONGEST_COMMENT_DEFAULT else []
