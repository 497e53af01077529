"""What of an earlier run still holds: the Python of an IDL file depends on little more than the file and its includes.

A key stands for everything that decides the output of one IDL file: its text and the texts of all it reaches, the
records that are frozen there because someone uses them as keys, and what everything in the run is called. Equal keys,
equal output; a renamed or added declaration anywhere changes all keys, a changed field only those of files that reach
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.plan.naming import Names
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Schema


@dataclass(frozen=True, slots=True)
class Kept:
    """The output of one IDL file, as an earlier run gave it: its files, and the generated modules they import."""

    files: tuple[OutputFile, ...]
    imported: frozenset[str]


def module_keys(names: Names, options: GenerateOptions, texts: Mapping[ModuleId, str]) -> dict[ModuleId, str]:
    """The key of every IDL file in `texts`; files that ship with kitexgen, which are not there, never change."""
    everywhere = _digest(repr(options), *_what_all_is_called(names))
    content = {id: _digest(text) for id, text in texts.items()}
    frozen: dict[ModuleId, list[str]] = {}
    for record in sorted(names.symbols.frozen):
        frozen.setdefault(record.module, []).append(record.name)
    keys: dict[ModuleId, str] = {}
    for id, reached in reachable_modules(names.schema).items():
        if id in content:
            parts = (f"{each.path} {content.get(each, '')} {frozen.get(each, '')}" for each in sorted(reached))
            keys[id] = _digest(everywhere, content[id], *parts)
    return keys


def reachable_modules(schema: Schema) -> dict[ModuleId, frozenset[ModuleId]]:
    """Each module with all that it includes, directly or not, itself among them."""
    reached: dict[ModuleId, frozenset[ModuleId]] = {}
    for module in schema.modules:
        # Modules come after the ones they include; only a circle, which is an error, would not be whole yet.
        reached[module.id] = frozenset({module.id}).union(
            *(reached.get(include.target, frozenset({include.target})) for include in module.includes)
        )
    return reached


def _what_all_is_called(names: Names) -> list[str]:
    places = names.places
    called = [f"{id.path} {place}" for id, place in sorted(places.modules.items())]
    called += (f"{id.module.path} {id.name} {place}" for id, place in sorted(places.services.items()))
    called += names.symbols.all_names()
    return called


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
