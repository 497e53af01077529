"""Generated code of the whole corpus as its readers' tools see it: black changes nothing, ruff, mypy and pyright have
nothing to say.

That Thrift's imports, and that its records survive a round trip, is tested in tests/corpus.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import black
import pytest

from tests.builders.corpus import ROOT, CorpusFile, corpus_files
from tests.builders.generated import GeneratedCode, Refused, generate_code
from tests.builders.proto_corpus import generated_runs

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

# What an IDL that others accept may be refused for here: names that fall on top of each other in Python.
CLASHES = {"KX0401", "KX0403"}
CHUNK = 60  # packages for one run of a type checker: enough to share the start, few enough for its memory


@pytest.fixture(scope="module", params=["thrift", "proto"])
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[GeneratedCode]:
    """The output for every file that is read without error, in packages beside each other in one folder: one a file of
    Thrift, one a run of files of Protobuf, none of which is refused.
    """
    folder = tmp_path_factory.mktemp("corpus")
    if request.param == "proto":
        found = list(generated_runs(folder))
    else:
        found = [code for file in corpus_files() if (code := _generate(file, folder)) is not None]
    assert found
    return found


def _generate(file: CorpusFile, folder: Path) -> GeneratedCode | None:
    try:
        return generate_code([file.path], folder, include_dirs=file.include_dirs)
    except Refused as refused:
        if any(code.startswith("KX04") and code not in CLASHES for code in refused.codes):
            raise
        return None


def test_black_changes_nothing(generated: list[GeneratedCode]) -> None:
    seen: set[str] = set()
    for code in generated:
        for path in code.paths:
            text = (code.folder / path).read_text(encoding="utf-8")
            # Files include the same files over and over.
            if text not in seen:
                seen.add(text)
                assert black.format_str(text, mode=black.Mode()) == text, f"{code.folder / path}"


# Imports every module of the package argv[1], codecs too, and makes a message of each class that needs nothing.
_IMPORT = """
import importlib, pkgutil, sys
from kitexgen.runtime.contract.model import Message
from kitexgen.runtime.protobuf import decode, encode
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    module = importlib.import_module(found.name)
    assert all(hasattr(module, name) for name in getattr(module, "__all__", ())), found.name
    for value in list(vars(module).values()):
        if isinstance(value, type) and issubclass(value, Message) and value.__module__ == found.name:
            made = value()
            assert made == value() and repr(made), value
            if all(row[3] != "required" for row in value.__schema__[3]):
                assert decode(value, encode(made)) == made, value
"""


def test_protobuf_imports_and_makes_messages(generated: list[GeneratedCode]) -> None:
    for code in generated:
        if any(module.language == "proto" for module in code.schema.modules):
            _run(generated, ["-W", "error", "-c", _IMPORT, code.root])


def test_ruff_has_nothing_to_say(generated: list[GeneratedCode]) -> None:
    _run(generated, ["-m", "ruff", "check", "--isolated", "--no-cache", "--output-format", "concise", "."])


def test_mypy_has_nothing_to_say(generated: list[GeneratedCode]) -> None:
    for start in range(0, len(generated), CHUNK):
        packages = [part for code in generated[start : start + CHUNK] for part in ("-p", code.root)]
        _run(generated, ["-m", "mypy", "--strict", "--config-file=", "--no-incremental", *packages])


def test_pyright_has_nothing_to_say(generated: list[GeneratedCode]) -> None:
    folder = generated[0].folder.parent
    for start in range(0, len(generated), CHUNK):
        include = [code.root for code in generated[start : start + CHUNK]]
        settings = {"include": include, "extraPaths": [str(ROOT)]}
        (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
        _run(generated, ["-m", "pyright", "-p", ".", "--pythonpath", sys.executable])


def _run(generated: list[GeneratedCode], arguments: list[str]) -> None:
    """Run a tool where the packages lie; it must be content."""
    environment = os.environ | {"MYPYPATH": str(ROOT), "PYTHONPATH": str(ROOT)}
    folder = generated[0].folder.parent
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
