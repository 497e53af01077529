"""Types and values as an IDL writes them, for messages."""

from __future__ import annotations

from typing import assert_never

from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value


def type_text(type: Type | None) -> str:
    match type:
        case None:
            return "void"
        case Scalar(kind=kind):
            return kind.value
        case ListOf(element=element):
            return f"list<{type_text(element)}>"
        case SetOf(element=element):
            return f"set<{type_text(element)}>"
        case MapOf(key=key, value=value):
            return f"map<{type_text(key)}, {type_text(value)}>"
        case Ref(target=target):
            return target.name
        case _:
            assert_never(type)


def value_text(value: Value | None) -> str:
    """Short values as written, long ones by their beginning; None is no value."""
    text = _value_text(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _value_text(value: Value | None) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case str() | bytes():
            return repr(value).lstrip("b").replace("'", '"')
        case EnumValue(enum=enum, name=name, number=number):
            return f"{enum.name}.{name}" if name else str(number)
        case ListValue(items=items) | SetValue(items=items):
            return f"[{', '.join(map(_value_text, items))}]"
        case MapValue(entries=entries):
            return f"{{{', '.join(f'{_value_text(key)}: {_value_text(each)}' for key, each in entries)}}}"
        case RecordValue(fields=given):
            return f"{{{', '.join(f'{name}: {_value_text(each)}' for name, each in given)}}}"
        case _:
            return str(value)
