"""Where the cursor stands in a Thrift file, by the words before it: broken files are what completion is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from kitexgen.idl.thrift.keywords import TOP_KINDS
from kitexgen.idl.thrift.lexer import lex
from kitexgen.idl.tokens import Token


class Slot(Enum):
    """What may come next."""

    NOTHING = auto()
    TOP = auto()
    INCLUDE_PATH = auto()
    NAMESPACE_SCOPE = auto()
    TYPE = auto()
    FIELD = auto()  # an id, a requirement or a type
    FIELD_TYPE = auto()  # a requirement or a type
    METHOD = auto()
    RESULT = auto()
    SERVICE_NAME = auto()
    EXTENDS = auto()
    THROWS = auto()
    NUMBER = auto()
    VALUE = auto()
    RECORD_KEY = auto()
    ANNOTATION_KEY = auto()
    ANNOTATION_VALUE = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """`opener` is where the body or list around the cursor opens, -1 in none; `role` what it is. `expects` is the name
    of the type that a value is wanted of, when it is one name; `key` that of the annotation. With `in_literal` the
    cursor stands between quotes.
    """

    slot: Slot
    role: str = ""
    opener: int = -1
    expects: str | None = None
    key: str | None = None
    in_literal: bool = False


@dataclass(slots=True)
class _Frame:
    kind: str
    role: str
    index: int


_HEADS = {"RECORD": "record", "ENUM": "enum", "SERVICE": "service"}
_FIELDS = frozenset({"record", "arguments", "throws"})
_CLOSERS = {"{": "}", "(": ")", "[": "]", "<": ">"}


def thrift_place(text: str, start: int) -> Place:
    """What may stand at `start`, where the word under the cursor begins."""
    before = text[:start]
    lexed = lex(before, "")
    if lexed.is_cut or (lexed.comments and lexed.comments[-1].end == start and not before.endswith("*/")):
        return Place(Slot.NOTHING)
    tokens = list(lexed.tokens)
    in_literal = bool(tokens) and tokens[-1].kind == "LITERAL" and _is_open(before, tokens[-1])
    if in_literal:
        tokens.pop()
    frames = _frames(tokens)
    finder = _Finder(text, start, tokens, frames)
    return replace(finder.in_literal(), in_literal=True) if in_literal else finder.place()


def _is_open(before: str, literal: Token) -> bool:
    """Whether the cursor stands in `literal`: a closing quote would have ended it."""
    written = before[literal.start :]
    return literal.end >= len(before) and (len(written) < 2 or written[-1] != written[0])


def _frames(tokens: Sequence[Token]) -> list[_Frame]:
    """The brackets that are open at the end, outermost first."""
    frames: list[_Frame] = []
    head = ""
    for index, token in enumerate(tokens):
        if token.kind in _CLOSERS:
            frames.append(_Frame(token.kind, _role(tokens, index, frames, head), index))
        elif token.kind in {"}", ")", "]", ">"}:
            if frames and _CLOSERS[frames[-1].kind] == token.kind:
                frames.pop()
            if token.kind == "}" and not frames:
                head = ""
        elif token.kind in TOP_KINDS and (not frames or _opens_body(tokens, index)):
            # `struct Name {` begins a definition, whatever was left open before it.
            frames.clear()
            head = _HEADS.get(token.kind, "")
    return frames


def _opens_body(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index].kind in _HEADS and [token.kind for token in tokens[index + 1 : index + 3]] == ["NAME", "{"]


def _role(tokens: Sequence[Token], index: int, frames: list[_Frame], head: str) -> str:
    kind = tokens[index].kind
    before = tokens[index - 1].kind if index else ""
    if kind == "{":
        return head if not frames and head and before not in {"=", ":", ","} else "map"
    if kind == "(":
        if before == "THROWS":
            return "throws"
        in_service = bool(frames) and frames[-1].role == "service"
        return "arguments" if in_service and before == "NAME" else "annotations"
    return "list" if kind == "[" else "types"


class _Finder:
    def __init__(self, text: str, start: int, tokens: list[Token], frames: list[_Frame]) -> None:
        self._text = text
        self._start = start
        self._tokens = tokens
        self._frames = frames
        self._role = frames[-1].role if frames else ""
        self._opener = tokens[frames[-1].index].start if frames else -1

    def place(self) -> Place:
        if not self._frames:
            return self._top()
        match self._role:
            case "record" | "arguments" | "throws":
                return self._field()
            case "enum":
                return self._at(Slot.NUMBER if self._kind(-1) == "=" else Slot.NOTHING)
            case "service":
                return self._service()
            case "types":
                return self._at(Slot.TYPE)
            case "annotations":
                return self._annotation(in_literal=False)
            case _:
                return self._value()

    def in_literal(self) -> Place:
        if self._role == "annotations":
            return self._annotation(in_literal=True)
        if self._kind(-1) in {"INCLUDE", "CPP_INCLUDE"}:
            return self._at(Slot.INCLUDE_PATH if self._kind(-1) == "INCLUDE" else Slot.NOTHING)
        if self._role == "map" and self._kind(-1) in {"{", ",", ";", "LITERAL", "NAME", "INT"}:
            return Place(Slot.RECORD_KEY, self._role, self._opener, self._expected())
        return Place(Slot.NOTHING)

    # ---- each kind of body ----------------------------------------------------------------------------------------

    def _top(self) -> Place:
        last = self._kind(-1)
        if last == "NAMESPACE":
            return self._at(Slot.NAMESPACE_SCOPE)
        if last in {"CONST", "TYPEDEF"}:
            return self._at(Slot.TYPE)
        if last == "EXTENDS":
            return self._at(Slot.SERVICE_NAME)
        if last == "=":
            return Place(Slot.VALUE, "", -1, self._expected())
        if last == "NAME" and self._kind(-2) == "SERVICE":
            return self._at(Slot.EXTENDS)
        return self._at(Slot.TOP if self._is_new_line() else Slot.NOTHING)

    def _field(self) -> Place:
        last = self._kind(-1)
        if last == ":":
            return self._at(Slot.FIELD_TYPE)
        if last == "REQUIREMENT":
            return self._at(Slot.TYPE)
        if last == "=":
            return Place(Slot.VALUE, self._role, self._opener, self._expected())
        is_start = last in {"{", "(", ",", ";"} or (self._is_new_line() and last not in {"BASE", ">"})
        return self._at(Slot.FIELD if is_start else Slot.NOTHING)

    def _service(self) -> Place:
        last = self._kind(-1)
        if last == "ONEWAY":
            return self._at(Slot.RESULT)
        if last == ")" and not self._is_new_line():
            return self._at(Slot.THROWS)
        return self._at(Slot.METHOD if self._is_new_line() or last in {"{", ",", ";"} else Slot.NOTHING)

    def _annotation(self, *, in_literal: bool) -> Place:
        last = self._kind(-1)
        holder = "field"
        outer = self._frames[-2].role if len(self._frames) > 1 else ""
        if outer == "service":
            holder = "method"
        elif outer not in _FIELDS:
            holder = "other"
        if last == "=":
            key = self._tokens[-2].text if len(self._tokens) > 1 else None
            return Place(Slot.ANNOTATION_VALUE, holder, self._opener, key=key)
        if in_literal or last not in {"(", ",", ";", "LITERAL"}:
            return Place(Slot.NOTHING)
        return Place(Slot.ANNOTATION_KEY, holder, self._opener)

    def _value(self) -> Place:
        is_place = self._kind(-1) in {"[", "{", ",", ";", ":"}
        return Place(Slot.VALUE if is_place else Slot.NOTHING, self._role, self._opener)

    # ---- what is around -------------------------------------------------------------------------------------------

    def _expected(self) -> str | None:
        """The type before the name before the `=` that the value belongs to, when it is written as one name."""
        at = len(self._tokens) - 1
        frames = [frame.index for frame in self._frames if frame.role in {"map", "list"}]
        if frames:
            at = frames[0] - 1
        if at < 2 or self._tokens[at].kind != "=":
            return None
        type = self._tokens[at - 2]
        return type.text if type.kind in {"NAME", "BASE"} else None

    def _at(self, slot: Slot) -> Place:
        return Place(slot, self._role, self._opener)

    def _kind(self, offset: int) -> str:
        return self._tokens[offset].kind if len(self._tokens) >= -offset else ""

    def _is_new_line(self) -> bool:
        """Whether nothing but blanks and comments stands before the cursor on its line."""
        if not self._tokens:
            return True
        return "\n" in self._text[self._tokens[-1].end : self._start]
