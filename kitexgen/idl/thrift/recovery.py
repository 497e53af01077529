"""What the parser does at a mistake: say so once, then find the place where sense begins again."""

from __future__ import annotations

from typing import Final, Protocol

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.lalr import ERROR, Stack, Terminal
from kitexgen.idl.mistakes import MAX_MISTAKES
from kitexgen.idl.situation import CLOSERS, Situation
from kitexgen.idl.terminals import TOO_DEEP, Way
from kitexgen.idl.thrift import syntax_errors
from kitexgen.idl.thrift.keywords import KEYWORDS, REQUIREMENTS, TOP_KINDS, TYPE_KINDS
from kitexgen.idl.thrift.terminals import ThriftTerminals
from kitexgen.idl.tokens import Token

# The lists of the grammar in which it recovers, and what closes each.
_LISTS: Final[dict[str, tuple[str, ...]]] = {
    "record_fields": ("}",),
    "members": ("}",),
    "methods": ("}",),
    "arguments": (")",),
    "annotation_items": (")",),
    "document": (),
}

# What may have been forgotten: tried in this order, taken when the word that does not fit fits behind it.
_FORGOTTEN: Final = ("NAME", ":", ">", ")", "]", "(", "=", ",")
_FORGOTTEN_IN_HEAD: Final = ("NAME", "{")
_HEADS: Final = frozenset({"RECORD", "ENUM", "SERVICE"})
_NO_TYPES: Final = frozenset({"REQUIREMENT", "ONEWAY", "EXTENDS", "THROWS", "VOID"})
_HEAD_WORDS: Final = 12

_FIELD_LISTS: Final = frozenset({"record_fields", "arguments"})


class Builder(Protocol):
    """What recovery tells of its doings. `is_patching` is true while the parser ends items early."""

    is_patching: bool

    def report(self, diagnostic: Diagnostic) -> None: ...


