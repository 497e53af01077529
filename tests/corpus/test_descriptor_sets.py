"""Descriptor sets of the corpus, and of the small tricky inputs, are protoc's: the same bytes, with source locations.

protoc itself is run, from grpcio-tools. Of the corpus a fixed tenth is read unless KITEXGEN_CORPUS_FULL=1.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kitexgen.idl.proto import imports
from kitexgen.idl.proto.descriptor_set import read_descriptor_set

pytest.importorskip("grpc_tools")
descriptors = pytest.importorskip("google.protobuf.descriptor_pb2")

REPOSITORY = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("KITEXGEN_CORPUS", REPOSITORY.parent / "shared" / "idl_corpus"))
IS_FULL = os.environ.get("KITEXGEN_CORPUS_FULL") == "1"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "proto" / "index.tsv").exists(), reason=f"no IDL corpus at {CORPUS}; set KITEXGEN_CORPUS"
    ),
]


@pytest.fixture(autouse=True)
def _each_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same few files are imported by hundreds."""
    monkeypatch.setattr(imports, "parse", _parse)


_parse = cache(imports.parse)


def accepted() -> list[tuple[str, list[str]]]:
    """The files that protoc accepts, each with its import roots."""
    if not (CORPUS / "proto" / "index.tsv").exists():
        return []
    with (CORPUS / "proto" / "index.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        (row["file"], [root for root in row["include_roots"].split(";") if root])
        for row in rows
        if row["protoc_new"].startswith("ok") and (IS_FULL or zlib.crc32(row["file"].encode()) % 10 == 1)
    ]


FILES = accepted()
TRICKY: list[dict[str, Any]] = (
    json.loads((CORPUS / "tricky" / "proto.json").read_text(encoding="utf-8")) if FILES else []
)


@pytest.mark.parametrize(("file", "roots"), FILES, ids=[file for file, _ in FILES])
def test_corpus(file: str, roots: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS / "proto")
    check([file], roots, tmp_path / "set")


@pytest.mark.parametrize(
    "case", [case for case in TRICKY if case["verdicts"]["protoc-35.1"].startswith("ok")], ids=lambda case: case["name"]
)
def test_tricky(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case["files"].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    check([case["main"]], ["."], tmp_path / "set")


def check(files: Sequence[str], roots: Sequence[str], out: Path) -> None:
    flags = [*(f"-I{root}" for root in roots), "--include_imports", "--include_source_info", f"-o{out}"]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *flags, *files], check=True, capture_output=True)
    found = read_descriptor_set(files, roots)
    assert found.data is not None, found.report.diagnostics
    theirs = out.read_bytes()
    if found.data != theirs:
        # What pytest shows of two messages tells more than what it shows of bytes.
        assert _messages(found.data) == _messages(theirs)
    assert found.data == theirs


def _messages(data: bytes) -> list[str]:
    return [str(file) for file in descriptors.FileDescriptorSet.FromString(data).file]
