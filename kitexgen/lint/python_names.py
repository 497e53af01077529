"""Names of an IDL that Python has for something else."""

from __future__ import annotations

import keyword

# Builtins that annotations of generated code are made of; see `codegen/plan/names.py`.
_ANNOTATION_BUILTINS = frozenset(
    ("bool", "bytes", "dict", "float", "frozenset", "int", "list", "object", "set", "str", "super", "tuple")
)


def escapes_in_python(name: str) -> str | None:
    """Why generated code cannot call something `name`, or None when it can."""
    if keyword.iskeyword(name):
        return "a keyword"
    if name in _ANNOTATION_BUILTINS:
        return "a builtin type"
    if name in {"self", "cls"}:
        return "what methods call their object"
    return None
