"""The example of arrays in docs/protobuf.md, as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kitexgen.codegen import GenerateOptions
from kitexgen.runtime import protobuf
from tests.builders.generated import generate_code

PAGE = Path(__file__).parents[2] / "docs" / "protobuf.md"


def test_the_example_of_arrays(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    section = PAGE.read_text(encoding="utf-8").partition("\n## Arrays of numbers\n")[2].partition("\n## ")[0]
    (example,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (tmp_path / "ml.proto").write_text(
        'syntax = "proto3"; package ml; message Vector { repeated float embedding = 1; }', encoding="utf-8"
    )
    code = generate_code([tmp_path / "ml.proto"], tmp_path, options=GenerateOptions(py_packed=["ml.Vector.embedding"]))
    names: dict[str, Any] = {"Vector": code.module("ml").Vector, "protobuf": protobuf}
    exec(example, names)
    assert len(names["vector"].embedding) == 768
