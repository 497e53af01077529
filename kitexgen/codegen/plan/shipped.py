"""What ships with the runtime: Python for Google's own files, which everybody's import and nobody generates."""

from __future__ import annotations

from typing import Final

from kitexgen.schema.module import Module

ROOM: Final = "kitexgen.runtime.contract.wellknown"
"""The package they are in. Paths in it are absolute; no other generated module's path begins so."""

_PYTHON: Final = {
    "google/protobuf/any.proto": "any",
    "google/protobuf/api.proto": "api",
    "google/protobuf/compiler/plugin.proto": "plugin",
    "google/protobuf/cpp_features.proto": "cpp_features",
    "google/protobuf/descriptor.proto": "descriptor",
    "google/protobuf/duration.proto": "duration",
    "google/protobuf/empty.proto": "empty",
    "google/protobuf/field_mask.proto": "field_mask",
    "google/protobuf/go_features.proto": "go_features",
    "google/protobuf/java_features.proto": "java_features",
    "google/protobuf/source_context.proto": "source_context",
    "google/protobuf/struct.proto": "struct",
    "google/protobuf/timestamp.proto": "timestamp",
    "google/protobuf/type.proto": "type",
    "google/protobuf/wrappers.proto": "wrappers",
}


_FOR_APPLICATIONS: Final = "kitexgen.runtime.wellknown"
_PUBLIC: Final = frozenset(("any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"))
"""Modules all of whose types applications find in one place."""


def shipped_path(module: Module) -> str | None:
    """The absolute dotted path of the module made of this file; None for a file that is not shipped."""
    name = _PYTHON.get(module.import_path or "")
    return None if name is None else f"{ROOM}.{name}"


def home_for_applications(path: str) -> str:
    """Where handwritten code imports the types of a shipped module from."""
    return _FOR_APPLICATIONS if path.removeprefix(f"{ROOM}.") in _PUBLIC else path


def is_shipped(path: str) -> bool:
    """Whether a dotted path is that of a shipped module, or of the codec beside one."""
    return path.startswith(f"{ROOM}.")
