"""The Protobuf files of the corpus that protoc accepts, in runs of files that can be read together.

They lie where `tests.builders.corpus` says; a fixed tenth is used unless KITEXGEN_CORPUS_FULL=1. Without the corpus
there are the samples of this repository.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.builders.corpus import FOLDER as THRIFT
from tests.builders.corpus import IS_FULL, ROOT
from tests.builders.generated import GeneratedCode, Refused, generate_code

FOLDER = THRIFT.parent / "proto"


def generated_runs(folder: Path) -> Iterator[GeneratedCode]:
    """Python for every accepted file, in as few packages as can be.

    Files with the same search path are read together; where two of them declare the same, in halves. Raises Refused
    for a file that is refused alone.
    """
    for include_dirs, paths in _by_search_path().items():
        pending = [paths]
        while pending:
            run = pending.pop()
            try:
                yield generate_code(run, folder, include_dirs=include_dirs)
            except Refused:
                if len(run) == 1:
                    raise
                half = len(run) // 2
                pending += (run[half:], run[:half])


def _by_search_path() -> dict[tuple[Path, ...], list[Path]]:
    if not (FOLDER / "index.tsv").exists():
        samples = ROOT / "idl_samples" / "proto"
        return {(samples,): sorted(samples.rglob("*.proto"))}
    found: dict[tuple[Path, ...], list[Path]] = {}
    with (FOLDER / "index.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["protoc_new"].startswith("ok") and (IS_FULL or zlib.crc32(row["file"].encode()) % 10 == 0):
                roots = tuple(FOLDER / root for root in row["include_roots"].split(";") if root)
                found.setdefault(roots, []).append(FOLDER / row["file"])
    return found
