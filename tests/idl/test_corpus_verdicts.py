"""Verdicts on real files and on small tricky ones, against those of Apache Thrift's head and thriftgo.

Policy: accept what one of them accepts; `--strict` accepts what both accept. Where it does otherwise, a line of
`verdict_exceptions.tsv` says why: name, mode, what kitexgen says, reason.
The corpus lies beside the checkout, or where KITEXGEN_CORPUS says; without it the samples of the repository are read.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal

import pytest

from kitexgen.idl import Loaded, load, loader, parse_text

REPOSITORY = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("KITEXGEN_CORPUS", REPOSITORY.parent / "shared" / "idl_corpus"))
EXCEPTIONS = Path(__file__).with_name("verdict_exceptions.tsv")

needs_corpus = pytest.mark.skipif(
    not (CORPUS / "thrift" / "index.tsv").exists(), reason=f"no IDL corpus at {CORPUS}; set KITEXGEN_CORPUS"
)

Mode = Literal["plain", "strict"]
MODES: tuple[Mode, ...] = ("plain", "strict")


@dataclass(frozen=True, slots=True)
class Case:
    """One root file, and what the two compiler families say of it."""

    name: str
    apache: bool
    thriftgo: bool
    run: Callable[[bool], Loaded]

    def expected(self, mode: Mode) -> bool:
        return (self.apache and self.thriftgo) if mode == "strict" else (self.apache or self.thriftgo)


def is_ok(verdict: str) -> bool:
    return verdict.startswith("ok")


@cache
def _on_disk(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def reader(base: Path) -> Callable[[Path], bytes]:
    """Reads paths relative to `base`; each file once in all tests."""

    def read(path: Path) -> bytes:
        data = _on_disk(base / path)
        if data is None:
            raise FileNotFoundError(path)
        return data

    return read


def corpus_rows() -> Iterator[dict[str, str]]:
    with (CORPUS / "thrift" / "index.tsv").open(encoding="utf-8", newline="") as index:
        yield from csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE)


def corpus_load(row: dict[str, str], *, strict: bool = False, **options: object) -> Loaded:
    roots = [root for root in row["include_roots"].split(";") if root]
    return load(
        [row["file"]],
        include_dirs=roots,
        strict=strict,
        read=reader(CORPUS / "thrift"),
        **options,  # type: ignore[arg-type] # passed on as it came
    )


def corpus_cases() -> Iterator[Case]:
    for row in corpus_rows():
        yield Case(
            name=row["file"],
            apache=is_ok(row["apache_head"]),
            thriftgo=is_ok(row["thriftgo"]),
            run=lambda strict, row=row: corpus_load(row, strict=strict),  # type: ignore[misc] # bound now
        )


def tricky_cases() -> Iterator[Case]:
    for case in json.loads((CORPUS / "tricky" / "thrift.json").read_text(encoding="utf-8")):
        yield Case(
            name=f"tricky: {case['name']}",
            apache=is_ok(case["verdicts"]["apache-0.25.0"]),
            thriftgo=is_ok(case["verdicts"]["thriftgo-0.4.5"]),
            run=lambda strict, case=case: _load_texts(case, strict),  # type: ignore[misc] # bound now
        )


def _load_texts(case: dict[str, dict[str, str]], strict: bool) -> Loaded:
    texts = {PurePosixPath(path): text for path, text in case["files"].items()}

    def read(path: Path) -> bytes:
        key = PurePosixPath(os.path.normpath(path))
        if key not in texts:
            raise FileNotFoundError(path)
        return texts[key].encode("utf-8", "surrogatepass")

    return load([str(case["main"])], strict=strict, read=read)


def exceptions() -> dict[tuple[str, str], bool]:
    """What kitexgen says of the excepted, by name and mode."""
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert all(len(row) == 4 and row[3] for row in rows), "name, mode, verdict and reason, please"
    return {(name, mode): verdict == "accept" for name, mode, verdict, _ in rows}


def verdict(loaded: Loaded) -> bool:
    assert (loaded.schema is None) == loaded.report.has_errors
    return loaded.schema is not None


@pytest.fixture(autouse=True)
def _each_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same few files are included by hundreds."""
    monkeypatch.setattr(loader, "parse_text", _parsed)


@cache
def _parsed(text: str, path: str) -> object:
    return parse_text(text, path)


def disagreements(cases: Iterator[Case]) -> tuple[set[tuple[str, Mode, bool]], set[tuple[str, str]]]:
    """Unexplained verdicts, and the exceptions that were met."""
    excepted = exceptions()
    wrong: set[tuple[str, Mode, bool]] = set()
    met: set[tuple[str, str]] = set()
    for case in cases:
        for mode in MODES:
            found = verdict(case.run(mode == "strict"))
            if found == case.expected(mode):
                continue
            if excepted.get((case.name, mode)) is found:
                met.add((case.name, mode))
            else:
                wrong.add((case.name, mode, found))
    return wrong, met


@needs_corpus
@pytest.mark.corpus
def test_verdicts_on_tricky_inputs() -> None:
    wrong, met = disagreements(tricky_cases())
    assert wrong == set()
    assert {name for name in exceptions() if name[0].startswith("tricky: ")} - met == set(), "no longer exceptions"


@needs_corpus
@pytest.mark.corpus
@pytest.mark.slow
def test_verdicts_on_the_corpus() -> None:
    wrong, met = disagreements(corpus_cases())
    assert wrong == set()
    assert {name for name in exceptions() if not name[0].startswith("tricky: ")} - met == set(), "no longer exceptions"


@pytest.mark.parametrize("path", sorted((REPOSITORY / "idl_samples").rglob("*.thrift")), ids=lambda path: path.name)
@pytest.mark.parametrize("strict", [False, True], ids=MODES)
def test_the_samples_are_accepted_by_all(path: Path, strict: bool) -> None:
    loaded = load([path], strict=strict)
    assert verdict(loaded), loaded.report.diagnostics
