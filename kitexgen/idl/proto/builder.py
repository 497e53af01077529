"""Makes the nodes of the tree from what the productions hand in, and keeps what is to be said about them."""

from __future__ import annotations

from typing import Any, Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.proto import lexical_errors, statement_errors, syntax_errors
from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.comments import CommentsOf
from kitexgen.idl.proto.default_faults import default_fault
from kitexgen.idl.proto.editions import EDITIONS, SYNTAXES, Edition
from kitexgen.idl.proto.keywords import OBSOLETE_IN_UNSTABLE, SCALARS, UNSTABLE_SCALARS, VISIBILITIES
from kitexgen.idl.proto.lexer import Lexed
from kitexgen.idl.proto.literals import floating, integer, unquote
from kitexgen.idl.proto.nesting import too_deep
from kitexgen.idl.tokens import Token
from kitexgen.source.span import Span

_MAX_INT32: Final = (1 << 31) - 1
_MAX_INT64: Final = (1 << 63) - 1
_MAX_UINT64: Final = (1 << 64) - 1

Field = t.FieldNode | t.GroupNode
# The braces of a group with what is in them.
Body = tuple[Token, "Items", Token]


class Items(list[Any]):
    """A list being read. `is_broken` tells that something in it did not parse.

    `is_separable` tells of the entries of an aggregate that a `,` or `;` may come next.
    """

    is_broken = False
    is_separable = False


