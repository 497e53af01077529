"""What protoc's parser asks of `default = …`, by the type of the field alone.

After `ParseDefaultAssignment`; whether a named type is an enum with that value is known only once names are linked.
"""

from __future__ import annotations

from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error
from kitexgen.idl.proto import tree as t

_BITS: Final = {
    **dict.fromkeys(("int32", "sint32", "sfixed32", "varint32", "zigzag32"), (-(1 << 31), (1 << 31) - 1)),
    **dict.fromkeys(("int64", "sint64", "sfixed64", "varint64", "zigzag64"), (-(1 << 63), (1 << 63) - 1)),
    **dict.fromkeys(("uint32", "fixed32", "uvarint32"), (0, (1 << 32) - 1)),
    **dict.fromkeys(("uint64", "fixed64", "uvarint64"), (0, (1 << 64) - 1)),
}
_FLOATING: Final = frozenset({"float", "double"})
_WORDS_OF_NUMBERS: Final = frozenset({"inf", "nan"})


def default_fault(type: t.TypeNode, default: t.OptionNode) -> Diagnostic | None:
    """What is wrong with the default of a field of `type`, as far as its syntax goes."""
    if not isinstance(type, t.ScalarTypeNode):
        return _of_named_type(default)
    value = default.value
    if type.name in _BITS:
        return _of_integer(type.name, value)
    if type.name in _FLOATING:
        is_number = isinstance(value, t.IntNode | t.FloatNode)
        is_word = isinstance(value, t.IdentifierNode) and value.text in _WORDS_OF_NUMBERS
        return None if is_number or is_word else _wanted("a number, `inf` or `nan`", type.name, value)
    if type.name == "bool":
        is_bool = isinstance(value, t.IdentifierNode) and value.text in {"true", "false"}
        return None if is_bool else _wanted("`true` or `false`", type.name, value)
    return None if isinstance(value, t.StringNode) else _wanted("a quoted string", type.name, value)


def _of_integer(type: str, value: t.ValueNode) -> Diagnostic | None:
    least, most = _BITS[type]
    if isinstance(value, t.FloatNode) and value.text.lstrip("-").isdigit():
        return _out_of_range(type, value.text, value)  # too long for an integer of 64 bits
    if not isinstance(value, t.IntNode):
        return _wanted("a whole number", type, value)
    if value.text.startswith("-") and least == 0:
        return error("KX0631", f"the default of an unsigned field cannot be `{value.text}`", value.span)
    if not least <= value.value <= most:
        return _out_of_range(type, value.text, value)
    return None


def _out_of_range(type: str, text: str, value: t.ValueNode) -> Diagnostic:
    least, most = _BITS[type]
    shown = text if len(text) <= 40 else f"{text[:20]}…{text[-10:]}"
    return error("KX0631", f"{shown} does not fit in {type}", value.span, hint=f"it goes from {least} to {most}")


def _of_named_type(default: t.OptionNode) -> Diagnostic | None:
    """protoc takes any single word here; only the name of an enum value ever makes sense."""
    value = default.value
    if isinstance(value, t.IdentifierNode):
        return None
    return error(
        "KX0631",
        "the default of an enum is the name of one of its values",
        value.span,
        hint="messages and maps have no default",
    )


def _wanted(what: str, type: str, value: t.ValueNode) -> Diagnostic:
    article = "an" if type.startswith("int") else "a"
    return error("KX0631", f"the default of {article} {type} field is {what}", value.span)
