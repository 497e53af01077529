"""Slips of whole statements: in another language, in the wrong place, ended by the wrong mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error
from kitexgen.idl.proto.keywords import FILE_WORDS, STATEMENT_WORDS, VISIBILITIES
from kitexgen.idl.proto.places import FIELD_LISTS, OWNERS
from kitexgen.idl.situation import Situation
from kitexgen.idl.tokens import Token

DIALECT: Final = "KX0615"

_THRIFT_WORDS: Final = frozenset({"namespace", "include", "struct", "typedef", "const", "exception", "union", "senum"})


# ---- statements ---------------------------------------------------------------------------------------------------


def dialect(here: Situation) -> Diagnostic | None:
    """A file that begins as one of Thrift does."""
    token = here.found
    if token is None or here.index != 0 or token.text not in _THRIFT_WORDS or here.kind(1) not in {"NAME", "STRING"}:
        return None
    return error(
        DIALECT,
        "this file is written in Thrift, not in Protobuf",
        here.span(token),
        f"`{token.text}` belongs to it",
        hint="give the file the ending `.thrift`",
    )


def stray_closer(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or here.partial or here.list_name != "file" or token.kind not in {"}", ")", "]", ">"}:
        return None
    return error("KX0612", f"this `{token.text}` closes nothing", here.span(token), hint="delete it")


def visibility(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or here.partial or token.text not in VISIBILITIES or here.word(1) not in STATEMENT_WORDS:
        return None
    return error(
        "KX0637", f"only a message or an enum can be `{token.text}`", here.span(token), hint=f"delete `{token.text}`"
    )


def misplaced_statement(here: Situation) -> Diagnostic | None:
    """A statement that Protobuf has, in a place that does not take it."""
    if here.list_name in FIELD_LISTS:
        return _statement_as_field(here)
    token = here.found
    if token is None or here.partial or token.text not in _HOMES or here.kind(1) in {"=", ""}:
        return None
    home = _HOMES[token.text]
    return error(
        "KX0617", f"`{token.text}` cannot stand in {OWNERS[here.list_name]}", here.span(token), hint=f"it stands {home}"
    )


def statement_in_enum(here: Situation) -> Diagnostic | None:
    """`message M {` and `int32 x = 1;` in an enum: the first word was read as the name of a value."""
    kinds = [kind for kind, _ in here.partial]
    token = here.found
    if here.list_name != "enum_items" or kinds not in (["NAME"], ["value_word"]) or token is None:
        return None
    if token.kind not in {"NAME", "PATH"} or here.is_on_new_line:
        return None
    word: Token = here.partial[0][1]
    if word.text in _HOMES and here.kind(1) != "=":
        return error(
            "KX0617", f"`{word.text}` cannot stand in an enum", here.span(word), hint=f"it stands {_HOMES[word.text]}"
        )
    return error("KX0610", "a value of an enum has no type", here.span(word), hint=f"delete `{word.text}`")


def _statement_as_field(here: Situation) -> Diagnostic | None:
    """`rpc F(…)` in a message, or `message M {` in a oneof, were read as the type and the name of a field."""
    first = _first_token(here)
    kinds = [kind for kind, _ in here.partial]
    if first is None or here.kind(0) not in {"{", "("} or kinds not in (["type", "NAME"], ["word_type", "NAME"]):
        return None
    if first.text not in _HOMES:
        return None
    owner = OWNERS[here.list_name]
    return error(
        "KX0617", f"`{first.text}` cannot stand in {owner}", here.span(first), hint=f"it stands {_HOMES[first.text]}"
    )


_HOMES: Final = {
    "rpc": "in a service",
    "oneof": "in a message",
    "extensions": "in a message",
    "reserved": "in a message or an enum",
    "message": "in a file or a message",
    "enum": "in a file or a message",
    "extend": "in a file or a message",
    "service": "in a file",
    "import": "in a file, outside of everything",
    "package": "in a file, outside of everything",
    "syntax": "at the beginning of the file",
    "edition": "at the beginning of the file",
    "optional": "in a message",
    "required": "in a message",
    "repeated": "in a message",
}


def unknown_statement(here: Situation) -> Diagnostic | None:
    """A word that opens no statement of a file, a service or the options of a method."""
    token = here.found
    wanted = _OPENERS.get(here.list_name)
    if token is None or here.partial or wanted is None or token.kind not in {"NAME", "PATH"}:
        return None
    meant = _FOREIGN_STATEMENTS.get(token.text) or nearest(token.text, wanted)
    hint = f"did you mean `{meant}`?" if meant in wanted else f"did you forget `{wanted[-1]}`?"
    if here.list_name == "file":
        hint = f"did you mean `{meant}`?" if meant else "fields and values stand within a `message` or an `enum`"
    return error(
        "KX0617", f"no statement of {OWNERS[here.list_name]} begins with `{token.text}`", here.span(token), hint=hint
    )


_OPENERS: Final[dict[str, tuple[str, ...]]] = {
    "file": FILE_WORDS,
    "service_items": ("option", "rpc"),
    "method_items": ("option",),
}
_FOREIGN_STATEMENTS: Final = {
    "struct": "message",
    "class": "message",
    "record": "message",
    "type": "message",
    "union": "message",
    "exception": "message",
    "interface": "service",
    "include": "import",
    "using": "import",
    "namespace": "package",
    "module": "package",
    "func": "rpc",
    "def": "rpc",
    "method": "rpc",
}


def inheritance(here: Situation) -> Diagnostic | None:
    """`message Person extends User {` and `service Shop : Base {`"""
    token, base = here.found, here.token(1)
    kinds = [kind for kind, _ in here.partial]
    if token is None or base is None or kinds not in (["MESSAGE", "NAME"], ["SERVICE", "NAME"]):
        return None
    if token.text not in {"extends", "implements", ":"} or base.kind not in {"NAME", "PATH"}:
        return None
    what, hint = {
        "MESSAGE": ("messages do", f"give it a field of type `{base.text}`"),
        "SERVICE": ("services do", f"write the methods of `{base.text}` here too, or let callers use both"),
    }[kinds[0]]
    return error("KX0610", f"{what} not extend each other in Protobuf", here.span(token), hint=hint)


def keyword_as_type(here: Situation) -> Diagnostic | None:
    """`message m = 1;`: protoc reads the beginning of a message."""
    kinds = [kind for kind, _ in here.partial]
    if here.kind(0) != "=" or len(kinds) != 2 or kinds[0] not in {"MESSAGE", "ENUM", "ONEOF", "EXTEND"}:
        return None
    first: Token = here.partial[0][1]
    return error(
        "KX0610",
        f"`{first.text}` begins a statement of its own, so it is no type here",
        here.span(first),
        hint=f"a type that is called so is written `.{first.text}` with its package before the name",
    )


# ---- ends of statements -------------------------------------------------------------------------------------------


def comma_for_semicolon(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or token.kind != "," or ";" not in here.expected or here.open_brackets:
        return None
    return error("KX0616", "statements end in `;`, not in `,`", here.span(token), hint="write `;`")


def stray_separator(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or token.kind != "," or here.partial:
        return None
    return error("KX0616", "no `,` may stand here", here.span(token), hint="delete it")


def two_statements(here: Situation) -> Diagnostic | None:
    """`;` is missing between two statements on one line, or before the `=` of a second value."""
    token = here.found
    if token is None or ";" not in here.expected or token.kind != "=" or here.top != "INT":
        return None
    return error(
        "KX0610",
        "a field has one number, and no value",
        here.span(token),
        hint="a default is written `[default = …]` behind the number, and only in proto2 and editions",
    )


def trailing_comma(here: Situation) -> Diagnostic | None:
    token = here.found
    if token is None or token.kind not in {"]", ";"} or here.top != ",":
        return None
    before = here.token(-1)
    assert before is not None  # the comma
    return error("KX0616", "nothing follows this `,`", here.span(before), hint="delete it")


def _first_token(here: Situation) -> Token | None:
    """The first token of the statement at hand."""
    start = _start(here.partial[0][1]) if here.partial else None
    return next((token for token in here.tokens if token.start == start), None) if start is not None else None


def _start(value: Any) -> int | None:
    if isinstance(value, Token):
        return value.start
    span = getattr(value, "span", None)
    return span.start if span is not None else None


STATEMENT_SLIPS: Final[tuple[Callable[[Situation], Diagnostic | None], ...]] = (
    dialect,
    stray_closer,
    visibility,
    misplaced_statement,
    statement_in_enum,
    unknown_statement,
    inheritance,
    keyword_as_type,
    comma_for_semicolon,
    stray_separator,
    trailing_comma,
    two_statements,
)
