"""The extension for Visual Studio Code, as far as Python can judge it; `npm test` in its folder tests the rest."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "editors" / "vscode"
MANIFEST = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
ERRORS = ROOT / "tests" / "golden" / "errors"


def test_the_problem_matchers_read_what_kitexgen_says() -> None:
    """Every first line of a finding in a file is a problem, with its code, and its place if it has one; no other is."""
    patterns = {pattern["name"]: pattern for pattern in MANIFEST["contributes"]["problemPatterns"]}
    seen = dict.fromkeys(patterns, 0)
    for case in ERRORS.iterdir():
        for line in (case / "stderr.txt").read_text(encoding="utf-8").splitlines():
            is_finding = re.search(r"^\S.*: (error|warning|note)\[\w+\]: ", line) is not None
            found = {name: match for name, each in patterns.items() if (match := re.match(each["regexp"], line))}
            assert len(found) == is_finding, line
            for name, match in found.items():
                seen[name] += 1
                assert match[patterns[name]["severity"]] in ("error", "warning", "note")
                assert re.fullmatch(r"\w+", match[patterns[name]["code"]])
    assert seen["kitexgen"] > 100
    assert seen["kitexgen-file"] > 3


def test_tasks_use_the_matchers_that_there_are() -> None:
    """What stands nowhere in its file has a matcher of its own: Visual Studio Code drops what has no line otherwise."""
    matchers = {matcher["name"] for matcher in MANIFEST["contributes"]["problemMatchers"]}
    used = set(re.findall(r'"\$([\w-]+)"', (FOLDER / "src" / "tasks.js").read_text(encoding="utf-8")))
    assert used == matchers
    # The language server tells of open files.
    assert {matcher["applyTo"] for matcher in MANIFEST["contributes"]["problemMatchers"]} == {"closedDocuments"}


def test_the_matcher_of_watch_knows_beginning_and_end() -> None:
    (watch,) = (each for each in MANIFEST["contributes"]["problemMatchers"] if "background" in each)
    begins, ends = (re.compile(watch["background"][name]) for name in ("beginsPattern", "endsPattern"))
    changed, done = "21:51:58 idl/a.thrift, idl/b.thrift changed", "21:51:58 nothing written (0.01 s)"
    assert begins.search(changed)
    assert not ends.search(changed)
    assert ends.search(done)
    assert not begins.search(done)


def test_what_the_manifest_names_is_there() -> None:
    contributes = MANIFEST["contributes"]
    for entry in (*contributes["grammars"], *contributes["languages"]):
        path = FOLDER / (entry.get("path") or entry["configuration"])
        json.loads(path.read_text(encoding="utf-8"))


def test_every_command_of_the_manifest_is_registered() -> None:
    source = (FOLDER / "src" / "extension.js").read_text(encoding="utf-8")
    commands = {entry["command"] for entry in MANIFEST["contributes"]["commands"]}
    registered = set(re.findall(r'^    "(kitexgen\.\w+)": ', source, re.MULTILINE))
    assert registered == commands


def test_every_setting_reaches_the_server() -> None:
    source = (FOLDER / "src" / "extension.js").read_text(encoding="utf-8")
    settings = {name.removeprefix("kitexgen.") for name in MANIFEST["contributes"]["configuration"]["properties"]}
    told = set(re.findall(r'"(\w+)",', source[source.index("SERVER_SETTINGS") : source.index("];")]))
    assert settings - told == {"command", "trace.server"}
    assert told <= settings


def test_the_picture_of_the_docs_is_that_of_the_extension() -> None:
    """Both need one of their own: neither the site nor the packed extension has files from outside."""
    assert (ROOT / "docs" / "vscode.png").read_bytes() == (FOLDER / "images" / "editor.png").read_bytes()


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_its_own_tests_pass() -> None:
    done = subprocess.run(
        ["node", "--test", "tests/program.test.js"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
