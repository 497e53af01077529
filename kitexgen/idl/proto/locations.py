"""Source locations: where each part of a file stands and what is said about it, as protoc's parser records them.

After `LocationRecorder` and its users in protoc's `compiler/parser.cc`, in the order in which that adds them. Left out
are the parts of an option's name and its value: interpreting the option drops them again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kitexgen.idl.encoding import encode
from kitexgen.idl.proto import tree as t
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span

Path = tuple[int, ...]

_TAB: Final = 8
# The field `uninterpreted_option` of every options message.
_UNINTERPRETED: Final = 999


@dataclass(frozen=True, slots=True)
class Location:
    """`path` leads from the FileDescriptorProto by field numbers and indexes to what stands at `span`.

    `span` is line and column of the start, then of the end; the second line is left out when it is the first. All
    count from 0; columns are bytes of UTF-8, with tabs to multiples of 8.
    """

    path: Path
    span: tuple[int, ...]
    comments: t.Comments | None = None

    def moved(self, path: Path) -> Location:
        return Location(path, self.span, self.comments)


def locations(tree: t.FileNode, text: str) -> tuple[Location, ...]:
    """Every location of a file without mistakes. `text` is what `tree` was parsed from."""
    return tuple(_Walk(text).file(tree))


class _Places:
    """Offsets to lines and columns as protoc's tokenizer counts them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = SourceFile("", text).line_starts

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        before = self._text[start:offset]
        if before.isascii() and "\t" not in before:
            return line, offset - start
        column = 0
        for piece in before.split("\t"):
            column += len(encode(piece))
            column += _TAB - column % _TAB
        return line, column - (_TAB - len(encode(before.rpartition("\t")[2])) % _TAB)


