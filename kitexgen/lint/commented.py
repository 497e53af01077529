"""What all rules of COMMENTS ask: is there a comment?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kitexgen.lint.rule import Finding
from kitexgen.source.span import Span


def commented(what: str, named: Iterable[tuple[str | None, str, Span]]) -> Iterator[Finding]:
    """A finding for each name without a comment; `named` are comment, name and place."""
    for doc, name, at in named:
        if not doc:
            yield Finding(
                at=at, message=f"the {what} `{name}` has no comment", hint="say in a line above what it is for"
            )
