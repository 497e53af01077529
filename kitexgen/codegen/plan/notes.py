"""What an IDL file notes beside a declaration: annotations of Thrift, options of Protobuf, both as text.

An option is spelled as in Protobuf's text format, but for one thing: text that is the whole of a value stands there as
it is, without quotes and escapes.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.schema.annotations import Annotation, Annotations
from kitexgen.schema.declarations import Enum, EnumMember, Field, Record
from kitexgen.schema.services import Method, Service
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value

# What types and requirements have taken in already.
_SAID_ELSEWHERE = frozenset(("features", "packed"))


def notes(node: Record | Enum | EnumMember | Field | Service | Method) -> Annotations:
    """Annotations, then options as annotations: a repeated one has several values."""
    if not node.options:
        return node.annotations
    options = (
        Annotation(each.name, tuple(_values(each.value)), each.span)
        for each in node.options
        if each.name not in _SAID_ELSEWHERE
    )
    return (*node.annotations, *options)


def _values(value: Value) -> Iterator[str]:
    for item in _items(value):
        yield item if isinstance(item, str) else text_format(item)


def _items(value: Value) -> tuple[Value, ...]:
    return value.items if isinstance(value, ListValue | SetValue) else (value,)


def text_format(value: Value) -> str:
    """`value` as it would stand behind a field's name: `7`, `true`, `"text"`, `RED`, `{ a: 1 b { c: 2 } }`."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return _quoted(value.encode("utf-8", "surrogateescape"))
        case bytes():
            return _quoted(value)
        case EnumValue(number=number, name=name):
            return str(number) if name is None else name
        case RecordValue(fields=fields):
            return _block([text for name, item in fields for text in _field(name, item)])
        case MapValue(entries=entries):
            return ", ".join(_block([f"key: {text_format(key)}", *_field("value", item)]) for key, item in entries)
        case ListValue(items=items) | SetValue(items=items):
            return f"[{', '.join(map(text_format, items))}]"
        case _:
            raise TypeError(f"no option has a value like {value!r}")


def _field(name: str, value: Value) -> Iterator[str]:
    """`name: value`, once for each value of a repeated field; an extension's name stands in brackets."""
    spelled = f"[{name[1:-1]}]" if name.startswith("(") else name
    if isinstance(value, MapValue):
        for entry in value.entries:
            yield f"{spelled} {text_format(MapValue((entry,)))}"
        return
    for item in _items(value):
        text = text_format(item)
        yield f"{spelled} {text}" if isinstance(item, RecordValue) else f"{spelled}: {text}"


def _block(fields: list[str]) -> str:
    return f"{{ {' '.join(fields)} }}" if fields else "{ }"


_ESCAPES = {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t", ord('"'): '\\"', ord("\\"): "\\\\"}


def _quoted(data: bytes) -> str:
    body = "".join(_ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in data)
    return f'"{body}"'
