"""Loading texts as if they were files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl import Loaded, load
from kitexgen.idl.thrift.numbering import FieldIds
from kitexgen.schema import Const, Declaration, DeclId, ModuleId, Value

MAIN = "main.thrift"


def load_texts(
    texts: Mapping[str, str] | str,
    *,
    roots: Iterable[str] = (MAIN,),
    strict: bool = False,
    field_ids: FieldIds = "auto",
) -> Loaded:
    """Load `roots` out of `texts`, which are files by path; one text alone is main.thrift."""
    files = {MAIN: texts} if isinstance(texts, str) else texts
    data = {PurePosixPath(path): text.encode("utf-8", "surrogateescape") for path, text in files.items()}

    def read(path: Path) -> bytes:
        key = PurePosixPath(os.path.normpath(path))
        if key not in data:
            raise FileNotFoundError(path)
        return data[key]

    return load(list(roots), strict=strict, field_ids=field_ids, read=read)


def codes(loaded: Loaded) -> list[str]:
    """The codes found, in the order of the text."""
    return [diagnostic.code for diagnostic in loaded.report.diagnostics]


def shown(loaded: Loaded, diagnostic: Diagnostic) -> str:
    """The characters a diagnostic points at."""
    assert diagnostic.at is not None
    span = diagnostic.at.span
    return loaded.files[span.path].text[span.start : span.end]


def declared(loaded: Loaded, name: str, path: str = MAIN) -> Declaration:
    assert loaded.schema is not None, loaded.report.diagnostics
    return loaded.schema.find(DeclId(ModuleId(path), name))


def constant(loaded: Loaded, name: str, path: str = MAIN) -> Value:
    found = declared(loaded, name, path)
    assert isinstance(found, Const)
    return found.value
