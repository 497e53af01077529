"""The two shapes of a list in an IDL: an item a line in braces; on one line, if it fits, in brackets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from kitexgen.fmt.columns import Row, aligned
from kitexgen.fmt.cursor import Cursor
from kitexgen.fmt.document import HARD, SOFT, SPACE, Document, Fill, IfBroken, concat, flat_text, group, indent

_Node = TypeVar("_Node")
_SEPARATORS = (",", ";")


def lines(rows: list[tuple[bool, Document | Row]], *, align: bool) -> list[Document]:
    """`rows`, each on a line of its own, with whether a blank line stands before it."""
    found: list[Document] = []
    for is_spaced, content in aligned(rows, align=align):
        found += (HARD, HARD) if is_spaced else (HARD,)
        found.append(content)
    return found


def body(
    cursor: Cursor,
    nodes: Sequence[_Node],
    print_node: Callable[[_Node], Row],
    end_of: Callable[[_Node], int],
    *,
    align: bool,
    is_separated: bool = True,
) -> Document:
    """`{ … }` with an item a line; the next token is the `{`.

    All items get the separator that most of them have, unless the list is not separated at all.
    """
    parts = [cursor.take(" ", "{")]
    rows: list[tuple[bool, Document | Row]] = []
    chosen = _commonest(cursor, nodes, end_of) if is_separated else ""
    for node in nodes:
        rows += cursor.lines_before()
        is_spaced = cursor.has_blank_line()
        cursor.start_line()
        row = print_node(node)
        end = _separator(cursor) if is_separated else []
        first_line = end.index(HARD) if HARD in end else len(end)
        rows.append((is_spaced, row.with_end(chosen, end[:first_line])))
        if first_line < len(end):  # comments that stood before the separator: they read as lines of their own
            rows.append((False, concat(end[first_line + 1 :])))
    rows += cursor.lines_before()
    if rows:
        rows[0] = (False, rows[0][1])
    content = lines(rows, align=align)
    if content:
        parts.append(indent(concat(content)))
        parts.append(HARD)
        cursor.start_line()
    parts.append(cursor.take("", "}"))
    return concat(parts)


def brackets(
    cursor: Cursor,
    nodes: Sequence[_Node],
    print_node: Callable[[_Node], Document],
    *,
    opening: Document,
    closer: str,
    is_filled: bool = False,
    ending: str = ",",
) -> Document:
    """A list whose opening bracket was taken as `opening`: on one line if it fits and its author did not break it
    behind the bracket. With `is_filled` several items share a line. `ending` comes behind the last of a broken list.
    """
    is_broken = cursor.is_on_new_line() and bool(nodes)
    items: list[Document] = []
    for at, node in enumerate(nodes):
        before = cursor.lines_before()
        is_spaced = cursor.has_blank_line() and bool(at or before)
        for spaced, comment in before:
            items += ([HARD] if spaced and at else []) + [comment, HARD]
        if is_spaced:
            items.append(HARD)
        # Behind a `//` comment the list is broken anyway, and each item begins a line.
        cursor.start_line()
        items.append(print_node(node))
        is_last = at == len(nodes) - 1
        items.append(IfBroken(ending) if is_last else concat([","]))
        items += _separator(cursor)
        cursor.start_line()
        if not is_last:
            items.append(SPACE)
    left = [comment for _, comment in cursor.lines_before()]
    for comment in left:
        items += (HARD, comment)
    if is_filled and not left:
        words = _words(items)
        items = [Fill(words)] if words else items
    if left:
        items.append(HARD)
    inner = [indent(concat([SOFT, *items])), SOFT] if items else []
    if inner:
        cursor.start_line()
    closing, behind = cursor.take_apart("", closer)
    return concat([group(concat([opening, *inner, closing]), is_broken=is_broken), behind])


def _separator(cursor: Cursor) -> list[Document]:
    return cursor.take_separator() if cursor.kind in _SEPARATORS else []


def _commonest(cursor: Cursor, nodes: Sequence[_Node], end_of: Callable[[_Node], int]) -> str:
    """What stands between most items. The last one counts only when it is alone: many leave it bare."""
    counted = nodes[:-1] or nodes
    kinds = [kind if (kind := cursor.kind_after(end_of(node))) in _SEPARATORS else "" for node in counted]
    return max((*_SEPARATORS, ""), key=kinds.count) if kinds else ""


def _words(items: list[Document]) -> tuple[str, ...]:
    """Each item with its comma; nothing when one of them cannot stand on a line with others."""
    words: list[str] = []
    for item in items:
        flat = flat_text(item)
        if item == SPACE or isinstance(item, IfBroken):
            continue
        if flat is None or flat[1]:
            return ()
        if flat[0] == ",":
            words[-1] += ","
        else:
            words.append(flat[0])
    return tuple(words)