@dataclass(slots=True)
class _Counts:
    """How many of each kind a message, or the file, has so far: the indexes of the next ones."""

    messages: int = 0
    enums: int = 0
    fields: int = 0
    extensions: int = 0
    oneofs: int = 0
    ranges: int = 0
    reserved_ranges: int = 0
    reserved_names: int = 0
    options: int = 0


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The field numbers of what both files and messages hold, in their descriptors."""

    messages: int
    enums: int
    extensions: int
    options: int


_OF_FILE: Final = _Numbers(messages=4, enums=5, extensions=7, options=8)
_OF_MESSAGE: Final = _Numbers(messages=3, enums=4, extensions=6, options=7)


class _Walk:
    def __init__(self, text: str) -> None:
        self._places = _Places(text)
        self._end = len(text)

    def _span(self, start: int, end: int) -> tuple[int, ...]:
        line, column = self._places.at(start)
        end_line, end_column = self._places.at(end)
        return (line, column, end_column) if line == end_line else (line, column, end_line, end_column)

    def _at(self, path: Path, span: Span, comments: t.Comments | None = None) -> Location:
        return Location(path, self._span(span.start, span.end), comments)

    # ---- the file -------------------------------------------------------------------------------------------------

    def file(self, tree: t.FileNode) -> Iterator[Location]:
        yield Location((), self._span(tree.span.start, tree.span.end) if tree.span.end else self._of_nothing())
        if tree.syntax is not None:
            yield self._at((12,), tree.syntax.span, tree.syntax.comments)
        counts = _Counts()
        services = 0
        imports = dict.fromkeys(t.ImportKind, 0)
        for item in tree.items:
            if isinstance(item, t.ImportNode):
                yield from self._import(item, imports)
            elif isinstance(item, t.PackageNode):
                yield self._at((2,), item.span, item.comments)
            elif isinstance(item, t.ServiceNode):
                yield from self._service((6, services), item)
                services += 1
            else:
                yield from self._common((), item, counts, _OF_FILE)

    def _of_nothing(self) -> tuple[int, ...]:
        """Of a file without a token: from its end to the very beginning."""
        line, column = self._places.at(self._end)
        return (0, column, 0) if line == 0 else (line, column, 0, 0)

    def _import(self, node: t.ImportNode, seen: dict[t.ImportKind, int]) -> Iterator[Location]:
        index = seen[node.kind]
        seen[node.kind] += 1
        if node.kind is t.ImportKind.OPTION:
            yield self._at((15, index), node.span, node.comments)
            return
        others = sum(count for kind, count in seen.items() if kind is not t.ImportKind.OPTION) - 1
        yield self._at((3, others), node.span, node.comments)
        number = {t.ImportKind.PUBLIC: 10, t.ImportKind.WEAK: 11}.get(node.kind)
        if number is not None and node.modifier is not None:
            yield self._at((number, index), node.modifier)

    def _common(
        self,
        path: Path,
        item: t.MessageNode | t.EnumNode | t.ExtendNode | t.OptionNode,
        counts: _Counts,
        numbers: _Numbers,
    ) -> Iterator[Location]:
        """What may stand in a file and in a message."""
        if isinstance(item, t.MessageNode):
            counts.messages += 1
            yield from self._message((*path, numbers.messages, counts.messages - 1), item)
        elif isinstance(item, t.EnumNode):
            counts.enums += 1
            yield from self._enum((*path, numbers.enums, counts.enums - 1), item)
        elif isinstance(item, t.ExtendNode):
            yield from self._extend(path, item, counts, numbers)
        else:
            counts.options += 1
            yield from self._option((*path, numbers.options), item, counts.options - 1)

    def _extend(self, path: Path, node: t.ExtendNode, counts: _Counts, numbers: _Numbers) -> Iterator[Location]:
        here = (*path, numbers.extensions)
        yield self._at(here, node.span, node.comments)
        for field in node.items:
            own = (*here, counts.extensions)
            counts.extensions += 1
            yield from self._field(own, field, (*path, numbers.messages), counts, node.extendee.span)

    # ---- messages -------------------------------------------------------------------------------------------------

    def _message(self, path: Path, node: t.MessageNode) -> Iterator[Location]:
        yield self._at(path, node.span, node.comments)
        yield self._at((*path, 1), node.name.span)
        yield from self._message_items(path, node.items)

    def _message_items(self, path: Path, items: Sequence[t.MessageItem]) -> Iterator[Location]:
        counts = _Counts()
        for item in items:
            if isinstance(item, t.FieldNode | t.GroupNode):
                yield from self._member(path, item, counts)
            elif isinstance(item, t.OneofNode):
                yield from self._oneof(path, item, counts)
            elif isinstance(item, t.ExtensionsNode):
                yield from self._extensions((*path, 5), item, counts)
            elif isinstance(item, t.ReservedNode):
                yield from self._reserved(path, 9, 10, item, counts)
            else:
                yield from self._common(path, item, counts, _OF_MESSAGE)

    def _member(self, path: Path, node: t.FieldNode | t.GroupNode, counts: _Counts) -> Iterator[Location]:
        own = (*path, 2, counts.fields)
        counts.fields += 1
        yield from self._field(own, node, (*path, 3), counts, None)

    def _field(
        self, path: Path, node: t.FieldNode | t.GroupNode, messages: Path, counts: _Counts, extendee: Span | None
    ) -> Iterator[Location]:
        """`messages` is the path of the list to which a group, or the entries of a map, add a message."""
        yield self._at(path, node.span, node.comments if isinstance(node, t.FieldNode) else None)
        if extendee is not None:
            yield self._at((*path, 2), extendee)
        if node.label is not None:
            yield self._at((*path, 4), node.label.span)
        if isinstance(node, t.GroupNode):
            yield self._at((*path, 5), node.keyword)
        else:
            yield self._at((*path, 5 if isinstance(node.type, t.ScalarTypeNode) else 6), node.type.span)
        yield self._at((*path, 1), node.name.span)
        yield self._at((*path, 3), node.number.span)
        if node.options is not None:
            yield from self._brackets((*path, 8), node.options, path)
        if isinstance(node, t.GroupNode):
            own = (*messages, counts.messages)
            counts.messages += 1
            yield self._at(own, node.span, node.comments)
            yield self._at((*own, 1), node.name.span)
            yield self._at((*path, 6), node.name.span)
            yield from self._message_items(own, node.items)
        elif isinstance(node.type, t.MapTypeNode):
            counts.messages += 1

    def _oneof(self, path: Path, node: t.OneofNode, counts: _Counts) -> Iterator[Location]:
        own = (*path, 8, counts.oneofs)
        counts.oneofs += 1
        yield self._at(own, node.span, node.comments)
        yield self._at((*own, 1), node.name.span)
        options = 0
        for item in node.items:
            if isinstance(item, t.OptionNode):
                yield from self._option((*own, 2), item, options)
                options += 1
            else:
                yield from self._member(path, item, counts)

    def _extensions(self, path: Path, node: t.ExtensionsNode, counts: _Counts) -> Iterator[Location]:
        yield self._at(path, node.span, node.comments)
        first = counts.ranges
        counts.ranges += len(node.ranges)
        for index, range in enumerate(node.ranges, first):
            yield from self._range((*path, index), range)
        for index, _ in enumerate(node.ranges if node.options is not None else (), first):
            assert node.options is not None
            yield from self._brackets((*path, index, 3), node.options, None)

    def _reserved(
        self, path: Path, ranges: int, names: int, node: t.ReservedNode, counts: _Counts
    ) -> Iterator[Location]:
        """`ranges` and `names` are the numbers of the two lists in the descriptor."""
        yield self._at((*path, names if node.names else ranges), node.span, node.comments)
        for range in node.ranges:
            yield from self._range((*path, ranges, counts.reserved_ranges), range)
            counts.reserved_ranges += 1
        for name in node.names:
            yield self._at((*path, names, counts.reserved_names), name.span)
            counts.reserved_names += 1

    def _range(self, path: Path, node: t.RangeNode) -> Iterator[Location]:
        yield self._at(path, node.span)
        yield self._at((*path, 1), node.start.span)
        if node.end is not None:
            yield self._at((*path, 2), node.end.span)
            return
        # protoc takes the first token of the start for the end, which of a negative number is the sign.
        start = node.start.span
        is_negative = node.start.text.startswith("-")
        yield Location((*path, 2), self._span(start.start, start.start + 1 if is_negative else start.end))

    # ---- enums and services ---------------------------------------------------------------------------------------

    def _enum(self, path: Path, node: t.EnumNode) -> Iterator[Location]:
        yield self._at(path, node.span, node.comments)
        yield self._at((*path, 1), node.name.span)
        counts = _Counts()
        values = 0
        for item in node.items:
            if isinstance(item, t.EnumValueNode):
                yield from self._value((*path, 2, values), item)
                values += 1
            elif isinstance(item, t.ReservedNode):
                yield from self._reserved(path, 4, 5, item, counts)
            else:
                yield from self._option((*path, 3), item, counts.options)
                counts.options += 1

    def _value(self, path: Path, node: t.EnumValueNode) -> Iterator[Location]:
        yield self._at(path, node.span, node.comments)
        yield self._at((*path, 1), node.name.span)
        yield self._at((*path, 2), node.number.span)
        if node.options is not None:
            yield from self._brackets((*path, 3), node.options, None)

    def _service(self, path: Path, node: t.ServiceNode) -> Iterator[Location]:
        yield self._at(path, node.span, node.comments)
        yield self._at((*path, 1), node.name.span)
        methods = options = 0
        for item in node.items:
            if isinstance(item, t.MethodNode):
                yield from self._method((*path, 2, methods), item)
                methods += 1
            else:
                yield from self._option((*path, 3), item, options)
                options += 1

    def _method(self, path: Path, node: t.MethodNode) -> Iterator[Location]:
        yield self._at(path, node.span, node.comments)
        yield self._at((*path, 1), node.name.span)
        for type, stream_number, number in ((node.input, 5, 2), (node.output, 6, 3)):
            if type.stream is not None:
                yield self._at((*path, stream_number), type.stream)
            yield self._at((*path, number), type.type.span)
        for index, option in enumerate(node.options):
            yield from self._option((*path, 4), option, index)

    # ---- options --------------------------------------------------------------------------------------------------

    def _option(self, path: Path, node: t.OptionNode, index: int) -> Iterator[Location]:
        """An option in a statement of its own."""
        yield self._at(path, node.span)
        yield self._at((*path, _UNINTERPRETED, index), node.span, node.comments)

    def _brackets(self, path: Path, node: t.OptionListNode, field: Path | None) -> Iterator[Location]:
        """Options in brackets, in a field with `default` and `json_name` among them, which belong to the field."""
        yield self._at(path, node.span)
        index = 0
        for option in node.options:
            name = "" if option.parts[0].is_extension or field is None else option.parts[0].text
            if name == "default" and field is not None:
                yield self._at((*field, 7), option.value.span)
            elif name == "json_name" and field is not None:
                yield self._at((*field, 10), option.span)
                yield self._at((*field, 10), option.value.span)
            else:
                yield self._at((*path, _UNINTERPRETED, index), option.span)
                index += 1
