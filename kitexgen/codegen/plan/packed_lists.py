"""Which repeated numbers of Protobuf are arrays in Python: the setting `py_packed`, brought into the schema.

There it is what Thrift's authors write themselves, the annotation `py.packed` of a list: whoever asks whether a list is
one need not know of the setting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from kitexgen.codegen.plan.packages import ancestors
from kitexgen.codegen.plan.wire_types import PACKABLE_OF_MESSAGES, PACKED
from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.suggest import nearest
from kitexgen.schema.annotations import Annotation
from kitexgen.schema.declarations import Enum, Extension, Field, Record
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import PACKAGE, Declaration, Module, Schema
from kitexgen.schema.types import ListOf, Scalar
from kitexgen.source.span import Span

_NUMBERS = (
    "it goes with repeated fields of integers, `float` or `double`, and with messages and packages that hold them"
)


def pack_lists(
    schema: Schema, names: Sequence[str], generated: Collection[ModuleId], *, is_whole: bool
) -> tuple[Schema, tuple[Diagnostic, ...]]:
    """`schema` with the annotation at all repeated numbers that are in what `names` names; a KX0405 for each name that
    names nothing of the kind. `generated` are the files that Python is made of; `is_whole` as in `GenerateOptions`.
    """
    if not names:
        return schema, ()
    wanted = frozenset(names)
    messages = [module for module in schema.modules if module.language == "proto"]
    messages.sort(key=lambda module: module.id in generated)  # a package is packable when one of its files is
    known = {name: found for module in messages for name, found in _named(schema, module, generated)}
    faults = [fault for name in sorted(wanted) if (fault := _fault(name, known, is_whole)) is not None]
    packed = {module.id: _packed(schema, module, wanted) for module in messages if module.id in generated}
    modules = [packed.get(module.id, module) for module in schema.modules]
    return Schema(tuple(modules), schema.roots), tuple(faults)


def _packed(schema: Schema, module: Module, wanted: Collection[str]) -> Module:
    return replace(module, declarations=tuple(_marked(schema, each, wanted) for each in module.declarations))


def _marked(schema: Schema, declaration: Declaration, wanted: Collection[str]) -> Declaration:
    if not isinstance(declaration, Record):
        return declaration
    around = schema.full_name(declaration.id)
    is_inside = any(name in wanted for name in ancestors(around))
    fields = [
        _as_array(field) if _is_packable(field) and (is_inside or f"{around}.{field.name}" in wanted) else field
        for field in declaration.fields
    ]
    return replace(declaration, fields=tuple(fields))


def _is_packable(field: Field) -> bool:
    match field.type:
        case ListOf(Scalar(kind)):
            return kind in PACKABLE_OF_MESSAGES
        case _:
            return False


def _as_array(field: Field) -> Field:
    assert isinstance(field.type, ListOf)
    return replace(field, type=replace(field.type, annotations=(Annotation(PACKED, ("1",), field.name_span),)))


@dataclass(frozen=True, slots=True)
class _Named:
    """What a name means. `refusal` says why it cannot be packed, "" when it can."""

    place: Span
    refusal: str = ""


def _named(schema: Schema, module: Module, generated: Collection[ModuleId]) -> Iterator[tuple[str, _Named]]:
    """The packages of a file, and all that it declares. What comes with the runtime is as it is."""
    for name, found in _declared(schema, module):
        yield name, found if module.id in generated else _Named(found.place, "comes with kitexgen")


def _declared(schema: Schema, module: Module) -> Iterator[tuple[str, _Named]]:
    for namespace in module.namespaces:
        if namespace.scope == PACKAGE:
            for package in ancestors(namespace.name):
                yield package, _Named(namespace.span)
    for declaration in module.declarations:
        name = schema.full_name(declaration.id)
        match declaration:
            case Record():
                yield name, _Named(declaration.name_span)
                for field in declaration.fields:
                    refusal = "" if _is_packable(field) else "is no list of numbers"
                    yield f"{name}.{field.name}", _Named(field.name_span, refusal)
            case Extension():
                yield name, _Named(declaration.name_span, "is an extension, and these stay lists")
            case Enum():
                yield name, _Named(declaration.name_span, "is an enum")
            case _:
                yield name, _Named(declaration.name_span, "is no message")


def _fault(name: str, known: dict[str, _Named], is_whole: bool) -> Diagnostic | None:
    found = known.get(name)
    if found is None:
        good = sorted(each for each, named in known.items() if not named.refusal)
        near = next((each for each in good if each.endswith(f".{name}")), None) or nearest(name, good)
        return Diagnostic(
            code="KX0405",
            severity=Severity.ERROR if is_whole else Severity.WARNING,
            message=f"the setting `py_packed` names `{name}`, which no Protobuf file declares",
            at=None,
            hint=f"did you mean `{near}`?" if near else "it takes the full names of fields, messages and packages",
        )
    if not found.refusal:
        return None
    return Diagnostic(
        code="KX0405",
        severity=Severity.ERROR,
        message=f"the setting `py_packed` names `{name}`, which {found.refusal}",
        at=Label(found.place, "this one"),
        hint=_NUMBERS,
    )
