"""Protobuf to a document: the tree says what comes, the cursor hands it out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kitexgen.fmt.columns import Row
from kitexgen.fmt.cursor import Cursor
from kitexgen.fmt.document import HARD, NOTHING, SOFT, SPACE, Document, IfFlat, concat, group, indent
from kitexgen.fmt.lists import brackets, lines
from kitexgen.fmt.options import FormatOptions
from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.lexer import lex
from kitexgen.idl.tokens import Comment

_Item = t.FileItem | t.MessageItem | t.EnumValueNode | t.MethodNode | t.SyntaxNode
_Rows = list[tuple[bool, Document | Row]]

_WithBody = (t.MessageNode, t.EnumNode, t.ServiceNode, t.ExtendNode)
_COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
# Tokens with no blank before them, and those with none behind.
_TIGHT_BEFORE: Final = frozenset({";", ",", ")", "]", ">", ":", "."})
_TIGHT_BEHIND: Final = frozenset({"(", "[", "<", "-", ".", ""})


def proto_document(text: str, tree: t.FileNode, options: FormatOptions) -> Document:
    """The whole file. `text` has `\\n` line ends and parses without an error to `tree`."""
    cursor = Cursor(text, lex(text, tree.path).tokens, proto_comments(text, tree.path))
    return _ProtoPrinter(cursor, options).file(tree)


def proto_comments(text: str, path: str) -> tuple[Comment, ...]:
    """Every comment of a file, in order."""
    found: list[Comment] = []
    for start, end in sorted(lex(text, path).gap_after.items()):
        for match in _COMMENT.finditer(text, start, end):
            found.append(Comment(match[0], match.start(), match.end(), is_doc=False))
    return tuple(found)


class _ProtoPrinter:
    def __init__(self, cursor: Cursor, options: FormatOptions) -> None:
        self._cursor = cursor
        self._options = options
        # The kind of the token before, which decides about the blank behind it.
        self._last = ""

    def file(self, tree: t.FileNode) -> Document:
        items: list[_Item] = [*([tree.syntax] if tree.syntax is not None else []), *tree.items]
        items.sort(key=lambda item: item.span.start)
        rows = self._rows(items)
        content = [*lines(rows, align=self._options.align), HARD]
        if self._cursor.kind:
            self._cursor.take("", "end of file")
        # A line break, or two, stand before each line, so before the first one too.
        begin = next((at for at, part in enumerate(content) if part is not HARD), None)
        return concat(content[begin:]) if begin is not None else NOTHING

    def _rows(self, items: Sequence[_Item]) -> _Rows:
        rows: _Rows = []
        before: _Item | None = None
        for item in items:
            comments = self._between()
            is_spaced = self._cursor.has_blank_line()
            self._cursor.start_line()
            self._last = ""
            found: _Rows = [*comments, (is_spaced, self._item(item))]
            # Where there is a blank line already, a comment before it may speak of what comes before.
            if before is None and not any(spaced for spaced, _ in found[1:]):
                # No blank line at the beginning, but before a comment that speaks of nothing near it.
                found[0] = (False, found[0][1])
            if before is not None and _stands_apart(before, item) and not any(spaced for spaced, _ in found):
                found[0] = (True, found[0][1])
            rows += found
            before = item
        left = self._between()
        if left and not rows:
            left[0] = (False, left[0][1])
        return rows + left

    def _between(self) -> _Rows:
        """The comments before the next item; empty statements, which mean nothing, go."""
        rows: _Rows = list(self._cursor.lines_before())
        while self._cursor.kind == ";":
            rows += self._cursor.skip()
            rows += self._cursor.lines_before()
        return rows

    def _body(self, items: Sequence[_Item]) -> Document:
        parts = [self._take("{")]
        content = lines(self._rows(items), align=self._options.align)
        if content:
            parts += (indent(concat(content)), HARD)
        self._cursor.start_line()
        self._last = ""
        parts.append(self._take("}"))
        return concat(parts)

    def _item(self, item: _Item) -> Document | Row:
        match item:
            case t.FieldNode():
                return self._field(item.type, item.options)
            case t.EnumValueNode():
                name = self._take()
                self._last = ""
                number = concat([self._take("="), *self._until("[", ";")])
                return Row((name, number, self._options_of(item.options)), (self._take(";"),))
            case t.GroupNode():
                return concat([*self._until("[", "{"), self._spaced_options(item.options), self._body(item.items)])
            case t.OptionNode():
                return concat([*self._until("="), self._take("="), self._value(item.value), self._take(";")])
            case t.ExtensionsNode():
                return concat([self._numbers(), self._spaced_options(item.options), self._take(";")])
            case t.ReservedNode():
                return concat([self._numbers(), self._take(";")])
            case t.MethodNode():
                return self._method(item)
            case t.MessageNode() | t.EnumNode() | t.ServiceNode() | t.ExtendNode() | t.OneofNode():
                return concat([*self._until("{"), self._body(item.items)])
            case _:
                return concat([*self._until(";"), self._take(";")])

    # ---- statements -----------------------------------------------------------------------------------------------

    def _field(self, type: t.TypeNode, options: t.OptionListNode | None) -> Row:
        head = list(self._before_offset(type.span.end))
        self._last = ""
        name = self._take()
        self._last = ""
        number = concat([self._take("="), *self._until("[", ";")])
        return Row((concat(head), name, number, self._options_of(options)), (self._take(";"),))

    def _method(self, item: t.MethodNode) -> Document:
        head = [self._take("RPC"), self._take(), self._cursor.take("", "(")]
        self._last = "("
        request = [*self._until(")"), self._take(")")]
        returns = [self._cursor.take(SPACE, "RETURNS"), self._cursor.take(" ", "(")]
        self._last = "("
        returns += self._until(")")
        closing, behind = self._cursor.take_apart("", ")")
        self._last = ")"
        signature = concat([group(concat([*head, *request, indent(concat([*returns, closing]))])), behind])
        body = self._take(";") if self._cursor.kind == ";" else self._body(item.options)
        return concat([signature, body])

    def _numbers(self) -> Document:
        """`reserved …` or `extensions …`, broken at commas when it does not fit."""
        self._last = self._cursor.kind
        keyword, behind = self._cursor.take_apart(NOTHING)
        more: list[Document] = []
        while self._cursor.kind not in {";", "[", ""}:
            kind = self._cursor.kind
            glue: Document | str = SPACE if self._last == "," else "" if kind == "," else " "
            number, after = self._cursor.take_apart(glue)
            more += (behind, number)
            behind = after
            self._last = kind
        # What stands behind the last does not break the line before it.
        return concat([group(concat([keyword, indent(concat(more))])), behind])

    # ---- options --------------------------------------------------------------------------------------------------

    def _spaced_options(self, options: t.OptionListNode | None) -> Document:
        return NOTHING if options is None else concat([" ", self._options_of(options)])

    def _options_of(self, options: t.OptionListNode | None) -> Document:
        if options is None:
            return NOTHING
        opening = self._cursor.take(NOTHING, "[")  # its blank stands before it already
        self._last = "["
        made = brackets(self._cursor, options.options, self._assignment, opening=opening, closer="]", ending="")
        self._last = "]"
        return made

    def _assignment(self, option: t.OptionNode) -> Document:
        self._last = ""
        return concat([*self._until("="), self._take("="), self._value(option.value)])

    def _value(self, value: t.ValueNode) -> Document:
        match value:
            case t.AggregateNode():
                return self._aggregate(value)
            case t.ListNode():
                opening = self._take("[")
                made = brackets(self._cursor, value.items, self._list_item, opening=opening, closer="]", ending="")
                self._last = "]"
                return made
            case _:
                return concat(list(self._before_offset(value.span.end)))

    def _list_item(self, value: t.ValueNode) -> Document:
        self._last = ""
        return self._value(value)

    def _aggregate(self, value: t.AggregateNode) -> Document:
        """A message in text format: an entry a line, or all on one with commas between."""
        parts: list[Document] = []
        opening = self._take("{", "<")
        is_broken = self._cursor.is_on_new_line() and bool(value.entries)
        for at, entry in enumerate(value.entries):
            for _, comment in self._cursor.lines_before():
                parts += (comment, HARD)
            self._cursor.start_line()
            self._last = ""
            key = list(self._before_offset(entry.key.span.end))
            colon = [self._take(":")] if self._cursor.kind == ":" else []
            parts += (*key, *colon, self._value(entry.value))
            comments = self._cursor.take_separator() if self._cursor.kind in {",", ";"} else []
            is_last = at == len(value.entries) - 1
            parts += comments if is_last else (IfFlat(","), *comments, SPACE)
            self._cursor.start_line()
        for _, comment in self._cursor.lines_before():
            parts += (HARD, comment, HARD) if parts else (comment, HARD)
        self._cursor.start_line()
        inner = [indent(concat([SOFT, *parts])), SOFT] if parts else []
        self._last = self._cursor.kind
        closing, behind = self._cursor.take_apart("", "}", ">")
        return concat([group(concat([opening, *inner, closing]), is_broken=is_broken), behind])

    # ---- tokens ---------------------------------------------------------------------------------------------------

    def _take(self, *kinds: str) -> Document:
        """The next token, with a blank before it unless one of the two wants none."""
        kind = self._cursor.kind
        is_tight = kind in _TIGHT_BEFORE or self._last in _TIGHT_BEHIND
        # `(a).b`, `map<…>`: no blank inside the name of an option, or before the brackets of a map.
        is_tight |= (self._last == ")" and self._cursor.text.startswith(".")) or (self._last == "MAP" and kind == "<")
        # NOTHING, not "": what begins a line or a column has its blank before it already.
        glue = NOTHING if not self._last else "" if is_tight else " "
        token = self._cursor.take(glue, *kinds)
        self._last = kind
        return token

    def _until(self, *kinds: str) -> Iterator[Document]:
        """Tokens up to one of `kinds`, which is left; brackets do not nest here."""
        while self._cursor.kind not in {*kinds, ""}:
            yield self._take()

    def _before_offset(self, end: int) -> Iterator[Document]:
        """Tokens up to the offset `end`."""
        while self._cursor.kind and self._cursor.start < end:
            yield self._take()


def _stands_apart(before: _Item, item: _Item) -> bool:
    """Whether a blank line goes between two neighbours of a file or body."""
    is_import, was_import = (isinstance(each, t.ImportNode) for each in (item, before))
    is_head, was_head = (isinstance(each, t.SyntaxNode | t.PackageNode) for each in (item, before))
    has_body = isinstance(item, _WithBody) or isinstance(before, _WithBody)
    return has_body or is_import != was_import or is_head or was_head
