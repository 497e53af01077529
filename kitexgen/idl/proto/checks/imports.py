"""Option imports that could not be left out at run time, and imports of which nothing is used."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldDescriptor, FileDescriptor, MessageDescriptor
from kitexgen.idl.proto.import_findings import unused_import
from kitexgen.idl.proto.linked import Linked, extensions
from kitexgen.idl.proto.tree import ImportKind


def check_imports(linked: Linked) -> Iterator[Diagnostic]:
    for file in linked.roots:
        for dependency in file.dependencies:
            if dependency.kind is ImportKind.OPTION:
                redacting = _redacting(linked.pool.file(dependency.name), linked)
                if redacting is not None:
                    yield error(
                        "KX0706",
                        f"`{redacting.full_name}` marks what must not be shown, so its file is needed at run time",
                        dependency.node.span,
                        hint="import it without `option`",
                    )


def unused_imports(linked: Linked) -> Iterator[Diagnostic]:
    """Of the files asked for; to be told only of what is right in all else: a name that is wrong uses nothing."""
    for file in linked.roots:
        used = linked.pool.scopes.used(file.name)
        for dependency in file.dependencies:
            imported = linked.pool.file(dependency.name)
            # A file that passes others on may be imported for their sake.
            passes_on = any(each.kind is ImportKind.PUBLIC for each in imported.dependencies)
            if dependency.name not in used and dependency.kind is not ImportKind.PUBLIC and not passes_on:
                yield unused_import(dependency.node)


def _redacting(file: FileDescriptor, linked: Linked) -> FieldDescriptor | None:
    """An extension of `file` whose type has an enum value with `debug_redact`. Source: `FindDebugRedactMarker`."""
    seen: dict[str, bool] = {}

    def redacts(field: FieldDescriptor) -> bool:
        enum = linked.pool.enum(field.type_name)
        if enum is not None:
            return any(linked.options.of(value).is_true("debug_redact") for value in enum.values)
        message = linked.pool.message(field.type_name)
        return message is not None and contains(message)

    def contains(message: MessageDescriptor) -> bool:
        if message.full_name not in seen:
            seen[message.full_name] = False
            seen[message.full_name] = any(redacts(field) for field in message.fields)
        return seen[message.full_name]

    return next((extension for extension in extensions(file) if redacts(extension)), None)
