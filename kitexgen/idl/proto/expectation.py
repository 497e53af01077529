"""In plain words: what could stand where the parser is."""

from __future__ import annotations

from typing import Final

from kitexgen.idl.situation import Situation
from kitexgen.idl.tokens import Token

_ITEMS: Final = {
    "message_items": "a field or `}`",
    "oneof_items": "a field or `}`",
    "extend_items": "a field or `}`",
    "enum_items": "a value or `}`",
    "service_items": "`rpc` or `}`",
    "method_items": "`option` or `}`",
    "file": "a statement such as `message`",
}
_SPELLED: Final = {
    "STRING": "a quoted string",
    "INT": "a number",
    "FLOAT": "a number",
    "RETURNS": "`returns`",
    "TO": "`to`",
    "MAX": "`max`",
    "[": "options in `[…]`",
    "{": "`{`",
}
_VALUE: Final = frozenset({"NAME", "INT", "FLOAT", "STRING"})
_MOST_SHOWN: Final = 4
_NAMED: Final = {"MESSAGE": "message", "ENUM": "enum", "SERVICE": "service", "ONEOF": "oneof", "RPC": "method"}
_RARE: Final = frozenset({"STREAM", "NAME", "PATH", "URL", "STRING", "."})


def expectation(here: Situation) -> str:
    """`a type`, `the field's name`, "`;`": what could stand at the word that does not fit."""
    if not here.partial:
        return _ITEMS[here.list_name]
    expected = here.expected
    if expected >= _VALUE:
        return "a value"
    if here.open_brackets[-1:] in (["{"], ["<"]) and {"}", ">"} & expected:
        return f"an entry or `{'}' if '}' in expected else '>'}`"
    if "NAME" in expected and here.top not in {"strings", "option_name"}:
        return _name(here)
    return _words(expected)


def _name(here: Situation) -> str:
    top = here.top
    kinds = {kind for kind, _ in here.partial}
    if top in _NAMED:
        return f"the name of the {_NAMED[top]}"
    if top in {"type", "word_type", "option_type"}:
        return "the field's name"
    if top in {"LABEL", "<", ","} and "OPTION" not in kinds and "brackets" not in kinds and "[" not in kinds:
        return "a type"
    return {
        "GROUP": "the name of the group",
        "IMPORT": "the quoted path of a file",
        "PACKAGE": "the package's name",
        "EXTEND": "the message to extend",
        "OPTION": "the option's name",
        "[": "an option",
        "(": "a message" if "RPC" in kinds else "the option's name",
        "STREAM": "a message",
        "RESERVED": "numbers or names",
    }.get(top, "a name")


def _words(expected: frozenset[str]) -> str:
    useful = sorted(expected - _RARE) or sorted(expected)
    words = list(dict.fromkeys(_SPELLED.get(kind, f"`{kind}`") for kind in useful))[:_MOST_SHOWN]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def shown(token: Token) -> str:
    """A token as a message shows it."""
    if not token.text:
        return "a malformed number"  # of which the lexer has spoken
    text = token.text if len(token.text) <= 30 else f"{token.text[:27]}…"
    text = text.partition("\n")[0]
    if token.kind == "STRING":
        return f"the string {text}" if "`" not in text else "a string"
    return f"`{text}`"
