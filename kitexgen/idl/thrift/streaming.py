"""The annotation `streaming.mode` of a method.

Source: thriftgo, generator/golang/streaming/streaming.go: one value, one of four words, exactly one argument.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error
from kitexgen.schema.annotations import Annotation, Annotations
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Method, Streaming

KEY = "streaming.mode"

_MODES = {mode.value: mode for mode in Streaming if mode is not Streaming.NONE}


def _annotation(annotations: Annotations) -> Annotation | None:
    return next((annotation for annotation in annotations if annotation.key == KEY), None)


def streaming_mode(annotations: Annotations) -> Streaming:
    """What the annotation asks for; NONE without one, or when it says nothing that is known."""
    annotation = _annotation(annotations)
    return _MODES.get(annotation.values[0], Streaming.NONE) if annotation else Streaming.NONE


def check_streaming(schema: Schema) -> Iterator[Diagnostic]:
    for service in schema.services():
        for method in service.methods:
            annotation = _annotation(method.annotations)
            if annotation is not None:
                yield from _check(method, annotation)


def _check(method: Method, annotation: Annotation) -> Iterator[Diagnostic]:
    words = ", ".join(_MODES)
    if len(annotation.values) > 1:
        yield error("KX0247", f"`{KEY}` has more than one value", annotation.span, hint=f"choose one of {words}")
        return
    value = annotation.values[0]
    if value not in _MODES:
        near = nearest(value, _MODES)
        hint = f"did you mean `{near}`?" if near else f"it is one of {words}"
        yield error("KX0247", f"there is no streaming mode `{value}`", annotation.span, hint=hint)
        return
    if len(method.arguments) != 1:
        count = len(method.arguments) or "none"
        yield error("KX0248", f"a streaming method has one argument, and `{method.name}` has {count}", method.name_span)
