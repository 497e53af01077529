"""Thrift to a document: the tree says what comes, the cursor hands it out."""

from __future__ import annotations

from kitexgen.fmt.columns import Row
from kitexgen.fmt.cursor import Cursor
from kitexgen.fmt.document import HARD, NOTHING, Document, concat
from kitexgen.fmt.lists import body, brackets
from kitexgen.fmt.options import FormatOptions
from kitexgen.idl.thrift import tree as t
from kitexgen.idl.thrift.lexer import lex

_Node = t.HeaderNode | t.DefinitionNode
_WithBody = (t.EnumNode, t.RecordNode, t.ServiceNode)
_SCALARS = (t.IntNode, t.DoubleNode)
_SEPARATORS = (",", ";")


def thrift_document(text: str, tree: t.DocumentNode, options: FormatOptions) -> Document:
    """The whole file. `text` has `\\n` line ends and parses without an error to `tree`."""
    lexed = lex(text, tree.path)
    return _ThriftPrinter(Cursor(text, lexed.tokens, lexed.comments), options).file(tree)


def _end(node: t.FieldNode | t.EnumMemberNode | t.MethodNode) -> int:
    return node.span.end


class _ThriftPrinter:
    def __init__(self, cursor: Cursor, options: FormatOptions) -> None:
        self._cursor = cursor
        self._options = options

    def file(self, tree: t.DocumentNode) -> Document:
        nodes = sorted((*tree.headers, *tree.definitions), key=lambda node: node.span.start)
        parts: list[Document] = []
        before: _Node | None = None
        for node in nodes:
            wants_space = before is not None and _stands_apart(before, node)
            comments = self._cursor.lines_before()
            rows = [*comments, (self._cursor.has_blank_line(), self._top(node))]
            # Where there is a blank line already, a comment before it may speak of what comes before.
            wants_space = wants_space and not any(is_spaced for is_spaced, _ in rows)
            for at, (is_spaced, row) in enumerate(rows):
                if before is not None or at:
                    parts += (HARD, HARD) if is_spaced or (wants_space and at == 0) else (HARD,)
                parts.append(row)
            before = node
        for is_spaced, comment in self._cursor.lines_before():
            if parts:
                parts += (HARD, HARD) if is_spaced else (HARD,)
            parts.append(comment)
        if self._cursor.kind:
            self._cursor.take("", "end of file")
        return concat([*parts, HARD]) if parts else NOTHING

    # ---- headers and definitions ----------------------------------------------------------------------------------

    def _top(self, node: _Node) -> Document:
        self._cursor.start_line()
        match node:
            case t.IncludeNode() | t.CppIncludeNode():
                return concat([self._cursor.take("", "INCLUDE", "CPP_INCLUDE"), self._cursor.take(" ", "LITERAL")])
            case t.NamespaceNode():
                words = [self._cursor.take("", "NAMESPACE"), self._cursor.take(" "), self._cursor.take(" ")]
                return concat([*words, self._annotations()])
            case t.ConstNode():
                return self._const(node)
            case t.TypedefNode():
                typedef = [self._cursor.take("", "TYPEDEF"), self._type(" ", node.type), self._cursor.take(" ")]
                return concat([*typedef, self._annotations(), *self._kept_separator()])
            case t.EnumNode():
                head = [self._cursor.take("", "ENUM"), self._cursor.take(" ")]
                members = body(self._cursor, node.members, self._member, _end, align=self._options.align)
                return concat([*head, members, self._annotations()])
            case t.RecordNode():
                head = [self._cursor.take("", "RECORD"), self._cursor.take(" "), *self._words_until("{")]
                return concat([*head, self._fields(node.fields), self._annotations()])
            case t.ServiceNode():
                head = [self._cursor.take("", "SERVICE"), self._cursor.take(" "), *self._words_until("{")]
                methods = body(self._cursor, node.methods, self._method, _end, align=False)
                return concat([*head, methods, self._annotations()])

    def _const(self, node: t.ConstNode) -> Document:
        head = [self._cursor.take("", "CONST"), self._type(" ", node.type), self._cursor.take(" ")]
        value = [self._cursor.take(" ", "="), self._value(" ", node.value)]
        # thriftgo reads annotations behind the separator too.
        return concat([*head, *value, self._annotations(), *self._kept_separator(), self._annotations()])

    def _fields(self, fields: tuple[t.FieldNode, ...]) -> Document:
        return body(self._cursor, fields, self._field_row, _end, align=self._options.align)

    def _kept_separator(self) -> list[Document]:
        """Behind a constant or typedef a separator stays as it is: not every compiler takes one there."""
        return [self._cursor.take("", *_SEPARATORS)] if self._cursor.kind in _SEPARATORS else []

    def _words_until(self, kind: str) -> list[Document]:
        words = []
        while self._cursor.kind not in {kind, ""}:
            words.append(self._cursor.take(" "))
        return words

    # ---- items of bodies ------------------------------------------------------------------------------------------

    def _member(self, node: t.EnumMemberNode) -> Row:
        name = self._cursor.take()
        number: Document = NOTHING
        if node.number is not None:
            number = concat([self._cursor.take(NOTHING, "="), self._cursor.take(" ", "INT")])
        return Row((name, number, self._annotations(glue=NOTHING)))

    def _field_row(self, node: t.FieldNode) -> Row:
        return Row(self._field_cells(node))

    def _field_cells(self, node: t.FieldNode) -> tuple[Document, ...]:
        cursor = self._cursor
        id = concat([cursor.take("", "INT"), cursor.take("", ":")]) if node.id is not None else NOTHING
        # NOTHING, not "": a cell has its blank before it already.
        requirement = cursor.take(NOTHING, "REQUIREMENT") if node.requirement is not None else NOTHING
        type = self._type(NOTHING, node.type)
        if node.is_reference:
            type = concat([type, cursor.take(" ", "&")])
        name = cursor.take(NOTHING)
        default: Document = NOTHING
        if node.default is not None:
            default = concat([cursor.take(NOTHING, "="), self._value(" ", node.default)])
        xsd = self._xsd(node.xsd.end) if node.xsd is not None else NOTHING
        return id, requirement, type, name, default, xsd, self._annotations(glue=NOTHING)

    def _xsd(self, end: int) -> Document:
        """The `xsd_*` words, which only old files have, on one line."""
        parts: list[Document] = []
        while self._cursor.start < end:
            is_tight = not parts or self._cursor.kind in {":", ",", ";"}
            parts.append(self._cursor.take("" if is_tight else " "))
        return concat(parts)

    def _field(self, node: t.FieldNode) -> Document:
        return Row(self._field_cells(node)).plain

    def _method(self, node: t.MethodNode) -> Row:
        parts: list[Document] = []
        if node.oneway is not None:
            parts.append(self._cursor.take("", "ONEWAY"))
        parts.append(self._type(" " if parts else "", node.result))
        parts.append(self._cursor.take(" "))
        parts.append(self._list("", "(", node.arguments, ")"))
        if self._cursor.kind == "THROWS":
            parts.append(self._cursor.take(" "))
            parts.append(self._list(" ", "(", node.throws, ")"))
        return Row((concat([*parts, self._annotations()]),))

    def _list(self, glue: str, opener: str, nodes: tuple[t.FieldNode, ...], closer: str) -> Document:
        opening = self._cursor.take(glue, opener)
        return brackets(self._cursor, nodes, self._field, opening=opening, closer=closer)

    # ---- types, values, annotations -------------------------------------------------------------------------------

    def _type(self, glue: Document | str, node: t.TypeNode) -> Document:
        parts = [self._cursor.take(glue)]
        if self._cursor.kind == "CPP_TYPE":
            parts += self._cpp_type()
        match node:
            case t.ListTypeNode(element=element) | t.SetTypeNode(element=element):
                parts += (self._cursor.take("", "<"), self._type("", element), self._cursor.take("", ">"))
            case t.MapTypeNode(key=key, value=value):
                parts += (self._cursor.take("", "<"), self._type("", key), self._cursor.take("", ","))
                parts += (self._type(" ", value), self._cursor.take("", ">"))
            case t.BaseTypeNode() | t.NamedTypeNode():
                pass
        if self._cursor.kind == "CPP_TYPE":
            parts += self._cpp_type()
        return concat([*parts, self._annotations()])

    def _cpp_type(self) -> list[Document]:
        return [self._cursor.take(" "), self._cursor.take(" ", "LITERAL")]

    def _value(self, glue: str, node: t.ValueNode) -> Document:
        match node:
            case t.ListNode(items=items):
                is_plain = all(isinstance(item, _SCALARS) for item in items)
                return brackets(
                    self._cursor,
                    items,
                    lambda item: self._value("", item),
                    opening=self._cursor.take(glue, "["),
                    closer="]",
                    is_filled=is_plain,
                )
            case t.MapNode(entries=entries):
                opening = self._cursor.take(glue, "{")
                return brackets(self._cursor, entries, self._entry, opening=opening, closer="}")
            case _:
                return self._cursor.take(glue)

    def _entry(self, entry: tuple[t.ValueNode, t.ValueNode]) -> Document:
        key, value = entry
        return concat([self._value("", key), self._cursor.take("", ":"), self._value(" ", value)])

    def _annotations(self, *, glue: Document | str = " ") -> Document:
        """The annotations that come next, if any do; `()` without any stays."""
        if self._cursor.kind != "(":
            return NOTHING
        opening = self._cursor.take(glue, "(")
        shapes = self._cursor.annotation_shapes()
        return brackets(self._cursor, shapes, self._annotation, opening=opening, closer=")")

    def _annotation(self, has_value: bool) -> Document:
        key = self._cursor.take()
        return concat([key, self._cursor.take(" ", "="), self._cursor.take(" ", "LITERAL")]) if has_value else key


def _stands_apart(before: _Node, node: _Node) -> bool:
    """Whether a blank line goes between two neighbours: around what has a body, and behind the headers."""
    is_header, was_header = (isinstance(each, t.HeaderNode) for each in (node, before))
    return is_header != was_header or isinstance(node, _WithBody) or isinstance(before, _WithBody)
