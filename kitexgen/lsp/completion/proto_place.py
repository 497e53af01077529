"""Where the cursor stands in a Protobuf file, by the words before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final

from kitexgen.idl.proto.lexer import Lexed, lex
from kitexgen.idl.tokens import Token


class Slot(Enum):
    """What may come next."""

    NOTHING = auto()
    STATEMENT = auto()  # the first word of one in the body `role`
    TYPE = auto()
    MAP_KEY = auto()
    MESSAGE_TYPE = auto()
    RPC_TYPE = auto()  # `stream`, or a message
    RETURNS = auto()
    NUMBER = auto()
    IMPORT_KIND = auto()
    IMPORT_PATH = auto()
    SYNTAX_VALUE = auto()
    OPTION_NAME = auto()
    EXTENSION_NAME = auto()
    OPTION_VALUE = auto()
    AGGREGATE_KEY = auto()
    AGGREGATE_VALUE = auto()


# The message of options that each body, or list in brackets, sets.
_OPTIONS: Final = {
    "file": "google.protobuf.FileOptions",
    "message": "google.protobuf.MessageOptions",
    "oneof": "google.protobuf.OneofOptions",
    "enum": "google.protobuf.EnumOptions",
    "service": "google.protobuf.ServiceOptions",
    "rpc": "google.protobuf.MethodOptions",
    "field": "google.protobuf.FieldOptions",
    "value": "google.protobuf.EnumValueOptions",
    "ranges": "google.protobuf.ExtensionRangeOptions",
}
_BODIES: Final = {
    "message": "message",
    "group": "message",
    "enum": "enum",
    "service": "service",
    "oneof": "oneof",
    "extend": "extend",
    "rpc": "rpc",
}
# In these a comma ends what a semicolon ends in bodies.
_LISTS: Final = frozenset({"field", "value", "ranges", "list", "aggregate"})
_LABELS: Final = frozenset({"optional", "required", "repeated"})


@dataclass(frozen=True, slots=True)
class Place:
    """`role` is the body around the cursor, which opens at `opener`; `before` the words of the statement so far.

    `options` is the message that an option sets a part of, `parts` the parts of the option's name before the cursor
    (an extension in parentheses), `keys` those of the aggregates around it, outermost first.
    """

    slot: Slot
    role: str = "file"
    opener: int = -1
    before: tuple[str, ...] = ()
    options: str | None = None
    parts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    in_literal: bool = False


@dataclass(slots=True)
class _Frame:
    """A bracket that is open; `statement` are the words since the last boundary inside it."""

    role: str
    opener: int
    statement: list[Token] = field(default_factory=list)


def proto_place(text: str, start: int) -> Place:
    """What may stand at `start`, where the word under the cursor begins."""
    before = text[:start]
    lexed = lex(before, "")
    tokens = list(lexed.tokens)
    in_literal = bool(tokens) and tokens[-1].kind == "STRING" and _is_open(before, tokens[-1])
    if not in_literal and _in_comment(before, lexed):
        return Place(Slot.NOTHING)
    if in_literal:
        tokens.pop()
    frames = _frames(tokens)
    place = _literal(frames) if in_literal else _place(frames)
    return replace(place, in_literal=in_literal)


def _in_comment(before: str, lexed: Lexed) -> bool:
    """Whether the text ends inside a comment."""
    if lexed.is_cut:
        return True
    last = lexed.tokens[-1].end if lexed.tokens else lexed.begin
    rest = before[last:]
    line = rest.rpartition("\n")[2]
    return last in lexed.gap_after and "//" in line and not line.rstrip().endswith("*/")


def _is_open(before: str, literal: Token) -> bool:
    written = before[literal.start :]
    return literal.end >= len(before) and (len(written) < 2 or written[-1] != written[0])


def _frames(tokens: Sequence[Token]) -> list[_Frame]:
    """The file, and in it the brackets that are open at the end, outermost first."""
    frames = [_Frame("file", -1)]
    for token in tokens:
        inner = frames[-1]
        if token.kind in {"{", "[", "("} or (token.kind == "<" and _opens_map(inner)):
            role = _role(frames, token.kind)
            inner.statement.append(token)
            frames.append(_Frame(role, token.start))
        elif token.kind in {"}", "]", ")", ">"} and len(frames) > 1:
            frames.pop()
            if inner.role in {"extension", "rpc types"}:
                # The name of an extension is a part of that of the option.
                frames[-1].statement += inner.statement
            frames[-1].statement.append(token)
            is_body = token.kind == "}" and inner.role not in {"aggregate"}
            if is_body:
                frames[-1].statement.clear()
        elif token.kind == ";" or (token.kind == "," and inner.role in _LISTS):
            inner.statement.clear()
        else:
            inner.statement.append(token)
    return frames


def _opens_map(frame: _Frame) -> bool:
    return bool(frame.statement) and frame.statement[-1].text == "map"


def _role(frames: Sequence[_Frame], kind: str) -> str:
    inner = frames[-1]
    words = [token.text for token in inner.statement]
    if kind == "<":
        return "map"
    if kind == "(":
        return "rpc types" if words[:1] == ["rpc"] else "extension"
    if kind == "[":
        if inner.role == "aggregate" or (words[:1] == ["option"]):
            return "list"
        if words[:1] == ["extensions"]:
            return "ranges"
        return "value" if inner.role == "enum" else "field"
    if inner.role in {"field", "value", "ranges", "aggregate", "list"} or words[:1] == ["option"]:
        return "aggregate"
    return next((_BODIES[word] for word in words[:3] if word in _BODIES), "aggregate")


def _literal(frames: Sequence[_Frame]) -> Place:
    words = tuple(token.text for token in frames[-1].statement)
    if words[:1] == ("import",):
        return Place(Slot.IMPORT_PATH, before=words)
    if words in {("syntax", "="), ("edition", "=")}:
        return Place(Slot.SYNTAX_VALUE, before=words)
    return Place(Slot.NOTHING)


def _place(frames: list[_Frame]) -> Place:
    inner = frames[-1]
    words = tuple(token.text for token in inner.statement)
    match inner.role:
        case "map":
            return Place(Slot.TYPE if "," in words else Slot.MAP_KEY)
        case "rpc types":
            return Place(Slot.RPC_TYPE if not words else Slot.MESSAGE_TYPE)
        case "extension":
            return _option(frames[:-1], in_parentheses=True)
        case "field" | "value" | "ranges" | "list" | "aggregate":
            return _option(frames, in_parentheses=False)
        case _:
            if words[:1] == ("option",):
                return _option(frames, in_parentheses=False)
            return replace(_statement(inner.role, words), opener=inner.opener)


def _statement(role: str, words: tuple[str, ...]) -> Place:
    if not words:
        return Place(Slot.STATEMENT, role)
    first, last = words[0], words[-1]
    if role == "file":
        by_first = {"import": Slot.IMPORT_KIND, "extend": Slot.MESSAGE_TYPE}
        if len(words) == 1 and first in by_first:
            return Place(by_first[first], role, before=words)
        is_value = first in {"syntax", "edition"} and last == "="
        return Place(Slot.SYNTAX_VALUE if is_value else Slot.NOTHING, role, before=words)
    if first == "rpc":
        return Place(Slot.RETURNS if last == ")" and "returns" not in words else Slot.NOTHING, role, before=words)
    if first == "extend" and len(words) == 1:
        return Place(Slot.MESSAGE_TYPE, role)
    if last in _LABELS and len(words) == 1:
        return Place(Slot.TYPE, role, before=words)
    if last == "=" or (first in {"reserved", "extensions"} and len(words) == 1):
        return Place(Slot.NUMBER, role, before=words)
    return Place(Slot.NOTHING, role, before=words)


# ---- options -------------------------------------------------------------------------------------------------------


def _option(frames: Sequence[_Frame], *, in_parentheses: bool) -> Place:
    """In an option: where its name or its value is written, or in the aggregates of that."""
    at = next(index for index in range(len(frames) - 1, -1, -1) if frames[index].role not in {"aggregate", "list"})
    holder = frames[at]
    options = _OPTIONS.get(holder.role)
    words = [token.text for token in holder.statement]
    if words[:1] == ["option"]:
        words = words[1:]
    elif holder.role not in {"field", "value", "ranges"}:
        return Place(Slot.NOTHING)
    name, equals, rest = _split(words)
    if not equals:
        slot = Slot.EXTENSION_NAME if in_parentheses else Slot.OPTION_NAME
        return Place(slot, holder.role, options=options, parts=_parts(name))
    if at == len(frames) - 1:
        slot = Slot.NOTHING if rest else Slot.OPTION_VALUE
        return Place(slot, holder.role, options=options, parts=_parts(name))
    return _aggregate(frames[at + 1 :], options, _parts(name), in_parentheses=in_parentheses)


def _aggregate(frames: Sequence[_Frame], options: str | None, parts: tuple[str, ...], *, in_parentheses: bool) -> Place:
    keys = [_key(frame) for frame in frames[:-1] if frame.role == "aggregate"]
    inner = frames[-1]
    words = [token.text for token in inner.statement]
    place = Place(Slot.AGGREGATE_KEY, "aggregate", options=options, parts=parts, keys=tuple(keys))
    if in_parentheses:
        return replace(place, slot=Slot.NOTHING)
    if inner.role == "list" or (words and words[-1] == ":"):
        key = _key(inner) if inner.role == "aggregate" else keys[-1] if keys else ""
        own = tuple(keys) if inner.role == "list" else (*keys, key)
        return replace(place, slot=Slot.AGGREGATE_VALUE, keys=own)
    return place


def _key(frame: _Frame) -> str:
    """The key whose value is open, or is being written, in an aggregate."""
    words = [token.text for token in frame.statement]
    while words and words[-1] in {"{", "[", "<", ":"}:
        words.pop()
    return words[-1] if words else ""


def _split(words: list[str]) -> tuple[list[str], bool, list[str]]:
    if "=" not in words:
        return words, False, []
    at = words.index("=")
    return words[:at], True, words[at + 1 :]


def _parts(words: list[str]) -> tuple[str, ...]:
    """`( a.b ) .c.d` as `(a.b)`, `c`, `d`."""
    parts: list[str] = []
    for at, word in enumerate(words):
        if at > 0 and words[at - 1] == "(":
            parts.append(f"({word})")
        elif word not in {"(", ")", "."}:
            parts += [part for part in word.split(".") if part]
    return tuple(parts)
