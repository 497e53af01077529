"""Syntax nodes of Protobuf as written: nothing resolved, nothing defaulted. Each node and each name has its span.

Declarations stand in their parents in the order of the file, whatever their kind: source locations and comments need
that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kitexgen.idl.proto.editions import Edition
from kitexgen.source.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """An identifier where it stands; dotted only where the field that holds it says so."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """The comments of a declaration as protoc hands them out, without `//`, `/*`, `*/` and the `*` of lines.

    Lines keep their leading blank and their end. `detached` are those before the declaration that a blank line
    separates from it, first to last.
    """

    detached: tuple[str, ...] = ()
    leading: str | None = None
    trailing: str | None = None


# ---- values -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierNode:
    """A word in value position: `true`, `SPEED`, `inf`. `-inf` and `-nan` are FloatNodes."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class IntNode:
    """A whole number of any size; `text` as written, with its sign, `value` with the sign applied."""

    text: str
    value: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatNode:
    """`1.5`, `.5`, `1e10`, `-inf`; `text` as written, with its sign."""

    text: str
    value: float
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class StringNode:
    """One literal or several side by side, which count as one. `value` has escapes resolved, text as UTF-8."""

    value: bytes
    span: Span

    @property
    def text(self) -> str:
        """The value as text; a byte that is no UTF-8 becomes a lone surrogate."""
        return self.value.decode("utf-8", "surrogateescape")


