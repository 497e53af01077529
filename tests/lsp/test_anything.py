"""Whatever a text holds, no feature fails, and nothing points outside of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lsprotocol import types

from kitexgen.lsp.features import (
    code_actions,
    completion,
    definition,
    diagnostics,
    folding,
    formatting,
    hover,
    inlay_hints,
    links,
    references,
    rename,
    semantic_tokens,
    symbols,
)
from tests.builders.corpus import FOLDER as CORPUS
from tests.builders.lsp import ALL, Texts
from tests.lsp.texts import PROTO, THRIFT

SNIPPETS = (
    "{",
    "}",
    "(",
    ")",
    "[",
    '"',
    "'",
    "//",
    "/*",
    "*/",
    ".",
    "=",
    "<",
    ">",
    ";",
    ",",
    "\r\n",
    "é😀",
    "struct ",
    "1:",
)


def ask_all(texts: Texts, name: str, at: types.Position) -> None:
    workspace, path = texts.workspace, texts.path(name)
    for found in diagnostics.diagnostics(workspace, workspace.analysis(path)):
        assert found.range.start <= found.range.end
    hover.hover(workspace, path, at)
    definition.definition(workspace, path, at)
    definition.type_definition(workspace, path, at)
    references.highlights(workspace, path, at)
    completion.completion(workspace, path, at)
    symbols.document_symbols(workspace, path)
    semantic_tokens.semantic_tokens(workspace, path)
    folding.folding_ranges(workspace, path)
    inlay_hints.inlay_hints(workspace, path, ALL)
    links.document_links(workspace, path)
    code_actions.code_actions(workspace, path, ALL)


def broken(text: str, chance: random.Random) -> str:
    """`text` with a few pieces taken out, doubled, or put in."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randint(0, 30))
        put = chance.choice((text[start:end] * 2, "", chance.choice(SNIPPETS)))
        text = text[:start] + put + text[end:]
    return text


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("name", ["main.thrift", "main.proto", "shared/base.proto"])
def test_broken_texts(tmp_path: Path, name: str, seed: int) -> None:
    texts = Texts(tmp_path, THRIFT | PROTO)
    chance = random.Random(f"{name} {seed}")
    text = broken((THRIFT | PROTO)[name], chance)
    texts.open(name, text)
    lines = texts.workspace.lines(texts.path(name))
    ask_all(texts, name, lines.position(chance.randrange(len(lines.text) + 1)))


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "folder"),
    [
        (CORPUS / "evernote__evernote-thrift/src/NoteStore.thrift", "evernote__evernote-thrift/src"),
        (CORPUS.parent / "proto/kubernetes__api/k8s.io/api/core/v1/generated.proto", "../proto/kubernetes__api"),
    ],
    ids=["thrift", "proto"],
)
def test_the_largest_files(path: Path, folder: str, tmp_path: Path) -> None:
    if not path.exists():
        pytest.skip("the corpus is not there")
    texts = Texts(tmp_path, {})
    root = (CORPUS / folder).resolve()
    texts.folder = root
    texts.workspace.folders = [root.as_posix()]
    name = path.resolve().relative_to(root).as_posix()
    text = path.read_text()
    word = "struct " if name.endswith(".thrift") else "message "
    offset = text.rindex(f"\n{word}") + len(word) + 2
    at = texts.workspace.lines(texts.path(name)).position(offset)
    ask_all(texts, name, at)
    workspace = texts.workspace
    assert references.references(workspace, texts.path(name), at, with_declaration=True)
    assert rename.rename(workspace, texts.path(name), at, "SomethingElse")
    assert formatting.formatting(workspace, texts.path(name)) is not None
    assert len(symbols.document_symbols(workspace, texts.path(name)) or ()) > 30
