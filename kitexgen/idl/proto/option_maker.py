"""Makes the nodes of options and of their values, text format among them."""

from __future__ import annotations

from typing import Final

from kitexgen.idl.proto import lexical_errors, statement_errors
from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.lexer import address
from kitexgen.idl.proto.literals import floating, integer, unquote
from kitexgen.idl.proto.node_maker import Items, NodeMaker
from kitexgen.idl.tokens import Token
from kitexgen.source.span import Span

_MAX_INT64: Final = (1 << 63) - 1
_MAX_UINT64: Final = (1 << 64) - 1
_NUMBERS: Final = frozenset({"inf", "nan"})
# Text format takes these in letters of either case.
_TEXT_NUMBERS: Final = frozenset({"inf", "infinity", "nan"})


class OptionMaker(NodeMaker):
    def option(
        self, keyword: Token, parts: list[t.OptionPartNode], value: t.ValueNode, end: Token
    ) -> t.OptionNode | None:
        if self._drops():
            return None
        return t.OptionNode(
            parts=tuple(parts),
            value=value,
            comments=self._comments.of(keyword.start, end.end),
            name_span=self._span(parts[0].span.start, parts[-1].span.end),
            span=self._span(keyword.start, end.end),
        )

    def assignment(self, parts: list[t.OptionPartNode], value: t.ValueNode) -> t.OptionNode | None:
        if self._drops():
            return None
        start = parts[0].span.start
        return t.OptionNode(
            parts=tuple(parts),
            value=value,
            comments=None,
            name_span=self._span(start, parts[-1].span.end),
            span=self._span(start, value.span.end),
        )

    def brackets(self, opening: Token, options: list[t.OptionNode | None], closing: Token) -> t.OptionListNode:
        whole = tuple(option for option in options if option is not None)
        return t.OptionListNode(options=whole, span=self._span(opening.start, closing.end))

    def plain_parts(self, path: Token) -> list[t.OptionPartNode]:
        """The parts of `a.b`, or of `.a.b` behind an extension, each with its place."""
        if not path.text:
            self._has_gap = True
        if path.kind == "NAME":
            return [t.OptionPartNode(text=path.text, is_extension=False, span=self._at(path))]
        found: list[t.OptionPartNode] = []
        at = path.start
        for part in path.text.split("."):
            if part:
                # Blanks, which may stand around dots, are not in the token's text.
                at = self._text.index(part, at)
                found.append(t.OptionPartNode(text=part, is_extension=False, span=self._span(at, at + len(part))))
                at += len(part)
        return found

    def first_parts(self, path: Token) -> list[t.OptionPartNode]:
        if path.text.startswith("."):
            self.report(statement_errors.leading_dot("an option", path.text, self._at(path)))
        return self.plain_parts(path)

    def extension_part(self, opening: Token, path: Token, closing: Token) -> t.OptionPartNode:
        if not path.text:
            self._has_gap = True
        return t.OptionPartNode(text=path.text, is_extension=True, span=self._span(opening.start, closing.end))

    def scalar(self, sign: Token | None, token: Token, *, in_text: bool = False) -> t.ValueNode:
        """A number or a word; in text format numbers of any size are left to the type of their field."""
        span = self._span(sign.start if sign else token.start, token.end)
        text = f"-{token.text}" if sign else token.text
        if token.kind == "NAME" or not token.text:
            return self._word(sign, token, text, span, in_text=in_text)
        if token.kind == "FLOAT":
            number = floating(token.text)
            return t.FloatNode(text=text, value=-number if sign else number, span=span)
        whole = integer(token.text)
        most = _MAX_INT64 + 1 if sign else _MAX_UINT64
        if whole > most and not in_text:
            if token.text[0] == "0":
                self.report(lexical_errors.integer_too_big(token.text, most, self._at(token)))
            number = floating(token.text)
            return t.FloatNode(text=text, value=-number if sign else number, span=span)
        return t.IntNode(text=text, value=-whole if sign else whole, span=span)

    def _word(self, sign: Token | None, token: Token, text: str, span: Span, *, in_text: bool) -> t.ValueNode:
        if not token.text:
            self._has_gap = True
        if sign is None or not token.text:
            return t.IdentifierNode(text=text, span=span)
        if (token.text.lower() if in_text else token.text) not in (_TEXT_NUMBERS if in_text else _NUMBERS):
            self.report(statement_errors.minus_before_word(token.text, span))
            return t.IdentifierNode(text=token.text, span=span)
        return t.FloatNode(text=text, value=-float(token.text), span=span)

    def string(self, literals: list[Token]) -> t.StringNode:
        if len(literals) == 1:
            value = unquote(literals[0].text)
        else:
            value = b"".join([unquote(literal.text) for literal in literals])
        return t.StringNode(value=value, span=self._span(literals[0].start, literals[-1].end))

    # ---- text format ----------------------------------------------------------------------------------------------

    def separate(self, items: Items, separator: Token) -> None:
        if not items.is_separable:
            self.report(statement_errors.stray_separator(separator.text, self._at(separator)))
        items.is_separable = False

    def aggregate(self, opening: Token, entries: Items, closing: Token) -> t.AggregateNode:
        return t.AggregateNode(entries=tuple(entries), span=self._span(opening.start, closing.end))

    def entry(self, key: t.KeyNode, value: t.ValueNode) -> t.EntryNode:
        return t.EntryNode(key=key, value=value, span=self._span(key.span.start, value.span.end))

    def entry_without_colon(self, key: t.KeyNode, value: t.ValueNode) -> t.EntryNode:
        """Only messages need no colon, and lists of them."""
        if isinstance(value, t.ListNode) and not all(isinstance(item, t.AggregateNode) for item in value.items):
            self.report(statement_errors.no_colon(key.name, value.span))
        return self.entry(key, value)

    def key(self, word: Token) -> t.KeyNode:
        return t.KeyNode(kind=t.KeyKind.FIELD, name=word.text, prefix="", span=self._at(word))

    def extension_key(self, opening: Token, path: Token, closing: Token) -> t.KeyNode:
        span = self._span(opening.start, closing.end)
        return t.KeyNode(kind=t.KeyKind.EXTENSION, name=path.text, prefix="", span=span)

    def any_key(self, url: Token) -> t.KeyNode:
        prefix, _, name = address(url.text).rpartition("/")
        return t.KeyNode(kind=t.KeyKind.ANY, name=name, prefix=prefix, span=self._at(url))

    def list(self, items: list[t.ValueNode], opening: Token, closing: Token) -> t.ListNode:
        return t.ListNode(items=tuple(items), span=self._span(opening.start, closing.end))
