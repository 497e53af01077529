"""All rules over the corpus: none fails, each points into its file, and what `--fix` changes breaks nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitexgen.breaking import BreakingSettings, Comparison, breaking_changes
from kitexgen.driver.config import Config
from kitexgen.driver.lint import lint_files
from kitexgen.idl import load
from kitexgen.lint import RULES, LintSettings, edits_by_path
from kitexgen.source.edit import apply_edits
from tests.builders.corpus import corpus_files

# A file that nothing is used of is included no more, so the run does not see it.
NOT_INCLUDED = ("FILE_NO_DELETE", "SERVICE_NO_DELETE")

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


def test_every_rule_over_every_file() -> None:
    seen: set[str] = set()
    mended = 0
    for file in corpus_files():
        folders = tuple(map(str, file.include_dirs))
        config = Config(idl=(str(file.path),), include=folders)
        loaded, linted = lint_files(config, LintSettings(use=tuple(rule.name for rule in RULES)))
        if linted is None or loaded.schema is None:
            continue
        assert list(breaking_changes(Comparison(loaded.schema, loaded.schema, str), BreakingSettings())) == []
        for found in linted.diagnostics:
            assert found.at is not None
            text = loaded.files[found.at.span.path].text
            assert 0 <= found.at.span.start <= found.at.span.end <= len(text)
            seen.add(found.code)
        edits = edits_by_path(linted.fixes)
        if not edits:
            continue
        new = {path: apply_edits(loaded.files[path].text, some).encode() for path, some in edits.items()}

        def read(path: Path, new: dict[str, bytes] = new) -> bytes:
            return new.get(path.as_posix()) or path.read_bytes()

        after = load(config.idl, include_dirs=folders, read=read).schema
        assert after is not None, file.name
        settings = BreakingSettings(leave_out=NOT_INCLUDED)
        assert list(breaking_changes(Comparison(loaded.schema, after, str), settings)) == [], file.name
        mended += len(edits)
    assert len(seen) > 10
    assert mended
