"""Finds annotations of rules where nobody looks for them."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.plugins.validator.faults import not_checked
from kitexgen.plugins.validator.kinds import PREFIX
from kitexgen.schema.annotations import Annotations
from kitexgen.schema.declarations import Alias, Enum, Record
from kitexgen.schema.module import Module
from kitexgen.schema.services import Service
from kitexgen.schema.walk import outer_types, parts


def unchecked(module: Module) -> Iterator[Diagnostic]:
    for given, where in _places(module):
        for annotation in given:
            if annotation.key.startswith(PREFIX):
                yield not_checked(annotation.key, where, annotation.span)


def _places(module: Module) -> Iterator[tuple[Annotations, str]]:
    for declaration in module.declarations:
        if not isinstance(declaration, Record):
            yield declaration.annotations, _NAMES.get(type(declaration), "a constant")
        for outer in outer_types(declaration):
            for part in parts(outer):
                yield part.annotations, "a type"
        match declaration:
            case Enum():
                for member in declaration.members:
                    yield member.annotations, "a member of an enum"
            case Service():
                for method in declaration.methods:
                    yield method.annotations, "a method"
                    for field in method.arguments:
                        yield field.annotations, f"the parameter `{field.name}`"
                    for field in method.throws:
                        yield field.annotations, "an exception of `throws`"


_NAMES = {Enum: "an enum", Alias: "a typedef", Service: "a service"}
