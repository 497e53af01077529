"""IDL to imported Python in one step, by the same functions that `kitexgen gen` runs."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from kitexgen.codegen import GenerateOptions, generate
from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.idl import load
from kitexgen.runtime.contract.model import Struct
from kitexgen.schema import Schema

_numbers = itertools.count(1)


class Refused(Exception):
    """The IDL has errors, or its Python would have: `codes` are those of the diagnostics."""

    def __init__(self, codes: tuple[str, ...], texts: tuple[str, ...]) -> None:
        super().__init__("; ".join(texts))
        self.codes = codes


@dataclass(frozen=True, slots=True)
class GeneratedCode:
    """Generated code in `folder`, a package called `root` that no other call of `generate_code` uses.

    `own_paths` are those files that come from the IDL files that were asked for, not from what they include; the IDL
    files are `sources`, and what they include was looked for in `include_dirs`.
    """

    root: str
    folder: Path
    schema: Schema
    paths: tuple[str, ...]
    own_paths: tuple[str, ...]
    sources: tuple[Path, ...]
    include_dirs: tuple[Path, ...]

    def module(self, name: str) -> ModuleType:
        """The module `name`, dotted, inside the output folder: "demo.user", or "demo" for a package."""
        return importlib.import_module(f"{self.root}.{name}")

    def modules(self) -> Iterator[ModuleType]:
        """Every generated module, codecs too, imported."""
        return map(self._import, self.paths)

    def _import(self, path: str) -> ModuleType:
        parts = [self.root, *path.removesuffix(".py").split("/")]
        return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))

    def records(self) -> list[type[Struct]]:
        """Every record class of the own files, those of method arguments and results too, in a fixed order."""
        found = {
            value: None
            for module in map(self._import, self.own_paths)
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Struct) and value.__module__ == module.__name__
        }
        return list(found)


def generate_code(
    paths: Sequence[Path],
    folder: Path,
    *,
    include_dirs: Sequence[Path] = (),
    options: GenerateOptions | None = None,
) -> GeneratedCode:
    """Generate into a new package in `folder`, which is put on `sys.path` for good. Raises Refused."""
    loaded = load(paths, include_dirs=include_dirs)
    if loaded.schema is None:
        errors = [found for found in loaded.report.diagnostics if found.severity is Severity.ERROR]
        raise Refused(tuple(found.code for found in errors), tuple(found.message for found in errors))
    generated = generate(loaded.schema, options or GenerateOptions())
    if not generated.files:
        errors = list(generated.diagnostics)
        raise Refused(tuple(found.code for found in errors), tuple(found.message for found in errors))
    root = f"generated_{next(_numbers)}"
    for file in generated.files:
        path = folder / root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    importlib.invalidate_caches()
    asked_for = {str(path) for path in paths}
    return GeneratedCode(
        root=root,
        folder=folder / root,
        schema=loaded.schema,
        paths=tuple(file.path for file in generated.files),
        own_paths=tuple(
            file.path for file in generated.files if any(source.path in asked_for for source in file.sources)
        ),
        sources=tuple(paths),
        include_dirs=tuple(include_dirs),
    )


def generate_text(
    text: str, folder: Path, *, others: Mapping[str, str] | None = None, options: GenerateOptions | None = None
) -> GeneratedCode:
    """As `generate_code`, for the text of `main.thrift` and the texts of files that it includes."""
    sources = folder / f"idl_{next(_numbers)}"
    sources.mkdir(parents=True)
    for name, other in {"main.thrift": text, **(others or {})}.items():
        path = sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(other, encoding="utf-8")
    return generate_code([sources / "main.thrift"], folder, options=options)
