"""Mistakes people make often, recognised by the words around them: each is told with its own hint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error
from kitexgen.idl.situation import Situation
from kitexgen.idl.thrift.expectation import expectation, shown
from kitexgen.idl.thrift.keywords import (
    DEFINITION_WORDS,
    HEADER_WORDS,
    KEYWORDS,
    OLD_HEADERS,
    REQUIREMENTS,
    TYPE_KINDS,
)
from kitexgen.idl.tokens import Token

DIALECT: Final = "KX0127"

_FBTHRIFT_WORDS: Final = frozenset({"interaction", "package"})
_FBTHRIFT_TYPES: Final = frozenset({"stream", "sink"})
_FBTHRIFT_QUALIFIERS: Final = frozenset({"safe", "transient", "stateful", "permanent", "client", "server", "performs"})
_PROTOBUF_WORDS: Final = frozenset({"message", "syntax", "edition", "import", "option", "extend", "rpc"})


def recognise(here: Situation) -> Diagnostic | None:
    """The diagnostic of the first slip that matches, or None."""
    return next((found for slip in SLIPS if (found := slip(here)) is not None), None)


# ---- other languages ----------------------------------------------------------------------------------------------


def dialect(here: Situation) -> Diagnostic | None:
    """What only fbthrift or protobuf has. One such diagnostic stands for all others of its file."""
    token = here.found
    if token is None:
        return None
    before = here.token(-1)
    if token.kind == "@" and here.kind(1) == "NAME":
        return _fbthrift(here, token, "annotations with `@` belong to it")
    if token.kind == "<" and before is not None and before.text in _FBTHRIFT_TYPES:
        return _fbthrift(here, before, f"`{before.text}<…>` belongs to it")
    if not here.is_at_start and token.text not in _FBTHRIFT_QUALIFIERS:
        return None
    if here.list_name == "document" and token.text in _FBTHRIFT_WORDS and here.kind(1) in {"LITERAL", "NAME"}:
        if token.text == "package" and here.kind(1) == "NAME":
            return _protobuf(here, token)
        return _fbthrift(here, token, f"`{token.text}` belongs to it")
    if token.text in _FBTHRIFT_QUALIFIERS and here.word(1) in {"exception", "client", "server", "safe"}:
        return _fbthrift(here, token, f"`{token.text}` before `{here.word(1)}` belongs to it")
    if here.list_name == "document" and token.text in _PROTOBUF_WORDS and here.kind(1) in {"=", "LITERAL", "NAME"}:
        return _protobuf(here, token)
    return None


def _fbthrift(here: Situation, token: Token, label: str) -> Diagnostic:
    return error(
        DIALECT,
        "this file is written in the dialect of fbthrift",
        here.span(token),
        label,
        hint="kitexgen reads Thrift as Apache Thrift and thriftgo define it, which fbthrift no longer is",
    )


def _protobuf(here: Situation, token: Token) -> Diagnostic:
    return error(
        DIALECT,
        "this file is written in protobuf, not in Thrift",
        here.span(token),
        f"`{token.text}` belongs to it",
        hint="kitexgen reads Protobuf from files whose names end in .proto",
    )


# ---- words that are gone ------------------------------------------------------------------------------------------


def removed_word(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or not here.is_at_start or here.list_name != "document":
        return None
    if token.text == "senum":
        return error(
            "KX0128",
            "`senum` was removed from Thrift",
            here.span(token),
            hint="write an `enum`, or use `string` where the enum was used",
        )
    if token.text in OLD_HEADERS:
        name = here.word(1) if here.kind(1) == "NAME" else "…"
        return error(
            "KX0128",
            f"`{token.text}` was removed from Thrift",
            here.span(token),
            hint=f"write `namespace {OLD_HEADERS[token.text]} {name}`",
        )
    return None


# ---- at the top level ---------------------------------------------------------------------------------------------


def stray_closer(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or token.kind not in {"}", ")", "]", ">"} or not here.is_at_start or here.closers:
        return None
    return error("KX0122", f"this `{token.text}` closes nothing", here.span(token), hint="delete it")


def unknown_word(here: Situation) -> Diagnostic | None:
    """A word at the top level that opens neither a header nor a definition."""
    token = here.found
    if token is None or token.kind != "NAME" or not here.is_at_start or here.list_name != "document":
        return None
    meant = nearest(token.text, (*HEADER_WORDS, *DEFINITION_WORDS)) or _FOREIGN_DEFINITIONS.get(token.text)
    hint = f"did you mean `{meant}`?" if meant else "a definition begins with `struct`, `enum`, `service`, `const`, …"
    return error("KX0126", f"no definition begins with `{token.text}`", here.span(token), hint=hint)


_FOREIGN_DEFINITIONS: Final = {
    "class": "struct",
    "interface": "service",
    "record": "struct",
    "type": "typedef",
    "error": "exception",
    "import": "include",
    "using": "include",
}


# ---- in the head of a definition ----------------------------------------------------------------------------------


def inheritance(here: Situation) -> Diagnostic | None:
    """`struct A extends B`, `service A : B`, `service A implements B`."""
    token = here.found
    if token is None or len(here.partial) < 2 or here.list_name != "document":
        return None
    head = here.partial[0][0]
    if not _is_inheritance(token) or "{" in (kind for kind, _ in here.partial):
        return None
    if head == "SERVICE":
        base = here.word(1) if here.kind(1) == "NAME" else "Base"
        return error(
            "KX0120",
            f"expected `extends` or `{{`, found {shown(token)}",
            here.span(token),
            hint=f"write `extends {base}`; a service extends one other",
        )
    if head in {"RECORD", "ENUM"}:
        word = here.partial[0][1].text
        article = "an" if word[0] in "aeiou" else "a"
        return error(
            "KX0120",
            f"{article} {word} cannot extend another",
            here.span(token),
            hint="repeat the fields, or hold the other one in a field" if head == "RECORD" else None,
        )
    return None


def _is_inheritance(token: Token) -> bool:
    return token.text in {":", "extends", "implements", "<"}


def constant_without_type(here: Situation) -> Diagnostic | None:
    """`const MAX = 1`."""
    token = here.found
    if token is None or token.kind != "=" or not here.partial or here.partial[0][0] != "CONST":
        return None
    if len(here.tokens) > here.index and here.kind(-2) == "CONST":
        return error(
            "KX0120",
            f"the constant {shown(_known(here.token(-1)))} has no type",
            here.span(_known(here.token(-1))),
            hint=f"write `const {_type_of(here.token(1))} {here.word(-1)} = …`",
        )
    return None


def _type_of(value: Token | None) -> str:
    kinds = {"INT": "i32", "DOUBLE": "double", "LITERAL": "string"}
    return kinds.get(value.kind, "TYPE") if value else "TYPE"


def _known(token: Token | None) -> Token:
    assert token is not None
    return token


# ---- in bodies ----------------------------------------------------------------------------------------------------


def nested_definition(here: Situation) -> Diagnostic | None:
    """`struct A { 1: struct B { … } b }`."""
    token = here.found
    if token is None or token.kind not in {"RECORD", "ENUM", "SERVICE"} or not here.closers:
        return None
    if here.kind(1) == "{" or (here.kind(1) == "NAME" and here.kind(2) == "{"):
        if here.is_at_start and here.is_definition:
            return None  # more likely the `}` before it was forgotten
        return error(
            "KX0125",
            f"no {token.text} can be declared within another definition",
            here.span(token),
            hint="declare it on its own and use its name here",
        )
    return None


def misspelt_requirement(here: Situation) -> Diagnostic | None:
    """`1: requred i32 id`, `1: REQUIRED i32 id`: a slip seen one or two words later."""
    if here.list_name not in {"record_fields", "arguments"}:
        return None
    for back in (0, -1, -2):
        token = here.token(back)
        if token is None or token.kind != "NAME" or here.kind(back - 1) not in {":", "{", "(", ",", ";", "NAME"}:
            continue
        meant = nearest(token.text, REQUIREMENTS)
        if meant and here.kind(back + 1) in TYPE_KINDS:
            return error("KX0120", f"unknown word `{token.text}`", here.span(token), hint=f"did you mean `{meant}`?")
    return None


def requirement_order(here: Situation) -> Diagnostic | None:
    """`required 1: i32 a`, `1: required optional i32 a`."""
    token = here.found
    if token is None or here.top not in {"requirement", "REQUIREMENT"}:
        return None
    word = here.partial[-1][1]
    if word is None:
        return None
    if token.kind == "INT" and here.kind(1) == ":":
        return error(
            "KX0120",
            f"`{word.text}` must stand behind the field's id",
            here.span(word),
            hint=f"write `{token.text}: {word.text} …`",
        )
    if token.kind == "REQUIREMENT":
        return error(
            "KX0120",
            f"a field cannot be both `{word.text}` and `{token.text}`"
            if word.text != token.text
            else f"`{word.text}` is said twice",
            here.span(token),
            also=(Label(here.span(word), "said before"),),
            hint="keep one of them",
        )
    return None


def void_as_type(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or token.kind != "VOID" or not here.stack.accepts(("BASE",)):
        return None
    if here.is_at_start and here.kind(2) == "(":
        return None  # a method: the `)` before it was forgotten
    return error(
        "KX0134", "`void` is no type: nothing can hold it", here.span(token), hint="only a method returns `void`"
    )


def bare_container(here: Situation) -> Diagnostic | None:
    """`list tags`, `map m`; `map<string>`; `list<i32, string>`."""
    token = here.found
    if token is None or not here.partial:
        return None
    container = next((value for kind, value in reversed(here.partial) if kind in {"LIST", "SET", "MAP"}), None)
    if container is None:
        return None
    shape = "map<KEY, VALUE>" if container.text == "map" else f"{container.text}<ELEMENT>"
    if here.top in {"LIST", "SET", "MAP"} or (here.top == "cpp_type" and here.partial[-2][0] in {"LIST", "SET", "MAP"}):
        return error(
            "KX0120",
            f"`{container.text}` does not say what it holds",
            here.span(container),
            hint=f"write `{shape}`",
        )
    if here.top != "type":
        return None
    if container.text == "map" and token.kind == ">" and "," not in (kind for kind, _ in here.partial):
        return error(
            "KX0120",
            "a map needs two types, of its keys and of its values",
            here.span(container),
            hint=f"write `{shape}`",
        )
    if token.kind == "," and "," not in here.expected:
        return error("KX0120", f"a {container.text} holds one type", here.span(token), hint=f"write `{shape}`")
    return None


def foreign_container(here: Situation) -> Diagnostic | None:
    """`List<string> names`, `vector<string> names`."""
    token, word = here.found, here.token(-1)
    if token is None or token.kind != "<" or word is None or word.kind != "NAME":
        return None
    meant = _CONTAINERS.get(word.text.lower()) or nearest(word.text, ("list", "set", "map"))
    hint = f"did you mean `{meant}`?" if meant else "only `list`, `set` and `map` hold other types"
    return error("KX0120", f"there is no container called `{word.text}`", here.span(word), hint=hint)


_CONTAINERS: Final = {
    "array": "list",
    "arraylist": "list",
    "dict": "map",
    "dictionary": "map",
    "hashmap": "map",
    "hashset": "set",
    "list": "list",
    "map": "map",
    "sequence": "list",
    "set": "set",
    "unordered_map": "map",
    "unordered_set": "set",
    "vector": "list",
}


def foreign_array(here: Situation) -> Diagnostic | None:
    """`string[] names`."""
    token = here.found
    if token is None or token.kind != "[" or here.kind(1) != "]" or here.kind(-1) not in TYPE_KINDS:
        return None
    return error("KX0120", "Thrift has no arrays with `[]`", here.span(token), hint=f"write `list<{here.word(-1)}>`")


def missing_colon(here: Situation) -> Diagnostic | None:
    """`1 i32 id`; `1 = i32 id`."""
    token = here.found
    if token is None or here.top != "INT" or here.expected != {":"}:
        return None
    number = here.partial[-1][1]
    return error(
        "KX0120", f"expected `:` after the id {number.text}", here.span(token), hint=f"write `{number.text}: …`"
    )


def colon_in_enum(here: Situation) -> Diagnostic | None:
    """`RED: 1`."""
    token = here.found
    if token is None or token.kind != ":" or here.list_name != "members" or here.kind(-1) != "NAME":
        return None
    name, number = here.word(-1), here.word(1) if here.kind(1) == "INT" else "…"
    return error("KX0120", "expected `=`, found `:`", here.span(token), hint=f"write `{name} = {number}`")


# ---- values and annotations ---------------------------------------------------------------------------------------


def set_in_braces(here: Situation) -> Diagnostic | None:
    """`{1, 2}`: for a list or set."""
    token = here.found
    if token is None or here.top != "value" or token.kind not in {",", ";", "}"} or len(here.partial) < 2:
        return None
    if here.partial[-2][0] != "map_items":
        return None
    return error(
        "KX0120",
        f"expected `:` and a value, found {shown(token)}",
        here.span(token),
        hint="`{…}` is a map; lists and sets are written `[…]`",
    )


def annotation_value(here: Situation) -> Diagnostic | None:
    """`(k = 1)`."""
    token = here.found
    if token is None or here.list_name != "annotation_items" or here.top != "=":
        return None
    hint = f'write `"{token.text}"`' if token.kind in {"INT", "DOUBLE", "NAME"} or token.text in KEYWORDS else None
    return error(
        "KX0120", f"the value of an annotation must be quoted, found {shown(token)}", here.span(token), hint=hint
    )


def second_annotations(here: Situation) -> Diagnostic | None:
    """`(k = "v") (z = "w")`."""
    token = here.found
    if token is None or token.kind != "(" or here.kind(-1) != ")" or here.kind(1) != "NAME":
        return None
    if here.kind(2) not in {"=", ",", ";", ")"}:
        return None
    return error(
        "KX0120",
        "only one list of annotations may stand here",
        here.span(token),
        hint="put all of them between one pair of parentheses, with commas",
    )


def quoted_namespace(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or token.kind != "LITERAL" or not here.partial or here.partial[0][0] != "NAMESPACE":
        return None
    if here.top != "scope":
        return None
    return error(
        "KX0120",
        "a namespace is written without quotes",
        here.span(token),
        hint=f"write `namespace {here.word(-1)} {token.text[1:-1]}`",
    )


def unquoted_include(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or here.top not in {"INCLUDE", "CPP_INCLUDE"} or token.kind == "LITERAL":
        return None
    hint = f'write `{here.partial[-1][1].text} "{token.text}"`' if token.kind == "NAME" else None
    return error("KX0120", f"expected a quoted path, found {shown(token)}", here.span(token), hint=hint)


def missing_value(here: Situation) -> Diagnostic | None:
    """`const i32 A =` and then nothing that is a value."""
    token = here.found
    if token is None or here.top != "=" or here.list_name == "annotation_items" or here.is_on_new_line:
        return None
    return error("KX0120", f"expected {expectation(here)}, found {shown(token)}", here.span(token))


# Tried from top to bottom: the first that matches speaks.
SLIPS: Final[tuple[Callable[[Situation], Diagnostic | None], ...]] = (
    dialect,
    removed_word,
    stray_closer,
    unknown_word,
    inheritance,
    constant_without_type,
    nested_definition,
    misspelt_requirement,
    requirement_order,
    void_as_type,
    bare_container,
    foreign_container,
    foreign_array,
    missing_colon,
    colon_in_enum,
    set_in_braces,
    annotation_value,
    second_annotations,
    quoted_namespace,
    unquoted_include,
    missing_value,
)