class KeyKind(Enum):
    FIELD = "field"
    EXTENSION = "extension"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNode:
    """What an entry of an aggregate sets: `name`, `[package.extension]` or `[type.googleapis.com/package.Message]`.

    `name` is without brackets; of an ANY key it is the type's name and `prefix` the part up to the last `/`,
    without it.
    """

    kind: KeyKind
    name: str
    prefix: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryNode:
    """`key: value` or, with a message or a list of messages as value, `key value`."""

    key: KeyNode
    value: ValueNode
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregateNode:
    """`{ a: 1 b { c: 2 } }`, a message in text format; within another also `< … >`."""

    entries: tuple[EntryNode, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """`[1, 2]`, only within an aggregate."""

    items: tuple[ValueNode, ...]
    span: Span


ValueNode = IdentifierNode | IntNode | FloatNode | StringNode | AggregateNode | ListNode

# ---- options ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionPartNode:
    """One step of an option's name. `(a.b)` is an extension; `text` is without the parentheses, `span` with them."""

    text: str
    is_extension: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionNode:
    """`option (a.b).c = 1;`, or `(a.b).c = 1` in brackets. `span` covers all of it, `;` included.

    Also used for `default = …` and `json_name = …`, which look like options and are none.
    """

    parts: tuple[OptionPartNode, ...]
    value: ValueNode
    comments: Comments | None
    name_span: Span
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionListNode:
    """`[a = 1, b = 2]` behind a field, an enum value or extension ranges; `options` in order."""

    options: tuple[OptionNode, ...]
    span: Span


# ---- types --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarTypeNode:
    """`int32`, `string`, …"""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTypeNode:
    """A type by name, `User`, `base.User` or `.base.User`; blanks between the parts are left out of `name`."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MapTypeNode:
    """`map<key, value>`"""

    key: ScalarTypeNode | NamedTypeNode
    value: ScalarTypeNode | NamedTypeNode
    span: Span


TypeNode = ScalarTypeNode | NamedTypeNode | MapTypeNode

# ---- messages -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNode:
    """`repeated string names = 1 [deprecated = true];`, in a message, a oneof or an extend.

    `label` is "optional", "required", "repeated" or None. `options` has all of the brackets in order, `default` and
    `json_name` among them; those two are also given apart, since they are no options.
    """

    label: Name | None
    type: TypeNode
    name: Name
    number: IntNode
    options: OptionListNode | None
    default: OptionNode | None
    json_name: OptionNode | None
    comments: Comments | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNode:
    """`optional group Result = 1 { … }`: a field, its name in lower case, and a message in one.

    `keyword` is the span of `group`. `comments` belong to the message.
    """

    label: Name | None
    keyword: Span
    name: Name
    number: IntNode
    options: OptionListNode | None
    default: OptionNode | None
    json_name: OptionNode | None
    items: tuple[MessageItem, ...]
    comments: Comments | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class OneofNode:
    """`oneof kind { … }`"""

    name: Name
    items: tuple[FieldNode | GroupNode | OptionNode, ...]
    comments: Comments | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxNode:
    """The word `max` as the end of a range."""

    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeNode:
    """`5`, `5 to 10` or `5 to max`; `end`, which is included, is None for a single number."""

    start: IntNode
    end: IntNode | MaxNode | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionsNode:
    """`extensions 100 to 199, 500 to max [declaration = { … }];`; the options go for every range."""

    ranges: tuple[RangeNode, ...]
    options: OptionListNode | None
    comments: Comments | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedNode:
    """`reserved 2, 9 to 11;` or `reserved "foo", "bar";` (in editions `reserved foo, bar;`): ranges or names."""

    ranges: tuple[RangeNode, ...]
    names: tuple[Name, ...]
    comments: Comments | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendNode:
    """`extend google.protobuf.FieldOptions { … }`"""

    extendee: NamedTypeNode
    items: tuple[FieldNode | GroupNode, ...]
    comments: Comments | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageNode:
    """`message User { … }`; `visibility` is "export", "local" or None and stands before `span`."""

    visibility: Name | None
    name: Name
    items: tuple[MessageItem, ...]
    comments: Comments | None
    span: Span


# ---- enums --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumValueNode:
    """`RED = 1 [deprecated = true];`"""

    name: Name
    number: IntNode
    options: OptionListNode | None
    comments: Comments | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumNode:
    """`enum Color { … }`; `visibility` as in a message."""

    visibility: Name | None
    name: Name
    items: tuple[EnumValueNode | ReservedNode | OptionNode, ...]
    comments: Comments | None
    span: Span


MessageItem = (
    FieldNode | GroupNode | OneofNode | MessageNode | EnumNode | ExtendNode | ExtensionsNode | ReservedNode | OptionNode
)

# ---- services -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodTypeNode:
    """What stands in the parentheses of a method; `stream` is the span of that word, None when it is not there."""

    type: NamedTypeNode
    stream: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodNode:
    """`rpc Get(Request) returns (stream Response) { option deprecated = true; }`

    `has_braces` tells `{}` from `;`: of the first a descriptor has options, though none is set.
    """

    name: Name
    input: MethodTypeNode
    output: MethodTypeNode
    options: tuple[OptionNode, ...]
    has_braces: bool
    comments: Comments | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNode:
    """`service Users { … }`"""

    name: Name
    items: tuple[MethodNode | OptionNode, ...]
    comments: Comments | None
    span: Span


# ---- the file -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntaxNode:
    """`syntax = "proto3";` or `edition = "2023";`; `keyword` is the first word."""

    keyword: str
    value: StringNode
    comments: Comments | None
    span: Span


class ImportKind(Enum):
    PLAIN = "plain"
    PUBLIC = "public"
    WEAK = "weak"
    OPTION = "option"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportNode:
    """`import public "base.proto";`; `modifier` is the span of the word in the middle."""

    kind: ImportKind
    modifier: Span | None
    path: StringNode
    comments: Comments | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageNode:
    """`package a.b;`; the name is dotted."""

    name: Name
    comments: Comments | None
    span: Span


FileItem = ImportNode | PackageNode | OptionNode | MessageNode | EnumNode | ExtendNode | ServiceNode


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNode:
    """A whole file. A part that did not parse is missing.

    `edition` is what `syntax` says, PROTO2 when there is none. `span` goes from the first token to the end of the
    last one.
    """

    path: str
    syntax: SyntaxNode | None
    edition: Edition
    items: tuple[FileItem, ...]
    span: Span

    def imports(self) -> Iterator[ImportNode]:
        return (item for item in self.items if isinstance(item, ImportNode))

    @property
    def package(self) -> str:
        """The dotted name of the package, empty without one."""
        return next((item.name.text for item in self.items if isinstance(item, PackageNode)), "")
