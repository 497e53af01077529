"""Syntax nodes of Thrift as written: nothing resolved, nothing defaulted. Each node and each name has its span."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.source.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """An identifier, dotted or not, where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationNode:
    """`key = "value"`; `value` is None for a bare key."""

    key: Name
    value: LiteralNode | None
    span: Span


# ---- constant values ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IntNode:
    """`text` as written: sign, prefix and leading zeros kept.

    `value` is our reading of it; 0 when it does not fit in 64 bits, which has been reported.
    """

    text: str
    value: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleNode:
    """`1.5`, `.5`, `1e10`; `text` as written."""

    text: str
    value: float
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralNode:
    """A quoted string. `text` as written, with its quotes; `value` with escapes resolved."""

    text: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierNode:
    """A name in value position: `true`, `LIMIT`, `Color.RED`, `base.Color.RED`."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """`[1, 2]`"""

    items: tuple[ValueNode, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNode:
    """`{"a": 1}`; a value of a record looks the same."""

    entries: tuple[tuple[ValueNode, ValueNode], ...]
    span: Span


ValueNode = IntNode | DoubleNode | LiteralNode | IdentifierNode | ListNode | MapNode

# ---- types --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseTypeNode:
    """`i32`, `string`, …; `void` only as the result of a method."""

    name: str
    annotations: tuple[AnnotationNode, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTypeNode:
    """A type by name, `User` or `base.User`."""

    name: str
    annotations: tuple[AnnotationNode, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTypeNode:
    """`cpp_type` is the literal after that word; `is_cpp_type_trailing` tells the old place behind `>`."""

    element: TypeNode
    cpp_type: LiteralNode | None
    is_cpp_type_trailing: bool
    annotations: tuple[AnnotationNode, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTypeNode:
    """`set<element>`"""

    element: TypeNode
    cpp_type: LiteralNode | None
    annotations: tuple[AnnotationNode, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MapTypeNode:
    """`map<key, value>`"""

    key: TypeNode
    value: TypeNode
    cpp_type: LiteralNode | None
    annotations: tuple[AnnotationNode, ...]
    span: Span


TypeNode = BaseTypeNode | NamedTypeNode | ListTypeNode | SetTypeNode | MapTypeNode

# ---- headers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IncludeNode:
    """`include "base.thrift"`"""

    path: LiteralNode
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CppIncludeNode:
    """`cpp_include "<vector>"`"""

    path: LiteralNode
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceNode:
    """`namespace py a.b`"""

    scope: Name
    name: Name
    annotations: tuple[AnnotationNode, ...]
    span: Span


HeaderNode = IncludeNode | CppIncludeNode | NamespaceNode

# ---- definitions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNode:
    """`1: required list<string> tags = []`.

    `requirement` is "required", "optional" or None. `is_reference` tells the `&` of C++, `xsd` the span of any
    `xsd_*` words.
    """

    id: IntNode | None
    requirement: Name | None
    type: TypeNode
    is_reference: bool
    name: Name
    default: ValueNode | None
    xsd: Span | None
    annotations: tuple[AnnotationNode, ...]
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstNode:
    """`const i32 LIMIT = 10`"""

    type: TypeNode
    name: Name
    value: ValueNode
    annotations: tuple[AnnotationNode, ...]
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedefNode:
    """`separator` is the span of a `,` or `;` behind it, which thriftgo refuses."""

    type: TypeNode
    name: Name
    separator: Span | None
    annotations: tuple[AnnotationNode, ...]
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumMemberNode:
    """`RED = 1`; `number` is None when left out."""

    name: Name
    number: IntNode | None
    annotations: tuple[AnnotationNode, ...]
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumNode:
    """`enum Color { ... }`"""

    name: Name
    members: tuple[EnumMemberNode, ...]
    annotations: tuple[AnnotationNode, ...]
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNode:
    """`keyword` is "struct", "union" or "exception"."""

    keyword: str
    name: Name
    xsd: Span | None
    fields: tuple[FieldNode, ...]
    annotations: tuple[AnnotationNode, ...]
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodNode:
    """`oneway` is the word as written, `oneway` or the old `async`."""

    oneway: Name | None
    result: TypeNode
    name: Name
    arguments: tuple[FieldNode, ...]
    throws: tuple[FieldNode, ...]
    annotations: tuple[AnnotationNode, ...]
    doc: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNode:
    """`service Users extends Base { ... }`"""

    name: Name
    base: Name | None
    methods: tuple[MethodNode, ...]
    annotations: tuple[AnnotationNode, ...]
    doc: str | None
    span: Span


DefinitionNode = ConstNode | TypedefNode | EnumNode | RecordNode | ServiceNode


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNode:
    """A whole file; headers and definitions in source order. A part that did not parse is missing."""

    path: str
    doc: str | None
    headers: tuple[HeaderNode, ...]
    definitions: tuple[DefinitionNode, ...]
