"""Annotations and options as declared: kept in order, with every value, never acted on here.

Thrift's annotations are text, whatever the author means by it; Protobuf's options have types of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.schema.values import Value
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


@dataclass(frozen=True, slots=True)
class Option:
    """One option of Protobuf that was set: `name` is "deprecated", or "(full.name)" for an extension.

    An option set piece by piece (`(a).b = 1`, `(a).c = 2`) is one, with a RecordValue; a repeated one has a ListValue.
    """

    name: str
    value: Value
    span: Span


Options = tuple[Option, ...]


def first_value(annotations: Annotations, key: str) -> str | None:
    """The first value of `key`, or None when the key is absent."""
    for annotation in annotations:
        if annotation.key == key:
            return annotation.values[0]
    return None


def option(options: Options, name: str) -> Value | None:
    """The value of the option `name`, or None when it is not set."""
    return next((each.value for each in options if each.name == name), None)
