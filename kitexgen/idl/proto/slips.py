"""Mistakes people make often, recognised by the words around them: each is told with its own hint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error
from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.expectation import expectation, shown
from kitexgen.idl.proto.keywords import LABELS, SCALARS, VISIBILITIES
from kitexgen.idl.proto.places import FIELD_LISTS
from kitexgen.idl.proto.statement_slips import STATEMENT_SLIPS
from kitexgen.idl.situation import Situation
from kitexgen.idl.tokens import Token


def recognise(here: Situation) -> Diagnostic | None:
    """The diagnostic of the first slip that matches, or None."""
    return next((found for slip in SLIPS if (found := slip(here)) is not None), None)


# ---- numbers ------------------------------------------------------------------------------------------------------


def missing_number(here: Situation) -> Diagnostic | None:
    """`string name;` and `RED;`"""
    if here.kind(0) not in {";", "[", ",", "}"} or here.top not in {"NAME", "value_word"} or "=" not in here.expected:
        return None
    kinds = {kind for kind, _ in here.partial}
    name: Token = here.partial[-1][1]
    if here.list_name == "enum_items" and len(here.partial) == 1:
        what, example = f"the enum value `{name.text}` has no number", f"{name.text} = 1"
    elif here.list_name in FIELD_LISTS and kinds & {"type", "word_type", "GROUP"}:
        what, example = f"the field `{name.text}` has no number", f"{name.text} = 1"
    else:
        return None
    return error("KX0630", what, here.span(name), hint=f"write `{example}`, with a number that is free")


def number_first(here: Situation) -> Diagnostic | None:
    """`1: string name`, as in Thrift."""
    token = here.found
    if token is None or token.kind != "INT" or here.partial or here.list_name not in {*FIELD_LISTS, "enum_items"}:
        return None
    hint = f"write `TYPE NAME = {token.text};`" if here.list_name != "enum_items" else f"write `NAME = {token.text};`"
    return error("KX0630", "the number stands behind the name", here.span(token), hint=hint)


def colon_for_equals(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or token.kind != ":" or "=" not in here.expected:
        return None
    return error("KX0610", "expected `=`, found `:`", here.span(token), hint="write `=`")


def missing_equals(here: Situation) -> Diagnostic | None:
    """`string name 1;` and `option java_package "demo";`"""
    token = here.found
    if token is None or token.kind not in {"INT", "STRING"} or "=" not in here.expected:
        return None
    return error("KX0610", f"expected `=`, found {shown(token)}", here.span(token), hint=f"write `= {token.text}`")


def no_integer(here: Situation) -> Diagnostic | None:
    """A number that is none: `a = one;`, `a = 1.5;`, `a = -1;`, `a = "1";`"""
    token = here.found
    if token is None or here.top != "=" or "INT" not in here.expected or "STRING" in here.expected:
        return None
    if token.kind == "-":
        return error("KX0630", "the number of a field is positive", here.span(token), hint="delete the `-`")
    if token.kind not in {"NAME", "PATH", "FLOAT", "STRING"}:
        return None
    return error("KX0630", f"expected a whole number, found {shown(token)}", here.span(token))


def range_marks(here: Situation) -> Diagnostic | None:
    """`reserved 1-5;` and `reserved 1..5;`"""
    token = here.found
    if token is None or token.kind not in {"-", ".", ":"} or here.top not in {"integer", "INT"}:
        return None
    if not {kind for kind, _ in here.partial} & {"RESERVED", "EXTENSIONS"}:
        return None
    return error("KX0610", "a range is written with `to`", here.span(token), hint="write `1 to 5`")


def mixed_reserved(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or here.partial[:1] == [] or here.partial[0][0] != "RESERVED" or here.top != ",":
        return None
    if token.kind not in {"STRING", "NAME", "INT"}:
        return None
    return error(
        "KX0610",
        "numbers, names and quoted names are not mixed in one `reserved`",
        here.span(token),
        hint="write a `reserved` for each",
    )


# ---- fields -------------------------------------------------------------------------------------------------------


def second_label(here: Situation) -> Diagnostic | None:
    """`optional repeated string names = 1;`: the second word was read as the type."""
    kinds = [kind for kind, _ in here.partial]
    if kinds[:2] != ["LABEL", "type"] or here.kind(0) not in {"NAME", "PATH"}:
        return None
    type = here.partial[1][1]
    if not isinstance(type, t.NamedTypeNode) or type.name not in LABELS:
        return None
    return error("KX0610", "a field has one label", type.span, hint=f"delete `{type.name}`, or the word before it")


def misspelt_label(here: Situation) -> Diagnostic | None:
    """`optinal string name = 1;`: the first word was read as the type, the second as the name."""
    kinds = [kind for kind, _ in here.partial]
    token = here.found
    if token is None or kinds != ["type", "NAME"] or token.kind not in {"NAME", "PATH"} or here.is_on_new_line:
        return None
    type = here.partial[0][1]
    if not isinstance(type, t.NamedTypeNode):
        return None
    meant = nearest(type.name, LABELS)
    word: Token = here.partial[1][1]
    if type.name in VISIBILITIES:
        return error(
            "KX0637", f"only a message or an enum can be `{type.name}`", type.span, hint=f"delete `{type.name}`"
        )
    if meant:
        return error("KX0610", f"unknown word `{type.name}`", type.span, hint=f"did you mean `{meant}`?")
    if type.name == "unsigned" and word.text.startswith("int"):
        return error("KX0610", "unsigned types are one word", type.span, hint="write `uint32` or `uint64`")
    if word.text in SCALARS:
        return error("KX0610", f"unknown word `{type.name}` before the type", type.span, hint="delete it")
    return None


def containers(here: Situation) -> Diagnostic | None:
    """`list<string> names`, `string[] names` and `string names[]`"""
    token = here.found
    if token is None or here.list_name not in FIELD_LISTS or not here.partial:
        return None
    type = next((value for kind, value in here.partial if kind == "type"), None)
    if token.kind == "[" and here.kind(1) == "]" and isinstance(type, t.ScalarTypeNode | t.NamedTypeNode):
        return error("KX0610", "there are no arrays with `[]`", here.span(token), hint=f"write `repeated {type.name}`")
    if token.kind != "<" or here.top not in {"type", "NAME", "PATH"}:
        return None
    before = here.token(-1)
    if before is None or _is_in_map(here):
        return None
    if before.text.lower() == "map":
        return error("KX0610", "`map` is written in lower case", here.span(before), hint="write `map<KEY, VALUE>`")
    inner = here.word(1) or "TYPE"
    return error("KX0610", f"there is no type `{before.text}<…>`", here.span(before), hint=f"write `repeated {inner}`")


def map_in_map(here: Situation) -> Diagnostic | None:
    token = here.found
    before = here.token(-1)
    if token is None or before is None or not _is_in_map(here) or here.list_name not in FIELD_LISTS:
        return None
    if token.kind == "<" and before.text == "map":
        return error(
            "KX0628",
            "a map cannot hold maps",
            here.span(before),
            hint="put the inner map into a message of its own, and that message here",
        )
    if before.text in LABELS:
        return error(
            "KX0628",
            f"what a map holds cannot be `{before.text}`",
            here.span(before),
            hint="put the field into a message of its own, and that message here",
        )
    if token.kind == ">":
        return error(
            "KX0628",
            "a map needs two types, of its keys and of its values",
            here.span(before),
            hint="`map<KEY, VALUE>`",
        )
    return None


def _is_in_map(here: Situation) -> bool:
    return any(kind == "MAP" for kind, _ in here.partial) and here.open_brackets[-1:] == ["<"]


def dotted_name(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or token.kind != "PATH" or "NAME" not in here.expected or "PATH" in here.expected:
        return None
    if here.top == "=" and "STRING" in here.expected:
        last = token.text.rpartition(".")[2]
        return error(
            "KX0610",
            "the value of an enum is named without the enum",
            here.span(token),
            hint=f"write `{last}`" if last in token.text else None,
        )
    return error("KX0610", f"expected {expectation(here)}, which has no dots", here.span(token))


# ---- quotes, methods, options -------------------------------------------------------------------------------------


def missing_quotes(here: Situation) -> Diagnostic | None:
    """`syntax = proto3;` and `import google/protobuf/any.proto;`"""
    token = here.found
    kinds = [kind for kind, _ in here.partial]
    if token is None or not kinds:
        return None
    if kinds[0] == "SYNTAX" and kinds[-1] == "=" and token.kind in {"NAME", "INT", "FLOAT"}:
        return error("KX0610", "the value is quoted", here.span(token), hint=f'write `"{token.text}"`')
    if kinds[0] == "IMPORT" and token.kind in {"/", ".", ";", "PATH", "<"}:
        return error("KX0610", "the path of an import is quoted", here.span(token), hint='write `import "…";`')
    return None


def method_parts(here: Situation) -> Diagnostic | None:
    token = here.found
    kinds = [kind for kind, _ in here.partial]
    if token is None or kinds[:1] != ["RPC"]:
        return None
    at = here.span(token)
    if token.kind == ")" and here.top == "(":
        return error(
            "KX0610",
            "a method takes one message and returns one",
            at,
            hint="for nothing write `google.protobuf.Empty`, and import `google/protobuf/empty.proto`",
        )
    if here.open_brackets[-1:] == ["("] and (
        token.kind == "," or (token.kind == "NAME" and here.top in {"path", "method_type"})
    ):
        return error(
            "KX0610",
            "a method takes one message and returns one, without names",
            at,
            hint="put what belongs together into a message",
        )
    if token.kind in {":", "-", "=", ";", "{", "("} and "RETURNS" in here.expected:
        return error("KX0610", f"expected `returns`, found {shown(token)}", at, hint="write `returns (MESSAGE)`")
    if token.kind in {"NAME", "PATH"} and "(" in here.expected:
        return error("KX0610", f"expected `(`, found {shown(token)}", at, hint=f"write `({token.text})`")
    return None


def option_without_value(here: Situation) -> Diagnostic | None:
    """`[deprecated]` and `option deprecated;`"""
    token = here.found
    if token is None or token.kind not in {"]", ",", ";"} or here.top != "option_name":
        return None
    return error(
        "KX0610",
        f"expected `=`, found {shown(token)}",
        here.span(token),
        hint="every option has a value: write `= true` for a flag",
    )


def empty_brackets(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or token.kind != "]" or here.top != "[" or "brackets" in dict(here.partial):
        return None
    return error("KX0610", "these brackets hold no option", here.span(token), hint="delete them")


def missing_colon(here: Situation) -> Diagnostic | None:
    """`{ size 1 }`: only before a message no `:` is needed."""
    token = here.found
    before = here.token(-1)
    if (
        token is None
        or before is None
        or here.top != "key"
        or token.kind not in {"INT", "FLOAT", "STRING", "NAME", "-"}
    ):
        return None
    return error(
        "KX0641",
        f"a `:` is missing before the value of `{before.text}`",
        here.span(token),
        hint=f"write `{before.text}: {token.text}`" if token.kind != "-" else "only messages need none",
    )


def option_value(here: Situation) -> Diagnostic | None:
    """`[a = [1, 2]]`: lists stand in aggregates only."""
    token = here.found
    if token is None or token.kind != "[" or here.top != "=" or "STRING" not in here.expected:
        return None
    return error(
        "KX0610",
        "an option takes no list",
        here.span(token),
        hint="set a repeated option once for each value, or write the list within `{ … }`",
    )


SLIPS: Final[tuple[Callable[[Situation], Diagnostic | None], ...]] = (
    *STATEMENT_SLIPS,
    missing_number,
    number_first,
    colon_for_equals,
    missing_equals,
    no_integer,
    range_marks,
    mixed_reserved,
    second_label,
    misspelt_label,
    map_in_map,
    containers,
    missing_quotes,
    dotted_name,
    method_parts,
    empty_brackets,
    option_without_value,
    missing_colon,
    option_value,
)
