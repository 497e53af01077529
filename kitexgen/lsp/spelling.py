"""Types and values as an IDL writes them, for hovers and hints."""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

from kitexgen.schema.module import Schema
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value

# A value that is longer is cut: a hint is one line.
MOST_LETTERS: Final = 60


def spell_type(type: Type, *, is_proto: bool) -> str:
    match type:
        case Scalar(kind=kind):
            return "bytes" if is_proto and kind is ScalarKind.BINARY else kind.value
        case ListOf(element=element) if is_proto:
            return f"repeated {spell_type(element, is_proto=True)}"
        case ListOf(element=element):
            return f"list<{spell_type(element, is_proto=is_proto)}>"
        case SetOf(element=element):
            return f"set<{spell_type(element, is_proto=is_proto)}>"
        case MapOf(key=key, value=value):
            return f"map<{spell_type(key, is_proto=is_proto)}, {spell_type(value, is_proto=is_proto)}>"
        case Ref(target=target):
            return target.name


def spell_value(value: Value) -> str:
    """`value` as an IDL would write it, cut when it is long."""
    text = _spell(value)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _spell(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case bytes():
            return json.dumps(value.decode("utf-8", "backslashreplace"), ensure_ascii=False)
        case UUID():
            return f'"{value}"'
        case EnumValue(enum=enum, number=number, name=name):
            return str(number) if name is None else f"{enum.name.rpartition('.')[2]}.{name}"
        case ListValue(items=items) | SetValue(items=items):
            return f"[{', '.join(map(_spell, items))}]"
        case MapValue(entries=entries):
            return f"{{{', '.join(f'{_spell(key)}: {_spell(item)}' for key, item in entries)}}}"
        case RecordValue(fields=fields):
            return f"{{{', '.join(f'{name}: {_spell(item)}' for name, item in fields)}}}"


def full_name(schema: Schema, name: str, path: str, *, is_proto: bool) -> str:
    """How people of other files call a declaration: by its package in Protobuf, by its file in Thrift."""
    module = next((each for each in schema.modules if each.id.path == path), None)
    if module is None:
        return name
    if is_proto:
        package = module.namespace("package")
        return f"{package}.{name}" if package else name
    return f"{module.id.stem}.{name}"