class TreeBuilder:
    """One file's nodes. What lacks a part the parser had to make up is dropped: it would only cause more complaints."""

    def __init__(self, text: str, path: str, lexed: Lexed) -> None:
        self._path = path
        self._text = text
        self._lexed = lexed
        self._comments = CommentsOf(text, lexed)
        self._found: list[Diagnostic] = list(lexed.diagnostics)
        self._edition = Edition.PROTO2
        self._scalars = SCALARS
        self._has_gap = False

    # ---- findings -------------------------------------------------------------------------------------------------

    def report(self, diagnostic: Diagnostic) -> None:
        self._found.append(diagnostic)

    def findings(self) -> tuple[Diagnostic, ...]:
        """Everything found, in the order of the text; of a file in another language only that."""
        dialect = [found for found in self._found if found.code == syntax_errors.DIALECT]
        if dialect:
            return tuple(dialect[:1])
        ordered = sorted(self._found, key=lambda found: (found.at.span.start if found.at else -1, found.code))
        return tuple(syntax_errors.first_mistakes(ordered))

    def _span(self, start: int, end: int) -> Span:
        return Span(self._path, start, end)

    def _at(self, token: Token) -> Span:
        return Span(self._path, token.start, token.end)

    def _name(self, token: Token) -> t.Name:
        if not token.text:
            self._has_gap = True
        return t.Name(text=token.text, span=Span(self._path, token.start, token.end))

    def _drops(self) -> bool:
        """Whether a part of the node at hand was made up; asking settles it."""
        has_gap, self._has_gap = self._has_gap, False
        return has_gap

    # ---- the file -------------------------------------------------------------------------------------------------

    def file(self, items: Items) -> t.FileNode:
        tokens = self._lexed.tokens
        whole = self._span(tokens[0].start, tokens[-1].end) if tokens else self._span(0, 0)
        first = items[0] if items else None
        syntax = first if isinstance(first, t.SyntaxNode) and first.span.start == whole.start else None
        for item in items:
            if isinstance(item, t.SyntaxNode) and item is not syntax:
                self.report(statement_errors.late_syntax(item, first))
        declared = tuple(item for item in items if not isinstance(item, t.SyntaxNode))
        if syntax is None and not any(isinstance(item, t.SyntaxNode) for item in items):
            self.report(statement_errors.no_syntax(whole if not tokens else self._at(tokens[0])))
        self._found += statement_errors.of_file(declared, self._edition)
        self._found += too_deep(declared)
        return t.FileNode(path=self._path, syntax=syntax, edition=self._edition, items=declared, span=whole)

    def empty_statement(self, items: Items, semicolon: Token) -> None:
        self._comments.pass_on(semicolon.start, semicolon.end)

    def stray_semicolon(self, semicolon: Token) -> None:
        self.report(statement_errors.stray_semicolon(self._at(semicolon)))

    def syntax(self, keyword: Token, strings: list[Token], end: Token) -> t.SyntaxNode:
        value = self.string(strings)
        known = EDITIONS if keyword.text == "edition" else SYNTAXES
        edition = known.get(value.text)
        if edition is None:
            self.report(statement_errors.unknown_syntax(keyword.text, value))
            edition = Edition.E2024 if keyword.text == "edition" else Edition.PROTO3
        elif edition is Edition.UNSTABLE:
            self.report(statement_errors.unstable_edition(value.span))
            self._scalars = SCALARS | UNSTABLE_SCALARS
        self._edition = edition
        return t.SyntaxNode(
            keyword=keyword.text,
            value=value,
            comments=self._comments.of(keyword.start, end.end),
            span=self._span(keyword.start, end.end),
        )

    def import_(self, keyword: Token, modifier: Token | None, path: list[Token], end: Token) -> t.ImportNode | None:
        kind = t.ImportKind.PLAIN
        if modifier is not None:
            known = _IMPORT_KINDS.get(modifier.text)
            if known is None:
                self.report(statement_errors.unknown_import_kind(modifier.text, self._at(modifier)))
            kind = known or kind
        return t.ImportNode(
            kind=kind,
            modifier=self._at(modifier) if modifier else None,
            path=self.string(path),
            comments=self._comments.of(keyword.start, end.end),
            span=self._span(keyword.start, end.end),
        )

    def package(self, keyword: Token, name: Token, end: Token) -> t.PackageNode | None:
        if name.text.startswith("."):
            self.report(statement_errors.leading_dot("a package", name.text, self._at(name)))
        declared = self._name(name)
        if self._drops():
            return None
        return t.PackageNode(
            name=declared,
            comments=self._comments.of(keyword.start, end.end),
            span=self._span(keyword.start, end.end),
        )

    # ---- messages -------------------------------------------------------------------------------------------------

    def message(  # noqa: PLR0917 - one parameter a symbol of the production
        self, visibility: Token | None, keyword: Token, name: Token, opening: Token, items: Items, closing: Token
    ) -> t.MessageNode | None:
        declared = self._name(name)
        visible = self._visibility(visibility)
        if self._drops():
            return None
        self._found += statement_errors.of_message(items)
        return t.MessageNode(
            visibility=visible,
            name=declared,
            items=tuple(items),
            comments=self._comments.of((visibility or keyword).start, opening.end),
            span=self._span(keyword.start, closing.end),
        )

    def _visibility(self, word: Token | None) -> t.Name | None:
        if word is None:
            return None
        if self._edition < Edition.E2024:
            self.report(statement_errors.early_visibility(word.text, self._at(word)))
        return self._name(word)

    def field(  # noqa: PLR0917 - one parameter a symbol of the production
        self,
        label: Token | None,
        type: t.TypeNode | None,
        name: Token,
        number: Token,
        brackets: t.OptionListNode | None,
        end: Token,
    ) -> t.FieldNode | None:
        declared = self._name(name)
        value = self._number(number)
        labelled = self._label(label)
        if self._drops() or type is None:
            return None
        default, json_name = self._pseudo_options(brackets)
        if default is not None and (fault := default_fault(type, default)) is not None:
            self.report(fault)
        start = label.start if label else type.span.start
        return t.FieldNode(
            label=labelled,
            type=type,
            name=declared,
            number=value,
            options=brackets,
            default=default,
            json_name=json_name,
            comments=self._comments.of(start, end.end),
            span=Span(self._path, start, end.end),
        )

    def _label(self, label: Token | None) -> t.Name | None:
        if label is None:
            return None
        if label.text != "repeated" and self._edition.is_editions:
            self.report(statement_errors.label_in_editions(label.text, self._at(label)))
        return t.Name(text=label.text, span=self._at(label))

    def _number(self, number: Token) -> t.IntNode:
        if not number.text:
            self._has_gap = True
            return t.IntNode(text="", value=0, span=self._at(number))
        return self.integer(None, number)

    def _pseudo_options(self, brackets: t.OptionListNode | None) -> tuple[t.OptionNode | None, t.OptionNode | None]:
        """What looks like an option and is none: `default` and `json_name`."""
        found: dict[str, t.OptionNode] = {}
        for option in brackets.options if brackets else ():
            name = option.parts[0].text
            if name not in _PSEUDO_OPTIONS or option.parts[0].is_extension:
                continue
            if len(option.parts) > 1:
                self.report(statement_errors.no_parts_of(name, option.name_span))
            elif name in found:
                self.report(statement_errors.set_twice(name, option.name_span, found[name].name_span))
            elif name == "json_name" and not isinstance(option.value, t.StringNode):
                self.report(statement_errors.json_name_no_string(option.value.span))
            else:
                found[name] = option
        return found.get("default"), found.get("json_name")

    def group(  # noqa: PLR0917 - one parameter a symbol of the production
        self,
        label: Token | None,
        keyword: Token,
        name: Token,
        number: Token,
        brackets: t.OptionListNode | None,
        body: Body | None,
    ) -> t.GroupNode | None:
        declared = self._name(name)
        value = self._number(number)
        labelled = self._label(label)
        if self._edition.is_editions:
            self.report(statement_errors.group_in_editions(self._at(keyword)))
        elif declared.text and not "A" <= declared.text[0] <= "Z":
            self.report(statement_errors.group_name(declared))
        if self._drops() or body is None:
            return None
        default, json_name = self._pseudo_options(brackets)
        if default is not None:
            self.report(statement_errors.message_default(default.span))
        opening, items, closing = body
        self._found += statement_errors.of_message(items)
        start = (label or keyword).start
        return t.GroupNode(
            label=labelled,
            keyword=self._at(keyword),
            name=declared,
            number=value,
            options=brackets,
            default=default,
            json_name=json_name,
            items=tuple(items),
            comments=self._comments.of(start, opening.end),
            span=self._span(start, closing.end),
        )

    def no_body(self, end: Token) -> None:
        self.report(statement_errors.no_group_body(self._at(end)))

    def check_label(self, field: Field) -> None:
        """A field of a message or an extension: proto2 asks for a label, but not of a map."""
        is_map = isinstance(field, t.FieldNode) and isinstance(field.type, t.MapTypeNode)
        if field.label is not None and is_map:
            self.report(statement_errors.label_on_map(field.label))
        elif field.label is None and not is_map and self._edition is Edition.PROTO2:
            self.report(statement_errors.no_label(field))
        if self._edition >= Edition.E2024 and isinstance(field, t.FieldNode) and field.label is None:
            word = field.type.name.partition(".")[0] if isinstance(field.type, t.NamedTypeNode) else ""
            if word in VISIBILITIES:
                self.report(statement_errors.visibility_of_field(word, field.type.span))

    def check_member(self, field: Field) -> None:
        """A field of a oneof."""
        if field.label is not None:
            self.report(statement_errors.label_in_oneof(field.label))
        if isinstance(field, t.FieldNode) and isinstance(field.type, t.MapTypeNode):
            self.report(statement_errors.map_in_oneof(field.type.span))

    def oneof(self, keyword: Token, name: Token, opening: Token, items: Items, closing: Token) -> t.OneofNode | None:
        declared = self._name(name)
        if self._drops():
            return None
        if not items and not items.is_broken:
            self.report(statement_errors.empty_oneof(declared))
        return t.OneofNode(
            name=declared,
            items=tuple(items),
            comments=self._comments.of(keyword.start, opening.end),
            span=self._span(keyword.start, closing.end),
        )

    def extend(self, keyword: Token, name: Token, opening: Token, items: Items, closing: Token) -> t.ExtendNode | None:
        extendee = self._message_type(name)
        if self._drops():
            return None
        if not items and not items.is_broken:
            self.report(statement_errors.empty_extend(extendee))
        for item in items:
            if isinstance(item, t.FieldNode) and isinstance(item.type, t.MapTypeNode):
                self.report(statement_errors.map_in_extend(item.type.span))
        return t.ExtendNode(
            extendee=extendee,
            items=tuple(items),
            comments=self._comments.of(keyword.start, opening.end),
            span=self._span(keyword.start, closing.end),
        )

    def extensions(
        self, keyword: Token, ranges: list[t.RangeNode], brackets: t.OptionListNode | None, end: Token
    ) -> t.ExtensionsNode:
        return t.ExtensionsNode(
            ranges=tuple(ranges),
            options=brackets,
            comments=self._comments.of(keyword.start, end.end),
            span=self._span(keyword.start, end.end),
        )

    def reserved(self, keyword: Token, parts: list[Any], end: Token) -> t.ReservedNode:
        """`parts` are ranges, names, or strings of tokens each."""
        ranges: list[t.RangeNode] = []
        names: list[t.Name] = []
        for part in parts:
            if isinstance(part, t.RangeNode):
                ranges.append(part)
            elif isinstance(part, Token):
                names.append(self._name(part))
            else:
                literal = self.string(part)
                names.append(t.Name(text=literal.text, span=literal.span))
        self._drops()
        if names:
            is_string = not isinstance(parts[0], Token)
            self._found += statement_errors.of_reserved_names(names, self._edition, is_string=is_string)
        return t.ReservedNode(
            ranges=tuple(ranges),
            names=tuple(names),
            comments=self._comments.of(keyword.start, end.end),
            span=self._span(keyword.start, end.end),
        )

    def range(self, start: t.IntNode, end: t.IntNode | t.MaxNode | None) -> t.RangeNode:
        return t.RangeNode(start=start, end=end, span=self._span(start.span.start, (end or start).span.end))

    def max(self, word: Token) -> t.MaxNode:
        return t.MaxNode(span=self._at(word))

    def integer(self, sign: Token | None, number: Token) -> t.IntNode:
        """A number where protoc wants one of 32 bits: of a field, an enum value or a range."""
        text = number.text
        value = integer(text)
        most = _MAX_INT32 if sign is None else _MAX_INT32 + 1
        if value > most:
            self.report(lexical_errors.integer_too_big(text, most, self._at(number)))
        if sign is None:
            return t.IntNode(text=text, value=value, span=Span(self._path, number.start, number.end))
        return t.IntNode(text=f"-{text}", value=-value, span=self._span(sign.start, number.end))

    # ---- enums ----------------------------------------------------------------------------------------------------

    def enum(  # noqa: PLR0917 - one parameter a symbol of the production
        self, visibility: Token | None, keyword: Token, name: Token, opening: Token, items: Items, closing: Token
    ) -> t.EnumNode | None:
        declared = self._name(name)
        visible = self._visibility(visibility)
        if self._drops():
            return None
        self._found += statement_errors.of_enum(declared, items, is_broken=items.is_broken)
        return t.EnumNode(
            visibility=visible,
            name=declared,
            items=tuple(items),
            comments=self._comments.of((visibility or keyword).start, opening.end),
            span=self._span(keyword.start, closing.end),
        )

    def value(
        self, name: Token, number: t.IntNode, brackets: t.OptionListNode | None, end: Token
    ) -> t.EnumValueNode | None:
        declared = self._name(name)
        if self._drops():
            return None
        return t.EnumValueNode(
            name=declared,
            number=number,
            options=brackets,
            comments=self._comments.of(name.start, end.end),
            span=self._span(name.start, end.end),
        )

    # ---- services -------------------------------------------------------------------------------------------------

    def service(
        self, keyword: Token, name: Token, opening: Token, items: Items, closing: Token
    ) -> t.ServiceNode | None:
        declared = self._name(name)
        if self._drops():
            return None
        return t.ServiceNode(
            name=declared,
            items=tuple(items),
            comments=self._comments.of(keyword.start, opening.end),
            span=self._span(keyword.start, closing.end),
        )

    def method(  # noqa: PLR0917 - one parameter a symbol of the production
        self,
        keyword: Token,
        name: Token,
        input: t.MethodTypeNode,
        output: t.MethodTypeNode,
        head_end: Token,
        options: Items | None,
        closing: Token | None,
    ) -> t.MethodNode | None:
        """`head_end` is the `;`, or the `{` of the options."""
        declared = self._name(name)
        if self._drops():
            return None
        return t.MethodNode(
            name=declared,
            input=input,
            output=output,
            options=tuple(options or ()),
            has_braces=closing is not None,
            comments=self._comments.of(keyword.start, head_end.end),
            span=self._span(keyword.start, (closing or head_end).end),
        )

    def method_type(self, stream: Token | None, name: Token) -> t.MethodTypeNode:
        return t.MethodTypeNode(type=self._message_type(name), stream=self._at(stream) if stream else None)

    # ---- types ----------------------------------------------------------------------------------------------------

    def type(self, word: Token, more: Token | None) -> t.TypeNode | None:
        """A field's type; `more` goes on behind a keyword that is none here."""
        text = word.text
        if text in self._scalars:
            if self._edition is Edition.UNSTABLE and text in OBSOLETE_IN_UNSTABLE:
                self.report(statement_errors.obsolete_type(text, OBSOLETE_IN_UNSTABLE[text], self._at(word)))
            return t.ScalarTypeNode(name=text, span=Span(self._path, word.start, word.end))
        if not text:
            self._has_gap = True
        if more is not None:
            return t.NamedTypeNode(name=text + more.text, span=self._span(word.start, more.end))
        if word.kind == "PATH" and text.partition(".")[0] in SCALARS:
            self.report(statement_errors.part_of_scalar(text, self._at(word)))
        return t.NamedTypeNode(name=text, span=Span(self._path, word.start, word.end))

    def map_type(self, word: Token, key: Token, value: Token, closing: Token) -> t.TypeNode:
        return t.MapTypeNode(
            key=self._simple_type(key), value=self._simple_type(value), span=self._span(word.start, closing.end)
        )

    def _simple_type(self, word: Token) -> t.ScalarTypeNode | t.NamedTypeNode:
        found = self.type(word, None)
        assert isinstance(found, t.ScalarTypeNode | t.NamedTypeNode)  # one word is no map
        return found

    def _message_type(self, word: Token) -> t.NamedTypeNode:
        """A type that must be a message's: of a method, or extended."""
        if word.text in SCALARS or word.text == "group":
            self.report(statement_errors.no_message_type(word.text, self._at(word)))
        if not word.text:
            self._has_gap = True
        return t.NamedTypeNode(name=word.text, span=self._at(word))

    # ---- options --------------------------------------------------------------------------------------------------

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
        if token.kind == "NAME":
            return self._word(sign, token, text, span)
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

    def _word(self, sign: Token | None, token: Token, text: str, span: Span) -> t.ValueNode:
        if not token.text:
            self._has_gap = True
        if sign is None:
            return t.IdentifierNode(text=text, span=span)
        if token.text.lower() not in _NUMBER_WORDS:
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
        prefix, _, name = url.text[1:-1].strip().rpartition("/")
        return t.KeyNode(kind=t.KeyKind.ANY, name=name, prefix=prefix, span=self._at(url))

    def list(self, items: list[t.ValueNode], opening: Token, closing: Token) -> t.ListNode:
        return t.ListNode(items=tuple(items), span=self._span(opening.start, closing.end))


_IMPORT_KINDS: Final = {
    "public": t.ImportKind.PUBLIC,
    "weak": t.ImportKind.WEAK,
    "option": t.ImportKind.OPTION,
}
_PSEUDO_OPTIONS: Final = frozenset({"default", "json_name"})
_NUMBER_WORDS: Final = frozenset({"inf", "infinity", "nan"})
