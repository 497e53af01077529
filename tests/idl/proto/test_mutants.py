"""Spoiled files of the corpus get the verdict that protoc gives them.

Forty of them each time, 1,500 with KITEXGEN_CORPUS_FULL=1.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from kitexgen.idl import load
from tests.builders.proto_mutants import mutants

pytest.importorskip("grpc_tools")

REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("KITEXGEN_CORPUS", REPOSITORY.parent / "shared" / "idl_corpus")) / "proto"
COUNT = 1500 if os.environ.get("KITEXGEN_CORPUS_FULL") == "1" else 40
MAX_LINES = 400

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.skipif(not (CORPUS / "index.tsv").exists(), reason=f"no IDL corpus at {CORPUS}; set KITEXGEN_CORPUS"),
]


def roots_by_file() -> dict[str, list[str]]:
    """The import roots of each small file that protoc accepts."""
    with (CORPUS / "index.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {
        row["file"]: [root for root in row["include_roots"].split(";") if root]
        for row in rows
        if row["protoc_new"].startswith("ok") and int(row["lines"]) < MAX_LINES
    }


def protoc(name: str, roots: list[Path]) -> tuple[bool, str]:
    """Whether protoc accepts the file that is imported as `name`, and what it says."""
    command = [sys.executable, "-m", "grpc_tools.protoc", *(f"-I{root}" for root in roots), "-o", os.devnull, name]
    run = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    return run.returncode == 0, run.stderr


@cache
def on_disk(path: Path) -> bytes:
    return path.read_bytes()


def test_same_verdict_as_protoc(tmp_path: Path) -> None:
    roots = roots_by_file()
    texts = [(name, (CORPUS / name).read_text(encoding="utf-8", errors="surrogateescape")) for name in sorted(roots)]
    wrong: list[object] = []
    for number, (file, text) in enumerate(islice(mutants(texts, seed=35), COUNT)):
        overlay = tmp_path / str(number)
        # The spoiled file hides the original: it is found first, under the same name.
        name = next(file.removeprefix(f"{root}/") for root in roots[file] if file.startswith(f"{root}/"))
        path = overlay / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        folders = [overlay, *(CORPUS / root for root in roots[file])]
        is_accepted, said = protoc(name, folders)
        loaded = load([path], include_dirs=folders, read=on_disk)
        if (loaded.schema is not None) is not is_accepted:
            wrong.append((file, number, said, loaded.report.diagnostics, text))
    assert wrong == []
