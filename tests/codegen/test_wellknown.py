"""What ships in `kitexgen.runtime.contract.wellknown` is what kitexgen makes of the files that it ships.

KITEXGEN_GOLDEN=write makes it anew.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import pytest

from kitexgen.codegen import GenerateOptions, generate
from kitexgen.codegen.plan.packages import places
from kitexgen.codegen.plan.shipped import ROOM
from kitexgen.idl import load
from kitexgen.schema.module import Schema

ROOT = Path(__file__).parents[2]
IDL = ROOT / "kitexgen" / "idl" / "proto" / "wellknown"
FILES = sorted(path.relative_to(IDL).as_posix() for path in IDL.rglob("*.proto"))
MADE = ROOT.joinpath(*ROOM.split("."))


@pytest.fixture(scope="module")
def schema() -> Schema:
    schema = load([IDL / file for file in FILES], include_dirs=[IDL]).schema
    assert schema is not None
    return schema


def test_every_file_that_is_shipped_has_its_python(schema: Schema) -> None:
    paths = places(schema).modules
    assert len(set(paths.values())) == len(FILES)
    for path in paths.values():
        assert importlib.import_module(path)
    assert generate(schema, GenerateOptions()).files == generate(Schema((), ()), GenerateOptions()).files


def test_it_is_what_kitexgen_makes(schema: Schema) -> None:
    folder = MADE.name
    generated = generate(schema, GenerateOptions(py_package=dict.fromkeys(FILES, folder)))
    made = {file.path: file.text for file in generated.files if file.path.startswith(f"{folder}/")}
    del made[f"{folder}/__init__.py"]  # that one is written by hand: it loads nothing
    if os.environ.get("KITEXGEN_GOLDEN") == "write":
        for path, text in made.items():
            (MADE.parent / path).write_text(text, encoding="utf-8")
    assert made == {
        f"{folder}/{path.name}": path.read_text(encoding="utf-8")
        for path in MADE.glob("*.py")
        if path.name != "__init__.py"
    }
