"""Options of a whole file that rule something out: LITE_RUNTIME, and what editions no longer have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FileDescriptor
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.features import FieldPresence
from kitexgen.idl.proto.interpreted import OptionMessage
from kitexgen.idl.proto.linked import Linked, extensions
from kitexgen.idl.proto.statement_errors import unstable_edition
from kitexgen.idl.proto.tree import ImportKind

_LITE_RUNTIME: Final = 3


# Where protoc lets edition UNSTABLE pass without a flag. Source: `CanSkipEditionCheck` of code_generator.cc.
_MAY_BE_UNSTABLE: Final = (
    "google/protobuf/",
    "upb/",
    "com/google/protobuf/",
    "conformance/test_protos/",
    "test_messages_edition_unstable",
)


def check_files(linked: Linked) -> Iterator[Diagnostic]:
    for file in linked.roots:
        if file.edition is Edition.UNSTABLE and not file.name.startswith(_MAY_BE_UNSTABLE):
            syntax = file.node.syntax
            yield unstable_edition(file.span if syntax is None else syntax.value.span)
    for file in linked.files:
        options = linked.options.of(file)
        if file.edition.is_editions:
            yield from _editions(file, options, linked)
        if _is_lite(file, linked):
            yield from _lite_extensions(file, linked)
            yield from _lite_services(file, options)
        else:
            yield from _lite_imports(file, linked)


def _editions(file: FileDescriptor, options: OptionMessage, linked: Linked) -> Iterator[Diagnostic]:
    if linked.features.of(file).field_presence is FieldPresence.LEGACY_REQUIRED:
        features = options.get("features")
        presence = features.find("field_presence") if isinstance(features, OptionMessage) else None
        yield error(
            "KX0742",
            "not every field of a file can be required",
            presence.span if presence is not None else file.span,
            hint="say `features.field_presence = LEGACY_REQUIRED` on the fields",
        )
    utf8 = options.find("java_string_check_utf8")
    if utf8 is not None and utf8.value is True:
        hint = "use the feature `(pb.java).utf8_validation`"
        yield error("KX0742", "editions have no `java_string_check_utf8`", utf8.span, hint=hint)


def _is_lite(file: FileDescriptor, linked: Linked) -> bool:
    return linked.options.of(file).get("optimize_for") == _LITE_RUNTIME


def _lite_imports(file: FileDescriptor, linked: Linked) -> Iterator[Diagnostic]:
    for dependency in file.dependencies:
        if dependency.kind is not ImportKind.OPTION and _is_lite(linked.pool.file(dependency.name), linked):
            yield error(
                "KX0745",
                f"`{dependency.name}` is for the lite runtime, and this file is not",
                dependency.node.path.span,
                hint="say `option optimize_for = LITE_RUNTIME;` here too, or not there",
            )


def _lite_extensions(file: FileDescriptor, linked: Linked) -> Iterator[Diagnostic]:
    for extension in extensions(file):
        extendee = linked.pool.message(extension.extendee or "")
        if extendee is not None and not _is_lite(linked.pool.file(extendee.file), linked):
            yield error(
                "KX0745",
                f"`{extendee.full_name}` is not for the lite runtime, so a file that is cannot extend it",
                extension.name_span,
                also=(Label(extendee.name_span, f"declared in `{extendee.file}`"),),
            )


def _lite_services(file: FileDescriptor, options: OptionMessage) -> Iterator[Diagnostic]:
    for name in ("cc_generic_services", "java_generic_services"):
        if options.is_true(name):
            for service in file.services:
                yield error(
                    "KX0745",
                    f"the lite runtime has no services, yet `{name}` is true",
                    service.name_span,
                    hint=f"set `{name}` to false",
                )
