"""How far two types are apart, seen by an old peer."""

from __future__ import annotations

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison, fields_by_id
from kitexgen.schema.declarations import Enum, Record, Requirement
from kitexgen.schema.ids import DeclId
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type

_VARINTS = frozenset({ScalarKind.INT32, ScalarKind.UINT32, ScalarKind.INT64, ScalarKind.UINT64, ScalarKind.BOOL})

# Scalars that are written alike on the wire, and those that are in JSON too. Thrift: equal type codes
# (doc/specs/thrift-binary-protocol.md). Protobuf: "Updating A Message Type" of the language guide; in its JSON, numbers
# of 64 bits are strings.
_WIRE_ALIKE: tuple[frozenset[ScalarKind], ...] = (
    frozenset({ScalarKind.STRING, ScalarKind.BINARY}),
    _VARINTS,
    frozenset({ScalarKind.SINT32, ScalarKind.SINT64}),
)
_JSON_ALIKE: tuple[frozenset[ScalarKind], ...] = (
    frozenset({ScalarKind.INT32, ScalarKind.UINT32}),
    frozenset({ScalarKind.INT64, ScalarKind.UINT64}),
    frozenset({ScalarKind.FIXED32, ScalarKind.SFIXED32}),
    frozenset({ScalarKind.FIXED64, ScalarKind.SFIXED64}),
)

# What an enum is on the wire.
_NUMBERS_OF_ENUMS = _VARINTS - {ScalarKind.BOOL} | {ScalarKind.I32}

_Assumed = frozenset[tuple[DeclId, DeclId]]


def difference(
    comparison: Comparison, old: Type | None, new: Type | None, assumed: _Assumed = frozenset()
) -> Level | None:
    """The laxest level at which `new` in place of `old` breaks someone; None when they are the same.

    `assumed` are records that are being compared further out and count as alike.
    """
    if old is None or new is None:
        return None if old is new else Level.WIRE
    old, new = comparison.old.resolve(old), comparison.new.resolve(new)
    match old, new:
        case Scalar(kind=was), Scalar(kind=now):
            return _scalars(was, now)
        case (ListOf(element=was), ListOf(element=now)) | (SetOf(element=was), SetOf(element=now)):
            return difference(comparison, was, now, assumed)
        case MapOf(), MapOf():
            return _worse(
                difference(comparison, old.key, new.key, assumed), difference(comparison, old.value, new.value, assumed)
            )
        case Ref(), Ref():
            return _references(comparison, old.target, new.target, assumed)
        case (Scalar(kind=kind), Ref(target=target)) if _is_enum(comparison, target, is_old=False):
            return Level.JSON if kind in _NUMBERS_OF_ENUMS else Level.WIRE
        case (Ref(target=target), Scalar(kind=kind)) if _is_enum(comparison, target, is_old=True):
            return Level.JSON if kind in _NUMBERS_OF_ENUMS else Level.WIRE
    return Level.WIRE


def _worse(*found: Level | None) -> Level | None:
    return min((level for level in found if level is not None), default=None)


def _scalars(was: ScalarKind, now: ScalarKind) -> Level | None:
    if was is now:
        return None
    if any({was, now} <= alike for alike in _JSON_ALIKE):
        return Level.SOURCE
    return Level.JSON if any({was, now} <= alike for alike in _WIRE_ALIKE) else Level.WIRE


def _is_enum(comparison: Comparison, id: DeclId, *, is_old: bool) -> bool:
    return isinstance((comparison.old if is_old else comparison.new).find(id), Enum)


def _references(comparison: Comparison, was: DeclId, now: DeclId, assumed: _Assumed) -> Level | None:
    paired = comparison.now(was)
    if (paired is not None and paired.id == now) or (was, now) in assumed:
        # What became of it is told where it is declared.
        return None
    old, new = comparison.old.find(was), comparison.new.find(now)
    if isinstance(old, Enum) and isinstance(new, Enum):
        return _enums(old, new)
    if isinstance(old, Record) and isinstance(new, Record):
        return _records(comparison, old, new, assumed | {(was, now)})
    return Level.WIRE


def _enums(old: Enum, new: Enum) -> Level:
    """Another enum: alike as far as it has a member for each old number."""
    names = {member.number: member.name for member in new.members}
    if any(member.number not in names for member in old.members):
        return Level.WIRE
    return Level.SOURCE if all(names[member.number] == member.name for member in old.members) else Level.JSON


def _records(comparison: Comparison, old: Record, new: Record, assumed: _Assumed) -> Level | None:
    """Another record: alike as far as its fields are."""
    known = fields_by_id(new.fields)
    worst: Level | None = Level.SOURCE
    for field in old.fields:
        now = known.pop(field.id, None)
        if now is None:
            worst = _worse(worst, Level.WIRE if field.requirement is Requirement.REQUIRED else None)
            continue
        worst = _worse(worst, difference(comparison, field.type, now.type, assumed))
        worst = _worse(worst, None if field.name == now.name else Level.JSON)
    if any(field.requirement is Requirement.REQUIRED for field in known.values()):
        return Level.WIRE
    return worst
