"""`extensions 4 to 1000 [declaration = { … }];`: declarations that make sense, and extensions that keep to them.

Source: `ValidateExtensionRangeOptions`, `ValidateExtensionDeclaration`, `CheckExtensionDeclaration` of descriptor.cc.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.checks.extensions import OPTION_MESSAGES
from kitexgen.idl.proto.checks.field_numbers import number_span
from kitexgen.idl.proto.descriptors import ExtensionRange, FieldDescriptor, FieldType, MessageDescriptor
from kitexgen.idl.proto.interpreted import OptionMessage, SetField
from kitexgen.idl.proto.linked import Linked
from kitexgen.source.span import Span

_DECLARED: Final = 0
_UNVERIFIED: Final = 1
_SCALARS: Final = frozenset(
    {type.name.lower() for type in FieldType} - {"unknown", "group", "message"}
)  # "enum" is among them in protoc, too
# protoc takes digits anywhere.
_QUALIFIED: Final = re.compile(r"\.?[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
_DESCRIPTOR: Final = "google/protobuf/descriptor.proto"


def check_extension_declarations(linked: Linked) -> Iterator[Diagnostic]:
    for message in linked.messages:
        names: dict[str, Span] = {}
        for range in message.extension_ranges:
            if range.options:
                yield from _range(range, linked.options.of(range), names)
    for extension in linked.extensions:
        extendee = linked.pool.message(extension.extendee or "")
        if extendee is not None and extendee.file != _DESCRIPTOR and extendee.full_name not in OPTION_MESSAGES:
            yield from _kept(extension, extendee, linked)


def _declarations(options: OptionMessage) -> tuple[tuple[OptionMessage, Span], ...]:
    found = options.find("declaration")
    if found is None:
        return ()
    return tuple((each, found.span) for each in found.values if isinstance(each, OptionMessage))


def _number(declaration: OptionMessage) -> int:
    value = declaration.get("number")
    return value if isinstance(value, int) else 0


def _text(declaration: OptionMessage, name: str) -> str | None:
    value = declaration.get(name)
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else None


def _place(declaration: OptionMessage, name: str, otherwise: Span) -> Span:
    found: SetField | None = declaration.find(name)
    return found.span if found is not None else otherwise


def _range(range: ExtensionRange, options: OptionMessage, names: dict[str, Span]) -> Iterator[Diagnostic]:
    declarations = _declarations(options)
    if not declarations:
        return
    verification = options.find("verification")
    if verification is not None and verification.value == _UNVERIFIED:
        yield error(
            "KX0727",
            "a range with declarations cannot be UNVERIFIED",
            verification.span,
            also=(Label(declarations[0][1], "declared here"),),
            hint="delete the verification",
        )
        return
    numbers: dict[int, Span] = {}
    for declaration, span in declarations:
        number = _number(declaration)
        at = _place(declaration, "number", span)
        if not range.start <= number < range.end:
            yield error(
                "KX0727",
                f"the declared number {number} is not in the range",
                at,
                also=(Label(range.node.span, "of these numbers"),),
            )
        first = numbers.setdefault(number, at)
        if first is not at:
            yield error("KX0727", f"the number {number} is declared twice", at, also=(Label(first, "first here"),))
        yield from _names(declaration, span, names)


def _names(declaration: OptionMessage, span: Span, names: dict[str, Span]) -> Iterator[Diagnostic]:
    full_name, type = _text(declaration, "full_name"), _text(declaration, "type")
    if full_name is None or type is None:
        if full_name is not type or not declaration.is_true("reserved"):
            yield error("KX0727", "a declaration has both `full_name` and `type`", span)
        return
    at = _place(declaration, "full_name", span)
    first = names.setdefault(full_name, at)
    if first is not at:
        yield error("KX0727", f"`{full_name}` is declared twice", at, also=(Label(first, "first here"),))
        return
    yield from _full_name(full_name, at)
    if type not in _SCALARS:
        yield from _full_name(type, _place(declaration, "type", span))


def _full_name(name: str, at: Span) -> Iterator[Diagnostic]:
    if not name.startswith("."):
        yield error(
            "KX0727", f"`{name}` has no dot before it", at, hint="a declaration names things in full: `.pkg.Name`"
        )
    elif _QUALIFIED.fullmatch(name) is None:
        yield error("KX0727", f"`{name}` is no name", at)


def _kept(extension: FieldDescriptor, extendee: MessageDescriptor, linked: Linked) -> Iterator[Diagnostic]:
    """Whether an extension is what its range declares for its number."""
    range = next((each for each in extendee.extension_ranges if each.start <= extension.number < each.end), None)
    if range is None or not range.options:
        return
    options = linked.options.of(range)
    declarations = _declarations(options)
    for declaration, span in declarations:
        if _number(declaration) == extension.number:
            yield from _as_declared(extension, declaration, span)
            return
    verification = options.find("verification")
    if declarations or (verification is not None and verification.value == _DECLARED):
        yield error(
            "KX0727",
            f"`{extendee.full_name}` does not declare an extension with the number {extension.number}",
            number_span(extension),
            f"`{extension.full_name}`",
            also=(Label(range.node.span, "extensions in this range have to be declared"),),
        )


def _as_declared(extension: FieldDescriptor, declaration: OptionMessage, span: Span) -> Iterator[Diagnostic]:
    also = (Label(span, "declared here"),)
    if declaration.is_true("reserved"):
        message = f"the extension number {extension.number} is declared as reserved"
        yield error("KX0727", message, number_span(extension), also=also)
        return
    type = _text(declaration, "type")
    if type:
        wanted = type if type in _SCALARS or type.startswith(".") else f".{type}"
        actual = f".{extension.type_name}" if extension.type_name else extension.type.name.lower()
        if wanted != actual and extension.type is not FieldType.UNKNOWN:
            yield error(
                "KX0727",
                f"`{extension.name}` is declared as `{wanted}`, not `{actual}`",
                extension.name_span,
                also=also,
            )
    full_name = _text(declaration, "full_name")
    if full_name and full_name != f".{extension.full_name}":
        yield error(
            "KX0727",
            f"the extension {extension.number} is declared as `{full_name}`, not `.{extension.full_name}`",
            extension.name_span,
            also=also,
        )
    is_repeated = declaration.is_true("repeated")
    if is_repeated != extension.is_repeated:
        wanted = "repeated" if is_repeated else "not repeated"
        yield error("KX0727", f"`{extension.name}` is declared as {wanted}", extension.name_span, also=also)
