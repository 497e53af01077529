"""In plain words: what could stand where the parser is."""

from __future__ import annotations

from typing import Final

from kitexgen.idl.thrift.keywords import KEYWORDS
from kitexgen.idl.thrift.situation import Situation
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


def expectation(here: Situation) -> str:
    """`a type`, `the field's name`, "`:`": what could stand at the word that does not fit."""
    if not here.partial:
        return _ITEMS[here.list_name]
    expected = here.expected
    if here.top == "value_items":
        return "a value or `]`"
    if here.top == "map_items":
        return "a key or `}`"
    if expected >= _VALUE:
        return "a value"
    if expected >= _TYPE and not _begins_next(here):
        return "a type"
    if "NAME" in expected and not _begins_next(here):
        return _name(here)
    return _words(expected, here)


def _begins_next(here: Situation) -> bool:
    """Whether the item at hand could end here: then what may follow it is no help, only what may continue it."""
    return bool(here.closers) and here.closers[0] in here.expected


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
    useful = {kind for kind in expected if kind not in _RARE and kind != "$end"}
    if _begins_next(here) or here.list_name == "document":
        # Keep what continues the item; the next item is summed up.
        useful &= {"=", "(", "{", "<", ">", ":", ",", "EXTENDS", "THROWS", "LITERAL", *here.closers}
    if {",", ";"} <= expected:
        useful -= {",", ";"}
    words = sorted(_SPELLED.get(kind, f"`{kind}`") for kind in useful if kind in _SPELLED or kind not in _KINDS)
    if not words:
        return "a definition" if here.list_name == "document" else "something else"
    words = words[:_MOST_SHOWN]
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
