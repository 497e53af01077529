"""Types, values and annotations as their IDL writes them, with links to what they name."""

from __future__ import annotations

import json
from uuid import UUID

from kitexgen.plugins.docs.html import Content, Html, code, html, joined, link, tag
from kitexgen.plugins.docs.places import Places
from kitexgen.schema.annotations import Annotations, Options
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value


def type_words(type: Type, places: Places, seen_from: ModuleId) -> Html:
    """`type`, as the file `seen_from` would write it."""
    match type:
        case Scalar(ScalarKind.BINARY) if places.schema.module(seen_from).language == "proto":
            return html("bytes")
        case Scalar(kind):
            return html(kind.value)
        case ListOf(element) if places.schema.module(seen_from).language == "proto":
            return html("repeated ", type_words(element, places, seen_from))
        case ListOf(element):
            return html("list<", type_words(element, places, seen_from), ">")
        case SetOf(element):
            return html("set<", type_words(element, places, seen_from), ">")
        case MapOf(key, value):
            return html("map<", type_words(key, places, seen_from), ", ", type_words(value, places, seen_from), ">")
        case Ref(target):
            return reference(target, places, seen_from)


def reference(id: DeclId, places: Places, seen_from: ModuleId) -> Html:
    """A link to a declaration, qualified when it stands in another file."""
    if id.module == seen_from:
        shown = id.name
    elif places.schema.module(id.module).language == "proto":
        shown = places.schema.full_name(id)
    else:
        shown = f"{id.module.stem}.{id.name}"
    return link(shown, f"../{places.of(id)}")


def value_words(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case UUID():
            return f'"{value}"'
        case str():
            return json.dumps(value, ensure_ascii=False)
        case bytes():
            return repr(value)[1:]
        case EnumValue():
            return str(value.number) if value.name is None else value.name
        case ListValue(items) | SetValue(items):
            return f"[{', '.join(map(value_words, items))}]"
        case MapValue(entries):
            return f"{{{', '.join(f'{value_words(key)}: {value_words(item)}' for key, item in entries)}}}"
        case RecordValue(_, fields):
            return f"{{{', '.join(f'{name}: {value_words(item)}' for name, item in fields)}}}"


def chips(annotations: Annotations, options: Options = ()) -> Html:
    """Annotations and options, one little box each."""
    texts = [f'{each.key} = "{value}"' for each in annotations for value in each.values]
    texts += (f"{each.name} = {value_words(each.value)}" for each in options)
    if not texts:
        return Html()
    return tag("ul", *(tag("li", code(text)) for text in texts), class_="chips")


def listed(parts: list[Html]) -> Html:
    return joined(", ", parts)


def table(heads: tuple[str, ...], rows: list[tuple[Content, ...]]) -> Html:
    """A table without the columns that no row has anything for."""
    used = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    if not used:
        return Html()
    head = tag("tr", *(tag("th", heads[at], scope="col") for at in used))
    body = html(*(tag("tr", *(tag("td", row[at], data_label=heads[at]) for at in used)) for row in rows))
    return tag("div", tag("table", tag("thead", head), tag("tbody", body)), class_="table")
