"""Type nodes to schema types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kitexgen.diagnostics.report import Report
from kitexgen.idl.finding import error
from kitexgen.idl.thrift.partial import UNKNOWN
from kitexgen.idl.thrift.scopes import Scopes
from kitexgen.idl.thrift.tree import (
    AnnotationNode,
    BaseTypeNode,
    ListTypeNode,
    MapTypeNode,
    NamedTypeNode,
    SetTypeNode,
    TypeNode,
)
from kitexgen.schema.annotations import Annotation, Annotations
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.types import THRIFT_SCALARS, ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type

# A peer gives up skipping a value nested deeper than this (Kitex: wire.md 1.3), so no deeper type can be used.
MAX_DEPTH = 64

_SCALARS = {kind.value: Scalar(kind) for kind in THRIFT_SCALARS} | {"byte": Scalar(ScalarKind.I8)}


def lower_annotations(nodes: Sequence[AnnotationNode]) -> Annotations:
    """One annotation a key, in the order keys first appear, with all the key's values; a bare key has the value "1"."""
    if not nodes:
        return ()
    found: dict[str, list[AnnotationNode]] = {}
    for node in nodes:
        found.setdefault(node.key.text, []).append(node)
    return tuple(
        Annotation(key, tuple("1" if node.value is None else node.value.value for node in group), group[0].span)
        for key, group in found.items()
    )


class TypeLowering:
    def __init__(self, scopes: Scopes, report: Report) -> None:
        self._scopes = scopes
        self._report = report

    def lower(self, module: ModuleId, node: TypeNode, depth: int = 1) -> Type:
        """The type that `node` means in `module`; UNKNOWN, reported, when it means none."""
        if depth > MAX_DEPTH:
            self._report.add(error("KX0326", f"types nested deeper than {MAX_DEPTH} cannot be used", node.span))
            return UNKNOWN
        annotations = lower_annotations(node.annotations)
        match node:
            case BaseTypeNode():
                return self._base(node, annotations)
            case NamedTypeNode():
                symbol = self._scopes.type(module, node.name, node.span)
                return UNKNOWN if symbol is None else Ref(symbol.id, annotations)
            case ListTypeNode():
                element = self.lower(module, node.element, depth + 1)
                return UNKNOWN if element == UNKNOWN else ListOf(element, annotations)
            case SetTypeNode():
                element = self.lower(module, node.element, depth + 1)
                return UNKNOWN if element == UNKNOWN else SetOf(element, annotations)
            case MapTypeNode():
                key = self.lower(module, node.key, depth + 1)
                value = self.lower(module, node.value, depth + 1)
                return UNKNOWN if UNKNOWN in (key, value) else MapOf(key, value, annotations)

    def _base(self, node: BaseTypeNode, annotations: Annotations) -> Type:
        # `void` in the place of a type was reported by the grammar.
        if node.name == "void":
            return UNKNOWN
        scalar = _SCALARS[node.name]
        return replace(scalar, annotations=annotations) if annotations else scalar
