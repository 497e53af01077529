"""Annotations and options as declared: kept in order, with every value, never interpreted here."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.source.span import Span


@dataclass(frozen=True, slots=True)
class Annotation:
    """One key and all its values in order: `(k = "v", k = "w")` gives `k` with ("v", "w").

    A bare key has the value "1", as in Apache Thrift.
    """

    key: str
    values: tuple[str, ...]
    span: Span


Annotations = tuple[Annotation, ...]


def first_value(annotations: Annotations, key: str) -> str | None:
    """The first value of `key`, or None when the key is absent."""
    for annotation in annotations:
        if annotation.key == key:
            return annotation.values[0]
    return None
