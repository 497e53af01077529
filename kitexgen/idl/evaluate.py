"""Fits a literal to a scalar type: ranges, 0 and 1 for bool, the shape of a UUID. The same for every IDL."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from uuid import UUID

from kitexgen.schema.types import ScalarKind

Literal = bool | int | float | str
ScalarValue = bool | int | float | str | bytes | UUID

BITS = {ScalarKind.I8: 8, ScalarKind.I16: 16, ScalarKind.I32: 32, ScalarKind.I64: 64}

# Both forms that Apache Thrift takes (t_const_value.h, validate_uuid).
_UUID = re.compile(r"\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a literal is no value of a type: a code, what to say, and what may help."""

    code: str
    message: str
    hint: str | None = None


def fit(literal: Literal, kind: ScalarKind) -> ScalarValue | Misfit:
    """`literal` as a value of a scalar of Thrift."""
    match kind:
        case ScalarKind.BOOL:
            return _fit_bool(literal)
        case ScalarKind.I8 | ScalarKind.I16 | ScalarKind.I32 | ScalarKind.I64:
            return _fit_integer(literal, kind)
        case ScalarKind.DOUBLE:
            return _fit_double(literal)
        case ScalarKind.STRING:
            return literal if isinstance(literal, str) else _wrong_kind(literal, kind)
        case ScalarKind.BINARY:
            return _fit_binary(literal)
        case ScalarKind.UUID:
            return _fit_uuid(literal)
        case _:
            raise ValueError(f"Thrift has no {kind.value}")


def _fit_bool(literal: Literal) -> bool | Misfit:
    if isinstance(literal, bool):
        return literal
    if not isinstance(literal, int):
        return _wrong_kind(literal, ScalarKind.BOOL)
    if literal not in (0, 1):
        return Misfit("KX0303", f"a bool is true, false, 1 or 0, not {literal}")
    return bool(literal)


def _fit_integer(literal: Literal, kind: ScalarKind) -> int | Misfit:
    if not isinstance(literal, int):
        return _wrong_kind(literal, kind)
    half = 1 << (BITS[kind] - 1)
    if not -half <= literal < half:
        return Misfit("KX0302", f"{literal} does not fit `{kind.value}`", f"`{kind.value}` holds {-half} to {half - 1}")
    return int(literal)


def _fit_double(literal: Literal) -> float | Misfit:
    if isinstance(literal, str):
        return _wrong_kind(literal, ScalarKind.DOUBLE)
    try:
        number = float(literal)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        return Misfit("KX0302", "this number is too large for `double`", "the largest double is about 1.8e308")
    return number


def _fit_binary(literal: Literal) -> bytes | Misfit:
    if not isinstance(literal, str):
        return _wrong_kind(literal, ScalarKind.BINARY)
    try:
        return literal.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return Misfit("KX0301", "half a surrogate pair cannot be written as bytes")


def _fit_uuid(literal: Literal) -> UUID | Misfit:
    if not isinstance(literal, str):
        return _wrong_kind(literal, ScalarKind.UUID)
    if _UUID.fullmatch(literal) is None:
        return Misfit("KX0306", "this is not a UUID", 'a UUID looks like "00112233-4455-6677-8899-aabbccddeeff"')
    return UUID(literal)


def _wrong_kind(literal: Literal, kind: ScalarKind) -> Misfit:
    return Misfit("KX0301", f"{name_literal(literal)} is no `{kind.value}`")


def name_literal(literal: Literal) -> str:
    """What kind of literal it is, in words."""
    match literal:
        case bool():
            return "a bool"
        case int():
            return "an integer"
        case float():
            return "a number with a fraction"
        case str():
            return "a string"
