"""The IDL corpus, read where it lies: KITEXGEN_CORPUS, else `../shared/idl_corpus` beside the checkout.

`index.tsv` names each file, where its includes are found, and what other compilers say of it. A fixed tenth of the
files is used unless KITEXGEN_CORPUS_FULL=1. Without the corpus there are the samples of this repository.
"""

from __future__ import annotations

import csv
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("KITEXGEN_CORPUS", ROOT.parent / "shared" / "idl_corpus")) / "thrift"
IS_FULL = os.environ.get("KITEXGEN_CORPUS_FULL") == "1"


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """`name` is relative to the corpus; `verdicts` by compiler: "ok", "ok; warnings=2", "reject: why", "crash: why"."""

    name: str
    path: Path
    include_dirs: tuple[Path, ...]
    verdicts: Mapping[str, str]

    @property
    def is_accepted(self) -> bool:
        """Whether Apache Thrift's head or thriftgo accepts it."""
        return any(self.verdicts[compiler].startswith("ok") for compiler in ("apache_head", "thriftgo"))


def corpus_files() -> list[CorpusFile]:
    """The files to test, in a fixed order."""
    if not (FOLDER / "index.tsv").exists():
        return _samples()
    with (FOLDER / "index.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [_file(row) for row in rows if IS_FULL or zlib.crc32(row["file"].encode()) % 10 == 0]


def _file(row: Mapping[str, str]) -> CorpusFile:
    return CorpusFile(
        name=row["file"],
        path=FOLDER / row["file"],
        include_dirs=tuple(FOLDER / folder for folder in row["include_roots"].split(";") if folder),
        verdicts={compiler: row[compiler] for compiler in ("apache_head", "thriftgo")},
    )


def _samples() -> list[CorpusFile]:
    folder = ROOT / "idl_samples" / "thrift"
    accepted = {"apache_head": "ok", "thriftgo": "ok"}
    return [
        CorpusFile(f"idl_samples/{path.relative_to(folder).as_posix()}", path, (), accepted)
        for path in sorted(folder.rglob("*.thrift"))
    ]
