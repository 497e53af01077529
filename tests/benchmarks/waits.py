"""What a person waits for: commands over the largest trees of the corpus, and an unchanged `gen` over all of it."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks.processes import Cost, compare, kitexgen, run

# The folders of the corpus with the most lines that a compiler accepts, for each IDL.
LARGEST = {"proto": "googleapis__googleapis", "thrift": "evernote__evernote-thrift"}
_VERDICT = {"proto": "protoc_new", "thrift": "apache_head"}
# `lint`, `fmt --check` and `breaking` have findings there, which is what 1 says.
_FINDINGS = (0, 1)


def over_largest(folder: Path, corpus: Path, rounds: int) -> Iterator[tuple[str, Cost]]:
    """`check`, `gen` from cold, `lint`, `fmt --check` and `breaking` against the same files, for each IDL."""
    for idl, name in LARGEST.items():
        root = corpus / idl
        flags, files = max(_accepted(root, _VERDICT[idl], f"{name}/"), key=lambda group: len(group[1]))
        lines = sum((root / file).read_bytes().count(b"\n") for file in files)
        out, before = folder / f"cold_{idl}", folder / f"before_{idl}"
        shutil.copytree(root, before)
        gen = kitexgen("gen", "-q", "-o", str(out), *flags, *files)
        runs: dict[str, Callable[[], Cost]] = {
            "check": partial(run, kitexgen("check", "-q", *flags, *files), root),
            "gen, from cold": partial(_from_nothing, gen, root, out),
            "gen, nothing changed": partial(run, gen, root),
            "lint": partial(run, kitexgen("lint", *flags, *files), root, _FINDINGS),
            "fmt --check": partial(run, kitexgen("fmt", "--check", *files), root, _FINDINGS),
            "breaking": partial(run, kitexgen("breaking", "--against", str(before), *flags, *files), root, _FINDINGS),
        }
        for command, cost in compare(runs, rounds).items():
            yield f"{command}: {name.partition('__')[2]}, {len(files)} {idl} files, {lines:,} lines", cost


def whole_corpus(folder: Path, corpus: Path) -> Iterator[tuple[str, Cost]]:
    """`gen` of every accepted file where nothing changed: all runs together, and the longest one."""
    runs: list[tuple[list[str], Path]] = []
    count = 0
    for idl, verdict in _VERDICT.items():
        for flags, files in _accepted(corpus / idl, verdict, ""):
            count += _generate(folder, corpus / idl, flags, files, runs)
    again = [run(command, root) for command, root in runs]
    total = Cost(sum(cost.seconds for cost in again), max(cost.peak for cost in again))
    yield f"gen, nothing changed: the whole corpus, {count:,} files in {len(runs)} runs, all together", total
    yield "gen, nothing changed: the longest of these runs", max(again, key=lambda cost: cost.seconds)


def _from_nothing(gen: list[str], root: Path, out: Path) -> Cost:
    shutil.rmtree(out, ignore_errors=True)
    return run(gen, root)


def _generate(folder: Path, root: Path, flags: list[str], files: list[str], runs: list[tuple[list[str], Path]]) -> int:
    """Generate `files` in as few runs as can be, as some declare what others do; gives how many that were."""
    count = 0
    pending = [files]
    while pending:
        group = pending.pop()
        command = kitexgen("gen", "-q", "-o", str(folder / f"run{len(runs)}"), *flags, *group)
        try:
            run(command, root)
        except subprocess.CalledProcessError:
            # A file that is refused alone is one that only another compiler takes; tests say which these are.
            half = len(group) // 2
            pending += [part for part in (group[half:], group[:half]) if len(group) > 1]
            continue
        runs.append((command, root))
        count += len(group)
    return count


def _accepted(root: Path, verdict: str, begin: str) -> list[tuple[list[str], list[str]]]:
    """The flags of a search path with the accepted files that have it and whose name begins with `begin`, for each
    repository; all relative to `root`.
    """
    found: dict[tuple[str, str], list[str]] = {}
    with (root / "index.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["file"].startswith(begin) and row[verdict].startswith("ok"):
                found.setdefault((row["repository"], row["include_roots"]), []).append(row["file"])
    return [([f"-I{place}" for place in roots.split(";") if place], files) for (_, roots), files in found.items()]
