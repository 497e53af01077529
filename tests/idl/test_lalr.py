"""PLY behind its door: loaded late, writing nothing, working without docstrings, with an unambiguous grammar."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kitexgen.idl import lalr
from kitexgen.idl.lalr import GrammarError, Production, rule
from kitexgen.idl.thrift import grammar

ROOT = Path(__file__).resolve().parents[2]


def _run(*arguments: str, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_grammar_has_no_conflicts_and_no_loose_ends() -> None:
    lalr.build("document", grammar.TERMINALS, grammar.RULES, check=True)


def test_an_ambiguous_grammar_is_noticed() -> None:
    @rule("sum : sum '+' sum\n    | NUMBER")
    def add(p: Production) -> None:
        p[0] = p[1]

    with pytest.raises(GrammarError, match="conflict"):
        lalr.build("sum", ("NUMBER",), (add,), check=True)


def test_a_grammar_with_loose_ends_is_noticed() -> None:
    @rule("start : nowhere")
    def lost(p: Production) -> None:
        p[0] = p[1]

    with pytest.raises(GrammarError, match="nowhere"):
        lalr.build("start", ("NUMBER",), (lost,))


def test_ply_is_loaded_with_the_first_text() -> None:
    program = (
        "import sys, kitexgen.idl; assert 'ply' not in sys.modules;"
        "kitexgen.idl.parse_text('struct A {}', 'a.thrift'); assert 'ply.yacc' in sys.modules"
    )
    _run("-c", program)


def test_parsing_works_without_docstrings() -> None:
    program = "from kitexgen.idl import parse_text; print(parse_text('struct A {}', 'a')[0].definitions[0].name.text)"
    assert _run("-OO", "-c", program) == "A\n"


def test_no_table_is_written_and_none_is_read(tmp_path: Path) -> None:
    (tmp_path / "parsetab.py").write_text("raise SystemExit('imported')\n")
    _run("-c", "from kitexgen.idl import parse_text; parse_text('struct A {}', 'a')", cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["parsetab.py"]
