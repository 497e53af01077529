"""How deep messages may nest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error
from kitexgen.idl.proto import tree as t

# protoc's limit, `MaxMessageDeclarationNestingDepth`, which it reaches at the 32nd message within another.
MAX_MESSAGES: Final = 31


def too_deep(items: Iterable[object]) -> list[Diagnostic]:
    """Each outermost message that has too many around it."""
    found: list[Diagnostic] = []
    waiting: list[tuple[object, int]] = [(item, 1) for item in items]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, t.MessageNode) and depth > MAX_MESSAGES:
            found.append(
                error(
                    "KX0613",
                    "messages nest too deep",
                    item.name.span,
                    f"the {depth}nd message within another",
                    hint="move the inner ones to the top level",
                )
            )
        elif isinstance(item, t.MessageNode):
            waiting += [(inner, depth + 1) for inner in item.items]
        elif isinstance(item, t.GroupNode | t.OneofNode | t.ExtendNode):
            waiting += [(inner, depth) for inner in item.items]
    return found
