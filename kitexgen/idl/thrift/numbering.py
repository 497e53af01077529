"""Field ids: the numbers as written, those a file leaves out, and how the two compiler families read them.

Sources: thriftgo, parser/parser.go (`parseField`, `addField`); Apache Thrift, compiler/cpp/src/thrift/thrifty.yy
(`FieldIdentifier`), with `--allow-neg-keys` for ids that are not positive, since we keep those.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import THRIFTGO, warning
from kitexgen.idl.thrift.tree import FieldNode

FieldIds = Literal["auto", "thriftgo", "apache"]


def wire_id(number: int) -> int:
    """What 16 signed bits keep of `number`."""
    return (number + 0x8000) % 0x10000 - 0x8000


def thriftgo_ids(fields: Sequence[FieldNode]) -> tuple[int, ...]:
    """The ids as thriftgo reads them: base 10 only and 32 bits, a missing one follows the one before it."""
    return _ascending([None if field.id is None else _parse_int32(field.id.text) for field in fields])


def _parse_int32(text: str) -> int:
    """Go's strconv.ParseInt(text, 10, 32) with its error ignored: 0 for what is no number, else the nearest."""
    digits = text.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return 0
    return max(-(2**31), min(2**31 - 1, int(text)))


def _ascending(written: Sequence[int | None]) -> tuple[int, ...]:
    """A missing number follows the one before it; the first is 1."""
    ids: list[int] = []
    for number in written:
        if number is not None:
            ids.append(number)
        else:
            ids.append(ids[-1] + 1 if ids else 1)
    return tuple(ids)


def _descending(written: Sequence[int | None]) -> tuple[int, ...]:
    """Missing numbers count down from -1; a written one that is not positive moves the count behind itself."""
    ids: list[int] = []
    automatic = -1
    for number in written:
        if number is None:
            ids.append(automatic)
            automatic -= 1
        else:
            ids.append(number)
            if number <= 0:
                automatic = number - 1
    return tuple(ids)


def number_fields(
    fields: Sequence[FieldNode], mode: FieldIds, owner: str, *, is_record: bool
) -> tuple[tuple[int, ...], tuple[Diagnostic, ...]]:
    """The wire ids of a list of fields, and the warnings they deserve; `owner` says whose fields they are.

    thriftgo looks for ids used twice in records only, not in arguments and throws.
    """
    if _is_plain(fields):
        return tuple(field.id.value for field in fields if field.id is not None), ()
    written = [None if field.id is None else field.id.value for field in fields]
    ascending, thriftgo = _ascending(written), thriftgo_ids(fields)
    collides = _has_repeats([wire_id(number) for number in ascending]) or _has_repeats(thriftgo)
    is_apache = mode == "apache" or (mode == "auto" and collides)
    ids = _descending(written) if is_apache else ascending
    found = _written_badly(fields)
    missing = [field for field in fields if field.id is None]
    refused_by = THRIFTGO if is_record and _has_repeats(thriftgo) else ()
    if missing:
        found.append(_missing_ids(missing, owner, is_apache, collides, refused_by))
    elif refused_by and not _has_repeats(written):
        found.append(_alike_for_thriftgo(fields, thriftgo, owner))
    return tuple(wire_id(number) for number in ids), tuple(found)


def _is_plain(fields: Sequence[FieldNode]) -> bool:
    """Whether nothing can be said of the ids, nor be done to them: all there, in decimal, in range, and different."""
    seen: set[int] = set()
    for field in fields:
        id = field.id
        if id is None or not (id.text.isascii() and id.text.isdigit() and id.text[0] != "0" and id.value <= 0x7FFF):
            return False
        seen.add(id.value)
    return len(seen) == len(fields)


def _has_repeats(numbers: Sequence[int | None]) -> bool:
    return len(set(numbers)) < len(numbers)


def _missing_ids(
    missing: Sequence[FieldNode], owner: str, is_apache: bool, collides: bool, refused_by: tuple[str, ...]
) -> Diagnostic:
    first = missing[0]
    what = f"`{first.name.text}` has no field id" if len(missing) == 1 else f"{len(missing)} fields have no id"
    if is_apache and collides:
        hint = "they count down from -1, as in Apache Thrift: thriftgo's numbers would use an id twice"
    elif is_apache:
        hint = "they count down from -1, as in Apache Thrift; thriftgo would number them differently"
    else:
        hint = "they count up, as in thriftgo; Apache Thrift counts down from -1, so its peers do not understand them"
    return warning(
        "KX0205",
        f"{what} in {owner}",
        first.name.span,
        "no id before this field" if len(missing) == 1 else "the first without an id",
        hint=hint,
        refused_by=refused_by,
    )


def _alike_for_thriftgo(fields: Sequence[FieldNode], ids: tuple[int, ...], owner: str) -> Diagnostic:
    seen: dict[int, FieldNode] = {}
    for field, number in zip(fields, ids, strict=True):
        if number in seen:
            first = seen[number]
            break
        seen[number] = field
    spans = [node.id.span if node.id else node.name.span for node in (field, first)]
    return warning(
        "KX0209",
        f"thriftgo refuses {owner}: it reads two field ids as {number}",
        spans[0],
        f"read as {number}",
        also=(Label(spans[1], f"read as {number} too"),),
        hint="write field ids as plain decimal numbers from 1 to 32767",
        refused_by=THRIFTGO,
    )


def _written_badly(fields: Sequence[FieldNode]) -> list[Diagnostic]:
    found = []
    for field in fields:
        if field.id is None:
            continue
        number, text, span = field.id.value, field.id.text, field.id.span
        if not -0x8000 <= number <= 0x7FFF:
            hint = "ids from 1 to 32767 are safe everywhere"
            label = f"{wire_id(number)} on the wire"
            found.append(warning("KX0207", f"field id {text} does not fit 16 bits", span, label, hint=hint))
        elif number <= 0:
            hint = "ids from 1 to 32767 are safe everywhere; Apache Thrift gives this field another id"
            found.append(warning("KX0206", f"field id {text} is not positive", span, hint=hint))
        if not text.removeprefix("-").removeprefix("+").isdigit():
            hint = f"write it as {number}: thriftgo reads 0 here, and so its peers do not find this field"
            found.append(warning("KX0208", f"field id {text} is not a plain decimal number", span, hint=hint))
    return found
