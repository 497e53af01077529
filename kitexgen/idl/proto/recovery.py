"""What the parser does at a mistake: say so once, then find the place where sense begins again."""

from __future__ import annotations

from typing import Final, Protocol

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.lalr import ERROR, Stack, Terminal
from kitexgen.idl.mistakes import MAX_MISTAKES
from kitexgen.idl.proto import syntax_errors
from kitexgen.idl.proto.keywords import LABELS
from kitexgen.idl.proto.places import LISTS, STATEMENTS_OF, statement_start
from kitexgen.idl.proto.terminals import ProtoTerminals
from kitexgen.idl.situation import Situation
from kitexgen.idl.terminals import TOO_DEEP, Way

# What may have been forgotten: tried in this order, taken when the word that does not fit fits behind it.
_FORGOTTEN: Final = ("=", "]", ")", ">", "(", "RETURNS", ":", ",", "NAME", "INT", "{")
_HEADS: Final = frozenset({"MESSAGE", "ENUM", "SERVICE", "ONEOF", "EXTEND", "VISIBILITY"})
_HEAD_WORDS: Final = 12


class Builder(Protocol):
    """What recovery tells of its doings."""

    def report(self, diagnostic: Diagnostic) -> None: ...


class ProtoRecovery:
    """Recovery for the Protobuf grammar. Every step either moves on in the file or closes a list, so it ends."""

    def __init__(self, path: str, terminals: ProtoTerminals, builder: Builder) -> None:
        self._path = path
        self._terminals = terminals
        self._builder = builder
        self._mistakes = 0
        # Where the last recovery told the parser to go on: a mistake right there is no new one.
        self._resumed_at = -1
        self._is_lost = False
        # A `(` was made up, so that its `)` is no news either.
        self._owes_closer = False

    def on_error(self, found: Terminal | None, stack: Stack) -> Terminal:
        terminals = self._terminals
        index = found.index if found is not None else len(terminals.tokens)
        here = Situation(
            self._path,
            terminals.text,
            terminals.tokens,
            index,
            stack,
            LISTS,
            is_too_deep=found is not None and found.type == TOO_DEEP,
            is_definition=self._is_definition(index, stack),
        )
        if self._owes_closer:
            self._owes_closer = False
            if found is not None and self._closes(found, here):
                return self._insert(")", found, here)
        is_news = index != self._resumed_at and not self._is_lost
        if is_news and not (found is None and terminals.is_cut):
            self._mistakes += 1
            self._is_lost = self._mistakes > MAX_MISTAKES
            self._builder.report(syntax_errors.describe(here))
        if is_news and found is not None and (way := self._mend(found, here)):
            return way
        return self._give_up(found, here, is_news=is_news)

    def _is_definition(self, index: int, stack: Stack) -> bool:
        """Whether a statement of the file begins at the word that does not fit, or did with words read as a field."""
        if self._terminals.opens_definition(index):
            return True
        start = statement_start(stack.symbols, self._terminals.tokens)
        return start is not None and start < index and self._terminals.opens_definition(start)

    def _closes(self, found: Terminal, here: Situation) -> bool:
        """Whether a `)` was left out before `found`, as the `(` was."""
        if found.value.text == "returns":
            self._terminals.tokens[found.index] = found.value._replace(kind="RETURNS")
        return here.stack.accepts((")", self._terminals.kind(found.index)))

    # ---- small mends ----------------------------------------------------------------------------------------------

    def _mend(self, found: Terminal, here: Situation) -> Terminal | None:
        """Go on as if the one missing word stood there, when that makes `found` fit; else None."""
        terminals = self._terminals
        if here.is_too_deep or not here.partial or here.is_definition:
            return None
        if here.open_brackets[-1:] == ["<"] and found.type in {"NAME", "PATH"}:
            return None  # `map<string, repeated int32>`: a word too many rather than one too few
        if found.type == "," and here.stack.accepts((";",)) and not here.open_brackets:
            # A comma in the place of a semicolon.
            terminals.go_to(found.index + 1, depth=len(here.unclosed))
            terminals.begin_statement(found.index + 1)
            return Terminal(";", found.value, found.index)
        if found.type == ":" and here.stack.accepts(("=", terminals.kind(found.index + 1))):
            terminals.go_to(found.index + 1, depth=len(here.unclosed))
            return Terminal("=", found.value, found.index)
        if self._ends_before(found, here):
            terminals.begin_statement(found.index)
            if here.stack.accepts((";", terminals.kind(found.index))):
                return self._insert(";", found, here)
        kind = here.forgotten(kind for kind in _FORGOTTEN if self._may_be_missing(kind, found, here))
        if kind is not None:
            if kind == "{":
                terminals.begin_statement(found.index)
            self._owes_closer = kind == "("
            return self._insert(kind, found, here)
        return self._jump_to_body(found, here)

    def _insert(self, kind: str, found: Terminal, here: Situation) -> Terminal:
        self._terminals.go_to(found.index, depth=len(here.unclosed))
        self._resumed_at = -1
        return self._terminals.make_up(kind, found.index)

    def _ends_before(self, found: Terminal, here: Situation) -> bool:
        """Whether the statement at hand is over, but for its `;`."""
        return ";" in here.expected and (here.is_on_new_line or found.type == "}")

    def _may_be_missing(self, kind: str, found: Terminal, here: Situation) -> bool:
        """Whether it makes sense to take `kind` for forgotten, beyond that `found` fits behind it."""
        if kind == "NAME":
            return found.type not in {"NAME", "PATH", ";"}
        if kind == ",":
            return found.type != "-"
        if kind == "INT":
            return found.type in {";", "["}
        if kind == "{":
            return here.is_on_new_line and here.partial[0][0] in _HEADS
        if kind == "=":
            return found.type in {"INT", "STRING", "FLOAT", "{", "-"} or not here.is_on_new_line
        return True

    def _jump_to_body(self, found: Terminal, here: Situation) -> Terminal | None:
        """In a broken head of a message, enum, …: leave the rest of the head out, so that its body is read."""
        head = [kind for kind, _ in here.partial]
        if head[0] not in _HEADS or "{" in head:
            return None
        for index in range(found.index, found.index + _HEAD_WORDS):
            kind = self._terminals.kind(index)
            if kind == "{":
                missing = () if here.stack.accepts(("{",)) else ("NAME",)
                if not here.stack.accepts((*missing, "{")):
                    return None
                self._terminals.go_to(index, *missing, depth=len(here.unclosed))
                self._resumed_at = index
                return self._terminals.next()
            if not kind or kind in {"}", ";"}:
                return None
        return None

    # ---- giving up the statement ----------------------------------------------------------------------------------

    def _give_up(self, found: Terminal | None, here: Situation, *, is_news: bool) -> Terminal:
        """Drop the statement that does not parse and go on at the next one."""
        terminals = self._terminals
        closers = ("}",) * here.depth_of_list
        if self._is_lost:
            way = Way(len(terminals.tokens), closers)
        elif found is None:
            way = Way(here.index, closers)
        elif here.is_definition and here.list_name != "file":
            start = statement_start(here.stack.symbols, terminals.tokens)
            is_earlier = start is not None and terminals.opens_definition(start)
            way = Way(start if is_earlier and start is not None else here.index, closers)
        else:
            way = self._next_statement(here, here.index if is_news else here.index + 1)
        # Where nothing was skipped the next mistake is a consequence of this one.
        self._resumed_at = way.index if way.index == here.index else -1
        terminals.go_to(way.index, *way.closers, depth=here.depth_of_list)
        terminals.begin_statement(way.index)
        return terminals.make_up(ERROR, here.index)

    def _next_statement(self, here: Situation, start: int) -> Way:
        """From `start` on, the first place where a statement of the list at hand, or its end, can stand."""
        terminals = self._terminals
        depth = sum(bracket == "{" for bracket in here.open_brackets)
        is_value = "[" in here.open_brackets or any(kind == "option_name" for kind, _ in here.partial)
        index = start
        while index < len(terminals.tokens):
            kind = terminals.kind(index)
            is_further = index > here.index or (bool(here.partial) and here.is_on_new_line)
            if is_further and terminals.opens_definition(index):
                return Way(index, ("}",) * here.depth_of_list)
            if is_further and depth == 0 and self._begins_statement(here, index):
                return Way(index)
            if kind == "{":
                depth += 1
            elif kind == "}":
                if depth == 0:
                    return Way(index + 1 if here.list_name == "file" else index)
                depth -= 1
                if depth == 0 and not is_value:
                    return Way(index + 1)
            elif kind == ";" and depth == 0:
                return Way(index + 1)
            index += 1
        return Way(index, ("}",) * here.depth_of_list)

    def _begins_statement(self, here: Situation, index: int) -> bool:
        """Whether a word that opens a statement of the list at hand leads a line here."""
        word = self._terminals.text_of(index)
        if not self._terminals.is_first_on_line(index):
            return False
        if word in LABELS:
            return here.list_name in {"message_items", "extend_items"}
        return word in STATEMENTS_OF[here.list_name] and self._terminals.kind(index + 1) != "="
