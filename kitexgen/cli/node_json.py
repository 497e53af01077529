"""Tokens and syntax nodes as JSON. A place is `line:column-line:column`, from 1, the end exclusive."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

from kitexgen.idl.tokens import Comment, Token
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span


def token_json(token: Token, source: SourceFile, leading: Mapping[int, tuple[Comment, ...]]) -> dict[str, object]:
    shown: dict[str, object] = {"kind": token.kind, "text": token.text, "at": _place(source, token.start, token.end)}
    comments = token.comments or leading.get(token.start, ())
    if comments:
        shown["comments"] = [comment.text for comment in comments]
    return shown


def tree_json(node: object, source: SourceFile) -> object:
    """A node is an object: its `kind`, the class without `Node` (`base_type`), then its parts by name."""
    match node:
        case Span():
            return _place(source, node.start, node.end)
        case tuple():
            return [tree_json(item, source) for item in node]
        case _ if is_dataclass(node):
            kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(node).__name__.removesuffix("Node")).lower()
            return {"kind": kind} | {part.name: tree_json(getattr(node, part.name), source) for part in fields(node)}
        case bytes():
            return node.decode("utf-8", "backslashreplace")
        case Enum():
            return node.name.lower()
        case float() if not math.isfinite(node):
            return str(node)  # JSON has no such numbers
        case _:
            return node


def _place(source: SourceFile, start: int, end: int) -> str:
    first, last = source.position(start), source.position(end)
    return f"{first.line}:{first.column}-{last.line}:{last.column}"
