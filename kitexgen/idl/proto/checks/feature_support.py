"""Declarations of `feature_support` that contradict themselves.

Source: `ValidateFieldFeatureSupport` and `ValidateFeatureSupport` of feature_resolver.cc.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import EnumValueDescriptor, FieldDescriptor
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.options.builtin import Support
from kitexgen.idl.proto.options.types import read_support
from kitexgen.source.span import Span


def check_feature_support(linked: Linked) -> Iterator[Diagnostic]:
    for enum in linked.enums:
        for value in enum.values:
            support = read_support(linked.options.of(value)) if value.options else None
            if support is not None:
                yield from _contradictions(value.name, support, value.name_span)
    for field in linked.fields_with_options:
        support = read_support(linked.options.of(field))
        if support is not None:
            yield from _contradictions(field.name, support, field.name_span)
            yield from _values(field, support, linked)


def _values(field: FieldDescriptor, support: Support, linked: Linked) -> Iterator[Diagnostic]:
    enum = linked.pool.enum(field.type_name)
    for value in enum.values if enum is not None else ():
        own = read_support(linked.options.of(value)) if value.options else None
        if own is not None:
            yield from _value(field, support, value, own)


def _value(field: FieldDescriptor, outer: Support, value: EnumValueDescriptor, own: Support) -> Iterator[Diagnostic]:
    """What a value does not say it has from the field; what it says must lie within what the field does."""
    merged = Support(
        introduced=own.introduced or outer.introduced,
        deprecated=own.deprecated or outer.deprecated,
        warning=outer.warning if own.warning is None else own.warning,
        removed=own.removed or outer.removed,
        removal_error=outer.removal_error if own.removal_error is None else own.removal_error,
    )
    yield from _contradictions(value.name, merged, field.name_span)
    if merged.introduced < outer.introduced:
        yield _fault(f"the value `{value.name}` is introduced before `{field.name}`", field.name_span)
    if outer.removed and merged.removed > outer.removed:
        yield _fault(f"the value `{value.name}` is removed after `{field.name}`", field.name_span)
    if outer.deprecated and merged.deprecated > outer.deprecated:
        yield _fault(f"the value `{value.name}` is deprecated after `{field.name}`", field.name_span)


def _contradictions(name: str, support: Support, at: Span) -> Iterator[Diagnostic]:
    if support.deprecated:
        if support.deprecated < support.introduced:
            yield _fault(f"`{name}` is deprecated before it is introduced", at)
        if support.warning is None:
            yield _fault(f"`{name}` is deprecated without a `deprecation_warning`", at)
    elif support.warning is not None:
        yield _fault(f"`{name}` has a `deprecation_warning` and is deprecated in no edition", at)
    if support.removed:
        if support.deprecated >= support.removed:
            yield _fault(f"`{name}` is deprecated after it is removed", at)
        if support.removed < support.introduced:
            yield _fault(f"`{name}` is removed before it is introduced", at)
        if support.introduced != support.removed and support.removal_error is None:
            yield _fault(f"`{name}` is removed without a `removal_error`", at)
    elif support.removal_error is not None:
        yield _fault(f"`{name}` has a `removal_error` and is removed in no edition", at)


def _fault(message: str, at: Span) -> Diagnostic:
    return error("KX0777", message, at)
