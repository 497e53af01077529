"""How deep messages may nest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error
from kitexgen.idl.proto import tree as t
from kitexgen.source.span import Span

# protoc's limit, `MaxMessageDeclarationNestingDepth`, which it reaches at the 32nd message or group within another.
MAX_MESSAGES: Final = 31


def too_deep(items: Iterable[object]) -> list[Diagnostic]:
    """Each outermost message that has too many around it."""
    found: list[Diagnostic] = []
    waiting: list[tuple[_Holder, int]] = [(item, 1) for item in items if isinstance(item, _HOLDERS)]
    while waiting:
        item, depth = waiting.pop()
        level = depth
        if isinstance(item, t.MessageNode | t.GroupNode):
            if depth > MAX_MESSAGES:
                found.append(_too_deep(item.name.span, depth))
                continue
            level += 1
        waiting += [(inner, level) for inner in item.items if isinstance(inner, _HOLDERS)]
    return found


_Holder = t.MessageNode | t.GroupNode | t.OneofNode | t.ExtendNode
_HOLDERS: Final = (t.MessageNode, t.GroupNode, t.OneofNode, t.ExtendNode)


def _too_deep(at: Span, depth: int) -> Diagnostic:
    return error(
        "KX0613",
        "messages nest too deep",
        at,
        f"the {depth}nd message within another",
        hint="move the inner ones to the top level",
    )
