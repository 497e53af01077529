"""Verdicts on real files and on small tricky ones: those of protoc 35.1, as the index of the corpus has them.

The corpus lies beside the checkout, or where KITEXGEN_CORPUS says. Of its files a fixed tenth is read unless
KITEXGEN_CORPUS_FULL=1.
"""

from __future__ import annotations

import csv
import json
import os
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from kitexgen.idl import load
from kitexgen.idl.proto import imports
from kitexgen.idl.proto.grammar import parse

REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("KITEXGEN_CORPUS", REPOSITORY.parent / "shared" / "idl_corpus"))
IS_FULL = os.environ.get("KITEXGEN_CORPUS_FULL") == "1"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(
        not (CORPUS / "proto" / "index.tsv").exists(), reason=f"no IDL corpus at {CORPUS}; set KITEXGEN_CORPUS"
    ),
]


@pytest.fixture(autouse=True)
def _each_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same few files are imported by hundreds."""
    monkeypatch.setattr(imports, "parse", cache(parse))


@cache
def _on_disk(path: Path) -> bytes:
    return path.read_bytes()


def corpus_read(path: Path) -> bytes:
    return _on_disk(CORPUS / "proto" / path)


def rows() -> Iterator[dict[str, str]]:
    with (CORPUS / "proto" / "index.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE):
            if IS_FULL or zlib.crc32(row["file"].encode()) % 10 == 0:
                yield row


def test_verdicts_on_the_corpus() -> None:
    wrong: dict[str, object] = {}
    for row in rows():
        roots = [root for root in row["include_roots"].split(";") if root]
        loaded = load([row["file"]], include_dirs=roots, read=corpus_read)
        if (loaded.schema is not None) is not row["protoc_new"].startswith("ok"):
            wrong[row["file"]] = (row["protoc_new"], loaded.report.diagnostics)
    assert wrong == {}


def test_verdicts_on_tricky_inputs() -> None:
    wrong: dict[str, object] = {}
    for case in json.loads((CORPUS / "tricky" / "proto.json").read_text(encoding="utf-8")):
        texts = {PurePosixPath(path): text for path, text in case["files"].items()}

        def read(path: Path, texts: dict[PurePosixPath, str] = texts) -> bytes:
            key = PurePosixPath(os.path.normpath(path))
            if key not in texts:
                raise FileNotFoundError(path)
            return texts[key].encode("utf-8", "surrogatepass")

        loaded = load([case["main"]], include_dirs=["."], read=read)
        if (loaded.schema is not None) is not case["verdicts"]["protoc-35.1"].startswith("ok"):
            wrong[case["name"]] = (case["verdicts"]["protoc-35.1"], loaded.report.diagnostics)
    assert wrong == {}
