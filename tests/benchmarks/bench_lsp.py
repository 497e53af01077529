"""What an editor waits for, in process: findings after a keystroke, completion, and the rest, in the largest files.

    python tests/benchmarks/bench_lsp.py [--rounds N]

A keystroke puts a letter into the text, or takes it out again: each time the file is parsed, resolved, checked, judged
by the rules and turned into what is sent. Figures are medians of processor time, as another load on the machine would
else decide, with half the distance between the quartiles. The files are Evernote's NoteStore.thrift and Kubernetes'
core/v1 of the corpus (KITEXGEN_CORPUS); without them the largest samples stand in, and the goals, which speak of the
large ones, are not judged.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from lsprotocol import types  # noqa: E402

from kitexgen.lsp.features import (  # noqa: E402
    completion,
    definition,
    diagnostics,
    folding,
    hover,
    references,
    semantic_tokens,
    symbols,
)
from kitexgen.lsp.server import collect_rarely  # noqa: E402
from kitexgen.lsp.settings import EditorSettings  # noqa: E402
from kitexgen.lsp.uris import to_uri  # noqa: E402
from kitexgen.lsp.workspace import Workspace  # noqa: E402
from tests.builders.corpus import FOLDER as THRIFT  # noqa: E402

ROUNDS = 30
# Milliseconds, of issue 6; they speak of the largest Thrift file.
GOALS = {"findings after a keystroke": 100.0, "completion": 50.0}

LARGEST_THRIFT = THRIFT / "evernote__evernote-thrift" / "src" / "NoteStore.thrift"
K8S = THRIFT.parent / "proto" / "kubernetes__api"
LARGEST_PROTO = K8S / "k8s.io" / "api" / "core" / "v1" / "generated.proto"
SAMPLES = ROOT / "idl_samples"


class Editing:
    """One open file, with a cursor in the middle of the last record."""

    def __init__(self, path: Path, include_dirs: tuple[str, ...]) -> None:
        self.path = path.as_posix()
        self.text = path.read_text()
        self.uri = to_uri(self.path)
        self.workspace = Workspace([path.parent.as_posix()], EditorSettings(include_dirs=include_dirs))
        self.workspace.open(self.uri, self.text, 1)
        self.is_longer = False
        word = "struct " if path.suffix == ".thrift" else "message "
        self.name = self.text.rindex(f"\n{word}") + len(word) + 2
        self.at = self.workspace.lines(self.path).position(self.name)
        self.workspace.analysis(self.path)

    def keystroke(self) -> None:
        """Put a letter into a comment's place at the end, or take it out."""
        self.is_longer = not self.is_longer
        text = f"{self.text}// x" if self.is_longer else self.text
        self.workspace.change(self.uri, [types.TextDocumentContentChangeWholeDocument(text)], 2)

    def findings(self) -> None:
        self.keystroke()
        diagnostics.diagnostics(self.workspace, self.workspace.analysis(self.path))

    def completion(self) -> None:
        self.keystroke()
        body = self.text.index("{", self.name) + 1
        at = self.workspace.lines(self.path).position(body)
        assert completion.completion(self.workspace, self.path, at).items

    def tasks(self) -> dict[str, Callable[[], object]]:
        workspace, path, at = self.workspace, self.path, self.at
        return {
            "findings after a keystroke": self.findings,
            "completion": self.completion,
            "hover": lambda: hover.hover(workspace, path, at),
            "definition": lambda: definition.definition(workspace, path, at),
            "references": lambda: references.references(workspace, path, at, with_declaration=True),
            "semantic tokens": lambda: semantic_tokens.semantic_tokens(workspace, path),
            "document symbols": lambda: symbols.document_symbols(workspace, path),
            "folding": lambda: folding.folding_ranges(workspace, path),
        }


def measure(task: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and half the distance between the quartiles, in milliseconds."""
    task()
    taken: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        task()
        taken.append((time.process_time() - start) * 1000)
    low, middle, high = statistics.quantiles(taken, n=4)
    return middle, (high - low) / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    is_large = LARGEST_THRIFT.exists()
    thrift = LARGEST_THRIFT if is_large else SAMPLES / "thrift" / "kitchen_sink.thrift"
    proto = LARGEST_PROTO if LARGEST_PROTO.exists() else max((SAMPLES / "proto").rglob("*.proto"), key=_size)
    is_missed = False
    collect_rarely()
    for path, dirs in ((thrift, ()), (proto, (K8S.as_posix(), (SAMPLES / "proto").as_posix()))):
        editing = Editing(path, dirs)
        print(f"\n{path.name}, {editing.text.count(chr(10)):,} lines")
        for what, task in editing.tasks().items():
            middle, spread = measure(task, rounds)
            goal = GOALS.get(what) if is_large and path is thrift else None
            is_missed = is_missed or (goal is not None and middle > goal)
            judged = "" if goal is None else f"  (goal {goal:g} ms: {'held' if middle <= goal else 'MISSED'})"
            print(f"  {what:<28}{middle:>8.1f} ± {spread:.1f} ms{judged}")
    sys.exit(is_missed)


def _size(path: Path) -> int:
    return path.stat().st_size


if __name__ == "__main__":
    main()
