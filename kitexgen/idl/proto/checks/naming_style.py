"""Names as the style guide has them, which edition 2024 insists on. Source: `ValidateNamingStyle` of descriptor.cc."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import (
    Element,
    EnumDescriptor,
    EnumValueDescriptor,
    ExtensionRange,
    FieldDescriptor,
    FileDescriptor,
    MessageDescriptor,
    MethodDescriptor,
    OneofDescriptor,
    ServiceDescriptor,
    elements,
)
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.features import EnforceNamingStyle
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.tree import PackageNode

_TITLE_CASE: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
# An underscore stands neither at an end nor before anything but a letter.
_LOWER_SNAKE_CASE: Final = re.compile(r"[a-z][a-z0-9.]*(_[a-z][a-z0-9.]*)*")
_UPPER_SNAKE_CASE: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z][A-Z0-9]*)*")

_HOW: Final = "or say `features.enforce_naming_style = STYLE_LEGACY`"


def check_naming_style(linked: Linked) -> Iterator[Diagnostic]:
    for file in linked.files:
        if file.edition >= Edition.E2024:
            for element in elements(file):
                if linked.features.of(element).enforce_naming_style is not EnforceNamingStyle.STYLE_LEGACY:
                    yield from _check(element)


def _check(element: Element) -> Iterator[Diagnostic]:
    match element:
        case FileDescriptor():
            package = next((item for item in element.node.items if isinstance(item, PackageNode)), None)
            if package is not None and _LOWER_SNAKE_CASE.fullmatch(package.name.text) is None:
                shown = _snake_case(package.name.text)
                yield error("KX0718", f"a package is written like `{shown}`", package.name.span, hint=_HOW)
        case MessageDescriptor() if element.is_map_entry:
            pass  # nobody wrote its name
        case FieldDescriptor() if element.node is None:
            pass
        case MessageDescriptor() | EnumDescriptor() | ServiceDescriptor() | MethodDescriptor():
            yield from _named(element, _TITLE_CASE, _title_case)
        case FieldDescriptor() | OneofDescriptor():
            yield from _named(element, _LOWER_SNAKE_CASE, _snake_case)
        case EnumValueDescriptor():
            yield from _named(element, _UPPER_SNAKE_CASE, lambda name: _snake_case(name).upper())
        case ExtensionRange():
            pass


_KINDS: Final = {
    MessageDescriptor: "a message",
    EnumDescriptor: "an enum",
    ServiceDescriptor: "a service",
    MethodDescriptor: "a method",
    FieldDescriptor: "a field",
    OneofDescriptor: "a oneof",
    EnumValueDescriptor: "an enum value",
}


def _named(
    element: MessageDescriptor
    | EnumDescriptor
    | ServiceDescriptor
    | MethodDescriptor
    | FieldDescriptor
    | OneofDescriptor
    | EnumValueDescriptor,
    style: re.Pattern[str],
    styled: Callable[[str], str],
) -> Iterator[Diagnostic]:
    if style.fullmatch(element.name) is None:
        message = f"{_KINDS[type(element)]} is written like `{styled(element.name)}`"
        yield error("KX0718", message, element.name_span, hint=_HOW)


def _words(name: str) -> list[str]:
    """`parseURLFor_id2` gives parse, URL, For, id2."""
    return re.findall(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+", name)


def _title_case(name: str) -> str:
    return "".join(word[:1].upper() + word[1:].lower() for word in _words(name)) or "Name"


def _snake_case(name: str) -> str:
    parts = ("_".join(word.lower() for word in _words(part)) for part in name.split("."))
    # No underscore stands before a digit.
    return re.sub("_(?=[0-9])", "", ".".join(part for part in parts if part)) or "name"
