"""Makes the nodes of the tree from what the productions hand in, and keeps what is to be said about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.mistakes import in_order
from kitexgen.idl.thrift import lexical_errors, one_family, syntax_errors
from kitexgen.idl.thrift import tree as t
from kitexgen.idl.thrift.comments import Docs
from kitexgen.idl.thrift.keywords import BOOLEANS, KEYWORDS, NOT_FIELD_NAMES_IN_APACHE
from kitexgen.idl.thrift.lexer import Lexed
from kitexgen.idl.thrift.literals import integer, is_octal_wrong, reads_octal_otherwise, unquote
from kitexgen.idl.tokens import Token
from kitexgen.source.span import Span

_MIN_INT64 = -(1 << 63)
_MAX_INT64 = (1 << 63) - 1


@dataclass(slots=True)
class Items:
    """A list being read. `is_separable` is true when a `,` or `;` may come next: behind an item, not behind another."""

    items: list[Any] = field(default_factory=list)
    is_separable: bool = False

    def add(self, item: Any) -> None:
        if item is not None:
            self.items.append(item)
        self.is_separable = True


@dataclass(frozen=True, slots=True)
class AnnotationsAt:
    """The annotations in one pair of parentheses, `[start, end)`."""

    nodes: tuple[t.AnnotationNode, ...]
    start: int
    end: int


class TreeBuilder:
    """One file's nodes. What lacks a part the parser had to make up is dropped: it would only cause more complaints."""

    def __init__(self, text: str, path: str, lexed: Lexed) -> None:
        self._path = path
        self._text = text
        self._lexed = lexed
        self._docs = Docs(text, lexed)
        self._found: list[Diagnostic] = list(lexed.diagnostics)
        # Set by recovery: the item at hand was broken off, and what is whole of it is made into a node.
        self.is_patching = False
        self._has_gap = False
        self._has_uuid = False

    # ---- findings -------------------------------------------------------------------------------------------------

    def report(self, diagnostic: Diagnostic) -> None:
        self._found.append(diagnostic)

    def findings(self) -> tuple[Diagnostic, ...]:
        return in_order(self._found, dialect=syntax_errors.DIALECT, too_many="KX0130")

    def _span(self, start: int, end: int) -> Span:
        return Span(self._path, start, end)

    def _at(self, token: Token) -> Span:
        return Span(self._path, token.start, token.end)

    def _end(self, start: int, end: int, *parts: AnnotationsAt | Span | None) -> Span:
        """From `start` to `end`, or to the end of the last of `parts` that is there."""
        return Span(self._path, start, max([end, *(part.end for part in parts if part is not None)]))

    def _drops(self) -> bool:
        """Whether a part of the node at hand was made up; asking settles it."""
        has_gap, self._has_gap = self._has_gap, False
        return has_gap

    # ---- names ----------------------------------------------------------------------------------------------------

    def _name(self, token: Token) -> t.Name:
        """A name that refers to something."""
        if not token.text:
            self._has_gap = True
        return t.Name(text=token.text, span=self._at(token))

    def _declared(self, token: Token, what: str, *, is_field: bool = False) -> t.Name:
        """The name of something declared here; `what` with its article is for the message."""
        text = token.text
        if "." in text:
            if not text.endswith("."):  # else the lexer has spoken
                self.report(one_family.dotted_name(text, what, self._at(token)))
        elif text in BOOLEANS:
            self.report(one_family.boolean_name(text, what, self._at(token)))
        elif text in KEYWORDS and (not is_field or text in NOT_FIELD_NAMES_IN_APACHE):
            self.report(one_family.keyword_as_name(text, what, self._at(token)))
        return self._name(token)

    def _referred(self, token: Token, what: str) -> t.Name:
        if token.text in KEYWORDS:
            self.report(one_family.keyword_as_name(token.text, what, self._at(token)))
        return self._name(token)

    # ---- lists ----------------------------------------------------------------------------------------------------

    def separate(self, items: Items, separator: Token) -> None:
        """A `,` or `;` in a list. At the top level it may follow a constant, and for Apache a typedef."""
        last = items.items[-1] if items.items else None
        if (
            not items.is_separable
            or isinstance(last, _NO_SEPARATOR_AFTER)
            or (isinstance(last, t.ConstNode) and last.annotations)
        ):
            self.report(syntax_errors.stray_separator(separator.text, self._at(separator), last))
        elif isinstance(last, t.TypedefNode):
            self.report(one_family.separator_after_typedef(separator.text, self._at(separator)))
            items.items[-1] = replace(last, separator=self._at(separator))
        items.is_separable = False

    def annotate_last(self, items: Items, opening: Token, annotations: list[t.AnnotationNode], closing: Token) -> None:
        """Annotations behind the separator of a constant; behind anything else a mistake."""
        last = items.items[-1] if items.items else None
        at = self._span(opening.start, closing.end)
        if isinstance(last, t.ConstNode) and not last.annotations:
            self.report(one_family.annotated_const(at))
            items.items[-1] = replace(last, annotations=tuple(annotations))
        else:
            self.report(syntax_errors.stray_annotations(at))

    # ---- the file and its headers ---------------------------------------------------------------------------------

    def document(self, items: Items | None) -> t.DocumentNode:
        nodes: list[Any] = items.items if items is not None else []
        headers = tuple(node for node in nodes if isinstance(node, _HEADERS))
        definitions = tuple(node for node in nodes if not isinstance(node, _HEADERS))
        if not self._text.strip("\ufeff \t\v\r\n"):
            self.report(lexical_errors.empty_file(self._span(0, 0)))
        self._check_order(nodes)
        return t.DocumentNode(path=self._path, doc=self._docs.of_file(), headers=headers, definitions=definitions)

    def _check_order(self, nodes: list[Any]) -> None:
        first = None
        for node in nodes:
            if not isinstance(node, _HEADERS):
                first = first or node
            elif first is not None:
                self.report(syntax_errors.late_header(node, first))

    def include(self, keyword: Token, path: Token) -> t.HeaderNode:
        literal = self.literal(path)
        span = self._span(keyword.start, path.end)
        if keyword.kind == "CPP_INCLUDE":
            return t.CppIncludeNode(path=literal, span=span)
        return t.IncludeNode(path=literal, span=span)

    def namespace(
        self, keyword: Token, scope: Token, name: Token, annotations: AnnotationsAt | None
    ) -> t.NamespaceNode | None:
        if scope.kind == "*" and annotations is not None:
            self.report(one_family.annotated_star_namespace(self._span(annotations.start, annotations.end)))
        scope_name = self._referred(scope, "a language")
        namespace = self._referred(name, "a namespace")
        if self._drops():
            return None
        return t.NamespaceNode(
            scope=scope_name,
            name=namespace,
            annotations=_nodes(annotations),
            span=self._end(keyword.start, name.end, annotations),
        )

    # ---- definitions ----------------------------------------------------------------------------------------------

    def const(
        self, keyword: Token, type: t.TypeNode, name: Token, value: t.ValueNode, annotations: AnnotationsAt | None
    ) -> t.ConstNode | None:
        if annotations is not None:
            self.report(one_family.annotated_const(self._span(annotations.start, annotations.end)))
        declared = self._declared(name, "a constant")
        span = self._end(keyword.start, value.span.end, annotations)
        if self._drops():
            return None
        return t.ConstNode(
            type=type,
            name=declared,
            value=value,
            annotations=_nodes(annotations),
            doc=self._docs.of(span.start, span.end),
            span=span,
        )

    def typedef(
        self, keyword: Token, type: t.TypeNode, name: Token, annotations: AnnotationsAt | None
    ) -> t.TypedefNode | None:
        declared = self._declared(name, "a typedef")
        span = self._end(keyword.start, name.end, annotations)
        if self._drops():
            return None
        return t.TypedefNode(
            type=type,
            name=declared,
            separator=None,
            annotations=_nodes(annotations),
            doc=self._docs.of(span.start, span.end),
            span=span,
        )

    def enum(
        self, keyword: Token, name: Token, members: Items, closing: Token, annotations: AnnotationsAt | None
    ) -> t.EnumNode | None:
        declared = self._declared(name, "an enum")
        if self._drops():
            return None
        span = self._end(keyword.start, closing.end, annotations)
        return t.EnumNode(
            name=declared,
            members=tuple(members.items),
            annotations=_nodes(annotations),
            doc=self._docs.of(span.start, span.end),
            span=span,
        )

    def member(
        self, name: Token, number: t.IntNode | None, annotations: AnnotationsAt | None
    ) -> t.EnumMemberNode | None:
        declared = self._declared(name, "an enum member")
        if self._drops():
            return None
        span = self._end(name.start, name.end, number.span if number else None, annotations)
        return t.EnumMemberNode(
            name=declared,
            number=number,
            annotations=_nodes(annotations),
            doc=self._docs.of(span.start, span.end),
            span=span,
        )

    def record(  # noqa: PLR0917 - one parameter a symbol of the production
        self,
        keyword: Token,
        name: Token,
        xsd_all: Token | None,
        fields: Items,
        closing: Token,
        annotations: AnnotationsAt | None,
    ) -> t.RecordNode | None:
        article = "an" if keyword.text == "exception" else "a"
        declared = self._declared(name, f"{article} {keyword.text}")
        if xsd_all is not None:
            if keyword.text == "exception":
                self.report(syntax_errors.xsd_all_on_exception(self._at(xsd_all)))
            else:
                self.report(one_family.xsd_word(xsd_all.text, self._at(xsd_all)))
        if self._drops():
            return None
        span = self._end(keyword.start, closing.end, annotations)
        return t.RecordNode(
            keyword=keyword.text,
            name=declared,
            xsd=self._at(xsd_all) if xsd_all else None,
            fields=tuple(fields.items),
            annotations=_nodes(annotations),
            doc=self._docs.of(span.start, span.end),
            span=span,
        )

    def field(  # noqa: PLR0917 - one parameter a symbol of the production
        self,
        id: t.IntNode | None,
        requirement: Token | None,
        type: t.TypeNode,
        reference: Token | None,
        name: Token,
        default: t.ValueNode | None,
        xsd: Span | None,
        annotations: AnnotationsAt | None,
    ) -> t.FieldNode | None:
        declared = self._declared(name, "a field", is_field=True)
        if reference is not None:
            self.report(one_family.reference_field(self._at(reference)))
        if self._drops():
            return None
        start = id.span.start if id else requirement.start if requirement else type.span.start
        span = self._end(start, name.end, default.span if default else None, xsd, annotations)
        return t.FieldNode(
            id=id,
            requirement=self._name(requirement) if requirement else None,
            type=type,
            is_reference=reference is not None,
            name=declared,
            default=default,
            xsd=xsd,
            annotations=_nodes(annotations),
            doc=self._docs.of(span.start, span.end),
            span=span,
        )

    def xsd_words(
        self, optional: Token | None, nillable: Token | None, attributes: tuple[Token, Token] | None
    ) -> Span | None:
        words = [token for token in (optional, nillable, attributes[0] if attributes else None) if token]
        if not words:
            return None
        for word in words:
            self.report(one_family.xsd_word(word.text, self._at(word)))
        return self._span(words[0].start, attributes[1].end if attributes else words[-1].end)

    def service(  # noqa: PLR0917 - one parameter a symbol of the production
        self,
        keyword: Token,
        name: Token,
        base: Token | None,
        methods: Items,
        closing: Token,
        annotations: AnnotationsAt | None,
    ) -> t.ServiceNode | None:
        declared = self._declared(name, "a service")
        base_name = self._referred(base, "a service") if base and base.text else None
        if self._drops():
            return None
        span = self._end(keyword.start, closing.end, annotations)
        return t.ServiceNode(
            name=declared,
            base=base_name,
            methods=tuple(methods.items),
            annotations=_nodes(annotations),
            doc=self._docs.of(span.start, span.end),
            span=span,
        )

    def method(  # noqa: PLR0917 - one parameter a symbol of the production
        self,
        oneway: Token | None,
        result: t.TypeNode,
        name: Token,
        arguments: Items,
        closing: Token,
        throws: tuple[Items, Token] | None,
        annotations: AnnotationsAt | None,
    ) -> t.MethodNode | None:
        declared = self._declared(name, "a method")
        if oneway is not None and oneway.text == "async":
            self.report(one_family.async_method(self._at(oneway)))
        if self._drops():
            return None
        start = oneway.start if oneway else result.span.start
        span = self._end(start, throws[1].end if throws else closing.end, annotations)
        return t.MethodNode(
            oneway=self._name(oneway) if oneway else None,
            result=result,
            name=declared,
            arguments=tuple(arguments.items),
            throws=tuple(throws[0].items) if throws else (),
            annotations=_nodes(annotations),
            doc=self._docs.of(span.start, span.end),
            span=span,
        )

    # ---- types ----------------------------------------------------------------------------------------------------

    def void(self, word: Token) -> t.BaseTypeNode:
        return t.BaseTypeNode(name=word.text, annotations=(), span=self._at(word))

    def base_type(self, word: Token, annotations: AnnotationsAt | None) -> t.BaseTypeNode:
        if word.text == "uuid" and not self._has_uuid:
            self._has_uuid = True
            self.report(one_family.uuid_type(self._at(word)))
        span = self._end(word.start, word.end, annotations)
        return t.BaseTypeNode(name=word.text, annotations=_nodes(annotations), span=span)

    def named_type(self, name: Token, annotations: AnnotationsAt | None) -> t.NamedTypeNode:
        self._referred(name, "a type")
        if annotations is not None:
            self.report(one_family.annotated_named_type(name.text, self._span(annotations.start, annotations.end)))
        span = self._end(name.start, name.end, annotations)
        return t.NamedTypeNode(name=name.text, annotations=_nodes(annotations), span=span)

    def list_type(  # noqa: PLR0917 - one parameter a symbol of the production
        self,
        word: Token,
        leading: Token | None,
        element: t.TypeNode,
        closing: Token,
        trailing: Token | None,
        annotations: AnnotationsAt | None,
    ) -> t.ListTypeNode:
        if leading is not None:
            self.report(one_family.leading_cpp_type(self._at(leading)))
        cpp_type = leading or trailing
        return t.ListTypeNode(
            element=element,
            cpp_type=self.literal(cpp_type) if cpp_type else None,
            is_cpp_type_trailing=leading is None and trailing is not None,
            annotations=_nodes(annotations),
            span=self._end(word.start, trailing.end if trailing else closing.end, annotations),
        )

    def set_type(
        self,
        word: Token,
        cpp_type: Token | None,
        element: t.TypeNode,
        closing: Token,
        annotations: AnnotationsAt | None,
    ) -> t.SetTypeNode:
        return t.SetTypeNode(
            element=element,
            cpp_type=self.literal(cpp_type) if cpp_type else None,
            annotations=_nodes(annotations),
            span=self._end(word.start, closing.end, annotations),
        )

    def map_type(  # noqa: PLR0917 - one parameter a symbol of the production
        self,
        word: Token,
        cpp_type: Token | None,
        key: t.TypeNode,
        value: t.TypeNode,
        closing: Token,
        annotations: AnnotationsAt | None,
    ) -> t.MapTypeNode:
        return t.MapTypeNode(
            key=key,
            value=value,
            cpp_type=self.literal(cpp_type) if cpp_type else None,
            annotations=_nodes(annotations),
            span=self._end(word.start, closing.end, annotations),
        )

    # ---- values ---------------------------------------------------------------------------------------------------

    def integer(self, token: Token, *, in_enum: bool = False, is_id: bool = False) -> t.IntNode:
        """In an enum both families read an odd number and what follows as two members, so neither refuses it."""
        text, at = token.text, self._at(token)
        value = integer(text)
        digits = text.lstrip("+-")
        if not _MIN_INT64 <= value <= _MAX_INT64:
            self.report(lexical_errors.integer_too_big(text, at))
            value = 0  # so that it is not reported again for not fitting its type
        elif digits.startswith("0o"):
            self.report(lexical_errors.octal(text, value, at, is_refused=not in_enum))
        elif digits.startswith("0x") and digits != text:
            self.report(lexical_errors.signed_hexadecimal(text, value, at, is_refused=not in_enum))
        elif not is_id and reads_octal_otherwise(text):
            theirs = None if is_octal_wrong(text) else int(text, 8)
            self.report(lexical_errors.leading_zero(text, value, theirs, at, is_refused=not in_enum))
        return t.IntNode(text=text, value=value, span=at)

    def double(self, token: Token) -> t.DoubleNode:
        return t.DoubleNode(text=token.text, value=float(token.text), span=self._at(token))

    def literal(self, token: Token) -> t.LiteralNode:
        value, faults = unquote(token.text)
        for fault in faults:
            at = self._span(token.start + fault.start, token.start + fault.end)
            escape = token.text[fault.start : fault.end]
            if fault.reason is None:
                self.report(lexical_errors.foreign_escape(escape, at))
            else:
                self.report(lexical_errors.bad_escape(escape, fault.reason, at))
        return t.LiteralNode(text=token.text, value=value, span=self._at(token))

    def identifier(self, token: Token) -> t.IdentifierNode:
        name = self._referred(token, "a constant")
        return t.IdentifierNode(text=name.text, span=name.span)

    def list_value(self, opening: Token, items: Items, closing: Token) -> t.ListNode:
        return t.ListNode(items=tuple(items.items), span=self._span(opening.start, closing.end))

    def map_value(self, opening: Token, entries: Items, closing: Token) -> t.MapNode:
        return t.MapNode(entries=tuple(entries.items), span=self._span(opening.start, closing.end))

    # ---- annotations ----------------------------------------------------------------------------------------------

    def annotation(self, key: Token, value: Token | None) -> t.AnnotationNode | None:
        name = self._referred(key, "an annotation")
        literal = None
        if value is None:
            if self.is_patching:
                return None
            if key.text:
                self.report(one_family.bare_annotation(key.text, self._at(key)))
        else:
            literal = self.literal(value)
            line = value.text.find("\n")
            if line >= 0:
                at = self._span(value.start, value.start + len(value.text[:line].rstrip("\r")))
                self.report(lexical_errors.newline_in_annotation(at))
        if self._drops():
            return None
        return t.AnnotationNode(key=name, value=literal, span=self._span(key.start, (value or key).end))

    def annotations(self, opening: Token, items: Items, closing: Token) -> AnnotationsAt:
        return AnnotationsAt(tuple(items.items), opening.start, closing.end)


def _nodes(annotations: AnnotationsAt | None) -> tuple[t.AnnotationNode, ...]:
    return annotations.nodes if annotations is not None else ()


_HEADERS = (t.IncludeNode, t.CppIncludeNode, t.NamespaceNode)
_NO_SEPARATOR_AFTER = (*_HEADERS, t.EnumNode, t.RecordNode, t.ServiceNode)
