"""Makes the nodes of the tree from what the productions hand in, and keeps what is to be said about them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from kitexgen.idl.proto import lexical_errors, statement_errors
from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.default_faults import default_fault
from kitexgen.idl.proto.editions import EDITIONS, SYNTAXES, Edition
from kitexgen.idl.proto.keywords import OBSOLETE_IN_UNSTABLE, SCALARS, UNSTABLE_SCALARS, VISIBILITIES
from kitexgen.idl.proto.literals import integer
from kitexgen.idl.proto.nesting import too_deep
from kitexgen.idl.proto.node_maker import Items
from kitexgen.idl.proto.option_maker import OptionMaker
from kitexgen.idl.tokens import Token
from kitexgen.source.span import Span

_MAX_INT32: Final = (1 << 31) - 1

Field = t.FieldNode | t.GroupNode
# The braces of a group with what is in them.
Body = tuple[Token, Items, Token]


class _FieldOptions(NamedTuple):
    """What stands in the brackets of a field, without what was refused."""

    brackets: t.OptionListNode | None
    default: t.OptionNode | None
    json_name: t.OptionNode | None


class TreeBuilder(OptionMaker):
    """One file's nodes. What lacks a part the parser had to make up is dropped: it would only cause more complaints."""

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
        is_meant = bool(tokens) and tokens[0].kind == "SYNTAX"
        if not is_meant and not any(isinstance(item, t.SyntaxNode) for item in items):
            self.report(statement_errors.no_syntax(whole if not tokens else self._at(tokens[0])))
        self._found += statement_errors.of_file(declared, self._edition)
        self._found += too_deep(declared)
        return t.FileNode(path=self._path, syntax=syntax, edition=self._edition, items=declared, span=whole)

    def empty_statement(self, semicolon: Token) -> None:
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
        value = self.integer(None, number)
        labelled = self._label(label)
        if self._drops() or type is None:
            return None
        options = self._pseudo_options(brackets)
        if options.default is not None and (fault := default_fault(type, options.default)) is not None:
            self.report(fault)
        start = label.start if label else type.span.start
        return t.FieldNode(
            label=labelled,
            type=type,
            name=declared,
            number=value,
            options=options.brackets,
            default=options.default,
            json_name=options.json_name,
            comments=self._comments.of(start, end.end),
            span=Span(self._path, start, end.end),
        )

    def _label(self, label: Token | None) -> t.Name | None:
        if label is None:
            return None
        if label.text != "repeated" and self._edition.is_editions:
            self.report(statement_errors.label_in_editions(label.text, self._at(label)))
        return t.Name(text=label.text, span=self._at(label))

    def _pseudo_options(self, brackets: t.OptionListNode | None) -> _FieldOptions:
        """Tell `default` and `json_name`, which look like options and are none, from the rest."""
        found: dict[str, t.OptionNode] = {}
        whole: list[t.OptionNode] = []
        for option in brackets.options if brackets else ():
            name = option.parts[0].text
            if name not in _PSEUDO_OPTIONS or option.parts[0].is_extension:
                whole.append(option)
            elif len(option.parts) > 1:
                self.report(statement_errors.no_parts_of(name, option.name_span))
            elif name in found:
                self.report(statement_errors.set_twice(name, option.name_span, found[name].name_span))
            elif name == "json_name" and not isinstance(option.value, t.StringNode):
                self.report(statement_errors.json_name_no_string(option.value.span))
            else:
                found[name] = option
                whole.append(option)
        if brackets is not None and len(whole) < len(brackets.options):
            brackets = t.OptionListNode(options=tuple(whole), span=brackets.span)
        return _FieldOptions(brackets, found.get("default"), found.get("json_name"))

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
        value = self.integer(None, number)
        labelled = self._label(label)
        if self._edition.is_editions:
            self.report(statement_errors.group_in_editions(self._at(keyword)))
        elif declared.text and not "A" <= declared.text[0] <= "Z":
            self.report(statement_errors.group_name(declared))
        if self._drops() or body is None:
            return None
        options = self._pseudo_options(brackets)
        if options.default is not None:
            self.report(statement_errors.message_default(options.default.span))
        opening, items, closing = body
        self._found += statement_errors.of_message(items)
        start = (label or keyword).start
        return t.GroupNode(
            label=labelled,
            keyword=self._at(keyword),
            name=declared,
            number=value,
            options=options.brackets,
            default=options.default,
            json_name=options.json_name,
            items=tuple(items),
            comments=self._comments.of(start, opening.end),
            span=self._span(start, closing.end),
        )

    def no_body(self, end: Token) -> None:
        self.report(statement_errors.no_group_body(self._at(end)))

    def keeps(self, field: Field) -> bool:
        """Look at the label of a field of a message or an extension: proto2 asks for one, but not of a map."""
        is_map = isinstance(field, t.FieldNode) and isinstance(field.type, t.MapTypeNode)
        if field.label is not None:
            if is_map:
                self.report(statement_errors.label_on_map(field.label))
            return True
        if not is_map and self._edition is Edition.PROTO2:
            self.report(statement_errors.no_label(field))
        if self._edition < Edition.E2024 or isinstance(field, t.GroupNode):
            return True
        word = field.type.name.partition(".")[0] if isinstance(field.type, t.NamedTypeNode) else ""
        if word in VISIBILITIES:
            self.report(statement_errors.visibility_of_field(word, field.type.span))
        return word not in VISIBILITIES

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
    ) -> t.ExtensionsNode | None:
        if self._drops():
            return None
        return t.ExtensionsNode(
            ranges=tuple(ranges),
            options=brackets,
            comments=self._comments.of(keyword.start, end.end),
            span=self._span(keyword.start, end.end),
        )

    def reserved(self, keyword: Token, parts: list[Any], end: Token) -> t.ReservedNode | None:
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
        if self._drops():
            return None
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
        if not text:
            self._has_gap = True
        value = integer(text or "0")
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
            self._has_gap = True
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


_IMPORT_KINDS: Final = {
    "public": t.ImportKind.PUBLIC,
    "weak": t.ImportKind.WEAK,
    "option": t.ImportKind.OPTION,
}
_PSEUDO_OPTIONS: Final = frozenset({"default", "json_name"})