class ThriftRecovery:
    """Recovery for the Thrift grammar. Every step either moves on in the file or closes a list, so it ends."""

    def __init__(self, path: str, terminals: ThriftTerminals, builder: Builder) -> None:
        self._path = path
        self._terminals = terminals
        self._builder = builder
        self._mistakes = 0
        # Where the last recovery told the parser to go on: a mistake right there is no new one.
        self._resumed_at = -1
        self._is_lost = False

    def on_error(self, found: Terminal | None, stack: Stack) -> Terminal:
        terminals = self._terminals
        index = found.index if found is not None else len(terminals.tokens)
        is_too_deep = found is not None and found.type == TOO_DEEP
        situation = Situation(
            self._path,
            terminals.text,
            terminals.tokens,
            index,
            stack,
            _LISTS,
            is_too_deep=is_too_deep,
            is_definition=terminals.opens_definition(index),
        )
        if found is not None and found.type != "NAME" and self._may_be_name(found, situation):
            return Terminal("NAME", found.value, index)
        is_news = index != self._resumed_at and not self._is_lost
        if is_news and not (found is None and terminals.is_cut):
            self._tell(situation)
        if is_news and found is not None and (way := self._mend(found, situation)):
            return way
        return self._give_up(found, situation, is_news=is_news)

    def _tell(self, situation: Situation) -> None:
        self._mistakes += 1
        self._is_lost = self._mistakes > MAX_MISTAKES
        self._builder.report(syntax_errors.describe(situation))

    # ---- keywords as names ----------------------------------------------------------------------------------------

    def _may_be_name(self, found: Terminal, here: Situation) -> bool:
        """Whether a keyword that fits nothing else stands here as a name.

        thriftgo knows keywords only where its grammar asks for them; Apache 0.25 lets fields and arguments be called
        so. The grammar has only NAME: nothing is spent on this while names are ordinary, and it has no conflicts.
        """
        token: Token = found.value
        if token.text not in KEYWORDS or not here.stack.accepts(("NAME",)):
            return False
        if self._terminals.opens_definition(found.index):
            return False
        if here.is_at_start:
            return here.list_name in {"members", "annotation_items"}
        if here.stack.accepts(("BASE",)):
            opens_body = self._terminals.kind(found.index + 2) == "{" or self._terminals.kind(found.index + 1) == "{"
            return found.type not in _NO_TYPES and not (found.type in TOP_KINDS and opens_body)
        if here.stack.accepts(("LITERAL",)):
            return not self._terminals.is_first_on_line(found.index)
        return not self._follows_misspelt_requirement(found.index)

    def _follows_misspelt_requirement(self, index: int) -> bool:
        """`1: REQUIRED i32 id`: without this, a field called `i32` of type `REQUIRED`."""
        if self._terminals.kind(index - 1) != "NAME":
            return False
        is_followed_by_name = self._terminals.kind(index + 1) in {"NAME", "<"}
        return is_followed_by_name and nearest(self._terminals.tokens[index - 1].text, REQUIREMENTS) is not None

    # ---- small mends ----------------------------------------------------------------------------------------------

    def _mend(self, found: Terminal, here: Situation) -> Terminal | None:
        """Go on as if the one missing word stood there, when that makes `found` fit; else None."""
        terminals = self._terminals
        if here.is_too_deep or found.type in {",", ";"}:
            return None
        # Behind a whole item nothing is missing but perhaps the end of its list.
        is_head = bool(here.partial) and here.partial[0][0] in _HEADS and not here.open_brackets
        kinds = here.closers if here.is_whole else _FORGOTTEN_IN_HEAD if is_head else _FORGOTTEN
        kind = here.forgotten(kind for kind in kinds if self._may_be_missing(kind, found, here))
        if kind is not None and here.partial and kind != "}":
            terminals.go_to(found.index, depth=len(here.unclosed))
            self._resumed_at = -1
            return terminals.make_up(kind, found.index)
        return self._jump_to_body(found, here)

    def _may_be_missing(self, kind: str, found: Terminal, here: Situation) -> bool:
        """Whether it makes sense to take `kind` for forgotten, beyond that `found` fits behind it."""
        if kind == "NAME":
            # `1: requred string name`: a word too many rather than one too few.
            return here.is_on_new_line or found.type not in TYPE_KINDS
        return kind in {">", ")", "]", "{"} or not here.is_on_new_line

    def _jump_to_body(self, found: Terminal, here: Situation) -> Terminal | None:
        """In a broken head of a struct, enum or service: leave the rest of the head out, so that its body is read."""
        head = [kind for kind, _ in here.partial]
        if not head or head[0] not in _HEADS or "{" in head:
            return None
        for index in range(found.index, found.index + _HEAD_WORDS):
            kind = self._terminals.kind(index)
            if kind == "{":
                missing = () if here.stack.accepts(("{",)) else ("NAME",)
                if not here.stack.accepts((*missing, "{")):
                    return None
                self._terminals.go_to(index, *missing, depth=len(here.unclosed))
                self._resumed_at = index
                following = self._terminals.next()
                assert following is not None
                return following
            if not kind or kind == "}" or self._terminals.opens_definition(index):
                return None
        return None

    # ---- giving up the item ---------------------------------------------------------------------------------------

    def _give_up(self, found: Terminal | None, here: Situation, *, is_news: bool) -> Terminal:
        """Drop the item that does not parse and go on at the next one."""
        terminals = self._terminals
        if self._is_lost:
            way = Way(len(terminals.tokens), here.closers)
        elif found is None:
            way = Way(here.index, here.closers)
        else:
            way = self._next_item(here, here.index if is_news else here.index + 1)
        # Where nothing was skipped the next mistake is a consequence of this one.
        self._resumed_at = way.index if way.index == here.index else -1
        self._builder.is_patching = True
        terminals.go_to(way.index, *way.closers, depth=here.depth_of_list)
        return terminals.make_up(ERROR, here.index)

    def _next_item(self, here: Situation, start: int) -> Way:
        """From `start` on, the first place where an item of the list at hand, or its end, can stand."""
        terminals = self._terminals
        brackets = here.open_brackets
        index = start
        while index < len(terminals.tokens):
            kind = terminals.kind(index)
            if terminals.opens_definition(index):
                return Way(index, here.closers)
            # What does not fit may be the first word of the next item, if this one has words to drop.
            is_further = index > here.index or (bool(here.partial) and here.is_on_new_line)
            if is_further and self._begins_item(here.list_name, index, brackets):
                return Way(index)
            if kind in CLOSERS:
                brackets.append(kind)
            elif kind in {"}", ")", "]", ">"}:
                way = self._close(kind, index, brackets, here)
                if way is not None:
                    return way
            elif kind in {",", ";"} and not brackets and here.list_name != "document":
                return Way(index)
            index += 1
        return Way(index, here.closers)

    def _close(self, kind: str, index: int, brackets: list[str], here: Situation) -> Way | None:
        """Take a closing bracket into account; the way on when it closes the list at hand."""
        opener = {"}": "{", ")": "(", "]": "[", ">": "<"}[kind]
        if opener in brackets:
            while brackets.pop() != opener:
                continue
            ends_definition = here.list_name == "document" and kind == "}" and not brackets
            if ends_definition and self._terminals.kind(index + 1) != "(":
                return Way(index + 1)
            return None
        if kind == "}":
            return Way(index + 1) if here.list_name == "document" else Way(index, here.closers_before("}"))
        if kind == ")" and here.closers == (")",):
            return Way(index)
        return None

    def _begins_item(self, list_name: str, index: int, brackets: list[str]) -> bool:
        kind = self._terminals.kind(index)
        is_first = self._terminals.is_first_on_line(index)
        if list_name in _FIELD_LISTS and kind == "INT" and self._terminals.kind(index + 1) == ":":
            # Within a map constant `1:` may be a key; what follows tells.
            follower = self._terminals.kind(index + 2)
            return not brackets or (is_first and follower in {"REQUIREMENT", "BASE", "MAP", "SET", "LIST"})
        if list_name == "methods" and kind in {"VOID", "ONEWAY"} and is_first:
            return True
        if brackets or not is_first:
            return False
        starters = _STARTERS.get(list_name)
        return starters is not None and kind in starters


_STARTERS: Final[dict[str, frozenset[str]]] = {
    "record_fields": TYPE_KINDS | {"REQUIREMENT"},
    "arguments": TYPE_KINDS | {"REQUIREMENT"},
    "methods": TYPE_KINDS,
    "members": frozenset({"NAME"}),
    "document": TOP_KINDS | {"NAME", "@"},
}
