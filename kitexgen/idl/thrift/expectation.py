"""In plain words: what could stand where the parser is."""

from __future__ import annotations

from typing import Final

from kitexgen.idl.situation import Situation
from kitexgen.idl.thrift.keywords import KEYWORDS
from kitexgen.idl.tokens import Token

_ITEMS: Final = {
    "document": "a definition",
    "record_fields": "a field or `}`",
    "arguments": "an argument or `)`",
    "members": "a member or `}`",
    "methods": "a method or `}`",
    "annotation_items": "an annotation or `)`",
}
_TYPE: Final = frozenset({"BASE", "LIST", "NAME"})
_VALUE: Final = frozenset({"INT", "LITERAL", "["})
# Words the reader of a message would never have meant.
_RARE: Final = frozenset({"XSD_ALL", "XSD_OPTIONAL", "XSD_NILLABLE", "XSD_ATTRS", "CPP_TYPE", "&", "NAME"})
_SPELLED: Final = {"EXTENDS": "`extends`", "THROWS": "`throws`", "LITERAL": "a quoted text", "INT": "a number"}
_MOST_SHOWN: Final = 4
# What may still come behind an item that could end.
_CONTINUES: Final = frozenset({"=", "EXTENDS", "THROWS"})


def expectation(here: Situation) -> str:
    """`a type`, `the field's name`, "`:`": what could stand at the word that does not fit."""
    if not here.partial:
        return _ITEMS[here.list_name]
    expected = here.expected
    opener = here.open_brackets[-1:]
    if opener == ["["] and "]" in expected:
        return "a value or `]`"
    if opener == ["{"] and "}" in expected:
        return "a key or `}`"
    if here.is_whole:
        more = sorted(_SPELLED.get(kind, f"`{kind}`") for kind in expected & _CONTINUES)
        return ", ".join([*more, _ITEMS[here.list_name]])
    if expected >= _VALUE:
        return "a value"
    if expected >= _TYPE:
        return "a type"
    if "NAME" in expected:
        return _name(here)
    return _words(expected, here)


def _name(here: Situation) -> str:
    top = here.top
    first = here.partial[0][1]
    if top in {"RECORD", "ENUM", "SERVICE"}:
        return f"the name of the {here.partial[-1][1].text}"
    if top == "EXTENDS":
        return "the service it extends"
    if top == "NAMESPACE":
        return "a language (`py`, `go`, `*`, …)"
    if top == "scope":
        return "the namespace, such as `shop.orders`"
    if top in {"type", "reference", "result", "annotations", "BASE", ">", "cpp_type"}:
        if here.list_name == "document":
            return "the name of the constant" if first.text == "const" else "the new name of the type"
        return {"methods": "the method's name", "arguments": "the argument's name"}.get(
            here.list_name, "the field's name"
        )
    return "a name"


def _words(expected: frozenset[str], here: Situation) -> str:
    useful = expected - _RARE
    if useful != {"("}:
        useful -= {"("}  # annotations may stand nearly everywhere
    words = sorted(_SPELLED.get(kind, f"`{kind}`") for kind in useful if kind in _SPELLED or kind not in _KINDS)
    words = words[:_MOST_SHOWN] or [_ITEMS[here.list_name]]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


_KINDS: Final = frozenset({*KEYWORDS.values(), "NAME", "INT", "DOUBLE", "LITERAL"})


def shown(token: Token) -> str:
    """A token as a message shows it."""
    text = token.text if len(token.text) <= 30 else f"{token.text[:27]}…"
    text = text.partition("\n")[0]
    if token.kind == "LITERAL":
        return f"the text {text}" if "`" not in text else "a quoted text"
    if token.text in KEYWORDS and token.kind != "BASE":
        return f"the keyword `{text}`"
    return f"`{text}`"
