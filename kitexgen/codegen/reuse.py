"""What of an earlier run still holds: the Python of an IDL file depends on little more than the file and its includes.

A key stands for everything that decides the output of one IDL file: its text and the texts of all it reaches, what is
declared there is called and where it goes, and which records there are frozen because someone uses them as keys. Equal
keys, equal output; a change of a file changes its own key, those of files that reach it, and those of files that have
to give way to a new name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.plan.naming import Names
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Module, Schema
from kitexgen.schema.services import Service


@dataclass(frozen=True, slots=True)
class Kept:
    """The output of one IDL file, as an earlier run gave it: its files, and the generated modules they import."""

    files: tuple[OutputFile, ...]
    imported: frozenset[str]


def module_keys(names: Names, options: GenerateOptions, texts: Mapping[ModuleId, str]) -> dict[ModuleId, str]:
    """The key of every IDL file in `texts`; files that ship with kitexgen, which are not there, never change."""
    own = _own_digests(names, texts)
    decided = repr(options)
    return {
        id: _digest(decided, own[id], *(own[each] for each in sorted(reached)))
        for id, reached in reachable_modules(names.schema).items()
        if id in texts
    }


def _own_digests(names: Names, texts: Mapping[ModuleId, str]) -> dict[ModuleId, str]:
    """What each file gives to the keys of those that reach it."""
    frozen: dict[ModuleId, list[str]] = {}
    for record in names.symbols.frozen:
        frozen.setdefault(record.module, []).append(record.name)
    found: dict[ModuleId, str] = {}
    for module in names.schema.modules:
        called = (f"{service.name} {names.places.services.get(service)}" for service in _services(module))
        found[module.id] = _digest(
            module.id.path,
            texts.get(module.id, ""),
            names.places.modules[module.id],
            " ".join(sorted(names.symbols.declared_in(module.id))),
            *called,
            "frozen",
            *sorted(frozen.get(module.id, ())),
        )
    return found


def _services(module: Module) -> Iterator[DeclId]:
    return (declaration.id for declaration in module.declarations if isinstance(declaration, Service))


def reachable_modules(schema: Schema) -> dict[ModuleId, frozenset[ModuleId]]:
    """Each module with all that it includes, directly or not, itself among them."""
    reached: dict[ModuleId, frozenset[ModuleId]] = {}
    for module in schema.modules:
        # Modules come after the ones they include; only a circle, which is an error, would not be whole yet.
        reached[module.id] = frozenset({module.id}).union(
            *(reached.get(include.target, frozenset({include.target})) for include in module.includes)
        )
    return reached


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
